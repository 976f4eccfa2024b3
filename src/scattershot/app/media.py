"""Media: files that people here give us are looked at, made fit to be shown, kept, and dropped when nothing shows them.

Nobody's bytes are opened in this process: that is the darkroom's. A row names a file before it is put in its place and
until it is gone, so that whatever happens in between, no file is kept that nobody knows of.
"""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import NamedTuple

from msgspec.structs import replace

from scattershot.app import attaching
from scattershot.app.attaching import NO_SUCH_MEDIA, TOO_LONG_ALT, Described
from scattershot.app.prints import clear, clear_prints, merged, with_prints
from scattershot.app.receiving import Receiving, Sizes
from scattershot.domain.addresses import Addresses
from scattershot.domain.ids import MediaId, MicroblogId, Millis, snowflake
from scattershot.domain.media import MAX_ALT, TAKEN, MediaKind, State, Upload, Use
from scattershot.domain.post import Attachment
from scattershot.domain.reading import Refused
from scattershot.ports.blobs import Aside, Blobs, NoSuchBlobError
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.darkroom import Darkroom, Developed, Print, Recording, Scrub, Still
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import uploads

SHOWN_PIXELS = 8_294_400
"""Larger pictures are scaled down to this: 3840 × 2160, as Mastodon does."""
CUTS = {Use.AVATAR: (400, 400), Use.HEADER: (1500, 500)}
"""The shapes of pictures on profiles, and the most pixels they have."""
EMOJI_TYPES = ("image/png", "image/gif", "image/webp")
EMOJI_BYTES = 256 * 1024
"""What Mastodon takes (CustomEmoji::LIMIT): others fetch our emojis and refuse what is larger."""
EMOJI_PIXELS = 512 * 512
UNSHOWN_FOR = 86_400_000
"""How long an upload waits to be shown by something (milliseconds)."""
EVERY = 900.0
"""Seconds between two looks at what is to go."""
BATCH = 100
TOPIC = "media"

_IN_USE = Refused("invalid", "A post shows that file. Edit the post to take it away.")
_NOT_KEPT = Refused("unavailable", "The file could not be kept just now. Please try again later.")
_STILLS_ONLY = Refused("invalid", "That has to be a picture.")
_logger = logging.getLogger(__name__)


class Kept(NamedTuple):
    """An upload as its owner knows it, and as a post would show it."""

    id: MediaId
    state: State
    attachment: Attachment
    is_shown: bool = False


