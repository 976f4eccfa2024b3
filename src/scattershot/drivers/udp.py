"""Datagrams by UDP: one socket that sends and receives, and one for each group that is listened to."""

import asyncio
import contextlib
import errno
import ipaddress
import logging
import socket
import struct
from collections.abc import Callable

from scattershot.ports.datagrams import Place, Take
from scattershot.wirekit.places import is_local_group, parse_place

AT_ONCE = 256
"""Datagrams read in one go before others have their turn."""
_LARGEST = 2_048
_BUFFER = 4 << 20
"""Bytes that the kernel keeps for us while we are busy, where it lets us have so many."""
_HOPS = 1
"""What is sent to a group ends at the first router."""

_logger = logging.getLogger(__name__)


class UdpSocket:
    """Implements `ports.datagrams.Datagrams`. `may_send` judges the IP address that a name stands for."""

    def __init__(self, listen: str, groups: tuple[str, ...], may_send: Callable[[str], bool]) -> None:
        """OSError where that cannot be listened to."""
        self._may_send = may_send
        host, port = _split(listen)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = _bound(family, (host, port))
        self._members: list[socket.socket] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        try:
            for group in groups:
                self._join(group, host if family == socket.AF_INET else "")
        except OSError:
            self.close()
            raise

    def _join(self, group: str, own: str) -> None:
        place = parse_place(group)
        if place is None or not is_local_group(place):
            raise OSError(errno.EINVAL, f"{group} is no group of a local scope")
        address, zone = _zoned(place[0])
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        member = _bound(family, (place[0], place[1]), shared=True)
        self._members.append(member)
        packed = socket.inet_pton(family, address)
        if family == socket.AF_INET6:
            index = socket.if_nametoindex(zone) if zone else 0
            member.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, packed + struct.pack("@I", index))
        else:
            interface = socket.inet_aton(own if _is_single(own) else "0.0.0.0")  # noqa: S104 - any of ours
            member.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, packed + interface)
        if family == self._socket.family:
            self._send_near(family, own, zone)

    def _send_near(self, family: int, own: str, zone: str) -> None:
        """Let what goes to groups leave by the same interface, and go no further than the first router."""
        if family == socket.AF_INET6:
            self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, _HOPS)
            if zone:
                self._socket.setsockopt(
                    socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, struct.pack("@I", socket.if_nametoindex(zone))
                )
        else:
            self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, _HOPS)
            if _is_single(own):
                self._socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))

    def listen(self, take: Take, drained: Callable[[], None]) -> None:
        """As the port says."""
        self._loop = asyncio.get_running_loop()
        for each in (self._socket, *self._members):
            self._loop.add_reader(each.fileno(), self._drain, each, take, drained)

    def _drain(self, door: socket.socket, take: Take, drained: Callable[[], None]) -> None:
        receive = door.recvfrom
        try:
            for _ in range(AT_ONCE):
                data, address = receive(_LARGEST)
                take(data, address[:2])
        except BlockingIOError:
            pass
        except OSError as problem:  # an earlier datagram could not be delivered; it is said again or had by HTTP
            _logger.debug("a datagram came to nothing: %s", problem)
        drained()

    def send(self, data: bytes, to: Place) -> bool:
        """As the port says."""
        try:
            self._socket.sendto(data, to)
        except OSError as problem:
            _logger.debug("a datagram cannot be sent: %s", problem)
            return False
        return True

    async def resolve(self, address: str) -> Place | None:
        """As the port says; a group, or an address that may not be sent to, is none."""
        place = parse_place(address)
        if place is None:
            host, _, port = address.rpartition(":")
            if not (port.isdecimal() and len(port) <= 5 and 0 < int(port) < 65_536 and host):
                return None
            loop = asyncio.get_running_loop()
            try:
                found = await loop.getaddrinfo(host, int(port), family=self._socket.family, type=socket.SOCK_DGRAM)
            except (OSError, UnicodeError):
                return None
            place = (str(found[0][4][0]), int(port))
        if (":" in place[0]) != (self._socket.family == socket.AF_INET6):
            return None
        judged = ipaddress.ip_address(place[0])
        return None if judged.is_multicast or judged.is_unspecified or not self._may_send(place[0]) else place

    @property
    def port(self) -> int:
        """As the port says."""
        return int(self._socket.getsockname()[1])

    def close(self) -> None:
        """As the port says."""
        for each in (self._socket, *self._members):
            if self._loop is not None and each.fileno() >= 0:
                with contextlib.suppress(RuntimeError):  # the loop may be gone already
                    self._loop.remove_reader(each.fileno())
            each.close()


def _bound(family: int, address: tuple[str, int], *, shared: bool = False) -> socket.socket:
    made = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if shared:  # several nodes of one machine may be in the group
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        made.setblocking(False)
        made.bind(socket.getaddrinfo(*address, family=family, type=socket.SOCK_DGRAM)[0][4])
    except OSError:
        made.close()
        raise
    return made


def _split(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _zoned(address: str) -> tuple[str, str]:
    host, _, zone = address.partition("%")
    return host, zone


def _is_single(address: str) -> bool:
    """Whether it is the address of one interface."""
    try:
        return not ipaddress.ip_address(address).is_unspecified
    except ValueError:
        return False
