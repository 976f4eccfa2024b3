"""Which part of a list of people is asked for. Places in such lists are opaque numbers, longer than ids."""

from msgspec import Struct

from scattershot.app.rosters import Cut
from scattershot.frontends.mastodon_api.pages import within

MOST_DIGITS = 40


class RosterParams(Struct, frozen=True):
    """Which stretch of a list of people, and how many."""

    max_id: str | None = None
    since_id: str | None = None
    min_id: str | None = None
    limit: int = 40

    @property
    def cut(self) -> Cut:
        """The stretch; what is no place is as if it had not been said."""
        return Cut(within(self.limit, 80), place(self.max_id), place(self.since_id), place(self.min_id))


class DomainListParams(RosterParams, frozen=True):
    """The same of domains, of which more go on a page."""

    limit: int = 100

    @property
    def cut(self) -> Cut:
        """The stretch."""
        return super().cut._replace(limit=within(self.limit, 200))


def place(text: str | None) -> int | None:
    """A place as programs give it back: digits alone, or None."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        return None
    return int(text)
