"""What is missing is never passed over in silence."""

from pathlib import Path

import pytest

CONFTEST = Path(__file__).with_name("conftest.py")
PEERS = Path(__file__).with_name("peers.py")
pytest_plugins = ["pytester"]

ASKS = """
def test_that_needs_a_browser(chromium_path):
    pass

def test_that_needs_fedify(fedify_peer_dir):
    pass
"""


@pytest.fixture
def bare_machine(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A machine on which neither node nor a browser is found."""
    pytester.makeconftest(CONFTEST.read_text(encoding="utf-8"))
    pytester.path.joinpath("peers.py").write_text(PEERS.read_text(encoding="utf-8"), encoding="utf-8")
    pytester.makepyfile(ASKS)
    monkeypatch.setenv("PATH", str(pytester.path))
    monkeypatch.delenv("SCATTERSHOT_CHROMIUM", raising=False)
    monkeypatch.delenv("SCATTERSHOT_FAILED_CHECKS", raising=False)
    monkeypatch.delenv("CI", raising=False)
    return pytester


def test_a_missing_peer_is_skipped_by_name_in_the_summary(bare_machine: pytest.Pytester) -> None:
    result = bare_machine.runpytest_inprocess("-p", "no:asyncio")
    result.assert_outcomes(skipped=2)
    result.stdout.fnmatch_lines(
        [
            "SKIPPED LOUDLY: *::test_that_needs_a_browser: missing: Chromium*",
            "SKIPPED LOUDLY: *::test_that_needs_fedify: missing: the npm peers*",
            "*2 skipped*",
        ]
    )


def test_in_ci_a_missing_peer_is_a_failure(bare_machine: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    bare_machine.runpytest_inprocess("-p", "no:asyncio").assert_outcomes(errors=2)


def test_checks_that_failed_before_the_tests_are_named_again_at_the_end(
    bare_machine: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCATTERSHOT_FAILED_CHECKS", "types")
    bare_machine.runpytest_inprocess("-p", "no:asyncio").stdout.fnmatch_lines(
        ["FAILED BEFORE THE TESTS (see above): types"]
    )
