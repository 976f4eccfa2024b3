"""Announcements, who has read them, and the emojis beneath them."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import json

from scattershot.domain.announcement import Announcement, Span
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.ports.database import Transaction

_decode = json.Decoder(Announcement).decode
_encode = json.Encoder().encode


class Row(NamedTuple):
    """One of them; `published` is None where it is not shown."""

    id: int
    published: Millis | None
    span: Span
    changed: Millis
    said: Announcement


_COLUMNS = "id, published, starts, ends, all_day, changed, value"


def _row(
    number: int,
    published: Millis | None,
    starts: Millis | None,
    ends: Millis | None,
    all_day: bool,
    changed: Millis,
    value: str,
) -> Row:
    return Row(number, published, Span(starts, ends, bool(all_day)), changed, _decode(value))


def add(tx: Transaction, said: Announcement, span: Span, published: Millis | None, now: Millis) -> int:
    """A new one; its number."""
    return int(
        tx.value(
            "INSERT INTO announcements (published, starts, ends, all_day, changed, value) "
            "VALUES ($1, $2, $3, $4, $5, $6) RETURNING id",
            published, span.starts, span.ends, span.all_day, now, _encode(said).decode(),
        )
    )  # fmt: skip


def get(tx: Transaction, number: int) -> Row | None:
    """The one of that number."""
    return tx.fetch_one(_row, f"SELECT {_COLUMNS} FROM announcements WHERE id = $1", number)


def every(tx: Transaction) -> list[Row]:
    """All of them, the first one first; there are few."""
    return tx.fetch(_row, f"SELECT {_COLUMNS} FROM announcements ORDER BY COALESCE(starts, published, changed), id")


def put(tx: Transaction, number: int, said: Announcement, span: Span, published: Millis | None, now: Millis) -> None:
    """Let it read otherwise."""
    tx.execute(
        "UPDATE announcements SET published = $2, starts = $3, ends = $4, all_day = $5, changed = $6, value = $7 "
        "WHERE id = $1",
        number, published, span.starts, span.ends, span.all_day, now, _encode(said).decode(),
    )  # fmt: skip


def drop(tx: Transaction, number: int) -> bool:
    """It is gone, with all that was done with it; False where there is none."""
    tx.execute("DELETE FROM announcements_read WHERE announcement = $1", number)
    tx.execute("DELETE FROM announcement_reactions WHERE announcement = $1", number)
    return bool(tx.execute("DELETE FROM announcements WHERE id = $1", number))


# -- read


def note_read(tx: Transaction, reader: MicroblogId, number: int) -> None:
    """The reader has seen it."""
    tx.execute(
        "INSERT INTO announcements_read (microblog, announcement) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        reader, number,
    )  # fmt: skip


def read_by(tx: Transaction, reader: MicroblogId, numbers: Sequence[int]) -> set[int]:
    """Those that the reader has seen."""
    sql = "SELECT announcement FROM announcements_read WHERE microblog = $1 AND announcement = ANY($2)"
    return set(tx.fetch(int, sql, reader, list(numbers)))


# -- emojis beneath


class Tally(NamedTuple):
    """How many put one emoji beneath one announcement, and whether the reader did."""

    announcement: int
    emoji: str
    number: int
    picture: str
    mine: bool


def _tally(announcement: int, emoji: str, number: int, picture: str, mine: int) -> Tally:
    return Tally(announcement, emoji, number, picture, bool(mine))


def reactions(tx: Transaction, numbers: Sequence[int], reader: MicroblogId | None) -> list[Tally]:
    """What stands beneath them, the oldest emoji first."""
    return tx.fetch(
        _tally,
        "SELECT announcement, emoji, count(*), max(picture), max(CASE WHEN microblog = $2 THEN 1 ELSE 0 END) "
        "FROM announcement_reactions WHERE announcement = ANY($1) GROUP BY announcement, emoji "
        "ORDER BY announcement, min(at), count(*) DESC, emoji",
        list(numbers), reader if reader is not None else 0,
    )  # fmt: skip


def react(tx: Transaction, number: int, who: MicroblogId, emoji: str, picture: str, now: Millis) -> bool:
    """Put an emoji beneath it; False where it stood there."""
    return bool(
        tx.execute(
            "INSERT INTO announcement_reactions (announcement, emoji, microblog, picture, at) "
            "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
            number, emoji, who, picture, now,
        )
    )  # fmt: skip


def unreact(tx: Transaction, number: int, who: MicroblogId, emoji: str) -> bool:
    """Take it away again; False where it did not stand there."""
    return bool(
        tx.execute(
            "DELETE FROM announcement_reactions WHERE announcement = $1 AND emoji = $2 AND microblog = $3",
            number, emoji, who,
        )
    )  # fmt: skip


def forget(tx: Transaction, microblog: MicroblogId) -> None:
    """Nothing of that microblog stands here any more."""
    tx.execute("DELETE FROM announcements_read WHERE microblog = $1", microblog)
    tx.execute("DELETE FROM announcement_reactions WHERE microblog = $1", microblog)
