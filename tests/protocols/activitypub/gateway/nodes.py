"""Whole nodes for the gateway's tests, joined by an `AsgiFetcher` instead of a network and stepped by hand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import Route

from scattershot.app.apply.origin import House, Ids
from scattershot.app.catch_up import CatchUp
from scattershot.app.couriers import Couriers
from scattershot.app.discover import Discover, Found
from scattershot.app.dispatch import Dispatch
from scattershot.app.fanout import Fanout
from scattershot.app.intake import Intake
from scattershot.app.people import People
from scattershot.app.publish import Done, Draft, Publisher
from scattershot.app.readers import Readers
from scattershot.app.senders import Senders
from scattershot.domain.addresses import Addresses
from scattershot.domain.ids import MicroblogId
from scattershot.domain.post import Audience, Post
from scattershot.drivers.bus_local import LocalBus
from scattershot.ports.database import Database
from scattershot.ports.protocol import Signer
from scattershot.protocols.activitypub.adapter import ActivityPub
from scattershot.protocols.activitypub.gateway.routes import Doors, Presented
from scattershot.storage.tables import microblogs, nodes, posts, relations
from scattershot.testing.fakes import AsgiFetcher, FakeClock
from scattershot.testing.keys import PooledKeyMaker
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.engines import open_database


@dataclass
class Node:
    """One node with everything but pages."""

    host: str
    database: Database
    clock: FakeClock
    network: AsgiFetcher
    tongue: ActivityPub
    discover: Discover
    intake: Intake
    people: People
    publisher: Publisher
    readers: Readers
    couriers: Couriers
    catch_up: CatchUp
    senders: Senders
    speaker: Signer
    doors: Doors

    @property
    def origin(self) -> str:
        return f"https://{self.host}"

    async def person(self, name: str) -> MicroblogId:
        made = await self.people.add(name)
        assert isinstance(made, tuple), made
        return made[1]

    async def signer(self, who: MicroblogId) -> Signer:
        found = await self.database.read(lambda tx: microblogs.signer(tx, who))
        assert found is not None
        return found

    async def find(self, text: str) -> MicroblogId:
        found = await self.discover.find(text)
        assert isinstance(found, Found), found
        assert found.microblog is not None
        return found.microblog

    async def post(self, who: MicroblogId, text: str, audience: Audience = Audience.PUBLIC, **more: object) -> Done:
        done = await self.publisher.post(who, Draft(text, audience, **more), None, "test")  # type: ignore[arg-type]
        assert isinstance(done, Done), done
        return done

    async def posts_of(self, who: MicroblogId) -> list[Post]:
        audiences = [audience.value for audience in Audience]
        rows = await self.database.read(lambda tx: posts.by_author(tx, who, audiences, posts.END, 100))
        return [row.post for row in rows]

    async def texts(self, who: MicroblogId) -> list[str]:
        return [post.html for post in await self.posts_of(who)]

    async def follows(self, follower: MicroblogId, followee: MicroblogId) -> bool:
        return await self.database.read(lambda tx: relations.follows(tx, follower, followee))

    async def dialect_of(self, host: str) -> str:
        node = await self.database.read(lambda tx: nodes.by_host(tx, host))
        return node.dialect if node else ""

    async def step(self) -> int:
        done = await self.readers.step()
        done += await self.couriers.step()
        done += await self.intake.step()
        return done + await self.discover.step()

    async def get(self, path: str, *headers: tuple[str, str]) -> Response:
        fields = Headers([("accept", "application/activity+json"), *headers])
        url = path if "://" in path else self.origin + path
        answer = await self.network.send(Request("GET", url, fields))
        assert isinstance(answer, Response), answer
        return answer


async def settle(*some: Node) -> None:
    """Step all nodes until nothing is left to do."""
    for _ in range(50):
        if not sum([await node.step() for node in some]):
            return
    raise AssertionError("the nodes never come to rest")


@asynccontextmanager
async def a_node(
    host: str, network: AsgiFetcher, clock: FakeClock, *, domains: tuple[str, ...] = (), authorized_fetch: bool = False
) -> AsyncIterator[Node]:
    """A node at the host, with a database of its own."""
    async with open_database("sqlite") as database:
        node = await _built(host, network, clock, database, domains or (host,), authorized_fetch=authorized_fetch)
        network.mount(host, _app(node.doors))
        yield node


def _app(doors: Doors) -> Starlette:
    shared = [Route(path, endpoint) for path, endpoint in doors.documents.items()]
    return Starlette(routes=[*doors.routes, *shared])


async def _built(
    host: str, network: AsgiFetcher, clock: FakeClock, database: Database, domains: tuple[str, ...], *,
    authorized_fetch: bool,
) -> Node:  # fmt: skip
    origin, bus = f"https://{host}", LocalBus()
    tongue = ActivityPub(network, clock, domains=(host, *domains), user_agent="Test")
    tongues = {tongue.name: tongue}
    house = House(Addresses(origin), Ids(), tongue.door)
    people = People(database, clock, bus, PooledKeyMaker(), house, domains)
    speaker = await people.node_speaker("Test")
    discover = Discover(database, clock, bus, tongues, house, speaker, domains)
    intake = Intake(database, clock, bus, tongues, house, discover)
    senders = Senders(database, clock, bus, discover)
    doors = Doors(
        Presented(origin, domains, "Test", "A node for tests", authorized_fetch),
        database=database, clock=clock, intake=intake, senders=senders, fetching=tongue.fetching, speaker=speaker,
    )  # fmt: skip
    return Node(
        host=host,
        database=database,
        clock=clock,
        network=network,
        tongue=tongue,
        discover=discover,
        intake=intake,
        people=people,
        publisher=Publisher(database, clock, bus, house, discover, domains),
        readers=Readers(database, clock, bus, [Dispatch(), Fanout(house)]),
        couriers=Couriers(database, clock, bus, tongues, house),
        catch_up=CatchUp(database, clock, bus, tongues, discover),
        senders=senders,
        speaker=speaker,
        doors=doors,
    )
