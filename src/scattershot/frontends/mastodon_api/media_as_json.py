"""Media as JSON: the entity MediaAttachment, of what is kept here and of what others show, which comes by our proxy.

An upload has its own id. What others attach has none here, so it gets one that never changes: the post's, five bits to
the left, and its place in the post in those bits.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

from scattershot.domain.ids import PostId
from scattershot.domain.media import MediaKind
from scattershot.domain.post import Attachment, Post
from scattershot.frontends.mastodon_api.entities.status import MediaAttachment

PLACE_BITS = 5

Shown: TypeAlias = Callable[[str], str]
"""Where a picture, sound or film of any node is shown to our people; nothing for what cannot be."""


def attachments_of(post_id: PostId, post: Post, shown: Shown) -> list[MediaAttachment]:
    """What is shown with a post."""
    return [_attachment(post_id, place, each, shown) for place, each in enumerate(post.attachments)]


def _attachment(post: PostId, place: int, each: Attachment, shown: Shown) -> MediaAttachment:
    if each.media:
        return upload_entity(each)
    url = shown(each.url)
    return _entity(str((post << PLACE_BITS) + place), each, url or each.url, shown(each.thumbnail), each.url)


def upload_entity(each: Attachment) -> MediaAttachment:
    """An upload, shown by a post or not yet; its `url` is null while nobody has looked into it."""
    return _entity(str(each.media), each, each.url, each.thumbnail, None)


def _entity(number: str, each: Attachment, url: str, preview: str, origin: str | None) -> MediaAttachment:
    kind = each.shown_as
    return MediaAttachment(
        id=number,
        type=kind.value,
        url=url or None,
        preview_url=preview or (url or None if kind is MediaKind.IMAGE else None),
        remote_url=origin,
        meta=_meta(each, kind),
        description=each.alt or None,
        blurhash=each.blurhash or None,
    )


def _meta(each: Attachment, kind: MediaKind) -> dict[str, Any]:
    meta: dict[str, Any] = {}
    if kind in (MediaKind.VIDEO, MediaKind.GIFV, MediaKind.AUDIO):
        meta |= _recorded(each)
    elif each.width and each.height:
        meta["original"] = _measures(each.width, each.height)
    if each.thumbnail_width and each.thumbnail_height:
        meta["small"] = _measures(each.thumbnail_width, each.thumbnail_height)
    if each.focus is not None:
        meta["focus"] = {"x": each.focus[0], "y": each.focus[1]}
    return meta


def _measures(width: int, height: int) -> dict[str, Any]:
    return {"width": width, "height": height, "size": f"{width}x{height}", "aspect": width / height}


def _recorded(each: Attachment) -> dict[str, Any]:
    """Of a sound or film, in the places where Mastodon's apps look for it."""
    meta: dict[str, Any] = {}
    original: dict[str, Any] = {}
    if each.width and each.height:
        meta |= _measures(each.width, each.height)
        original |= {"width": each.width, "height": each.height}
    if each.frame_rate:
        original["frame_rate"] = each.frame_rate
        meta["fps"] = round(Fraction(each.frame_rate))
    if each.duration:
        meta |= {"length": _length(each.duration), "duration": each.duration}
        original["duration"] = each.duration
    if each.bit_rate:
        original["bitrate"] = each.bit_rate
    return meta | {"original": original} if original else meta


def _length(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02}:{rest:05.2f}"
