"""Archives: all that is a microblog's in one zip file as Mastodon makes it, written in the background, page by page.

In it are `actor.json`, `outbox.json`, `likes.json`, `bookmarks.json`, the files of its posts, avatar and header, and
the CSV files. Private keys are not: they are the node's to keep.
"""

import asyncio
import logging
import secrets
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO

from msgspec.structs import replace

from scattershot.app import showing
from scattershot.app.exporting import FILES, Exporting
from scattershot.app.showing import OutboxPage, ShownBoost
from scattershot.domain.addresses import Addresses
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Post
from scattershot.domain.reading import Refused
from scattershot.ports.blobs import CHUNK, Aside, Blobs, NoSuchBlobError
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction, UnavailableError
from scattershot.ports.protocol import Scribe
from scattershot.storage.tables import archives, belongings, microblogs, posts
from scattershot.storage.tables.archives import Row, State
from scattershot.wirekit.mastodon_csv import File

TOPIC = "archives"
"""Nudged when an archive is wanted."""

BETWEEN = 86_400_000
"""An archive can be asked for once a day."""
KEPT_FOR = 7 * 86_400_000
"""An archive can be fetched for a week."""

OUTBOX, LIKES, BOOKMARKS = "outbox.json", "likes.json", "bookmarks.json"
MEDIA = "media_attachments"

_PAGE = 100
_LOOK_AGAIN = 600.0

_logger = logging.getLogger(__name__)


