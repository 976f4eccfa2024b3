"""How people here stand to others: what is known of it at once; muting, shunning, recommending."""

import pytest

from scattershot.app.apply.origin import Declined
from scattershot.app.housekeeping import Housekeeping
from scattershot.app.ties import MAX_REMARK, Ties
from scattershot.app.timelines import Timelines
from scattershot.domain.change import Blocked, Boosted, FollowAnswered, Followed, Liked, Posted, Unfollowed
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.microblog import Profile
from scattershot.domain.reading import Refused
from scattershot.domain.relations import Relationship
from scattershot.storage.tables import microblogs, regards, relations
from scattershot.testing.factories import a_post, a_profile
from tests.app.conftest import World

BOB = a_profile("bob@far.example")
EVE = a_profile("eve@far.example")
DAN = a_profile("dan@other.example")


def _ties(world: World) -> Ties:
    return Ties(world.database, world.clock, world.bus, world.house, ("here.example",))


async def _follow(world: World, who: Profile, whom: Profile) -> None:
    await world.apply(Followed(actor=who.id, target=whom.id))
    await world.apply(FollowAnswered(actor=whom.id, follower=who.id, accepted=True))


async def _between(world: World, viewer: microblogs.Row, other: microblogs.Row) -> Relationship:
    return (await _ties(world).between(viewer.id, [other.id]))[other.id]


async def test_strangers_are_nothing_to_each_other(world: World) -> None:
    ann, bob = await world.local("ann"), await world.remote(BOB)
    assert await _between(world, ann, bob) == Relationship()
    assert await _ties(world).between(ann.id, []) == {}


async def test_every_tie_is_seen_from_both_sides_and_for_many_at_once(world: World) -> None:
    ann = await world.local("ann")
    bob, eve, dan = [await world.remote(profile) for profile in (BOB, EVE, DAN)]
    cat = await world.local("cat")
    await world.lock(ann)
    await _follow(world, ann.profile, BOB)
    await world.apply(Followed(actor=ann.profile.id, target=EVE.id))
    await world.apply(Followed(actor=EVE.id, target=ann.profile.id))
    await _follow(world, DAN, ann.profile)
    await world.apply(Blocked(actor=cat.profile.id, target=ann.profile.id))
    await world.apply(Blocked(actor=ann.profile.id, target=cat.profile.id))
    ties = _ties(world)
    assert await ties.endorse(ann.id, bob.id) is None
    assert await ties.remark(ann.id, eve.id, " met in Rome ") is None
    ends = Millis(world.clock.now() + 60_000)
    await world.database.write(lambda tx: relations.put_mute(tx, ann.id, dan.id, ends, world.clock.now()))
    found = await ties.between(ann.id, [bob.id, eve.id, dan.id, cat.id])
    assert found[bob.id] == Relationship(follows=True, endorses=True)
    assert found[eve.id] == Relationship(asked=True, asked_by=True, remark="met in Rome")
    assert found[dan.id] == Relationship(followed_by=True, mutes=True, mutes_notifications=True, mute_ends=ends)
    assert found[cat.id] == Relationship(blocks=True, blocked_by=True)


async def test_a_mute_ends_by_itself_and_is_then_forgotten(world: World) -> None:
    ann, bob = await world.local("ann"), await world.remote(BOB)
    now = world.clock.now()
    await world.database.write(lambda tx: relations.put_mute(tx, ann.id, bob.id, Millis(now + 5_000), now))
    await world.apply(Followed(actor=BOB.id, target=ann.profile.id))
    await world.settle()
    assert await world.told(ann.id) == []
    world.clock.advance(6)
    assert await _between(world, ann, bob) == Relationship(followed_by=True)
    await world.apply(Posted(actor=BOB.id, post=a_post(BOB.id, to=[ann.profile.id])))
    await world.settle()
    assert await world.told(ann.id) == ["mention"]
    await Housekeeping(world.database, world.clock).step()
    assert await world.database.read(lambda tx: tx.value("SELECT count(*) FROM mutes")) == 0


async def test_one_may_be_told_of_what_the_muted_do(world: World) -> None:
    ann, bob = await world.local("ann"), await world.remote(BOB)
    now = world.clock.now()
    await world.database.write(lambda tx: relations.put_mute(tx, ann.id, bob.id, None, now, notifications=False))
    await world.apply(Posted(actor=BOB.id, post=a_post(BOB.id, to=[ann.profile.id])))
    await world.settle()
    assert await world.told(ann.id) == ["mention"]
    assert (await _between(world, ann, bob)).mutes_notifications is False


# -- remarks and endorsements


async def test_a_remark_is_ones_own_and_may_be_taken_back(world: World) -> None:
    ann, cat, bob = await world.local("ann"), await world.local("cat"), await world.remote(BOB)
    ties = _ties(world)
    assert await ties.remark(ann.id, bob.id, "first") is None
    assert await ties.remark(ann.id, bob.id, "second") is None
    assert (await _between(world, ann, bob)).remark == "second"
    assert (await _between(world, cat, bob)).remark == ""
    assert await ties.remark(ann.id, bob.id, "") is None
    assert (await _between(world, ann, bob)).remark == ""


