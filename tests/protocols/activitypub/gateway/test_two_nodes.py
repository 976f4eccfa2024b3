"""Two nodes follow each other through nothing but requests."""

from scattershot.domain.post import Audience
from scattershot.testing.fakes import AsgiFetcher
from tests.protocols.activitypub.gateway.nodes import Node, settle


async def test_a_post_reaches_a_follower_elsewhere(a: Node, b: Node) -> None:
    ann, bob = await a.person("ann"), await b.person("bob")
    remote_bob = await a.find("@bob@b.example")
    await a.publisher.follow(ann, remote_bob, "test")
    await settle(a, b)
    assert await a.follows(ann, remote_bob)
    await b.post(bob, "Hello from b")
    await settle(a, b)
    assert await a.texts(remote_bob) == ["<p>Hello from b</p>"]
    assert await a.dialect_of("b.example") == "cavage"


async def test_many_followers_at_one_node_are_told_by_one_request(a: Node, b: Node, network: AsgiFetcher) -> None:
    bob = await b.person("bob")
    for name in ("ann", "al", "amy"):
        who = await a.person(name)
        await a.publisher.follow(who, await a.find("@bob@b.example"), "test")
    await settle(a, b)
    before = len(network.sent)
    await b.post(bob, "Once", Audience.FOLLOWERS)
    await settle(a, b)
    posts = [sent for sent in network.sent[before:] if sent.method == "POST"]
    assert [(sent.url, sent.status) for sent in posts] == [("https://a.example/inbox", 202)]


async def test_what_was_missed_is_read_from_the_outbox_in_order(a: Node, b: Node, network: AsgiFetcher) -> None:
    ann, bob = await a.person("ann"), await b.person("bob")
    remote_bob = await a.find("@bob@b.example")
    await a.publisher.follow(ann, remote_bob, "test")
    await settle(a, b)
    await a.catch_up.step()
    network.down("a.example")
    for number in range(45):
        b.clock.advance(1)
        await b.post(bob, f"No {number}", Audience.FOLLOWERS if number % 2 else Audience.PUBLIC)
    await b.step()
    network.up("a.example")
    await a.catch_up.begin()
    a.clock.advance(31)
    while await a.catch_up.step():
        pass
    assert await a.texts(remote_bob) == [f"<p>No {number}</p>" for number in reversed(range(45))]
