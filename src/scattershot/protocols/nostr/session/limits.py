"""How much one may ask of the relay: the one place, which NIP-11 states and every session holds to."""

from typing import Any, NamedTuple

from scattershot.protocols.nostr.wire.event import Size
from scattershot.protocols.nostr.wire.frames import MAX_SUBSCRIPTION


class Limits(NamedTuple):
    """Of one connection, but for what is said of an event. Moments are in seconds from now."""

    message: int = 131_072
    """Bytes of a message. What most relays take, so that nobody writes what others will not have."""
    tags: int = 2_500
    subscriptions: int = 300
    filters: int = 100
    """Filters of one subscription."""
    values: int = 20_000
    """Values that the filters of one subscription name."""
    limit: int = 500
    """Events handed out for one filter."""
    comparisons: int = 8
    """Comparisons under way."""
    items: int = 1_000_000
    """Events that are compared in one."""
    future: int = 900
    past: int = 631_152_000
    """Twenty years: no event is so old, and 0 is a mistake."""
    work: int = 0
    """Bits of work (NIP-13) that an event must show."""
    calls: int = 6_000
    """Messages in a minute."""

    @property
    def size(self) -> Size:
        """Of an event."""
        return Size(event=self.message, tags=self.tags)

    def as_json(self) -> dict[str, Any]:
        """The `limitation` of NIP-11."""
        return {
            "max_message_length": self.message,
            "max_subscriptions": self.subscriptions,
            "max_filters": self.filters,
            "max_limit": self.limit,
            "default_limit": self.limit,
            "max_subid_length": MAX_SUBSCRIPTION,
            "max_event_tags": self.tags,
            "max_content_length": self.message,
            "min_pow_difficulty": self.work,
            "auth_required": False,
            "payment_required": False,
            "restricted_writes": False,
            "created_at_lower_limit": self.past,
            "created_at_upper_limit": self.future,
        }


class Bucket:
    """So many calls in a minute, and as many at once; `now` is in seconds."""

    def __init__(self, per_minute: int, now: float) -> None:
        self._most, self._left, self._at = float(per_minute), float(per_minute), now

    def take(self, now: float, cost: float = 1.0) -> bool:
        """Whether there was still room."""
        self._left = min(self._most, self._left + max(0.0, now - self._at) * self._most / 60.0)
        self._at = now
        if self._left < cost:
            return False
        self._left -= cost
        return True
