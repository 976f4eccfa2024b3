"""Whether a change may enter: pure answers to what `apply` has looked up."""

from typing import NamedTuple

from scattershot.domain.ids import Millis
from scattershot.domain.node import Standing

MAX_AHEAD = 5 * 60_000
"""How far in the future (milliseconds) a clock may be said to run; beyond it the moment is taken to be now."""


class Doer(NamedTuple):
    """Whoever did it, as it stands here."""

    local: bool
    gone: bool
    standing: str
    node_standing: str | None


def may_act(doer: Doer) -> str | None:
    """Why nothing is taken from the doer, as a word, or None."""
    if doer.gone:
        return "gone"
    if Standing.BLOCKED in (doer.standing, doer.node_standing):
        return "blocked"
    return None


def moment(said: Millis, now: Millis) -> Millis:
    """When something was, for our order of things: what is said to come from the future is of now."""
    return said if said <= now + MAX_AHEAD else now
