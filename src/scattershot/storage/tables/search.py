"""The full text of posts that may be found: SQLite's FTS5 and PostgreSQL's tsvector, told the same words.

The one place with two SQL texts. What is found is the newest, never the best: to rank a common word would be to read
all that holds it. Words and traits come from `domain.words` and `app.searchable`; traits are words that no text holds.
"""

import zlib
from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, PostId, moment_of
from scattershot.domain.words import is_beginning
from scattershot.ports.database import Transaction

PER_SECOND = 16
"""Numbers for the posts of one second; where it had more, they go on into the next."""
END = 1 << 62
"""Above every number."""
_LEVEL = 1
"""Of packing: the higher ones make posts hardly smaller."""
_WINDOW = 2_000
"""So many of the newest posts PostgreSQL looks through for a common word before it asks its index for all."""
_OVERFLOW = 600 * PER_SECOND


class Document(NamedTuple):
    """What is indexed of a post: its words in their order, and its traits, each parted by spaces."""

    words: str
    traits: str


class Wanted(NamedTuple):
    """What to find: every phrase and none of the others, one trait at least of each set and none of the others."""

    phrases: tuple[tuple[str, ...], ...] = ()
    no_phrases: tuple[tuple[str, ...], ...] = ()
    traits: tuple[frozenset[str], ...] = ()
    no_traits: frozenset[str] = frozenset()


class Hit(NamedTuple):
    """A post that was found, and its place among the others."""

    number: int
    post: PostId


def number_at(moment: Millis) -> int:
    """The least number that a post of that moment may have; posts of before have smaller ones."""
    return max(moment, 0) * PER_SECOND // 1000


def number_of(tx: Transaction, post: PostId) -> int:
    """The post's number, or the one it would have."""
    number: int | None = tx.value("SELECT number FROM search_posts WHERE post = $1", post)
    return number if number is not None else _second(post)


def _second(post: PostId) -> int:
    return moment_of(post) // 1000 * PER_SECOND


# -- filling it


def put(tx: Transaction, post: PostId, document: Document) -> bool:
    """Let the post be found by this and by nothing else; False where that was so already."""
    if tx.engine == "sqlite":
        return _put_sqlite(tx, post, document)
    number = tx.value("SELECT number FROM search_posts WHERE post = $1", post)
    vector = _vector(document)
    if number is None:
        tx.execute(
            "INSERT INTO search_posts (number, post, words) VALUES ($1, $2, CAST($3 AS TSVECTOR))",
            _free_number(tx, post),
            post,
            vector,
        )
        return True
    return bool(
        tx.execute(
            "UPDATE search_posts SET words = CAST($2 AS TSVECTOR) WHERE number = $1 AND words <> CAST($2 AS TSVECTOR)",
            number,
            vector,
        )
    )


def _put_sqlite(tx: Transaction, post: PostId, document: Document) -> bool:
    packed = zlib.compress("\n".join(document).encode(), _LEVEL)
    known = tx.fetch_one(_Packed, "SELECT number, packed FROM search_posts WHERE post = $1", post)
    if known is not None:
        if known.packed == packed:
            return False
        _take_out(tx, known)
        number = known.number
        tx.execute("UPDATE search_posts SET packed = $2 WHERE number = $1", number, packed)
    else:
        number = _free_number(tx, post)
        tx.execute("INSERT INTO search_posts (number, post, packed) VALUES ($1, $2, $3)", number, post, packed)
    tx.execute("INSERT INTO search_words (rowid, words, traits) VALUES ($1, $2, $3)", number, *document)
    return True


class _Packed(NamedTuple):
    number: int
    packed: bytes


def _take_out(tx: Transaction, known: _Packed) -> None:
    """FTS5 forgets a row by being told its words; other words than it was given would spoil the index."""
    words, _, traits = zlib.decompress(known.packed).decode().partition("\n")
    tx.execute(
        "INSERT INTO search_words (search_words, rowid, words, traits) VALUES ('delete', $1, $2, $3)",
        known.number,
        words,
        traits,
    )


