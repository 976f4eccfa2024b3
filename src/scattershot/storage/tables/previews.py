"""Previews of the pages that posts link to, one for each page, and which post shows which."""

from typing import NamedTuple

from scattershot.domain.ids import Millis, PostId
from scattershot.ports.database import Transaction

MOST_STALE = 1_000
"""So many of the newest posts with a preview are shown anew when it changes."""


class Wanted(NamedTuple):
    """A page that is to be asked; `value` is what it said before."""

    id: int
    url: str
    value: str
    attempts: int


def want(tx: Transaction, url: str, due: Millis, stale: Millis) -> int:
    """The number of the page's preview, which is due then where it was never asked, or not since `stale`."""
    return int(
        tx.value(
            "INSERT INTO previews (url, due) VALUES ($1, $2) ON CONFLICT (url) DO UPDATE "
            "SET due = CASE WHEN previews.due IS NULL AND previews.fetched < $3 THEN $2 ELSE previews.due END, "
            "attempts = CASE WHEN previews.due IS NULL AND previews.fetched < $3 THEN 0 ELSE previews.attempts END "
            "RETURNING id",
            url,
            due,
            stale,
        )
    )


def known(tx: Transaction, url: str) -> int | None:
    """The number of the page's preview, where it is known for another's sake."""
    number: int | None = tx.value("SELECT id FROM previews WHERE url = $1", url)
    return number


def attach(tx: Transaction, post: PostId, preview: int | None) -> None:
    """Let the post show that preview and no other, and be another one from now on where that has something to show; a
    preview that no post shows any more is forgotten."""
    before: int | None = tx.value("SELECT preview FROM previewed WHERE post = $1", post)
    if before == preview:
        return
    tx.execute("DELETE FROM previewed WHERE post = $1", post)
    if preview is not None:
        tx.execute("INSERT INTO previewed (post, preview) VALUES ($1, $2)", post, preview)
        tx.execute(
            "UPDATE posts SET version = version + 1 WHERE id = $1 AND EXISTS "
            "(SELECT 1 FROM previews WHERE id = $2 AND value <> '')",
            post,
            preview,
        )
    if before is not None:
        tx.execute(
            "DELETE FROM previews WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM previewed WHERE preview = $1)", before
        )


def due(tx: Transaction, now: Millis, limit: int) -> list[Wanted]:
    """Pages that are to be asked now, the longest due first."""
    return tx.fetch(
        Wanted, "SELECT id, url, value, attempts FROM previews WHERE due <= $1 ORDER BY due LIMIT $2", now, limit
    )


def lease(tx: Transaction, preview: int, until: Millis) -> None:
    """The page is being asked: it is due again at that moment should it come to nothing."""
    tx.execute("UPDATE previews SET due = $2 WHERE id = $1", preview, until)


def put(tx: Transaction, asked: Wanted, value: str, now: Millis) -> None:
    """The page said that of itself; the posts that show it are other ones from now on, where it is something new."""
    tx.execute("UPDATE previews SET value = $2, fetched = $3, due = NULL, attempts = 0 WHERE id = $1",
               asked.id, value, now)  # fmt: skip
    if value != asked.value:
        tx.execute(
            "UPDATE posts SET version = version + 1 WHERE id IN "
            "(SELECT post FROM previewed WHERE preview = $1 ORDER BY post DESC LIMIT $2)",
            asked.id,
            MOST_STALE,
        )


def failed(tx: Transaction, preview: int, now: Millis, again: Millis | None) -> None:
    """The page could not be had; what it said before still stands."""
    tx.execute("UPDATE previews SET fetched = $2, due = $3, attempts = attempts + 1 WHERE id = $1", preview, now, again)


def of_post(tx: Transaction, post: PostId) -> str:
    """What the page says that the post shows; empty where there is none, or nothing to show of it."""
    return tx.value("SELECT p.value FROM previewed s JOIN previews p ON p.id = s.preview WHERE s.post = $1", post) or ""


def of_posts(tx: Transaction, posts: list[PostId]) -> dict[PostId, str]:
    """The same of several posts: of those that have something to show."""
    return dict(
        tx.fetch(
            lambda post, value: (PostId(post), value),
            "SELECT s.post, p.value FROM previewed s JOIN previews p ON p.id = s.preview "
            "WHERE s.post = ANY($1) AND p.value <> ''",
            posts,
        )
    )


def of_pages(tx: Transaction, urls: list[str]) -> dict[str, str]:
    """What those of the pages say that said something."""
    return dict(
        tx.fetch(
            lambda url, value: (url, value), "SELECT url, value FROM previews WHERE url = ANY($1) AND value <> ''", urls
        )
    )
