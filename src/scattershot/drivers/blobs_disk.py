"""Files kept on the disk, below the data folder: `media/kept`, `media/cache`, and `media/aside` for what is not whole.

A file appears under its name by a rename, after its bytes reached the disk, so that a crash leaves it whole or not at
all. Whatever takes time is done on threads.
"""

import asyncio
import os
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from scattershot.ports.blobs import CHUNK, NoSuchBlobError

_NAME = re.compile(r"[a-z0-9]{8,64}(?:\.[a-z0-9]{1,8})?")


class DiskAside:
    """A folder for files that are being received or made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self) -> Path:
        """A path where nothing is yet."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._folder / secrets.token_hex(16)

    def clear(self) -> int:
        """Take away what an earlier process left; how many files."""
        left = list(self._folder.iterdir()) if self._folder.is_dir() else []
        for file in left:
            file.unlink(missing_ok=True)
        return len(left)


class DiskBlobs:
    """A store in a folder; 256 folders in it keep each of them short."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise NoSuchBlobError(name)
        return self._folder / name[:2] / name

    async def put(self, file: Path, name: str) -> None:
        """Sync the file, give it its name, and sync the folder that knows the name."""
        await asyncio.to_thread(_put, file, self._path(name))

    async def size(self, name: str) -> int | None:
        """Bytes, or None."""
        try:
            return (await asyncio.to_thread(self._path(name).stat)).st_size
        except (FileNotFoundError, NoSuchBlobError):
            return None

    async def read(self, name: str, start: int, length: int) -> AsyncIterator[bytes]:
        """That part of it, in pieces."""
        try:
            file = await asyncio.to_thread(self._path(name).open, "rb", 0)
        except FileNotFoundError:
            raise NoSuchBlobError(name) from None
        try:
            while length > 0:
                piece = await asyncio.to_thread(os.pread, file.fileno(), min(CHUNK, length), start)
                if not piece:
                    return
                start, length = start + len(piece), length - len(piece)
                yield piece
        finally:
            file.close()

    @asynccontextmanager
    async def on_disk(self, name: str) -> AsyncIterator[Path]:
        """The file itself: whoever asks only reads it."""
        path = self._path(name)
        if not await asyncio.to_thread(path.is_file):
            raise NoSuchBlobError(name)
        yield path

    async def delete(self, name: str) -> None:
        """Keep it no longer."""
        await asyncio.to_thread(self._path(name).unlink, missing_ok=True)


def _put(file: Path, path: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sync(path.parent.parent)
    file.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
