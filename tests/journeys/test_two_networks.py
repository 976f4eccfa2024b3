"""Who speaks on two networks is one, whatever way their words take; and what has no name on the other gets one."""

from typing import Any

from msgspec import json

from scattershot.domain.ids import Millis, PostId
from scattershot.domain.post import Option, Poll
from scattershot.protocols.nostr.wire.entities import Secret, read_entity
from scattershot.protocols.nostr.wire.event import Event, Unsigned, public_key, sign
from scattershot.testing.village import House, Village
from scattershot.wirekit import bech32
from tests.journeys.test_nostr import events_of, key_at, now, one_from
from tests.protocols.nostr.events import an_event, key_of
from tests.protocols.nostr.relay_client import a_client


async def document(house: House, path: str) -> dict[str, Any]:
    answer = await house.get(path)
    assert answer.status == 200, answer
    found: dict[str, Any] = json.decode(answer.body)
    return found


def npub(key: str) -> str:
    return bech32.encode("npub", bytes.fromhex(key))


async def carry(to: House, *events: Event) -> None:
    """What somebody takes from one relay to another."""
    async with a_client(to.node.relay) as client:
        for event in events:
            assert (await client.publish(event))[0]


async def test_a_post_and_its_author_say_by_which_names_they_are_known_on_nostr(village: Village) -> None:
    here = await village.house("here.example")
    who = await here.person("ann")
    post = await here.post("ann", "Twice told")
    await village.settle()
    event = await one_from(here, {"kinds": [1]})
    note = await document(here, f"/p/{post}")
    page, link = note["url"]
    assert page == f"https://here.example/@ann/{post}"
    name = bech32.encode("note", bytes.fromhex(event.id))
    assert link == {"type": "Link", "rel": "alternate", "href": f"nostr:{name}"}
    actor = await document(here, f"/u/{who}")
    assert actor["url"][1]["href"] == f"nostr:{npub(event.pubkey)}"
    await here.node.nostr.signets.settle(here.node.drivers.database, who, False)
    assert (await document(here, f"/u/{who}"))["url"] == "https://here.example/@ann"


async def test_who_follows_somebody_on_both_networks_reads_each_post_once(village: Village) -> None:
    there, here = await village.house("there.example"), await village.house("here.example")
    await there.person("eve")
    await here.person("ann")
    await there.post("eve", "Before")
    await village.settle()
    key = await key_at(there, "eve")
    await carry(here, await one_from(there, {"kinds": [0]}))
    await village.settle()
    assert await here.microblog("eve@there.example") == await here.microblog(npub(key))
    await here.follow("ann", "eve@there.example")
    await village.settle()
    await there.post("eve", "By the fediverse first")
    await village.settle()
    await carry(here, *await all_from(there))
    await village.settle()
    village.shut(here)
    await there.post("eve", "By Nostr first")
    await village.settle()
    await village.reopen(here)
    await carry(here, *await all_from(there))
    await village.settle()
    village.clock.advance(3_600_000)
    await village.settle()
    assert await here.home("ann") == ["By Nostr first", "By the fediverse first", "Before"]


async def test_an_answer_on_nostr_to_a_post_that_came_by_the_fediverse_stands_below_it(village: Village) -> None:
    there, here = await village.house("there.example"), await village.house("here.example")
    await there.person("eve")
    await here.person("ann")
    await here.follow("ann", "eve@there.example")
    await village.settle()
    post = await there.post("eve", "Say something")
    await village.settle()
    event = await one_from(there, {"kinds": [1]})
    answer = an_event("bob", "Something", at=now(village), tags=[["e", event.id, "", "root"]])
    await carry(here, event, an_event("bob", "{}", kind=0, at=now(village)), answer)
    await village.settle()
    seen = await here.seen(await there.wire_id(post))
    assert seen is not None
    thread = await (await here.phone("ann")).get(f"/api/v1/statuses/{seen.id}/context")
    assert [each["content"] for each in thread["descendants"]] == ["<p>Something</p>"]


