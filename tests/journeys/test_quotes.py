"""Quotes across nodes, with the quoted author's consent (FEP-044f): given at once, later, never, and taken back."""

from typing import Any

import pytest

from scattershot.app.publish import Draft
from scattershot.domain.ids import PostId
from scattershot.domain.post import Audience
from scattershot.domain.quote import QuoteState
from scattershot.domain.reading import Refused
from scattershot.domain.terms import ONLY_THE_AUTHOR, Circle, Rule, Terms
from scattershot.domain.window import FROM_THE_TOP
from scattershot.storage.tables import posts
from scattershot.testing.village import House, Village

FOLLOWERS = Terms(quotes=Rule((Circle.FOLLOWERS,)))
AFTER_A_LOOK = Terms(quotes=Rule((), (Circle.EVERYONE,)))
NOBODY = Terms(quotes=ONLY_THE_AUTHOR)


async def two_houses(village: Village) -> tuple[House, House]:
    """Ann and dora at a, bob and carol at b; ann and bob hear each other, dora hears bob."""
    a, b = await village.house("a.example"), await village.house("b.example")
    for name in ("ann", "dora"):
        await a.person(name)
    for name in ("bob", "carol"):
        await b.person(name)
    await a.follow("ann", "@bob@b.example")
    await a.follow("dora", "@bob@b.example")
    await b.follow("bob", "@ann@a.example")
    await village.settle()
    return a, b


async def at(house: House, wire_id: str) -> posts.Row:
    row = await house.seen(wire_id)
    assert row is not None
    return row


async def a_quote(village: Village, a: House, b: House, **draft: Any) -> tuple[PostId, PostId, str]:
    """Ann quotes a post of bob's: the quoting post, bob's, and what the world calls the quoting one."""
    bobs = await b.post("bob", "bread is good", **draft)
    await village.settle()
    known = await at(a, await b.wire_id(bobs))
    quoting = await a.post("ann", "so it is", quote=known.id)
    return quoting, bobs, await a.wire_id(quoting)


async def test_a_quote_of_an_open_post_waits_for_its_authors_node_and_is_then_proven(village: Village) -> None:
    a, b = await two_houses(village)
    quoting, bobs, this = await a_quote(village, a, b)
    assert (await at(a, this)).quoting is QuoteState.PENDING
    await village.settle()
    mine, his = await at(a, this), await at(b, this)
    assert (mine.quoting, his.quoting) == (QuoteState.ACCEPTED, QuoteState.ACCEPTED)
    assert (await at(b, await b.wire_id(bobs))).quotes == 1
    assert await b.told("bob") == ["quote", "follow", "follow"]
    stamp = mine.post.quote_stamp
    assert stamp is not None
    assert stamp.value == f"https://b.example/q/{his.id}"
    shown = await b.get(stamp.value.removeprefix("https://b.example"))
    assert shown.status == 200
    assert b'"interactingObject":"' + this.encode() in shown.body
    note = await a.get(f"/p/{quoting}")
    assert b'"quoteAuthorization":"' + stamp.value.encode() in note.body


async def test_a_third_node_believes_a_quote_when_the_quoted_authors_node_shows_its_stamp(village: Village) -> None:
    a, b = await two_houses(village)
    c = await village.house("c.example")
    await c.person("cy")
    await c.follow("cy", "@ann@a.example")
    await village.settle()
    _, bobs, this = await a_quote(village, a, b)
    await village.settle()
    seen = await at(c, this)
    assert seen.quoting is QuoteState.ACCEPTED
    assert seen.quote is not None
    assert (await at(c, await b.wire_id(bobs))).id == seen.quote


async def test_a_post_that_says_it_quotes_with_a_forged_stamp_is_not_believed(village: Village) -> None:
    a, b = await two_houses(village)
    c = await village.house("c.example")
    await c.person("cy")
    await c.follow("cy", "@ann@a.example")
    await village.settle()
    quoting, bobs, this = await a_quote(village, a, b, terms=AFTER_A_LOOK)
    await village.settle()
    other = await b.post("carol", "not about bread")
    await village.settle()
    forged = b.node.house.addresses.wire_id(f"https://b.example/q/{other}")

    def forge(tx: Any) -> None:
        import msgspec

        row = posts.get(tx, quoting)
        assert row is not None
        posts.put_value(tx, quoting, msgspec.structs.replace(row.post, quote_stamp=forged))

    await a.node.drivers.database.write(forge)
    a.done(await a.node.publisher.pin((await a.row("ann")).id, quoting, "test"))
    a.done(await a.node.quotes.set_terms((await a.row("ann")).id, quoting, "test", replies=ONLY_THE_AUTHOR))
    await village.settle()
    assert (await at(c, this)).quoting is QuoteState.REJECTED
    assert (await at(b, await b.wire_id(bobs))).quotes == 0


