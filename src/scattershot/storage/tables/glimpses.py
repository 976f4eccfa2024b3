"""Glimpses of lists: as little of each line as tells whether what was made of it before is still right. A hot room.

One statement for a page, and few columns: a post itself is read only where something is not as it was.
"""

from functools import cache
from typing import TypeAlias

from scattershot.domain.choosing import Which
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.window import Window
from scattershot.ports.database import Transaction
from scattershot.storage.tables.open_posts import where_open

Glimpse: TypeAlias = tuple[
    PostId, PostId, MicroblogId | None, bool, int, int, PostId | None, Millis, Millis | None, Millis | None
]
"""A line of a list: its entry, its post, its booster; whether it must be looked at; the post's version, replies, and
what it answers; when its author's profile was read, its booster's, and that of whom it answers.

Two glimpses that are the same, and must not be looked at, are of lines that look the same to everybody. A line must be
looked at for the viewer's sake, who wrote the post, likes it, reacted to it, passed it on, keeps it or hears no more of
its conversation, or has a block, a mute or a shunned domain between them and its author or booster; and for the sake of
those people, where one is gone, limited or blocked, or their node is.
"""

DEPENDS_ON = (
    "timeline", "posts", "boosts", "likes", "bookmarks", "votes", "pins", "quotes", "quiet_threads", "microblogs",
    "nodes", "blocks", "mutes", "shunned", "follows", "mentions", "filters", "filter_keywords", "filter_posts",
    "wire_ids", "previews", "previewed",
)  # fmt: skip
"""Every table by which it is decided how a page of these lists looks; only how people are counted stands elsewhere."""

_POST_CONCERNS = (
    "p.author = $1 "
    "OR EXISTS (SELECT 1 FROM likes x WHERE x.post = p.id AND x.liker = $1) "
    "OR EXISTS (SELECT 1 FROM boosts x WHERE x.post = p.id AND x.booster = $1) "
    "OR EXISTS (SELECT 1 FROM bookmarks x WHERE x.microblog = $1 AND x.post = p.id) "
    "OR EXISTS (SELECT 1 FROM quiet_threads x WHERE x.microblog = $1 AND x.thread = p.thread)"
)
"""Whether the viewer $1 has to do with the post."""
_SOMEONE_CONCERNS = (
    "EXISTS (SELECT 1 FROM blocks x WHERE x.blocker = $1 AND x.blocked = {m}.id) "
    "OR EXISTS (SELECT 1 FROM blocks x WHERE x.blocked = $1 AND x.blocker = {m}.id) "
    "OR EXISTS (SELECT 1 FROM mutes x WHERE x.muter = $1 AND x.muted = {m}.id "
    "AND (x.expires IS NULL OR x.expires > $2)) "
    "OR EXISTS (SELECT 1 FROM shunned x WHERE x.microblog = $1 AND x.domain = {m}.domain)"
)
"""Whether at the time $2 something stands between the viewer and the microblog."""
_IS_JUDGED = "{m}.gone OR {m}.standing <> 'normal' OR {m}n.standing <> 'normal'"
_AUTHOR = f"({_SOMEONE_CONCERNS} OR {_IS_JUDGED})".format(m="a")
_BOOSTER = f"(b.booster IS NOT NULL AND ({_SOMEONE_CONCERNS} OR {_IS_JUDGED}))".format(m="m")
_ANSWERED = f"(p.reply_author IS NOT NULL AND ({_IS_JUDGED}))".format(m="r")
_STAMPS = "p.version, p.replies, p.reply_to, a.fetched_at"
_PEOPLE = (
    "JOIN microblogs a ON a.id = p.author LEFT JOIN nodes an ON an.id = a.node "
    "LEFT JOIN microblogs r ON r.id = p.reply_author LEFT JOIN nodes rn ON rn.id = r.node"
)

_AT_HOME = (
    "SELECT t.entry, p.id, b.booster, "
    f"coalesce({_POST_CONCERNS} OR {_AUTHOR} OR {_BOOSTER} OR {_ANSWERED}, FALSE), "
    f"{_STAMPS}, m.fetched_at, r.fetched_at FROM timeline t JOIN posts p ON p.id = t.post {_PEOPLE} "
    "LEFT JOIN boosts b ON t.entry <> t.post AND b.id = t.entry "
    "LEFT JOIN microblogs m ON m.id = b.booster LEFT JOIN nodes mn ON mn.id = m.node "
    "WHERE t.owner = $1 AND t.entry < $3 AND t.entry > $4 AND NOT p.gone ORDER BY t.entry {order} LIMIT $5"
)
_OPEN = (
    "SELECT p.id, p.id, NULL, {must_be_looked_at}, "
    f"{_STAMPS}, NULL, r.fetched_at FROM posts p {_PEOPLE} "
    "WHERE {open} AND p.id < $3 AND p.id > $4 AND NOT p.gone ORDER BY p.id {order} LIMIT $5"
)
_FOR_VIEWER = f"coalesce({_POST_CONCERNS} OR {_AUTHOR} OR {_ANSWERED}, FALSE)"
_FOR_ANYONE = f"coalesce({_AUTHOR} OR {_ANSWERED}, FALSE)"
_NOBODY = 0


def _whole(*columns: object) -> Glimpse:
    return columns  # type: ignore[return-value]  # as many and as they stand in the statements


_WAYS = {False: "DESC", True: "ASC"}
_AT_HOME_BY_WAY = {nearest: _AT_HOME.format(order=way) for nearest, way in _WAYS.items()}


def at_home(tx: Transaction, owner: MicroblogId, window: Window, limit: int, now: Millis) -> list[Glimpse]:
    """A stretch of a home timeline, newest first: the hottest read of the house."""
    below, above = window.bounds
    found = tx.fetch(_whole, _AT_HOME_BY_WAY[window.nearest], owner, now, below, above, limit)
    return found[::-1] if window.nearest else found


def known(
    tx: Transaction, viewer: MicroblogId | None, which: Which, window: Window, limit: int, now: Millis
) -> list[Glimpse]:
    """A stretch of the public posts that are known here, newest first; a line's entry is the post itself."""
    reader, is_somebody = (_NOBODY, False) if viewer is None else (viewer, True)
    found = tx.fetch(_whole, _open(which, window.nearest, is_somebody), reader, now, *window.bounds, limit)
    return found[::-1] if window.nearest else found


@cache
def _open(which: Which, nearest: bool, is_somebody: bool) -> str:
    must = _FOR_VIEWER if is_somebody else _FOR_ANYONE
    return _OPEN.format(must_be_looked_at=must, open=where_open(which), order=_WAYS[nearest])
