"""Taking in: applied or kept in the transaction that answers, never twice, read again once what it lacked is here."""

import msgspec
import pytest

from scattershot.app.discover import Discover
from scattershot.app.intake import MAX_ATTEMPTS, Intake, Taken
from scattershot.domain.change import Boosted, Change, FollowAnswered, Followed, Posted, ProfileChanged
from scattershot.domain.post import Audience
from scattershot.domain.reading import Arrival, Changes, Needs, Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.storage.tables import arrivals, microblogs, nodes
from scattershot.testing.factories import NOON, a_post, a_profile, wire
from scattershot.testing.fake_tongue import FakeTongue
from tests.app.conftest import World

BOB = a_profile("bob@far.example")
CAT = a_profile("cat@other.example")


class Door:
    """The door of a house: readings go in."""

    def __init__(self, world: World, tongue: FakeTongue, intake: Intake, discover: Discover) -> None:
        self.world, self.tongue, self.intake, self.discover = world, tongue, intake, discover

    async def take(self, change: Change, name: str = "") -> Taken:
        body = msgspec.json.encode(change)
        arrival = Arrival(ACTIVITYPUB, change.actor, "far.example", body, self.world.clock.now())
        return await self.intake.admit(arrival, Changes((change,), name or f"{change.id}"))

    def publishes(self, *changes: Change) -> None:
        for change in changes:
            named = change.post.id if isinstance(change, Posted) else change.actor
            self.tongue.known[named] = Changes((change,), named.value)


@pytest.fixture
async def door(world: World) -> Door:
    tongue = FakeTongue()
    speaker = await world.people.node_speaker("here")
    tongues = {ACTIVITYPUB: tongue}
    discover = Discover(world.database, world.clock, world.bus, tongues, world.house, speaker, ("here.example",))
    intake = Intake(world.database, world.clock, world.bus, tongues, world.house, discover)
    return Door(world, tongue, intake, discover)


async def follow_bob(world: World) -> microblogs.Row:
    ann = await world.local("ann")
    await world.remote(BOB)
    await world.apply(Followed(actor=ann.profile.id, target=BOB.id))
    await world.apply(FollowAnswered(actor=BOB.id, follower=ann.profile.id, accepted=True))
    await world.settle()
    return ann


async def test_the_same_arrival_is_taken_once(world: World, door: Door) -> None:
    await follow_bob(world)
    change = Posted(actor=BOB.id, post=a_post(BOB.id), id=wire("https://far.example/a/1"))
    assert (await door.take(change)).what == "new"
    assert (await door.take(change)).what == "known"


async def test_a_boost_of_something_unknown_is_kept_until_it_was_fetched(world: World, door: Door) -> None:
    ann = await follow_bob(world)
    post = a_post(CAT.id, "from afar")
    boost = Boosted(actor=BOB.id, post=post.id, at=NOON, id=wire("https://far.example/b/1"))
    assert (await door.take(boost)).what == "kept"
    door.publishes(Posted(actor=CAT.id, post=post), ProfileChanged(actor=CAT.id, profile=CAT))
    await door.intake.step()
    await world.settle()
    assert await world.home(ann.id) == ["<p>from afar</p>"]
    assert await world.database.read(arrivals.count) == 0


async def test_an_arrival_that_never_can_be_read_is_given_up_at_last(world: World, door: Door) -> None:
    await follow_bob(world)
    boost = Boosted(actor=BOB.id, post=wire("https://nowhere.example/1"), at=NOON, id=wire("https://far.example/b/1"))
    await door.take(boost)
    for _ in range(MAX_ATTEMPTS):
        await door.intake.step()
        world.clock.advance(86_400)
    assert await world.database.read(arrivals.count) == 0
    fetched = len(door.tongue.fetched)
    await door.intake.step()
    assert len(door.tongue.fetched) == fetched


