"""Slips as they are kept: each once, of one place the newest, and none that its author took away."""

from collections.abc import Iterable

from scattershot.domain.slip import KEY_BYTES, Burial, Kept, Outcome, Slip
from scattershot.ports.database import Transaction
from scattershot.storage.tables import slip_words

FOREVER = 2**62
"""Until when a grave of one slip holds."""


def put(tx: Transaction, slips: Iterable[Slip], now: int) -> list[Outcome]:
    """Keep what is to be kept; what became of each, in their order. `now` is in seconds.

    Writers come one after the other, so that `seq` is commit order and one place never holds two.
    """
    tx.lock("slips")
    return [_put(tx, slip, now) for slip in slips]


def _put(tx: Transaction, slip: Slip, now: int) -> Outcome:
    if slip.expires is not None and slip.expires <= now:
        return Outcome.EXPIRED
    if tx.value("SELECT 1 FROM slips WHERE id = $1", slip.id) is not None:
        return Outcome.KNOWN
    if _is_buried(tx, slip):
        return Outcome.BURIED
    if slip.place is not None:
        there = tx.fetch_one(_There, "SELECT seq, at, id FROM slips WHERE place = $1", slip.place)
        if there is not None:
            if (there.at, slip.id) > (slip.at, there.id):
                return Outcome.OLDER
            _drop(tx, [there.seq])
    _insert(tx, slip)
    if slip.burial is not None:
        _bury(tx, slip, slip.burial)
    return Outcome.KEPT


class _There:
    __slots__ = ("at", "id", "seq")

    def __init__(self, seq: int, at: int, id: bytes) -> None:  # noqa: A002
        self.seq, self.at, self.id = seq, at, bytes(id)


def _insert(tx: Transaction, slip: Slip) -> None:
    seq = tx.value(
        "INSERT INTO slips (id, author, kind, at, place, expires, buries, keys, body) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING seq",
        slip.id, slip.author, slip.kind, slip.at, slip.place, slip.expires, slip.burial is not None,
        b"".join(slip.keys), slip.body,
    )  # fmt: skip
    if slip.keys:
        tx.execute_many(
            "INSERT INTO slip_keys (key, kind, at, slip) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            [(each, slip.kind, slip.at, seq) for each in slip.keys],
        )
    if slip.words:
        slip_words.add(tx, seq, slip.words)


def _is_buried(tx: Transaction, slip: Slip) -> bool:
    until = tx.value(
        "SELECT max(until) FROM slip_graves WHERE author = $1 AND name IN ($2, $3, $4)",
        slip.author, slip.id, slip.place or slip.id, b"",
    )  # fmt: skip
    if until is not None and until >= slip.at and slip.burial is None:
        return True
    if until is not None and slip.burial is not None:  # a burial is itself taken away only by one of everything
        everything = tx.value("SELECT until FROM slip_graves WHERE author = $1 AND name = $2", slip.author, b"")
        if everything is not None and everything >= slip.at:
            return True
    return slip.closed and any(
        (tx.value("SELECT until FROM slip_graves WHERE author = $1 AND name = $2", b"", each) or -1) >= slip.at
        for each in slip.keys
    )


# -- taking away


def _bury(tx: Transaction, slip: Slip, burial: Burial) -> None:
    graves = [(name, FOREVER) for name in burial.ids] + list(burial.places)
    if burial.until is not None:
        graves.append((b"", burial.until))
    for name, until in graves:
        dig(tx, slip.author, name, until)
    for name in burial.ids:
        _drop(tx, _seqs(tx, "id = $1 AND author = $2 AND NOT buries", name, slip.author))
    for place, until in burial.places:
        _drop(tx, _seqs(tx, "place = $1 AND author = $2 AND at <= $3", place, slip.author, until))
    if burial.until is not None:
        _bury_everything(tx, slip, burial, burial.until)


def dig(tx: Transaction, author: bytes, name: bytes, until: int) -> None:
    """From now on nothing of that name is taken that is not newer; an empty name is everything of the author's."""
    tx.execute(
        "INSERT INTO slip_graves (author, name, until) VALUES ($1, $2, $3) "
        "ON CONFLICT (author, name) DO UPDATE SET until = GREATEST(slip_graves.until, excluded.until)",
        author, name, until,
    )  # fmt: skip


def _bury_everything(tx: Transaction, slip: Slip, burial: Burial, until: int) -> None:
    """The request itself stays, to be passed on."""
    kinds = tx.fetch(int, _KINDS_OF_AUTHOR, slip.author)
    for kind in kinds:
        _drop(tx, _seqs(tx, "author = $1 AND kind = $2 AND at <= $3 AND id <> $4", slip.author, kind, until, slip.id))
    if burial.addressed:
        dig(tx, b"", burial.addressed, until)
        for kind in burial.kinds:
            found = "SELECT slip FROM slip_keys WHERE key = $1 AND kind = $2 AND at <= $3"
            _drop(tx, tx.fetch(int, found, burial.addressed, kind, until))


