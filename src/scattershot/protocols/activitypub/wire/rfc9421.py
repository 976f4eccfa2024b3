"""HTTP Message Signatures (RFC 9421), in the profile that the fediverse uses.

One signature of a request, `rsa-v1_5-sha256` or `ed25519`, over plain components; components with parameters are not
spoken. Where a message bears several signatures, the first that has both halves and a key id is the one that counts.
"""

import re
from binascii import b2a_base64
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple, TypeAlias

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
from scattershot.protocols.activitypub.wire.digests import check_content_digest
from scattershot.wirekit.keys import Kind, PrivateKey, PublicKey, kind_of, sign, verify

_KEY = r"[a-z*][a-z0-9_.*-]*"
_STRING = r'"(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"'
_BARE_ITEM = rf"-?[0-9]{{1,15}}(?:\.[0-9]{{1,3}})?|{_STRING}|:[A-Za-z0-9+/=]*:|\?[01]|[A-Za-z*][\w!#$%&'*+.^`|~:/-]*"
_COMPONENTS = rf"\( *(?:{_STRING} +)*(?:{_STRING} *)?\)"
_PARAMETERS = rf"(?:; *{_KEY}(?:=(?:{_BARE_ITEM}))?)*"

# A dictionary member (RFC 8941 section 3.2): of Signature-Input an inner list, of Signature a byte sequence.
_INPUT_MEMBER = re.compile(rf"({_KEY})=(({_COMPONENTS})({_PARAMETERS}))[ \t]*(?:,[ \t]*(?=[^ \t])|$)", re.ASCII)
_SIGNATURE_MEMBER = re.compile(rf"({_KEY})=:([A-Za-z0-9+/=]*):(?:{_PARAMETERS})[ \t]*(?:,[ \t]*(?=[^ \t])|$)", re.ASCII)
_QUOTED = re.compile(_STRING)
_PARAMETER = re.compile(rf"; *({_KEY})(?:=({_BARE_ITEM}))?", re.ASCII)
_ESCAPED = re.compile(r"\\(.)")
_INTEGER = re.compile(r"-?[0-9]{1,15}")

_KIND: dict[str, Kind] = {"rsa-v1_5-sha256": "rsa", "ed25519": "ed25519"}

Parameters: TypeAlias = dict[str, str | int | bytes]
"""Strings and integers as such; anything else as the bytes that were sent."""


class Claim(NamedTuple):
    """One signature of a message, read; times in milliseconds."""

    key_id: str
    algorithm: str | None
    covered: tuple[str, ...]
    signature: bytes
    created: int | None
    expires: int | None
    signature_params: str
    """The inner list and its parameters exactly as sent: the last line of what is signed."""


@lru_cache(maxsize=256)  # read once for the key's id, once more to verify
def read(input_header: str, signature_header: str | None) -> Claim | Untrusted:
    """Reads `Signature-Input` and `Signature`; labels may be any."""
    if signature_header is None:
        return Untrusted("malformed", "Signature-Input without Signature")
    if len(input_header) > MAX_SIGNATURE_CHARS or len(signature_header) > MAX_SIGNATURE_CHARS:
        return Untrusted("too_large", "Signature-Input or Signature header")
    signatures = _members(_SIGNATURE_MEMBER, signature_header)
    inputs = _members(_INPUT_MEMBER, input_header)
    if inputs is None or signatures is None:
        return Untrusted("malformed", "Signature-Input or Signature is not a dictionary that we can read")
    for label, (whole, components, parameter_text) in inputs.items():
        parameters = _parameters(parameter_text)
        if parameters is None:
            return Untrusted("malformed", "a signature parameter is given twice")
        if label in signatures and "keyid" in parameters:
            return _claim(whole, components, parameters, signatures[label][0])
    return Untrusted("malformed", "no signature with both halves and a keyid")


def _claim(whole: str, components: str, parameters: Parameters, signature_text: str) -> Claim | Untrusted:
    covered = tuple(_unquoted(text) for text in _QUOTED.findall(components))
    if len(covered) > MAX_COVERED:
        return Untrusted("too_large", f"{len(covered)} covered components")
    if len(set(covered)) != len(covered) or any(name != name.lower() for name in covered):
        return Untrusted("malformed", "a component is covered twice or not in lower case")
    key_id, algorithm = parameters["keyid"], parameters.get("alg")
    created, expires = parameters.get("created"), parameters.get("expires")
    if not isinstance(key_id, str) or not isinstance(algorithm, str | None):
        return Untrusted("malformed", "keyid or alg is not a string")
    if not isinstance(created, int | None) or not isinstance(expires, int | None):
        return Untrusted("malformed", "created or expires is not a time")
    problem = key_id_problem(key_id)
    if problem is not None:
        return Untrusted("malformed", problem)
    signature = unbase64(signature_text)
    if not signature:
        return Untrusted("malformed", "signature is not base 64")
    made, until = (None if seconds is None else seconds * 1000 for seconds in (created, expires))
    return Claim(key_id, algorithm, covered, signature, made, until, whole)


