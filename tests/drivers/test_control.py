"""The control socket: what is said through it, and what happens where nobody or the wrong one listens."""

import asyncio
import socket
import stat
from pathlib import Path

import pytest

from scattershot.drivers.control import SOCKET, Asked, Control, Line, NoAnswerError, Tell, ask


async def _echo(asked: Asked, tell: Tell) -> int:
    for name, value in asked.arguments.items():
        tell(Line(out=f"{asked.verb} {name}={value}"))
    tell(Line(note="that was all"))
    return 3


async def _asked(folder: Path, version: str = "1", **arguments: str) -> list[Line] | None:
    def work() -> list[Line] | None:
        lines = ask(folder, Asked("echo", arguments), version)
        return None if lines is None else list(lines)

    return await asyncio.to_thread(work)


async def test_an_answer_comes_line_by_line_with_its_status(tmp_path: Path) -> None:
    control = Control(tmp_path, "1", _echo)
    await control.open()
    assert await _asked(tmp_path, text="ä\n\"quoted\"") == [
        Line(out='echo text=ä\n"quoted"'),
        Line(note="that was all"),
        Line(end=3),
    ]  # fmt: skip
    await control.close()
    assert not (tmp_path / SOCKET).exists()


async def test_nobody_else_may_speak_there(tmp_path: Path) -> None:
    control = Control(tmp_path, "1", _echo)
    await control.open()
    assert stat.S_IMODE((tmp_path / SOCKET).stat().st_mode) == 0o600
    await control.close()


async def test_where_no_node_listens_there_is_no_answer(tmp_path: Path) -> None:
    assert await _asked(tmp_path / "none") is None
    assert await _asked(tmp_path) is None
    with socket.socket(socket.AF_UNIX) as left_over:
        left_over.bind(str(tmp_path / SOCKET))
    assert await _asked(tmp_path) is None


async def test_a_path_may_be_longer_than_a_sockets(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    here = Path.cwd()
    control = Control(folder, "1", _echo)
    await control.open()
    assert (await _asked(folder, a="b") or [])[0] == Line(out="echo a=b")
    await control.close()
    assert Path.cwd() == here


async def test_another_version_is_not_obeyed(tmp_path: Path) -> None:
    called = []

    async def handle(asked: Asked, _: Tell) -> int:
        called.append(asked)
        return 0

    control = Control(tmp_path, "2", handle)
    await control.open()
    with pytest.raises(NoAnswerError, match="of version 2, this is 1: restart it"):
        await _asked(tmp_path, "1")
    await control.close()
    assert called == []


async def test_a_node_that_goes_away_is_told(tmp_path: Path) -> None:
    started = asyncio.Event()

    async def for_ever(_: Asked, tell: Tell) -> int:
        tell(Line(out="begun"))
        started.set()
        await asyncio.Event().wait()
        return 0

    control = Control(tmp_path, "1", for_ever)
    await control.open()
    asking = asyncio.create_task(_asked(tmp_path))
    await started.wait()
    await control.close()
    with pytest.raises(NoAnswerError, match="stopped before this was done"):
        await asking


async def test_who_hangs_up_is_worked_for_no_longer(tmp_path: Path) -> None:
    started, broken_off = asyncio.Event(), asyncio.Event()

    async def for_ever(_: Asked, __: Tell) -> int:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            broken_off.set()
        return 0

    control = Control(tmp_path, "1", for_ever)
    await control.open()
    reader, writer = await asyncio.open_unix_connection(str(tmp_path / SOCKET))
    await reader.readline()
    writer.write(b'{"verb":"wait","arguments":{}}\n')
    await started.wait()
    writer.close()
    async with asyncio.timeout(5):
        await broken_off.wait()
    await control.close()


async def test_nonsense_ends_the_conversation_and_nothing_else(tmp_path: Path) -> None:
    control = Control(tmp_path, "1", _echo)
    await control.open()
    reader, writer = await asyncio.open_unix_connection(str(tmp_path / SOCKET))
    await reader.readline()
    writer.write(b"nonsense\n")
    assert await reader.read() == b""
    writer.close()
    assert (await _asked(tmp_path, a="b") or [])[-1] == Line(end=3)
    await control.close()
