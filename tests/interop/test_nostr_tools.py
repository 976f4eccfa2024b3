"""nostr-tools (npm), the library of most web clients, as an independent client of our relay."""

import json
import subprocess
from pathlib import Path

from tests.processes import Process


def test_a_client_by_nostr_tools_does_with_our_relay_what_clients_do(tmp_path: Path, fedify_peer_dir: Path) -> None:
    node = Process(tmp_path / "node")
    node.start()
    try:
        ran = subprocess.run(
            ["node", "nostr_checks.mjs", f"ws://localhost:{node.port}/"],
            cwd=fedify_peer_dir, capture_output=True, text=True, timeout=40,
        )  # fmt: skip
        assert ran.returncode == 0, ran.stderr
    finally:
        node.end()
    saw = json.loads(ran.stdout.splitlines()[-1])
    assert saw.pop("milliseconds") < 1_000
    assert {1, 11, 42, 45, 77} <= set(saw.pop("nips"))
    assert saw == {
        "told": True,
        "read": True,
        "profiles": ['{"name":"new"}'],
        "again": "blocked: its author has deleted it",
        "forged": "invalid: id or signature is wrong",
        "refused": "auth-required: prove who you are to read what is private",
        "message": "psst",
        "have": True,
        "need": True,
        "counted": 60,
        "limit": 500,
    }
