"""The storage seam: a connection that runs plain functions of a transaction."""

from collections.abc import Callable, Iterable
from typing import Any, Literal, Protocol, TypeVar

Row = TypeVar("Row")
T = TypeVar("T")

Engine = Literal["sqlite", "postgres"]


class ConflictError(Exception):
    """A rule of the tables was broken (unique, foreign key, not null, check); let it leave the work, and undo it."""


class UnavailableError(Exception):
    """The store cannot work at the moment: the disk is full, the line is broken, somebody else has it. Nothing was
    done, and the same may be done later; only where the line broke at the commit itself nobody knows."""


class Transaction(Protocol):
    """One transaction; SQL is PostgreSQL's spelling with `$1` parameters, rewritten where an engine differs.

    Parameters are int (64 bits), float, str (without NUL), bytes, bool or None, and list[int] or list[str] for
    `= ANY($n)` and `<> ALL($n)`. SQLite has no booleans: there a row holds 0 or 1, so ask for truth, never for
    `is True`, and give `bool(...)` to what is encoded as JSON. An error from the database must leave the work:
    PostgreSQL refuses everything that would follow.
    """

    @property
    def engine(self) -> Engine:
        """Which engine runs it; for full text alone, the one place with two texts."""
        ...

    def fetch(self, row: Callable[..., Row], sql: str, *args: Any) -> list[Row]:
        """Every row, each as `row(*columns)`."""
        ...

    def fetch_one(self, row: Callable[..., Row], sql: str, *args: Any) -> Row | None:
        """The first row, or None."""
        ...

    def value(self, sql: str, *args: Any) -> Any:
        """The first column of the first row, or None where there is no row."""
        ...

    def execute(self, sql: str, *args: Any) -> int:
        """How many rows it touched."""
        ...

    def execute_many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """The same statement once for each row of parameters."""
        ...

    def lock(self, name: str) -> None:
        """Hold what bears this name until the commit, so that those who lock it come one after another.

        Nothing to do on SQLite, where writers always do. On PostgreSQL two writes do interleave: where a rule of the
        tables does not keep them right, lock.
        """
        ...

    def script(self, sql: str) -> None:
        """Several statements without parameters, in the engine's own spelling: migrations."""
        ...


class Database(Protocol):
    """Runs work in transactions; the caller of `write` returns when its commit is on disk.

    Work may run more than once (PostgreSQL asks for another try after a deadlock), so it alters nothing but the
    tables. A caller cancelled while it waits cannot know whether its work was done.
    """

    async def read(self, work: Callable[[Transaction], T], *, slow: bool = False) -> T:
        """Run a short reading function on a consistent snapshot, which holds all that was written before.

        What may take more than a millisecond or two (search, reports) is `slow`: it runs aside, and raises
        TimeoutError at its deadline.
        """
        ...

    async def write(self, work: Callable[[Transaction], T], *, slow: bool = False) -> T:
        """Run a writing function; what it raises undoes all it did, and nothing that others did.

        What may take more than a few milliseconds (tidying up, migrations) is `slow`: it runs aside, and other writers
        wait for it.
        """
        ...

    def stamp(self, tables: Iterable[str] | None = None) -> int | None:
        """A number that grows when one of these tables (None: any) has been written into; None where nobody can tell.

        What was read after a stamp was taken is as it was while the stamp is still the same. What triggers write is
        not seen.
        """
        ...

    async def close(self) -> None:
        """Finish what was handed in, then let go of the store."""
        ...
