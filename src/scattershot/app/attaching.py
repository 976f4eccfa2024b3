"""Attaching: uploads become what a post shows. Plain functions of a transaction, for whatever makes posts."""

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from scattershot.domain.addresses import Addresses
from scattershot.domain.ids import MediaId, MicroblogId, PostId
from scattershot.domain.media import MAX_ALT, State, Upload, Use
from scattershot.domain.post import Attachment
from scattershot.domain.reading import Refused
from scattershot.ports.database import Transaction
from scattershot.storage.tables import uploads

NO_SUCH_MEDIA = Refused("not_found", "There is no such upload, or it is another's.")
TOO_LONG_ALT = Refused("invalid", f"A description has at most {MAX_ALT:,} characters.")
_NOT_THERE = Refused("invalid", "One of the files is not there any more, or is another's. Please upload it again.")
_ELSEWHERE = Refused("invalid", "One of the files is shown by another post already. Please upload it again.")
_TWICE = Refused("invalid", "A file can be shown once in a post.")
_NOT_READY = Refused("invalid", "Not all files are ready yet. Please try again in a moment.")
_FAILED = Refused("invalid", "One of the files could not be read.")


class Described(NamedTuple):
    """What is to be said of an upload from now on; None leaves it as it was."""

    media: MediaId
    alt: str | None = None
    focus: tuple[float, float] | None = None


def claim(
    tx: Transaction, owner: MicroblogId, ids: Sequence[MediaId], post: PostId, addresses: Addresses, most: int
) -> tuple[Attachment, ...] | Refused:
    """Let a post show these uploads of its author, in this order; they are then no other post's."""
    if len(ids) > most:
        return Refused("invalid", f"A post shows at most {most} files.")
    if len(set(ids)) != len(ids):
        return _TWICE
    if ids:
        tx.lock(f"uploads of {owner}")  # or two posts at once might both find it free
    rows = uploads.get_many(tx, ids)
    for media in ids:
        row = rows.get(media)
        if row is None or row.owner != owner or row.use is not Use.POST:
            return _NOT_THERE
        if row.post not in (None, post):
            return _ELSEWHERE
        if row.state is not State.READY:
            return _FAILED if row.state is State.FAILED else _NOT_READY
    for media in ids:
        uploads.attach(tx, media, post)
    return tuple(attachment_of(media, rows[media].upload, addresses) for media in ids)


def describe(tx: Transaction, owner: MicroblogId, said: Described) -> uploads.Row | Refused:
    """Say of one's own upload what it shows, and where to look."""
    row = uploads.get(tx, said.media)
    if row is None or row.owner != owner:
        return NO_SUCH_MEDIA
    alt = row.upload.alt if said.alt is None else said.alt.strip()
    if len(alt) > MAX_ALT:
        return TOO_LONG_ALT
    uploads.put_value(tx, row.id, replace(row.upload, alt=alt, focus=said.focus or row.upload.focus))
    changed = uploads.get(tx, row.id)
    assert changed is not None
    return changed


def describe_all(tx: Transaction, owner: MicroblogId, said: Sequence[Described]) -> Refused | None:
    """The same of several; the first that cannot be is why none is."""
    for each in said:
        done = describe(tx, owner, each)
        if isinstance(done, Refused):
            return _NOT_THERE if done is NO_SUCH_MEDIA else done
    return None


def attachment_of(media: MediaId, upload: Upload, addresses: Addresses) -> Attachment:
    """An upload as a post shows it."""
    return Attachment(
        url=addresses.media(upload.file),
        media_type=upload.media_type,
        alt=upload.alt,
        width=upload.width,
        height=upload.height,
        blurhash=upload.blurhash,
        focus=upload.focus,
        thumbnail=addresses.media(upload.thumbnail),
        media=media,
        kind=upload.kind,
        thumbnail_width=upload.thumbnail_width,
        thumbnail_height=upload.thumbnail_height,
        duration=upload.duration,
        frame_rate=upload.frame_rate,
        bit_rate=upload.bit_rate,
    )
