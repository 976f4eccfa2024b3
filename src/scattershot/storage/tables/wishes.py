"""How those here wish to hear whom they follow; it stands beside the follow itself, where fan-out looks."""

from scattershot.domain.ids import MicroblogId
from scattershot.ports.database import Transaction
from scattershot.storage.tables.relations import FOLLOW, Follow


def put(tx: Transaction, wish: Follow) -> None:
    """Replace how a follow is to be heard."""
    tx.execute(
        "UPDATE follows SET boosts = $3, notify = $4, languages = $5 WHERE followee = $2 AND follower = $1",
        wish.follower,
        wish.followee,
        wish.boosts,
        wish.notify,
        wish.languages,
    )


def about(tx: Transaction, followees: list[MicroblogId]) -> list[Follow]:
    """The follows of these microblogs whose followers are told of each post, or want certain languages only."""
    if tx.value("SELECT 1 FROM follows WHERE notify OR languages <> '' LIMIT 1") is None:  # a fifth of what follows
        return []
    return tx.fetch(
        Follow,
        f"SELECT {FOLLOW} FROM follows WHERE followee = ANY($1) AND (notify OR languages <> '') AND accepted",
        followees,
    )


def languages_of(tx: Transaction, follower: MicroblogId) -> dict[MicroblogId, str]:
    """Those whom it wants to hear in certain languages only, and in which."""
    rows = tx.fetch(_named, "SELECT followee, languages FROM follows WHERE follower = $1 AND languages <> ''", follower)
    return dict(rows)


def _named(microblog: int, text: str) -> tuple[MicroblogId, str]:
    return MicroblogId(microblog), text


def kept_off_home(tx: Transaction, follower: MicroblogId, among: list[MicroblogId]) -> set[MicroblogId]:
    """Those of the microblogs that it follows, but whose posts do not come to its home timeline."""
    rows = tx.fetch(
        _one, "SELECT followee FROM follows WHERE follower = $1 AND followee = ANY($2) AND NOT home", follower, among
    )
    return {MicroblogId(m) for (m,) in rows}


def _one(value: int) -> tuple[int]:
    return (value,)
