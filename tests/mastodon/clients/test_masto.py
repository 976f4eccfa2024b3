"""masto, the library of Elk and Phanpy: REST, and streaming over a WebSocket with the token in its subprotocol."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.mastodon.clients.nodes import PATIENCE, Someone
from tests.processes import Process


@pytest.fixture(scope="module")
def token(ann: Someone) -> str:
    """An access token as one makes it on the command line, for programs of one's own."""
    return ann.node.do("token", ann.name)


def masto(folder: Path, node: Process, token: str, story: str) -> dict[str, Any]:
    """What masto saw when it lived through that story."""
    run = subprocess.run(
        ["node", "masto_checks.mjs", node.origin, token, story],
        cwd=folder, capture_output=True, text=True, timeout=3 * PATIENCE,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    seen: dict[str, Any] = json.loads(run.stdout)
    return seen


def test_it_writes_reads_and_deletes(fedify_peer_dir: Path, ann: Someone, token: str) -> None:
    for number in range(4):
        ann.node.do("post", ann.name, f"earlier {number}")
    assert masto(fedify_peer_dir, ann.node, token, "rest") == {
        "username": ann.name,
        "options": ["one", "two"],
        "multiple": True,
        "tags": ["mastojs"],
        "favourited": True,
        "bookmarked": True,
        "source": "Hello again from #mastojs",
        "edited": True,
        "newest": True,
        "pages": [2, 2, 1],
        "text": "Hello again from #mastojs",
        "gone": {"name": "MastoHttpError", "statusCode": 404, "message": "Record not found"},
    }


def test_it_hears_over_one_websocket_what_happens(fedify_peer_dir: Path, ann: Someone, token: str) -> None:
    heard = masto(fedify_peer_dir, ann.node, token, "streaming")
    assert heard.pop("deleted") is True
    assert {where: content.startswith("<p>Live, edited") for where, content in heard.items()} == {
        "home": False,
        "tag": False,
        "edited": True,
    }


def test_it_understands_why_it_is_refused(fedify_peer_dir: Path, ann: Someone) -> None:
    assert masto(fedify_peer_dir, ann.node, "not-a-token", "refused") == {"name": "MastoHttpError", "statusCode": 401}


def test_an_app_gets_a_token_of_its_own(fedify_peer_dir: Path, ann: Someone) -> None:
    assert masto(fedify_peer_dir, ann.node, "", "app") == {"name": "masto", "scope": "read", "type": "Bearer"}
