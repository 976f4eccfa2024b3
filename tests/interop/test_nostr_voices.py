"""A person of here and somebody with nostr-tools (npm), the library of most web clients, talk over our relay."""

import http.client
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.processes import Process, until


def call(node: Process, token: str, path: str, **form: Any) -> Any:
    """The client API, as an app calls it."""
    asked = http.client.HTTPConnection("127.0.0.1", node.port, timeout=10)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    asked.request("POST" if form else "GET", path, json.dumps(form) if form else None, headers)
    answer = asked.getresponse()
    body = answer.read()
    assert answer.status == 200, body
    return json.loads(body)


def test_a_client_by_nostr_tools_reads_answers_and_is_answered(
    tmp_path: Path, fedify_peer_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    node = Process(tmp_path / "node")
    node.start()
    node.do("person", "add", "ann")
    token = node.do("token", "ann")
    client = subprocess.Popen(
        ["node", "nostr_voices_checks.mjs", f"ws://localhost:{node.port}/", node.origin, "ann"],
        cwd=fedify_peer_dir, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert client.stdout is not None
        ready = json.loads(client.stdout.readline() or "{}")
        assert ready.get("ready"), client.communicate(timeout=20)
        assert ready["npub"] == node.do("microblog", "nostr", "ann")
        assert ready["relays"] == [f"ws://localhost:{node.port}/"]
        assert ready["profile"] == f"ann@localhost:{node.port}"

        posted = time.time() * 1000
        status = call(node, token, "/api/v1/statuses", status="Hello from Mastodon's API, #nostr")
        heard = json.loads(client.stdout.readline())
        assert (heard["content"], heard["genuine"]) == ("Hello from Mastodon's API, #nostr", True)
        with capsys.disabled():
            print(f" heard {heard['at'] - posted:.0f} ms after it was posted", end=" ")

        def answers() -> list[Any]:
            found: list[Any] = call(node, token, f"/api/v1/statuses/{status['id']}/context")["descendants"]
            return found

        until(lambda: answers(), "the answer is in the thread")
        [answer] = answers()
        assert answer["content"] == "<p>Heard by nostr-tools</p>"
        assert answer["account"]["display_name"] == "Tools"
        [told] = call(node, token, "/api/v1/notifications")
        assert (told["type"], told["status"]["id"]) == ("mention", answer["id"])

        call(node, token, "/api/v1/statuses", status="And you by me", in_reply_to_id=answer["id"])
        assert json.loads(client.stdout.readline()) == {"answer": "And you by me", "root": True, "genuine": True}
        assert client.wait(10) == 0
    finally:
        client.kill()
        client.communicate()
        node.end()
