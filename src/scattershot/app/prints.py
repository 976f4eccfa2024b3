"""Prints: what the darkroom made of a file becomes part of an upload, under names nobody can guess."""

import secrets
from collections.abc import Iterable

from msgspec.structs import replace

from scattershot.domain.media import TAKEN, MediaKind, Upload
from scattershot.ports.darkroom import Developed, Print

LONGEST_GIFV = 30.0
"""Seconds: a film without sound that is no longer is shown over and over, as an animation."""


def new_name(media_type: str) -> str:
    """A name nobody can guess, ending as files of that type do."""
    return f"{secrets.token_hex(16)}.{TAKEN[media_type].ending}"


def with_prints(upload: Upload, made: Developed) -> tuple[Upload, dict[str, Print]]:
    """The upload as it is with what was made of it, and the prints by their new names."""
    prints: dict[str, Print] = {}
    if made.picture is not None:
        name = new_name(made.picture.media_type)
        prints[name] = made.picture
        upload = replace(upload, file=name, media_type=made.picture.media_type, width=made.width, height=made.height)
    if made.small is not None:
        name = new_name(made.small.media_type)
        prints[name] = made.small
        small = made.small
        upload = replace(upload, thumbnail=name, thumbnail_width=small.width, thumbnail_height=small.height)
    return replace(upload, blurhash=made.blurhash), prints


def merged(old: Upload, found: Upload, made: Developed) -> Upload:
    """What is known of an upload that was looked into; what its owner said of it meanwhile stays."""
    if found.thumbnail:
        old = replace(
            old,
            thumbnail=found.thumbnail,
            thumbnail_width=found.thumbnail_width,
            thumbnail_height=found.thumbnail_height,
            blurhash=found.blurhash,
        )
    if not made.media_type:
        return old
    kind = TAKEN[made.media_type].kind
    if kind is MediaKind.VIDEO and not made.has_sound and 0 < made.duration <= LONGEST_GIFV:
        kind = MediaKind.GIFV
    return replace(
        old,
        kind=kind,
        media_type=made.media_type,
        width=made.width,
        height=made.height,
        duration=made.duration,
        frame_rate=made.frame_rate,
        bit_rate=made.bit_rate,
    )


def clear(made: Developed) -> None:
    """Leave nothing of what was made."""
    clear_prints([each for each in (made.picture, made.small) if each is not None])


def clear_prints(prints: Iterable[Print]) -> None:
    """Leave nothing of these."""
    for each in prints:
        each.path.unlink(missing_ok=True)
