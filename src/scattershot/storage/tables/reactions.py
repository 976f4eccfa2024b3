"""Reactions: likes with an emoji, counted for each emoji of a post."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, PostId
from scattershot.ports.database import Transaction

MOST_KINDS = 100
"""Different emoji that are shown of one post."""


class Tally(NamedTuple):
    """How many reacted to a post with one emoji; `picture` is of one that is a node's own."""

    post: PostId
    emoji: str
    number: int
    picture: str


def among(tx: Transaction, posts: list[PostId]) -> dict[PostId, list[Tally]]:
    """The reactions to each of the posts that has any, the oldest emoji first."""
    found: dict[PostId, list[Tally]] = {}
    for tally in tx.fetch(
        Tally,
        "SELECT post, emoji, count(*), max(picture) FROM likes WHERE post = ANY($1) AND emoji <> '' "
        "GROUP BY post, emoji ORDER BY post, min(at), count(*) DESC, emoji",
        posts,
    ):
        found.setdefault(tally.post, []).append(tally)
    return {post: tallies[:MOST_KINDS] for post, tallies in found.items()}


def by(tx: Transaction, post: PostId, liker: MicroblogId) -> list[str]:
    """With what one microblog reacted to the post."""
    rows = tx.fetch(_text, "SELECT emoji FROM likes WHERE post = $1 AND liker = $2 AND emoji <> ''", post, liker)
    return [emoji for (emoji,) in rows]


def _text(value: str) -> tuple[str]:
    return (value,)


def reactors(tx: Transaction, post: PostId, emoji: str, limit: int) -> list[MicroblogId]:
    """Who reacted to the post with the emoji, the first one first."""
    rows = tx.fetch(
        _one, "SELECT liker FROM likes WHERE post = $1 AND emoji = $2 ORDER BY at, liker LIMIT $3", post, emoji, limit
    )
    return [MicroblogId(liker) for (liker,) in rows]


def _one(value: int) -> tuple[int]:
    return (value,)


def picture_of(tx: Transaction, post: PostId, emoji: str) -> str:
    """The picture that somebody gave with the emoji on that post; empty where nobody did."""
    sql = "SELECT picture FROM likes WHERE post = $1 AND emoji = $2 AND picture <> '' LIMIT 1"
    return str(tx.value(sql, post, emoji) or "")
