"""A real node on a loopback socket and whole Fedify peers beside it, for journeys between the two."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import aiohttp
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scattershot.app.discover import Found
from scattershot.app.publish import Done, Draft
from scattershot.bootstrap import Node, build_node
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.microblog import Profile
from scattershot.domain.reading import Refused
from scattershot.domain.window import FROM_THE_TOP
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.database import Transaction
from scattershot.settings import read_settings
from scattershot.storage.tables import microblogs, notifications, posts, relations, timelines, wire_ids

T = TypeVar("T")

PATIENCE = 10.0
"""Seconds until something that should come to pass is given up."""


async def until(look: Callable[[], Awaitable[T]], wanted: Callable[[T], bool]) -> T:
    """What is seen once it is as wanted; what is seen last, where it never was, is in the failure."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while True:
        seen = await look()
        if wanted(seen):
            return seen
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"not within {PATIENCE:.0f} s; the last that was seen: {str(seen)[-2000:]}")
        await asyncio.sleep(0.02)


@dataclass
class Peer:
    """A Fedify peer: bob, who speaks one dialect and believes no other."""

    origin: str
    dialect: str
    session: aiohttp.ClientSession

    @property
    def actor(self) -> str:
        return f"{self.origin}/users/bob"

    async def state(self) -> dict[str, Any]:
        """Everything it was told and what it made of it."""
        async with self.session.get(f"{self.origin}/control") as answer:
            found: dict[str, Any] = await answer.json()
            return found

    async def do(self, deed: str, **words: Any) -> dict[str, Any]:
        """Let bob do something."""
        async with self.session.post(f"{self.origin}/control", json={"deed": deed, **words}) as answer:
            assert answer.status == 200, await answer.text()
            done: dict[str, Any] = await answer.json()
            return done

    @asynccontextmanager
    async def shut(self) -> AsyncIterator[None]:
        """While its node answers nobody, and notes who asks."""
        await self.do("shut", shut=True)
        try:
            yield
        finally:
            await self.do("shut", shut=False)

    async def delivered(self, kind: str, actor: str) -> dict[str, Any]:
        """The last delivery of that type in that actor's name, once there is one that was taken."""

        def taken(state: dict[str, Any]) -> list[dict[str, Any]]:
            return [d for d in state["deliveries"] if (d["type"], d["actor"], d["status"]) == (kind, actor, 202)]

        return taken(await until(self.state, lambda state: bool(taken(state))))[-1]


class Knock(NamedTuple):
    """A delivery to our node: whose key it names, in which dialect, and how it was answered."""

    key_id: str
    dialect: str
    status: int


