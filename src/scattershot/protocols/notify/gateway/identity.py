"""Who this node is among those that hint: two keys and an epoch, all from one secret in a file of the data folder.

The file is in no backup, so that a node put back to an older state has another epoch, and whoever heard it asks anew.
"""

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import json

from scattershot.protocols.notify.wire import words
from scattershot.protocols.notify.wire.documents import Document, text_of

FILE = "hints.key"
SECRET_BYTES = 32


class Identity:
    """The keys; `name` is what the node is called in messages."""

    def __init__(self, secret: bytes, origin: str, address: str, groups: tuple[str, ...]) -> None:
        self.origin, self.address, self.groups = origin, address, groups
        self.sign = Ed25519PrivateKey.from_private_bytes(_derived(secret, b"sign", 32))
        self.agree = X25519PrivateKey.from_private_bytes(_derived(secret, b"agree", 32))
        self.epoch = _derived(secret, b"epoch", words.EPOCH_BYTES)
        self.public = self.sign.public_key().public_bytes_raw()
        self.name = words.name_of(self.public)

    def document(self) -> bytes:
        """What the node shows to whoever asks who it is."""
        return json.encode(
            Document(
                version=words.VERSION,
                node=self.origin,
                sign=text_of(self.public),
                agree=text_of(self.agree.public_key().public_bytes_raw()),
                epoch=self.epoch.hex(),
                address=self.address,
                groups=self.groups,
            )
        )


def _derived(secret: bytes, what: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=b"scattershot hints " + what).derive(secret)
