"""Posts and boosts. The whole post is one JSON value; the columns beside it are what SQL asks about."""

from typing import NamedTuple

from msgspec import json

from scattershot.domain.ids import MicroblogId, Millis, PersonId, PostId
from scattershot.domain.post import Audience, Post
from scattershot.domain.quote import QuoteState
from scattershot.domain.window import Window
from scattershot.ports.database import Transaction
from scattershot.storage.tables import quiet_threads

_decode = json.Decoder(Post).decode
_encode = json.Encoder().encode


class Row(NamedTuple):
    """A post as stored. `reply_wire` is its parent's wire id while the parent is unknown here; `quoting` says how the
    quote it makes stands, `quotes` how many quote it."""

    id: PostId
    author: MicroblogId
    audience: Audience
    local: bool
    published: Millis
    edited: Millis | None
    reply_to: PostId | None
    reply_author: MicroblogId | None
    reply_wire: str | None
    thread: PostId
    quote: PostId | None
    quoting: QuoteState
    likes: int
    boosts: int
    replies: int
    quotes: int
    version: int
    gone: bool
    writer: PersonId | None
    value: str

    @property
    def post(self) -> Post:
        """The message itself; only for one that is not gone."""
        return _decode(self.value)

    @property
    def may_have_tags(self) -> bool:
        """Whether it is worth looking at its hashtags: told without decoding it, and never wrongly denied."""
        return '"tags":[' in self.value

    @property
    def may_have_links(self) -> bool:
        """Whether it is worth looking for links in it; told as quickly."""
        return "<a " in self.value


_COLUMNS = (
    "id, author, audience, local, published, edited, reply_to, reply_author, reply_wire, thread, quote, "
    "quoting, likes, boosts, replies, quotes, version, gone, writer, value"
)


_AUDIENCES = {audience.value: audience for audience in Audience}  # ten times as quick as Audience(text)
_STATES = {state.value: state for state in QuoteState}


def _row(
    id_: PostId, author: MicroblogId, audience: str, local: bool, published: Millis, edited: Millis | None,
    reply_to: PostId | None, reply_author: MicroblogId | None, reply_wire: str | None, thread: PostId,
    quote: PostId | None, quoting: str, likes: int, boosts: int, replies: int, quotes: int, version: int, gone: bool,
    writer: PersonId | None, value: str,
) -> Row:  # fmt: skip
    return Row(
        id_, author, _AUDIENCES[audience], bool(local), published, edited, reply_to, reply_author, reply_wire, thread,
        quote, _STATES[quoting], likes, boosts, replies, quotes, version, bool(gone), writer, value,
    )  # fmt: skip


def get(tx: Transaction, post: PostId) -> Row | None:
    """The post of that id, gone or not."""
    return tx.fetch_one(_row, f"SELECT {_COLUMNS} FROM posts WHERE id = $1", post)


def get_many(tx: Transaction, posts: list[PostId]) -> dict[PostId, Row]:
    """Those of the posts that exist and are not gone."""
    rows = tx.fetch(_row, f"SELECT {_COLUMNS} FROM posts WHERE id = ANY($1) AND NOT gone", posts)
    return {row.id: row for row in rows}


def with_graves(tx: Transaction, posts: list[PostId]) -> dict[PostId, Row]:
    """Those of the posts that exist, gone or not."""
    found = tx.fetch(_row, f"SELECT {_COLUMNS} FROM posts WHERE id = ANY($1)", posts)
    return {row.id: row for row in found}


def id_is_free(tx: Transaction, post: PostId) -> bool:
    """Whether neither a post nor a boost has that id."""
    return tx.value("SELECT 1 FROM posts WHERE id = $1 UNION ALL SELECT 1 FROM boosts WHERE id = $1", post) is None


class Place(NamedTuple):
    """Where a post stands among others."""

    reply_to: PostId | None = None
    reply_author: MicroblogId | None = None
    reply_wire: str | None = None
    thread: PostId | None = None


def add(
    tx: Transaction,
    post_id: PostId,
    author: MicroblogId,
    post: Post,
    place: Place,
    *,
    local: bool,
    writer: PersonId | None,
) -> None:
    """Store a new post with its tags; a reply is counted at its parent."""
    tx.execute(
        "INSERT INTO posts (id, author, audience, form, local, writer, published, edited, reply_to, reply_author, "
        "reply_wire, thread, value, has_media) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        post_id, author, post.audience, post.form, local, writer, post.published, post.edited, place.reply_to,
        place.reply_author, place.reply_wire, place.thread or post_id, _encode(post).decode(),
        bool(post.attachments),
    )  # fmt: skip
    if place.reply_to is not None:
        tx.execute("UPDATE posts SET replies = replies + 1 WHERE id = $1", place.reply_to)
    _put_tags(tx, post_id, post.tags)


