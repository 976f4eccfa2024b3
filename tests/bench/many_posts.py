"""A store as full as that of a node which has run for years, written by bulk SQL in well under a minute.

Authors write unevenly, as people do: the n-th of them has a share of about 1/n. The order of posts is random and fixed.
"""

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import accumulate, repeat
from pathlib import Path
from typing import NamedTuple

from msgspec import json

from scattershot.domain.ids import MicroblogId, Millis, PostId, snowflake
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Audience, Post
from scattershot.domain.wire_id import ACTIVITYPUB, WireId

FIRST = 1_700_000_000_000
APART = 30_000
"""Milliseconds from one post to the next."""
NODES = 500

_HTML = (
    "<p>Entry NUMBER. The harbour was quiet this morning, and the fog came in so low that the cranes stood in it up "
    "to their knees &amp; looked like herons. I took the long way round by the mill, where they have mended the weir "
    'at last.</p><p>More of it here: <a href="https://example.org/harbour/2026/fog?n=NUMBER" rel="nofollow noopener '
    'noreferrer"><span class="invisible">https://</span><span class="ellipsis">example.org/harbour/2026</span></a></p>'
)


class Size(NamedTuple):
    """How much of everything; readers exist already, `follows` and `kept` are for each of them."""

    posts: int
    authors: int
    follows: int
    kept: int


def fill(path: Path, readers: list[MicroblogId], size: Size, texts: Iterator[str] | None = None) -> None:
    """Fill a migrated store that nobody has open; the indexes are made once all is there.

    With `texts`, as HTML, posts say these, and strangers may find them.
    """
    dice = random.Random(7)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for pragma in ("synchronous = OFF", "journal_mode = MEMORY", "cache_size = -400000", "foreign_keys = OFF"):
            db.execute(f"PRAGMA {pragma}").fetchall()
        indexes = db.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL "
            "AND tbl_name IN ('posts', 'wire_ids')"
        ).fetchall()
        db.execute("BEGIN")
        for name, _ in indexes:
            db.execute(f"DROP INDEX {name}")
        _put_authors(db, size.authors, indexable=texts is not None)
        shares = list(accumulate(1 / n for n in range(1, size.authors + 1)))
        wrote = dice.choices(range(1, size.authors + 1), cum_weights=shares, k=size.posts)
        db.executemany(
            "INSERT INTO posts (id, author, audience, form, local, published, thread, value) "
            "VALUES (?1, ?2, 'public', 'note', 0, ?3, ?1, ?4)",
            _posts(wrote, texts or repeat(_HTML)),
        )
        db.execute(
            "INSERT INTO wire_ids (protocol, value, kind, thing) "
            "SELECT 'activitypub', json_extract(value, '$.id[1]'), 'post', id FROM posts ORDER BY 2"
        )
        for reader in readers:
            _follow(db, reader, dice, shares, wrote, size)
        for _, sql in indexes:
            db.execute(sql)
        db.execute("COMMIT")
        db.execute("PRAGMA analysis_limit = 400")
        db.execute("PRAGMA optimize")
        db.execute("PRAGMA journal_mode = WAL").fetchall()


def _post_id(number: int) -> PostId:
    return PostId(snowflake(Millis(FIRST + number * APART), number))


def _author(number: int) -> str:
    return f"https://node{number % NODES}.example/users/author{number}"


def _put_authors(db: sqlite3.Connection, authors: int, *, indexable: bool) -> None:
    db.executemany("INSERT INTO nodes (id, host) VALUES (?, ?)", ((n + 1, f"node{n}.example") for n in range(NODES)))

    def rows() -> Iterator[tuple[int, str, str, int, int, str]]:
        for n in range(1, authors + 1):
            profile = Profile(
                id=WireId(ACTIVITYPUB, _author(n)),
                name=f"author{n}",
                domain=f"node{n % NODES}.example",
                display_name=f"Author {n}",
                bio="<p>Writes of harbours, herons and weirs.</p>",
                url=f"https://node{n % NODES}.example/@author{n}",
                avatar=f"https://files.node{n % NODES}.example/avatars/{n}.png",
                doors={"inbox": f"{_author(n)}/inbox"},
                indexable=indexable,
            )
            yield n, profile.name, profile.domain, n % NODES + 1, FIRST, json.encode(profile).decode()

    db.executemany(
        "INSERT INTO microblogs (id, local, name, domain, node, created, value) VALUES (?, 0, ?, ?, ?, ?, ?)", rows()
    )
    db.executemany(
        "INSERT INTO wire_ids (protocol, value, kind, thing) VALUES ('activitypub', ?, 'microblog', ?)",
        sorted((_author(n), n) for n in range(1, authors + 1)),
    )


def _posts(wrote: list[int], texts: Iterator[str]) -> Iterator[tuple[int, int, int, str]]:
    template = json.encode(
        Post(
            id=WireId(ACTIVITYPUB, "AUTHOR/statuses/NUMBER"),
            author=WireId(ACTIVITYPUB, "AUTHOR"),
            published=Millis(1234567890123),
            audience=Audience.PUBLIC,
            html="TEXT",
            url="AUTHOR/NUMBER",
            language="en",
            conversation="AUTHOR/contexts/NUMBER",
        )
    ).decode()
    for (number, author), text in zip(enumerate(wrote), texts, strict=False):
        at = FIRST + number * APART
        value = template.replace('"TEXT"', json.encode(text).decode())
        value = value.replace("NUMBER", str(number)).replace("AUTHOR", _author(author))
        yield _post_id(number), author, at, value.replace("1234567890123", str(at))


def _follow(
    db: sqlite3.Connection, reader: MicroblogId, dice: random.Random, shares: list[float], wrote: list[int], size: Size
) -> None:
    """Follow so many authors, the busy ones rather, and put the newest of what they wrote on the home timeline."""
    followed: set[int] = set()
    while len(followed) < min(size.follows, size.authors):
        followed.update(dice.choices(range(1, size.authors + 1), cum_weights=shares, k=size.follows))
    followed = set(sorted(followed, key=lambda _: dice.random())[: size.follows])
    db.executemany(
        "INSERT INTO follows (follower, followee, accepted, at) VALUES (?, ?, 1, 0)", ((reader, n) for n in followed)
    )
    newest = (number for number in range(len(wrote) - 1, -1, -1) if wrote[number] in followed)
    entries = [_post_id(number) for number, _ in zip(newest, range(size.kept), strict=False)]
    db.executemany(
        "INSERT INTO timeline (owner, entry, post) VALUES (?1, ?2, ?2)", ((reader, e) for e in sorted(entries))
    )