class Media:
    """Takes files in and looks after them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        kept: Blobs,
        aside: Aside,
        darkroom: Darkroom,
        addresses: Addresses,
        sizes: Sizes,
    ) -> None:
        self._database, self._clock, self._bus = database, clock, bus
        self._kept, self._aside, self._darkroom = kept, aside, darkroom
        self._addresses, self.sizes = addresses, sizes
        self._looking: dict[MediaId, asyncio.Task[bool]] = {}

    # -- taking in

    def receiving(self) -> Receiving:
        """A place for a file that is about to come."""
        return Receiving(self._aside.path(), self.sizes)

    async def take(
        self,
        owner: MicroblogId,
        given: Receiving,
        *,
        alt: str = "",
        focus: tuple[float, float] | None = None,
        cover: Receiving | None = None,
    ) -> Kept | Refused:
        """Keep what was received. A picture is ready when this returns; a sound or film is `WAITING`, and looked into
        soon. `cover` is the preview its owner wishes for."""
        try:
            refused = given.refused or (cover.refused if cover is not None else None)
            if refused is None and len(alt.strip()) > MAX_ALT:
                refused = TOO_LONG_ALT
            if refused is not None:
                return refused
            upload = Upload(
                kind=TAKEN[given.media_type].kind, media_type=given.media_type, alt=alt.strip(), focus=focus
            )
            if upload.kind is MediaKind.IMAGE:
                return await self._take_still(owner, given, upload, cover)
            return await self._take_recording(owner, given, upload, cover)
        finally:
            given.discard()
            if cover is not None:
                cover.discard()

    async def portrait(self, owner: MicroblogId, use: Use, given: Receiving) -> Kept | Refused:
        """Cut a picture to the shape of an avatar or header. It goes in a day unless the profile says the `url` of its
        `attachment` by then (`Publisher.change_profile`); the one shown before goes at that moment."""
        try:
            if given.refused is not None:
                return given.refused
            if TAKEN[given.media_type].kind is not MediaKind.IMAGE:
                return _STILLS_ONLY
            made = await self._still(given, CUTS[use])
            if isinstance(made, Refused) or made.picture is None:
                return made if isinstance(made, Refused) else _STILLS_ONLY
            upload = Upload(kind=MediaKind.IMAGE, media_type=made.picture.media_type)
            return await self._keep(owner, use, *with_prints(upload, made))
        finally:
            given.discard()

    async def emoji(self, owner: MicroblogId, given: Receiving) -> Kept | Refused:
        """A small picture that may move, with one beside it that does not. It goes in a day unless it is kept."""
        try:
            if given.refused is not None:
                return given.refused
            if given.media_type not in EMOJI_TYPES:
                return Refused("invalid", "An emoji is a PNG, GIF or WebP picture.")
            if given.size > EMOJI_BYTES:
                return Refused("invalid", f"An emoji has at most {EMOJI_BYTES // 1024} KB.")
            made = await self._still(given, pixels=EMOJI_PIXELS)
            if isinstance(made, Refused):
                return made
            upload = Upload(kind=MediaKind.IMAGE, media_type=given.media_type)
            return await self._keep(owner, Use.EMOJI, *with_prints(upload, made))
        finally:
            given.discard()

    async def _take_still(
        self, owner: MicroblogId, given: Receiving, upload: Upload, cover: Receiving | None
    ) -> Kept | Refused:
        made = await self._still(given)
        if isinstance(made, Refused):
            return made
        if cover is not None:
            covered = await self._cover(cover)
            if isinstance(covered, Refused):
                clear(made)
                return covered
            clear(replace(made, picture=None))
            made = replace(made, small=covered.small)
        return await self._keep(owner, Use.POST, *with_prints(upload, made))

    async def _take_recording(
        self, owner: MicroblogId, given: Receiving, upload: Upload, cover: Receiving | None
    ) -> Kept | Refused:
        made = await self._darkroom.develop(Scrub(given.path, given.media_type))
        if not isinstance(made, Refused) and cover is not None:
            made = await self._cover(cover)
        if isinstance(made, Refused):
            return made
        print_ = Print(given.path, given.media_type, 0, 0)
        made = Developed(picture=print_, small=made.small, blurhash=made.blurhash)
        kept = await self._keep(owner, Use.POST, *with_prints(upload, made), then=State.WAITING)
        self._bus.nudge(TOPIC)
        return kept

    async def _still(
        self, given: Receiving, cut: tuple[int, int] | None = None, pixels: int = SHOWN_PIXELS
    ) -> Developed | Refused:
        return await self._darkroom.develop(Still(given.path, given.media_type, self._aside.path(), pixels, cut))

    async def _cover(self, cover: Receiving) -> Developed | Refused:
        """A preview alone."""
        if TAKEN[cover.media_type].kind is not MediaKind.IMAGE:
            return _STILLS_ONLY
        made = await self._still(cover)
        if isinstance(made, Refused):
            return made
        clear(replace(made, small=None))
        return replace(made, picture=None)

    async def _keep(
        self, owner: MicroblogId, use: Use, upload: Upload, prints: dict[str, Print], then: State = State.READY
    ) -> Kept | Refused:
        """Name the files, put them in their place, and only then let them be seen."""
        now = self._clock.now()
        files = [uploads.File(name, each.media_type, each.path.stat().st_size) for name, each in prints.items()]
        upload = replace(upload, bytes=sum(file.bytes for file in files if file.name == upload.file))

        def work(tx: Transaction) -> MediaId:
            media = MediaId(snowflake(now, secrets.randbits(16)))
            while not uploads.id_is_free(tx, media):
                media = MediaId(snowflake(now, secrets.randbits(16)))
            uploads.add(tx, media, owner, use, upload, now, Millis(now + UNSHOWN_FOR))
            uploads.add_files(tx, media, files)
            return media

        media = await self._database.write(work)
        state = State.DROPPED
        try:
            for name, each in prints.items():
                await self._kept.put(each.path, name)
            state = then
        except OSError:
            _logger.exception("a file could not be kept")
        finally:  # also when whoever sent it hangs up in between
            clear_prints(prints.values())
            await self._database.write(lambda tx: uploads.set_state(tx, media, state))
        return self._as_kept(media, state, upload) if state is not State.DROPPED else _NOT_KEPT

    # -- what is there

    async def of(self, owner: MicroblogId, media: int) -> Kept | None:
        """One's own upload."""
        row = await self._database.read(lambda tx: uploads.get(tx, media))
        return self._from_row(row) if row is not None and row.owner == owner else None

    async def describe(
        self,
        owner: MicroblogId,
        media: int,
        *,
        alt: str | None = None,
        focus: tuple[float, float] | None = None,
        cover: Receiving | None = None,
    ) -> Kept | Refused:
        """Say what one's own upload shows, where to look, and what its preview is, as long as no post shows it."""
        try:
            row = await self._database.read(lambda tx: uploads.get(tx, media))
            if row is None or row.owner != owner or row.post is not None:
                return NO_SUCH_MEDIA
            if cover is not None and cover.refused is not None:
                return cover.refused
            said = Described(row.id, alt, focus)
            done = await self._database.write(lambda tx: attaching.describe(tx, owner, said))
            if isinstance(done, Refused) or cover is None:
                return done if isinstance(done, Refused) else self._from_row(done)
            made = await self._cover(cover)
            return made if isinstance(made, Refused) else await self._put_preview(row.id, made)
        finally:
            if cover is not None:
                cover.discard()

    async def drop(self, owner: MicroblogId, media: int) -> Refused | None:
        """Take one's own upload back, as long as no post shows it."""

        def work(tx: Transaction) -> Refused | None:
            row = uploads.get(tx, media)
            if row is None or row.owner != owner:
                return NO_SUCH_MEDIA
            if row.post is not None or row.drop_at is None:
                return _IN_USE
            uploads.set_state(tx, row.id, State.DROPPED)
            return None

        refused = await self._database.write(work)
        if refused is None:
            await self.tidy()
        return refused

    async def some(self, media: Sequence[MediaId]) -> list[Kept]:
        """Those of the uploads that are there, in that order; whoever asks knows whose they are."""
        return [self._from_row(row) for row in await self._database.read(lambda tx: uploads.some(tx, media))]

    async def file(self, name: str) -> uploads.File | None:
        """A file that may be shown, by its name."""
        return await self._database.read(lambda tx: uploads.file(tx, name))

    def read(self, name: str, start: int, length: int) -> AsyncIterator[bytes]:
        """That part of a file; NoSuchBlobError at the first piece where it is gone."""
        return self._kept.read(name, start, length)

    def _from_row(self, row: uploads.Row) -> Kept:
        return self._as_kept(row.id, row.state, row.upload, is_shown=row.post is not None)

    def _as_kept(self, media: MediaId, state: State, upload: Upload, *, is_shown: bool = False) -> Kept:
        return Kept(media, state, attaching.attachment_of(media, upload, self._addresses), is_shown)

    # -- looking into sounds and films

    async def begin(self) -> None:
        """Drop what an earlier process began and did not end."""
        self._aside.clear()
        await self._database.write(uploads.drop_interrupted)

    async def step(self) -> int:
        """Look into what waits; how many could be dealt with."""
        waiting = await self._database.read(lambda tx: uploads.waiting(tx, BATCH))
        return sum([await self._looked_into(media) for media in waiting])

    async def finish(self, media: MediaId) -> Kept | Refused:
        """Look into an upload now, for whoever waits; it may be `FAILED` then, or waiting still where all are busy."""
        await self._looked_into(media)
        row = await self._database.read(lambda tx: uploads.get(tx, media))
        return self._from_row(row) if row is not None else NO_SUCH_MEDIA

    async def _looked_into(self, media: MediaId) -> bool:
        """Whether it could be dealt with; who comes second waits for the first."""
        task = self._looking.get(media)
        if task is None:
            task = self._looking[media] = asyncio.create_task(self._look_into(media))
            task.add_done_callback(lambda _: self._looking.pop(media, None))
        return await asyncio.shield(task)

    async def stop(self) -> None:
        """Look into nothing more; what waits is looked into after the next start."""
        tasks = list(self._looking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def run(self) -> None:
        """Look into what waits and tidy up, for ever."""
        while True:
            while await self.step():
                pass
            try:
                await self.tidy()
            except OSError:
                _logger.exception("files that nobody needs could not be taken away; trying again later")
            await self._bus.wait(TOPIC, EVERY)

    async def _look_into(self, media: MediaId) -> bool:
        row = await self._database.read(lambda tx: uploads.get(tx, media))
        if row is None or row.state is not State.WAITING:
            return True
        upload = row.upload
        try:
            async with self._kept.on_disk(upload.file) as path:
                made = await self._darkroom.develop(Recording(path, upload.media_type, self._aside.path()))
        except NoSuchBlobError:
            made = Refused("invalid")
        if isinstance(made, Refused):
            if made.why == "busy":
                return False
            await self._database.write(lambda tx: uploads.set_state(tx, media, State.FAILED))
            await self._delete(await self._database.read(lambda tx: uploads.names_of(tx, media)))
            return True
        if made.small is not None and upload.thumbnail:
            clear(made)
            made = replace(made, small=None, blurhash=upload.blurhash)
        await self._put_preview(media, made)
        return True

    async def _put_preview(self, media: MediaId, made: Developed) -> Kept | Refused:
        """Put what was found of an upload, and its new preview, to what is known of it; then it is ready."""
        found, prints = with_prints(Upload(kind=MediaKind.UNKNOWN, media_type=""), replace(made, picture=None))
        files = [uploads.File(name, each.media_type, each.path.stat().st_size) for name, each in prints.items()]
        await self._database.write(lambda tx: uploads.add_files(tx, media, files))
        try:
            for name, each in prints.items():
                await self._kept.put(each.path, name)
        except OSError:
            _logger.exception("a preview could not be kept")
            return _NOT_KEPT
        finally:
            clear_prints(prints.values())

        def work(tx: Transaction) -> tuple[uploads.Row, str] | None:
            row = uploads.get(tx, media)
            if row is None:
                return None
            old = row.upload
            uploads.put_value(tx, media, merged(old, found, made))
            if made.media_type:
                uploads.set_media_type(tx, old.file, made.media_type)
                uploads.set_state(tx, media, State.READY)
            changed = uploads.get(tx, media)
            assert changed is not None
            return changed, old.thumbnail if found.thumbnail else ""

        done = await self._database.write(work)
        if done is None:
            return NO_SUCH_MEDIA
        if done[1]:
            await self._delete([done[1]])
        return self._from_row(done[0])

    # -- going

    async def tidy(self) -> int:
        """Drop what nothing has shown in time, and the files of all that was dropped; how many uploads went."""
        now = self._clock.now()
        await self._database.write(lambda tx: uploads.drop_unshown(tx, now))
        gone = 0
        while doomed := await self._database.read(lambda tx: uploads.doomed(tx, BATCH)):
            for each in doomed:
                await self._delete(each.names)
                await self._database.write(partial(uploads.forget, media=each.id))
            gone += len(doomed)
        return gone

    async def _delete(self, names: Sequence[str]) -> None:
        for name in names:
            await self._kept.delete(name)
        await self._database.write(lambda tx: uploads.forget_files(tx, names))