def _put_tags(tx: Transaction, post_id: PostId, tags: tuple[str, ...]) -> None:
    for tag in tags:
        tx.execute(
            "INSERT INTO tags (tag, post, author) SELECT $1, id, "
            "CASE WHEN audience IN ('public', 'unlisted') THEN author END FROM posts WHERE id = $2 "
            "ON CONFLICT DO NOTHING",
            tag.lower(),
            post_id,
        )


def edit(tx: Transaction, row: Row, post: Post, *, keep: bool) -> None:
    """Replace what the post says; `keep` remembers how it read before."""
    if keep:
        tx.execute(
            "INSERT INTO edits (post, at, value) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            row.id,
            row.edited or row.published,
            row.value,
        )
    tx.execute(
        "UPDATE posts SET value = $2, edited = $3, form = $4, has_media = $5, version = version + 1 WHERE id = $1",
        row.id,
        _encode(post).decode(),
        post.edited,
        post.form,
        bool(post.attachments),
    )
    tx.execute("DELETE FROM tags WHERE post = $1", row.id)
    _put_tags(tx, row.id, post.tags)


def bury(tx: Transaction, row: Row) -> None:
    """Take the post back: a tombstone stays, everything that was said or done with it goes."""
    tx.execute("UPDATE posts SET gone = TRUE, value = '', version = version + 1 WHERE id = $1", row.id)
    for table in ("edits", "tags", "likes", "votes", "pins", "boosts", "bookmarks", "filter_posts"):
        tx.execute(f"DELETE FROM {table} WHERE post = $1", row.id)
    if row.reply_to is not None:
        tx.execute("UPDATE posts SET replies = replies - 1 WHERE id = $1 AND replies > 0", row.reply_to)


class Earlier(NamedTuple):
    """How a post read before."""

    at: Millis
    value: str

    @property
    def post(self) -> Post:
        """The message as it was."""
        return _decode(self.value)


def earlier(tx: Transaction, post: PostId) -> list[Earlier]:
    """How the post read before, oldest first."""
    return tx.fetch(Earlier, "SELECT at, value FROM edits WHERE post = $1 ORDER BY at", post)


# -- who it is for


def put_mentions(tx: Transaction, post: PostId, named: list[MicroblogId], silent: list[MicroblogId]) -> None:
    """Replace whom the post is for by name."""
    tx.execute("DELETE FROM mentions WHERE post = $1", post)
    add_mentions(tx, post, named, silent)


def add_mentions(tx: Transaction, post: PostId, named: list[MicroblogId], silent: list[MicroblogId]) -> None:
    """Say whom a new post is for by name."""
    for microblogs, is_silent in ((named, False), (silent, True)):
        for microblog in microblogs:
            tx.execute(
                "INSERT INTO mentions (post, microblog, silent) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
                post,
                microblog,
                is_silent,
            )


def hearers(tx: Transaction, post: PostId) -> list[MicroblogId]:
    """Everybody the post is for by name."""
    return [MicroblogId(m) for (m,) in tx.fetch(_one, "SELECT microblog FROM mentions WHERE post = $1", post)]


def _one(value: int) -> tuple[int]:
    return (value,)


def is_for(tx: Transaction, post: PostId, microblog: MicroblogId) -> bool:
    """Whether the post is for the microblog by name."""
    return tx.value("SELECT 1 FROM mentions WHERE post = $1 AND microblog = $2", post, microblog) is not None


def for_by_name(tx: Transaction, microblog: MicroblogId, among: list[PostId]) -> set[PostId]:
    """Those of the posts that are for the microblog by name."""
    rows = tx.fetch(_one, "SELECT post FROM mentions WHERE microblog = $1 AND post = ANY($2)", microblog, among)
    return {PostId(post) for (post,) in rows}


# -- threads


def adopt_orphans(tx: Transaction, parent_wire: str, parent: PostId, author: MicroblogId, thread_id: PostId) -> int:
    """Join replies that came before their parent to it and its thread; how many."""
    orphans = tx.fetch(
        _pair, "SELECT id, thread FROM posts WHERE reply_wire = $1 AND NOT gone ORDER BY id LIMIT 500", parent_wire
    )
    for orphan, thread in orphans:
        tx.execute(
            "UPDATE posts SET reply_to = $2, reply_author = $3, reply_wire = NULL WHERE id = $1",
            orphan,
            parent,
            author,
        )
        tx.execute("UPDATE posts SET thread = $2 WHERE thread = $1", thread, thread_id)
        quiet_threads.join(tx, PostId(thread), thread_id)
    if orphans:
        tx.execute("UPDATE posts SET replies = replies + $2 WHERE id = $1", parent, len(orphans))
    return len(orphans)


