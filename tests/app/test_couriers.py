"""Delivering: once to each server, in order, again after a failure, and from the log after a long silence."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from scattershot.app import dispatch
from scattershot.app.couriers import Couriers
from scattershot.app.dispatch import Dispatch
from scattershot.domain.change import Followed, Posted
from scattershot.domain.delivery import MOST_DOUBTS, ROWS_OWED, Busy, Delivered, Outcome, Unwanted
from scattershot.domain.ids import Millis, Seq
from scattershot.domain.microblog import Profile
from scattershot.domain.node import Endpoint, EndpointAddress
from scattershot.domain.post import Audience
from scattershot.domain.wire_id import ACTIVITYPUB
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import log, microblogs, nodes
from scattershot.testing.factories import NOON, a_post, a_profile
from scattershot.testing.fake_tongue import FakeTongue
from tests.app.conftest import World

BOBS_DOOR = EndpointAddress(ACTIVITYPUB, "inbox", "https://down.example/inbox")


@pytest.fixture
def tongue() -> FakeTongue:
    return FakeTongue()


@pytest.fixture
def couriers(world: World, tongue: FakeTongue) -> Couriers:
    return Couriers(world.database, world.clock, world.bus, {tongue.name: tongue}, world.house)


async def followers(world: World, ann: microblogs.Row, *profiles: Profile) -> None:
    for profile in profiles:
        await world.remote(profile)
        await world.apply(Followed(actor=profile.id, target=ann.profile.id))
    await world.settle()
    await world.database.write(lambda tx: tx.execute("DELETE FROM deliveries"))


async def post(world: World, ann: microblogs.Row, text: str, number: int = 0) -> None:
    at = Millis(NOON + number)
    await world.apply(Posted(actor=ann.profile.id, post=a_post(ann.profile.id, text, published=at)))
    await world.settle()


def texts(tongue: FakeTongue) -> list[str]:
    return [said.change.post.html for said in tongue.said if isinstance(said.change, Posted)]


async def test_a_thousand_followers_on_five_servers_are_five_requests(
    world: World, tongue: FakeTongue, couriers: Couriers
) -> None:
    ann = await world.local("ann")
    await followers(world, ann, *(a_profile(f"f{number}@s{number % 5}.example") for number in range(1000)))
    await post(world, ann, "hello, all")
    await couriers.step()
    assert sorted(said.address for said in tongue.said) == [f"https://s{number}.example/inbox" for number in range(5)]
    assert tongue.encoded == 1
    assert await world.owed() == []


async def test_changes_of_one_author_arrive_in_order(world: World, tongue: FakeTongue, couriers: Couriers) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@far.example"))
    for number in range(30):
        await post(world, ann, str(number), number)
    await couriers.step()
    assert texts(tongue) == [f"<p>{number}</p>" for number in range(30)]


async def test_a_node_that_is_down_is_tried_again_later_and_holds_up_nobody(
    world: World, tongue: FakeTongue, couriers: Couriers
) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@down.example"), a_profile("cat@up.example"))
    tongue.answer = lambda endpoint: Busy("timeout") if "down" in endpoint.address else Delivered()
    await post(world, ann, "hello")
    await couriers.step()
    assert [said.address for said in tongue.said] == ["https://up.example/inbox"]
    assert await world.owed() == [("https://down.example/inbox", 1)]
    tongue.answer = lambda _: Delivered()
    await couriers.step()
    assert len(tongue.said) == 1, "it is not its time yet"
    world.clock.advance(20)
    await couriers.step()
    assert [said.address for said in tongue.said] == ["https://up.example/inbox", "https://down.example/inbox"]


async def test_a_sign_of_life_ends_the_wait(world: World, tongue: FakeTongue, couriers: Couriers) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@down.example"))
    tongue.answer = lambda _: Busy("timeout")
    await post(world, ann, "hello")
    for _ in range(5):
        await couriers.step()
        world.clock.advance(3600)
    tongue.answer = lambda _: Delivered()
    await couriers.step()
    assert len(tongue.said) in (0, 1)
    assert await world.database.write(lambda tx: nodes.heard_from(tx, "down.example", world.clock.now()))
    await couriers.step()
    assert texts(tongue) == ["<p>hello</p>"]


async def test_the_time_that_the_other_side_asks_for_is_given(
    world: World, tongue: FakeTongue, couriers: Couriers
) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@busy.example"))
    tongue.answer = lambda _: Busy("busy", after=600)
    await post(world, ann, "hello")
    await couriers.step()
    tongue.answer = lambda _: Delivered()
    world.clock.advance(599)
    await couriers.step()
    assert tongue.said == []
    world.clock.advance(2)
    await couriers.step()
    assert texts(tongue) == ["<p>hello</p>"]


async def test_a_door_that_is_gone_is_owed_nothing_more(world: World, tongue: FakeTongue, couriers: Couriers) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@gone.example"))
    tongue.answer = lambda _: Unwanted("410", gone=True)
    for number in range(3):
        await post(world, ann, str(number), number)
    await couriers.step()
    await post(world, ann, "later", 9)
    assert await world.owed() == []


async def test_one_refusal_does_not_cost_the_others(world: World, tongue: FakeTongue, couriers: Couriers) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@picky.example"))
    answers: list[Outcome] = [Unwanted("422"), Delivered(), Delivered()]
    tongue.answer = lambda _: answers.pop(0)
    for number in range(3):
        await post(world, ann, str(number), number)
    await couriers.step()
    assert texts(tongue) == ["<p>1</p>", "<p>2</p>"]


async def test_a_node_long_down_costs_one_row_and_is_caught_up_from_the_log(
    world: World, tongue: FakeTongue, couriers: Couriers
) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@down.example"))
    tongue.answer = lambda _: Busy("refused")
    for number in range(ROWS_OWED * 3):
        await post(world, ann, str(number), number)
        await couriers.step()
    assert await world.owed() == []
    tongue.answer = lambda _: Delivered()
    await world.database.write(lambda tx: nodes.heard_from(tx, "down.example", world.clock.now()))
    await couriers.step()
    assert texts(tongue) == [f"<p>{number}</p>" for number in range(ROWS_OWED * 3)]
    await post(world, ann, "and on", 10_000)
    await couriers.step()
    assert texts(tongue)[-1] == "<p>and on</p>"


async def test_what_was_cut_short_is_sent_again(world: World, tongue: FakeTongue, couriers: Couriers) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@far.example"))
    await post(world, ann, "hello")

    def die(_: Endpoint) -> Outcome:
        raise RuntimeError("the power went")

    tongue.answer = die
    with pytest.raises(RuntimeError):
        await couriers.step()
    tongue.answer = lambda _: Delivered()
    again = Couriers(world.database, world.clock, world.bus, {tongue.name: tongue}, world.house)
    await again.step()
    assert texts(tongue) == ["<p>hello</p>"]


async def test_a_post_deleted_meanwhile_is_not_sent_and_its_deletion_is(
    world: World, tongue: FakeTongue, couriers: Couriers
) -> None:
    from scattershot.domain.change import Deleted

    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@far.example"))
    written = a_post(ann.profile.id, "oops")
    await world.apply(Posted(actor=ann.profile.id, post=written))
    await world.apply(Deleted(actor=ann.profile.id, post=written.id))
    await world.settle()
    await couriers.step()
    assert [type(said.change).__name__ for said in tongue.said] == ["Deleted"]


async def test_a_post_for_those_it_names_goes_to_them_alone(
    world: World, tongue: FakeTongue, couriers: Couriers
) -> None:
    ann = await world.local("ann")
    bob, cat = a_profile("bob@far.example"), a_profile("cat@other.example")
    await followers(world, ann, bob, cat)
    secret = a_post(ann.profile.id, "psst", to=[bob.id], audience=Audience.MENTIONED)
    await world.apply(Posted(actor=ann.profile.id, post=secret))
    await world.settle()
    await couriers.step()
    assert [said.address for said in tongue.said] == ["https://far.example/inbox"]


async def test_one_that_the_other_side_stumbles_over_holds_up_nobody_and_is_given_up_at_last(
    world: World, tongue: FakeTongue, couriers: Couriers
) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@shaky.example"))
    stumbles = 0

    def answer(endpoint: Endpoint) -> Outcome:
        nonlocal stumbles
        if tongue.about is not None and b"poison" in tongue.about:
            stumbles += 1
            return Busy("500", doubtful=True)
        return Delivered()

    tongue.answer = answer
    for number, text in enumerate(("one", "poison", "two")):
        await post(world, ann, text, number)
    await couriers.step()
    assert texts(tongue) == ["<p>one</p>", "<p>two</p>"]
    for _ in range(MOST_DOUBTS * 2):
        world.clock.advance(86_400)
        await couriers.step()
    assert await world.owed() == []
    assert stumbles == MOST_DOUBTS


async def test_a_node_in_trouble_is_not_sent_everything_just_to_fail(
    world: World, tongue: FakeTongue, couriers: Couriers
) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@shaky.example"))
    asked = 0

    def answer(_: Endpoint) -> Outcome:
        nonlocal asked
        asked += 1
        return Busy("500", doubtful=True)

    tongue.answer = answer
    for number in range(20):
        await post(world, ann, str(number), number)
    await couriers.step()
    assert asked == 3


class SlowDisk:
    """The world's database, whose writes take many turns of the event loop."""

    def __init__(self, database: Database) -> None:
        self.read, self._write = database.read, database.write

    async def write(self, work: Callable[[Transaction], Any], *, slow: bool = False) -> Any:
        for _ in range(50):
            await asyncio.sleep(0)
        return await self._write(work, slow=slow)


