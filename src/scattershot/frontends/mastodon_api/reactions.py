"""Emoji reactions, which Mastodon does not have: in Pleroma's spelling, and in glitch-soc's, GoToSocial's and
Iceshrimp's."""

from collections.abc import Awaitable, Callable

from msgspec import json

from scattershot.app.items import Item
from scattershot.app.publish import Done
from scattershot.app.reactions import Reactions as Deeds
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Reply, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.quote import Reacted
from scattershot.frontends.mastodon_api.entities.status import Status
from scattershot.frontends.mastodon_api.media_as_json import Shown
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson, reaction_name
from scattershot.ports.database import Transaction

VIA = "api"
_PLEROMA, _GLITCH = "Pleroma's emoji reactions", "glitch-soc's emoji reactions"
_encode = json.Encoder().encode

Deed = Callable[[MicroblogId, PostId, str, str], Awaitable[Done | Refused]]


class Reactions:
    """The endpoints about reactions."""

    def __init__(
        self, deeds: Deeds, timelines: Reads, statuses: StatusesAsJson, accounts: AccountsAsJson, shown: Shown
    ) -> None:
        self._deeds, self._timelines, self._statuses, self._accounts = deeds, timelines, statuses, accounts
        self._shown = shown

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        read, write = "read:statuses", "write:favourites"
        listed = "/api/v1/pleroma/statuses/{id}/reactions"
        one = "/api/v1/statuses/{id}"
        react, unreact = self._deed(self._deeds.react), self._deed(self._deeds.unreact)
        return [
            Endpoint("GET", listed, self._list, read, Who.ANYONE, answers=list[Reacted], extension=_PLEROMA),
            Endpoint("GET", f"{listed}/{{name}}", self._list, read, Who.ANYONE, answers=list[Reacted],
                     extension=_PLEROMA),
            Endpoint("PUT", f"{listed}/{{name}}", react, write, answers=Status, extension=_PLEROMA),
            Endpoint("DELETE", f"{listed}/{{name}}", unreact, write, answers=Status, extension=_PLEROMA),
            Endpoint("POST", f"{one}/react/{{name}}", react, write, answers=Status, extension=_GLITCH),
            Endpoint("POST", f"{one}/unreact/{{name}}", unreact, write, answers=Status, extension=_GLITCH),
        ]  # fmt: skip

    async def _list(self, call: Call, _: Nothing) -> Reply:
        item = await self._timelines.item(call.id(), call.viewer)
        if item is None:
            return NOT_FOUND
        found = await self._deeds.of(item, call.path.get("name", ""))

        def work(tx: Transaction) -> bytes:
            bodies = []
            for each in found:
                accounts = self._accounts.list(tx, each.faces, call.now)
                head = _encode({"name": reaction_name(each.emoji), "count": each.number, "me": each.mine})
                url = self._shown(each.picture)
                picture = b',"url":' + _encode(url) if url else b""
                bodies.append(head[:-1] + picture + b',"accounts":' + accounts + b"}")
            return b"[" + b",".join(bodies) + b"]"

        return Answer(await self._timelines.read(work))

    def _deed(self, deed: Deed) -> Callable[[Call, Nothing], Awaitable[Reply]]:
        """An endpoint that reacts to the post, or to the post that a boost passes on, or takes that back."""

        async def handle(call: Call, _: Nothing) -> Reply:
            item = await self._timelines.item(call.id(), call.who)
            if item is None:
                return NOT_FOUND
            done = await deed(call.who, item.id, call.path["name"], VIA)
            if isinstance(done, Refused):
                return refused(done)
            shown: Item = await self._timelines.item(item.id, call.who) or item
            return Answer(await self._timelines.read(lambda tx: self._statuses.one(tx, shown, call.who, call.now)))

        return handle
