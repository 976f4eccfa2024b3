"""One microblog on two networks: what is posted here is read by clients of Nostr, and what they say is read here."""

from typing import Any

from msgspec import json

from scattershot.domain.ids import PostId, Seq
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.protocols.nostr.wire.encryption import unlock_key
from scattershot.protocols.nostr.wire.entities import Key, Secret, read_entity, write_entity
from scattershot.protocols.nostr.wire.event import Event, is_genuine, public_key
from scattershot.storage.tables import log
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


async def test_likes_and_boosts_cross_and_are_taken_back_both_ways(village: Village) -> None:
    here = await village.house("here.example")
    who = await here.person("ann")
    post = await here.post("ann", "Like me")
    await village.settle()
    ann = await key_at(here, "ann")
    async with a_client(here.node.relay) as client:
        [note] = await events_of(client, {"authors": [ann], "kinds": [1]})
        tags = [["e", note.id], ["p", ann]]
        like = an_event("bob", "+", kind=7, at=now(village), tags=tags)
        repost = an_event("bob", "", kind=6, at=now(village), tags=tags)
        theirs = an_event("bob", "Mine", at=now(village))
        for event in (profile_of("bob", now(village)), like, repost, theirs):
            await client.publish(event)
        await village.settle()
        phone = await here.phone("ann")
        status = await phone.get(f"/api/v1/statuses/{post}")
        assert (status["favourites_count"], status["reblogs_count"]) == (1, 1)
        gone = an_event("bob", "", kind=5, at=now(village), tags=[["e", like.id], ["e", repost.id]])
        await client.publish(gone)
        await village.settle()
        status = await phone.get(f"/api/v1/statuses/{post}")
        assert (status["favourites_count"], status["reblogs_count"]) == (0, 0)

        publisher = here.node.publisher
        other = (await here.find(f"nostr:{npub('bob')}")).microblog
        assert other is not None
        await here.follow("ann", npub("bob"))
        await village.settle()
        mine = (await phone.get("/api/v1/timelines/home"))[0]
        assert mine["content"] == "<p>Mine</p>"
        number = PostId(int(mine["id"]))
        here.done(await publisher.like(who, number, "test"))
        here.done(await publisher.boost(who, number, "test"))
        await village.settle()
        [liked] = await events_of(client, {"authors": [ann], "kinds": [7]})
        assert (liked.content, liked.values("e"), liked.values("p")) == ("+", [theirs.id], [key_of("bob")])
        [passed_on] = await events_of(client, {"authors": [ann], "kinds": [6]})
        assert json.decode(passed_on.content)["id"] == theirs.id
        here.done(await publisher.unlike(who, number, "test"))
        here.done(await publisher.unboost(who, number, "test"))
        await village.settle()
        assert await events_of(client, {"authors": [ann], "kinds": [6, 7]}) == []


async def test_an_answer_from_here_is_an_event_in_the_thread_of_the_one_it_answers(village: Village) -> None:
    here = await village.house("here.example")
    await here.person("ann")
    await village.settle()
    ann = await key_at(here, "ann")
    async with a_client(here.node.relay) as client:
        root = an_event("bob", "Anybody here?", at=now(village), tags=[["p", ann]])
        await client.publish(root)
        await village.settle()
        [told] = await (await here.phone("ann")).get("/api/v1/notifications")
        found = PostId(int(told["status"]["id"]))
        first = await here.post("ann", "I am", reply_to=found)
        await here.post("ann", "Still", reply_to=first)
        await village.settle()
        still, answer = await events_of(client, {"authors": [ann], "kinds": [1]})
        if answer.content != "I am":
            still, answer = answer, still
        assert [tag for tag in answer.tags if tag[0] == "e"] == [["e", root.id, RELAY, "root", key_of("bob")]]
        assert [(tag[1], tag[3]) for tag in still.tags if tag[0] == "e"] == [(root.id, "root"), (answer.id, "reply")]
        assert key_of("bob") in still.values("p")


async def test_whoever_would_rather_not_says_nothing_there(village: Village) -> None:
    here = await village.house("here.example")
    who = await here.person("ann")
    await here.person("shy", locked=True)
    await village.settle()
    ann = await key_at(here, "ann")
    database, signets = here.node.drivers.database, here.node.nostr.signets
    await signets.settle(database, who, False)
    await here.post("ann", "Not there")
    await here.post("shy", "Nor I")
    await village.settle()
    async with a_client(here.node.relay) as client:
        assert await events_of(client, {"kinds": [1]}) == []
        answer = await here.get("/.well-known/nostr.json?name=ann", "application/json")
        assert json.decode(answer.body) == {"names": {}, "relays": {}}
        await signets.settle(database, who, True)
        await here.post("ann", "There again")
        await village.settle()
        assert [note.content for note in await events_of(client, {"authors": [ann], "kinds": [1]})] == ["There again"]


