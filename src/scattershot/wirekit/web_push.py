"""Web Push without a network: messages that only the subscriber can read, and proof of who sends them.

Two codings: `aes128gcm` (RFC 8291 over RFC 8188), and `aesgcm` of the drafts before it
(draft-ietf-webpush-encryption-04), which the relays of older Mastodon apps still expect. The salt and the sender's key
of one message are parameters, and must be new for every message.
"""

import base64
import binascii
import hashlib
import hmac
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from msgspec import json

from scattershot.wirekit.http_message import Headers

SALT_BYTES = 16
AUTH_BYTES = 16
POINT_BYTES = 65
RECORD_BYTES = 4096
"""The record size said in the header; a push service must take a message of so many bytes (RFC 8030 section 7.2)."""
MAX_PLAIN_BYTES = RECORD_BYTES - (SALT_BYTES + 5 + POINT_BYTES) - 17
"""The longest text of one message: its header, its tag and its delimiter are part of the 4,096 bytes."""


class Receiver(NamedTuple):
    """Whom a message is for: the subscriber's public key, as a point on P-256, and the secret shared with it."""

    point: bytes
    auth: bytes


class Sealed(NamedTuple):
    """An encrypted message, with the headers that say how it is to be opened."""

    headers: Headers
    body: bytes


class WrongKeyError(ValueError):
    """What was given is not a key of a subscriber, in a sentence."""


def receiver(p256dh: str, auth: str) -> Receiver:
    """The keys of a subscription from base64, of either alphabet and with or without padding."""
    point, secret = _bytes_of(p256dh), _bytes_of(auth)
    if point is None or len(point) != POINT_BYTES or not _is_on_curve(point):
        raise WrongKeyError("p256dh is not a public key on the curve P-256 in base64.")
    if secret is None or len(secret) != AUTH_BYTES:
        raise WrongKeyError("auth is not a secret of 16 bytes in base64.")
    return Receiver(point, secret)


def _bytes_of(text: str) -> bytes | None:
    plain = text.strip().rstrip("=").translate(str.maketrans("+/", "-_"))
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def _is_on_curve(point: bytes) -> bool:
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError:
        return False
    return True


# -- keys


def generate_key() -> str:
    """A new private key on P-256 as PKCS#8 PEM: to sign with, or for a single message."""
    return generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def load_key(pem: str) -> EllipticCurvePrivateKey:
    """A key that we made ourselves; ValueError where it is none on P-256."""
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("not a key of ours for Web Push")
    return key


def public_text(key: EllipticCurvePrivateKey) -> str:
    """The public half as clients are given it: the uncompressed point in base64url without padding (RFC 8292)."""
    return encoded(_point(key))


def _point(key: EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def encoded(data: bytes) -> str:
    """Base64url without padding, as all of Web Push writes bytes."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


# -- messages


def seal(plain: bytes, to: Receiver, key: EllipticCurvePrivateKey, salt: bytes) -> Sealed:
    """The message in `aes128gcm`, one record; ValueError where the text is longer than `MAX_PLAIN_BYTES`."""
    _check_length(plain)
    own = _point(key)
    shared = _shared(key, to)
    secret = _derived(to.auth, shared, b"WebPush: info\0" + to.point + own, 32)
    header = salt + RECORD_BYTES.to_bytes(4, "big") + bytes((len(own),)) + own
    content_key = _derived(salt, secret, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(salt, secret, b"Content-Encoding: nonce\0", 12)
    record = AESGCM(content_key).encrypt(nonce, plain + b"\x02", None)
    return Sealed(Headers((("content-encoding", "aes128gcm"),)), header + record)


def seal_as_drafted(plain: bytes, to: Receiver, key: EllipticCurvePrivateKey, salt: bytes) -> Sealed:
    """The message in `aesgcm`, whose salt and sender's key travel in headers; as long as the other at most."""
    _check_length(plain)
    own = _point(key)
    secret = _derived(to.auth, _shared(key, to), b"Content-Encoding: auth\0", 32)
    context = b"P-256\0" + _counted(to.point) + _counted(own)
    content_key = _derived(salt, secret, b"Content-Encoding: aesgcm\0" + context, 16)
    nonce = _derived(salt, secret, b"Content-Encoding: nonce\0" + context, 12)
    headers = Headers(
        (
            ("content-encoding", "aesgcm"),
            ("encryption", f"salt={encoded(salt)}"),
            ("crypto-key", f"dh={encoded(own)}"),
        )
    )
    return Sealed(headers, AESGCM(content_key).encrypt(nonce, b"\0\0" + plain, None))


def _check_length(plain: bytes) -> None:
    if len(plain) > MAX_PLAIN_BYTES:
        raise ValueError(f"a message has at most {MAX_PLAIN_BYTES} bytes, not {len(plain)}")


def _shared(key: EllipticCurvePrivateKey, to: Receiver) -> bytes:
    return key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), to.point))


def _counted(point: bytes) -> bytes:
    return len(point).to_bytes(2, "big") + point


def _derived(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    """HKDF with SHA-256 (RFC 5869) for at most 32 bytes, which is one round of it."""
    key = hmac.digest(salt, secret, hashlib.sha256)
    return hmac.digest(key, info + b"\x01", hashlib.sha256)[:length]


# -- who sends

_JWT_HEADER = encoded(b'{"typ":"JWT","alg":"ES256"}')


class Vouched(NamedTuple):
    """A token that says whose messages these are, and the public half of the key it is signed with."""

    token: str
    public: str

    def headers(self, sealed: Sealed) -> Headers:
        """The message's headers with the token, where the message's coding has its place for it."""
        drafted = sealed.headers.get("crypto-key")
        if drafted is None:
            return sealed.headers.having(("authorization", f"vapid t={self.token}, k={self.public}"))
        return sealed.headers.having(
            ("authorization", f"WebPush {self.token}"), ("crypto-key", f"{drafted};p256ecdsa={self.public}")
        )


def vouch(key: EllipticCurvePrivateKey, audience: str, expires: int, contact: str) -> Vouched:
    """A token (RFC 8292) for one push service: `audience` is its origin, `expires` in seconds and within a day,
    `contact` a mailto: or https: address.
    """
    claims = json.encode({"aud": audience, "exp": expires, "sub": contact})
    signed = f"{_JWT_HEADER}.{encoded(claims)}"
    first, second = decode_dss_signature(key.sign(signed.encode(), ECDSA(SHA256())))
    signature = first.to_bytes(32, "big") + second.to_bytes(32, "big")
    return Vouched(f"{signed}.{encoded(signature)}", public_text(key))
