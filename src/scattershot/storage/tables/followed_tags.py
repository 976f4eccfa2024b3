"""Hashtags that microblogs here follow: public posts which have them come to the home timeline."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.window import Window
from scattershot.ports.database import Transaction


class Row(NamedTuple):
    """A followed tag; `id` grows with time and is what pages go by."""

    id: int
    tag: str


def add(tx: Transaction, microblog: MicroblogId, tag: str) -> bool:
    """Follow a tag (in lower case); False where it was followed."""
    return bool(
        tx.execute(
            "INSERT INTO followed_tags (microblog, tag) VALUES ($1, $2) ON CONFLICT (tag, microblog) DO NOTHING",
            microblog,
            tag,
        )
    )


def drop(tx: Transaction, microblog: MicroblogId, tag: str) -> bool:
    """No longer follow a tag."""
    return bool(tx.execute("DELETE FROM followed_tags WHERE tag = $2 AND microblog = $1", microblog, tag))


def count(tx: Transaction, microblog: MicroblogId) -> int:
    """How many tags it follows."""
    return int(tx.value("SELECT count(*) FROM followed_tags WHERE microblog = $1", microblog))


def among(tx: Transaction, microblog: MicroblogId, tags: list[str]) -> set[str]:
    """Those of the tags that it follows."""
    rows = tx.fetch(_text, "SELECT tag FROM followed_tags WHERE tag = ANY($2) AND microblog = $1", microblog, tags)
    return {tag for (tag,) in rows}


def _text(value: str) -> tuple[str]:
    return (value,)


def page(tx: Transaction, microblog: MicroblogId, window: Window, limit: int) -> list[Row]:
    """The tags it follows, newest first."""
    found = tx.fetch(
        Row,
        "SELECT id, tag FROM followed_tags WHERE microblog = $1 AND id < $2 AND id > $3 "
        f"ORDER BY id {'ASC' if window.nearest else 'DESC'} LIMIT $4",
        microblog,
        *window.bounds,
        limit,
    )
    return found[::-1] if window.nearest else found


# -- what comes to home by them


def put_post(tx: Transaction, post: PostId, author: MicroblogId, tags: list[str], now: Millis) -> int:
    """Put a public post on the home timelines of those here who follow one of its tags; how many lines that made.

    None come of somebody muted or blocked, of one who blocks the reader, from a domain that the reader shuns, of one
    whom an exclusive list keeps off home or whom the node has limited.
    """
    return tx.execute(
        "INSERT INTO timeline (owner, entry, post) SELECT DISTINCT w.microblog, $1, $1 FROM followed_tags w "
        "JOIN microblogs a ON a.id = $2 LEFT JOIN nodes n ON n.id = a.node "
        "WHERE w.tag = ANY($3) AND w.microblog <> $2 AND a.standing = 'normal' "
        "AND coalesce(n.standing, 'normal') = 'normal' "
        "AND NOT EXISTS (SELECT 1 FROM mutes u WHERE u.muter = w.microblog AND u.muted = $2 "
        "AND (u.expires IS NULL OR u.expires > $4)) "
        "AND NOT EXISTS (SELECT 1 FROM blocks b WHERE b.blocker = w.microblog AND b.blocked = $2) "
        "AND NOT EXISTS (SELECT 1 FROM blocks c WHERE c.blocker = $2 AND c.blocked = w.microblog) "
        "AND NOT EXISTS (SELECT 1 FROM shunned s WHERE s.microblog = w.microblog AND s.domain = a.domain) "
        "AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.followee = $2 AND f.follower = w.microblog AND NOT f.home) "
        "ON CONFLICT DO NOTHING",
        post,
        author,
        tags,
        now,
    )


def drop_posts(tx: Transaction, owner: MicroblogId, tag: str) -> int:
    """Take off a home timeline what came only by a tag that is no longer followed; how many lines that were."""
    return tx.execute(
        "DELETE FROM timeline WHERE owner = $1 AND entry = post "
        "AND EXISTS (SELECT 1 FROM tags t WHERE t.tag = $2 AND t.post = timeline.post) "
        "AND NOT EXISTS (SELECT 1 FROM tags t JOIN followed_tags w ON w.tag = t.tag AND w.microblog = $1 "
        "WHERE t.post = timeline.post) "
        "AND NOT EXISTS (SELECT 1 FROM posts p WHERE p.id = timeline.post AND (p.author = $1 OR EXISTS "
        "(SELECT 1 FROM follows f WHERE f.followee = p.author AND f.follower = $1 AND f.accepted AND f.home)))",
        owner,
        tag,
    )
