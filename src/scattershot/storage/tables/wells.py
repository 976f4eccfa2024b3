"""Wells: who is met at which, up to when each was drawn from, and by which slips private posts go out."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, PostId, Seq
from scattershot.domain.node import Endpoint, EndpointAddress
from scattershot.domain.well import Purpose
from scattershot.ports.database import Transaction
from scattershot.storage.tables import deliveries, nodes

KIND = "well"
"""Of an endpoint."""
MOST_HINTS = 5
"""Hints that are kept of one author, the newest."""


class Use(NamedTuple):
    """One well that somebody uses."""

    author: str
    purpose: str
    address: str


def say_uses(tx: Transaction, author: str, purpose: Purpose, addresses: tuple[str, ...], at: int) -> bool:
    """These and no others are used for that from now on; False where something newer was said."""
    newest = tx.value("SELECT max(at) FROM well_uses WHERE author = $1 AND purpose = $2", author, purpose)
    if newest is not None and newest > at:
        return False
    tx.execute("DELETE FROM well_uses WHERE author = $1 AND purpose = $2", author, purpose)
    _add(tx, author, purpose, addresses, at)
    return True


def hint(tx: Transaction, author: str, addresses: tuple[str, ...], at: int) -> None:
    """Somebody says that the author is met there too."""
    tx.execute_many(
        "INSERT INTO well_uses (author, purpose, address, at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (author, purpose, address) DO UPDATE SET at = excluded.at",
        [(author, Purpose.HINT.value, address, at) for address in addresses],
    )
    tx.execute(
        "DELETE FROM well_uses WHERE author = $1 AND purpose = $2 AND address NOT IN (SELECT address FROM well_uses "
        "WHERE author = $1 AND purpose = $2 ORDER BY at DESC, address LIMIT $3)",
        author, Purpose.HINT, MOST_HINTS,
    )  # fmt: skip


def _add(tx: Transaction, author: str, purpose: Purpose, addresses: tuple[str, ...], at: int) -> None:
    tx.execute_many(
        "INSERT INTO well_uses (author, purpose, address, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        [(author, purpose.value, address, at) for address in addresses],
    )


def uses(tx: Transaction, authors: list[str], purposes: tuple[Purpose, ...]) -> list[Use]:
    """Which wells these use for one of those, what was said last first."""
    return tx.fetch(
        Use,
        "SELECT author, purpose, address FROM well_uses WHERE author = ANY($1) AND purpose = ANY($2) "
        "ORDER BY at DESC, address",
        authors, [purpose.value for purpose in purposes],
    )  # fmt: skip


# -- places


def meet(tx: Transaction, address: str, protocol: str, host: str) -> Endpoint:
    """The well as a door of its node, made known where it was not."""
    endpoint = nodes.endpoint_at(tx, EndpointAddress(protocol, KIND, address), host)
    tx.execute("INSERT INTO wells (address, endpoint) VALUES ($1, $2) ON CONFLICT DO NOTHING", address, endpoint.id)
    return endpoint


def reached(tx: Transaction, address: str) -> int:
    """Up to when all was drawn there, in seconds; 0 where nothing was yet."""
    return int(tx.value("SELECT reached FROM wells WHERE address = $1", address) or 0)


def put_reached(tx: Transaction, address: str, at: int) -> None:
    """All that was wished for there up to that moment is on disk."""
    tx.execute("UPDATE wells SET reached = $2 WHERE address = $1 AND reached < $2", address, at)


def authors_at(tx: Transaction, address: str) -> set[str]:
    """Who is listened to there: of them all was drawn up to when `reached` says."""
    return set(tx.fetch(str, "SELECT author FROM well_authors WHERE address = $1 AND left_at IS NULL", address))


def put_authors(tx: Transaction, address: str, authors: list[str]) -> None:
    """They are listened to there from now on."""
    tx.execute_many(
        "INSERT INTO well_authors (address, author) VALUES ($1, $2) "
        "ON CONFLICT (author, address) DO UPDATE SET left_at = NULL",
        [(address, author) for author in authors],
    )


def drop_authors(tx: Transaction, address: str, authors: list[str]) -> None:
    """They are not listened to there any more."""
    tx.execute(
        "UPDATE well_authors SET left_at = (SELECT reached FROM wells WHERE address = $1) "
        "WHERE address = $1 AND author = ANY($2)",
        address, authors,
    )  # fmt: skip


class Heard(NamedTuple):
    """Somebody, and up to when they were heard somewhere, in seconds."""

    author: str
    at: int


def heard_up_to(tx: Transaction, authors: list[str]) -> list[Heard]:
    """Of those who were ever listened to anywhere: up to when."""
    return tx.fetch(
        Heard,
        "SELECT a.author, max(coalesce(a.left_at, w.reached)) FROM well_authors a JOIN wells w "
        "ON w.address = a.address WHERE a.author = ANY($1) GROUP BY a.author",
        authors,
    )


def hearing_at(tx: Transaction, addresses: list[str]) -> list[deliveries.Hearing]:
    """These wells as endpoints that hear, but for those of nodes that we do not deal with."""
    return tx.fetch(
        deliveries.Hearing,
        "SELECT e.id, e.node, CASE WHEN e.lapsed_from IS NULL THEN n.failures ELSE n.failures + 1 END "
        "FROM wells w JOIN endpoints e ON e.id = w.endpoint JOIN nodes n ON n.id = e.node "
        "WHERE w.address = ANY($1) AND NOT e.gone AND n.standing <> 'blocked' ORDER BY e.id",
        addresses,
    )


def known(tx: Transaction, limit: int) -> list[str]:
    """Wells that were ever dealt with."""
    return tx.fetch(str, "SELECT address FROM wells ORDER BY address LIMIT $1", limit)


# -- who is to be heard


class Followed(NamedTuple):
    """Somebody of that wire who is followed here."""

    microblog: MicroblogId
    name: str


def followed(tx: Transaction, after: MicroblogId, limit: int) -> list[Followed]:
    """Those who are followed here, a page of them."""
    return tx.fetch(
        Followed,
        "SELECT t.microblog, w.value FROM watches t JOIN wire_ids w ON w.thing = t.microblog AND w.kind = 'microblog' "
        "AND w.protocol = 'nostr' WHERE t.microblog > $1 ORDER BY t.microblog LIMIT $2",
        after, limit,
    )  # fmt: skip


def followers(tx: Transaction, followee: MicroblogId, limit: int) -> list[str]:
    """What the wire calls those elsewhere who follow somebody here."""
    return tx.fetch(
        str,
        "SELECT w.value FROM follows f JOIN microblogs m ON m.id = f.follower AND NOT m.local "
        "JOIN wire_ids w ON w.thing = f.follower AND w.kind = 'microblog' AND w.protocol = 'nostr' "
        "WHERE f.followee = $1 AND f.accepted LIMIT $2",
        followee, limit,
    )  # fmt: skip


class Own(NamedTuple):
    """A microblog kept here that has a key."""

    microblog: MicroblogId
    name: str


def own(tx: Transaction, protocol: str) -> list[Own]:
    """All microblogs kept here that have a key."""
    return tx.fetch(
        Own, "SELECT microblog, public FROM signets WHERE protocol = $1 AND public IS NOT NULL ORDER BY microblog",
        protocol,
    )  # fmt: skip


def names_of(tx: Transaction, microblogs: list[MicroblogId]) -> list[str]:
    """What the wire calls those of them who are kept elsewhere, as far as it knows them."""
    if not microblogs:
        return []
    return tx.fetch(
        str,
        "SELECT w.value FROM wire_ids w JOIN microblogs m ON m.id = w.thing AND NOT m.local "
        "WHERE w.thing = ANY($1) AND w.kind = 'microblog' AND w.protocol = 'nostr' ORDER BY w.value",
        microblogs,
    )


# -- letters


class Letter(NamedTuple):
    """A private post on its way to one reader: by which slip, and the change by which it was posted."""

    post: PostId
    reader: str
    slip: bytes
    seq: Seq
    actor: MicroblogId
    at: int


_LETTER = "post, reader, slip, seq, actor, at"


def _letter(post: PostId, reader: str, slip: bytes, seq: Seq, actor: MicroblogId, at: int) -> Letter:
    return Letter(post, reader, bytes(slip), seq, actor, at)


def put_letter(tx: Transaction, letter: Letter) -> None:
    """The post goes to that reader by this slip."""
    tx.execute(f"INSERT INTO letters ({_LETTER}) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING", *letter)


def letters_of(tx: Transaction, post: PostId) -> list[Letter]:
    """By which slips the post goes to whom."""
    return tx.fetch(_letter, f"SELECT {_LETTER} FROM letters WHERE post = $1 ORDER BY reader", post)


def letters_to(tx: Transaction, reader: str, since: int) -> list[Letter]:
    """What was written to that reader since then."""
    sql = f"SELECT {_LETTER} FROM letters WHERE reader = $1 AND at >= $2 ORDER BY at"
    return tx.fetch(_letter, sql, reader, since)


def drop_letters(tx: Transaction, post: PostId) -> None:
    """The post was taken back."""
    tx.execute("DELETE FROM letters WHERE post = $1", post)


# -- rooms


def last_in_room(tx: Transaction, room: bytes) -> str | None:
    """What the wire calls the last letter among those."""
    name: str | None = tx.value("SELECT name FROM letter_rooms WHERE room = $1", room)
    return name


def put_last_in_room(tx: Transaction, room: bytes, name: str, at: int) -> None:
    """This is the last one, unless one is later."""
    tx.execute(
        "INSERT INTO letter_rooms (room, name, at) VALUES ($1, $2, $3) ON CONFLICT (room) DO UPDATE SET "
        "name = excluded.name, at = excluded.at WHERE letter_rooms.at <= excluded.at",
        room, name, at,
    )  # fmt: skip
