"""What a signed request claims, and what may be said of it: the words that both signature dialects share.

Nothing here raises, whatever arrives: a request that cannot be judged is `Untrusted`.
"""

import binascii
from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from scattershot.protocols.activitypub.wire.digests import DigestVerdict
from scattershot.wirekit.http_message import Headers, Request
from scattershot.wirekit.urls import Url, parse_url

Dialect: TypeAlias = Literal["cavage", "rfc9421"]

Reason: TypeAlias = Literal[
    "unsigned",  # no signature at all
    "malformed",  # a signature that cannot be read
    "too_large",  # a signature header or a list of names past our caps
    "unsupported",  # an algorithm or a component that we do not speak
    "wrong_key",  # the key is of another kind than the signature says
    "missing_header",  # it covers a header that did not arrive
    "weak",  # it covers too little to mean anything
    "wrong_host",  # meant for another server
    "stale",  # made too long ago
    "early",  # made in the future
    "expired",  # past what its maker allowed
    "no_digest",  # a body without a digest that we know
    "digest_mismatch",  # the body is not the one that was signed
    "bad_signature",  # all is well but the signature itself
]


class Trusted(NamedTuple):
    """The holder of `key_id` signed this request; nothing is said yet of who that is."""

    key_id: str
    covered: tuple[str, ...]
    """Header names in lower case and pseudo-headers, as the signature lists them: only these can be relied on."""
    dialect: Dialect


class Untrusted(NamedTuple):
    """Why a request is not believed: a word fit for a metric's label, and a sentence for people."""

    reason: Reason
    detail: str


MAX_SIGNATURE_CHARS = 8192
"""For a `Signature` or `Signature-Input` header; a real one is under 1 KB."""
MAX_COVERED = 64
MAX_KEY_ID_CHARS = 2048

MAX_AGE = 12 * 3_600_000
"""Mastodon's: long enough for a delivery that waited in a queue after it was signed."""
CLOCK_SKEW = 3_600_000
"""Mastodon's too: clocks of small servers run wrong by whole time zones. Also granted to `expires`."""

BODYLESS = frozenset({"GET", "HEAD"})
"""Methods whose requests need no digest; any other must have its body covered, be it empty."""


class Message(NamedTuple):
    """A request as a verifier sees it: its URL parsed, its fields joined by name (RFC 9110 section 5.3)."""

    method: str
    url: Url
    fields: dict[str, str]
    body: bytes

    @property
    def needs_digest(self) -> bool:
        """Whether the method is one whose body must be covered."""
        return self.method not in BODYLESS


def message_of(request: Request) -> Message | None:
    """None where the request's own URL does not parse."""
    url = parse_url(request.url)
    return None if url is None else Message(request.method.upper(), url, joined(request.headers), request.body)


def joined(headers: Headers) -> dict[str, str]:
    """Field values by name, without the white space around each, repeated ones joined by a comma."""
    fields: dict[str, str] = {}
    for name, value in headers:
        fields[name] = f"{fields[name]}, {value.strip()}" if name in fields else value.strip()
    return fields


def untimely(made: int, expires: int | None, now: int) -> Untrusted | None:
    """Whether a signature made then (milliseconds, all three) may still be believed now."""
    if made > now + CLOCK_SKEW:
        return Untrusted("early", f"signed {(made - now) // 1000} s in the future")
    if now - made > MAX_AGE:
        return Untrusted("stale", f"signed {(now - made) // 1000} s ago")
    if expires is not None and now > expires + CLOCK_SKEW:
        return Untrusted("expired", f"expired {(now - expires) // 1000} s ago")
    return None


def digest_problem(verdict: DigestVerdict, message: Message) -> Untrusted | None:
    """What a digest header's verdict means for the request."""
    match verdict:
        case "right":
            return None
        case "wrong":
            return Untrusted("digest_mismatch", "the body is not the one that was signed")
        case "unknown":
            return Untrusted("no_digest", "no digest algorithm that we know") if message.needs_digest else None


def key_id_problem(key_id: str) -> str | None:
    """What is wrong with a key id, if anything; it need not have a fragment (GoToSocial's is a path)."""
    if not key_id or len(key_id) > MAX_KEY_ID_CHARS or not key_id.isprintable():
        return "keyId is empty, too long or not printable"
    return None


def base_bytes(lines: Sequence[str]) -> bytes | None:
    """The text that is signed, as bytes; None where a value brings a line break of its own, which would forge a line.

    Servers read header bytes as Latin-1, so that is how the same bytes come back.
    """
    base = "\n".join(lines)
    if base.count("\n") != len(lines) - 1 or "\r" in base:
        return None
    try:
        return base.encode("latin-1")
    except UnicodeEncodeError:
        return base.encode("utf-8", "surrogatepass")


def unbase64(text: str) -> bytes | None:
    """Strict base 64, or None."""
    try:
        return binascii.a2b_base64(text, strict_mode=True)
    except ValueError:
        return None
