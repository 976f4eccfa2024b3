"""Conversations: private posts of one thread among the same few, as each of them who is kept here has them.

A conversation belongs to the thread of its newest post, so that it follows when threads are joined.
"""

from collections.abc import Collection
from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.window import Window
from scattershot.ports.database import Transaction

_END = 1 << 62


class Conversation(NamedTuple):
    """What one owner has with some others. Posts up to `after` were put away, and what is not `shown` wholly."""

    id: int
    owner: MicroblogId
    others: tuple[MicroblogId, ...]
    newest: PostId
    shown: bool
    after: PostId
    unread: bool


_COLUMNS = "c.id, c.owner, c.others, c.newest, c.shown, c.after, c.unread"


def _conversation(
    id_: int, owner: int, others: str, newest: int, shown: bool, after: int, unread: bool
) -> Conversation:
    ids = tuple(MicroblogId(int(other)) for other in others.split(",") if other)
    return Conversation(id_, MicroblogId(owner), ids, PostId(newest), bool(shown), PostId(after), bool(unread))


def _named(others: Collection[MicroblogId]) -> str:
    return ",".join(map(str, sorted(others)))


def among(tx: Transaction, owner: MicroblogId, others: Collection[MicroblogId], thread: PostId) -> list[Conversation]:
    """The owner's conversations with just those others in that thread, newest first: one, unless threads joined."""
    return tx.fetch(
        _conversation,
        f"SELECT {_COLUMNS} FROM conversations c JOIN posts p ON p.id = c.newest "
        "WHERE c.owner = $1 AND c.others = $2 AND p.thread = $3 ORDER BY c.newest DESC",
        owner,
        _named(others),
        thread,
    )


def add(tx: Transaction, owner: MicroblogId, others: Collection[MicroblogId], newest: PostId, *, unread: bool) -> None:
    """Begin a conversation."""
    tx.execute(
        "INSERT INTO conversations (owner, others, newest, unread) VALUES ($1, $2, $3, $4)",
        owner,
        _named(others),
        newest,
        unread,
    )


def put(tx: Transaction, conversation: Conversation) -> None:
    """Replace what may change of a conversation."""
    tx.execute(
        "UPDATE conversations SET newest = $2, shown = $3, after = $4, unread = $5 WHERE id = $1",
        conversation.id,
        conversation.newest,
        conversation.shown,
        conversation.after,
        conversation.unread,
    )


def drop(tx: Transaction, number: int) -> None:
    """Forget a conversation."""
    tx.execute("DELETE FROM conversations WHERE id = $1", number)


def get(tx: Transaction, owner: MicroblogId, number: int) -> Conversation | None:
    """The owner's conversation of that number, where it is shown."""
    return tx.fetch_one(
        _conversation,
        f"SELECT {_COLUMNS} FROM conversations c WHERE c.id = $2 AND c.owner = $1 AND c.shown",
        owner,
        number,
    )


def ending_with(tx: Transaction, post: PostId) -> list[Conversation]:
    """Everybody's conversations whose newest post is that one."""
    return tx.fetch(_conversation, f"SELECT {_COLUMNS} FROM conversations c WHERE c.newest = $1", post)


def page(tx: Transaction, owner: MicroblogId, window: Window, limit: int) -> list[Conversation]:
    """The owner's conversations by their newest post, the newest first."""
    found = tx.fetch(
        _conversation,
        f"SELECT {_COLUMNS} FROM conversations c WHERE c.owner = $1 AND c.newest < $2 AND c.newest > $3 AND c.shown "
        f"ORDER BY c.newest {'ASC' if window.nearest else 'DESC'} LIMIT $4",
        owner,
        _END if window.below is None else window.below,
        window.above or 0,
        limit,
    )
    return found[::-1] if window.nearest else found


def private_posts(tx: Transaction, thread: PostId, before: PostId, after: PostId, limit: int) -> list[PostId]:
    """The private posts of a thread between the two, newest first."""
    rows = tx.fetch(
        lambda post: (post,),
        "SELECT id FROM posts WHERE thread = $1 AND id < $2 AND id > $3 AND audience = 'mentioned' AND NOT gone "
        "ORDER BY id DESC LIMIT $4",
        thread,
        before,
        after,
        limit,
    )
    return [PostId(post) for (post,) in rows]


def wrote_privately(tx: Transaction, thread: PostId, author: MicroblogId, to: MicroblogId, before: PostId) -> bool:
    """Whether the author wrote to the other one in that thread, privately, before that post."""
    return (
        tx.value(
            "SELECT 1 FROM posts p JOIN mentions m ON m.post = p.id AND m.microblog = $3 "
            "WHERE p.thread = $1 AND p.id < $4 AND p.author = $2 AND p.audience = 'mentioned' LIMIT 1",
            thread,
            author,
            to,
            before,
        )
        is not None
    )
