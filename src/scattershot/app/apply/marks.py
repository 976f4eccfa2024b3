"""What is done with posts: boosts, likes, votes, pins."""

from msgspec.structs import replace

from scattershot.app.apply.actors import acting
from scattershot.app.apply.origin import NOTHING_NEW, Applied, Declined, House, Lacks, Origin
from scattershot.app.apply.standing_in import stand_in
from scattershot.domain import policy
from scattershot.domain.change import Boosted, Change, Liked, Pinned, Unboosted, Unliked, Unpinned, Voted
from scattershot.domain.emoji import of_node, shortcode_in
from scattershot.domain.ids import PostId
from scattershot.domain.post import Audience, Option, Poll
from scattershot.domain.record import Kind, Recorded
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import log, microblogs, posts, reactions, relations, relays, wire_ids
from scattershot.wirekit.urls import host_of

MAX_REACTIONS = 10
"""Different emoji with which one microblog reacts to one post."""

MAX_PINS = 5
"""Posts shown first on the page of a microblog kept here, as many as Mastodon's."""


def standing_post(tx: Transaction, wire_id: WireId) -> posts.Row | None:
    """The post of that name, where it is known and was not taken back."""
    post = wire_ids.find_as(tx, wire_id, wire_ids.Thing.POST)
    row = posts.get(tx, PostId(post)) if post is not None else None
    return row if row is not None and not row.gone else None


def _is_dead(tx: Transaction, wire_id: WireId) -> bool:
    return wire_ids.find(tx, wire_id) is not None


def _append(
    tx: Transaction, kind: Kind, actor: microblogs.Stand, row: posts.Row, change: Change, origin: Origin,
    *, boost: PostId | None = None, detail: str = "",
) -> Recorded:  # fmt: skip
    return log.append(
        tx, origin.now, kind, actor.id, local=actor.local, via=origin.via, post=row.id, target=row.author,
        boost=boost, wire_id=change.id.value if change.id else "", detail=detail,
    )  # fmt: skip


def may_mark(tx: Transaction, actor: microblogs.Stand, row: posts.Row) -> bool:
    """Whether the actor may see the post at all and is not blocked by its author."""
    if actor.id == row.author:
        return True
    if relations.blocks(tx, row.author, actor.id):
        return False
    match row.audience:
        case Audience.PUBLIC | Audience.UNLISTED:
            return True
        case Audience.FOLLOWERS:
            return relations.follows(tx, actor.id, row.author) or posts.is_for(tx, row.id, actor.id)
        case Audience.MENTIONED:
            return posts.is_for(tx, row.id, actor.id)
        case Audience.LOCAL:
            return actor.local


def boosted(tx: Transaction, change: Boosted, origin: Origin, house: House) -> Applied:
    """A post is passed on: open posts by anyone, one's own also to one's followers."""
    actor = acting(tx, change.actor)
    if isinstance(actor, Lacks | Declined):
        return actor
    row = standing_post(tx, change.post)
    wanted = origin.asked_for or actor.local or relations.is_heard_here(tx, actor.id)
    if row is None:
        return Declined("deleted") if _is_dead(tx, change.post) else (
            Lacks((change.post,)) if wanted else Declined("unrelated")
        )  # fmt: skip
    if not wanted and not row.local:
        return Declined("unrelated")
    if not actor.local and relays.is_relay(tx, actor.id):
        return Declined("relayed")  # it was a hint, and the post is here
    if not row.audience.is_open and not (actor.id == row.author and row.audience is Audience.FOLLOWERS):
        return Declined("not_open")
    if not may_mark(tx, actor, row):
        return Declined("not_allowed")
    if posts.boost_by(tx, row.id, actor.id) is not None:
        return NOTHING_NEW
    if actor.local:
        stand_in(tx, row, house)
    at = policy.moment(change.at, origin.now)
    boost_id = origin.post_id or house.ids.make(tx, at)
    posts.add_boost(tx, posts.Boost(boost_id, actor.id, row.id, change.audience, at))
    wire_id = change.id or house.addresses.wire_id(house.addresses.boost(boost_id))
    wire_ids.add(tx, wire_id, wire_ids.Thing.BOOST, boost_id)
    return log.append(
        tx, origin.now, Kind.BOOSTED, actor.id, local=actor.local, via=origin.via, post=row.id, target=row.author,
        boost=boost_id, wire_id=wire_id.value,
    )  # fmt: skip


def unboosted(tx: Transaction, change: Unboosted, origin: Origin) -> Applied:
    """A post is no longer passed on."""
    actor = acting(tx, change.actor)
    if isinstance(actor, Lacks | Declined):
        return actor
    row = standing_post(tx, change.post)
    boost = posts.boost_by(tx, row.id, actor.id) if row is not None else None
    if row is None or boost is None:
        return NOTHING_NEW
    wire_id = wire_ids.of(tx, boost.id, wire_ids.Thing.BOOST, change.actor.protocol)
    posts.drop_boost(tx, boost)
    detail = wire_id.value if wire_id else ""
    return _append(tx, Kind.UNBOOSTED, actor, row, change, origin, boost=boost.id, detail=detail)


