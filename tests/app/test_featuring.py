"""Tags on one's page, counted over open posts; and what one prefers."""

import pytest

from scattershot.app.featuring import MAX_FEATURED, Featuring
from scattershot.domain.change import Deleted, Edited, Posted
from scattershot.domain.featured_tags import FeaturedTag
from scattershot.domain.ids import Millis
from scattershot.domain.post import Audience, Post
from scattershot.domain.preferences import Media, Preferences, Quoting
from scattershot.domain.reading import Refused
from scattershot.storage.tables import microblogs
from scattershot.testing.factories import NOON, a_post
from tests.app.conftest import World


def _featuring(world: World) -> Featuring:
    return Featuring(world.database, world.clock)


async def _write(world: World, by: microblogs.Row, *tags: str, at: int = 0, **parts: object) -> Post:
    post = a_post(by.profile.id, tags=tags, published=Millis(NOON + at), **parts)
    await world.apply(Posted(actor=by.profile.id, post=post))
    return post


async def test_a_tag_is_shown_with_how_often_and_when_it_was_used(world: World) -> None:
    ann, bob = await world.local("ann"), await world.local("bob")
    first = await _write(world, ann, "Tea", at=1_000)
    last = await _write(world, ann, "tea", "Cake", at=2_000)
    await _write(world, ann, "tea", at=3_000, audience=Audience.FOLLOWERS)
    await _write(world, bob, "tea", at=4_000)
    featuring = _featuring(world)
    made = await featuring.feature(ann.id, "#Tea")
    assert isinstance(made, FeaturedTag)
    assert (made.tag, made.name, made.posts, made.last_used) == ("tea", "Tea", 2, NOON + 2_000)
    assert isinstance(await featuring.feature(ann.id, "tea"), Refused)
    assert [(used.tag, used.posts) for used in await featuring.suggested(ann.id)] == [("cake", 1)]
    await world.apply(Deleted(actor=ann.profile.id, post=last.id))
    [left] = await featuring.featured(ann.id)
    assert (left.posts, left.last_used) == (1, NOON + 1_000)
    no_longer = a_post(ann.profile.id, id=first.id, published=first.published, edited=Millis(NOON + 5_000))
    await world.apply(Edited(actor=ann.profile.id, post=no_longer))
    [left] = await featuring.featured(ann.id)
    assert (left.posts, left.last_used) == (0, None)


async def test_a_tag_is_taken_off_by_its_owner_alone(world: World) -> None:
    ann, bob = await world.local("ann"), await world.local("bob")
    featuring = _featuring(world)
    made = await featuring.feature(ann.id, "tea")
    assert isinstance(made, FeaturedTag)
    assert not await featuring.unfeature(bob.id, made.id)
    assert await featuring.unfeature(ann.id, made.id)
    assert not await featuring.unfeature(ann.id, made.id)
    await featuring.feature(ann.id, "tea")
    assert await featuring.unfeature_named(ann.id, "TEA")
    assert await featuring.featured(ann.id) == []


@pytest.mark.parametrize("name", ["", "#", "2024", "two words", "a-b", "<b>", "x" * 200])
async def test_what_is_no_tag_is_not_shown(world: World, name: str) -> None:
    ann = await world.local("ann")
    assert isinstance(await _featuring(world).feature(ann.id, name), Refused)


async def test_a_page_shows_so_many_tags(world: World) -> None:
    ann = await world.local("ann")
    featuring = _featuring(world)
    for number in range(MAX_FEATURED):
        assert isinstance(await featuring.feature(ann.id, f"tag{number}"), FeaturedTag)
    assert isinstance(await featuring.feature(ann.id, "onemore"), Refused)
    assert len(await featuring.featured(ann.id)) == MAX_FEATURED


async def test_preferences_are_remembered_for_each_microblog(world: World) -> None:
    ann, bob = await world.local("ann"), await world.local("bob")
    featuring = _featuring(world)
    assert await featuring.preferences(ann.id) == Preferences()
    chosen = Preferences(
        audience=Audience.FOLLOWERS, sensitive=True, language="de", quoting=Quoting.NOBODY, media=Media.NONE
    )
    await featuring.prefer(ann.id, chosen)
    assert await featuring.preferences(ann.id) == chosen
    assert await featuring.preferences(bob.id) == Preferences()
