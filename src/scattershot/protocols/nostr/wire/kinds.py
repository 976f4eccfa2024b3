"""The numbers of kinds, and what the number alone says of how an event is kept (NIP-01)."""

from enum import Enum

PROFILE = 0
NOTE = 1
CONTACTS = 3
ENCRYPTED_MESSAGE = 4
DELETION = 5
REPOST = 6
REACTION = 7
SEAL = 13
CHAT = 14
GENERIC_REPOST = 16
VANISH = 62
POLL_RESPONSE = 1018
POLL = 1068
COMMENT = 1111
GIFT_WRAP = 1059
REPORT = 1984
MUTED = 10000
RELAYS = 10002
MESSAGE_RELAYS = 10050
MESH_ACCUSATION = 20078
PASSING_GIFT_WRAP = 21059
AUTHENTICATION = 22242
HTTP_AUTHENTICATION = 27235
ARTICLE = 30023
APPLICATION_DATA = 30078
RELAY_FOUND = 30166

PRIVATE = frozenset({ENCRYPTED_MESSAGE, GIFT_WRAP, PASSING_GIFT_WRAP, 1060})
"""Read only by whom they are from or for, once they proved who they are (NIP-17, NIP-42, NIP-59)."""

WITH_WORDS = frozenset(
    {PROFILE, NOTE, 9, 11, 20, 21, 22, POLL, COMMENT, 1222, 1311, 9802, ARTICLE, 30311, 30402, 30818}
)
"""Whose content is text for people, so that it is searched."""


class Keeping(Enum):
    """What becomes of an event: regular ones are kept, of the others the newest in its place, or nothing."""

    REGULAR = "regular"
    REPLACEABLE = "replaceable"
    EPHEMERAL = "ephemeral"
    ADDRESSABLE = "addressable"


def keeping(kind: int) -> Keeping:
    """How events of that kind are kept."""
    if 30_000 <= kind < 40_000:
        return Keeping.ADDRESSABLE
    if 20_000 <= kind < 30_000:
        return Keeping.EPHEMERAL
    if 10_000 <= kind < 20_000 or kind in (PROFILE, CONTACTS):
        return Keeping.REPLACEABLE
    return Keeping.REGULAR