async def test_couriers_that_come_back_together_hand_nothing_over_twice(world: World, tongue: FakeTongue) -> None:
    ann = await world.local("ann")
    await followers(world, ann, *(a_profile(f"f{number}@s{number}.example") for number in range(5)))
    await post(world, ann, "hello")
    disk: Any = SlowDisk(world.database)
    couriers = Couriers(disk, world.clock, world.bus, {tongue.name: tongue}, world.house)
    going = asyncio.create_task(couriers.run())
    try:
        async with asyncio.timeout(10):
            while await world.owed():
                world.bus.nudge(dispatch.TOPIC)
                await asyncio.sleep(0)
    finally:
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
    await couriers.stop()
    assert sorted(said.address for said in tongue.said) == [f"https://s{number}.example/inbox" for number in range(5)]


async def test_a_start_tries_again_soon_whom_it_did_not_reach_lately(
    world: World, tongue: FakeTongue, couriers: Couriers
) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@far.example"))
    tongue.answer = lambda _: Busy("timeout", after=3600)
    await post(world, ann, "hello")
    await couriers.step()
    tongue.answer = lambda _: Delivered()
    world.clock.advance(60)
    await couriers.begin()
    world.clock.advance(21)
    await couriers.step()
    assert texts(tongue) == ["<p>hello</p>"]


