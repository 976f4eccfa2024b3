"""Pages: which stretch of a long list is asked for, and how many of it."""

from typing import ClassVar

from msgspec import Struct

from scattershot.domain.window import Window
from scattershot.frontends.mastodon_api.calls import window


def within(asked: int, most: int) -> int:
    """How many, within bounds."""
    return max(1, min(asked, most))


class PageParams(Struct, frozen=True):
    """Which stretch of a list of posts, and how many; those of other lists differ in how many are usual and `most`."""

    most: ClassVar[int] = 40

    max_id: str | None = None
    since_id: str | None = None
    min_id: str | None = None
    limit: int = 20

    @property
    def window(self) -> Window:
        """The stretch."""
        return window(self.max_id, self.since_id, self.min_id)

    @property
    def size(self) -> int:
        """How many, within bounds."""
        return within(self.limit, self.most)


class PeoplePageParams(PageParams, frozen=True):
    """The same of microblogs, of which more go on a page."""

    most: ClassVar[int] = 80

    limit: int = 40
