"""Lists of microblogs: in order, page by page in both directions, and no more than one may see."""

import pytest

from scattershot.app.items import Items
from scattershot.app.rosters import Cut, RosterPage, Rosters
from scattershot.app.ties import Ties
from scattershot.domain.change import Blocked, FollowAnswered, Followed, ProfileChanged
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.microblog import Profile
from scattershot.storage.tables import microblogs, relations
from scattershot.testing.factories import a_profile
from tests.app.conftest import World


def _rosters(world: World) -> Rosters:
    return Rosters(world.database, world.clock, Items("here.example"))


def _names(page: RosterPage) -> list[str]:
    return [face.profile.name for face in page.faces]


async def _followed_by(world: World, ann: microblogs.Row, count: int) -> list[microblogs.Row]:
    """Followers who came one after another, two of them at the same moment."""
    rows = []
    for number in range(count):
        row = await world.remote(a_profile(f"f{number}@far.example"))
        await world.apply(Followed(actor=row.profile.id, target=ann.profile.id))
        rows.append(row)
        if number != 1:
            world.clock.advance(1)
    return rows


async def test_followers_are_read_page_by_page_the_newest_first(world: World) -> None:
    ann = await world.local("ann")
    await _followed_by(world, ann, 5)
    rosters = _rosters(world)
    first = await rosters.followers(ann.id, None, Cut(2))
    assert _names(first) == ["f4", "f3"]
    second = await rosters.followers(ann.id, None, Cut(2, below=first.older))
    assert _names(second) == ["f2", "f1"]
    last = await rosters.followers(ann.id, None, Cut(2, below=second.older))
    assert _names(last) == ["f0"]
    assert last.older is None
    back = await rosters.followers(ann.id, None, Cut(2, above=last.newer))
    assert _names(back) == ["f2", "f1"]
    assert _names(await rosters.followers(ann.id, None, Cut(2, above=back.newer))) == ["f4", "f3"]
    assert _names(await rosters.followers(ann.id, None, Cut(2, since=last.newer))) == ["f4", "f3"]
    assert await rosters.followers(ann.id, None, Cut(2, since=first.newer)) == RosterPage([])


@pytest.mark.parametrize("place", [0, -1, 1, 10**19, 10**30, 10**60])
async def test_a_place_made_up_leads_nowhere_bad(world: World, place: int) -> None:
    ann = await world.local("ann")
    await _followed_by(world, ann, 2)
    for cut in (Cut(5, below=place), Cut(5, since=place), Cut(5, above=place)):
        assert len((await _rosters(world).followers(ann.id, None, cut)).faces) in (0, 2)


async def test_those_followed_those_who_wait_and_nobody_else(world: World) -> None:
    ann = await world.local("ann")
    await world.lock(ann)
    bob, eve = await world.remote(a_profile("bob@far.example")), await world.remote(a_profile("eve@far.example"))
    await world.apply(Followed(actor=ann.profile.id, target=bob.profile.id))
    await world.apply(Followed(actor=eve.profile.id, target=ann.profile.id))
    rosters = _rosters(world)
    assert _names(await rosters.following(ann.id, None, Cut(9))) == []
    assert _names(await rosters.followers(ann.id, None, Cut(9))) == []
    assert _names(await rosters.requests(ann.id, Cut(9))) == ["eve"]
    assert await rosters.count_requests(ann.id) == 1
    await world.apply(FollowAnswered(actor=bob.profile.id, follower=ann.profile.id, accepted=True))
    await world.apply(FollowAnswered(actor=ann.profile.id, follower=eve.profile.id, accepted=True))
    assert _names(await rosters.following(ann.id, None, Cut(9))) == ["bob"]
    assert _names(await rosters.followers(ann.id, None, Cut(9))) == ["eve"]
    assert await rosters.count_requests(ann.id) == 0


async def test_who_hides_the_list_shows_it_to_nobody_else(world: World) -> None:
    ann, cat = await world.local("ann"), await world.local("cat")
    await _followed_by(world, ann, 1)
    hidden = Profile(**{**_parts(ann.profile), "hides_graph": True})
    await world.apply(ProfileChanged(actor=ann.profile.id, profile=hidden))
    rosters = _rosters(world)
    assert _names(await rosters.followers(ann.id, None, Cut(9))) == []
    assert _names(await rosters.followers(ann.id, cat.id, Cut(9))) == []
    assert _names(await rosters.followers(ann.id, ann.id, Cut(9))) == ["f0"]


