"""Keys of microblogs that are kept elsewhere, and what waits to be signed by them."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis
from scattershot.ports.database import Transaction


class FarKey(NamedTuple):
    """How the signer is reached, sealed; `problem` is why it did not sign the last time. Where a browser holds the key,
    there is nobody to be reached."""

    sealed: bytes
    problem: str
    in_browser: bool


def _far_key(sealed: bytes, problem: str, in_browser: bool) -> FarKey:
    return FarKey(bytes(sealed), problem, bool(in_browser))


def of(tx: Transaction, microblog: MicroblogId, protocol: str) -> FarKey | None:
    """The microblog's on that wire."""
    sql = "SELECT sealed, problem, in_browser FROM far_keys WHERE microblog = $1 AND protocol = $2"
    return tx.fetch_one(_far_key, sql, microblog, protocol)


def put(tx: Transaction, microblog: MicroblogId, protocol: str, sealed: bytes, *, in_browser: bool = False) -> None:
    """From now on its words are signed there."""
    tx.execute(
        "INSERT INTO far_keys (microblog, protocol, sealed, in_browser) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT (microblog, protocol) "
        "DO UPDATE SET sealed = excluded.sealed, in_browser = excluded.in_browser, problem = ''",
        microblog, protocol, sealed, in_browser,
    )  # fmt: skip


def note_problem(tx: Transaction, microblog: MicroblogId, protocol: str, problem: str) -> None:
    """Remember why it does not sign, in words for people; empty where it does."""
    sql = "UPDATE far_keys SET problem = $3 WHERE microblog = $1 AND protocol = $2 AND problem <> $3"
    tx.execute(sql, microblog, protocol, problem)


def drop(tx: Transaction, microblog: MicroblogId, protocol: str) -> None:
    """It is signed there no more; what waits is said by nobody."""
    tx.execute("DELETE FROM far_keys WHERE microblog = $1 AND protocol = $2", microblog, protocol)
    tx.execute("DELETE FROM unsigned WHERE microblog = $1 AND protocol = $2", microblog, protocol)


class Waiting(NamedTuple):
    """Something that waits to be signed."""

    id: int
    microblog: MicroblogId
    protocol: str
    body: bytes
    attempts: int


def _waiting(id_: int, microblog: MicroblogId, protocol: str, body: bytes, attempts: int) -> Waiting:
    return Waiting(id_, microblog, protocol, bytes(body), attempts)


def wait(tx: Transaction, microblog: MicroblogId, protocol: str, place: bytes | None, body: bytes, now: Millis) -> None:
    """Let it wait; what waits for the same place is said no more."""
    if place is not None:
        sql = "DELETE FROM unsigned WHERE microblog = $1 AND protocol = $2 AND place = $3"
        tx.execute(sql, microblog, protocol, place)
    tx.execute(
        "INSERT INTO unsigned (microblog, protocol, place, body, due) VALUES ($1, $2, $3, $4, $5)",
        microblog, protocol, place, body, now,
    )  # fmt: skip


def waits_at(tx: Transaction, microblog: MicroblogId, place: bytes) -> bool:
    """Whether something waits that will lie there."""
    return tx.value("SELECT 1 FROM unsigned WHERE microblog = $1 AND place = $2", microblog, place) is not None


def first_due(tx: Transaction, now: Millis, limit: int) -> list[Waiting]:
    """The first that waits of each microblog whose signer can be asked, where that is due: in their order, one after
    the other."""
    return tx.fetch(
        _waiting,
        "SELECT u.id, u.microblog, u.protocol, u.body, u.attempts FROM far_keys f JOIN unsigned u ON u.id = "
        "(SELECT min(o.id) FROM unsigned o WHERE o.microblog = f.microblog AND o.protocol = f.protocol) "
        "WHERE u.due <= $1 AND NOT f.in_browser ORDER BY u.id LIMIT $2",
        now, limit,
    )  # fmt: skip


def count(tx: Transaction, microblog: MicroblogId) -> int:
    """How much of the microblog's waits."""
    return int(tx.value("SELECT count(*) FROM unsigned WHERE microblog = $1", microblog))


def all_of(tx: Transaction, microblog: MicroblogId, protocol: str, limit: int) -> list[Waiting]:
    """What waits of the microblog on that wire, oldest first."""
    return tx.fetch(
        _waiting,
        "SELECT id, microblog, protocol, body, attempts FROM unsigned WHERE microblog = $1 AND protocol = $2 "
        "ORDER BY id LIMIT $3",
        microblog, protocol, limit,
    )  # fmt: skip


def one(tx: Transaction, id_: int) -> Waiting | None:
    """What waits under that number, whosever it is."""
    sql = "SELECT id, microblog, protocol, body, attempts FROM unsigned WHERE id = $1"
    return tx.fetch_one(_waiting, sql, id_)


def signed(tx: Transaction, id_: int) -> bool:
    """It waits no more; False where it did not any more."""
    return bool(tx.execute("DELETE FROM unsigned WHERE id = $1", id_))


def later(tx: Transaction, id_: int, due: Millis) -> None:
    """Ask again then."""
    tx.execute("UPDATE unsigned SET due = $2, attempts = attempts + 1 WHERE id = $1", id_, due)
