"""What comes to a home timeline at once when one begins to hear an author, and goes from it when one no longer does."""

from scattershot.domain.follows import Wish, wants
from scattershot.domain.ids import MicroblogId
from scattershot.domain.post import Audience
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import lists, microblogs, posts, relations, timelines, wishes

BACKFILL = 20
"""Posts already known of a newly followed author that come to the home timeline at once."""

_OPEN = [Audience.PUBLIC.value, Audience.UNLISTED.value]


def come_home(tx: Transaction, follower: MicroblogId, authors: list[MicroblogId]) -> None:
    """Put what is known of authors on the home timeline of a follower here, as each follow says it is to be heard.

    What somebody else had passed on stands there by itself from now on, and not twice.
    """
    for author in authors:
        wish = relations.follow(tx, follower, author)
        if wish is None or not wish.accepted or not wish.home:
            continue
        if not wish.languages:
            timelines.backfill(tx, follower, author, BACKFILL)
            continue
        back = posts.by_author(tx, author, _OPEN, posts.END, 5 * BACKFILL, replies=False)
        wanted = [row.id for row in back if wants(wish.languages, row.post.language)]
        timelines.put_these(tx, follower, wanted[:BACKFILL])
    timelines.drop_second_ways(tx, follower, authors)


def hear_so(tx: Transaction, follower: MicroblogId, followee: MicroblogId, wish: Wish) -> None:
    """Let a follow be heard otherwise from now on; boosts that are no longer wanted go from home at once."""
    old = relations.follow(tx, follower, followee)
    if old is None:
        return
    new = old._replace(**{name: value for name, value in wish._asdict().items() if value is not None})
    if new != old:
        wishes.put(tx, new)
    if old.boosts and not new.boosts:
        timelines.drop_boosts(tx, follower, followee)


def follow_on(tx: Transaction, follower: MicroblogId, old: MicroblogId, target: WireId) -> None:
    """Let a follower hear the target as it heard whoever lives on as that: the same wishes, the same lists."""
    row = microblogs.by_wire_id(tx, target)
    before = relations.follow(tx, follower, old)
    wish = relations.follow(tx, follower, row.id) if row is not None else None
    if before is None or wish is None:
        return
    wishes.put(tx, wish._replace(boosts=before.boosts, notify=before.notify, languages=before.languages))
    for each in lists.with_member(tx, follower, old):
        lists.add_member(tx, each, wish.followee)
    lists.keep_off_home(tx, follower, [wish.followee])


def stay_away(tx: Transaction, owner: MicroblogId, authors: list[MicroblogId]) -> None:
    """Say anew whom an exclusive list keeps off the owner's home timeline, and let what they wrote go or come."""
    before = wishes.kept_off_home(tx, owner, authors)
    lists.keep_off_home(tx, owner, authors)
    after = wishes.kept_off_home(tx, owner, authors)
    if after - before:
        timelines.drop_authors(tx, owner, list(after - before))
    if before - after:
        come_home(tx, owner, list(before - after))
