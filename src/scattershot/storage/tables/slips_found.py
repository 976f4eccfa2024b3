"""Finding slips: each wish becomes a few short walks along an index, newest first, that are merged.

A walk reads `at` and `seq` from the index alone; only what is handed out is looked at whole. After each walk the next
need not go further back than what was found already.
"""

from array import array
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import NamedTuple, TypeVar

from scattershot.domain.slip import KEY_BYTES, Kept, Want
from scattershot.ports.database import Transaction
from scattershot.storage.tables import slip_words, slips

T = TypeVar("T")

MOST_TIES = 5_000
"""Slips of one second that are put in order among themselves."""
MOST_WALKS = 20_000
"""Walks along an index for one wish; what asks for more is answered from these."""
MOST_AT_ONCE = 1_000
"""Authors whose walks are one statement, on SQLite."""
_LATEST = 2**62


class Page(NamedTuple):
    """Newest first, the lower id before the higher within a second; `more`: there is more than was asked for."""

    slips: list[Kept]
    more: bool


class _Walk(NamedTuple):
    """A condition on `source`, in which `$1` … stand for `args`."""

    source: str
    at: str
    seq: str
    args: tuple[bytes | int | str, ...]


_Entry = tuple[int, int]
"""Its moment and its place: a plain tuple, since most are thrown away again."""


def _entry(at: int, seq: int) -> _Entry:
    return at, seq


def find(tx: Transaction, want: Want, now: int) -> Page:
    """What is wanted, as far as `limit` goes; what has expired by `now` (seconds) is not."""
    if want.is_empty:
        return Page([], more=False)
    if want.ids is not None or want.places is not None:
        found = [row for row in _named(tx, want, now) if _is(row, want)]
        return _page([row.kept for row in found], want.limit, more=False)
    if want.limit < 1:
        return Page([], more=True)
    entries, more = _merged(tx, want)
    rows = _whole(tx, [seq for _, seq in entries], now)
    return _page(rows, want.limit, more)


def count(tx: Transaction, wants: list[Want], now: int, most: int) -> tuple[int, bool]:
    """How many slips are one of those; at most so many are counted: whether that is exact."""
    seqs: set[int] = set()
    for want in wants:
        if want.is_empty:
            continue
        if want.ids is not None or want.places is not None:
            seqs.update(row.kept.seq for row in _named(tx, want, now) if _is(row, want))
            continue
        for walk in _walks(tx, want):
            sql, args = _sql(walk, want.since or 0, _until(want))
            seqs.update(seq for _, seq in tx.fetch(_entry, f"{sql} LIMIT {most + 1}", *args))
            if len(seqs) > most:
                return most, False
    return len(seqs), True


def items(tx: Transaction, want: Want, now: int, most: int) -> "tuple[array[int], bytes] | None":
    """The moments and ids of all that is wanted, oldest first, the lower id first; None where they are more than that.

    `limit` counts where it is smaller: then the newest.
    """
    if want.is_empty:
        return array("q"), b""
    if want.ids is not None or want.places is not None:
        rows = sorted((row.kept.at, row.kept.id) for row in _named(tx, want, now) if _is(row, want))
        return array("q", [at for at, _ in rows]), b"".join(name for _, name in rows)
    found: list[tuple[int, bytes]] = []
    walks = list(_walks(tx, want))
    for walk in walks:
        joined = walk if walk.source.startswith("slips s") or "JOIN slips s" in walk.source else walk._replace(
            source=walk.source.replace("slip_keys k", "slip_keys k JOIN slips s ON s.seq = k.slip", 1)
        )  # fmt: skip
        condition, args = _within(joined, want.since or 0, _until(want))
        found += tx.fetch(_pair, f"SELECT s.at, s.id FROM {condition} LIMIT {most + 1}", *args)
        if len(found) > most:
            return None
    ordered = sorted(set(found)) if len(walks) > 1 else sorted(found)
    ordered = ordered[-want.limit :] if want.limit < len(ordered) else ordered
    return array("q", [at for at, _ in ordered]), b"".join(name for _, name in ordered)