async def test_a_copy_makes_room_for_the_original_with_all_that_hangs_on_it(village: Village) -> None:
    there, here = await village.house("there.example", nostr=False), await village.house("here.example")
    await there.person("eve")
    who = await here.person("ann")
    await here.person("cat")
    await carry(here, an_event("shadow", "{}", kind=0, at=now(village)))
    await carry(here, an_event("shadow", "known", at=now(village) - 9))
    await here.follow("ann", key_of("shadow"))
    await here.follow("cat", key_of("shadow"))
    await here.follow("cat", "eve@there.example")
    await village.settle()
    village.shut(here)
    post = await there.post("eve", "From afar")
    await village.settle()
    await village.reopen(here)
    name = await there.wire_id(post)
    village.shut(there)
    await carry(here, an_event("shadow", "From afar", at=now(village), tags=[["proxy", name, "activitypub"]]))
    await village.settle()
    assert await here.home("ann") == ["From afar", "known"]
    copy = (await (await here.phone("ann")).get("/api/v1/timelines/home"))[0]
    here.done(await here.node.publisher.like(who, PostId(int(copy["id"])), "test"))
    await here.post("ann", "Indeed", reply_to=PostId(int(copy["id"])))
    await village.settle()
    await village.reopen(there)
    village.clock.advance(3_600_000)
    await village.settle()
    seen = await here.seen(name)
    assert seen is not None
    assert (seen.likes, seen.replies, seen.post.author.value) == (1, 1, (await there.row("eve")).profile.id.value)
    for reader in ("ann", "cat"):
        assert sorted(text for text in await here.home(reader) if text != "Indeed") == ["From afar", "known"]
    mine = (await (await here.phone("cat")).get("/api/v1/timelines/home"))[0]
    assert mine["account"]["acct"] == "eve@there.example"


async def test_an_edit_by_its_second_name_alters_nothing_and_a_copy_can_be_taken_back(village: Village) -> None:
    there, here = await village.house("there.example", nostr=False), await village.house("here.example")
    await there.person("eve")
    await here.person("ann")
    await here.follow("ann", "eve@there.example")
    await village.settle()
    post = await there.post("eve", "Mine")
    await village.settle()
    await carry(here, an_event("shadow", "{}", kind=0, at=now(village)))
    await carry(here, an_event("shadow", "known", at=now(village) - 9))
    await here.follow("ann", key_of("shadow"))
    await village.settle()
    name = await there.wire_id(post)
    copy = an_event("shadow", "Not hers", at=now(village), tags=[["proxy", name, "activitypub"]])
    await carry(here, copy)
    await village.settle()
    seen = await here.seen(name)
    assert seen is not None
    assert (seen.boosts, seen.post.source) == (1, "Mine")
    await carry(here, an_event("shadow", "", kind=5, at=now(village) + 1, tags=[["e", copy.id], ["k", "1"]]))
    await village.settle()
    seen = await here.seen(name)
    assert seen is not None
    assert (seen.boosts, seen.gone) == (0, False)


async def test_a_post_of_nostr_is_boosted_to_the_fediverse_and_answered_from_there(village: Village) -> None:
    here, there = await village.house("here.example"), await village.house("there.example", nostr=False)
    who = await here.person("ann")
    reader = await there.person("eve")
    await there.follow("eve", "ann@here.example")
    post = await here.post("ann", "Who is out there?")
    await village.settle()
    mine = await one_from(here, {"kinds": [1]})
    answer = an_event("bob", "Bob, from Nostr", at=now(village), tags=[["e", mine.id, "", "root"]])
    profile = an_event("bob", json.encode({"name": "bob", "about": "I row"}).decode(), kind=0, at=now(village))
    await carry(here, profile, answer)
    await village.settle()
    thread = await (await here.phone("ann")).get(f"/api/v1/statuses/{post}/context")
    [seen_here] = thread["descendants"]
    here.done(await here.node.publisher.boost(who, PostId(int(seen_here["id"])), "test"))
    await village.settle()

    boost = (await (await there.phone("eve")).get("/api/v1/timelines/home"))[0]
    told = boost["reblog"]
    assert (told["content"], told["account"]["display_name"]) == ("<p>Bob, from Nostr</p>", "bob")
    assert told["account"]["acct"] == f"{npub(key_of('bob'))}@here.example"
    assert told["account"]["locked"]
    assert "another network" in told["account"]["note"]
    note = await document(here, f"/p/{seen_here['id']}")
    assert note["url"][1] == link_to(answer)
    assert note["inReplyTo"] == await here.wire_id(post)

    number = PostId(int(told["id"]))
    there.done(await there.node.publisher.like(reader, number, "test"))
    await there.post("eve", "Hello across", reply_to=number)
    await village.settle()
    again = await (await here.phone("ann")).get(f"/api/v1/statuses/{seen_here['id']}")
    assert (again["favourites_count"], again["replies_count"]) == (1, 1)

    here.done(await here.node.publisher.unboost(who, PostId(int(seen_here["id"])), "test"))
    await village.settle()
    assert "Bob, from Nostr" not in await there.home("eve")


