"""Pages kept for a few seconds: whoever asks for the same again, or for what every stranger sees, gets the same bytes
while nothing at all was written meanwhile.

What is asked for counts by its path, its query and whatever the answer may depend on: the cookies, and what the browser
takes. A page that comes with a cookie, or that no browser may keep, is not kept here either.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple, TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from scattershot.app.lately import Lately
from scattershot.ports.clock import Clock

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
_Key: TypeAlias = tuple[str | bytes, ...]

GOOD_FOR = 5_000
"""Milliseconds for which a page is right that time alone alters: it says how long ago things were."""
KEPT = 300
"""Pages that are kept, of some 10 kB each."""


class _Page(NamedTuple):
    """`body` is None where the browser was told that it has it already."""

    stamp: int
    until: int
    headers: dict[str, str]
    body: bytes | None


class KeptPages:
    """Keeps what was answered; `stamp` tells whether anything was written since, or None where nobody knows."""

    def __init__(self, clock: Clock, stamp: Callable[[], int | None]) -> None:
        self._clock, self._stamp = clock, stamp
        self._pages: Lately[_Key, _Page] = Lately(KEPT)

    def before(self, endpoint: Endpoint) -> Endpoint:
        """An endpoint that answers from what is kept, where it can."""

        async def answered(request: Request) -> Response:
            stamp = self._stamp() if request.method == "GET" else None
            if stamp is None:
                return await endpoint(request)
            key, now = _key(request), self._clock.now()
            page = self._pages.get(key)
            if page is not None and page.stamp == stamp and now < page.until:
                known = page.headers["etag"] in request.headers.get("if-none-match", "")
                if known or page.body is not None:
                    return _again(page, known=known)
            response = await endpoint(request)
            if _may_be_kept(response):
                body = bytes(response.body) if response.status_code == 200 else None
                self._pages[key] = _Page(stamp, now + GOOD_FOR, dict(response.headers), body)
            return response

        return answered


def _key(request: Request) -> _Key:
    scope, headers = request.scope, request.headers
    wishes = (headers.get(name, "") for name in ("cookie", "accept-encoding", "accept"))
    return (scope["path"], scope["query_string"], *wishes)


def _may_be_kept(response: Response) -> bool:
    headers = response.headers
    return (
        response.status_code in (200, 304)
        and "etag" in headers
        and "set-cookie" not in headers
        and "no-store" not in headers.get("cache-control", "")
    )


def _again(page: _Page, *, known: bool) -> Response:
    if not known:
        return Response(page.body, 200, headers=page.headers)
    headers = {name: value for name, value in page.headers.items() if not name.startswith("content-")}
    return Response(None, 304, headers=headers)
