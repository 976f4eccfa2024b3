"""What is listened to at one relay: as much as it takes, letters before all; and what it ends is noticed."""

import asyncio

from scattershot.protocols.nostr.gateway.catching_up import Heard
from scattershot.protocols.nostr.gateway.line import Line
from scattershot.protocols.nostr.gateway.listening import SPARE_QUESTIONS, fitting
from scattershot.protocols.nostr.session.theirs import Theirs
from scattershot.protocols.nostr.wire import frames
from scattershot.protocols.nostr.wire.event import Event
from scattershot.protocols.nostr.wire.filters import Filter
from tests.protocols.nostr.events import NOW, an_event, key_of
from tests.protocols.nostr.scripted_relay import ScriptedRelay


def keys(count: int, start: int = 0) -> frozenset[str]:
    return frozenset(f"{number:064x}" for number in range(start, start + count))


def test_what_a_relay_takes_is_asked_for_whole() -> None:
    wanted = Heard(keys(300), keys(20, 1_000), keys(3, 2_000))
    heard, questions = fitting(wanted, NOW, Theirs())
    assert heard == wanted
    assert all(len(frames.ask("x" * 64, question)) <= Theirs().message for question in questions)


def test_a_relay_that_takes_little_has_letters_first_and_as_many_authors_as_fit() -> None:
    wanted = Heard(keys(10_000), keys(500, 20_000), keys(3, 30_000))
    heard, questions = fitting(wanted, NOW, Theirs(subscriptions=10))
    assert len(questions) == 10 - SPARE_QUESTIONS
    assert heard.readers == wanted.readers
    assert 1_000 < len(heard.authors) < 10_000
    assert heard.own == frozenset()
    asked = [each for question in questions for each in question]
    named = [each.authors for each in asked if each.authors is not None]
    assert frozenset().union(*named) == heard.authors
    assert all(each.since is None for each in asked if each.kinds == {1059})


async def test_what_the_relay_ends_by_itself_is_noticed() -> None:
    relay, came = ScriptedRelay(), list[Event]()

    async def take(event: Event) -> None:
        came.append(event)

    async def prove(*_: object) -> list[Event]:
        return []

    line = Line("wss://there.example", relay, Theirs(), prove)
    running = asyncio.create_task(line.run())
    assert await line.listen("live1", (Filter(authors=frozenset({key_of("bob")})),), take) == ""
    note = an_event("bob", at=NOW)
    relay.publish(note)
    while not came:
        await asyncio.sleep(0)
    assert came == [note]
    assert not line.lost
    relay.end("live1", "error: shutting down idle subscription")
    while not line.lost:
        await asyncio.sleep(0)
    assert line.lost == {"live1"}
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