def is_everything(want: Want) -> bool:
    """Whether it asks for all there is, but for moments and kinds kept from the asker."""
    named = (want.ids, want.places, want.authors, want.kinds)
    return all(each is None for each in named) and not want.keys and not want.words


class Portion(NamedTuple):
    """Moments and ids (in one run) of some slips, oldest first."""

    moments: "array[int]"
    ids: bytes


_JOINED = {
    "sqlite": "group_concat(at), group_concat(hex(id), '')",
    "postgres": "string_agg(CAST(at AS TEXT), ',' ORDER BY at, id), encode(string_agg(id, '' ORDER BY at, id), 'hex')",
}


def portion(tx: Transaction, want: Want, after: tuple[int, bytes], limit: int) -> Portion:
    """Of everything, so many moments and ids behind that one, oldest first: read from the index alone, and put together
    by the database, which is twice as quick as row by row and lets others work meanwhile."""
    within = (
        f"SELECT s.at, s.id FROM slips s WHERE (s.at, s.id) > ($1, $2) AND s.at <= $3{_but(want)} "
        "ORDER BY s.at, s.id LIMIT $4"
    )
    args = (*after, _until(want), limit)
    joined = tx.fetch_one(_texts, f"SELECT {_JOINED[tx.engine]} FROM ({within}) AS part", *args)
    if joined is None or not joined[0]:
        return Portion(array("q"), b"")
    moments = array("q", map(int, joined[0].split(",")))
    if sorted(moments) == list(moments):
        return Portion(moments, bytes.fromhex(joined[1]))
    rows = tx.fetch(_pair, within, *args)  # SQLite does not promise the order
    return Portion(array("q", [at for at, _ in rows]), b"".join(name for _, name in rows))


def _texts(moments: str | None, ids: str | None) -> tuple[str, str]:
    return moments or "", ids or ""


class Newer(NamedTuple):
    """What came behind a place, and how many there are in all."""

    items: list[tuple[int, bytes]]
    total: int


def newer(tx: Transaction, want: Want, seq: int, limit: int) -> Newer:
    """Of everything, what came behind that place, and how many there are of everything."""
    within = f"s.at >= $1 AND s.at <= $2{_but(want)}"
    bounds = (want.since or 0, _until(want))
    came = tx.fetch(
        _pair, f"SELECT s.at, s.id FROM slips s WHERE s.seq > $3 AND {within} LIMIT $4", *bounds, seq, limit
    )
    return Newer(came, tx.value(f"SELECT count(*) FROM slips s WHERE {within}", *bounds))


def _pair(at: int, id: bytes) -> tuple[int, bytes]:  # noqa: A002
    return at, bytes(id)


# -- walks


def _until(want: Want) -> int:
    return _LATEST if want.until is None else want.until


def _merged(tx: Transaction, want: Want) -> tuple[list[_Entry], bool]:
    """The newest entries of all walks: `limit` of them and whatever shares the last one's second."""
    limit, floor, until = want.limit, want.since or 0, _until(want)
    by_author = want.authors is not None and want.kinds is not None and not (want.keys or want.words)
    if by_author and tx.engine == "sqlite" and 1 < len(want.authors or ()) <= MOST_AT_ONCE:
        return _at_once(tx, want, want.authors or (), want.kinds or ())
    newest: list[_Entry] = []
    more = False
    for walk in _walks(tx, want):
        sql, args = _sql(walk, floor, until)
        rows = tx.fetch(_entry, f"{sql} ORDER BY {walk.at} DESC LIMIT {limit + 1}", *args)
        if not rows:
            continue
        if len(rows) > limit and rows[limit][0] == rows[limit - 1][0]:
            tied, its_args = _sql(walk, rows[limit][0], rows[limit][0])
            rows += tx.fetch(_entry, f"{tied} LIMIT {MOST_TIES}", *its_args)
            rows = list(set(rows))
        newest = sorted({*newest, *rows} if want.keys else newest + rows, reverse=True)
        if len(newest) > limit:
            more = True
            floor = newest[limit - 1][0]
            while newest[-1][0] < floor:
                newest.pop()
    return newest, more


