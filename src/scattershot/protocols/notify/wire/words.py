"""What is said in a message: arrays that begin with the version, each read into a value or refused.

`u64` numbers are whole numbers below 2**64; names of nodes are the first eight bytes of the SHA-256 of the key by which
they sign.
"""

import zlib
from hashlib import sha256
from typing import NamedTuple, TypeAlias

from scattershot.protocols.notify.wire import cbor
from scattershot.protocols.notify.wire.cbor import Malformed, Value
from scattershot.protocols.notify.wire.dictionary import DICTIONARY

VERSION = 1
NAME_BYTES = EPOCH_BYTES = 8
NONCE_BYTES = 16
MOST_SERIALS = 64
"""Serials that one `Heard` names."""
MOST_IDS = 16
LONGEST_TEXT = 512
LARGEST_POST = 64 * 1024
"""Bytes of a post once it is inflated."""
LONGEST_SILENCE = 86_400
_U64 = 1 << 64

What: TypeAlias = bytes | tuple[str, ...] | None


class Hint(NamedTuple):
    """That there is news. `previous` is the serial of the hint before it on the same way; `what` is one small post
    (deflated), the ids of what is new, or None where there is nothing new but a sign of life. At the latest after
    `silence` seconds the sender says something again."""

    sender: bytes
    epoch: bytes
    serial: int
    previous: int
    what: What
    silence: int


class Challenge(NamedTuple):
    """Whoever receives at the address that was named says so by an `Echo` from there."""

    sender: bytes
    epoch: bytes
    receiver: bytes
    nonce: bytes


class Echo(NamedTuple):
    """The nonce of a challenge, back."""

    receiver: bytes
    sender: bytes
    nonce: bytes


class Heard(NamedTuple):
    """What came and is kept: everything up to a serial, and some beyond it."""

    receiver: bytes
    epoch: bytes
    up_to: int
    serials: tuple[int, ...]


class Pass(NamedTuple):
    """A message of the sender's that the receiver is asked to send to a group."""

    sender: bytes
    group: str
    message: bytes


class Subscribe(NamedTuple):
    """Who wishes to be told, and where: `address` is `HOST:PORT`, `group` one of the sender's or empty. Datagrams meant
    for it alone bear the token. `moment` is in milliseconds, `lease` in seconds, 0 to be told no more."""

    receiver: bytes
    origin: str
    address: str
    group: str
    token: bytes
    moment: int
    lease: int


class LogAsked(NamedTuple):
    """Who asks for the log, and behind which serial."""

    receiver: bytes
    epoch: bytes
    after: int
    moment: int


Word: TypeAlias = Hint | Challenge | Echo | Heard | Pass | Subscribe | LogAsked


def name_of(signing_key: bytes) -> bytes:
    """What a node with that public key is called in messages."""
    return sha256(signing_key).digest()[:NAME_BYTES]


def encode(word: Word) -> bytes:
    """The payload of a message."""
    return cbor.encode([VERSION, *word])


