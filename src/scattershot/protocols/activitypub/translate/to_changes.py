"""Activities read into changes: what a sender said, believed as far as its origin reaches (FEP-fe34).

What the sender says of itself is taken; what it carries of another is fetched from there (`Needs`) or refused. Nothing
here raises, whatever arrives.
"""

from collections.abc import Callable
from hashlib import sha256

from scattershot.domain.change import (
    Blocked,
    Boosted,
    Deleted,
    Edited,
    FollowAnswered,
    Followed,
    Liked,
    Moved,
    Pinned,
    Posted,
    ProfileChanged,
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
from scattershot.domain.emoji import emoji_in, shortcode_in
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Emoji
from scattershot.domain.reading import Changes, Ignored, Needs, Reading, Refused
from scattershot.domain.wire_id import WireId
from scattershot.protocols.activitypub.translate import consent_in
from scattershot.protocols.activitypub.translate.actors_in import is_actor, profile_of
from scattershot.protocols.activitypub.translate.audiences import read_addressing
from scattershot.protocols.activitypub.translate.heard import Heard, became, not_its_own
from scattershot.protocols.activitypub.translate.names import named
from scattershot.protocols.activitypub.translate.notes_in import is_of, is_post, moment_of, post_of, tags_of, vote_of
from scattershot.protocols.activitypub.translate.refusals import Why, refused, refused_bytes
from scattershot.protocols.activitypub.wire.vocabulary import (
    PUBLIC,
    JsonObject,
    Malformed,
    decode,
    encode,
    id_of,
    list_of,
    natural_text,
    object_of,
    text_of,
    type_of,
)
from scattershot.wirekit.html import clean_source, clean_text
from scattershot.wirekit.urls import parse_url, same_origin

MAX_REPORTED = 256
MAX_COMMENT = 10_000
MAX_EMOJI_CHARS = 128


def read_activity(body: bytes, sender: WireId | None, host: str, *, proven: bool = False, at: int) -> Reading:
    """What the bytes from `host` say. `sender` signed the request; `proven` says that the actor itself signed the
    document (FEP-8b32), so that it may have come by any way."""
    document = decode(body)
    if isinstance(document, Malformed):
        return refused_bytes(document)
    return to_changes(document, sender.value if sender else "", host, proven=proven, at=at)


def to_changes(document: JsonObject, sender: str, host: str = "", *, proven: bool = False, at: int) -> Reading:
    """What a decoded activity says; arguments as in `read_activity`."""
    kind = type_of(document)
    if not kind:
        return refused(Why.NO_TYPE)
    actor = id_of(document.get("actor"))
    if kind not in _HANDLERS:
        return Ignored(kind.lower() if kind in _KNOWN else "unknown_type")
    if not actor:
        return refused(Why.NO_ACTOR)
    this = id_of(document)
    if this and not same_origin(this, actor):
        return refused(Why.OTHER_ORIGIN, f"activity {this} of {actor}")
    heard = _heard(document, actor, this, at)
    if not heard.object and not (heard.inner and kind in _ABOUT_ACTIVITIES):
        return refused(Why.NO_OBJECT, f"{kind} {this}")
    if not proven and sender != actor:
        return _second_hand(kind, heard, f"{host} sent {kind} of {actor}")
    return _HANDLERS[kind](heard)


def own_change(document: JsonObject, author: str, *, at: int) -> Reading:
    """What a post or boost says that its author's own node serves: the origin vouches for it instead of a signature."""
    kind = type_of(document)
    if is_post(document):
        if not is_of(document, author):
            return refused(Why.NOT_THE_AUTHOR, f"{id_of(document)} is not of {author}")
        if vote_of(document):
            return Ignored("vote")
        actor, name = named(author), f"{id_of(document)}#{sha256(encode(document)).hexdigest()[:32]}"
        return Changes((Posted(actor=actor, post=post_of(document, author, {}, at)),), name)
    if kind in ("Create", "Announce"):
        if id_of(document.get("actor")) != author:
            return refused(Why.NOT_THE_AUTHOR, f"{id_of(document)} is not of {author}")
        return to_changes(document, author, at=at)
    return Ignored(kind.lower() if kind in _KNOWN or kind in _HANDLERS else "unknown_type")


def _heard(document: JsonObject, actor: str, this: str, at: int) -> Heard:
    value = document.get("object")
    name = this or f"{actor}#{sha256(encode(document)).hexdigest()[:32]}"
    return Heard(document, named(actor), named(this) if this else None, name, id_of(value), object_of(value), at)


def _second_hand(kind: str, heard: Heard, detail: str) -> Reading:
    """What another passed on is not believed, but may be asked for where it lives."""
    if kind in ("Create", "Update", "Delete"):
        return Needs((named(heard.object),))
    if kind == "Announce" and heard.id:
        return Needs((heard.id,))
    return refused(Why.NOT_THE_SENDER, detail)


def _create(heard: Heard) -> Reading:
    if not heard.inner:
        return Needs((named(heard.object),))
    if not is_post(heard.inner):
        return Ignored("object_type")
    if not is_of(heard.inner, heard.actor.value):
        return _elsewhere(heard)
    if vote := vote_of(heard.inner):
        return became(heard, Voted(actor=heard.actor, id=named(heard.object), post=named(vote[0]), choice=vote[1]))
    post = post_of(heard.inner, heard.actor.value, heard.activity, heard.at)
    return became(heard, Posted(actor=heard.actor, id=heard.id, post=post))


def _elsewhere(heard: Heard) -> Reading:
    """An embedded object of another origin is worth no more than its id; one of another author here is a lie."""
    if same_origin(heard.object, heard.actor.value):
        return not_its_own(heard)
    return Needs((named(heard.object),))


def _update(heard: Heard) -> Reading:
    if not heard.inner or not same_origin(heard.object, heard.actor.value):
        return Needs((named(heard.object),))
    if is_actor(heard.inner):
        if heard.object != heard.actor.value:
            return not_its_own(heard)
        profile = profile_of(heard.inner)
        if isinstance(profile, Refused):
            return profile
        return became(heard, ProfileChanged(actor=heard.actor, id=heard.id, profile=profile))
    if not is_post(heard.inner) or vote_of(heard.inner):
        return Ignored("object_type")
    if not is_of(heard.inner, heard.actor.value):
        return not_its_own(heard)
    post = post_of(heard.inner, heard.actor.value, heard.activity, heard.at)
    return became(heard, Edited(actor=heard.actor, id=heard.id, post=post))


def _delete(heard: Heard) -> Reading:
    if heard.object == heard.actor.value:
        return became(heard, Vanished(actor=heard.actor, id=heard.id))
    if not same_origin(heard.object, heard.actor.value):
        return refused(Why.OTHER_ORIGIN, f"{heard.actor.value} deletes {heard.object}")
    return became(heard, Deleted(actor=heard.actor, id=heard.id, post=named(heard.object)))


def _follow(heard: Heard) -> Reading:
    if heard.object == heard.actor.value:
        return Ignored("self")
    return became(heard, Followed(actor=heard.actor, id=heard.id, target=named(heard.object)))


def _answer(heard: Heard, accepted: bool) -> Reading:
    """Of a follow, or of a question about a post; the answers to joins and offers are other news."""
    if consent_in.is_answer(heard):
        return consent_in.answer(heard, accepted)
    follow, kind = heard.inner, type_of(heard.inner)
    if kind not in ("", "Follow"):
        return Ignored("object_type")
    if follow.get("object") is not None and id_of(follow.get("object")) not in (heard.actor.value, PUBLIC):
        return not_its_own(heard)
    follower, wish = id_of(follow.get("actor")), heard.object if not follow else id_of(follow)
    if not follower and not wish:
        return refused(Why.NO_OBJECT)
    return became(
        heard,
        FollowAnswered(
            actor=heard.actor,
            id=heard.id,
            follower=named(follower) if follower else None,
            accepted=accepted,
            follow=named(wish) if wish else None,
        ),
    )


def _accept(heard: Heard) -> Reading:
    return _answer(heard, True)


def _reject(heard: Heard) -> Reading:
    return _answer(heard, False)


def _announce(heard: Heard) -> Reading:
    kind = type_of(heard.inner)
    if kind in _WRAPPED:
        return _wrapped(heard, kind)
    if not heard.object:
        return refused(Why.NO_OBJECT, "Announce")
    addressing = read_addressing(heard.actor.value, heard.activity)
    at = moment_of(heard.activity.get("published"), heard.at)
    return became(
        heard,
        Boosted(
            actor=heard.actor,
            id=heard.id,
            post=named(heard.object),
            at=Millis(min(at, heard.at) if heard.at else at),
            audience=addressing.audience,
        ),
    )


def _wrapped(heard: Heard, kind: str) -> Reading:
    """A group passes on what its members did (FEP-1b12): a new post counts as its boost, a change is asked for."""
    inner = id_of(heard.inner.get("object"))
    if not inner:
        return refused(Why.NO_OBJECT)
    if kind == "Create":
        return _announce(heard._replace(object=inner, inner={}))
    if kind in ("Update", "Delete"):
        return Needs((named(inner),))
    return Ignored("wrapped")


def _emoji_of(like: JsonObject) -> Emoji | None:
    """The emoji of a reaction: Pleroma's and FEP-c0e0's `content`, Misskey's `_misskey_reaction`; a character has no
    picture. Misskey marks a name of its own node by `@.`."""
    said = clean_text(text_of(like.get("content")) or text_of(like.get("_misskey_reaction")), MAX_EMOJI_CHARS)
    if emoji := emoji_in(said):
        return Emoji(emoji, "")
    shortcode = shortcode_in(said.replace("@.:", ":"))
    pictures = {emoji.shortcode: emoji.url for emoji in tags_of(like.get("tag")).emojis} if shortcode else {}
    return Emoji(f":{shortcode}:", pictures.get(shortcode, "")) if shortcode else None


def _like(heard: Heard) -> Reading:
    """One that says no emoji, or a name without a picture, is a plain like, as Mastodon takes any."""
    emoji = _emoji_of(heard.activity)
    if emoji is None or (emoji.shortcode.startswith(":") and not emoji.url):
        if type_of(heard.activity) == "EmojiReact":
            return Ignored("no_emoji")
        emoji = Emoji("", "")
    post = named(heard.object)
    liked = Liked(actor=heard.actor, id=heard.id, post=post, emoji=emoji.shortcode, picture=emoji.url)
    return became(heard, liked)


def _block(heard: Heard) -> Reading:
    return became(heard, Blocked(actor=heard.actor, id=heard.id, target=named(heard.object)))


def _undo(heard: Heard) -> Reading:
    undone = heard.inner
    own_id = id_of(undone) if undone else heard.object
    if own_id and not same_origin(own_id, heard.actor.value):
        return refused(Why.OTHER_ORIGIN, f"{heard.actor.value} undoes {own_id}")
    if undone.get("actor") is not None and id_of(undone.get("actor")) != heard.actor.value:
        return not_its_own(heard)
    target = id_of(undone.get("object"))
    earlier = named(own_id) if own_id else None
    actor, this = heard.actor, heard.id
    match type_of(undone):
        case "Follow" if target:
            return became(heard, Unfollowed(actor=actor, id=this, target=named(target), follow=earlier))
        case "Like" | "EmojiReact" if target:
            emoji = _emoji_of(undone)
            said = emoji.shortcode if emoji is not None else ""
            return became(heard, Unliked(actor=actor, id=this, post=named(target), emoji=said, like=earlier))
        case "Announce" if target:
            return became(heard, Unboosted(actor=actor, id=this, post=named(target), boost=earlier))
        case "Block" if target:
            return became(heard, Unblocked(actor=actor, id=this, target=named(target), block=earlier))
        case "Accept":
            return _answer(heard._replace(object=target, inner=object_of(undone.get("object"))), False)
        case _ if earlier:
            return became(heard, Undone(actor=actor, id=this, change=earlier))
        case _:
            return refused(Why.NO_OBJECT, "Undo")


def _move(heard: Heard) -> Reading:
    target = id_of(heard.activity.get("target"))
    if heard.object != heard.actor.value:
        return not_its_own(heard)
    if not target or target == heard.object:
        return refused(Why.NO_OBJECT, "Move without a target")
    return became(heard, Moved(actor=heard.actor, id=heard.id, target=named(target)))


def _flag(heard: Heard) -> Reading:
    """Mastodon and Pleroma name the microblog first and then its posts, all as bare ids; what is embedded says what
    it is."""
    targets: list[WireId] = []
    posts: list[WireId] = []
    for thing in list_of(heard.activity.get("object"), MAX_REPORTED):
        name = id_of(thing)
        if not name:
            continue
        is_target = is_actor(thing) if type_of(thing) else not targets
        (targets if is_target else posts).append(named(name))
    comment = clean_source(natural_text(heard.activity, "content"), MAX_COMMENT)
    return became(
        heard,
        Reported(actor=heard.actor, id=heard.id, targets=tuple(targets), posts=tuple(posts), comment=comment.strip()),
    )


def _is_featured(heard: Heard) -> bool:
    """Whether the target is the collection of pinned posts: known by its name, since all servers name it alike."""
    target = id_of(heard.activity.get("target"))
    url = parse_url(target) if target else None
    last = url.path.rstrip("/").rpartition("/")[2] if url else ""
    return last in ("featured", "pinned") and same_origin(target, heard.actor.value)


def _add(heard: Heard) -> Reading:
    if not _is_featured(heard) or type_of(heard.inner) == "Hashtag":
        return Ignored("add")
    return became(heard, Pinned(actor=heard.actor, id=heard.id, post=named(heard.object)))


def _remove(heard: Heard) -> Reading:
    if not _is_featured(heard) or type_of(heard.inner) == "Hashtag":
        return Ignored("remove")
    return became(heard, Unpinned(actor=heard.actor, id=heard.id, post=named(heard.object)))


_HANDLERS: dict[str, Callable[[Heard], Reading]] = {
    "Create": _create,
    "Update": _update,
    "Delete": _delete,
    "Undo": _undo,
    "Follow": _follow,
    "Accept": _accept,
    "Reject": _reject,
    "Announce": _announce,
    "Like": _like,
    "EmojiReact": _like,
    "Block": _block,
    "Move": _move,
    "Flag": _flag,
    "Add": _add,
    "Remove": _remove,
    "QuoteRequest": consent_in.quote_request,
    "ReplyRequest": consent_in.reply_request,
}
_ABOUT_ACTIVITIES = frozenset({"Undo", "Accept", "Reject", "Announce"})
"""Their object is an activity, which some embed without an id."""
_WRAPPED = frozenset(_HANDLERS) | {"Dislike", "Lock"}
_KNOWN = frozenset(
    {"Dislike", "View", "Listen", "Read", "Ignore", "Join", "Leave", "Offer", "Invite", "Arrive", "Travel", "Question",
     "TentativeAccept", "TentativeReject", "FeatureRequest", "Lock", "Note", "Tombstone"}
)  # fmt: skip
"""Types that are counted by their own name when ignored; the rest are counted together."""
