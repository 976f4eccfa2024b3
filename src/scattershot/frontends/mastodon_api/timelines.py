"""Timelines of posts."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from scattershot.app.glimpses import Glimpse
from scattershot.app.lists import Lists
from scattershot.app.shelves import Shelves
from scattershot.app.timelines import Page as Found
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.choosing import MOST_TAGS, Tags, Which
from scattershot.domain.ids import MicroblogId
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Reply, paged
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.status import Status
from scattershot.frontends.mastodon_api.pages import PageParams
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.frontends.mastodon_api.stretches_as_json import KeptPages, Page, StretchesAsJson
from scattershot.ports.database import Transaction

_Read: TypeAlias = tuple[Sequence[Glimpse], Page]


class PublicParams(PageParams, frozen=True):
    """Public posts, perhaps only those of here, or of elsewhere, or with media."""

    local: bool = False
    remote: bool = False
    only_media: bool = False

    @property
    def which(self) -> Which:
        """Those; whoever asks for those of here and of elsewhere alone gets both."""
        return Which(self.local if self.local != self.remote else None, self.only_media)


class TagParams(PublicParams, frozen=True):
    """Posts with the tag or `any` of others, with `all` of these as well, and with `none` of those."""

    any: tuple[str, ...] = ()
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


class Timelines:
    """The home timeline, the public ones and those of tags and of lists."""

    def __init__(
        self, timelines: Reads, shelves: Shelves, lists: Lists, statuses: StatusesAsJson, stretches: StretchesAsJson
    ) -> None:
        self._timelines, self._shelves, self._lists = timelines, shelves, lists
        self._statuses, self._stretches = statuses, stretches
        self._glimpses = timelines.glimpses
        self._kept = KeptPages(self._glimpses.stamp)

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        anyone, posts = Who.ANYONE, list[Status]
        return [
            Endpoint("GET", "/api/v1/timelines/home", self._home, "read:statuses", takes=PageParams, answers=posts),
            Endpoint("GET", "/api/v1/timelines/public", self._public, "read:statuses", anyone, PublicParams, posts),
            Endpoint("GET", "/api/v1/timelines/tag/{tag}", self._tag, "read:statuses", anyone, TagParams, posts),
            Endpoint("GET", "/api/v1/timelines/list/{id}", self._list, "read:lists", takes=PageParams, answers=posts),
        ]

    async def _home(self, call: Call, params: PageParams) -> Reply:
        owner, now = call.who, call.now

        def read(tx: Transaction) -> _Read:
            seen = self._glimpses.home(tx, owner, params.window, params.size, now)
            return seen, self._stretches.page(
                tx, seen, lambda some: self._glimpses.at_home(tx, some, owner, now), owner, now
            )

        return await self._kept_or(call, params, read)

    async def _public(self, call: Call, params: PublicParams) -> Reply:
        viewer, now = call.viewer, call.now

        def read(tx: Transaction) -> _Read:
            seen = self._glimpses.public(tx, viewer, params.which, params.window, params.size, now)
            return seen, self._stretches.page(
                tx, seen, lambda some: self._glimpses.in_public(tx, some, viewer, now), viewer, now
            )

        return await self._kept_or(call, params, read)

    async def _kept_or(self, call: Call, params: PageParams, read: Callable[[Transaction], _Read]) -> Answer:
        """What was answered to the same question while nothing was written since, or what is read now."""
        scope = call.request.scope
        key = (call.viewer, scope["path"], scope["query_string"], params)
        kept = self._kept.get(key, call.now)
        if kept is not None:
            return kept
        stamp = self._glimpses.stamp()  # before reading: what is written meanwhile is not passed over
        seen, page = await self._timelines.read(read)
        answer = _paged(call, page.body, seen, params)
        self._kept.keep(key, stamp, page.until, answer)
        return answer

    async def _tag(self, call: Call, params: TagParams) -> Reply:
        tags = Tags((call.path["tag"].lower(), *_names(params.any)), _names(params.all), _names(params.none))

        def work(tx: Transaction) -> Answer:
            found = self._timelines.tagged_in(tx, tags, call.viewer, params.window, params.size, params.which)
            return self._answer(tx, call, found, call.viewer)

        return await self._timelines.read(work)

    async def _list(self, call: Call, params: PageParams) -> Reply:
        row = await self._lists.get(call.who, call.id())
        if row is None:
            return NOT_FOUND

        def work(tx: Transaction) -> Answer:
            found = self._shelves.listed_in(tx, row, params.window, params.size)
            return self._answer(tx, call, found, call.who)

        return await self._timelines.read(work)

    def _answer(self, tx: Transaction, call: Call, found: Found, viewer: MicroblogId | None) -> Answer:
        newest = found.items[0].entry if found.items else None
        return paged(call, self._statuses.page(tx, found.items, viewer, call.now), found.next, newest)


def _paged(call: Call, page: bytes, seen: Sequence[Glimpse], params: PageParams) -> Answer:
    if not seen:
        return Answer(page)
    return paged(call, page, seen[-1][0] if len(seen) == params.size else None, seen[0][0])


def _names(tags: tuple[str, ...]) -> tuple[str, ...]:
    """The tags that are meant, as many as are looked at; what can be no tag is one that no post has."""
    return tuple(tag.removeprefix("#").lower() for tag in tags[:MOST_TAGS] if tag)
