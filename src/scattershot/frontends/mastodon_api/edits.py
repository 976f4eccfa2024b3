"""How posts were typed, and how they read before they were edited."""

from typing import Any

from msgspec import json

from scattershot.app.items import Item
from scattershot.app.timelines import Timelines as Reads
from scattershot.app.timelines import Version
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson, emojis_of
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Reply
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.writing import StatusEdit, StatusSource
from scattershot.frontends.mastodon_api.media_as_json import Shown, attachments_of
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.statuses_as_json import content_of
from scattershot.ports.database import Transaction
from scattershot.wirekit.dates import rfc3339
from scattershot.wirekit.html import plain_text

_encode = json.Encoder().encode


class Edits:
    """The endpoints of sources and histories."""

    def __init__(self, timelines: Reads, accounts: AccountsAsJson) -> None:
        self._timelines, self._accounts = timelines, accounts

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        one = "/api/v1/statuses/{id}"
        return [
            Endpoint("GET", f"{one}/source", self._source, "read:statuses", answers=StatusSource),
            Endpoint("GET", f"{one}/history", self._history, "read:statuses", Who.ANYONE, answers=list[StatusEdit]),
        ]

    async def _source(self, call: Call, _: Nothing) -> Reply:
        item = await self._timelines.item(call.id(), call.who)
        if item is None:
            return NOT_FOUND
        post = item.post
        typed = post.source if post.source_type.startswith("text/") else ""
        return Answer(
            StatusSource(
                id=str(item.id),
                text=typed or plain_text(post.html),
                spoiler_text=post.warning,
                content_type=post.source_type if typed else "text/plain",
            )
        )

    async def _history(self, call: Call, _: Nothing) -> Reply:
        def work(tx: Transaction) -> bytes | None:
            item = self._timelines.item_in(tx, call.id(), call.viewer)
            if item is None:
                return None
            account = self._accounts.bodies(tx, [item.author], call.now)[item.author.id]
            versions = self._timelines.versions_in(tx, item)
            return b"[" + b",".join(_edit(item, version, account, self._accounts.shown) for version in versions) + b"]"

        body = await self._timelines.read(work)
        return NOT_FOUND if body is None else Answer(body)


def _edit(item: Item, version: Version, account: bytes, shown: Shown) -> bytes:
    post = version.post
    entity: dict[str, Any] = {
        "content": content_of(post),
        "spoiler_text": post.warning,
        "sensitive": post.sensitive,
        "created_at": rfc3339(version.at),
        "media_attachments": attachments_of(item.id, post, shown),
        "emojis": emojis_of(post.emojis, shown),
        "quote": None,
    }
    if post.poll is not None:
        entity["poll"] = {"options": [{"title": option.text} for option in post.poll.options]}
    return _encode(entity)[:-1] + b',"account":' + account + b"}"
