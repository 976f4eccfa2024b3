"""Quotes applied: judged by the terms of what is quoted here, waiting for a stamp where it is quoted elsewhere."""

from typing import Any

import pytest
from msgspec.structs import replace

from scattershot.app.apply.origin import Declined, Lacks, NothingNew
from scattershot.domain.change import (
    Blocked,
    Deleted,
    Edited,
    FollowAnswered,
    Posted,
    QuoteAnswered,
    QuoteAsked,
    QuoteRevoked,
    ReplyAnswered,
    ReplyAsked,
    Vanished,
)
from scattershot.domain.ids import Millis, PostId
from scattershot.domain.post import Audience, Post
from scattershot.domain.quote import QuoteState
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.terms import ONLY_THE_AUTHOR, Circle, Rule, Terms
from scattershot.domain.wire_id import WireId
from scattershot.storage.tables import arrivals, microblogs, quotes
from scattershot.testing.factories import NOON, a_post, a_profile, wire
from tests.app.conftest import World

BOB, CY = a_profile("bob@far.example"), a_profile("cy@third.example")
QUESTION, STAMP = wire("https://far.example/requests/1"), wire("https://third.example/stamps/1")


async def anns_post(world: World, **parts: Any) -> tuple[microblogs.Row, Post]:
    """A post of ann, who is here; bob is elsewhere and known."""
    ann = await world.local("ann")
    await world.remote(BOB)
    made = a_post(ann.profile.id, **parts)
    here = replace(made, id=wire(f"https://here.example/p/{NOON << 16}"))
    await world.apply(Posted(actor=ann.profile.id, post=here), post_id=PostId(NOON << 16))
    return ann, here


async def cys_post(world: World, **parts: Any) -> Post:
    """A post of cy, who is elsewhere, known because somebody here asked for it."""
    await world.remote(BOB)
    await world.remote(CY)
    post = a_post(CY.id, **parts)
    await world.apply(Posted(actor=CY.id, post=post), asked_for=True)
    return post


async def state(world: World, post: WireId) -> QuoteState:
    row = await world.post(post)
    assert row is not None
    return row.quoting


async def counted(world: World, post: WireId) -> int:
    row = await world.post(post)
    assert row is not None
    return row.quotes


def asks(quoting: Post, quoted: Post, *, whole: bool = True) -> QuoteAsked:
    return QuoteAsked(
        actor=quoting.author, id=QUESTION, quoting=quoting.id, quoted=quoted.id, post=quoting if whole else None
    )


# What is kept here is quoted


async def test_a_question_is_answered_at_once_where_the_terms_say_so(world: World) -> None:
    ann, post = await anns_post(world)
    quoting = a_post(BOB.id, quote=post.id)
    assert isinstance(await world.apply(asks(quoting, post)), Recorded)
    await world.settle()
    assert await state(world, quoting.id) is QuoteState.ACCEPTED
    assert await counted(world, post.id) == 1
    assert await world.told(ann.id) == ["quote"]
    assert await world.owed() == [("https://far.example/inbox", 1)]


async def test_a_question_asked_twice_is_answered_twice_and_told_once(world: World) -> None:
    ann, post = await anns_post(world)
    quoting = a_post(BOB.id, quote=post.id)
    for _ in range(2):
        assert isinstance(await world.apply(asks(quoting, post)), Recorded)
    await world.settle()
    assert await world.owed() == [("https://far.example/inbox", 2)]
    assert await counted(world, post.id) == 1
    assert await world.told(ann.id) == ["quote"]


async def test_the_post_of_a_question_that_is_refused_is_not_kept(world: World) -> None:
    ann, post = await anns_post(world, terms=Terms(quotes=ONLY_THE_AUTHOR))
    quoting = a_post(BOB.id, quote=post.id)
    recorded = await world.apply(asks(quoting, post))
    assert isinstance(recorded, Recorded)
    assert (recorded.kind, recorded.detail) == (
        Kind.QUOTE_REJECTED, f"{QUESTION.value} {quoting.id.value} {post.id.value}",
    )  # fmt: skip
    assert await world.post(quoting.id) is None
    await world.settle()
    assert await world.told(ann.id) == []
    assert await world.owed() == [("https://far.example/inbox", 1)]


