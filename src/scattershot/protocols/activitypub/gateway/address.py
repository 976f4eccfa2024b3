"""What we are called, and what a request that came to us was addressed to."""

from collections.abc import Mapping
from typing import Any

from scattershot.wirekit.http_message import Headers, Request
from scattershot.wirekit.urls import host_of, normal_host


class Address:
    """The node's own origin and the other hosts that it answers for."""

    def __init__(self, origin: str, domains: tuple[str, ...]) -> None:
        self.origin, self.domains = origin, domains
        self.host = host_of(origin) or ""
        self.hosts = frozenset({self.host, *domains})
        self._scheme = origin.partition("://")[0]

    def of(self, scope: Mapping[str, Any], headers: Headers) -> str:
        """The URL that was asked for, its path and query as they came over the wire, as signatures cover them.

        The scheme is the origin's, since TLS may end at a proxy; so is the host where the one named is none of ours.
        """
        named = headers.get("host")
        origin = self.origin
        if named is not None and named != self.host:
            host = normal_host(named, self._scheme)
            if host in self.hosts:
                origin = f"{self._scheme}://{host}"
        path = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1").partition("?")[0]
        query = scope["query_string"].decode("latin-1")
        return f"{origin}{path}?{query}" if query else f"{origin}{path}"

    def request(self, scope: Mapping[str, Any]) -> Request:
        """A request without a body."""
        headers = Headers((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        return Request(scope["method"], self.of(scope, headers), headers)
