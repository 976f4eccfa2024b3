"""Frames that supernodes say to each other, beside those of NIP-01, to peers alone that say `mesh` in their NIP-11.

`["IHAVE",[ids]]`, `["GRAFT",id]`, `["PRUNE"]`; `["PING",n]` or `["PING",n,accused]`, `["PONG",n]`, `["ASK",key,n]`.
"""

from typing import Any, NamedTuple, TypeAlias, assert_never

import msgspec

from scattershot.protocols.nostr.wire.event import is_name

MAX_NAMES = 1_000
_MAX_NUMBER = 1 << 53


class IHave(NamedTuple):
    """They have these."""

    names: tuple[str, ...]


class GraftFrame(NamedTuple):
    """They want that one and all that follow."""

    name: str


class PruneFrame(NamedTuple):
    """They wish to be told only."""


class PingFrame(NamedTuple):
    """Are you there? `accused` is the incarnation of yours that is under suspicion."""

    number: int
    accused: int | None


class PongFrame(NamedTuple):
    """I am, or it is."""

    number: int


class AskFrame(NamedTuple):
    """Is that one there? I have no answer."""

    key: str
    number: int


class NotOfTheMesh(NamedTuple):
    """Why it is no frame of the mesh; `verb` is empty where it is none at all."""

    verb: str
    why: str


MeshFrame: TypeAlias = IHave | GraftFrame | PruneFrame | PingFrame | PongFrame | AskFrame | NotOfTheMesh


def read_mesh(frame: str | bytes) -> MeshFrame:
    """What a supernode said, so far as it is of the mesh."""
    try:
        parts = msgspec.json.decode(frame)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return NotOfTheMesh("", "a message is a JSON array")
    if not isinstance(parts, list) or not parts or not isinstance(parts[0], str):
        return NotOfTheMesh("", "a message is a JSON array that begins with its name")
    match parts:
        case ["IHAVE", [*names]] if 0 < len(names) <= MAX_NAMES and all(map(_is_name, names)):
            return IHave(tuple(names))
        case ["GRAFT", name] if _is_name(name):
            return GraftFrame(name)
        case ["PRUNE"]:
            return PruneFrame()
        case ["PING", number] if _is_number(number):
            return PingFrame(number, None)
        case ["PING", number, accused] if _is_number(number) and _is_number(accused):
            return PingFrame(number, accused)
        case ["PONG", number] if _is_number(number):
            return PongFrame(number)
        case ["ASK", key, number] if _is_name(key) and _is_number(number):
            return AskFrame(key, number)
        case _:
            return NotOfTheMesh(parts[0][:20], "it is malformed, or no frame of the mesh")


def encode_mesh(frame: IHave | GraftFrame | PruneFrame | PingFrame | PongFrame | AskFrame) -> str:
    """The frame as it travels."""
    said: tuple[Any, ...]
    match frame:
        case IHave(names):
            said = ("IHAVE", names)
        case GraftFrame(name):
            said = ("GRAFT", name)
        case PruneFrame():
            said = ("PRUNE",)
        case PingFrame(number, None):
            said = ("PING", number)
        case PingFrame(number, accused):
            said = ("PING", number, accused)
        case PongFrame(number):
            said = ("PONG", number)
        case AskFrame(key, number):
            said = ("ASK", key, number)
        case _ as never:
            assert_never(never)
    return msgspec.json.encode(said).decode()


def _is_name(found: Any) -> bool:
    return isinstance(found, str) and is_name(found)


def _is_number(found: Any) -> bool:
    return type(found) is int and 0 <= found < _MAX_NUMBER
