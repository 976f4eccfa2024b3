"""What nodes show each other by HTTPS: who they are, what came of a wish to be told, and the lines of the log."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import NamedTuple

import msgspec
from msgspec import Raw, Struct, json

from scattershot.protocols.notify.wire.cbor import Malformed

PATH = "/.well-known/scattershot/notify"
LOG = "/.well-known/scattershot/log/"
SCHEME = "Scattershot"
"""How the question for a log is named in `Authorization`."""
COSE = "application/cose"
LINES = "application/x-ndjson"
LARGEST_DOCUMENT = 16 * 1024
_KEY_BYTES = 32
_EPOCH_BYTES = 8


class Document(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who a node is: its keys as base64url of their 32 bytes, its epoch in hex, the groups to which it sends, and from
    where it does so, `HOST:PORT`; there it takes answers as well."""

    version: int
    node: str
    sign: str
    agree: str
    epoch: str
    address: str
    groups: tuple[str, ...] = ()


class Accepted(Struct, frozen=True, kw_only=True):
    """What came of a wish: for how many seconds one will be told once the challenge was answered."""

    epoch: str
    lease: int
    silence: int


class Presented(NamedTuple):
    """A document, read."""

    node: str
    sign: bytes
    agree: bytes
    epoch: bytes
    address: str
    groups: tuple[str, ...]


class Line(Struct, frozen=True, kw_only=True):
    """One line of the log: an activity with its serial; the last line has none and says how far this goes, and how far
    the log does."""

    serial: int = 0
    previous: int = 0
    activity: Raw = Raw(b"")
    up_to: int = -1
    newest: int = -1


class Page(NamedTuple):
    """Lines behind one place, up to another; `newest` is where the log ends."""

    entries: tuple[tuple[int, bytes], ...]
    up_to: int
    newest: int


def text_of(data: bytes) -> str:
    """Bytes as base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes | None:
    """The bytes of base64url; None where it is none."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return data if text_of(data) == text else None


def read_document(body: bytes) -> Presented | Malformed:
    """Who a node says that it is."""
    try:
        found = json.decode(body, type=Document)
        epoch = bytes.fromhex(found.epoch)
    except (msgspec.DecodeError, ValueError):
        return Malformed("no_document")
    sign, agree = bytes_of(found.sign), bytes_of(found.agree)
    if found.version != 1 or sign is None or agree is None:
        return Malformed("no_document")
    if len(sign) != _KEY_BYTES or len(agree) != _KEY_BYTES or len(epoch) != _EPOCH_BYTES:
        return Malformed("no_document")
    return Presented(found.node, sign, agree, epoch, found.address, found.groups[:8])


def read_accepted(body: bytes) -> Accepted | Malformed:
    """What came of a wish."""
    try:
        found = json.decode(body, type=Accepted)
    except (msgspec.DecodeError, ValueError):
        return Malformed("not_accepted")
    return found if found.lease > 0 and found.silence > 0 else Malformed("not_accepted")


def read_page(body: bytes, after: int) -> Page | Malformed:
    """A page of the log; serials must grow, and the end must be said, or nothing of it is believed."""
    entries: list[tuple[int, bytes]] = []
    last = after
    try:
        for text in body.splitlines():
            line = json.decode(text, type=Line)
            if line.up_to >= 0:
                if line.up_to < last or line.newest < line.up_to:
                    return Malformed("bad_log")
                return Page(tuple(entries), line.up_to, line.newest)
            if line.serial <= last or not bytes(line.activity).startswith(b"{"):
                return Malformed("bad_log")
            last = line.serial
            entries.append((line.serial, bytes(line.activity)))
    except (msgspec.DecodeError, ValueError):
        return Malformed("bad_log")
    return Malformed("unfinished")
