"""Notifications: what a person is told, whether it is told at once, and what is told together. Pure answers."""

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from scattershot.domain.ids import Millis, PostId

_HOUR, _DAY = 3_600_000, 86_400_000

NEW_FOR = 30 * _DAY
"""A microblog younger than this is new; Mastodon's figure, as is the next."""
FOLLOWER_AFTER = 3 * _DAY
"""Who follows for less than this may do so only in order to be heard, and is not yet taken for a follower."""
BUNDLE_HOURS = 12
"""What happens so long after the first of a bundle begins a new one; Mastodon's figure."""


class Told(StrEnum):
    """What somebody is told of."""

    MENTION = "mention"
    POST = "post"
    """Somebody whose every post the owner wishes to be told of has posted."""
    BOOST = "boost"
    FOLLOW = "follow"
    FOLLOW_REQUEST = "follow_request"
    LIKE = "like"
    REACTION = "reaction"
    """A like with an emoji, which is what it is about."""
    POLL = "poll"
    """A poll that the owner asked or voted in is over."""
    EDIT = "edit"
    """A post that the owner passed on reads otherwise now."""
    QUOTE = "quote"
    QUOTED_EDIT = "quoted_edit"
    """A post that the owner quoted reads otherwise now; the notification's post is the owner's."""
    SIGN_UP = "sign_up"
    REPORT = "report"
    """A complaint, whose number is what it is about."""
    WARNING = "warning"
    """Those who run the node have something to say to the owner; about the number of a warning."""
    SEVERED = "severed"
    """Follows of the owner ended though nobody unfollowed; about the number of a severance."""


FROM_STRANGERS = frozenset(
    {Told.MENTION, Told.BOOST, Told.FOLLOW, Told.FOLLOW_REQUEST, Told.LIKE, Told.REACTION, Told.QUOTE}
)
"""What anybody at all may cause, so that the owner may wish to keep it out."""

FROM_ONESELF = frozenset({Told.POLL, Told.WARNING, Told.SEVERED})
"""What somebody may be told of in its own name; nobody is told of its own deeds otherwise."""

ASKS = frozenset({Told.MENTION, Told.QUOTE})
"""What, where it is kept out, makes its sender wait as one who asks to be let in."""

BUNDLED = frozenset({Told.LIKE, Told.REACTION, Told.BOOST, Told.FOLLOW, Told.SIGN_UP})
"""What is told together where it is of one kind and about one post."""


class Treatment(StrEnum):
    """What becomes of a notification: it is told, waits until its sender is let in, or is never made."""

    ACCEPT = "accept"
    HOLD = "hold"
    DROP = "drop"


class Wishes(Struct, frozen=True, omit_defaults=True):
    """How the owner wants notifications treated, by who causes them; the strictest that fits holds.

    Whatever microblogs do that the node has limited waits unless the owner says otherwise. A stranger's private mention
    does not, unlike on Mastodon: nobody shall have to look for those who wait in order to be reached at all.
    """

    not_following: Treatment = Treatment.ACCEPT
    not_followers: Treatment = Treatment.ACCEPT
    new: Treatment = Treatment.ACCEPT
    private_mentions: Treatment = Treatment.ACCEPT
    limited: Treatment = Treatment.HOLD
    bots: Treatment = Treatment.ACCEPT


class Measure(StrEnum):
    """What those who run the node did beside warning somebody."""

    NONE = "none"
    SENSITIVE = "sensitive"
    """All it posts is shown as sensitive."""
    LIMITED = "limited"
    DISABLED = "disabled"
    """Nobody signs in for it any more."""
    BLOCKED = "blocked"
    POSTS_SENSITIVE = "posts_sensitive"
    POSTS_DELETED = "posts_deleted"


class Cause(StrEnum):
    """Why follows ended though nobody unfollowed."""

    NODE = "node"
    """This node deals with another no more."""
    SHUNNED = "shunned"
    """The owner itself wants nothing of a domain any more."""
    SHUT = "shut"
    """Those who run this node shut somebody out."""


class Sender(NamedTuple):
    """Whoever causes a notification, as it stands to its owner."""

    let_in: bool = False
    """The owner accepted its notifications before, or it runs this node."""
    followed: bool = False
    follows_since: Millis | None = None
    created: Millis | None = None
    limited: bool = False
    is_bot: bool = False


def treatment(wishes: Wishes, kind: Told, sender: Sender, now: Millis, *, unasked: bool = False) -> Treatment:
    """What becomes of a notification; `unasked`: it is a private mention that answers nothing of the owner's."""
    if kind not in FROM_STRANGERS or sender.let_in:
        return Treatment.ACCEPT
    found = set()
    if not sender.followed:
        found.add(wishes.not_following)
        if unasked:
            found.add(wishes.private_mentions)
        if sender.limited:
            found.add(wishes.limited)
        if sender.is_bot:
            found.add(wishes.bots)
    if sender.follows_since is None or now - sender.follows_since < FOLLOWER_AFTER:
        found.add(wishes.not_followers)
    if sender.created is not None and now - sender.created < NEW_FOR:
        found.add(wishes.new)
    for strictest in (Treatment.DROP, Treatment.HOLD):
        if strictest in found:
            return strictest
    return Treatment.ACCEPT


def bundle_stem(kind: Told, post: PostId | None) -> str:
    """How the names of all bundles of that kind about that post begin; empty where nothing is told together."""
    if kind not in BUNDLED:
        return ""
    if kind is Told.REACTION:
        kind = Told.LIKE  # with or without an emoji: they are told together
    return f"{kind}-{post}-" if post is not None else f"{kind}-"


def bundle(stem: str, latest: str | None, at: Millis) -> str:
    """The bundle a notification belongs to: the latest of its stem, or one named by the hour in which it begins."""
    hour = at // _HOUR
    begun = int(latest.removeprefix(stem)) if latest is not None else None
    if begun is not None and 0 <= hour - begun < BUNDLE_HOURS:
        hour = begun
    return f"{stem}{hour}"
