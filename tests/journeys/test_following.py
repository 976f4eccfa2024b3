"""Two nodes whose people follow each other: a post is pushed at once, and one that was away misses nothing."""

from scattershot.domain.post import Audience
from scattershot.testing.village import Village


async def test_a_post_comes_to_a_follower_at_another_house(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    await b.post("bob", "Hello from over here")
    await village.settle()
    assert await a.home("ann") == ["Hello from over here"]
    assert await b.told("bob") == ["follow"]


async def test_a_house_that_was_shut_hears_it_later_once_and_in_order(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    village.shut(a)
    for number in range(50):
        await b.post("bob", f"post {number}")
        await village.settle()
    await village.reopen(a)
    village.clock.advance(40)
    await village.settle()
    assert await a.home("ann") == [f"post {number}" for number in reversed(range(50))]


async def test_a_house_shut_for_a_week_costs_its_friends_one_row_and_still_misses_nothing(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    village.shut(a)
    for number in range(120):
        await b.post("bob", f"for you {number}, @ann@a.example", Audience.MENTIONED)
        village.clock.advance(3600)
        await village.settle()
    owed = await b.node.drivers.database.read(lambda tx: tx.value("SELECT count(*) FROM deliveries"))
    assert owed <= 50
    await village.reopen(a)
    for _ in range(20):
        village.clock.advance(6 * 3600)
        await village.settle()
    assert await a.home("ann") == [f"for you {number}, @ann@a.example" for number in reversed(range(120))]


async def test_a_locked_microblog_decides_who_hears_it(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob", locked=True)
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    assert await b.told("bob") == ["follow_request"]
    await b.post("bob", "not for you yet")
    await village.settle()
    assert await a.home("ann") == []
    bob, ann_at_b = (await b.row("bob")).id, await b.microblog("@ann@a.example")
    b.done(await b.node.publisher.answer(bob, ann_at_b, "test", accepted=True))
    await village.settle()
    await b.post("bob", "now it is", Audience.FOLLOWERS)
    await village.settle()
    assert (await a.home("ann"))[0] == "now it is"


async def test_the_followers_of_one_server_are_told_by_one_request(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await b.person("bob")
    for name in ("ann", "amy", "art"):
        await a.person(name)
        await a.follow(name, "@bob@b.example")
    await village.settle()
    before = len([sent for sent in village.fetcher.sent if sent.method == "POST" and "a.example" in sent.url])
    await b.post("bob", "to all of you")
    await village.settle()
    after = [sent for sent in village.fetcher.sent if sent.method == "POST" and "a.example" in sent.url]
    assert len(after) == before + 1
    for name in ("ann", "amy", "art"):
        assert await a.home(name) == ["to all of you"]


async def test_a_reply_a_boost_and_a_like_find_their_way_home(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    ann = await a.person("ann")
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    post = await b.post("bob", "what do you think?")
    await village.settle()
    here = await a.seen(await b.wire_id(post))
    assert here is not None
    await a.post("ann", "I think so, @bob@b.example", reply_to=here.id)
    a.done(await a.node.publisher.like(ann, here.id, "test"))
    a.done(await a.node.publisher.boost(ann, here.id, "test"))
    await village.settle()
    assert sorted(await b.told("bob")) == ["boost", "follow", "like", "mention"]
    row = await b.seen(await b.wire_id(post))
    assert row is not None
    assert (row.likes, row.boosts, row.replies) == (1, 1, 1)
    a.done(await a.node.publisher.unlike(ann, here.id, "test"))
    a.done(await a.node.publisher.unboost(ann, here.id, "test"))
    await village.settle()
    row = await b.seen(await b.wire_id(post))
    assert row is not None
    assert (row.likes, row.boosts) == (0, 0)


async def test_an_edit_and_a_deletion_reach_everyone_who_has_the_post(village: Village) -> None:
    from scattershot.app.publish import Draft

    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    bob = await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    post = await b.post("bob", "first thoghts")
    await village.settle()
    village.clock.advance(5)
    b.done(await b.node.publisher.edit(bob, post, Draft("first thoughts"), "test"))
    await village.settle()
    there = await a.seen(await b.wire_id(post))
    assert there is not None
    assert "first thoughts" in there.post.html
    b.done(await b.node.publisher.delete(bob, post, "test"))
    await village.settle()
    gone = await a.seen(await b.wire_id(post))
    assert gone is not None
    assert gone.gone
    assert await a.home("ann") == []
    assert (await b.get(f"/p/{post}")).status == 410


async def test_what_is_only_for_this_node_never_leaves_it(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    await b.person("bea")
    await b.follow("bea", "bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    post = await b.post("bob", "just us", Audience.LOCAL)
    await village.settle()
    assert await b.home("bea") == ["just us"]
    assert await a.home("ann") == []
    assert (await b.get(f"/p/{post}")).status == 404


async def test_a_blocked_neighbour_hears_nothing_more(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    bob = await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    b.done(await b.node.publisher.block(bob, await b.microblog("@ann@a.example"), "test"))
    await village.settle()
    await b.post("bob", "peace at last")
    await village.settle()
    assert await a.home("ann") == []


async def test_a_house_that_falls_twice_in_a_row_is_not_waited_for(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    for number in range(2):
        village.shut(a)
        await b.post("bob", f"for you {number}, @ann@a.example", Audience.MENTIONED)
        await village.settle()
        await village.reopen(a)  # it asks bob what it missed, which shows that it is up
        village.clock.advance(2)
        await village.settle()
        assert (await a.home("ann"))[0] == f"for you {number}, @ann@a.example"
