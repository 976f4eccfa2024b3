"""Ten nodes as processes, each in a namespace of its own on one bridge, where a third of all datagrams is lost."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
POSTS = 30


@pytest.mark.thorough("ten processes take two minutes")
def test_one_multicast_reaches_nine_and_loss_loses_nothing(tmp_path: Path) -> None:
    """`tests/journeys/bridge.py 1000 0.3` is the same with a thousand posts."""
    allowed = ["unshare", "-rnm", "ip", "link", "add", "br0", "type", "bridge"]
    if subprocess.run(allowed, capture_output=True, check=False).returncode != 0:
        pytest.skip("this kernel allows no network namespaces: a group was tried on loopback alone")
    command = ["unshare", "-rnm", "--kill-child", sys.executable, "-m", "tests.journeys.bridge"]
    command += [str(POSTS), "0.3", str(tmp_path)]
    environment = os.environ | {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
    seen = json.loads(ran.stdout)
    print(seen)
    assert (seen["hints sent for one post"], seen["datagrams heard in the group"]) == (1, 1)
    assert seen["nodes that have it by datagram"] == 9
    assert seen["nodes that have every one once"] == 9
    assert seen["datagrams lost"] > 0
