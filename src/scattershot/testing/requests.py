"""Requests as they come over a wire, and ways of tampering with them on the way."""

from collections.abc import Callable
from typing import TypeAlias

from scattershot.protocols.activitypub.wire.digests import content_digest, digest
from scattershot.wirekit.dates import http_date
from scattershot.wirekit.http_message import Headers, Request

Change: TypeAlias = Callable[[Request], Request]

NOW = 1_750_000_000_000
"""2025-06-15T15:06:40Z, in milliseconds."""
ME = "me.example"
"""Whom all of these requests are for."""


def a_post(body: bytes = b'{"type":"Create"}', url: str = "https://me.example/inbox") -> Request:
    """A POST as an application makes it, before anything is signed."""
    headers = [("content-type", "application/activity+json"), ("user-agent", "Test"), ("accept", "*/*")]
    return Request("POST", url, Headers(headers), body)


def a_get(url: str = "https://me.example/users/ann?page=2") -> Request:
    """A GET as an application makes it, before anything is signed."""
    return Request("GET", url, Headers([("accept", "application/activity+json"), ("user-agent", "Test")]))


def a_delivery(body: bytes = b'{"type":"Create"}') -> Request:
    """A POST with everything but a signature."""
    fields = [
        ("host", ME),
        ("date", http_date(NOW)),
        ("digest", digest(body)),
        ("content-digest", content_digest(body)),
    ]
    return a_post(body)._replace(headers=Headers([*a_post().headers, *fields]))


def a_fetch(url: str = "https://me.example/users/ann?page=2") -> Request:
    """A GET with everything but a signature."""
    return a_get(url)._replace(headers=Headers([*a_get().headers, ("host", ME), ("date", http_date(NOW))]))


def with_header(name: str, value: str) -> Change:
    """Sets a header."""
    return lambda request: request._replace(headers=request.headers.having((name, value)))


def and_another(name: str, value: str) -> Change:
    """Adds a header beside any of its name."""
    return lambda request: request._replace(headers=Headers((*request.headers, (name, value))))


def without_header(name: str) -> Change:
    """Takes a header away."""
    return lambda request: request._replace(headers=Headers(pair for pair in request.headers if pair[0] != name))


def in_header(old: str, new: str, name: str = "signature") -> Change:
    """Changes a piece of a header, which must be there."""

    def change(request: Request) -> Request:
        value = request.headers.get(name) or ""
        assert old in value
        return request._replace(headers=request.headers.having((name, value.replace(old, new, 1))))

    return change
