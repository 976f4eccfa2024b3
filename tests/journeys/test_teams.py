"""A team of several people: each posts by their own sign-in, and who wrote what is told rightly on other nodes."""

from html import unescape

from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import Origin
from scattershot.app.publish import Done, Draft
from scattershot.app.timelines import Timelines
from scattershot.domain.change import Posted
from scattershot.domain.ids import MicroblogId, PersonId, PostId, snowflake
from scattershot.domain.people import KeeperRole
from scattershot.domain.post import Audience, Mention, Post
from scattershot.domain.reading import Refused
from scattershot.storage.tables import microblogs, people
from scattershot.testing.browser import Browser
from scattershot.testing.village import House, Village
from scattershot.wirekit.html import plain_text
from scattershot.wirekit.http_message import Response

AWHILE = 120.0
"""Seconds after which a profile may be looked at anew."""


async def person(house: House, name: str) -> PersonId:
    row = await house.node.drivers.database.read(lambda tx: people.by_name(tx, name))
    assert row is not None
    return row.id


async def a_team(a: House, *, shows: bool = True) -> MicroblogId:
    """Ann's team, that Bea writes for."""
    for name in ("ann", "bea"):
        await a.person(name)
    ann, bea = await person(a, "ann"), await person(a, "bea")
    keepers = a.node.keepers
    made = await keepers.make(ann, "team", "test", title="The team")
    assert not isinstance(made, Refused)
    assert not isinstance(await keepers.invite(ann, made, "bea", KeeperRole.EDITOR), Refused)
    [asked] = await keepers.asked(bea)
    assert await keepers.answer(bea, asked.number, accepted=True) == made
    assert await keepers.show_writers(ann, made, shows=shows) is None
    return made


async def writes(house: House, writer: str, microblog: MicroblogId, text: str, **draft: object) -> PostId:
    done = await house.node.publisher.post(microblog, Draft(text, **draft), await person(house, writer), "test")  # type: ignore[arg-type]
    assert isinstance(done, Done), done
    assert done.post is not None
    return done.post


async def seen(house: House, reader: str) -> dict[str, str]:
    """What somebody reads at home: the words, and by whom they are said to be."""
    who = (await house.row(reader)).id
    timelines = Timelines(house.node.drivers.database, house.node.drivers.clock, house.host)
    items = (await timelines.home(who)).items
    return {plain_text(item.post.html): item.writer.handle if item.writer is not None else "" for item in items}


async def document(house: House, post: PostId) -> Response:
    return await house.get(f"/p/{post}")


