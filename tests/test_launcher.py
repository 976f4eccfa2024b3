"""The launcher, tried on a small house with nothing to download."""

import ast
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ANSWER = "import sys; print('the program got', *sys.argv[1:]); sys.exit(7)"
Race = tuple[Path, list[tuple[int, str, str]]]


@pytest.fixture(scope="module")
def started_twice_at_once(tmp_path_factory: pytest.TempPathFactory) -> Race:
    """A house on which two first starts raced, and what came of each."""
    house = tmp_path_factory.mktemp("a house with spaces")
    shutil.copy(ROOT / "scattershot", house)
    for lock in ("requirements.lock", "requirements-scale.lock", "requirements-dev.lock"):
        (house / lock).touch()
    program = house / "src" / "scattershot" / "cli.py"
    program.parent.mkdir(parents=True)
    program.write_text(ANSWER)
    racers = [_start(house, "home", name) for name in ("ann", "bob")]
    told = [racer.communicate(timeout=120) for racer in racers]
    return house, [(racer.returncode, out, err) for racer, (out, err) in zip(racers, told, strict=True)]


def _start(house: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, str(house / "scattershot"), *arguments]
    return subprocess.Popen(command, cwd="/", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_two_first_starts_at_once_set_up_once_and_both_run(started_twice_at_once: Race) -> None:
    _, results = started_twice_at_once
    assert [(status, out) for status, out, _ in results] == [
        (7, "the program got home ann\n"),
        (7, "the program got home bob\n"),
    ]
    told = sorted(err for _, _, err in results)
    assert told[0] == "Another set-up is at work here; waiting for it…\n"
    assert told[1].startswith("Setting up (once)… ")


def test_the_next_start_says_nothing_and_is_quick(started_twice_at_once: Race) -> None:
    house, _ = started_twice_at_once
    began = time.perf_counter()
    out, err = _start(house, "token", "ann").communicate(timeout=30)
    assert (out, err) == ("the program got token ann\n", "")
    assert time.perf_counter() - began < 2.0  # two starts of Python, with room for a busy machine


def test_help_shows_the_launchers_verbs_and_then_the_programs(started_twice_at_once: Race) -> None:
    house, _ = started_twice_at_once
    out, _ = _start(house).communicate(timeout=30)
    assert out.startswith("Usage: ./scattershot VERB")
    assert out.endswith("\nthe program got --help\n")


def test_a_moved_house_still_starts(started_twice_at_once: Race, tmp_path: Path) -> None:
    house, _ = started_twice_at_once
    moved = tmp_path / "elsewhere"
    shutil.copytree(house, moved, symlinks=True)
    assert _start(moved, "run").communicate(timeout=30) == ("the program got run\n", "")


def test_a_set_up_that_was_cut_short_is_begun_anew(started_twice_at_once: Race, tmp_path: Path) -> None:
    house, _ = started_twice_at_once
    broken = tmp_path / "broken"
    shutil.copytree(house, broken, symlinks=True)
    (broken / ".venv" / "scattershot-stamp").unlink()
    (broken / ".venv" / "scattershot-unfinished").touch()
    pip = next((broken / ".venv" / "lib").glob("python*/site-packages/pip"))
    shutil.rmtree(pip / "_internal")
    out, err = _start(broken, "run").communicate(timeout=120)
    assert (out, err[:18]) == ("the program got run\n", "Setting up (once)…")


def test_a_set_up_that_fails_says_at_what_and_is_not_done(started_twice_at_once: Race, tmp_path: Path) -> None:
    house, _ = started_twice_at_once
    copy = tmp_path / "copy"
    shutil.copytree(house, copy, symlinks=True)
    (copy / "requirements.lock").write_text("no-hash==1.0\n")
    start = _start(copy, "run")
    out, err = start.communicate(timeout=120)
    assert (start.returncode, out) == (1, "")
    assert "Setting up failed at: -m pip install" in err
    assert "hash" in err.lower()
    assert (copy / ".venv" / "scattershot-unfinished").exists()


def test_who_may_not_write_is_told_who_must_set_up(tmp_path: Path) -> None:
    shutil.copy(ROOT / "scattershot", tmp_path)
    (tmp_path / "requirements.lock").touch()
    (tmp_path / ".venv").touch()  # in the way, as a missing permission would be, but for root too
    start = _start(tmp_path, "run")
    _, err = start.communicate(timeout=30)
    assert start.returncode == 1
    assert err.startswith("Cannot set up here: ")
    assert err.endswith("./scattershot setup\n")


@pytest.mark.parametrize("version", ["3.6.8", "3.10.4"])
def test_an_older_python_is_told_so(version: str, tmp_path: Path) -> None:
    numbers = tuple(map(int, version.split(".")))
    code = (
        f"import sys; sys.version_info = {numbers}; sys.version = {version!r}; sys.argv = ['scattershot', 'run']\n"
        f"source = open({str(ROOT / 'scattershot')!r}).read()\n"
        f"exec(compile(source, 'x', 'exec'), {{'__name__': '__main__', '__file__': {str(tmp_path / 'scattershot')!r}}})"
    )
    shutil.copy(ROOT / "requirements.lock", tmp_path)
    environment = {**os.environ, "PATH": "/nowhere"}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=30)
    assert result.returncode == 1
    assert result.stderr == f"Scattershot needs Python 3.11 or newer; this is Python {version}.\n"


def test_the_launcher_can_be_parsed_by_a_python_too_old_to_run_it() -> None:
    ast.parse((ROOT / "scattershot").read_text(), feature_version=(3, 6))


def test_the_lock_files_agree_and_name_no_place() -> None:
    run, scale, dev = (
        {line.split(" ;")[0].rstrip(" \\") for line in (ROOT / name).read_text().splitlines() if "==" in line}
        for name in ("requirements.lock", "requirements-scale.lock", "requirements-dev.lock")
    )
    assert run < scale < dev
    assert not [line for line in (ROOT / "requirements-dev.lock").read_text().splitlines() if "://" in line]
