"""Changes: what became so, told in wire ids and in no protocol's words.

Every protocol's news and every local deed becomes one of these, and the union is closed: a `match` that forgets one
does not pass the type checker. `id` is what the wire calls the change itself, where it has a name of its own.
"""

from typing import TypeAlias

from msgspec import Struct

from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Audience, Post
from scattershot.domain.report import Category
from scattershot.domain.wire_id import WireId


class _Change(Struct, frozen=True, kw_only=True, tag=True, omit_defaults=True):
    actor: WireId
    id: WireId | None = None


class Posted(_Change, frozen=True, kw_only=True, tag=True):
    """The actor wrote a post."""

    post: Post


class Edited(_Change, frozen=True, kw_only=True, tag=True):
    """The actor's post now reads so (or its poll now stands so)."""

    post: Post


class Deleted(_Change, frozen=True, kw_only=True, tag=True):
    """The actor took a post back."""

    post: WireId


class Boosted(_Change, frozen=True, kw_only=True, tag=True):
    """The actor passed a post on to its followers."""

    post: WireId
    at: Millis
    audience: Audience = Audience.PUBLIC


class Unboosted(_Change, frozen=True, kw_only=True, tag=True):
    """The actor no longer passes the post on. `boost` is the wire id of the boost, where it was told."""

    post: WireId
    boost: WireId | None = None


class Liked(_Change, frozen=True, kw_only=True, tag=True):
    """The actor approves of a post, with an emoji where it said one: a character, or `:shortcode:` with its picture."""

    post: WireId
    emoji: str = ""
    picture: str = ""


class Unliked(_Change, frozen=True, kw_only=True, tag=True):
    """The actor's like (with that emoji) is taken back. `like` is the wire id of the like, where it was told."""

    post: WireId
    emoji: str = ""
    like: WireId | None = None


class Voted(_Change, frozen=True, kw_only=True, tag=True):
    """The actor chose an answer of a poll; several choices are several changes.

    It is told by its words, or on some wires by a name or number: then that is the `option`, and there is no `choice`.
    """

    post: WireId
    choice: str = ""
    option: str = ""


class Followed(_Change, frozen=True, kw_only=True, tag=True):
    """The actor wishes to hear the target; `everything`: all that it passes on, as of a relay."""

    target: WireId
    everything: bool = False


class FollowAnswered(_Change, frozen=True, kw_only=True, tag=True):
    """The actor, who was to be followed, said yes or no. `follow` is the wire id of the wish, where it was told."""

    follower: WireId | None
    accepted: bool
    follow: WireId | None = None


class Unfollowed(_Change, frozen=True, kw_only=True, tag=True):
    """The actor no longer wishes to hear the target. `follow` is the wire id of the wish, where it was told."""

    target: WireId
    follow: WireId | None = None
    everything: bool = False


class Blocked(_Change, frozen=True, kw_only=True, tag=True):
    """The actor will not deal with the target."""

    target: WireId


class Unblocked(_Change, frozen=True, kw_only=True, tag=True):
    """The actor deals with the target again. `block` is the wire id of the block, where it was told."""

    target: WireId
    block: WireId | None = None


class ProfileChanged(_Change, frozen=True, kw_only=True, tag=True):
    """The actor's profile now reads so; `actor` is `profile.id`."""

    profile: Profile


class Vanished(_Change, frozen=True, kw_only=True, tag=True):
    """The actor is gone with all it wrote."""


class Moved(_Change, frozen=True, kw_only=True, tag=True):
    """The actor lives on as the target, which must name the actor among its aliases."""

    target: WireId


class Reported(_Change, frozen=True, kw_only=True, tag=True):
    """The actor (often a node, for its person's sake) complains of microblogs and posts.

    `rules` are numbers of our own that a complaint made here says were broken; of such a one `teller` is whoever tells
    their nodes of it instead of the actor, and None where it stays here.
    """

    targets: tuple[WireId, ...]
    posts: tuple[WireId, ...] = ()
    comment: str = ""
    category: Category = Category.OTHER
    rules: tuple[int, ...] = ()
    teller: WireId | None = None


class Pinned(_Change, frozen=True, kw_only=True, tag=True):
    """The actor shows one of its posts first on its page."""

    post: WireId


class Unpinned(_Change, frozen=True, kw_only=True, tag=True):
    """The actor's post is no longer shown first."""

    post: WireId


class QuoteAsked(_Change, frozen=True, kw_only=True, tag=True):
    """The actor asks the author of `quoted` for leave to show it in its own post; `post` is that, where it was told."""

    quoting: WireId
    quoted: WireId
    post: Post | None = None


class QuoteAnswered(_Change, frozen=True, kw_only=True, tag=True):
    """The actor, whose post is quoted, says yes or no; by `stamp` others can see that it said yes.

    `asked` is the wire id of the question; where that is all that was told, the posts are None.
    """

    accepted: bool
    quoting: WireId | None = None
    quoted: WireId | None = None
    asked: WireId | None = None
    stamp: WireId | None = None


class QuoteRevoked(_Change, frozen=True, kw_only=True, tag=True):
    """The actor no longer consents to a quote of its post: the stamp is good for nothing."""

    stamp: WireId


class ReplyAsked(_Change, frozen=True, kw_only=True, tag=True):
    """The actor asks the author of what it answers for leave to (GoToSocial does, before it tells anybody)."""

    post: Post


class ReplyAnswered(_Change, frozen=True, kw_only=True, tag=True):
    """The actor says whether `reply` may answer its post `parent`; `asked` is the wire id of the question."""

    reply: WireId
    accepted: bool
    parent: WireId | None = None
    asked: WireId | None = None
    stamp: WireId | None = None


class Undone(_Change, frozen=True, kw_only=True, tag=True):
    """The actor takes back an earlier change known only by its wire id."""

    change: WireId


Change: TypeAlias = (
    Posted | Edited | Deleted | Boosted | Unboosted | Liked | Unliked | Voted | Followed | FollowAnswered | Unfollowed
    | Blocked | Unblocked | ProfileChanged | Vanished | Moved | Reported | Pinned | Unpinned | QuoteAsked
    | QuoteAnswered | QuoteRevoked | ReplyAsked | ReplyAnswered | Undone
)  # fmt: skip
