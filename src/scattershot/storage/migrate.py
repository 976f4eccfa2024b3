"""Numbered SQL that brings a database from any older version to this one, at start.

A step is `migrations/NNNN_name.sql` for both engines, with the words of `dialect.spelt`; where the engines part,
`NNNN_name.sqlite.sql` and `NNNN_name.postgres.sql` stand beside it and run after it, or in its stead. Each number is
one transaction. A step that was released is never altered: the next number mends it.
"""

import re
from collections.abc import Iterable, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from typing import NamedTuple

from scattershot.domain.ids import Millis
from scattershot.ports.database import Database, Engine, Transaction
from scattershot.storage.dialect import spelt

MIGRATIONS = resources.files("scattershot.storage") / "migrations"

_FILE = re.compile(r"(?P<number>\d{4})_(?P<name>[a-z0-9_]+)(?:\.(?P<engine>sqlite|postgres))?\.sql")


class WrongDatabaseError(Exception):
    """The database was not made by this version or an older one; nothing was altered."""


class Migration(NamedTuple):
    """One step: its texts are in PostgreSQL's or SQLite's own spelling."""

    number: int
    name: str
    text: str


class _Applied(NamedTuple):
    number: int
    name: str


def migrations_in(folder: Traversable, engine: Engine) -> list[Migration]:
    """The steps of a folder for one engine, in order; a ValueError where they do not count 1, 2, 3 …"""
    texts: dict[tuple[int, str], dict[str, str]] = {}
    for file in folder.iterdir():
        match = _FILE.fullmatch(file.name)
        if match:
            step = texts.setdefault((int(match["number"]), match["name"]), {})
            step[match["engine"] or ""] = file.read_text(encoding="utf-8")
        elif file.name.endswith(".sql"):
            raise ValueError(f"not a name for a migration: {file.name}")
    steps = [
        Migration(number, name, spelt("\n".join(step[key] for key in ("", engine) if key in step), engine))
        for (number, name), step in sorted(texts.items())
    ]
    if [step.number for step in steps] != list(range(1, len(steps) + 1)):
        raise ValueError(f"migrations must count 1, 2, 3 …, not {[step.number for step in steps]}")
    return steps


def next_step(known: Sequence[Migration], applied: Iterable[_Applied]) -> Migration | None:
    """What to apply now, or None where all is done; WrongDatabaseError where the past is not one that we know."""
    done = 0
    for number, name in applied:
        if done == len(known):
            raise WrongDatabaseError(
                f"the database is of version {number} ({name}), this program knows up to {done}: install a newer one"
            )
        if (number, name) != known[done][:2]:
            raise WrongDatabaseError(
                f"step {number} of the database is {name}, here step {known[done].number} is {known[done].name}"
            )
        done += 1
    return known[done] if done < len(known) else None


async def migrate(database: Database, now: Millis, folder: Traversable = MIGRATIONS) -> int:
    """Bring the database to this version and say how many steps that took; several may start at once."""
    known = migrations_in(folder, await database.read(lambda tx: tx.engine))
    taken = 0
    while await database.write(lambda tx: _take_step(tx, now, known)):
        taken += 1
    return taken


def _take_step(tx: Transaction, now: Millis, known: Sequence[Migration]) -> bool:
    tx.lock("migrations")  # another process may be starting: who comes second finds the step done
    tx.execute(
        "CREATE TABLE IF NOT EXISTS schema_versions "
        "(number BIGINT PRIMARY KEY, name TEXT NOT NULL, applied BIGINT NOT NULL)"
    )
    applied = tx.fetch(_Applied, "SELECT number, name FROM schema_versions ORDER BY number")
    step = next_step(known, applied)
    if step is None:
        return False
    tx.script(step.text)
    tx.execute("INSERT INTO schema_versions (number, name, applied) VALUES ($1, $2, $3)", step.number, step.name, now)
    return True