async def test_two_keepers_post_as_the_team_and_both_names_appear_on_another_node(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    team = await a_team(a)
    await b.person("carl")
    await b.follow("carl", "@team@a.example")
    await village.settle()
    first = await writes(a, "ann", team, "We meet on Friday")
    await writes(a, "bea", team, "Bring cake", language="en")
    await village.settle()
    expected = {"Bring cake": "@bea@a.example", "We meet on Friday": "@ann@a.example"}
    assert await seen(b, "carl") == expected
    told = await document(a, first)
    actor = (await a.row("team")).profile.id.value
    writer = (await a.row("ann")).profile.id.value
    assert f'"attributedTo":"{actor}"'.encode() in told.body, "whoever knows one author only sees the team"
    assert f'"writer":"{writer}"'.encode() in told.body
    assert b'<p class=\\"byline\\">\xe2\x80\x94 <a href=\\"https://a.example/@ann\\"' in told.body, (
        "and reads a last line"
    )
    link = await b.node.people.sign_in_link("carl")
    browser = Browser(b.node.app, "https://b.example")
    page = await browser.get(f"/welcome/{link}")
    await browser.submit(page, page.forms[0], password="")
    home = unescape((await browser.get("/home")).text)
    assert home.count("byline") == 0
    assert 'by <a href="/@bea@a.example" dir="auto">bea</a>' in home
    assert 'by <a href="/@ann@a.example" dir="auto">ann</a>' in home


async def test_a_team_that_does_not_wish_it_tells_nobody_who_wrote(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    team = await a_team(a, shows=False)
    await b.person("carl")
    await b.follow("carl", "@team@a.example")
    await village.settle()
    post = await writes(a, "bea", team, "Bring cake")
    await village.settle()
    assert await seen(b, "carl") == {"Bring cake": ""}
    assert b"bea" not in (await document(a, post)).body
    assert (await a.row("bea")).profile.writes_for == ()


async def test_a_keeper_who_does_not_wish_it_is_not_named_and_old_names_go_too(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    team = await a_team(a)
    await b.person("carl")
    for whom in ("@team@a.example", "@bea@a.example"):
        await b.follow("carl", whom)
    await village.settle()
    await writes(a, "bea", team, "Bring cake")
    await village.settle()
    assert await seen(b, "carl") == {"Bring cake": "@bea@a.example"}
    bea = await person(a, "bea")
    assert await a.node.keepers.be_named(bea, team, "test", named=False) is None
    await writes(a, "bea", team, "And tea")
    await village.settle()
    assert await seen(b, "carl") == {"Bring cake": "", "And tea": ""}


async def test_who_was_known_before_is_looked_at_anew_when_the_team_names_them(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await b.person("carl")
    team = await a_team(a)
    await b.follow("carl", "@team@a.example")
    await b.find("@bea@a.example")  # b knows Bea, and nothing of the team
    await village.settle()
    village.clock.advance(AWHILE)
    await writes(a, "bea", team, "Bring cake")
    await village.settle()
    assert await seen(b, "carl") == {"Bring cake": "@bea@a.example"}


async def lie(house: House, liar: str, writer: str) -> None:
    """A node tells that somebody wrote a post of one of its own, as only a node that lies can."""
    row, addresses = await house.row(liar), house.node.house.addresses
    number = await house.microblog(writer)
    named = await house.node.drivers.database.read(lambda tx: microblogs.get(tx, number))
    assert named is not None
    now = house.node.drivers.clock.now()
    post_id = PostId(snowflake(now, 1))
    post = Post(
        id=addresses.wire_id(addresses.post(post_id)),
        author=row.profile.id,
        published=now,
        audience=Audience.PUBLIC,
        html="<p>I never said this</p>",
        writer=Mention(named.profile.id, writer),
    )
    origin = Origin(now, "test", asked_for=True, post_id=post_id)
    change = Posted(actor=row.profile.id, post=post)
    await house.node.drivers.database.write(lambda tx: apply(tx, change, origin, house.node.house))


async def test_nobody_is_made_the_writer_of_what_they_never_wrote(village: Village) -> None:
    a, b, c = [await village.house(f"{letter}.example") for letter in "abc"]
    await a_team(a)
    await a.person("eve")
    await c.person("mallory")
    await b.person("carl")
    for whom in ("@eve@a.example", "@mallory@c.example"):
        await b.follow("carl", whom)
    await village.settle()
    await lie(c, "mallory", "@bea@a.example")
    await lie(a, "eve", "@bea@a.example")
    village.clock.advance(AWHILE)
    await village.settle()
    who = (await b.row("carl")).id
    timelines = Timelines(b.node.drivers.database, b.node.drivers.clock, b.host)
    items = (await timelines.home(who)).items
    assert {item.author.handle for item in items} == {"@eve@a.example", "@mallory@c.example"}
    assert all(item.post.writer is not None for item in items), "they claimed it"
    assert [item.writer for item in items] == [None, None], "and are not believed, though b knows Bea"
    assert await b.microblog("@bea@a.example")


async def test_who_keeps_it_no_longer_writes_no_longer(village: Village) -> None:
    a = await village.house("a.example")
    team = await a_team(a)
    ann, bea = await person(a, "ann"), await person(a, "bea")
    own = await writes(a, "bea", team, "Bring cake")
    assert await a.node.keepers.remove(ann, team, bea) is None
    publisher = a.node.publisher
    for refused in (
        await publisher.post(team, Draft("still here"), bea, "test"),
        await publisher.edit(team, own, Draft("altered"), "test", bea),
        await publisher.delete(team, own, "test", bea),
    ):
        assert isinstance(refused, Refused)
        assert refused.why == "not_allowed"
    await a.person("carl")
    await a.follow("carl", "team")
    row = await a.seen(await a.wire_id(own))
    assert row is not None
    assert row.post.source == "Bring cake"


async def test_an_editor_alters_what_is_hers_and_an_owner_everything(village: Village) -> None:
    a = await village.house("a.example")
    team = await a_team(a)
    ann, bea = await person(a, "ann"), await person(a, "bea")
    anns, beas = await writes(a, "ann", team, "We meet on Friday"), await writes(a, "bea", team, "Bring cake")
    publisher = a.node.publisher
    for refused in (
        await publisher.edit(team, anns, Draft("We never meet"), "test", bea),
        await publisher.delete(team, anns, "test", bea),
    ):
        assert isinstance(refused, Refused)
        assert refused.why == "not_allowed"
        assert "Another keeper wrote this" in refused.detail
    village.clock.advance(5)
    a.done(await publisher.edit(team, beas, Draft("Bring tea"), "test", bea))
    village.clock.advance(5)
    a.done(await publisher.edit(team, beas, Draft("Bring both"), "test", ann))
    row = await a.seen(await a.wire_id(beas))
    assert row is not None
    assert row.post.writer is not None
    assert row.post.writer.name == "@bea@a.example", "it stays hers"
    a.done(await publisher.delete(team, beas, "test", ann))
