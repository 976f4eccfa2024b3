"""`./scattershot bench [NAME]... [--json FILE] [--quick]`: runs benchmarks one after the other and prints tables."""

import argparse
import asyncio
import importlib
import os
import platform
import sys
from pathlib import Path

import msgspec

from tests.bench.findings import Options, Result, table

NAMES = (
    "idle",
    "storage",
    "inbox",
    "deliveries",
    "latency",
    "fanout",
    "home",
    "web",
    "search",
    "api",
    "streaming",
    "firehose",
    "nostr",
    "feeds",
    "notify",
)


def main() -> int:
    """The exit status: 1 where a benchmark could not be run, or what it counted was wrong. No figure fails it."""
    parser = argparse.ArgumentParser(prog="./scattershot bench", description="Measure the node.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(NAMES)}; all where none is given")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: shows only that all of it works")
    parser.add_argument("--folder", type=Path, help="where to make stores, such as the disk that is to be measured")
    given = parser.parse_args()
    unknown = set(given.names) - set(NAMES)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start")
    print("A ratio (×) says how many times better than that column this run was.\n", flush=True)
    results, failed = [], False
    for name in given.names or NAMES:
        try:
            result = measured(name, Options(given.quick, given.folder))
        except Exception as problem:
            print(f"{name}: {type(problem).__name__}: {problem}\n", file=sys.stderr, flush=True)
            failed = True
            continue
        results.append(result)
        print(table(result) + "\n", flush=True)
    if given.json:
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=2))
    return int(failed)


def measured(name: str, options: Options) -> Result:
    """One benchmark's result, on an event loop of its own like the node's."""
    import uvloop

    module = importlib.import_module(f"tests.bench.{name}")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result: Result = runner.run(module.run(options))
    return result


if __name__ == "__main__":
    sys.exit(main())
