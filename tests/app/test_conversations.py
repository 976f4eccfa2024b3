"""Private posts put together by thread and by who takes part, on both engines."""

from scattershot.app.notifications import Notifications
from scattershot.domain.change import (
    Deleted,
    Posted,
)
from scattershot.domain.ids import PostId
from scattershot.domain.notification import Treatment
from scattershot.domain.post import Audience
from scattershot.domain.window import FROM_THE_TOP, Window
from scattershot.storage.tables import microblogs
from scattershot.testing.factories import a_post
from tests.app.conftest import World
from tests.app.telling import BOB, a_post_of, ann, bob, mentioned_by, told, wish

__all__ = ["ann", "bob", "told"]


async def conversations(told: Notifications, owner: microblogs.Row) -> list[tuple[list[str], str, bool]]:
    found = await told.read(lambda tx: told.conversations_in(tx, owner.id, FROM_THE_TOP, 10))
    return [
        (sorted(face.profile.name for face in each.others), each.newest.post.html, each.unread)
        for each in found.entries
    ]


async def test_private_posts_of_a_thread_are_one_conversation(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    first = await mentioned_by(world, BOB, ann.profile, text="one", audience=Audience.MENTIONED)
    assert await conversations(told, ann) == [(["bob"], "<p>one</p>", True)]
    [only] = (await told.read(lambda tx: told.conversations_in(tx, ann.id, FROM_THE_TOP, 10))).entries
    assert await told.read_conversation(ann.id, only.id)
    assert await conversations(told, ann) == [(["bob"], "<p>one</p>", False)]
    world.clock.advance(1)
    await mentioned_by(world, ann.profile, BOB, text="two", audience=Audience.MENTIONED, reply_to=first.id)
    assert await conversations(told, ann) == [(["bob"], "<p>two</p>", False)]
    await mentioned_by(world, BOB, ann.profile, text="three", audience=Audience.MENTIONED)
    await mentioned_by(world, BOB, ann.profile, text="open")
    found = await conversations(told, ann)
    assert sorted(found) == [(["bob"], "<p>three</p>", True), (["bob"], "<p>two</p>", False)]


async def test_others_in_the_same_thread_are_another_conversation(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    amy = await world.local("amy")
    first = await mentioned_by(world, BOB, ann.profile, text="one", audience=Audience.MENTIONED)
    await a_post_of(
        world, BOB, "all", to=[ann.profile.id, amy.profile.id], audience=Audience.MENTIONED, reply_to=first.id
    )
    await world.settle()
    assert sorted(await conversations(told, ann)) == [
        (["amy", "bob"], "<p>all</p>", True),
        (["bob"], "<p>one</p>", True),
    ]
    assert await conversations(told, amy) == [(["ann", "bob"], "<p>all</p>", True)]


async def test_a_post_to_oneself_is_a_conversation_with_oneself(
    world: World, ann: microblogs.Row, told: Notifications
) -> None:
    await a_post_of(world, ann.profile, "note to myself", audience=Audience.MENTIONED)
    await world.settle()
    assert await conversations(told, ann) == [(["ann"], "<p>note to myself</p>", False)]


async def test_what_is_deleted_leaves_the_conversation_as_it_was_before(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    first = await mentioned_by(world, BOB, ann.profile, text="one", audience=Audience.MENTIONED)
    second = await mentioned_by(world, BOB, ann.profile, text="two", audience=Audience.MENTIONED, reply_to=first.id)
    await world.apply(Deleted(actor=BOB.id, post=second.id))
    await world.settle()
    assert await conversations(told, ann) == [(["bob"], "<p>one</p>", True)]
    await world.apply(Deleted(actor=BOB.id, post=first.id))
    await world.settle()
    assert await conversations(told, ann) == []


async def test_what_was_put_away_comes_back_only_with_something_new(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    first = await mentioned_by(world, BOB, ann.profile, text="one", audience=Audience.MENTIONED)
    [only] = (await told.read(lambda tx: told.conversations_in(tx, ann.id, FROM_THE_TOP, 10))).entries
    amy = await world.local("amy")
    assert not await told.put_away(amy.id, only.id)
    assert await told.put_away(ann.id, only.id)
    assert await conversations(told, ann) == []
    assert not await told.put_away(ann.id, only.id)
    second = await mentioned_by(world, BOB, ann.profile, text="two", audience=Audience.MENTIONED, reply_to=first.id)
    assert await conversations(told, ann) == [(["bob"], "<p>two</p>", True)]
    await world.apply(Deleted(actor=BOB.id, post=second.id))
    await world.settle()
    assert await conversations(told, ann) == []


async def test_what_comes_late_does_not_bring_back_what_was_put_away(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    first = await mentioned_by(world, BOB, ann.profile, text="one", audience=Audience.MENTIONED)
    late = a_post(BOB.id, "late", to=[ann.profile.id], audience=Audience.MENTIONED, reply_to=first.id)
    await mentioned_by(world, BOB, ann.profile, text="two", audience=Audience.MENTIONED, reply_to=first.id)
    [only] = (await told.read(lambda tx: told.conversations_in(tx, ann.id, FROM_THE_TOP, 10))).entries
    await told.put_away(ann.id, only.id)
    await world.apply(Posted(actor=BOB.id, post=late))
    await world.settle()
    assert await conversations(told, ann) == []


async def test_threads_that_are_joined_join_their_conversations(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    parent = a_post(BOB.id, "parent", to=[ann.profile.id], audience=Audience.MENTIONED)
    for text in ("answer", "another"):
        await mentioned_by(world, BOB, ann.profile, text=text, audience=Audience.MENTIONED, reply_to=parent.id)
    assert len(await conversations(told, ann)) == 2
    await world.apply(Posted(actor=BOB.id, post=parent))
    await world.settle()
    assert await conversations(told, ann) == [(["bob"], "<p>another</p>", True)]


async def test_a_conversation_that_waited_begins_when_its_sender_is_let_in(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    await wish(told, ann, not_following=Treatment.HOLD)
    await mentioned_by(world, BOB, ann.profile, text="may I?", audience=Audience.MENTIONED)
    assert await conversations(told, ann) == []
    [request] = (await told.read(lambda tx: told.requests_in(tx, ann.id, FROM_THE_TOP, 10))).entries
    await told.let_in(ann.id, [request.asker.id])
    assert await conversations(told, ann) == [(["bob"], "<p>may I?</p>", True)]


async def test_pages_of_conversations_end_where_the_next_begins(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    for number in range(5):
        await mentioned_by(world, BOB, ann.profile, text=f"{number}", audience=Audience.MENTIONED)
    seen: list[PostId] = []
    below: int | None = None
    for expected in (2, 2, 1):
        window = Window(below)
        found = await told.read(lambda tx, window=window: told.conversations_in(tx, ann.id, window, 2))  # type: ignore[misc]
        assert len(found.entries) == expected
        seen += [each.newest.id for each in found.entries]
        below = found.older
    assert below is None
    assert seen == sorted(seen, reverse=True)
