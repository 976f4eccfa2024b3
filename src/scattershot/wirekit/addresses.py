"""Which IP addresses belong to the public internet, so that no stranger's URL leads us into our own network.

IPv6 is allowed by list, not denied by list: what nobody has assigned is not public.
"""

from collections.abc import Collection
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_NOT_PUBLIC_V4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network, unspecified
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays, deprecated
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarking
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_GLOBAL_UNICAST_V6 = IPv6Network("2000::/3")
_NOT_PUBLIC_V6 = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries an IPv4 address of the sender's choice
        "3ffe::/16",  # 6bone, given back
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")


@lru_cache(maxsize=4096)
def is_public_address(ip_text: str) -> bool:
    """Whether connecting there leaves our own network; False for anything that is not a plain address.

    IPv4 addresses dressed as IPv6 (mapped, compatible, 6to4, Teredo) are refused whatever they hold; a NAT64 address is
    judged by the IPv4 address in it, since it is the only way out of some networks.
    """
    try:
        if ":" not in ip_text:
            return _is_public_v4(IPv4Address(ip_text))
        address = IPv6Address(ip_text)
    except AddressValueError:
        return False
    if address.scope_id is not None:
        return False
    if address in _NAT64:
        return _is_public_v4(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in _GLOBAL_UNICAST_V6 and not any(address in network for network in _NOT_PUBLIC_V6)


def is_loopback(authority: str) -> bool:
    """Whether a host (with or without a port), as it stands in a URL, is whoever looks at it."""
    host = authority if authority.endswith("]") else authority.rpartition(":")[0] or authority
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_public_v4(address: IPv4Address) -> bool:
    return not any(address in network for network in _NOT_PUBLIC_V4)


def caller_address(near: str, forwarded: str, trusted: Collection[str]) -> str:
    """Where a caller is: `near` is who connected to us, `forwarded` the `X-Forwarded-For` of it, which is believed as
    far as the proxies that we trust wrote it."""
    if near not in trusted:
        return near
    said = [part.strip() for part in forwarded.split(",") if part.strip()]
    return next((each for each in reversed(said) if each not in trusted), near)
