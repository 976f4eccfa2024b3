"""Files for people's browsers and apps, ours and those of other nodes: with headers that let nothing in them act."""

from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from scattershot.app.media import Media
from scattershot.app.proxy import Proxy
from scattershot.domain.media import TAKEN
from scattershot.domain.reading import Refused
from scattershot.frontends.media.ranges import Part, Unsatisfiable, part_of
from scattershot.ports.blobs import CHUNK, NoSuchBlobError

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # What browsers need in order to show a picture or film that was opened by itself, and not a script, not a frame.
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; "
    "style-src 'unsafe-inline'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
    "Referrer-Policy": "no-referrer",
}
_FOREVER = "public, max-age=31536000, immutable"
_A_WHILE = "public, max-age=604800"
_SOON = "public, max-age=300"
_STATUS = {"not_found": 404, "invalid": 404, "unavailable": 503}

Read = Callable[[str, int, int], AsyncIterator[bytes]]


class _File(NamedTuple):
    """What is to be sent."""

    name: str
    media_type: str
    size: int
    kept: str


class Files:
    """Serves `/media` and `/proxy`."""

    def __init__(self, media: Media, proxy: Proxy) -> None:
        self._media, self._proxy = media, proxy

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        methods = ["GET", "HEAD", "OPTIONS"]
        return [
            Route("/media/{name}", self._own, methods=methods),
            Route("/proxy/{mac}/{code}", self._remote, methods=methods),
        ]

    async def _own(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return _preflight()
        name = request.path_params["name"]
        found = await self._media.file(name) if "\0" not in name else None
        if found is None:
            return _nothing(404)
        sent = await _sent(request, _File(*found, _FOREVER), self._media.read)
        return sent or _nothing(404)

    async def _remote(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return _preflight()
        mac, code = request.path_params["mac"], request.path_params["code"]
        for _ in range(2):
            found = await self._proxy.find(mac, code)
            if isinstance(found, Refused):
                return _nothing(_STATUS.get(found.why, 502))
            file = _File(found.name, found.media_type, found.bytes, _A_WHILE)
            if sent := await _sent(request, file, self._proxy.read):
                return sent
            await self._proxy.forget(found)
        return _nothing(503)


def _preflight() -> Response:
    headers = {"Access-Control-Allow-Methods": "GET, HEAD", "Access-Control-Allow-Headers": "Range, If-Range"}
    return Response(status_code=204, headers=HEADERS | headers | {"Access-Control-Max-Age": "86400"})


def _nothing(status: int) -> Response:
    headers = HEADERS | {"Cache-Control": _SOON if status == 404 else "no-store"}
    return Response("There is no such file, or it is not shown.\n", status, headers=headers, media_type="text/plain")


async def _sent(request: Request, file: _File, read: Read) -> Response | None:
    """The file or the part of it that is asked for; None where it is gone."""
    tag = f'"{file.name.partition(".")[0]}"'
    headers = HEADERS | {"ETag": tag, "Cache-Control": file.kept, "Accept-Ranges": "bytes"}
    if tag in [each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    headers["Content-Type"] = file.media_type
    if file.media_type not in TAKEN:
        headers["Content-Disposition"] = "attachment"
    only_if = request.headers.get("if-range")
    part = part_of(request.headers.get("range"), file.size) if only_if in (None, tag) else None
    if isinstance(part, Unsatisfiable):
        return Response(status_code=416, headers=headers | {"Content-Range": f"bytes */{file.size}"})
    status, whole = (206, part) if part is not None else (200, Part(0, file.size))
    if part is not None:
        headers["Content-Range"] = f"bytes {part.start}-{part.start + part.length - 1}/{file.size}"
    headers["Content-Length"] = str(whole.length)
    return await _body(request, file, whole, read, status, headers)


async def _body(
    request: Request, file: _File, part: Part, read: Read, status: int, headers: dict[str, str]
) -> Response | None:
    """The first piece is read before anything is answered: then it is known that the file is there."""
    pieces = read(file.name, part.start, 1 if request.method == "HEAD" else part.length)
    try:
        first = await anext(pieces, b"")
    except NoSuchBlobError:
        return None
    if request.method == "HEAD" or part.length <= CHUNK:
        return Response(first if request.method != "HEAD" else b"", status, headers=headers)
    return StreamingResponse(_all(first, pieces), status, headers=headers)


async def _all(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for piece in rest:
        yield piece
