"""The street door: who gets a page and who a document, and what is said when something goes wrong."""

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from scattershot.server import make_app, shared, wants_document
from scattershot.testing.fakes import AsgiFetcher
from scattershot.wirekit.http_message import Headers
from scattershot.wirekit.http_message import Request as Asked
from scattershot.wirekit.http_message import Response as Answered


@pytest.mark.parametrize(
    ("accept", "document"),
    [
        ("application/activity+json", True),
        ('application/ld+json; profile="https://www.w3.org/ns/activitystreams"', True),
        ("application/activity+json, application/ld+json", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", False),
        ("text/html, application/activity+json", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_a_browser_gets_a_page_and_a_server_a_document(accept: str, document: bool) -> None:
    assert wants_document(accept) is document


async def _page(_: Request) -> Response:
    return PlainTextResponse("page")


async def _document(_: Request) -> Response:
    return PlainTextResponse("document")


async def _fails(_: Request) -> Response:
    raise RuntimeError("a secret in an error")


async def _sorry(_: Request) -> Response:
    return PlainTextResponse("sorry", 500)


async def ask(path: str, accept: str) -> Answered:
    routes = [*shared({"/x": _page}, {"/x": _document}, {}), Route("/fails", _fails)]
    network = AsgiFetcher({"here.example": make_app(routes, metrics=True, failed=_sorry)})
    answer = await network.send(Asked("GET", f"https://here.example{path}", Headers([("accept", accept)])))
    assert isinstance(answer, Answered)
    return answer


async def test_one_address_answers_both_and_says_that_it_does() -> None:
    page, document = await ask("/x", "text/html"), await ask("/x", "application/activity+json")
    assert (page.body, document.body) == (b"page", b"document")
    assert "accept" in (page.headers.get("vary") or "").lower()


async def test_an_error_gives_nothing_away() -> None:
    for accept, said in (("text/html", b"sorry"), ("application/json", b'{"error":"internal error"}')):
        answer = await ask("/fails", accept)
        assert (answer.status, answer.body) == (500, said)


async def test_the_metrics_are_for_this_machine_alone() -> None:
    assert (await ask("/metrics", "")).status == 404


async def test_health_is_said() -> None:
    assert (await ask("/health", "")).status == 200


async def test_a_door_that_is_answered_at_once_is_counted_and_guarded_too() -> None:
    async def breaks(*_: object) -> None:
        raise RuntimeError("a secret in an error")

    app = make_app([], metrics=False, at_once={"/inbox": breaks})
    answer = await AsgiFetcher({"here.example": app}).send(Asked("POST", "https://here.example/inbox", body=b"{}"))
    assert isinstance(answer, Answered)
    assert (answer.status, answer.body) == (500, b'{"error":"internal error"}')
