"""Posts shown first on one's page, here and elsewhere."""

from msgspec import json

from scattershot.domain.ids import PostId
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.storage.tables import relations
from scattershot.testing.village import House, Village


async def pinned_at(house: House, whom: str) -> list[PostId]:
    microblog = await house.microblog(whom)
    return await house.node.drivers.database.read(lambda tx: relations.pinned(tx, microblog))


async def test_pins_come_and_go_on_every_node(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    bob = await b.person("bob")
    old = await b.post("bob", "read this first")  # before anybody followed: a fetches it for the pin
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    b.done(await b.node.publisher.pin(bob, old, "test"))
    await village.settle()
    there = await a.seen(await b.wire_id(old))
    assert there is not None
    assert await pinned_at(a, "@bob@b.example") == [there.id]
    path = (await b.row("bob")).profile.id.value.removeprefix("https://b.example")
    featured = json.decode((await b.get(f"{path}/featured")).body)
    assert [item["id"] for item in featured["orderedItems"]] == [await b.wire_id(old)]
    b.done(await b.node.publisher.unpin(bob, old, "test"))
    await village.settle()
    assert await pinned_at(a, "@bob@b.example") == []


async def test_only_five_open_posts_are_pinned(village: Village) -> None:
    b = await village.house("b.example")
    bob = await b.person("bob")
    refused = await b.node.publisher.pin(bob, await b.post("bob", "for friends", Audience.FOLLOWERS), "test")
    assert isinstance(refused, Refused)
    posts = [await b.post("bob", f"post {number}") for number in range(6)]
    for post in posts[:5]:
        b.done(await b.node.publisher.pin(bob, post, "test"))
    refused = await b.node.publisher.pin(bob, posts[5], "test")
    assert isinstance(refused, Refused)
    assert "At most 5" in refused.detail
    b.done(await b.node.publisher.pin(bob, posts[0], "test"))  # again is no news, and no error
    b.done(await b.node.publisher.unpin(bob, posts[0], "test"))
    b.done(await b.node.publisher.pin(bob, posts[5], "test"))
