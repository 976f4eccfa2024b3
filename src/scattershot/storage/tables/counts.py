"""How many follow, are followed and were written: kept exact by the engine as rows come and go (triggers)."""

from scattershot.domain.ids import MicroblogId
from scattershot.domain.relations import Counts
from scattershot.ports.database import Transaction


def counts(tx: Transaction, microblogs: list[MicroblogId]) -> dict[MicroblogId, Counts]:
    """The figures of each of the microblogs."""
    rows = tx.fetch(
        _row, "SELECT microblog, followers, following, posts FROM counts WHERE microblog = ANY($1)", microblogs
    )
    return dict.fromkeys(microblogs, _NONE) | dict(rows)


_NONE = Counts()


def _row(microblog: MicroblogId, followers: int, following: int, posts: int) -> tuple[MicroblogId, Counts]:
    return microblog, Counts(followers, following, posts)
