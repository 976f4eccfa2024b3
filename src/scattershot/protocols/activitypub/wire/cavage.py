"""HTTP signatures as draft-cavage-http-signatures-12 has them, the dialect that every fediverse server speaks.

The list of signed headers is the sender's choice; what it must at least hold is ours.
"""

import re
from binascii import b2a_base64
from functools import lru_cache
from typing import NamedTuple

from scattershot.protocols.activitypub.wire.claims import (
    MAX_COVERED,
    MAX_SIGNATURE_CHARS,
    Message,
    Untrusted,
    base_bytes,
    digest_problem,
    key_id_problem,
    unbase64,
    untimely,
)
from scattershot.protocols.activitypub.wire.digests import check_digest
from scattershot.wirekit.dates import parse_http_date
from scattershot.wirekit.keys import Kind, PrivateKey, PublicKey, kind_of, sign, verify

_PARAMETER = re.compile(r'\s*([A-Za-z_-]+)\s*=\s*(?:"([^"\\]*)"|([0-9]{1,15})(?:\.[0-9]{1,9})?)\s*(?:,|$)')
_DIGITS = re.compile(r"[0-9]{1,15}")
_KIND: dict[str, Kind | None] = {"": None, "hs2019": None, "rsa-sha256": "rsa", "ed25519": "ed25519"}
"""The kind of key that each algorithm asks for; the first two leave it to the key."""
_ALGORITHM: dict[Kind, str] = {"rsa": "rsa-sha256", "ed25519": "hs2019"}


class Claim(NamedTuple):
    """A `Signature` header, read; times in milliseconds."""

    key_id: str
    algorithm: str
    """In lower case; empty where it was not named."""
    covered: tuple[str, ...]
    signature: bytes
    created: int | None
    expires: int | None


@lru_cache(maxsize=256)  # read once for the key's id, once more to verify
def read(header: str) -> Claim | Untrusted:
    """Reads the `Signature` header's value; parameters that we do not know are passed over, repeated ones refused."""
    if len(header) > MAX_SIGNATURE_CHARS:
        return Untrusted("too_large", f"Signature header of {len(header)} characters")
    parameters = _parameters(header)
    if parameters is None:
        return Untrusted("malformed", "Signature header is not a list of parameters")
    key_id = parameters.get("keyId", "")
    problem = key_id_problem(key_id)
    if problem is not None:
        return Untrusted("malformed", problem)
    signature = unbase64(parameters.get("signature", ""))
    if not signature:
        return Untrusted("malformed", "signature is not base 64")
    covered = tuple(parameters.get("headers", "(created)").lower().split())
    if len(covered) > MAX_COVERED:
        return Untrusted("too_large", f"{len(covered)} signed headers")
    if len(set(covered)) != len(covered):
        return Untrusted("malformed", "a header is signed twice")
    times = [parameters.get(name) for name in ("created", "expires")]
    if any(text is not None and not _DIGITS.fullmatch(text) for text in times):
        return Untrusted("malformed", "created or expires is not a time")
    created, expires = (None if text is None else int(text) * 1000 for text in times)
    return Claim(key_id, parameters.get("algorithm", "").lower(), covered, signature, created, expires)


def _parameters(header: str) -> dict[str, str] | None:
    parameters: dict[str, str] = {}
    position, end = 0, len(header)
    while position < end:
        found = _PARAMETER.match(header, position)
        if found is None:
            return None
        name, quoted, number = found.groups()
        if name in parameters:
            return None
        parameters[name] = number if quoted is None else quoted
        position = found.end()
    return parameters


def check(claim: Claim, message: Message, key: PublicKey, now: int) -> Untrusted | None:
    """Why this claim does not hold for this message, or None where it holds."""
    return (
        _wrong_algorithm(claim, key)
        or _weakness(claim, message)
        or _wrong_time(claim, message, now)
        or _wrong_digest(message)
        or _wrong_signature(claim, message, key)
    )


