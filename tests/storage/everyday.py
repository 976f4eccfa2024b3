"""A day in a village, in which every statement of everyday life is spoken."""

import re
from base64 import b32decode
from functools import partial
from html import unescape

from msgspec import json, structs

from scattershot.app.house_emojis import HouseEmoji
from scattershot.app.media import Kept
from scattershot.app.named_on import named_on
from scattershot.app.people import Half, SignedIn
from scattershot.app.publish import Draft
from scattershot.app.rosters import Cut
from scattershot.app.search import Portion
from scattershot.domain.announcement import Span
from scattershot.domain.authored import Which
from scattershot.domain.crossing import Network
from scattershot.domain.follows import Wish
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.media import Use
from scattershot.domain.microblog import Profile
from scattershot.domain.people import KeeperRole
from scattershot.domain.post import Audience, Option, Poll
from scattershot.domain.presentation import Presentation
from scattershot.domain.reading import Refused
from scattershot.domain.terms import Circle, Rule, Terms
from scattershot.domain.window import FROM_THE_TOP, Window
from scattershot.frontends.mastodon_api.notification_types import TYPES
from scattershot.protocols.nostr.wire.entities import Key, Note, write_entity
from scattershot.protocols.nostr.wire.wraps import Chance, chat, wrap
from scattershot.storage.tables import people, quotes, relations
from scattershot.testing.browser import Browser
from scattershot.testing.push_phone import PushPhone
from scattershot.testing.village import House, Village
from scattershot.wirekit import one_time_codes
from scattershot.wirekit.http_message import Headers, Response
from scattershot.wirekit.mastodon_csv import File
from tests.feed_reader import follow_feeds, wait_for_feeds
from tests.files import a_picture
from tests.protocols.nostr.events import an_event, key_of, secret_of
from tests.protocols.nostr.relay_client import a_client, ask_everything

EVERYTHING = dict.fromkeys(TYPES.values(), True)


