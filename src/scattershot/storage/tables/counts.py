"""How many posts and follows a microblog has: kept exact by the engine itself as rows come and go (triggers)."""

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.relations import Counts
from scattershot.ports.database import Transaction


def counts(tx: Transaction, microblogs: list[MicroblogId]) -> dict[MicroblogId, Counts]:
    """The figures of each of the microblogs; posts for a few by name are not counted."""
    rows = tx.fetch(
        _row,
        "SELECT m.id, coalesce(c.posts, 0), coalesce(c.followers, 0), coalesce(c.following, 0), m.last_post "
        "FROM microblogs m LEFT JOIN counts c ON c.microblog = m.id WHERE m.id = ANY($1)",
        microblogs,
    )
    return dict.fromkeys(microblogs, _NONE) | dict(rows)


_NONE = Counts()


def _row(
    microblog: MicroblogId, posts: int, followers: int, following: int, last_post: Millis | None
) -> tuple[MicroblogId, Counts]:
    return microblog, Counts(posts, followers, following, last_post)
