"""Signed requests, whichever dialect they speak: who claims to have sent one, whether it is so, and signing our own.

A request with a `Signature-Input` header is RFC 9421 and nothing else; there is no falling back to the other dialect.
"""

from scattershot.protocols.activitypub.wire import cavage, rfc9421
from scattershot.protocols.activitypub.wire.claims import (
    BODYLESS,
    Dialect,
    Message,
    Reason,
    Trusted,
    Untrusted,
    joined,
    message_of,
)
from scattershot.protocols.activitypub.wire.digests import content_digest, digest
from scattershot.wirekit.dates import http_date
from scattershot.wirekit.http_message import Headers, Request
from scattershot.wirekit.keys import PrivateKey, PublicKey
from scattershot.wirekit.urls import normal_host, parse_url

__all__ = ["Dialect", "Reason", "Trusted", "Untrusted", "claimed_key", "sign", "verify"]

_SIGNING_FIELDS = frozenset({"host", "date", "digest", "content-digest", "signature", "signature-input"})


def claimed_key(request: Request) -> str | Untrusted:
    """The id of the key that the request says it is signed with; nothing is verified yet, not even that it is a URL."""
    claim = _claim(joined(request.headers))
    return claim if isinstance(claim, Untrusted) else claim.key_id


def verify(request: Request, key: PublicKey, now: int, *, host: str | frozenset[str]) -> Trusted | Untrusted:
    """Whether the holder of this key, which must be that of `claimed_key`, signed this request lately and for us.

    `now` is in milliseconds; `host` is what we are called ('host' or 'host:port', as `urls.normal_host` spells it). The
    request's URL must be the public one, its path and query as they came over the wire.
    """
    message = message_of(request)
    if message is None:
        return Untrusted("wrong_host", "the request's URL is none of ours")
    claim = _claim(message.fields)
    if isinstance(claim, Untrusted):
        return claim
    problem = _wrong_host(message, frozenset({host}) if isinstance(host, str) else host)
    if problem is not None:
        return problem
    if isinstance(claim, cavage.Claim):
        problem = cavage.check(claim, message, key, now)
        return problem or Trusted(claim.key_id, claim.covered, "cavage")
    problem = rfc9421.check(claim, message, key, now)
    return problem or Trusted(claim.key_id, claim.covered, "rfc9421")


def _claim(fields: dict[str, str]) -> cavage.Claim | rfc9421.Claim | Untrusted:
    if "signature-input" in fields:
        return rfc9421.read(fields["signature-input"], fields.get("signature"))
    if "signature" in fields:
        return cavage.read(fields["signature"])
    return Untrusted("unsigned", "no Signature header")


def _wrong_host(message: Message, ours: frozenset[str]) -> Untrusted | None:
    if message.url.authority not in ours:
        return Untrusted("wrong_host", f"URL of {message.url.authority[:80]}")
    named = message.fields.get("host")
    if named is not None and normal_host(named, message.url.scheme) not in ours:
        return Untrusted("wrong_host", f"Host {named[:80]!r}")
    return None


def sign(
    request: Request,
    key_id: str,
    private: PrivateKey,
    now: int,
    dialect: Dialect = "cavage",
    extra_headers: tuple[str, ...] = (),
) -> Request:
    """The request with Host, Date, Digest or Content-Digest and the signature in that dialect; any earlier ones go.

    `extra_headers` are covered too, and must be there. The URL comes back without fragment and in ASCII, and must be
    sent as it is. ValueError where it is no http(s) URL, or the key id cannot stand in a header. RSA takes 0.3 ms.
    """
    url = parse_url(request.url)
    if url is None:
        raise ValueError("not an http(s) URL")
    if not key_id.isascii() or not key_id.isprintable() or '"' in key_id or "\\" in key_id:
        raise ValueError("a key id that no header can hold")
    method = request.method.upper()
    has_body = method not in BODYLESS
    fields = [*(pair for pair in request.headers if pair[0] not in _SIGNING_FIELDS)]
    fields += [("host", url.authority), ("date", http_date(now))]
    if has_body and dialect == "cavage":
        fields.append(("digest", digest(request.body)))
    elif has_body:
        fields.append(("content-digest", content_digest(request.body)))
    headers = Headers(fields)
    message = Message(method, url, joined(headers), request.body)
    if dialect == "cavage":
        covered = _cavage_covered(message, has_body) + extra_headers
        added = [("signature", cavage.signature_header(message, key_id, private, covered))]
    else:
        covered = ("@method", "@target-uri", *(("content-digest",) if has_body else ()), *extra_headers)
        added = [*rfc9421.signature_headers(message, key_id, private, covered, now)]
    return request._replace(method=method, url=url.origin + url.target, headers=Headers((*headers, *added)))


def _cavage_covered(message: Message, has_body: bool) -> tuple[str, ...]:
    if not has_body:
        return ("(request-target)", "host", "date")
    typed = ("content-type",) if "content-type" in message.fields else ()
    return ("(request-target)", "host", "date", "digest", *typed)
