"""Archives of all that is a microblog's: asked for, made, and gone again. A row stands before its file and until it is
gone, so that no file is left that nobody knows of."""

from enum import StrEnum
from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.ports.database import Transaction


class State(StrEnum):
    """Whether it is there."""

    WANTED = "wanted"
    READY = "ready"
    FAILED = "failed"


class Row(NamedTuple):
    """An archive; `name` is its file's in the store."""

    id: int
    microblog: MicroblogId
    name: str
    state: State
    bytes: int
    at: Millis


_COLUMNS = "id, microblog, name, state, bytes, at"


def _row(id_: int, microblog: int, name: str, state: str, bytes_: int, at: int) -> Row:
    return Row(id_, MicroblogId(microblog), name, State(state), bytes_, Millis(at))


def want(tx: Transaction, microblog: MicroblogId, name: str, now: Millis) -> None:
    """Ask for one that will bear that name."""
    tx.execute(
        "INSERT INTO archives (microblog, name, state, bytes, at) VALUES ($1, $2, 'wanted', 0, $3)",
        microblog,
        name,
        now,
    )


def newest(tx: Transaction, microblog: MicroblogId) -> Row | None:
    """The one asked for last."""
    return tx.fetch_one(
        _row, f"SELECT {_COLUMNS} FROM archives WHERE microblog = $1 ORDER BY id DESC LIMIT 1", microblog
    )


def of(tx: Transaction, microblog: MicroblogId) -> list[Row]:
    """Its archives, the newest first."""
    return tx.fetch(_row, f"SELECT {_COLUMNS} FROM archives WHERE microblog = $1 ORDER BY id DESC LIMIT 10", microblog)


def next_wanted(tx: Transaction) -> Row | None:
    """The one that waits longest to be made."""
    return tx.fetch_one(_row, f"SELECT {_COLUMNS} FROM archives WHERE state = 'wanted' ORDER BY id LIMIT 1")


def put_state(tx: Transaction, archive: int, state: State, size: int) -> None:
    """Say that it is there, with so many bytes, or never will be."""
    tx.execute("UPDATE archives SET state = $2, bytes = $3 WHERE id = $1", archive, state, size)


def doomed(tx: Transaction, before: Millis) -> list[Row]:
    """Those asked for before then, those followed by a newer one, and those whose microblog is gone."""
    return tx.fetch(
        _row,
        f"SELECT {_COLUMNS} FROM archives a WHERE at < $1 "
        "OR EXISTS (SELECT 1 FROM archives n WHERE n.microblog = a.microblog AND n.id > a.id AND n.state = 'ready') "
        "OR EXISTS (SELECT 1 FROM microblogs m WHERE m.id = a.microblog AND m.gone) LIMIT 100",
        before,
    )


def forget(tx: Transaction, archive: int) -> None:
    """The file is gone."""
    tx.execute("DELETE FROM archives WHERE id = $1", archive)
