"""The darkroom as the node sees it: at most two processes, started when there is something to do, watched with a clock,
killed where they take too long, and gone when there was nothing to do for a while."""

import asyncio
import contextlib
import logging
import os
import sys
from pathlib import Path

import msgspec

import scattershot
from scattershot.domain.reading import Refused
from scattershot.drivers.darkroom.process import Line
from scattershot.ports.darkroom import Developed, Job, Recording, Scrub

PROCESSES = 2
MEMORY = 1 << 30
"""Bytes of address space: the largest picture that is opened takes a quarter of it."""
LARGEST_FILE = 256 << 20
STARTS_WITHIN = 20.0
DEADLINES = {"still": 30.0, "scrub": 30.0, "recording": 45.0}
"""Seconds by the clock on the wall, more than the process itself gives its CPU."""
IDLE = 120.0
"""Seconds after which a process that has nothing to do goes."""
MOST_WAITING = 64
JOBS = 200
"""After so many a process goes, whatever it says of itself."""

_TOO_LONG = Refused("invalid", "That file takes too long to read.")
_TOO_MUCH = Refused("invalid", "That file cannot be read.")
_BUSY = Refused("busy", "Too many files are being looked at just now. Please try again in a moment.")
_logger = logging.getLogger(__name__)
_decode = msgspec.json.Decoder(Line, dec_hook=lambda _, value: Path(value)).decode
_encode = msgspec.json.Encoder(enc_hook=str).encode


class _Worker:
    """One process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process, self.jobs = process, 0
        self.leaves: asyncio.TimerHandle | None = None

    async def ask(self, job: Job) -> Line | None:
        """What it answers, or None where it died of the job."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.jobs += 1
        try:
            self.process.stdin.write(_encode(job) + b"\n")
            await self.process.stdin.drain()
        except OSError:
            return None
        line = await self.process.stdout.readline()
        return _decode(line) if line.endswith(b"\n") else None

    async def end(self) -> None:
        """See to it that nothing is left of it."""
        if self.leaves is not None:
            self.leaves.cancel()
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()


class ProcessDarkroom:
    """Hands jobs to processes of its own; costs nothing until the first."""

    def __init__(self, *, memory: int = MEMORY, deadlines: dict[str, float] | None = None, idle: float = IDLE) -> None:
        self._memory, self._deadlines, self._idle_for = memory, deadlines or DEADLINES, idle
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._places = asyncio.Semaphore(PROCESSES)
        self._waiting = 0

    @property
    def pids(self) -> list[int]:
        """The processes there are."""
        return [worker.process.pid for worker in (*self._idle, *self._busy)]

    async def develop(self, job: Job) -> Developed | Refused:
        """As the port says."""
        if self._waiting >= MOST_WAITING:
            return _BUSY
        self._waiting += 1
        try:
            async with self._places:
                done = await self._done(job)
        except BaseException:
            _clear(job)
            raise
        finally:
            self._waiting -= 1
        if isinstance(done, Refused):
            _clear(job)
        return done

    async def _done(self, job: Job) -> Developed | Refused:
        worker = self._idle.pop() if self._idle else await self._start()
        if worker is None:
            return _BUSY
        if worker.leaves is not None:
            worker.leaves.cancel()
        self._busy.add(worker)
        goes_on = False
        try:
            async with asyncio.timeout(self._deadlines[_kind(job)]):
                line = await worker.ask(job)
            goes_on = line is not None and not line.retires and worker.jobs < JOBS
        except TimeoutError:
            return _TOO_LONG
        finally:
            self._busy.discard(worker)
            if goes_on:
                self._rest(worker)
            else:
                await worker.end()
        if line is None:
            return _TOO_MUCH
        return line.answer if line.answer is not None else Refused(line.why, line.detail)

    async def _start(self) -> _Worker | None:
        """A process that is ready, or None where there is no getting one."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-s", "-m", "scattershot.drivers.darkroom.process",
            str(self._memory), str(LARGEST_FILE),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,
        )  # fmt: skip
        worker = _Worker(process)
        assert process.stdout is not None
        try:
            async with asyncio.timeout(STARTS_WITHIN):
                is_ready = await process.stdout.readline() == b"ready\n"
        except BaseException:
            await worker.end()
            raise
        if not is_ready:
            await worker.end()
            _logger.error("the process that looks at files does not start (%s)", process.returncode)
            return None
        return worker

    def _rest(self, worker: _Worker) -> None:
        self._idle.append(worker)
        loop = asyncio.get_running_loop()
        worker.leaves = loop.call_later(self._idle_for, self._let_go, worker)

    def _let_go(self, worker: _Worker) -> None:
        """It ends by itself when nobody can ask it any more."""
        if worker in self._idle:
            self._idle.remove(worker)
            assert worker.process.stdin is not None
            worker.process.stdin.close()

    async def close(self) -> None:
        """Let the processes go, also those at work."""
        workers = [*self._idle, *self._busy]
        self._idle.clear()
        for worker in workers:
            await worker.end()


def _environment() -> dict[str, str]:
    """Where our code is and where Python may keep what it compiled; nothing else of ours."""
    known = {name: value for name, value in os.environ.items() if name == "PYTHONPYCACHEPREFIX"}
    return {**known, "PYTHONPATH": str(Path(scattershot.__file__).parent.parent)}


def _kind(job: Job) -> str:
    return "recording" if isinstance(job, Recording) else "scrub" if isinstance(job, Scrub) else "still"


def _clear(job: Job) -> None:
    """Nothing is left of what it began."""
    if not isinstance(job, Scrub):
        for ending in (".original", ".small"):
            job.into.with_suffix(ending).unlink(missing_ok=True)
