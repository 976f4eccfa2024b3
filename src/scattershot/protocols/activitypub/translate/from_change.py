"""Changes written as activities, in the compact shape that Mastodon writes and everybody reads."""

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, assert_never

import msgspec

from scattershot.domain.change import (
    Blocked,
    Boosted,
    Change,
    Deleted,
    Edited,
    FollowAnswered,
    Followed,
    Liked,
    Moved,
    Pinned,
    Posted,
    ProfileChanged,
    QuoteAnswered,
    QuoteAsked,
    QuoteRevoked,
    ReplyAnswered,
    ReplyAsked,
    Reported,
    Unblocked,
    Unboosted,
    Undone,
    Unfollowed,
    Unliked,
    Unpinned,
    Vanished,
    Voted,
)
from scattershot.domain.microblog import Emoji
from scattershot.domain.post import Audience, Post
from scattershot.domain.wire_id import WireId
from scattershot.protocols.activitypub.translate.actors_out import actor_of
from scattershot.protocols.activitypub.translate.audiences import write_addressing
from scattershot.protocols.activitypub.translate.consent_out import answer_of, question_of
from scattershot.protocols.activitypub.translate.names import door
from scattershot.protocols.activitypub.translate.notes_out import emoji_tag, is_ours, note_of, tombstone
from scattershot.protocols.activitypub.wire.contexts import (
    ACTIVITY_CONTEXT,
    ACTOR_CONTEXT,
    POST_CONTEXT,
    REACTION_CONTEXT,
)
from scattershot.protocols.activitypub.wire.vocabulary import PUBLIC, JsonObject
from scattershot.wirekit.dates import rfc3339


def activity_of(change: Change, to: Sequence[WireId] = ()) -> JsonObject | None:
    """The activity that tells of the change, or None for what stays here. `to` are those concerned besides the
    followers and whoever a post names: the author of what is boosted, the target of a follow."""
    match change:
        case Posted():
            return create_of(change.post)
        case Edited():
            return _edited(change)
        case Deleted():
            return _activity(change, "Delete", tombstone(change.post.value), [PUBLIC], _values(to))
        case Boosted():
            return _boosted(change, to)
        case Unboosted():
            undone = _undone(change, "Announce", change.boost, change.post)
            return _activity(change, "Undo", undone, [PUBLIC], [door(change.actor.value, "followers"), *_values(to)])
        case Liked():
            more, context = _reaction(change), REACTION_CONTEXT if change.emoji else ACTIVITY_CONTEXT
            return _activity(change, "Like", change.post.value, _values(to), context=context, **more)
        case Unliked():
            undone = _undone(change, "Like", change.like, change.post) | _reaction(change)
            context = REACTION_CONTEXT if change.emoji else ACTIVITY_CONTEXT
            return _activity(change, "Undo", undone, _values(to), context=context)
        case Voted():
            return _voted(change, to)
        case Followed():
            return _activity(change, "Follow", _heard(change), _values(to))
        case FollowAnswered():
            return _answered(change, to)
        case Unfollowed():
            return _activity(change, "Undo", _unfollowed(change), _values(to))
        case Blocked():
            return _activity(change, "Block", change.target.value, _values(to))
        case Unblocked():
            return _activity(change, "Undo", _undone(change, "Block", change.block, change.target), _values(to))
        case ProfileChanged():
            actor = actor_of(change.profile, with_context=False)
            return _activity(change, "Update", actor, [PUBLIC], context=ACTOR_CONTEXT)
        case Vanished():
            return _activity(change, "Delete", change.actor.value, [PUBLIC])
        case Moved():
            followers = [door(change.actor.value, "followers")]
            return _activity(change, "Move", change.actor.value, followers, target=change.target.value)
        case Reported():
            things = _values([*change.targets, *change.posts])
            return _activity(change, "Flag", things, _values(to), content=change.comment) if things else None
        case Pinned() | Unpinned():
            kind, featured = "Add" if isinstance(change, Pinned) else "Remove", door(change.actor.value, "featured")
            return _activity(change, kind, change.post.value, [PUBLIC], target=featured)
        case QuoteAsked():
            return question_of(change, _id_of(change), _values(to))
        case QuoteAnswered() | ReplyAnswered():
            return answer_of(change, _id_of(change), _values(to))
        case QuoteRevoked():
            return _activity(change, "Delete", change.stamp.value, [PUBLIC], _values(to))
        case ReplyAsked():
            return None
        case Undone():
            return _activity(change, "Undo", change.change.value, _values(to))
        case _:
            assert_never(change)


def _heard(change: Followed | Unfollowed) -> str:
    """What a follow is of: the actor, but of a relay the public itself, the one spelling that every relay takes."""
    return PUBLIC if change.everything else change.target.value


