"""Follows, marks, blocks, moves: what changes between microblogs and what is told of it."""

import msgspec

from scattershot.app.apply.origin import Declined, NothingNew
from scattershot.domain.change import (
    Blocked,
    Boosted,
    Edited,
    FollowAnswered,
    Followed,
    Liked,
    Moved,
    Pinned,
    Posted,
    ProfileChanged,
    Reported,
    Unboosted,
    Undone,
    Unfollowed,
    Unliked,
    Vanished,
    Voted,
)
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Audience, Option, Poll
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.wire_id import WireId
from scattershot.storage.tables import relations, reports, watches
from scattershot.testing.factories import NOON, a_post, a_profile, wire
from tests.app.conftest import World

BOB = a_profile("bob@far.example")
EVE = a_profile("eve@evil.example")


async def _follow(world: World, who: WireId, whom: Profile) -> None:
    await world.remote(whom)
    await world.apply(Followed(actor=who, target=whom.id))
    await world.apply(FollowAnswered(actor=whom.id, follower=who, accepted=True))


async def test_a_follow_from_elsewhere_is_answered_at_once(world: World) -> None:
    ann = await world.local("ann")
    await world.remote(BOB)
    await world.settle()
    await world.apply(Followed(actor=BOB.id, target=ann.profile.id, id=wire("https://far.example/f/1")))
    await world.settle()
    assert await world.owed() == [("https://far.example/inbox", 1)]
    assert await world.told(ann.id) == ["follow"]


async def test_a_locked_microblog_is_asked_first(world: World) -> None:
    ann = await world.local("ann")
    await world.lock(ann)
    bob = await world.remote(BOB)
    await world.apply(Followed(actor=BOB.id, target=ann.profile.id))
    await world.settle()
    assert await world.told(ann.id) == ["follow_request"]
    assert await world.owed() == []
    await world.apply(FollowAnswered(actor=ann.profile.id, follower=BOB.id, accepted=True))
    await world.settle()
    assert await world.told(ann.id) == ["follow"]
    assert await world.database.read(lambda tx: relations.follows(tx, bob.id, ann.id))


async def test_an_answer_to_a_wish_never_made_is_declined(world: World) -> None:
    ann = await world.local("ann")
    await world.remote(BOB)
    answer = FollowAnswered(actor=BOB.id, follower=ann.profile.id, accepted=True)
    assert await world.apply(answer) == Declined("no_such_follow")


async def test_only_the_one_asked_may_answer(world: World) -> None:
    ann = await world.local("ann")
    await world.remote(BOB)
    await world.remote(EVE)
    wish = await world.apply(Followed(actor=ann.profile.id, target=BOB.id))
    assert isinstance(wish, Recorded)
    named = wire(world.house.addresses.change(wish.seq))
    answer = FollowAnswered(actor=EVE.id, follower=ann.profile.id, accepted=True, follow=named)
    assert await world.apply(answer) == Declined("no_such_follow")


async def test_an_author_followed_elsewhere_is_watched_until_nobody_follows(world: World) -> None:
    ann, bob = await world.local("ann"), await world.remote(BOB)
    await world.apply(Followed(actor=ann.profile.id, target=BOB.id))
    await world.apply(FollowAnswered(actor=BOB.id, follower=ann.profile.id, accepted=True))
    assert await world.database.read(lambda tx: watches.get(tx, bob.id)) is not None
    await world.apply(Unfollowed(actor=ann.profile.id, target=BOB.id))
    assert await world.database.read(lambda tx: watches.get(tx, bob.id)) is None


async def test_one_who_is_blocked_is_refused_and_told_so(world: World) -> None:
    ann = await world.local("ann")
    await world.remote(EVE)
    await world.apply(Blocked(actor=ann.profile.id, target=EVE.id))
    refused = await world.apply(Followed(actor=EVE.id, target=ann.profile.id, id=wire("https://evil.example/f/1")))
    assert isinstance(refused, Recorded)
    assert refused.kind is Kind.FOLLOW_REJECTED
    await world.settle()
    assert await world.told(ann.id) == []


