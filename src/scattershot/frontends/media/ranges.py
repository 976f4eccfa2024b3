"""Which part of a file is asked for (RFC 9110 section 14): one range, or all of it."""

from typing import NamedTuple

_LONGEST = 18


class Part(NamedTuple):
    """Bytes from `start`, so many."""

    start: int
    length: int


class Unsatisfiable(NamedTuple):
    """Nothing of what is asked for is there."""


def part_of(asked: str | None, size: int) -> Part | Unsatisfiable | None:
    """What a `Range` header asks for; None stands for all: for several ranges at once, too, and for what is no range,
    which a server may pass over."""
    if asked is None or not asked.startswith("bytes="):
        return None
    first, dash, last = asked.removeprefix("bytes=").strip().partition("-")
    if not dash or not (_is_number(first) or not first) or not (_is_number(last) or not last):
        return None
    if not first:
        if not last:
            return None
        length = min(int(last), size)
        return Part(size - length, length) if length else Unsatisfiable()
    start = int(first)
    if last and int(last) < start:
        return None
    if start >= size:
        return Unsatisfiable()
    end = min(int(last), size - 1) if last else size - 1
    return Part(start, end - start + 1)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST
