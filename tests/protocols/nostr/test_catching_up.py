"""What was missed at one relay is had whole, whatever the relay is like; else the place stays where it was."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scattershot.app.slips import Slips
from scattershot.app.wells import Wells
from scattershot.domain.delivery import Busy, Delivered, Unwanted
from scattershot.domain.slip import Want
from scattershot.drivers.bus_local import LocalBus
from scattershot.ports.database import Database
from scattershot.protocols.nostr.gateway.catching_up import OVERLAP, CatchingUp, Heard
from scattershot.protocols.nostr.gateway.line import Line
from scattershot.protocols.nostr.gateway.taking import Taking
from scattershot.protocols.nostr.gateway.telling import outcome_of
from scattershot.protocols.nostr.session.theirs import Theirs
from scattershot.protocols.nostr.wire.authentication import proof
from scattershot.protocols.nostr.wire.event import Event, sign
from scattershot.protocols.nostr.wire.filters import Filter
from tests.engines import database, engine, open_database
from tests.protocols.nostr.events import NOW, an_event, key_of, secret_of
from tests.protocols.nostr.relay_client import a_clock
from tests.protocols.nostr.scripted_relay import ScriptedRelay

__all__ = ["database", "engine"]

THERE = "wss://there.example"
NOBODY = Heard(frozenset(), frozenset(), frozenset())
BOB = NOBODY._replace(authors=frozenset({key_of("bob")}))


class Reader:
    """What catches up at a scripted relay."""

    def __init__(self, database: Database) -> None:
        clock, bus = a_clock(), LocalBus()
        self.clock, self.database = clock, database
        self.slips = Slips(database, clock, bus)
        self.wells = Wells(database, clock, bus, "nostr")
        self.taking = Taking(self.slips, clock, "wss://here.example/")
        self.catching_up = CatchingUp(self.slips, self.wells, self.taking, clock)

    async def known_since(self, at: int, *authors: str) -> None:
        """So far it came before."""
        await self.wells.answered(THERE, "there.example")
        await self.wells.note(THERE, at, [key_of(author) for author in authors])

    @asynccontextmanager
    async def line(self, relay: ScriptedRelay, theirs: Theirs = Theirs()) -> AsyncIterator[Line]:  # noqa: B008
        async def prove(address: str, challenge: str, readers: frozenset[str]) -> list[Event]:
            del readers
            return [sign(proof(key_of("ann"), challenge, address, NOW), secret_of("ann"), bytes(32))]

        line = Line(THERE, relay, theirs, prove)
        running = asyncio.create_task(line.run())
        try:
            yield line
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def kept(self) -> set[str]:
        found, _ = await self.slips.find([Want(limit=10_000)])
        return {slip.id.hex() for slip in found}


@pytest.fixture
def reader(database: Database) -> Reader:
    return Reader(database)


def notes(moments: list[int]) -> list[Event]:
    return [an_event("bob", f"note {n}", at=NOW - ago) for n, ago in enumerate(moments)]


async def test_pages_are_asked_for_until_all_has_come_where_sets_cannot_be_compared(reader: Reader) -> None:
    events = notes([n // 3 for n in range(100)])
    await reader.known_since(NOW - 100, "bob")
    relay = ScriptedRelay(events, page=10)
    async with reader.line(relay) as line:
        assert await reader.catching_up.catch_up(line, BOB)
        assert not line.compares
    assert await reader.kept() == {event.id for event in events}


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    moments=st.lists(st.integers(0, 30), max_size=40),
    page=st.integers(5, 20),
    told=st.booleans(),
)
async def test_nothing_is_missed_whatever_the_moments_and_the_pages(moments: list[int], page: int, told: bool) -> None:
    moments = [moment for place, moment in enumerate(moments) if moments[:place].count(moment) < page - 1]
    events = notes(moments)
    async with open_database("sqlite") as database:
        reader = Reader(database)
        await reader.known_since(NOW, "bob")
        async with reader.line(ScriptedRelay(events, page=page), Theirs(limit=page) if told else Theirs()) as line:
            assert await reader.catching_up.catch_up(line, BOB)
        assert await reader.kept() == {event.id for event in events}


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 60), max_size=3), count=st.integers(0, 40))
async def test_whenever_it_is_said_that_all_was_had_all_is_on_disk(cuts: list[int], count: int) -> None:
    events = notes(list(range(count)))
    ann = key_of("ann")
    letters = [an_event(f"once{n}", "x", kind=1059, at=NOW - n * 50_000, tags=[["p", ann]]) for n in range(5)]
    heard = BOB._replace(readers=frozenset({ann}))
    async with open_database("sqlite") as database:
        reader = Reader(database)
        await reader.known_since(NOW, "bob")
        for cut in [*cuts, -1]:
            relay = ScriptedRelay([*events, *letters], page=7, cut_after=cut)
            async with reader.line(relay) as line:
                if await reader.catching_up.catch_up(line, heard):
                    assert await reader.kept() == {event.id for event in [*events, *letters]}
                else:
                    assert cut != -1


async def test_what_is_older_than_the_place_and_a_while_is_not_asked_for_again(reader: Reader) -> None:
    old, new = notes([OVERLAP + 200, OVERLAP - 200])
    await reader.known_since(NOW, "bob")
    async with reader.line(ScriptedRelay([old, new])) as line:
        assert await reader.catching_up.catch_up(line, BOB)
    assert await reader.kept() == {new.id}


async def test_who_is_newly_followed_is_asked_for_apart_from_others(reader: Reader) -> None:
    loud = [an_event("loud", str(n), at=NOW - n) for n in range(60)]
    quiet = [an_event("quiet", "once", at=NOW - 900_000)]
    heard = NOBODY._replace(authors=frozenset({key_of("loud"), key_of("quiet")}))
    async with reader.line(ScriptedRelay(loud + quiet)) as line:
        assert await reader.catching_up.catch_up(line, heard)
    kept = await reader.kept()
    assert quiet[0].id in kept
    assert len(kept) == 41


async def test_who_was_heard_elsewhere_before_is_asked_for_since_then(reader: Reader) -> None:
    events = notes([n * 60 for n in range(100)])
    other = "wss://other.example"
    await reader.wells.answered(other, "other.example")
    await reader.wells.note(other, NOW - 6_000, [key_of("bob")])
    await reader.wells.note(other, NOW - 6_000, gone=[key_of("bob")])
    async with reader.line(ScriptedRelay(events, page=30)) as line:
        assert await reader.catching_up.catch_up(line, BOB)
    assert await reader.kept() == {event.id for event in events}


async def test_all_letters_are_asked_for_whatever_moment_they_bear(reader: Reader) -> None:
    ann = key_of("ann")
    letters = [an_event(f"once{n}", str(n), kind=1059, at=NOW - n * 9_000, tags=[["p", ann]]) for n in range(40)]
    await reader.known_since(NOW, "bob")
    heard = NOBODY._replace(readers=frozenset({ann}))
    relay = ScriptedRelay(letters, page=7, asks_for_proof=True)
    async with reader.line(relay) as line:
        assert await reader.catching_up.catch_up(line, heard)
    assert await reader.kept() == {letter.id for letter in letters}
    asked = [wanted for said in relay.said if said[0] == "REQ" for wanted in said[2:]]
    assert all("since" not in wanted for wanted in asked)


async def test_a_relay_that_lies_is_not_believed(reader: Reader) -> None:
    true = an_event("bob", "true", at=NOW)
    forged = Event(
        *(*[getattr(an_event("bob", "forged", at=NOW), name) for name in Event.__struct_fields__[:-1]], "0" * 128)
    )
    unasked = an_event("eve", "look at me", at=NOW)
    from_later = an_event("bob", "tomorrow", at=NOW + 90_000)
    protected = an_event("bob", "mine alone to bring", at=NOW, tags=[["-"]])
    await reader.known_since(NOW, "bob")
    lies = [forged, unasked, from_later, protected]
    async with reader.line(ScriptedRelay([true], lies=lies)) as line:
        assert await reader.catching_up.catch_up(line, BOB)
    assert await reader.kept() == {true.id}


async def test_a_line_that_breaks_and_a_relay_that_is_busy_leave_the_place_where_it_was(reader: Reader) -> None:
    events = notes(list(range(30)))
    await reader.known_since(NOW - 10, "bob")
    for relay in (ScriptedRelay(events, cut_after=5), ScriptedRelay(events, refuses="rate-limited: slow down")):
        async with reader.line(relay) as line:
            assert not await reader.catching_up.catch_up(line, BOB)
    async with reader.line(ScriptedRelay(events, refuses="restricted: members only")) as line:
        assert await reader.catching_up.catch_up(line, BOB)
    async with reader.line(ScriptedRelay(events)) as line:
        assert await reader.catching_up.catch_up(line, BOB)
    assert await reader.kept() == {event.id for event in events}


async def test_a_relay_that_says_nothing_costs_a_moment_and_no_more(reader: Reader) -> None:
    class Silent(ScriptedRelay):
        def _answer(self, said: list[object]) -> None:
            del said

    async with reader.line(Silent()) as line:
        found = await line.fetch([Filter(kinds=frozenset({1}))], seconds=0.02)
        assert (found.events, found.why) == ([], "timeout")
        assert await line.give(an_event(), seconds=0.02) == (False, "timeout")
        assert await line.count((Filter(kinds=frozenset({1})),), seconds=0.02) is None


async def test_a_question_is_cut_off_where_it_does_not_end(reader: Reader) -> None:
    async with reader.line(ScriptedRelay(notes(list(range(300))))) as line:
        assert len((await line.fetch([Filter(kinds=frozenset({1}))], most=50)).events) == 50
        assert len((await line.fetch([Filter(kinds=frozenset({1}), limit=20)])).events) == 20


def test_what_a_relay_answers_says_whether_and_when_to_try_again() -> None:
    assert outcome_of(True, "") == Delivered()
    assert outcome_of(False, "duplicate: we have it") == Delivered()
    assert outcome_of(False, "rate-limited: slow down") == Busy("rate_limited", after=60.0)
    assert outcome_of(False, "timeout") == Busy("timeout", doubtful=True)
    assert outcome_of(False, "error: the disk is full") == Busy("error", doubtful=True)
    for never in ("blocked", "invalid", "restricted", "auth-required", "pow"):
        assert outcome_of(False, f"{never}: no") == Unwanted(never.replace("-", "_"))
    assert outcome_of(False, "go away") == Unwanted("refused")
