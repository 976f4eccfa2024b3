"""Counts that the engine keeps are those that counting gives, whatever happens."""

import random

from scattershot.domain.change import (
    Blocked,
    Boosted,
    Deleted,
    FollowAnswered,
    Followed,
    Posted,
    Unblocked,
    Unfollowed,
    Vanished,
)
from scattershot.domain.ids import MicroblogId
from scattershot.domain.post import Audience
from scattershot.domain.relations import Counts
from scattershot.ports.database import Transaction
from scattershot.storage.tables import counts, relations
from scattershot.testing.factories import a_post, a_profile
from tests.app.conftest import World


def _counted(tx: Transaction, microblog: MicroblogId) -> tuple[int, int, int]:
    """The same by counting rows."""
    return (
        tx.value("SELECT count(*) FROM posts WHERE author = $1 AND NOT gone AND audience <> 'mentioned'", microblog),
        tx.value("SELECT count(*) FROM follows WHERE followee = $1 AND accepted", microblog),
        tx.value("SELECT count(*) FROM follows WHERE follower = $1 AND accepted", microblog),
    )


async def test_counts_are_exact_whatever_happens(world: World) -> None:
    lots = random.Random(7)
    names = [await world.local(name) for name in ("ann", "bob", "cat")]
    await world.lock(names[0])
    people = [row.profile for row in names]
    people += [(await world.remote(a_profile(f"far{number}@far.example"))).profile for number in range(3)]
    written = []
    for _ in range(300):
        one, other = lots.sample(people, 2)
        match lots.randrange(9):
            case 0 | 1:
                await world.apply(Followed(actor=one.id, target=other.id))
            case 2 | 3:
                accepted = lots.random() < 0.8
                await world.apply(FollowAnswered(actor=one.id, follower=other.id, accepted=accepted))
            case 4:
                await world.apply(Unfollowed(actor=one.id, target=other.id))
            case 5:
                await world.apply(Blocked(actor=one.id, target=other.id))
                await world.apply(Unblocked(actor=one.id, target=other.id))
            case 6 | 7:
                post = a_post(one.id, audience=lots.choice(list(Audience)))
                await world.apply(Posted(actor=one.id, post=post), asked_for=True)
                await world.apply(Boosted(actor=other.id, post=post.id, at=world.clock.now()))
                written.append(post)
            case _ if written:
                gone = written.pop(lots.randrange(len(written)))
                await world.apply(Deleted(actor=gone.author, post=gone.id))
    await world.apply(Vanished(actor=people[-1].id))

    def work(tx: Transaction) -> None:
        ids = tx.fetch(lambda each: MicroblogId(each), "SELECT id FROM microblogs")
        found = counts.counts(tx, ids)
        assert sum(found[each].followers for each in ids) > 3
        assert {each: found[each][:3] for each in ids} == {each: _counted(tx, each) for each in ids}

    await world.database.read(work)


async def test_a_wish_withdrawn_from_those_accepted_is_counted_off(world: World) -> None:
    ann, bob = await world.local("ann"), await world.local("bob")

    def work(tx: Transaction) -> list[Counts]:
        seen = []
        for accepted in (False, True, True, False, True):
            relations.put_follow(tx, relations.Follow(ann.id, bob.id, accepted, "", world.clock.now()))
            seen.append(counts.counts(tx, [bob.id])[bob.id])
        return seen

    assert [each.followers for each in await world.database.write(work)] == [0, 1, 1, 0, 1]


async def test_nobody_has_no_posts(world: World) -> None:
    assert await world.database.read(lambda tx: counts.counts(tx, [MicroblogId(404)])) == {404: Counts()}
    assert await world.database.read(lambda tx: counts.counts(tx, [])) == {}
