"""What is talked about: hashtags, posts and pages, and the posts that link to a page."""

from msgspec import Struct

from scattershot.app.items import OPEN
from scattershot.app.timelines import Timelines
from scattershot.app.trends import Trends as Talk
from scattershot.domain.ids import PostId
from scattershot.frontends.mastodon_api.calls import Call, Reply, paged, paged_by_offset
from scattershot.frontends.mastodon_api.cards_as_json import CardsAsJson
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.search import TrendingLink, TrendingTag
from scattershot.frontends.mastodon_api.entities.status import Status
from scattershot.frontends.mastodon_api.pages import PageParams
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.frontends.mastodon_api.tags_as_json import TagsAsJson
from scattershot.ports.database import Transaction

MOST, MOST_POSTS = 20, 40
"""Of tags and pages, and of posts, whatever is asked for."""


class TrendParams(Struct, frozen=True):
    """How many, after how many."""

    limit: int = 10
    offset: int = 0

    def size(self, most: int = MOST) -> int:
        """How many, within bounds."""
        return max(1, min(self.limit, most))

    @property
    def start(self) -> int:
        """After how many, within bounds."""
        return max(0, min(self.offset, 1_000))


class PostTrendParams(TrendParams, frozen=True):
    """The same of posts."""

    limit: int = 20


class LinkParams(PageParams, frozen=True):
    """Which page's posts."""

    url: str = ""


class Trends:
    """The endpoints of trends."""

    def __init__(
        self, trends: Talk, timelines: Timelines, statuses: StatusesAsJson, tags: TagsAsJson, cards: CardsAsJson
    ) -> None:
        self._trends, self._timelines, self._statuses = trends, timelines, statuses
        self._tags, self._cards = tags, cards

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        anyone = Who.ANYONE
        return [
            Endpoint("GET", path, self._of_tags, "", anyone, TrendParams, list[TrendingTag])
            for path in ("/api/v1/trends", "/api/v1/trends/tags")
        ] + [
            Endpoint("GET", "/api/v1/trends/statuses", self._of_posts, "", anyone, PostTrendParams, list[Status]),
            Endpoint("GET", "/api/v1/trends/links", self._of_pages, "", anyone, TrendParams, list[TrendingLink]),
            Endpoint("GET", "/api/v1/timelines/link", self._linking, "read:statuses", anyone, LinkParams,
                     list[Status]),
        ]  # fmt: skip

    async def _of_tags(self, call: Call, params: TrendParams) -> Reply:
        found = await self._trends.tags(params.size(), params.start)
        tags = await self._tags.list(found, call.viewer)
        return paged_by_offset(call, tags, params.start, params.size(), len(found))

    async def _of_pages(self, call: Call, params: TrendParams) -> Reply:
        found = await self._trends.pages(params.size(), params.start)
        links = await self._timelines.read(lambda tx: self._cards.talked_about(tx, found, call.now))
        return paged_by_offset(call, links, params.start, params.size(), len(found))

    async def _of_posts(self, call: Call, params: PostTrendParams) -> Reply:
        size = params.size(MOST_POSTS)
        found = await self._trends.posts(size, params.start)
        body = await self._timelines.read(lambda tx: self._page(tx, call, found))
        return paged_by_offset(call, body, params.start, size, len(found))

    async def _linking(self, call: Call, params: LinkParams) -> Reply:
        found = await self._trends.linking(params.url, params.window, params.size)
        body = await self._timelines.read(lambda tx: self._page(tx, call, found))
        older = found[-1] if len(found) == params.size else None
        return paged(call, body, older, found[0] if found else None)

    def _page(self, tx: Transaction, call: Call, found: list[PostId]) -> bytes:
        items = self._timelines.entries_in(tx, found, call.viewer, OPEN)
        return self._statuses.page(tx, items, call.viewer, call.now)
