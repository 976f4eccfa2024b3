"""Who is called back when a feed of ours has news, and who asked to be."""

from scattershot.domain.ids import EndpointId, Millis
from scattershot.domain.node import EndpointAddress
from scattershot.domain.syndicated import Ask, Callback, Wanted, Way
from scattershot.ports.database import Transaction
from scattershot.storage.tables import nodes
from scattershot.storage.tables.deliveries import Hearing

PROTOCOL = "feeds"


def exist(tx: Transaction) -> bool:
    """Whether anybody is called back at all."""
    return tx.value("SELECT 1 FROM callbacks LIMIT 1") is not None


def put(tx: Transaction, wanted: Wanted, subject: str, host: str, until: Millis) -> None:
    """Call back there from now on; who wished it before wishes it as said now."""
    endpoint = nodes.endpoint_at(tx, EndpointAddress(PROTOCOL, "callback", wanted.address), host)
    if endpoint.gone:
        nodes.reopen_endpoint(tx, endpoint.id)
    tx.execute(
        "INSERT INTO callbacks (way, topic, subject, endpoint, secret, method, until) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (endpoint, way, topic) DO UPDATE "
        "SET subject = excluded.subject, secret = excluded.secret, method = excluded.method, until = excluded.until",
        wanted.way, wanted.topic, subject, endpoint.id, wanted.secret, wanted.method, until,
    )  # fmt: skip


def drop(tx: Transaction, wanted: Wanted) -> bool:
    """Call back there no more; False where we did not."""
    return bool(
        tx.execute(
            "DELETE FROM callbacks WHERE way = $1 AND topic = $2 AND endpoint = "
            "(SELECT id FROM endpoints WHERE protocol = $3 AND address = $4)",
            wanted.way,
            wanted.topic,
            PROTOCOL,
            wanted.address,
        )
    )


def hearing(tx: Transaction, subjects: list[str], at: Millis) -> list[Hearing]:
    """The endpoints that are called back about any of the subjects, each once."""
    return tx.fetch(
        Hearing,
        "SELECT DISTINCT e.id, e.node, CASE WHEN e.lapsed_from IS NULL THEN n.failures ELSE n.failures + 1 END "
        "FROM callbacks c JOIN endpoints e ON e.id = c.endpoint JOIN nodes n ON n.id = e.node "
        "WHERE c.subject = ANY($1) AND c.until > $2 AND NOT e.gone AND n.standing <> 'blocked'",
        subjects,
        at,
    )


def _callback(
    way: str, topic: str, address: str, secret: str, method: str, subject: str, endpoint: int, until: int
) -> Callback:
    return Callback(Wanted(Way(way), topic, address, secret, method), subject, EndpointId(endpoint), Millis(until))


def at_endpoint(tx: Transaction, endpoint: EndpointId, subjects: list[str], at: Millis) -> list[Callback]:
    """What that endpoint is to be told of the subjects."""
    return tx.fetch(
        _callback,
        "SELECT c.way, c.topic, e.address, c.secret, c.method, c.subject, c.endpoint, c.until FROM callbacks c "
        "JOIN endpoints e ON e.id = c.endpoint WHERE c.endpoint = $1 AND c.subject = ANY($2) AND c.until > $3 "
        "ORDER BY c.id",
        endpoint,
        subjects,
        at,
    )


def _wanted(way: str, topic: str, address: str, secret: str, method: str) -> Wanted:
    return Wanted(Way(way), topic, address, secret, method)


def by_ways(tx: Transaction, ways: list[Way]) -> list[Wanted]:
    """All who are called back in those ways. Looks through the whole table: for the start of a node."""
    return tx.fetch(
        _wanted,
        "SELECT c.way, c.topic, e.address, c.secret, c.method FROM callbacks c JOIN endpoints e ON e.id = c.endpoint "
        "WHERE c.way = ANY($1)",
        list(map(str, ways)),
    )


def others_at(tx: Transaction, host: str, address: str, subject: str, most: int) -> int:
    """How many other callbacks at that host are told of the subject, counted no further than `most`."""
    return int(
        tx.value(
            "SELECT count(*) FROM (SELECT 1 FROM nodes n JOIN endpoints e ON e.node = n.id "
            "JOIN callbacks c ON c.endpoint = e.id "
            "WHERE n.host = $1 AND c.subject = $2 AND e.address <> $3 LIMIT $4) AS found",
            host,
            subject,
            address,
            most,
        )
    )


def drop_ended(tx: Transaction, before: Millis) -> int:
    """Forget those that ended; how many."""
    return tx.execute("DELETE FROM callbacks WHERE until < $1", before)


# -- asks


def ask(tx: Transaction, mode: str, wanted: Wanted, lease: int, now: Millis) -> None:
    """Remember what is to be verified; what was asked last for one address and topic counts."""
    tx.execute(
        "INSERT INTO callback_asks (mode, topic, address, secret, lease, due) VALUES ($1, $2, $3, $4, $5, $6) "
        "ON CONFLICT (address, topic) DO UPDATE SET mode = excluded.mode, secret = excluded.secret, "
        "lease = excluded.lease, attempts = 0, due = excluded.due",
        mode, wanted.topic, wanted.address, wanted.secret, lease, now,
    )  # fmt: skip


def count_asks(tx: Transaction) -> int:
    """How many wait to be verified."""
    return int(tx.value("SELECT count(*) FROM callback_asks"))


def _ask(id_: int, mode: str, topic: str, address: str, secret: str, lease: int, attempts: int) -> Ask:
    return Ask(id_, mode, Wanted(Way.WEBSUB, topic, address, secret), lease, attempts)


def asks_due(tx: Transaction, now: Millis, limit: int) -> list[Ask]:
    """What is to be verified now, the longest due first."""
    return tx.fetch(
        _ask,
        "SELECT id, mode, topic, address, secret, lease, attempts FROM callback_asks WHERE due <= $1 "
        "ORDER BY due LIMIT $2",
        now,
        limit,
    )


def put_off(tx: Transaction, ask_: Ask, due: Millis) -> None:
    """Try to verify it once more later."""
    tx.execute("UPDATE callback_asks SET attempts = $2, due = $3 WHERE id = $1", ask_.id, ask_.attempts + 1, due)


def drop_ask(tx: Transaction, ask_: Ask) -> bool:
    """It is dealt with; False where it was asked otherwise meanwhile."""
    return bool(
        tx.execute(
            "DELETE FROM callback_asks WHERE id = $1 AND mode = $2 AND secret = $3 AND lease = $4",
            ask_.id,
            ask_.mode,
            ask_.wanted.secret,
            ask_.lease,
        )
    )
