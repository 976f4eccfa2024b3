"""Asking followed authors for what may have been missed (A3)."""

import msgspec
import pytest

from scattershot.app.catch_up import CatchUp
from scattershot.app.discover import Discover
from scattershot.domain.change import Change, FollowAnswered, Followed, Posted
from scattershot.domain.ids import Millis
from scattershot.domain.reading import Changes, Reading, Refused
from scattershot.domain.wire_id import ACTIVITYPUB
from scattershot.ports.protocol import BackPosts
from scattershot.storage.tables import microblogs, watches
from scattershot.testing.factories import NOON, a_post, a_profile
from scattershot.testing.fake_tongue import FakeTongue
from tests.app.conftest import World

BOB = a_profile("bob@far.example")


class Asking:
    def __init__(self, world: World, tongue: FakeTongue, catch_up: CatchUp) -> None:
        self.world, self.tongue, self.catch_up = world, tongue, catch_up
        self.ann: microblogs.Row
        self.written: list[Change] = []

    def writes(self, number: int) -> None:
        """Bob writes so many posts, a minute apart."""
        for _ in range(number):
            at = Millis(NOON + 60_000 * (len(self.written) + 1))
            text = str(len(self.written))
            self.written.append(Posted(actor=BOB.id, post=a_post(BOB.id, text, published=at)))

    def opens(self, page_size: int = 10) -> None:
        """Bob's node answers with what he wrote, newest first."""
        newest_first: list[Reading] = [Changes((change,), "x") for change in reversed(self.written)]
        starts = range(0, max(len(newest_first), 1), page_size)
        self.tongue.pages = [
            BackPosts(
                tuple(newest_first[start : start + page_size]),
                f"page {start}" if start + page_size < len(newest_first) else None,
            )
            for start in starts
        ]

    async def ask(self, after: float = 0) -> None:
        self.world.clock.advance(after)
        while await self.catch_up.step():
            pass
        await self.world.settle()

    async def home(self) -> list[str]:
        return [html.removeprefix("<p>").removesuffix("</p>") for html in await self.world.home(self.ann.id)]


@pytest.fixture
async def asking(world: World) -> Asking:
    tongue = FakeTongue()
    tongues = {ACTIVITYPUB: tongue}
    speaker = await world.people.node_speaker("here")
    discover = Discover(world.database, world.clock, world.bus, tongues, world.house, speaker, ("here.example",))
    made = Asking(world, tongue, CatchUp(world.database, world.clock, world.bus, tongues, discover))
    made.ann = await world.local("ann")
    await world.remote(BOB)
    await world.apply(Followed(actor=made.ann.profile.id, target=BOB.id))
    await world.apply(FollowAnswered(actor=BOB.id, follower=made.ann.profile.id, accepted=True))
    await world.settle()
    return made


async def test_a_new_follow_reads_a_little_of_what_was_before(asking: Asking) -> None:
    asking.writes(100)
    asking.opens(page_size=10)
    await asking.ask(after=7_000)
    assert await asking.home() == [str(number) for number in range(99, 79, -1)]


async def test_everything_since_the_last_time_is_found_once_and_in_order(asking: Asking) -> None:
    asking.writes(5)
    asking.opens()
    await asking.ask(after=600)
    asking.writes(50)
    asking.opens()
    await asking.ask(after=90_000)
    assert await asking.home() == [str(number) for number in range(54, -1, -1)]


async def test_a_push_after_a_silence_does_not_hide_what_came_before_it(asking: Asking) -> None:
    asking.writes(5)
    asking.opens()
    await asking.ask(after=600)
    asking.writes(30)
    asking.world.clock.advance(90_000)
    await asking.world.apply(asking.written[-1])
    asking.opens()
    await asking.ask()
    assert await asking.home() == [str(number) for number in range(34, -1, -1)]


async def test_a_long_absence_goes_on_where_it_stopped(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scattershot.app.catch_up.PAGES", 3)
    asking.opens()
    await asking.ask()
    asking.writes(100)
    asking.opens()
    await asking.ask(after=200_000)
    assert await asking.home() == [str(number) for number in range(99, -1, -1)]
    watch = await asking.world.database.read(lambda tx: watches.due(tx, Millis(1 << 60), 1))
    assert (watch[0].page, watch[0].failures) == ("", 0)


async def test_one_that_does_not_answer_is_asked_again_in_a_minute(asking: Asking) -> None:
    asking.writes(1)
    asking.opens()
    await asking.ask(after=60)
    [watch] = await asking.world.database.read(lambda tx: watches.due(tx, Millis(1 << 60), 9))
    asking.tongue.pages = [Refused("unreachable")]
    await asking.ask(after=90_000)
    [later] = await asking.world.database.read(lambda tx: watches.due(tx, Millis(1 << 60), 9))
    assert later.complete_to == watch.complete_to
    assert later.failures == 1
    assert 100_000 < later.due - asking.world.clock.now() < 140_000


async def test_a_start_asks_everybody_soon(asking: Asking) -> None:
    asking.writes(1)
    asking.opens()
    await asking.ask(after=60)
    asking.writes(3)
    asking.opens()
    await asking.catch_up.begin()
    await asking.ask(after=30)
    assert (await asking.home())[0] == "3"


async def test_what_is_known_of_an_author_stays_when_the_profile_changes(asking: Asking) -> None:
    asking.writes(2)
    asking.opens()
    await asking.ask(after=600)
    from scattershot.domain.change import ProfileChanged

    renamed = msgspec.structs.replace(BOB, display_name="Robert")
    await asking.world.apply(ProfileChanged(actor=BOB.id, profile=renamed))
    assert await asking.home() == ["1", "0"]


async def test_an_author_whose_answer_breaks_us_is_not_asked_all_the_time(asking: Asking) -> None:
    asked = 0

    async def broken(*_: object) -> BackPosts:
        nonlocal asked
        asked += 1
        raise OverflowError("what nobody thought of")

    asking.tongue.back_posts = broken  # type: ignore[method-assign, assignment]
    asking.world.clock.advance(60)
    for _ in range(3):
        await asking.catch_up.step()
    assert asked == 1
    [watch] = await asking.world.database.read(lambda tx: watches.due(tx, Millis(1 << 60), 9))
    assert watch.failures == 1


async def test_a_clock_that_ran_ahead_does_not_silence_an_author_when_it_is_put_right(asking: Asking) -> None:
    asking.opens()
    await asking.ask(after=10 * 365 * 86_400)
    asking.world.clock.set(NOON)
    asking.writes(2)
    asking.opens()
    await asking.ask(after=600)
    assert await asking.home() == ["1", "0"]
