"""SQLite under the storage seam: one writer that commits for many at once, and readers beside it.

The rule: whoever returns from `write` has a commit on disk (WAL, synchronous FULL). One sync serves all that waited,
so what costs 4 ms alone costs microseconds each in company; under load the batches grow by themselves.
"""

import asyncio
import logging
import queue
import shutil
import sqlite3
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import starmap
from pathlib import Path
from typing import Any, NamedTuple, TypeVar, cast

from scattershot.ports.database import ConflictError, Engine, Row, Transaction, UnavailableError
from scattershot.storage.dialect import lists_as_json, to_sqlite

T = TypeVar("T")
Work = Callable[[Transaction], Any]
_Waiter = asyncio.Future[Any]
_Outcome = tuple[_Waiter, Any, BaseException | None]

_log = logging.getLogger(__name__)

_BATCH = 256
"""Jobs in one commit at most: bounds how long the first of them waits."""

_LOST = 0.05
"""Seconds between two looks, when closing, whether the event loop that was to do the rest is no more."""

_STATEMENTS = 512
"""Prepared statements kept by each connection: more than the whole program has."""

_TROUBLE = frozenset(
    {
        sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL,
    }
)  # fmt: skip
"""What is the machine's fault and not the statement's."""

_SLOW_THREADS = 2
_DEADLINE_STEPS = 20_000
"""Steps of SQLite's machine between two looks whether it is late: well under a millisecond."""

_SETTINGS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA mmap_size = 1073741824",
    "PRAGMA cache_size = -8192",  # for what a commit alters; what is read comes by the map
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA wal_autocheckpoint = 4000",
    "PRAGMA case_sensitive_like = ON",  # as in PostgreSQL, and then LIKE 'prefix%' may use an index
)


_ANY = "*"
"""Stands for all tables, where what was written is not known."""


class SqliteTransaction:
    """The port's Transaction on one connection; whoever made it begins and ends."""

    __slots__ = ("_connection", "_run_text", "written")

    engine: Engine = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._run_text = connection.execute
        self.written: set[str] = set()
        """Tables written into since somebody last looked."""

    def _run(self, sql: str, args: tuple[Any, ...]) -> sqlite3.Cursor:
        text, lists, into = to_sqlite(sql)
        if into:
            self.written.update(into)
        return self._run_text(text, lists_as_json(args, lists) if lists else args)

    def fetch(self, row: Callable[..., Row], sql: str, *args: Any) -> list[Row]:
        return list(starmap(row, self._run(sql, args)))

    def fetch_one(self, row: Callable[..., Row], sql: str, *args: Any) -> Row | None:
        columns = self._run(sql, args).fetchone()
        return None if columns is None else row(*columns)

    def value(self, sql: str, *args: Any) -> Any:
        columns = self._run(sql, args).fetchone()
        return None if columns is None else columns[0]

    def execute(self, sql: str, *args: Any) -> int:
        cursor = self._run(sql, args)
        if cursor.rowcount >= 0:
            return cursor.rowcount
        # sqlite3 counts only what begins with INSERT, UPDATE or DELETE.
        return int(self.value("SELECT changes()")) if sql.lstrip()[:4].upper() == "WITH" else 0

    def execute_many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        text, lists, into = to_sqlite(sql)
        self.written.update(into)
        self._connection.executemany(text, (lists_as_json(row, lists) for row in rows) if lists else rows)

    def lock(self, name: str) -> None:
        """Writers come one after another as it is."""

    def script(self, sql: str) -> None:
        self.written.add(_ANY)
        statement = ""
        for piece in sql.split(";"):
            statement += piece + ";"
            # A `;` within a quote, a comment or a trigger's body ends no statement.
            if sqlite3.complete_statement(statement):
                self._run_text(statement)
                statement = ""
        if statement.strip("; \t\r\n"):
            self._run_text(statement)


