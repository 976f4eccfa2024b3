"""A node in one file: a tar of a manifest, the database and, where it has them, its `scattershot.toml` and what opens
its signets; then every file that people uploaded, and what each of those has to be. Media of other nodes are not in it:
they are fetched again.

The private keys of everybody's microblogs are in it, so it is readable for its owner alone, as is what comes out.
"""

import hashlib
import io
import os
import re
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, NamedTuple

import msgspec
from msgspec import Struct

from scattershot.app.signets import SIGNET_FILE
from scattershot.storage.sqlite import SqliteDatabase
from scattershot.storage.tables import log, uploads

DATABASE = "scattershot.sqlite"
SETTINGS = "scattershot.toml"
SIGNETS = SIGNET_FILE
"""Without it the keys by which microblogs speak on other wires stay sealed."""
MEDIA, KEPT = "media", "kept"
"""The folder of media in the data folder, and what people uploaded in that."""
_MANIFEST = "manifest.json"
_SUMS = "media.json"
_FORMAT = 2
_WITHOUT_MEDIA = 1
"""The format of older backups, which are taken still."""
_MEDIA_NAME = re.compile(r"[a-z0-9]{8,64}\.[a-z0-9]{1,8}")
_MAX_MANIFEST = 100_000
_MAX_SUMS = 1 << 30
_MAX_SETTINGS = 10_000_000
_CHUNK = 1 << 20


class Packed(Struct, frozen=True):
    """A file of the archive."""

    size: int
    sha256: str


class Manifest(Struct, frozen=True):
    """What the archive holds: `made` is a time for people, `version` the program's that made it."""

    format: int
    version: str
    made: str
    origin: str
    files: dict[str, Packed]


class ArchiveError(Exception):
    """The archive cannot be used, in a sentence; nothing was altered."""


class Sources(NamedTuple):
    """What goes into an archive: a copy of the database, the settings if there are any, and of the folder of media
    those files that the copy knows; one that was deleted since the copy was made is left out."""

    database: Path
    settings: Path
    media: Path
    names: Sequence[str]
    signets: Path | None = None


async def media_named_in(database: Path) -> list[str]:
    """The files of uploads that a copy of the database speaks of."""
    store = SqliteDatabase(database)
    try:
        return await store.read(uploads.all_names)
    finally:
        await store.close()


def pack(target: Path, sources: Sources, version: str, made: str, origin: str) -> None:
    """Write the archive; it appears at `target` only when it is whole and on disk."""
    beside = {SETTINGS: sources.settings, SIGNETS: sources.signets}
    there = {name: path for name, path in beside.items() if path is not None and path.is_file()}
    files = {DATABASE: sources.database, **there}
    manifest = Manifest(_FORMAT, version, made, origin, {name: _packed(path) for name, path in files.items()})
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with _own_file(partial) as out:
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
                _put_text(tar, _MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))
                for name, path in files.items():
                    with path.open("rb") as source:
                        tar.addfile(_entry(name, manifest.files[name].size), source)
                sums = dict(_packed_media(tar, sources.media / KEPT, sources.names))
                _put_text(tar, _SUMS, msgspec.json.encode(sums))
            out.flush()
            os.fsync(out.fileno())
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def _packed_media(tar: tarfile.TarFile, kept: Path, names: Iterable[str]) -> Iterator[tuple[str, Packed]]:
    for name in names:
        try:
            source = (kept / name[:2] / name).open("rb")
        except FileNotFoundError:
            continue
        with source:
            packed = Packed(os.fstat(source.fileno()).st_size, hashlib.file_digest(source, "sha256").hexdigest())
            source.seek(0)
            tar.addfile(_entry(f"{MEDIA}/{name}", packed.size), source)
        yield name, packed


