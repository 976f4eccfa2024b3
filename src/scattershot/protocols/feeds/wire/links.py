"""Addresses in feeds and pages: made absolute, and links that stand in headers."""

import html as _entities
import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import urljoin

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
_SPACE = re.compile(r"\s")
_LONGEST = 2_048
_LINK = re.compile(r"<([^<>]{0,2048})>((?:\s*;\s*[\w*-]+\s*(?:=\s*(?:\"[^\"]{0,500}\"|[^\s;,\"]{0,500}))?)*)")
_PARAMETER = re.compile(r";\s*([\w*-]+)\s*(?:=\s*(?:\"([^\"]*)\"|([^\s;,\"]*)))?")
_ADDRESSED = re.compile(
    r"(<[a-zA-Z][^<>]{0,4000}?\s(?:href|src|poster)\s*=\s*)(?:\"([^\"<>]*)\"|'([^'<>]*)')", re.IGNORECASE
)


def resolve(base: str, address: str) -> str:
    """The address made absolute; nothing for one that leads to no web page (`javascript:`, `data:`, nonsense)."""
    address = _CONTROL.sub("", address).strip()
    if not address or len(address) > _LONGEST:
        return ""
    if not _WEB.match(address):
        if _SCHEME.match(address):
            return ""
        try:
            address = urljoin(base, address)
        except ValueError:
            return ""
    return _SPACE.sub("%20", address) if _WEB.match(address) else ""


def with_absolute_links(html: str, base: str) -> str:
    """The HTML with the addresses of links and pictures made absolute; it is no less dangerous than before."""
    if not base or "<" not in html:
        return html

    def absolute(found: re.Match[str]) -> str:
        written = _entities.unescape(found[2] if found[2] is not None else found[3])
        if not written or _SCHEME.match(written):
            return found[0]
        try:
            return f'{found[1]}"{_entities.escape(urljoin(base, written.strip()))}"'
        except ValueError:
            return found[0]

    for _ in range(2):  # a tag may have two of them
        html = _ADDRESSED.sub(absolute, html)
    return html


class Link(NamedTuple):
    """One link of a `Link` header: absolute, with each of its relations in lower case."""

    address: str
    rels: frozenset[str]
    media_type: str = ""


def header_links(values: Iterable[str], base: str) -> list[Link]:
    """The links of `Link` headers (RFC 8288)."""
    found = []
    for value in values:
        for match in _LINK.finditer(value[:16_000]):
            parameters: dict[str, str] = {}
            for name, quoted, plain in _PARAMETER.findall(match[2]):
                parameters.setdefault(name.lower(), quoted or plain)
            address = resolve(base, match[1])
            if address and "rel" in parameters and "anchor" not in parameters:
                rels = frozenset(parameters["rel"].lower().split())
                found.append(Link(address, rels, parameters.get("type", "").lower()))
    return found
