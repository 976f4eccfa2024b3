"""A village: several whole nodes in one process, with a clock that stands still and no sockets.

Everything is real but the machines under the ports. Nothing happens by itself: `settle` steps every node until there
is nothing left to do, so that a journey reads as a story and never waits.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from scattershot.app.discover import Found
from scattershot.app.programs import BY_HAND
from scattershot.app.publish import Done, Draft
from scattershot.bootstrap import Node, build_node
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.microblog import Handle
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.domain.window import FROM_THE_TOP
from scattershot.drivers.bus_local import LocalBus
from scattershot.machines import Drivers, shelves
from scattershot.ports.database import Database
from scattershot.ports.keys import KeyMaker
from scattershot.settings import read_settings
from scattershot.storage.tables import microblogs, notifications, posts, timelines
from scattershot.testing.dialling import AsgiDialler
from scattershot.testing.ether import Ether
from scattershot.testing.fakes import AsgiFetcher, FakeClock
from scattershot.testing.phone import Phone
from scattershot.wirekit.http_message import Request, Response

OpenDatabase = Callable[[str], Awaitable[Database]]


class House:
    """One node of the village, spoken to as its people would."""

    def __init__(self, node: Node, host: str, village: "Village") -> None:
        self.node, self.host, self._village = node, host, village

    async def person(self, name: str, **profile: Any) -> MicroblogId:
        """Somebody new who signs in here; `profile` sets fields of their microblog, such as `locked=True`."""
        made = await self.node.people.add(name)
        assert not isinstance(made, Refused), made
        if profile:
            await self.profile(name, **profile)
        return made[1]

    async def profile(self, name: str, **changes: Any) -> None:
        """Let somebody here present themselves otherwise."""
        import msgspec

        row = await self.row(name)
        changed = msgspec.structs.replace(row.profile, **changes)
        self.done(await self.node.publisher.change_profile(changed, "test"))

    async def row(self, name: str) -> microblogs.Row:
        """Somebody here as stored."""
        handle = Handle(name, self.host)
        row = await self.node.drivers.database.read(lambda tx: microblogs.named(tx, handle))
        assert row is not None, f"nobody at {self.host} is called {name}"
        return row

    async def find(self, text: str) -> Found:
        """What a handle or address stands for, seen from here."""
        found = await self.node.discover.find(text)
        assert isinstance(found, Found), found
        return found

    async def microblog(self, text: str) -> MicroblogId:
        """The microblog a handle or address stands for, seen from here; a bare name is somebody here."""
        found = await self.find(text)
        assert found.microblog is not None
        return found.microblog

    async def follow(self, name: str, whom: str) -> None:
        """Let somebody here follow anybody anywhere."""
        who = (await self.row(name)).id
        self.done(await self.node.publisher.follow(who, await self.microblog(whom), "test"))

    async def post(self, name: str, text: str, audience: Audience = Audience.PUBLIC, **draft: Any) -> PostId:
        """Let somebody here post."""
        who = (await self.row(name)).id
        done = self.done(await self.node.publisher.post(who, Draft(text, audience, **draft), None, "test"))
        assert done.post is not None
        return done.post

    async def phone(self, name: str, scopes: str = BY_HAND) -> Phone:
        """The app of somebody here, signed in."""
        token = await self.node.programs.by_hand(name, scopes)
        assert not isinstance(token, Refused), token
        return self.stranger(token)

    def stranger(self, token: str = "") -> Phone:
        """An app of nobody, or of whoever has that token."""
        return Phone(self.node.app, token, self.node.settings.origin)

    def done(self, outcome: Done | Refused) -> Done:
        """That a deed was done, and not refused."""
        assert isinstance(outcome, Done), outcome
        return outcome

    async def home(self, name: str, limit: int = 200) -> list[str]:
        """What somebody here reads at home, newest first: the text as its author typed it, or without markup."""
        owner = (await self.row(name)).id

        def work(tx: Any) -> list[str]:
            entries = timelines.page(tx, owner, None, None, limit)
            rows = posts.get_many(tx, [entry.post for entry in entries])
            return [_text(rows[entry.post]) for entry in entries if entry.post in rows]

        return await self.node.drivers.database.read(work)

    async def seen(self, wire_id: str) -> posts.Row | None:
        """A post of any node as it is known here."""
        from scattershot.domain.wire_id import ACTIVITYPUB, WireId
        from scattershot.storage.tables import wire_ids

        def work(tx: Any) -> posts.Row | None:
            post = wire_ids.find_as(tx, WireId(ACTIVITYPUB, wire_id), wire_ids.Thing.POST)
            return posts.get(tx, PostId(post)) if post is not None else None

        return await self.node.drivers.database.read(work)

    async def wire_id(self, post: PostId) -> str:
        """What the world calls a post of this node."""
        return self.node.house.addresses.post(post)

    async def told(self, name: str) -> list[str]:
        """The kinds of notifications somebody here has, newest first."""
        owner = (await self.row(name)).id
        told = await self.node.drivers.database.read(lambda tx: notifications.page(tx, owner, FROM_THE_TOP, 100))
        return [notification.kind for notification in told]

    async def get(self, path: str, accept: str = "application/activity+json") -> Response:
        """Ask this node over HTTP as a stranger would."""
        request = Request("GET", f"https://{self.host}{path}")
        answer = await self._village.fetcher.send(request._replace(headers=request.headers.having(("accept", accept))))
        assert isinstance(answer, Response), answer
        return answer


class Village:
    """All the nodes, the clock they share, and the network between them, which can be cut."""

    def __init__(self, open_database: OpenDatabase, keys: KeyMaker, data: Path) -> None:
        self.clock = FakeClock()
        self.fetcher = AsgiFetcher()
        self.dialler = AsgiDialler()
        self.ether = Ether()
        self.houses: dict[str, House] = {}
        self._open_database, self._keys, self._data = open_database, keys, data
        self._shut: set[str] = set()

    async def house(self, host: str, **settings: Any) -> House:
        """A new node at a host of the village; one built again keeps its database."""
        given = {"data": str(self._data / host), "origin": f"https://{host}", "nostr_index": (), **settings}
        made = read_settings(None, {}, given)
        database = await self._open_database(host)
        datagrams = self.ether.socket(made.udp_address, made.udp_groups) if made.udp else None
        drivers = Drivers(
            database, self.clock, LocalBus(), self.fetcher, self._keys, shelves(made), self.dialler, datagrams
        )
        node = await build_node(made, drivers)
        self.fetcher.mount(host, node.app)
        self.dialler.mount(host, node.app)
        self.houses[host] = House(node, host, self)
        return self.houses[host]

    async def settle(self, *, rounds: int = 60) -> None:
        """Step every node that is up until nobody has anything left to do."""
        for _ in range(rounds):
            done = 0
            for house in self.houses.values():
                if house.host not in self._shut:
                    done += await house.node.step()
            if not done:
                return
        raise AssertionError("the village does not come to rest")

    def shut(self, house: House) -> None:
        """The node is down: it does nothing and answers nobody."""
        self.fetcher.down(house.host)
        self.dialler.down(house.host)
        self.ether.shut(house.node.drivers.datagrams)
        self._shut.add(house.host)

    async def reopen(self, house: House) -> None:
        """The node is started again, with what it had on disk."""
        self.fetcher.up(house.host)
        self.dialler.up(house.host)
        self.ether.reopen(house.node.drivers.datagrams)
        self._shut.discard(house.host)
        await house.node.catch_up.begin()


def _text(row: posts.Row) -> str:
    import re

    post = row.post
    return post.source or re.sub(r"<[^>]+>", "", post.html)


@asynccontextmanager
async def a_village(
    open_database: Callable[[AsyncExitStack, str], Awaitable[Database]], keys: KeyMaker, data: Path
) -> AsyncIterator[Village]:
    """A village whose databases are let go at the end."""
    async with AsyncExitStack() as stack:
        opened: dict[str, Database] = {}

        async def one(host: str) -> Database:
            if host not in opened:
                opened[host] = await open_database(stack, host)
            return opened[host]

        village = Village(one, keys, data)
        yield village
        for house in village.houses.values():
            await house.node.proxy.stop()
            await house.node.drivers.shelves.darkroom.close()