async def test_a_question_that_only_names_its_post_waits_until_that_is_here(world: World) -> None:
    _, post = await anns_post(world)
    quoting = a_post(BOB.id, quote=post.id)
    assert await world.apply(asks(quoting, post, whole=False)) == Lacks((quoting.id,))
    await world.apply(Posted(actor=BOB.id, post=quoting), asked_for=True)
    assert isinstance(await world.apply(asks(quoting, post, whole=False)), Recorded)


@pytest.mark.parametrize("audience", [Audience.FOLLOWERS, Audience.MENTIONED, Audience.LOCAL])
async def test_one_who_may_not_see_the_post_learns_nothing_by_asking(world: World, audience: Audience) -> None:
    _, post = await anns_post(world, audience=audience)
    assert await world.apply(asks(a_post(BOB.id, quote=post.id), post)) == Declined("not_allowed")
    await world.settle()
    assert await world.owed() == []


async def test_one_who_is_blocked_may_not_ask(world: World) -> None:
    ann, post = await anns_post(world)
    await world.apply(Blocked(actor=ann.profile.id, target=BOB.id))
    assert await world.apply(asks(a_post(BOB.id, quote=post.id), post)) == Declined("not_allowed")


async def test_a_question_about_another_post_than_it_brings_is_declined(world: World) -> None:
    _, post = await anns_post(world)
    elsewhere = a_post(BOB.id, quote=wire("https://third.example/1"))
    assert await world.apply(asks(elsewhere, post)) == Declined("not_a_quote")
    assert await world.apply(asks(a_post(BOB.id), post)) == Declined("not_a_quote")
    unknown = replace(post, id=wire("https://here.example/p/7"))
    assert await world.apply(asks(a_post(BOB.id, quote=unknown.id), unknown)) == Declined("unknown_post")


async def test_a_post_of_software_that_asks_nobody_is_judged_by_the_terms_as_well(world: World) -> None:
    ann, post = await anns_post(world)
    old = a_post(BOB.id, quote=post.id, quote_unasked=True)
    assert isinstance(await world.apply(Posted(actor=BOB.id, post=old)), Recorded)
    await world.settle()
    assert await state(world, old.id) is QuoteState.ACCEPTED
    assert await world.told(ann.id) == ["quote"]
    assert await world.owed() == [("https://far.example/inbox", 1)], "an answer that nobody asked for says nothing"


async def test_what_the_terms_forbid_is_shown_as_a_link_where_nobody_asks(world: World) -> None:
    ann, post = await anns_post(world, terms=Terms(quotes=ONLY_THE_AUTHOR))
    old = a_post(BOB.id, quote=post.id, quote_unasked=True)
    new = a_post(BOB.id, quote=post.id)
    for each in (old, new):
        await world.apply(Posted(actor=BOB.id, post=each))
    await world.settle()
    assert [await state(world, each.id) for each in (old, new)] == [QuoteState.UNASKED, QuoteState.REJECTED]
    assert await world.told(ann.id) == []


async def test_a_question_after_a_look_waits_and_may_be_answered_once(world: World) -> None:
    ann, post = await anns_post(world, terms=Terms(quotes=Rule((), (Circle.EVERYONE,))))
    quoting = a_post(BOB.id, quote=post.id)
    await world.apply(asks(quoting, post))
    assert await state(world, quoting.id) is QuoteState.PENDING
    yes = QuoteAnswered(actor=ann.profile.id, accepted=True, quoting=quoting.id)
    assert isinstance(await world.apply(yes), Recorded)
    assert isinstance(await world.apply(yes), NothingNew)
    assert await counted(world, post.id) == 1
    no = QuoteAnswered(actor=ann.profile.id, accepted=False, quoting=quoting.id)
    assert isinstance(await world.apply(no), Recorded)
    assert await state(world, quoting.id) is QuoteState.REVOKED
    assert await world.apply(yes) == Declined("revoked_quote")
    assert await counted(world, post.id) == 0