class Doorkeeper:
    """Notes how every POST to the application behind it is answered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.knocks: list[Knock] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start" and scope["method"] == "POST":
                fields = {name.decode(): value.decode() for name, value in scope["headers"]}
                given = fields.get("signature-input") or fields.get("signature", "")
                named = re.search('key[iI]d="([^"]*)"', given)
                dialect = "rfc9421" if "signature-input" in fields else "cavage"
                self.knocks.append(Knock(named[1] if named else "", dialect, message["status"]))
            await send(message)

        await self._app(scope, receive, noted)


@dataclass
class House:
    """Our node, spoken to as its people would."""

    node: Node
    door: Doorkeeper

    async def person(self, name: str) -> MicroblogId:
        made = await self.node.people.add(name)
        assert not isinstance(made, Refused), made
        return made[1]

    def address(self, who: MicroblogId) -> str:
        return self.node.house.addresses.microblog(who)

    def post_address(self, post: PostId) -> str:
        return self.node.house.addresses.post(post)

    async def profile(self, who: MicroblogId) -> Profile:
        row = await self.node.drivers.database.read(lambda tx: microblogs.get(tx, who))
        assert row is not None
        return row.profile

    async def meet(self, text: str) -> MicroblogId:
        """The microblog that a name or address stands for."""
        found = await self.node.discover.find(text)
        assert isinstance(found, Found), found
        assert found.microblog is not None
        return found.microblog

    async def done(self, deed: Awaitable[Done | Refused]) -> Done:
        """A deed that must not be refused."""
        outcome = await deed
        assert isinstance(outcome, Done), outcome
        return outcome

    async def post(self, who: MicroblogId, text: str, **draft: Any) -> PostId:
        done = await self.done(self.node.publisher.post(who, Draft(text, **draft), None, "test"))
        assert done.post is not None
        return done.post

    async def seen(self, address: str) -> posts.Row | None:
        """A post as it is known here."""

        def work(tx: Transaction) -> posts.Row | None:
            post = wire_ids.find_as(tx, WireId(ACTIVITYPUB, address), wire_ids.Thing.POST)
            return posts.get(tx, PostId(post)) if post is not None else None

        return await self.node.drivers.database.read(work)

    async def known(self, address: str) -> posts.Row:
        """The post, once it is here and not deleted."""
        row = await until(lambda: self.seen(address), lambda row: row is not None and not row.gone)
        assert row is not None
        return row

    async def home(self, who: MicroblogId) -> list[str]:
        """The addresses of what somebody reads at home, newest first."""

        def work(tx: Transaction) -> list[str]:
            entries = timelines.page(tx, who, None, None, 100)
            rows = posts.get_many(tx, [entry.post for entry in entries])
            return [rows[entry.post].post.id.value for entry in entries if entry.post in rows]

        return await self.node.drivers.database.read(work)

    async def told(self, who: MicroblogId) -> list[str]:
        """The kinds of notifications somebody has, newest first."""
        found = await self.node.drivers.database.read(lambda tx: notifications.page(tx, who, FROM_THE_TOP, 100))
        return [str(notification.kind) for notification in found]

    async def follows(self, who: MicroblogId, whom: MicroblogId) -> bool:
        """Whether that follow is so, and not only asked for."""
        return await self.node.drivers.database.read(lambda tx: relations.follows(tx, who, whom))

    async def likers(self, post: PostId) -> list[MicroblogId]:
        return await self.node.drivers.database.read(lambda tx: relations.likers(tx, post, 10))

    async def boosters(self, post: PostId) -> list[MicroblogId]:
        found = await self.node.drivers.database.read(lambda tx: posts.boosts_of(tx, post, 10))
        return [boost.booster for boost in found]


@asynccontextmanager
async def a_house(data: Path) -> AsyncIterator[House]:
    """A node as it runs: its loops alive, on a real socket, SQLite beneath, plain http allowed."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    given = {"data": str(data), "listen": f"127.0.0.1:{port}", "insecure_http": True, "allow_private_addresses": True}
    data.mkdir(parents=True, exist_ok=True)
    node = await build_node(read_settings(None, {}, given))
    door = Doorkeeper(node.app)
    server = uvicorn.Server(uvicorn.Config(door, log_level="warning", lifespan="off", access_log=False))
    serving = asyncio.create_task(server.serve([listening]))
    try:
        await until(lambda: asyncio.sleep(0, server.started), bool)
        await node.start()
        yield House(node, door)
    finally:
        server.should_exit = True
        await serving
        await node.stop()
        listening.close()


@asynccontextmanager
async def a_peer(folder: Path, dialect: str) -> AsyncIterator[Peer]:
    """A Fedify process of its own, which ends when its standard input does."""
    process = await asyncio.create_subprocess_exec(
        "node", "fedify_peer.mjs", dialect, cwd=folder, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 2 * PATIENCE)
        assert line, f"node fedify_peer.mjs ended with {await process.wait()}"
        async with aiohttp.ClientSession(json_serialize=json.dumps) as session:
            yield Peer(line.decode().strip(), dialect, session)
    finally:
        process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), PATIENCE)
        except TimeoutError:
            process.kill()
            await process.wait()
