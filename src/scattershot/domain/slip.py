"""Slips: what an author signed, kept whole so that it can be passed on as it is; whatever wire it belongs to.

A slip is looked for by what its wire says of it: who made it, of what kind, when, and by which keys. A key stands for a
name and a value together, as a digest, so that every key is as long as every other.
"""

from enum import Enum
from hashlib import blake2b
from typing import NamedTuple

from scattershot.domain.ids import Millis

KEY_BYTES = 16


def key(name: str, value: str) -> bytes:
    """What stands for this value under that name; nobody can make up another that is the same."""
    return blake2b(f"{name}\0{value}".encode(), digest_size=KEY_BYTES).digest()


class Burial(NamedTuple):
    """What a slip takes away of its author's, for good: it holds against whoever brings it again.

    `places` are emptied of what is not newer than the moment beside them; `until` is the moment up to which everything
    of theirs goes, and with it what of `kinds` was addressed to them by the key `addressed`.
    """

    ids: tuple[bytes, ...] = ()
    places: tuple[tuple[bytes, int], ...] = ()
    until: int | None = None
    addressed: bytes = b""
    kinds: tuple[int, ...] = ()


class Slip(NamedTuple):
    """One slip. `at` is its author's word, in seconds; `place`: of those with the same only the newest is kept."""

    id: bytes
    author: bytes
    kind: int
    at: int
    body: bytes
    keys: tuple[bytes, ...] = ()
    place: bytes | None = None
    expires: int | None = None
    words: tuple[str, ...] = ()
    burial: Burial | None = None
    closed: bool = False
    """Only for its author and those it is addressed to."""


class Kept(NamedTuple):
    """A slip as it lies here: `seq` grows in the order in which slips came."""

    seq: int
    id: bytes
    kind: int
    at: int
    body: bytes


class Outcome(Enum):
    """What became of a slip that was brought."""

    KEPT = "kept"
    KNOWN = "known"
    OLDER = "older"
    BURIED = "buried"
    EXPIRED = "expired"


class Want(NamedTuple):
    """What somebody looks for: all that is given must be so, one of each list. Each of `keys` is one such list.

    `places` are asked for instead of authors, kinds and keys where those name nothing but places.
    """

    ids: tuple[bytes, ...] | None = None
    authors: tuple[bytes, ...] | None = None
    kinds: tuple[int, ...] | None = None
    but_kinds: tuple[int, ...] = ()
    keys: tuple[tuple[bytes, ...], ...] = ()
    places: tuple[bytes, ...] | None = None
    since: int | None = None
    until: int | None = None
    words: tuple[str, ...] = ()
    limit: int = 500

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be that."""
        lists = (self.ids, self.authors, self.kinds, *self.keys)
        backwards = self.since is not None and self.until is not None and self.since > self.until
        return backwards or any(each is not None and not each for each in lists)

    @property
    def looks(self) -> int:
        """In how many places of an index it makes the store look, about."""
        if self.ids is not None or self.places is not None:
            return len(self.ids or self.places or ())
        most = max(len(self.authors or ()), 1) if not self.keys else min(map(len, self.keys))
        return most * max(len(self.kinds or ()), 1)


def seconds(now: Millis) -> int:
    """The moment as slips have it."""
    return now // 1000
