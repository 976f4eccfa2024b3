"""Hashtags that one follows."""

from scattershot.app.followed_tags import FollowedTags
from scattershot.app.search import Search
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.calls import Answer, Call, Reply, paged, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.search import TrendingTag
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.tags_as_json import TagsAsJson
from scattershot.frontends.mastodon_api.timelines import PageParams

MOST, USUAL = 200, 100
"""Tags on a page, as at Mastodon."""


class FollowedParams(PageParams, frozen=True):
    """Which stretch of the followed tags."""

    limit: int = USUAL

    @property
    def size(self) -> int:
        """How many, within bounds."""
        return max(1, min(self.limit, MOST))


class Tags:
    """The endpoints of followed hashtags."""

    def __init__(self, followed: FollowedTags, search: Search, tags: TagsAsJson) -> None:
        self._followed, self._search, self._tags = followed, search, tags

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        one = "/api/v1/tags/{id}"
        return [
            Endpoint("POST", f"{one}/follow", self._follow, "write:follows", answers=TrendingTag),
            Endpoint("POST", f"{one}/unfollow", self._unfollow, "write:follows", answers=TrendingTag),
            Endpoint("GET", "/api/v1/followed_tags", self._all, "read:follows", takes=FollowedParams,
                     answers=list[TrendingTag]),
        ]  # fmt: skip

    async def _follow(self, call: Call, _: Nothing) -> Reply:
        return await self._told(call, await self._followed.follow(call.who, call.path["id"]))

    async def _unfollow(self, call: Call, _: Nothing) -> Reply:
        return await self._told(call, await self._followed.unfollow(call.who, call.path["id"]))

    async def _told(self, call: Call, name: str | Refused) -> Reply:
        if isinstance(name, Refused):
            return refused(name)
        [tag] = await self._tags.list([await self._search.tag(name)], call.who)
        return Answer(tag)

    async def _all(self, call: Call, params: FollowedParams) -> Reply:
        found = await self._followed.page(call.who, params.window, params.size)
        uses = await self._search.tags_named([row.tag for row in found]) if found else []
        older = found[-1].id if len(found) == params.size else None
        body = await self._tags.list(uses, call.who)
        return paged(call, body, older, found[0].id if found else None, back="since_id")
