"""Conversations: private posts put together by thread and by those who take part, for each of them who is kept here."""

from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.post import Audience
from scattershot.ports.database import Transaction
from scattershot.storage.tables import conversations, posts
from scattershot.storage.tables.conversations import Conversation

LOOKED_BACK = 200
"""Private posts of a thread that are looked at for the one before a deleted one."""


def _parties(tx: Transaction, post: PostId, author: MicroblogId) -> set[MicroblogId]:
    return {author, *posts.hearers(tx, post)}


def enter(tx: Transaction, owner: MicroblogId, row: posts.Row, *, unread: bool) -> None:
    """A private post comes into the owner's conversation with all others who have it.

    What comes late stands where it belongs: the newest post stays the newest.
    """
    others = _parties(tx, row.id, row.author) - {owner}
    found = conversations.among(tx, owner, others, row.thread)
    if not found:
        conversations.add(tx, owner, others, row.id, unread=unread)
        return
    known, *joined = found
    for other in joined:  # their threads have become one
        conversations.drop(tx, other.id)
    if row.id <= known.after:
        return
    newest = max(known.newest, row.id)
    conversations.put(tx, known._replace(newest=newest, shown=True, unread=unread))


def leave(tx: Transaction, post: PostId) -> None:
    """A post is gone: where it was the newest of a conversation the one before it is, or there is none any more."""
    for conversation in conversations.ending_with(tx, post):
        before = _before(tx, conversation)
        if before is not None:
            conversations.put(tx, conversation._replace(newest=before))
        elif conversation.after:
            conversations.put(tx, conversation._replace(shown=False, unread=False))
        else:
            conversations.drop(tx, conversation.id)


def _before(tx: Transaction, conversation: Conversation) -> PostId | None:
    gone = posts.get(tx, conversation.newest)
    if gone is None:
        return None
    parties = {conversation.owner, *conversation.others}
    earlier = conversations.private_posts(tx, gone.thread, gone.id, conversation.after, LOOKED_BACK)
    known = posts.get_many(tx, earlier)
    return next((post for post in earlier if _parties(tx, post, known[post].author) == parties), None)


def has_written(tx: Transaction, owner: MicroblogId, other: MicroblogId, before: posts.Row) -> bool:
    """Whether the owner wrote privately to the other one in the thread before that post."""
    return conversations.wrote_privately(tx, before.thread, owner, other, before.id)


def enter_if_private(tx: Transaction, owner: MicroblogId, row: posts.Row) -> None:
    """A post that the owner was kept from comes into its conversation, where it is private."""
    if row.audience is Audience.MENTIONED:
        enter(tx, owner, row, unread=True)
