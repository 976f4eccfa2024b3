"""A profile's links are verified by pages that lead back, and by nothing else."""

from typing import Any

import pytest

from scattershot.app.presenting import Presenting
from scattershot.app.verify_links import MAX_LINKS, SELDOM, WAITS, VerifyLinks
from scattershot.domain.change import FollowAnswered, Followed, ProfileChanged
from scattershot.domain.ids import MicroblogId
from scattershot.domain.microblog import Field, Profile
from scattershot.domain.presentation import Presentation
from scattershot.storage.tables import microblogs
from scattershot.testing.factories import a_profile
from scattershot.testing.fakes import FakeFetcher
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.app.conftest import World

SITE = "https://ann.example/"
BACK = b'<html><head><link rel="me" href="https://here.example/@ann"></head></html>'


class Web:
    """Pages of the world, and the one who looks at them."""

    def __init__(self, world: World) -> None:
        self.world, self.fetcher = world, FakeFetcher()
        self.verify = VerifyLinks(world.database, world.clock, self.fetcher, "test")

    def page(
        self, host: str, body: bytes, status: int = 200, kind: str = "text/html; charset=utf-8", **more: str
    ) -> None:
        headers = Headers([("content-type", kind), *more.items()])
        self.fetcher.route(host, lambda request: Response(status, request.url, headers, body))

    async def verified(self, microblog: MicroblogId) -> list[int | None]:
        row = await self.world.database.read(lambda tx: microblogs.get(tx, microblog))
        assert row is not None
        return [field.verified for field in row.profile.fields]


async def _ann(world: World, *lines: tuple[str, str]) -> microblogs.Row:
    row = await world.local("ann")
    await _say(world, row, *(lines or (("Site", SITE),)))
    return row


async def _say(world: World, row: microblogs.Row, *lines: tuple[str, str]) -> None:
    presenting = Presenting(world.database, world.clock, world.bus, world.house)
    assert isinstance(await presenting.change(row.id, Presentation(fields=lines), "test"), Profile)


async def test_a_page_that_leads_back_is_ones_own(world: World) -> None:
    web = Web(world)
    web.page("ann.example", BACK)
    ann = await _ann(world, ("Site", SITE), ("Age", "7"), ("Words", f"see {SITE}"))
    assert await web.verify.step() == 1
    assert await web.verified(ann.id) == [world.clock.now(), None, None]
    assert len(web.fetcher.requests) == 1
    assert await web.verify.step() == 0


async def test_the_lasting_address_will_do_as_well(world: World) -> None:
    web = Web(world)
    ann = await _ann(world)
    web.page("ann.example", f'<a rel="me" href="{ann.profile.id.value}">me</a>'.encode())
    await web.verify.step()
    assert await web.verified(ann.id) == [world.clock.now()]


@pytest.mark.parametrize(
    "page",
    [
        {"body": b'<a href="https://here.example/@ann">no rel</a>'},
        {"body": b'<a rel="me" href="https://here.example/@anna">another</a>'},
        {"body": BACK, "kind": "text/plain"},
        {"body": BACK, "kind": ""},
        {"body": BACK, "status": 404},
        {"body": BACK, "status": 500},
        {"body": BACK + b" " * 2_000_000},
        {"body": b"", "status": 302, "location": "http://ann.example/plain"},
        {"body": b"", "status": 302, "location": "/again"},
        {"body": bytes(range(256))},
    ],
)
async def test_any_other_page_proves_nothing(world: World, page: dict[str, Any]) -> None:
    web = Web(world)
    web.page("ann.example", **page)
    ann = await _ann(world)
    assert await web.verify.step() == 1
    assert await web.verified(ann.id) == [None]
    assert len(web.fetcher.requests) <= 4


async def test_redirects_are_followed_to_where_they_end(world: World) -> None:
    web = Web(world)
    web.page("ann.example", b"", 301, location="https://www.ann.example/home")
    web.page("www.ann.example", BACK)
    ann = await _ann(world)
    await web.verify.step()
    assert await web.verified(ann.id) == [world.clock.now()]


@pytest.mark.parametrize(
    "line", ["http://ann.example/", "https://user@ann.example/", "ftp://ann.example/", "ann.example"]
)
async def test_only_whole_https_addresses_are_looked_at(world: World, line: str) -> None:
    web = Web(world)
    await _ann(world, ("Site", line))
    await web.verify.step()
    assert web.fetcher.requests == []
    assert await web.verify.step() == 0


