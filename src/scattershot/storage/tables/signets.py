"""Signets: whether a microblog kept here speaks on a wire of slips, by which key, and what things are called there."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction


class Signet(NamedTuple):
    """`public` is None until the key is made; `speaks` is None where nobody chose."""

    public: str | None
    sealed: bytes | None
    speaks: bool | None


def _signet(public: str | None, sealed: bytes | None, speaks: bool | None) -> Signet:
    return Signet(public, None if sealed is None else bytes(sealed), None if speaks is None else bool(speaks))


def of(tx: Transaction, microblog: MicroblogId, protocol: str) -> Signet | None:
    """The microblog's, where a key was made or something was chosen."""
    return tx.fetch_one(
        _signet,
        "SELECT public, sealed, speaks FROM signets WHERE microblog = $1 AND protocol = $2",
        microblog,
        protocol,
    )


def put_key(tx: Transaction, microblog: MicroblogId, protocol: str, public: str | None, sealed: bytes | None) -> None:
    """Keep a key that was made, or (`sealed` is None) the name of one that is kept elsewhere."""
    tx.execute(
        "INSERT INTO signets (microblog, protocol, public, sealed) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (microblog, protocol) DO UPDATE SET public = excluded.public, sealed = excluded.sealed",
        microblog, protocol, public, sealed,
    )  # fmt: skip


def put_choice(tx: Transaction, microblog: MicroblogId, protocol: str, speaks: bool) -> None:
    """Remember whether the microblog is to speak on that wire."""
    tx.execute(
        "INSERT INTO signets (microblog, protocol, speaks) VALUES ($1, $2, $3) "
        "ON CONFLICT (microblog, protocol) DO UPDATE SET speaks = excluded.speaks",
        microblog, protocol, speaks,
    )  # fmt: skip


MOST_FOLLOWED = 2_000
"""Names of those whom a microblog follows that are said at a time: a list of them fits into one slip."""


def followed_names(tx: Transaction, follower: MicroblogId, protocol: str) -> list[str]:
    """What the wire calls those whom the microblog follows, as far as it knows them."""
    return tx.fetch(
        str,
        "SELECT w.value FROM follows f JOIN wire_ids w ON w.thing = f.followee AND w.kind = 'microblog' "
        "AND w.protocol = $2 WHERE f.follower = $1 AND f.accepted ORDER BY f.at, w.value LIMIT $3",
        follower, protocol, MOST_FOLLOWED,
    )  # fmt: skip


def followed_here(tx: Transaction, follower: MicroblogId, protocol: str) -> list[str]:
    """What the wire calls those kept here whom somebody elsewhere follows, or wishes to."""
    return tx.fetch(
        str,
        "SELECT w.value FROM follows f JOIN microblogs m ON m.id = f.followee AND m.local "
        "JOIN wire_ids w ON w.thing = f.followee AND w.kind = 'microblog' AND w.protocol = $2 WHERE f.follower = $1",
        follower, protocol,
    )  # fmt: skip


def known_among(tx: Transaction, names: list[WireId]) -> set[WireId]:
    """Those of the names that stand for something here."""
    found: set[WireId] = set()
    for protocol in {name.protocol for name in names}:
        values = list({name.value for name in names if name.protocol == protocol})
        sql = "SELECT value FROM wire_ids WHERE protocol = $1 AND value = ANY($2)"
        found |= {WireId(protocol, value) for value in tx.fetch(str, sql, protocol, values)}
    return found


def kept_here_among(tx: Transaction, protocol: str, names: list[str]) -> set[str]:
    """Those of the names that are microblogs kept here."""
    return set(
        tx.fetch(
            str,
            "SELECT w.value FROM wire_ids w JOIN microblogs m ON m.id = w.thing AND m.local "
            "WHERE w.protocol = $1 AND w.value = ANY($2) AND w.kind = 'microblog'",
            protocol, names,
        )
    )  # fmt: skip