class SqliteDatabase:
    """One file, one process: the port's Database. Without a path it is a scratch database, gone when closed, which
    begins as a copy of the closed file that it is `like`, or empty."""

    def __init__(self, path: Path | None = None, *, slow_seconds: float = 5.0, like: Path | None = None) -> None:
        self._scratch = None if path else Path(tempfile.mkdtemp(prefix="scattershot-"))
        self.path = path or cast(Path, self._scratch) / "scratch.db"
        if self._scratch and like is not None:
            shutil.copyfile(like, self.path)
        self._slow_seconds = slow_seconds
        self._closing = False
        writing = _connect(self.path, synchronous="OFF" if self._scratch else "FULL")
        self._writer = _Writer(writing)
        self._reading = _reader(self.path)
        self._snapshot = SqliteTransaction(self._reading)
        self._slow_threads = ThreadPoolExecutor(_SLOW_THREADS, "sqlite-slow-read")
        self._slow_reading: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        for _ in range(_SLOW_THREADS):
            self._slow_reading.put(_reader(self.path))

    @property
    def commits(self) -> int:
        """How often it has synced to disk for its writers; many writes may share one."""
        return self._writer.commits

    async def read(self, work: Callable[[Transaction], T], *, slow: bool = False) -> T:
        """See the port. A short read runs right here on the event loop: a hop to a thread costs more than the read."""
        self._refuse_when_closing()
        if slow:
            return await self._read_aside(work)
        return _read(self._reading, self._snapshot, work)

    async def write(self, work: Callable[[Transaction], T], *, slow: bool = False) -> T:
        """See the port."""
        self._refuse_when_closing()
        waiter: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._writer.take(work, waiter, slow=slow)
        return await waiter

    def stamp(self, tables: Iterable[str] | None = None) -> int | None:
        """See the port: how often they were written into."""
        times = self._writer.times
        if tables is None:
            return sum(times.values())
        return times.get(_ANY, 0) + sum(times.get(table, 0) for table in tables)

    async def leave_out(self, table: str, places: int) -> None:
        """Let the next row of the table get an id so much higher."""

        def work(tx: Transaction) -> None:
            newest = tx.value("SELECT seq FROM sqlite_sequence WHERE name = $1", table)
            if newest is None:
                tx.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)", table, places)
            else:
                tx.execute("UPDATE sqlite_sequence SET seq = $2 WHERE name = $1", table, newest + places)

        await self.write(work)

    async def backup_to(self, path: Path) -> None:
        """A consistent copy while all goes on; it appears at `path` only when it is whole."""
        self._refuse_when_closing()
        await _on_thread(self._slow_threads, lambda: _copy(self.path, path))

    async def faults(self) -> list[str]:
        """What SQLite's quick check finds wrong with the file; empty where it is sound. Reads the whole file."""
        self._refuse_when_closing()
        return await _on_thread(self._slow_threads, lambda: _check(self.path))

    async def close(self) -> None:
        """See the port; a second call does nothing."""
        if self._closing:
            return
        self._closing = True
        await asyncio.to_thread(self._let_go)

    def _let_go(self) -> None:
        self._slow_threads.shutdown()
        for _ in range(_SLOW_THREADS):
            self._slow_reading.get().close()
        self._reading.close()
        self._writer.finish()
        if self._scratch:
            shutil.rmtree(self._scratch, ignore_errors=True)

    async def _read_aside(self, work: Callable[[Transaction], T]) -> T:
        late = threading.Event()
        alarm = asyncio.get_running_loop().call_later(self._slow_seconds, late.set)
        try:
            return await _on_thread(self._slow_threads, lambda: self._read_unless(late, work))
        finally:
            alarm.cancel()
            late.set()  # a caller that left wants no answer either

    def _read_unless(self, late: threading.Event, work: Callable[[Transaction], T]) -> T:
        connection = self._slow_reading.get()
        connection.set_progress_handler(late.is_set, _DEADLINE_STEPS)
        try:
            return _read(connection, SqliteTransaction(connection), work)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise TimeoutError(f"a slow read took more than {self._slow_seconds} s") from error
            raise
        finally:
            connection.set_progress_handler(None, 0)
            self._slow_reading.put(connection)

    def _refuse_when_closing(self) -> None:
        if self._closing:
            raise RuntimeError("the database is closed")


