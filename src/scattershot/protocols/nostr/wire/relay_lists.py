"""Where somebody is met: addresses of relays, lists of them (NIP-65, NIP-17), and hints in tags (NIP-01, 10, 18)."""

from typing import NamedTuple

from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event, Tags, Unsigned, is_name
from scattershot.wirekit.urls import parse_url

MOST_RELAYS = 8
"""Addresses that are read of one list; NIP-65 asks people for two to four of each sort."""
MAX_ADDRESS = 200
_HTTP = {"wss": "https", "ws": "http"}


def relay_address(text: str, *, plain: bool = False) -> str | None:
    """A relay's address in its one spelling; None where nobody could dial it. `plain`: without TLS too."""
    scheme, separator, rest = text.strip().partition("://")
    scheme = scheme.lower()
    if not separator or len(text) > MAX_ADDRESS or scheme not in (("wss", "ws") if plain else ("wss",)):
        return None
    place = parse_url(f"{_HTTP[scheme]}://{rest}")
    if place is None or place.fragment is not None or place.host.endswith((".onion", ".local")):
        return None
    query = "" if place.query is None else f"?{place.query}"
    return f"{scheme}://{place.authority}{place.path.rstrip('/')}{query}"


def over_http(address: str) -> str:
    """The relay's address as that of a page, where its document (NIP-11) is."""
    scheme, _, rest = address.partition("://")
    host, slash, path = rest.partition("/")
    return f"{_HTTP.get(scheme, 'https')}://{host}{slash or '/'}{path}"


class Met(NamedTuple):
    """Where an author writes, and where they read what is meant for them."""

    writes: tuple[str, ...]
    reads: tuple[str, ...]


def read_relays(event: Event, *, plain: bool = False) -> Met:
    """What a list of relays (kind 10002) says; one without a mark is for both."""
    writes: dict[str, None] = {}
    reads: dict[str, None] = {}
    for tag in event.tags:
        if len(tag) < 2 or tag[0] != "r" or (address := relay_address(tag[1], plain=plain)) is None:
            continue
        mark = tag[2] if len(tag) > 2 else ""
        if mark in ("", "write"):
            writes[address] = None
        if mark in ("", "read"):
            reads[address] = None
    return Met(tuple(writes)[:MOST_RELAYS], tuple(reads)[:MOST_RELAYS])


def read_message_relays(event: Event, *, plain: bool = False) -> tuple[str, ...]:
    """Where an author wishes private messages to be brought (kind 10050, NIP-17)."""
    found = (relay_address(value, plain=plain) for value in event.values("relay"))
    return tuple(dict.fromkeys(filter(None, found)))[:MOST_RELAYS]


def message_relays(pubkey: str, at: int, relay: str) -> Unsigned:
    """Such a list with one relay."""
    return Unsigned(pubkey, at, kinds.MESSAGE_RELAYS, [["relay", relay]], "")


class Hint(NamedTuple):
    """Where a tag says that somebody or something is met, and whose it is, as far as it says."""

    relay: str | None
    author: str | None


def hints(tags: Tags, name: str, *, plain: bool = False) -> list[Hint]:
    """What tags say of where that key, id or place is met: `p`, `e`, `a`, `q` and those of comments."""
    found: dict[Hint, None] = {}
    for tag in tags:
        if len(tag) < 2 or tag[0] not in ("p", "e", "a", "q", "E", "A", "P") or tag[1] != name:
            continue
        relay = relay_address(tag[2], plain=plain) if len(tag) > 2 else None
        author = tag[1] if tag[0] in ("p", "P") else next((each for each in tag[3:] if is_name(each)), None)
        if relay is not None or author is not None:
            found[Hint(relay, author)] = None
    return list(found)
