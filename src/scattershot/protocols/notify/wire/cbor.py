"""CBOR as hints need it (RFC 8949): whole numbers, bytes, text, arrays, maps, null; one spelling of each (section 4.2).

What decodes is spelt in the shortest way, ends where the bytes end, and is no deeper than four levels, so that the work
is bounded by the length of a datagram. Floats, tags inside and lengths unsaid are refused.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

Value: TypeAlias = int | bytes | str | Sequence["Value"] | Mapping[int, "Value"] | None

DEEPEST = 4
_MOST = 1 << 64
_SHORT = 24
_NULL = 0xF6
_UINT, _NINT, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = range(7)


class Malformed(NamedTuple):
    """These bytes are not what they should be; `why` is fit for a label."""

    why: str


class Tagged(NamedTuple):
    """A value under a tag: of a whole datagram only."""

    tag: int
    value: Value


def encode(value: Value) -> bytes:
    """The one spelling. ValueError where a number takes more than 64 bits."""
    match value:
        case None:
            return bytes([_NULL])
        case int():
            return _head(_UINT, value) if value >= 0 else _head(_NINT, -1 - value)
        case bytes():
            return _head(_BYTES, len(value)) + value
        case str():
            text = value.encode()
            return _head(_TEXT, len(text)) + text
        case Mapping():
            pairs = sorted((encode(key), encode(each)) for key, each in value.items())
            return _head(_MAP, len(pairs)) + b"".join(key + each for key, each in pairs)
        case _:
            return _head(_ARRAY, len(value)) + b"".join(map(encode, value))


def tagged(tag: int, value: Value) -> bytes:
    """The value under a tag."""
    return _head(_TAG, tag) + encode(value)


def _head(major: int, number: int) -> bytes:
    if number < _SHORT:
        return bytes([major << 5 | number])
    for extra, width in ((24, 1), (25, 2), (26, 4), (27, 8)):
        if number < 1 << (8 * width):
            return bytes([major << 5 | extra]) + number.to_bytes(width, "big")
    raise ValueError("a number of more than 64 bits")


class _Refused(Exception):
    """Why the bytes are refused; never leaves this room."""


def decode(data: bytes) -> Value | Malformed:
    """What the bytes say, without a tag."""
    try:
        value, end = _item(data, 0, DEEPEST)
    except _Refused as problem:
        return Malformed(str(problem))
    return value if end == len(data) else Malformed("trailing")


def decode_tagged(data: bytes) -> Tagged | Malformed:
    """What the bytes say under their tag."""
    try:
        major, tag, at = _read_head(data, 0)
        if major != _TAG:
            return Malformed("untagged")
        value, end = _item(data, at, DEEPEST)
    except _Refused as problem:
        return Malformed(str(problem))
    return Tagged(tag, value) if end == len(data) else Malformed("trailing")


def _read_head(data: bytes, at: int) -> tuple[int, int, int]:
    if at >= len(data):
        raise _Refused("truncated")
    major, short = data[at] >> 5, data[at] & 0x1F
    if short < _SHORT:
        return major, short, at + 1
    if short > 27:
        raise _Refused("unsaid_length")
    width = 1 << (short - _SHORT)
    end = at + 1 + width
    if end > len(data):
        raise _Refused("truncated")
    number = int.from_bytes(data[at + 1 : end], "big")
    if number < (_SHORT if width == 1 else 1 << (4 * width)):
        raise _Refused("not_shortest")
    return major, number, end


def _item(data: bytes, at: int, deeper: int) -> tuple[Value, int]:
    if at < len(data) and data[at] == _NULL:
        return None, at + 1
    major, number, at = _read_head(data, at)
    match major:
        case 0:
            return number, at
        case 1:
            return -1 - number, at
        case 2:
            return _piece(data, at, number), at + number
        case 3:
            try:
                return _piece(data, at, number).decode(), at + number
            except UnicodeDecodeError:
                raise _Refused("not_utf8") from None
        case 4 | 5 if deeper == 0:
            raise _Refused("too_deep")
        case 4:
            return _array(data, at, number, deeper - 1)
        case 5:
            return _map(data, at, number, deeper - 1)
        case _:
            raise _Refused("other_type")


def _piece(data: bytes, at: int, length: int) -> bytes:
    if at + length > len(data):
        raise _Refused("truncated")
    return data[at : at + length]


def _array(data: bytes, at: int, length: int, deeper: int) -> tuple[Value, int]:
    if length > len(data) - at:  # each item takes a byte at least
        raise _Refused("truncated")
    items: list[Value] = []
    for _ in range(length):
        item, at = _item(data, at, deeper)
        items.append(item)
    return items, at


def _map(data: bytes, at: int, length: int, deeper: int) -> tuple[Value, int]:
    if length > len(data) - at:
        raise _Refused("truncated")
    found: dict[int, Value] = {}
    before = b""
    for _ in range(length):
        began = at
        key, at = _item(data, at, 0)
        if not isinstance(key, int):
            raise _Refused("other_key")
        if data[began:at] <= before:
            raise _Refused("keys_out_of_order")
        before = data[began:at]
        found[key], at = _item(data, at, deeper)
    return found, at