async def test_what_somebody_followed_passes_on_comes_home_once(world: World) -> None:
    ann, bob = await world.local("ann"), await world.local("ben")
    carol = await world.local("cat")
    await world.apply(Followed(actor=ann.profile.id, target=bob.profile.id))
    await world.apply(Followed(actor=ann.profile.id, target=carol.profile.id))
    await world.remote(EVE)
    post = a_post(EVE.id, "worth passing on")
    await world.apply(Posted(actor=EVE.id, post=post), asked_for=True)
    for who in (bob, carol):
        await world.apply(Boosted(actor=who.profile.id, post=post.id, at=Millis(NOON + 9_000)))
    await world.settle()
    assert await world.home(ann.id) == ["<p>worth passing on</p>"]


async def test_a_post_that_somebody_passed_on_does_not_come_again_when_its_author_is_followed(world: World) -> None:
    ann = await world.local("ann")
    await world.remote(EVE)
    await _follow(world, ann.profile.id, BOB)
    posts = [a_post(EVE.id, text) for text in ("passed on", "not passed on")]
    for post in posts:
        await world.apply(Posted(actor=EVE.id, post=post), asked_for=True)
    await world.apply(Boosted(actor=BOB.id, post=posts[0].id, at=NOON))
    await world.settle()
    assert await world.home(ann.id) == ["<p>passed on</p>"]
    await _follow(world, ann.profile.id, EVE)
    await world.settle()
    assert sorted(await world.home(ann.id)) == ["<p>not passed on</p>", "<p>passed on</p>"]


async def test_a_boost_taken_back_leaves_the_home_timeline(world: World) -> None:
    ann, ben = await world.local("ann"), await world.local("ben")
    await world.apply(Followed(actor=ann.profile.id, target=ben.profile.id))
    await world.remote(EVE)
    post = a_post(EVE.id)
    await world.apply(Posted(actor=EVE.id, post=post), asked_for=True)
    await world.apply(Boosted(actor=ben.profile.id, post=post.id, at=NOON))
    await world.settle()
    await world.apply(Unboosted(actor=ben.profile.id, post=post.id))
    await world.settle()
    assert await world.home(ann.id) == []


async def test_a_post_for_few_cannot_be_passed_on(world: World) -> None:
    ann = await world.local("ann")
    await world.remote(BOB)
    post = a_post(BOB.id, to=[ann.profile.id], audience=Audience.MENTIONED)
    await world.apply(Posted(actor=BOB.id, post=post))
    assert await world.apply(Boosted(actor=ann.profile.id, post=post.id, at=NOON)) == Declined("not_open")


async def test_a_like_of_what_one_may_not_see_is_declined(world: World) -> None:
    ann = await world.local("ann")
    await world.remote(BOB)
    await world.remote(EVE)
    post = a_post(BOB.id, to=[ann.profile.id], audience=Audience.MENTIONED)
    await world.apply(Posted(actor=BOB.id, post=post))
    assert await world.apply(Liked(actor=EVE.id, post=post.id)) == Declined("not_allowed")


async def test_a_like_counts_once_and_is_taken_back_by_name(world: World) -> None:
    ann = await world.local("ann")
    await world.remote(BOB)
    post = a_post(BOB.id, to=[ann.profile.id])
    await world.apply(Posted(actor=BOB.id, post=post))
    name = wire("https://evil.example/likes/1")
    await world.remote(EVE)
    await world.apply(Liked(actor=EVE.id, post=post.id, id=name))
    assert isinstance(await world.apply(Liked(actor=EVE.id, post=post.id, id=name)), NothingNew)
    row = await world.post(post.id)
    assert row is not None
    assert row.likes == 1
    assert isinstance(await world.apply(Undone(actor=BOB.id, change=name)), NothingNew)
    assert isinstance(await world.apply(Undone(actor=EVE.id, change=name)), Recorded)
    row = await world.post(post.id)
    assert row is not None
    assert row.likes == 0
    assert isinstance(await world.apply(Unliked(actor=EVE.id, post=post.id)), NothingNew)


