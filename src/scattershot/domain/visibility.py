"""Who may see what: the one place that answers it."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId
from scattershot.domain.post import Audience


class Reader(NamedTuple):
    """Whoever wants to see a post, as it stands to the author.

    `here` is somebody signed in at this node; a node asking for its people is a reader that `follows` where any of
    them does.
    """

    microblog: MicroblogId | None = None
    here: bool = False
    is_author: bool = False
    follows: bool = False
    is_mentioned: bool = False
    is_blocked: bool = False


ANYONE = Reader()


def may_see(audience: Audience, reader: Reader) -> bool:
    """Whether the reader may see a post for that audience; what may not be seen is answered as if it were not there."""
    if reader.is_author:
        return True
    if reader.is_blocked:
        return False
    match audience:
        case Audience.PUBLIC | Audience.UNLISTED:
            return True
        case Audience.FOLLOWERS:
            return reader.follows or reader.is_mentioned
        case Audience.MENTIONED:
            return reader.is_mentioned
        case Audience.LOCAL:
            return reader.here
