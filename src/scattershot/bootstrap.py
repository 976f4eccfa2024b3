"""Putting a node together: the only room that knows every other."""

import asyncio
import os
from functools import partial
from typing import Any

from starlette.routing import Route
from starlette.types import ASGIApp

from scattershot.app import dispatch, slips, web_push
from scattershot.app.acquaintance import acquaintance
from scattershot.app.apply.origin import House, Ids
from scattershot.app.archives import Archives
from scattershot.app.backfill import Backfill
from scattershot.app.catch_up import CatchUp
from scattershot.app.condition import Condition
from scattershot.app.couriers import Couriers
from scattershot.app.dealing import Dealing
from scattershot.app.discover import Discover
from scattershot.app.dispatch import Dispatch
from scattershot.app.drafts import Drafts
from scattershot.app.exporting import Exporting
from scattershot.app.fanout import Fanout
from scattershot.app.firehose import Firehose
from scattershot.app.followed_lists import FollowedLists
from scattershot.app.followers_sync import FollowersSync
from scattershot.app.hearing import Hearing
from scattershot.app.hinting import Hinting
from scattershot.app.hints import turn_off
from scattershot.app.housekeeping import Housekeeping
from scattershot.app.importing import Importing
from scattershot.app.indexing import Indexing
from scattershot.app.intake import Intake
from scattershot.app.keepers import Keepers
from scattershot.app.letters import Letters
from scattershot.app.letters_in import Opening
from scattershot.app.lists import Lists
from scattershot.app.livery import Livery
from scattershot.app.media import Media
from scattershot.app.missed import WhileAway
from scattershot.app.moderating import Moderating
from scattershot.app.named_on import named_on
from scattershot.app.notifications import Notifications
from scattershot.app.of_the_house import of_the_house
from scattershot.app.own_words import OwnWords
from scattershot.app.people import People
from scattershot.app.poll_ends import PollEnds
from scattershot.app.previews import Previews
from scattershot.app.programs import Programs
from scattershot.app.proxy import Proxy, Signed
from scattershot.app.publish import Publisher
from scattershot.app.quotes import Quotes
from scattershot.app.reactions import Reactions
from scattershot.app.readers import Reader, Readers
from scattershot.app.receiving import Sizes
from scattershot.app.relays import Relays
from scattershot.app.reports import Reports
from scattershot.app.search import Search
from scattershot.app.second_factors import SecondFactors
from scattershot.app.senders import Senders
from scattershot.app.shelves import Shelves as KeptPosts
from scattershot.app.sign_up import SignUp
from scattershot.app.sources import Sources
from scattershot.app.streams import Streams
from scattershot.app.tallies import Tallies
from scattershot.app.timelines import Timelines
from scattershot.app.trends import Trends
from scattershot.app.uttering import Uttering
from scattershot.app.verify_links import VerifyLinks
from scattershot.app.web_push import WebPush
from scattershot.domain.addresses import Addresses
from scattershot.drivers.http_client import HttpClient
from scattershot.drivers.websocket_client import WebSocketClient
from scattershot.frontends.firehose.door import Firehose as FirehoseDoor
from scattershot.frontends.firehose.pages import Pages as FirehosePages
from scattershot.frontends.mastodon_api.api import House as ApiHouse
from scattershot.frontends.mastodon_api.api import MastodonApi
from scattershot.frontends.mastodon_api.pushes_as_json import PushesAsJson
from scattershot.frontends.media.files import Files
from scattershot.frontends.web.announcing import Announcing
from scattershot.frontends.web.asking_relays import AskingRelays
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.dressing import Dressing
from scattershot.frontends.web.following_lists import FollowingLists
from scattershot.frontends.web.house_pages import HousePages
from scattershot.frontends.web.judging_hosts import JudgingHosts
from scattershot.frontends.web.judging_people import JudgingPeople
from scattershot.frontends.web.keeping_away import KeepingAway
from scattershot.frontends.web.networks import Networks
from scattershot.frontends.web.overseeing import Overseeing
from scattershot.frontends.web.portability import Portability
from scattershot.frontends.web.posting import Workshop
from scattershot.frontends.web.preferring import Preferring
from scattershot.frontends.web.web import Web
from scattershot.living import LagWatch, Lively, Moving, Stepper, let_live
from scattershot.machines import Drivers, Shelves, real_drivers, user_agent
from scattershot.own_keys import OwnKeys, own_keys
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database
from scattershot.ports.protocol import Signer
from scattershot.protocols.activitypub.gateway.routes import Doors, Presented
from scattershot.protocols.activitypub.translate.archive_out import Scribe
from scattershot.protocols.activitypub.translate.notes_out import note_as_json
from scattershot.protocols.feeds.adapter import Feeds
from scattershot.protocols.feeds.translate.opml_in import followed_in
from scattershot.protocols.nostr import adapter as nostr
from scattershot.server import make_app, shared
from scattershot.settings import Settings
from scattershot.storage.migrate import migrate
from scattershot.tongues import Tongues, door, hints_told


