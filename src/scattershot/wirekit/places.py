"""Places that datagrams come from and go to, as text: `192.0.2.1:5683`, `[2001:db8::1]:5683`."""

from ipaddress import ip_address


def parse_place(text: str) -> tuple[str, int] | None:
    """The IP address and port; None where it is none."""
    host, _, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        return None
    if not (port.isascii() and port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65_536):
        return None
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return str(address), int(port)


def place_text(place: tuple[str, int]) -> str:
    """The place as text."""
    host, port = place
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_local_group(place: tuple[str, int]) -> bool:
    """Whether it is a group that ends at one's own network: 239.0.0.0/8 (RFC 2365), and IPv6 of link-, realm-, admin-,
    site- or organisation-local scope (RFC 7346)."""
    address = ip_address(place[0])
    if not address.is_multicast:
        return False
    if address.version == 4:
        return address.packed[0] == 239
    return address.packed[1] & 0x0F in (1, 2, 3, 4, 5, 8)
