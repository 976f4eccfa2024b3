"""Where new keys come from; making an RSA key takes a tenth of a second, so tests keep a few ready."""

from typing import NamedTuple, Protocol


class KeyPairs(NamedTuple):
    """Two new private keys as PKCS#8 PEM: RSA-2048 for HTTP signatures, Ed25519 for object proofs (FEP-521a)."""

    rsa: str
    ed25519: str


class KeyMaker(Protocol):
    """Makes keys for a new microblog."""

    async def make(self) -> KeyPairs:
        """New keys, never given out before."""
        ...
