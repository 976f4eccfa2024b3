"""The document by which a relay says what it is (NIP-11)."""

import msgspec

from scattershot import __version__
from scattershot.protocols.nostr.session.limits import Limits

DOCUMENT = b"application/nostr+json"
NIPS = (1, 2, 9, 10, 11, 13, 17, 22, 40, 42, 44, 45, 50, 59, 62, 65, 67, 70, 77, 86, 88)
"""What this relay does; those that are a matter of clients alone are named where it keeps and finds such events."""


class Information:
    """What the relay at that address says of itself; `pubkey` is the node's own."""

    def __init__(self, address: str, name: str, description: str, contact: str, pubkey: str, limits: Limits) -> None:
        self.address = address
        self.body = msgspec.json.encode(
            {
                "name": name,
                "description": description,
                "contact": contact,
                "self": pubkey,
                "software": "scattershot",
                "version": __version__,
                "supported_nips": NIPS,
                "limitation": limits.as_json(),
            }
        )
