"""Digests of bodies in headers: `Digest` (RFC 3230, as draft-cavage uses it) and `Content-Digest` (RFC 9530).

A header may name several algorithms; every one that we know must be right, and at least one must be known.
"""

import re
from binascii import b2a_base64
from hashlib import sha256, sha512
from typing import Literal, TypeAlias

DigestVerdict: TypeAlias = Literal["right", "wrong", "unknown"]

_ALGORITHMS = {"sha-256": sha256, "sha-512": sha512}
_MAX_CHARS = 4096
_CONTENT_DIGEST_MEMBER = re.compile(r"([a-z*][a-z0-9_.*-]*)=:([A-Za-z0-9+/=]*):", re.IGNORECASE)


def digest(body: bytes) -> str:
    """The value of a `Digest` header."""
    return f"SHA-256={_base64_of('sha-256', body)}"


def content_digest(body: bytes) -> str:
    """The value of a `Content-Digest` header."""
    return f"sha-256=:{_base64_of('sha-256', body)}:"


def check_digest(value: str, body: bytes) -> DigestVerdict:
    """What a `Digest` header says of this body; algorithm names in any case, since servers send both."""
    return _judge([_split(part) for part in value.split(",")], body) if len(value) <= _MAX_CHARS else "unknown"


def check_content_digest(value: str, body: bytes) -> DigestVerdict:
    """What a `Content-Digest` header says of this body; a member that is no byte sequence makes the whole unknown."""
    if len(value) > _MAX_CHARS:
        return "unknown"
    members = []
    for part in value.split(","):
        member = _CONTENT_DIGEST_MEMBER.fullmatch(part.strip())
        if member is None:
            return "unknown"
        members.append((member[1], member[2]))
    return _judge(members, body)


def _split(part: str) -> tuple[str, str]:
    name, _, value = part.partition("=")
    return name.strip(), value.strip()


def _judge(members: list[tuple[str, str]], body: bytes) -> DigestVerdict:
    known = {(name.lower(), value) for name, value in members if name.lower() in _ALGORITHMS}
    if not known:
        return "unknown"
    return "right" if all(value == _base64_of(name, body) for name, value in known) else "wrong"


def _base64_of(algorithm: str, body: bytes) -> str:
    return b2a_base64(_ALGORITHMS[algorithm](body).digest(), newline=False).decode()
