"""What is said here is brought to others' relays, and private posts go and come as letters (NIP-17)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from msgspec import json

from scattershot.app.spoken import secret_of as secret_of_here
from scattershot.domain.post import Audience
from scattershot.domain.wire_id import NOSTR, WireId
from scattershot.protocols.nostr.wire.authentication import proof
from scattershot.protocols.nostr.wire.entities import Key, write_entity
from scattershot.protocols.nostr.wire.event import Event, Unsigned, encode, sign
from scattershot.protocols.nostr.wire.wraps import Chance, chat, unwrap, wrap
from scattershot.testing.village import House, Village
from tests.protocols.nostr.events import an_event, key_of, secret_of
from tests.protocols.nostr.relay_client import Client, a_client

THERE = "wss://there.example"


def now(village: Village) -> int:
    return village.clock.now() // 1000


async def bring(house: House, *events: Event) -> None:
    async with a_client(house.node.relay) as client:
        for event in events:
            assert (await client.publish(event))[0]


async def lying_at(house: House, *filters: dict[str, Any], by: str = "") -> list[Event]:
    """What is stored at the house's relay, as somebody who proved who they are sees it."""
    async with a_client(house.node.relay) as client:
        if by:
            await prove(client, by, house)
        await client.say("REQ", "all", *filters)
        found = []
        while (said := await client.heard())[0] == "EVENT":
            found.append(json.decode(json.encode(said[2]), type=Event))
        return found


async def prove(client: Client, by: str, house: House) -> None:
    at = house.node.drivers.clock.now() // 1000
    event = sign(proof(key_of(by), client.challenge, f"wss://{house.host}/", at), secret_of(by), bytes(32))
    await client.say(f'["AUTH",{encode(event).decode()}]')
    assert (await client.heard())[2]


async def until(village: Village, is_so: Callable[[], Awaitable[Any]]) -> Any:
    for _ in range(100):
        await village.settle()
        if found := await is_so():
            return found
        village.clock.advance(1)
        await asyncio.sleep(0.005)
    raise AssertionError("it never came to that")


def about_bob(village: Village, *, letters: str = THERE) -> list[Event]:
    """Bob reads, writes and has letters brought there."""
    at = now(village)
    return [
        an_event("bob", json.encode({"name": "bob"}).decode(), kind=0, at=at),
        an_event("bob", "", kind=10002, at=at, tags=[["r", THERE]]),
        an_event("bob", "", kind=10050, at=at, tags=[["relay", letters]]),
    ]


def a_letter(village: Village, by: str, to: str, words: str, *, backdated: int = 0, said: int | None = None) -> Event:
    """From somebody whose program dates the wrap back."""
    at = said if said is not None else now(village)
    rumour = chat(key_of(by), [to], words, at)
    once = secret_of(f"once {words}")
    chance = Chance(once, once, at - backdated, once, once, once, at - backdated)
    return wrap(rumour, to, secret_of(by), chance)


async def key_at(house: House, name: str) -> str:
    answer = await house.get(f"/.well-known/nostr.json?name={name}", "application/json")
    key: str = json.decode(answer.body)["names"][name]
    return key


@pytest.fixture
async def here(village: Village) -> House:
    house = await village.house("here.example")
    await house.person("ann")
    await village.settle()
    return house


async def test_an_answer_reaches_the_relay_where_the_other_reads_and_introduces_its_author(
    village: Village, here: House
) -> None:
    there = await village.house("there.example")
    note = an_event("bob", "Who answers?", at=now(village))
    await bring(there, *about_bob(village), note)
    bob = write_entity(Key(key_of("bob"), (THERE,)))
    await here.follow("ann", bob)
    await until(village, lambda: here.home("ann"))
    [post] = [each["id"] for each in await (await here.phone("ann")).get("/api/v1/timelines/home")]
    await here.post("ann", "I do!", reply_to=int(post))
    await here.post("ann", "For nobody in particular")
    ann = await key_at(here, "ann")
    [answer] = await until(village, lambda: lying_at(there, {"authors": [ann], "kinds": [1]}))
    assert answer.content == "I do!"
    assert answer.values("e") == [note.id]
    kinds = {event.kind for event in await lying_at(there, {"authors": [ann]})}
    assert {0, 1, 10002, 10050} <= kinds
    assert len(await lying_at(there, {"authors": [ann], "kinds": [1]})) == 1


