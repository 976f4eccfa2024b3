"""When things were done is remembered for a while, so that a post can be traced."""

from scattershot.storage.tables import deliveries, log
from scattershot.testing.village import Village


async def test_a_posts_steps_and_deliveries_are_dated_and_forgotten_again(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    post = await b.post("bob", "hello")
    now = village.clock.now()
    await village.settle()
    store = b.node.drivers.database
    [posted] = await store.read(lambda tx: log.about_post(tx, post))
    assert await store.read(lambda tx: log.step_past(tx, "fanout", posted.seq)) == now
    assert list((await store.read(lambda tx: deliveries.struck_off(tx, posted.seq))).values()) == [now]
    village.clock.advance(4 * 86_400)
    await b.node.housekeeping.step()
    assert await store.read(lambda tx: log.step_past(tx, "fanout", posted.seq)) is None
    assert await store.read(lambda tx: deliveries.struck_off(tx, posted.seq)) == {}
