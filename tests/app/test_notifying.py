"""Who is told what, once, at once or later, and what is told no more."""

from typing import Any

import pytest
from msgspec.structs import replace

from scattershot.app import notifying
from scattershot.app.dealing import Dealing
from scattershot.app.moderating import Moderating
from scattershot.app.notifications import Notifications
from scattershot.app.poll_ends import LATE, PollEnds
from scattershot.app.programs import Programs
from scattershot.app.quiet import Quiet
from scattershot.app.ties import Ties
from scattershot.domain.change import (
    Blocked,
    Boosted,
    Deleted,
    Edited,
    Liked,
    Reported,
    Unboosted,
    Unliked,
    Voted,
)
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Voice
from scattershot.domain.node import Standing
from scattershot.domain.notification import Cause, Measure, Told, Treatment
from scattershot.domain.post import Audience, Option, Poll
from scattershot.domain.window import FROM_THE_TOP
from scattershot.storage.tables import microblogs, nodes, relations, shunned
from scattershot.storage.tables.notifications import ALL
from scattershot.testing.factories import a_profile
from tests.app.conftest import World
from tests.app.telling import BOB, EVE, a_post_of, ann, bob, follow, mentioned_by, told, wish

__all__ = ["ann", "bob", "told"]

DAY = 86_400


# -- what is told


