"""The ids of things: each kind its own type, all of them integers that grow with time."""

from typing import NewType

Millis = NewType("Millis", int)
"""A moment: milliseconds since 1970-01-01 UTC."""

PersonId = NewType("PersonId", int)
MicroblogId = NewType("MicroblogId", int)
PostId = NewType("PostId", int)
"""A post or a boost: one number space, so that a timeline of both sorts by time."""
MediaId = NewType("MediaId", int)
"""A file that somebody here gave us; a number space of its own."""
NodeId = NewType("NodeId", int)
EndpointId = NewType("EndpointId", int)
ArrivalId = NewType("ArrivalId", int)
DeliveryId = NewType("DeliveryId", int)
NotificationId = NewType("NotificationId", int)
ProgramId = NewType("ProgramId", int)
TokenId = NewType("TokenId", int)
DraftId = NewType("DraftId", int)
Seq = NewType("Seq", int)
"""A place in the change log; grows in commit order."""

_LOW_BITS = 16


def snowflake(at: Millis, low: int) -> int:
    """An id that sorts by `at`; `low` (its last 16 bits count) keeps ids of one millisecond apart."""
    return (max(at, 0) << _LOW_BITS) | (low & ((1 << _LOW_BITS) - 1))


def moment_of(snowflake_id: int) -> Millis:
    """When a snowflake says it was."""
    return Millis(snowflake_id >> _LOW_BITS)
