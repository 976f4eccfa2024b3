"""Every contract is kept by both engines."""

from collections.abc import AsyncIterator

import pytest

from scattershot.ports.database import Database, Engine
from tests.engines import engine, open_database

__all__ = ["engine"]


@pytest.fixture
async def empty(engine: Engine) -> AsyncIterator[Database]:
    """A database with no tables but those the test makes."""
    async with open_database(engine, folder=None) as opened:
        yield opened
