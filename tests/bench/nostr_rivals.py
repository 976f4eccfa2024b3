"""Other relays, measured beside ours by the same load: `nostr-relay` (PyPI) and the LocalRelay of nostr-sdk.

The first is installed into an environment of its own, kept between runs; it is nothing that we need to run. What is
missing is skipped, and its name is said.
"""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import psutil  # type: ignore[import-untyped]

from tests.bench.children import Child, child
from tests.bench.findings import Figure, percentile
from tests.bench.node_process import ROOT, a_node, free_port
from tests.bench.nostr_load import Timed, work

NOSTR_RELAY = "nostr-relay==1.14"
FOLDER = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "scattershot-bench" / "nostr-relay"
START_SECONDS = 20.0
OURS, PYTHON, RUST = "here", "nostr-relay", "LocalRelay"


class Alike(NamedTuple):
    """How much of everything is asked of each of them alike: little enough for the slowest."""

    events: int
    questions: int
    sockets: int
    spread: int
    paced: int
    subscriptions: int
    under_load: int
    """Events that are published while those are open."""


FULL = Alike(1_500, 600, 100, 50, 200, 1_000, 300)
QUICK = Alike(40, 10, 3, 3, 4, 20, 10)


class Measured(NamedTuple):
    """What one relay did."""

    values: dict[str, float]
    cpu: dict[str, float]
    remark: str = ""


async def beside(
    folder: Path, size: Alike, settings: dict[str, str], *, install: bool
) -> tuple[list[Figure], list[str]]:
    """Figures of ours with those of the others beside them, and what is to be known of who is missing."""
    remarks: list[str] = []
    found: dict[str, Measured] = {}
    for name, relay in ((OURS, _ours), (PYTHON, _python), (RUST, _rust)):
        try:
            async with AsyncExitStack() as stack:
                port, pid = await stack.enter_async_context(relay(folder / name, settings, install))
                load = await stack.enter_async_context(child(work, port))
                found[name] = await _measure(load, pid, size)
                remarks += [f"{name}: {found[name].remark}"] * bool(found[name].remark)
        except Missing as missing:
            remarks.append(f"SKIPPED: {name} is not measured: {missing}")
    ours = found[OURS]
    figures = []
    for what, value in ours.values.items():
        unit, more_is_better = ("/s", True) if not what.endswith("p50") else ("ms", False)
        others = {name: each.values[what] for name, each in found.items() if name != OURS and what in each.values}
        figures.append(Figure(f"alike: {what}", value, unit, others, more_is_better=more_is_better))
        if what in ours.cpu:
            others = {name: each.cpu[what] for name, each in found.items() if name != OURS and what in each.cpu}
            figures.append(Figure("  CPU each", ours.cpu[what], "µs", others))
    return figures, remarks


class Missing(Exception):
    """A rival that cannot be had."""


async def _measure(load: Child, pid: int, size: Alike) -> Measured:
    process = psutil.Process(pid)
    values: dict[str, float] = {}
    spent: dict[str, float] = {}

    def cpu() -> float:
        times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
        return float(sum(each.user + each.system for each in times))

    async def note(what: str, count: int, *asked: object) -> Timed:
        before = cpu()
        timed: Timed = await load.ask(*asked)
        values[what] = count / (timed.ended - timed.began)
        spent[what] = max(0.01, cpu() - before) / count * 1e6
        return timed

    await load.ask("make", size.events * 3 + size.spread)
    for connections in (1, 4):
        noun = "connection" if connections == 1 else "connections"
        await note(f"events kept, {connections} {noun}", size.events, "publish", size.events, connections)
    asked = await note("questions for 20 authors", size.questions, "ask", size.questions, 16, 20, 20, True)
    values["questions, p50"] = percentile(asked.seconds, 0.5) * 1000
    await load.ask("listen", 1)
    paced: Timed = await load.ask("pace", size.paced, 100)
    values["from publishing to hearing, p50"] = percentile(paced.seconds, 0.5) * 1000
    await load.ask("quiet")
    await load.ask("listen", size.sockets)
    await note(f"deliveries to {size.sockets} sockets", size.spread * size.sockets, "spread", size.spread)
    await load.ask("quiet")
    await load.ask("subscribe", size.subscriptions, 20)
    what = f"events kept, 4 connections, {size.subscriptions:,} subscriptions open"
    try:
        await note(what, size.under_load, "publish", size.under_load, 4)
    except RuntimeError:  # the load gives up after two minutes
        return Measured(values, spent, f"{what}: not {size.under_load} in two minutes")
    return Measured(values, spent)


# -- the relays


@asynccontextmanager
async def _ours(folder: Path, settings: dict[str, str], install: bool) -> AsyncIterator[tuple[int, int]]:
    del install
    folder.mkdir(parents=True)
    port = free_port()
    async with a_node(folder, port, **settings) as node:
        await node.first_answer()
        yield port, node.pid


@asynccontextmanager
async def _python(folder: Path, settings: dict[str, str], install: bool) -> AsyncIterator[tuple[int, int]]:
    del settings
    python = await asyncio.to_thread(_installed, install)
    folder.mkdir(parents=True)
    port = free_port()
    given = python.parents[1].glob("lib/python3*/site-packages/nostr_relay/config.yaml")
    text = next(given).read_text().replace("nostr.sqlite3", str(folder / "nostr.sqlite3")).replace("6969", str(port))
    config = folder / "config.yaml"
    config.write_text(text.replace("loglevel: info", "loglevel: warning"))
    async with _running([str(python.with_name("nostr-relay")), "-c", str(config), "serve"], folder, port) as pid:
        yield port, pid


def _installed(install: bool) -> Path:
    """The Python of its environment, which is made where there is none."""
    python = FOLDER / "bin" / "python"
    if python.with_name("nostr-relay").exists():
        return python
    if not install:
        raise Missing("it is not installed yet; a full run does that")
    try:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(FOLDER)], check=True, capture_output=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--no-binary", "nostr-relay"]
        subprocess.run([*pip, NOSTR_RELAY], check=True, capture_output=True, timeout=300)
    except (OSError, subprocess.SubprocessError) as problem:
        told = getattr(problem, "stderr", None)
        last = told.decode(errors="replace").strip().rpartition("\n")[2] if told else str(problem)
        raise Missing(f"it cannot be installed: {last}") from problem
    return python


@asynccontextmanager
async def _rust(folder: Path, settings: dict[str, str], install: bool) -> AsyncIterator[tuple[int, int]]:
    del settings, install
    if find_spec("nostr_sdk") is None:
        raise Missing("nostr-sdk is not installed")
    folder.mkdir(parents=True)
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.nostr_local_relay", str(port)]
    async with _running(command, folder, port) as pid:
        yield port, pid


@asynccontextmanager
async def _running(command: list[str], folder: Path, port: int) -> AsyncIterator[int]:
    """A process that has begun to listen; ended when the block is left."""
    with (folder / "said").open("wb") as said:
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)
    try:
        async with asyncio.timeout(START_SECONDS):
            while not await _listens(port):
                if process.poll() is not None:
                    raise Missing((folder / "said").read_text(errors="replace").strip()[-200:])
                await asyncio.sleep(0.1)
        yield process.pid
    except TimeoutError:
        raise Missing("it does not begin to listen") from None
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 10)


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
