"""The change log as readers see it: each change with its place, in this node's own ids and without any body.

A body lives in its post or profile alone, so that deleting a post deletes it everywhere, the log included.
"""

from enum import StrEnum
from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, PostId, Seq


class Kind(StrEnum):
    """What became so; the past participles of `domain.change`, and what concerns this node alone."""

    POSTED = "posted"
    EDITED = "edited"
    DELETED = "deleted"
    BOOSTED = "boosted"
    UNBOOSTED = "unboosted"
    LIKED = "liked"
    UNLIKED = "unliked"
    VOTED = "voted"
    FOLLOWED = "followed"
    FOLLOW_ACCEPTED = "follow_accepted"
    FOLLOW_REJECTED = "follow_rejected"
    UNFOLLOWED = "unfollowed"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"
    PROFILE_CHANGED = "profile_changed"
    VANISHED = "vanished"
    MOVED = "moved"
    REPORTED = "reported"
    PINNED = "pinned"
    UNPINNED = "unpinned"
    POLL_ENDED = "poll_ended"
    """The poll of the post is over; the actor is its author."""
    SIGNED_UP = "signed_up"
    """The actor is the microblog of a person who came by themselves."""
    WARNED = "warned"
    """Those who run the node told the target's keepers something; `detail` is the number of the warning."""
    SEVERED = "severed"
    """The target lost follows though nobody unfollowed; `detail` is the number of the severance."""
    QUOTE_ASKED = "quote_asked"
    QUOTE_ACCEPTED = "quote_accepted"
    QUOTE_REJECTED = "quote_rejected"
    QUOTE_REVOKED = "quote_revoked"
    REPLY_ACCEPTED = "reply_accepted"
    REPLY_REJECTED = "reply_rejected"
    REISSUED = "reissued"
    """A post reads as it did, but what stands around its words does not: its terms, or a stamp."""


ALTERING = frozenset({Kind.EDITED, Kind.REISSUED, Kind.QUOTE_ACCEPTED, Kind.QUOTE_REJECTED, Kind.QUOTE_REVOKED})
"""After these a post that was shown already looks otherwise."""


class Recorded(NamedTuple):
    """A change with its place in the log.

    `local` says that the actor is kept here, so that other nodes are to be told. `boost` is the id of the boost where
    the change is one. `detail` is JSON of what the rows no longer say: the wire id of a wish taken back, the audience
    and hearers of a deleted post.
    """

    seq: Seq
    at: Millis
    kind: Kind
    actor: MicroblogId
    post: PostId | None
    target: MicroblogId | None
    boost: PostId | None
    local: bool
    via: str
    wire_id: str
    detail: str
