"""Nodes told by datagrams, and nodes that tell us so."""

from typing import NamedTuple

from scattershot.domain.hint import Listener, Teller
from scattershot.domain.ids import MicroblogId, Millis, NodeId, Seq
from scattershot.ports.database import Transaction

# -- listeners

_LISTENER = (
    "l.node, n.host, l.name, l.sign, l.agree, l.address, l.hint_group, l.token, l.until, "
    "CASE WHEN l.hint_group = '' THEN l.last ELSE coalesce(g.last, l.last) END"
)
_LISTENERS = "hint_listeners l JOIN nodes n ON n.id = l.node LEFT JOIN hint_groups g ON g.address = l.hint_group"


def _listener(
    node: int, host: str, name: bytes, sign: bytes, agree: bytes, address: str, group: str, token: bytes, until: int,
    last: int,
) -> Listener:  # fmt: skip
    return Listener(
        NodeId(node), host, bytes(name), bytes(sign), bytes(agree), address, group, bytes(token), Millis(until),
        Seq(last),
    )  # fmt: skip


def live(tx: Transaction, now: Millis) -> list[Listener]:
    """All that are told now and may be."""
    return tx.fetch(
        _listener,
        f"SELECT {_LISTENER} FROM {_LISTENERS} WHERE l.until > $1 AND n.standing <> 'blocked'",
        now,
    )


def exist(tx: Transaction, now: Millis) -> bool:
    """Whether anybody is told now."""
    return tx.value("SELECT 1 FROM hint_listeners WHERE until > $1 LIMIT 1", now) is not None


def among(tx: Transaction, nodes: list[NodeId], now: Millis) -> list[Listener]:
    """Those of the nodes that are told now and may be."""
    return tx.fetch(
        _listener,
        f"SELECT {_LISTENER} FROM {_LISTENERS} WHERE l.node = ANY($1) AND l.until > $2 AND n.standing <> 'blocked'",
        nodes,
        now,
    )


def listener(tx: Transaction, node: NodeId) -> Listener | None:
    """How that node is told, also where its lease is over."""
    return tx.fetch_one(_listener, f"SELECT {_LISTENER} FROM {_LISTENERS} WHERE l.node = $1", node)


def put_listener(tx: Transaction, listener: Listener) -> None:
    """Tell it from now on, instead of as before."""
    tx.execute(
        "INSERT INTO hint_listeners (node, name, sign, agree, address, hint_group, token, until, last) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (node) DO UPDATE SET name = excluded.name, "
        "sign = excluded.sign, agree = excluded.agree, address = excluded.address, hint_group = excluded.hint_group, "
        "token = excluded.token, until = excluded.until, last = excluded.last",
        listener.node,
        *listener[2:],
    )


def put_last(tx: Transaction, node: NodeId, last: Seq) -> None:
    """What it was told last."""
    tx.execute("UPDATE hint_listeners SET last = $2 WHERE node = $1", node, last)


def drop_listener(tx: Transaction, node: NodeId) -> None:
    """Tell it no more; nothing is held back for it any longer."""
    tx.execute("DELETE FROM hint_listeners WHERE node = $1", node)
    tx.execute("UPDATE deliveries SET held_until = 0 WHERE node = $1 AND held_until > 0", node)


def drop_ended(tx: Transaction, now: Millis) -> int:
    """Forget listeners whose lease is over; how many."""
    return tx.execute("DELETE FROM hint_listeners WHERE until <= $1", now)


def drop_all(tx: Transaction) -> None:
    """Tell nobody any more."""
    tx.execute("DELETE FROM hint_listeners")
    tx.execute("UPDATE deliveries SET held_until = 0 WHERE held_until > 0")


def group_last(tx: Transaction, address: str) -> Seq | None:
    """What was hinted last to the group; None where nothing ever was."""
    last = tx.value("SELECT last FROM hint_groups WHERE address = $1", address)
    return None if last is None else Seq(last)


def put_group_last(tx: Transaction, address: str, last: Seq) -> None:
    """What was hinted last to the group."""
    tx.execute(
        "INSERT INTO hint_groups (address, last) VALUES ($1, $2) "
        "ON CONFLICT (address) DO UPDATE SET last = excluded.last",
        address,
        last,
    )


