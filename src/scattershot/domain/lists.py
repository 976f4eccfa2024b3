"""Lists: microblogs that somebody reads together, on a timeline of their own."""

from enum import StrEnum
from typing import NamedTuple, NewType

from scattershot.domain.ids import MicroblogId

ListId = NewType("ListId", int)

MAX_TITLE = 256
"""Characters of a list's title, as many as Mastodon's."""
MAX_LISTS = 50
"""Lists of one microblog, as many as Mastodon's."""


class Replies(StrEnum):
    """Which answers of its members to others a list shows; those to themselves and to its owner it always does."""

    FOLLOWED = "followed"
    """To anybody whom the owner follows."""
    LIST = "list"
    """To members of the list."""
    NONE = "none"


class List(NamedTuple):
    """A list; `exclusive` keeps what its members write off the owner's home timeline, `open` shows it to anybody."""

    id: ListId
    owner: MicroblogId
    title: str
    replies: Replies
    exclusive: bool
    open: bool = False
