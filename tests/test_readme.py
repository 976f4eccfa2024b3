"""The README leads a newcomer from nothing to two nodes that follow each other: every command in it is run."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import ENVIRONMENT, PROGRAM, ROOT, Process, free_port, until

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
INLINE = sorted(set(re.findall(r"`\./scattershot ([^`]*)`", README)))

MINUTES = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with a `./scattershot` in it; that the launcher sets itself up is `test_launcher`'s."""
    program = tmp_path / "scattershot"
    program.write_text(f'#!/bin/sh\nexec {" ".join(PROGRAM)} "$@"\n')
    program.chmod(0o755)
    return tmp_path


def with_free_ports(script: str) -> str:
    """The script with ports that nobody uses, the same for the same."""
    ports = {port: str(free_port()) for port in sorted(set(re.findall(r":(8\d{3})\b", script)))}
    return re.sub(r":(8\d{3})\b", lambda found: f":{ports[found[1]]}", script)


def environment() -> dict[str, str]:
    return {name: value for name, value in ENVIRONMENT.items() if not name.startswith("SCATTERSHOT_")}


def test_two_nodes_follow_each_other_by_the_readme(folder: Path) -> None:
    [script] = [block for block in BLOCKS if "follow" in block]
    ran = subprocess.run(
        ["bash", "-e", "-c", with_free_ports(script)],
        cwd=folder, env=environment(), capture_output=True, text=True, timeout=MINUTES,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Hello from over here" in ran.stdout.rpartition("/welcome/")[2]


@pytest.mark.parametrize("block", [block for block in BLOCKS if "follow" not in block])
def test_a_node_starts_by_the_readme(folder: Path, block: str) -> None:
    port = free_port()
    script = re.sub(r"--listen \S+", f"--listen 127.0.0.1:{port}", block.strip())
    script = script.replace("/var/lib/scattershot", str(folder / "data"))
    surroundings = environment() | {"SCATTERSHOT_LISTEN": f"127.0.0.1:{port}"}
    said = folder / "said"
    with said.open("wb") as out:
        running = subprocess.Popen(["bash", "-c", f"exec {script}"], cwd=folder, env=surroundings, stdout=out)
    try:
        until(lambda: "/welcome/" in said.read_text(), "a place to open it and a link")
        assert " is at http" in said.read_text()
    finally:
        running.send_signal(signal.SIGTERM)
        assert running.wait(20) == 0


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """A node with somebody and a post to try the other commands on."""
    node = Process(tmp_path_factory.mktemp("readme") / "data")
    try:
        node.start().do("person", "add", "ann")
        node.do("post", "ann", "Hello")
        yield node
    finally:
        node.end()


@pytest.mark.parametrize("command", INLINE)
def test_what_the_readme_names_can_be_run(command: str, running: Process, tmp_path: Path) -> None:
    post = running.do("home", "ann", "--json")
    stand_ins = {
        "@who@where": running.handle("ann"),
        "POST": re.search(r'"url":\s*"([^"]+)"', post)[1],  # type: ignore[index]
        "FILE": str(tmp_path / "backup.tar"),
    }
    words = [stand_ins.get(word, word) for word in command.split()]
    match words[0]:
        case "bench":
            words = [sys.executable, "-m", "tests.bench", "--help"]
        case "demo":
            words = [*PROGRAM, "demo", "--quick"]
        case "restore":
            running.do("backup", words[1])
            words = [*PROGRAM, *words, "--data", str(tmp_path / "elsewhere")]
        case _:
            words = [*PROGRAM, *words, "--data", str(running.folder)]
    ran = subprocess.run(words, cwd=ROOT, env=dict(os.environ) | ENVIRONMENT, capture_output=True, timeout=MINUTES)
    assert ran.returncode == 0, ran.stdout + ran.stderr
