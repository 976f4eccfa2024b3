"""What a relay says to its clients (NIP-01, 42, 45, 67, 77), as a client reads it."""

from typing import Any, NamedTuple, TypeAlias

import msgspec

from scattershot.protocols.nostr.wire.event import Event, Size, Wrong, read_event

MOST_WORDS = 1_000
"""Characters of a reason or notice that are kept."""


class Brought(NamedTuple):
    """`EVENT`: one that was asked for by that name; its signature was not looked at yet."""

    name: str
    event: Event


class Stored(NamedTuple):
    """`EOSE`: all that was stored has been sent; `complete` where the relay says whether there was more (NIP-67)."""

    name: str
    complete: bool | None


class Closed(NamedTuple):
    """`CLOSED`: nothing more for that subscription."""

    name: str
    why: str


class Answer(NamedTuple):
    """`OK`: what became of an event, or of a proof."""

    id: str
    taken: bool
    why: str


class Challenge(NamedTuple):
    """`AUTH`: whoever signs this proves who they are (NIP-42)."""

    challenge: str


class Notice(NamedTuple):
    """`NOTICE`: something for people to read."""

    words: str


class Counted(NamedTuple):
    """`COUNT`: how many there are (NIP-45)."""

    name: str
    number: int
    approximate: bool


class NegAnswer(NamedTuple):
    """`NEG-MSG`: the next step of a comparison (NIP-77)."""

    name: str
    message: bytes


class NegError(NamedTuple):
    """`NEG-ERR`: a comparison ended."""

    name: str
    why: str


class Nonsense(NamedTuple):
    """What is no message of a relay, and why."""

    why: str


Heard: TypeAlias = Brought | Stored | Closed | Answer | Challenge | Notice | Counted | NegAnswer | NegError | Nonsense

_parts = msgspec.json.Decoder(list[msgspec.Raw]).decode
_text = msgspec.json.Decoder(str).decode
_value = msgspec.json.Decoder().decode


def read_relay(frame: str | bytes, size: Size) -> Heard:
    """What a relay said."""
    try:
        parts = _parts(frame)
        verb = _text(parts[0]) if parts else ""
        if verb == "EVENT":
            return _brought(parts, size)
        rest = [_value(part) for part in parts[1:]]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Nonsense("this is no JSON array that begins with its name")
    return _read(verb, rest)


def _brought(parts: list[msgspec.Raw], size: Size) -> Heard:
    if len(parts) != 3:
        return Nonsense("EVENT comes with a name and an event")
    event = read_event(parts[2], size)
    return Nonsense(event.why) if isinstance(event, Wrong) else Brought(_text(parts[1]), event)


def _read(verb: str, rest: list[Any]) -> Heard:
    match verb, rest:
        case "EOSE", [str(name), *more]:
            return Stored(name, _complete(more))
        case "CLOSED", [str(name), *more]:
            return Closed(name, _words(more))
        case "OK", [str(event), bool(taken), *more]:
            return Answer(event, taken, _words(more))
        case "AUTH", [str(challenge), *_] if challenge:
            return Challenge(challenge)
        case "NOTICE", [str(words), *_]:
            return Notice(words[:MOST_WORDS])
        case "COUNT", [str(name), {"count": int(number)} as told] if number >= 0:
            return Counted(name, number, told.get("approximate") is True)
        case "NEG-MSG", [str(name), str(text), *_]:
            message = _bytes(text)
            return Nonsense("NEG-MSG holds what is not hexadecimal") if message is None else NegAnswer(name, message)
        case "NEG-ERR", [str(name), *more]:
            return NegError(name, _words(more))
        case _:
            return Nonsense(f"no such message: {verb[:20]}")


def _words(more: list[Any]) -> str:
    return more[0][:MOST_WORDS] if more and isinstance(more[0], str) else ""


def _complete(more: list[Any]) -> bool | None:
    """The hint of NIP-67: `finish` where all there is was sent, `more` where it was not."""
    hints = more[0] if more and isinstance(more[0], list) else []
    if "finish" in hints:
        return True
    return False if "more" in hints else None


def _bytes(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text) if " " not in text else None
    except ValueError:
        return None


def prefix(why: str) -> str:
    """The word before the colon by which a machine knows why (NIP-01); empty where there is none."""
    word, colon, _ = why.partition(":")
    return word if colon and word.replace("-", "").isalpha() else ""