async def test_nobody_but_the_quoted_author_may_answer(world: World) -> None:
    _, post = await anns_post(world, terms=Terms(quotes=Rule((), (Circle.EVERYONE,))))
    dora = await world.local("dora")
    quoting = a_post(BOB.id, quote=post.id)
    await world.apply(asks(quoting, post))
    for who in (dora.profile.id, BOB.id):
        answer = QuoteAnswered(actor=who, accepted=True, quoting=quoting.id, stamp=wire("https://far.example/s"))
        assert await world.apply(answer) == Declined("not_the_author")
    assert await world.apply(
        QuoteAnswered(actor=dora.profile.id, accepted=True, quoting=wire("https://far.example/unknown"))
    ) == Declined("no_such_quote")


# What is elsewhere is quoted


async def test_a_quote_of_a_third_party_waits_for_its_stamp(world: World) -> None:
    post = await cys_post(world)
    quoting = a_post(BOB.id, quote=post.id, quote_stamp=STAMP)
    await world.apply(Posted(actor=BOB.id, post=quoting), asked_for=True)
    assert await state(world, quoting.id) is QuoteState.PENDING
    wanted = await world.database.read(lambda tx: arrivals.wanted(tx, world.clock.now(), 10))
    assert [(each.value, each.why) for each in wanted] == [(STAMP.value, "stamp")]
    proof = QuoteAnswered(actor=CY.id, accepted=True, quoting=quoting.id, quoted=post.id, stamp=STAMP)
    assert await world.apply(proof) == Declined("unrelated"), "it is not told, it is looked at"
    assert isinstance(await world.apply(proof, asked_for=True), Recorded)
    assert await state(world, quoting.id) is QuoteState.ACCEPTED
    assert await counted(world, post.id) == 1


async def test_a_stamp_of_another_author_or_for_another_post_proves_nothing(world: World) -> None:
    post = await cys_post(world)
    other = a_post(CY.id)
    await world.apply(Posted(actor=CY.id, post=other), asked_for=True)
    eve = await world.remote(a_profile("eve@third.example"))
    quoting = a_post(BOB.id, quote=post.id, quote_stamp=STAMP)
    await world.apply(Posted(actor=BOB.id, post=quoting), asked_for=True)
    for author, quoted, why in (
        (eve.profile.id, post.id, "not_the_author"), (CY.id, other.id, "no_such_quote"),
    ):  # fmt: skip
        proof = QuoteAnswered(actor=author, accepted=True, quoting=quoting.id, quoted=quoted, stamp=STAMP)
        assert await world.apply(proof, asked_for=True) == Declined(why)
    assert await state(world, quoting.id) is QuoteState.PENDING


async def test_a_stamp_that_is_not_at_the_quoted_authors_node_is_not_even_looked_at(world: World) -> None:
    post = await cys_post(world)
    quoting = a_post(BOB.id, quote=post.id, quote_stamp=wire("https://far.example/my-own-stamp"))
    await world.apply(Posted(actor=BOB.id, post=quoting), asked_for=True)
    assert await world.database.read(lambda tx: arrivals.wanted(tx, world.clock.now(), 10)) == []


async def test_a_quote_that_comes_before_what_it_quotes_is_joined_to_it(world: World) -> None:
    await world.remote(BOB)
    first = a_post(BOB.id, "first")
    quoting = a_post(BOB.id, "as I said", quote=first.id)
    await world.apply(Posted(actor=BOB.id, post=quoting), asked_for=True)
    assert await state(world, quoting.id) is QuoteState.PENDING
    await world.apply(Posted(actor=BOB.id, post=first), asked_for=True)
    assert await state(world, quoting.id) is QuoteState.ACCEPTED
    row, above = await world.post(quoting.id), await world.post(first.id)
    assert row is not None
    assert above is not None
    assert (row.quote, above.quotes) == (above.id, 1)


async def test_a_proof_of_what_is_not_here_asks_for_it(world: World) -> None:
    await world.remote(BOB)
    await world.remote(CY)
    unknown = a_post(CY.id)
    quoting = a_post(BOB.id, quote=unknown.id, quote_stamp=STAMP)
    await world.apply(Posted(actor=BOB.id, post=quoting), asked_for=True)
    proof = QuoteAnswered(actor=CY.id, accepted=True, quoting=quoting.id, quoted=unknown.id, stamp=STAMP)
    assert await world.apply(proof, asked_for=True) == Lacks((unknown.id,))


