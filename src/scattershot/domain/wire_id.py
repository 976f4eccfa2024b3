"""What a protocol calls a thing. One thing may have many wire ids; one wire id never means two things."""

from typing import NamedTuple


class WireId(NamedTuple):
    """A name of something on one wire: an ActivityPub URI, a Nostr event id, a feed's guid."""

    protocol: str
    value: str


ACTIVITYPUB = "activitypub"
FEEDS = "feeds"

ASKING = frozenset({ACTIVITYPUB})
"""The wires on which one asks to hear somebody and is answered; on others one just listens."""
