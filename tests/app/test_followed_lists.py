"""Lists of hosts that are followed: read as they fall due, and done as they say; what was set by hand stays."""

import pytest

from scattershot.app.dealing import Dealing
from scattershot.app.followed_lists import EVERY, FollowedLists
from scattershot.domain.node import HostRule, Standing
from scattershot.domain.reading import Refused
from scattershot.testing.fakes import FakeFetcher
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.app.conftest import World

ADDRESS = "https://lists.example/blocks.csv"


class Keeper:
    """Whoever keeps the list, and we who follow it."""

    def __init__(self, world: World) -> None:
        self.world, self.fetcher = world, FakeFetcher()
        self.dealing = Dealing(world.database, world.clock, world.bus, world.house, ("here.example",))
        self.lists = FollowedLists(world.database, world.clock, self.fetcher, self.dealing, "test")
        self.asked: list[Request] = []

    def says(self, *lines: str, status: int = 200, tag: str = "") -> None:
        def answer(request: Request) -> Response:
            self.asked.append(request)
            if tag and request.headers.get("if-none-match") == tag:
                return Response(304, request.url, Headers(), b"")
            headers = Headers([("content-type", "text/csv"), *([("etag", tag)] if tag else [])])
            return Response(status, request.url, headers, "\n".join(lines).encode())

        self.fetcher.route("lists.example", answer)

    async def follow(self, *, by_itself: bool = True) -> int:
        number = await self.lists.follow(ADDRESS, by_itself=by_itself)
        assert isinstance(number, int), number
        assert await self.lists.step() == 1
        return number

    async def later(self) -> None:
        self.world.clock.advance(EVERY / 1000 + 1)
        assert await self.lists.step() >= 1

    async def standing(self, host: str) -> Standing | None:
        known = await self.dealing.rule_of(host)
        return known.rule.standing if known is not None else None

    async def problem(self) -> str:
        return (await self.lists.every())[0].problem


@pytest.fixture
async def keeper(world: World) -> Keeper:
    return Keeper(world)


async def test_a_list_is_followed_and_kept_in_step_with(keeper: Keeper) -> None:
    keeper.says("evil.example,suspend", "loud.example,silence")
    await keeper.follow()
    assert await keeper.standing("evil.example") is Standing.BLOCKED
    assert await keeper.standing("loud.example") is Standing.LIMITED
    assert await keeper.lists.step() == 0
    keeper.says("loud.example,suspend", "new.example,suspend")
    await keeper.later()
    assert await keeper.standing("evil.example") is None
    assert await keeper.standing("loud.example") is Standing.BLOCKED
    assert await keeper.standing("new.example") is Standing.BLOCKED


async def test_what_was_set_or_lifted_by_hand_stays_so(keeper: Keeper) -> None:
    await keeper.dealing.limit("loud.example")
    await keeper.dealing.allow("friend.example")
    keeper.says("evil.example,suspend", "loud.example,suspend", "friend.example,suspend", "here.example,suspend")
    number = await keeper.follow()
    assert await keeper.standing("loud.example") is Standing.LIMITED
    assert await keeper.standing("here.example") is None
    await keeper.dealing.unblock("evil.example")
    await keeper.later()
    assert await keeper.standing("evil.example") is None
    keeper.says("other.example,suspend")
    await keeper.later()
    assert await keeper.standing("loud.example") is Standing.LIMITED
    known = await keeper.dealing.rule_of("friend.example")
    assert known is not None
    assert known.rule.allows
    plan = await keeper.lists.plan(number)
    assert plan is not None
    assert plan.changes == 0


async def test_nothing_is_done_before_somebody_looked_where_that_was_asked_for(keeper: Keeper) -> None:
    keeper.says("evil.example,suspend", "nonsense here,suspend")
    number = await keeper.follow(by_itself=False)
    assert await keeper.standing("evil.example") is None
    plan = await keeper.lists.plan(number)
    assert plan is not None
    assert (plan.changes, len(plan.unread)) == (1, 1)
    done = await keeper.lists.take(number)
    assert done is not None
    assert (done.set, done.lifted) == (1, 0)
    assert await keeper.standing("evil.example") is Standing.BLOCKED


