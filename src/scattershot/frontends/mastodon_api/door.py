"""The door of the API: who calls, how often, with what; and every answer and problem in the one shape.

Written on ASGI itself: of the hottest answers a request and response object each would cost more than the rest.
"""

from typing import Any

from msgspec import json
from starlette.requests import HTTPConnection, Request
from starlette.types import Receive, Scope, Send

from scattershot.app import refusals
from scattershot.app.programs import Caller, Programs
from scattershot.domain.ids import Millis
from scattershot.domain.people import may
from scattershot.domain.scopes import deed_of
from scattershot.frontends.mastodon_api.bodies import MAX_BODY, read_values
from scattershot.frontends.mastodon_api.calls import Call, Problem, Reply
from scattershot.frontends.mastodon_api.endpoints import Allowance, Endpoint, NotThere, Table, Who
from scattershot.frontends.mastodon_api.multipart import NewReceiving
from scattershot.frontends.mastodon_api.params import BadParameter, fit
from scattershot.ports.clock import Clock
from scattershot.wirekit.addresses import caller_address
from scattershot.wirekit.dates import rfc3339
from scattershot.wirekit.token_bucket import Bucket, RateLimits, Taken

CORS = (
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"Link, X-RateLimit-Reset, X-RateLimit-Limit, X-RateLimit-Remaining, "
     b"X-Request-Id, Idempotency-Key, Mastodon-Async-Refresh, Deprecation, Sunset"),
)  # fmt: skip
_PREFLIGHT = (
    *CORS,
    (b"access-control-allow-methods", b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, Idempotency-Key, Range, X-Requested-With"),
    (b"access-control-max-age", b"86400"),
)
_JSON = (b"content-type", b"application/json; charset=utf-8")
_ALWAYS = (
    *CORS,
    (b"x-content-type-options", b"nosniff"),
    (b"vary", b"Authorization, Origin"),
)

NO_TOKEN = Problem(401, "The access token is invalid")
NO_PERSON = Problem(422, "This method requires an authenticated user")
WAITS = Problem(403, "Your login is currently pending approval")
NOT_OWNERS = Problem(403, refusals.NOT_OWNERS.detail)
OUTSIDE = Problem(403, "This action is outside the authorized scopes")
TOO_OFTEN = Problem(429, "Too many requests")

_encode = json.Encoder().encode


class Door:
    """Answers requests from a table of endpoints."""

    def __init__(
        self,
        table: Table,
        programs: Programs,
        clock: Clock,
        receiving: NewReceiving,
        *,
        origin: str,
        allowed: int,
        trusted: tuple[str, ...],
    ) -> None:
        """`allowed` calls in five minutes for each token (or, without one, each address)."""
        self._receiving = receiving
        self.table, self._programs, self._clock, self._origin, self._trusted = table, programs, clock, origin, trusted
        self._usual = Allowance("", allowed, 300)
        self._limits: dict[str, RateLimits] = {"": _bucket(self._usual)}
        for endpoint in table.endpoints:
            if endpoint.allowance is not None:
                self._limits.setdefault(endpoint.allowance.name, _bucket(endpoint.allowance))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["method"] == "OPTIONS":
            await _send(send, 204, _PREFLIGHT, b"")
            return
        request = Request(scope, receive)
        headers: list[tuple[bytes, bytes]] = []
        try:
            reply = await self._reply(request, headers)
        except BadParameter as bad:
            told = {bad.name: [{"error": "ERR_INVALID", "description": bad.what}]}
            reply = Problem(422, f"Validation failed: {bad}", details=told)
        finally:
            form, parts = (scope.get("state", {}).get(name) for name in ("form", "parts"))
            if form is not None:
                await form.close()
            if parts is not None:
                parts.discard()
        status, more, body = written(reply)
        kind = () if any(name == b"content-type" for name, _ in more) else (_JSON,)
        await _send(send, status, (*_ALWAYS, *kind, *headers, *more), body, silent=scope["method"] == "HEAD")

    async def _reply(self, request: Request, headers: list[tuple[bytes, bytes]]) -> Reply:
        found = self.table.find(request.method, request.scope["path"])
        if isinstance(found, NotThere):
            return Problem(405, "Method not allowed") if found.methods else Problem(404, "Not found")
        endpoint = found.endpoint
        caller = await self._caller(request, endpoint)
        if isinstance(caller, Problem):
            return caller
        now = self._clock.now()
        if not self._may_call(request, caller, endpoint.allowance, now, headers):
            return TOO_OFTEN
        values = await read_values(request, endpoint.largest or MAX_BODY, self._receiving if endpoint.media else None)
        if isinstance(values, Problem):
            return values
        params = fit(values, endpoint.takes)
        return await endpoint.handle(Call(request, caller, found.path, self._origin, now), params)

    async def _caller(self, request: Request, endpoint: Endpoint) -> Caller | Problem | None:
        """Who calls, where the endpoint lets them in."""
        token = bearer_token(request)
        caller = await self._programs.caller(token) if token else None
        if caller is None:
            if endpoint.who is Who.ANYONE and not token:
                return None
            return WAITS if token and await self._programs.waits(token) else NO_TOKEN
        if endpoint.scope and endpoint.scope not in caller.scopes:
            return OUTSIDE
        if endpoint.who is Who.PERSON and caller.microblog is None:
            return NO_PERSON
        if caller.role is not None and not may(caller.role, endpoint.deed or deed_of(endpoint.scope)):
            return NOT_OWNERS
        return caller

    def _may_call(
        self,
        request: Request,
        caller: Caller | None,
        allowance: Allowance | None,
        now: Millis,
        headers: list[tuple[bytes, bytes]],
    ) -> bool:
        """Whether it was not too often; the headers tell how often it may be."""
        key = str(caller.token) if caller is not None else self.address(request)
        taken = self._limits[""].take(key, now)
        shown = self._usual
        if taken.allowed and allowance is not None:
            taken = self._limits[allowance.name].take(self.address(request) if allowance.by_address else key, now)
            shown = allowance
        headers += _rate_headers(shown, taken, now)
        return taken.allowed

    def address(self, request: Request) -> str:
        """Where the caller is, as far as the proxies we trust can tell."""
        near = request.client.host if request.client is not None else ""
        return caller_address(near, request.headers.get("x-forwarded-for", ""), self._trusted)


def bearer_token(request: HTTPConnection) -> str:
    """The access token of a request: in its header, or as a parameter of its address."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return token.strip()
    return request.query_params.get("access_token", "") if request.scope["query_string"] else ""


def _bucket(allowance: Allowance) -> RateLimits:
    return RateLimits(Bucket(allowance.calls, allowance.calls / allowance.seconds))


def _rate_headers(allowance: Allowance, taken: Taken, now: Millis) -> list[tuple[bytes, bytes]]:
    """Mastodon's three; `Reset` is when the whole allowance is there again."""
    missing = allowance.calls - taken.level.tokens
    reset = now + int(missing * allowance.seconds * 1000 / allowance.calls)
    return [
        (b"x-ratelimit-limit", b"%d" % allowance.calls),
        (b"x-ratelimit-remaining", b"%d" % taken.level.tokens),
        (b"x-ratelimit-reset", rfc3339(reset).encode()),
    ]


def written(reply: Reply) -> tuple[int, tuple[tuple[bytes, bytes], ...], bytes]:
    """Status, headers of its own and body of a reply."""
    if isinstance(reply, Problem):
        said: dict[str, Any] = {"error": reply.error}
        if reply.description:
            said["error_description"] = reply.description
        if reply.details is not None:
            said["details"] = reply.details
        return reply.status, (), _encode(said)
    body = reply.entity if isinstance(reply.entity, bytes) else _encode(reply.entity)
    return reply.status, tuple(reply.headers), body


async def _send(
    send: Send, status: int, headers: tuple[tuple[bytes, bytes], ...], body: bytes, *, silent: bool = False
) -> None:
    length = () if status == 204 else ((b"content-length", b"%d" % len(body)),)
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length]})
    await send({"type": "http.response.body", "body": b"" if silent else body})
