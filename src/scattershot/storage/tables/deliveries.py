"""What is owed to other nodes: one row for each change and endpoint, gone once delivered."""

from typing import NamedTuple

from scattershot.domain.delivery import Delivery
from scattershot.domain.ids import DeliveryId, EndpointId, MicroblogId, Millis, NodeId, Seq
from scattershot.domain.node import Endpoint
from scattershot.ports.database import Transaction
from scattershot.storage.tables.nodes import TOO_FAR

_COLUMNS = "id, endpoint, node, seq, actor, attempts"


_NOT_HELD = Millis(0)


def add(
    tx: Transaction, endpoint: EndpointId, node: NodeId, seq: Seq, actor: MicroblogId, held_until: Millis = _NOT_HELD
) -> bool:
    """Owe the endpoint a change, not to be sent before a moment; False where it is owed already."""
    return bool(
        tx.execute(
            "INSERT INTO deliveries (endpoint, node, seq, actor, held_until) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT DO NOTHING",
            endpoint,
            node,
            seq,
            actor,
            held_until,
        )
    )


_HELD_TOO_FAR = 60_000
"""Nothing is held for so long (milliseconds): what seems so was held by a clock that ran ahead."""
_IS_FREE = "(d.held_until <= {now} OR d.held_until > {now} + {far})"


_OWED_NODES = (  # hops from node to node along the index: what a node is owed is not counted over
    "WITH RECURSIVE owed (node) AS (SELECT min(node) FROM deliveries UNION ALL "
    "SELECT (SELECT min(d.node) FROM deliveries d WHERE d.node > owed.node) FROM owed WHERE owed.node IS NOT NULL) "
)


def due_nodes(tx: Transaction, now: Millis, limit: int) -> list[NodeId]:
    """Nodes that are owed something and may be tried now."""
    rows = tx.fetch(
        _one,
        _OWED_NODES + "SELECT n.id FROM owed JOIN nodes n ON n.id = owed.node "
        "WHERE (n.retry_at <= $1 OR n.retry_at > $1 + $3) AND EXISTS (SELECT 1 FROM deliveries d "
        f"WHERE d.node = n.id AND {_IS_FREE.format(now='$1', far='$4')}) LIMIT $2",
        now,
        limit,
        TOO_FAR,
        _HELD_TOO_FAR,
    )
    return [NodeId(n) for (n,) in rows]


def _one(value: int) -> tuple[int]:
    return (value,)


def drop(tx: Transaction, deliveries: list[DeliveryId]) -> None:
    """They are owed no longer."""
    tx.execute("DELETE FROM deliveries WHERE id = ANY($1)", deliveries)


def strike_off(tx: Transaction, deliveries: list[DeliveryId], at: Millis) -> None:
    """They are dealt with, and when is remembered for some days."""
    tx.execute(
        "INSERT INTO delivered (seq, endpoint, at) SELECT seq, endpoint, $2 FROM deliveries WHERE id = ANY($1) "
        "ON CONFLICT DO NOTHING",
        deliveries,
        at,
    )
    drop(tx, deliveries)


def struck_off(tx: Transaction, seq: Seq) -> dict[EndpointId, Millis]:
    """When the change was dealt with at which endpoint, where that is still remembered."""
    return dict(tx.fetch(_when, "SELECT endpoint, at FROM delivered WHERE seq = $1", seq))


def _when(endpoint: EndpointId, at: Millis) -> tuple[EndpointId, Millis]:
    return (endpoint, at)


def forget_struck_off(tx: Transaction, before: Millis) -> int:
    """Forget when deliveries were dealt with, so long ago."""
    return tx.execute("DELETE FROM delivered WHERE at < $1", before)


def tried(tx: Transaction, delivery: DeliveryId) -> None:
    """One more attempt was made."""
    tx.execute("UPDATE deliveries SET attempts = attempts + 1 WHERE id = $1", delivery)


def was_passed(tx: Transaction, delivery: Delivery) -> bool:
    """Whether its endpoint took something younger since, as far as that is remembered."""
    sql = "SELECT 1 FROM delivered WHERE endpoint = $1 AND seq > $2 LIMIT 1"
    return tx.value(sql, delivery.endpoint, delivery.seq) is not None


def count_for(tx: Transaction, endpoint: EndpointId) -> int:
    """How many are owed to the endpoint."""
    return int(tx.value("SELECT count(*) FROM deliveries WHERE endpoint = $1", endpoint))


def oldest_for(tx: Transaction, endpoint: EndpointId) -> Seq | None:
    """The first change owed to the endpoint."""
    seq = tx.value("SELECT min(seq) FROM deliveries WHERE endpoint = $1", endpoint)
    return None if seq is None else Seq(seq)


def drop_all_for(tx: Transaction, endpoint: EndpointId) -> int:
    """Owe the endpoint nothing any more; how many rows that were."""
    return tx.execute("DELETE FROM deliveries WHERE endpoint = $1", endpoint)