async def test_one_who_is_asked_may_say_yes_later(village: Village) -> None:
    a, b = await two_houses(village)
    _, bobs, this = await a_quote(village, a, b, terms=AFTER_A_LOOK)
    await village.settle()
    assert (await at(a, this)).quoting is QuoteState.PENDING
    assert await b.told("bob") == ["quote", "follow", "follow"]
    bob = (await b.row("bob")).id
    [waiting] = await b.node.quotes.waiting(bob, None, 20)
    assert waiting.quoted == bobs
    assert waiting.item.quote is not None
    assert waiting.item.quote.state is QuoteState.PENDING
    b.done(await b.node.quotes.answer(bob, waiting.item.id, "test", accepted=True))
    await village.settle()
    assert (await at(a, this)).quoting is QuoteState.ACCEPTED
    assert await b.node.quotes.waiting(bob, None, 20) == []


async def test_one_who_is_asked_may_say_no(village: Village) -> None:
    a, b = await two_houses(village)
    _, _, this = await a_quote(village, a, b, terms=AFTER_A_LOOK)
    await village.settle()
    theirs = await at(b, this)
    b.done(await b.node.quotes.answer((await b.row("bob")).id, theirs.id, "test", accepted=False))
    await village.settle()
    assert (await at(a, this)).quoting is QuoteState.REJECTED
    again = await b.node.quotes.answer((await b.row("carol")).id, theirs.id, "test", accepted=True)
    assert isinstance(again, Refused)


async def test_a_consent_that_is_taken_back_is_gone_everywhere_and_for_good(village: Village) -> None:
    a, b = await two_houses(village)
    c = await village.house("c.example")
    await c.person("cy")
    await c.follow("cy", "@ann@a.example")
    await village.settle()
    _, bobs, this = await a_quote(village, a, b)
    await village.settle()
    bob, at_b = (await b.row("bob")).id, await at(b, this)
    b.done(await b.node.quotes.revoke(bob, bobs, at_b.id, "test"))
    await village.settle()
    for house in (a, b):
        assert (await at(house, this)).quoting is QuoteState.REVOKED
    assert (await at(c, this)).quoting is QuoteState.REVOKED
    assert (await at(a, this)).post.quote_stamp is None
    assert (await at(b, await b.wire_id(bobs))).quotes == 0
    assert await b.told("bob") == ["follow", "follow"]
    assert (await b.get(f"/q/{at_b.id}")).status == 404
    assert isinstance(await b.node.quotes.answer(bob, at_b.id, "test", accepted=True), Refused)


@pytest.mark.parametrize("terms", [NOBODY, FOLLOWERS], ids=["nobody", "followers"])
async def test_whom_the_terms_leave_out_is_refused_in_words(village: Village, terms: Terms) -> None:
    a, b = await two_houses(village)
    bobs = await b.post("bob", "bread is good", terms=terms)
    await village.settle()
    known = await at(a, await b.wire_id(bobs))
    assert known.post.terms.quotes == terms.quotes
    mallory = await a.person("mallory")
    refused = await a.node.publisher.post(mallory, Draft("ha", quote=known.id), None, "test")
    assert isinstance(refused, Refused)
    assert refused.why == "quote_not_allowed"
    if terms is FOLLOWERS:
        quoting = await a.post("ann", "I follow bob", quote=known.id)
        await village.settle()
        assert (await at(a, await a.wire_id(quoting))).quoting is QuoteState.ACCEPTED


async def test_a_node_that_does_not_know_the_terms_is_told_no(village: Village) -> None:
    """Bob narrows the terms while ann's node is not looking: its question is answered by what they are now."""
    a, b = await two_houses(village)
    bobs = await b.post("bob", "bread is good")
    await village.settle()
    known = await at(a, await b.wire_id(bobs))
    village.shut(a)
    b.done(await b.node.quotes.set_terms((await b.row("bob")).id, bobs, "test", quotes=ONLY_THE_AUTHOR))
    await village.settle()
    village.fetcher.up("a.example")
    quoting = await a.post("ann", "so it is", quote=known.id)
    await village.reopen(a)
    village.clock.advance(3_600)
    await village.settle()
    this = await a.wire_id(quoting)
    assert (await at(a, this)).quoting is QuoteState.REJECTED
    assert (await at(a, await b.wire_id(bobs))).post.terms.quotes == ONLY_THE_AUTHOR


