"""Dispatch: from a change made here to what is owed to other nodes, one row for each endpoint.

The rule of the room: a body goes once to any server, however many followers it has there, and a server that is long
down is owed one row, not thousands: it is caught up from the log when it answers.
"""

from collections.abc import Sequence

from scattershot.app.audience import Owed, endpoints_for
from scattershot.app.hinting import Holding
from scattershot.domain.delivery import ROWS_OWED, is_given_up
from scattershot.domain.ids import EndpointId, Millis, NodeId, Seq
from scattershot.domain.node import Endpoint
from scattershot.domain.record import Kind, Recorded
from scattershot.ports.database import Transaction
from scattershot.storage.tables import deliveries, log, nodes, relations

TOPIC = "deliveries"
"""Nudged whenever something new is owed."""

_LAPSES = "lapses"
"""Held by whoever leaves a change to the log, and by whoever catches up from it."""

REPLAY = 500
"""Changes looked at in one go when an endpoint is caught up from the log."""


class Dispatch:
    """The reader that plans deliveries."""

    name = "dispatch"

    def step(self, tx: Transaction, batch: Sequence[Recorded], now: Millis) -> None:
        """Owe what is to be told to whoever is to hear it; what a datagram may tell is held back for a moment."""
        holding = Holding(tx, now)
        for recorded in batch:
            for owing in endpoints_for(tx, recorded):
                held = holding.until(recorded, owing.node, owing.endpoint)
                _owe(tx, owing, recorded.seq, now, held)
            if recorded.local and recorded.kind is Kind.VANISHED:
                relations.drop_all_of(tx, recorded.actor)


def _owe(tx: Transaction, owing: Owed, seq: Seq, now: Millis, held: Millis) -> bool:
    """A row for the endpoint, unless its node is so long down that the log itself is its queue."""
    if owing.failures:
        tx.lock(_LAPSES)
        endpoint = nodes.endpoint(tx, owing.endpoint)
        if endpoint is None or endpoint.lapsed_from is not None:
            return False
        node = nodes.get(tx, owing.node)
        if node is not None and is_given_up(node.health, now):
            _lapse(tx, endpoint, seq)
            return False
        if deliveries.count_for(tx, owing.endpoint) >= ROWS_OWED:
            _lapse(tx, endpoint, seq)
            return False
    return deliveries.add(tx, owing.endpoint, owing.node, seq, owing.actor, held)


def _lapse(tx: Transaction, endpoint: Endpoint, seq: Seq) -> None:
    first = deliveries.oldest_for(tx, endpoint.id) or seq
    deliveries.drop_all_for(tx, endpoint.id)
    nodes.put_lapse(tx, endpoint.id, first)


def replay(tx: Transaction, endpoint: EndpointId, node: NodeId, first: Seq) -> int:
    """Owe a lapsed endpoint the next few changes it missed; how many rows that made.

    Whoever follows now hears what was said meanwhile; the lapse ends when the log's end is reached.
    """
    tx.lock(_LAPSES)  # else the reader, in the same moment, could leave to us what we have not seen
    newest = log.cursor(tx, Dispatch.name)
    made = 0
    seen: Seq | None = None
    for recorded in log.made_here(tx, first, newest, REPLAY):
        seen = recorded.seq
        for owing in endpoints_for(tx, recorded):
            if owing.endpoint == endpoint:
                made += deliveries.add(tx, endpoint, node, recorded.seq, owing.actor)
        if made >= ROWS_OWED // 2:
            break
    else:
        if seen is None or len(log.made_here(tx, Seq(seen + 1), newest, 1)) == 0:
            nodes.put_lapse(tx, endpoint, None)
            return made
    assert seen is not None
    nodes.put_lapse(tx, endpoint, Seq(seen + 1))
    return made
