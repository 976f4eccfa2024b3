"""What the house asks of whoever reads feeds elsewhere: news of one, and that somebody tells us of it."""

from typing import NamedTuple, Protocol, TypeAlias

from scattershot.domain.source import Offer, Pace, Source


class News(NamedTuple):
    """The feed as it is now: `body` is what the tongue reads, `address` where it lives for good, `rest` the
    milliseconds for which it holds. `offers` say who would tell us, the best first; `ended` that nothing will ever be
    added."""

    body: bytes
    digest: str
    address: str
    tag: str
    modified: str
    rest: int
    pace: Pace
    offers: tuple[Offer, ...]
    ended: bool = False


class NoNews(NamedTuple):
    """It is as it was."""

    rest: int = 0


class Ended(NamedTuple):
    """It says that it is gone for good (410)."""


class Failed(NamedTuple):
    """`why` is a word fit for a counter, `after` for how many milliseconds it asked to be let alone."""

    why: str
    after: int = 0


Gathered: TypeAlias = News | NoNews | Ended | Failed


class Gatherer(Protocol):
    """Asks feeds, and those who would tell us of them."""

    async def gather(self, source: Source) -> Gathered:
        """What is new, asked so that nothing is sent twice that we have."""
        ...

    async def subscribe(self, source: Source, offer: Offer) -> int | None:
        """Ask to be told at the source's own callback. Milliseconds for which that was promised at once, 0 where it is
        to be verified first; None where nothing came of it."""
        ...

    async def leave(self, source: Source, offer: Offer) -> bool:
        """Ask not to be told any more; whether that is to be verified, else there is no more to it."""
        ...
