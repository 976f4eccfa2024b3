"""Requests to the letter, as an app's network log would show them; every answer is held against its schema."""

import http.client
import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from scattershot.wirekit.http_message import Headers
from tests.mastodon.route_schemas import check

Fields = dict[str, str] | list[tuple[str, str]]


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Headers
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Wire:
    """An app's connection to a node: a request after another, with a token once there is one."""

    origin: str
    token: str = ""
    said: dict[str, str] = field(default_factory=dict)
    """Headers that go with every request."""

    def get(self, path: str, query: Fields | None = None, **more: Any) -> Any:
        return self.ask("GET", path, query=query, **more).json

    def form(self, path: str, fields: Fields, method: str = "POST", **more: Any) -> Any:
        """Send a form, percent-encoded."""
        return self.ask(method, path, urlencode(fields), "application/x-www-form-urlencoded", **more).json

    def send(self, path: str, value: Any, method: str = "POST", **more: Any) -> Any:
        """Send JSON."""
        return self.ask(method, path, json.dumps(value), "application/json", **more).json

    def ask(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        kind: str = "",
        *,
        query: Fields | None = None,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request; the status must be as told, and the answer what it claims to be."""
        sent = {**self.said, **(headers or {})}
        if kind:
            sent["Content-Type"] = kind
        if self.token:
            sent.setdefault("Authorization", f"Bearer {self.token}")
        path += f"?{urlencode(query)}" if query else ""
        connection = http.client.HTTPConnection(urlsplit(self.origin).netloc, timeout=10)
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, sent)
            came = connection.getresponse()
            answer = Answer(came.status, Headers((k.lower(), v) for k, v in came.getheaders()), came.read())
        finally:
            connection.close()
        assert answer.status == status, f"{method} {path} -> {answer.status}: {answer.body[:500]!r}"
        check(method, path, answer.status, answer.body, signed_in=bool(self.token))
        return answer