def _free_number(tx: Transaction, post: PostId) -> int:
    """The number behind the last one of the post's second, or where that has no more, of the minutes after it."""
    first, numbers = _second(post), PER_SECOND
    while True:
        last = tx.value(
            "SELECT max(number) FROM search_posts WHERE number >= $1 AND number < $2", first, first + numbers
        )
        if last is None:
            return first
        if last + 1 < first + numbers:
            return int(last) + 1
        first, numbers = first + numbers, _OVERFLOW


def drop(tx: Transaction, post: PostId) -> bool:
    """Let the post be found by nothing; False where that was so already."""
    if tx.engine == "postgres":
        return bool(tx.execute("DELETE FROM search_posts WHERE post = $1", post))
    known = tx.fetch_one(_Packed, "SELECT number, packed FROM search_posts WHERE post = $1", post)
    if known is None:
        return False
    _take_out(tx, known)
    tx.execute("DELETE FROM search_posts WHERE number = $1", known.number)
    return True


def clear(tx: Transaction) -> None:
    """Forget the whole index, to have it made anew from the posts."""
    if tx.engine == "sqlite":
        tx.execute("INSERT INTO search_words (search_words) VALUES ('delete-all')")
    tx.execute("DELETE FROM search_posts")
    again(tx, "posts", 0)


def count(tx: Transaction) -> int:
    """How many posts can be found by anybody."""
    return int(tx.value("SELECT count(*) FROM search_posts"))


# -- finding


def find(tx: Transaction, wanted: Wanted, above: int, below: int, limit: int) -> list[Hit]:
    """The newest posts between two numbers in which all that holds; something must be wanted of them."""
    if tx.engine == "sqlite":
        return tx.fetch(
            Hit,
            "SELECT s.number, s.post FROM search_words w JOIN search_posts s ON s.number = w.rowid "
            "WHERE search_words MATCH $1 AND w.rowid > $2 AND w.rowid < $3 ORDER BY w.rowid DESC LIMIT $4",
            _fts5(wanted),
            above,
            below,
            limit,
        )
    query = _tsquery(wanted)
    newest = tx.fetch(
        Hit,
        "SELECT number, post FROM (SELECT number, post, words FROM search_posts WHERE number > $2 AND number < $3 "
        "ORDER BY number DESC LIMIT $5) AS newest WHERE words @@ CAST($1 AS TSQUERY) "
        "ORDER BY number DESC LIMIT $4",
        query,
        above,
        below,
        limit,
        _WINDOW,
    )
    if len(newest) == limit:
        return newest
    return tx.fetch(  # it is a rare one; were the numbers asked for at once, the planner would walk the primary key
        Hit,
        "WITH found AS MATERIALIZED (SELECT number, post FROM search_posts WHERE words @@ CAST($1 AS TSQUERY)) "
        "SELECT number, post FROM found WHERE number > $2 AND number < $3 ORDER BY number DESC LIMIT $4",
        query,
        above,
        below,
        limit,
    )


def _fts5(wanted: Wanted) -> str:
    """FTS5's own language: every word a string, so that none is read as one of its operators."""
    must = [f"words : ({_phrase(phrase)})" for phrase in wanted.phrases]
    must += [f"traits : ({' OR '.join(map(_string, sorted(one_of)))})" for one_of in wanted.traits]
    never = [f"words : ({_phrase(phrase)})" for phrase in wanted.no_phrases]
    never += [f"traits : {_string(trait)}" for trait in sorted(wanted.no_traits)]
    found = " AND ".join(f"({part})" for part in must)
    return f"({found}) NOT ({' OR '.join(f'({part})' for part in never)})" if never else found


def _phrase(words: tuple[str, ...]) -> str:
    return " + ".join(map(_string, words)) + (" *" if is_beginning(words) else "")


