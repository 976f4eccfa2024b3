"""Markers: how far a microblog's keepers have looked at something, the same for every page and app."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.ports.database import Transaction

HOME = "home"
NOTIFICATIONS = "notifications"


class Marker(NamedTuple):
    """How far was looked; `version` grows with every change."""

    name: str
    place: int
    version: int
    at: Millis


def get(tx: Transaction, microblog: MicroblogId, names: list[str]) -> list[Marker]:
    """Those of the markers that were ever set."""
    return tx.fetch(
        Marker,
        "SELECT name, place, version, at FROM markers WHERE microblog = $1 AND name = ANY($2) ORDER BY name",
        microblog,
        names,
    )


def place(tx: Transaction, microblog: MicroblogId, name: str) -> int:
    """How far was looked, 0 where nobody has."""
    return int(tx.value("SELECT place FROM markers WHERE microblog = $1 AND name = $2", microblog, name) or 0)


def put(tx: Transaction, microblog: MicroblogId, name: str, place: int, now: Millis) -> None:
    """It was looked up to there, be that farther or less far than before."""
    tx.execute(
        "INSERT INTO markers (microblog, name, place, version, at) VALUES ($1, $2, $3, 1, $4) "
        "ON CONFLICT (microblog, name) "
        "DO UPDATE SET place = excluded.place, version = markers.version + 1, at = excluded.at",
        microblog,
        name,
        place,
        now,
    )


def advance(tx: Transaction, microblog: MicroblogId, name: str, to: int, now: Millis) -> bool:
    """It was looked up to there at least; False where it had been already."""
    if place(tx, microblog, name) >= to:
        return False
    put(tx, microblog, name, to, now)
    return True