async def test_a_reaction_is_told_with_its_emoji_and_taken_back_by_itself(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    post = await a_post_of(world, ann.profile)
    for emoji in ("", "🎉", "🦆"):
        await world.apply(Liked(actor=BOB.id, post=post.id, emoji=emoji))
    await world.settle()
    found = await told.read(lambda tx: told.page_in(tx, ann.id, FROM_THE_TOP, 10, ALL))
    assert [(each.row.kind, each.row.about) for each in found.entries] == [
        ("reaction", "🦆"), ("reaction", "🎉"), ("like", ""),
    ]  # fmt: skip
    assert len({each.key for each in found.entries}) == 1
    await world.apply(Unliked(actor=BOB.id, post=post.id, emoji="🎉"))
    await world.settle()
    assert await world.told(ann.id) == ["reaction", "like"]


async def test_who_passed_a_post_on_is_told_of_each_new_wording_once(
    world: World, ann: microblogs.Row, bob: microblogs.Row
) -> None:
    post = await a_post_of(world, BOB, "first")
    await world.apply(Boosted(actor=ann.profile.id, post=post.id, at=world.clock.now()))
    await world.settle()
    for text in ("second", "third"):
        world.clock.advance(60)
        post = replace(post, html=f"<p>{text}</p>", edited=world.clock.now())
        await world.apply(Edited(actor=BOB.id, post=post))
        await world.settle()
        assert await world.told(ann.id) == ["edit"]
    await world.apply(Unboosted(actor=ann.profile.id, post=post.id))
    world.clock.advance(60)
    await world.apply(Boosted(actor=ann.profile.id, post=post.id, at=world.clock.now()))
    await world.settle()


async def test_a_poll_that_stands_otherwise_is_no_new_wording(
    world: World, ann: microblogs.Row, bob: microblogs.Row
) -> None:
    poll = Poll((Option("tea"), Option("coffee")))
    post = await a_post_of(world, BOB, poll=poll, edited=Millis(world.clock.now() - 1_000))
    await world.apply(Boosted(actor=ann.profile.id, post=post.id, at=world.clock.now()))
    await world.apply(Edited(actor=BOB.id, post=replace(post, poll=Poll((Option("tea", 1), Option("coffee"))))))
    await world.settle()
    assert await world.told(ann.id) == []


async def test_those_who_asked_and_voted_are_told_that_a_poll_is_over(
    world: World, ann: microblogs.Row, bob: microblogs.Row
) -> None:
    amy, ends = await world.local("amy"), Millis(world.clock.now() + 300_000)
    ours = await a_post_of(world, ann.profile, poll=Poll((Option("tea"), Option("coffee")), ends=ends))
    theirs = await a_post_of(world, BOB, poll=Poll((Option("red"), Option("blue")), ends=ends))
    await a_post_of(world, BOB, poll=Poll((Option("up"), Option("down")), ends=ends))
    for voter, post, choice in ((amy.profile.id, ours, "tea"), (BOB.id, ours, "tea"), (ann.profile.id, theirs, "red")):
        await world.apply(Voted(actor=voter, post=post.id, choice=choice))
    await world.settle()
    ending = PollEnds(world.database, world.clock, world.bus)
    assert await ending.step() == 0
    world.clock.advance(301)
    assert await ending.step() == 2
    assert await ending.step() == 0
    await world.settle()
    assert await world.told(ann.id) == ["poll", "poll"]
    assert await world.told(amy.id) == ["poll"]


async def test_a_poll_ends_when_its_author_says_so(world: World, ann: microblogs.Row, bob: microblogs.Row) -> None:
    poll = Poll((Option("red"), Option("blue")), ends=Millis(world.clock.now() + DAY * 1_000))
    post = await a_post_of(world, BOB, poll=poll)
    await world.apply(Voted(actor=ann.profile.id, post=post.id, choice="red"))
    await world.settle()
    await world.apply(Edited(actor=BOB.id, post=replace(post, poll=replace(poll, closed=world.clock.now()))))
    await world.settle()
    assert await PollEnds(world.database, world.clock, world.bus).step() == 1
    await world.settle()
    assert await world.told(ann.id) == ["poll"]


async def test_nobody_hears_of_polls_that_were_over_long_ago_or_deleted(world: World, ann: microblogs.Row) -> None:
    ends = Millis(world.clock.now() + 300_000)
    gone = await a_post_of(world, ann.profile, poll=Poll((Option("tea"), Option("coffee")), ends=ends))
    await world.settle()
    await world.apply(Deleted(actor=ann.profile.id, post=gone.id))
    await a_post_of(world, ann.profile, poll=Poll((Option("tea"), Option("coffee")), ends=ends))
    await world.settle()
    world.clock.advance(LATE / 1_000 + 301)
    assert await PollEnds(world.database, world.clock, world.bus).step() == 1
    await world.settle()
    assert await world.told(ann.id) == []


async def test_admins_are_told_of_complaints_and_of_who_signed_up(world: World, bob: microblogs.Row) -> None:
    made = await world.people.add("boss", admin=True)
    assert isinstance(made, tuple)
    boss, ann = made[1], await world.local("ann")
    await world.apply(Reported(actor=BOB.id, targets=(ann.profile.id,), comment="rude"))
    await world.database.write(lambda tx: notifying.note_sign_up(tx, ann.id, "test", world.clock.now()))
    await world.settle()
    assert await world.told(boss) == ["sign_up", "report"]
    assert await world.told(ann.id) == []


async def test_a_complaint_is_told_with_whom_it_is_about(
    world: World, bob: microblogs.Row, told: Notifications
) -> None:
    made = await world.people.add("boss", admin=True)
    assert isinstance(made, tuple)
    ann = await world.local("ann")
    await world.apply(Reported(actor=BOB.id, targets=(ann.profile.id,), comment="rude"))
    await world.settle()
    found = await told.read(lambda tx: told.page_in(tx, made[1], FROM_THE_TOP, 10, ALL))
    [notice] = found.entries
    assert notice.report is not None
    assert notice.report.comment == "rude"
    assert notice.accused is not None
    assert notice.accused.id == ann.id


async def test_whom_one_lost_with_a_node_is_told(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    await follow(world, ann.profile.id, BOB.id)
    await follow(world, BOB.id, ann.profile.id)
    await world.remote(a_profile("carl@far.example"))
    await follow(world, a_profile("carl@far.example").id, ann.profile.id)
    amy = await world.local("amy")
    await Dealing(world.database, world.clock, world.bus, world.house).block("far.example")
    await world.settle()
    found = await told.read(lambda tx: told.page_in(tx, ann.id, FROM_THE_TOP, 10, ALL))
    [notice] = found.entries
    assert notice.severance is not None
    assert (notice.severance.host, notice.severance.followers, notice.severance.following) == ("far.example", 2, 1)
    assert await world.told(amy.id) == []


async def test_whom_one_lost_by_shunning_a_domain_is_told(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    await follow(world, ann.profile.id, BOB.id)
    await follow(world, BOB.id, ann.profile.id)
    amy = await world.local("amy")
    await follow(world, amy.profile.id, BOB.id)
    await Ties(world.database, world.clock, world.bus, world.house, ("here.example",)).shun(
        ann.id, "far.example", "test"
    )
    await world.settle()
    found = await told.read(lambda tx: told.page_in(tx, ann.id, FROM_THE_TOP, 10, ALL))
    [notice] = found.entries
    assert notice.severance is not None
    assert notice.severance[2:3] + notice.severance[4:] == ("far.example", 1, 1, Cause.SHUNNED)
    assert await world.told(amy.id) == []


async def test_whom_one_lost_because_somebody_was_shut_out_is_told(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    await follow(world, ann.profile.id, BOB.id)
    moderating = Moderating(
        world.database, world.clock, world.bus, world.house, Programs(world.database, world.clock), "here.example"
    )
    assert await moderating.judge(bob.id, Measure.BLOCKED) is None
    await world.settle()
    found = await told.read(lambda tx: told.page_in(tx, ann.id, FROM_THE_TOP, 10, ALL))
    [notice] = found.entries
    assert notice.severance is not None
    assert notice.severance[2:3] + notice.severance[4:] == ("bob@far.example", 0, 1, Cause.SHUT)


@pytest.mark.parametrize("told_of", [True, False])
async def test_of_whom_one_mutes_one_is_told_only_if_one_said_so(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told_of: bool
) -> None:
    now = world.clock.now()
    await world.database.write(lambda tx: relations.put_mute(tx, ann.id, bob.id, None, now, notifications=not told_of))
    await mentioned_by(world, BOB, ann.profile)
    assert await world.told(ann.id) == (["mention"] if told_of else [])


async def test_nothing_is_told_of_those_at_a_domain_that_one_shuns(
    world: World, ann: microblogs.Row, bob: microblogs.Row
) -> None:
    amy = await world.local("amy")
    await world.database.write(lambda tx: shunned.add(tx, ann.id, "far.example", world.clock.now()))
    await mentioned_by(world, BOB, ann.profile)
    await mentioned_by(world, BOB, amy.profile)
    assert await world.told(ann.id) == []
    assert await world.told(amy.id) == ["mention"]
    await world.database.write(lambda tx: shunned.drop(tx, ann.id, "far.example"))
    await mentioned_by(world, BOB, ann.profile)
    assert await world.told(ann.id) == ["mention"]


async def test_a_warning_is_told_in_ones_own_name(world: World, ann: microblogs.Row, told: Notifications) -> None:
    now = world.clock.now()
    await world.database.write(
        lambda tx: notifying.note_warning(tx, ann.id, Measure.LIMITED, "Be kind.", [], "test", now)
    )
    await world.settle()
    found = await told.read(lambda tx: told.page_in(tx, ann.id, FROM_THE_TOP, 10, ALL))
    [notice] = found.entries
    assert notice.warning is not None
    assert (notice.warning.text, notice.warning.measure) == ("Be kind.", "limited")
    assert notice.sender.id == ann.id


async def test_those_who_wish_it_are_told_of_every_post_but_once(
    world: World, ann: microblogs.Row, bob: microblogs.Row
) -> None:
    from scattershot.storage.tables import log, posts

    amy = await world.local("amy")
    post = await mentioned_by(world, BOB, amy.profile)
    row = await world.post(post.id)
    assert row is not None

    def work(tx: Any) -> None:
        [recorded] = [each for each in log.about_post(tx, row.id) if each.kind == "posted"]
        known = posts.get(tx, row.id)
        assert known is not None
        notifying.posted_by_followed(tx, recorded, known, [ann.id, amy.id])

    await world.database.write(work)
    assert await world.told(ann.id) == ["post"]
    assert await world.told(amy.id) == ["mention"]


# -- what is not


async def test_nothing_is_told_of_the_muted_and_the_blocked(
    world: World, ann: microblogs.Row, bob: microblogs.Row
) -> None:
    now = world.clock.now()
    await world.database.write(lambda tx: relations.put_mute(tx, ann.id, bob.id, Millis(now + 1_000), now))
    await mentioned_by(world, BOB, ann.profile)
    assert await world.told(ann.id) == []
    world.clock.advance(2)
    await mentioned_by(world, BOB, ann.profile)
    assert await world.told(ann.id) == ["mention"], "the mute is over"
    await world.apply(Blocked(actor=ann.profile.id, target=BOB.id))
    await mentioned_by(world, BOB, ann.profile)
    assert await world.told(ann.id) == [], "neither of what comes nor of what was before"


async def test_nothing_is_told_of_a_conversation_that_is_kept_quiet(
    world: World, ann: microblogs.Row, bob: microblogs.Row
) -> None:
    ours = await a_post_of(world, ann.profile)
    row = await world.post(ours.id)
    assert row is not None
    await Quiet(world.database).put(ann.id, row.id, quiet=True)
    answer = await mentioned_by(world, BOB, ann.profile, reply_to=ours.id)
    await world.apply(Liked(actor=BOB.id, post=ours.id))
    await mentioned_by(world, BOB, ann.profile, reply_to=answer.id)
    assert await world.told(ann.id) == []
    await mentioned_by(world, BOB, ann.profile)
    assert await world.told(ann.id) == ["mention"]
    await Quiet(world.database).put(ann.id, row.id, quiet=False)
    await mentioned_by(world, BOB, ann.profile, reply_to=ours.id)
    assert await world.told(ann.id) == ["mention", "mention"]


async def test_nobody_is_told_of_own_deeds(world: World, ann: microblogs.Row) -> None:
    post = await mentioned_by(world, ann.profile, ann.profile)
    await world.apply(Liked(actor=ann.profile.id, post=post.id))
    await world.apply(Boosted(actor=ann.profile.id, post=post.id, at=world.clock.now()))
    await world.settle()
    assert await world.told(ann.id) == []


async def test_doing_it_twice_tells_once(world: World, ann: microblogs.Row, bob: microblogs.Row) -> None:
    post = await mentioned_by(world, BOB, ann.profile, audience=Audience.MENTIONED)
    row = await world.post(post.id)
    assert row is not None
    known = row

    def again(tx: Any) -> Treatment:
        return notifying.tell(tx, ann.id, Told.MENTION, bob.id, known.id, world.clock.now())

    assert await world.database.write(again) is Treatment.ACCEPT
    assert await world.told(ann.id) == ["mention"]


# -- what waits


async def test_what_a_stranger_does_waits_until_it_is_let_in(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    await wish(told, ann, not_following=Treatment.HOLD)
    post = await a_post_of(world, ann.profile)
    await world.apply(Liked(actor=BOB.id, post=post.id))
    await world.settle()
    assert (await told.wishes(ann.id))[1].askers == 0, "a like alone asks for nothing"
    await mentioned_by(world, BOB, ann.profile)
    last = await mentioned_by(world, BOB, ann.profile)
    assert await world.told(ann.id) == []
    assert await told.unread(ann.id, 100, ALL) == 0
    _, waiting = await told.wishes(ann.id)
    assert (waiting.askers, waiting.notifications) == (1, 2)
    found = await told.read(lambda tx: told.requests_in(tx, ann.id, FROM_THE_TOP, 10))
    [request] = found.entries
    assert (request.sender.id, request.asker.size) == (bob.id, 2)
    assert request.item is not None
    assert request.item.post.id == last.id
    assert await told.let_in(ann.id, [request.asker.id]) == 1
    assert await world.told(ann.id) == ["mention", "mention", "like"]
    assert (await told.wishes(ann.id))[1].askers == 0
    await mentioned_by(world, BOB, ann.profile)
    assert len(await world.told(ann.id)) == 4


async def test_who_is_turned_away_waits_again(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    await wish(told, ann, not_following=Treatment.HOLD)
    await mentioned_by(world, BOB, ann.profile)
    found = await told.read(lambda tx: told.requests_in(tx, ann.id, FROM_THE_TOP, 10))
    assert await told.turn_away(ann.id, [each.asker.id for each in found.entries]) == 1
    assert (await told.read(lambda tx: told.requests_in(tx, ann.id, FROM_THE_TOP, 10))).entries == []
    await mentioned_by(world, BOB, ann.profile)
    [again] = (await told.read(lambda tx: told.requests_in(tx, ann.id, FROM_THE_TOP, 10))).entries
    assert again.asker.size == 1


async def test_nobody_lets_in_for_others(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    amy = await world.local("amy")
    await wish(told, ann, not_following=Treatment.HOLD)
    await mentioned_by(world, BOB, ann.profile)
    [request] = (await told.read(lambda tx: told.requests_in(tx, ann.id, FROM_THE_TOP, 10))).entries
    assert await told.let_in(amy.id, [request.asker.id]) == 0
    assert await told.turn_away(amy.id, [request.asker.id]) == 0
    assert await world.told(ann.id) == []


async def test_what_is_dropped_leaves_nothing(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    await wish(told, ann, not_following=Treatment.DROP)
    await mentioned_by(world, BOB, ann.profile, audience=Audience.MENTIONED)
    found = await told.read(lambda tx: told.page_in(tx, ann.id, FROM_THE_TOP, 10, told.sought(None, None, held=True)))
    assert found.entries == []
    assert (await told.read(lambda tx: told.conversations_in(tx, ann.id, FROM_THE_TOP, 10))).entries == []


async def test_a_private_mention_in_answer_comes_through_and_another_waits(
    world: World, ann: microblogs.Row, bob: microblogs.Row, told: Notifications
) -> None:
    await wish(told, ann, private_mentions=Treatment.HOLD)
    ours = await a_post_of(world, ann.profile, to=[BOB.id], audience=Audience.MENTIONED)
    await mentioned_by(world, BOB, ann.profile, audience=Audience.MENTIONED, reply_to=ours.id)
    assert await world.told(ann.id) == ["mention"]
    await mentioned_by(world, BOB, ann.profile)
    assert await world.told(ann.id) == ["mention", "mention"], "an open one does not wait"
    await mentioned_by(world, BOB, ann.profile, audience=Audience.MENTIONED)
    assert await world.told(ann.id) == ["mention", "mention"]


async def test_new_ones_bots_and_the_limited_wait_where_that_is_wished(
    world: World, ann: microblogs.Row, told: Notifications
) -> None:
    now = world.clock.now()
    new = a_profile("new@far.example", created=Millis(now - 1_000))
    old = a_profile("old@far.example", created=Millis(now - 90 * DAY * 1_000))
    robot = a_profile("robot@far.example", voice=Voice.SERVICE, created=Millis(now - 90 * DAY * 1_000))
    for profile in (new, old, robot, EVE):
        await world.remote(profile)
    await world.database.write(lambda tx: nodes.set_standing(tx, "evil.example", Standing.LIMITED))
    await wish(told, ann, new=Treatment.HOLD, bots=Treatment.HOLD)
    for profile in (new, robot, EVE, old):
        await mentioned_by(world, profile, ann.profile)
    found = await told.read(lambda tx: told.page_in(tx, ann.id, FROM_THE_TOP, 10, ALL))
    assert [each.sender.profile.name for each in found.entries] == ["old"]
    waiting = await told.read(lambda tx: told.requests_in(tx, ann.id, FROM_THE_TOP, 10))
    assert [each.sender.profile.name for each in waiting.entries] == ["eve", "robot", "new"]


async def test_those_who_run_the_node_are_always_heard(world: World, ann: microblogs.Row, told: Notifications) -> None:
    await world.people.add("boss", admin=True)
    boss = await world.database.read(lambda tx: microblogs.here(tx))
    [profile] = [row.profile for row in boss if row.profile.name == "boss"]
    await wish(told, ann, not_following=Treatment.DROP)
    await mentioned_by(world, profile, ann.profile)
    assert await world.told(ann.id) == ["mention"]
