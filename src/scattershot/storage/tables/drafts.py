"""Posts that are not made yet: scheduled ones have a moment, drafts have none."""

from typing import NamedTuple

from scattershot.domain.ids import DraftId, MicroblogId, Millis, PersonId
from scattershot.ports.database import Transaction


class Row(NamedTuple):
    """A post to be; `value` is JSON of whatever its frontend keeps of it."""

    id: DraftId
    author: MicroblogId
    writer: PersonId | None
    at: Millis | None
    changed: Millis
    value: str


_COLUMNS = "id, author, writer, at, changed, value"


def add(tx: Transaction, author: MicroblogId, writer: PersonId, at: Millis | None, value: str, now: Millis) -> DraftId:
    """Keep one."""
    return DraftId(
        tx.value(
            "INSERT INTO drafts (author, writer, at, changed, value) VALUES ($1, $2, $3, $4, $5) RETURNING id",
            author,
            writer,
            at,
            now,
            value,
        )
    )


def get(tx: Transaction, author: MicroblogId, draft: DraftId) -> Row | None:
    """The author's own of that id."""
    return tx.fetch_one(Row, f"SELECT {_COLUMNS} FROM drafts WHERE id = $1 AND author = $2", draft, author)


def of(tx: Transaction, author: MicroblogId, *, scheduled: bool, before: DraftId | None, limit: int) -> list[Row]:
    """The author's, newest first: those with a moment or those without."""
    return tx.fetch(
        Row,
        f"SELECT {_COLUMNS} FROM drafts WHERE author = $1 AND (at IS NOT NULL) = $2 AND id < $3 "
        "ORDER BY id DESC LIMIT $4",
        author,
        scheduled,
        before if before is not None else 1 << 62,
        limit,
    )


def count(tx: Transaction, author: MicroblogId) -> int:
    """How many the author has, of both sorts."""
    return int(tx.value("SELECT count(*) FROM drafts WHERE author = $1", author))


def put(tx: Transaction, draft: DraftId, at: Millis | None, value: str, now: Millis) -> None:
    """Replace one."""
    tx.execute("UPDATE drafts SET at = $2, value = $3, changed = $4 WHERE id = $1", draft, at, value, now)


def drop(tx: Transaction, author: MicroblogId, draft: DraftId) -> bool:
    """Forget one; False where the author has none of that id."""
    return bool(tx.execute("DELETE FROM drafts WHERE id = $1 AND author = $2", draft, author))


def due(tx: Transaction, now: Millis, limit: int) -> list[Row]:
    """Those whose moment has come, the oldest first."""
    return tx.fetch(
        Row, f"SELECT {_COLUMNS} FROM drafts WHERE at IS NOT NULL AND at <= $1 ORDER BY at LIMIT $2", now, limit
    )


def next_due(tx: Transaction) -> Millis | None:
    """When the next one's moment comes."""
    soonest: Millis | None = tx.value("SELECT min(at) FROM drafts WHERE at IS NOT NULL")
    return soonest
