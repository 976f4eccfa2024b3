"""Pages of what was kept, liked and passed on: by whom, and of what. The newest mark comes first."""

from typing import NamedTuple, TypeVar

from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.window import Window
from scattershot.ports.database import Transaction


class Mark(NamedTuple):
    """One mark on a page: `place` is what pages go by, and means nothing outside."""

    place: int
    post: PostId


class Marker(NamedTuple):
    """Who made a mark, in such a page."""

    place: int
    microblog: MicroblogId


_Line = TypeVar("_Line", Mark, Marker)


def _page(
    tx: Transaction, line: type[_Line], place: str, what: str, whose: int, window: Window, limit: int
) -> list[_Line]:
    """Lines of `place` and of the column that `what` begins with, where it says."""
    order = "ASC" if window.nearest else "DESC"
    sql = f"SELECT {place}, {what} AND {place} < $2 AND {place} > $3 ORDER BY {place} {order} LIMIT $4"
    found = tx.fetch(line, sql, whose, *window.bounds, limit)
    return found[::-1] if window.nearest else found


# -- bookmarks


def add_bookmark(tx: Transaction, microblog: MicroblogId, post: PostId) -> bool:
    """Keep a post; False where it was kept."""
    return bool(
        tx.execute("INSERT INTO bookmarks (microblog, post) VALUES ($1, $2) ON CONFLICT DO NOTHING", microblog, post)
    )


def drop_bookmark(tx: Transaction, microblog: MicroblogId, post: PostId) -> bool:
    """Keep a post no longer."""
    return bool(tx.execute("DELETE FROM bookmarks WHERE microblog = $1 AND post = $2", microblog, post))


def bookmarks(tx: Transaction, microblog: MicroblogId, window: Window, limit: int) -> list[Mark]:
    """What it keeps."""
    return _page(tx, Mark, "id", "post FROM bookmarks WHERE microblog = $1", microblog, window, limit)


# -- likes and boosts


def liked_by(tx: Transaction, liker: MicroblogId, window: Window, limit: int) -> list[Mark]:
    """What it likes; reactions with an emoji are none."""
    return _page(tx, Mark, "place", "post FROM likes WHERE emoji = '' AND liker = $1", liker, window, limit)


def likers_of(tx: Transaction, post: PostId, window: Window, limit: int) -> list[Marker]:
    """Who likes the post; reactions with an emoji are no likes."""
    return _page(tx, Marker, "place", "liker FROM likes WHERE emoji = '' AND post = $1", post, window, limit)


def boosters_of(tx: Transaction, post: PostId, window: Window, limit: int) -> list[Marker]:
    """Who passed the post on for everybody to see."""
    what = "booster FROM boosts WHERE post = $1 AND audience IN ('public', 'unlisted')"
    return _page(tx, Marker, "id", what, post, window, limit)
