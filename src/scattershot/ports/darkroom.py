"""Where files that strangers gave us are opened: never in the node's own process."""

from pathlib import Path
from typing import Protocol, TypeAlias

from msgspec import Struct

from scattershot.domain.reading import Refused

MAX_SIDE = 16_384
"""Pixels that a picture may measure in one direction."""


class Still(Struct, frozen=True, tag="still"):
    """Make a picture fit to be shown: turned the right way up, in common colours, without what else it tells, at most
    `pixels` large; cut to the shape of `cut` where that is given. One that moves is kept as it is, without what else
    it tells, unless it is cut."""

    source: Path
    media_type: str
    into: Path
    pixels: int
    cut: tuple[int, int] | None = None


class Scrub(Struct, frozen=True, tag="scrub"):
    """Blot out, within a film or sound, what it tells of the place and the device where it was taken."""

    source: Path
    media_type: str


class Recording(Struct, frozen=True, tag="recording"):
    """Look into a film or sound, and make a still of it. The file stays as it is."""

    source: Path
    media_type: str
    into: Path


Job: TypeAlias = Still | Scrub | Recording


class Print(Struct, frozen=True):
    """A picture that was made."""

    path: Path
    media_type: str
    width: int
    height: int


class Developed(Struct, frozen=True, kw_only=True, tag="developed"):
    """What a job made and found. Who asked takes the files."""

    media_type: str = ""
    width: int = 0
    height: int = 0
    picture: Print | None = None
    small: Print | None = None
    blurhash: str = ""
    duration: float = 0.0
    frame_rate: str = ""
    bit_rate: int = 0
    has_sound: bool = True


class Darkroom(Protocol):
    """Opens files in a process that may use so much memory and time and no more."""

    async def develop(self, job: Job) -> Developed | Refused:
        """Do a job; files it makes are named after its `into`. Refused leaves none behind: a file that is not what it
        seems is `invalid`, and `busy` asks to come again."""
        ...

    async def close(self) -> None:
        """Let the processes go."""
        ...
