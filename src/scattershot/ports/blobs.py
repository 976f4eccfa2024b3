"""Where files are kept: under names that we make up, whole or not at all; on a disk, or in a bucket elsewhere."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

CHUNK = 256 * 1024
"""Bytes that are read or written at a time."""


class NoSuchBlobError(Exception):
    """Nothing is kept under that name."""


class Blobs(Protocol):
    """Keeps files. A name is of letters, digits and dots that we drew by lot: never what somebody outside said."""

    async def put(self, file: Path, name: str) -> None:
        """Take a file over from `aside`; when this returns it is there, even if the power goes, and before that nothing
        is. The file is moved: it may be a part of this store already."""
        ...

    async def size(self, name: str) -> int | None:
        """Bytes, or None where nothing is kept under that name."""
        ...

    def read(self, name: str, start: int, length: int) -> AsyncIterator[bytes]:
        """That part of it, in pieces; NoSuchBlobError at the first where it is not there."""
        ...

    def on_disk(self, name: str) -> AbstractAsyncContextManager[Path]:
        """A path where its bytes can be read for the while; NoSuchBlobError where it is not there."""
        ...

    async def delete(self, name: str) -> None:
        """Keep it no longer; nothing to do where it is not there."""
        ...


class Aside(Protocol):
    """Where files lie that are being received or made, before they are kept: all of it is gone at the next start."""

    def path(self) -> Path:
        """A path where nothing is yet."""
        ...

    def clear(self) -> int:
        """Take away what an earlier process left; how many files."""
        ...