def _at_once(
    tx: Transaction, want: Want, authors: tuple[bytes, ...], kinds: tuple[int, ...]
) -> tuple[list[_Entry], bool]:
    """The same by one statement, in a third of the time: SQLite ends the walk of an author by itself, as soon as what
    comes is older than what it has. PostgreSQL would sort all they wrote."""
    allowed = _padded(tuple(kind for kind in kinds if kind not in want.but_kinds))
    if not allowed:
        return [], False
    named = (*_padded(authors), *allowed)
    places = [f"${place}" for place in range(4, len(named) + 4)]
    ours, theirs = ", ".join(places[: -len(allowed)]), ", ".join(places[-len(allowed) :])
    within = f"SELECT at, seq FROM slips WHERE author IN ({ours}) AND kind IN ({theirs}) AND at >= $1 AND at <= $2"
    newest = f"{within} ORDER BY at DESC LIMIT $3"
    rows = tx.fetch(_entry, newest, want.since or 0, _until(want), want.limit + 1, *named)
    more = len(rows) > want.limit
    if more and rows[-1][0] == rows[-2][0]:
        tied = tx.fetch(_entry, f"{within} LIMIT $3", rows[-1][0], rows[-1][0], MOST_TIES, *named)
        rows = list({*rows, *tied})
    return rows, more


def _padded(values: tuple[T, ...]) -> tuple[T, ...]:
    """Some of them again, to a power of two: else every number of authors were a statement of its own to remember."""
    return values + values[-1:] * ((1 << (len(values) - 1).bit_length()) - len(values)) if values else ()


def _sql(walk: _Walk, since: int, until: int) -> tuple[str, tuple[bytes | int | str, ...]]:
    condition, args = _within(walk, since, until)
    return f"SELECT {walk.at}, {walk.seq} FROM {condition}", args


def _within(walk: _Walk, since: int, until: int) -> tuple[str, tuple[bytes | int | str, ...]]:
    number = len(walk.args)
    return f"{walk.source} AND {walk.at} >= ${number + 1} AND {walk.at} <= ${number + 2}", (*walk.args, since, until)


def _walks(tx: Transaction, want: Want) -> Iterator[_Walk]:
    return islice(_all_walks(tx, want), MOST_WALKS)


def _all_walks(tx: Transaction, want: Want) -> Iterator[_Walk]:
    if want.words:
        sought: list[bytes | int | str] = [slip_words.asked(tx, want.words)]
        conditions = _residue(sought, keys=want.keys, kinds=want.kinds, authors=want.authors) + _but(want)
        yield _Walk(f"{slip_words.matching(tx, 1)}{conditions}", "s.at", "s.seq", tuple(sought))
    elif want.keys:
        chosen = min(want.keys, key=len)
        others = tuple(each for each in want.keys if each is not chosen)
        for each in chosen:
            for kind in _kinds(want, partial(slips.kinds_of_key, tx, each)):
                args: list[bytes | int | str] = [each, kind]
                source = "slip_keys k"
                if others or want.authors is not None:
                    source += " JOIN slips s ON s.seq = k.slip"
                conditions = _residue(args, keys=others, kinds=None, authors=want.authors)
                yield _Walk(f"{source} WHERE k.key = $1 AND k.kind = $2{conditions}", "k.at", "k.slip", tuple(args))
    elif want.authors is not None:
        for author in want.authors:
            for kind in _kinds(want, partial(slips.kinds_of_author, tx, author)):
                yield _Walk("slips s WHERE s.author = $1 AND s.kind = $2", "s.at", "s.seq", (author, kind))
    elif want.kinds is not None:
        for kind in _kinds(want, list):
            yield _Walk("slips s WHERE s.kind = $1", "s.at", "s.seq", (kind,))
    else:
        yield _Walk(f"slips s WHERE s.at >= 0{_but(want)}", "s.at", "s.seq", ())