def _members(member: re.Pattern[str], header: str) -> dict[str, tuple[str, ...]] | None:
    members: dict[str, tuple[str, ...]] = {}
    header = header.strip(" \t")
    position, end = 0, len(header)
    while position < end:
        found = member.match(header, position)
        if found is None or found[1] in members:
            return None
        members[found[1]] = found.groups()[1:]
        position = found.end()
    return members


def _parameters(text: str) -> Parameters | None:
    parameters: Parameters = {}
    for name, value in _PARAMETER.findall(text):
        if name in parameters:
            return None
        if value.startswith('"'):
            parameters[name] = _unquoted(value)
        else:
            parameters[name] = int(value) if _INTEGER.fullmatch(value) else value.encode()
    return parameters


def _unquoted(text: str) -> str:
    inner = text[1:-1]
    return _ESCAPED.sub(r"\1", inner) if "\\" in inner else inner


def check(claim: Claim, message: Message, key: PublicKey, now: int) -> Untrusted | None:
    """Why this claim does not hold for this message, or None where it holds."""
    return (
        _wrong_algorithm(claim, key)
        or _weakness(claim, message)
        or _wrong_time(claim, now)
        or _wrong_digest(message)
        or _wrong_signature(claim, message, key)
    )


def _wrong_algorithm(claim: Claim, key: PublicKey) -> Untrusted | None:
    if claim.algorithm is None:
        return None
    if claim.algorithm not in _KIND:
        return Untrusted("unsupported", f"algorithm {claim.algorithm[:40]}")
    if _KIND[claim.algorithm] != kind_of(key):
        return Untrusted("wrong_key", f"algorithm {claim.algorithm} with an {kind_of(key)} key")
    return None


def _weakness(claim: Claim, message: Message) -> Untrusted | None:
    covered = claim.covered
    if "@method" not in covered:
        return Untrusted("weak", "@method must be covered")
    if "@target-uri" not in covered:
        query_matters = message.url.query is not None and "@query" not in covered
        if "@authority" not in covered or "@path" not in covered or query_matters:
            return Untrusted("weak", "@target-uri, or @authority, @path and @query, must be covered")
    if message.needs_digest:
        if "content-digest" not in message.fields:
            return Untrusted("no_digest", "no Content-Digest header")
        if "content-digest" not in covered:
            return Untrusted("weak", "content-digest must be covered")
    return None


def _wrong_time(claim: Claim, now: int) -> Untrusted | None:
    if claim.created is None:
        return Untrusted("weak", "created must be given")
    return untimely(claim.created, claim.expires, now)


def _wrong_digest(message: Message) -> Untrusted | None:
    value = message.fields.get("content-digest")
    if value is None:
        return None
    return digest_problem(check_content_digest(value, message.body), message)


def _wrong_signature(claim: Claim, message: Message, key: PublicKey) -> Untrusted | None:
    base = signature_base(claim.covered, claim.signature_params, message)
    if isinstance(base, Untrusted):
        return base
    if verify(key, claim.signature, base):
        return None
    return Untrusted("bad_signature", f"over {claim.signature_params[:200]}")


def signature_base(covered: tuple[str, ...], signature_params: str, message: Message) -> bytes | Untrusted:
    """The text that is signed (RFC 9421 section 2.5)."""
    lines = []
    for name in covered:
        value = _derived(name, message) if name.startswith("@") else message.fields.get(name)
        if value is None:
            if name.startswith("@"):
                return Untrusted("unsupported", f"component {name[:80]}")
            return Untrusted("missing_header", f"{name[:80]} is covered but was not sent")
        lines.append(f'"{name}": {value}')
    lines.append(f'"@signature-params": {signature_params}')
    return base_bytes(lines) or Untrusted("malformed", "a line break in a covered value")


def _derived(name: str, message: Message) -> str | None:
    """A derived component (RFC 9421 section 2.2), or None where we do not speak it."""
    url = message.url
    match name:
        case "@method":
            return message.method
        case "@target-uri":
            return url.origin + url.target
        case "@authority":
            return url.authority
        case "@scheme":
            return url.scheme
        case "@path":
            return url.target.partition("?")[0]
        case "@query":
            return "?" + url.target.partition("?")[2]
        case "@request-target":
            return url.target
        case _:
            return None


def signature_headers(
    message: Message, key_id: str, key: PrivateKey, covered: tuple[str, ...], created: int
) -> Iterator[tuple[str, str]]:
    """`Signature-Input` and `Signature` over these components, `created` in milliseconds; ValueError where a component
    is not there or the key id cannot be written. The algorithm is left for the key to say."""
    if not _QUOTED.fullmatch(f'"{key_id}"'):
        raise ValueError("a key id that no structured field can hold")
    names = " ".join(f'"{name}"' for name in covered)
    signature_params = f'({names});created={created // 1000};keyid="{key_id}"'
    base = signature_base(covered, signature_params, message)
    if isinstance(base, Untrusted):
        raise ValueError(base.detail)
    yield "signature-input", f"sig1={signature_params}"
    yield "signature", f"sig1=:{b2a_base64(sign(key, base), newline=False).decode()}:"
