"""Emoji reactions across nodes: Unicode's and a node's own, counted by emoji, joined, taken back."""

import pytest

from scattershot.app.items import Item
from scattershot.domain.change import Liked
from scattershot.domain.ids import PostId
from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.storage.tables import posts
from scattershot.testing.village import House, Village


async def two_houses(village: Village) -> tuple[House, House, PostId, posts.Row]:
    """Ann and dora at a, bob at b; a post of bob's, and how it is known at a."""
    a, b = await village.house("a.example"), await village.house("b.example")
    for name in ("ann", "dora"):
        await a.person(name)
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    post = await b.post("bob", "bread")
    await village.settle()
    here = await a.seen(await b.wire_id(post))
    assert here is not None
    return a, b, post, here


async def shown(house: House, name: str, post: int) -> Item:
    item = await house.node.timelines.item(post, (await house.row(name)).id)
    assert item is not None
    return item


def told(item: Item) -> list[tuple[str, int, bool]]:
    return [(each.emoji, each.number, each.mine) for each in item.reactions]


async def test_a_reaction_is_counted_on_both_nodes_and_is_no_like(village: Village) -> None:
    a, b, post, here = await two_houses(village)
    for name, emoji in (("ann", "🍞"), ("dora", "🍞"), ("dora", "❤")):
        village.clock.advance(1)
        a.done(await a.node.reactions.react((await a.row(name)).id, here.id, emoji, "test"))
    await village.settle()
    assert told(await shown(a, "ann", here.id)) == [("🍞", 2, True), ("❤\ufe0f", 1, False)]
    at_home = await shown(b, "bob", post)
    assert told(at_home) == [("🍞", 2, False), ("❤\ufe0f", 1, False)]
    assert at_home.likes == 0
    assert (await b.told("bob")).count("reaction") == 3
    [bread, heart] = await b.node.reactions.of(at_home)
    assert [face.handle for face in bread.faces] == ["@ann@a.example", "@dora@a.example"]
    assert [face.handle for face in heart.faces] == ["@dora@a.example"]


async def test_a_reaction_is_taken_back(village: Village) -> None:
    a, b, post, here = await two_houses(village)
    ann = (await a.row("ann")).id
    for emoji in ("🍞", "🥖"):
        a.done(await a.node.reactions.react(ann, here.id, emoji, "test"))
    await village.settle()
    a.done(await a.node.reactions.unreact(ann, here.id, "🍞", "test"))
    await village.settle()
    assert told(await shown(b, "bob", post)) == [("🥖", 1, False)]
    assert "reaction" in await b.told("bob")
    a.done(await a.node.reactions.unreact(ann, here.id, "🥖", "test"))
    await village.settle()
    assert told(await shown(b, "bob", post)) == []
    assert "reaction" not in await b.told("bob")


async def test_a_plain_like_and_a_reaction_are_two_things(village: Village) -> None:
    a, b, post, here = await two_houses(village)
    ann = (await a.row("ann")).id
    a.done(await a.node.publisher.like(ann, here.id, "test"))
    a.done(await a.node.reactions.react(ann, here.id, "🍞", "test"))
    a.done(await a.node.publisher.unlike(ann, here.id, "test"))
    await village.settle()
    item = await shown(b, "bob", post)
    assert (item.likes, told(item)) == (0, [("🍞", 1, False)])
    mine = await shown(a, "ann", here.id)
    assert (mine.liked, told(mine)) == (False, [("🍞", 1, True)])


async def test_every_reaction_makes_the_post_a_new_version(village: Village) -> None:
    a, _, _, here = await two_houses(village)
    ann = (await a.row("ann")).id
    versions = [here.version]
    for deed in (a.node.reactions.react, a.node.reactions.unreact):
        a.done(await deed(ann, here.id, "🍞", "test"))
        row = await a.seen(here.post.id.value)
        assert row is not None
        versions.append(row.version)
    assert versions == sorted(set(versions))


@pytest.mark.parametrize("text", ["", "👍👍", "x y", "<b>", "nonsense", ":blob:", "blob@far.example", "👍" * 200])
async def test_what_is_no_emoji_or_has_no_picture_is_refused(village: Village, text: str) -> None:
    a, _, _, here = await two_houses(village)
    refused = await a.node.reactions.react((await a.row("ann")).id, here.id, text, "test")
    assert isinstance(refused, Refused)
    assert refused.why == "no_emoji"


async def test_a_flood_of_emoji_is_cut(village: Village) -> None:
    a, _, _, here = await two_houses(village)
    ann = (await a.row("ann")).id
    for number in range(10):
        a.done(await a.node.reactions.react(ann, here.id, chr(0x1F34E + number), "test"))
    refused = await a.node.reactions.react(ann, here.id, "🍞", "test")
    assert isinstance(refused, Refused)
    assert refused.why == "too_many_reactions"


async def test_a_nodes_own_emoji_is_shown_with_its_picture_and_can_be_joined(village: Village) -> None:
    a, b, _, _ = await two_houses(village)
    anns = await a.post("ann", "see?")
    known = (await b.find(await a.wire_id(anns))).post
    assert known is not None
    # Nodes of ours have no emoji of their own yet, so it is put in the mouth of bob's.
    picture, bob = "https://b.example/blob.png", await b.row("bob")
    this = WireId(ACTIVITYPUB, await a.wire_id(anns))
    liked = Liked(actor=bob.profile.id, post=this, emoji=":blob:", picture=picture)
    b.done(await b.node.publisher.change(lambda _: liked, "test"))
    await village.settle()
    item = await shown(a, "ann", anns)
    assert [(each.emoji, each.picture) for each in item.reactions] == [(":blob@b.example:", picture)]
    ann = (await a.row("ann")).id
    a.done(await a.node.reactions.react(ann, anns, "blob", "test"))
    assert told(await shown(a, "ann", anns)) == [(":blob@b.example:", 2, True)]
    a.done(await a.node.reactions.unreact(ann, anns, ":blob@b.example:", "test"))
    b.done(await b.node.reactions.unreact(bob.id, known, "blob", "test"))
    await village.settle()
    assert told(await shown(a, "ann", anns)) == []
