"""Who is on the same network, by multicast DNS service discovery (RFC 6763); needs the extra `lan`."""

import asyncio
import logging
from collections.abc import Callable

import ifaddr
from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from scattershot.wirekit.urls import host_of

SERVICE = "_scattershot._udp.local."
MOST = 64
"""So many neighbours are noticed: anybody on the network may make some up."""
_PATIENCE = 3_000
"""Milliseconds for which one who was noticed is asked who it is."""

_logger = logging.getLogger(__name__)


class Lan:
    """Implements `ports.datagrams.Nearby`."""

    def __init__(self, origin: str, port: int) -> None:
        self._origin, self._port = origin, port
        self._zeroconf: AsyncZeroconf | None = None
        self._browser: AsyncServiceBrowser | None = None
        self._hosts: dict[str, str] = {}
        self._asking: set[asyncio.Task[None]] = set()
        self._found: Callable[[tuple[str, ...]], None] = lambda _: None

    async def begin(self, found: Callable[[tuple[str, ...]], None]) -> None:
        """As the port says; where the network lets us not, nobody is near."""
        self._found = found
        name = (host_of(self._origin) or "node").replace(".", "-").replace(":", "-")[:60]
        try:
            self._zeroconf = AsyncZeroconf(ip_version=IPVersion.All)
            own = AsyncServiceInfo(
                SERVICE,
                f"{name}.{SERVICE}",
                port=self._port,
                properties={"origin": self._origin},
                server=f"{name}.local.",
                parsed_addresses=_own_addresses(),
            )
            await self._zeroconf.async_register_service(own)
        except (OSError, RuntimeError) as problem:
            _logger.warning("nobody can be found on this network: %s", problem)
            return
        self._browser = AsyncServiceBrowser(self._zeroconf.zeroconf, SERVICE, handlers=[self._altered])

    async def close(self) -> None:
        """As the port says."""
        browser, zeroconf = self._browser, self._zeroconf
        self._browser = self._zeroconf = None
        for task in self._asking:
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)
        if browser is not None:
            await browser.async_cancel()
        if zeroconf is not None:
            await zeroconf.async_unregister_all_services()
            await zeroconf.async_close()

    def _altered(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is ServiceStateChange.Removed:
            if self._hosts.pop(name, None) is not None:
                self._tell()
        elif len(self._hosts) + len(self._asking) < MOST:
            task = asyncio.ensure_future(self._ask(zeroconf, service_type, name))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _ask(self, zeroconf: Zeroconf, service_type: str, name: str) -> None:
        info = AsyncServiceInfo(service_type, name)
        await info.async_request(zeroconf, _PATIENCE)
        origin = (info.properties.get(b"origin") or b"").decode("utf-8", "replace")
        host = host_of(origin)
        if host is not None and origin != self._origin and self._hosts.get(name) != host:
            self._hosts[name] = host
            self._tell()

    def _tell(self) -> None:
        self._found(tuple(sorted(set(self._hosts.values()))))


def _own_addresses() -> list[str]:
    found = [ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips]
    return [address if isinstance(address, str) else address[0] for address in found]
