"""One browser for all tests of this room, and the stage with its scene: opened once, for both take longer to open than
most tests to run. Whoever alters the scene does so with people of their own, or puts it back."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from tests.web.browsing import chromium
from tests.web.scene import Scene, play
from tests.web.stage import open_stage


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def scene() -> AsyncIterator[Scene]:
    """The street, and everybody in it."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_stage(Path(folder)) as stage:
            yield await play(stage)


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Any]:
    """Chromium."""
    async with chromium(chromium_path) as opened:
        yield opened
