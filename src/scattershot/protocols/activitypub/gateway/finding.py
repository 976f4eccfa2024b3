"""What a person typed: a handle, or the address of a profile or post in any of the shapes that people copy."""

import re
from html import unescape
from urllib.parse import urljoin

from scattershot.domain.microblog import Handle, parse_handle
from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.protocol import Signer
from scattershot.protocols.activitypub.gateway.fetching import Document, Fetching
from scattershot.protocols.activitypub.gateway.names import Names
from scattershot.protocols.activitypub.wire.media_types import ACCEPT, is_activity_type
from scattershot.protocols.activitypub.wire.vocabulary import Malformed, decode, id_of
from scattershot.wirekit.urls import normal_host, parse_url

_HEAD = 256 * 1024
"""A page names its document in its head."""
_LINK = re.compile(r"<link\b[^>]{1,2048}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([a-zA-Z-]{1,20})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_LINK_HEADER = re.compile(r"<([^<>]{1,2048})>([^,<]{0,1024})")


class Finding:
    """Finds what a text stands for."""

    def __init__(self, fetching: Fetching, names: Names) -> None:
        self._fetching, self._names = fetching, names

    async def find(self, text: str, signer: Signer) -> WireId | Refused:
        """As `ports.protocol.Tongue.find` says; a refusal's detail is a sentence for people."""
        text = text.strip()
        if parse_url(text) is not None:
            return await self._at(text, signer)
        handle = parse_handle(text)
        domain = normal_host(handle.domain) if handle is not None and handle.domain else None
        if handle is None or domain is None:
            return Refused("not_a_name", f"{text[:200]!r} is neither a name like @who@where nor an address.")
        found = await self._names.look_up(Handle(handle.name, domain))
        if isinstance(found, Refused):
            return found
        if not found.actor:
            return Refused("not_found", f"{handle.name}@{domain} does not speak ActivityPub.")
        return WireId(ACTIVITYPUB, found.actor)

    async def _at(self, url: str, signer: Signer) -> WireId | Refused:
        """The document at the address, or the one that the page there names as its other form."""
        document = await self._fetching.get(url, signer, f"{ACCEPT}, text/html;q=0.1")
        if isinstance(document, Refused):
            return Refused(document.why, f"Nothing could be had: {document.detail}.")
        if is_activity_type(document.content_type):
            return _id_in(document)
        other = _alternate(document)
        if other is None:
            return Refused("not_a_document", f"{url} is neither a profile nor a post that can be followed or read.")
        return WireId(ACTIVITYPUB, other)


def _id_in(document: Document) -> WireId | Refused:
    found = decode(document.body)
    this = "" if isinstance(found, Malformed) else id_of(found)
    return WireId(ACTIVITYPUB, this) if this else Refused("no_id", f"What {document.url} holds has no name.")


def _alternate(document: Document) -> str | None:
    """The ActivityPub form of a page, named in its `Link` header or its head."""
    for address, parameters in _LINK_HEADER.findall(document.links[:8192]):
        if "alternate" in parameters and "activity+json" in parameters:
            return _absolute(document.url, address)
    if not document.content_type.partition(";")[0].strip().lower().endswith("html"):
        return None
    for link in _LINK.findall(document.body[:_HEAD].decode("utf-8", "replace")):
        attributes = {name.lower(): unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(link)}
        is_alternate = "alternate" in attributes.get("rel", "").lower().split()
        if is_alternate and is_activity_type(attributes.get("type", "")) and attributes.get("href"):
            return _absolute(document.url, attributes["href"])
    return None


def _absolute(base: str, address: str) -> str | None:
    try:
        there = urljoin(base, address)
    except ValueError:
        return None
    return there if parse_url(there) is not None else None
