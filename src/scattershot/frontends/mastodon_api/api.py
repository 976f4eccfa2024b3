"""The client API that Mastodon's apps speak: every endpoint, behind one door."""

import struct
import zlib
from collections.abc import Sequence
from functools import cache, partial
from typing import NamedTuple

from starlette.types import Receive, Scope, Send

from scattershot.app.acquaintance import Acquaintance
from scattershot.app.activity import Activity
from scattershot.app.announcements import Announcements as Announced
from scattershot.app.backfill import Backfill
from scattershot.app.counts import Tally
from scattershot.app.dealing import Dealing
from scattershot.app.drafts import Drafts
from scattershot.app.filters import Filters
from scattershot.app.followed_tags import FollowedTags
from scattershot.app.house_emojis import HouseEmojis
from scattershot.app.house_rules import HouseRules
from scattershot.app.keepers import Keepers
from scattershot.app.lists import Lists as ListsOfPeople
from scattershot.app.livery import Livery
from scattershot.app.media import Media
from scattershot.app.missed import WhileAway
from scattershot.app.moderating import Moderating
from scattershot.app.notifications import Notifications as Told
from scattershot.app.programs import Programs
from scattershot.app.publish import Publisher
from scattershot.app.quiet import Quiet
from scattershot.app.quotes import Quotes as Deeds
from scattershot.app.reactions import Reactions
from scattershot.app.reports import Reports
from scattershot.app.search import Search as Finder
from scattershot.app.shelves import Shelves
from scattershot.app.sign_up import SignUp
from scattershot.app.timelines import Timelines as Reads
from scattershot.app.topics import Topics
from scattershot.app.trends import Trends as Talk
from scattershot.app.web_push import WebPush
from scattershot.frontends.mastodon_api.accounts_as_json import MISSING_AVATAR, MISSING_HEADER, AccountsAsJson
from scattershot.frontends.mastodon_api.admin import AdminDoor
from scattershot.frontends.mastodon_api.admin_accounts import AdminAccounts, AdminAccountsAsJson
from scattershot.frontends.mastodon_api.admin_applicants import Applicants
from scattershot.frontends.mastodon_api.admin_hosts import AdminHosts
from scattershot.frontends.mastodon_api.admin_reports import AdminReports
from scattershot.frontends.mastodon_api.announcements import Announcements
from scattershot.frontends.mastodon_api.calls import Answer, Call, Reply
from scattershot.frontends.mastodon_api.cards_as_json import CardsAsJson
from scattershot.frontends.mastodon_api.catch_up import CatchUp
from scattershot.frontends.mastodon_api.composing import Composing
from scattershot.frontends.mastodon_api.conversations import Conversations
from scattershot.frontends.mastodon_api.door import Door
from scattershot.frontends.mastodon_api.drafts import DraftEndpoints
from scattershot.frontends.mastodon_api.edits import Edits
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Table, Who
from scattershot.frontends.mastodon_api.figures import Figures
from scattershot.frontends.mastodon_api.filters import Filters as FiltersOfPosts
from scattershot.frontends.mastodon_api.filters_v1 import FiltersOfOld
from scattershot.frontends.mastodon_api.instance import InstanceDocs
from scattershot.frontends.mastodon_api.lists import Lists
from scattershot.frontends.mastodon_api.markers import Markers
from scattershot.frontends.mastodon_api.marks import Marks
from scattershot.frontends.mastodon_api.media import MediaEndpoints
from scattershot.frontends.mastodon_api.media_as_json import Shown
from scattershot.frontends.mastodon_api.notification_policy import Policy
from scattershot.frontends.mastodon_api.notifications import Notifications
from scattershot.frontends.mastodon_api.notifications_as_json import NotificationsAsJson
from scattershot.frontends.mastodon_api.oauth import OAuth
from scattershot.frontends.mastodon_api.openapi import document
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.people import endpoints_of_people
from scattershot.frontends.mastodon_api.polls import Polls
from scattershot.frontends.mastodon_api.push import Push
from scattershot.frontends.mastodon_api.quotes import Quotes
from scattershot.frontends.mastodon_api.reactions import Reactions as ReactionEndpoints
from scattershot.frontends.mastodon_api.search import Search
from scattershot.frontends.mastodon_api.signing_up import SigningUp
from scattershot.frontends.mastodon_api.statuses import Statuses
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.frontends.mastodon_api.streaming import PATH as STREAMING
from scattershot.frontends.mastodon_api.streaming import Streaming
from scattershot.frontends.mastodon_api.stretches_as_json import StretchesAsJson
from scattershot.frontends.mastodon_api.tags import Tags
from scattershot.frontends.mastodon_api.tags_as_json import TagsAsJson
from scattershot.frontends.mastodon_api.teams import Teams
from scattershot.frontends.mastodon_api.threads import Threads
from scattershot.frontends.mastodon_api.timelines import Timelines
from scattershot.frontends.mastodon_api.translating import ENDPOINTS as TRANSLATING
from scattershot.frontends.mastodon_api.trends import Trends
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database
from scattershot.settings import Settings

