"""Tags that microblogs show on their pages, and what tags somebody uses; only open posts count."""

from scattershot.domain.featured_tags import FeaturedTag, UsedTag
from scattershot.domain.ids import MicroblogId, Millis, PostId, moment_of
from scattershot.ports.database import Transaction

_COLUMNS = (
    "f.id, f.microblog, f.tag, f.name, "
    "(SELECT count(*) FROM tags t WHERE t.author = f.microblog AND t.tag = f.tag), "
    "(SELECT max(t.post) FROM tags t WHERE t.author = f.microblog AND t.tag = f.tag)"
)


def _featured(id_: int, microblog: MicroblogId, tag: str, name: str, posts: int, newest: PostId | None) -> FeaturedTag:
    return FeaturedTag(id_, microblog, tag, name, posts, moment_of(newest) if newest is not None else None)


def add(tx: Transaction, microblog: MicroblogId, name: str, now: Millis) -> FeaturedTag | None:
    """Show a tag on the page; None where it is shown already."""
    number: int | None = tx.value(
        "INSERT INTO featured_tags (microblog, tag, name, at) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING RETURNING id",
        microblog,
        name.lower(),
        name,
        now,
    )
    return tx.fetch_one(_featured, f"SELECT {_COLUMNS} FROM featured_tags f WHERE f.id = $1", number or 0)


def drop(tx: Transaction, microblog: MicroblogId, number: int) -> bool:
    """Show the tag no more; False where it was none of the microblog's."""
    return bool(tx.execute("DELETE FROM featured_tags WHERE id = $2 AND microblog = $1", microblog, number))


def drop_named(tx: Transaction, microblog: MicroblogId, tag: str) -> bool:
    """The same by the tag's name."""
    return bool(tx.execute("DELETE FROM featured_tags WHERE microblog = $1 AND tag = $2", microblog, tag.lower()))


def of(tx: Transaction, microblog: MicroblogId) -> list[FeaturedTag]:
    """The tags on its page, the most used first."""
    return tx.fetch(
        _featured, f"SELECT {_COLUMNS} FROM featured_tags f WHERE f.microblog = $1 ORDER BY 5 DESC, f.id", microblog
    )


def is_featured(tx: Transaction, microblog: MicroblogId, tag: str) -> bool:
    """Whether its page shows the tag."""
    return tx.value("SELECT 1 FROM featured_tags WHERE microblog = $1 AND tag = $2", microblog, tag.lower()) is not None


def used(tx: Transaction, microblog: MicroblogId, limit: int) -> list[UsedTag]:
    """The tags it uses most that its page does not show."""
    return tx.fetch(
        UsedTag,
        "SELECT t.tag, count(*) FROM tags t WHERE t.author = $1 AND NOT EXISTS "
        "(SELECT 1 FROM featured_tags f WHERE f.microblog = $1 AND f.tag = t.tag) "
        "GROUP BY t.tag ORDER BY 2 DESC, t.tag LIMIT $2",
        microblog,
        limit,
    )
