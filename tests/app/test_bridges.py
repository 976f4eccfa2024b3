"""One post is shown once, however many bridges stand between wires, in whatever order and however often it comes."""

import asyncio
from collections.abc import Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import json

from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import Applied, Lacks, Origin
from scattershot.domain.change import Change
from scattershot.domain.ids import MicroblogId
from scattershot.domain.reading import Changes
from scattershot.domain.wire_id import ACTIVITYPUB, NOSTR, WireId
from scattershot.protocols.activitypub.translate.documents_in import read_document
from scattershot.protocols.activitypub.translate.to_changes import read_activity
from scattershot.protocols.nostr.translate.to_changes import Where, changes_of
from scattershot.protocols.nostr.wire.event import Event
from scattershot.storage.tables import arrivals, log, microblogs, posts, relations, timelines
from scattershot.wirekit import bech32
from tests.app.conftest import World
from tests.engines import open_database
from tests.protocols.nostr.events import key_of

WHERE = Where("wss://here.example/", "https://here.example")
NOON = 1_767_225_600


class Voice(NamedTuple):
    """Somebody on one wire; `also` is who they are on the other, as they say; `copies` whose shadow a bridge made."""

    name: WireId
    also: WireId | None = None
    copies: WireId | None = None


class Thing(NamedTuple):
    """A post on one wire: what it says, and what it says that it is."""

    name: WireId
    voice: Voice
    text: str
    also: WireId | None = None
    copies: WireId | None = None

    @property
    def is_proxy(self) -> bool:
        return self.also is not None or self.copies is not None


class Bridge(NamedTuple):
    """Copies what it finds on one wire to the other; a rude one copies copies as well."""

    number: int
    source: str
    rude: bool


def a_voice(protocol: str, label: str, **more: Any) -> Voice:
    value = f"https://far.example/users/{label}" if protocol == ACTIVITYPUB else key_of(label)
    return Voice(WireId(protocol, value), **more)


def a_name(protocol: str, label: str) -> WireId:
    if protocol == ACTIVITYPUB:
        return WireId(protocol, f"https://far.example/posts/{label}")
    return WireId(protocol, sha256(label.encode()).hexdigest())


def link(rel: str, name: WireId, prefix: str) -> dict[str, str]:
    if name.protocol == NOSTR:
        return {"type": "Link", "rel": rel, "href": f"nostr:{bech32.encode(prefix, bytes.fromhex(name.value))}"}
    return {"type": "Link", "rel": rel, "mediaType": "application/activity+json", "href": name.value}


def links(thing: Thing | Voice, prefix: str) -> list[Any]:
    found: list[Any] = [f"{thing.name.value}.html"]
    found += [link("canonical", thing.copies, prefix)] if thing.copies is not None else []
    return found + ([link("alternate", thing.also, prefix)] if thing.also is not None else [])


def proxy(thing: Thing | Voice) -> list[list[str]]:
    original = thing.copies or thing.also
    return [["proxy", original.value, original.protocol]] if original is not None else []


def profile_of(voice: Voice) -> Change:
    if voice.name.protocol == NOSTR:
        event = Event("0" * 64, voice.name.value, NOON, 0, proxy(voice), "{}", "0" * 128)
        reading = changes_of(event, WHERE)
    else:
        this = voice.name.value
        actor = {"id": this, "type": "Person", "preferredUsername": this.rpartition("/")[2], "inbox": f"{this}/inbox",
                 "endpoints": {"sharedInbox": "https://far.example/inbox"},
                 "url": links(voice, "npub")}  # fmt: skip
        reading = read_document(json.encode(actor), this)
    assert isinstance(reading, Changes)
    [change] = reading.changes
    return change


def post_of(thing: Thing) -> Change:
    if thing.name.protocol == NOSTR:
        event = Event(thing.name.value, thing.voice.name.value, NOON, 1, proxy(thing), thing.text, "0" * 128)
        reading = changes_of(event, WHERE)
    else:
        author, public = thing.voice.name.value, "https://www.w3.org/ns/activitystreams#Public"
        note = {"id": thing.name.value, "type": "Note", "attributedTo": author, "to": [public],
                "url": links(thing, "note"), "content": f"<p>{thing.text}</p>",
                "published": "2026-01-01T00:00:00Z"}  # fmt: skip
        create = {"id": f"{thing.name.value}/create", "type": "Create", "actor": author, "object": note, "to": [public]}
        reading = read_activity(json.encode(create), thing.voice.name, "far.example", at=NOON * 1000)
    assert isinstance(reading, Changes), reading
    [change] = reading.changes
    return change


def bridged(things: Sequence[Thing], bridges: Sequence[Bridge]) -> list[Thing]:
    """What there is once every bridge has copied what it finds, twice over: rude ones copy the others' copies."""
    found = list(things)
    for _ in range(2):
        for bridge in bridges:
            for thing in list(found):
                label = f"copy {bridge.number} of {thing.name.value[-30:]}".replace(" ", "_").replace("/", "_")
                to = NOSTR if bridge.source == ACTIVITYPUB else ACTIVITYPUB
                copied = a_name(to, label)
                if thing.name.protocol != bridge.source or any(copied == other.name for other in found):
                    continue
                if thing.is_proxy and not bridge.rude:
                    continue
                who = f"shadow_{bridge.number}_{thing.voice.name.value[-12:]}".replace("/", "_")
                shadow = a_voice(to, who, copies=thing.voice.name)
                found.append(Thing(copied, shadow, thing.text, copies=thing.name))
    return found


