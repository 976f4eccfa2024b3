"""What is talked about: hashtags and links of the last days by who used them, posts that stir, and the result.

Days are those of UTC for histories; for trends they count back from now.
"""

from collections.abc import Iterable
from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, PostId, snowflake
from scattershot.domain.window import Window
from scattershot.ports.database import Transaction
from scattershot.storage.tables.search_names import after

_DAY = 86_400_000
_AT = 16
"""Bits that a snowflake has below its moment."""
_END = 1 << 62


class Seen(NamedTuple):
    """What a public post uses: hashtags as (folded, in lower case), and the pages it links to."""

    tags: list[tuple[str, str]]
    pages: list[str]


def put(tx: Transaction, post: PostId, author: MicroblogId, seen: Seen) -> None:
    """Note what a public post uses, instead of what it used before."""
    drop(tx, post)
    for word, tag in seen.tags:
        tx.execute("INSERT INTO search_tags (word, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING", word, tag)
        tx.execute(
            "INSERT INTO tagged (tag, post, author) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", tag, post, author
        )
    for page in seen.pages:
        tx.execute(
            "INSERT INTO links (url, post, author) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", page, post, author
        )


def drop(tx: Transaction, post: PostId) -> None:
    """Forget what the post used."""
    tx.execute("DELETE FROM tagged WHERE post = $1", post)
    tx.execute("DELETE FROM links WHERE post = $1", post)


def stir(tx: Transaction, post: PostId) -> None:
    """Somebody liked the public post or passed it on."""
    tx.execute("INSERT INTO stirred (post) VALUES ($1) ON CONFLICT DO NOTHING", post)


def calm(tx: Transaction, post: PostId) -> None:
    """The post is gone."""
    tx.execute("DELETE FROM stirred WHERE post = $1", post)
    tx.execute("DELETE FROM trends WHERE kind = 'post' AND post = $1", post)


def forget(tx: Transaction, tags_before: Millis, links_before: Millis, stirred_before: Millis) -> int:
    """Forget what is past."""
    return (
        tx.execute("DELETE FROM tagged WHERE post < $1", snowflake(tags_before, 0))
        + tx.execute("DELETE FROM links WHERE post < $1", snowflake(links_before, 0))
        + tx.execute("DELETE FROM stirred WHERE post < $1", snowflake(stirred_before, 0))
    )


# -- histories


class Day(NamedTuple):
    """How often something was used on a day (its number since 1970), and by how many."""

    name: str
    day: int
    uses: int
    authors: int


def tag_days(tx: Transaction, tags: list[str], first_day: int) -> list[Day]:
    """How these tags were used from that day on; a day without any is left out."""
    return tx.fetch(
        Day,
        f"SELECT tag, (post >> {_AT}) / {_DAY}, count(*), count(DISTINCT author) FROM tagged "
        f"WHERE tag = ANY($1) AND post >= $2 GROUP BY tag, (post >> {_AT}) / {_DAY}",
        tags,
        snowflake(Millis(first_day * _DAY), 0),
    )


def page_days(tx: Transaction, pages: list[str], first_day: int) -> list[Day]:
    """How these pages were linked to from that day on."""
    return tx.fetch(
        Day,
        f"SELECT url, (post >> {_AT}) / {_DAY}, count(*), count(DISTINCT author) FROM links "
        f"WHERE url = ANY($1) AND post >= $2 GROUP BY url, (post >> {_AT}) / {_DAY}",
        pages,
        snowflake(Millis(first_day * _DAY), 0),
    )


# -- tags by name


def tags_beginning(tx: Transaction, start: str, limit: int) -> list[str]:
    """Tags that begin so (folded): those in use, the most used first, then others by name."""
    used = tx.fetch(
        _tag,
        "SELECT tag FROM search_tags WHERE word >= $1 AND word < $2 AND week > 0 ORDER BY week DESC, word LIMIT $3",
        start,
        after(start),
        limit,
    )
    if len(used) == limit:
        return used
    others = tx.fetch(
        _tag,
        "SELECT tag FROM search_tags WHERE word >= $1 AND word < $2 ORDER BY word LIMIT $3",
        start,
        after(start),
        limit,
    )
    return list(dict.fromkeys(used + others))[:limit]


def _tag(tag: str) -> str:
    return tag


class Use(NamedTuple):
    """A tag, folded and as it is, and how often the last week used it."""

    word: str
    tag: str
    week: int


