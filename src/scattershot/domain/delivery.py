"""Deliveries: one change owed to one endpoint, and what an attempt leads to. Ids only: never a body, never a key."""

from typing import NamedTuple, TypeAlias

from scattershot.domain.ids import DeliveryId, EndpointId, MicroblogId, Millis, NodeId, Seq
from scattershot.domain.node import Health

_SECOND, _MINUTE, _HOUR, _DAY = 1_000, 60_000, 3_600_000, 86_400_000

FIRST_WAIT = 15 * _SECOND
"""After the first failure; long enough for a restart, short enough to stay within a minute (B7)."""
LONGEST_WAIT = 6 * _HOUR
"""A node that is down for days is asked four times a day; an arrival from it ends the wait at once."""
PATIENCE = 30 * _DAY
"""A node silent for so long is given up: its deliveries are dropped until it is heard from."""
MOST_DOUBTS = 14
"""So often a delivery is tried that the other side fails over while it takes others; then it is given up."""
LONGEST_DOUBT = 4 * _MINUTE
"""A node that answers, if with errors, is up: what is new for it waits no longer than this (B7 says five minutes)."""
DOUBTS_IN_A_ROW = 3
"""So many doubtful deliveries one after the other mean that it is the node itself that is in trouble."""
ROWS_OWED = 50
"""So many deliveries wait as rows for a failing endpoint; beyond, it is caught up from the log when it answers."""


class Delivery(NamedTuple):
    """One change owed to one endpoint."""

    id: DeliveryId
    endpoint: EndpointId
    node: NodeId
    seq: Seq
    actor: MicroblogId
    attempts: int


class Delivered(NamedTuple):
    """The other side took it; `dialect` is the signature dialect it took it in."""

    dialect: str = ""


class Busy(NamedTuple):
    """Not now: try again, not before `after` seconds where the other side said so.

    `doubtful`: it may be this one delivery that the other side cannot take (it failed over it, or did not believe it),
    so that those behind it need not wait.
    """

    why: str
    after: float | None = None
    doubtful: bool = False


class Unwanted(NamedTuple):
    """Never: the other side refused this one for good. `gone`: the endpoint itself is no more."""

    why: str
    gone: bool = False


Outcome: TypeAlias = Delivered | Busy | Unwanted


def back_off(failures: int, spread: float) -> int:
    """Milliseconds to wait after so many failures in a row: doubling, spread over half to all (0 <= spread < 1)."""
    full = min(FIRST_WAIT << min(max(failures, 1) - 1, 20), LONGEST_WAIT)
    return int(full * (0.5 + spread / 2))


def after_attempt(health: Health, outcome: Outcome, now: Millis, spread: float) -> Health:
    """The node's health after an attempt; an answer of any sort, even a refusal, shows that it is up."""
    match outcome:
        case Delivered() | Unwanted():
            return Health()
        case Busy(after=after, doubtful=doubtful):
            failures = health.failures + 1
            patience = min(back_off(failures, spread), LONGEST_DOUBT if doubtful else LONGEST_WAIT)
            wait = max(patience, int((after or 0) * _SECOND))
            return Health(failures, health.failing_since or now, Millis(now + min(wait, LONGEST_WAIT * 4)))


def is_given_up(health: Health, now: Millis) -> bool:
    """Whether the node has been silent past our patience."""
    return health.failing_since is not None and now - health.failing_since > PATIENCE