async def test_what_bob_takes_back_on_nostr_is_gone_in_the_fediverse(village: Village) -> None:
    here, there = await village.house("here.example"), await village.house("there.example", nostr=False)
    who = await here.person("ann")
    await there.person("eve")
    await there.follow("eve", "ann@here.example")
    words = an_event("bob", "Too much said", at=now(village))
    await carry(here, an_event("bob", "{}", kind=0, at=now(village)), words)
    await here.follow("ann", key_of("bob"))
    await village.settle()
    seen = PostId(int((await (await here.phone("ann")).get("/api/v1/timelines/home"))[0]["id"]))
    here.done(await here.node.publisher.boost(who, seen, "test"))
    await village.settle()
    assert await there.home("eve") == ["Too much said"]
    await carry(here, an_event("bob", "", kind=5, at=now(village) + 1, tags=[["e", words.id], ["k", "1"]]))
    await village.settle()
    assert await there.home("eve") == []
    assert (await here.get(f"/p/{seen}")).status == 410


async def test_what_nobody_here_passed_on_or_answered_is_not_shown_to_other_nodes(village: Village) -> None:
    here = await village.house("here.example")
    await here.person("ann")
    root = an_event("bob", "First", at=now(village))
    below = an_event("bob", "Second", at=now(village) + 1, tags=[["e", root.id, "", "root"]])
    other = an_event("bob", "Other", at=now(village) + 2)
    await carry(here, an_event("bob", "{}", kind=0, at=now(village)), root, below, other)
    await here.follow("ann", key_of("bob"))
    await village.settle()
    entries = await (await here.phone("ann")).get("/api/v1/timelines/home")
    numbers = {entry["content"]: int(entry["id"]) for entry in entries}
    bob = entries[0]["account"]["id"]
    assert (await here.get(f"/u/{bob}")).status == 404
    mine = await here.post("ann", "I answer", reply_to=PostId(numbers["<p>Second</p>"]))
    await village.settle()
    assert (await document(here, f"/p/{mine}"))["inReplyTo"] == f"https://here.example/p/{numbers['<p>Second</p>']}"
    statuses = [(await here.get(f"/p/{numbers[f'<p>{text}</p>']}")).status for text in ("First", "Second", "Other")]
    assert statuses == [200, 200, 404]
    assert (await document(here, f"/u/{bob}"))["url"][1]["href"] == f"nostr:{npub(key_of('bob'))}"
    for unseen in ("outbox", "followers", "following", "featured"):
        assert (await here.get(f"/u/{bob}/{unseen}")).status == 404


def link_to(event: Event) -> dict[str, str]:
    name = bech32.encode("note", bytes.fromhex(event.id))
    return {"type": "Link", "rel": "canonical", "href": f"nostr:{name}"}


async def all_from(house: House) -> list[Event]:
    async with a_client(house.node.relay) as client:
        return (await events_of(client, {"kinds": [0, 1]}))[::-1]


async def test_a_poll_is_asked_and_answered_on_both_networks(village: Village) -> None:
    here = await village.house("here.example")
    await here.person("ann")
    ends = Millis(village.clock.now() + 3_600_000)
    asked = await here.post("ann", "Tea or coffee?", poll=Poll((Option("Tea"), Option("Coffee")), ends=ends))
    await village.settle()
    event = await one_from(here, {"kinds": [1068]})
    assert [tag for tag in event.tags if tag[0] in ("option", "polltype")] == [
        ["option", "0", "Tea"], ["option", "1", "Coffee"], ["polltype", "singlechoice"]
    ]  # fmt: skip
    assert event.first("endsAt") == str(now(village) + 3_600)
    vote = an_event("bob", "", kind=1018, at=now(village), tags=[["e", event.id], ["response", "1"], ["response", "0"]])
    odd = an_event("eve", "", kind=1018, at=now(village), tags=[["e", event.id], ["response", "7"]])
    await carry(here, *(an_event(name, "{}", kind=0, at=now(village)) for name in ("bob", "eve")), vote, odd)
    await village.settle()
    poll = (await (await here.phone("ann")).get(f"/api/v1/statuses/{asked}"))["poll"]
    assert [option["votes_count"] for option in poll["options"]] == [0, 1]
    assert poll["voters_count"] == 1


