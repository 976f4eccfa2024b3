"""People of Nostr whose events lie at relays of others: found, followed, read at home, and caught up with."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec import json

from scattershot.domain.node import Standing
from scattershot.domain.reading import Refused
from scattershot.protocols.nostr.wire.entities import Address, Key, Note, write_entity
from scattershot.protocols.nostr.wire.event import Event
from scattershot.storage.tables import nodes
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Response
from tests.protocols.nostr.events import an_event, key_of
from tests.protocols.nostr.relay_client import a_client

THERE = "wss://there.example"


def now(village: Village) -> int:
    return village.clock.now() // 1000


def profile_of(name: str, at: int) -> Event:
    return an_event(name, json.encode({"name": name, "about": f"I am {name}"}).decode(), kind=0, at=at)


def relays_of(name: str, at: int, *relays: str) -> Event:
    return an_event(name, "", kind=10002, at=at, tags=[["r", relay] for relay in relays])


def note(village: Village, by: str, text: str, *, ago: int = 0, tags: Any = ()) -> Event:
    return an_event(by, text, at=now(village) - ago, tags=tags)


async def bring(house: House, *events: Event) -> None:
    """Have them lie at the house's relay."""
    async with a_client(house.node.relay) as client:
        for event in events:
            assert (await client.publish(event))[0]


async def until(village: Village, is_so: Callable[[], Awaitable[Any]]) -> None:
    """Frames travel while others wait: settle until something is so."""
    for _ in range(100):
        await village.settle()
        if await is_so():
            return
        village.clock.advance(1)
        await asyncio.sleep(0.005)
    raise AssertionError("it never came to that")


async def homes(house: House, *texts: str) -> bool:
    return await house.home("ann") == list(texts)


@pytest.fixture
async def here(village: Village) -> House:
    house = await village.house("here.example")
    await house.person("ann")
    await village.settle()
    return house


async def test_somebody_elsewhere_is_followed_by_a_name_with_a_hint_and_read_live(
    village: Village, here: House
) -> None:
    there = await village.house("there.example")
    await bring(there, profile_of("bob", now(village)), relays_of("bob", now(village), THERE))
    await bring(there, note(village, "bob", "Said before", ago=500))
    await here.follow("ann", write_entity(Key(key_of("bob"), (THERE,))))
    await until(village, lambda: homes(here, "Said before"))
    assert (await here.row("ann")).id
    assert village.dialler.open_to("there.example") == 1

    await bring(there, note(village, "bob", "Said live"))
    await until(village, lambda: homes(here, "Said live", "Said before"))

    gone = note(village, "bob", "Taken back", ago=-1)
    await bring(there, gone)
    await until(village, lambda: homes(here, "Taken back", "Said live", "Said before"))
    await bring(there, an_event("bob", "", kind=5, at=now(village), tags=[["e", gone.id], ["k", "1"]]))
    await until(village, lambda: homes(here, "Said live", "Said before"))
    hosts = await here.node.drivers.database.read(lambda tx: tx.fetch(str, "SELECT host FROM nodes ORDER BY host"))
    assert "there.example" in hosts


async def test_whoever_is_followed_besides_is_heard_and_the_others_go_on(village: Village, here: House) -> None:
    there = await village.house("there.example")
    for name in ("bob", "carol"):
        await bring(there, profile_of(name, now(village)), relays_of(name, now(village), THERE))
    await here.follow("ann", write_entity(Key(key_of("bob"), (THERE,))))
    await village.settle()
    listening = here.node.elsewhere.listening
    await here.follow("ann", write_entity(Key(key_of("carol"), (THERE,))))
    await bring(there, note(village, "bob", "One"), note(village, "carol", "Two"))
    await until(village, lambda: reads(here, "One", "Two"))
    assert all(map(listening.covers, (key_of("bob"), key_of("carol"))))
    who = (await here.row("ann")).id
    bob = await here.microblog(write_entity(Key(key_of("bob"))))
    here.done(await here.node.publisher.unfollow(who, bob, "test"))
    await bring(there, note(village, "carol", "Three"))
    await until(village, lambda: reads(here, "Two", "Three"))
    assert not listening.covers(key_of("bob"))


