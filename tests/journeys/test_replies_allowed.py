"""Who may answer a post: refused in words here, and not taken in from elsewhere; its questions are answered."""

import msgspec
import pytest

from scattershot.app.publish import Draft
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.domain.terms import ONLY_THE_AUTHOR, Circle, Rule, Terms
from scattershot.testing.village import House, Village

FOLLOWERS = Terms(replies=Rule((Circle.FOLLOWERS,)))
NOBODY = Terms(replies=ONLY_THE_AUTHOR)


async def two_houses(village: Village) -> tuple[House, House]:
    """Ann and dora at a, bob at b; bob follows ann, ann follows bob."""
    a, b = await village.house("a.example"), await village.house("b.example")
    for name in ("ann", "dora"):
        await a.person(name)
    await b.person("bob")
    await b.person("carol")
    await b.follow("bob", "@ann@a.example")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    return a, b


async def answer(house: House, name: str, post: str, text: str = "but") -> object:
    """What becomes of somebody's answer to a post."""
    known = await house.seen(post)
    assert known is not None
    return await house.node.publisher.post((await house.row(name)).id, Draft(text, reply_to=known.id), None, "test")


async def test_one_whom_the_terms_leave_out_is_refused_in_words(village: Village) -> None:
    a, b = await two_houses(village)
    post = await a.wire_id(await a.post("ann", "only friends", terms=FOLLOWERS))
    await village.settle()
    for house, name in ((a, "dora"), (b, "carol")):
        refused = await answer(house, name, post)
        assert isinstance(refused, Refused)
        assert refused.detail == "Its author does not let you answer this post."
    for house, name in ((a, "ann"), (b, "bob")):
        assert not isinstance(await answer(house, name, post), Refused)
    await village.settle()
    above = await a.seen(post)
    assert above is not None
    assert above.replies == 2


async def test_an_answer_from_a_node_that_does_not_ask_is_not_taken_in(village: Village) -> None:
    """Bob's node let him answer, for the terms were wider then: ann's node shows, counts and tells nothing of it."""
    a, b = await two_houses(village)
    number = await a.post("ann", "what do you think?")
    post = await a.wire_id(number)
    await village.settle()
    village.shut(b)
    ann = (await a.row("ann")).id
    a.done(await a.node.quotes.set_terms(ann, number, "test", replies=ONLY_THE_AUTHOR))
    await village.settle()
    village.fetcher.up("b.example")
    assert not isinstance(await answer(b, "bob", post, "I think so"), Refused)
    await village.reopen(b)
    village.clock.advance(3_600)
    await village.settle()
    above = await a.seen(post)
    assert above is not None
    assert above.replies == 0
    assert "mention" not in await a.told("ann")
    assert "I think so" not in await a.home("ann")
    context = msgspec.json.decode((await a.get(f"/p/{number}/context")).body)
    assert context["totalItems"] == 1


async def test_whoever_is_named_may_always_answer(village: Village) -> None:
    a, b = await two_houses(village)
    post = await a.wire_id(await a.post("ann", "what about @carol@b.example?", terms=NOBODY))
    await village.settle()
    assert not isinstance(await answer(b, "carol", post), Refused)
    assert isinstance(await answer(b, "bob", post), Refused)
    await village.settle()
    above = await a.seen(post)
    assert above is not None
    assert above.replies == 1


async def test_one_who_is_blocked_may_not_answer_though_named(village: Village) -> None:
    a, b = await two_houses(village)
    carol = await a.microblog("@carol@b.example")
    post = await a.wire_id(await a.post("ann", "what about @carol@b.example?", terms=NOBODY))
    await village.settle()
    a.done(await a.node.publisher.block((await a.row("ann")).id, carol, "test"))
    assert not isinstance(await answer(b, "carol", post), Refused), "her node has not heard of the block"
    await village.settle()
    above = await a.seen(post)
    assert above is not None
    assert above.replies == 0


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.UNLISTED, Audience.FOLLOWERS])
async def test_terms_are_said_and_understood(village: Village, audience: Audience) -> None:
    a, b = await two_houses(village)
    post = await a.wire_id(await a.post("ann", "hm", audience, terms=FOLLOWERS))
    await village.settle()
    known = await b.seen(post)
    assert known is not None
    assert known.post.terms.replies is not None
    assert known.post.terms.replies.at_once == (Circle.FOLLOWERS,)


async def test_the_stamp_of_an_answer_is_served(village: Village) -> None:
    a, b = await two_houses(village)
    post = await a.wire_id(await a.post("ann", "hm", terms=FOLLOWERS))
    await village.settle()
    await answer(b, "bob", post, "aye")
    await village.settle()
    [reply] = [row for row in await b.home("bob") if row == "aye"]
    assert reply == "aye"
    theirs = msgspec.json.decode((await a.get(post.removeprefix("https://a.example") + "/replies")).body)
    [this] = theirs["first"]["items"]
    row = await a.seen(this)
    assert row is not None
    stamp = msgspec.json.decode((await a.get(f"/r/{row.id}")).body)
    assert (stamp["type"], stamp["interactingObject"], stamp["interactionTarget"]) == ("ReplyAuthorization", this, post)
    assert (await a.get("/r/1")).status == 404
