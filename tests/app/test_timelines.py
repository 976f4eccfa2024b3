"""What lists, threads and notifications hold, on both engines; the batched rule of seeing against its plain twin."""

import itertools
from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from scattershot.app.publish import Done, Draft
from scattershot.app.reading import readable, reader_of
from scattershot.domain.change import Boosted, Posted, ProfileChanged, Voted
from scattershot.domain.ids import MicroblogId, NotificationId, PostId
from scattershot.domain.post import Audience, Option, Poll, Post
from scattershot.domain.visibility import may_see
from scattershot.domain.window import Window
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.database import Engine, Transaction
from scattershot.storage.tables import posts
from tests.engines import engine
from tests.frontends.web.node import Node, open_node

__all__ = ["engine"]


@pytest.fixture
async def node(engine: Engine) -> AsyncIterator[Node]:
    async with open_node(engine=engine) as opened:
        yield opened


@pytest.fixture
async def ann(node: Node) -> MicroblogId:
    return (await node.person("ann"))[1]


@pytest.fixture
async def bob(node: Node) -> MicroblogId:
    return (await node.person("bob"))[1]


async def _wire_id(node: Node, microblog: MicroblogId) -> WireId:
    face = await node.timelines.face(microblog)
    assert face is not None
    return face.profile.id


async def test_seeing_many_at_once_is_seeing_each(node: Node, ann: MicroblogId, bob: MicroblogId) -> None:
    carol = (await node.person("carol"))[1]
    dan = (await node.person("dan"))[1]
    await node.follow(bob, ann)
    written = [
        await node.say(author, text, audience)
        for author, audience, text in itertools.product((ann, dan), Audience, ("hello", "@carol hello"))
    ]
    await node.publisher.block(dan, bob, "test")

    def work(tx: Transaction) -> None:
        rows = list(posts.get_many(tx, written).values())
        for who in (None, ann, bob, carol, dan):
            plainly = [row for row in rows if may_see(row.audience, reader_of(tx, row, who))]
            assert readable(tx, rows, who) == plainly
            assert who is None or 0 < len(plainly) < len(rows)

    await node.database.read(work)


async def test_a_page_ends_where_the_next_begins(node: Node, ann: MicroblogId) -> None:
    written = [await node.say(ann, f"{n}") for n in range(45)]
    seen: list[PostId] = []
    before: int | None = None
    for expected in (20, 20, 5):
        page = await node.timelines.home(ann, Window(below=before))
        assert len(page.items) == expected
        seen += [item.entry for item in page.items]
        before = page.next
    assert before is None
    assert seen == written[::-1]


async def test_an_item_shows_what_the_viewer_did_and_no_other(node: Node, ann: MicroblogId, bob: MicroblogId) -> None:
    await node.follow(ann, bob)
    await node.follow(bob, ann)
    post = await node.say(bob, "hello")
    await node.settle()
    before = (await node.timelines.home(ann)).items[0]
    assert (before.liked, before.boosted, before.mine, before.likes) == (False, False, False, 0)
    await node.publisher.like(ann, post, "test")
    await node.publisher.boost(ann, post, "test")
    anns = (await node.timelines.home(ann)).items[0]
    bobs = (await node.timelines.home(bob)).items[0]
    assert (anns.liked, anns.boosted, anns.mine, anns.likes) == (True, True, False, 1)
    assert (bobs.liked, bobs.boosted, bobs.mine, bobs.likes) == (False, False, True, 1)


async def test_what_is_remembered_is_never_stale(node: Node, ann: MicroblogId, bob: MicroblogId) -> None:
    post = await node.say(bob, "first")
    for n in range(3):
        face = await node.timelines.face(bob)
        assert face is not None
        title = f"Bob {n}"
        profile = replace(face.profile, display_name=title)
        await node.apply(ProfileChanged(actor=profile.id, profile=profile))
        item = await node.timelines.item(post, ann)
        assert item is not None
        assert item.author.profile.display_name == title
    answer = await node.say(ann, "@bob yes", reply_to=post)
    item = await node.timelines.item(post, ann)
    assert item is not None
    assert item.replies == 1
    await node.publisher.delete(ann, answer, "test")
    item = await node.timelines.item(post, ann)
    assert item is not None
    assert item.replies == 0


