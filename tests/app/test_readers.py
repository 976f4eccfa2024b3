"""Readers: past what they cannot deal with, and never past what the store could not do at the moment."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from scattershot.app.readers import Readers
from scattershot.domain.change import Posted
from scattershot.domain.ids import Millis
from scattershot.domain.record import Kind, Recorded
from scattershot.ports.database import Database, Transaction, UnavailableError
from scattershot.testing.factories import a_post
from tests.app.conftest import World


class Listening:
    """A reader that remembers which posts it dealt with, and stumbles over some."""

    name = "listening"

    def __init__(self, stumbles_over: int = -1) -> None:
        self.heard: list[int] = []
        self._stumbles_over = stumbles_over

    def step(self, tx: Transaction, batch: Sequence[Recorded], now: Millis) -> None:
        posts = [recorded for recorded in batch if recorded.kind is Kind.POSTED]
        if any(recorded.seq == self._stumbles_over for recorded in posts):
            raise ValueError("what nobody thought of")
        self.heard += [recorded.seq for recorded in posts]


async def three_posts(world: World) -> list[int]:
    ann = await world.local("ann")
    made = [await world.apply(Posted(actor=ann.profile.id, post=a_post(ann.profile.id))) for _ in range(3)]
    return [recorded.seq for recorded in made if isinstance(recorded, Recorded)]


async def test_a_change_that_a_reader_cannot_deal_with_is_passed_over(world: World) -> None:
    seqs = await three_posts(world)
    reader = Listening(stumbles_over=seqs[1])
    readers = Readers(world.database, world.clock, world.bus, [reader])
    while await readers.step():
        pass
    assert reader.heard == [seqs[0], seqs[2]]


class FullDisk:
    """The world's database on a disk that has room for a little only: `full` times a reader's work does not fit."""

    def __init__(self, database: Database, full: int) -> None:
        self.read, self._write, self.full = database.read, database.write, full

    async def write(self, work: Callable[[Transaction], Any]) -> Any:
        if self.full and "_work" in work.__code__.co_names:
            self.full -= 1
            raise UnavailableError("database or disk is full")
        return await self._write(work)


async def test_a_change_that_the_store_has_no_room_for_at_the_moment_is_dealt_with_later(world: World) -> None:
    seqs = await three_posts(world)
    reader = Listening()
    disk: Any = FullDisk(world.database, full=5)
    readers = Readers(disk, world.clock, world.bus, [reader])
    while disk.full:
        with pytest.raises(UnavailableError):
            await readers.step()
    while await readers.step():
        pass
    assert reader.heard == seqs


async def test_a_reader_that_two_bring_on_at_once_deals_with_each_change_once(world: World) -> None:
    seqs = await three_posts(world)
    reader = Listening()
    readers = Readers(world.database, world.clock, world.bus, [reader])
    await asyncio.gather(*(readers.bring_on("listening") for _ in range(4)), readers.step())
    assert reader.heard == seqs
    assert await readers.bring_on("nobody") == 0