async def test_a_name_is_shown_only_where_its_domain_says_the_same(village: Village) -> None:
    there, here = await village.house("there.example"), await village.house("here.example")
    await there.person("eve")
    await here.person("ann")
    await village.settle()
    key = await key_at(there, "eve")
    profile = await one_from(there, {"authors": [key], "kinds": [0]})
    liar = an_event("bob", json.encode({"name": "bob", "nip05": "eve@there.example"}).decode(), kind=0, at=now(village))
    async with a_client(here.node.relay) as client:
        await client.publish(profile)
        await client.publish(liar)
        await village.settle()
        for text, acct in ((key, "eve@there.example"), (key_of("bob"), f"{npub('bob')}@nostr")):
            face = await (await here.phone("ann")).get(f"/api/v1/accounts/{await here.microblog(text)}")
            assert face["acct"] == acct


async def test_a_copy_of_what_is_here_already_is_not_a_second_post(village: Village) -> None:
    there, here = await village.house("there.example"), await village.house("here.example")
    await there.person("eve")
    await here.person("ann")
    await village.settle()
    await here.follow("ann", "eve@there.example")
    await village.settle()
    mine = await here.post("ann", "From here")
    await there.post("eve", "Once")
    await village.settle()
    copy = await one_from(there, {"kinds": [1]})
    mirrored = an_event(
        "bridge", "From here", at=now(village), tags=[["proxy", await here.wire_id(mine), "activitypub"]]
    )
    async with a_client(here.node.relay) as client:
        await client.publish(an_event("bridge", "{}", kind=0, at=now(village)))
        await client.publish(an_event("bridge", "known", at=now(village)))
        await village.settle()
        await here.follow("ann", key_of("bridge"))
        for event in (copy, mirrored):
            await client.publish(event)
        await village.settle()
    assert sorted(await here.home("ann")) == ["From here", "Once", "known"]


async def test_whoever_on_nostr_follows_somebody_here_is_a_follower(village: Village) -> None:
    here = await village.house("here.example")
    await here.person("ann")
    await village.settle()
    ann = await key_at(here, "ann")
    phone = await here.phone("ann")
    async with a_client(here.node.relay) as client:
        await client.publish(profile_of("bob", now(village)))
        await client.publish(an_event("bob", "", kind=3, at=now(village), tags=[["p", ann], ["p", key_of("eve")]]))
        await village.settle()
        me = await phone.get("/api/v1/accounts/verify_credentials")
        assert me["followers_count"] == 1
        assert await here.told("ann") == ["follow"]
        await client.publish(an_event("bob", "", kind=3, at=now(village) + 1, tags=[["p", key_of("eve")]]))
        await village.settle()
        me = await phone.get("/api/v1/accounts/verify_credentials")
        assert me["followers_count"] == 0


async def test_a_microblog_that_is_deleted_asks_every_relay_to_forget_it(village: Village) -> None:
    here = await village.house("here.example")
    await here.person("ann")
    await here.post("ann", "Soon gone")
    await village.settle()
    ann = await key_at(here, "ann")
    assert not isinstance(await here.node.people.vanish("ann", "test"), Refused)
    await village.settle()
    async with a_client(here.node.relay) as client:
        [left] = await events_of(client, {"authors": [ann]})
        assert (left.kind, left.values("relay")) == (62, ["ALL_RELAYS"])


async def test_what_was_said_is_not_said_again_by_a_reader_that_lost_its_place(village: Village) -> None:
    here = await village.house("here.example")
    who = await here.person("ann")
    post = await here.post("ann", "Once")
    here.done(await here.node.publisher.like(who, post, "test"))
    here.done(await here.node.publisher.boost(who, post, "test"))
    await village.settle()
    wanted: dict[str, Any] = {"authors": [await key_at(here, "ann")], "kinds": [1, 6, 7]}
    async with a_client(here.node.relay) as client:
        before = [event.id for event in await events_of(client, wanted)]
        assert len(before) == 3
        await here.node.drivers.database.write(lambda tx: log.set_cursor(tx, "uttering", Seq(0)))
        village.clock.advance(90_000)
        await village.settle()
        assert [event.id for event in await events_of(client, wanted)] == before


async def test_a_node_that_began_with_posts_says_only_what_is_new(village: Village) -> None:
    here = await village.house("here.example", nostr=False)
    await here.person("ann")
    await here.post("ann", "Before")
    await village.settle()
    again = await village.house("here.example")
    await again.post("ann", "After")
    await village.settle()
    async with a_client(again.node.relay) as client:
        assert [event.content for event in await events_of(client, {"kinds": [1]})] == ["After"]


async def test_a_key_is_carried_away_as_it_is_or_locked(village: Village) -> None:
    here = await village.house("here.example")
    who = await here.person("ann")
    await village.settle()
    signets, database = here.node.nostr.signets, here.node.drivers.database
    own = await signets.about(database, who)
    assert own.speaks
    plain, locked = [await signets.carried(database, who, password) for password in ("", "tea")]
    assert plain is not None
    assert locked is not None
    entity = read_entity(plain)
    assert isinstance(entity, Secret)
    assert unlock_key(locked, "tea") == entity.secret
    assert own.name == write_entity(Key(public_key(entity.secret)))


RELAY = "wss://here.example/"


def npub(name: str) -> str:
    return write_entity(Key(key_of(name)))


async def one_from(house: House, *filters: dict[str, Any]) -> Event:
    async with a_client(house.node.relay) as client:
        [found] = await events_of(client, *filters)
        return found