class Wires:
    """The node, and what comes to it."""

    def __init__(self, world: World, voices: Sequence[Voice], things: Sequence[Thing], reachable: bool) -> None:
        self.world = world
        self.voices = {voice.name: voice for voice in voices}
        self.things = {thing.name: thing for thing in things} if reachable else {}

    async def apply(self, change: Change, *, asked_for: bool = False, depth: int = 0) -> Applied:
        def work(tx: Any) -> Applied:
            at = Origin(self.world.clock.now(), change.actor.protocol, asked_for=asked_for, depth=depth)
            return apply(tx, change, at, self.world.house)

        outcome = await self.world.database.write(work)
        if isinstance(outcome, Lacks):
            for name in outcome.wire_ids:
                if name in self.voices:
                    await self.apply(profile_of(self.voices[name]), asked_for=True)
            outcome = await self.world.database.write(work)
        return outcome

    async def fetch_wanted(self) -> None:
        """As `Discover.step` does."""
        while wanted := await self.world.database.read(lambda tx: arrivals.wanted(tx, self.world.clock.now(), 50)):
            for each in wanted:
                thing = self.things.get(each.wire_id)
                if thing is not None:
                    await self.apply(post_of(thing), asked_for=True, depth=each.depth)
                await self.world.database.write(lambda tx, name=each.wire_id: arrivals.got(tx, name))


async def follow(world: World, who: MicroblogId, whom: WireId) -> None:
    def work(tx: Any) -> None:
        target = microblogs.by_wire_id(tx, whom)
        assert target is not None
        relations.put_follow(tx, relations.Follow(who, target.id, True, "", world.clock.now()))

    await world.database.write(work)


async def texts_at_home(world: World, owner: MicroblogId) -> list[str]:
    def work(tx: Any) -> list[str]:
        entries = timelines.page(tx, owner, None, None, 500)
        rows = posts.get_many(tx, [entry.post for entry in entries])
        return [rows[entry.post].post.html for entry in entries if entry.post in rows]

    return [html.removeprefix("<p>").removesuffix("</p>") for html in await world.database.read(work)]


KINDS = st.sampled_from(["activitypub", "nostr", "both"])
BRIDGES = st.lists(st.tuples(st.sampled_from([ACTIVITYPUB, NOSTR]), st.booleans()), max_size=3)


def a_graph(kinds: Sequence[str], bridges: Sequence[tuple[str, bool]], reachable: bool) -> list[Thing]:
    things: list[Thing] = []
    for number, kind in enumerate(kinds):
        text = f"post number {number}"
        ap, nostr = a_voice(ACTIVITYPUB, f"who{number}"), a_voice(NOSTR, f"who{number}")
        note, event = a_name(ACTIVITYPUB, f"{number}"), a_name(NOSTR, f"{number}")
        if kind == "both":
            ap, nostr = ap._replace(also=nostr.name), nostr._replace(also=ap.name)
            things += [Thing(note, ap, text, also=event), Thing(event, nostr, text, also=note)]
        else:
            things.append(Thing(note, ap, text) if kind == ACTIVITYPUB else Thing(event, nostr, text))
    made = [Bridge(number, source, rude and reachable) for number, (source, rude) in enumerate(bridges)]
    return bridged(things, made)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(KINDS, min_size=1, max_size=4), BRIDGES, st.booleans(), st.data())
def test_each_post_is_shown_once_to_each_reader_whatever_bridges_there_are(
    kinds: list[str], bridges: list[tuple[str, bool]], reachable: bool, data: st.DataObject
) -> None:
    things = a_graph(kinds, bridges, reachable)
    voices = sorted({thing.voice for thing in things})
    followed = [data.draw(st.sets(st.sampled_from(voices), max_size=4), label=f"reader {n}") for n in range(2)]
    order = data.draw(st.permutations(things + things[: data.draw(st.integers(0, len(things)))]), label="order")
    looks = data.draw(st.sets(st.integers(0, len(order))), label="wanted things are fetched after")
    asyncio.run(_told(things, followed, order, looks, reachable))


async def _told(
    things: list[Thing], followed: list[set[Voice]], order: list[Thing], looks: set[int], reachable: bool
) -> None:
    async with open_database("sqlite") as database:
        world = World(database)
        wires = Wires(world, [thing.voice for thing in things], things, reachable)
        readers = [(await world.local(f"reader{n}")).id for n in range(len(followed))]
        for reader, names in zip(readers, followed, strict=True):
            for voice in sorted(names):
                await wires.apply(profile_of(voice), asked_for=True)
                await follow(world, reader, voice.name)
        for place, thing in enumerate(order):
            await wires.apply(post_of(thing))
            if place in looks:
                await wires.fetch_wanted()
                await world.settle()
        await wires.fetch_wanted()
        await world.settle()
        for reader, names in zip(readers, followed, strict=True):
            heard = {thing.text for thing in things if thing.voice in names}
            assert sorted(await texts_at_home(world, reader)) == sorted(heard)
        made_here = await database.read(lambda tx: log.made_here(tx, log.oldest(tx), log.newest(tx), 1_000))
        assert all(recorded.post is None for recorded in made_here)
        await _names_are_unique(world)


async def _names_are_unique(world: World) -> None:
    def work(tx: Any) -> int:
        sql = (
            "SELECT count(*) FROM (SELECT 1 FROM wire_ids WHERE kind IN ('post', 'microblog') "
            "GROUP BY protocol, kind, thing HAVING count(*) > 1) AS doubled"
        )
        number: int = tx.value(sql)
        return number

    assert await world.database.read(work) == 0