_KINDS_OF_AUTHOR = """
WITH RECURSIVE one (kind) AS (
    SELECT min(kind) FROM slips WHERE author = $1
    UNION ALL
    SELECT (SELECT min(s.kind) FROM slips s WHERE s.author = $1 AND s.kind > one.kind)
    FROM one WHERE one.kind IS NOT NULL
)
SELECT kind FROM one WHERE kind IS NOT NULL
"""
_KINDS_OF_KEY = """
WITH RECURSIVE one (kind) AS (
    SELECT min(kind) FROM slip_keys WHERE key = $1
    UNION ALL
    SELECT (SELECT min(k.kind) FROM slip_keys k WHERE k.key = $1 AND k.kind > one.kind)
    FROM one WHERE one.kind IS NOT NULL
)
SELECT kind FROM one WHERE kind IS NOT NULL
"""


def kinds_of_author(tx: Transaction, author: bytes) -> list[int]:
    """The kinds of which there is something by that author: one look for each."""
    return tx.fetch(int, _KINDS_OF_AUTHOR, author)


def kinds_of_key(tx: Transaction, key: bytes) -> list[int]:
    """The kinds of which something bears that key: one look for each."""
    return tx.fetch(int, _KINDS_OF_KEY, key)


def _seqs(tx: Transaction, condition: str, *args: object) -> list[int]:
    return tx.fetch(int, f"SELECT seq FROM slips WHERE {condition}", *args)


def _drop(tx: Transaction, seqs: list[int]) -> None:
    for seq in seqs:
        row = tx.fetch_one(_Keyed, "SELECT kind, at, keys FROM slips WHERE seq = $1", seq)
        if row is None:
            continue
        tx.execute_many(
            "DELETE FROM slip_keys WHERE key = $1 AND kind = $2 AND at = $3 AND slip = $4",
            [(each, row.kind, row.at, seq) for each in row.keys],
        )
        slip_words.drop(tx, seq)
        tx.execute("DELETE FROM slips WHERE seq = $1", seq)


class _Keyed:
    __slots__ = ("at", "keys", "kind")

    def __init__(self, kind: int, at: int, keys: bytes) -> None:
        run = bytes(keys)
        self.kind, self.at = kind, at
        self.keys = [run[place : place + KEY_BYTES] for place in range(0, len(run), KEY_BYTES)]


def drop(tx: Transaction, ids: list[bytes]) -> None:
    """Drop slips of our own making; they may be brought again."""
    for name in ids:
        _drop(tx, _seqs(tx, "id = $1", name))


def drop_all_by(tx: Transaction, author: bytes) -> None:
    """Drop everything of one author's."""
    for kind in kinds_of_author(tx, author):
        _drop(tx, _seqs(tx, "author = $1 AND kind = $2", author, kind))


def has_expired(tx: Transaction, now: int) -> bool:
    """Whether there is something to sweep."""
    first = tx.value("SELECT expires FROM slips WHERE expires IS NOT NULL ORDER BY expires LIMIT 1")
    return first is not None and first <= now


def sweep(tx: Transaction, now: int, limit: int = 200) -> int:
    """Drop what has expired, so many at most; how many that were."""
    expired = tx.fetch(
        int, "SELECT seq FROM slips WHERE expires IS NOT NULL AND expires <= $1 ORDER BY expires LIMIT $2", now, limit
    )
    _drop(tx, expired)
    return len(expired)


# -- following


def kept(seq: int, id: bytes, kind: int, at: int, body: bytes) -> Kept:  # noqa: A002
    """A row as it is handed out; PostgreSQL gives views of bytes."""
    return Kept(seq, bytes(id), kind, at, bytes(body))


def after(tx: Transaction, seq: int, limit: int) -> list[Kept]:
    """What came behind that place, in the order it came: for who follows what is kept, at their own pace."""
    return tx.fetch(kept, "SELECT seq, id, kind, at, body FROM slips WHERE seq > $1 ORDER BY seq LIMIT $2", seq, limit)


def moment_at(tx: Transaction, place: bytes) -> int | None:
    """When what lies in that place was made, as its author says."""
    at: int | None = tx.value("SELECT at FROM slips WHERE place = $1", place)
    return at


def last(tx: Transaction) -> int:
    """The place of what came last; 0 where there is nothing."""
    return int(tx.value("SELECT coalesce(max(seq), 0) FROM slips"))
