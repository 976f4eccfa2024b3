"""Other servers and their doors."""

from typing import NamedTuple

from scattershot.domain.ids import EndpointId, Millis, NodeId, Seq
from scattershot.domain.node import EVERYWHERE, Endpoint, EndpointAddress, Health, HostRule, Node, Standing
from scattershot.ports.database import Transaction
from scattershot.storage.tables import rules

TOO_FAR = 2 * 86_400_000
"""No node is let alone for so long (milliseconds): what seems so was put off by a clock that ran ahead, and is due."""

_COLUMNS = "id, host, standing, failures, failing_since, retry_at, dialect"


def _node(
    id_: int, host: str, standing: str, failures: int, failing_since: int | None, retry_at: int, dialect: str
) -> Node:
    since = None if failing_since is None else Millis(failing_since)
    return Node(NodeId(id_), host, Standing(standing), Health(failures, since, Millis(retry_at)), dialect)


def get(tx: Transaction, node: NodeId) -> Node | None:
    """The node of that id."""
    return tx.fetch_one(_node, f"SELECT {_COLUMNS} FROM nodes WHERE id = $1", node)


def by_host(tx: Transaction, host: str) -> Node | None:
    """The node at a normalised host."""
    return tx.fetch_one(_node, f"SELECT {_COLUMNS} FROM nodes WHERE host = $1", host)


def meet(tx: Transaction, host: str) -> NodeId:
    """The node at a normalised host, made known where it was not."""
    node = tx.value("SELECT id FROM nodes WHERE host = $1", host)
    if node is None:
        node = tx.value(
            "INSERT INTO nodes (host, standing) VALUES ($1, $2) ON CONFLICT (host) DO NOTHING RETURNING id",
            host,
            standing(tx, host),
        )
    if node is None:  # another writer was quicker
        node = tx.value("SELECT id FROM nodes WHERE host = $1", host)
    return NodeId(node)


def standing(tx: Transaction, host: str) -> Standing:
    """How we stand to the host and every domain above it: the worst counts, or else what was said of everywhere."""
    found = {rule.standing for rule in rules.concerning(tx, host)}
    for worst in (Standing.BLOCKED, Standing.LIMITED):
        if worst in found:
            return worst
    return Standing.NORMAL


def set_standing(tx: Transaction, host: str, standing_: Standing) -> list[NodeId]:
    """Say how we stand to the host and nothing else of it; the nodes known there."""
    if standing_ is not Standing.NORMAL:
        return set_rule(tx, HostRule(host, standing_), Millis(0))
    return drop_rule(tx, host)


def set_rule(tx: Transaction, rule: HostRule, now: Millis) -> list[NodeId]:
    """Say something of the host and everything below it; the nodes known there. What was said of a host below it
    by itself still holds."""
    if rule.host != EVERYWHERE:
        meet(tx, rule.host)
    rules.put(tx, rule, now)
    return _stand_anew(tx, rule.host)


def drop_rule(tx: Transaction, host: str) -> list[NodeId]:
    """Say nothing of the host by itself any more; the nodes known there."""
    rules.drop(tx, host)
    return _stand_anew(tx, host)


def _stand_anew(tx: Transaction, host: str) -> list[NodeId]:
    concerned = at_or_below(tx, host)
    for known in concerned:
        stands = standing(tx, known.host)
        if stands is not known.standing:
            tx.execute("UPDATE nodes SET standing = $2 WHERE id = $1", known.id, stands)
    return [known.id for known in concerned]


def at_or_below(tx: Transaction, host: str) -> list[Node]:
    """The nodes known at the host and at hosts below it; of everywhere, those of which nothing else is said."""
    if host == EVERYWHERE:
        ruled = {*rules.hosts(tx)}
        every = tx.fetch(_node, f"SELECT {_COLUMNS} FROM nodes")
        return [node for node in every if ruled.isdisjoint(rules.and_above(node.host))]
    near = tx.fetch(_node, f"SELECT {_COLUMNS} FROM nodes WHERE host LIKE '%' || $1 || '%'", host)
    return [node for node in near if host in rules.and_above(node.host)]


def heard_from(tx: Transaction, host: str, now: Millis) -> bool:
    """Note an arrival, which ends any back-off; True where it was noted: at most once a minute while all is well."""
    return bool(
        tx.execute(
            "UPDATE nodes SET heard_at = $2, failures = 0, failing_since = NULL, retry_at = 0 "
            "WHERE host = $1 AND (failures > 0 OR heard_at < $2 - 60000)",
            host,
            now,
        )
    )


def put_health(tx: Transaction, node: NodeId, health: Health) -> None:
    """Note how an attempt went."""
    tx.execute(
        "UPDATE nodes SET failures = $2, failing_since = $3, retry_at = $4 WHERE id = $1",
        node,
        *health,
    )