async def test_a_remark_has_an_end_and_is_about_somebody(world: World) -> None:
    ann, bob = await world.local("ann"), await world.remote(BOB)
    ties = _ties(world)
    assert isinstance(await ties.remark(ann.id, bob.id, "x" * (MAX_REMARK + 1)), Refused)
    assert isinstance(await ties.remark(ann.id, MicroblogId(404), "who?"), Refused)
    assert isinstance(await ties.remark(ann.id, ann.id, "me"), Refused)


async def test_one_recommends_only_whom_one_follows(world: World) -> None:
    ann, bob = await world.local("ann"), await world.remote(BOB)
    ties = _ties(world)
    assert isinstance(await ties.endorse(ann.id, bob.id), Refused)
    assert isinstance(await ties.endorse(ann.id, MicroblogId(404)), Refused)
    await _follow(world, ann.profile, BOB)
    for _ in range(2):
        assert await ties.endorse(ann.id, bob.id) is None
    assert await world.database.read(lambda tx: regards.count_endorsed(tx, ann.id)) == 1
    await world.apply(Unfollowed(actor=ann.profile.id, target=BOB.id))
    assert (await _between(world, ann, bob)).endorses is False
    await _follow(world, ann.profile, BOB)
    await ties.endorse(ann.id, bob.id)
    await ties.unendorse(ann.id, bob.id)
    assert (await _between(world, ann, bob)).endorses is False


# -- domains


async def test_a_domain_shunned_is_heard_no_more(world: World) -> None:
    ann, cat, dan = await world.local("ann"), await world.local("cat"), await world.remote(DAN)
    await world.remote(BOB)
    await _follow(world, ann.profile, BOB)
    await _follow(world, BOB, ann.profile)
    await _follow(world, ann.profile, DAN)
    await _follow(world, cat.profile, BOB)
    await world.apply(Posted(actor=BOB.id, post=a_post(BOB.id, "before", to=[ann.profile.id])))
    await world.settle()
    assert await world.told(ann.id) == ["mention", "follow"]
    assert await _ties(world).shun(ann.id, "@FAR.example", "test") is None
    await world.settle()
    assert await world.told(ann.id) == ["severed"]
    assert await world.home(ann.id) == []
    passed_on = a_post(BOB.id, "after", to=[ann.profile.id])
    await world.apply(Posted(actor=BOB.id, post=passed_on))
    await world.apply(Boosted(actor=DAN.id, post=passed_on.id, at=world.clock.now()))
    await world.settle()
    assert await world.told(ann.id) == ["severed"], "and nothing of what came after"
    assert await world.home(ann.id) == []
    assert "<p>after</p>" in await world.home(cat.id)
    timelines = Timelines(world.database, world.clock, "here.example")
    assert (await timelines.public(ann.id)).items == []
    assert len((await timelines.public(cat.id)).items) == 2
    assert (await _between(world, ann, dan)).follows
    now = world.clock.now()
    bob = await world.database.read(lambda tx: microblogs.by_wire_id(tx, BOB.id))
    assert bob is not None
    among = await world.database.read(lambda tx: relations.hiding(tx, bob.id, [ann.id, cat.id], now))
    assert among == {ann.id}


async def test_the_shunned_hear_that_follows_ended_and_make_no_new_ones(world: World) -> None:
    ann = await world.local("ann")
    bob = await world.remote(BOB)
    await _follow(world, ann.profile, BOB)
    await _follow(world, BOB, ann.profile)
    await world.settle()
    before = dict(await world.owed()).get("https://far.example/inbox", 0)
    assert await _ties(world).shun(ann.id, "far.example", "test") is None
    await world.settle()
    assert await _between(world, ann, bob) == Relationship(shuns_domain=True)
    assert dict(await world.owed())["https://far.example/inbox"] == before + 2  # an Undo, and a Reject
    assert await world.apply(Followed(actor=ann.profile.id, target=BOB.id)) == Declined("shunned")
    await world.apply(Followed(actor=BOB.id, target=ann.profile.id))
    assert await _between(world, ann, bob) == Relationship(shuns_domain=True)
    await world.apply(Posted(actor=ann.profile.id, post=(post := a_post(ann.profile.id))))
    await world.apply(Liked(actor=BOB.id, post=post.id))
    await world.settle()
    assert await world.told(ann.id) == ["severed"]


async def test_a_domain_is_dealt_with_again(world: World) -> None:
    ann, bob = await world.local("ann"), await world.remote(BOB)
    ties = _ties(world)
    await ties.shun(ann.id, "far.example", "test")
    await ties.unshun(ann.id, "Far.Example")
    assert await _between(world, ann, bob) == Relationship()
    await world.apply(Followed(actor=BOB.id, target=ann.profile.id))
    await world.settle()
    assert await world.told(ann.id) == ["follow"]


@pytest.mark.parametrize("domain", ["", "here.example", "HERE.example", "a b", "https://far.example/", "x" * 400])
async def test_what_cannot_be_shunned(world: World, domain: str) -> None:
    ann = await world.local("ann")
    assert isinstance(await _ties(world).shun(ann.id, domain, "test"), Refused)
