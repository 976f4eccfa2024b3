"""Moving pictures, films and sounds without what else they tell: their containers are walked, what shows stays, and
comments, places, devices and whatever hangs on behind go. Nothing is decoded here."""

import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

_CHUNK = 1 << 20


class BrokenFileError(ValueError):
    """The container ends too early, or is none."""


def strip_moving(source: Path, target: Path, media_type: str) -> None:
    """Write a GIF, WebP or PNG anew with nothing in it but its frames; BrokenFileError where that cannot be."""
    with source.open("rb") as given, target.open("xb") as out:
        match media_type:
            case "image/gif":
                _strip_gif(given, out)
            case "image/png":
                _strip_png(given, out)
            case "image/webp":
                _strip_webp(given, out)
            case _:
                raise BrokenFileError(f"{media_type} does not move")


def _take(file: IO[bytes], length: int) -> bytes:
    taken = file.read(length)
    if len(taken) != length:
        raise BrokenFileError("it ends too early")
    return taken


# -- GIF (GIF89a specification, sections 15 to 27)

_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")


def _strip_gif(given: IO[bytes], out: IO[bytes]) -> None:
    head = _take(given, 13)
    out.write(head + _take(given, _colours(head[10])))
    while True:
        match _take(given, 1):
            case b"\x3b":
                out.write(b"\x3b")
                return
            case b"\x2c":
                place = _take(given, 9)
                out.write(b"\x2c" + place + _take(given, _colours(place[8])) + _take(given, 1))
                _copy_blocks(given, out)
            case b"\x21":
                _strip_extension(given, out)
            case _:
                raise BrokenFileError("neither picture nor extension")


def _colours(flags: int) -> int:
    """Bytes of the colour table that the flags announce."""
    return 3 * (2 << (flags & 7)) if flags & 0x80 else 0


def _strip_extension(given: IO[bytes], out: IO[bytes]) -> None:
    label = _take(given, 1)
    blocks = list(_blocks(given))
    is_loop = label == b"\xff" and blocks[:1] in [[loop] for loop in _LOOPS]
    if label == b"\xf9" or is_loop:
        out.write(b"\x21" + label)
        for block in blocks:
            out.write(bytes([len(block)]) + block)
        out.write(b"\0")


def _blocks(given: IO[bytes]) -> Iterator[bytes]:
    while length := _take(given, 1)[0]:
        yield _take(given, length)


def _copy_blocks(given: IO[bytes], out: IO[bytes]) -> None:
    for block in _blocks(given):
        out.write(bytes([len(block)]) + block)
    out.write(b"\0")


# -- PNG (third edition, section 5)

_PNG = b"\x89PNG\r\n\x1a\n"
_SHOWS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"acTL", b"fcTL", b"fdAT", b"gAMA", b"cHRM", b"sRGB"}


def _strip_png(given: IO[bytes], out: IO[bytes]) -> None:
    out.write(_take(given, len(_PNG)))
    while True:
        head = _take(given, 8)
        length, name = int.from_bytes(head[:4], "big"), head[4:]
        body, check = _take(given, length), _take(given, 4)
        if zlib.crc32(body, zlib.crc32(name)).to_bytes(4, "big") != check:
            raise BrokenFileError("a chunk is damaged")
        if name in _SHOWS:
            out.write(head + body + check)
        if name == b"IEND":
            return


# -- WebP (RFC 9649)

_PARTS = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF"}
_TELLS = 0x20 | 0x08 | 0x04
"""In the flags of `VP8X`: there is a colour profile, EXIF, XMP."""


def _strip_webp(given: IO[bytes], out: IO[bytes]) -> None:
    head = _take(given, 12)
    left = int.from_bytes(head[4:8], "little") - 4
    out.write(head)
    while left >= 8:
        name, size = _take(given, 4), _take(given, 4)
        length = int.from_bytes(size, "little")
        body = _take(given, length + (length & 1))
        left -= 8 + len(body)
        if name == b"VP8X":
            body = bytes([body[0] & ~_TELLS]) + body[1:]
        if name in _PARTS:
            out.write(name + size + body)
    whole = out.tell() - 8
    out.seek(4)
    out.write(whole.to_bytes(4, "little"))


# -- films and sounds in ISO base media (ISO/IEC 14496-12): MP4, QuickTime, M4A

_TELLING_BOXES = {b"udta", b"meta", b"uuid"}
_WITHIN = {b"moov", b"trak", b"mdia"}
_SHOWN_TRACKS = {b"vide", b"soun", b"text", b"sbtl", b"subt", b"clcp"}
MAX_BOXES = 10_000


def scrub_boxes(path: Path) -> None:
    """Blot out, in place, what a film says of the place and the device where it was taken, and tracks that are neither
    picture, sound nor text (telephones and cameras write their whereabouts into such).

    A box becomes a `free` one of zeros, so that nothing moves; doing it twice does no harm.
    """
    with path.open("r+b") as file:
        _scrub(file, 0, file.seek(0, os.SEEK_END), [MAX_BOXES])
        file.flush()


def _scrub(file: IO[bytes], start: int, end: int, left: list[int]) -> None:
    for at, name, body, after in list(_boxes(file, start, end, left)):
        if name in _TELLING_BOXES or (name == b"trak" and not _is_shown(file, body, after, left)):
            file.seek(at + 4)
            file.write(b"free")
            _blot_out(file, body, after)
        elif name in _WITHIN:
            _scrub(file, body, after, left)


def _boxes(file: IO[bytes], start: int, end: int, left: list[int]) -> Iterator[tuple[int, bytes, int, int]]:
    """Each box: where it begins, its name, where its body begins, where it ends."""
    at = start
    while at + 8 <= end:
        left[0] -= 1
        if left[0] < 0:
            raise BrokenFileError("too many boxes")
        file.seek(at)
        head = _take(file, 8)
        size, name, body = int.from_bytes(head[:4], "big"), head[4:], at + 8
        if size == 1:
            size, body = int.from_bytes(_take(file, 8), "big"), at + 16
        after = end if size == 0 and start == 0 else at + size
        if after > end or after < body:
            raise BrokenFileError("a box is longer than what holds it")
        yield at, name, body, after
        at = after


def _is_shown(file: IO[bytes], start: int, end: int, left: list[int]) -> bool:
    """Whether a track's handler is of a sort that people see or hear; one without any is left alone."""
    for _, name, body, after in list(_boxes(file, start, end, left)):
        if name == b"mdia":
            for _, inner, inner_body, inner_after in list(_boxes(file, body, after, left)):
                if inner == b"hdlr" and inner_after - inner_body >= 12:
                    file.seek(inner_body + 8)
                    return _take(file, 4) in _SHOWN_TRACKS
    return True


def _blot_out(file: IO[bytes], start: int, end: int) -> None:
    file.seek(start)
    while start < end:
        length = min(_CHUNK, end - start)
        file.write(bytes(length))
        start += length
