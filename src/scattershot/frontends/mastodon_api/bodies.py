"""Bodies: reading what programs send, by its type and within limits."""

from collections.abc import AsyncGenerator
from typing import Any
from urllib.parse import parse_qsl

from msgspec import DecodeError, json
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from scattershot.frontends.mastodon_api.calls import Problem
from scattershot.frontends.mastodon_api.multipart import BadBody, NewReceiving, Parts
from scattershot.frontends.mastodon_api.params import MAX_FIELDS, Values, nested

MAX_BODY = 1_000_000
"""Bytes of a body without files."""
MAX_FILES = 4

TOO_LARGE = Problem(413, "That is too large")
_UNREADABLE = Problem(400, "The parameters cannot be read")


async def read_values(
    request: Request, largest: int = MAX_BODY, receiving: NewReceiving | None = None
) -> Values | Problem:
    """Query and body as one nested mapping; the body wins. `largest` is the most bytes of a body with files, which are
    received as media where there is a place for such."""
    query = request.scope["query_string"]
    if request.method in ("GET", "HEAD") and "content-length" not in request.headers:
        return _pairs(query) if query else {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind != "multipart/form-data":
            body = await _plain(request, kind)
        elif receiving is not None:
            body = await _media(request, largest, receiving)
        else:
            body = await _multipart(request, largest)
    except ClientDisconnect:
        return _UNREADABLE
    if isinstance(body, Problem) or not query:
        return body
    asked = _pairs(query)
    return asked if isinstance(asked, Problem) else {**asked, **body}


def _pairs(text: bytes) -> Values | Problem:
    try:
        return nested(parse_qsl(text.decode("latin-1"), keep_blank_values=True, max_num_fields=MAX_FIELDS))
    except ValueError:
        return _UNREADABLE


async def _plain(request: Request, kind: str) -> Values | Problem:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return TOO_LARGE
    if not body:
        return {}
    if kind != "application/json":
        return _pairs(bytes(body))
    try:
        values: Any = json.decode(body)
    except (DecodeError, RecursionError):
        return _UNREADABLE
    return values if isinstance(values, dict) else _UNREADABLE


async def _multipart(request: Request, largest: int) -> Values | Problem:
    """Files go to disk as they come (starlette's spool); what is cut off or too large leaves nothing behind."""
    counted = _Counted(request, largest)
    parser = MultiPartParser(
        request.headers, counted.chunks(), max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_BODY
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, UnicodeDecodeError):
        return TOO_LARGE if counted.overrun else _UNREADABLE
    if counted.overrun:
        await form.close()
        return TOO_LARGE
    request.state.form = form
    return nested(form.multi_items())


async def _media(request: Request, largest: int, receiving: NewReceiving) -> Values | Problem:
    """Files go to where uploads lie; the door leaves nothing of them behind that nobody took."""
    parts = Parts(receiving, largest)
    request.state.parts = parts
    try:
        await parts.read(request)
    except BadBody as bad:
        return TOO_LARGE if bad.too_large else _UNREADABLE
    return nested(parts.pairs)


class _Counted:
    """A request's chunks, ended early where they are too many."""

    def __init__(self, request: Request, largest: int) -> None:
        self._request, self._left = request, largest
        self.overrun = False

    async def chunks(self) -> AsyncGenerator[bytes, None]:
        async for chunk in self._request.stream():
            self._left -= len(chunk)
            if self._left < 0:
                self.overrun = True
                return
            yield chunk
