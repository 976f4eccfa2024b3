"""Pictures, sounds, films and files that come with a post; only such as lie at an http(s) address."""

import re

from scattershot.domain.post import Attachment
from scattershot.protocols.activitypub.wire.vocabulary import (
    JsonObject,
    link_of,
    links_of,
    list_of,
    natural_text,
    number_of,
    objects_of,
    text_of,
    type_of,
)
from scattershot.wirekit.dates import parse_duration
from scattershot.wirekit.html import clean_source

MAX_ATTACHMENTS = 32
MAX_ALT = 10_000
_MAX_SIDE = 65_535
_LONGEST = 30 * 86_400.0
_KINDS = {"Image": "image/*", "Video": "video/*", "Audio": "audio/*", "Document": ""}
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9.+*-]{1,100}")
_BLURHASH = re.compile(r"[0-9A-Za-z#$%*+,\-.:;=?@\[\]^_{|}~]{6,128}")


def attachments_of(value: object) -> tuple[Attachment, ...]:
    """The media among the attachments; links, profile fields and what has no address are left out."""
    found = (_attachment(item) for item in objects_of(value, MAX_ATTACHMENTS) if type_of(item) in _KINDS)
    return tuple(attachment for attachment in found if attachment)


def media_of(thing: JsonObject, kind: str) -> tuple[Attachment, ...]:
    """The picture, sound or film that a whole object is, as PeerTube and Funkwhale send them: one, playable."""
    family = kind.lower() + "/"
    links = [*objects_of(thing.get("url"), 32)]
    links += [inner for link in links for inner in objects_of(link.get("tag"), 32)]  # PeerTube: below the HLS list
    for link in links:
        media_type, address = _media_type(link.get("mediaType")), link_of(link)
        if media_type.startswith(family) and address:
            sides = _side(link.get("width")), _side(link.get("height"))
            icon, duration = link_of(thing.get("icon"), "image/"), _duration(thing.get("duration"))
            return (Attachment(address, media_type, "", *sides, "", None, icon, duration=duration),)
    return ()


def _attachment(item: JsonObject) -> Attachment | None:
    address, told = next(links_of(item.get("url") or item.get("href"), 4), ("", ""))
    if not address:
        return None
    blurhash = item.get("blurhash")
    return Attachment(
        url=address,
        media_type=_media_type(item.get("mediaType")) or _media_type(told) or _KINDS[type_of(item)],
        alt=clean_source(natural_text(item, "name") or natural_text(item, "summary"), MAX_ALT).strip(),
        width=_side(item.get("width")),
        height=_side(item.get("height")),
        blurhash=blurhash if isinstance(blurhash, str) and _BLURHASH.fullmatch(blurhash) else "",
        focus=_focus(item.get("focalPoint")),
        thumbnail=link_of(item.get("icon"), "image/"),
        duration=_duration(item.get("duration")),
    )


def _media_type(value: object) -> str:
    bare = text_of(value).partition(";")[0].strip().lower()
    return bare if _MEDIA_TYPE.fullmatch(bare) else ""


def _side(value: object) -> int:
    number = number_of(value)
    return number if number <= _MAX_SIDE else 0


def _duration(value: object) -> float:
    """Seconds; 0 where it says none, or more than a month."""
    seconds = parse_duration(text_of(value)) or 0.0
    return seconds if seconds <= _LONGEST else 0.0


def _focus(value: object) -> tuple[float, float] | None:
    pair = list_of(value, 2)
    if len(pair) != 2 or not all(isinstance(side, int | float) and not isinstance(side, bool) for side in pair):
        return None
    return max(-1.0, min(1.0, float(pair[0]))), max(-1.0, min(1.0, float(pair[1])))
