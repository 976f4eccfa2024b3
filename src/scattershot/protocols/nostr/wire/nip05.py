"""Names on domains (NIP-05): `nostr.json` as it is read and written."""

from collections.abc import Mapping

import msgspec

from scattershot.protocols.nostr.wire.event import is_name

PATH = "/.well-known/nostr.json"
MAX_BYTES = 500_000
"""Some domains give out all their names whoever is asked for."""
MAX_RELAYS = 20


class Named(msgspec.Struct, frozen=True):
    """Whose key a name stands for, and at which relays they are met."""

    pubkey: str
    relays: tuple[str, ...] = ()


def read_names(body: bytes, name: str) -> Named | None:
    """What the document says of the name; None where it is none, or says nothing of it."""
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return None
    names = told.get("names") if isinstance(told, dict) else None
    if not isinstance(names, dict):
        return None
    pubkey = next((key for known, key in names.items() if known.lower() == name.lower()), None)
    if not isinstance(pubkey, str) or not is_name(pubkey):
        return None
    relays = told.get("relays")
    listed = relays.get(pubkey) if isinstance(relays, dict) else None
    own = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    return Named(pubkey, tuple(own[:MAX_RELAYS]))


def write_names(names: Mapping[str, str], relay: str) -> bytes:
    """The document for names and their keys, all of them met at one relay."""
    return msgspec.json.encode({"names": dict(names), "relays": {pubkey: [relay] for pubkey in names.values()}})