async def test_a_boost_stands_by_its_own_number_with_who_passed_it_on(
    node: Node, ann: MicroblogId, bob: MicroblogId
) -> None:
    dana = await node.elsewhere()
    wire_id = WireId(ACTIVITYPUB, "https://remote.example/p/1")
    post = Post(id=wire_id, author=dana, published=node.clock.now(), audience=Audience.PUBLIC, html="<p>x</p>")
    await node.apply(Posted(actor=dana, post=post))
    await node.follow(ann, bob)
    await node.apply(Boosted(actor=await _wire_id(node, bob), post=wire_id, at=node.clock.now()))
    await node.settle()
    [item] = (await node.timelines.home(ann)).items
    assert item.entry != item.id
    assert item.boosted_by is not None
    assert item.boosted_by.id == bob
    assert item.author.page == "/@dana@remote.example"
    again = await node.timelines.item(item.entry, ann)
    assert again == item
    [by_bob] = (await node.timelines.by(bob, None)).items
    assert by_bob.entry == item.entry


async def test_a_thread_is_a_tree_without_what_the_viewer_may_not_see(
    node: Node, ann: MicroblogId, bob: MicroblogId
) -> None:
    root = await node.say(ann, "root")
    first = await node.say(bob, "@ann first", reply_to=root)
    second = await node.say(ann, "second", reply_to=root)
    below = await node.say(ann, "@bob below", reply_to=first)
    secret = await node.say(ann, "@bob secret", Audience.MENTIONED, reply_to=first)
    thread = await node.timelines.thread(root, None)
    assert thread is not None
    assert [(reply.item.id, reply.depth) for reply in thread.replies] == [(first, 1), (below, 2), (second, 1)]
    thread = await node.timelines.thread(first, bob)
    assert thread is not None
    assert [item.id for item in thread.before] == [root]
    assert [reply.item.id for reply in thread.replies] == [below, secret]
    assert await node.timelines.thread(secret, None) is None


async def test_votes_are_shown_to_who_cast_them(node: Node, ann: MicroblogId, bob: MicroblogId) -> None:
    poll = Poll(options=(Option("tea"), Option("coffee")), ends=None)
    done = await node.publisher.post(bob, Draft("Which?", poll=poll), None, "test")
    assert isinstance(done, Done)
    assert done.post is not None
    item = await node.timelines.item(done.post, ann)
    assert item is not None
    assert item.votes == ()
    await node.apply(Voted(actor=await _wire_id(node, ann), post=item.post.id, choice="coffee"))
    item = await node.timelines.item(done.post, ann)
    assert item is not None
    assert item.votes == (1,)
    assert item.post.poll is not None
    assert item.post.poll.options[1].votes == 1


async def test_notifications_are_looked_at_once(node: Node, ann: MicroblogId, bob: MicroblogId) -> None:
    post = await node.say(ann, "hello")
    await node.publisher.like(bob, post, "test")
    await node.say(bob, "@ann hi", reply_to=post)
    await node.settle()
    assert await node.timelines.untold(ann) == 2
    found = await node.told(ann)
    assert [notice.row.kind for notice in found.entries] == ["mention", "like"]
    assert found.newest is not None
    await node.timelines.looked_at(ann, NotificationId(found.newest))
    assert await node.timelines.untold(ann) == 0


async def test_news_since_a_place_in_the_log_is_told_once_and_in_order(
    node: Node, ann: MicroblogId, bob: MicroblogId
) -> None:
    await node.follow(ann, bob)
    await node.settle()
    place = (await node.timelines.home(ann)).place
    first, second = await node.say(bob, "one"), await node.say(bob, "two")
    await node.publisher.delete(bob, first, "test")
    await node.settle()
    missed = await node.streams.missed(ann, place)
    told = [event.body.decode().split("\n")[1:3] for event in missed.events]
    assert told == [
        ["event: entry", f'data: {{"entry":"{second}","post":"{second}"}}'],
        ["event: deleted", f'data: {{"entry":"{first}","post":"{first}"}}'],
        ["event: notified", "data: {}"],
    ]
    assert (await node.streams.missed(ann, missed.up_to)).events == []
