"""In whose hands an address probably is: its network and its domain, by which no one may hold too much of the mesh."""

from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

_SHORT = frozenset({"ac", "co", "com", "edu", "gob", "gouv", "gov", "ne", "net", "nom", "or", "org"})
"""Second labels below which one registers, as in `example.co.uk`: a guess that needs no list."""


def network_of(address: str) -> str:
    """The /16 (IPv4) or /32 (IPv6) that a numeric address lies in; what is private is one network of the name `local`.

    ValueError where it is no address.
    """
    found = ip_address(address)
    if found.version == 6 and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if not found.is_global:
        return "local"
    return str(ip_network((found, 16 if found.version == 4 else 32), strict=False))


def is_network(text: str) -> bool:
    """Whether it is one as `network_of` names them."""
    if text == "local":
        return True
    try:
        found = ip_network(text)
    except ValueError:
        return False
    return found.prefixlen == (16 if found.version == 4 else 32) and str(found) == text


def domain_of(address: str) -> str:
    """The domain that somebody registered, of a relay's address; a numeric host stands for itself."""
    host = (urlsplit(address).hostname or "").rstrip(".")
    try:
        return str(ip_address(host))
    except ValueError:
        pass
    labels = host.split(".")
    count = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHORT else 2
    return ".".join(labels[-count:])
