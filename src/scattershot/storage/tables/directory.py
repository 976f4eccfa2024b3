"""Who may be worth knowing: those who wish to be found, the most followed, and whom one's own follows follow."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId
from scattershot.ports.database import Transaction


def _one(value: int) -> MicroblogId:
    return MicroblogId(value)


def newest(tx: Transaction, limit: int, offset: int, *, here: bool) -> list[MicroblogId]:
    """Those who wish to be found, of here or of anywhere, the last met first."""
    where = "listed AND local" if here else "listed"
    return tx.fetch(_one, f"SELECT id FROM microblogs WHERE {where} ORDER BY id DESC LIMIT $1 OFFSET $2", limit, offset)


def liveliest(tx: Transaction, limit: int, offset: int, *, here: bool) -> list[MicroblogId]:
    """Those who wish to be found, of here or of anywhere, who wrote last first; without those who never wrote."""
    where = "listed AND local" if here else "listed"
    return tx.fetch(
        _one,
        f"SELECT id FROM microblogs WHERE {where} AND last_post > 0 ORDER BY last_post DESC, id DESC "
        "LIMIT $1 OFFSET $2",
        limit,
        offset,
    )


class Known(NamedTuple):
    """Somebody, and by how many."""

    id: MicroblogId
    by: int


def followed_by_follows(tx: Transaction, viewer: MicroblogId, widely: int, limit: int) -> list[Known]:
    """Whom those it followed last (at most so many: `widely`) follow, as far as known here, the most followed first.

    It adds up thousands of rows where they follow many: a slow read.
    """
    return tx.fetch(
        Known,
        "SELECT g.followee, count(*) FROM (SELECT followee FROM follows WHERE follower = $1 AND accepted "
        "ORDER BY at DESC LIMIT $2) f CROSS JOIN follows g WHERE g.follower = f.followee AND g.accepted "
        "AND g.followee <> $1 GROUP BY g.followee ORDER BY 2 DESC, g.followee DESC LIMIT $3",
        viewer,
        widely,
        limit,
    )


def most_followed(tx: Transaction, limit: int) -> list[Known]:
    """Whom most follow, as far as known here."""
    return tx.fetch(
        Known, "SELECT microblog, followers FROM counts WHERE followers > 0 ORDER BY followers DESC LIMIT $1", limit
    )


def dismiss(tx: Transaction, viewer: MicroblogId, suggested: MicroblogId) -> None:
    """Suggest somebody no more."""
    tx.execute("INSERT INTO dismissed (microblog, suggested) VALUES ($1, $2) ON CONFLICT DO NOTHING", viewer, suggested)


def not_to_suggest(tx: Transaction, viewer: MicroblogId, among: list[MicroblogId]) -> set[MicroblogId]:
    """Those of the microblogs that it has dismissed, follows or asked to follow."""
    return set(
        tx.fetch(
            _one,
            "SELECT suggested FROM dismissed WHERE microblog = $1 AND suggested = ANY($2) "
            "UNION ALL SELECT followee FROM follows WHERE follower = $1 AND followee = ANY($2)",
            viewer,
            among,
        )
    )
