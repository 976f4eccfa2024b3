"""PostgreSQL under the storage seam: the same plain functions of a transaction, run by psycopg on a few threads.

Each thread keeps one connection of its own, so the threads are the pool. Writes are READ COMMITTED and do interleave:
where a rule of the tables does not keep two writers right, `Transaction.lock` does.
"""

import asyncio
import hashlib
import logging
import random
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import starmap
from typing import Any, TypeVar

import psycopg
from psycopg.adapt import Buffer, Loader
from psycopg.pq import ExecStatus, Format
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper

from scattershot.ports.database import ConflictError, Engine, Row, Transaction, UnavailableError

T = TypeVar("T")
_Connection = psycopg.Connection[tuple[Any, ...]]
_Cursor = psycopg.Cursor[tuple[Any, ...]]

_log = logging.getLogger(__name__)

_TRIES = 8
"""How often work is tried that PostgreSQL undid for another's sake (deadlock, serialisation) or that lost its line."""

_STATEMENTS = 512
"""Prepared statements kept by each connection: more than the whole program has."""

_BEGIN_READ = b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_BEGIN_WRITE = b"BEGIN ISOLATION LEVEL READ COMMITTED"


class PostgresTransaction:
    """The port's Transaction on one cursor; whoever made it begins and ends."""

    __slots__ = ("_cursor", "_run")

    engine: Engine = "postgres"

    def __init__(self, cursor: _Cursor) -> None:
        self._cursor = cursor
        self._run: Callable[[str, tuple[Any, ...]], _Cursor] = cursor.execute

    def fetch(self, row: Callable[..., Row], sql: str, *args: Any) -> list[Row]:
        return list(starmap(row, self._run(sql, args).fetchall()))

    def fetch_one(self, row: Callable[..., Row], sql: str, *args: Any) -> Row | None:
        columns = self._run(sql, args).fetchone()
        return None if columns is None else row(*columns)

    def value(self, sql: str, *args: Any) -> Any:
        columns = self._run(sql, args).fetchone()
        return None if columns is None else columns[0]

    def execute(self, sql: str, *args: Any) -> int:
        return max(self._run(sql, args).rowcount, 0)

    def execute_many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self._cursor.executemany(sql, rows)

    def lock(self, name: str) -> None:
        self._run("SELECT pg_advisory_xact_lock($1)", (_lock_number(name),))

    def script(self, sql: str) -> None:
        # Without parameters and binary results psycopg takes the simple protocol: several statements in one text.
        self._cursor.connection.execute(sql)


class PostgresDatabase:
    """The port's Database on a PostgreSQL server; several processes may share one."""

    def __init__(self, dsn: str, *, connections: int = 8, slow_seconds: float = 5.0) -> None:
        self._slow_seconds = slow_seconds
        self._threads = _Threads(dsn, connections, "postgres")
        self._slow_threads = _Threads(dsn, 2, "postgres-slow-read", statement_seconds=slow_seconds)

    async def read(self, work: Callable[[Transaction], T], *, slow: bool = False) -> T:
        """See the port; the deadline of a slow read is for each of its statements."""
        if not slow:
            return await self._threads.run(_BEGIN_READ, work)
        try:
            return await self._slow_threads.run(_BEGIN_READ, work)
        except psycopg.errors.QueryCanceled as error:
            raise TimeoutError(f"a slow read took more than {self._slow_seconds} s") from error

    async def write(self, work: Callable[[Transaction], T], *, slow: bool = False) -> T:  # noqa: ARG002
        """See the port; all work is done on threads here."""
        return await self._threads.run(_BEGIN_WRITE, work)

    def stamp(self, tables: Iterable[str] | None = None) -> int | None:  # noqa: ARG002
        """See the port: other processes write here too."""
        return None

    async def close(self) -> None:
        """See the port; a second call does nothing."""
        await asyncio.to_thread(self._slow_threads.finish)
        await asyncio.to_thread(self._threads.finish)


