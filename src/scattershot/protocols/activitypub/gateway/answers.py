"""Answers to GETs: documents with their media type and cache rules, and what is said where there is none."""

from hashlib import blake2b
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from scattershot.protocols.activitypub.wire.media_types import ACTIVITY_UTF8
from scattershot.protocols.activitypub.wire.vocabulary import JsonObject, encode

VARY = "Accept, Signature"
FOR_ALL = "public, max-age=60"
"""A minute: long enough for a hundred servers that ask at once, short enough that nobody waits for an edit."""
FOR_ONE = "private, no-store"


def document(request: Request, content: JsonObject, *, for_all: bool, status: int = 200) -> Response:
    """An ActivityPub document; 304 where the asker has it already."""
    body = encode(content)
    etag = f'"{blake2b(body, digest_size=9).hexdigest()}"'
    headers = {"vary": VARY, "cache-control": FOR_ALL if for_all else FOR_ONE, "etag": etag}
    known = request.headers.get("if-none-match")
    if status == 200 and known is not None and etag in (part.strip() for part in known[:1024].split(",")):
        return Response(status_code=304, headers=headers)
    return Response(body, status, headers, media_type=ACTIVITY_UTF8)


def problem(status: int, why: str, sentence: str) -> Response:
    """What went wrong, in a word and a sentence."""
    headers = {"vary": VARY, "cache-control": "no-store"}
    body = msgspec.json.encode({"error": sentence, "reason": why})
    return Response(body, status, headers, media_type="application/json")


def not_found() -> Response:
    """The one answer for what is not there and for what may not be seen."""
    return problem(404, "not_found", "There is nothing here.")


def data(content: Any, media_type: str, headers: dict[str, str] | None = None) -> Response:
    """Public JSON that any page may read."""
    body = msgspec.json.encode(content)
    return Response(body, 200, {"access-control-allow-origin": "*"} | (headers or {}), media_type=media_type)