async def test_a_node_that_falls_due_between_two_looks_is_not_forgotten(world: World, tongue: FakeTongue) -> None:
    """Timers may fire a moment early, and then the node is not due at one look and overdue at the next."""
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@down.example"))
    await post(world, ann, "hello")
    waits: list[float] = []

    class Creeping:
        """Every look at it takes a millisecond."""

        def now(self) -> Millis:
            world.clock.set(world.clock.now() + 1)
            return world.clock.now()

        sleep = world.clock.sleep

    class Waiting:
        nudge = world.bus.nudge

        async def wait(self, _: str, seconds: float) -> bool:
            waits.append(seconds)
            raise asyncio.CancelledError

    couriers = Couriers(world.database, Creeping(), Waiting(), {tongue.name: tongue}, world.house)
    tongue.answer = lambda _: Busy("timeout")
    await couriers.step()
    retry = await world.database.read(lambda tx: tx.value("SELECT max(retry_at) FROM nodes"))
    tongue.answer = lambda _: Delivered()
    for early in (4, 3, 2, 1):
        world.clock.set(retry - early)
        with pytest.raises(asyncio.CancelledError):
            await couriers.run()
        await couriers.stop()
        if tongue.said:
            break
        assert waits[-1] < 1, f"{early} ms early"
    assert texts(tongue) == ["<p>hello</p>"]


async def test_a_node_that_fails_at_everything_for_days_loses_nothing(
    world: World, tongue: FakeTongue, couriers: Couriers
) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@broken.example"))
    await post(world, ann, "before")
    await couriers.step()
    tongue.answer = lambda _: Busy("500", doubtful=True)
    for number in range(4):
        await post(world, ann, str(number), number)
    for _ in range(MOST_DOUBTS * 2):
        world.clock.advance(6 * 3600)
        await couriers.step()
    tongue.answer = lambda _: Delivered()
    world.clock.advance(86_400)
    await couriers.step()
    assert texts(tongue) == ["<p>before</p>", *(f"<p>{number}</p>" for number in range(4))]