async def test_a_link_put_on_the_page_later_is_found_later(world: World) -> None:
    web = Web(world)
    web.page("ann.example", b"<p>soon</p>")
    ann = await _ann(world)
    for wait in (0, *WAITS[:2]):
        world.clock.advance(wait / 1_000)
        assert await web.verify.step() == 1
        assert await web.verify.step() == 0
    web.page("ann.example", BACK)
    world.clock.advance(WAITS[2] / 1_000)
    await web.verify.step()
    assert await web.verified(ann.id) == [world.clock.now()]


async def test_a_page_that_leads_back_no_more_is_no_longer_verified_but_one_that_is_away_is(world: World) -> None:
    web = Web(world)
    web.page("ann.example", BACK)
    ann = await _ann(world)
    await web.verify.step()
    first = world.clock.now()
    web.page("ann.example", b"", 503)
    world.clock.advance(SELDOM / 1_000)
    assert await web.verify.step() == 1
    assert await web.verified(ann.id) == [first]
    web.page("ann.example", b"<p>nothing</p>")
    world.clock.advance(SELDOM / 1_000)
    assert await web.verify.step() == 1
    assert await web.verified(ann.id) == [None]


async def test_a_change_of_the_profile_is_looked_at_soon_and_not_all_the_time(world: World) -> None:
    web = Web(world)
    web.page("ann.example", BACK)
    web.page("blog.example", BACK)
    ann = await _ann(world)
    await web.verify.step()
    first = world.clock.now()
    await _say(world, ann, ("Site", SITE), ("Blog", "https://blog.example/"))
    assert await web.verified(ann.id) == [first, None]
    assert await web.verify.step() == 0
    world.clock.advance(61)
    assert await web.verify.step() == 1
    assert await web.verified(ann.id) == [first, world.clock.now()]


async def test_what_is_changed_while_it_is_looked_at_is_looked_at_again(world: World) -> None:
    web = Web(world)
    ann = await _ann(world)

    async def slow(request: Request) -> Response:
        await _say(world, ann, ("Blog", "https://blog.example/"))
        return Response(200, request.url, Headers([("content-type", "text/html")]), BACK)

    web.fetcher.route("ann.example", slow)
    web.page("blog.example", BACK)
    await web.verify.step()
    assert await web.verified(ann.id) == [None]
    world.clock.advance(61)
    await web.verify.step()
    assert await web.verified(ann.id) == [world.clock.now()]


async def test_a_profile_has_so_many_links_and_each_page_is_looked_at_once(world: World) -> None:
    web = Web(world)
    fields = tuple(_link(f"https://site{number}.example/") for number in range(MAX_LINKS + 3)) + (_link(SITE),) * 3
    bob = await world.remote(a_profile("bob@far.example", fields=fields))
    ann = await world.local("ann")
    await _follow(world, ann, bob)
    await web.verify.step()
    assert len(web.fetcher.requests) == MAX_LINKS


def _link(address: str) -> Field:
    return Field("Site", f'<a href="{address}" rel="nofollow noopener noreferrer">{address}</a>')


async def _follow(world: World, ann: microblogs.Row, bob: microblogs.Row) -> None:
    await world.apply(Followed(actor=ann.profile.id, target=bob.profile.id))
    await world.apply(FollowAnswered(actor=bob.profile.id, follower=ann.profile.id, accepted=True))


async def test_of_those_elsewhere_only_the_followed_are_looked_at(world: World) -> None:
    web = Web(world)
    web.page("ann.example", b'<a rel="me" href="https://far.example/users/bob">')
    profile = a_profile("bob@far.example", fields=(_link(SITE),))
    bob, ann = await world.remote(profile), await world.local("ann")
    assert await web.verify.step() == 0
    await _follow(world, ann, bob)
    assert await web.verify.step() == 1
    assert await web.verified(bob.id) == [world.clock.now()]
    first = world.clock.now()
    again = a_profile("bob@far.example", display_name="Bob", fields=(_link(SITE),))
    await world.apply(ProfileChanged(actor=bob.profile.id, profile=again))
    assert await web.verified(bob.id) == [first]
    for number in range(3):
        more = a_profile("bob@far.example", fields=(_link(SITE), Field("n", str(number))))
        await world.apply(ProfileChanged(actor=bob.profile.id, profile=more))
        assert await web.verify.step() == 0
    world.clock.advance(3_601)
    assert await web.verify.step() == 1


async def test_nobody_borrows_what_another_owns_by_naming_their_page(world: World) -> None:
    web = Web(world)
    web.page("ann.example", BACK)
    eve = a_profile("eve@evil.example", url="https://here.example/@ann", fields=(_link(SITE),))
    row, ann = await world.remote(eve), await world.local("ann")
    await _follow(world, ann, row)
    assert await web.verify.step() == 1
    assert await web.verified(row.id) == [None]
