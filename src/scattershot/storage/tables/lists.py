"""Lists and who is in them. Whom an exclusive list keeps off the home timeline stands at the follow itself, for
fan-out."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.lists import List, ListId, Replies
from scattershot.domain.window import Window
from scattershot.ports.database import Transaction


def _row(id_: int, owner: int, title: str, replies: str, exclusive: bool, open_: bool) -> List:
    return List(ListId(id_), MicroblogId(owner), title, Replies(replies), bool(exclusive), bool(open_))


_LIST = "id, owner, title, replies, exclusive, open"


def of(tx: Transaction, owner: MicroblogId) -> list[List]:
    """The owner's lists, oldest first."""
    return tx.fetch(_row, f"SELECT {_LIST} FROM lists WHERE owner = $1 ORDER BY id", owner)


def get(tx: Transaction, owner: MicroblogId, list_id: ListId) -> List | None:
    """The list of that id, where it is the owner's."""
    return tx.fetch_one(_row, f"SELECT {_LIST} FROM lists WHERE id = $1 AND owner = $2", list_id, owner)


def get_open(tx: Transaction, list_id: ListId) -> List | None:
    """The list of that id, where its owner shows it to anybody."""
    return tx.fetch_one(_row, f"SELECT {_LIST} FROM lists WHERE id = $1 AND open", list_id)


def open_with(tx: Transaction, member: MicroblogId) -> list[ListId]:
    """The lists that anybody may read in which the microblog is."""
    return tx.fetch(
        ListId,
        "SELECT l.id FROM list_members m JOIN lists l ON l.id = m.list WHERE m.member = $1 AND l.open ORDER BY l.id",
        member,
    )


def add(tx: Transaction, owner: MicroblogId, title: str, replies: Replies, *, exclusive: bool) -> List:
    """A new list with nobody in it."""
    made = tx.value(
        "INSERT INTO lists (owner, title, replies, exclusive) VALUES ($1, $2, $3, $4) RETURNING id",
        owner,
        title,
        replies,
        exclusive,
    )
    return List(ListId(made), owner, title, replies, exclusive)


def put(tx: Transaction, row: List) -> None:
    """Replace what stands of the list."""
    tx.execute(
        "UPDATE lists SET title = $2, replies = $3, exclusive = $4, open = $5 WHERE id = $1",
        row.id,
        row.title,
        row.replies,
        row.exclusive,
        row.open,
    )


def drop(tx: Transaction, list_id: ListId) -> None:
    """Forget a list and who was in it."""
    tx.execute("DELETE FROM list_members WHERE list = $1", list_id)
    tx.execute("DELETE FROM lists WHERE id = $1", list_id)


# -- who is in them


def _one(value: int) -> tuple[int]:
    return (value,)


def members(tx: Transaction, list_id: ListId, window: Window, limit: int) -> list[MicroblogId]:
    """Members by id, the highest first."""
    rows = tx.fetch(
        _one,
        "SELECT member FROM list_members WHERE list = $1 AND member < $2 AND member > $3 "
        f"ORDER BY member {_order(window)} LIMIT $4",
        list_id,
        *window.bounds,
        limit,
    )
    return [MicroblogId(m) for (m,) in (rows[::-1] if window.nearest else rows)]


def _order(window: Window) -> str:
    return "ASC" if window.nearest else "DESC"


def members_among(tx: Transaction, list_id: ListId, among: list[MicroblogId]) -> set[MicroblogId]:
    """Those of the microblogs that are in the list."""
    rows = tx.fetch(_one, "SELECT member FROM list_members WHERE list = $1 AND member = ANY($2)", list_id, among)
    return {MicroblogId(m) for (m,) in rows}


def add_member(tx: Transaction, row: List, member: MicroblogId) -> bool:
    """Put a microblog into the list; False where it was there."""
    return bool(
        tx.execute(
            "INSERT INTO list_members (list, member, owner) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            row.id,
            member,
            row.owner,
        )
    )


def drop_members(tx: Transaction, list_id: ListId, gone: list[MicroblogId]) -> None:
    """Take microblogs out of the list."""
    tx.execute("DELETE FROM list_members WHERE list = $1 AND member = ANY($2)", list_id, gone)


def with_member(tx: Transaction, owner: MicroblogId, member: MicroblogId) -> list[List]:
    """The owner's lists which the microblog is in."""
    return tx.fetch(
        _row,
        f"SELECT {_LIST} FROM lists WHERE id IN (SELECT list FROM list_members WHERE member = $2 AND owner = $1) "
        "ORDER BY id",
        owner,
        member,
    )


