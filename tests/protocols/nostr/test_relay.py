"""The relay as its clients meet it: keeping, finding, telling, hiding, comparing, and who asks too much."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from msgspec import json

from scattershot.ports.database import Database
from scattershot.protocols.nostr.gateway import connection as connections
from scattershot.protocols.nostr.gateway.relay import Relay
from scattershot.protocols.nostr.session.limits import Limits
from scattershot.protocols.nostr.wire import frames
from scattershot.protocols.nostr.wire.event import Event, encode
from scattershot.protocols.nostr.wire.filters import Filter
from scattershot.protocols.nostr.wire.negentropy import Negentropy, Sealed
from scattershot.testing.fakes import FakeClock
from tests.engines import database, engine
from tests.protocols.nostr.events import NOW, an_event, key_of
from tests.protocols.nostr.relay_client import ADDRESS, Client, a_client, a_clock, a_relay

__all__ = ["database", "engine"]


@pytest.fixture
def clock() -> FakeClock:
    return a_clock()


@pytest.fixture
async def relay(database: Database, clock: FakeClock) -> AsyncIterator[Relay]:
    made = a_relay(database, clock)
    yield made
    await made.close()


async def test_what_is_published_is_kept_and_found_newest_first(relay: Relay) -> None:
    events = [an_event(content=str(n), at=NOW - n) for n in range(3)]
    async with a_client(relay) as ann, a_client(relay, "/nostr") as bob:
        for event in reversed(events):
            assert await ann.publish(event) == (True, "")
        assert await bob.found({"authors": [key_of("ann")]}) == [event.id for event in events]
        assert await bob.found({"limit": 1}, {"ids": [events[2].id]}) == [events[0].id, events[2].id]
        assert await ann.publish(events[0]) == (True, "duplicate: we have it")


async def test_the_end_of_what_is_stored_says_whether_there_was_more(relay: Relay) -> None:
    async with a_client(relay) as client:
        for n in range(3):
            await client.publish(an_event(content=str(n)))
        for limit, hint in ((2, "more"), (3, "finish"), (4, "finish")):
            await client.say("REQ", "q", {"limit": limit})
            said = [await client.heard() for _ in range(min(limit, 3) + 1)]
            assert said[-1] == ["EOSE", "q", [hint]]


async def test_who_listens_is_told_at_once_until_they_close(relay: Relay) -> None:
    async with a_client(relay) as ann, a_client(relay) as bob:
        assert await bob.found({"authors": [key_of("ann")], "limit": 0}, name="a") == []
        assert await bob.found({"kinds": [1], "#t": ["tea"]}, name="b") == []
        event = an_event(tags=[["t", "tea"]])
        await ann.publish(event)
        told = [await bob.heard(), await bob.heard()]
        assert sorted(each[1] for each in told) == ["a", "b"]
        assert told[0][2] == json.decode(encode(event))
        await bob.say("CLOSE", "a")
        await ann.publish(an_event(content="only for b", tags=[["t", "tea"]]))
        assert (await bob.heard())[1] == "b"
        assert bob.silent
        await bob.found({"kinds": [7]}, name="b")
        await ann.publish(an_event(content="for nobody", tags=[["t", "tea"]]))
        assert bob.silent
    assert len(relay.subscriptions) == 0


async def test_who_searches_is_told_live_too(relay: Relay) -> None:
    async with a_client(relay) as client, a_client(relay) as other:
        assert await client.found({"search": "Grüße tea"}) == []
        await other.publish(an_event(content="coffee"))
        event = an_event(content="tea, and GRUSSE")
        await other.publish(event)
        assert (await client.heard())[2]["id"] == event.id
        assert await other.found({"search": "tea"}) == [event.id]


async def test_what_is_ephemeral_is_passed_on_and_forgotten(relay: Relay) -> None:
    async with a_client(relay) as ann, a_client(relay) as bob:
        await bob.found({"kinds": [20_001]})
        event = an_event(kind=20_001)
        assert await ann.publish(event) == (True, "")
        assert (await bob.heard())[2]["id"] == event.id
        assert await ann.found({"kinds": [20_001]}) == []


async def test_deleting_and_vanishing_hold_against_bringing_it_again(relay: Relay) -> None:
    note, later = an_event(content="oops"), an_event(content="also oops")
    async with a_client(relay) as client:
        await client.publish(note)
        assert await client.publish(an_event(kind=5, tags=[["e", note.id], ["e", later.id]])) == (True, "")
        for event in (note, later):
            assert await client.publish(event) == (False, "blocked: its author has deleted it")
        other = an_event("bob")
        await client.publish(other)
        await client.publish(an_event("bob", kind=62, tags=[["relay", "wss://there.example"]]))
        assert await client.found({"kinds": [1]}) == [other.id]
        await client.publish(an_event("bob", kind=62, tags=[["relay", ADDRESS]]))
        assert await client.found({"kinds": [1]}) == []
        assert await client.publish(other) == (False, "blocked: its author has deleted it")


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (an_event(at=NOW + 901), "invalid: created_at is more than 900 seconds in the future"),
        (an_event(at=1_000), "invalid: created_at is too long ago"),
        (an_event(tags=[["expiration", str(NOW)]]), "invalid: the event has expired"),
        (an_event(kind=22_242), "invalid: proofs are not published"),
        (an_event(tags=[["-"]]), "auth-required: this may be published by its author alone"),
    ],
)
async def test_an_event_that_is_not_taken_is_told_why(relay: Relay, event: Event, why: str) -> None:
    async with a_client(relay) as client:
        assert await client.publish(event) == (False, why)


async def test_a_forged_event_is_refused_and_those_beside_it_are_kept(relay: Relay) -> None:
    good, victim = an_event(), an_event(content="original")
    forged = Event(victim.id, victim.pubkey, NOW, 1, [], "forged", victim.sig)
    async with a_client(relay) as client:
        for event in (forged, good):
            await client.say(f'["EVENT",{encode(event).decode()}]')
        said = {each[1]: each[2:] for each in [await client.heard(), await client.heard()]}
        assert said == {forged.id: [False, "invalid: id or signature is wrong"], good.id: [True, ""]}
        assert await client.publish(victim) == (True, "")


async def test_work_is_asked_for_where_the_limits_say_so(database: Database, clock: FakeClock) -> None:
    async with a_client(a_relay(database, clock, Limits(work=30))) as client:
        taken, why = await client.publish(an_event())
        assert not taken
        assert why.startswith("pow: 30 bits")


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("nonsense", ["NOTICE", "invalid: a message is a JSON array that begins with its name"]),
        ('["WHAT"]', ["NOTICE", "invalid: no such message: WHAT"]),
        ('["REQ","q",{"kinds":"x"}]', ["CLOSED", "q", "invalid: kinds is a list of numbers"]),
        ('["EVENT",{"id":"' + "a" * 64 + '"}]', ["OK", "a" * 64, False]),
        ('["NEG-OPEN","n",{}]', ["NEG-ERR", "n", "invalid: NEG-OPEN takes a filter and a message in hexadecimal"]),
        ('["NEG-OPEN","n",{},"10"]', ["NEG-ERR", "n", "invalid: this is no message of negentropy"]),
        ('["NEG-MSG","n","61"]', ["NEG-ERR", "n", "closed: no such comparison"]),
        ('["EVENT",{"content":"' + "x" * 140_000 + '"}]', ["NOTICE", "invalid: a message has at most 131072 bytes"]),
    ],
)  # fmt: skip
async def test_bad_messages_are_answered_in_their_own_form(relay: Relay, said: str, answer: list[Any]) -> None:
    async with a_client(relay) as client:
        await client.say(said)
        assert (await client.heard())[: len(answer)] == answer
        assert await client.found({}) == []


# -- who may read what


async def test_private_events_are_only_for_those_they_are_for(relay: Relay) -> None:
    wrap = an_event("once", kind=1059, tags=[["p", key_of("bob")]])
    note = an_event()
    async with a_client(relay) as bob, a_client(relay) as eve, a_client(relay) as ann:
        await ann.publish(wrap)
        await ann.publish(note)
        await bob.say("REQ", "dm", {"kinds": [1059], "#p": [key_of("bob")]})
        assert await bob.heard() == ["CLOSED", "dm", "auth-required: prove who you are to read what is private"]
        assert await bob.prove("bob") == (True, "")
        assert await eve.prove("eve") == (True, "")
        assert await bob.found({"kinds": [1059], "#p": [key_of("bob")]}, name="dm") == [wrap.id]
        assert await bob.found({"ids": [wrap.id]}) == [wrap.id]
        await eve.say("REQ", "dm", {"kinds": [1059], "#p": [key_of("bob")]})
        assert await eve.heard() == ["CLOSED", "dm", "restricted: these are only for those they are from or for"]
        assert await eve.found({"ids": [wrap.id]}) == []
        assert await eve.found({}) == [note.id]
        assert await eve.found({"kinds": [1, 1059]}) == [note.id]
        await eve.say("COUNT", "c", {"#p": [key_of("bob")]})
        assert await eve.heard() == ["COUNT", "c", {"count": 0}]
        await eve.found({}, name="all")
        await bob.found({"#p": [key_of("bob")]}, name="mine")
        another = an_event("once", kind=1059, tags=[["p", key_of("bob")]], content="more")
        await ann.publish(another)
        assert {(await bob.heard())[1] for _ in range(2)} == {"dm", "mine"}
        assert eve.silent


async def test_a_proof_for_another_challenge_proves_nothing(relay: Relay) -> None:
    async with a_client(relay) as client:
        client.challenge = "another"
        assert await client.prove("ann") == (False, "invalid: the proof is of another challenge")
    async with a_client(relay) as client:
        assert await client.prove("ann", at=NOW - 700) == (False, "invalid: the proof is not from now")


async def test_what_is_protected_is_brought_by_its_author_alone(relay: Relay) -> None:
    event = an_event(tags=[["-"]])
    async with a_client(relay) as ann, a_client(relay) as bob:
        await bob.prove("bob")
        assert await bob.publish(event) == (False, "restricted: this may be published by its author alone")
        await ann.prove("ann")
        assert await ann.publish(event) == (True, "")


# -- counting and comparing


async def test_events_are_counted(relay: Relay) -> None:
    async with a_client(relay) as client:
        for n in range(3):
            await client.publish(an_event(content=str(n), tags=[["t", "a"], ["t", "b"]]))
        await client.say("COUNT", "c", {"#t": ["a", "b"]}, {"kinds": [1]})
        assert await client.heard() == ["COUNT", "c", {"count": 3}]


async def test_two_sides_find_out_what_each_lacks(relay: Relay) -> None:
    theirs = [an_event(content=str(n), at=NOW - n) for n in range(40)]
    ours = theirs[:30] + [an_event("bob", content=str(n)) for n in range(5)]
    async with a_client(relay) as client:
        for event in theirs:
            await client.publish(event)
        side = Negentropy(Sealed.of((event.created_at, bytes.fromhex(event.id)) for event in ours))
        message: bytes | None = side.open()
        await client.say(frames.neg_open("n", Filter(kinds=frozenset({1})), side.open()))
        have, need = set(), set()
        while message is not None:
            verb, name, answer = await client.heard()
            assert (verb, name) == ("NEG-MSG", "n")
            learnt = side.learn(bytes.fromhex(answer))
            have |= {each.hex() for each in learnt.have}
            need |= {each.hex() for each in learnt.need}
            message = learnt.message
            if message is not None:
                await client.say("NEG-MSG", "n", message.hex())
        assert have == {event.id for event in ours[30:]}
        assert need == {event.id for event in theirs[30:]}
        await client.say("NEG-CLOSE", "n")
        await client.say("NEG-MSG", "n", "61")
        assert (await client.heard())[0] == "NEG-ERR"


async def test_a_set_that_is_too_large_is_not_compared(database: Database, clock: FakeClock) -> None:
    async with a_client(a_relay(database, clock, Limits(items=2))) as client:
        for n in range(3):
            await client.publish(an_event(content=str(n)))
        await client.say("NEG-OPEN", "n", {}, "61")
        assert (await client.heard())[2].startswith("blocked: this is more than 2 events")
        await client.say("NEG-OPEN", "n", {"kinds": [4]}, "61")
        assert (await client.heard())[2].startswith("auth-required:")


# -- asking too much


async def test_what_is_too_much_is_refused_and_the_others_do_not_feel_it(database: Database, clock: FakeClock) -> None:
    limits = Limits(calls=20, subscriptions=2, filters=2, values=3)
    relay = a_relay(database, clock, limits, most_from=2)
    async with a_client(relay) as greedy, a_client(relay) as modest:
        await greedy.say("REQ", "q", {}, {}, {})
        assert (await greedy.heard())[2].startswith("invalid: a subscription has at most 2 filters")
        await greedy.say("REQ", "q", {"kinds": [1, 2, 3, 4]})
        assert (await greedy.heard())[2].startswith("invalid: the filters name more than 3 values")
        for name in "ab":
            await greedy.found({}, name=name)
        await greedy.say("REQ", "c", {})
        assert (await greedy.heard())[2].startswith("blocked: there are at most 2 subscriptions")
        for _ in range(15):
            await greedy.found({}, name="a")
        await greedy.say("REQ", "a", {})
        assert (await greedy.heard())[2].startswith("rate-limited: ")
        taken, why = await greedy.publish(an_event())
        assert (taken, why.partition(":")[0]) == (False, "rate-limited")
        assert await modest.publish(an_event()) == (True, "")
        async with a_client(relay, greeted=False) as third:
            assert await third.closed() == connections.TRY_LATER
        clock.advance(60)
        while not greedy.silent:
            await greedy.heard()
        assert (await greedy.publish(an_event()))[0]


async def test_who_does_not_keep_up_is_let_go_alone(relay: Relay, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_WAITING", 20_000)
    stuck = asyncio.Event()

    async def never(message: Any) -> None:
        if message["type"] == "websocket.send":
            await stuck.wait()

    client = Client()
    scope = {"type": "websocket", "path": "/", "headers": [], "client": ("198.51.100.8", 1), "query_string": b""}
    await client.to_relay.put({"type": "websocket.connect"})
    await client.say("REQ", "q", {"kinds": [1]})
    slow = asyncio.create_task(relay(scope, client.to_relay.get, never))
    async with a_client(relay) as ann:
        while len(relay.subscriptions) == 0:
            await asyncio.sleep(0)
        for n in range(12):
            assert (await ann.publish(an_event(content=f"{n}" + "x" * 2_000)))[0]
        [still] = [each for each in relay.connected if each.ended is None]
        assert still.session.challenge == ann.challenge
    stuck.set()
    await client.to_relay.put({"type": "websocket.disconnect"})
    await asyncio.wait_for(slow, 5)


async def test_a_relay_that_stops_keeps_what_was_brought_first(database: Database, clock: FakeClock) -> None:
    relay = a_relay(database, clock)
    async with a_client(relay) as client:
        for n in range(300):
            await client.say(f'["EVENT",{encode(an_event(content=str(n))).decode()}]')
        assert (await client.heard())[2]
        while not client.to_relay.empty():
            await asyncio.sleep(0)
        await relay.close()
        assert await client.closed() == connections.ENDED
    async with a_client(a_relay(database, clock)) as other:
        await other.say("COUNT", "c", {})
        assert await other.heard() == ["COUNT", "c", {"count": 300}]
