"""What the node says it answers, against what the documentation says there is."""

from pathlib import Path
from typing import Any

import pytest

from scattershot.bootstrap import build_node
from scattershot.settings import read_settings
from scattershot.testing.phone import Phone
from tests.mastodon.route_schemas import EXTENSIONS, is_known


@pytest.fixture
async def declared(tmp_path: Path) -> dict[str, dict[str, Any]]:
    """Every operation of the node's own OpenAPI document, by method and path."""
    node = await build_node(read_settings(None, {}, {"data": str(tmp_path), "origin": "http://a.test"}))
    try:
        paths = (await Phone(node.app).get("/api/openapi.json"))["paths"]
    finally:
        await node.stop()
    return {f"{method.upper()} {path}": told for path, methods in paths.items() for method, told in methods.items()}


async def test_every_endpoint_is_documented_or_says_that_it_is_ours_alone(declared: dict[str, dict[str, Any]]) -> None:
    ours = {name for name, told in declared.items() if told.get("description", "").startswith("Not of Mastodon: ")}
    assert {name for name in declared if not is_known(*name.split(" ", 1))} == set(), "describe it in route_schemas"
    known = {_as_described(name) for name in ours}
    assert known <= set(EXTENSIONS), "an endpoint of ours alone needs a schema in EXTENSIONS"
    assert {name for name in declared if _as_described(name) in EXTENSIONS} <= ours, "`extension` says what it is for"


def _as_described(name: str) -> str:
    return name.replace("{", ":").replace("}", "")
