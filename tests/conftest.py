"""What every test may ask for, and the rule for what is missing: skipped loudly, by name; in CI a failure."""

import gc
import importlib.util
import os
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from scattershot.app import passwords
from scattershot.testing.phone import Phone
from scattershot.testing.socket import Socket
from tests.engines import IN_CI
from tests.mastodon.route_schemas import check, check_event

# Whatever any test hears over the client API is held against the schema of the entity it claims to be.
Phone.judge = check
Socket.judge = check_event

# Passwords here are worth nothing, and a tenth of a second for each would be minutes of the suite.
passwords.PASSWORD_COST = passwords.HashCost(memory=32, iterations=1, lanes=1)


def _load_peers() -> ModuleType:
    # By its path, for `tests` is no package and must not become one by chance of sys.path.
    spec = importlib.util.spec_from_file_location("scattershot_test_peers", Path(__file__).with_name("peers.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


peers = _load_peers()


@pytest.fixture(scope="session")
def fedify_peer_dir() -> Path:
    """The folder whose `node_modules` holds @fedify/fedify: run node there."""
    if not peers.npm_peers_are_ready():
        _miss("the npm peers of tests/interop (needs node and npm; ./scattershot test installs them)")
    return Path(peers.INTEROP)


@pytest.fixture(scope="session")
def websub_peer_dir() -> Path:
    """The folder whose `node_modules` holds pubsubhubbub: run node there."""
    if not (peers.NODE_MODULES / "pubsubhubbub").is_dir():
        _miss("the npm peer pubsubhubbub of tests/interop (needs node and npm; ./scattershot test installs it)")
    return Path(peers.INTEROP)


@pytest.fixture(scope="session")
def python_peer() -> Path:
    """The Python that has Flask-WebSub, and nothing of ours."""
    if not peers.python_peers_are_ready():
        _miss("the Python peers of tests/interop (./scattershot test installs them)")
    return Path(peers.python_peer())


@pytest.fixture(scope="session")
def axe_core(fedify_peer_dir: Path) -> str:
    """The script that judges whether a page can be used by everybody."""
    return (fedify_peer_dir / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The browser for playwright's `executable_path`."""
    found = peers.find_chromium()
    if found is None:
        _miss("Chromium (install it, or name it in SCATTERSHOT_CHROMIUM)")
    return str(found)


def _miss(what: str) -> None:
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail(f"missing in CI: {what}", pytrace=False)
    pytest.skip(f"missing: {what}")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is thorough is left to CI."""
    for item in items if not IN_CI else ():
        if (mark := item.get_closest_marker("thorough")) is not None:
            item.add_marker(pytest.mark.skip(f"{mark.args[0]}; CI=true tries it"))


def pytest_collection_finish() -> None:
    """What is there now stays: it need not be looked at again and again, as in a node that has started."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say before the last line what a glance at that line would not tell."""
    for line in _loud_lines(terminalreporter):
        terminalreporter.write_line(line, yellow=True, bold=True)


def _loud_lines(reporter: pytest.TerminalReporter) -> Iterator[str]:
    for report in reporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        yield f"SKIPPED LOUDLY: {report.nodeid}: {reason.removeprefix('Skipped: ')}"
    failed = os.environ.get("SCATTERSHOT_FAILED_CHECKS")
    if failed:
        yield f"FAILED BEFORE THE TESTS (see above): {failed}"