def _kinds(want: Want, known: Callable[[], list[int]]) -> list[int]:
    """The kinds to look at one by one: those wanted, or else those that there are."""
    return [kind for kind in (known() if want.kinds is None else want.kinds) if kind not in want.but_kinds]


def _but(want: Want) -> str:
    return "".join(f" AND s.kind <> {int(kind)}" for kind in want.but_kinds)


def _residue(
    args: list[bytes | int | str],
    *,
    keys: tuple[tuple[bytes, ...], ...],
    kinds: tuple[int, ...] | None,
    authors: tuple[bytes, ...] | None,
) -> str:
    """What the walk itself does not see to, as conditions on `s`; its parameters are added to `args`."""

    def numbers(given: tuple[bytes, ...]) -> str:
        values = _padded(given)
        args.extend(values)
        return ", ".join(f"${place}" for place in range(len(args) - len(values) + 1, len(args) + 1))

    conditions = ""
    if kinds is not None:
        conditions += f" AND s.kind IN ({', '.join(str(int(kind)) for kind in kinds)})"
    if authors is not None:
        conditions += f" AND s.author IN ({numbers(authors)})"
    for each in keys:
        conditions += (
            f" AND EXISTS (SELECT 1 FROM slip_keys o WHERE o.key IN ({numbers(each)}) "
            "AND o.kind = s.kind AND o.at = s.at AND o.slip = s.seq)"
        )
    return conditions


# -- whole slips


class _Row(NamedTuple):
    kept: Kept
    author: bytes
    keys: frozenset[bytes]


def _row(seq: int, id: bytes, kind: int, at: int, body: bytes, author: bytes, keys: bytes) -> _Row:  # noqa: A002
    run = bytes(keys)
    each = frozenset(run[place : place + KEY_BYTES] for place in range(0, len(run), KEY_BYTES))
    return _Row(Kept(seq, bytes(id), kind, at, bytes(body)), bytes(author), each)


def _named(tx: Transaction, want: Want, now: int) -> list[_Row]:
    column, names = ("id", want.ids) if want.ids is not None else ("place", want.places)
    sql = (
        f"SELECT seq, id, kind, at, body, author, keys FROM slips WHERE {column} = $1 "
        "AND (expires IS NULL OR expires > $2)"
    )
    return [row for name in dict.fromkeys(names or ()) for row in tx.fetch(_row, sql, name, now)]


def _is(row: _Row, want: Want) -> bool:
    """Whether a slip that was found by name is all that is wanted."""
    return (
        (want.authors is None or row.author in want.authors)
        and (want.kinds is None or row.kept.kind in want.kinds)
        and row.kept.kind not in want.but_kinds
        and (want.since is None or row.kept.at >= want.since)
        and (want.until is None or row.kept.at <= want.until)
        and all(not row.keys.isdisjoint(each) for each in want.keys)
    )


def _whole(tx: Transaction, seqs: list[int], now: int) -> list[Kept]:
    return tx.fetch(
        slips.kept,
        "SELECT seq, id, kind, at, body FROM slips WHERE seq = ANY($1) AND (expires IS NULL OR expires > $2)",
        seqs,
        now,
    )


def _page(found: list[Kept], limit: int, more: bool) -> Page:
    found.sort(key=lambda slip: (-slip.at, slip.id))
    return Page(found[:limit], more or len(found) > limit)


def body_of(tx: Transaction, name: str) -> bytes:
    """The slip of that name in hexadecimal; empty where it does not lie here."""
    try:
        body = tx.value("SELECT body FROM slips WHERE id = $1", bytes.fromhex(name))
    except ValueError:
        return b""
    return bytes(body) if body is not None else b""
