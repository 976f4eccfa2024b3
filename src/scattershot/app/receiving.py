"""Receiving: a file as it comes in, written to the disk piece by piece, and no more of it than may be."""

import asyncio
from pathlib import Path
from typing import IO, NamedTuple

from scattershot.domain.media import TAKEN, MediaKind
from scattershot.domain.reading import Refused
from scattershot.ports.blobs import CHUNK
from scattershot.wirekit.magic import HEAD_BYTES, media_type_of

_UNKNOWN = Refused("invalid", "Files of that kind are not taken. Pictures, sounds and films of the usual kinds are.")
_HEIC = Refused("invalid", "HEIC pictures are not taken, for most browsers do not show them. Save it as JPEG, please.")
_EMPTY = Refused("invalid", "The file is empty.")


class Sizes(NamedTuple):
    """The most bytes of a picture, and of a sound or film."""

    picture: int
    other: int


class Receiving:
    """What somebody sends. As soon as it cannot be taken the rest is not kept, and `refused` says why.

    Whoever made it calls `discard` at last, whatever came of it.
    """

    def __init__(self, path: Path, sizes: Sizes) -> None:
        self.path = path
        self.media_type = ""
        self.size = 0
        self.refused: Refused | None = None
        self._sizes = sizes
        self._file: IO[bytes] | None = None
        self._pending: list[bytes] = []
        self._held = 0

    async def add(self, piece: bytes) -> None:
        """The next piece."""
        self.size += len(piece)
        if self.refused is not None or not piece:
            return
        self._pending.append(piece)
        self._held += len(piece)
        if not self.media_type and self._held >= HEAD_BYTES:
            self._look()
        if self.media_type and self.size > self._most:
            self._refuse(Refused("invalid", f"A file of that kind has at most {self._most // 1_000_000} MB."))
        if self._held >= CHUNK:
            await self._write()

    async def end(self) -> None:
        """That was all."""
        if self.refused is None and not self.media_type:
            self._look()
        if self.refused is None:
            await self._write()
        self._close()

    def discard(self) -> None:
        """Leave nothing of it behind."""
        self._pending.clear()
        self._close()
        self.path.unlink(missing_ok=True)

    @property
    def _most(self) -> int:
        is_picture = TAKEN[self.media_type].kind is MediaKind.IMAGE
        return self._sizes.picture if is_picture else self._sizes.other

    def _look(self) -> None:
        """What it is, by how it begins; what its sender calls it means nothing."""
        head = b"".join(self._pending)[:HEAD_BYTES]
        found = media_type_of(head)
        if found in TAKEN:
            self.media_type = found
        else:
            self._refuse(_HEIC if found == "image/heic" else _UNKNOWN if head else _EMPTY)

    def _refuse(self, why: Refused) -> None:
        self.refused = why
        self.discard()

    async def _write(self) -> None:
        pieces, self._pending, self._held = self._pending, [], 0
        if pieces:
            await asyncio.to_thread(self._append, b"".join(pieces))

    def _append(self, piece: bytes) -> None:
        if self._file is None:
            self._file = self.path.open("xb", buffering=0)
        self._file.write(piece)

    def _close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
