"""Pages of what was kept, liked and passed on: by whom, and of what. The newest mark comes first."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, PostId
from scattershot.ports.database import Transaction


class Mark(NamedTuple):
    """One mark on a page: `place` is what pages go by, and means nothing outside."""

    place: int
    post: PostId


class Marker(NamedTuple):
    """Who made a mark, in such a page."""

    place: int
    microblog: MicroblogId


def _order(nearest: bool) -> str:
    return "ASC" if nearest else "DESC"


# -- bookmarks


def add_bookmark(tx: Transaction, microblog: MicroblogId, post: PostId) -> bool:
    """Keep a post; False where it was kept."""
    return bool(
        tx.execute("INSERT INTO bookmarks (microblog, post) VALUES ($1, $2) ON CONFLICT DO NOTHING", microblog, post)
    )


def drop_bookmark(tx: Transaction, microblog: MicroblogId, post: PostId) -> bool:
    """Keep a post no longer."""
    return bool(tx.execute("DELETE FROM bookmarks WHERE microblog = $1 AND post = $2", microblog, post))


def bookmarked_among(tx: Transaction, microblog: MicroblogId, among: list[PostId]) -> set[PostId]:
    """Those of the posts that it keeps."""
    rows = tx.fetch(_one, "SELECT post FROM bookmarks WHERE microblog = $1 AND post = ANY($2)", microblog, among)
    return {PostId(post) for (post,) in rows}


def _one(value: int) -> tuple[int]:
    return (value,)


def bookmarks(
    tx: Transaction, microblog: MicroblogId, below: int, above: int, limit: int, *, nearest: bool = False
) -> list[Mark]:
    """What it keeps: the newest, or (`nearest`) the oldest, in that order."""
    return tx.fetch(
        Mark,
        "SELECT id, post FROM bookmarks WHERE microblog = $1 AND id < $2 AND id > $3 "
        f"ORDER BY id {_order(nearest)} LIMIT $4",
        microblog,
        below,
        above,
        limit,
    )


# -- likes and boosts


def liked_by(
    tx: Transaction, liker: MicroblogId, below: int, above: int, limit: int, *, nearest: bool = False
) -> list[Mark]:
    """What it likes; a post stands twice where it was liked with several emojis."""
    return tx.fetch(
        Mark,
        "SELECT place, post FROM likes WHERE liker = $1 AND place < $2 AND place > $3 "
        f"ORDER BY place {_order(nearest)} LIMIT $4",
        liker,
        below,
        above,
        limit,
    )


def likers_of(
    tx: Transaction, post: PostId, below: int, above: int, limit: int, *, nearest: bool = False
) -> list[Marker]:
    """Who likes the post; one stands twice who did with several emojis."""
    return tx.fetch(
        Marker,
        "SELECT place, liker FROM likes WHERE post = $1 AND place < $2 AND place > $3 "
        f"ORDER BY place {_order(nearest)} LIMIT $4",
        post,
        below,
        above,
        limit,
    )


def boosters_of(
    tx: Transaction, post: PostId, below: int, above: int, limit: int, *, nearest: bool = False
) -> list[Marker]:
    """Who passed the post on for everybody to see."""
    return tx.fetch(
        Marker,
        "SELECT id, booster FROM boosts WHERE post = $1 AND id < $2 AND id > $3 "
        f"AND audience IN ('public', 'unlisted') ORDER BY id {_order(nearest)} LIMIT $4",
        post,
        below,
        above,
        limit,
    )