class Node:
    """A whole node: `start` brings its loops to life, `step` moves everything once for tests, `stop` ends it."""

    def __init__(
        self, settings: Settings, drivers: Drivers, house: House, people: People, speaker: Signer, own: OwnKeys
    ) -> None:
        self.settings, self.drivers, self.house, self.people = settings, drivers, house, people
        self._speaker = speaker
        self._tasks: list[asyncio.Task[Any]] = []
        database, clock, bus, fetcher, _, shelves, *_ = drivers
        self.tongues = Tongues(settings, drivers, own.signets)
        self.activitypub, self.nostr, self.slips = self.tongues.activitypub, self.tongues.nostr, self.tongues.slips
        tongues, newspaper = self.tongues.by_name, self.tongues.newspaper
        self.discover = Discover(database, clock, bus, tongues, house, speaker, settings.domains)
        self.intake = Intake(database, clock, bus, tongues, house, self.discover)
        self.sources = Sources(database, clock, bus, self.intake, newspaper, newspaper)
        self.publisher = Publisher(
            database, clock, bus, house, self.discover, settings.domains, settings.max_post_length,
            settings.max_attachments,
        )  # fmt: skip
        self.timelines = Timelines(database, clock, settings.domain)
        self.quotes = Quotes(self.publisher, self.timelines)
        self.reactions = Reactions(self.publisher, self.timelines)
        self.previews = Previews(
            database, clock, fetcher, self.discover, (settings.host, *settings.domains),
            on=settings.link_previews, insecure_http=settings.insecure_http,
        )  # fmt: skip
        self.indexing = Indexing(database, clock, self.previews.note)
        self._hang_pictures(shelves, own.signed)
        self._follow_what_comes()
        self.couriers = Couriers(database, clock, bus, tongues, house, settings.couriers)
        self.catch_up = CatchUp(database, clock, bus, tongues, self.discover)
        self.backfill = Backfill(database, clock, bus, tongues, self.discover, speaker)
        self.drafts = Drafts(database, clock, bus, self.publisher)
        self.housekeeping = Housekeeping(database, clock)
        self._look_after(people)
        self._make_portable()
        self.verify_links = VerifyLinks(database, clock, fetcher, user_agent(settings))
        self.search = Search(
            database, clock, self.discover, settings.domain, lambda: self.readers.bring_on(Indexing.name)
        )
        self.trends = Trends(database, clock, on=settings.trends)
        self.while_away = WhileAway(database, clock)
        self.poll_ends = PollEnds(database, clock, bus)
        self.notifications = Notifications(database, clock, self.timelines)
        self.push = self._push(own)
        self.readers.after_step(lambda: bus.nudge(web_push.TOPIC))
        self.streams = Streams(database)
        self.readers.after_step(self.streams.nudge)
        self.app = self._app(own)

    def _look_after(self, people: People) -> None:
        """Who is at home here, what they keep and let in, and what is done where somebody behaves badly."""
        settings, house, (database, clock, bus, *_) = self.settings, self.house, self.drivers
        self.programs = Programs(database, clock)
        people.when_ended(self.programs.forget_person)
        self.keepers = Keepers(
            database,
            clock,
            bus,
            self.drivers.keys,
            house,
            self.programs,
            settings.domains,
            settings.microblogs_per_person,
        )
        self.sign_up = SignUp(database, clock, people, self.publisher, settings)
        self.reports = Reports(database, clock, settings.domain)
        self._deal_with_others()
        ours = of_the_house(database, clock, self.publisher.wording, self.media, people, self.programs)
        self.house_rules, self.announcements, self.house_emojis, self.activity = ours
        self.tallies = Tallies(database, clock)
        self.known = acquaintance(
            database, clock, bus, house, self.timelines.items, settings.domains, settings.recommended
        )

    def _deal_with_others(self) -> None:
        """With whom there is traffic and how far, and who passes on what others write."""
        settings, (database, clock, bus, fetcher, *_) = self.settings, self.drivers
        self.dealing = Dealing(database, clock, bus, self.house, (settings.host, *settings.domains))
        self.followed_lists = FollowedLists(
            database, clock, fetcher, self.dealing, user_agent(settings), insecure_http=settings.insecure_http
        )
        self.relays = Relays(database, clock, self.discover, self.publisher, self._speaker.microblog)
        self.moderating = Moderating(database, clock, bus, self.house, self.programs, settings.domain)

    def _follow_what_comes(self) -> None:
        """Whoever tails the log, and whoever follows the slips."""
        database, clock, bus, *_ = self.drivers
        self.uttering = Uttering(self.nostr.utterer, self.nostr.signets, self.house)
        self.hearing = Hearing(
            database, clock, bus, self.slips, self.intake, self.discover, self.nostr.tongue, self.nostr.tongue
        )
        spoken = self.nostr
        self.letters = Letters(spoken.sealer, spoken.signets)
        opening = Opening(
            database, clock, self.intake, self.discover, spoken.tongue, spoken.sealer, spoken.signets
        )  # fmt: skip
        self.hearing.open_letters(opening.open)
        own_words = OwnWords(
            database, clock, bus, self.house, spoken.signets, spoken.tongue, self.settings.domain
        )  # fmt: skip
        self.hearing.take_own_words(own_words.take)
        tailing: list[Reader] = [Fanout(self.house), Dispatch(), self.indexing, self.uttering, self.letters]
        self.hinting = Hinting()
        if self.drivers.datagrams is not None:
            tailing.append(self.hinting)
        self.readers = Readers(database, clock, bus, tailing)
        self.readers.after_step(self._tell_what_was_said)
        self.readers.after_step(lambda: bus.nudge(dispatch.TOPIC))

    def _tell_what_was_said(self) -> None:
        """What microblogs of here said on Nostr goes to those who listen for it."""
        self.elsewhere.look_for(self.letters.take_unknown())
        if self.letters.others_are_followed:
            self.letters.others_are_followed = False
            self.elsewhere.wells.nudge()
        if said := self.uttering.take() + self.letters.take():
            self.relay.tell(slip.body for slip in said)
            self.drivers.bus.nudge(slips.TOPIC)

    async def tend_letterboxes(self) -> None:
        """Whoever has a key there says where their letters are brought."""
        await self.letters.tend(self.drivers.database, self.drivers.clock.now())
        self._tell_what_was_said()

    def _push(self, own: OwnKeys) -> WebPush:
        settings, (database, clock, bus, fetcher, *_) = self.settings, self.drivers
        return WebPush(
            database, clock, bus, fetcher, self.notifications, PushesAsJson(settings.origin, own.signed.url).words,
            own.push, contact=_push_contact(settings),
            schemes=("https", "http") if settings.insecure_http else ("https",),
        )  # fmt: skip

    def _hang_pictures(self, shelves: Shelves, signed: Signed) -> None:
        """What people upload, and what others have that is shown from here."""
        settings, (database, clock, bus, fetcher, *_) = self.settings, self.drivers
        kept, cache, aside, darkroom = shelves
        sizes = Sizes(settings.max_picture_mb * 1_000_000, settings.max_video_mb * 1_000_000)
        self.media = Media(database, clock, bus, kept, aside, darkroom, self.house.addresses, sizes)
        self.livery = Livery(database, self.media)
        self.proxy = Proxy(database, clock, fetcher, cache, aside, signed, sizes, settings.media_cache_mb * 1_000_000)

    def _make_portable(self) -> None:
        """What people take along, and what they bring."""
        (database, clock, bus, *_), shelves = self.drivers, self.drivers.shelves
        marks = KeptPosts(database, clock, self.timelines)
        self.importing = Importing(
            database, clock, bus, self.discover, self.publisher, Lists(database), marks, self.known.ties,
            self.settings.domain, followed_in,
        )  # fmt: skip
        self.exporting = Exporting(database)
        self.archives = Archives(database, clock, bus, shelves.kept, shelves.aside, Scribe(), self.house.addresses)

    def _app(self, own: OwnKeys) -> ASGIApp:
        settings, (database, clock, bus, *_) = self.settings, self.drivers
        self.relay = nostr.a_relay(settings, self.slips, clock, own.relay)
        nostr.rule_over(self.relay, settings, self.house, self.moderating, self.drivers)
        self.elsewhere = nostr.elsewhere(settings, self.tongues.nostr, self.slips, self.house, own.relay, self.drivers)
        self.elsewhere.tell_by(self.relay.tell)
        self.far_signing = nostr.far_signing(
            self.elsewhere, self.tongues.nostr, self.slips, self.relay, self.drivers
        )  # fmt: skip
        self.elsewhere.telling.when_not_said(self.readers.bring_on)
        self.couriers.add_herald(self.elsewhere.telling)
        self.hearing.when_moved(self.elsewhere.wells.nudge)
        presented = Presented(
            settings.origin, settings.domains, settings.title, settings.description, settings.authorized_fetch
        )
        self.doors = Doors(
            presented,
            database=database,
            clock=clock,
            intake=self.intake,
            senders=Senders(database, clock, self.discover),
            fetching=self.activitypub.fetching,
            speaker=self._speaker,
            followers_sync=FollowersSync(database, clock, bus, self.house),
        )
        timelines = self.timelines
        web = self._web(timelines)
        self.livery.when_changed(web.desk.wear)
        files = Files(self.media, self.proxy)
        carried = Portability(web.desk, self.importing, self.exporting, self.archives)
        self.feeds = Feeds(settings, timelines, database, clock, bus, self.tongues.any_web, self.sources)
        self.couriers.add_herald(self.feeds.herald)
        names = nostr.routes(settings, database, self.nostr.signets, self.tend_letterboxes)
        self.browser_signing = nostr.browser_signing(settings, self.far_signing, self.nostr, self.drivers)
        networks = Networks(
            web.desk, web.account, self.nostr.signets, database, self.far_signing, self.browser_signing
        )  # fmt: skip
        self.notify = hints_told(
            settings, self.drivers, own.hints, self.hinting, self.house, self.activitypub, self.doors.overhearing
        )
        further = [*names, *networks.routes, *carried.routes, *self._office(web.desk), *files.routes]
        if self.notify is not None:
            further += self.notify.routes
            self.readers.after_step(self.notify.nudge)
        self.api = self._client_api()
        self.readers.after_step(self.api.topics.nudge)
        self.firehose = a_firehose(settings, database, clock)
        self.readers.after_step(self.firehose.nudge)
        routes = [*self.doors.routes, *self.feeds.routes, *web.routes, *further]
        return make_app(
            [*routes, *shared(web.pages, self.doors.documents, self.feeds.forms)],
            metrics=settings.metrics,
            not_found=web.not_found,
            failed=web.failed,
            at_once={"/inbox": self.doors.inbox},
            apis=(self.api, self.relay, self.firehose),
        )

    @property
    def second_factors(self) -> SecondFactors:
        """For whoever has lost theirs."""
        return SecondFactors(self.drivers.database, self.drivers.clock, self.settings.origin, self.settings.title)

    def _office(self, desk: Desk) -> list[Route]:
        """Pages of settings, and of those who run the node."""
        known, database, clock = self.known, self.drivers.database, self.drivers.clock
        condition = Condition(database, clock)
        return [
            *Preferring(desk, known.featuring, self.notifications).routes,
            *KeepingAway(desk, known.rosters, known.ties, self.publisher, self.discover).routes,
            *Overseeing(desk, self.settings, condition, self.house_rules).routes,
            *JudgingPeople(desk, self.timelines, self.moderating).routes,
            *JudgingHosts(desk, self.dealing).routes,
            *FollowingLists(desk, self.followed_lists).routes,
            *AskingRelays(desk, self.relays).routes,
            *HousePages(desk, self.house_rules, self.house_emojis, self.media).routes,
            *Announcing(desk, self.announcements).routes,
            *Dressing(desk, self.livery, self.media).routes,
        ]

    def _client_api(self) -> MastodonApi:
        return MastodonApi(
            ApiHouse(
                settings=self.settings,
                clock=self.drivers.clock,
                database=self.drivers.database,
                programs=self.programs,
                publisher=self.publisher,
                timelines=self.timelines,
                drafts=self.drafts,
                backfill=self.backfill,
                search=self.search,
                trends=self.trends,
                while_away=self.while_away,
                media=self.media,
                shown=self.proxy.signed.url,
                keepers=self.keepers,
                sign_up=self.sign_up,
                notifications=self.notifications,
                push=self.push,
                known=self.known,
                reports=self.reports,
                dealing=self.dealing,
                moderating=self.moderating,
                house_rules=self.house_rules,
                announcements=self.announcements,
                house_emojis=self.house_emojis,
                activity=self.activity,
                livery=self.livery,
            )
        )

    def _web(self, timelines: Timelines) -> Web:
        return Web(
            self.settings, self.drivers.clock, self.drivers.database, self.people, self.programs, self.publisher,
            self.discover, timelines, self.streams, self.backfill, self.reports, self.keepers, self.sign_up,
            self.search, self.proxy.signed.path, self.notifications, self.known.presenting,
            self.known.featuring.preferences,
            Workshop(
                self.drafts, self.media, self.house_emojis, self.announcements, self.known.suggesting,
                partial(self.nostr.signets.networks, self.drivers.database), partial(named_on, self.drivers.database),
            ),
        )  # fmt: skip

    async def start(self) -> None:
        """Let the node live: everything that goes on by itself goes on."""
        await self.catch_up.begin()
        await self.couriers.begin()
        await self.media.begin()
        await self.importing.begin()
        await self.livery.begin()
        self._tasks = let_live((*self._steppers(), *self._keepers_of_time()))

    @property
    def runs(self) -> bool:
        """Whether it was started, so that what others answer is heard."""
        return bool(self._tasks)

    async def step(self) -> int:
        """Move everything on by one step; how much there was to do."""
        return sum([await part.step() for part in self._steppers()])

    def _steppers(self) -> tuple[Stepper, ...]:
        """What moves on by itself whenever there is something to do, in the order of a step."""
        return (
            self.poll_ends, self.readers, self.push, self.intake, self.couriers, self.discover, self.backfill,
            self.verify_links, self.followed_lists,
            self.previews, self.media, self.drafts, self.importing, self.archives, self.feeds.hub,
            self.sources, Moving(self.indexing.run, self.indexing.take_up), self.slips, self.hearing, self.catch_up,
            self.elsewhere.listening, self.far_signing,
            *((self.notify,) if self.notify is not None else ()),
        )  # fmt: skip

    def _keepers_of_time(self) -> tuple[Lively, ...]:
        """What goes on by the clock alone, and no step waits for."""
        return self.housekeeping, self.tallies, self.activity, self.proxy, self.trends, LagWatch()

    def end_sockets(self) -> None:
        """Let go of everybody who listens by WebSocket, so that the server can stop."""
        self.api.streaming.close()
        self.relay.let_all_go()
        self.firehose.close()

    async def stop(self, patience: float = 5.0) -> None:
        """Stop without haste: what is under way has so many seconds to finish, and is kept."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.couriers.stop(patience)
        await self.elsewhere.listening.stop()
        await self.relay.close()
        if self.notify is not None:
            await self.notify.close()
        await self.sources.stop()
        await self.doors.stop()
        await self.media.stop()
        await self.proxy.stop()
        await self.drivers.shelves.darkroom.close()
        await self.drivers.database.close()
        if isinstance(self.drivers.dialler, WebSocketClient):
            await self.drivers.dialler.close()
        for fetcher in (self.drivers.fetcher, self.tongues.any_web):
            if isinstance(fetcher, HttpClient):
                await fetcher.close()


def a_firehose(settings: Settings, database: Database, clock: Clock) -> FirehoseDoor:
    """What anybody may listen to, as far as the settings say; posts are told as ActivityStreams."""
    told = Firehose(database, everywhere=settings.firehose == "all")
    pages = FirehosePages(told, clock, note_as_json) if settings.firehose != "off" else None
    return FirehoseDoor(pages, clock, settings.trusted_proxies)


async def build_node(settings: Settings, drivers: Drivers | None = None) -> Node:
    """A node with its store brought up to date, ready to start."""
    drivers = drivers or real_drivers(settings)
    await migrate(drivers.database, drivers.clock.now())
    house = House(Addresses(settings.origin), Ids(os.getpid()), door)
    people = People(drivers.database, drivers.clock, drivers.bus, drivers.keys, house, settings.domains)
    speaker = await people.node_speaker(settings.title)
    own = await own_keys(settings, drivers.database)
    node = Node(settings, drivers, house, people, speaker, own)
    await node.feeds.begin()
    await node.elsewhere.begin()
    await node.tend_letterboxes()
    if node.notify is not None:
        await node.notify.begin(drivers.nearby)
    elif not settings.udp:
        await turn_off(drivers.database)
    return node


def _push_contact(settings: Settings) -> str:
    """Where those who run a push service reach those who run this node (RFC 8292 section 2.1)."""
    name, at, domain = settings.contact.partition("@")
    return f"mailto:{settings.contact}" if name and at and domain else f"{settings.origin}/"