async def test_a_list_that_cannot_be_read_changes_nothing_and_says_why(keeper: Keeper) -> None:
    keeper.says("evil.example,suspend")
    await keeper.follow()
    keeper.says("it works!", status=503)
    await keeper.later()
    assert "answers 503" in await keeper.problem()
    keeper.says("<html><p>Sign in, please</p></html>")
    await keeper.later()
    assert "no host" in await keeper.problem()
    assert await keeper.standing("evil.example") is Standing.BLOCKED
    keeper.says("evil.example,suspend")
    await keeper.later()
    assert await keeper.problem() == ""


async def test_a_list_that_lost_most_of_what_it_said_waits_for_somebody(keeper: Keeper) -> None:
    keeper.says(*(f"evil{n}.example,suspend" for n in range(12)))
    number = await keeper.follow()
    keeper.says("evil1.example,suspend")
    await keeper.later()
    assert "more than half" in await keeper.problem()
    assert await keeper.standing("evil2.example") is Standing.BLOCKED
    done = await keeper.lists.take(number)
    assert done is not None
    assert done.lifted == 11
    assert await keeper.problem() == ""


async def test_what_has_not_changed_is_not_fetched_again(keeper: Keeper) -> None:
    keeper.says("evil.example,suspend", tag='"one"')
    await keeper.follow()
    await keeper.dealing.unblock("evil.example")
    await keeper.later()
    assert keeper.asked[-1].headers.get("if-none-match") == '"one"'
    assert await keeper.problem() == ""


async def test_what_two_lists_say_stands_until_neither_does(keeper: Keeper) -> None:
    keeper.says("evil.example,suspend")
    await keeper.follow()
    keeper.fetcher.route(
        "more.example", lambda request: Response(200, request.url, Headers(), b"evil.example,suspend\n")
    )
    second = await keeper.lists.follow("https://more.example/list.csv", by_itself=True)
    assert isinstance(second, int)
    await keeper.lists.step()
    keeper.says("other.example,suspend")
    await keeper.later()
    await keeper.lists.step()
    assert await keeper.standing("evil.example") is Standing.BLOCKED


async def test_when_it_is_followed_no_more_its_rules_are_kept_or_lifted(keeper: Keeper) -> None:
    keeper.says("evil.example,suspend")
    number = await keeper.follow()
    assert await keeper.lists.unfollow(number, lift=False) == 0
    assert await keeper.standing("evil.example") is Standing.BLOCKED
    await keeper.dealing.unblock("evil.example")
    number = await keeper.follow()
    assert await keeper.lists.unfollow(number, lift=True) == 1
    assert await keeper.standing("evil.example") is None
    assert await keeper.lists.every() == []
    assert await keeper.lists.plan(number) is None
    assert not await keeper.lists.read_now(number)
    assert not await keeper.lists.settle(number, by_itself=True)


@pytest.mark.parametrize(
    "address", ["", "lists.example", "http://lists.example/x", "ftp://lists.example", "javascript:1"]
)
async def test_an_address_that_is_none_is_refused(keeper: Keeper, address: str) -> None:
    assert isinstance(await keeper.lists.follow(address, by_itself=False), Refused)


async def test_a_list_is_followed_once(keeper: Keeper) -> None:
    keeper.says("evil.example,suspend")
    await keeper.follow()
    assert isinstance(await keeper.lists.follow(ADDRESS, by_itself=False), Refused)


async def test_a_comment_of_ones_own_on_what_the_list_brought_does_not_make_it_ones_own(keeper: Keeper) -> None:
    keeper.says("evil.example,suspend")
    await keeper.follow()
    await keeper.dealing.judge(HostRule("evil.example", Standing.BLOCKED, private_comment="seen"))
    keeper.says("loud.example,silence")
    await keeper.later()
    assert await keeper.standing("evil.example") is None
