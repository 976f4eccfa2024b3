"""A poll across two nodes: votes come home, and how it stands goes out again."""

from scattershot.domain.ids import Millis
from scattershot.domain.post import Option, Poll
from scattershot.testing.village import Village


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
