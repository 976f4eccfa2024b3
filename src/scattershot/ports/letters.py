"""What the house asks of a wire by which private posts go sealed to each reader (letters), and come so."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from scattershot.domain.microblog import Profile
from scattershot.domain.post import Post
from scattershot.domain.slip import Slip, key
from scattershot.domain.wire_id import WireId

CHANCE_BYTES = 144
"""Random bytes that one sealing takes."""


class Draft(NamedTuple):
    """A letter not sealed yet: what the wire calls it, and its words; the same for every reader."""

    name: str
    body: bytes
    at: int
    parties: tuple[str, ...]


def room_of(parties: Iterable[str]) -> bytes:
    """What stands for just those, in whatever order they are named."""
    return key("room", ",".join(sorted(set(parties))))


class Opened(NamedTuple):
    """A letter that was opened: whose it is was proved by its seal. `body` is it as the tongue reads it."""

    name: str
    author: WireId
    body: bytes
    at: int
    """In seconds, as its author says."""
    parties: tuple[str, ...]
    """What the wire calls all who have it, its author too."""


class Sealer(Protocol):
    """A wire of letters. Pure, but for what `chance` brings."""

    name: str

    def letterbox_place(self, public: str) -> bytes:
        """Where the slip lies that says where somebody has letters brought."""
        ...

    def letterbox(self, secret: bytes, at: int, chance: bytes) -> Slip:
        """Such a slip: they are brought here."""
        ...

    def draft(self, post: Post, to: Sequence[str], parent: str | None, public: str, names: dict[WireId, str]) -> Draft:
        """A private post as a letter to all of those; `names` are what the wire calls whom it mentions."""
        ...

    def seal(self, draft: Draft, reader: str, secret: bytes, at: int, chance: bytes) -> Slip:
        """The letter for one of its readers; nobody sees by it whose it is."""
        ...

    def open(self, body: bytes, secret: bytes) -> Opened | None:
        """The letter, for whoever has that key; None where it is none, or not for them."""
        ...

    def stranger(self, author: WireId) -> Profile:
        """Somebody of whom nothing is known but the key."""
        ...