_LATELY = 86_400_000
_SPREAD = 20_000


def try_again_soon(tx: Transaction, now: Millis) -> int:
    """Cut the back-off of nodes that began to fail within the last day short, spread over some seconds; how many."""
    return tx.execute(
        "UPDATE nodes SET retry_at = $1 + (id * 7919) % $2 WHERE failing_since > $3 AND retry_at > $1 + $2",
        now,
        _SPREAD,
        now - _LATELY,
    )


def put_dialect(tx: Transaction, node: NodeId, dialect: str) -> None:
    """Remember the signature dialect the node takes."""
    tx.execute("UPDATE nodes SET dialect = $2 WHERE id = $1", node, dialect)


class Listing(NamedTuple):
    """A node as shown to whoever runs this one."""

    host: str
    standing: str
    failures: int
    retry_at: Millis
    heard_at: Millis
    waiting: int


def listing(tx: Transaction, limit: int) -> list[Listing]:
    """Nodes with most deliveries waiting first."""
    return tx.fetch(
        Listing,
        "SELECT n.host, n.standing, n.failures, n.retry_at, n.heard_at, "
        "(SELECT count(*) FROM deliveries d WHERE d.node = n.id) AS waiting FROM nodes n "
        "ORDER BY waiting DESC, n.host LIMIT $1",
        limit,
    )


# -- endpoints

_ENDPOINT = "id, node, protocol, kind, address, gone, lapsed_from"


def _endpoint(
    id_: int, node: int, protocol: str, kind: str, address: str, gone: bool, lapsed_from: int | None
) -> Endpoint:
    lapsed = None if lapsed_from is None else Seq(lapsed_from)
    return Endpoint(EndpointId(id_), NodeId(node), protocol, kind, address, bool(gone), lapsed)


def endpoint(tx: Transaction, endpoint_id: EndpointId) -> Endpoint | None:
    """The endpoint of that id."""
    return tx.fetch_one(_endpoint, f"SELECT {_ENDPOINT} FROM endpoints WHERE id = $1", endpoint_id)


def endpoint_at(tx: Transaction, address: EndpointAddress, host: str) -> Endpoint:
    """The endpoint at an address of a normalised host, made known where it was not."""
    sql = f"SELECT {_ENDPOINT} FROM endpoints WHERE protocol = $1 AND address = $2"
    found = tx.fetch_one(_endpoint, sql, address.protocol, address.address)
    if found is None:
        tx.execute(
            "INSERT INTO endpoints (node, protocol, kind, address) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            meet(tx, host),
            *address,
        )
        found = tx.fetch_one(_endpoint, sql, address.protocol, address.address)
    assert found is not None
    return found


def close_endpoint(tx: Transaction, endpoint_id: EndpointId) -> None:
    """The door is no more: nothing is owed to it."""
    tx.execute("UPDATE endpoints SET gone = TRUE, lapsed_from = NULL WHERE id = $1", endpoint_id)
    tx.execute("DELETE FROM deliveries WHERE endpoint = $1", endpoint_id)


def reopen_endpoint(tx: Transaction, endpoint_id: EndpointId) -> None:
    """The door is there after all."""
    tx.execute("UPDATE endpoints SET gone = FALSE WHERE id = $1", endpoint_id)


def reopen_endpoints(tx: Transaction, host: str) -> None:
    """Somebody at the host was heard from: its doors are there after all."""
    tx.execute("UPDATE endpoints SET gone = FALSE WHERE gone AND node = (SELECT id FROM nodes WHERE host = $1)", host)


def put_lapse(tx: Transaction, endpoint_id: EndpointId, first: Seq | None) -> None:
    """From which change on it is to be caught up from the log, or None once it is."""
    tx.execute("UPDATE endpoints SET lapsed_from = $2 WHERE id = $1", endpoint_id, first)


def lapsed(tx: Transaction, now: Millis, limit: int) -> list[Endpoint]:
    """Endpoints that missed changes and whose node may be tried now."""
    columns = ", ".join(f"e.{column.strip()}" for column in _ENDPOINT.split(","))
    return tx.fetch(
        _endpoint,
        f"SELECT {columns} FROM endpoints e JOIN nodes n ON n.id = e.node "
        "WHERE e.lapsed_from IS NOT NULL AND NOT e.gone AND (n.retry_at <= $1 OR n.retry_at > $1 + $3) LIMIT $2",
        now,
        limit,
        TOO_FAR,
    )


def peers(tx: Transaction, limit: int) -> list[str]:
    """The hosts that are dealt with, by their names."""
    return tx.fetch(str, "SELECT host FROM nodes WHERE standing <> 'blocked' ORDER BY host LIMIT $1", limit)


def count(tx: Transaction) -> int:
    """How many other servers are known."""
    return int(tx.value("SELECT count(*) FROM nodes"))
