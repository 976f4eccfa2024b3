"""What each wire calls a thing, both ways."""

from enum import StrEnum
from typing import NamedTuple

from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.database import Transaction


class Thing(StrEnum):
    """What a wire id may stand for; a tombstone stands for what was deleted, perhaps before it was ever seen."""

    MICROBLOG = "microblog"
    POST = "post"
    BOOST = "boost"
    TOMBSTONE = "tombstone"
    COPY = "copy"
    """A post that somebody copied: the name is that of the copy, and leads to what was copied. Whoever looks for a post
    finds it by both; what the post is called is told by its own names alone."""
    STAND_IN = "stand_in"
    """A post that has no name of its own on the wire: the name is of what we show there in its place."""
    SHADOW = "shadow"
    """Likewise, whoever wrote such a post."""
    DEED = "deed"
    """A change that is no thing of its own, such as a like, by its place in the log."""


class Named(NamedTuple):
    """A wire id resolved: what sort of thing, and which."""

    kind: str
    thing: int


def find(tx: Transaction, wire_id: WireId) -> Named | None:
    """What the wire id stands for here; the name of a copy or a stand-in stands for the post."""
    return tx.fetch_one(_named, "SELECT kind, thing FROM wire_ids WHERE protocol = $1 AND value = $2", *wire_id)


def _named(kind: str, thing: int) -> Named:
    return Named(Thing.POST if kind in (Thing.COPY, Thing.STAND_IN) else kind, thing)


def is_copy(tx: Transaction, wire_id: WireId) -> bool:
    """Whether it is the name of a copy."""
    sql = "SELECT 1 FROM wire_ids WHERE protocol = $1 AND value = $2 AND kind = $3"
    return tx.value(sql, *wire_id, Thing.COPY) is not None


def find_as(tx: Transaction, wire_id: WireId, kind: Thing) -> int | None:
    """The id of the thing, or None where it is unknown or of another sort."""
    named = find(tx, wire_id)
    return named.thing if named is not None and named.kind == kind else None


def find_first(tx: Transaction, protocol: str, values: list[str], kind: Thing) -> int | None:
    """A thing of that sort that bears one of those names."""
    thing: int | None = tx.value(
        "SELECT thing FROM wire_ids WHERE protocol = $1 AND value = ANY($2) AND kind = $3 LIMIT 1",
        protocol,
        values,
        kind,
    )
    return thing


def of(tx: Transaction, thing: int, kind: Thing, protocol: str = ACTIVITYPUB) -> WireId | None:
    """What that protocol calls the thing."""
    value: str | None = tx.value(
        "SELECT value FROM wire_ids WHERE thing = $1 AND kind = $2 AND protocol = $3", thing, kind, protocol
    )
    return WireId(protocol, value) if value is not None else None


def main(tx: Transaction, thing: int, kind: Thing) -> WireId | None:
    """The name by which the house knows the thing: that of ActivityPub, else the one it came with."""
    return tx.fetch_one(
        WireId,
        "SELECT protocol, value FROM wire_ids WHERE thing = $1 AND kind = $2 ORDER BY protocol LIMIT 1",
        thing,
        kind,
    )


def own_names(tx: Transaction, thing: int, kind: Thing) -> list[WireId]:
    """What each wire calls the thing itself, each once."""
    return tx.fetch(
        WireId,
        "SELECT protocol, value FROM wire_ids WHERE thing = $1 AND kind = $2 ORDER BY protocol, value",
        thing,
        kind,
    )


def hand_on(tx: Transaction, old: int, new: int) -> None:
    """Let every name of one post, and of its copies, be that of a copy of another."""
    tx.execute(
        "UPDATE wire_ids SET thing = $2, kind = $3 WHERE thing = $1 AND kind IN ('post', 'copy', 'stand_in')",
        old,
        new,
        Thing.COPY,
    )


def own(tx: Transaction, wire_id: WireId, thing: int) -> bool:
    """Let the name of a copy of the post be the post's own; False where it has one on that wire."""
    if of(tx, thing, Thing.POST, wire_id.protocol) is not None:
        return False
    return bool(
        tx.execute(
            "UPDATE wire_ids SET kind = $4 WHERE protocol = $1 AND value = $2 AND kind = 'copy' AND thing = $3",
            *wire_id, thing, Thing.POST,
        )
    )  # fmt: skip


def lead_to(tx: Transaction, old: int, new: int) -> None:
    """Let every name of one post be a name of another."""
    tx.execute("UPDATE wire_ids SET thing = $2 WHERE thing = $1 AND kind = $3", old, new, Thing.POST)


def add(tx: Transaction, wire_id: WireId, kind: Thing, thing: int) -> bool:
    """Give a thing a name; False where the name already means something."""
    return bool(
        tx.execute(
            "INSERT INTO wire_ids (protocol, value, kind, thing) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            wire_id.protocol,
            wire_id.value,
            kind,
            thing,
        )
    )


def bury(tx: Transaction, wire_id: WireId) -> None:
    """Remember that a thing never seen was deleted, so that it is not taken should it come late."""
    add(tx, wire_id, Thing.TOMBSTONE, 0)


def forget(tx: Transaction, wire_id: WireId) -> None:
    """Let the name mean nothing again."""
    tx.execute("DELETE FROM wire_ids WHERE protocol = $1 AND value = $2", *wire_id)