async def test_what_those_who_run_the_node_wish_is_held_to(village: Village) -> None:
    home = await village.house("home.example", nostr_tells="home")
    all_ = await village.house("all.example", nostr_tells="followers", nostr_index=["wss://index.example"])
    there, index = await village.house("there.example"), await village.house("index.example")
    await bring(there, *about_bob(village))
    for house in (home, all_):
        await house.person("ann")
        await house.follow("ann", write_entity(Key(key_of("bob"), (THERE,))))
        await village.settle()
        follows = an_event("bob", "", kind=3, at=now(village), tags=[["p", await key_at(house, "ann")]])
        await bring(house, *about_bob(village), follows)
        await village.settle()
        await house.post("ann", f"To all at {house.host}")
        await house.profile("ann", display_name="Ann herself")
    ann = await key_at(all_, "ann")
    [note] = await until(village, lambda: lying_at(there, {"authors": [ann], "kinds": [1]}))
    assert note.content == "To all at all.example"
    assert await until(village, lambda: lying_at(index, {"authors": [ann], "kinds": [0]}))
    assert await lying_at(there, {"authors": [await key_at(home, "ann")]}) == []


async def test_a_relay_that_is_down_hears_it_when_it_is_up_again(village: Village, here: House) -> None:
    there = await village.house("there.example")
    await bring(there, *about_bob(village))
    bob = await here.microblog(write_entity(Key(key_of("bob"), (THERE,))))
    assert bob
    await village.settle()
    village.shut(there)
    await here.post("ann", f"Are you there, @{write_entity(Key(key_of('bob')))}@nostr?")
    await village.settle()
    await village.reopen(there)
    village.clock.advance(3_600)
    ann = await key_at(here, "ann")
    [note] = await until(village, lambda: lying_at(there, {"authors": [ann], "kinds": [1]}))
    assert note.values("p") == [key_of("bob")]


async def test_a_private_post_goes_to_where_they_have_letters_brought_and_their_answer_comes_back(
    village: Village, here: House
) -> None:
    there = await village.house("there.example")
    await bring(there, *about_bob(village))
    await here.microblog(write_entity(Key(key_of("bob"), (THERE,))))
    await village.settle()
    npub = write_entity(Key(key_of("bob")))
    post = await here.post("ann", f"@{npub}@nostr psst", Audience.MENTIONED)
    wanted = {"kinds": [1059], "#p": [key_of("bob")]}
    [sealed] = await until(village, lambda: lying_at(there, wanted, by="bob"))
    rumour = unwrap(sealed, secret_of("bob"))
    ann = await key_at(here, "ann")
    assert isinstance(rumour, Unsigned)
    assert (rumour.kind, rumour.pubkey) == (14, ann)
    assert rumour.content == f"nostr:{npub} psst"
    assert sealed.created_at <= now(village)
    assert await lying_at(there, {"authors": [ann], "kinds": [1]}) == []
    assert await lying_at(here, {"authors": [ann], "kinds": [1]}) == []

    answer = chat(key_of("bob"), [ann], "Tell me more", now(village), answers=rumour.id)
    once = secret_of("once")
    chance = Chance(once, once, now(village), once, once, once, now(village) - 100_000)
    await bring(here, wrap(answer, ann, secret_of("bob"), chance))
    phone = await here.phone("ann")

    async def conversation() -> Any:
        found = await phone.get("/api/v1/conversations")
        return found if found and found[0]["last_status"]["content"] == "<p>Tell me more</p>" else None

    [told] = await until(village, conversation)
    assert told["last_status"]["visibility"] == "direct"
    assert told["last_status"]["in_reply_to_id"] == str(post)
    assert [each["display_name"] for each in told["accounts"]] == ["bob"]
    assert await here.told("ann") == ["mention"]