async def test_an_edit_may_bring_the_stamp_and_take_it_away(world: World) -> None:
    post = await cys_post(world)
    quoting = a_post(BOB.id, quote=post.id)
    await world.apply(Posted(actor=BOB.id, post=quoting), asked_for=True)
    stamped = replace(quoting, quote_stamp=STAMP)
    recorded = await world.apply(Edited(actor=BOB.id, post=stamped))
    assert isinstance(recorded, Recorded)
    assert recorded.kind is Kind.REISSUED
    proof = QuoteAnswered(actor=CY.id, accepted=True, quoting=quoting.id, quoted=post.id, stamp=STAMP)
    await world.apply(proof, asked_for=True)
    assert await state(world, quoting.id) is QuoteState.ACCEPTED
    await world.apply(Edited(actor=BOB.id, post=quoting))
    assert await state(world, quoting.id) is QuoteState.PENDING
    assert await counted(world, post.id) == 0


async def test_an_edit_may_quote_something_else(world: World) -> None:
    _, post = await anns_post(world)
    quoting = a_post(BOB.id, quote=post.id)
    await world.apply(asks(quoting, post))
    other = replace(quoting, quote=None, html="<p>never mind</p>", edited=Millis(NOON + 10**6))
    await world.apply(Edited(actor=BOB.id, post=other))
    assert await state(world, quoting.id) is QuoteState.NONE
    assert await counted(world, post.id) == 0
    back = replace(quoting, html="<p>do mind</p>", edited=Millis(NOON + 2 * 10**6))
    await world.apply(Edited(actor=BOB.id, post=back))
    assert await state(world, quoting.id) is QuoteState.ACCEPTED
    assert await counted(world, post.id) == 1


# Taking back


async def a_proven_quote(world: World) -> tuple[Post, Post]:
    post = await cys_post(world)
    quoting = a_post(BOB.id, quote=post.id, quote_stamp=STAMP)
    await world.apply(Posted(actor=BOB.id, post=quoting), asked_for=True)
    proof = QuoteAnswered(actor=CY.id, accepted=True, quoting=quoting.id, quoted=post.id, stamp=STAMP)
    await world.apply(proof, asked_for=True)
    return post, quoting


async def test_the_delete_of_a_stamp_takes_the_consent_back(world: World) -> None:
    post, quoting = await a_proven_quote(world)
    assert await world.apply(QuoteRevoked(actor=BOB.id, stamp=STAMP)) == NothingNew()
    assert isinstance(await world.apply(Deleted(actor=CY.id, post=STAMP)), Recorded)
    assert await state(world, quoting.id) is QuoteState.REVOKED
    assert await counted(world, post.id) == 0


async def test_a_stamp_that_its_node_shows_no_more_takes_it_back_too(world: World) -> None:
    _, quoting = await a_proven_quote(world)
    assert isinstance(await world.apply(Deleted(actor=STAMP, post=STAMP)), NothingNew)
    assert await state(world, quoting.id) is QuoteState.ACCEPTED, "nobody may say so for it"
    await world.apply(Deleted(actor=STAMP, post=STAMP), asked_for=True)
    assert await state(world, quoting.id) is QuoteState.REVOKED


async def test_an_author_who_vanishes_takes_what_is_quoted_along(world: World) -> None:
    _, quoting = await a_proven_quote(world)
    await world.apply(Vanished(actor=CY.id))
    assert await state(world, quoting.id) is QuoteState.DELETED


async def test_one_who_quoted_and_vanishes_is_counted_no_more(world: World) -> None:
    post, quoting = await a_proven_quote(world)
    await world.apply(Vanished(actor=BOB.id))
    assert await counted(world, post.id) == 0
    row = await world.post(quoting.id)
    assert row is not None
    assert await world.database.read(lambda tx: quotes.get(tx, row.id)) is None


# Our question, their answer