async def test_one_host_cannot_fill_the_disk_with_riddles(
    world: World, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scattershot.app.intake.MAX_KEPT", 3)
    arrival = Arrival(ACTIVITYPUB, BOB.id, "far.example", b"{}", NOON)
    taken = [await door.intake.admit(arrival, Needs((wire(f"https://x.example/{n}"),))) for n in range(5)]
    assert [one.what for one in taken] == ["kept", "kept", "kept", "busy", "busy"]


async def test_an_arrival_ends_the_back_off_of_its_host(world: World, door: Door) -> None:
    await follow_bob(world)
    await world.database.write(lambda tx: tx.execute("UPDATE nodes SET failures = 9, retry_at = $1", NOON + 10**9))
    await door.take(Posted(actor=BOB.id, post=a_post(BOB.id), id=wire("https://far.example/a/2")))
    node = await world.database.read(lambda tx: nodes.by_host(tx, "far.example"))
    assert node is not None
    assert node.health == (0, None, 0)


async def test_a_parent_spoken_of_is_fetched_and_joined(world: World, door: Door) -> None:
    await follow_bob(world)
    parent = a_post(CAT.id, "how it began")
    reply = a_post(BOB.id, "how it went on", reply_to=parent.id)
    door.publishes(Posted(actor=CAT.id, post=parent), ProfileChanged(actor=CAT.id, profile=CAT))
    await door.take(Posted(actor=BOB.id, post=reply, id=wire("https://far.example/a/3")))
    await door.intake._discover.step()
    below, above = await world.post(reply.id), await world.post(parent.id)
    assert below is not None
    assert above is not None
    assert below.reply_to == above.id


async def test_a_thing_that_a_hundred_ask_for_is_fetched_once(world: World, door: Door) -> None:
    import asyncio

    door.publishes(ProfileChanged(actor=CAT.id, profile=CAT))
    await asyncio.gather(*(door.intake._discover.fetch(CAT.id) for _ in range(100)))
    assert door.tongue.fetched == [CAT.id]


async def test_a_chain_of_things_that_lead_to_each_other_ends(world: World, door: Door) -> None:
    for number in range(20):
        door.tongue.known[wire(f"https://x.example/{number}")] = Needs((wire(f"https://x.example/{number + 1}"),))
    assert await door.intake._discover.fetch(wire("https://x.example/0")) == "too_far"
    assert len(door.tongue.fetched) < 10


async def test_what_is_fetched_and_gone_is_taken_off(world: World, door: Door) -> None:
    await follow_bob(world)
    post = a_post(BOB.id)
    await door.take(Posted(actor=BOB.id, post=post, id=wire("https://far.example/a/4")))
    door.tongue.known[post.id] = Refused("gone")
    assert await door.intake._discover.fetch(post.id) == "gone"
    row = await world.post(post.id)
    assert row is not None
    assert row.gone


async def test_a_handle_of_nobody_is_refused_in_words(world: World, door: Door) -> None:
    found = await door.intake._discover.find("@nobody@here.example")
    assert found == Refused("not_found", "Nobody here is called nobody.")


async def test_what_is_for_few_is_kept_from_the_rest(world: World, door: Door) -> None:
    ann = await follow_bob(world)
    ben = await world.local("ben")
    await world.apply(Followed(actor=ben.profile.id, target=BOB.id))
    await world.apply(FollowAnswered(actor=BOB.id, follower=ben.profile.id, accepted=True))
    secret = a_post(BOB.id, "psst", to=[ann.profile.id], audience=Audience.MENTIONED)
    await door.take(Posted(actor=BOB.id, post=secret, id=wire("https://far.example/a/5")))
    await world.settle()
    assert await world.home(ann.id) == ["<p>psst</p>"]
    assert await world.home(ben.id) == []


def test_wire_ids_compare_by_value() -> None:
    assert WireId(ACTIVITYPUB, "x") == wire("x")


async def test_one_that_cannot_be_read_at_all_holds_up_nobody(world: World, door: Door) -> None:
    ann = await follow_bob(world)
    poison = Arrival(ACTIVITYPUB, BOB.id, "far.example", b"what no tongue can read", NOON)
    await door.intake.admit(poison, Needs((wire("https://x.example/1"),)))
    post = a_post(CAT.id, "from afar")
    await door.take(Boosted(actor=BOB.id, post=post.id, at=NOON, id=wire("https://far.example/b/1")))
    door.publishes(Posted(actor=CAT.id, post=post), ProfileChanged(actor=CAT.id, profile=CAT))
    for _ in range(MAX_ATTEMPTS):
        await door.intake.step()
        world.clock.advance(86_400)
    await world.settle()
    assert await world.home(ann.id) == ["<p>from afar</p>"]
    assert await world.database.read(arrivals.count) == 0


async def test_a_proven_answer_that_had_to_wait_is_passed_on_all_the_same(world: World, door: Door) -> None:
    ann = await world.local("ann")
    await world.remote(BOB)
    await world.apply(Followed(actor=BOB.id, target=ann.profile.id))
    asked = a_post(ann.profile.id, "Who is there?")
    await world.apply(Posted(actor=ann.profile.id, post=asked))
    await world.settle()
    await world.database.write(lambda tx: tx.execute("DELETE FROM deliveries"))
    answer = a_post(CAT.id, "I am", reply_to=asked.id)
    change = Posted(actor=CAT.id, post=answer, id=wire("https://other.example/a/1"))
    arrival = Arrival(ACTIVITYPUB, CAT.id, "other.example", msgspec.json.encode(change), world.clock.now())
    taken = await door.intake.admit(arrival, Changes((change,), "https://other.example/a/1"), proven=True)
    assert taken.what == "kept", "cat is not known yet"
    door.tongue.known[CAT.id] = Changes((ProfileChanged(actor=CAT.id, profile=CAT),), CAT.id.value)
    door.tongue.read = lambda *_, **__: Changes((change,), "https://other.example/a/1")  # type: ignore[method-assign]
    await door.intake.step()
    await world.settle()
    assert await world.owed() == [("https://far.example/inbox", 1)]


async def test_what_was_put_off_by_a_clock_that_ran_ahead_is_read_when_it_is_put_right(
    world: World, door: Door
) -> None:
    ann = await follow_bob(world)
    post = a_post(CAT.id, "from afar")
    world.clock.advance(10 * 365 * 86_400)
    await door.take(Boosted(actor=BOB.id, post=post.id, at=NOON, id=wire("https://far.example/b/1")))
    world.clock.set(NOON)
    door.publishes(Posted(actor=CAT.id, post=post), ProfileChanged(actor=CAT.id, profile=CAT))
    await door.intake.step()
    await world.settle()
    assert await world.home(ann.id) == ["<p>from afar</p>"]


async def test_a_wanted_thing_that_breaks_us_is_not_fetched_all_the_time(world: World, door: Door) -> None:
    async def broken(wire_id: WireId, _: object) -> Changes:
        door.tongue.fetched.append(wire_id)
        raise OverflowError("what nobody thought of")

    door.tongue.fetch = broken  # type: ignore[method-assign, assignment]
    await world.database.write(lambda tx: arrivals.want(tx, wire("https://x.example/1"), "parent", 0, NOON))
    for _ in range(3):
        await door.discover.step()
    assert len(door.tongue.fetched) == 1
    for _ in range(9):
        world.clock.advance(86_400)
        await door.discover.step()
    assert await world.database.read(lambda tx: tx.value("SELECT count(*) FROM wanted")) == 0
