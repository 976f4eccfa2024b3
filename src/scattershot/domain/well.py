"""Wells: doors of other nodes at which slips are drawn and given, and what people use them for."""

from enum import StrEnum
from typing import NamedTuple


class Purpose(StrEnum):
    """What somebody uses a well for."""

    WRITES = "writes"
    """What they say is found there."""
    READS = "reads"
    """What is meant for them is brought there."""
    LETTERS = "letters"
    """What is for them alone is brought there."""
    HINT = "hint"
    """Somebody else says that they are met there."""


class Telling(StrEnum):
    """To whose wells what is said here is brought."""

    HOME = "home"
    """To nobody's: it lies here, and whoever wishes to hear it comes."""
    MENTIONED = "mentioned"
    """To those of whoever is named, answered, liked or passed on."""
    FOLLOWERS = "followers"
    """To those of followers too."""


class Whereabouts(NamedTuple):
    """What a slip says of the wells that its author uses; None for what it says nothing of."""

    author: str
    at: int
    writes: tuple[str, ...] | None = None
    reads: tuple[str, ...] | None = None
    letters: tuple[str, ...] | None = None