async def test_what_quotes_a_deleted_post_shows_that_it_is_gone(village: Village) -> None:
    a, b = await two_houses(village)
    _, bobs, this = await a_quote(village, a, b)
    await village.settle()
    b.done(await b.node.publisher.delete((await b.row("bob")).id, bobs, "test"))
    await village.settle()
    assert [(await at(house, this)).quoting for house in (a, b)] == [QuoteState.DELETED] * 2


async def test_a_quoting_post_that_is_deleted_counts_no_more(village: Village) -> None:
    a, b = await two_houses(village)
    quoting, bobs, _ = await a_quote(village, a, b)
    await village.settle()
    a.done(await a.node.publisher.delete((await a.row("ann")).id, quoting, "test"))
    await village.settle()
    assert (await at(b, await b.wire_id(bobs))).quotes == 0


async def test_a_quote_for_followers_is_seen_by_whom_it_quotes(village: Village) -> None:
    a, b = await two_houses(village)
    bobs = await b.post("bob", "bread is good")
    await village.settle()
    known = await at(a, await b.wire_id(bobs))
    bob = (await b.row("bob")).id
    b.done(await b.node.publisher.unfollow(bob, await b.microblog("@ann@a.example"), "test"))
    await village.settle()
    quoting = await a.post("ann", "between us", Audience.FOLLOWERS, quote=known.id)
    await village.settle()
    seen = await at(b, await a.wire_id(quoting))
    assert seen.quoting is QuoteState.ACCEPTED
    told = b.node.notifications
    found = await told.read(lambda tx: told.page_in(tx, bob, FROM_THE_TOP, 1, told.sought(None, None, held=False)))
    [notice] = found.entries
    assert notice.row.kind == "quote"
    assert notice.item is not None
    assert notice.item.id == seen.id


async def test_within_a_node_nobody_need_be_asked(village: Village) -> None:
    a = await village.house("a.example")
    for name in ("ann", "dora"):
        await a.person(name)
    first = await a.post("ann", "bread")
    own = await a.post("ann", "my own words", quote=first)
    theirs = await a.post("dora", "hers", quote=first)
    await village.settle()
    rows = [await at(a, await a.wire_id(post)) for post in (own, theirs, first)]
    assert [row.quoting for row in rows] == [QuoteState.ACCEPTED, QuoteState.ACCEPTED, QuoteState.NONE]
    assert rows[2].quotes == 2
    assert rows[0].post.quote_stamp is None
    assert rows[1].post.quote_stamp is not None
    assert await a.told("ann") == ["quote"]
    assert "RE: " in rows[1].post.html


async def test_a_consent_that_was_taken_back_unheard_is_missed_after_a_week(village: Village) -> None:
    """The node of ann, who quotes, hands on nothing: that of cy looks at the stamp again by itself."""
    a, b = await two_houses(village)
    c = await village.house("c.example")
    await c.person("cy")
    await c.follow("cy", "@ann@a.example")
    await village.settle()
    _, bobs, this = await a_quote(village, a, b)
    await village.settle()
    village.shut(a)
    at_b = await at(b, this)
    b.done(await b.node.quotes.revoke((await b.row("bob")).id, bobs, at_b.id, "test"))
    await village.settle()
    assert (await at(c, this)).quoting is QuoteState.ACCEPTED
    village.clock.advance(8 * 86_400)
    await c.node.housekeeping.step()
    await village.settle()
    assert (await at(c, this)).quoting is QuoteState.REVOKED


async def test_one_whose_quoted_post_is_altered_is_told(village: Village) -> None:
    a, b = await two_houses(village)
    _, bobs, _ = await a_quote(village, a, b)
    await village.settle()
    village.clock.advance(60)
    b.done(await b.node.publisher.edit((await b.row("bob")).id, bobs, Draft("bread is bad"), "test"))
    await village.settle()
    assert (await a.told("ann"))[0] == "quoted_edit"
