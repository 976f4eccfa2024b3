"""Microblogs as they are found by name: the words they are known by, sorted by how many follow them."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId
from scattershot.ports.database import Transaction

RANKS = 12
"""Ranks there are: the last is that of whom nobody follows, each before it has twice as many followers."""
COUNTED = 1 << (RANKS - 2)
"""Nobody counts followers further than this for a rank."""


def rank(followers: int) -> int:
    """How far down one stands among others of the same name."""
    return RANKS - 1 - min(followers, COUNTED).bit_length()


class Known(NamedTuple):
    """What search knows of a microblog; a robot says of itself that it is one."""

    indexable: bool
    discoverable: bool
    robot: bool
    rank: int


_KNOWN = "indexable, discoverable, robot, rank"


def known(tx: Transaction, microblog: MicroblogId) -> Known | None:
    """What it knows of that one, or None where it was not taken up yet."""
    row = tx.fetch_one(Known, f"SELECT {_KNOWN} FROM search_microblogs WHERE microblog = $1", microblog)
    return None if row is None else Known(bool(row.indexable), bool(row.discoverable), bool(row.robot), row.rank)


def put(tx: Transaction, microblog: MicroblogId, what: Known, words: list[str]) -> None:
    """Have the microblog found by these words and no others."""
    tx.execute(
        f"INSERT INTO search_microblogs (microblog, {_KNOWN}) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (microblog) DO UPDATE SET indexable = excluded.indexable, discoverable = excluded.discoverable, "
        "robot = excluded.robot, rank = excluded.rank",
        microblog,
        *what,
    )
    _put_words(tx, microblog, what.rank, words)


def _put_words(tx: Transaction, microblog: MicroblogId, place: int, words: list[str]) -> None:
    tx.execute("DELETE FROM search_names WHERE microblog = $1", microblog)
    tx.execute_many(
        "INSERT INTO search_names (word, rank, microblog) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [(word, place, microblog) for word in words],
    )


def drop(tx: Transaction, microblog: MicroblogId) -> None:
    """Have it found by nothing."""
    tx.execute("DELETE FROM search_microblogs WHERE microblog = $1", microblog)
    tx.execute("DELETE FROM search_names WHERE microblog = $1", microblog)


def count_followers(tx: Transaction, microblog: MicroblogId) -> int:
    """How many follow it, at most `COUNTED`."""
    return int(
        tx.value(
            "SELECT count(*) FROM (SELECT 1 FROM follows WHERE followee = $1 AND accepted LIMIT $2) AS counted",
            microblog,
            COUNTED,
        )
    )


def move(tx: Transaction, microblog: MicroblogId, place: int) -> None:
    """Put it at another rank."""
    tx.execute("UPDATE search_microblogs SET rank = $2 WHERE microblog = $1", microblog, place)
    tx.execute("UPDATE search_names SET rank = $2 WHERE microblog = $1", microblog, place)


# -- finding


class Named(NamedTuple):
    """A microblog one of whose words begins as wanted."""

    microblog: MicroblogId
    word: str
    rank: int


def called(tx: Transaction, word: str, limit: int) -> list[Named]:
    """Those known by that very word, the most followed first."""
    return tx.fetch(
        Named,
        "SELECT microblog, word, rank FROM search_names WHERE word = $1 ORDER BY rank, microblog LIMIT $2",
        word,
        limit,
    )


def beginning(tx: Transaction, start: str, limit: int) -> list[Named]:
    """Those known by a word that begins so, in the order of the words."""
    return tx.fetch(
        Named,
        "SELECT microblog, word, rank FROM search_names WHERE word >= $1 AND word < $2 ORDER BY word, rank LIMIT $3",
        start,
        after(start),
        limit,
    )


def followed_beginning(tx: Transaction, follower: MicroblogId, start: str, limit: int) -> list[Named]:
    """Of those it follows with their consent the ones known by a word that begins so."""
    return tx.fetch(
        Named,
        "SELECT s.microblog, s.word, s.rank FROM follows f JOIN search_names s ON s.microblog = f.followee "
        "WHERE f.follower = $1 AND f.accepted AND s.word >= $2 AND s.word < $3 LIMIT $4",
        follower,
        start,
        after(start),
        limit,
    )


def words_of(tx: Transaction, microblogs: list[MicroblogId]) -> dict[MicroblogId, list[str]]:
    """The words each of them is known by."""
    rows = tx.fetch(
        lambda microblog, word: (MicroblogId(microblog), str(word)),
        "SELECT microblog, word FROM search_names WHERE microblog = ANY($1)",
        microblogs,
    )
    words: dict[MicroblogId, list[str]] = {}
    for microblog, word in rows:
        words.setdefault(microblog, []).append(word)
    return words


def after(start: str) -> str:
    """What sorts behind every word that begins so."""
    return start + "\U0010ffff"