async def reads(house: House, *texts: str) -> bool:
    return set(await house.home("ann")) >= set(texts)


async def test_a_bare_key_is_found_by_the_relays_that_know_most_people(village: Village) -> None:
    here = await village.house("here.example", nostr_index=["wss://index.example", "wss://down.example"])
    await here.person("ann")
    index, there = await village.house("index.example"), await village.house("there.example")
    await bring(index, profile_of("bob", now(village)), relays_of("bob", now(village), THERE))
    await bring(there, note(village, "bob", "I write there"))
    await here.follow("ann", write_entity(Key(key_of("bob"))))
    await until(village, lambda: homes(here, "I write there"))
    row = await here.microblog(write_entity(Key(key_of("bob"))))
    assert row
    nobody = await here.node.discover.find(write_entity(Key(key_of("nobody"))))
    assert isinstance(nobody, Refused)


async def test_a_post_elsewhere_is_found_by_its_link_with_its_author_and_its_parent(
    village: Village, here: House
) -> None:
    there = await village.house("there.example")
    first = note(village, "bob", "First", ago=100)
    answer = note(
        village, "carol", "Second", ago=50, tags=[["e", first.id, THERE, "root"], ["p", key_of("bob"), THERE]]
    )
    await bring(there, profile_of("bob", now(village)), profile_of("carol", now(village)), first, answer)
    phone = await here.phone("ann")
    link = f"nostr:{write_entity(Note(answer.id, (THERE,), key_of('carol')))}"
    found = await phone.get(f"/api/v2/search?resolve=true&q={link}")
    [status] = found["statuses"]
    assert status["content"] == "<p>Second</p>"
    await village.settle()
    thread = await phone.get(f"/api/v1/statuses/{status['id']}/context")
    assert [each["content"] for each in thread["ancestors"]] == ["<p>First</p>"]
    assert thread["ancestors"][0]["account"]["display_name"] == "bob"


async def test_an_article_elsewhere_is_found_by_its_address(village: Village, here: House) -> None:
    there = await village.house("there.example")
    tags = [["d", "on-tea"], ["title", "On tea"]]
    await bring(
        there, profile_of("bob", now(village)), an_event("bob", "# Leaves", kind=30023, at=now(village), tags=tags)
    )
    found = await here.find(write_entity(Address("on-tea", key_of("bob"), 30023, (THERE,))))
    assert found.post is not None
    status = await (await here.phone("ann")).get(f"/api/v1/statuses/{found.post}")
    assert "Leaves" in status["content"]
    assert status["account"]["display_name"] == "bob"


async def test_strangers_at_a_relay_that_is_listened_to_are_heard_where_they_speak_to_somebody_here(
    village: Village, here: House
) -> None:
    there = await village.house("there.example")
    await bring(there, profile_of("bob", now(village)), relays_of("bob", now(village), THERE))
    await here.follow("ann", write_entity(Key(key_of("bob"), (THERE,))))
    post = await here.post("ann", "Like me")
    await village.settle()
    answer = await here.get("/.well-known/nostr.json?name=ann", "application/json")
    ann = json.decode(answer.body)["names"]["ann"]
    async with a_client(here.node.relay) as client:
        [name] = await client.found({"kinds": [1], "authors": [ann]})
    tags = [["e", name, "wss://here.example"], ["p", ann]]
    await bring(there, profile_of("carol", now(village)))
    await bring(there, an_event("carol", "+", kind=7, at=now(village), tags=tags))
    await bring(there, note(village, "carol", "To somebody else", tags=[["p", key_of("dave")]]))

    async def is_liked() -> bool:
        status = await (await here.phone("ann")).get(f"/api/v1/statuses/{post}")
        return bool(status["favourites_count"] == 1)

    await until(village, is_liked)
    assert "favourite" in await here.told("ann") or "like" in await here.told("ann")