def _pair(first: int, second: int) -> tuple[int, int]:
    return (first, second)


def thread(tx: Transaction, thread_id: PostId, limit: int) -> list[Row]:
    """The posts of a conversation, oldest first."""
    return tx.fetch(
        _row, f"SELECT {_COLUMNS} FROM posts WHERE thread = $1 AND NOT gone ORDER BY id LIMIT $2", thread_id, limit
    )


def replies(tx: Transaction, post: PostId, after: PostId, limit: int) -> list[Row]:
    """Direct replies, oldest first."""
    return tx.fetch(
        _row,
        f"SELECT {_COLUMNS} FROM posts WHERE reply_to = $1 AND id > $2 AND NOT gone ORDER BY id LIMIT $3",
        post,
        after,
        limit,
    )


# -- lists of posts; each newest first, below `before`

END = PostId(1 << 62)


def by_author(
    tx: Transaction, author: MicroblogId, audiences: list[str], before: PostId, limit: int, *, replies: bool = True
) -> list[Row]:
    """What the author wrote for those audiences, with or without what answers others."""
    alone = "" if replies else "AND reply_wire IS NULL AND (reply_author IS NULL OR reply_author = author) "
    return tx.fetch(
        _row,
        f"SELECT {_COLUMNS} FROM posts WHERE author = $1 AND id < $2 AND NOT gone AND audience = ANY($3) {alone}"
        "ORDER BY id DESC LIMIT $4",
        author,
        before,
        audiences,
        limit,
    )


def count_open_by(tx: Transaction, author: MicroblogId) -> int:
    """How many open posts and boosts the author has."""
    return int(
        tx.value(
            "SELECT (SELECT count(*) FROM posts WHERE author = $1 AND NOT gone AND audience IN ('public', 'unlisted')) "
            "+ (SELECT count(*) FROM boosts WHERE booster = $1 AND audience IN ('public', 'unlisted'))",
            author,
        )
    )


def count_here(tx: Transaction) -> int:
    """How many public posts were written here and stand."""
    return int(tx.value("SELECT count(*) FROM posts WHERE audience = 'public' AND local AND NOT gone"))


_OF_P = ", ".join(f"p.{column.strip()}" for column in _COLUMNS.split(","))


class AtHome(NamedTuple):
    """A line of a home timeline with its post; `entry` is a boost's id where it came by one."""

    entry: PostId
    row: Row


def _at_home(
    entry: PostId, id_: PostId, author: MicroblogId, audience: str, local: bool, published: Millis,
    edited: Millis | None, reply_to: PostId | None, reply_author: MicroblogId | None, reply_wire: str | None,
    thread: PostId, quote: PostId | None, quoting: str, likes: int, boosts: int, replies: int, quotes: int,
    version: int, gone: bool, writer: PersonId | None, value: str,
) -> AtHome:  # fmt: skip
    # Written out, for two calls more for each line would cost a tenth of the page.
    return AtHome(entry, Row(
        id_, author, _AUDIENCES[audience], bool(local), published, edited, reply_to, reply_author, reply_wire, thread,
        quote, _STATES[quoting], likes, boosts, replies, quotes, version, bool(gone), writer, value,
    ))  # fmt: skip


def at_home(tx: Transaction, owner: MicroblogId, window: Window, limit: int) -> list[AtHome]:
    """A stretch of a home timeline with its posts, newest first, in one go: the hottest read of the house."""
    found = tx.fetch(
        _at_home,
        f"SELECT t.entry, {_OF_P} FROM timeline t JOIN posts p ON p.id = t.post WHERE t.owner = $1 "
        f"AND t.entry < $2 AND t.entry > $3 AND NOT p.gone ORDER BY t.entry {_order(window)} LIMIT $4",
        owner,
        END if window.below is None else window.below,
        window.above or 0,
        limit,
    )
    return found[::-1] if window.nearest else found


def _order(window: Window) -> str:
    return "ASC" if window.nearest else "DESC"


def rows(tx: Transaction, rest: str, *args: object) -> list[Row]:
    """The posts `p` of the rest of a statement, for rooms that know which ones they want."""
    return tx.fetch(_row, f"SELECT {_OF_P} {rest}", *args)


# -- boosts


