"""Sealed secrets open with their key, at their place, unaltered, and not otherwise."""

from scattershot.wirekit.sealing import opened, seal

KEY, OTHER = b"k" * 32, b"o" * 32
NONCE = b"n" * 12


def test_a_sealed_secret_opens_at_its_place() -> None:
    sealed = seal(KEY, NONCE, "a secret", "here")
    assert b"a secret" not in sealed
    assert opened(KEY, sealed, "here") == "a secret"


def test_and_nowhere_else() -> None:
    sealed = seal(KEY, NONCE, "a secret", "here")
    assert opened(OTHER, sealed, "here") is None
    assert opened(KEY, sealed, "there") is None
    assert opened(KEY, sealed[:-1] + bytes([sealed[-1] ^ 1]), "here") is None
    assert opened(KEY, b"", "here") is None
