"""A node of the village whose people use apps."""

from pathlib import Path

import pytest

from scattershot.testing.village import House, Village
from tests.engines import usual_engine
from tests.journeys.conftest import village

__all__ = ["usual_engine", "village"]


@pytest.fixture
async def house(village: Village, tmp_path: Path) -> House:
    """One node with ann and bob."""
    built = await village.house("a.example")
    await built.person("ann")
    await built.person("bob")
    return built