_ELSEWHERE = frozenset(
    {"/oauth/token", "/oauth/revoke", "/oauth/userinfo", "/.well-known/oauth-authorization-server",
     MISSING_AVATAR, MISSING_HEADER}
)  # fmt: skip


class House(NamedTuple):
    """What the API needs of the rooms below."""

    settings: Settings
    clock: Clock
    programs: Programs
    publisher: Publisher
    timelines: Reads
    media: Media
    shown: Shown
    database: Database
    drafts: Drafts
    backfill: Backfill
    keepers: Keepers
    sign_up: SignUp
    search: Finder
    trends: Talk
    while_away: WhileAway
    notifications: Told
    push: WebPush
    known: Acquaintance
    reports: Reports
    dealing: Dealing
    moderating: Moderating
    house_rules: HouseRules
    announcements: Announced
    house_emojis: HouseEmojis
    activity: Activity
    livery: Livery


class MastodonApi:
    """One ASGI application for `/api/…` and a few paths beside it; `handles` says which."""

    def __init__(self, house: House) -> None:
        settings = house.settings
        accounts = AccountsAsJson(settings.origin, settings.domain, Tally(), house.timelines, house.shown)
        filters = Filters(house.database, house.clock)
        composing, cards = Composing(house.media), CardsAsJson(accounts, house.timelines, house.shown)
        statuses = StatusesAsJson(settings.origin, accounts, house.timelines, house.shown, filters, cards)
        stretches = StretchesAsJson(statuses, accounts, filters)
        shelves = Shelves(house.database, house.clock, house.timelines)
        lists, followed = ListsOfPeople(house.database), FollowedTags(house.database)
        tags = TagsAsJson(settings.origin, followed.among, house.known.featuring.among)
        told, notifications = house.notifications, NotificationsAsJson(accounts, statuses)
        quotes, reactions = Deeds(house.publisher, house.timelines), Reactions(house.publisher, house.timelines)
        announcements = Announcements(house.announcements, house.timelines, accounts, settings.origin)
        endpoints: Sequence[Endpoint] = [
            *_of_node(house),
            *endpoints_of_people(
                house.known, house.timelines, house.publisher, house.backfill, house.reports,
                house.house_rules, house.media, accounts, statuses,
            ),
            *Statuses(
                house.timelines, house.publisher, statuses, composing, house.drafts, house.known.featuring,
                house.programs,
            ).endpoints,
            *Threads(house.timelines, house.backfill, Quiet(house.database), statuses).endpoints,
            *Edits(house.timelines, accounts).endpoints,
            *Polls(house.timelines, house.publisher, house.backfill, house.shown).endpoints,
            *DraftEndpoints(house.drafts, composing).endpoints, *MediaEndpoints(house.media).endpoints,
            *Timelines(house.timelines, shelves, lists, statuses, stretches).endpoints,
            *SigningUp(settings, house.sign_up, house.programs).endpoints,
            *Teams(house.keepers, house.timelines, accounts).endpoints,
            *Marks(house.timelines, shelves, statuses, accounts).endpoints,
            *Lists(house.timelines, lists, accounts).endpoints,
            *Tags(followed, house.known.featuring, house.search, tags).endpoints,
            *FiltersOfPosts(house.timelines, filters).endpoints,
            *FiltersOfOld(filters).endpoints,
            *Search(house.search, house.timelines, accounts, statuses, tags).endpoints,
            *Trends(house.trends, house.timelines, statuses, tags, cards).endpoints,
            *CatchUp(house.while_away, house.timelines, statuses).endpoints,
            *_of_notices(house, accounts, notifications),
            *announcements.endpoints,
            *TRANSLATING,
            *Quotes(quotes, house.timelines, statuses, accounts).endpoints,
            *ReactionEndpoints(reactions, house.timelines, statuses, accounts, house.shown).endpoints,
            *_of_admins(house, accounts, statuses),
        ]  # fmt: skip
        self.topics = Topics(house.database, house.clock, house.timelines, told, filters, statuses.one, notifications)
        told.after_letting_in(self.topics.let_in)
        announcements.tell(self.topics)
        self.streaming = Streaming(self.topics, house.programs)
        self._document = cache(partial(document, endpoints, settings.origin))  # a tenth of a second, and few ask
        self.door = Door(
            Table([*endpoints, *self._own()]),
            house.programs,
            house.clock,
            house.media.receiving,
            origin=settings.origin,
            allowed=settings.calls_allowed,
            trusted=settings.trusted_proxies,
        )

    def _own(self) -> list[Endpoint]:
        return [
            Endpoint("GET", "/api/openapi.json", self._openapi, who=Who.ANYONE, answers=dict,
                     extension="this document"),
            Endpoint("GET", MISSING_AVATAR, self._avatar, who=Who.ANYONE),
            Endpoint("GET", MISSING_HEADER, self._header, who=Who.ANYONE),
        ]  # fmt: skip

    @staticmethod
    def handles(scope: Scope) -> bool:
        """Whether the path is one of the API's."""
        path: str = scope["path"]
        return path.startswith("/api/") or path.rstrip("/") in _ELSEWHERE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["path"].startswith(STREAMING):
            await self.streaming(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self.door(scope, receive, send)

    async def _openapi(self, _: Call, __: Nothing) -> Reply:
        return Answer(self._document())

    async def _avatar(self, _: Call, __: Nothing) -> Reply:
        return _picture(_AVATAR)

    async def _header(self, _: Call, __: Nothing) -> Reply:
        return _picture(_HEADER)


def _of_node(house: House) -> list[Endpoint]:
    """What tells of the node, and lets programs in."""
    settings, vapid_key = house.settings, house.push.public_key
    return [
        *OAuth(settings, house.programs, house.timelines, vapid_key).endpoints,
        *Figures(house.activity, house.dealing.open_to_few).endpoints,
        *InstanceDocs(
            settings,
            house.timelines,
            vapid_key,
            house.dealing.open_to_few,
            house.house_rules,
            house.house_emojis,
            house.livery,
        ).endpoints,
    ]


def _of_notices(house: House, accounts: AccountsAsJson, as_json: NotificationsAsJson) -> list[Endpoint]:
    """What one is told, how far one has read it, and on what phones it rings."""
    told = house.notifications
    return [
        *Notifications(told, accounts, as_json).endpoints,
        *Policy(told, as_json).endpoints,
        *Conversations(told, as_json).endpoints,
        *Markers(told).endpoints,
        *Push(house.push).endpoints,
    ]


def _of_admins(house: House, accounts: AccountsAsJson, statuses: StatusesAsJson) -> list[Endpoint]:
    """What only those who run the node may do."""
    door, judged = AdminDoor(house.moderating), AdminAccountsAsJson(house.moderating, accounts)
    waiting = Applicants(house.sign_up, accounts, house.settings)
    return [
        *AdminHosts(house.dealing, door).endpoints,
        *AdminAccounts(house.timelines, house.moderating, waiting, judged, door).endpoints,
        *AdminReports(house.timelines, house.moderating, judged, statuses, door).endpoints,
    ]


def _picture(png: bytes) -> Answer:
    return Answer(png, headers=((b"content-type", b"image/png"), (b"cache-control", b"public, max-age=86400")))


def _plain_png(width: int, height: int, red: int, green: int, blue: int) -> bytes:
    """A picture of one colour (PNG, colour type 2)."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    row = b"\0" + bytes((red, green, blue)) * width
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", head),
            chunk(b"IDAT", zlib.compress(row * height, 9)),
            chunk(b"IEND", b""),
        )
    )


_AVATAR = _plain_png(96, 96, 122, 142, 168)
_HEADER = _plain_png(300, 100, 201, 211, 224)