def keep_off_home(tx: Transaction, owner: MicroblogId, concerned: list[MicroblogId]) -> None:
    """Say anew of these whom the owner follows whether an exclusive list keeps them off the home timeline."""
    tx.execute(
        "UPDATE follows SET home = NOT EXISTS (SELECT 1 FROM list_members m JOIN lists l ON l.id = m.list "
        "WHERE m.member = follows.followee AND m.owner = $1 AND l.exclusive) "
        "WHERE follower = $1 AND followee = ANY($2)",
        owner,
        concerned,
    )


# -- the timeline of a list: read from what its members wrote, by index


class Written(NamedTuple):
    """What a member wrote or passed on; `shown` says whether the list shows it at all."""

    entry: PostId
    post: PostId
    by: MicroblogId
    shown: bool


_SHOWN = (
    "NOT p.gone AND p.audience <> 'mentioned' AND p.reply_wire IS NULL "
    "AND (p.reply_author IS NULL OR p.reply_author = p.author OR p.reply_author = $5 OR {answers})"
)
_ANSWERS = {
    Replies.FOLLOWED: "EXISTS (SELECT 1 FROM follows g WHERE g.followee = p.reply_author AND g.follower = $5 "
    "AND g.accepted)",
    Replies.LIST: "EXISTS (SELECT 1 FROM list_members o WHERE o.list = $1 AND o.member = p.reply_author)",
    Replies.NONE: "FALSE",
}
# Only the members whose next entry is among the next can have any of the next, and none of these lies beyond the last
# of those entries. So it costs one look per member, and then little more than the page.
_NEXT = (
    "WITH next AS (SELECT member, (SELECT {pick}(id) FROM {table} WHERE {who} = member AND id < $2 AND id > $3) AS id "
    "FROM list_members WHERE list = $1 ORDER BY 2 {order} NULLS LAST LIMIT $4), "
    "line AS (SELECT x.id FROM next JOIN {table} x ON x.{who} = next.member AND x.id IN (SELECT id FROM {table} "
    "WHERE {who} = next.member AND {within} ORDER BY id {order} LIMIT $4) "
    "WHERE next.id IS NOT NULL ORDER BY x.id {order} LIMIT $4) SELECT "
)
_WITHIN = {
    False: "id < $2 AND id > (SELECT CASE WHEN count(id) = $4 THEN min(id) - 1 ELSE $3 END FROM next)",
    True: "id < (SELECT CASE WHEN count(id) = $4 THEN max(id) + 1 ELSE $2 END FROM next) AND id > $3",
}


def _written(entry: int, post: int, by: int, shown: bool) -> Written:
    return Written(PostId(entry), PostId(post), MicroblogId(by), bool(shown))


def posted(tx: Transaction, row: List, window: Window, limit: int) -> list[Written]:
    """Posts of the members, the first of the window first: the newest, or where it asks for the nearest the oldest."""
    way = _way(window)
    shown = _SHOWN.format(answers=_ANSWERS[row.replies])
    return tx.fetch(
        _written,
        _NEXT.format(**way, table="posts", who="author") + f"p.id, p.id, p.author, {shown} "
        f"FROM line JOIN posts p ON p.id = line.id ORDER BY p.id {way['order']}",
        row.id, *window.bounds, limit, row.owner,
    )  # fmt: skip


def boosted(tx: Transaction, row: List, window: Window, limit: int) -> list[Written]:
    """The same of what members passed on, without what the owner does not wish to hear of them.

    Of a post that several members passed on the first boost is shown, and none of one that a member wrote.
    """
    way = _way(window)
    return tx.fetch(
        _written,
        _NEXT.format(**way, table="boosts", who="booster") + "b.id, b.post, b.booster, "
        "b.audience IN ('public', 'unlisted') AND coalesce(f.boosts, TRUE) AND NOT p.gone AND p.author <> $5 "
        "AND NOT EXISTS (SELECT 1 FROM list_members a WHERE a.list = $1 AND a.member = p.author) "
        "AND NOT EXISTS (SELECT 1 FROM boosts o JOIN list_members a ON a.list = $1 AND a.member = o.booster "
        "LEFT JOIN follows g ON g.followee = o.booster AND g.follower = $5 WHERE o.post = b.post AND o.id < b.id "
        "AND o.audience IN ('public', 'unlisted') AND coalesce(g.boosts, TRUE)) "
        "FROM line JOIN boosts b ON b.id = line.id JOIN posts p ON p.id = b.post "
        f"LEFT JOIN follows f ON f.followee = b.booster AND f.follower = $5 ORDER BY b.id {way['order']}",
        row.id, *window.bounds, limit, row.owner,
    )  # fmt: skip


def _way(window: Window) -> dict[str, str]:
    pick = "min" if window.nearest else "max"
    return {"pick": pick, "order": _order(window), "within": _WITHIN[window.nearest]}
