"""The page that a post links to is asked once what it says of itself, kept, and asked again when that is old."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from msgspec.structs import replace

from scattershot.app import previews as of
from scattershot.app.discover import Discover
from scattershot.app.indexing import Indexing
from scattershot.app.page_previews import page_of
from scattershot.app.previews import SPREAD, Previews
from scattershot.app.readers import Readers
from scattershot.domain.change import Deleted, Edited, Posted
from scattershot.domain.microblog import Profile
from scattershot.domain.node import HostRule, Standing
from scattershot.domain.post import Attachment, Audience, Mention, Post
from scattershot.domain.preview import FRESH_FOR, NEWS_FOR, WAITS, Preview, Sort, may_name_creator
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.protocol import Signer
from scattershot.storage.tables import nodes, posts
from scattershot.testing.factories import a_post, a_profile
from scattershot.testing.fakes import FakeFetcher
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.app.conftest import World

PAGE = "https://news.example/weir"
BOB = a_profile("bob@far.example")
HTML = b"""<html lang="en"><head><title>The weir</title><meta property="og:title" content="Fog at the weir">
<meta property="og:description" content="It &lt;b&gt;rose&lt;/b&gt;."><meta property="og:image" content="/weir.png">
<meta property="og:image:width" content="640"><meta property="og:image:height" content="480">
<meta property="og:image:alt" content="A weir"><meta property="og:site_name" content="News"></head></html>"""


class Press:
    """A world, the pages in it, and the one who asks them."""

    def __init__(self, world: World, **more: Any) -> None:
        self.world, self.fetcher = world, FakeFetcher()
        speaker = Signer(WireId(ACTIVITYPUB, "https://here.example/node"), ())
        discover = Discover(world.database, world.clock, world.bus, {}, world.house, speaker, ("here.example",))
        self.previews = Previews(
            world.database, world.clock, self.fetcher, discover, ("here.example",), **{"on": True, **more}
        )
        indexing = Indexing(world.database, world.clock, self.previews.note)
        self.readers = Readers(world.database, world.clock, world.bus, [indexing])

    def page(self, host: str, body: bytes = HTML, status: int = 200, kind: str = "text/html", **more: str) -> None:
        headers = Headers([("content-type", kind), *more.items()])
        self.fetcher.route(host, lambda request: Response(status, request.url, headers, body))

    async def settle(self) -> None:
        while await self.readers.step():
            pass
        while await self.previews.step():
            pass

    async def writes(self, who: Profile, html: str = f'<p><a href="{PAGE}">weir</a></p>', **more: Any) -> Post:
        post = replace(a_post(who.id, published=self.world.clock.now(), **more), html=html)
        await self.world.apply(Posted(actor=who.id, post=post), asked_for=True)
        await self.settle()
        return post

    async def row(self, post: Post) -> posts.Row:
        row = await self.world.post(post.id)
        assert row is not None
        return row

    async def shown(self, post: Post) -> Preview | None:
        row = await self.row(post)
        return await self.world.database.read(lambda tx: of.of_post(tx, row.id))

    @property
    def asked(self) -> int:
        return len(self.fetcher.requests)


@pytest.fixture
async def press(world: World) -> Press:
    press = Press(world)
    press.page("news.example")
    return press


@pytest.fixture
async def ann(world: World) -> Profile:
    return (await world.local("ann")).profile


async def test_a_page_is_asked_once_for_all_posts_and_their_version_is_another_then(press: Press, ann: Profile) -> None:
    press.fetcher.slow("news.example")
    first = await press.writes(ann)
    before = (await press.row(first)).version
    assert await press.shown(first) is None
    press.fetcher.up("news.example")
    press.world.clock.advance(WAITS[0] / 1_000)
    await press.settle()
    assert await press.shown(first) == Preview(
        url=PAGE, title="Fog at the weir", about="It rose.", image="https://news.example/weir.png", image_alt="A weir",
        width=640, height=480, provider="News", language="en",
    )  # fmt: skip
    assert (await press.row(first)).version > before
    asked = press.asked
    second = await press.writes(ann, f'<p><a href="{PAGE}?utm_source=x#there">again</a></p>')
    assert await press.shown(second) == await press.shown(first)
    assert press.asked == asked


async def test_a_page_is_asked_again_when_it_is_linked_to_after_two_weeks(press: Press, ann: Profile) -> None:
    first = await press.writes(ann)
    version = (await press.row(first)).version
    press.page("news.example", HTML.replace(b"Fog at", b"Sun over"))
    press.world.clock.advance(FRESH_FOR / 1_000 - 1)
    await press.writes(ann)
    assert press.asked == 1
    press.world.clock.advance(2)
    await press.writes(ann)
    assert press.asked == 2
    shown = await press.shown(first)
    assert shown is not None
    assert shown.title == "Sun over the weir"
    assert (await press.row(first)).version == version + 1
    press.page("news.example", b"", 500)
    press.world.clock.advance(FRESH_FOR / 1_000 + 1)
    await press.writes(ann)
    assert await press.shown(first) == shown, "what it said before still stands"


@pytest.mark.parametrize(
    ("answer", "times"),
    [
        ({"status": 404}, 1),
        ({"status": 503}, 4),
        ({"kind": "image/png"}, 1),
        ({"kind": ""}, 1),
        ({"body": b"<title></title>"}, 1),
        ({"body": b" " * 4_000_000}, 1),
        ({"status": 302, "location": "/again"}, 20),
        ({"status": 302, "location": "http://news.example/plain"}, 1),
        ({"status": 302, "location": "ftp://news.example/"}, 1),
    ],
)
async def test_a_page_that_cannot_be_had_is_left_alone_after_a_few_attempts(
    press: Press, ann: Profile, answer: dict[str, Any], times: int
) -> None:
    press.page("news.example", **answer)
    post = await press.writes(ann)
    for _ in range(10):
        press.world.clock.advance(86_400)
        await press.settle()
    assert await press.shown(post) is None
    assert press.asked == times
    await press.writes(ann)
    assert press.asked == times, "it is remembered that it failed"


async def test_what_is_said_in_private_is_not_told_to_the_page(press: Press, ann: Profile) -> None:
    private = [await press.writes(ann, audience=each) for each in (Audience.FOLLOWERS, Audience.MENTIONED)]
    assert press.asked == 0
    await press.writes(ann)
    assert press.asked == 1
    for post in private:
        assert await press.shown(post) is None
    later = await press.writes(ann, audience=Audience.FOLLOWERS)
    assert await press.shown(later) is not None, "nobody need be asked for it any more"
    assert press.asked == 1


async def test_a_post_from_elsewhere_is_asked_about_a_little_later(press: Press) -> None:
    await press.world.remote(BOB)
    post = await press.writes(BOB)
    assert press.asked == 0
    press.world.clock.advance(SPREAD / 1_000)
    await press.settle()
    assert await press.shown(post) is not None


async def test_pages_of_old_posts_are_not_asked(press: Press) -> None:
    await press.world.remote(BOB)
    old = replace(a_post(BOB.id, published=press.world.clock.now() - NEWS_FOR - 1), html=f'<a href="{PAGE}">x</a>')
    await press.world.apply(Posted(actor=BOB.id, post=old), asked_for=True)
    await press.settle()
    press.world.clock.advance(SPREAD / 1_000)
    await press.settle()
    assert (await press.row(old)).local is False
    assert press.asked == 0


async def test_an_edit_shows_another_page_or_none_and_what_nobody_shows_is_forgotten(
    press: Press, ann: Profile
) -> None:
    post = await press.writes(ann)
    for html, shown in (('<a href="https://other.example/">x</a>', False), ("no link", False), (post.html, True)):
        press.world.clock.advance(1)
        await press.world.apply(Edited(actor=ann.id, post=replace(post, html=html, edited=press.world.clock.now())))
        await press.settle()
        assert (await press.shown(post) is not None) is shown
    assert await _count(press) == 1
    await press.world.apply(Deleted(actor=ann.id, post=post.id))
    await press.settle()
    assert await _count(press) == 0


async def _count(press: Press) -> int:
    return await press.world.database.read(
        lambda tx: int(tx.value("SELECT (SELECT count(*) FROM previews) + (SELECT count(*) FROM previewed)")) // 2
    )


async def test_blocked_hosts_are_not_asked(press: Press, ann: Profile) -> None:
    rule = HostRule("news.example", Standing.BLOCKED)
    await press.world.database.write(lambda tx: nodes.set_rule(tx, rule, press.world.clock.now()))
    await press.writes(ann)
    assert press.asked == 0


async def test_a_node_may_be_set_up_to_ask_nobody(world: World, ann: Profile) -> None:
    press = Press(world, on=False)
    await press.writes(ann)
    assert press.asked == 0


async def test_a_page_of_plain_http_is_asked_by_https(press: Press, ann: Profile) -> None:
    post = await press.writes(ann, '<a href="http://news.example/weir">x</a>')
    assert [request.url for request in press.fetcher.requests] == [PAGE]
    assert await press.shown(post) is not None


OEMBED = b'<title>Film</title><link rel="alternate" type="application/json+oembed" href="/oembed">'


@pytest.mark.parametrize(
    ("body", "sort", "embed"),
    [
        (b'{"type":"video","html":"<iframe src=\\"https://v.example/1\\" onload=x></iframe><script>","width":640,'
         b'"height":"360"}', Sort.VIDEO, "https://v.example/1"),
        (b'{"type":"photo","url":"/p.png"}', Sort.PHOTO, "https://news.example/p.png"),
        (b'{"type":"video","html":"<iframe src=\\"javascript:x\\">"}', Sort.LINK, ""),
        (b'{"type":"video","html":"<iframe src=\\"http://v.example/1\\">"}', Sort.LINK, ""),
        (b'{"type":"rich","html":"<script>x</script>"}', Sort.LINK, ""),
        (b'{"type":["video"],"html":7,"width":{}}', Sort.LINK, ""),
        (b"[]", Sort.LINK, ""), (b"{", Sort.LINK, ""), (b"\xff", Sort.LINK, ""), (b"[" * 100_000, Sort.LINK, ""),
    ],
)  # fmt: skip
async def test_a_film_or_picture_by_oembed(press: Press, ann: Profile, body: bytes, sort: Sort, embed: str) -> None:
    answers: dict[str, Callable[[Request], Response]] = {
        "/weir": lambda request: Response(200, request.url, Headers([("content-type", "text/html")]), OEMBED),
        "/oembed": lambda request: Response(200, request.url, Headers([("content-type", "application/json")]), body),
    }
    press.fetcher.route("news.example", lambda request: answers[urlsplit(request.url).path](request))
    shown = await press.shown(await press.writes(ann))
    assert shown is not None
    assert (shown.title, shown.sort, shown.embed) == ("Film", sort, embed)


def test_which_link_is_the_page() -> None:
    post = replace(
        a_post(BOB.id),
        mentions=(Mention(WireId(ACTIVITYPUB, "https://x.example/users/a"), "@a", "https://x.example/@a"),),
        attachments=(Attachment("https://x.example/a.png", "image/png"),),
        quote=WireId(ACTIVITYPUB, "https://x.example/quoted"),
    )
    skipped = "".join(
        f'<a href="{url}">x</a>'
        for url in ("https://x.example/@a", "https://x.example/users/a", "https://x.example/a.png",
                    "https://x.example/quoted", "https://x.example/q", "https://here.example/@ann/1", "mailto:a@b.c",
                    "https://user@x.example/", "https://x.example:99999/", "https://x .example/")
    )  # fmt: skip
    skipped += '<a class="mention hashtag" rel="tag" href="https://x.example/tags/a">#a</a>'
    assert page_of(replace(post, html=skipped), ("here.example",), "https://x.example/q") == ""
    both = f'{skipped}<a href="https://b.example/?gclid=1&amp;b=2#c">b</a><a href="https://c.example/">c</a>'
    assert page_of(replace(post, html=both), ("here.example",), "https://x.example/q") == "https://b.example/?b=2"


def test_who_may_be_named_as_author() -> None:
    assert may_name_creator("news.example", ("news.example",))
    assert may_name_creator("www.news.example", ("other.example", "news.example"))
    assert not may_name_creator("news.example", ("www.news.example",))
    assert not may_name_creator("fakenews.example", ("news.example",))
    assert not may_name_creator("news.example", ())
