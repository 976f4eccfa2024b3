"""What one reads besides one's home: shelves, lists, conversations, what one missed, and the furniture."""

import gzip
import json
from html import unescape

from scattershot.app.filters import Filters, Wanted, WantedKeyword
from scattershot.app.lists import Lists
from scattershot.app.publish import Draft
from scattershot.domain.filters import Action, Context
from scattershot.domain.ids import MicroblogId
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.testing.browser import Browser
from tests.frontends.web.node import Node


async def test_a_post_is_kept_and_let_go(node: Node, bob: MicroblogId, anns: Browser) -> None:
    post = await node.say(bob, "Worth keeping")
    page = await anns.get(f"/@bob/{post}")
    await anns.submit(page, page.deed("/keep"))
    kept = await anns.get("/kept")
    assert "Worth keeping" in kept.text
    await anns.submit(kept, kept.deed("/let-go"))
    assert "Worth keeping" not in (await anns.get("/kept")).text


async def test_nobody_keeps_what_they_may_not_see(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    secret = await node.say(bob, "for nobody", Audience.MENTIONED)
    page = await anns.get("/home")
    fields = [("token", dict(page.forms[0].fields)["token"])]
    assert (await anns.post(f"/posts/{secret}/keep", fields)).status == 404
    for path in ("likes", "boosts", "versions"):
        assert (await anns.get(f"/posts/{secret}/{path}")).status == 404
    assert "for nobody" not in (await anns.get("/kept")).text


async def test_a_list_is_its_owners_alone(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser, bobs: Browser
) -> None:
    await node.follow(ann, bob)
    lists = Lists(node.database)
    made = await lists.make(ann, "The <street>")
    assert not isinstance(made, Refused)
    await lists.add(ann, made.id, [bob])
    await node.say(bob, "On the list")
    assert "The &lt;street&gt;" in (await anns.get("/lists")).text
    assert "On the list" in (await anns.get(f"/lists/{made.id}")).text
    assert (await bobs.get(f"/lists/{made.id}")).status == 404
    assert (await anns.get(f"/lists/{1 << 70}")).status == 404


async def test_a_conversation_is_read_and_put_away(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser, bobs: Browser
) -> None:
    await node.follow(ann, bob)
    await node.say(bob, "@ann a word with you", Audience.MENTIONED)
    await node.settle()
    page = await anns.get("/conversations")
    assert "a word with you" in page.text
    assert 'class="unread"' in page.text
    talk = page.text.split('href="/conversations/')[1].partition('"')[0]
    opened = await anns.get(f"/conversations/{talk}")
    assert "a word with you" in opened.text
    page = await anns.get("/conversations")
    assert 'class="unread"' not in page.text
    assert (await bobs.get(f"/conversations/{talk}")).status == 404
    await anns.submit(page, page.deed("/away"))
    assert "a word with you" not in (await anns.get("/conversations")).text


async def test_likes_of_one_post_are_one_line(node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser) -> None:
    post = await node.say(ann, "Liked by all")
    for name in ("carol", "dave"):
        await node.publisher.like((await node.person(name))[1], post, "test")
    await node.publisher.like(bob, post, "test")
    await node.settle()
    page = await anns.get("/notifications")
    assert page.text.count('class="notice') == 1
    assert "and 2 others liked your post" in page.text
    assert "notice unread" in page.text
    assert "notice unread" not in (await anns.get("/notifications")).text
    assert "liked your post" not in (await anns.get("/notifications?only=follows")).text
    assert "liked your post" in (await anns.get("/notifications?only=marks")).text


async def test_who_was_away_is_led_to_what_mattered(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    await node.follow(ann, bob)
    await node.say(bob, "before")
    await node.settle()
    assert "You were last here" not in (await anns.get("/home")).text
    node.clock.advance(5 * 3600)
    for n in range(30):
        await node.say(bob, f"meanwhile {n}")
    await node.say(bob, "@ann where are you?")
    await node.settle()
    home = await anns.get("/home")
    assert "You were last here 5 h ago" in home.text
    missed = await anns.get(home.text.split('<a href="/missed?')[1].partition('"')[0].join(("/missed?", "")))
    assert "where are you?" in missed.text
    assert "It names you." in missed.text
    assert "You were last here" not in (await anns.get("/home")).text, "this was a visit"


async def test_a_filter_counts_on_pages_and_for_what_comes_live(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    await node.follow(ann, bob)
    for word, action in (("match", Action.HIDE), ("book", Action.WARN)):
        wanted = Wanted(f"No {word}", (Context.HOME, Context.THREAD), action, keywords=(WantedKeyword(text=word),))
        await Filters(node.database, node.clock).make(ann, wanted)
    node.clock.advance(10)
    hidden, veiled = await node.say(bob, "the match"), await node.say(bob, "the book")
    await node.settle()
    home = (await anns.get("/home")).text
    assert "the match" not in home
    assert 'Filtered: <b dir="auto">No book</b>' in home
    assert (await anns.get(f"/entries/{hidden}")).status == 404
    assert "Filtered" in (await anns.get(f"/entries/{veiled}")).text
    assert "the match" in (await anns.get(f"/@bob/{hidden}")).text, "what is asked for is shown"


async def test_how_a_post_read_before_and_who_liked_it(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    post = await node.say(bob, "first words")
    await node.publisher.edit(bob, post, Draft("second words"), "test", None)
    await node.publisher.like(ann, post, "test")
    versions = (await anns.get(f"/posts/{post}/versions")).text
    assert "first words" in versions
    assert "second words" in versions
    assert "@ann" in (await anns.get(f"/posts/{post}/likes")).text


async def test_the_same_page_is_not_sent_twice(node: Node, ann: MicroblogId, anns: Browser) -> None:
    await node.say(ann, "a post")
    await node.settle()
    first = await anns.get("/home")
    named = first.headers.get("etag") or ""
    assert (await anns.get("/home", headers={"if-none-match": named})).status == 304
    await node.say(ann, "another")
    await node.settle()
    assert (await anns.get("/home", headers={"if-none-match": named})).status == 200


async def test_nobody_gets_a_page_that_was_packed_for_another(node: Node, anns: Browser, bobs: Browser) -> None:
    for name, browser in (("ann", anns), ("bob", bobs), ("ann", anns)):
        page = gzip.decompress(await browser.file("/home", {"accept-encoding": "gzip"})).decode()
        assert f"/@{name}" in page.replace("&#x2f;", "/")
        token = dict((await browser.get("/home")).form("/logout").fields)["token"]
        assert token in page


async def test_two_posts_of_one_form_are_two_where_their_words_differ(
    node: Node, ann: MicroblogId, anns: Browser
) -> None:
    page = await anns.get("/home")
    form = page.form("/posts")
    for text in ("one", "two", "two"):
        await anns.submit(page, form, text=text)
    await node.settle()
    sources = [item.post.source for item in (await node.timelines.home(ann)).items]
    assert sorted(sources) == ["one", "two"]


async def test_the_site_can_be_installed(node: Node) -> None:
    browser = node.browser()
    manifest = await browser.get("/manifest.webmanifest")
    told = json.loads(manifest.text)
    assert (told["start_url"], told["display"]) == ("/home", "standalone")
    for icon in told["icons"]:
        assert (await browser.get(icon["src"])).status == 200
    worker = await browser.get("/sw.js")
    assert "/offline" in worker.text
    assert "/* KEPT */" not in worker.text
    assert "No connection" in (await browser.get("/offline")).text


async def test_a_look_is_chosen_by_our_own_pages_alone(node: Node) -> None:
    browser = node.browser()
    page = await browser.get("/menu")
    await browser.submit(page, page.form("/theme"), theme="dark")
    assert '<html lang="en" data-theme="dark">' in (await browser.get("/menu")).text
    far = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}
    assert (await browser.post("/theme", [("theme", "light")], headers=far)).status == 403
    await browser.post("/theme", [("theme", '"><script>')])
    assert '<html lang="en">' in (await browser.get("/menu")).text


async def test_what_is_public_says_so_to_other_sites_and_the_rest_does_not(
    node: Node, ann: MicroblogId, anns: Browser
) -> None:
    post = await node.say(ann, 'Bread & "tea"')
    page = (await node.browser().get(f"/@ann/{post}")).text
    assert '<meta property="og:type" content="article">' in page
    assert "Bread &amp; &quot;tea&quot;" in page
    assert f'rel="alternate" type="application/activity+json" href="/p/{post}"' in unescape(page)
    profile = (await node.browser().get("/@ann")).text
    assert '<meta property="og:type" content="profile">' in profile
    for name in ("h-card", "h-feed", "h-entry", "p-author", "dt-published", "e-content"):
        assert name in profile
    secret = await node.say(ann, "for followers", Audience.FOLLOWERS)
    own = (await anns.get(f"/@ann/{secret}")).text
    assert "og:" not in own
    assert '<meta name="robots" content="noindex">' in own


async def test_nobody_shelves_for_another(node: Node, ann: MicroblogId) -> None:
    stranger = node.browser()
    for path in ("/kept", "/liked", "/lists", "/conversations", "/missed", "/compose"):
        assert ((await stranger.get(path, follow=False)).headers.get("location") or "").startswith("/login")
