"""Small secrets at rest: sealed under a key kept elsewhere, each for one place, so that it opens nowhere else."""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12


def seal(key: bytes, nonce: bytes, secret: str, place: str) -> bytes:
    """The secret in AES-256-GCM; the nonce must be new for every seal under the key, and a random one is."""
    return nonce + AESGCM(key).encrypt(nonce, secret.encode(), place.encode())


def opened(key: bytes, sealed: bytes, place: str) -> str | None:
    """The secret sealed for that place, or None where it was sealed under another key or for another place."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode()).decode()
    except (InvalidTag, ValueError):
        return None