def strike_off_heard(tx: Transaction, node: NodeId, up_to: Seq, seqs: list[Seq], at: Millis) -> int:
    """What was hinted to the node, and arrived there, is owed no longer; how many rows that were."""
    which = "node = $1 AND held_until > 0 AND (seq <= $2 OR seq = ANY($3))"
    tx.execute(
        f"INSERT INTO delivered (seq, endpoint, at) SELECT seq, endpoint, $4 FROM deliveries WHERE {which} "
        "ON CONFLICT DO NOTHING",
        node,
        up_to,
        seqs,
        at,
    )
    return tx.execute(f"DELETE FROM deliveries WHERE {which}", node, up_to, seqs)


# -- tellers

_TELLER = "host, name, sign, agree, epoch, position, address, hint_group, token, until, silence, due, failures"


def _teller(
    host: str, name: bytes, sign: bytes, agree: bytes, epoch: bytes, position: int, address: str, group: str,
    token: bytes, until: int, silence: int, due: int, failures: int,
) -> Teller:  # fmt: skip
    return Teller(
        host, bytes(name), bytes(sign), bytes(agree), bytes(epoch), position, address, group, bytes(token),
        Millis(until), silence, Millis(due), failures,
    )  # fmt: skip


def tellers(tx: Transaction, now: Millis) -> list[Teller]:
    """All that have promised to tell us."""
    return tx.fetch(_teller, f"SELECT {_TELLER} FROM hint_tellers WHERE until > $1", now)


def tellers_due(tx: Transaction, now: Millis, limit: int) -> list[Teller]:
    """Those to be asked now whether they tell us, or still do."""
    return tx.fetch(_teller, f"SELECT {_TELLER} FROM hint_tellers WHERE due <= $1 ORDER BY due LIMIT $2", now, limit)


def teller(tx: Transaction, host: str) -> Teller | None:
    """The one at that host."""
    return tx.fetch_one(_teller, f"SELECT {_TELLER} FROM hint_tellers WHERE host = $1", host)


def put_teller(tx: Transaction, teller: Teller) -> None:
    """Remember how it stands to us."""
    names = [name.strip() for name in _TELLER.split(",")]
    places = ", ".join(f"${n}" for n in range(1, len(names) + 1))
    anew = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    tx.execute(
        f"INSERT INTO hint_tellers ({_TELLER}) VALUES ({places}) ON CONFLICT (host) DO UPDATE SET {anew}", *teller
    )


def put_position(tx: Transaction, host: str, epoch: bytes, position: int) -> None:
    """How much of the epoch is here."""
    tx.execute(
        "UPDATE hint_tellers SET position = $3 WHERE host = $1 AND epoch = $2 AND position < $3", host, epoch, position
    )


class Followed(NamedTuple):
    """Somebody elsewhere who is followed here, and their host."""

    microblog: MicroblogId
    host: str


def followed(tx: Transaction, after: MicroblogId, limit: int) -> list[Followed]:
    """Authors elsewhere who are followed here, behind that one."""
    return tx.fetch(
        Followed,
        "SELECT w.microblog, n.host FROM watches w JOIN microblogs m ON m.id = w.microblog "
        "JOIN endpoints e ON e.id = m.endpoint JOIN nodes n ON n.id = e.node WHERE w.microblog > $1 "
        "AND e.protocol = 'activitypub' AND n.standing <> 'blocked' ORDER BY w.microblog LIMIT $2",
        after,
        limit,
    )


def known_tellers(tx: Transaction, hosts: list[str]) -> set[str]:
    """Those of the hosts that were asked already."""
    return set(tx.fetch(str, "SELECT host FROM hint_tellers WHERE host = ANY($1)", hosts))


WATCH_AGAIN = (
    "UPDATE watches SET due = $2 WHERE due > $2 AND microblog IN (SELECT m.id FROM microblogs m "
    "JOIN endpoints e ON e.id = m.endpoint JOIN nodes n ON n.id = e.node WHERE n.host = $1)"
)


def watch_again(tx: Transaction, host: str, now: Millis) -> int:
    """Have everybody followed at the host asked soon for what may have been missed; how many that are. Slow."""
    return tx.execute(WATCH_AGAIN, host, now)
