"""Posts for one node alone: they never leave, nor does anything that hangs on them."""

import pytest

from scattershot.app.publish import Draft
from scattershot.domain.choosing import HERE
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.testing.village import House, Village


async def two_houses(village: Village) -> tuple[House, House]:
    """Ann and dora at a, bob at b who follows ann."""
    a, b = await village.house("a.example"), await village.house("b.example")
    for name in ("ann", "dora"):
        await a.person(name)
    await b.person("bob")
    await b.follow("bob", "@ann@a.example")
    await village.settle()
    return a, b


async def everything(house: House) -> str:
    """All that a node has of posts, edits and arrivals, as text."""
    tables = ("posts", "edits", "arrivals", "signed_copies", "wanted")
    found = [
        await house.node.drivers.database.read(lambda tx, t=table: tx.fetch(lambda *row: row, f"SELECT * FROM {t}"))
        for table in tables
    ]
    return str(found)


async def test_nothing_of_it_leaves_the_node(village: Village) -> None:
    a, b = await two_houses(village)
    post = await a.post("ann", "a secret for @bob@b.example and #us", Audience.LOCAL)
    ann, dora = (await a.row("ann")).id, (await a.row("dora")).id
    reply = a.done(await a.node.publisher.post(dora, Draft("a secret answer", reply_to=post), None, "test")).post
    assert reply is not None
    a.done(await a.node.publisher.like(dora, post, "test"))
    a.done(await a.node.reactions.react(dora, post, "🤫", "test"))
    quoting = await a.post("dora", "a secret quote", Audience.LOCAL, quote=post)
    a.done(await a.node.publisher.edit(ann, post, Draft("a secret slip", Audience.LOCAL), "test"))
    await village.settle()
    for number in (post, reply, quoting):
        assert (await a.get(f"/p/{number}")).status == 404
        assert (await a.get(f"/p/{number}/create")).status == 404
        assert (await a.get(f"/p/{number}/context")).status == 404
        assert (await a.get(f"/p/{number}", "text/html")).status == 404
        assert (await a.get(f"/q/{number}")).status == 404
    for path in ("/outbox?page=true", "/featured"):
        assert b"secret" not in (await a.get(f"/u/{ann}{path}")).body
    a.done(await a.node.publisher.delete(ann, post, "test"))
    await village.settle()
    assert "secret" not in await everything(b)
    assert await b.told("bob") == []


async def test_an_answer_to_it_stays_here_whatever_its_writer_says(village: Village) -> None:
    a, _ = await two_houses(village)
    post = await a.post("ann", "between us", Audience.LOCAL)
    reply = await a.post("dora", "yes", Audience.PUBLIC, reply_to=post)
    row = await a.seen(await a.wire_id(reply))
    assert row is not None
    assert row.audience is Audience.LOCAL


@pytest.mark.parametrize("audience", [one for one in Audience if one is not Audience.LOCAL])
async def test_it_is_passed_on_to_nobody(village: Village, audience: Audience) -> None:
    a, _ = await two_houses(village)
    post = await a.post("ann", "between us", Audience.LOCAL)
    for name in ("ann", "dora"):
        who = (await a.row(name)).id
        assert isinstance(await a.node.publisher.boost(who, post, "test", audience), Refused)
        quoting = await a.node.publisher.post(who, Draft("look", audience, quote=post), None, "test")
        assert isinstance(quoting, Refused)
        assert quoting.why == "quote_audience"


async def test_a_post_for_this_node_quotes_nothing_of_another(village: Village) -> None:
    a, b = await two_houses(village)
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    theirs = await b.post("bob", "bread")
    await village.settle()
    known = await a.seen(await b.wire_id(theirs))
    assert known is not None
    refused = await a.node.publisher.post(
        (await a.row("ann")).id, Draft("!", Audience.LOCAL, quote=known.id), None, "t"
    )
    assert isinstance(refused, Refused)


async def test_those_of_here_find_it_on_the_local_timeline(village: Village) -> None:
    a, _ = await two_houses(village)
    post = await a.post("ann", "between us", Audience.LOCAL)
    dora = (await a.row("dora")).id
    page = await a.node.timelines.public(dora, which=HERE)
    assert [item.id for item in page.items] == [post]
    assert (await a.node.timelines.public(None, which=HERE)).items == []
    assert (await a.node.timelines.public(dora)).items == []