class _Job(NamedTuple):
    work: Work
    waiter: _Waiter
    slow: bool


class _Writer:
    """Group commit: all that waits is done in one transaction, each job by itself, and all wake at once.

    Statements run on the event loop, only the commit waits on a thread. `sqlite3` lets go of the interpreter at every
    statement, and a thread beside a busy loop waits up to 5 ms to have it back: that cost 90 microseconds a job.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.commits = 0
        self.times: dict[str, int] = {}
        """In how many commits each table was written into."""
        self._connection = connection
        self._transaction = SqliteTransaction(connection)
        self._lock = threading.Lock()
        self._waiting: deque[_Job] = deque()
        self._turn: asyncio.AbstractEventLoop | None = None  # on whose next turn the waiting jobs are done
        self._idle = threading.Event()
        self._idle.set()  # nobody has the connection, nor will by itself
        self._tasks: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        # A daemon: a program that forgot to close must still end, and an open commit is safe to kill.
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    def take(self, work: Work, waiter: _Waiter, *, slow: bool) -> None:
        """Hand in a job; `waiter` learns its outcome after the commit, on its own event loop, which is the caller's."""
        with self._lock:
            self._waiting.append(_Job(work, waiter, slow))
            is_lost = self._turn is not None and self._turn.is_closed()
            if not (self._idle.is_set() or is_lost):
                return
            self._idle.clear()
            self._turn = waiter.get_loop()
        self._turn.call_soon(self._do_batch)  # what else is handed in during this turn comes along

    def finish(self) -> None:
        """Return when all that was handed in is done and the connection closed; not to be called on the event loop."""
        while not self._idle.wait(_LOST):
            with self._lock:
                if self._turn is None or not self._turn.is_closed():
                    continue
                self._turn = None
            self._tasks.put(self._do_all)
        self._tasks.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            task()
        self._connection.execute("PRAGMA optimize")
        self._connection.close()

    # -- on the event loop

    def _do_batch(self) -> None:
        with self._lock:
            self._turn = None
            batch = self._next_batch()
        if batch[0].slow:
            self._tasks.put(lambda: self._commit(self._outcomes(batch)))
        else:
            outcomes = self._outcomes(batch)
            self._tasks.put(lambda: self._commit(outcomes))

    def _next_batch(self) -> list[_Job]:
        batch = [self._waiting.popleft()]
        while self._waiting and len(batch) < _BATCH and not (batch[0].slow or self._waiting[0].slow):
            batch.append(self._waiting.popleft())
        return batch

    # -- on the thread

    def _commit(self, outcomes: list[_Outcome]) -> None:
        """Wake everybody with their outcome; where the commit itself fails, it is everybody's error."""
        try:
            if self._connection.in_transaction:
                self._connection.execute("COMMIT")
                self.commits += 1
                self._note_written()
        except BaseException as error:
            self._undo()
            outcomes = [(waiter, None, _in_our_words(error)) for waiter, _, _ in outcomes]
        _wake(outcomes)
        self._go_on()

    def _note_written(self) -> None:
        """After the commit: whoever took a stamp before and reads what is new has a stamp that is good no more."""
        for table in self._transaction.written:
            self.times[table] = self.times.get(table, 0) + 1
        self._transaction.written.clear()

    def _go_on(self) -> None:
        """Let the next batch be done, on the event loop of whoever asked for the first of it."""
        with self._lock:
            if not self._waiting:
                self._idle.set()
                return
            self._turn = self._waiting[0].waiter.get_loop()
            try:
                self._turn.call_soon_threadsafe(self._do_batch)
                return
            except RuntimeError:  # it is closed
                self._turn = None
        self._tasks.put(self._do_all)

    def _do_all(self) -> None:
        """Do here what waits, since the event loop whose turn it was is no more."""
        with self._lock:
            batch = self._next_batch()
        self._commit(self._outcomes(batch))

    # -- on either

    def _outcomes(self, batch: list[_Job]) -> list[_Outcome]:
        """Everybody's outcome so far, the transaction still open; savepoints are paid for only once a job failed."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            if len(batch) == 1:
                return [self._done_alone(batch[0])]
            try:
                return [(waiter, work(self._transaction), None) for work, waiter, _ in batch]
            except BaseException:
                self._undo()
            self._connection.execute("BEGIN IMMEDIATE")
            return [self._done_beside(job) for job in batch]
        except BaseException as error:
            self._undo()
            return [(job.waiter, None, _in_our_words(error)) for job in batch]

    def _done_alone(self, job: _Job) -> _Outcome:
        try:
            return job.waiter, job.work(self._transaction), None
        except BaseException as error:
            self._undo()
            return job.waiter, None, _in_our_words(error)

    def _done_beside(self, job: _Job) -> _Outcome:
        run = self._connection.execute
        run("SAVEPOINT job")
        try:
            result = job.work(self._transaction)
        except BaseException as error:
            # A full disk and its like undo the whole transaction, mates and all: then nobody's work was done.
            if not self._connection.in_transaction:
                raise
            run("ROLLBACK TO job")
            run("RELEASE job")
            return job.waiter, None, _in_our_words(error)
        run("RELEASE job")
        return job.waiter, result, None

    def _undo(self) -> None:
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        except sqlite3.Error:  # nothing may end this: all who write would wait for ever
            _log.exception("the writer could not roll back")


def _wake(outcomes: list[_Outcome]) -> None:
    """One knock on each event loop, however many wait there."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome[0].get_loop(), []).append(outcome)
    for loop, theirs in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle, theirs)
        except RuntimeError:  # the loop is closed, so nobody waits; what they asked for is done
            _log.warning("%d writers had gone when their work was done", len(theirs))


