"""How a change came to be applied, and what applying it leads to."""

from collections.abc import Callable
from itertools import count
from typing import NamedTuple, TypeAlias

from scattershot.domain.addresses import Addresses
from scattershot.domain.ids import Millis, PersonId, PostId, snowflake
from scattershot.domain.microblog import Profile
from scattershot.domain.node import EndpointAddress
from scattershot.domain.record import Recorded
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Transaction
from scattershot.storage.tables import posts


class Ids:
    """Gives out ids that sort by time. The first of several processes to share a database starts at 0."""

    def __init__(self, start: int = 0) -> None:
        self._low = count(start)

    def make(self, tx: Transaction, at: Millis) -> PostId:
        """An id for a post or boost of that moment that nothing else has; later ones of one moment sort later."""
        while True:
            made = PostId(snowflake(at, next(self._low)))
            if posts.id_is_free(tx, made):
                return made


class House(NamedTuple):
    """What applying needs beside the transaction: addresses of things here, ids, and which door a profile hears at."""

    addresses: Addresses
    ids: Ids
    door: Callable[[Profile], EndpointAddress | None]


class Origin(NamedTuple):
    """How a change came. `asked_for`: somebody here wanted it, so that relevance is not questioned.

    `post_id` and `writer` are of a post made here. `depth` counts how far one wanted thing has led to another.
    """

    now: Millis
    via: str
    asked_for: bool = False
    post_id: PostId | None = None
    writer: PersonId | None = None
    depth: int = 0


class Lacks(NamedTuple):
    """It cannot be applied before these are known here."""

    wire_ids: tuple[WireId, ...]


class Declined(NamedTuple):
    """It is not taken; `why` is a word fit for a counter."""

    why: str


class NothingNew(NamedTuple):
    """It was so already."""


Applied: TypeAlias = Recorded | NothingNew | Lacks | Declined

NOTHING_NEW = NothingNew()
