"""Pushes to phones: what an attempt leads to. Pure."""

from typing import NamedTuple, TypeAlias

_SECOND, _MINUTE, _HOUR = 1_000, 60_000, 3_600_000

GOOD_FOR = 48 * _HOUR
"""A push that is older is no news; as long, a push service keeps it for a phone that is off."""
FIRST_WAIT = 30 * _SECOND
LONGEST_WAIT = 2 * _HOUR
REFUSALS_IN_A_ROW = 10
"""So many pushes refused one after the other mean that nothing will come of the subscription."""

_LATER = frozenset({408, 425, 429})


class Pushed(NamedTuple):
    """The push service took it."""


class Later(NamedTuple):
    """Not now: try again after so many milliseconds."""

    wait: int


class Refused(NamedTuple):
    """Never this one."""


class Gone(NamedTuple):
    """The subscription is no more (RFC 8030 section 7.3)."""


Outcome: TypeAlias = Pushed | Later | Refused | Gone


def outcome(status: int | None, attempts: int, retry_after: float | None, spread: float) -> Outcome:
    """What an answer means after so many attempts before; a status of None is no answer (0 <= spread < 1)."""
    if status is not None and 200 <= status < 300:
        return Pushed()
    if status in (404, 410):
        return Gone()
    if status is not None and status < 500 and status not in _LATER:
        return Refused()
    full = min(FIRST_WAIT << min(attempts, 20), LONGEST_WAIT)
    return Later(max(int(full * (0.5 + spread / 2)), int((retry_after or 0) * _SECOND)))