def _settle(outcomes: list[_Outcome]) -> None:
    for waiter, result, error in outcomes:
        if waiter.done():  # cancelled while it waited
            continue
        if error is None:
            waiter.set_result(result)
        else:
            waiter.set_exception(error)


def _in_our_words(error: BaseException) -> BaseException:
    """What the caller is told: the port's words for a broken rule of the tables, and for a store in trouble."""
    if isinstance(error, sqlite3.IntegrityError):
        conflict = ConflictError(str(error))
        conflict.__cause__ = error
        return conflict
    if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode & 0xFF in _TROUBLE:
        trouble = UnavailableError(str(error))
        trouble.__cause__ = error
        return trouble
    if isinstance(error, StopIteration):  # a future refuses to carry one
        stopped = RuntimeError("the work raised StopIteration")
        stopped.__cause__ = error
        return stopped
    return error


def _read(connection: sqlite3.Connection, snapshot: SqliteTransaction, work: Callable[[Transaction], T]) -> T:
    # BEGIN and COMMIT cost 1.2 microseconds around one query and save more than that around two.
    connection.execute("BEGIN")
    try:
        return work(snapshot)
    finally:
        connection.execute("COMMIT")


async def _on_thread(threads: ThreadPoolExecutor, work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(threads, work)


def _connect(path: Path, *, synchronous: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path, timeout=5.0, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS
    )
    for setting in _SETTINGS:
        connection.execute(setting).fetchall()
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    return connection


def _reader(path: Path) -> sqlite3.Connection:
    connection = _connect(path, synchronous="FULL")
    connection.execute("PRAGMA query_only = ON")
    return connection


def _check(path: Path) -> list[str]:
    connection = _reader(path)
    try:
        found = [str(row[0]) for row in connection.execute("PRAGMA quick_check")]
        return [] if found == ["ok"] else found
    except sqlite3.DatabaseError as error:  # so damaged that it cannot be told how
        return [str(error)]
    finally:
        connection.close()


def _copy(source: Path, target: Path) -> None:
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    reading, writing = _reader(source), sqlite3.connect(partial)
    try:
        # All pages in one step hold one snapshot; in WAL mode that keeps no writer waiting.
        reading.backup(writing)
        writing.execute("PRAGMA journal_mode = DELETE")  # the copy is one file, with no -wal beside it
    finally:
        writing.close()
        reading.close()
    partial.replace(target)
