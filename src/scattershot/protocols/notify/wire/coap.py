"""CoAP messages as hints use them (RFC 7252 section 3): short requests that ask for no more than one answer, in one
datagram each. Nothing else of the protocol is spoken: no confirmable messages, no blocks, no caches.

Read by our own code: aiocoap takes some 200 µs of CPU for a datagram that is thrown away, and a flood of 100,000 may
cost a second (docs/decisions/0016).
"""

from typing import NamedTuple

from scattershot.protocols.notify.wire.cbor import Malformed

NON = 1
"""The only type spoken: non-confirmable."""
POST, CHANGED, CONTENT = 0x02, 0x44, 0x45
"""Codes 0.02, 2.04 and 2.05."""
SILENT = 26
"""No-Response (RFC 7967): no answer of any class is wanted."""
LARGEST = 1_200
"""Bytes of a payload: what passes unbroken everywhere (RFC 8085 section 3.2 has 1,280 less headers for IPv6)."""
LARGEST_MESSAGE = LARGEST + 64
TOKEN_BYTES = 8

_URI_PATH, _CONTENT_FORMAT, _NO_RESPONSE = 11, 12, 258
_MARKER = 0xFF
_ELECTIVE_SEEN = 64
"""More options than this no message of ours has."""


class Message(NamedTuple):
    """A message; `path` is empty in answers, `format` the number of a content format, `silent` asks for no answer."""

    code: int
    token: bytes
    path: tuple[str, ...]
    payload: bytes
    format: int | None = None
    silent: bool = False
    id: int = 0
    type: int = NON


def encode(message: Message) -> bytes:
    """The datagram."""
    head = bytes([0x40 | message.type << 4 | len(message.token), message.code]) + message.id.to_bytes(2, "big")
    options: list[tuple[int, bytes]] = [(_URI_PATH, part.encode()) for part in message.path]
    if message.format is not None:
        options.append((_CONTENT_FORMAT, _shortest(message.format)))
    if message.silent:
        options.append((_NO_RESPONSE, _shortest(SILENT)))
    pieces, before = [head, message.token], 0
    for number, value in options:
        pieces.append(_option(number - before, value))
        before = number
    if message.payload:
        pieces += [bytes([_MARKER]), message.payload]
    return b"".join(pieces)


def token_of(data: bytes) -> bytes:
    """The token where it would be, of bytes that may be no message at all: what is thrown away is not read."""
    return data[4 : 4 + TOKEN_BYTES]


def decode(data: bytes) -> Message | Malformed:
    """A datagram taken apart."""
    if len(data) > LARGEST_MESSAGE:
        return Malformed("oversized")
    if len(data) < 4 or data[0] >> 6 != 1:
        return Malformed("no_coap")
    length = data[0] & 0x0F
    if length > TOKEN_BYTES or len(data) < 4 + length:
        return Malformed("bad_token")
    options = _options(data, 4 + length)
    if isinstance(options, Malformed):
        return options
    found, at = options
    path: list[str] = []
    form: int | None = None
    silent = False
    for number, value in found:
        if number == _URI_PATH:
            path.append(value.decode("utf-8", "replace"))
        elif number == _CONTENT_FORMAT and len(value) <= 2:
            form = int.from_bytes(value, "big")
        elif number == _NO_RESPONSE:
            silent = bool(int.from_bytes(value[:1], "big") & 2)
        elif number & 1:  # critical, and not known (section 5.4.1)
            return Malformed("critical_option")
    code, id_, type_ = data[1], int.from_bytes(data[2:4], "big"), data[0] >> 4 & 3
    return Message(code, data[4 : 4 + length], tuple(path), data[at:], form, silent, id_, type_)


def _options(data: bytes, at: int) -> tuple[list[tuple[int, bytes]], int] | Malformed:
    found: list[tuple[int, bytes]] = []
    number = 0
    while at < len(data):
        if data[at] == _MARKER:
            return (found, at + 1) if at + 1 < len(data) else Malformed("empty_payload")
        delta, length = data[at] >> 4, data[at] & 0x0F
        at += 1
        values = []
        for short in (delta, length):
            extra = {13: 1, 14: 2}.get(short, 0)
            if short == 15 or at + extra > len(data):
                return Malformed("bad_option")
            values.append(int.from_bytes(data[at : at + extra], "big") + {13: 13, 14: 269}[short] if extra else short)
            at += extra
        number += values[0]
        if at + values[1] > len(data) or len(found) == _ELECTIVE_SEEN:
            return Malformed("bad_option")
        found.append((number, data[at : at + values[1]]))
        at += values[1]
    return found, at


def _option(delta: int, value: bytes) -> bytes:
    (short_delta, more_delta), (short_length, more_length) = _nibble(delta), _nibble(len(value))
    return bytes([short_delta << 4 | short_length]) + more_delta + more_length + value


def _nibble(number: int) -> tuple[int, bytes]:
    if number < 13:
        return number, b""
    if number < 269:
        return 13, bytes([number - 13])
    return 14, (number - 269).to_bytes(2, "big")


def _shortest(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
