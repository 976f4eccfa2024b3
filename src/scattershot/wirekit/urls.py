"""http and https URLs and host names, read once into one spelling.

Hosts are normalised (case, IDNA, trailing dot, default port); paths and queries are kept as they came, since servers
compare ids as text and signatures cover the bytes that were sent.
"""

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import NamedTuple
from urllib.parse import quote

import idna

MAX_URL_CHARS = 2048
_MAX_HOST_CHARS = 253
_DEFAULT_PORT = {"http": 80, "https": 443}
_PRINTABLE = "".join(map(chr, range(0x21, 0x7F)))

_URL = re.compile(r"(https?)://([^/?#]+)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.IGNORECASE | re.DOTALL)
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]")
_AUTHORITY = re.compile(r"(\[[^\[\]]*\]|[^:\[\]]*)(?::([0-9]{0,5}))?")
_LABELS = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
_NUMERIC_LAST_LABEL = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")


class Url(NamedTuple):
    """A parsed http(s) URL; `authority` is 'host' or 'host:port', never with the scheme's default port."""

    scheme: str
    authority: str
    path: str
    """As it came; `/` where it was empty."""
    query: str | None
    """As it came, without the question mark; None where there is none, which is not the same as empty."""
    fragment: str | None

    @property
    def host(self) -> str:
        """The authority without its port: what domain blocks and name look-ups are about."""
        host, _, port = self.authority.rpartition(":")
        return host if host and not port.endswith("]") else self.authority

    @property
    def port(self) -> int:
        """The port to connect to."""
        _, _, port = self.authority.rpartition(":")
        return int(port) if port.isdecimal() and port != self.authority else _DEFAULT_PORT[self.scheme]

    @property
    def origin(self) -> str:
        """Scheme and authority, the unit of trust of FEP-fe34."""
        return f"{self.scheme}://{self.authority}"

    @property
    def target(self) -> str:
        """Path and query as they stand in a request line; whatever is not ASCII is percent-encoded."""
        target = self.path if self.query is None else f"{self.path}?{self.query}"
        return target if target.isascii() else quote(target, safe=_PRINTABLE)

    @property
    def text(self) -> str:
        """The whole URL in its one spelling."""
        query = "" if self.query is None else f"?{self.query}"
        fragment = "" if self.fragment is None else f"#{self.fragment}"
        return f"{self.scheme}://{self.authority}{self.path}{query}{fragment}"


def parse_url(text: str) -> Url | None:
    """None for anything that is not an absolute http(s) URL of at most 2048 characters, or holds userinfo, white space,
    control characters or backslashes."""
    return None if len(text) > MAX_URL_CHARS else _parse_url(text)


@lru_cache(maxsize=8192)
def _parse_url(text: str) -> Url | None:
    found = _URL.fullmatch(text)
    if found is None or _FORBIDDEN.search(text):
        return None
    scheme, authority, path, query, fragment = found.groups()
    scheme = scheme.lower()
    host = None if "@" in authority else normal_host(authority, scheme)
    return None if host is None else Url(scheme, host, path or "/", query, fragment)


def normal_url(text: str, *, fragment: bool = True) -> str | None:
    """The one spelling of a URL, without its fragment where `fragment` is False; None as in `parse_url`."""
    url = parse_url(text)
    if url is None:
        return None
    return url.text if fragment or url.fragment is None else url._replace(fragment=None).text


def host_of(url: str) -> str | None:
    """'host' or 'host:port' of a URL, or None where it is no URL of ours."""
    parsed = parse_url(url)
    return None if parsed is None else parsed.authority


def same_origin(a: str, b: str) -> bool:
    """Whether both are URLs with the same scheme, host and port; two non-URLs have no origin to share."""
    first, second = parse_url(a), parse_url(b)
    return first is not None and second is not None and first.origin == second.origin


def normal_host(text: str, scheme: str = "https") -> str | None:
    """The one spelling of 'host' or 'host:port', without the scheme's own port; None where it is no host.

    Addresses are taken only in their plain spelling: `127.1` and `0x7f.0.0.1` are refused, not read.
    """
    return None if len(text) > _MAX_HOST_CHARS + 16 else _normal_host(text, scheme)


@lru_cache(maxsize=8192)
def _normal_host(text: str, scheme: str) -> str | None:
    found = _AUTHORITY.fullmatch(text)
    if found is None:
        return None
    name, port_text = found.groups()
    host = _normal_ipv6(name) if name.startswith("[") else _normal_name(name)
    if host is None or not port_text:
        return host
    port = int(port_text)
    if not 0 < port < 65536:
        return None
    return host if port == _DEFAULT_PORT.get(scheme) else f"{host}:{port}"


def _normal_name(text: str) -> str | None:
    name = text.lower()
    if not name.isascii():
        try:
            name = idna.encode(text, uts46=True, transitional=False).decode("ascii")
        except UnicodeError:
            return None
    name = name.removesuffix(".")
    if len(name) > _MAX_HOST_CHARS or not _LABELS.fullmatch(name):
        return None
    if not _NUMERIC_LAST_LABEL.fullmatch(name):
        return name
    try:
        return str(IPv4Address(name))
    except AddressValueError:
        return None


def _normal_ipv6(text: str) -> str | None:
    if "%" in text:  # a zone id means something only on one machine
        return None
    try:
        return f"[{IPv6Address(text[1:-1])}]"
    except AddressValueError:
        return None
