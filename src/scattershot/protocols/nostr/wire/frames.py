"""Frames: the JSON arrays that clients and relays say to each other (NIP-01, 42, 45, 67, 77)."""

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

import msgspec

from scattershot.protocols.nostr.wire.event import Event, Size, Wrong, read_event
from scattershot.protocols.nostr.wire.filters import Filter, as_json, read_filter

MAX_SUBSCRIPTION = 64
"""Characters of a subscription's name."""


class Publish(NamedTuple):
    """`EVENT`: here is one; its signature was not looked at yet."""

    event: Event


class Ask(NamedTuple):
    """`REQ`: what is stored, and then what comes."""

    name: str
    filters: tuple[Filter, ...]


class Count(NamedTuple):
    """`COUNT`: how many there are (NIP-45)."""

    name: str
    filters: tuple[Filter, ...]


class Close(NamedTuple):
    """`CLOSE`: nothing more for that subscription."""

    name: str


class Prove(NamedTuple):
    """`AUTH`: an event that proves who speaks (NIP-42)."""

    event: Event


class NegOpen(NamedTuple):
    """`NEG-OPEN`: compare what both have (NIP-77)."""

    name: str
    filter: Filter
    message: bytes


class NegMessage(NamedTuple):
    """`NEG-MSG`: the next step of a comparison."""

    name: str
    message: bytes


class NegClose(NamedTuple):
    """`NEG-CLOSE`: that is enough."""

    name: str


class BadFrame(NamedTuple):
    """What it is an answer to, where that can be told: an event's id or a subscription's name; and why it is none."""

    verb: str
    about: str
    why: str


Spoken: TypeAlias = Publish | Ask | Count | Close | Prove | NegOpen | NegMessage | NegClose | BadFrame

_parts = msgspec.json.Decoder(list[msgspec.Raw]).decode
_text = msgspec.json.Decoder(str).decode
_value = msgspec.json.Decoder().decode


def read_client(frame: str | bytes, size: Size) -> Spoken:
    """What a client said."""
    try:
        parts = _parts(frame)
        verb = _text(parts[0]) if parts else ""
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return BadFrame("", "", "a message is a JSON array that begins with its name")
    if verb in ("EVENT", "AUTH"):
        return _read_event(verb, parts, size)
    if verb not in ("REQ", "COUNT", "CLOSE", "NEG-OPEN", "NEG-MSG", "NEG-CLOSE"):
        return BadFrame(verb[:20], "", f"no such message: {verb[:20]}")
    try:
        name = _text(parts[1]) if len(parts) > 1 else ""
        rest = [_value(part) for part in parts[2:]]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return BadFrame(verb, "", "a subscription is named by a text, and what follows is JSON")
    if not 0 < len(name) <= MAX_SUBSCRIPTION:
        return BadFrame(verb, name[:MAX_SUBSCRIPTION], f"a subscription is named by 1 to {MAX_SUBSCRIPTION} characters")
    return _read_named(verb, name, rest)


def _read_event(verb: str, parts: list[msgspec.Raw], size: Size) -> Spoken:
    if len(parts) != 2:
        return BadFrame(verb, "", f"{verb} takes one event")
    event = read_event(parts[1], size)
    if isinstance(event, Wrong):
        return BadFrame(verb, _claimed_id(parts[1]), event.why)
    return Publish(event) if verb == "EVENT" else Prove(event)


class _Claim(msgspec.Struct):
    id: str = ""


_claim = msgspec.json.Decoder(_Claim).decode


def _claimed_id(raw: msgspec.Raw) -> str:
    try:
        return _claim(raw).id[:64]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def _read_named(verb: str, name: str, rest: list[Any]) -> Spoken:
    if verb in ("CLOSE", "NEG-CLOSE"):
        return Close(name) if verb == "CLOSE" else NegClose(name)
    if verb == "NEG-MSG":
        message = _bytes(rest[0]) if len(rest) == 1 else None
        return BadFrame(verb, name, "NEG-MSG takes a message in hexadecimal") if message is None else NegMessage(
            name, message
        )  # fmt: skip
    message = _bytes(rest.pop()) if verb == "NEG-OPEN" and len(rest) == 2 else None
    if verb == "NEG-OPEN" and message is None:
        return BadFrame(verb, name, "NEG-OPEN takes a filter and a message in hexadecimal")
    filters = []
    for found in rest:
        wanted = read_filter(found)
        if isinstance(wanted, Wrong):
            return BadFrame(verb, name, wanted.why)
        filters.append(wanted)
    if not filters:
        return BadFrame(verb, name, f"{verb} takes a filter")
    if message is not None:
        return NegOpen(name, filters[0], message)
    return Ask(name, tuple(filters)) if verb == "REQ" else Count(name, tuple(filters))


def _bytes(found: Any) -> bytes | None:
    try:
        return bytes.fromhex(found) if isinstance(found, str) and " " not in found else None
    except ValueError:
        return None


# -- what a relay says


def _frame(*parts: Any) -> str:
    return msgspec.json.encode(parts).decode()


def ok(event: str, accepted: bool, why: str = "") -> str:
    """The answer to an event: `why` begins with its prefix."""
    return _frame("OK", event, accepted, why)


def eose(name: str, complete: bool | None = None) -> str:
    """All that was stored has been sent; `complete` says whether there was more (NIP-67)."""
    return _frame("EOSE", name) if complete is None else _frame("EOSE", name, ["finish" if complete else "more"])


def closed(name: str, why: str) -> str:
    """The relay ends a subscription, or refuses it."""
    return _frame("CLOSED", name, why)


def notice(words: str) -> str:
    """Something for people to read."""
    return _frame("NOTICE", words)


def auth(challenge: str) -> str:
    """Whoever signs this proves who they are (NIP-42)."""
    return _frame("AUTH", challenge)


def counted(name: str, count: int, *, approximate: bool = False) -> str:
    """How many there are (NIP-45)."""
    return _frame("COUNT", name, {"count": count} | ({"approximate": True} if approximate else {}))


def neg_message(name: str, message: bytes) -> str:
    """A step of a comparison (NIP-77), from either side."""
    return _frame("NEG-MSG", name, message.hex())


def neg_error(name: str, why: str) -> str:
    """A comparison ended: `why` begins with `blocked:` or `closed:`."""
    return _frame("NEG-ERR", name, why)


def event_head(name: str) -> str:
    """What comes before an event's JSON; a `]` comes behind it."""
    return f'["EVENT",{msgspec.json.encode(name).decode()},'


# -- what a client says


def publish(event: bytes) -> str:
    """An event, as JSON already."""
    return f'["EVENT",{event.decode()}]'


def ask(name: str, filters: Sequence[Filter]) -> str:
    """A wish for what is stored and what comes."""
    return _frame("REQ", name, *map(as_json, filters))


def neg_open(name: str, wanted: Filter, message: bytes) -> str:
    """The first step of a comparison."""
    return _frame("NEG-OPEN", name, as_json(wanted), message.hex())


def count(name: str, filters: Sequence[Filter]) -> str:
    """The question how many there are (NIP-45)."""
    return _frame("COUNT", name, *map(as_json, filters))


def close(name: str) -> str:
    """Nothing more for that subscription."""
    return _frame("CLOSE", name)


def prove(event: bytes) -> str:
    """An event, as JSON already, that proves who speaks (NIP-42)."""
    return f'["AUTH",{event.decode()}]'


def neg_close(name: str) -> str:
    """That is enough of a comparison."""
    return _frame("NEG-CLOSE", name)
