"""Key values and what is done with them: RSA and Ed25519, PEM and multibase.

A key of our own that does not load is a surprise and raises; a stranger's key that does not load is None.
"""

from functools import lru_cache
from typing import Literal, TypeAlias

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

PublicKey: TypeAlias = RSAPublicKey | Ed25519PublicKey
PrivateKey: TypeAlias = RSAPrivateKey | Ed25519PrivateKey
Kind: TypeAlias = Literal["rsa", "ed25519"]

OUR_RSA_BITS = 2048
"""What every fediverse server verifies; larger keys cost more and gain no peer."""
MIN_RSA_BITS = 2048
MAX_RSA_BITS = 8192
MAX_RSA_EXPONENT_BITS = 64
"""Everyone uses 65537; a large exponent only makes verifying dear."""
MAX_PEM_CHARS = 16_384

_PADDING = padding.PKCS1v15()
_SHA256 = SHA256()
_ED25519_MULTICODEC = b"\xed\x01"
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE58_VALUE = {character: value for value, character in enumerate(_BASE58)}
_MAX_MULTIBASE_CHARS = 256
"""Base 58 is quadratic in its length; a signature takes 89."""


def generate_rsa() -> str:
    """A new RSA key as PKCS#8 PEM; takes tens of milliseconds and more, so call it off the loop."""
    return _private_pem(generate_private_key(public_exponent=65537, key_size=OUR_RSA_BITS))


def generate_ed25519() -> str:
    """A new Ed25519 key as PKCS#8 PEM."""
    return _private_pem(Ed25519PrivateKey.generate())


@lru_cache(maxsize=4096)
def load_private(pem: str) -> PrivateKey:
    """A key that we made ourselves; ValueError where it is neither RSA nor Ed25519.

    The validation that is skipped costs 120 ms a key, and only guards against keys made by others.
    """
    key = load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, RSAPrivateKey | Ed25519PrivateKey):
        raise ValueError(f"not a signing key of ours: {type(key).__name__}")
    return key


def load_public(pem: str) -> PublicKey | None:
    """A stranger's key from its PEM (SPKI or PKCS#1), or None where it is no key or one that we refuse."""
    return None if len(pem) > MAX_PEM_CHARS else _load_public(pem)


@lru_cache(maxsize=8192)
def _load_public(pem: str) -> PublicKey | None:
    try:
        key = load_pem_public_key(pem.strip().encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    if isinstance(key, Ed25519PublicKey):
        return key
    if isinstance(key, RSAPublicKey) and MIN_RSA_BITS <= key.key_size <= MAX_RSA_BITS:
        return key if key.public_numbers().e.bit_length() <= MAX_RSA_EXPONENT_BITS else None
    return None


def kind_of(key: PublicKey | PrivateKey) -> Kind:
    """Which of the two it is; what `sign` and `verify` go by."""
    return "rsa" if isinstance(key, RSAPublicKey | RSAPrivateKey) else "ed25519"


def public_pem(key: PrivateKey | PublicKey) -> str:
    """The public half as SPKI PEM, the form of `publicKeyPem`."""
    public = key.public_key() if isinstance(key, RSAPrivateKey | Ed25519PrivateKey) else key
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def multikey_of(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """The public half as `publicKeyMultibase` has it (FEP-521a): `z6Mk…`."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return multibase_encode(_ED25519_MULTICODEC + public.public_bytes(Encoding.Raw, PublicFormat.Raw))


@lru_cache(maxsize=4096)
def public_from_multikey(text: str) -> Ed25519PublicKey | None:
    """The Ed25519 key of a `publicKeyMultibase`, or None where it is none or of another kind."""
    data = multibase_decode(text)
    if data is None or not data.startswith(_ED25519_MULTICODEC):
        return None
    try:
        return Ed25519PublicKey.from_public_bytes(data[2:])
    except ValueError:
        return None


def multibase_encode(data: bytes) -> str:
    """Bytes as base58btc with its multibase prefix `z`."""
    number = int.from_bytes(data, "big")
    digits = []
    while number:
        number, value = divmod(number, 58)
        digits.append(_BASE58[value])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "z" + "1" * zeros + "".join(reversed(digits))


def multibase_decode(text: str) -> bytes | None:
    """The bytes of a base58btc multibase text; None for any other base, or more than 256 characters."""
    if not text.startswith("z") or len(text) > _MAX_MULTIBASE_CHARS:
        return None
    number = 0
    for character in text[1:]:
        value = _BASE58_VALUE.get(character)
        if value is None:
            return None
        number = number * 58 + value
    zeros = len(text) - 1 - len(text[1:].lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def sign(key: PrivateKey, data: bytes) -> bytes:
    """rsa-v1_5-sha256 or ed25519, by the key's kind; RSA takes 0.3 ms and lets other threads run."""
    if isinstance(key, RSAPrivateKey):
        return key.sign(data, _PADDING, _SHA256)
    return key.sign(data)


def verify(key: PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether the signature is this key's over this data, by the key's kind as in `sign`."""
    try:
        if isinstance(key, RSAPublicKey):
            key.verify(signature, data, _PADDING, _SHA256)
        else:
            key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _private_pem(key: PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
