"""Signing by a key kept elsewhere (NIP-46): the link by which a signer is found, what it is asked, what it answers."""

from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit

import msgspec

from scattershot.protocols.nostr.wire.event import Unsigned, is_name, is_on_the_curve
from scattershot.protocols.nostr.wire.relay_lists import relay_address

KIND = 24_133
"""Ephemeral: requests and answers alike, each an encrypted JSON object."""
MAX_LINK, MOST_RELAYS = 4_000, 6


class Bunker(NamedTuple):
    """Who signs, where it listens, and by what it knows us the first time."""

    signer: str
    relays: tuple[str, ...]
    secret: str = ""


class Answer(msgspec.Struct):
    """What a signer says; where `result` is `auth_url`, `error` is a page on which its owner is to say yes first."""

    id: str
    result: str = ""
    error: str = ""


_read = msgspec.json.Decoder(Answer).decode


def read_bunker(link: str, *, plain: bool = False) -> Bunker | None:
    """What a `bunker://` link says; `plain` where relays without TLS are taken."""
    if len(link) > MAX_LINK:
        return None
    try:
        parts = urlsplit(link.strip())
        told = parse_qs(parts.query)
    except ValueError:
        return None
    signer = parts.netloc.lower()
    if parts.scheme != "bunker" or not is_name(signer) or not is_on_the_curve(signer):
        return None
    found = (relay_address(each, plain=plain) for each in told.get("relay", [])[:MOST_RELAYS])
    relays = tuple(dict.fromkeys(each for each in found if each is not None))
    return Bunker(signer, relays, told.get("secret", [""])[0]) if relays else None


def asked(name: str, method: str, params: list[str]) -> str:
    """A request, still to be encrypted."""
    return msgspec.json.encode({"id": name, "method": method, "params": params}).decode()


def template(what: Unsigned) -> str:
    """An event as a signer wants it: without what follows from the rest."""
    told = {"kind": what.kind, "content": what.content, "tags": what.tags, "created_at": what.created_at}
    return msgspec.json.encode(told).decode()


def read_answer(text: str) -> Answer | None:
    """An answer that was decrypted; `null` stands for nothing there."""
    try:
        told = msgspec.json.decode(text)
        said = {name: value for name, value in told.items() if value is not None}
        return _read(msgspec.json.encode(said))
    except (msgspec.DecodeError, AttributeError):
        return None
