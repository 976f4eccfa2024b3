"""Who sees what, and that nothing others send can act on a page."""

import re
from html import unescape

import pytest

from scattershot.app import notifying
from scattershot.domain.change import Boosted, Posted
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.microblog import Emoji, Field
from scattershot.domain.notification import Measure, Treatment, Wishes
from scattershot.domain.post import Attachment, Audience, Option, Poll, Post
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.database import Transaction
from scattershot.testing.browser import Browser
from tests.frontends.web.node import Node


async def test_a_stranger_sees_the_node_its_people_and_what_is_for_everyone(
    node: Node, ann: MicroblogId, bob: MicroblogId
) -> None:
    await node.say(ann, "for everyone")
    await node.say(ann, "not on lists", Audience.UNLISTED)
    await node.say(ann, "for followers", Audience.FOLLOWERS)
    await node.say(ann, "for this node", Audience.LOCAL)
    front = (await node.browser().get("/")).text
    assert "Test node" in front
    assert "@bob@a.test" in front
    assert "for everyone" in front
    page = (await node.browser().get("/@ann")).text
    assert "for everyone" in page
    assert "not on lists" in page
    for hidden in ("for followers", "for this node"):
        assert hidden not in front
        assert hidden not in page


async def test_a_private_post_is_not_there_for_strangers_and_looks_like_none(
    node: Node, ann: MicroblogId, bob: MicroblogId, bobs: Browser
) -> None:
    post = await node.say(ann, "for followers", Audience.FOLLOWERS)
    hidden = await node.browser().get(f"/@ann/{post}")
    missing = await node.browser().get(f"/@ann/{post + 1}")
    assert (hidden.status, hidden.text) == (404, missing.text)
    for path in (f"/@ann/{post}", f"/p/{post}", f"/entries/{post}", f"/posts/{post}/edit"):
        assert (await bobs.get(path)).status == 404
    await node.follow(bob, ann)
    assert "for followers" in (await bobs.get(f"/@ann/{post}")).text


async def test_a_blocked_person_finds_nothing(node: Node, ann: MicroblogId, bob: MicroblogId, bobs: Browser) -> None:
    post = await node.say(ann, "hello")
    await node.publisher.block(ann, bob, "test")
    assert (await bobs.get(f"/@ann/{post}")).status == 404
    page = (await bobs.get("/@ann")).text
    assert "hello" not in page
    assert "blocks you" in page
    assert "hello" not in (await bobs.get("/local")).text