def drop_all_to(tx: Transaction, nodes: list[NodeId]) -> int:
    """Owe the nodes nothing any more; how many rows that were."""
    return tx.execute("DELETE FROM deliveries WHERE node = ANY($1)", nodes)


def next_retry(tx: Transaction, now: Millis) -> Millis | None:
    """When the next node that is owed something may be tried, where all must wait, or something is held no longer."""
    at = tx.value(
        _OWED_NODES + "SELECT min(n.retry_at) FROM owed JOIN nodes n ON n.id = owed.node WHERE n.retry_at > $1", now
    )
    held = tx.value("SELECT min(held_until) FROM deliveries WHERE held_until > 0 AND held_until > $1", now)
    moments = [Millis(each) for each in (at, held) if each is not None]
    return min(moments) if moments else None


def count(tx: Transaction) -> int:
    """How many are owed in all."""
    return int(tx.value("SELECT count(*) FROM deliveries"))


def of_seqs(tx: Transaction, seqs: list[Seq]) -> list[Delivery]:
    """What is still owed of those changes."""
    return tx.fetch(Delivery, f"SELECT {_COLUMNS} FROM deliveries WHERE seq = ANY($1) ORDER BY id", seqs)


# -- whom a change is owed to


class Hearing(NamedTuple):
    """An endpoint by which somebody hears, and how often its node failed lately.

    One that is still being caught up from the log counts as failing: what is new must not overtake what is old.
    """

    endpoint: EndpointId
    node: NodeId
    failures: int


_FAILURES = "CASE WHEN e.lapsed_from IS NULL THEN n.failures ELSE n.failures + 1 END"


def followers_hearing(tx: Transaction, followee: MicroblogId) -> list[Hearing]:
    """The endpoints by which all accepted followers elsewhere hear, each once."""
    return tx.fetch(
        Hearing,
        f"SELECT DISTINCT e.id, e.node, {_FAILURES} FROM follows f JOIN microblogs m ON m.id = f.follower "
        "JOIN endpoints e ON e.id = m.endpoint JOIN nodes n ON n.id = e.node "
        "WHERE f.followee = $1 AND f.accepted AND NOT m.gone AND NOT e.gone AND n.standing <> 'blocked'",
        followee,
    )


def hearing(tx: Transaction, microblogs: list[MicroblogId]) -> list[Hearing]:
    """The endpoints by which those of them elsewhere hear, each once."""
    return tx.fetch(
        Hearing,
        f"SELECT DISTINCT e.id, e.node, {_FAILURES} FROM microblogs m JOIN endpoints e ON e.id = m.endpoint "
        "JOIN nodes n ON n.id = e.node "
        "WHERE m.id = ANY($1) AND NOT m.gone AND NOT e.gone AND n.standing <> 'blocked'",
        microblogs,
    )


def acquainted_hearing(tx: Transaction, microblog: MicroblogId) -> list[Hearing]:
    """The endpoints of all elsewhere with whom it had to do, each once: who follows it, whom it follows, whom its posts
    named or answered."""
    return tx.fetch(
        Hearing,
        "SELECT DISTINCT e.id, e.node, n.failures FROM microblogs m JOIN endpoints e ON e.id = m.endpoint "
        "JOIN nodes n ON n.id = e.node WHERE m.id IN (SELECT follower FROM follows WHERE followee = $1 "
        "UNION SELECT followee FROM follows WHERE follower = $1 "
        "UNION SELECT a.microblog FROM mentions a JOIN posts p ON p.id = a.post WHERE p.author = $1 "
        "UNION SELECT reply_author FROM posts WHERE author = $1 AND reply_author IS NOT NULL) "
        "AND NOT m.gone AND NOT e.gone AND n.standing <> 'blocked'",
        microblog,
    )


# -- what a courier takes along


class Parcel(NamedTuple):
    """A delivery with the door it goes to."""

    delivery: Delivery
    endpoint: Endpoint


def _parcel(
    id_: DeliveryId, endpoint: EndpointId, node: NodeId, seq: Seq, actor: MicroblogId, attempts: int,
    protocol: str, kind: str, address: str,
) -> Parcel:  # fmt: skip
    return Parcel(
        Delivery(id_, endpoint, node, seq, actor, attempts), Endpoint(endpoint, node, protocol, kind, address)
    )


def parcels(tx: Transaction, node: NodeId, after: DeliveryId, limit: int, now: Millis) -> list[Parcel]:
    """What the node is owed after that row and may be sent now, oldest first, with the doors."""
    return tx.fetch(
        _parcel,
        "SELECT d.id, d.endpoint, d.node, d.seq, d.actor, d.attempts, e.protocol, e.kind, e.address "
        "FROM deliveries d JOIN endpoints e ON e.id = d.endpoint WHERE d.node = $1 AND d.id > $2 "
        f"AND {_IS_FREE.format(now='$4', far='$5')} ORDER BY d.id LIMIT $3",
        node,
        after,
        limit,
        now,
        _HELD_TOO_FAR,
    )
