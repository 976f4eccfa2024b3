"""When to ask a followed author for what we may have missed (requirements A3 and A4): pure arithmetic.

A node that does not answer is asked again every `days_since_status + 1` minutes, so that live people are near real
time and dead machines cost almost nothing. One that answers pushes to us; it is asked again sixty times more rarely,
only so that a push lost on the way is found.
"""

from scattershot.domain.ids import Millis

_MINUTE, _DAY = 60_000, 86_400_000
ANSWERED_FACTOR = 60
"""How much more rarely one is asked that answers: an hour for the lively, then an hour more for each silent day."""
LONGEST_WAIT = 7 * _DAY


def poll_wait(last_status: Millis | None, now: Millis, *, answered: bool, spread: float) -> int:
    """Milliseconds until the next question; `spread` (0 <= spread < 1) staggers authors so that they form no herd.

    An author who never wrote counts as silent for thirty days.
    """
    days = max(0, now - last_status) // _DAY if last_status is not None else 30
    wait = (days + 1) * _MINUTE * (ANSWERED_FACTOR if answered else 1)
    return min(int(wait * (0.9 + 0.2 * spread)), LONGEST_WAIT)
