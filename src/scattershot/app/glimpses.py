"""The lists that are read the most, at a glance: what tells whether a line is as it was, and items only of those lines
of which that is not known. A hot room; its plain twin is `app.timelines`, and a test compares the two."""

from collections.abc import Sequence

from scattershot.app.items import OPEN, UNMUTED, Item, Items, Line, line
from scattershot.app.reading import readable
from scattershot.domain.choosing import Which
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.window import Window
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import glimpses, posts
from scattershot.storage.tables.glimpses import Glimpse

__all__ = ["Glimpse", "Glimpses", "goes_by_the_clock", "looks_the_same_to_all"]


class Glimpses:
    """Reads glimpses, and makes the items of those that must be looked at."""

    def __init__(self, database: Database, items: Items) -> None:
        self._database, self._items = database, items

    def stamp(self) -> int | None:
        """A number that stays the same while nothing is written that would alter a page; None where nobody knows."""
        return self._database.stamp(glimpses.DEPENDS_ON)

    def home(self, tx: Transaction, owner: MicroblogId, window: Window, limit: int, now: Millis) -> list[Glimpse]:
        """Of what came to the owner's home timeline."""
        return glimpses.at_home(tx, owner, window, limit, now)

    def public(
        self, tx: Transaction, viewer: MicroblogId | None, which: Which, window: Window, limit: int, now: Millis
    ) -> list[Glimpse]:
        """Of the public posts that are known here."""
        return glimpses.known(tx, viewer, which, window, limit, now)

    def at_home(self, tx: Transaction, seen: Sequence[Glimpse], owner: MicroblogId, now: Millis) -> list[Item]:
        """The items of lines of a home timeline, without those that it does not show."""
        rows = posts.get_many(tx, [each[1] for each in seen])
        lines = [
            Line(entry, rows[post], booster)
            for entry, post, booster, *_ in seen
            if post in rows and (entry == post or booster is not None)
        ]
        return self._items.make(tx, lines, owner, now, UNMUTED)

    def in_public(
        self, tx: Transaction, seen: Sequence[Glimpse], viewer: MicroblogId | None, now: Millis
    ) -> list[Item]:
        """The items of public posts, without those that the viewer may not see or is not shown."""
        rows = posts.get_many(tx, [each[1] for each in seen])
        found = readable(tx, [rows[post] for _, post, *_ in seen if post in rows], viewer)
        return self._items.make(tx, [line(row) for row in found], viewer, now, OPEN)


def goes_by_the_clock(item: Item) -> bool:
    """Whether it looks otherwise after a while though nothing happened: a poll ends."""
    quoted = item.quote.item if item.quote is not None else None
    return item.post.poll is not None or (quoted is not None and quoted.post.poll is not None)


def looks_the_same_to_all(item: Item) -> bool:
    """Whether the item of a glimpse that must not be looked at is good for every viewer, and for as long as the glimpse
    is the same: nothing in it goes by the clock, by who asks, or by another post or microblog than those glimpsed."""
    if goes_by_the_clock(item) or item.quote is not None or item.post.writer is not None or item.asks:
        return False
    booster = item.boosted_by
    return not item.author.profile.moved_to and (booster is None or not booster.profile.moved_to)
