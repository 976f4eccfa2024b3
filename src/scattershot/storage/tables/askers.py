"""Those whose notifications wait until they are let in, and those who were let in for good."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.notification import ASKS
from scattershot.domain.window import FROM_THE_TOP, Window
from scattershot.ports.database import Transaction

COUNTED = 100
"""Nobody counts further than this who waits."""


class Asker(NamedTuple):
    """Who waits since when; `size` is of what it asks with, mentions and quotes, `post` the newest of them."""

    id: int
    sender: MicroblogId
    first_at: Millis
    last_at: Millis
    size: int
    post: PostId


_ASKED = "FROM notifications n WHERE n.owner = a.owner AND n.sender = a.sender AND n.held AND n.kind = ANY($2)"
_ASKER = (
    f"SELECT a.id, a.sender, a.first_at, a.last_at, (SELECT count(*) {_ASKED}), "
    f"(SELECT n.post {_ASKED} ORDER BY n.id DESC LIMIT 1) FROM askers a "
    f"WHERE a.owner = $1 AND NOT a.let_in AND EXISTS (SELECT 1 {_ASKED}) "
)
_KINDS = sorted(ASKS)
_END = 1 << 62


def ask(tx: Transaction, owner: MicroblogId, sender: MicroblogId, now: Millis) -> None:
    """The sender waits from now on, if it does not yet."""
    tx.execute(
        "INSERT INTO askers (owner, sender, first_at, last_at) VALUES ($1, $2, $3, $3) "
        "ON CONFLICT (owner, sender) DO UPDATE SET last_at = excluded.last_at",
        owner,
        sender,
        now,
    )


def waiting(tx: Transaction, owner: MicroblogId, window: Window, limit: int) -> list[Asker]:
    """Who waits, by the number of the asker, the last to come first."""
    found = tx.fetch(
        Asker,
        f"{_ASKER} AND a.id < $3 AND a.id > $4 ORDER BY a.id {'ASC' if window.nearest else 'DESC'} LIMIT $5",
        owner,
        _KINDS,
        _END if window.below is None else window.below,
        window.above or 0,
        limit,
    )
    return found[::-1] if window.nearest else found


def get_many(tx: Transaction, owner: MicroblogId, numbers: list[int]) -> list[Asker]:
    """Those of the numbers who wait."""
    return tx.fetch(Asker, f"{_ASKER} AND a.id = ANY($3)", owner, _KINDS, numbers)


class Summary(NamedTuple):
    """How many wait, and with how many mentions and quotes."""

    askers: int
    notifications: int


def summary(tx: Transaction, owner: MicroblogId) -> Summary:
    """How many wait, up to `COUNTED`."""
    found = waiting(tx, owner, FROM_THE_TOP, COUNTED)
    return Summary(len(found), sum(asker.size for asker in found))


def let_in(tx: Transaction, owner: MicroblogId, sender: MicroblogId, now: Millis) -> list[PostId]:
    """Tell the owner what waited of the sender, and all that comes; the posts it was mentioned in, oldest first."""
    mentions = tx.fetch(
        lambda post: (post,),
        "SELECT post FROM notifications WHERE owner = $1 AND sender = $2 AND held AND kind = 'mention' ORDER BY id",
        owner,
        sender,
    )
    tx.execute("UPDATE notifications SET held = FALSE WHERE owner = $1 AND sender = $2 AND held", owner, sender)
    tx.execute(
        "INSERT INTO askers (owner, sender, let_in, first_at, last_at) VALUES ($1, $2, TRUE, $3, $3) "
        "ON CONFLICT (owner, sender) DO UPDATE SET let_in = TRUE",
        owner,
        sender,
        now,
    )
    return [PostId(post) for (post,) in mentions]


def forget(tx: Transaction, owner: MicroblogId, sender: MicroblogId) -> None:
    """Neither wait nor be let in any more."""
    tx.execute("DELETE FROM askers WHERE owner = $1 AND sender = $2", owner, sender)


def turn_away(tx: Transaction, owner: MicroblogId, sender: MicroblogId) -> None:
    """Forget what waited of the sender; what comes of it waits again."""
    tx.execute("DELETE FROM notifications WHERE owner = $1 AND sender = $2 AND held", owner, sender)
    tx.execute("DELETE FROM askers WHERE owner = $1 AND sender = $2 AND NOT let_in", owner, sender)
