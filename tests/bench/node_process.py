"""The node under measurement: a process of its own on a loopback port, its CPU time and memory read from outside."""

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, NamedTuple

import psutil  # type: ignore[import-untyped]

from scattershot import __version__
from scattershot.drivers.control import Asked, ask

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30.0
_NOT_HANDED_ON = ("SCATTERSHOT_", "PYTHONDONTWRITEBYTECODE")
"""Settings of this environment do not reach the node; one that compiles itself at each start is nobody's node."""


class Memory(NamedTuple):
    """Bytes: all that is resident, and what no other process shares (the map of the database file is shared)."""

    resident: int
    own: int


class NodeProcess:
    """A running node, seen from outside."""

    def __init__(self, data: Path, port: int, origin: str, process: "subprocess.Popen[bytes]") -> None:
        self.data, self.port, self.origin, self._process = data, port, origin, process
        self._seen = psutil.Process(process.pid)

    @property
    def pid(self) -> int:
        """Its process id, for a profiler."""
        return self._process.pid

    def cpu(self) -> float:
        """Seconds of CPU it and its children have used since they started, in the program and in the kernel."""
        times = [self._seen.cpu_times(), *(each.cpu_times() for each in self._seen.children(recursive=True))]
        return float(sum(each.user + each.system for each in times) + times[0].children_user + times[0].children_system)

    def memory(self) -> Memory:
        """What it and its children hold."""
        held = [each.memory_full_info() for each in (self._seen, *self._seen.children(recursive=True))]
        return Memory(sum(each.rss for each in held), sum(each.uss for each in held))

    async def first_answer(self) -> None:
        """Return as soon as it answers `/health` with 200; RuntimeError where it ends or takes too long."""
        until = time.perf_counter() + START_SECONDS
        while time.perf_counter() < until:
            if self._process.poll() is not None:
                break
            if await _is_healthy(self.port):
                return
            await asyncio.sleep(0.005)
        raise RuntimeError(f"the node did not start; it said:\n{self.log()}")

    def log(self) -> str:
        """The end of what it wrote."""
        return (self.data / "node.log").read_text(errors="replace")[-4_000:]

    def ask(self, sql: str, *arguments: Any) -> Any:
        """The first column of the first row that its database answers, read beside it."""
        with closing(sqlite3.connect(f"file:{self.data}/scattershot.sqlite?mode=ro", uri=True)) as connection:
            row = connection.execute(sql, arguments).fetchone()
        return row[0] if row else None

    async def until(self, sql: str, expected: int, *, seconds: float = 120.0) -> float:
        """Wait until a question to its database is answered so; the moment of `time.perf_counter` when it was."""
        until = time.perf_counter() + seconds
        answer = None
        with closing(sqlite3.connect(f"file:{self.data}/scattershot.sqlite?mode=ro", uri=True)) as connection:
            while time.perf_counter() < until:
                answer = connection.execute(sql).fetchone()[0]
                if answer == expected:
                    return time.perf_counter()
                await asyncio.sleep(0.01)
        raise RuntimeError(f"{sql} is {answer} instead of {expected} after {seconds:.0f} s\n{self.log()}")

    async def stop(self) -> None:
        """Ask it to end, and make it if it does not."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                await asyncio.to_thread(self._process.wait, 10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                await asyncio.to_thread(self._process.wait)


async def told(node: NodeProcess, verb: str, **arguments: str) -> None:
    """Let a node carry out a verb of the command line by its control socket; RuntimeError where it does not."""

    def one() -> None:
        lines = list(ask(node.data, Asked(verb, dict(arguments)), __version__) or [])
        if not lines or lines[-1].end != 0:
            raise RuntimeError(f"{verb} failed: {lines}\n{node.log()}")

    await asyncio.to_thread(one)


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def a_node(data: Path, port: int | None = None, **settings: str) -> AsyncIterator[NodeProcess]:
    """Start a node on a data folder; the block begins while it starts, and at its end it is stopped."""
    node = start(data, port or free_port(), **settings)
    try:
        yield node
    finally:
        await node.stop()


def start(data: Path, port: int, **settings: str) -> NodeProcess:
    """Start a node without waiting for it; settings of this environment do not reach it."""
    data.mkdir(parents=True, exist_ok=True)
    origin = f"http://localhost:{port}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_HANDED_ON)}
    environment |= {
        "PYTHONPATH": str(ROOT / "src"),
        "SCATTERSHOT_ALLOW_PRIVATE_ADDRESSES": "true",
        "SCATTERSHOT_INSECURE_HTTP": "true",
        "SCATTERSHOT_LOG_LEVEL": "WARNING",
    }
    environment |= {f"SCATTERSHOT_{name.upper()}": value for name, value in settings.items()}
    command = [sys.executable, "-P", "-m", "scattershot.cli", "run"]
    command += ["--data", str(data), "--listen", f"127.0.0.1:{port}", "--origin", origin]
    with (data / "node.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=data, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    return NodeProcess(data, port, origin, process)


async def _is_healthy(port: int) -> bool:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    try:
        writer.write(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return (await reader.readline()).split()[1:2] == [b"200"]
    except OSError:
        return False
    finally:
        writer.close()