def _wrong_algorithm(claim: Claim, key: PublicKey) -> Untrusted | None:
    if claim.algorithm not in _KIND:
        return Untrusted("unsupported", f"algorithm {claim.algorithm[:40]}")
    if _KIND[claim.algorithm] not in (None, kind_of(key)):
        return Untrusted("wrong_key", f"algorithm {claim.algorithm} with an {kind_of(key)} key")
    if claim.algorithm == "rsa-sha256" and ("(created)" in claim.covered or "(expires)" in claim.covered):
        return Untrusted("malformed", "rsa-sha256 may not cover (created) or (expires)")  # draft section 2.3
    return None


def _weakness(claim: Claim, message: Message) -> Untrusted | None:
    """The host must be covered for every method: otherwise what was sent to another could be sent on to us."""
    covered = claim.covered
    if "(request-target)" not in covered or "host" not in covered:
        return Untrusted("weak", "(request-target) and host must be signed")
    if "date" not in covered and "(created)" not in covered:
        return Untrusted("weak", "date or (created) must be signed")
    if message.needs_digest:
        if "digest" not in message.fields:
            return Untrusted("no_digest", "no Digest header")
        if "digest" not in covered:
            return Untrusted("weak", "digest must be signed")
    return None


def _wrong_time(claim: Claim, message: Message, now: int) -> Untrusted | None:
    if "(created)" in claim.covered:
        if claim.created is None:
            return Untrusted("malformed", "(created) is signed but not given")
        return untimely(claim.created, claim.expires, now)
    date = message.fields.get("date")
    if date is None:
        return Untrusted("missing_header", "date is signed but was not sent")
    made = parse_http_date(date)
    return Untrusted("malformed", "Date is not a date") if made is None else untimely(made, claim.expires, now)


def _wrong_digest(message: Message) -> Untrusted | None:
    """Also where it need not be there: snac signs GETs with the digest of nothing."""
    value = message.fields.get("digest")
    if value is None:
        return None
    return digest_problem(check_digest(value, message.body), message)


def _wrong_signature(claim: Claim, message: Message, key: PublicKey) -> Untrusted | None:
    targets = [message.url.target]
    if message.url.query is not None and message.method == "GET":
        targets.append(message.url.path)  # GoToSocial may sign a GET without its query
    for target in targets:
        base = signing_base(claim, message, target)
        if isinstance(base, Untrusted):
            return base
        if verify(key, claim.signature, base):
            return None
    return Untrusted("bad_signature", f"over {' '.join(claim.covered)[:200]}")


def signing_base(claim: Claim, message: Message, target: str) -> bytes | Untrusted:
    """The text that is signed (draft section 2.3), with the given request target."""
    lines = []
    for name in claim.covered:
        value: str | int | None
        if name == "(request-target)":
            value = f"{message.method.lower()} {target}"
        elif name == "(created)":
            value = None if claim.created is None else claim.created // 1000
        elif name == "(expires)":
            value = None if claim.expires is None else claim.expires // 1000
        else:
            value = message.fields.get(name)
        if value is None:
            return Untrusted("missing_header", f"{name[:80]} is signed but was not sent")
        lines.append(f"{name}: {value}")
    return base_bytes(lines) or Untrusted("malformed", "a line break in a signed value")


def signature_header(message: Message, key_id: str, key: PrivateKey, covered: tuple[str, ...]) -> str:
    """The `Signature` header over these headers, all of which the message must have; ValueError where it does not."""
    algorithm = _ALGORITHM[kind_of(key)]
    base = signing_base(Claim(key_id, algorithm, covered, b"", None, None), message, message.url.target)
    if isinstance(base, Untrusted):
        raise ValueError(base.detail)
    signature = b2a_base64(sign(key, base), newline=False).decode()
    return f'keyId="{key_id}",algorithm="{algorithm}",headers="{" ".join(covered)}",signature="{signature}"'