async def unpack(archive: Path, folder: Path) -> Manifest:
    """Put what the archive holds into the folder in place of what is there, once all of it was found sound."""
    with tempfile.TemporaryDirectory(dir=folder, prefix="restore-") as within:
        aside = Path(within)
        try:
            with tarfile.open(archive, "r:") as tar:
                manifest = _manifest(tar)
                for name, packed in manifest.files.items():
                    _take_out(tar, name, packed, aside / name)
                if manifest.format != _WITHOUT_MEDIA:
                    _take_out_media(tar, aside / MEDIA / KEPT)
        except (tarfile.TarError, EOFError, KeyError) as problem:
            raise ArchiveError(f"{archive} is not a whole backup of a node: {problem}.") from problem
        await _check(archive, aside / DATABASE)
        await _leave_out(aside / DATABASE)
        for rest in ("-wal", "-shm"):
            (folder / f"{DATABASE}{rest}").unlink(missing_ok=True)
        if (folder / MEDIA).exists():
            (folder / MEDIA).replace(aside / "media of before")
        if (aside / MEDIA).exists():
            (aside / MEDIA).replace(folder / MEDIA)
        for name in manifest.files:
            (aside / name).replace(folder / name)
    return manifest


def _take_out_media(tar: tarfile.TarFile, kept: Path) -> None:
    with _member(tar, _SUMS) as file:
        told = file.read(_MAX_SUMS)
    try:
        sums = msgspec.json.decode(told, type=dict[str, Packed])
    except msgspec.MsgspecError as problem:
        raise ArchiveError(f"The backup's list of media cannot be read: {problem}.") from problem
    for name, packed in sums.items():
        if not _MEDIA_NAME.fullmatch(name):
            raise ArchiveError("The backup holds other files than a node's.")
        target = kept / name[:2] / name
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _take_out(tar, f"{MEDIA}/{name}", packed, target)


def _own_file(path: Path) -> IO[bytes]:
    """A new file that nobody else may read, not even for a moment."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _packed(path: Path) -> Packed:
    with path.open("rb") as file:
        return Packed(path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def _put_text(tar: tarfile.TarFile, name: str, text: bytes) -> None:
    tar.addfile(_entry(name, len(text)), io.BytesIO(text))


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    return entry


def _manifest(tar: tarfile.TarFile) -> Manifest:
    with _member(tar, _MANIFEST) as file:
        told = file.read(_MAX_MANIFEST)
    try:
        manifest = msgspec.json.decode(told, type=Manifest)
    except msgspec.MsgspecError as problem:
        raise ArchiveError(f"The backup's manifest cannot be read: {problem}.") from problem
    if manifest.format not in (_FORMAT, _WITHOUT_MEDIA):
        raise ArchiveError(f"The backup was made by version {manifest.version}, in a way this version does not know.")
    if DATABASE not in manifest.files or not manifest.files.keys() <= {DATABASE, SETTINGS, SIGNETS}:
        raise ArchiveError("The backup holds other files than a node's.")
    return manifest


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    file = tar.extractfile(tar.getmember(name)) if tar.getmember(name).isreg() else None
    if file is None:
        raise ArchiveError(f"{name} in the backup is not a file.")
    return file


def _take_out(tar: tarfile.TarFile, name: str, packed: Packed, target: Path) -> None:
    with (
        _member(tar, name) as source,
        _own_file(target) as out,
    ):
        shutil.copyfileobj(source, out, _CHUNK)
        out.flush()
        os.fsync(out.fileno())
    if _packed(target) != packed:
        raise ArchiveError(f"{name} in the backup is damaged.")


async def _leave_out(database: Path) -> None:
    """Whoever follows the log by its places must not take new ones for those that were given out since the backup."""
    store = SqliteDatabase(database)
    try:
        await store.leave_out("log", log.LEFT_OUT)
    finally:
        await store.close()


async def _check(archive: Path, database: Path) -> None:
    try:
        store = SqliteDatabase(database)
        faults = await store.faults()
        await store.close()
    except sqlite3.DatabaseError as problem:
        faults = [str(problem)]
    if faults:
        raise ArchiveError(f"The database in {archive} is damaged: {faults[0]}.")