def noted_uses(tx: Transaction) -> dict[str, Use]:
    """The tags that were in use when it was last reckoned."""
    rows = tx.fetch(Use, "SELECT word, tag, week FROM search_tags WHERE week > 0")
    return {use.tag: use for use in rows}


def note_uses(tx: Transaction, uses: Iterable[Use]) -> None:
    """Note how often the last week used these tags."""
    tx.execute_many(
        "UPDATE search_tags SET week = $3 WHERE word = $1 AND tag = $2", [(use.word, use.tag, use.week) for use in uses]
    )


# -- reckoning


class Heard(NamedTuple):
    """How often a tag was used within the last week and by how many people: in the last day, and in the days before,
    where one counts once for each day."""

    name: str
    uses: int
    now: int
    before: int


_VOICES = (
    "SELECT name, sum(uses), sum(CASE WHEN ago = 0 THEN voices ELSE 0 END), "
    "sum(CASE WHEN ago > 0 THEN voices ELSE 0 END) FROM (SELECT {name} AS name, ($1 - (post >> {at})) / {day} AS ago, "
    "count(*) AS uses, count(DISTINCT CASE WHEN {quiet} THEN NULL ELSE t.author END) AS voices "
    "FROM {table} t LEFT JOIN search_microblogs m ON m.microblog = t.author WHERE post >= $2 "
    "GROUP BY {name}, ($1 - (post >> {at})) / {day}) AS days GROUP BY name"
)


VOICES_OF_TAGS = _VOICES.format(name="tag", table="tagged", at=_AT, day=_DAY, quiet="m.robot")
VOICES_OF_PAGES = _VOICES.format(name="url", table="links", at=_AT, day=_DAY, quiet="m.robot OR NOT m.discoverable")


def voices_of_tags(tx: Transaction, now: Millis, since: Millis) -> list[Heard]:
    """Every tag used since then; robots do not count as people. Reads all of it: seldom, and aside."""
    return tx.fetch(_heard, VOICES_OF_TAGS, now, snowflake(since, 0))


def voices_of_pages(tx: Transaction, now: Millis, since: Millis) -> list[Heard]:
    """Every page linked to since then; nor do those count here who do not wish to be found by strangers."""
    return tx.fetch(_heard, VOICES_OF_PAGES, now, snowflake(since, 0))


def _heard(name: str, uses: int, now: int, before: int) -> Heard:
    return Heard(name, int(uses), int(now), int(before))


class Stirred(NamedTuple):
    """A public post that stirs."""

    post: PostId
    author: MicroblogId
    likes: int
    boosts: int


def stirring(tx: Transaction, since: Millis) -> list[Stirred]:
    """Those written since then that still stand; answers to others are left out."""
    return tx.fetch(
        Stirred,
        "SELECT p.id, p.author, p.likes, p.boosts FROM stirred s JOIN posts p ON p.id = s.post WHERE s.post >= $1 "
        "AND p.audience = 'public' AND NOT p.gone AND (p.reply_author IS NULL OR p.reply_author = p.author) "
        "AND p.reply_wire IS NULL",
        snowflake(since, 0),
    )


# -- the result


class Trend(NamedTuple):
    """Something that is talked about: a tag's or a page's name, or a post."""

    name: str
    post: PostId
    score: float


def put_trends(tx: Transaction, kind: str, trends: list[Trend]) -> None:
    """These are talked about now, in this order, instead of what was."""
    tx.execute("DELETE FROM trends WHERE kind = $1", kind)
    tx.execute_many(
        "INSERT INTO trends (kind, place, name, post, score) VALUES ($1, $2, $3, $4, $5)",
        [(kind, place, trend.name, trend.post, trend.score) for place, trend in enumerate(trends)],
    )


def trends(tx: Transaction, kind: str, offset: int, limit: int) -> list[Trend]:
    """What is talked about, the most first."""
    return tx.fetch(
        Trend,
        "SELECT name, post, score FROM trends WHERE kind = $1 AND place >= $2 ORDER BY place LIMIT $3",
        kind,
        offset,
        limit,
    )


def linking(tx: Transaction, page: str, window: Window, limit: int) -> list[PostId]:
    """Posts of the last weeks that link to the page, newest first."""
    order = "ASC" if window.nearest else "DESC"
    found = tx.fetch(
        PostId,
        f"SELECT post FROM links WHERE url = $1 AND post < $2 AND post > $3 ORDER BY post {order} LIMIT $4",
        page,
        _END if window.below is None else window.below,
        window.above or 0,
        limit,
    )
    return found[::-1] if window.nearest else found
