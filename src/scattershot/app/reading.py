"""How somebody who wants to read stands to a post: what `domain.visibility` needs to know, looked up."""

from collections.abc import Sequence

from scattershot.domain.ids import MicroblogId, NodeId
from scattershot.domain.post import Audience
from scattershot.domain.terms import Asker
from scattershot.domain.visibility import ANYONE, Reader, may_see
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import microblogs, posts, relations, shunned


def reader_of(tx: Transaction, row: posts.Row, who: MicroblogId | None) -> Reader:
    """The microblog (of here or elsewhere) as a reader of the post; None is anyone at all."""
    if who is None:
        return ANYONE
    if who == row.author:
        return Reader(who, is_author=True)
    blocked = turns_away(tx, row.author, who)
    if row.audience.is_open:
        return Reader(who, is_blocked=blocked)
    stand = microblogs.stand_of(tx, who)
    return Reader(
        who,
        here=stand is not None and stand.local,
        follows=row.audience is Audience.FOLLOWERS and relations.follows(tx, who, row.author),
        is_mentioned=posts.is_for(tx, row.id, who),
        is_blocked=blocked,
    )


def turns_away(tx: Transaction, author: MicroblogId, who: MicroblogId) -> bool:
    """Whether the author blocks the one who wants to read, or shuns where they live."""
    return relations.blocks(tx, author, who) or shunned.shuns(tx, author, who)


def open_to(tx: Transaction, author: MicroblogId, viewer: MicroblogId | None) -> list[str]:
    """The audiences whose posts on the author's page the viewer may see; those for a few are not listed there."""
    if viewer == author:
        return [audience.value for audience in Audience]
    audiences = [Audience.PUBLIC.value, Audience.UNLISTED.value]
    if viewer is not None:
        audiences.append(Audience.LOCAL.value)
        if relations.follows(tx, viewer, author):
            audiences.append(Audience.FOLLOWERS.value)
    return audiences


def asker_of(tx: Transaction, row: posts.Row, who: MicroblogId, wire_id: WireId) -> Asker:
    """The microblog (of here or elsewhere) as one who wants to quote or answer the post."""
    if who == row.author:
        return Asker(wire_id, is_author=True)
    return Asker(
        wire_id,
        follows=relations.follows(tx, who, row.author),
        is_followed=relations.follows(tx, row.author, who),
        is_mentioned=posts.is_for(tx, row.id, who),
        is_blocked=turns_away(tx, row.author, who),
    )


def readable(tx: Transaction, rows: Sequence[posts.Row], who: MicroblogId | None) -> list[posts.Row]:
    """Those of the posts that a microblog kept here (None: anyone) may see: as `reader_of` for each, in few looks."""
    if who is None:
        return [row for row in rows if may_see(row.audience, ANYONE)]
    others = [row for row in rows if row.author != who]
    blockers = relations.blockers_among(tx, who, list({row.author for row in others})) if others else set()
    closed = [row for row in others if not row.audience.is_open]
    named = posts.for_by_name(tx, who, [row.id for row in closed]) if closed else set()
    followed = relations.followed_among(tx, who, list({row.author for row in closed})) if closed else set()
    return [
        row
        for row in rows
        if may_see(
            row.audience,
            Reader(who, True, row.author == who, row.author in followed, row.id in named, row.author in blockers),
        )
    ]


def node_as_reader(tx: Transaction, row: posts.Row, node: NodeId) -> Reader:
    """A whole node as a reader, where its own actor asks for its people: it reads what any of them may."""
    if row.audience.is_open:
        return ANYONE
    return Reader(
        follows=row.audience is Audience.FOLLOWERS and relations.node_follows(tx, node, row.author),
        is_mentioned=any(
            stand is not None and stand.node == node
            for stand in (microblogs.stand_of(tx, hearer) for hearer in posts.hearers(tx, row.id))
        ),
    )
