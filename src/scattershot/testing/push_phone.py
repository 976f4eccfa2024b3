"""The far end of Web Push: a phone with keys of its own that opens what was sealed for it.

Written from RFC 8188, RFC 8291 and draft-ietf-webpush-encryption-04 by itself, so that it can judge the sender.
"""

import base64
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec import json

from scattershot.wirekit.http_message import Headers


def bytes_of(text: str) -> bytes:
    """Base64url without padding, read."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def text_of(data: bytes) -> str:
    """Base64url without padding, written."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def private_key(number: str) -> EllipticCurvePrivateKey:
    """The key whose private number is written in base64url."""
    return derive_private_key(int.from_bytes(bytes_of(number), "big"), SECP256R1())


class PushPhone:
    """Somebody's phone: what it tells when it subscribes, and how it reads what comes."""

    def __init__(self, key: EllipticCurvePrivateKey | None = None, auth: bytes = b"sixteen secrets!") -> None:
        self._key = key or generate_private_key(SECP256R1())
        self._auth = auth
        self.point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def keys(self) -> dict[str, str]:
        """What it tells the sender."""
        return {"p256dh": text_of(self.point), "auth": text_of(self._auth)}

    def opened(self, headers: Headers, body: bytes) -> bytes:
        """What was sealed for it, in the coding that the headers name."""
        match headers.get("content-encoding"):
            case "aes128gcm":
                return self._opened(body)
            case "aesgcm":
                return self._opened_as_drafted(headers, body)
            case other:
                raise AssertionError(f"no coding of Web Push: {other}")

    def read(self, headers: Headers, body: bytes) -> Any:
        """What was sealed for it, as JSON."""
        return json.decode(self.opened(headers, body))

    def _opened(self, body: bytes) -> bytes:
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert length == 65
        assert 17 <= len(record) <= size
        secret = _hkdf(self._auth, self._shared(sender), b"WebPush: info\x00" + self.point + sender, 32)
        key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\x00", 12)
        plain = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\x00")
        assert plain.endswith(b"\x02"), "the last record"
        return plain[:-1]

    def _opened_as_drafted(self, headers: Headers, body: bytes) -> bytes:
        salt = bytes_of(_parameter(headers.get("encryption") or "", "salt"))
        sender = bytes_of(_parameter(headers.get("crypto-key") or "", "dh"))
        secret = _hkdf(self._auth, self._shared(sender), b"Content-Encoding: auth\x00", 32)
        context = b"P-256\x00\x00\x41" + self.point + b"\x00\x41" + sender
        key = _hkdf(salt, secret, b"Content-Encoding: aesgcm\x00" + context, 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\x00" + context, 12)
        plain = AESGCM(key).decrypt(nonce, body, None)
        padding = int.from_bytes(plain[:2], "big")
        return plain[2 + padding :]

    def _shared(self, sender: bytes) -> bytes:
        return self._key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), sender))


def claims_of(headers: Headers) -> tuple[dict[str, Any], str]:
    """What the sender says of itself (RFC 8292), its signature checked; and its public key."""
    scheme, _, said = (headers.get("authorization") or "").partition(" ")
    if scheme == "vapid":
        token, public = _parameter(said, "t"), _parameter(said, "k")
    else:
        assert scheme == "WebPush"
        token, public = said, _parameter(headers.get("crypto-key") or "", "p256ecdsa")
    head, claims, signature = token.split(".")
    assert json.decode(bytes_of(head)) == {"typ": "JWT", "alg": "ES256"}
    raw = bytes_of(signature)
    pair = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), bytes_of(public))
    key.verify(pair, f"{head}.{claims}".encode(), ECDSA(SHA256()))
    return json.decode(bytes_of(claims)), public


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info).derive(secret)


def _parameter(text: str, name: str) -> str:
    """The value of a parameter, whichever of `,` and `;` part them."""
    pairs = (part.strip().partition("=") for part in text.replace(",", ";").split(";"))
    return next(value.strip('"') for key, _, value in pairs if key == name)