def _string(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _tsquery(wanted: Wanted) -> str:
    must = [_sequence(phrase) for phrase in wanted.phrases]
    must += [" | ".join(_lexeme("=" + trait) for trait in sorted(one_of)) for one_of in wanted.traits]
    must += [f"!({_sequence(phrase)})" for phrase in wanted.no_phrases]
    must += [f"!{_lexeme('=' + trait)}" for trait in sorted(wanted.no_traits)]
    return " & ".join(f"({part})" for part in must)


def _sequence(words: tuple[str, ...]) -> str:
    return " <-> ".join(map(_lexeme, words)) + (":*" if is_beginning(words) else "")


def _lexeme(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _vector(document: Document) -> str:
    """The text of a tsvector: each word with its places, each trait with none."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(document.words.split(), 1):
        places.setdefault(word, []).append(str(place))
    words = [f"{_lexeme(word)}:{','.join(at[:255])}" for word, at in places.items()]
    return " ".join([*words, *(_lexeme("=" + trait) for trait in document.traits.split())])


# -- what is to be known for it


def library_of(tx: Transaction, post: PostId, author: MicroblogId) -> list[MicroblogId]:
    """Those kept here in whose library the post is: who wrote it, to whom it is addressed by name, who liked it or
    passed it on, or keeps it."""
    rows = tx.fetch(
        _one,
        "SELECT id FROM microblogs WHERE local AND NOT gone AND id IN (SELECT CAST($2 AS BIGINT) "
        "UNION SELECT microblog FROM mentions WHERE post = $1 UNION SELECT liker FROM likes WHERE post = $1 "
        "UNION SELECT booster FROM boosts WHERE post = $1 "
        "UNION SELECT microblog FROM bookmarks WHERE post = $1)",
        post,
        author,
    )
    return [MicroblogId(each) for (each,) in rows]


def _one(value: int) -> tuple[int]:
    return (value,)


# -- what is still to be taken up


class Todo(NamedTuple):
    """Something to be taken up: microblogs, posts (of an author, or 0 for everybody's), or one post."""

    kind: str
    thing: int
    below: PostId


def again(tx: Transaction, kind: str, thing: int) -> None:
    """Have it taken up (again), from its newest on; `post` where what a post's library holds has changed unseen."""
    tx.execute(
        "INSERT INTO search_todo (kind, thing, below) VALUES ($1, $2, $3) "
        "ON CONFLICT (kind, thing) DO UPDATE SET below = excluded.below",
        kind,
        thing,
        END,
    )


def todo(tx: Transaction) -> Todo | None:
    """What comes next: microblogs first, since posts are looked at in their light."""
    return tx.fetch_one(Todo, "SELECT kind, thing, below FROM search_todo ORDER BY kind, thing LIMIT 1")


def came_to(tx: Transaction, done: Todo, below: int | None) -> None:
    """It has been taken up so far; None: it is done."""
    if below is None:
        tx.execute("DELETE FROM search_todo WHERE kind = $1 AND thing = $2", done.kind, done.thing)
    else:
        tx.execute("UPDATE search_todo SET below = $3 WHERE kind = $1 AND thing = $2", done.kind, done.thing, below)


def posts_below(tx: Transaction, author: int, below: int, limit: int) -> list[PostId]:
    """The newest posts below that id, gone ones too: of an author, or of everybody where it is 0."""
    whose = "author = $3 AND " if author else ""
    rows = tx.fetch(
        _one,
        f"SELECT id FROM posts WHERE {whose}id < $1 ORDER BY id DESC LIMIT $2",
        below,
        limit,
        *((author,) if author else ()),
    )
    return [PostId(post) for (post,) in rows]


def microblogs_below(tx: Transaction, below: int, limit: int) -> list[MicroblogId]:
    """The newest microblogs below that id."""
    rows = tx.fetch(_one, "SELECT id FROM microblogs WHERE id < $1 ORDER BY id DESC LIMIT $2", below, limit)
    return [MicroblogId(each) for (each,) in rows]