def deflated(post: bytes) -> bytes:
    """A post as hints carry it: raw DEFLATE (RFC 1951) with the preset dictionary."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=DICTIONARY)
    return packer.compress(post) + packer.flush()


def inflated(what: bytes) -> bytes | Malformed:
    """The post in a hint, at most `LARGEST_POST` bytes."""
    unpacker = zlib.decompressobj(-15, zdict=DICTIONARY)
    try:
        post = unpacker.decompress(what, LARGEST_POST)
    except zlib.error:
        return Malformed("not_deflated")
    if not unpacker.eof or unpacker.unused_data:
        return Malformed("post_too_large" if unpacker.unconsumed_tail else "not_deflated")
    return post


def read_hint(payload: bytes) -> Hint | Malformed:
    """A hint."""
    match _said(payload):
        case Malformed() as bad:
            return bad
        case [bytes(sender), bytes(epoch), int(serial), int(previous), what, int(silence)] if (
            _are_names(sender, epoch) and _are_u64(serial, previous) and 0 < silence <= LONGEST_SILENCE
        ):
            if previous > serial or (previous == serial) != (what is None):
                return Malformed("bad_serial")
            if what is None or isinstance(what, bytes):
                return Hint(sender, epoch, serial, previous, what, silence)
            if isinstance(what, list) and 0 < len(what) <= MOST_IDS:
                ids = tuple(each for each in what if isinstance(each, str) and 0 < len(each) <= LONGEST_TEXT)
                if len(ids) == len(what):
                    return Hint(sender, epoch, serial, previous, ids, silence)
    return Malformed("other_shape")


def read_challenge(payload: bytes) -> Challenge | Malformed:
    """A challenge."""
    match _said(payload):
        case Malformed() as bad:
            return bad
        case [bytes(sender), bytes(epoch), bytes(receiver), bytes(nonce)] if (
            _are_names(sender, epoch, receiver) and len(nonce) == NONCE_BYTES
        ):
            return Challenge(sender, epoch, receiver, nonce)
    return Malformed("other_shape")


def read_echo(payload: bytes) -> Echo | Malformed:
    """The answer to a challenge."""
    match _said(payload):
        case Malformed() as bad:
            return bad
        case [bytes(receiver), bytes(sender), bytes(nonce)] if (
            _are_names(receiver, sender) and len(nonce) == NONCE_BYTES
        ):
            return Echo(receiver, sender, nonce)
    return Malformed("other_shape")


def read_heard(payload: bytes) -> Heard | Malformed:
    """What came."""
    match _said(payload):
        case Malformed() as bad:
            return bad
        case [bytes(receiver), bytes(epoch), int(up_to), list(serials)] if (
            _are_names(receiver, epoch) and _are_u64(up_to) and len(serials) <= MOST_SERIALS
        ):
            numbers = tuple(each for each in serials if isinstance(each, int) and 0 <= each < _U64)
            if len(numbers) == len(serials):
                return Heard(receiver, epoch, up_to, numbers)
    return Malformed("other_shape")


def read_pass(payload: bytes) -> Pass | Malformed:
    """What is to be passed on."""
    match _said(payload):
        case Malformed() as bad:
            return bad
        case [bytes(sender), str(group), bytes(message)] if _are_names(sender) and len(group) <= LONGEST_TEXT:
            return Pass(sender, group, message)
    return Malformed("other_shape")


def read_subscribe(payload: bytes) -> Subscribe | Malformed:
    """A wish to be told."""
    match _said(payload):
        case Malformed() as bad:
            return bad
        case [bytes(receiver), str(origin), str(address), str(group), bytes(token), int(moment), int(lease)] if (
            _are_names(receiver, token)
            and max(map(len, (origin, address, group))) <= LONGEST_TEXT
            and _are_u64(moment, lease)
        ):
            return Subscribe(receiver, origin, address, group, token, moment, lease)
    return Malformed("other_shape")


def read_log_asked(payload: bytes) -> LogAsked | Malformed:
    """A question for the log."""
    match _said(payload):
        case Malformed() as bad:
            return bad
        case [bytes(receiver), bytes(epoch), int(after), int(moment)] if _are_names(receiver, epoch) and _are_u64(
            after, moment
        ):
            return LogAsked(receiver, epoch, after, moment)
        case _:
            return Malformed("other_shape")


def _said(payload: bytes) -> list[Value] | Malformed:
    """The array behind its version."""
    found = cbor.decode(payload)
    if isinstance(found, Malformed):
        return found
    if not isinstance(found, list) or not found or not isinstance(found[0], int):
        return Malformed("other_shape")
    return found[1:] if found[0] == VERSION else Malformed("other_version")


def _are_names(*names: bytes) -> bool:
    return all(len(name) == NAME_BYTES for name in names)


def _are_u64(*numbers: int) -> bool:
    return all(0 <= number < _U64 for number in numbers)
