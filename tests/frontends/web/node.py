"""A node as far as its web goes: no other tongues, and nothing happens unless a test lets it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import Route

from scattershot.app.announcements import Announcements
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import Applied, House, Ids, Origin
from scattershot.app.backfill import Backfill
from scattershot.app.discover import Discover
from scattershot.app.drafts import Drafts
from scattershot.app.fanout import Fanout
from scattershot.app.featuring import Featuring
from scattershot.app.house_emojis import HouseEmojis
from scattershot.app.indexing import Indexing
from scattershot.app.keepers import Keepers
from scattershot.app.media import Media
from scattershot.app.notifications import Listed, Notice, Notifications
from scattershot.app.people import People
from scattershot.app.presenting import Presenting
from scattershot.app.programs import Programs
from scattershot.app.proxy import Signed
from scattershot.app.publish import Done, Draft, Publisher
from scattershot.app.readers import Readers
from scattershot.app.receiving import Sizes
from scattershot.app.reports import Reports
from scattershot.app.search import Search
from scattershot.app.sign_up import SignUp
from scattershot.app.streams import Streams
from scattershot.app.suggesting import Suggesting
from scattershot.app.timelines import Timelines
from scattershot.app.trends import Trends
from scattershot.domain.addresses import Addresses
from scattershot.domain.change import Change, ProfileChanged
from scattershot.domain.crossing import USUAL, Network
from scattershot.domain.ids import MicroblogId, PersonId, PostId
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.domain.window import FROM_THE_TOP
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.drivers.bus_local import LocalBus
from scattershot.frontends.web.posting import Workshop
from scattershot.frontends.web.web import Web
from scattershot.machines import shelves
from scattershot.ports.database import Database, Engine
from scattershot.settings import Settings, read_settings
from scattershot.testing.browser import Browser
from scattershot.testing.fakes import FakeClock
from scattershot.testing.keys import PooledKeyMaker
from tests.engines import open_database

PASSWORD = "correct horse battery"


async def _usual_networks(_: MicroblogId) -> frozenset[Network]:
    return USUAL


@dataclass
class Node:
    """Everything a test may reach for."""

    settings: Settings
    clock: FakeClock
    database: Database
    house: House
    people: People
    publisher: Publisher
    readers: Readers
    timelines: Timelines
    streams: Streams
    programs: Programs
    keepers: Keepers
    sign_up: SignUp
    indexing: Indexing
    search: Search
    trends: Trends
    notifications: Notifications
    app: Starlette

    def browser(self, address: str = "198.51.100.7") -> Browser:
        return Browser(self.app, self.settings.origin, address)

    async def person(self, name: str, *, password: str = "", admin: bool = False) -> tuple[PersonId, MicroblogId]:
        made = await self.people.add(name, password=password, admin=admin)
        assert not isinstance(made, Refused)
        return made

    async def signed_in(self, name: str) -> Browser:
        """The browser of a person of that name, by a one-time link."""
        secret = await self.people.sign_in_link(name)
        assert isinstance(secret, str)
        browser = self.browser()
        page = await browser.get(f"/welcome/{secret}")
        assert (await browser.submit(page, page.form(f"/welcome/{secret}"))).path == "/home"
        return browser

    async def say(
        self, author: MicroblogId, text: str, audience: Audience = Audience.PUBLIC, reply_to: PostId | None = None
    ) -> PostId:
        done = await self.publisher.post(author, Draft(text, audience, reply_to=reply_to), None, "test")
        assert isinstance(done, Done)
        assert done.post is not None
        return done.post

    async def follow(self, follower: MicroblogId, followee: MicroblogId) -> None:
        assert isinstance(await self.publisher.follow(follower, followee, "test"), Done)

    async def elsewhere(self, name: str = "dana", host: str = "remote.example", **more: object) -> WireId:
        """A microblog of another node that is known here."""
        wire_id = WireId(ACTIVITYPUB, f"https://{host}/users/{name}")
        url = f"https://{host}/@{name}"
        profile = Profile(id=wire_id, name=name, domain=host, **{"url": url, **more})  # type: ignore[arg-type]
        await self.apply(ProfileChanged(actor=wire_id, profile=profile))
        return wire_id

    async def apply(self, change: Change) -> Applied:
        origin = Origin(self.clock.now(), "test", asked_for=True)
        return await self.database.write(lambda tx: apply(tx, change, origin, self.house))

    async def told(self, owner: MicroblogId) -> Listed[Notice]:
        """What the owner was told, newest first."""
        all_of_it = Notifications.sought(None, None, held=False)
        return await self.notifications.read(
            lambda tx: self.notifications.page_in(tx, owner, FROM_THE_TOP, 20, all_of_it)
        )

    async def settle(self) -> None:
        """Let fan-out and live pages come to the end of what happened."""
        while await self.readers.step():
            pass
        while await self.streams.step():
            pass
        while await self.indexing.take_up():
            pass


@asynccontextmanager
async def open_node(origin: str = "http://a.test", engine: Engine = "sqlite", **given: object) -> AsyncIterator[Node]:
    """A node with nobody in it; `given` are settings."""
    settings = read_settings(None, {}, {"origin": origin, "title": "Test node", **given})
    clock, bus = FakeClock(), LocalBus()
    async with open_database(engine) as database:
        house = House(Addresses(settings.origin), Ids(), lambda profile: None)
        people = People(database, clock, bus, PooledKeyMaker(), house, settings.domains)
        speaker = await people.node_speaker(settings.title)
        discover = Discover(database, clock, bus, {}, house, speaker, settings.domains)
        publisher = Publisher(database, clock, bus, house, discover, settings.domains)
        indexing = Indexing(database, clock)
        readers = Readers(database, clock, bus, [Fanout(house), indexing])
        search, trends = Search(database, clock, discover, settings.domain), Trends(database, clock, on=True)
        timelines, streams = Timelines(database, clock, settings.domain), Streams(database)
        reports = Reports(database, clock, settings.domain)
        backfill = Backfill(database, clock, bus, {}, discover, speaker)
        presenting = Presenting(database, clock, bus, house)
        proxied = Signed(b"a key for tests", settings.origin).path
        programs = Programs(database, clock)
        keepers = Keepers(database, clock, bus, PooledKeyMaker(), house, programs, settings.domains)
        sign_up = SignUp(database, clock, people, publisher, settings)
        told = Notifications(database, clock, timelines)
        sizes = Sizes(settings.max_picture_mb * 1_000_000, settings.max_video_mb * 1_000_000)
        kept = shelves(settings)
        media = Media(database, clock, bus, kept.kept, kept.aside, kept.darkroom, house.addresses, sizes)
        emojis = HouseEmojis(database, clock, media)
        web = Web(
            settings, clock, database, people, programs, publisher, discover, timelines, streams, backfill, reports,
            keepers, sign_up, search, proxied, told, presenting,
            Featuring(database, clock).preferences,
            Workshop(
                Drafts(database, clock, bus, publisher), media, emojis,
                Announcements(database, clock, publisher.wording),
                Suggesting(database, clock, timelines.items, settings.domain, ()),
                _usual_networks,
            ),
        )  # fmt: skip
        pages = [Route(path, endpoint) for path, endpoint in web.pages.items()]
        app = Starlette(routes=[*web.routes, *pages])
        yield Node(
            settings, clock, database, house, people, publisher, readers, timelines, streams, programs, keepers,
            sign_up, indexing, search, trends, told, app,
        )  # fmt: skip
        streams.close()
        await kept.darkroom.close()
