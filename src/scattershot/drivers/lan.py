"""Who is on the same network, by multicast DNS service discovery (RFC 6763); needs the extra `lan`."""

import logging
from collections.abc import Callable

from zeroconf import IPVersion, ServiceStateChange, Zeroconf
from zeroconf.asyncio import AsyncServiceBrowser, AsyncServiceInfo, AsyncZeroconf

from scattershot.wirekit.urls import host_of

SERVICE = "_scattershot._udp.local."
MOST = 64
"""So many neighbours are noticed: anybody on the network may make some up."""
_PATIENCE = 3_000

_logger = logging.getLogger(__name__)


class Lan:
    """Implements `ports.datagrams.Nearby`."""

    def __init__(self, origin: str, port: int) -> None:
        self._origin, self._port = origin, port
        self._zeroconf: AsyncZeroconf | None = None
        self._browser: AsyncServiceBrowser | None = None
        self._hosts: dict[str, str] = {}
        self._found: Callable[[tuple[str, ...]], None] = lambda _: None

    async def begin(self, found: Callable[[tuple[str, ...]], None]) -> None:
        """As the port says; where the network lets us not, nobody is near."""
        self._found = found
        try:
            self._zeroconf = AsyncZeroconf(ip_version=IPVersion.All)
            name = (host_of(self._origin) or "node").replace(".", "-").replace(":", "-")[:60]
            told = {"origin": self._origin}
            await self._zeroconf.async_register_service(
                AsyncServiceInfo(
                    SERVICE, f"{name}.{SERVICE}", port=self._port, properties=told, server=f"{name}.local."
                )
            )
            self._browser = AsyncServiceBrowser(self._zeroconf.zeroconf, SERVICE, handlers=[self._altered])
        except OSError as problem:
            _logger.warning("nobody can be found on this network: %s", problem)

    async def close(self) -> None:
        """As the port says."""
        browser, zeroconf = self._browser, self._zeroconf
        self._browser = self._zeroconf = None
        if browser is not None:
            await browser.async_cancel()
        if zeroconf is not None:
            await zeroconf.async_unregister_all_services()
            await zeroconf.async_close()

    def _altered(self, zeroconf: Zeroconf, service_type: str, name: str, state_change: ServiceStateChange) -> None:
        if state_change is ServiceStateChange.Removed:
            self._hosts.pop(name, None)
        elif len(self._hosts) < MOST:
            info = AsyncServiceInfo(service_type, name)
            if info.load_from_cache(zeroconf):
                origin = (info.properties.get(b"origin") or b"").decode("utf-8", "replace")
                host = host_of(origin)
                if host is not None and origin != self._origin:
                    self._hosts[name] = host
        self._found(tuple(sorted(set(self._hosts.values()))))
