"""The storage seam: a connection that runs plain functions of a transaction."""

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

Row = TypeVar("Row")
T = TypeVar("T")


class Transaction(Protocol):
    """One transaction; SQL is PostgreSQL's spelling with `$1` parameters, rewritten where an engine differs.

    Parameters are int, float, str, bytes, bool or None, and list[int] or list[str] for `= ANY($n)`.
    """

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
        """Keep every other transaction that takes the lock of that name waiting until this one ends."""
        ...


class Database(Protocol):
    """Runs work in transactions; the caller of `write` returns when its commit is on disk."""

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run a short reading function on a consistent snapshot."""
        ...

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run a writing function; what it raises undoes all it did, and nothing that others did."""
        ...

    async def close(self) -> None:
        """Finish what was handed in, then let go of the store."""
        ...
