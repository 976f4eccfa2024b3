"""A poll across two nodes: votes come home, and how it stands goes out again."""

from scattershot.app.backfill import POLL_COOLDOWN
from scattershot.app.poll_ends import COUNTED_BY, SPREAD
from scattershot.domain.ids import Millis, PostId
from scattershot.domain.post import Option, Poll
from scattershot.storage.tables import posts
from scattershot.testing.village import House, Village


async def test_a_vote_comes_home_and_the_tally_goes_out(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    ann = await a.person("ann")
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    poll = Poll((Option("tea"), Option("coffee")), ends=Millis(village.clock.now() + 86_400_000))
    post = await b.post("bob", "what will it be?", poll=poll)
    await village.settle()
    here = await a.seen(await b.wire_id(post))
    assert here is not None
    a.done(await a.node.publisher.vote(ann, here.id, ["tea"], "test"))
    await village.settle()
    at_home = await b.seen(await b.wire_id(post))
    assert at_home is not None
    assert at_home.post.poll is not None
    assert [option.votes for option in at_home.post.poll.options] == [1, 0]
    await a.person("amy")
    village.clock.advance(200)
    assert await b.node.tallies.step() == 1
    assert await b.node.tallies.step() == 0
    await village.settle()
    told = await a.seen(await b.wire_id(post))
    assert told is not None
    assert told.post.poll is not None
    assert (told.post.poll.options[0].votes, told.post.poll.voters) == (1, 1)


async def a_poll_of_bob(village: Village, minutes: int = 60) -> tuple[House, House, PostId, posts.Row]:
    """At a, ann knows a poll of bob's at b; how it stands is told to nobody before somebody asks."""
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    await b.person("bea")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    ends = Millis(village.clock.now() + minutes * 60_000)
    post = await b.post("bob", "what will it be?", poll=Poll((Option("tea"), Option("coffee")), ends=ends))
    await village.settle()
    here = await a.seen(await b.wire_id(post))
    assert here is not None
    return a, b, post, here


async def bea_votes(b: House, post: PostId, choice: str = "coffee") -> None:
    b.done(await b.node.publisher.vote(await b.microblog("bea"), post, [choice], "test"))


async def test_who_looks_at_a_poll_sees_how_it_stands_at_its_own_node(village: Village) -> None:
    a, b, post, here = await a_poll_of_bob(village)
    await bea_votes(b, post)
    path = f"/api/v1/polls/{here.id}"
    stranger = (await a.stranger().get(path)).body
    assert [each["votes_count"] for each in stranger["options"]] == [0, 0], "nobody is asked for a stranger's sake"
    ann = await a.phone("ann")
    poll = (await ann.get(path)).body
    assert [each["votes_count"] for each in poll["options"]] == [0, 1]
    status = (await ann.get(f"/api/v1/statuses/{here.id}")).body
    assert (status["poll"]["votes_count"], status["edited_at"]) == (1, None)
    await village.settle()
    assert await a.told("ann") == []


async def test_a_poll_is_asked_about_once_in_a_few_minutes(village: Village) -> None:
    a, b, post, here = await a_poll_of_bob(village)
    ann, path = await a.phone("ann"), f"/api/v1/polls/{here.id}"

    async def asked() -> int:
        before = len(village.fetcher.requests)
        await ann.get(path)
        return len(village.fetcher.requests) - before

    assert await asked() == 1
    assert await asked() == 0
    village.clock.advance(POLL_COOLDOWN / 1_000 + 1)
    await bea_votes(b, post)
    assert await asked() == 1
    village.shut(b)
    village.clock.advance(POLL_COOLDOWN / 1_000 + 1)
    assert await asked() == 1
    assert (await ann.get(path))["votes_count"] == 1, "what was known still stands"


async def test_a_poll_that_is_over_is_counted_once_more(village: Village) -> None:
    a, b, post, here = await a_poll_of_bob(village, minutes=5)
    a.done(await a.node.publisher.vote(await a.microblog("ann"), here.id, ["tea"], "test"))
    await village.settle()
    await bea_votes(b, post)
    village.clock.advance(301)
    await village.settle()
    assert await a.told("ann") == ["poll"]
    village.clock.advance((COUNTED_BY + SPREAD) / 1_000)
    await village.settle()
    at_home = await b.seen(await b.wire_id(post))
    assert at_home is not None
    assert at_home.post.poll is not None
    assert at_home.post.poll.closed == at_home.post.poll.ends
    ann, path = await a.phone("ann"), f"/api/v1/polls/{here.id}"
    sent = len(village.fetcher.requests)
    poll = (await ann.get(path)).body
    assert [each["votes_count"] for each in poll["options"]] == [1, 1]
    assert poll["expired"] is True
    village.clock.advance(POLL_COOLDOWN / 1_000 + 1)
    await ann.get(path)
    assert len(village.fetcher.requests) == sent, "it is counted, and nothing in it changes any more"


async def test_the_last_tally_is_asked_again_where_its_node_was_away(village: Village) -> None:
    a, b, post, here = await a_poll_of_bob(village, minutes=5)
    a.done(await a.node.publisher.vote(await a.microblog("ann"), here.id, ["tea"], "test"))
    await village.settle()
    await bea_votes(b, post)
    village.shut(b)
    village.clock.advance(301)
    await village.settle()
    village.clock.advance((COUNTED_BY + SPREAD) / 1_000)
    await village.settle()
    await village.reopen(b)
    village.clock.advance(3_600)
    await village.settle()
    row = await a.seen(await b.wire_id(post))
    assert row is not None
    assert row.post.poll is not None
    assert [each.votes for each in row.post.poll.options] == [1, 1]
