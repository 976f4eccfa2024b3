"""Hinting: from a change made here to whom a datagram says that there is news. Which datagram, and how it goes, is the
affair of whoever sends it.

A reader of the change log. Only what is for everybody is hinted at: datagrams are not encrypted.
"""

from collections.abc import Sequence

from scattershot.app.audience import endpoints_for
from scattershot.domain.hint import PATIENCE, Listener, Planned
from scattershot.domain.ids import EndpointId, Millis, NodeId, Seq
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.wire_id import ACTIVITYPUB
from scattershot.ports.database import Transaction
from scattershot.storage.tables import hints, nodes, posts

TOPIC = "hints"
"""Nudged when something is to be hinted at."""
MOST_PLANNED = 5_000
"""So many wait to be hinted at; beyond, what is held back for them goes by HTTP."""
KINDS = frozenset({Kind.POSTED, Kind.EDITED, Kind.DELETED, Kind.BOOSTED, Kind.UNBOOSTED})


def is_hinted(tx: Transaction, recorded: Recorded) -> bool:
    """Whether a stranger on the way may read of it."""
    if not recorded.local or recorded.kind not in KINDS or recorded.post is None:
        return False
    row = posts.with_graves(tx, [recorded.post]).get(recorded.post)
    if row is None or not row.audience.is_open:
        return False
    if recorded.kind is Kind.BOOSTED:
        boost = posts.boost(tx, recorded.boost) if recorded.boost is not None else None
        return boost is not None and boost.audience in ("public", "unlisted")
    return True


class Holding:
    """What of a batch is held back for whom, since they are told by datagram."""

    def __init__(self, tx: Transaction, now: Millis) -> None:
        self._tx, self._now = tx, now
        self._anybody = hints.exist(tx, now)
        self._told: dict[NodeId, bool] = {}
        self._hinted: dict[Seq, bool] = {}

    def until(self, recorded: Recorded, node: NodeId, endpoint: EndpointId) -> Millis:
        """Until when its delivery waits for the datagram to do; 0 for one that does not wait."""
        if not self._anybody or not self._is_told(node) or not self._is_hinted(recorded):
            return Millis(0)
        door = nodes.endpoint(self._tx, endpoint)
        return Millis(self._now + PATIENCE) if door is not None and door.protocol == ACTIVITYPUB else Millis(0)

    def _is_told(self, node: NodeId) -> bool:
        known = self._told.get(node)
        if known is None:
            known = self._told[node] = bool(hints.among(self._tx, [node], self._now))
        return known

    def _is_hinted(self, recorded: Recorded) -> bool:
        known = self._hinted.get(recorded.seq)
        if known is None:
            known = self._hinted[recorded.seq] = is_hinted(self._tx, recorded)
        return known


class Hinting:
    """The reader that plans hints."""

    name = "hinting"

    def __init__(self) -> None:
        self._planned: list[Planned] = []

    def take(self) -> list[Planned]:
        """What was planned since this was asked last, in the order of the log."""
        planned, self._planned = self._planned, []
        return planned

    def step(self, tx: Transaction, batch: Sequence[Recorded], now: Millis) -> None:
        """Plan who is told of these changes, and give each its place behind the one before."""
        if not hints.exist(tx, now):
            return
        planning = _Planning(tx, now)
        planned = [each for each in map(planning.plan, batch) if each is not None]
        planning.write()
        if len(self._planned) + len(planned) <= MOST_PLANNED:
            self._planned += planned


class _Planning:
    """The serials of one batch; `tx` is that of the step, so that a kill leaves no hole in them."""

    def __init__(self, tx: Transaction, now: Millis) -> None:
        self._tx, self._now = tx, now
        self._listeners: dict[NodeId, Listener | None] = {}
        self._last: dict[NodeId, Seq] = {}
        self._groups: dict[str, Seq] = {}

    def plan(self, recorded: Recorded) -> Planned | None:
        """Who is to be told of the change; None where nobody is."""
        if not is_hinted(self._tx, recorded):
            return None
        told = self._told(list(dict.fromkeys(owed.node for owed in endpoints_for(self._tx, recorded))))
        if not told:
            return None
        members = tuple(each for each in told if each.group)
        listeners = tuple((each, self._last.get(each.node, each.last)) for each in told if not each.group)
        groups = tuple((each.group, self._groups.get(each.group, each.last)) for each in members)
        for each, _ in listeners:
            self._last[each.node] = recorded.seq
        for group, _ in groups:
            self._groups[group] = recorded.seq
        return Planned(recorded.seq, recorded.actor, listeners, tuple(dict(groups).items()), members)

    def _told(self, hearing: list[NodeId]) -> list[Listener]:
        unknown = [node for node in hearing if node not in self._listeners]
        if unknown:
            self._listeners |= dict.fromkeys(unknown)
            self._listeners |= {each.node: each for each in hints.among(self._tx, unknown, self._now)}
        return [listener for node in hearing if (listener := self._listeners[node]) is not None]

    def write(self) -> None:
        """Remember the serials that were given."""
        for node, seq in self._last.items():
            hints.put_last(self._tx, node, seq)
        for group, seq in self._groups.items():
            hints.put_group_last(self._tx, group, seq)
