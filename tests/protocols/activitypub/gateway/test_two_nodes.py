"""Two nodes follow each other through nothing but requests."""

from scattershot.domain.post import Audience
from scattershot.storage.tables import relations
from scattershot.testing.fakes import AsgiFetcher
from scattershot.testing.village import Village
from tests.protocols.activitypub.gateway.nodes import Node


async def test_a_node_remembers_the_dialect_another_takes(a: Node, b: Node, village: Village) -> None:
    ann, bob = await a.person("ann"), await b.person("bob")
    await a.follow(ann, remote_bob := await a.find("@bob@b.example"))
    await village.settle()
    assert await a.follows(ann, remote_bob)
    await b.post(bob, "Hello from b")
    await village.settle()
    assert await a.texts(remote_bob) == ["Hello from b"]
    assert (await a.node("b.example")).dialect == "cavage"


async def test_what_was_missed_is_read_from_the_outbox_in_order(
    a: Node, b: Node, network: AsgiFetcher, village: Village
) -> None:
    ann, bob = await a.person("ann"), await b.person("bob")
    await a.follow(ann, remote_bob := await a.find("@bob@b.example"))
    await village.settle()
    network.down("a.example")
    for number in range(45):
        b.clock.advance(1)
        await b.post(bob, f"No {number}", Audience.FOLLOWERS if number % 2 else Audience.PUBLIC)
    await b.built.step()
    network.up("a.example")
    await a.built.catch_up.begin()
    a.clock.advance(31)
    while await a.built.catch_up.step():
        pass
    assert await a.texts(remote_bob) == [f"No {number}" for number in reversed(range(45))]


async def test_a_name_may_live_on_another_domain_than_its_server(village: Village, a: Node) -> None:
    server = Node(await village.house("social.c.example", domains=("c.example",)))
    village.fetcher.mount("c.example", server.built.app)
    cat = await server.person("cat")
    by_name, by_host = await a.find("@cat@c.example"), await a.find("@cat@social.c.example")
    assert by_name == by_host
    assert str((await a.profile(by_name)).handle) == "@cat@c.example"
    assert (await a.profile(by_name)).id == (await server.profile(cat)).id


async def test_followers_that_one_side_forgot_are_mended_at_the_next_delivery(
    a: Node, b: Node, village: Village
) -> None:
    ann, al, bob = await a.person("ann"), await a.person("al"), await b.person("bob")
    remote_bob = await a.find("@bob@b.example")
    await a.follow(ann, remote_bob)
    await a.follow(al, remote_bob)
    await village.settle()
    remote_al = await b.find("@al@a.example")
    await b.database.write(lambda tx: relations.drop_follow(tx, remote_al, bob))
    await b.post(bob, "For followers", Audience.FOLLOWERS)
    await village.settle()
    minder = a.built.doors.sync_minder
    assert minder is not None
    await minder.settled()
    await village.settle()
    assert await a.follows(ann, remote_bob)
    assert not await a.follows(al, remote_bob)