async def test_a_name_on_a_domain_leads_to_the_relays_that_its_domain_names(village: Village, here: House) -> None:
    there = await village.house("there.example")
    told = json.encode({"name": "bob", "nip05": "bob@names.example"}).decode()
    await bring(there, an_event("bob", told, kind=0, at=now(village)), note(village, "bob", "By my name"))
    names = {"names": {"bob": key_of("bob")}, "relays": {key_of("bob"): [THERE]}}
    village.fetcher.route("names.example", lambda request: Response(
        200 if request.url.endswith("nostr.json?name=bob") else 404, request.url, body=json.encode(names)
    ))  # fmt: skip
    await here.follow("ann", "bob@names.example")
    await until(village, lambda: homes(here, "By my name"))


async def test_what_was_said_while_we_were_away_is_caught_up_with(village: Village, here: House) -> None:
    there = await village.house("there.example")
    await bring(there, profile_of("bob", now(village)), relays_of("bob", now(village), THERE))
    await here.follow("ann", write_entity(Key(key_of("bob"), (THERE,))))
    await village.settle()

    village.shut(here)
    village.dialler.cut("there.example")
    village.clock.advance(86_400)
    await bring(there, *(note(village, "bob", f"Note {n}", ago=80_000 - n) for n in range(5)))
    await bring(there, note(village, "bob", "Brought late", ago=86_400 + 40_000))
    await village.reopen(here)
    await until(village, lambda: homes(here, *(f"Note {n}" for n in reversed(range(5))), "Brought late"))


async def test_a_relay_that_is_down_is_let_alone_for_longer_each_time_and_the_other_one_serves(
    village: Village, here: House
) -> None:
    there, other = await village.house("there.example"), await village.house("other.example")
    for house in (there, other):
        await bring(house, profile_of("bob", now(village)))
        await bring(house, relays_of("bob", now(village), THERE, "wss://other.example", "wss://third.example"))
    await here.follow("ann", write_entity(Key(key_of("bob"), (THERE, "wss://other.example"))))
    await village.settle()
    village.shut(there)
    await bring(other, note(village, "bob", "Still heard"))
    await until(village, lambda: homes(here, "Still heard"))
    before = village.dialler.dialled.count(THERE)
    await village.settle()
    await village.settle()
    assert village.dialler.dialled.count(THERE) <= before + 1
    failing = "SELECT host FROM nodes WHERE failures > 0 ORDER BY host"
    hosts = await here.node.drivers.database.read(lambda tx: tx.fetch(str, failing))
    assert "there.example" in hosts


async def test_a_blocked_host_is_never_dialled(village: Village, here: House) -> None:
    there = await village.house("there.example")
    await bring(there, profile_of("bob", now(village)))
    await here.node.drivers.database.write(lambda tx: nodes.set_standing(tx, "there.example", Standing.BLOCKED))
    found = await here.node.discover.find(write_entity(Key(key_of("bob"), (THERE,))))
    assert isinstance(found, Refused)
    assert village.dialler.dialled == []


async def test_a_host_that_is_blocked_while_it_is_listened_to_is_hung_up_on(village: Village, here: House) -> None:
    there = await village.house("there.example")
    await bring(there, profile_of("bob", now(village)), relays_of("bob", now(village), THERE))
    await here.follow("ann", write_entity(Key(key_of("bob"), (THERE,))))
    await village.settle()
    assert village.dialler.open_to("there.example") == 1
    assert not isinstance(await here.node.dealing.block("there.example"), Refused)
    listening = asyncio.create_task(here.node.elsewhere.listening.run())

    async def is_over() -> bool:
        return village.dialler.open_to("there.example") == 0

    try:
        for _ in range(200):
            if await is_over():
                break
            village.clock.advance(10)
            here.node.elsewhere.wells.wake()
            await asyncio.sleep(0.01)
        assert await is_over()
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    await village.settle()
    assert village.dialler.open_to("there.example") == 0