async def everyday_life(village: Village) -> None:
    """Following, posting, reading, marking, voting, deleting, across two nodes and in the browser."""
    a, b = await village.house("a.example"), await village.house("b.example")
    ann = await a.person("ann")
    bob = await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    poll = Poll((Option("tea"), Option("coffee")), ends=Millis(village.clock.now() + 86_400_000))
    first = await b.post("bob", "hello #tea, @ann@a.example", poll=poll)
    await b.post("bob", "for you, @ann@a.example", Audience.MENTIONED)
    await village.settle()
    here = await a.seen(await b.wire_id(first))
    assert here is not None
    bob_here = await a.microblog("@bob@b.example")
    await a.post("ann", "an answer, @bob@b.example", reply_to=here.id)
    for deed in (a.node.publisher.like, a.node.publisher.boost):
        a.done(await deed(ann, here.id, "test"))
    a.done(await a.node.publisher.vote(ann, here.id, ["tea"], "test"))
    await village.settle()
    await keep_together(a, b, village)
    await quote_and_react(village, a, b)
    await look_around(a, b)
    await wait_for_feeds(village, a)
    await follow_feeds(village, b, "bob")
    await choose(a, str(here.id), str(bob_here))
    await look_for_things(a, ann)
    await carry(village, a, ann)
    await show_pictures(village, a, b)
    await look_at_the_phone(village, a, b)
    await hint(village)
    await ask_everything(a.node.relay, village.clock.now() // 1000)
    assert 62 in [slip.kind for slip in await a.node.slips.after(0, 1_000)]
    await talk_on_nostr(village, a, ann)
    await meet_at_another_relay(village, a, b, ann)
    await show_a_page(village, a)
    for deed in (a.node.publisher.unlike, a.node.publisher.unboost):
        a.done(await deed(ann, here.id, "test"))
    for act in (a.node.publisher.unfollow, a.node.publisher.block, a.node.publisher.unblock):
        a.done(await act(ann, bob_here, "test"))
    await a.node.publisher.mute(ann, bob_here, None)
    await village.settle()
    await know_people(a, ann, bob_here)
    await say_to_all(a, ann)
    village.clock.advance(90_000)
    await village.settle()
    b.done(await b.node.publisher.delete(bob, first, "test"))
    village.clock.advance(90_000)
    await village.settle()


async def talk_on_nostr(village: Village, a: House, ann: MicroblogId) -> None:
    """Somebody of Nostr is followed, read, liked, answered and passed on, and follows back."""
    answer = await a.get("/.well-known/nostr.json?name=ann", "application/json")
    key = json.decode(answer.body)["names"]["ann"]
    at = village.clock.now() // 1000
    async with a_client(a.node.relay) as client:
        await client.publish(an_event("nina", "hello #nostr", at=at))
        await village.settle()
        nina = await a.microblog(key_of("nina"))
        a.done(await a.node.publisher.follow(ann, nina, "test"))
        await client.publish(an_event("nina", f"hello nostr:{key}", at=at, tags=[["p", key]]))
        await client.publish(an_event("nina", "", kind=3, at=at, tags=[["p", key]]))
        await village.settle()
    phone = await a.phone("ann")
    found = next(each for each in await phone.get("/api/v1/timelines/home") if "nostr" in each["content"])
    post = PostId(int(found["id"]))
    for deed in (a.node.publisher.like, a.node.publisher.boost, a.node.publisher.unlike, a.node.publisher.unboost):
        a.done(await deed(ann, post, "test"))
    mine = await a.post("ann", "an answer", reply_to=post)
    await village.settle()
    a.done(await a.node.publisher.delete(ann, mine, "test"))
    assert (await a.get(f"/nostr/{note_name(key_of('nina'))}", "text/html")).status == 302
    await a.node.nostr.signets.settle(a.node.drivers.database, ann, True)
    assert await a.node.nostr.signets.carried(a.node.drivers.database, ann, "")
    await village.settle()


async def meet_at_another_relay(village: Village, a: House, b: House, ann: MicroblogId) -> None:
    """Nina writes, reads and has letters brought at the other node's relay; she and Ann write to each other."""
    at = village.clock.now() // 1000 + 1
    for kind, name in ((10002, "r"), (10050, "relay")):
        async with a_client(a.node.relay) as client:
            await client.publish(an_event("nina", "", kind=kind, at=at, tags=[[name, f"wss://{b.host}"]]))
    await village.settle()
    found = await a.node.discover.find(write_entity(Note("f" * 64, (f"wss://{b.host}",), key_of("nina"))))
    assert isinstance(found, Refused)
    nina = await a.microblog(key_of("nina"))
    await a.post("ann", f"@{write_entity(Key(key_of('nina')))}@nostr, how are you?")
    letter = await a.post("ann", f"@{write_entity(Key(key_of('nina')))}@nostr psst", Audience.MENTIONED)
    await village.settle()
    answer = await a.get("/.well-known/nostr.json?name=ann", "application/json")
    key, once = json.decode(answer.body)["names"]["ann"], secret_of("once")
    written = wrap(
        chat(key_of("nina"), [key], "psst", at), key, secret_of("nina"), Chance(once, once, at, once, once, once, at)
    )
    async with a_client(a.node.relay) as client:
        await client.publish(written)
    await village.settle()
    assert village.dialler.open_to(b.host)
    await a.node.elsewhere.wells.note(f"wss://{b.host}", at, ["0" * 64], ["0" * 64])
    assert await named_on(a.node.drivers.database, f"@{write_entity(Key(key_of('nina')))}@nostr") == {Network.NOSTR}
    a.done(await a.node.publisher.delete(ann, letter, "test"))
    a.done(await a.node.publisher.unfollow(ann, nina, "test"))
    await village.settle()


def note_name(key: str) -> str:
    return write_entity(Key(key))


async def show_a_page(village: Village, a: House) -> None:
    """A post links to a page, which says something, and then to one that cannot be had."""
    page = Response(200, "", Headers([("content-type", "text/html")]), b"<title>News</title>")
    village.fetcher.route("news.example", lambda request: page._replace(url=request.url))
    phone = await a.phone("ann")
    status = await phone.post("/api/v1/statuses", {"status": "see https://news.example/"})
    await village.settle()
    assert (await phone.get(f"/api/v1/statuses/{status['id']}"))["card"]["title"] == "News"
    await phone.put(f"/api/v1/statuses/{status['id']}", {"status": "see https://gone.example/"})
    await village.settle()
    await phone.post("/api/v1/statuses", {"status": "see https://news.example/", "visibility": "private"})
    await village.settle()


async def keep_together(a: House, b: House, village: Village) -> None:
    """A team at b posts, read by a follower at a: asked, named, settled, left."""
    keepers, publisher = b.node.keepers, b.node.publisher
    await b.person("dan")
    found = [await b.node.drivers.database.read(partial(people.by_name, name=name)) for name in ("bob", "dan")]
    bob, dan = [person.id for person in found if person is not None]
    team = await keepers.make(bob, "team", "test")
    assert not isinstance(team, Refused)
    await a.follow("ann", "@team@b.example")
    await keepers.show_writers(bob, team, shows=True)
    await keepers.invite(bob, team, "dan", KeeperRole.EDITOR)
    [asked] = await keepers.asked(dan)
    await keepers.answer(dan, asked.number, accepted=True)
    post = b.done(await publisher.post(team, Draft("written together"), dan, "test"))
    assert post.post is not None
    await village.settle()
    b.done(await publisher.edit(team, post.post, Draft("written by two"), "test", bob))
    await keepers.be_named(dan, team, "test", named=False)
    await keepers.team(bob, team)
    await keepers.hand_over(bob, team, dan)
    await keepers.remove(bob, team, bob)
    await keepers.delete(dan, team, "test")


async def say_to_all(a: House, ann: MicroblogId) -> None:
    """An emoji of the house's own, an announcement that bears it, and how much goes on."""
    node = a.node
    given = node.media.receiving()
    await given.add(a_picture("PNG", (16, 16)))
    await given.end()
    assert isinstance(await node.house_emojis.add("tea", given), HouseEmoji)
    number = await node.announcements.add("Some :tea:, @ann?", Span())
    assert isinstance(number, int)
    phone = await a.phone("ann")
    path = f"/api/v1/announcements/{number}"
    await phone.post(f"{path}/dismiss")
    await phone.put(f"{path}/reactions/tea")
    for listed in ("announcements", "custom_emojis", "instance/activity"):
        assert (await phone.get(f"/api/v1/{listed}")).body
    await phone.delete(f"{path}/reactions/tea")
    await a.post("ann", "more :tea:")
    assert await node.announcements.drop(number)
    assert await node.house_emojis.drop("tea") is None
    await node.activity.step()
    preferred = await node.known.featuring.preferences(ann)
    await node.known.featuring.prefer(ann, structs.replace(preferred, names_programs=False))


async def know_people(a: House, ann: MicroblogId, bob: MicroblogId) -> None:
    """Everything that people want of others, once, with its lists."""
    node, top = a.node, Cut(20)
    rosters = node.known.rosters
    a.done(await node.publisher.follow(ann, bob, "test"))
    await node.known.ties.remark(ann, bob, "kind")
    await node.known.ties.endorse(ann, bob)
    await node.known.ties.between(ann, [bob])
    await node.known.featuring.feature(ann, "tea")
    await node.known.featuring.featured(ann)
    await node.known.featuring.suggested(ann)
    await node.known.featuring.prefer(ann, await node.known.featuring.preferences(ann))
    for roster in (rosters.followers, rosters.following, rosters.endorsed):
        await roster(ann, bob, top)
    for own in (rosters.requests, rosters.blocked, rosters.muted, rosters.shunned):
        await own(ann, top)
    await rosters.familiar(ann, [bob])
    await rosters.count_requests(ann)
    await node.known.suggesting.suggestions(ann, 20)
    await node.known.suggesting.dismiss(ann, bob)
    for here in (True, False):
        for newest in (True, False):
            await node.known.suggesting.directory(ann, 20, 0, here=here, newest=newest)
    for which in (Which(), Which(only_media=True), Which(replies=False, tag="tea")):
        await node.known.authored.by(ann, ann, which, FROM_THE_TOP, 20)
    site = Presentation(fields=(("Site", "https://b.example/"),))
    assert isinstance(await node.known.presenting.change(ann, site, "test"), Profile)
    assert await node.verify_links.step()
    await node.known.ties.unendorse(ann, bob)
    await node.known.ties.shun(ann, "b.example", "test")
    await node.known.ties.unshun(ann, "b.example")
    await node.drivers.database.write(lambda tx: relations.drop_ended_mutes(tx, Millis(0)))


async def quote_and_react(village: Village, a: House, b: House) -> None:
    """Quotes at once and after a look, taken back, edited, deleted; reactions; who did either; on phones."""
    terms = (Terms(Rule((), (Circle.EVERYONE,))), Terms(replies=Rule((Circle.FOLLOWERS,))))
    bobs = [await b.post("bob", "quote me", terms=each) for each in terms]
    await village.settle()
    known = [await a.seen(await b.wire_id(post)) for post in bobs]
    ann, bob = (await a.row("ann")).id, (await b.row("bob")).id
    quoting = [await a.post("ann", "see", quote=row.id) for row in known if row is not None]
    await village.settle()
    for waiting in await b.node.quotes.waiting(bob, None, 20):
        b.done(await b.node.quotes.answer(bob, waiting.item.id, "test", accepted=True))
    last = known[-1]
    assert last is not None
    await a.post("ann", "aye", reply_to=last.id)
    for deed in (a.node.reactions.react, a.node.reactions.unreact, a.node.reactions.react):
        a.done(await deed(ann, last.id, "🍞", "test"))
    await village.settle()
    phone = await b.phone("bob")
    for path in (f"statuses/{bobs[0]}/quotes", "interaction_requests", f"pleroma/statuses/{bobs[1]}/reactions"):
        assert (await phone.get(f"/api/v1/{path}")).status == 200
    await phone.put(f"/api/v1/statuses/{bobs[1]}/interaction_policy", {"quote_approval_policy": "followers"})
    there = await b.seen(await a.wire_id(quoting[0]))
    assert there is not None
    for path in (f"/q/{there.id}", f"/r/{there.id}"):
        await b.get(path)
    b.done(await b.node.publisher.edit(bob, bobs[0], Draft("quote me not"), "test"))
    b.done(await b.node.quotes.revoke(bob, bobs[0], there.id, "test"))
    await village.settle()
    a.done(await a.node.publisher.delete(ann, quoting[1], "test"))
    b.done(await b.node.publisher.delete(bob, bobs[0], "test"))
    now = Millis(village.clock.now())
    await a.node.drivers.database.read(lambda tx: quotes.unchecked(tx, now, 10))
    village.clock.advance(60)


async def look_for_things(a: House, ann: MicroblogId) -> None:
    """Searching, what is talked about, and what was missed."""
    for typed in ("hello", '"an answer" from:me -#tea', "in:library has:poll before:2030-01-01"):
        await a.node.search.posts(ann, typed, Portion(window=Window(below=1 << 60, above=1)))
    for typed, following in (("bo", False), ("bob@b.example", True)):
        await a.node.search.people(ann, typed, following=following)
    await a.node.search.tags("te")
    await a.node.trends.step()
    for look in (a.node.trends.tags, a.node.trends.pages, a.node.trends.posts):
        await look(20)
    await a.node.trends.linking("https://example.org/", FROM_THE_TOP, 20)
    assert (await a.node.while_away.missed(ann, PostId(1))).matters


async def show_pictures(village: Village, a: House, b: House) -> None:
    """Uploads, shown, described, looked at from another node, left to go; an avatar and another."""
    bob, bobs, anns = (await b.row("bob")).id, await b.phone("bob"), await a.phone("ann")
    files = [("file", "x.jpg", "image/jpeg", a_picture(size=(40, 30)))]
    shown, unshown, taken_back = [await bobs.upload("POST", "/api/v2/media", [], files) for _ in range(3)]
    await bobs.put(f"/api/v1/media/{shown['id']}", {"description": "a square"})
    await bobs.delete(f"/api/v1/media/{taken_back['id']}")
    draft = await bobs.post("/api/v1/scattershot/drafts", {"status": "later", "media_ids": [unshown["id"]]})
    await bobs.delete(f"/api/v1/scattershot/drafts/{draft['id']}")
    posted = await bobs.post("/api/v1/statuses", {"status": "look", "media_ids": [shown["id"]]})
    await village.settle()
    [seen] = (await anns.get("/api/v1/timelines/home", {"limit": 1})).body
    for url in (seen["media_attachments"][0]["url"], seen["media_attachments"][0]["preview_url"]):
        assert (await a.get(url.removeprefix("https://a.example"))).status == 200
    village.clock.advance(7_200)
    await a.get(seen["media_attachments"][0]["url"].removeprefix("https://a.example"))
    await a.node.proxy.note()
    for _ in range(2):
        given = b.node.media.receiving()
        await given.add(a_picture())
        await given.end()
        kept = await b.node.media.portrait(bob, Use.AVATAR, given)
        assert isinstance(kept, Kept)
        await b.profile("bob", avatar=kept.attachment.url)
    await bobs.delete(f"/api/v1/statuses/{posted['id']}?delete_media=true")
    village.clock.advance(90_000)
    await b.node.media.begin()
    await b.node.media.tidy()
    await village.settle()


async def carry(village: Village, a: House, ann: MicroblogId) -> None:
    """What is one's own is taken along and brought in again; some of it fails."""
    for file in File:
        body = b"".join([piece async for piece in a.node.exporting.csv(ann, file)])
        taken = await a.node.importing.take(ann, file, body + b"nobody@a.example\n", overwrite=True)
        if isinstance(taken, int):
            await village.settle()
            told = await a.node.importing.failures(ann, taken)
            assert told is not None
            assert [piece async for piece in told]
    await a.node.importing.of(ann)
    await a.node.importing.begin()
    await a.node.archives.ask(ann)
    await village.settle()


async def look_around(a: House, b: House) -> None:
    """Every page and document once."""
    browser = Browser(a.node.app, "https://a.example")
    link = await a.node.people.sign_in_link("ann")
    page = await browser.get(f"/welcome/{link}")
    assert (await browser.submit(page, page.forms[0], password="")).status < 400
    own = ("/settings/microblogs", "/settings/sessions", "/settings/account")
    own += ("/settings/posting", "/settings/notifications", "/settings/filters", "/settings/second-factor")
    own += ("/settings/away", "/settings/away/muted", "/settings/away/domains")
    await sign_in_twice(a)
    shelves = ("/kept", "/liked", "/lists", "/conversations", "/missed?span=week", "/notifications?only=marks")
    talk = re.findall(r'href="([^"]*/conversations/[0-9]+)"', unescape((await browser.get("/conversations")).text))[0]
    post = re.findall(r'data-post="([0-9]+)"', (await browser.get("/home")).text)[0]
    about = [f"/posts/{post}/{what}" for what in ("likes", "boosts", "versions")]
    plain = (
        "/home",
        "/local",
        "/public",
        "/tags/tea",
        "/notifications",
        "/@ann",
        "/@bob@b.example",
        "/@ann?with=media",
    )
    for path in (*plain, *own, *shelves, *about, talk):
        assert (await browser.get(path)).status == 200, path
    for path in ("/outbox", "/outbox?page=true", "/followers", "/followers?page=1", "/following", "/featured"):
        await b.get((await b.row("bob")).profile.id.value.removeprefix("https://b.example") + path)
    for path in ("/nodeinfo/2.1", "/.well-known/webfinger?resource=acct:bob@b.example"):
        await b.get(path)


async def sign_in_twice(a: House) -> None:
    """Somebody turns codes on, gives a wrong one and a recovery code, and turns them off."""
    factors, people_ = a.node.second_factors, a.node.people
    ann = await a.node.drivers.database.read(partial(people.by_name, name="ann"))
    assert ann is not None
    await factors.begin_codes(ann)
    unproved = await factors.unproved(ann)
    assert unproved is not None
    secret = b32decode(unproved[0].replace(" ", ""))
    code = one_time_codes.code_at(secret, a.node.drivers.clock.now() // one_time_codes.STEP)
    spare = await factors.prove_codes(ann.id, code)
    assert not isinstance(spare, Refused)
    link = await people_.sign_in_link("ann")
    assert isinstance(link, str)
    half = await people_.follow_link(link)
    assert isinstance(half, Half)
    assert await factors.waiting(half.ticket) is not None
    assert isinstance(await factors.finish_with_code(half.ticket, code), Refused)
    assert await factors.wish(half.ticket) is None
    assert isinstance(await factors.finish_with_code(half.ticket, spare[0]), SignedIn)
    await factors.end_codes(ann.id)


async def look_at_the_phone(village: Village, a: House, b: House) -> None:
    """What an app asks for again and again, while something is pushed to it."""
    phone, keys = await a.phone("ann"), PushPhone()
    village.fetcher.route("push.example", lambda request: Response(201, request.url))
    wish = {"subscription": {"endpoint": "https://push.example/1", "keys": keys.keys}, "data": {"alerts": EVERYTHING}}
    await phone.post("/api/v1/push/subscription", wish)
    await phone.patch("/api/v2/notifications/policy", {"for_not_followers": "filter", "for_new_accounts": "filter"})
    await b.person("carl")
    for text in ("may I, @ann@a.example", "or I, @ann@a.example"):
        await b.post("carl", text, Audience.MENTIONED)
    await village.settle()
    told, requests = "/api/v1/notifications", "/api/v1/notifications/requests"
    waiting = (await phone.get(requests)).body
    await phone.get(f"{requests}/{waiting[0]['id']}")
    await phone.post(f"{requests}/{waiting[0]['id']}/accept")
    await b.post("carl", "thank you, @ann@a.example", Audience.MENTIONED)
    await village.settle()
    conversation = (await phone.get("/api/v1/conversations")).body[0]["id"]
    await phone.post(f"/api/v1/conversations/{conversation}/read")
    await phone.delete(f"/api/v1/conversations/{conversation}")
    first = (await phone.get(told)).body[0]
    for path in (
        f"{told}?types[]=mention&exclude_types[]=follow&account_id={first['account']['id']}&min_id=1",
        f"{told}/{first['id']}", f"{told}/unread_count", f"{told}/unread_count?types[]=mention", f"{told}/policy",
        "/api/v2/notifications", "/api/v2/notifications?grouped_types[]=follow&min_id=1&limit=1",
        "/api/v2/notifications/unread_count", f"/api/v2/notifications/{first['group_key']}",
        f"/api/v2/notifications/{first['group_key']}/accounts", "/api/v1/markers?timeline[]=home",
    ):  # fmt: skip
        await phone.get(path)
    await phone.post("/api/v1/markers", {"notifications": {"last_read_id": first["id"]}})
    await phone.post(f"/api/v2/notifications/{first['group_key']}/dismiss")
    await phone.post(f"{told}/clear")
    await phone.delete("/api/v1/push/subscription")


async def choose(a: House, post: str, bob: str) -> None:
    """Lists, followed tags, filters, bookmarks, and every way to read a timeline, by app."""
    phone = await a.phone("ann")
    wish = Wish(boosts=False, notify=True, languages=" en ")
    a.done(await a.node.publisher.follow((await a.row("ann")).id, MicroblogId(int(bob)), "test", wish))
    friends = await phone.post("/api/v1/lists", {"title": "friends", "exclusive": True})
    members = f"/api/v1/lists/{friends['id']}/accounts"
    await phone.post(members, {"account_ids": [bob]})
    await phone.post("/api/v1/tags/tea/follow")
    for deed in ("bookmark", "favourite"):
        await phone.post(f"/api/v1/statuses/{post}/{deed}")
    made = await phone.post(
        "/api/v2/filters", {"title": "x", "context": ["home"], "keywords_attributes": [{"keyword": "tea"}]}
    )
    held = await phone.post(f"/api/v2/filters/{made['id']}/statuses", {"status_id": post})
    reads = ["/api/v1/lists", members, f"/api/v1/accounts/{bob}/lists", "/api/v1/followed_tags", "/api/v1/filters",
             "/api/v1/tags/tea", f"/api/v1/statuses/{post}/favourited_by", f"/api/v1/statuses/{post}/reblogged_by",
             "/api/v2/filters", f"/api/v2/filters/statuses/{held['id']}"]  # fmt: skip
    timelines = ["public", "public?local=1", "public?remote=1", "public?only_media=1&local=1", "tag/tea",
                 "tag/tea?any[]=a&all[]=b&none[]=c&only_media=1", f"list/{friends['id']}", "home"]  # fmt: skip
    reads += [f"/api/v1/timelines/{path}" for path in timelines]
    for path in (*reads, "/api/v1/bookmarks", "/api/v1/favourites"):
        await phone.get(f"{path}{'&' if '?' in path else '?'}min_id=1")
    for replies in ("followed", "none"):
        await phone.put(f"/api/v1/lists/{friends['id']}", {"replies_policy": replies})
        await phone.get(f"/api/v1/timelines/list/{friends['id']}")
    await phone.post("/api/v1/tags/tea/unfollow")
    await phone.delete(members, {"account_ids": [bob]})
    await phone.delete(f"/api/v2/filters/keywords/{made['keywords'][0]['id']}")
    await phone.delete(f"/api/v2/filters/statuses/{held['id']}")


async def hint(village: Village) -> None:
    """Telling and being told by datagram, calling back, saying farewell."""
    tells = await village.house("tells.example", udp="0.0.0.0:5683", udp_address="192.0.2.1:5683")
    hears = await village.house("hears.example", udp="0.0.0.0:5683", udp_address="192.0.2.2:5683")
    await tells.person("ann")
    await hears.person("bob")
    await hears.follow("bob", "@ann@tells.example")
    await village.settle()
    village.clock.advance(31)
    await village.settle()
    await tells.post("ann", "by datagram")
    await tells.post("ann", " ".join(map(str, range(1_000))))
    await village.settle()
    assert len(await hears.home("bob")) == 2
    assert hears.node.notify is not None
    await hears.node.notify.hints.catch_up("tells.example")
    assert tells.node.notify is not None
    for listener in tells.node.notify.telling.told:
        await tells.node.notify.telling.leave(listener.name)
