"""Files that people gave in, and their lines: those that are still to be taken over, and those that could not be."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.ports.database import Transaction


class State(StrEnum):
    """How far one is; it goes down this list."""

    COMING = "coming"
    CLEARING = "clearing"
    BRINGING = "bringing"
    DONE = "done"


class Row(NamedTuple):
    """A file given in. `cleared` is up to where what is not in it was ended; `total` counts its lines."""

    id: int
    microblog: MicroblogId
    file: str
    overwrite: bool
    state: State
    cleared: int
    total: int
    failed: int
    remaining: int
    at: Millis
    ended: Millis | None


_COLUMNS = "id, microblog, file, overwrite, state, cleared, total, failed, remaining, at, ended"


def _row(
    id_: int, microblog: int, file: str, overwrite: int, state: str, cleared: int, total: int, failed: int,
    remaining: int, at: int, ended: int | None,
) -> Row:  # fmt: skip
    return Row(
        id_, MicroblogId(microblog), file, bool(overwrite), State(state), cleared, total, failed, remaining,
        Millis(at), None if ended is None else Millis(ended),
    )  # fmt: skip


def add(tx: Transaction, microblog: MicroblogId, file: str, now: Millis, *, overwrite: bool) -> int:
    """A file whose lines are about to come; its id."""
    made: int = tx.value(
        "INSERT INTO imports (microblog, file, overwrite, state, cleared, total, failed, remaining, at) "
        "VALUES ($1, $2, $3, $4, 0, 0, 0, 0, $5) RETURNING id",
        microblog, file, overwrite, State.COMING, now,
    )  # fmt: skip
    return made


def get(tx: Transaction, import_id: int) -> Row | None:
    """The one of that id."""
    return tx.fetch_one(_row, f"SELECT {_COLUMNS} FROM imports WHERE id = $1", import_id)


def of(tx: Transaction, microblog: MicroblogId, limit: int) -> list[Row]:
    """Those of a microblog that came whole, the newest first."""
    return tx.fetch(
        _row,
        f"SELECT {_COLUMNS} FROM imports WHERE microblog = $1 AND state <> 'coming' ORDER BY id DESC LIMIT $2",
        microblog,
        limit,
    )


def under_way(tx: Transaction) -> list[Row]:
    """Those that came whole and are not done, the oldest first."""
    found = tx.fetch(_row, f"SELECT {_COLUMNS} FROM imports WHERE state <> 'done' ORDER BY id LIMIT 200")
    return [row for row in found if row.state is not State.COMING]


def set_state(tx: Transaction, import_id: int, state: State, ended: Millis | None = None) -> None:
    """Say how far it is."""
    tx.execute("UPDATE imports SET state = $2, ended = $3 WHERE id = $1", import_id, state, ended)


def set_cleared(tx: Transaction, import_id: int, place: int) -> None:
    """Say up to where what is not in the file was ended."""
    tx.execute("UPDATE imports SET cleared = $2 WHERE id = $1", import_id, place)


def drop(tx: Transaction, import_id: int) -> int:
    """Forget one with its lines."""
    tx.execute("DELETE FROM import_lines WHERE import_id = $1", import_id)
    return tx.execute("DELETE FROM imports WHERE id = $1", import_id)


def drop_all_of(tx: Transaction, microblog: MicroblogId) -> None:
    """Forget whatever a microblog gave in."""
    tx.execute("DELETE FROM import_lines WHERE import_id IN (SELECT id FROM imports WHERE microblog = $1)", microblog)
    tx.execute("DELETE FROM imports WHERE microblog = $1", microblog)


def drop_interrupted(tx: Transaction) -> int:
    """Forget those that never came whole: nobody was told that they were taken."""
    found = tx.fetch(_one, "SELECT id FROM imports WHERE state = 'coming' AND state <> 'done'")
    return sum(drop(tx, import_id) for (import_id,) in found)


def drop_ended(tx: Transaction, before: Millis) -> int:
    """Forget those that ended before then."""
    found = tx.fetch(_one, "SELECT id FROM imports WHERE ended < $1 AND ended IS NOT NULL LIMIT 20", before)
    return sum(drop(tx, import_id) for (import_id,) in found)


def _one(value: int) -> tuple[int]:
    return (value,)


# -- lines


class Line(NamedTuple):
    """A line as it is kept; `why` says why it could not be taken over, and is None while it is to do."""

    number: int
    name: str
    title: str
    value: str
    why: str | None
    attempts: int


_LINE = "number, name, title, value, why, attempts"


def add_lines(tx: Transaction, import_id: int, lines: Sequence[Line]) -> None:
    """Lines that came; those with a `why` have failed already."""
    tx.execute_many(
        f"INSERT INTO import_lines (import_id, {_LINE}) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        [(import_id, *line) for line in lines],
    )
    bad = sum(line.why is not None for line in lines)
    tx.execute(
        "UPDATE imports SET total = total + $2, failed = failed + $3, remaining = remaining + $4 WHERE id = $1",
        import_id,
        len(lines),
        bad,
        len(lines) - bad,
    )


def due(tx: Transaction, import_id: int, now: Millis, limit: int) -> list[Line]:
    """Lines to be taken over now, those due longest first."""
    return tx.fetch(
        Line,
        f"SELECT {_LINE} FROM import_lines WHERE import_id = $1 AND why IS NULL AND due <= $2 "
        "ORDER BY due, number LIMIT $3",
        import_id,
        now,
        limit,
    )


def next_due(tx: Transaction, import_id: int) -> Millis | None:
    """When the next line is due."""
    found: Millis | None = tx.value(
        "SELECT due FROM import_lines WHERE import_id = $1 AND why IS NULL ORDER BY due LIMIT 1", import_id
    )
    return found


def done(tx: Transaction, import_id: int, number: int) -> None:
    """The line was taken over."""
    dropped = tx.execute("DELETE FROM import_lines WHERE import_id = $1 AND number = $2", import_id, number)
    tx.execute("UPDATE imports SET remaining = remaining - $2 WHERE id = $1", import_id, dropped)


def fail(tx: Transaction, import_id: int, number: int, why: str) -> None:
    """The line cannot be taken over, for that reason."""
    failed = tx.execute(
        "UPDATE import_lines SET why = $3 WHERE import_id = $1 AND number = $2 AND why IS NULL", import_id, number, why
    )
    tx.execute("UPDATE imports SET remaining = remaining - $2, failed = failed + $2 WHERE id = $1", import_id, failed)


def later(tx: Transaction, import_id: int, numbers: Iterable[int], due_at: Millis, *, tried: bool) -> None:
    """Lines are to be taken over at another time; `tried`: that counts as an attempt."""
    tx.execute_many(
        "UPDATE import_lines SET due = $3, attempts = attempts + $4 WHERE import_id = $1 AND number = $2",
        [(import_id, number, due_at, int(tried)) for number in numbers],
    )


def names_among(tx: Transaction, import_id: int, among: list[str]) -> set[tuple[str, str]]:
    """Those of the names that stand in the file, each with the list it stands in."""
    return set(
        tx.fetch(
            lambda name, title: (name, title),
            "SELECT name, title FROM import_lines WHERE import_id = $1 AND name = ANY($2)",
            import_id,
            among,
        )
    )


def titles(tx: Transaction, import_id: int) -> set[str]:
    """The lists that the file speaks of."""
    found = tx.fetch(_text, "SELECT DISTINCT title FROM import_lines WHERE import_id = $1 AND title <> ''", import_id)
    return {title for (title,) in found}


def failures(tx: Transaction, import_id: int, after: int, limit: int) -> list[Line]:
    """Lines that could not be taken over, in their order."""
    return tx.fetch(
        Line,
        f"SELECT {_LINE} FROM import_lines WHERE import_id = $1 AND number > $2 AND why IS NOT NULL "
        "ORDER BY number LIMIT $3",
        import_id,
        after,
        limit,
    )


def _text(value: str) -> tuple[str]:
    return (value,)
