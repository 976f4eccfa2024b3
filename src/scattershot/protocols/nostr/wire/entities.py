"""Names that people pass on: npub, note, nprofile, nevent, naddr, nsec (NIP-19), and `nostr:` links (NIP-21)."""

import re
from typing import NamedTuple, TypeAlias

from scattershot.wirekit import bech32

_SPECIAL, _RELAY, _AUTHOR, _KIND = 0, 1, 2, 3

MAX_RELAYS = 20
"""Relays that are read from one name."""


class Key(NamedTuple):
    """Somebody: `npub`, or `nprofile` where relays are named."""

    pubkey: str
    relays: tuple[str, ...] = ()


class Secret(NamedTuple):
    """A private key, `nsec`: never to be shown, and never behind `nostr:`."""

    secret: bytes

    def __repr__(self) -> str:
        return "Secret(…)"


class Note(NamedTuple):
    """An event: `note`, or `nevent` where more is said than its id."""

    id: str
    relays: tuple[str, ...] = ()
    author: str | None = None
    kind: int | None = None


class Address(NamedTuple):
    """A place of which the newest event counts: `naddr`."""

    identifier: str
    pubkey: str
    kind: int
    relays: tuple[str, ...] = ()

    @property
    def coordinates(self) -> str:
        """As it stands in an `a` tag."""
        return f"{self.kind}:{self.pubkey}:{self.identifier}"


Entity: TypeAlias = Key | Secret | Note | Address

MENTION = re.compile(r"\bnostr:((?:npub|nprofile|note|nevent|naddr)1[02-9ac-hj-np-z]{6,4990})")
"""Where a text mentions something (NIP-27)."""


def read_entity(text: str) -> Entity | None:
    """What the name stands for, with or without `nostr:` before it; None where it is none that we know."""
    text = text.strip()
    is_link = text[:6].lower() == "nostr:"
    found = bech32.decode(text[6:] if is_link else text)
    if found is None:
        return None
    prefix, data = found
    if prefix in ("npub", "note", "nsec"):
        if len(data) != 32:
            return None
        if prefix == "nsec":
            return None if is_link else Secret(data)
        return Key(data.hex()) if prefix == "npub" else Note(data.hex())
    parts = _parts(data)
    return None if parts is None else _described(prefix, parts)


def _described(prefix: str, parts: dict[int, list[bytes]]) -> Entity | None:
    relays = tuple(relay.decode("utf-8", "replace") for relay in parts.get(_RELAY, [])[:MAX_RELAYS])
    special = parts.get(_SPECIAL, [b""])[0]
    author = parts.get(_AUTHOR, [b""])[0]
    number = parts.get(_KIND, [b""])[0]
    kind = int.from_bytes(number, "big") if len(number) == 4 else None
    pubkey = author.hex() if len(author) == 32 else None
    if prefix == "nprofile" and len(special) == 32:
        return Key(special.hex(), relays)
    if prefix == "nevent" and len(special) == 32:
        return Note(special.hex(), relays, pubkey, kind)
    if prefix == "naddr" and _SPECIAL in parts and pubkey is not None and kind is not None:
        return Address(special.decode("utf-8", "replace"), pubkey, kind, relays)
    return None


def _parts(data: bytes) -> dict[int, list[bytes]] | None:
    parts: dict[int, list[bytes]] = {}
    place = 0
    while place < len(data):
        if place + 2 > len(data) or place + 2 + data[place + 1] > len(data):
            return None
        parts.setdefault(data[place], []).append(data[place + 2 : place + 2 + data[place + 1]])
        place += 2 + data[place + 1]
    return parts


def write_entity(entity: Entity) -> str:
    """The name as people pass it on, the short form where nothing is said that needs the long one."""
    match entity:
        case Key(pubkey, relays) if not relays:
            return bech32.encode("npub", bytes.fromhex(pubkey))
        case Key(pubkey, relays):
            return bech32.encode("nprofile", _field(_SPECIAL, bytes.fromhex(pubkey)) + _relays(relays))
        case Secret(secret):
            return bech32.encode("nsec", secret)
        case Note(id, relays, author, kind) if not relays and author is None and kind is None:
            return bech32.encode("note", bytes.fromhex(id))
        case Note(id, relays, author, kind):
            data = _field(_SPECIAL, bytes.fromhex(id)) + _relays(relays)
            data += b"" if author is None else _field(_AUTHOR, bytes.fromhex(author))
            data += b"" if kind is None else _field(_KIND, kind.to_bytes(4, "big"))
            return bech32.encode("nevent", data)
        case Address(identifier, pubkey, kind, relays):
            data = _field(_SPECIAL, identifier.encode()) + _relays(relays)
            data += _field(_AUTHOR, bytes.fromhex(pubkey)) + _field(_KIND, kind.to_bytes(4, "big"))
            return bech32.encode("naddr", data)


def write_link(entity: Key | Note | Address) -> str:
    """A `nostr:` link (NIP-21)."""
    return f"nostr:{write_entity(entity)}"


def _field(kind: int, value: bytes) -> bytes:
    """One field; ValueError where it is longer than a field can be."""
    return bytes((kind, len(value))) + value


def _relays(relays: tuple[str, ...]) -> bytes:
    return b"".join(_field(_RELAY, relay.encode()) for relay in relays)