async def test_letters_backdated_by_two_days_are_all_caught_up_with(village: Village) -> None:
    """The known loss of other clients (damus-io/notedeck#1379): they ask for what came since they were there last."""
    here = await village.house("here.example")
    await here.person("ann")
    await village.settle()
    there = await village.house("there.example")
    ann = await key_at(here, "ann")
    signets = here.node.nostr.signets
    secret = await here.node.drivers.database.read(lambda tx: secret_of_here(tx, signets, WireId(NOSTR, ann)))
    assert secret is not None
    moved = sign(Unsigned(ann, now(village) + 1, 10050, [["relay", THERE]], ""), secret, bytes(32))
    await bring(here, moved)
    await village.settle()
    assert village.dialler.open_to("there.example") == 1

    await bring(there, *about_bob(village))
    village.shut(here)
    village.dialler.cut("there.example")
    letters = [
        a_letter(village, "bob", ann, f"Letter {n}", backdated=172_800 - n, said=now(village) + n) for n in range(20)
    ]
    village.clock.advance(600)
    await bring(there, *letters)
    await village.reopen(here)
    phone = await here.phone("ann")

    async def all_came() -> bool:
        rows = await here.node.drivers.database.read(
            lambda tx: tx.fetch(str, "SELECT value FROM posts WHERE audience = 'mentioned'")
        )
        return len(rows) == 20

    await until(village, all_came)
    assert (await phone.get("/api/v1/conversations"))[0]["last_status"]["content"] == "<p>Letter 19</p>"
    live = a_letter(village, "bob", ann, "While you are here", backdated=172_000)
    await bring(there, live)

    async def last() -> bool:
        said: str = (await phone.get("/api/v1/conversations"))[0]["last_status"]["content"]
        return said == "<p>While you are here</p>"

    await until(village, last)


async def test_a_stranger_with_no_profile_can_write_and_a_forged_letter_is_nothing(
    village: Village, here: House
) -> None:
    ann = await key_at(here, "ann")
    forged = chat(key_of("bob"), [ann], "I am Bob", now(village))
    once = secret_of("once")
    chance = Chance(once, once, now(village), once, once, once, now(village))
    await bring(here, wrap(forged, ann, secret_of("eve"), chance))
    await bring(here, a_letter(village, "eve", ann, "I am Eve"))

    async def pending() -> Any:
        return await here.node.drivers.database.read(
            lambda tx: tx.fetch(str, "SELECT value FROM posts WHERE audience = 'mentioned'")
        )

    [only] = await until(village, pending)
    assert "I am Eve" in only


async def test_who_says_late_where_they_have_letters_brought_gets_what_was_written_before(
    village: Village, here: House
) -> None:
    there = await village.house("there.example")
    profile, relays, letters = about_bob(village)
    await bring(there, profile, relays)
    await here.follow("ann", write_entity(Key(key_of("bob"), (THERE,))))
    await village.settle()
    await here.post("ann", f"@{write_entity(Key(key_of('bob')))}@nostr early", Audience.MENTIONED)
    await village.settle()
    wanted = {"kinds": [1059], "#p": [key_of("bob")]}
    assert await lying_at(there, wanted, by="bob") == []
    await bring(there, letters)
    assert len(await until(village, lambda: lying_at(there, wanted, by="bob"))) == 1


async def test_a_private_post_taken_back_lies_here_no_more(village: Village, here: House) -> None:
    there = await village.house("there.example")
    await bring(there, *about_bob(village, letters="wss://here.example/"))
    await here.microblog(write_entity(Key(key_of("bob"), (THERE,))))
    await village.settle()
    post = await here.post("ann", f"@{write_entity(Key(key_of('bob')))}@nostr oops", Audience.MENTIONED)
    await village.settle()
    wanted = {"kinds": [1059], "#p": [key_of("bob")]}
    assert len(await lying_at(here, wanted, by="bob")) == 1
    who = (await here.row("ann")).id
    here.done(await here.node.publisher.delete(who, post, "test"))
    await village.settle()
    assert await lying_at(here, wanted, by="bob") == []
