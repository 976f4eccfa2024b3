"""Files of an entry: RSS enclosures, Media RSS, iTunes and Atom links, brought together, each address once."""

from collections.abc import Iterable

from msgspec.structs import replace

from scattershot.protocols.feeds.wire.feed import Enclosure
from scattershot.protocols.feeds.wire.links import resolve
from scattershot.protocols.feeds.wire.names import every, first, line, seconds, text_of, whole
from scattershot.wirekit.safe_xml import Element

MOST = 64
"""Files of one entry."""
_BY_MEDIUM = {"image": "image/*", "video": "video/*", "audio": "audio/*"}


def enclosures(entry: Element, base: str, links: Iterable[Element] = ()) -> tuple[Enclosure, ...]:
    """All files of an entry; `links` are its Atom links of the relation `enclosure`."""
    found: dict[str, Enclosure] = {}
    duration = seconds(text_of(entry, "itunes:duration"))
    for each in every(entry, "enclosure"):
        _take(found, resolve(base, each.get("url")), each.get("type"), whole(each.get("length")), duration)
    for each in links:
        address = resolve(base, each.get("href"))
        _take(found, address, each.get("type"), whole(each.get("length")), duration)
        if address and each.get("title"):
            found[address] = replace(found[address], alt=line(each.get("title")))
    for within in [entry, *every(entry, "media:group")]:
        for each in every(within, "media:content"):
            _take_media(found, each, within, entry, base)
    thumbnails = [resolve(base, each.get("url")) for each in every(entry, "media:thumbnail")]
    if not found:
        for address in thumbnails:
            _take(found, address, "image/*", 0, 0.0)
    return tuple(found.values())[:MOST]


def _take(found: dict[str, Enclosure], address: str, media_type: str, size: int, duration: float) -> None:
    if address and address not in found:
        kind = media_type.partition(";")[0].strip().lower()
        spoken = kind.startswith(("audio/", "video/"))
        found[address] = Enclosure(url=address, media_type=kind, size=size, seconds=duration if spoken else 0.0)


def _take_media(found: dict[str, Enclosure], each: Element, within: Element, entry: Element, base: str) -> None:
    address = resolve(base, each.get("url"))
    if not address:
        return
    _take(
        found,
        address,
        each.get("type") or _BY_MEDIUM.get(each.get("medium").lower(), ""),
        whole(each.get("fileSize")),
        0.0,
    )
    said = text_of(each, "media:description", "media:title")
    shown = first(each, "media:thumbnail") or first(within, "media:thumbnail") or first(entry, "media:thumbnail")
    known = found[address]
    found[address] = replace(
        known,
        alt=known.alt or line(said),
        seconds=known.seconds or seconds(each.get("duration")),
        width=known.width or whole(each.get("width")),
        height=known.height or whole(each.get("height")),
        thumbnail=known.thumbnail or (resolve(base, shown.get("url")) if shown is not None else ""),
    )