class Archives:
    """Makes archives and keeps them for a while."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, kept: Blobs, aside: Aside, scribe: Scribe,
        addresses: Addresses,
    ) -> None:  # fmt: skip
        self._database, self._clock, self._bus = database, clock, bus
        self._kept, self._aside, self._scribe, self._addresses = kept, aside, scribe, addresses
        self._exporting = Exporting(database)

    # -- asking, fetching

    async def ask(self, owner: MicroblogId) -> Refused | None:
        """Ask for a new archive; the one before can be fetched until it is there."""
        now, name = self._clock.now(), f"{secrets.token_hex(16)}.zip"

        def work(tx: Transaction) -> Refused | None:
            before = archives.newest(tx, owner)
            if before is not None and before.state is not State.FAILED and before.at > now - BETWEEN:
                return Refused("often", "An archive can be asked for once a day.")
            archives.want(tx, owner, name, now)
            return None

        refused = await self._database.write(work)
        self._bus.nudge(TOPIC)
        return refused

    async def of(self, owner: MicroblogId) -> list[Row]:
        """The archives of a microblog, the newest first."""
        return await self._database.read(lambda tx: archives.of(tx, owner))

    async def read(self, owner: MicroblogId, archive: int) -> tuple[int, AsyncIterator[bytes]] | None:
        """The size and the bytes of an archive of the owner's; None where there is none such, or not yet."""
        found = next((row for row in await self.of(owner) if row.id == archive), None)
        size = await self._kept.size(found.name) if found is not None and found.state is State.READY else None
        return None if size is None or found is None else (size, self._kept.read(found.name, 0, size))

    # -- in the background

    async def step(self) -> int:
        """Make an archive that is wanted; how many that were. Old ones go."""
        await self._tidy()
        wanted = await self._database.read(archives.next_wanted)
        if wanted is None:
            return 0
        path = self._aside.path()
        try:
            await self.write(wanted.microblog, path)
            size = (await asyncio.to_thread(path.stat)).st_size
            await self._kept.put(path, wanted.name)
            await self._database.write(lambda tx: archives.put_state(tx, wanted.id, State.READY, size))
        except UnavailableError:
            raise
        except Exception:  # the next one must not wait for ever
            _logger.exception("archive %s could not be made", wanted.id)
            await self._database.write(lambda tx: archives.put_state(tx, wanted.id, State.FAILED, 0))
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)
        return 1

    async def run(self) -> None:
        """Make archives as they are asked for."""
        while True:
            if not await self.step():
                await self._bus.wait(TOPIC, _LOOK_AGAIN)

    async def _tidy(self) -> None:
        before = Millis(self._clock.now() - KEPT_FOR)
        for row in await self._database.read(lambda tx: archives.doomed(tx, before)):
            await self._kept.delete(row.name)
            await self._database.write(partial(archives.forget, archive=row.id))

    # -- writing

    async def write(self, owner: MicroblogId, path: Path) -> None:
        """Write an archive to a path where nothing is yet."""
        row = await self._database.read(lambda tx: microblogs.get(tx, owner))
        if row is None:
            raise LookupError(f"there is no microblog {owner}")
        at = datetime.fromtimestamp(self._clock.now() / 1000, UTC)
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as packed:
            parcel = _Parcel(packed, at)
            profile = await self._portraits(parcel, row.profile)
            async with parcel.file("actor.json") as out:
                await out.put(self._scribe.actor(profile, OUTBOX, LIKES, BOOKMARKS))
            await self._collection(parcel, OUTBOX, self._outbox(owner))
            await self._collection(parcel, LIKES, self._marked(owner, belongings.liked))
            await self._collection(parcel, BOOKMARKS, self._marked(owner, belongings.kept))
            for file in FILES:
                await self._csv(parcel, owner, file)
            await self._media(parcel, owner)

    async def _portraits(self, parcel: "_Parcel", profile: Profile) -> Profile:
        """The profile with names of files in the archive where its pictures are ours."""
        names = {}
        for use in ("avatar", "header"):
            kept = self._addresses.media_name(getattr(profile, use))
            inside = f"{use}.{kept.rpartition('.')[2]}" if kept else ""
            if kept and await self._copy(parcel, kept, inside):
                names[use] = inside
        return replace(profile, **names)

    async def _csv(self, parcel: "_Parcel", owner: MicroblogId, file: File) -> None:
        async with parcel.file(f"{file.value}.csv") as out:
            async for piece in self._exporting.csv(owner, file):
                await out.put(piece)

    async def _collection(self, parcel: "_Parcel", name: str, items: AsyncIterator[bytes]) -> None:
        total = 0
        async with parcel.file(name) as out:
            await out.put(self._scribe.opening(name))
            async for item in items:
                await out.put(b"," + item if total else item)
                total += 1
            await out.put(self._scribe.closing(total))

    async def _outbox(self, owner: MicroblogId) -> AsyncIterator[bytes]:
        before = posts.END
        while True:
            page: OutboxPage = await self._database.read(
                partial(showing.whole_outbox, author=owner, before=before, limit=_PAGE)
            )
            for entry in page.entries:
                yield self._told(entry)
            if page.following is None:
                return
            before = page.following

    def _told(self, entry: Post | ShownBoost) -> bytes:
        if isinstance(entry, ShownBoost):
            return self._scribe.boosted(entry.change, entry.author)
        inside = [(each, self._addresses.media_name(each.url)) for each in entry.attachments]
        attachments = tuple(replace(each, url=f"{MEDIA}/{name}") if name else each for each, name in inside)
        return self._scribe.posted(replace(entry, attachments=attachments))

    async def _marked(self, owner: MicroblogId, read: belongings.ReadMarked) -> AsyncIterator[bytes]:
        after = -1
        while page := await self._database.read(partial(read, who=owner, after=after, limit=_PAGE)):
            for marked in page:
                yield self._scribe.name(marked.uri)
            after = page[-1].place

    async def _media(self, parcel: "_Parcel", owner: MicroblogId) -> None:
        after = ""
        while names := await self._database.read(partial(belongings.files, who=owner, after=after, limit=_PAGE)):
            for name in names:
                await self._copy(parcel, name, f"{MEDIA}/{name}")
            after = names[-1]

    async def _copy(self, parcel: "_Parcel", name: str, inside: str) -> bool:
        """Put a file of the store into the archive; False where it is gone."""
        size = await self._kept.size(name)
        if size is None:
            return False
        async with parcel.file(inside, packed=False) as out:
            try:
                async for piece in self._kept.read(name, 0, size):
                    await out.put(piece)
            except NoSuchBlobError:
                return False
        return True


class _Out:
    """A file within an archive, written on threads in pieces that are worth it."""

    def __init__(self, out: IO[bytes]) -> None:
        self._out, self._held = out, bytearray()

    async def put(self, piece: bytes) -> None:
        self._held += piece
        if len(self._held) >= CHUNK:
            await self.flush()

    async def flush(self) -> None:
        held, self._held = bytes(self._held), bytearray()
        await asyncio.to_thread(self._out.write, held)


class _Parcel:
    """An archive that is being written, one file after the other."""

    def __init__(self, packed: zipfile.ZipFile, at: datetime) -> None:
        self._zip, self._at = packed, at

    @asynccontextmanager
    async def file(self, name: str, *, packed: bool = True) -> AsyncIterator[_Out]:
        """A file in it; what is packed already (pictures, films) is put in as it is."""
        entry = zipfile.ZipInfo(name, self._at.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
        entry.external_attr = 0o600 << 16
        with self._zip.open(entry, "w", force_zip64=True) as opened:
            out = _Out(opened)
            yield out
            await out.flush()