async def test_a_vote_is_counted_once_and_in_time(world: World) -> None:
    ann = await world.local("ann")
    await world.remote(BOB)
    poll = Poll((Option("tea"), Option("coffee")), ends=Millis(NOON + 60_000))
    post = a_post(ann.profile.id, poll=poll)
    await world.apply(Posted(actor=ann.profile.id, post=post))
    assert isinstance(await world.apply(Voted(actor=BOB.id, post=post.id, choice="tea")), Recorded)
    assert await world.apply(Voted(actor=BOB.id, post=post.id, choice="coffee")) == Declined("voted_already")
    assert await world.apply(Voted(actor=BOB.id, post=post.id, choice="milk")) == Declined("no_such_choice")
    world.clock.advance(61)
    await world.remote(EVE)
    assert await world.apply(Voted(actor=EVE.id, post=post.id, choice="tea")) == Declined("poll_over")
    row = await world.post(post.id)
    assert row is not None
    assert row.post.poll is not None
    assert (row.post.poll.options[0].votes, row.post.poll.voters) == (1, 1)


async def test_a_move_takes_its_followers_along_only_with_the_targets_consent(world: World) -> None:
    ann, bob = await world.local("ann"), await world.remote(BOB)
    new = a_profile("bob@new.example")
    await world.remote(new)
    await world.apply(Followed(actor=ann.profile.id, target=BOB.id))
    await world.apply(FollowAnswered(actor=BOB.id, follower=ann.profile.id, accepted=True))
    assert await world.apply(Moved(actor=BOB.id, target=new.id)) == Declined("no_alias")
    agreed = msgspec.structs.replace(new, also_known_as=(BOB.id.value,))
    await world.apply(ProfileChanged(actor=new.id, profile=agreed))
    await world.apply(Moved(actor=BOB.id, target=new.id))
    await world.settle()
    followed = await world.database.read(lambda tx: relations.pending(tx, ann.id))
    assert [wish.followee != bob.id for wish in followed] == [True]


async def test_one_who_vanishes_takes_all_words_along(world: World) -> None:
    ann = await world.local("ann")
    await world.remote(BOB)
    post = a_post(BOB.id, to=[ann.profile.id])
    await world.apply(Posted(actor=BOB.id, post=post))
    await world.apply(Vanished(actor=BOB.id))
    row = await world.post(post.id)
    assert row is not None
    assert row.gone
    assert await world.apply(Posted(actor=BOB.id, post=a_post(BOB.id))) == Declined("gone")


async def test_only_an_author_pins_and_only_its_own_post(world: World) -> None:
    ann, ben = await world.local("ann"), await world.local("ben")
    post = a_post(ann.profile.id)
    await world.apply(Posted(actor=ann.profile.id, post=post))
    assert await world.apply(Pinned(actor=ben.profile.id, post=post.id)) == Declined("not_the_author")
    assert isinstance(await world.apply(Pinned(actor=ann.profile.id, post=post.id)), Recorded)


async def test_a_complaint_about_somebody_here_is_filed(world: World) -> None:
    ann = await world.local("ann")
    await world.remote(BOB)
    await world.apply(Reported(actor=BOB.id, targets=(ann.profile.id,), comment="rude"))
    [report] = await world.database.read(lambda tx: reports.unresolved(tx, 10))
    assert (report.target, report.comment) == (ann.id, "rude")


async def test_an_edit_that_names_somebody_new_tells_them(world: World) -> None:
    ann, ben = await world.local("ann"), await world.local("ben")
    post = a_post(ann.profile.id)
    await world.apply(Posted(actor=ann.profile.id, post=post))
    named = a_post(ann.profile.id, "hi", id=post.id, to=[ben.profile.id], edited=Millis(NOON + 10**6))
    await world.apply(Edited(actor=ann.profile.id, post=named))
    await world.settle()
    assert await world.told(ben.id) == ["mention"]