class Boost(NamedTuple):
    """A post passed on."""

    id: PostId
    booster: MicroblogId
    post: PostId
    audience: str
    at: Millis


_BOOST = "id, booster, post, audience, at"


def add_boost(tx: Transaction, boost: Boost) -> None:
    """Store a boost and count it."""
    tx.execute(f"INSERT INTO boosts ({_BOOST}) VALUES ($1, $2, $3, $4, $5)", *boost)
    tx.execute("UPDATE posts SET boosts = boosts + 1, version = version + 1 WHERE id = $1", boost.post)


def drop_boost(tx: Transaction, boost: Boost) -> None:
    """Forget a boost and count it off."""
    tx.execute("DELETE FROM boosts WHERE id = $1", boost.id)
    tx.execute("UPDATE posts SET boosts = boosts - 1, version = version + 1 WHERE id = $1", boost.post)


def boost(tx: Transaction, boost_id: PostId) -> Boost | None:
    """The boost of that id."""
    return tx.fetch_one(Boost, f"SELECT {_BOOST} FROM boosts WHERE id = $1", boost_id)


def boost_by(tx: Transaction, post: PostId, booster: MicroblogId) -> Boost | None:
    """The booster's boost of the post."""
    return tx.fetch_one(Boost, f"SELECT {_BOOST} FROM boosts WHERE post = $1 AND booster = $2", post, booster)


def boosts(tx: Transaction, boost_ids: list[PostId]) -> list[Boost]:
    """The boosts of those ids that exist."""
    return tx.fetch(Boost, f"SELECT {_BOOST} FROM boosts WHERE id = ANY($1)", boost_ids)


def boosts_by(tx: Transaction, booster: MicroblogId, before: PostId, limit: int) -> list[Boost]:
    """What the booster passed on, newest first."""
    return tx.fetch(
        Boost,
        f"SELECT {_BOOST} FROM boosts WHERE booster = $1 AND id < $2 AND audience IN ('public', 'unlisted') "
        "ORDER BY id DESC LIMIT $3",
        booster,
        before,
        limit,
    )


def boosts_of(tx: Transaction, post: PostId, limit: int) -> list[Boost]:
    """Who passed the post on."""
    return tx.fetch(Boost, f"SELECT {_BOOST} FROM boosts WHERE post = $1 ORDER BY id LIMIT $2", post, limit)


# -- polls


def vote(tx: Transaction, post: PostId, voter: MicroblogId, choice: int) -> bool:
    """Count a vote once."""
    return bool(
        tx.execute(
            "INSERT INTO votes (post, voter, choice) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", post, voter, choice
        )
    )


def drop_votes(tx: Transaction, post: PostId) -> None:
    """Forget what was chosen, for the question is another now."""
    tx.execute("DELETE FROM votes WHERE post = $1", post)


def votes_of(tx: Transaction, post: PostId, voter: MicroblogId) -> list[int]:
    """What the voter chose."""
    return [c for (c,) in tx.fetch(_one, "SELECT choice FROM votes WHERE post = $1 AND voter = $2", post, voter)]


def votes_among(tx: Transaction, voter: MicroblogId, among: list[PostId]) -> list[tuple[int, int]]:
    """What the voter chose in each of those polls, as post and choice."""
    return tx.fetch(_pair, "SELECT post, choice FROM votes WHERE voter = $1 AND post = ANY($2)", voter, among)


def voters(tx: Transaction, post: PostId) -> int:
    """How many have voted."""
    return int(tx.value("SELECT count(DISTINCT voter) FROM votes WHERE post = $1", post))


def put_value(tx: Transaction, post: PostId, value: Post) -> None:
    """Replace the value alone, as when a poll's tally changes."""
    tx.execute("UPDATE posts SET value = $2, version = version + 1 WHERE id = $1", post, _encode(value).decode())


def bury_all_by(tx: Transaction, author: MicroblogId) -> None:
    """Take back everything an author wrote or passed on."""
    mine = "(SELECT id FROM posts WHERE author = $1)"
    for table in ("edits", "tags", "likes", "votes", "pins", "boosts", "bookmarks", "filter_posts"):
        tx.execute(f"DELETE FROM {table} WHERE post IN {mine}", author)
    tx.execute("UPDATE posts SET gone = TRUE, value = '', version = version + 1 WHERE author = $1", author)
    tx.execute(
        "UPDATE posts SET boosts = boosts - 1 WHERE id IN (SELECT post FROM boosts WHERE booster = $1) AND boosts > 0",
        author,
    )
    tx.execute("DELETE FROM boosts WHERE booster = $1", author)