def liked(tx: Transaction, change: Liked, origin: Origin, house: House) -> Applied:
    """A post is approved of, or reacted to; posts unknown here are not fetched for it."""
    actor = acting(tx, change.actor)
    if isinstance(actor, Lacks | Declined):
        return actor
    row = standing_post(tx, change.post)
    if row is None:
        return Declined("unknown_post")
    if not may_mark(tx, actor, row):
        return Declined("not_allowed")
    wire_id = change.id.value if change.id else ""
    emoji = _as_counted(change.emoji, change.actor, actor)
    if emoji and len(reactions.by(tx, row.id, actor.id)) >= MAX_REACTIONS:
        return Declined("too_many_reactions")
    if not relations.add_like(tx, relations.Like(row.id, actor.id, emoji, wire_id, origin.now, change.picture)):
        return NOTHING_NEW
    recorded = _append(tx, Kind.LIKED, actor, row, change, origin, detail=emoji)
    if actor.local:
        relations.name_like(tx, row.id, actor.id, emoji, house.addresses.change(recorded.seq))
    return recorded


def _as_counted(said: str, wire_id: WireId, actor: microblogs.Stand) -> str:
    """The emoji as it is counted: one of a node's own is told apart by whoever's node says what it looks like."""
    shortcode = shortcode_in(said)
    return of_node(shortcode, host_of(wire_id.value) or "") if shortcode and not actor.local else said


def unliked(tx: Transaction, change: Unliked, origin: Origin) -> Applied:
    """A like is taken back."""
    actor = acting(tx, change.actor)
    if isinstance(actor, Lacks | Declined):
        return actor
    row = standing_post(tx, change.post)
    like = _like_meant(tx, change, actor, row) if row is not None else None
    if row is None or like is None:
        return NOTHING_NEW
    relations.drop_like(tx, row.id, actor.id, like.emoji)
    return _append(tx, Kind.UNLIKED, actor, row, change, origin, detail=f"{like.wire_id} {like.emoji}")


def _like_meant(tx: Transaction, change: Unliked, actor: microblogs.Stand, row: posts.Row) -> relations.Like | None:
    """By its own name where that was told, since not everybody says the emoji again."""
    like = relations.like_called(tx, change.like.value) if change.like is not None else None
    if like is not None and (like.post, like.liker) == (row.id, actor.id):
        return like
    return relations.like(tx, row.id, actor.id, _as_counted(change.emoji, change.actor, actor))


def voted(tx: Transaction, change: Voted, origin: Origin) -> Applied:
    """An answer is chosen: counted where the question was asked here, told to its author where not."""
    actor = acting(tx, change.actor)
    if isinstance(actor, Lacks | Declined):
        return actor
    row = standing_post(tx, change.post)
    poll = row.post.poll if row is not None else None
    if row is None or poll is None:
        return Declined("unknown_post")
    if not may_mark(tx, actor, row):
        return Declined("not_allowed")
    choice = poll.place_of(change.choice, change.option)
    if choice is None:
        return Declined("no_such_choice")
    if poll.closed or (poll.ends is not None and poll.ends <= origin.now):
        return Declined("poll_over")
    before = posts.votes_of(tx, row.id, actor.id)
    if before and not poll.multiple:
        return NOTHING_NEW if choice in before else Declined("voted_already")
    if not posts.vote(tx, row.id, actor.id, choice):
        return NOTHING_NEW
    posts.put_value(tx, row.id, replace(row.post, poll=_counted(poll, choice, new_voter=not before)))
    return _append(tx, Kind.VOTED, actor, row, change, origin, detail=poll.options[choice].text)


def _counted(poll: Poll, choice: int, *, new_voter: bool) -> Poll:
    options = tuple(
        Option(option.text, option.votes + (place == choice), option.name) for place, option in enumerate(poll.options)
    )
    return replace(poll, options=options, voters=poll.voters + new_voter)


def pinned(tx: Transaction, change: Pinned, origin: Origin) -> Applied:
    """The author's own post is shown first; of those kept here only a few open ones."""
    actor = acting(tx, change.actor)
    if isinstance(actor, Lacks | Declined):
        return actor
    row = standing_post(tx, change.post)
    if row is None:
        return Declined("deleted") if _is_dead(tx, change.post) else Lacks((change.post,))
    if row.author != actor.id:
        return Declined("not_the_author")
    if actor.local and not row.audience.is_open:
        return Declined("not_open_pin")
    if actor.local and relations.count_pins(tx, actor.id) >= MAX_PINS and row.id not in relations.pinned(tx, actor.id):
        return Declined("too_many_pins")
    if not relations.pin(tx, actor.id, row.id, origin.now):
        return NOTHING_NEW
    return _append(tx, Kind.PINNED, actor, row, change, origin)


def unpinned(tx: Transaction, change: Unpinned, origin: Origin) -> Applied:
    """The post is no longer shown first."""
    actor = acting(tx, change.actor)
    if isinstance(actor, Lacks | Declined):
        return actor
    row = standing_post(tx, change.post)
    if row is None or not relations.unpin(tx, actor.id, row.id):
        return NOTHING_NEW
    return _append(tx, Kind.UNPINNED, actor, row, change, origin)
