"""The street door: one application of all frontends and gateways, which answers one URL to people and to servers."""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scattershot.app import counters

Endpoint = Callable[[Request], Awaitable[Response]]
Choose = Callable[[str], Endpoint | None]
"""What answers for that `Accept` instead of page and document, where that asks for something else."""


class Api(Protocol):
    """An application that finds its own way among paths."""

    def handles(self, scope: Scope) -> bool:
        """Whether the path is one of its own."""
        ...

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        ...


_DOCUMENT_TYPES = ("application/activity+json", "application/ld+json", "application/json")
_logger = logging.getLogger(__name__)


def wants_document(accept: str) -> bool:
    """Whether the `Accept` header asks for a document for programs rather than a page for people.

    Whoever names `text/html` before or instead of it, or names neither, gets the page.
    """
    names = [part.partition(";")[0].strip().lower() for part in accept.split(",")]
    for name in names:
        if name in _DOCUMENT_TYPES:
            return True
        if name in ("text/html", "application/xhtml+xml"):
            return False
    return False


def shared(
    pages: Mapping[str, Endpoint], documents: Mapping[str, Endpoint], forms: Mapping[str, Choose]
) -> list[BaseRoute]:
    """Routes for the paths that have a page for people, a document for other nodes, or both, and further forms."""
    return [
        Route(path, _one_of(pages.get(path), documents.get(path), forms.get(path)), methods=["GET", "HEAD"])
        for path in dict.fromkeys([*documents, *pages])
    ]


def _one_of(page: Endpoint | None, document: Endpoint | None, choose: Choose | None) -> Endpoint:
    if page is None or document is None:
        only = page or document
        assert only is not None
        return only

    async def either(request: Request) -> Response:
        accept = request.headers.get("accept", "")
        chosen = choose(accept) if choose is not None else None
        answer = await (chosen or (document if wants_document(accept) else page))(request)
        if "accept" not in answer.headers.get("vary", "").lower():
            answer.headers.add_vary_header("Accept")
        return answer

    return either


def make_app(
    routes: Sequence[BaseRoute],
    *,
    metrics: bool,
    not_found: Endpoint | None = None,
    failed: Endpoint | None = None,
    at_once: Mapping[str, ASGIApp] | None = None,
    apis: Sequence[Api] = (),
) -> ASGIApp:
    """The whole application: the given routes, `/health` and `/metrics`, counted and with errors in clear words.

    `not_found` and `failed` are the pages that people get; programs get JSON. `at_once` are the busiest paths, whose
    POSTs need no routing: it costs some 25 µs of CPU for each request. Each of `apis` routes its own paths.
    """
    own: list[BaseRoute] = [Route("/health", _health)]
    if metrics:
        own.append(Route("/metrics", _metrics))

    async def on_not_found(request: Request, _: Exception) -> Response:
        if not_found is not None and not wants_document(request.headers.get("accept", "")):
            return await not_found(request)
        return JSONResponse({"error": "not found"}, 404)

    async def on_error(request: Request, _: Exception) -> Response:
        if failed is not None and "text/html" in request.headers.get("accept", ""):
            return await failed(request)
        return JSONResponse({"error": "internal error"}, 500)

    app = Starlette(routes=[*own, *routes], exception_handlers={404: on_not_found, Exception: on_error})
    return _Counted(app, at_once or {}, apis)


async def _health(_: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _metrics(request: Request) -> Response:
    """Prometheus metrics, for whoever asks from this machine."""
    if request.client is None or request.client.host not in ("127.0.0.1", "::1"):
        return JSONResponse({"error": "not found"}, 404)
    from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

    return PlainTextResponse(generate_latest(), media_type=CONTENT_TYPE_LATEST)


class _Counted:
    """Counts answers, and logs what nobody caught: it was answered with a 500 that gives nothing away."""

    def __init__(self, app: ASGIApp, at_once: Mapping[str, ASGIApp], apis: Sequence[Api]) -> None:
        self._app, self._at_once, self._apis = app, at_once, apis

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        api = None
        if scope["type"] != "lifespan":
            api = next((each for each in self._apis if each.handles(scope)), None)
        if scope["type"] != "http":
            await (api or self._app)(scope, receive, send)
            return
        straight = api or (self._at_once.get(scope["path"]) if scope["method"] == "POST" else None)

        started = False

        async def count_and_send(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                counters.answered(scope["method"], message["status"])
            await send(message)

        try:
            await (straight or self._app)(scope, receive, count_and_send)
        except Exception:
            _logger.exception("%s %s failed", scope["method"], scope["path"])
            if not started:
                await JSONResponse({"error": "internal error"}, 500)(scope, receive, count_and_send)
