"""What one author wrote and passed on: the ids of a stretch of it."""

from scattershot.domain.authored import Which
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.window import Window
from scattershot.ports.database import Transaction

_TOP = 1 << 62


def _id(value: int) -> PostId:
    return PostId(value)


def written(
    tx: Transaction, author: MicroblogId, audiences: list[str], which: Which, window: Window, limit: int
) -> list[PostId]:
    """Posts of the author for those audiences, the newest first; with a tag only those that are open."""
    alone = "" if which.replies else "AND p.reply_wire IS NULL AND (p.reply_author IS NULL OR p.reply_author = $1) "
    media = "AND p.has_media " if which.only_media else ""
    source, place = ("posts p", "p.id")
    if which.tag:
        source, place = "tags t JOIN posts p ON p.id = t.post", "t.post"
        alone += "AND t.author = $1 AND t.tag = $6 "
    found = tx.fetch(
        _id,
        f"SELECT p.id FROM {source} WHERE p.author = $1 AND {place} < $3 AND {place} > $4 AND NOT p.gone "
        f"AND p.audience = ANY($2) {alone}{media}ORDER BY {place} {_order(window)} LIMIT $5",
        author,
        audiences,
        _TOP if window.below is None else window.below,
        window.above or 0,
        limit,
        *((which.tag.lower(),) if which.tag else ()),
    )
    return found[::-1] if window.nearest else found


def passed_on(tx: Transaction, author: MicroblogId, window: Window, limit: int) -> list[PostId]:
    """The author's open boosts, the newest first."""
    found = tx.fetch(
        _id,
        "SELECT id FROM boosts WHERE booster = $1 AND id < $2 AND id > $3 AND audience IN ('public', 'unlisted') "
        f"ORDER BY id {_order(window)} LIMIT $4",
        author,
        _TOP if window.below is None else window.below,
        window.above or 0,
        limit,
    )
    return found[::-1] if window.nearest else found


def _order(window: Window) -> str:
    return "ASC" if window.nearest else "DESC"