async def test_the_muted_are_not_on_lists_but_on_their_own_page(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    await node.follow(ann, bob)
    await node.say(bob, "noise")
    await node.settle()
    assert "noise" in (await anns.get("/home")).text
    page = await anns.get("/@bob")
    page = await anns.submit(page, page.deed("/mute"))
    assert "noise" in page.text
    assert "noise" not in (await anns.get("/home")).text
    assert "noise" not in (await anns.get("/local")).text


async def test_following_brings_posts_home_and_unfollowing_takes_them_away(
    node: Node, bob: MicroblogId, anns: Browser
) -> None:
    await node.say(bob, "Here I am")
    page = await anns.get("/@bob")
    page = await anns.submit(page, page.deed("/follow"))
    await node.settle()
    assert "Here I am" in (await anns.get("/home")).text
    page = await anns.submit(page, page.deed("/unfollow"))
    await node.settle()
    assert "Here I am" not in (await anns.get("/home")).text


async def test_a_locked_microblog_answers_requests(node: Node, bob: MicroblogId, anns: Browser, bobs: Browser) -> None:
    page = await bobs.get("/settings")
    page = await bobs.submit(page, page.form("/settings"), locked="yes", display_name="Bob, the careful")
    assert "Saved" in page.text
    await node.say(bob, "for friends", Audience.FOLLOWERS)
    page = await anns.get("/@bob")
    assert "Bob, the careful" in page.text
    page = await anns.submit(page, page.deed("/follow"))
    assert "Asked to follow" in page.text
    assert "for friends" not in page.text
    await node.settle()
    told = await bobs.get("/notifications")
    assert "wish to follow you" in told.text
    told = await bobs.submit(told, told.deed("/accept"))
    assert "wish to follow you" not in told.text
    assert "for friends" in (await anns.get("/@bob")).text


async def test_the_graph_is_shown_unless_it_is_hidden(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    await node.follow(ann, bob)
    assert "@ann@a.test" in (await node.browser().get("/@bob/followers")).text
    page = await anns.get("/settings")
    await anns.submit(page, page.form("/settings"), hides_graph="yes")
    assert (await node.browser().get("/@ann/following")).status == 404
    assert "@bob@a.test" in (await anns.get("/@ann/following")).text


async def test_notifications_are_counted_until_they_are_looked_at(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    post = await node.say(ann, "Hello")
    await node.publisher.like(bob, post, "test")
    await node.follow(bob, ann)
    await node.settle()
    assert (await anns.get("/notifications/untold")).text == "2"
    page = (await anns.get("/notifications")).text
    assert "liked your post" in page
    assert "follows you" in page
    assert (await anns.get("/notifications/untold")).text == "0"


async def test_who_is_kept_out_is_let_in_or_forgotten(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    await node.notifications.put_wishes(ann, Wishes(not_following=Treatment.HOLD))
    for deed, heard in (("/turn-away", False), ("/let-in", True)):
        await node.say(bob, "@ann may I?")
        await node.settle()
        page = await anns.get("/notifications")
        assert "until you let them in" in page.text
        assert "may I?" not in page.text
        page = await anns.submit(page, page.deed(deed))
        assert "until you let them in" not in page.text
        assert ("may I?" in page.text) is heard


async def test_a_warning_and_a_loss_are_told_in_words(node: Node, ann: MicroblogId, anns: Browser) -> None:
    def tell(tx: Transaction) -> None:
        now = node.clock.now()
        notifying.note_warning(tx, ann, Measure.NONE, "Be kind.", [], "test", now)
        notifying.note_severance(tx, ann, "evil.example", [], [], now)

    await node.database.write(tell)
    await node.settle()
    page = (await anns.get("/notifications")).text
    assert "Be kind." in page
    assert "evil.example" in page


async def test_tags_older_pages_and_lasting_addresses(node: Node, ann: MicroblogId) -> None:
    posts = [await node.say(ann, f"number {n} #count") for n in range(25)]
    browser = node.browser()
    first = await browser.get("/tags/Count")
    assert "number 24 " in first.text
    assert "number 4 " not in first.text
    older = await browser.get(f"/tags/count?before={posts[5]}")
    assert "number 4 " in older.text
    assert "Older posts" not in older.text
    assert (await browser.get(f"/p/{posts[0]}")).path == f"/@ann/{posts[0]}"
    assert (await browser.get(f"/u/{ann}")).path == "/@ann"
    assert (await browser.get(f"/u/{1 << 70}")).status == 404
    assert (await browser.get("/local?before=99999999999999999999")).status == 200


async def test_what_is_elsewhere_has_its_page_for_people_of_here_alone(node: Node, anns: Browser) -> None:
    dana = await node.elsewhere()
    wire_id = WireId(ACTIVITYPUB, "https://remote.example/p/1")
    await node.apply(Posted(actor=dana, post=_post(wire_id, dana, "<p>from afar</p>")))
    page = await anns.get("/@dana@remote.example")
    assert "from afar" in page.text
    assert "https://remote.example/@dana" in unescape(page.text)
    assert (await node.browser().get("/@dana@remote.example")).status == 404
    assert "from afar" in (await anns.get("/public")).text
    assert "from afar" not in (await anns.get("/local")).text


async def test_a_boost_says_who_passed_it_on(node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser) -> None:
    dana = await node.elsewhere()
    wire_id = WireId(ACTIVITYPUB, "https://remote.example/p/1")
    await node.apply(Posted(actor=dana, post=_post(wire_id, dana, "<p>from afar</p>")))
    await node.follow(ann, bob)
    bobs_wire_id = (await node.timelines.face(bob)).profile.id  # type: ignore[union-attr]
    await node.apply(Boosted(actor=bobs_wire_id, post=wire_id, at=node.clock.now()))
    await node.settle()
    home = (await anns.get("/home")).text
    assert "from afar" in home
    assert "boosted" in home


def _post(wire_id: WireId, author: WireId, html: str, **more: object) -> Post:
    made = {"published": Millis(1_767_225_500_000), "audience": Audience.PUBLIC, **more}
    return Post(id=wire_id, author=author, html=html, **made)  # type: ignore[arg-type]


EVIL = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
"""What plain text may hold; HTML was cleaned when it came in."""


async def test_nothing_that_others_write_becomes_markup(node: Node, anns: Browser) -> None:
    dana = await node.elsewhere(
        display_name=EVIL,
        url="javascript:alert(1)",
        avatar="javascript:alert(1)",
        header="data:text/html,<script>alert(1)</script>",
        fields=(Field(EVIL, "clean"),),
        emojis=(Emoji("x", "javascript:alert(1)"), Emoji("y", 'https://e.test/"><script>alert(1)</script>')),
    )
    wire_id = WireId(ACTIVITYPUB, "https://remote.example/p/1")
    post = _post(
        wire_id,
        dana,
        '<p title=":y: a">text :x: :y:</p>',
        warning=EVIL,
        title=EVIL,
        url="javascript:alert(1)",
        language='en" onload="alert(1)',
        emojis=(Emoji("x", "javascript:alert(1)"), Emoji("y", 'https://e.test/"><script>alert(1)</script>')),
        attachments=(
            Attachment("javascript:alert(1)", "image/png", EVIL),
            Attachment('https://e.test/x.png" onerror="alert(1)', "image/png", EVIL),
            Attachment("https://e.test/x.mp4", "video/mp4", EVIL, thumbnail="javascript:alert(1)"),
        ),
        poll=Poll(options=(Option(EVIL, 1), Option("b", 2)), ends=Millis(1 << 60)),
    )
    await node.apply(Posted(actor=dana, post=post))
    number = (await node.timelines.public(None)).items[0].id
    for path in ("/public", "/@dana@remote.example", f"/@dana@remote.example/{number}", f"/entries/{number}"):
        page = await anns.get(path)
        assert page.status == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert 'href="javascript:' not in page.text
        assert 'src="javascript:' not in page.text
        assert '" onload="' not in page.text
        assert '" onerror="' not in page.text
        assert '<p title=":y: a">' in page.text


async def test_a_page_asks_nobody_but_us(node: Node, anns: Browser) -> None:
    """Pictures, emojis, sounds and films of other nodes come by our own proxy, and no page may load any other way."""
    far = "https://remote.example"
    dana = await node.elsewhere(
        display_name="Dana :cat:", bio="<p>:cat:</p>", avatar=f"{far}/a.png", header=f"{far}/h.png",
        emojis=(Emoji("cat", f"{far}/cat.png"),),
    )  # fmt: skip
    post = _post(
        WireId(ACTIVITYPUB, f"{far}/p/1"),
        dana,
        f'<p>:cat: <a href="{far}/page">elsewhere</a></p>',
        emojis=(Emoji("cat", f"{far}/cat.png"),),
        attachments=(
            Attachment(f"{far}/x.png", "image/png", thumbnail=f"{far}/small.png"),
            Attachment(f"{far}/x.mp4", "video/mp4", thumbnail=f"{far}/still.jpg"),
            Attachment(f"{far}/x.mp3", "audio/mpeg"),
            Attachment(f"{far}/x.pdf", "application/pdf"),
            Attachment("http://a.test/media/0123456789abcdef.png", "image/png"),
        ),
    )
    await node.apply(Posted(actor=dana, post=post))
    number = (await node.timelines.public(None)).items[0].id
    for path in ("/public", "/@dana@remote.example", f"/@dana@remote.example/{number}"):
        page = await anns.get(path)
        loaded = [unescape(found) for found in re.findall(r'(?:src|poster)="([^"]*)"', page.text)]
        assert len(loaded) > 8
        assert all(address.startswith(("/proxy/", "/static/", "/media/")) for address in loaded), loaded
        assert "/media/0123456789abcdef.png" in loaded
        assert f'href="{far}/x.pdf"' in unescape(page.text), "whoever wishes to go there may"
        policy = page.headers.get("content-security-policy") or ""
        assert "img-src 'self'; media-src 'self';" in policy
        assert "http" not in policy


@pytest.mark.parametrize("path", ["/", "/login", "/@ann", "/local", "/@nobody"])
async def test_every_page_forbids_what_it_does_not_need(node: Node, ann: MicroblogId, path: str) -> None:
    page = await node.browser().get(path)
    policy = page.headers.get("content-security-policy") or ""
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert page.headers.get("x-content-type-options") == "nosniff"
    assert "style=" not in page.text
    assert "<script>" not in page.text


async def test_pages_of_people_are_not_kept_by_others(anns: Browser) -> None:
    assert (await anns.get("/home")).headers.get("cache-control") == "private, no-cache"


async def test_static_files_are_kept_for_ever_under_a_name_of_their_content(node: Node) -> None:
    front = (await node.browser().get("/")).text
    path = unescape(front.split('<link rel="stylesheet" href="')[1].partition('"')[0])
    css = await node.browser().get(path)
    assert "immutable" in (css.headers.get("cache-control") or "")
    assert (await node.browser().get("/static/app.css")).status == 404
