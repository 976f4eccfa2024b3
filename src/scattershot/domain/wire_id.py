"""What a protocol calls a thing. One thing may have many wire ids; one wire id never means two things."""

from typing import NamedTuple


class WireId(NamedTuple):
    """A name of something on one wire: an ActivityPub URI, a Nostr event id, a feed's guid."""

    protocol: str
    value: str

    @property
    def uri(self) -> str:
        """The name for programs that know no wire, as a URI."""
        return self.value if self.protocol in (ACTIVITYPUB, FEEDS) else f"{self.protocol}:{self.value}"


ACTIVITYPUB = "activitypub"
FEEDS = "feeds"
NOSTR = "nostr"

ASKING = frozenset({ACTIVITYPUB})
"""The wires on which one asks to hear somebody and is answered; on others one just listens."""
