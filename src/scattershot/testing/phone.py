"""A person's phone without a network: an app that speaks the client API, with a token, in whatever spelling.

Set `judge` to something that is called with every answer, so that a whole test suite can check what it got.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from msgspec import json

from scattershot.testing.fakes import AsgiApp, AsgiFetcher
from scattershot.wirekit.http_message import Headers, Request, Response

Judge = Callable[[str, str, int, Any, bool], None]
"""Is told method, path (without the query), status, the decoded body and whether there was a token; raises where the
answer is not as it should be."""


@dataclass(frozen=True)
class Heard:
    """What the node answered; `body` is decoded JSON, or bytes where it is none."""

    status: int
    body: Any
    headers: Headers

    def __getitem__(self, key: str | int) -> Any:
        return self.body[key]

    def links(self) -> dict[str, str]:
        """The addresses of the `Link` header by their `rel`."""
        parts = [part.partition(";") for part in (self.headers.get("link") or "").split(", ") if part]
        return {rel.partition('rel="')[2].rstrip('"'): address.strip("<>") for address, _, rel in parts}


class Phone:
    """Calls the API; whatever is not 2xx fails the test unless that `status` was awaited."""

    judge: Judge | None = None

    def __init__(
        self, app: AsgiApp, token: str = "", origin: str = "http://a.test", address: str = "198.51.100.9"
    ) -> None:
        self._origin, self.token = origin, token
        self._fetcher = AsgiFetcher({urlsplit(origin).netloc: app}, (address, 40000))

    async def get(self, path: str, query: Mapping[str, Any] | None = None, *, status: int = 200) -> Heard:
        """Read something."""
        return await self.call("GET", f"{path}?{urlencode(query, doseq=True)}" if query else path, status=status)

    async def post(self, path: str, body: Any = None, *, status: int = 200, **headers: str) -> Heard:
        """Send JSON."""
        return await self.call("POST", path, body, status=status, headers=headers)

    async def put(self, path: str, body: Any = None, *, status: int = 200) -> Heard:
        """Replace something, with JSON."""
        return await self.call("PUT", path, body, status=status)

    async def patch(self, path: str, body: Any = None, *, status: int = 200) -> Heard:
        """Alter something, with JSON."""
        return await self.call("PATCH", path, body, status=status)

    async def delete(self, path: str, body: Any = None, *, status: int = 200) -> Heard:
        """Take something away."""
        return await self.call("DELETE", path, body, status=status)

    async def form(
        self, method: str, path: str, fields: list[tuple[str, str]], *, status: int = 200, **headers: str
    ) -> Heard:
        """Send a form, its names in Rails' spelling."""
        body = urlencode(fields).encode()
        return await self._send(method, path, body, "application/x-www-form-urlencoded", status, headers)

    async def upload(
        self,
        method: str,
        path: str,
        fields: list[tuple[str, str]],
        files: list[tuple[str, str, str, bytes]],
        *,
        status: int = 200,
    ) -> Heard:
        """Send a multipart form; each file is its field, its name, its type and its bytes."""
        boundary = b"----of-a-test-phone"
        parts = [
            b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
            % (boundary, name.encode(), value.encode())
            for name, value in fields
        ]
        parts += [
            b'--%b\r\nContent-Disposition: form-data; name="%b"; filename="%b"\r\nContent-Type: %b\r\n\r\n%b\r\n'
            % (boundary, name.encode(), filename.encode(), kind.encode(), data)
            for name, filename, kind, data in files
        ]
        body = b"".join([*parts, b"--%b--\r\n" % boundary])
        return await self._send(method, path, body, f"multipart/form-data; boundary={boundary.decode()}", status, {})

    async def call(
        self, method: str, path: str, body: Any = None, *, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Heard:
        """One call, with JSON or nothing."""
        data = json.encode(body) if body is not None else b""
        return await self._send(method, path, data, "application/json" if data else "", status, headers or {})

    async def _send(
        self, method: str, path: str, body: bytes, kind: str, status: int, headers: Mapping[str, str]
    ) -> Heard:
        said = [(name.replace("_", "-").lower(), value) for name, value in headers.items()]
        if kind:
            said.append(("content-type", kind))
        if self.token:
            said.append(("authorization", f"Bearer {self.token}"))
        request = Request(method, urljoin(self._origin, path), Headers(said), body)
        answer = await self._fetcher.send(request, limit=200_000_000)
        if self._fetcher.failures:
            raise self._fetcher.failures.pop()
        assert isinstance(answer, Response), answer
        is_json = (answer.headers.get("content-type") or "").startswith("application/json")
        heard = Heard(
            answer.status, json.decode(answer.body) if is_json and answer.body else answer.body, answer.headers
        )
        assert heard.status == status, f"{method} {path}: {heard.status} {heard.body!r}"
        judge = type(self).judge
        if judge is not None:
            judge(method, urlsplit(path).path, heard.status, heard.body, bool(self.token))
        return heard
