"""Undoing a body's Content-Encoding without being made to hold more than was agreed (RFC 9110 section 8.4)."""

import zlib
from typing import Final, Literal

ACCEPTED: Final = "gzip"
"""What to ask for in Accept-Encoding; nothing else is read back."""

_GZIP_WRAPPER = 16 + zlib.MAX_WBITS


def decoded(body: bytes, coding: str, limit: int) -> bytes | Literal["too_large", "protocol"]:
    """The plain body; `too_large` beyond `limit` bytes, `protocol` where it is broken or a coding nobody asked for."""
    match coding.strip().lower():
        case "" | "identity":
            return body if len(body) <= limit else "too_large"
        case "gzip" | "x-gzip":
            return _gunzipped(body, limit)
        case _:
            return "protocol"


def _gunzipped(body: bytes, limit: int) -> bytes | Literal["too_large", "protocol"]:
    """A gzip body may be several members, one after another (RFC 1952 section 2.2)."""
    plain: list[bytes] = []
    room = limit
    while body:
        member = zlib.decompressobj(_GZIP_WRAPPER)
        try:
            part = member.decompress(body, room + 1)
        except zlib.error:
            return "protocol"
        if len(part) > room:
            return "too_large"
        if not member.eof:
            return "protocol"
        plain.append(part)
        room -= len(part)
        body = member.unused_data
    return b"".join(plain)
