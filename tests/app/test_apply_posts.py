"""Posts coming in: stored once, placed in their thread, and only where they concern somebody here."""

import msgspec

from scattershot.app.apply.origin import Declined, Lacks, NothingNew
from scattershot.domain.change import Deleted, Edited, FollowAnswered, Followed, Posted
from scattershot.domain.ids import Millis
from scattershot.domain.post import Audience, Option, Poll
from scattershot.domain.record import Recorded
from scattershot.testing.factories import NOON, a_post, a_profile, wire
from tests.app.conftest import World

BOB = a_profile("bob@far.example")


async def followed(world: World) -> None:
    """Ann, who is here, follows Bob, who is not."""
    ann, bob = await world.local("ann"), await world.remote(BOB)
    await world.apply(Followed(actor=ann.profile.id, target=bob.profile.id))
    await world.apply(FollowAnswered(actor=bob.profile.id, follower=ann.profile.id, accepted=True))
    await world.settle()


async def test_a_post_by_somebody_followed_is_stored_once(world: World) -> None:
    await followed(world)
    post = a_post(BOB.id)
    assert isinstance(await world.apply(Posted(actor=BOB.id, post=post)), Recorded)
    assert isinstance(await world.apply(Posted(actor=BOB.id, post=post)), NothingNew)


async def test_a_post_by_a_stranger_that_concerns_nobody_here_is_declined(world: World) -> None:
    await world.remote(BOB)
    assert await world.apply(Posted(actor=BOB.id, post=a_post(BOB.id))) == Declined("unrelated")


async def test_a_post_that_names_somebody_here_is_taken_from_a_stranger(world: World) -> None:
    ann = await world.local("ann")
    await world.remote(BOB)
    post = a_post(BOB.id, to=[ann.profile.id], audience=Audience.MENTIONED)
    assert isinstance(await world.apply(Posted(actor=BOB.id, post=post)), Recorded)
    await world.settle()
    assert await world.told(ann.id) == ["mention"]


async def test_an_author_who_is_unknown_is_lacked(world: World) -> None:
    assert await world.apply(Posted(actor=BOB.id, post=a_post(BOB.id))) == Lacks((BOB.id,))


async def test_a_reply_that_comes_before_its_parent_is_joined_to_it_later(world: World) -> None:
    await followed(world)
    parent = a_post(BOB.id, "parent")
    reply = a_post(BOB.id, "reply", reply_to=parent.id)
    await world.apply(Posted(actor=BOB.id, post=reply))
    await world.apply(Posted(actor=BOB.id, post=parent))
    above, below = await world.post(parent.id), await world.post(reply.id)
    assert above is not None
    assert below is not None
    assert (below.reply_to, below.thread, above.replies) == (above.id, above.id, 1)


async def test_a_post_said_to_come_from_the_future_is_of_now(world: World) -> None:
    await followed(world)
    post = a_post(BOB.id, published=Millis(NOON + 10**10))
    await world.apply(Posted(actor=BOB.id, post=post))
    row = await world.post(post.id)
    assert row is not None
    assert row.id >> 16 == NOON


async def test_a_deletion_that_comes_before_its_post_still_holds(world: World) -> None:
    await followed(world)
    post = a_post(BOB.id)
    await world.apply(Deleted(actor=BOB.id, post=post.id))
    assert await world.apply(Posted(actor=BOB.id, post=post)) == Declined("deleted")


async def test_nobody_else_may_delete_or_edit_a_post(world: World) -> None:
    await followed(world)
    eve = await world.remote(a_profile("eve@far.example"))
    post = a_post(BOB.id)
    await world.apply(Posted(actor=BOB.id, post=post))
    assert await world.apply(Deleted(actor=eve.profile.id, post=post.id)) == Declined("not_the_author")
    forged = msgspec.structs.replace(post, html="<p>mine</p>", edited=Millis(NOON + 10**6))
    assert await world.apply(Edited(actor=eve.profile.id, post=forged)) == Declined("not_the_author")


async def test_a_post_that_is_deleted_leaves_no_word_behind(world: World) -> None:
    await followed(world)
    post = a_post(BOB.id, "a secret slip")
    await world.apply(Posted(actor=BOB.id, post=post))
    edited = msgspec.structs.replace(post, html="<p>a secret slap</p>", edited=Millis(NOON + 10**6))
    await world.apply(Edited(actor=BOB.id, post=edited))
    await world.apply(Deleted(actor=BOB.id, post=post.id))
    for table in ("posts", "edits", "log"):
        held = await world.database.read(lambda tx, t=table: str(tx.fetch(lambda *row: row, f"SELECT * FROM {t}")))
        assert "secret" not in held


async def test_an_edit_older_than_what_we_have_changes_nothing(world: World) -> None:
    await followed(world)
    post = a_post(BOB.id, edited=Millis(NOON + 5_000))
    await world.apply(Posted(actor=BOB.id, post=post))
    older = msgspec.structs.replace(post, html="<p>older</p>", edited=Millis(NOON + 4_000))
    assert isinstance(await world.apply(Edited(actor=BOB.id, post=older)), NothingNew)


async def test_an_edit_never_widens_whom_a_post_is_for(world: World) -> None:
    await followed(world)
    post = a_post(BOB.id, audience=Audience.FOLLOWERS)
    await world.apply(Posted(actor=BOB.id, post=post))
    wider = msgspec.structs.replace(post, audience=Audience.PUBLIC, html="<p>2</p>", edited=Millis(NOON + 10**6))
    await world.apply(Edited(actor=BOB.id, post=wider))
    row = await world.post(post.id)
    assert row is not None
    assert (row.audience, row.post.audience) == (Audience.FOLLOWERS, Audience.FOLLOWERS)


async def test_a_polls_tally_moves_without_an_edit(world: World) -> None:
    await followed(world)
    poll = Poll((Option("tea"), Option("coffee")))
    post = a_post(BOB.id, poll=poll)
    await world.apply(Posted(actor=BOB.id, post=post))
    counted = msgspec.structs.replace(post, poll=Poll((Option("tea", 3), Option("coffee", 1)), voters=4))
    assert isinstance(await world.apply(Edited(actor=BOB.id, post=counted)), Recorded)
    row = await world.post(post.id)
    assert row is not None
    assert row.post.poll == counted.poll


async def test_a_name_of_the_wire_means_one_thing_for_ever(world: World) -> None:
    await followed(world)
    post = a_post(BOB.id)
    await world.apply(Posted(actor=BOB.id, post=post))
    thief = a_post(BOB.id, id=BOB.id)
    assert isinstance(await world.apply(Posted(actor=BOB.id, post=thief)), NothingNew)
    assert wire(post.id.value) == post.id
