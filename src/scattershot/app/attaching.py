"""Attaching: uploads become what a post shows. Plain functions of a transaction, for whatever makes posts: reserve,
describe, choose, and attach once the post is made.
"""

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


def reserve(tx: Transaction, owner: MicroblogId, ids: Sequence[MediaId]) -> None:
    """Before what follows: two posts at once must not both find an upload free."""
    if ids:
        tx.lock(f"uploads of {owner}")


def chosen(
    tx: Transaction,
    owner: MicroblogId,
    ids: Sequence[MediaId],
    post: PostId,
    *,
    addresses: Addresses,
    most: int,
    before: tuple[Attachment, ...] = (),
) -> tuple[Attachment, ...] | Refused:
    """What a post shows `before`, and these uploads as a post of their owner's would show them, in this order; nothing
    is altered yet. What an edit leaves out stays its post's: the history shows it."""
    if len(before) + len(ids) > most:
        return Refused("invalid", f"A post shows at most {most} files.")
    if len(set(ids)) != len(ids):
        return _TWICE
    rows = uploads.get_many(tx, ids)
    for media in ids:
        row = rows.get(media)
        if row is None or row.owner != owner or row.use is not Use.POST:
            return _NOT_THERE
        if row.post not in (None, post):
            return _ELSEWHERE
        if row.state is not State.READY:
            return _FAILED if row.state is State.FAILED else _NOT_READY
    return (*before, *(attachment_of(media, rows[media].upload, addresses) for media in ids))


def attach(tx: Transaction, ids: Sequence[MediaId], post: PostId) -> None:
    """The post shows them: they are no other post's from now on."""
    for media in ids:
        uploads.attach(tx, media, post)


def describe(tx: Transaction, owner: MicroblogId, said: Described) -> uploads.Row | Refused:
    """Say of one's own upload what it shows, and where to look."""
    upload = _described(tx, owner, said)
    if isinstance(upload, Refused):
        return upload
    uploads.put_value(tx, said.media, upload)
    changed = uploads.get(tx, said.media)
    assert changed is not None
    return changed


def describe_all(tx: Transaction, owner: MicroblogId, said: Sequence[Described]) -> Refused | None:
    """The same of several; where one cannot be, none is."""
    made = [(each.media, _described(tx, owner, each)) for each in said]
    for _, upload in made:
        if isinstance(upload, Refused):
            return _NOT_THERE if upload is NO_SUCH_MEDIA else upload
    for media, upload in made:
        if isinstance(upload, Upload):
            uploads.put_value(tx, media, upload)
    return None


def _described(tx: Transaction, owner: MicroblogId, said: Described) -> Upload | Refused:
    row = uploads.get(tx, said.media)
    if row is None or row.owner != owner:
        return NO_SUCH_MEDIA
    upload = row.upload
    alt = upload.alt if said.alt is None else said.alt.strip()
    return TOO_LONG_ALT if len(alt) > MAX_ALT else replace(upload, alt=alt, focus=said.focus or upload.focus)


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
