"""A node that serves files, and another host whose files it shows."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scattershot.testing.village import House, Village
from tests.engines import usual_engine
from tests.journeys.conftest import village

__all__ = ["usual_engine", "village"]


@pytest.fixture
async def house(village: Village, tmp_path: Path) -> AsyncIterator[House]:
    """One node with ann; it keeps at most 16 MB of others' files."""
    built = await village.house("a.example", media_cache_mb=16, max_picture_mb=1, max_video_mb=4)
    await built.person("ann")
    yield built
    assert village.fetcher.failures == []