async def our_question(world: World) -> tuple[microblogs.Row, Post, Post, str]:
    post = await cys_post(world, terms=Terms(quotes=Rule((Circle.EVERYONE,))))
    ann = await world.local("ann")
    quoting = replace(a_post(ann.profile.id, quote=post.id), id=wire(f"https://here.example/p/{NOON << 16}"))
    await world.apply(Posted(actor=ann.profile.id, post=quoting), post_id=PostId(NOON << 16))
    quote = await world.database.read(lambda tx: quotes.get(tx, PostId(NOON << 16)))
    assert quote is not None
    assert quote.asked.startswith("https://here.example/c/")
    return ann, quoting, post, quote.asked


async def test_an_answer_may_only_name_our_question(world: World) -> None:
    _, quoting, _, asked = await our_question(world)
    assert await world.apply(FollowAnswered(actor=CY.id, follower=None, accepted=True, follow=wire(asked))) == Declined(
        "no_stamp"
    )
    assert isinstance(
        await world.apply(FollowAnswered(actor=CY.id, follower=None, accepted=False, follow=wire(asked))), Recorded
    )
    assert await state(world, quoting.id) is QuoteState.REJECTED


async def test_an_accept_brings_our_post_its_stamp(world: World) -> None:
    _, quoting, _, asked = await our_question(world)
    stamp = wire("https://third.example/stamps/9")
    for wrong in (None, wire("https://far.example/stamps/9")):
        answer = QuoteAnswered(actor=CY.id, accepted=True, asked=wire(asked), stamp=wrong)
        assert await world.apply(answer) == Declined("no_stamp")
    answer = QuoteAnswered(actor=BOB.id, accepted=True, asked=wire(asked), stamp=wire("https://far.example/s"))
    assert await world.apply(answer) == Declined("not_the_author")
    await world.apply(QuoteAnswered(actor=CY.id, accepted=True, asked=wire(asked), stamp=stamp))
    row = await world.post(quoting.id)
    assert row is not None
    assert (row.quoting, row.post.quote_stamp) == (QuoteState.ACCEPTED, stamp)
    assert row.post.edited is None


# Answers to posts


async def test_a_question_to_answer_is_answered_and_the_answer_kept(world: World) -> None:
    ann, post = await anns_post(world)
    reply = a_post(BOB.id, "aye", reply_to=post.id)
    recorded = await world.apply(ReplyAsked(actor=BOB.id, id=QUESTION, post=reply))
    assert isinstance(recorded, Recorded)
    assert recorded.kind is Kind.REPLY_ACCEPTED
    row = await world.post(post.id)
    assert row is not None
    assert row.replies == 1
    await world.settle()
    assert await world.owed() == [("https://far.example/inbox", 1)]
    assert ann.id == recorded.actor


async def test_a_question_to_answer_that_is_refused_leaves_nothing(world: World) -> None:
    _, post = await anns_post(world, terms=Terms(replies=ONLY_THE_AUTHOR))
    reply = a_post(BOB.id, "aye", reply_to=post.id)
    recorded = await world.apply(ReplyAsked(actor=BOB.id, id=QUESTION, post=reply))
    assert isinstance(recorded, Recorded)
    assert recorded.kind is Kind.REPLY_REJECTED
    assert await world.post(reply.id) is None
    assert await world.apply(Posted(actor=BOB.id, post=reply), asked_for=True) == Declined("reply_not_allowed")


async def test_a_stamp_for_our_answer_is_shown_with_it(world: World) -> None:
    post = await cys_post(world)
    ann = await world.local("ann")
    reply = replace(a_post(ann.profile.id, reply_to=post.id), id=wire(f"https://here.example/p/{NOON << 16}"))
    await world.apply(Posted(actor=ann.profile.id, post=reply), post_id=PostId(NOON << 16))
    yes = ReplyAnswered(actor=CY.id, reply=reply.id, accepted=True, stamp=STAMP)
    assert await world.apply(replace(yes, actor=BOB.id)) == Declined("no_such_reply")
    assert await world.apply(replace(yes, stamp=wire("https://far.example/s"))) == Declined("no_stamp")
    recorded = await world.apply(yes)
    assert isinstance(recorded, Recorded)
    assert recorded.kind is Kind.REISSUED
    assert isinstance(await world.apply(yes), NothingNew)
    row = await world.post(reply.id)
    assert row is not None
    assert row.post.reply_stamp == STAMP
