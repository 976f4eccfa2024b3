"""The darkroom's processes: started when needed, limited, killed when they take too long, gone when idle. Real ones."""

import asyncio
import contextlib
import os
import resource
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from scattershot.domain.reading import Refused
from scattershot.drivers.darkroom import room as rooms
from scattershot.drivers.darkroom.room import ProcessDarkroom
from scattershot.ports.darkroom import Developed, Job, Scrub, Still
from tests.files import a_bomb, a_film, a_photo


@asynccontextmanager
async def a_darkroom(**options: Any) -> AsyncIterator[ProcessDarkroom]:
    opened = ProcessDarkroom(**options)
    try:
        yield opened
    finally:
        pids = opened.pids
        await opened.close()
        assert not any(psutil.pid_exists(pid) for pid in pids)


def still(folder: Path, data: bytes, media_type: str = "image/jpeg", name: str = "given") -> Job:
    (folder / name).write_bytes(data)
    return Still(folder / name, media_type, folder / f"{name}-made", 8_294_400)


async def test_a_process_is_started_when_there_is_something_to_do_and_used_again(tmp_path: Path) -> None:
    async with a_darkroom() as darkroom:
        assert darkroom.pids == []
        assert isinstance(await darkroom.develop(still(tmp_path, a_photo())), Developed)
        first = darkroom.pids
        assert len(first) == 1
        assert isinstance(await darkroom.develop(Scrub(tmp_path / "given", "audio/mpeg")), Developed)
        refused = await darkroom.develop(still(tmp_path, a_bomb(16_000, 16_000), "image/png"))
        assert isinstance(refused, Refused)
        assert darkroom.pids == first
        jobs = [still(tmp_path, a_photo(), name=f"given{number}") for number in range(6)]
        done = await asyncio.gather(*(darkroom.develop(job) for job in jobs))
        assert all(isinstance(each, Developed) for each in done)
        assert len(darkroom.pids) == rooms.PROCESSES


async def test_a_process_is_limited_and_knows_none_of_our_secrets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCATTERSHOT_DATABASE", "postgresql://ann:secret@db.example/x")
    async with a_darkroom() as darkroom:
        await darkroom.develop(still(tmp_path, a_photo()))
        process = psutil.Process(darkroom.pids[0])
        assert not any("SCATTERSHOT" in name or "secret" in value for name, value in process.environ().items())
        if sys.platform == "linux":
            assert process.rlimit(resource.RLIMIT_AS) == (rooms.MEMORY, rooms.MEMORY)
            assert process.rlimit(resource.RLIMIT_FSIZE)[0] == rooms.LARGEST_FILE
            assert process.rlimit(resource.RLIMIT_CORE) == (0, 0)
            assert 0 < process.rlimit(resource.RLIMIT_CPU)[0] < 60
            assert process.rlimit(resource.RLIMIT_NOFILE)[0] <= 64
        assert not [file for file in process.open_files() if "lock" in file.path]


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on memory is Linux's")
async def test_what_needs_too_much_memory_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    async with a_darkroom(memory=120 << 20) as darkroom:
        outcome = await darkroom.develop(still(tmp_path, a_bomb(6_000, 6_000), "image/png"))
        assert isinstance(outcome, Refused)
        assert [each.name for each in tmp_path.iterdir()] == ["given"]
        assert isinstance(await darkroom.develop(still(tmp_path, a_photo(size=(64, 64)))), Developed)


async def test_what_takes_too_long_is_killed_and_leaves_nothing(tmp_path: Path) -> None:
    async with a_darkroom(deadlines={"still": 0.3, "scrub": 9.0, "recording": 9.0}) as darkroom:
        await darkroom.develop(Scrub(tmp_path / "none", "audio/mpeg"))
        [pid] = darkroom.pids
        os.kill(pid, signal.SIGSTOP)
        began = time.perf_counter()
        outcome = await darkroom.develop(still(tmp_path, a_photo()))
        assert time.perf_counter() - began < 5
        assert outcome == Refused("invalid", "That file takes too long to read.")
        assert not psutil.pid_exists(pid)
        assert [each.name for each in tmp_path.iterdir()] == ["given"]


async def test_a_process_that_dies_takes_one_file_with_it(tmp_path: Path) -> None:
    async with a_darkroom() as darkroom:
        await darkroom.develop(still(tmp_path, a_photo()))
        [pid] = darkroom.pids
        job = still(tmp_path, a_photo(size=(6_000, 6_000)))
        asking = asyncio.create_task(darkroom.develop(job))
        await asyncio.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        assert await asking == Refused("invalid", "That file cannot be read.")
        assert isinstance(await darkroom.develop(still(tmp_path, a_photo())), Developed)
        assert pid not in darkroom.pids


async def test_whoever_hangs_up_leaves_no_process_at_work(tmp_path: Path) -> None:
    async with a_darkroom() as darkroom:
        asking = asyncio.create_task(darkroom.develop(still(tmp_path, a_photo(size=(6_000, 6_000)))))
        while not darkroom.pids:
            await asyncio.sleep(0.02)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking
        assert darkroom.pids == []
        assert [each.name for each in tmp_path.iterdir()] == ["given"]


async def test_a_process_goes_when_there_is_nothing_to_do(tmp_path: Path) -> None:
    async with a_darkroom(idle=0.05) as darkroom:
        await darkroom.develop(still(tmp_path, a_photo()))
        [pid] = darkroom.pids
        async with asyncio.timeout(10):
            while psutil.pid_exists(pid):
                await asyncio.sleep(0.02)
        assert darkroom.pids == []
        assert isinstance(await darkroom.develop(still(tmp_path, a_photo())), Developed)


async def test_a_process_whose_node_was_killed_ends(tmp_path: Path) -> None:
    """As with `kill -9`: nobody is left to tell it."""
    async with a_darkroom() as darkroom:
        await darkroom.develop(still(tmp_path, a_photo()))
        [worker] = darkroom._idle
        assert worker.process.stdin is not None
        worker.process.stdin.close()
        async with asyncio.timeout(10):
            assert await worker.process.wait() == 0


async def test_too_many_are_asked_to_come_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rooms, "MOST_WAITING", 2)
    async with a_darkroom() as darkroom:
        jobs = [still(tmp_path, a_photo(), name=f"given{number}") for number in range(3)]
        done = await asyncio.gather(*(darkroom.develop(job) for job in jobs))
        assert [each.why for each in done if isinstance(each, Refused)] == ["busy"]


async def test_films_are_scrubbed_where_they_lie(tmp_path: Path) -> None:
    pytest.importorskip("av")
    (tmp_path / "film").write_bytes(a_film())
    async with a_darkroom() as darkroom:
        assert isinstance(await darkroom.develop(Scrub(tmp_path / "film", "video/mp4")), Developed)
    assert b"secret comment" not in (tmp_path / "film").read_bytes()
