"""Searching across nodes: who may be found is said by the author's node, and what is taken back is found nowhere."""

from scattershot.testing.village import House, Village


async def found(house: House, name: str, typed: str) -> list[str]:
    """The texts that somebody finds."""
    phone = await house.phone(name)
    statuses = (await phone.get("/api/v2/search", {"q": typed, "type": "statuses"}))["statuses"]
    return [status["content"].removeprefix("<p>").removesuffix("</p>") for status in statuses]


async def test_an_author_elsewhere_says_whether_strangers_may_find_them(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    for name in ("ann", "carl"):
        await a.person(name)
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    await b.post("bob", "fog at the weir")
    await village.settle()
    assert await found(a, "carl", "fog") == []
    await b.profile("bob", indexable=True)
    await village.settle()
    assert await found(a, "carl", "fog") == ["fog at the weir"], "what was written before as well"
    await b.profile("bob", indexable=False)
    await village.settle()
    assert await found(a, "carl", "fog") == []


async def test_what_is_taken_back_elsewhere_is_found_nowhere(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    ann, bob = await a.person("ann"), await b.person("bob", indexable=True)
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    post = await b.post("bob", "fog #weather")
    await village.settle()
    here = await a.seen(await b.wire_id(post))
    assert here is not None
    a.done(await a.node.publisher.like(ann, here.id, "test"))
    await village.settle()
    assert len(await found(a, "ann", "fog in:library")) == 1
    b.done(await b.node.publisher.delete(bob, post, "test"))
    await village.settle()
    for house, name in ((a, "ann"), (b, "bob")):
        assert await found(house, name, "fog") == []
        left = await house.node.drivers.database.read(
            lambda tx: [tx.value(f"SELECT count(*) FROM {table}") for table in ("search_posts", "tagged", "stirred")]
        )
        assert left == [0, 0, 0]