class _Threads:
    """Some threads, each with a connection of its own that it opens at need and opens again when it broke."""

    def __init__(self, dsn: str, size: int, name: str, *, statement_seconds: float | None = None) -> None:
        self._dsn = dsn
        self._statement_seconds = statement_seconds
        self._executor = ThreadPoolExecutor(size, name)
        self._own = threading.local()
        self._all: set[_Connection] = set()

    async def run(self, begin: bytes, work: Callable[[Transaction], T]) -> T:
        """Run work in a transaction that opens with `begin`, as often as it takes."""
        try:
            waiting = asyncio.get_running_loop().run_in_executor(self._executor, self._attempts, begin, work)
        except RuntimeError as error:  # what a shut executor says
            raise RuntimeError("the database is closed") from error
        # Shielded: work that was handed in is done, whether or not its caller still waits; as with SQLite.
        return await asyncio.shield(waiting)

    def finish(self) -> None:
        """Return when all that was handed in is done and the connections are closed."""
        self._executor.shutdown()
        while self._all:
            self._all.pop().close()

    def _attempts(self, begin: bytes, work: Callable[[Transaction], T]) -> T:
        tries = 0
        while True:
            tries += 1
            try:
                connection = self._connection()
            except psycopg.Error as error:
                raise _in_our_words(error) from error
            try:
                _command(connection, begin)
                result = work(PostgresTransaction(connection.cursor(binary=True)))
            except psycopg.Error as error:
                _undo(connection)
                # Nothing was committed, so nothing is done twice.
                if tries < _TRIES and _may_succeed_next_time(error, connection):
                    _pause(tries, error)
                    continue
                raise _in_our_words(error) from error
            except StopIteration as error:  # a future refuses to carry one
                _undo(connection)
                raise RuntimeError("the work raised StopIteration") from error
            except BaseException:
                _undo(connection)
                raise
            try:
                _command(connection, b"COMMIT")
            except psycopg.Error as error:
                # Never tried again: where the line broke here, nobody knows whether it was kept.
                raise _in_our_words(error) from error
            return result

    def _connection(self) -> _Connection:
        connection: _Connection | None = getattr(self._own, "connection", None)
        if connection is None or connection.closed:
            if connection is not None:
                self._all.discard(connection)
            connection = self._own.connection = _connect(self._dsn, self._statement_seconds)
            self._all.add(connection)
        return connection


def _connect(dsn: str, statement_seconds: float | None) -> _Connection:
    connection = psycopg.connect(dsn, autocommit=True, cursor_factory=psycopg.RawCursor)
    connection.prepared_max = _STATEMENTS
    adapters = connection.adapters
    # Every int as BIGINT, whatever its size: else each size would be another prepared statement.
    adapters.register_dumper(int, Int8Dumper)
    adapters.register_dumper(int, Int8BinaryDumper)
    adapters.register_loader("numeric", _NumericTextLoader)
    adapters.register_loader("numeric", _NumericBinaryLoader)
    if statement_seconds is not None:
        connection.execute("SELECT set_config('statement_timeout', $1, FALSE)", [str(int(statement_seconds * 1000))])
    return connection


def _command(connection: _Connection, text: bytes) -> None:
    """BEGIN or COMMIT straight to libpq: psycopg's cursor costs as much again as the query proper."""
    result = connection.pgconn.exec_(text)
    if result.status != ExecStatus.COMMAND_OK:
        raise psycopg.errors.error_from_result(result)
    if text == b"COMMIT" and result.command_status != b"COMMIT":
        # The work caught an error of the database; PostgreSQL answers such a COMMIT with a friendly ROLLBACK.
        raise psycopg.errors.InFailedSqlTransaction("the work went on after an error, so nothing was kept")


def _undo(connection: _Connection) -> None:
    if not connection.closed:
        connection.pgconn.exec_(b"ROLLBACK")


def _may_succeed_next_time(error: psycopg.Error, connection: _Connection) -> bool:
    return connection.closed or isinstance(error, psycopg.errors.SerializationFailure | psycopg.errors.DeadlockDetected)


def _pause(tries: int, error: psycopg.Error) -> None:
    _log.info("trying work again (%d): %s", tries, error)
    if tries > 1:  # two that met once rarely meet again; who keeps meeting steps aside for a random while
        time.sleep(random.uniform(0, 0.005 * 2**tries))  # noqa: S311


def _in_our_words(error: psycopg.Error) -> Exception:
    """What the caller is told: the port's words for a broken rule of the tables, and for a server in trouble."""
    match error:
        case psycopg.IntegrityError():
            return ConflictError(str(error))
        case psycopg.errors.QueryCanceled():  # late, not in trouble
            return error
        case psycopg.OperationalError():
            return UnavailableError(str(error))
        case _:
            return error


def _lock_number(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def _plain(number: Decimal) -> int | float:
    exponent = number.as_tuple().exponent
    return int(number) if isinstance(exponent, int) and exponent >= 0 else float(number)


class _NumericTextLoader(Loader):
    """NUMERIC as int or float, as SQLite has it: the sum of BIGINTs is an int, their average a float."""

    def load(self, data: Buffer) -> int | float:
        return _plain(Decimal(bytes(data).decode()))


class _NumericBinaryLoader(Loader):
    """The same from the binary format."""

    format = Format.BINARY

    def __init__(self, oid: int, context: Any = None) -> None:
        super().__init__(oid, context)
        self._decimal = psycopg.types.numeric.NumericBinaryLoader(oid, context)

    def load(self, data: Buffer) -> int | float:
        return _plain(self._decimal.load(data))
