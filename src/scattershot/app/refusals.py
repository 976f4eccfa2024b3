"""Why something cannot be done, in words for people."""

from scattershot.app.apply.marks import MAX_PINS, MAX_REACTIONS
from scattershot.domain.ids import MicroblogId, PersonId, PostId
from scattershot.domain.people import Deed, may
from scattershot.domain.reading import Refused
from scattershot.ports.database import Transaction
from scattershot.storage.tables import keepers, posts

NO_SUCH_POST = Refused("not_found", "There is no such post.")
NO_SUCH_MICROBLOG = Refused("not_found", "There is no such microblog.")
MOVED = Refused("moved", "This microblog has moved. Write as the new one, or take the move back in the settings.")

NOT_OWNERS = Refused("not_allowed", "Only whoever owns this microblog can do that.")
_NOT_KEPT = Refused("not_allowed", "You do not keep this microblog any more.")
_NOT_WRITERS = Refused(
    "not_allowed", "Another keeper wrote this: only they and whoever owns the microblog can do that."
)

_WORDS = {
    "not_open": "Only posts open to everybody can be passed on.",
    "not_allowed": "That is not possible: its author does not allow it.",
    "blocked": "That is not possible: one of the two blocks the other.",
    "shunned": "That is not possible: you shun the domain where they live.",
    "blocked_node": "That is not possible: this node does not deal with theirs.",
    "poll_over": "The poll is over.",
    "voted_already": "You have voted already.",
    "no_such_choice": "The poll has no such answer.",
    "not_the_author": "Only the author can do that.",
    "gone": "That microblog is no more.",
    "no_such_follow": "Nobody asked for that, or it was answered already.",
    "reply_not_allowed": "Its author does not let you answer this post.",
    "no_such_quote": "There is no such quote.",
    "revoked_quote": "That was answered before, for good.",
    "too_many_reactions": f"One reacts to a post with at most {MAX_REACTIONS} emoji. Take one back first.",
    "no_alias": "The microblog you move to does not name this one among its other names yet. Say so there first.",
    "not_open_pin": "Only posts open to everybody can be pinned.",
    "too_many_pins": f"At most {MAX_PINS} posts can be pinned. Unpin another one first.",
}


def refusal(why: str) -> Refused:
    """What was declined for that reason, with a sentence."""
    return Refused(why, _WORDS.get(why, "That is not possible."))


def not_allowed(tx: Transaction, person: PersonId, microblog: MicroblogId, deed: Deed) -> Refused | None:
    """Why the person may not do that as the microblog, or None."""
    role = keepers.role(tx, person, microblog)
    if may(role, deed):
        return None
    if role is None:
        return _NOT_KEPT
    return _NOT_WRITERS if deed is Deed.ALTER else NOT_OWNERS


def to_be_altered(tx: Transaction, author: MicroblogId, post_id: PostId, by: PersonId | None) -> posts.Row | Refused:
    """The author's post, where that keeper (None: the node) may alter or take it back: one's own one may."""
    row = posts.get(tx, post_id)
    if row is None or row.gone or row.author != author:
        return NO_SUCH_POST
    if by is None:
        return row
    return not_allowed(tx, by, author, Deed.WRITE if row.writer == by else Deed.ALTER) or row
