"""Managing the relay over HTTP (NIP-86), by whoever runs the node and proves it with a key of theirs (NIP-98)."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from scattershot.app.lately import Lately
from scattershot.app.relay_rule import Ban, RelayRule
from scattershot.domain.reading import Refused
from scattershot.ports.clock import Clock
from scattershot.protocols.nostr.wire.authentication import read_http_proof
from scattershot.protocols.nostr.wire.event import Event, Wrong, is_name

TYPE = b"application/nostr+json+rpc"
MAX_BODY = 65_536
METHODS = (
    "banpubkey", "unbanpubkey", "allowpubkey", "listbannedpubkeys", "banevent", "allowevent", "listbannedevents",
)  # fmt: skip


class _Asked(msgspec.Struct):
    method: str
    params: list[Any] = []


_read = msgspec.json.Decoder(_Asked).decode


class Management:
    """An ASGI application beside the relay's own."""

    def __init__(self, rule: RelayRule, clock: Clock, relay: str, origin: str) -> None:
        """`relay` is the address of its WebSocket; a proof may name that, or the same by HTTP."""
        self._rule, self._clock = rule, clock
        bare = [relay.rstrip("/"), origin]
        self._addresses = [address + end for address in bare for end in ("", "/", "/nostr")]
        self._used: Lately[str, bool] = Lately(1_000)

    @staticmethod
    def handles(scope: Scope) -> bool:
        """Whether the request is one of these."""
        if scope["type"] != "http" or scope["method"] != "POST":
            return False
        return any(name == b"content-type" and value.startswith(TYPE) for name, value in scope["headers"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Do what is asked, or say why not."""
        await (await self._answer(Request(scope, receive)))(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MAX_BODY:
                return _said(413, error="that is too long")
        proof = self._proof(request.headers.get("authorization", ""), body)
        if isinstance(proof, Wrong):
            return _said(401, error=proof.why)
        if not await self._rule.may_rule(proof.pubkey):
            return _said(403, error="that is not the key of somebody who runs this node")
        self._used[proof.id] = True
        try:
            asked = _read(body)
        except msgspec.DecodeError as problem:
            return _said(400, error=f"this is no request: {problem}")
        done = await self._do(asked)
        return _said(200, error=done.detail) if isinstance(done, Refused) else _said(200, result=done)

    def _proof(self, header: str, body: bytes) -> Event | Wrong:
        """Its `payload` must be there, and no proof counts twice."""
        now = self._clock.now() // 1000
        found: Event | Wrong = Wrong("say who asks (NIP-98)")
        for address in self._addresses:
            found = read_http_proof(header, "POST", address, body, now)
            if isinstance(found, Event):
                break
        if isinstance(found, Event) and (found.first("payload") is None or found.id in self._used):
            return Wrong("this proof was used before, or does not say for which body it is")
        return found

    async def _do(self, asked: _Asked) -> object:
        if asked.method == "supportedmethods":
            return METHODS
        if asked.method == "listbannedpubkeys":
            return [_told("pubkey", ban) for ban in await self._rule.banned(authors=True)]
        if asked.method == "listbannedevents":
            return [_told("id", ban) for ban in await self._rule.banned(authors=False)]
        if asked.method not in METHODS:
            return Refused("unknown", f"there is no method {asked.method!r}")
        name = asked.params[0] if asked.params else None
        reason = asked.params[1] if len(asked.params) > 1 and isinstance(asked.params[1], str) else ""
        if not isinstance(name, str) or not is_name(name):
            return Refused("invalid", "the first parameter is 64 hexadecimal digits")
        return await self._to(asked.method, bytes.fromhex(name), reason)

    async def _to(self, method: str, name: bytes, reason: str) -> Refused | bool:
        done: Refused | None = None
        match method:
            case "banpubkey":
                done = await self._rule.ban_author(name, reason)
            case "unbanpubkey" | "allowpubkey":
                await self._rule.allow_author(name)
            case "banevent":
                done = await self._rule.ban_slip(name, reason)
            case _:
                await self._rule.allow_slip(name)
        return done if done is not None else True


def _told(what: str, ban: Ban) -> dict[str, str]:
    return {what: ban.name.hex(), "reason": ban.reason}


def _said(status: int, **told: object) -> Response:
    headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "no-store"}
    return Response(msgspec.json.encode(told), status, headers, media_type="application/json")
