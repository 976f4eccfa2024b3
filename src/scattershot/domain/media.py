"""Media: the pictures, sounds and films that people upload, what may be one, and what is known of one."""

from enum import StrEnum
from math import isnan
from typing import NamedTuple

from msgspec import Struct

MAX_ALT = 1_500
"""Characters of a description: what Mastodon's apps offer room for."""

MAX_PIXELS = 50_000_000
"""The largest picture, or frame of a film, that is opened: what a good telephone takes."""


class MediaKind(StrEnum):
    """What sort of thing it is to whoever looks at it."""

    IMAGE = "image"
    GIFV = "gifv"
    """A short film without sound, shown over and over."""
    VIDEO = "video"
    AUDIO = "audio"
    UNKNOWN = "unknown"


class State(StrEnum):
    """How far an upload is."""

    COMING = "coming"
    """Its files are being put in their place; left so by a crash, it is dropped."""
    WAITING = "waiting"
    """Its file is safe and was answered for, but nobody has looked into it yet."""
    READY = "ready"
    FAILED = "failed"
    """It could not be read; the row stays a day, so that whoever asks hears of it."""
    DROPPED = "dropped"
    """Nobody is shown it any more; its files go next."""


class Use(StrEnum):
    """What an upload is for."""

    POST = "post"
    AVATAR = "avatar"
    HEADER = "header"
    EMOJI = "emoji"
    """One of the house's own, shown by whatever names it; it stays when it is an emoji no more."""


class Upload(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is known of a file that was uploaded. `file` and `thumbnail` are names in the store, empty where there is
    none; the thumbnail of a film is a still of it."""

    kind: MediaKind
    media_type: str
    alt: str = ""
    focus: tuple[float, float] | None = None
    file: str = ""
    bytes: int = 0
    width: int = 0
    height: int = 0
    thumbnail: str = ""
    thumbnail_width: int = 0
    thumbnail_height: int = 0
    blurhash: str = ""
    duration: float = 0.0
    """Seconds."""
    frame_rate: str = ""
    """A fraction such as `30000/1001`."""
    bit_rate: int = 0


class Taken(NamedTuple):
    """How files of a media type are handled: what they are, and the ending of their names."""

    kind: MediaKind
    ending: str


TAKEN: dict[str, Taken] = {
    "image/jpeg": Taken(MediaKind.IMAGE, "jpg"),
    "image/png": Taken(MediaKind.IMAGE, "png"),
    "image/gif": Taken(MediaKind.IMAGE, "gif"),
    "image/webp": Taken(MediaKind.IMAGE, "webp"),
    "image/avif": Taken(MediaKind.IMAGE, "avif"),
    "video/mp4": Taken(MediaKind.VIDEO, "mp4"),
    "video/webm": Taken(MediaKind.VIDEO, "webm"),
    "video/quicktime": Taken(MediaKind.VIDEO, "mov"),
    "audio/mpeg": Taken(MediaKind.AUDIO, "mp3"),
    "audio/ogg": Taken(MediaKind.AUDIO, "ogg"),
    "audio/flac": Taken(MediaKind.AUDIO, "flac"),
    "audio/wav": Taken(MediaKind.AUDIO, "wav"),
    "audio/aac": Taken(MediaKind.AUDIO, "aac"),
    "audio/mp4": Taken(MediaKind.AUDIO, "m4a"),
    "audio/webm": Taken(MediaKind.AUDIO, "weba"),
}
"""All that is taken, by the media type that the file itself shows (`wirekit.magic`). Nothing here can hold a script."""


def kind_of(media_type: str) -> MediaKind:
    """What a media type somebody else claims stands for."""
    taken = TAKEN.get(media_type)
    if taken is not None:
        return taken.kind
    family = media_type.partition("/")[0]
    return MediaKind(family) if family in ("image", "video", "audio") else MediaKind.UNKNOWN


def parse_focus(text: str) -> tuple[float, float] | None:
    """The point `x,y` that must stay in sight where a picture is cropped, each from -1 to 1 (brought to the edge where
    it lies beyond); None where it is no such pair."""
    parts = text.split(",")
    if len(parts) != 2:
        return None
    try:
        x, y = map(float, parts)
    except ValueError:
        return None
    return None if isnan(x) or isnan(y) else (min(1.0, max(-1.0, x)), min(1.0, max(-1.0, y)))
