"""Severances: whom microblogs kept here lost though nobody unfollowed; and warnings to them."""

from typing import NamedTuple

from msgspec import json

from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.notification import Cause
from scattershot.ports.database import Transaction


class Severance(NamedTuple):
    """How many a microblog lost with a host, or with one microblog that was shut out, whose handle `host` then is."""

    id: int
    microblog: MicroblogId
    host: str
    at: Millis
    followers: int
    following: int
    cause: Cause


def add(
    tx: Transaction, microblog: MicroblogId, host: str, now: Millis, followers: list[MicroblogId],
    following: list[MicroblogId], cause: Cause,
) -> int:  # fmt: skip
    """Remember whom the microblog lost; the number of the severance."""
    number = int(
        tx.value(
            "INSERT INTO severances (microblog, host, at, cause) VALUES ($1, $2, $3, $4) RETURNING id",
            microblog,
            host,
            now,
            cause,
        )
    )
    lost = [(number, other, False) for other in followers] + [(number, other, True) for other in following]
    tx.execute_many("INSERT INTO severed (severance, other, followed) VALUES ($1, $2, $3)", lost)
    return number


def _severance(
    id_: int, microblog: int, host: str, at: int, followers: int, following: int, cause: str
) -> Severance:  # fmt: skip
    return Severance(id_, MicroblogId(microblog), host, Millis(at), followers, following, Cause(cause))


def get_many(tx: Transaction, microblog: MicroblogId, numbers: list[int]) -> dict[int, Severance]:
    """Those of the severances that the microblog suffered."""
    rows = tx.fetch(
        _severance,
        "SELECT s.id, s.microblog, s.host, s.at, "
        "(SELECT count(*) FROM severed l WHERE l.severance = s.id AND NOT l.followed), "
        "(SELECT count(*) FROM severed l WHERE l.severance = s.id AND l.followed), s.cause "
        "FROM severances s WHERE s.microblog = $1 AND s.id = ANY($2)",
        microblog,
        numbers,
    )
    return {row.id: row for row in rows}


class Lost(NamedTuple):
    """Somebody whom a microblog lost: one it followed, or a follower."""

    other: MicroblogId
    followed: bool


def lost(tx: Transaction, number: int) -> list[Lost]:
    """Whom a severance took."""
    rows = tx.fetch(Lost, "SELECT other, followed FROM severed WHERE severance = $1 ORDER BY other", number)
    return [row._replace(followed=bool(row.followed)) for row in rows]


# -- warnings


class Warned(NamedTuple):
    """What those who run the node told a microblog's keepers; `measure` is what was done beside."""

    id: int
    microblog: MicroblogId
    measure: str
    text: str
    posts: tuple[PostId, ...]
    at: Millis


def warn(tx: Transaction, microblog: MicroblogId, measure: str, text: str, posts: list[PostId], now: Millis) -> int:
    """Remember a warning; its number."""
    return int(
        tx.value(
            "INSERT INTO warnings (microblog, measure, text, posts, at) VALUES ($1, $2, $3, $4, $5) RETURNING id",
            microblog,
            measure,
            text,
            json.encode(posts).decode(),
            now,
        )
    )


def _warning(id_: int, microblog: int, measure: str, text: str, posts: str, at: int) -> Warned:
    about = json.decode(posts, type=tuple[PostId, ...])
    return Warned(id_, MicroblogId(microblog), measure, text, about, Millis(at))


def warnings(tx: Transaction, microblog: MicroblogId, numbers: list[int]) -> dict[int, Warned]:
    """Those of the warnings that went to the microblog."""
    rows = tx.fetch(
        _warning,
        "SELECT id, microblog, measure, text, posts, at FROM warnings WHERE microblog = $1 AND id = ANY($2)",
        microblog,
        numbers,
    )
    return {row.id: row for row in rows}