async def test_what_is_new_does_not_overtake_what_is_caught_up_from_the_log(
    world: World, tongue: FakeTongue, couriers: Couriers
) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@down.example"))
    tongue.answer = lambda _: Busy("refused")
    for number in range(ROWS_OWED * 2):
        await post(world, ann, str(number), number)
        await couriers.step()
    tongue.answer = lambda _: Delivered()
    await world.database.write(lambda tx: nodes.heard_from(tx, "down.example", world.clock.now()))
    await post(world, ann, "new", 10_000)
    await couriers.step()
    assert texts(tongue) == [*(f"<p>{number}</p>" for number in range(ROWS_OWED * 2)), "<p>new</p>"]


async def test_a_node_that_is_caught_up_from_the_log_does_not_wait_between_its_portions(
    world: World, tongue: FakeTongue
) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@down.example"))
    couriers = Couriers(world.database, world.clock, world.bus, {tongue.name: tongue}, world.house)
    tongue.answer = lambda _: Busy("refused")
    for number in range(ROWS_OWED * 2):
        await post(world, ann, str(number), number)
        await couriers.step()
    tongue.answer = lambda _: Delivered()
    await world.database.write(lambda tx: nodes.heard_from(tx, "down.example", world.clock.now()))
    going = asyncio.create_task(couriers.run())
    try:
        async with asyncio.timeout(5):
            while len(texts(tongue)) < ROWS_OWED * 2:
                await asyncio.sleep(0)
    finally:
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
        await couriers.stop()


async def test_one_that_cannot_be_put_into_words_holds_up_nobody(
    world: World, tongue: FakeTongue, couriers: Couriers, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@far.example"))
    encode = tongue.encode

    def stumbling(change: Any, *rest: Any) -> bytes | None:
        if isinstance(change, Posted) and "poison" in change.post.html:
            raise ValueError("what nobody thought of")
        return encode(change, *rest)

    monkeypatch.setattr(tongue, "encode", stumbling)
    for number, text in enumerate(("one", "poison", "two")):
        await post(world, ann, text, number)
    await couriers.step()
    assert texts(tongue) == ["<p>one</p>", "<p>two</p>"]


async def test_a_wait_begun_by_a_clock_that_ran_ahead_ends_when_it_is_put_right(
    world: World, tongue: FakeTongue, couriers: Couriers
) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@far.example"))
    await post(world, ann, "hello")
    tongue.answer = lambda _: Busy("timeout")
    world.clock.advance(10 * 365 * 86_400)
    await couriers.step()
    world.clock.set(NOON)
    await couriers.step()
    retry = await world.database.read(lambda tx: tx.value("SELECT max(retry_at) FROM nodes"))
    assert NOON < retry < NOON + 3_600_000, "it was tried, and waits as long as it should"
    tongue.answer = lambda _: Delivered()
    world.clock.advance(60)
    await couriers.step()
    assert texts(tongue) == ["<p>hello</p>"]


@pytest.mark.parametrize("engine", ["postgres"], indirect=True)  # with SQLite writers come one after another as it is
async def test_a_change_made_while_the_catching_up_ends_is_owed_all_the_same(world: World) -> None:
    ann = await world.local("ann")
    await followers(world, ann, a_profile("bob@down.example"))
    endpoint = await world.database.read(lambda tx: nodes.endpoint_at(tx, BOBS_DOOR, "down.example"))
    newest = await world.database.read(log.newest)
    await world.database.write(lambda tx: nodes.put_lapse(tx, endpoint.id, Seq(newest + 1)))
    await world.apply(Posted(actor=ann.profile.id, post=a_post(ann.profile.id, "hello")))
    planned, caught_up = threading.Event(), threading.Event()

    def plan(tx: Transaction) -> None:
        batch = log.after(tx, newest, 10)
        Dispatch().step(tx, batch, world.clock.now())
        log.set_cursor(tx, Dispatch.name, batch[-1].seq)
        planned.set()
        caught_up.wait(0.2)

    def catch_up(tx: Transaction) -> None:
        planned.wait(5)
        dispatch.replay(tx, endpoint.id, endpoint.node, Seq(newest + 1))

    async def catching_up() -> None:
        await world.database.write(catch_up)
        caught_up.set()

    await asyncio.gather(world.database.write(plan), catching_up())
    assert await world.owed() == [("https://down.example/inbox", 1)]
