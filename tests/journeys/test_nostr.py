"""One microblog on two networks: what is posted here is read by clients of Nostr, and what they say is read here."""

from typing import Any

from msgspec import json

from scattershot.domain.post import Audience
from scattershot.protocols.nostr.wire.event import Event, is_genuine
from scattershot.testing.village import House, Village
from tests.protocols.nostr.events import an_event, key_of
from tests.protocols.nostr.relay_client import Client, a_client


async def events_of(client: Client, *filters: dict[str, Any]) -> list[Event]:
    """What is stored, each seen to be genuine."""
    await client.say("REQ", "all", *filters)
    found = []
    while (said := await client.heard())[0] == "EVENT":
        found.append(json.decode(json.encode(said[2]), type=Event))
    await client.say("CLOSE", "all")
    assert all(map(is_genuine, found))
    return found


async def key_at(house: House, name: str) -> str:
    answer = await house.get(f"/.well-known/nostr.json?name={name}", "application/json")
    assert answer.status == 200
    key: str = json.decode(answer.body)["names"][name]
    return key


def now(village: Village) -> int:
    return village.clock.now() // 1000


def profile_of(name: str, at: int) -> Event:
    return an_event(name, json.encode({"name": name, "about": f"I am {name}"}).decode(), kind=0, at=at)


async def test_a_post_is_an_event_at_our_relay_and_an_answer_to_it_stands_in_its_thread(village: Village) -> None:
    here = await village.house("here.example")
    await here.person("ann", display_name="Ann")
    await village.settle()
    ann = await key_at(here, "ann")
    async with a_client(here.node.relay) as phone:
        await phone.say("REQ", "live", {"authors": [ann], "kinds": [1]})
        assert (await phone.heard())[:2] == ["EOSE", "live"]
        post = await here.post("ann", "Hello, #Nostr, from https://here.example")
        await village.settle()
        told = await phone.heard()
        assert told[:2] == ["EVENT", "live"]
        note = json.decode(json.encode(told[2]), type=Event)
        assert is_genuine(note)
        assert note.content == "Hello, #Nostr, from https://here.example"
        assert note.values("t") == ["nostr"]
        assert ["proxy", await here.wire_id(post), "activitypub"] in note.tags
        await phone.say("CLOSE", "live")

        answer = an_event("bob", "Hello, Ann!", at=now(village), tags=[["e", note.id, "", "root"], ["p", ann]])
        for event in (profile_of("bob", now(village)), answer):
            assert (await phone.publish(event))[0]
        await village.settle()

    phone_of_ann = await here.phone("ann")
    thread = await phone_of_ann.get(f"/api/v1/statuses/{post}/context")
    assert [each["content"] for each in thread["descendants"]] == ["<p>Hello, Ann!</p>"]
    author = thread["descendants"][0]["account"]
    assert author["display_name"] == "bob"
    assert author["acct"].endswith("@nostr")
    assert await here.told("ann") == ["mention"]


async def test_who_is_followed_on_nostr_is_read_at_home_and_what_they_take_back_goes(village: Village) -> None:
    here = await village.house("here.example")
    await here.person("ann")
    await village.settle()
    ann = await key_at(here, "ann")
    async with a_client(here.node.relay) as client:
        before = an_event("bob", "Said before", at=now(village) - 100)
        for event in (profile_of("bob", now(village)), before):
            await client.publish(event)
        await village.settle()
        await here.follow("ann", key_of("bob"))
        await village.settle()
        [contacts] = await events_of(client, {"authors": [ann], "kinds": [3]})
        assert contacts.values("p") == [key_of("bob")]

        note = an_event("bob", "Fresh from Nostr", at=now(village))
        await client.publish(note)
        await village.settle()
        assert await here.home("ann") == ["Fresh from Nostr", "Said before"]

        await client.publish(an_event("bob", "", kind=5, at=now(village), tags=[["e", note.id], ["k", "1"]]))
        await village.settle()
        assert await here.home("ann") == ["Said before"]


async def test_what_is_not_for_everybody_is_never_an_event(village: Village) -> None:
    here = await village.house("here.example")
    await here.person("ann")
    for audience in Audience:
        await here.post("ann", f"For {audience}", audience)
    await village.settle()
    async with a_client(here.node.relay) as client:
        notes = await events_of(client, {"authors": [await key_at(here, "ann")], "kinds": [1]})
        assert [note.content for note in notes] == ["For public"]


async def test_deleting_a_post_takes_its_event_away(village: Village) -> None:
    here = await village.house("here.example")
    who = await here.person("ann")
    post = await here.post("ann", "Too soon")
    await village.settle()
    async with a_client(here.node.relay) as client:
        mine: dict[str, Any] = {"authors": [await key_at(here, "ann")]}
        [note] = await events_of(client, mine | {"kinds": [1]})
        here.done(await here.node.publisher.delete(who, post, "test"))
        await village.settle()
        assert await events_of(client, mine | {"kinds": [1]}) == []
        [deletion] = await events_of(client, mine | {"kinds": [5]})
        assert deletion.values("e") == [note.id]
        assert await client.publish(note) == (False, "blocked: its author has deleted it")
