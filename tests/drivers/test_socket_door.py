"""The door for WebSockets gathers what one turn sends, and loses nothing at the end."""

import asyncio
from typing import Any

from scattershot.drivers.socket_door import _Gathering


class Wire:
    """A transport that remembers."""

    def __init__(self) -> None:
        self.done: list[Any] = []

    def write(self, data: bytes) -> None:
        self.done.append(data)

    def close(self) -> None:
        self.done.append("closed")

    def is_closing(self) -> bool:
        return "closed" in self.done


async def test_what_one_turn_sends_is_one_write() -> None:
    wire = Wire()
    door = _Gathering(wire, asyncio.get_running_loop())  # type: ignore[arg-type]
    door.write(b"a")
    door.write(b"b")
    assert wire.done == []
    await asyncio.sleep(0)
    assert wire.done == [b"ab"]
    door.write(b"c")
    assert not door.is_closing()
    door.close()
    await asyncio.sleep(0)
    assert wire.done == [b"ab", b"c", "closed"]
