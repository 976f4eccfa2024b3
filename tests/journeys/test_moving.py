"""Moving from one node to another: followers are led along, where the new microblog says that it is the same one."""

from scattershot.app.publish import Draft
from scattershot.domain.microblog import Handle
from scattershot.domain.reading import Refused
from scattershot.storage.tables import microblogs
from scattershot.testing.village import House, Village


async def three(village: Village) -> tuple[House, House, House]:
    """Ann at a follows Bob at b, who has another microblog at c."""
    a, b, c = [await village.house(f"{letter}.example") for letter in "abc"]
    await a.person("ann")
    await b.person("bob")
    await c.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    return a, b, c


async def move(b: House) -> None:
    bob = (await b.row("bob")).id
    b.done(await b.node.publisher.move(bob, await b.microblog("@bob@c.example"), "test"))


async def test_followers_follow_to_where_a_microblog_lives_on(village: Village) -> None:
    a, b, c = await three(village)
    await b.person("bea")
    await b.follow("bea", "bob")
    await b.find("@bob@c.example")  # known to b without the alias: it is looked at anew
    await c.profile("bob", also_known_as=((await b.row("bob")).profile.id.value,))
    await move(b)
    await village.settle()
    await c.post("bob", "here I am")
    await village.settle()
    assert await a.home("ann") == ["here I am"]
    assert await b.home("bea") == ["here I am"]
    assert sorted(await c.told("bob")) == ["follow", "follow"]
    old = await a.node.drivers.database.read(lambda tx: microblogs.by_handle(tx, Handle("bob", "b.example")))
    assert old is not None
    assert old.moved_to == await a.microblog("@bob@c.example")
    document = await b.get((await b.row("bob")).profile.id.value.removeprefix("https://b.example"))
    assert b'"movedTo":"' + (await c.row("bob")).profile.id.value.encode() + b'"' in document.body


async def test_nobody_is_led_to_a_microblog_that_does_not_say_it_is_the_same(village: Village) -> None:
    a, b, c = await three(village)
    bob = (await b.row("bob")).id
    refused = await b.node.publisher.move(bob, await b.microblog("@bob@c.example"), "test")
    assert isinstance(refused, Refused)
    assert refused.why == "no_alias"
    await village.settle()
    assert await c.told("bob") == []
    await b.post("bob", "still here")
    await village.settle()
    assert await a.home("ann") == ["still here"]


async def test_one_that_moved_posts_and_follows_no_more_until_it_comes_back(village: Village) -> None:
    _, b, c = await three(village)
    await c.profile("bob", also_known_as=((await b.row("bob")).profile.id.value,))
    bob, own = (await b.row("bob")).id, await b.post("bob", "before")
    await move(b)
    await village.settle()
    publisher = b.node.publisher
    for refused in (
        await publisher.post(bob, Draft("after"), None, "test"),
        await publisher.boost(bob, own, "test"),
        await publisher.like(bob, own, "test"),
        await publisher.follow(bob, await b.microblog("@ann@a.example"), "test"),
    ):
        assert isinstance(refused, Refused)
        assert refused.why == "moved"
    b.done(await publisher.delete(bob, own, "test"))
    b.done(await publisher.come_back(bob, "test"))
    assert (await b.row("bob")).moved_to is None
    await b.post("bob", "back again")
    await b.follow("bob", "@ann@a.example")
