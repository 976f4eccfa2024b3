"""A house of the village as the gateway's tests speak to it: by ids, keys and raw requests."""

from typing import Any

import msgspec

from scattershot.app.publish import Done, Draft
from scattershot.bootstrap import Node as Built
from scattershot.domain.ids import MicroblogId
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Audience, Post
from scattershot.ports.database import Database
from scattershot.ports.protocol import Signer
from scattershot.protocols.activitypub.gateway.signing import signed
from scattershot.protocols.activitypub.wire.media_types import ACTIVITY
from scattershot.protocols.activitypub.wire.signatures import Dialect
from scattershot.storage.tables import microblogs, nodes, posts, relations
from scattershot.testing.village import House
from scattershot.wirekit.http_message import Headers, Request, Response


class Node:
    """One node."""

    def __init__(self, house: House) -> None:
        self.house, self.host, self.origin = house, house.host, f"https://{house.host}"
        self.built: Built = house.node
        self.database: Database = self.built.drivers.database
        self.network: Any = self.built.drivers.fetcher
        self.clock: Any = self.built.drivers.clock

    async def person(self, name: str, **profile: Any) -> MicroblogId:
        return await self.house.person(name, **profile)

    async def signer(self, who: MicroblogId) -> Signer:
        found = await self.database.read(lambda tx: microblogs.signer(tx, who))
        assert found is not None
        return found

    async def speaker(self) -> Signer:
        """The node's own actor as one who signs."""
        return await self.built.people.node_speaker("")

    async def profile(self, who: MicroblogId) -> Profile:
        found = await self.database.read(lambda tx: microblogs.get(tx, who))
        assert found is not None
        return found.profile

    async def find(self, text: str) -> MicroblogId:
        return await self.house.microblog(text)

    async def follow(self, who: MicroblogId, whom: MicroblogId) -> None:
        assert isinstance(await self.built.publisher.follow(who, whom, "test"), Done)

    async def post(self, who: MicroblogId, text: str, audience: Audience = Audience.PUBLIC, **more: Any) -> Post:
        done = await self.built.publisher.post(who, Draft(text, audience, **more), None, "test")
        assert isinstance(done, Done), done
        assert done.post is not None
        number = done.post
        row = await self.database.read(lambda tx: posts.get(tx, number))
        assert row is not None
        return row.post

    async def texts(self, who: MicroblogId) -> list[str]:
        """What somebody wrote as known here, newest first, without the paragraph around it."""
        audiences = [audience.value for audience in Audience]
        rows = await self.database.read(lambda tx: posts.by_author(tx, who, audiences, posts.END, 100))
        return [row.post.html.removeprefix("<p>").removesuffix("</p>") for row in rows]

    async def follows(self, follower: MicroblogId, followee: MicroblogId) -> bool:
        return await self.database.read(lambda tx: relations.follows(tx, follower, followee))

    async def node(self, host: str) -> Any:
        return await self.database.read(lambda tx: nodes.by_host(tx, host))

    async def get(self, path: str, signer: Signer | None = None, *headers: tuple[str, str]) -> Response:
        fields = Headers([("accept", ACTIVITY), *headers])
        request = Request("GET", self.origin + path if path.startswith("/") else path, fields)
        return await self.send(signed(request, signer, self.clock.now(), "cavage") if signer else request)

    async def document(self, path: str, signer: Signer | None = None) -> dict[str, Any]:
        answer = await self.get(path, signer)
        assert answer.status == 200, answer
        found: dict[str, Any] = msgspec.json.decode(answer.body)
        return found

    async def send(self, request: Request) -> Response:
        answer = await self.network.send(request)
        assert isinstance(answer, Response), answer
        return answer

    async def deliver(self, activity: dict[str, Any] | bytes, signer: Signer, dialect: Dialect = "cavage") -> Response:
        """Knock at this node's shared inbox."""
        return await self.send(self.delivery(activity, signer, dialect))

    def delivery(self, activity: dict[str, Any] | bytes, signer: Signer, dialect: Dialect = "cavage") -> Request:
        """A signed delivery, not yet sent."""
        body = activity if isinstance(activity, bytes) else msgspec.json.encode(activity)
        request = Request("POST", f"{self.origin}/inbox", Headers([("content-type", ACTIVITY)]), body)
        return signed(request, signer, self.clock.now(), dialect)


def reason(answer: Response) -> tuple[int, str]:
    """An answer's status and the word it gives."""
    return answer.status, msgspec.json.decode(answer.body)["reason"] if answer.body else ""
