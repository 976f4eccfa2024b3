"""The change log: what became so, in commit order."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, PostId, Seq
from scattershot.domain.record import Kind, Recorded
from scattershot.ports.database import Transaction

_COLUMNS = "seq, at, kind, actor, post, target, boost, local, via, wire_id, detail"


def _recorded(
    seq: int, at: int, kind: str, actor: int, post: int | None, target: int | None, boost: int | None, local: bool,
    via: str, wire_id: str, detail: str,
) -> Recorded:  # fmt: skip
    return Recorded(
        Seq(seq), Millis(at), Kind(kind), MicroblogId(actor), None if post is None else PostId(post),
        None if target is None else MicroblogId(target), None if boost is None else PostId(boost), bool(local), via,
        wire_id, detail,
    )  # fmt: skip


def append(
    tx: Transaction,
    at: Millis,
    kind: Kind,
    actor: MicroblogId,
    *,
    local: bool,
    via: str,
    post: PostId | None = None,
    target: MicroblogId | None = None,
    boost: PostId | None = None,
    wire_id: str = "",
    detail: str = "",
) -> Recorded:
    """Give a change its place. Places are taken in commit order: the lock makes a second writer wait its turn."""
    tx.lock("log")
    seq = Seq(
        tx.value(
            "INSERT INTO log (at, kind, actor, post, target, boost, local, via, wire_id, detail) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING seq",
            at,
            kind,
            actor,
            post,
            target,
            boost,
            local,
            via,
            wire_id,
            detail,
        )
    )
    return Recorded(seq, at, kind, actor, post, target, boost, local, via, wire_id, detail)


def after(tx: Transaction, seq: Seq, limit: int) -> list[Recorded]:
    """What became so after that place, oldest first."""
    return tx.fetch(_recorded, f"SELECT {_COLUMNS} FROM log WHERE seq > $1 ORDER BY seq LIMIT $2", seq, limit)


def made_here(tx: Transaction, first: Seq, last: Seq, limit: int) -> list[Recorded]:
    """What was done here from one place to another, both included, oldest first."""
    return tx.fetch(
        _recorded,
        f"SELECT {_COLUMNS} FROM log WHERE seq >= $1 AND seq <= $2 AND local ORDER BY seq LIMIT $3",
        first,
        last,
        limit,
    )


def get(tx: Transaction, seq: Seq) -> Recorded | None:
    """The change at that place."""
    return tx.fetch_one(_recorded, f"SELECT {_COLUMNS} FROM log WHERE seq = $1", seq)


def about_post(tx: Transaction, post: PostId) -> list[Recorded]:
    """Everything that became so of a post, oldest first."""
    return tx.fetch(_recorded, f"SELECT {_COLUMNS} FROM log WHERE post = $1 ORDER BY seq", post)


def told_of(
    tx: Transaction, kinds: list[Kind], after_seq: Seq, last: Seq, limit: int, *, everywhere: bool
) -> list[Recorded]:
    """Changes of those kinds behind one place up to another, oldest first; without `everywhere` those made here."""
    here = "" if everywhere else "AND local "
    return tx.fetch(
        _recorded,
        f"SELECT {_COLUMNS} FROM log WHERE seq > $1 AND seq <= $2 AND kind = ANY($3) {here}ORDER BY seq LIMIT $4",
        after_seq,
        last,
        list(map(str, kinds)),
        limit,
    )


LEFT_OUT = 1_000_000_000
"""Places that a store leaves out when it was put back to a backup: what was given out since is never given again."""


def first_behind(tx: Transaction, seq: Seq) -> Seq | None:
    """The first place behind that one; None at the end."""
    found = tx.value("SELECT min(seq) FROM log WHERE seq > $1", seq)
    return None if found is None else Seq(found)


def last_up_to(tx: Transaction, seq: Seq) -> Seq:
    """The last place up to that one, 0 where there is none."""
    return Seq(tx.value("SELECT coalesce(max(seq), 0) FROM log WHERE seq <= $1", seq))


def is_lost(tx: Transaction, seq: Seq) -> bool:
    """Whether that place was given out by this store before it was put back to a backup that does not have it."""
    behind = first_behind(tx, seq)
    return behind is not None and behind - seq > LEFT_OUT // 2 and get(tx, seq) is None


def oldest(tx: Transaction) -> Seq:
    """The first place that is still remembered, 0 in an empty log."""
    return Seq(tx.value("SELECT coalesce(min(seq), 0) FROM log"))


def newest(tx: Transaction) -> Seq:
    """The last place taken, 0 in an empty log."""
    return Seq(tx.value("SELECT coalesce(max(seq), 0) FROM log"))


# -- how far each reader has come


def cursor(tx: Transaction, reader: str) -> Seq:
    """The last place that reader has dealt with."""
    return Seq(tx.value("SELECT seq FROM cursors WHERE reader = $1", reader) or 0)


def note_step(tx: Transaction, reader: str, seq: Seq, at: Millis) -> None:
    """The reader came that far at that moment; remembered for some days."""
    tx.execute("INSERT INTO steps (reader, seq, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", reader, seq, at)


def step_past(tx: Transaction, reader: str, seq: Seq) -> Millis | None:
    """When the reader dealt with that change, where that is still remembered."""
    at = tx.value("SELECT at FROM steps WHERE reader = $1 AND seq >= $2 ORDER BY seq LIMIT 1", reader, seq)
    return None if at is None else Millis(at)


def forget_steps(tx: Transaction, before: Millis) -> int:
    """Forget steps made so long ago."""
    return tx.execute("DELETE FROM steps WHERE at < $1", before)


def set_cursor(tx: Transaction, reader: str, seq: Seq) -> None:
    """The reader has dealt with everything up to there."""
    tx.execute(
        "INSERT INTO cursors (reader, seq) VALUES ($1, $2) ON CONFLICT (reader) DO UPDATE SET seq = excluded.seq",
        reader,
        seq,
    )


def drop_cursor(tx: Transaction, reader: str) -> None:
    """The reader is no more: the log need not wait for it."""
    tx.execute("DELETE FROM cursors WHERE reader = $1", reader)


def forget(tx: Transaction, before: Millis) -> int:
    """Drop changes so old that nobody needs them: every reader is past them, and every lapsed endpoint and delivery."""
    return tx.execute(
        "DELETE FROM log WHERE at < $1 AND seq < (SELECT coalesce(min(seq), 0) FROM cursors) "
        "AND seq < (SELECT coalesce(min(lapsed_from), 9223372036854775807) FROM endpoints WHERE NOT gone) "
        "AND seq < (SELECT coalesce(min(seq), 9223372036854775807) FROM deliveries)",
        before,
    )


class AboutPost(NamedTuple):
    """A place in the log and the post it is about."""

    seq: Seq
    post: PostId


def posts_of_kind(tx: Transaction, kind: Kind, after_seq: Seq, limit: int) -> list[AboutPost]:
    """The posts to which something of that kind happened after that place, oldest first."""
    return tx.fetch(
        AboutPost,
        "SELECT seq, post FROM log WHERE seq > $1 AND kind = $2 AND post IS NOT NULL ORDER BY seq LIMIT $3",
        after_seq,
        kind,
        limit,
    )
