"""Whom one may wish to follow, in an order that can be told; and the directory."""

from typing import Any

from scattershot.app.items import Items
from scattershot.app.suggesting import FRESH, Suggesting
from scattershot.domain.change import Blocked, FollowAnswered, Followed, Posted, Vanished
from scattershot.domain.ids import MicroblogId
from scattershot.domain.microblog import Voice
from scattershot.storage.tables import microblogs
from scattershot.testing.factories import a_post, a_profile
from tests.app.conftest import World


def _suggesting(world: World, *recommended: str) -> Suggesting:
    return Suggesting(world.database, world.clock, Items("here.example"), "here.example", recommended)


async def _somebody(world: World, name: str, **parts: Any) -> microblogs.Row:
    return await world.remote(a_profile(f"{name}@far.example", discoverable=True, **parts))


async def _follow(world: World, who: microblogs.Row, *whom: microblogs.Row) -> None:
    for each in whom:
        await world.apply(Followed(actor=who.profile.id, target=each.profile.id))
        await world.apply(FollowAnswered(actor=each.profile.id, follower=who.profile.id, accepted=True))


async def _suggested(suggesting: Suggesting, viewer: MicroblogId) -> list[tuple[str, list[str]]]:
    found = await suggesting.suggestions(viewer, 40)
    return [(face.profile.name, [source.value for source in sources]) for face, sources in found]


async def test_the_order_can_be_told(world: World) -> None:
    ann, cat, dan, eve = [await world.local(name) for name in ("ann", "cat", "dan", "eve")]
    near, nearer, star, told = [await _somebody(world, name) for name in ("near", "nearer", "star", "told")]
    await _follow(world, ann, cat, dan)
    await _follow(world, cat, near, nearer)
    await _follow(world, dan, nearer)
    await _follow(world, eve, star, told)
    found = await _suggested(_suggesting(world, "@told@far.example", "nobody@far.example", "not a name"), ann.id)
    assert found[:3] == [
        ("told", ["recommended", "most_followed"]),
        ("nearer", ["followed_by_follows", "most_followed"]),
        ("near", ["followed_by_follows", "most_followed"]),
    ]
    assert sorted(found[3:]) == [("star", ["most_followed"])]


async def test_nobody_is_suggested_who_is_known_hidden_or_does_not_wish_it(world: World) -> None:
    ann, eve = await world.local("ann"), await world.local("eve")
    rows = {
        name: await _somebody(world, name)
        for name in ("followed", "asked", "blocked", "blocker", "dismissed", "gone", "fine")
    }
    rows["machine"] = await _somebody(world, "machine", voice=Voice.APPLICATION)
    rows["moved"] = await _somebody(world, "moved", moved_to="https://elsewhere.example/u/1")
    rows["shy"] = await world.remote(a_profile("shy@far.example"))
    for row in rows.values():
        await _follow(world, eve, row)
    await _follow(world, ann, rows["followed"])
    await world.apply(Followed(actor=ann.profile.id, target=rows["asked"].profile.id))
    await world.apply(Blocked(actor=ann.profile.id, target=rows["blocked"].profile.id))
    await world.apply(Blocked(actor=rows["blocker"].profile.id, target=ann.profile.id))
    await world.apply(Vanished(actor=rows["gone"].profile.id))
    suggesting = _suggesting(world)
    await suggesting.dismiss(ann.id, rows["dismissed"].id)
    assert [name for name, _ in await _suggested(suggesting, ann.id)] == ["fine"]


async def test_what_was_added_up_is_good_for_a_while_and_what_one_did_counts_at_once(world: World) -> None:
    ann, eve = await world.local("ann"), await world.local("eve")
    star, late = await _somebody(world, "star"), await _somebody(world, "late")
    await _follow(world, eve, star)
    suggesting = _suggesting(world)
    assert [name for name, _ in await _suggested(suggesting, ann.id)] == ["star"]
    await suggesting.dismiss(ann.id, star.id)
    await _follow(world, eve, late)
    assert await _suggested(suggesting, ann.id) == []
    world.clock.advance(FRESH / 1_000)
    assert [name for name, _ in await _suggested(suggesting, ann.id)] == ["late"]


async def test_the_directory_holds_those_who_wish_to_be_found(world: World) -> None:
    ann, eve = await world.local("ann"), await world.local("eve")
    far = await _somebody(world, "far")
    await world.remote(a_profile("shy@far.example"))
    await _follow(world, ann, far)
    suggesting = _suggesting(world)

    async def listed(**how: Any) -> list[str]:
        parts = {"here": False, "newest": True, **how}
        return [face.profile.name for face in await suggesting.directory(None, 10, parts.pop("at", 0), **parts)]

    assert await listed() == ["far", "eve", "ann"]
    assert await listed(here=True) == ["eve", "ann"]
    assert await listed(at=1) == ["eve", "ann"]
    assert await listed(newest=False) == []
    await world.apply(Posted(actor=ann.profile.id, post=a_post(ann.profile.id)), asked_for=True)
    await world.apply(Posted(actor=far.profile.id, post=a_post(far.profile.id, published=world.clock.now() + 60_000)))
    assert await listed(newest=False) == ["far", "ann"]
    assert await listed(newest=False, here=True) == ["ann"]
    await world.apply(Vanished(actor=eve.profile.id))
    assert await listed(here=True) == ["ann"]
    await world.apply(Blocked(actor=ann.profile.id, target=far.profile.id))
    assert [face.profile.name for face in await suggesting.directory(ann.id, 9, 0, here=False, newest=True)] == ["ann"]
