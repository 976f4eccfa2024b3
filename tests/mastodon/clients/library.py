"""Mastodon.py as its documentation says to use it, for the tests that let it loose."""

import queue
from collections.abc import Callable
from typing import Any

import pytest

from tests.mastodon.clients.nodes import OOB, PATIENCE, Someone, until

mastodon = pytest.importorskip("mastodon")


def signed_in(
    who: Someone,
    redirect: str = OOB,
    scopes: tuple[str, ...] = ("read", "write", "follow", "push"),
    microblog: str = "",
) -> Any:
    """Mastodon.py let in by that person, as its documentation says: register, open the address, bring the code back."""
    client_id, secret = mastodon.Mastodon.create_app(
        "Mastodon.py", scopes=list(scopes), redirect_uris=[redirect], api_base_url=who.node.origin
    )
    api = mastodon.Mastodon(client_id, secret, api_base_url=who.node.origin, request_timeout=PATIENCE)
    code = who.authorise(api.auth_request_url(redirect_uris=redirect, scopes=list(scopes), allow_http=True), microblog)
    api.log_in(code=code, redirect_uri=redirect, scopes=list(scopes), allow_http=True)
    return api


def eventually(look: Callable[[], Any], what: str) -> Any:
    """What is seen, once there is something."""
    seen: list[Any] = []

    def found() -> bool:
        seen[:] = [look()]
        return bool(seen[0])

    until(found, what)
    return seen[0]


class Listener(mastodon.StreamListener):  # type: ignore[misc]
    """Notes what it is told, in order."""

    def __init__(self) -> None:
        self.heard: queue.Queue[tuple[str, Any]] = queue.Queue()

    def on_update(self, status: Any) -> None:
        self.heard.put(("update", status))

    def on_status_update(self, status: Any) -> None:
        self.heard.put(("status.update", status))

    def on_delete(self, status_id: Any) -> None:
        self.heard.put(("delete", status_id))

    def on_notification(self, notification: Any) -> None:
        self.heard.put(("notification", notification))

    def next(self, event: str) -> Any:
        """The next event, which must be of that kind."""
        kind, what = self.heard.get(timeout=PATIENCE)
        assert kind == event, (kind, what)
        return what