def _unfollowed(change: Unfollowed) -> JsonObject:
    return _undone(change, "Follow", change.follow, change.target) | {"object": _heard(change)}


def create_of(post: Post) -> JsonObject | None:
    """The activity that tells of a post, also as an outbox shows it; its id follows from the post's."""
    if post.audience is Audience.LOCAL:
        return None
    note = note_of(post)
    return {
        "@context": POST_CONTEXT,
        "id": f"{post.id.value}/create",
        "type": "Create",
        "actor": post.author.value,
        "published": note["published"],
        "to": note["to"],
        "cc": note["cc"],
        "object": note,
    }


def _edited(change: Edited) -> JsonObject | None:
    if change.post.audience is Audience.LOCAL:
        return None
    note = note_of(change.post)
    return _activity(change, "Update", note, note["to"], note["cc"], context=POST_CONTEXT)


def _boosted(change: Boosted, to: Sequence[WireId]) -> JsonObject | None:
    if change.audience is Audience.LOCAL:
        return None
    first, second = write_addressing(change.audience, change.actor.value, to)
    return _activity(change, "Announce", change.post.value, first, second, published=rfc3339(change.at))


def _voted(change: Voted, to: Sequence[WireId]) -> JsonObject:
    this = _id_of(change)
    author = _values(to)
    note = {
        "id": this,
        "type": "Note",
        "name": change.choice,
        "attributedTo": change.actor.value,
        "inReplyTo": change.post.value,
        "to": author,
    }
    return {
        "@context": ACTIVITY_CONTEXT,
        "id": f"{this}/create",
        "type": "Create",
        "actor": change.actor.value,
        "to": author,
        "object": note,
    }


def _answered(change: FollowAnswered, to: Sequence[WireId]) -> JsonObject | None:
    """With the wish embedded, which is what servers match that do not keep its id."""
    if change.follower is None and change.follow is None:
        return None
    follow: JsonObject | str
    if change.follower is None:
        follow = change.follow.value if change.follow else ""
    else:
        follow = {"id": change.follow.value} if change.follow else {}
        follow |= {"type": "Follow", "actor": change.follower.value, "object": change.actor.value}
    return _activity(change, "Accept" if change.accepted else "Reject", follow, _values(to))


def _undone(change: Change, kind: str, earlier: WireId | None, target: WireId) -> JsonObject:
    """What is taken back, embedded. Where its id is no longer known one is made up, since GoToSocial wants any."""
    this = earlier.value if earlier else f"{_id_of(change)}{'-' if '#' in _id_of(change) else '#'}undone"
    return {"id": this, "type": kind, "actor": change.actor.value, "object": target.value}


def _reaction(change: Liked | Unliked) -> dict[str, Any]:
    """An emoji on a Like (FEP-c0e0): Mastodon takes the Like and overlooks it, Misskey and Pleroma show it."""
    if not change.emoji:
        return {}
    found: dict[str, Any] = {"content": change.emoji, "_misskey_reaction": change.emoji}
    if isinstance(change, Liked) and change.picture:
        found["tag"] = [emoji_tag(Emoji(change.emoji.strip(":"), change.picture), change.actor.value)]
    return found


def can_be_told(change: Change) -> bool:
    """Whether what the change is about has a name on ActivityPub."""
    match change:
        case Boosted(post=name) | Unboosted(post=name) | Liked(post=name) | Unliked(post=name) | Voted(post=name):
            return is_ours(name)
        case Followed(target=name) | Unfollowed(target=name) | Blocked(target=name) | Unblocked(target=name):
            return is_ours(name)
        case FollowAnswered(follower=follower):
            return follower is None or is_ours(follower)
        case QuoteAsked(quoted=name):
            return is_ours(name)
        case Reported(targets=targets):
            return all(map(is_ours, targets))
        case _:
            return True


def _activity(
    change: Change,
    kind: str,
    thing: Any,
    to: list[str],
    cc: list[str] | None = None,
    *,
    context: Any = ACTIVITY_CONTEXT,
    **more: Any,
) -> JsonObject:
    found: JsonObject = {
        "@context": context,
        "id": _id_of(change),
        "type": kind,
        "actor": change.actor.value,
        "object": thing,
    }
    if to:
        found["to"] = to
    if cc:
        found["cc"] = cc
    return found | {name: value for name, value in more.items() if value}


def _id_of(change: Change) -> str:
    """The change's own id, or one that follows from what it says, so that telling it again is the same telling."""
    if change.id:
        return change.id.value
    return f"{change.actor.value}#{sha256(msgspec.json.encode(change)).hexdigest()[:32]}"


def _values(names: Iterable[WireId]) -> list[str]:
    return list(dict.fromkeys(name.value for name in names))
