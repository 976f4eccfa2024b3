"""Complaints as people here make them: what is told to those who run this node, and to whom else."""

from collections.abc import Sequence

from scattershot.app.people import node_speaker
from scattershot.app.reading import readable
from scattershot.app.refusals import NO_SUCH_MICROBLOG
from scattershot.domain.change import Reported
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.reading import Refused
from scattershot.domain.report import Category
from scattershot.ports.database import Transaction
from scattershot.storage.tables import posts, wire_ids

MAX_COMMENT = 5_000
"""Characters of a complaint."""


def complaint(
    tx: Transaction,
    who: MicroblogId,
    target: MicroblogId,
    about: Sequence[PostId],
    comment: str,
    *,
    forward: bool,
    category: Category,
    rules: tuple[int, ...] = (),
) -> Reported | Refused:
    """The complaint; posts that whoever complains may not see are left out. `forward`: the node itself tells theirs."""
    if who == target:
        return Refused("invalid", "That is yourself.")
    if len(comment) > MAX_COMMENT:
        return Refused("invalid", f"A complaint has at most {MAX_COMMENT:,} characters.")
    actor = wire_ids.of(tx, who, wire_ids.Thing.MICROBLOG)
    aim = wire_ids.main(tx, target, wire_ids.Thing.MICROBLOG)
    if actor is None or aim is None:
        return NO_SUCH_MICROBLOG
    seen = readable(tx, list(posts.get_many(tx, list(about)).values()), who)
    told = tuple(row.post.id for row in seen)
    speaker = node_speaker(tx) if forward else None
    teller = speaker.microblog if speaker is not None else None
    return Reported(
        actor=actor, targets=(aim,), posts=told, comment=comment, category=category, rules=rules, teller=teller
    )