def _parts(profile: Profile) -> dict[str, object]:
    return {name: getattr(profile, name) for name in profile.__struct_fields__}


async def test_who_is_blocked_sees_no_list_and_the_blocked_are_seen_in_none(world: World) -> None:
    ann, cat = await world.local("ann"), await world.local("cat")
    [eve] = await _followed_by(world, ann, 1)
    rosters = _rosters(world)
    await world.apply(Blocked(actor=cat.profile.id, target=eve.profile.id))
    assert _names(await rosters.followers(ann.id, cat.id, Cut(9))) == []
    assert _names(await rosters.followers(ann.id, None, Cut(9))) == ["f0"]
    await world.apply(Blocked(actor=ann.profile.id, target=cat.profile.id))
    assert await rosters.following(ann.id, cat.id, Cut(9)) == RosterPage([])


async def test_nobody_has_no_followers(world: World) -> None:
    assert await _rosters(world).followers(MicroblogId(404), None, Cut(9)) == RosterPage([])


async def test_blocked_muted_and_recommended_are_listed_for_their_owner(world: World) -> None:
    ann, cat = await world.local("ann"), await world.local("cat")
    rows = [await world.remote(a_profile(f"p{number}@far.example")) for number in range(3)]
    now = world.clock.now()
    for number, row in enumerate(rows):
        ends = Millis(now + 5_000) if number == 1 else None
        await world.database.write(lambda tx, row=row, ends=ends: relations.put_mute(tx, ann.id, row.id, ends, now))
        world.clock.advance(1)
    await world.apply(Blocked(actor=ann.profile.id, target=rows[2].profile.id))
    await world.apply(Followed(actor=ann.profile.id, target=cat.profile.id))
    await Ties(world.database, world.clock, world.bus, world.house, ()).endorse(ann.id, cat.id)
    rosters = _rosters(world)
    assert _names(await rosters.blocked(ann.id, Cut(9))) == ["p2"]
    assert sorted(_names(await rosters.muted(ann.id, Cut(9)))) == ["p0", "p1", "p2"]
    world.clock.advance(10)
    assert sorted(_names(await rosters.muted(ann.id, Cut(9)))) == ["p0", "p2"]
    assert _names(await rosters.endorsed(ann.id, None, Cut(9))) == ["cat"]


async def test_shunned_domains_are_paged_as_well(world: World) -> None:
    ann = await world.local("ann")
    ties = Ties(world.database, world.clock, world.bus, world.house, ("here.example",))
    for number in range(5):
        await ties.shun(ann.id, f"d{number}.example", "test")
    rosters = _rosters(world)
    first = await rosters.shunned(ann.id, Cut(2))
    assert first.domains == ["d4.example", "d3.example"]
    second = await rosters.shunned(ann.id, Cut(2, below=first.older))
    assert second.domains == ["d2.example", "d1.example"]
    assert (await rosters.shunned(ann.id, Cut(9, below=second.older))).domains == ["d0.example"]
    assert (await rosters.shunned(ann.id, Cut(2, above=second.older))).domains == ["d3.example", "d2.example"]


async def test_familiar_are_those_one_follows_who_follow_them(world: World) -> None:
    ann, cat, eve = await world.local("ann"), await world.local("cat"), await world.local("eve")
    bob, dan = await world.remote(a_profile("bob@far.example")), await world.remote(a_profile("dan@far.example"))
    for who, whom in ((ann, cat), (ann, eve), (cat, bob), (eve, bob), (cat, dan)):
        await world.apply(Followed(actor=who.profile.id, target=whom.profile.id))
        await world.apply(FollowAnswered(actor=whom.profile.id, follower=who.profile.id, accepted=True))
        world.clock.advance(1)
    rosters = _rosters(world)
    found = await rosters.familiar(ann.id, [bob.id, dan.id, MicroblogId(404)])
    assert {each: [face.profile.name for face in faces] for each, faces in found.items()} == {
        bob.id: ["eve", "cat"], dan.id: ["cat"], MicroblogId(404): [],
    }  # fmt: skip
    hidden = Profile(**{**_parts(cat.profile), "hides_graph": True})
    await world.apply(ProfileChanged(actor=cat.profile.id, profile=hidden))
    assert [face.profile.name for face in (await rosters.familiar(ann.id, [bob.id]))[bob.id]] == ["eve"]
