"""schemathesis over our own OpenAPI document: whatever is sent, nothing is answered 500, and all of it is as declared.

A few requests to each endpoint, always the same ones; `SCATTERSHOT_FUZZING=100` sends so many to each, and
`SCATTERSHOT_FUZZING_SEED` chooses others.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.mastodon.route_schemas import check
from tests.processes import Process

schemathesis = pytest.importorskip("schemathesis")
checks = pytest.importorskip("schemathesis.checks")

EXAMPLES = int(os.environ.get("SCATTERSHOT_FUZZING", "2"))
SEED = int(os.environ.get("SCATTERSHOT_FUZZING_SEED", "20261121"))
CHECKS = (checks.not_a_server_error, checks.response_schema_conformance, checks.content_type_conformance)


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Process]:
    """A node of its own, which may be left in whatever state, and is not to say that it was asked too often."""
    process = Process(tmp_path / "fuzzed")
    process.folder.mkdir()
    (process.folder / "scattershot.toml").write_text("calls_allowed = 1000000\n")
    yield process.start()
    process.end()


@pytest.mark.thorough("calling everything in a hundred ways takes half a minute")
def test_nothing_that_is_sent_breaks_anything(node: Process) -> None:
    node.do("person", "add", "ann", "--admin")
    node.do("person", "add", "bob")
    sessions = [_signed_in(node.do("token", name)) for name in ("ann", "bob")]
    for number, session in enumerate(sessions * 2):
        said = {"status": f"There is something to find #{number}", "visibility": "public"}
        assert session.post(f"{node.origin}/api/v1/statuses", json=said, timeout=20).ok
    session = sessions[0]
    schema = schemathesis.openapi.from_dict(session.get(f"{node.origin}/api/openapi.json", timeout=20).json())
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 20
    real = _real_ids(session, node.origin)
    for operation in operations:
        _fuzz(operation, real, lambda case: _ask(session, node.origin, case))
    assert node.get("/health")[0] == 200
    log = node.log.read_text()
    assert "Traceback" not in log, log[log.index("Traceback") :][:3_000]


def _signed_in(token: str) -> requests.Session:
    session = requests.Session()
    session.headers["Authorization"] = f"Bearer {token}"
    return session


def _real_ids(session: requests.Session, origin: str) -> list[str]:
    """Ids that something has, or everything would only be found missing."""
    posts = session.get(f"{origin}/api/v1/timelines/public", timeout=20).json()
    assert posts
    return sorted({post["id"] for post in posts} | {post["account"]["id"] for post in posts})


def _fuzz(operation: Any, real: list[str], ask: Callable[[Any], None]) -> None:
    """Send what fits the declaration, and what does not; half of it about something that is there."""
    fitting = operation.as_strategy()
    unfit = operation.as_strategy(generation_mode=schemathesis.GenerationMode.NEGATIVE)

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(fitting, unfit), known=st.one_of(st.none(), st.sampled_from(real)))
    def send(case: Any, known: str | None) -> None:
        if known is not None:
            _speak_of(case, known)
        ask(case)

    send()


def _speak_of(case: Any, known: str) -> None:
    """Put an id that something has wherever the request has a place for one."""
    if "id" in (case.path_parameters or {}):
        case.path_parameters["id"] = known
    for place in (case.query, case.body):
        if isinstance(place, dict):
            for name, value in place.items():
                if name.endswith(("_id", "_ids", "id")):
                    place[name] = [known] if isinstance(value, list) else known


def _ask(session: requests.Session, origin: str, case: Any) -> None:
    answer = case.call(base_url=origin, session=session, timeout=20, allow_redirects=False)
    case.validate_response(answer, checks=CHECKS)
    if answer.headers["content-type"][0].startswith("application/json"):
        try:
            check(case.method.upper(), answer.request.path_url, answer.status_code, answer.content, signed_in=True)
        except AssertionError as error:
            raise AssertionError(f"{case.as_curl_command()}\n{error}") from None
