"""Links by which things say what else they are (FEP-fffd): `url` with `rel` canonical or alternate, of other wires.

A page on the web is no thing of a wire: it stays what it was, the place where people look at it.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from scattershot.domain.wire_id import ACTIVITYPUB, NOSTR, WireId
from scattershot.protocols.activitypub.wire.media_types import is_activity_type
from scattershot.protocols.activitypub.wire.vocabulary import (
    JsonObject,
    id_of,
    is_id,
    objects_of,
    strings_of,
    text_of,
    truth_of,
)
from scattershot.wirekit import bech32
from scattershot.wirekit.addresses import is_loopback
from scattershot.wirekit.urls import host_of

MOST = 16
_POST, _PERSON = "note", "npub"
_NOSTR = "https://github.com/nostr-protocol/nostr"
"""How Mostr calls the protocol in `proxyOf`, which was there before the FEP had links."""
_HEX = frozenset("0123456789abcdef")


class Others(NamedTuple):
    """What it says that it is a copy of, and what else it says that it is."""

    canonical: WireId | None = None
    alternates: tuple[WireId, ...] = ()


def posts_meant(note: JsonObject, this: str) -> Others:
    """What a post says that it is."""
    return _meant(note, this, _POST)


def people_meant(actor: JsonObject, this: str) -> Others:
    """Who an actor says that it is."""
    return _meant(actor, this, _PERSON)


def _meant(thing: JsonObject, this: str, prefix: str) -> Others:
    canonical: dict[WireId, None] = {}
    alternates: dict[WireId, None] = {}
    for link in objects_of(thing.get("url"), MOST):
        name = _named(text_of(link.get("href")), text_of(link.get("mediaType")), prefix)
        if name is None or name.value == this:
            continue
        rel = strings_of(link.get("rel"), MOST)
        if "canonical" in rel:
            canonical[name] = None
        elif "alternate" in rel:
            alternates[name] = None
    for name, leads in _proxied(thing):
        (canonical if leads else alternates)[name] = None
    if len(canonical) != 1:  # more than one is none (FEP-fffd, section 3)
        return Others(None, tuple(alternates))
    [only] = canonical
    return Others(only, tuple(name for name in alternates if name != only))


def _named(href: str, kind: str, prefix: str) -> WireId | None:
    if href.startswith("nostr:"):
        read = bech32.decode(href.removeprefix("nostr:"))
        return WireId(NOSTR, read[1].hex()) if read is not None and read[0] == prefix and len(read[1]) == 32 else None
    if is_activity_type(kind) and is_id(href):
        host = host_of(href)
        return WireId(ACTIVITYPUB, href) if host is not None and not is_loopback(host) else None
    return None


def _proxied(thing: JsonObject) -> Iterator[tuple[WireId, bool]]:
    for proxy in objects_of(thing.get("proxyOf"), MOST):
        name = text_of(proxy.get("proxied"))
        if id_of(proxy.get("protocol")) == _NOSTR and len(name) == 64 and _HEX.issuperset(name):
            yield WireId(NOSTR, name), truth_of(proxy.get("authoritative"))


def with_others(page: str, canonical: WireId | None, alternates: tuple[WireId, ...], *, of_actor: bool) -> Any:
    """The page where people look at it, and behind it what else it is. The page stays a string, and comes first, for
    those who read nothing but the first."""
    links = [("canonical", canonical)] if canonical is not None else []
    links += [("alternate", name) for name in alternates]
    found = [_link(rel, name, _PERSON if of_actor else _POST) for rel, name in links]
    others = [link for link in found if link is not None]
    return [page, *others] if others else page


def _link(rel: str, name: WireId, prefix: str) -> JsonObject | None:
    if name.protocol != NOSTR or len(name.value) != 64:
        return None  # an article's coordinates have no spelling there
    return {"type": "Link", "rel": rel, "href": f"nostr:{bech32.encode(prefix, bytes.fromhex(name.value))}"}
