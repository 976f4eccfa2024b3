"""What the node says it answers, against what the documentation says there is."""

from typing import Any

import pytest

from scattershot.testing.village import Village
from tests.engines import engine
from tests.journeys.conftest import village
from tests.mastodon.route_schemas import EXTENSIONS, is_known

__all__ = ["engine", "village"]


@pytest.fixture
async def declared(village: Village) -> dict[str, dict[str, Any]]:
    """Every operation of the node's own OpenAPI document, by method and path."""
    paths = (await (await village.house("a.example")).stranger().get("/api/openapi.json"))["paths"]
    return {f"{method.upper()} {path}": told for path, methods in paths.items() for method, told in methods.items()}


async def test_every_endpoint_is_documented_or_says_that_it_is_ours_alone(declared: dict[str, dict[str, Any]]) -> None:
    ours = {name for name, told in declared.items() if told.get("description", "").startswith("Not of Mastodon: ")}
    assert {name for name in declared if not is_known(*name.split(" ", 1))} == set(), "describe it in route_schemas"
    known = {_as_described(name) for name in ours}
    assert known <= set(EXTENSIONS), "an endpoint of ours alone needs a schema in EXTENSIONS"
    assert {name for name in declared if _as_described(name) in EXTENSIONS} <= ours, "`extension` says what it is for"


def _as_described(name: str) -> str:
    return name.replace("{", ":").replace("}", "")
