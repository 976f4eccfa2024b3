"""Notifications put together, page by page; and how far somebody has looked."""

from typing import Any

from scattershot.app.notifications import Notifications
from scattershot.app.timelines import Timelines
from scattershot.domain.change import (
    Liked,
)
from scattershot.domain.ids import MicroblogId
from scattershot.domain.microblog import Profile
from scattershot.domain.notification import Told
from scattershot.domain.post import Post
from scattershot.domain.window import FROM_THE_TOP, Window
from scattershot.storage.tables import microblogs
from scattershot.storage.tables.notifications import ALL
from scattershot.testing.factories import a_profile
from tests.app.conftest import World
from tests.app.telling import BOB, a_post_of, ann, bob, mentioned_by, told

__all__ = ["ann", "bob", "told"]

HOUR = 3_600


async def likers(world: World, post: Post, number: int, first: int = 0) -> list[Profile]:
    found = [a_profile(f"fan{first + each}@far.example") for each in range(number)]
    for profile in found:
        await world.remote(profile)
        await world.apply(Liked(actor=profile.id, post=post.id))
    await world.settle()
    return found


async def test_likes_of_a_post_are_one_group_with_those_who_came_last(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    post, other = await a_post_of(world, ann.profile), await a_post_of(world, ann.profile, "Another")
    fans = await likers(world, post, 10)
    await world.apply(Liked(actor=BOB.id, post=other.id))
    await mentioned_by(world, BOB, ann.profile)
    found = await told.read(lambda tx: told.groups_in(tx, ann.id, FROM_THE_TOP, 10, ALL))
    assert [(group.newest.row.kind, group.size) for group in found.entries] == [
        ("mention", 1), ("like", 1), ("like", 10),
    ]  # fmt: skip
    assert [face.profile.name for face in found.entries[2].senders] == [f"fan{each}" for each in range(9, 1, -1)]
    assert found.entries[0].key == f"ungrouped-{found.entries[0].newest.row.id}"
    everybody = await told.read(lambda tx: told.senders_in(tx, ann.id, found.entries[2].key))
    assert len(everybody) == len(fans)
    assert await told.unread_groups(ann.id, 100, ALL) == 3
    assert await told.unread(ann.id, 100, ALL) == 12


async def test_a_group_is_continued_for_hours_and_then_begun_anew(
    world: World, ann: microblogs.Row, told: Notifications
) -> None:
    post = await a_post_of(world, ann.profile)
    await likers(world, post, 1)
    world.clock.advance(11 * HOUR)
    await likers(world, post, 1, first=1)
    world.clock.advance(2 * HOUR)
    await likers(world, post, 1, first=2)
    found = await told.read(lambda tx: told.groups_in(tx, ann.id, FROM_THE_TOP, 10, ALL))
    assert [group.size for group in found.entries] == [1, 2]


async def test_pages_of_groups_hold_every_notification_once(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    written = [await a_post_of(world, ann.profile, f"{number}") for number in range(3)]
    for round_ in range(3):
        for post in written:
            await likers(world, post, 2, first=2 * round_)
        await mentioned_by(world, BOB, ann.profile)
    everything = await told.read(lambda tx: told.page_in(tx, ann.id, FROM_THE_TOP, 100, ALL))
    assert len(everything.entries) == 3 * 6 + 3
    covered: list[int] = []
    below: int | None = None
    while True:
        window = Window(below)
        found = await told.read(lambda tx, window=window: told.groups_in(tx, ann.id, window, 2, ALL))  # type: ignore[misc]
        span = (found.newest or 0, found.older or 0)
        covered += [each.row.id for each in everything.entries if span[1] <= each.row.id <= span[0]]
        for group in found.entries:
            assert group.page is not None
            youngest, oldest, _ = group.page
            assert span[1] <= oldest <= youngest <= span[0]
        if found.older is None:
            break
        below = found.older
    assert covered == [each.row.id for each in everything.entries]


async def test_going_forward_tells_what_is_new(world: World, ann: microblogs.Row, told: Notifications) -> None:
    post = await a_post_of(world, ann.profile)
    await likers(world, post, 2)
    before = await told.read(lambda tx: told.groups_in(tx, ann.id, FROM_THE_TOP, 10, ALL))
    await likers(world, post, 2, first=2)
    new = Window(above=before.newest, nearest=True)
    after = await told.read(lambda tx: told.groups_in(tx, ann.id, new, 10, ALL))
    [group] = after.entries
    assert group.size == 4
    assert group.page is not None
    assert before.newest is not None
    assert group.page[1] > before.newest
    assert group.key == before.entries[0].key


async def test_kinds_that_an_app_cannot_show_together_stand_alone(
    world: World, ann: microblogs.Row, told: Notifications
) -> None:
    await likers(world, await a_post_of(world, ann.profile), 3)
    found = await told.read(lambda tx: told.groups_in(tx, ann.id, FROM_THE_TOP, 10, ALL, {Told.FOLLOW}))
    assert [group.size for group in found.entries] == [1, 1, 1]
    assert all(group.key.startswith("ungrouped-") for group in found.entries)


async def test_a_group_and_everything_can_be_put_away(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    post = await a_post_of(world, ann.profile)
    await likers(world, post, 3)
    await mentioned_by(world, BOB, ann.profile)
    found = await told.read(lambda tx: told.groups_in(tx, ann.id, FROM_THE_TOP, 10, ALL))
    amy = await world.local("amy")
    await told.dismiss_group(amy.id, found.entries[1].key)
    assert len(await world.told(ann.id)) == 4
    await told.dismiss_group(ann.id, found.entries[1].key)
    assert await world.told(ann.id) == ["mention"]
    await told.dismiss_group(ann.id, found.entries[0].key)
    assert await world.told(ann.id) == []
    await likers(world, post, 1, first=5)
    await told.clear(ann.id)
    assert await world.told(ann.id) == []


async def test_a_large_group_does_not_push_others_off_the_page(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    await mentioned_by(world, BOB, ann.profile)
    post = await a_post_of(world, ann.profile)
    row = await world.post(post.id)
    assert row is not None
    number, now = row.id, world.clock.now()

    def many(tx: Any) -> None:
        tx.execute_many(
            "INSERT INTO notifications (owner, kind, sender, post, at, bundle) "
            "VALUES ($1, 'like', $2, $3, $4, 'like-x')",
            [(ann.id, bob.id + each, number, now) for each in range(1_000)],
        )

    await world.database.write(many)
    found = await told.read(lambda tx: [row.kind for row in _heads(tx, ann.id)])
    assert found == ["like", "mention"]


def _heads(tx: Any, owner: MicroblogId) -> list[Any]:
    from scattershot.domain.notification import BUNDLED
    from scattershot.storage.tables import notifications

    return notifications.heads(tx, owner, FROM_THE_TOP, 5, ALL, BUNDLED)


# -- how far was looked


async def test_a_marker_is_one_for_the_web_and_for_apps(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    timelines = Timelines(world.database, world.clock, "here.example")
    await mentioned_by(world, BOB, ann.profile)
    await mentioned_by(world, BOB, ann.profile)
    found = await told.read(lambda tx: told.page_in(tx, ann.id, FROM_THE_TOP, 20, ALL))
    newest = found.entries[0].row.id
    await timelines.looked_at(ann.id, newest)
    [marker] = await told.markers(ann.id, ["home", "notifications"])
    assert (marker.name, marker.place, marker.version) == ("notifications", newest, 1)
    assert await told.unread(ann.id, 100, ALL) == 0
    world.clock.advance(1)
    [marker] = await told.mark(ann.id, {"notifications": newest - 1})
    assert (marker.place, marker.version, marker.at) == (newest - 1, 2, world.clock.now())
    assert await timelines.untold(ann.id) == 1
    [home] = await told.mark(ann.id, {"home": 77})
    assert (home.name, home.place) == ("home", 77)