async def test_a_poll_of_nostr_is_voted_in_from_here_and_everybodys_votes_count(village: Village) -> None:
    here = await village.house("here.example")
    who = await here.person("ann")
    options = [["option", "x1", "Sea"], ["option", "x2", "Hills"], ["option", "x3", "Woods"]]
    tags = [*options, ["polltype", "multiplechoice"], ["endsAt", str(now(village) + 900)]]
    asked = an_event("bob", "Where to?", kind=1068, at=now(village), tags=tags)
    await carry(here, an_event("bob", "{}", kind=0, at=now(village)), asked)
    await here.follow("ann", key_of("bob"))
    await village.settle()
    phone = await here.phone("ann")
    seen = (await phone.get("/api/v1/timelines/home"))[0]
    assert [option["title"] for option in seen["poll"]["options"]] == ["Sea", "Hills", "Woods"]
    here.done(await here.node.publisher.vote(who, PostId(int(seen["id"])), ["Sea", "Woods"], "test"))
    await village.settle()
    other = an_event("eve", "", kind=1018, at=now(village), tags=[["e", asked.id], ["response", "x3"]])
    await carry(here, an_event("eve", "{}", kind=0, at=now(village)), other)
    await village.settle()
    async with a_client(here.node.relay) as client:
        said = await events_of(client, {"kinds": [1018], "authors": [await key_at(here, "ann")]})
    newest = max(said, key=lambda event: event.created_at)
    assert (newest.values("e"), newest.values("response")) == ([asked.id], ["x1", "x3"])
    poll = (await phone.get(f"/api/v1/statuses/{seen['id']}"))["poll"]
    assert ([option["votes_count"] for option in poll["options"]], poll["voters_count"]) == ([1, 0, 2], 2)
    village.clock.advance(7_200_000)
    await village.settle()
    poll = (await phone.get(f"/api/v1/statuses/{seen['id']}"))["poll"]
    assert [option["votes_count"] for option in poll["options"]] == [1, 0, 2]


async def test_what_somebody_says_by_their_key_in_another_program_is_their_own_post_here(village: Village) -> None:
    here, there = await village.house("here.example"), await village.house("there.example", nostr=False)
    who = await here.person("ann")
    await there.person("eve")
    await there.follow("eve", "ann@here.example")
    first = await here.post("ann", "Written here")
    await village.settle()
    signets, database = here.node.nostr.signets, here.node.drivers.database
    entity = read_entity(await signets.carried(database, who, "") or "")
    assert isinstance(entity, Secret)
    ann = public_key(entity.secret)

    def by_ann(kind: int, content: str, *tags: list[str]) -> Event:
        return sign(Unsigned(ann, now(village), kind, list(tags), content), entity.secret, bytes(32))

    mine = await one_from(here, {"kinds": [1]})
    theirs = an_event("bob", "Theirs", at=now(village), tags=[["p", ann]])
    words = by_ann(1, "Written on a phone #boats", ["e", mine.id, "", "root"], ["t", "boats"])
    like, boost = by_ann(7, "+", ["e", theirs.id]), by_ann(6, "", ["e", theirs.id])
    await carry(here, an_event("bob", "{}", kind=0, at=now(village)), theirs, words)
    await village.settle()
    await carry(here, like, boost)
    await village.settle()
    assert set(await there.home("eve")) == {"Theirs", "Written on a phone #boats", "Written here"}
    thread = await (await here.phone("ann")).get(f"/api/v1/statuses/{first}/context")
    [said] = thread["descendants"]
    assert (said["account"]["acct"], said["uri"]) == ("ann", f"https://here.example/p/{said['id']}")
    async with a_client(here.node.relay) as client:
        all_said = await events_of(client, {"authors": [ann], "kinds": [1, 6, 7]})
    assert sorted(event.id for event in all_said) == sorted([mine.id, words.id, like.id, boost.id])
    await carry(here, sign(Unsigned(ann, now(village), 5, [["e", words.id], ["k", "1"]], ""), entity.secret, bytes(32)))
    await village.settle()
    assert set(await there.home("eve")) == {"Theirs", "Written here"}
    await signets.settle(database, who, False)
    await carry(here, by_ann(1, "Not wanted here"))
    await village.settle()
    assert "Not wanted here" not in await here.home("ann")
