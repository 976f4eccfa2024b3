"""What came in and is not dealt with: changes already seen, arrivals kept until they can be read, things wanted."""

from typing import NamedTuple

from scattershot.domain.ids import ArrivalId, Millis
from scattershot.domain.reading import Arrival
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction

_TOO_FAR = 2 * 86_400_000
"""Nothing is put off so far (milliseconds): what seems to be was put off by a clock that ran ahead, and is due."""

# -- seen


def see(tx: Transaction, protocol: str, name: str, now: Millis) -> bool:
    """Note a change by the wire's name for it; False where it was taken before."""
    return bool(
        tx.execute(
            "INSERT INTO seen (protocol, value, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", protocol, name, now
        )
    )


def was_seen(tx: Transaction, protocol: str, name: str) -> bool:
    """Whether a change of that name was taken."""
    return tx.value("SELECT 1 FROM seen WHERE protocol = $1 AND value = $2", protocol, name) is not None


def forget_seen(tx: Transaction, before: Millis) -> int:
    """Drop what was seen so long ago that no signature on it is good any more."""
    return tx.execute("DELETE FROM seen WHERE at < $1", before)


# -- arrivals kept


class Kept(NamedTuple):
    """An arrival waiting for something it speaks of."""

    arrival: Arrival
    proven: bool
    attempts: int


def _kept(id_: int, protocol: str, sender: str, host: str, body: bytes, at: int, proven: bool, attempts: int) -> Kept:
    who = WireId(protocol, sender) if sender else None
    return Kept(Arrival(protocol, who, host, bytes(body), Millis(at), ArrivalId(id_)), bool(proven), attempts)


def keep(tx: Transaction, arrival: Arrival, *, proven: bool, due: Millis) -> ArrivalId:
    """Keep an arrival until it can be read."""
    return ArrivalId(
        tx.value(
            "INSERT INTO arrivals (protocol, sender, host, body, at, proven, due) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            arrival.protocol,
            arrival.sender.value if arrival.sender else "",
            arrival.host,
            arrival.body,
            arrival.at,
            proven,
            due,
        )
    )


def due(tx: Transaction, now: Millis, limit: int) -> list[Kept]:
    """Arrivals to be read again now, in the order they came."""
    return tx.fetch(
        _kept,
        "SELECT id, protocol, sender, host, body, at, proven, attempts FROM arrivals "
        "WHERE refused = '' AND (due <= $1 OR due > $1 + $3) ORDER BY due, id LIMIT $2",
        now,
        limit,
        _TOO_FAR,
    )


def postpone(tx: Transaction, arrival: ArrivalId, until: Millis) -> None:
    """Read it again later."""
    tx.execute("UPDATE arrivals SET attempts = attempts + 1, due = $2 WHERE id = $1", arrival, until)


def refuse(tx: Transaction, arrival: ArrivalId, why: str) -> None:
    """It will not be taken; kept a while so that whoever runs the node may see why."""
    tx.execute("UPDATE arrivals SET refused = $2 WHERE id = $1", arrival, why)


def drop(tx: Transaction, arrival: ArrivalId) -> None:
    """It was read."""
    tx.execute("DELETE FROM arrivals WHERE id = $1", arrival)


def drop_refused(tx: Transaction, before: Millis) -> int:
    """Drop what was refused long ago."""
    return tx.execute("DELETE FROM arrivals WHERE refused <> '' AND at < $1", before)


def count(tx: Transaction) -> int:
    """How many wait to be read."""
    return int(tx.value("SELECT count(*) FROM arrivals WHERE refused = ''"))


def count_from(tx: Transaction, host: str) -> int:
    """How many of one host wait to be read."""
    return int(tx.value("SELECT count(*) FROM arrivals WHERE refused = '' AND host = $1", host))


# -- wanted

ANEW = "anew"
"""Why a thing is wanted that is known already: as it is now, for it may say more."""
TALLY = "tally"
"""Why a post is wanted that is known already: its poll is over, or was looked at."""


class Wanted(NamedTuple):
    """A thing that would be good to have; `depth` bounds how far one leads to another."""

    protocol: str
    value: str
    why: str
    depth: int
    attempts: int

    @property
    def wire_id(self) -> WireId:
        """What it is called."""
        return WireId(self.protocol, self.value)


_WANTED = "protocol, value, why, depth, attempts"


def want(tx: Transaction, wire_id: WireId, why: str, depth: int, due_: Millis) -> bool:
    """Note that a thing would be good to have; False where that was known."""
    return bool(
        tx.execute(
            "INSERT INTO wanted (protocol, value, why, depth, due) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            *wire_id,
            why,
            depth,
            due_,
        )
    )


def wanted(tx: Transaction, now: Millis, limit: int) -> list[Wanted]:
    """What is to be fetched now."""
    return tx.fetch(
        Wanted,
        f"SELECT {_WANTED} FROM wanted WHERE due <= $1 OR due > $1 + $3 ORDER BY due LIMIT $2",
        now,
        limit,
        _TOO_FAR,
    )


def got(tx: Transaction, wire_id: WireId) -> None:
    """It is here, or never will be."""
    tx.execute("DELETE FROM wanted WHERE protocol = $1 AND value = $2", *wire_id)


def want_later(tx: Transaction, wire_id: WireId, due_: Millis) -> None:
    """Try again later."""
    tx.execute("UPDATE wanted SET attempts = attempts + 1, due = $3 WHERE protocol = $1 AND value = $2", *wire_id, due_)


# -- activities kept as they came


def keep_signed_copy(tx: Transaction, wire_id: str, body: bytes, now: Millis) -> None:
    """Keep an activity with its author's own proof."""
    tx.execute(
        "INSERT INTO signed_copies (wire_id, body, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", wire_id, body, now
    )


def signed_copy(tx: Transaction, wire_id: str) -> bytes | None:
    """The activity as its author signed it."""
    body = tx.value("SELECT body FROM signed_copies WHERE wire_id = $1", wire_id)
    return None if body is None else bytes(body)


def drop_signed_copy(tx: Transaction, wire_id: str) -> None:
    """Its author took it back."""
    tx.execute("DELETE FROM signed_copies WHERE wire_id = $1", wire_id)
