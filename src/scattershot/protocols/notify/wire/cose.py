"""COSE as hints need it (RFC 9052): one MAC for one receiver, or one Ed25519 signature for a group.

COSE_Mac0 is HMAC 256/256 (alg 5), COSE_Sign1 EdDSA (alg -8). What a message is for is its external data, so that one
made for one purpose is good for no other.
"""

import hmac
from enum import StrEnum
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from scattershot.protocols.notify.wire import cbor
from scattershot.protocols.notify.wire.cbor import Malformed, Value

MAC0, SIGN1 = 17, 18
"""Tags, and the numbers of the content formats of CoAP as well."""
KID_BYTES = 8
_ALG, _KID = 1, 4
_PROTECTED = {MAC0: cbor.encode({_ALG: 5}), SIGN1: cbor.encode({_ALG: -8})}
_CONTEXT = {MAC0: "MAC0", SIGN1: "Signature1"}
_PROOF_BYTES = {MAC0: 32, SIGN1: 64}
_INFO = b"scattershot notify 1"


class Purpose(StrEnum):
    """What a message is for."""

    HINT = "scattershot hint"
    CHALLENGE = "scattershot challenge"
    ECHO = "scattershot echo"
    HEARD = "scattershot heard"
    PASS = "scattershot pass"  # noqa: S105 - a purpose, not a word to get in with
    SUBSCRIBE = "scattershot subscribe"
    LOG = "scattershot log"


class Envelope(NamedTuple):
    """A message as it came, not yet believed: `kid` says who claims to have made it."""

    tag: int
    kid: bytes
    payload: bytes
    proof: bytes


def pairwise_key(own: X25519PrivateKey, other: bytes) -> bytes | None:
    """The key that two nodes share: HKDF-SHA256 of their X25519 secret, both public keys in it; None for a bad one."""
    try:
        secret = own.exchange(X25519PublicKey.from_public_bytes(other))
    except ValueError:
        return None
    both = b"".join(sorted([own.public_key().public_bytes_raw(), other]))
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=_INFO + both).derive(secret)


def mac0(payload: bytes, key: bytes, kid: bytes, purpose: Purpose) -> bytes:
    """The payload with a MAC for whoever shares the key."""
    return _sealed(MAC0, payload, kid, _mac(payload, key, purpose))


def sign1(payload: bytes, private: Ed25519PrivateKey, kid: bytes, purpose: Purpose) -> bytes:
    """The payload signed, for everybody."""
    return _sealed(SIGN1, payload, kid, private.sign(_to_be_proven(SIGN1, payload, purpose)))


def _sealed(tag: int, payload: bytes, kid: bytes, proof: bytes) -> bytes:
    return cbor.tagged(tag, [_PROTECTED[tag], {_KID: kid}, payload, proof])


def envelope(data: bytes) -> Envelope | Malformed:
    """A message taken apart; nothing is believed yet."""
    found = cbor.decode_tagged(data)
    if isinstance(found, Malformed):
        return found
    match found.value:
        case [bytes(protected), dict() as header, bytes(payload), bytes(proof)]:
            kid = header.get(_KID)
            if found.tag not in _PROTECTED or protected != _PROTECTED[found.tag] or len(header) != 1:
                return Malformed("other_algorithm")
            if not isinstance(kid, bytes) or len(kid) != KID_BYTES or len(proof) != _PROOF_BYTES[found.tag]:
                return Malformed("other_shape")
            return Envelope(found.tag, kid, payload, proof)
        case _:
            return Malformed("other_shape")


def has_mac(message: Envelope, key: bytes, purpose: Purpose) -> bool:
    """Whether whoever shares the key made it for that."""
    return message.tag == MAC0 and hmac.compare_digest(message.proof, _mac(message.payload, key, purpose))


def is_signed(message: Envelope, public: Ed25519PublicKey, purpose: Purpose) -> bool:
    """Whether the holder of the key signed it for that."""
    if message.tag != SIGN1:
        return False
    try:
        public.verify(message.proof, _to_be_proven(SIGN1, message.payload, purpose))
    except InvalidSignature:
        return False
    return True


def _mac(payload: bytes, key: bytes, purpose: Purpose) -> bytes:
    return hmac.digest(key, _to_be_proven(MAC0, payload, purpose), "sha256")


def _to_be_proven(tag: int, payload: bytes, purpose: Purpose) -> bytes:
    """MAC_structure and Sig_structure (sections 6.3 and 4.4)."""
    parts: list[Value] = [_CONTEXT[tag], _PROTECTED[tag], purpose.encode(), payload]
    return cbor.encode(parts)
