"""What strangers post to the hub: small forms and calls, and how often one may."""

from urllib.parse import parse_qsl

from starlette.requests import Request

from scattershot.ports.clock import Clock
from scattershot.wirekit.addresses import caller_address
from scattershot.wirekit.token_bucket import Bucket, RateLimits

MAX_BODY = 64 * 1024
MAX_FIELDS = 300
PACE = Bucket(capacity=300, per_second=5)
"""A reader with many feeds here subscribes to all of them at once."""


class Callers:
    """Where callers are and how often they come; `trusted` are proxies that are believed."""

    def __init__(self, clock: Clock, trusted: tuple[str, ...]) -> None:
        self._clock, self._trusted, self._limits = clock, trusted, RateLimits(PACE)

    def address(self, request: Request) -> str:
        """Where the caller is."""
        near = request.client.host if request.client is not None else ""
        return caller_address(near, request.headers.get("x-forwarded-for", ""), self._trusted)

    def may(self, request: Request) -> bool:
        """Whether the caller may ask once more now."""
        return self._limits.take(self.address(request), self._clock.now()).allowed


async def read_body(request: Request) -> bytes | None:
    """The body, or None where it is too large."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            return None
    return body


def read_form(body: bytes) -> dict[str, str] | None:
    """The fields of a form, the first of each name; None for what is none."""
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return None
    form: dict[str, str] = {}
    for key, value in pairs:
        form.setdefault(key, value)
    return form
