"""Hashtags that one follows, and those on one's page."""

from typing import ClassVar

from scattershot.app.featuring import Featuring
from scattershot.app.followed_tags import NO_TAG, FollowedTags
from scattershot.app.search import Search
from scattershot.domain.reading import Refused
from scattershot.domain.tags import tag_named
from scattershot.frontends.mastodon_api.calls import Answer, Call, Reply, paged, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.search import TrendingTag
from scattershot.frontends.mastodon_api.pages import PageParams
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.tags_as_json import TagsAsJson


class FollowedParams(PageParams, frozen=True):
    """Which stretch of the followed tags."""

    most: ClassVar[int] = 200

    limit: int = 100


class Tags:
    """The endpoints of hashtags that one does something with."""

    def __init__(self, followed: FollowedTags, featuring: Featuring, search: Search, tags: TagsAsJson) -> None:
        self._followed, self._featuring, self._search, self._tags = followed, featuring, search, tags

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        one = "/api/v1/tags/{id}"
        return [
            Endpoint("POST", f"{one}/follow", self._follow, "write:follows", answers=TrendingTag),
            Endpoint("POST", f"{one}/unfollow", self._unfollow, "write:follows", answers=TrendingTag),
            Endpoint("POST", f"{one}/feature", self._feature, "write:accounts", answers=TrendingTag),
            Endpoint("POST", f"{one}/unfeature", self._unfeature, "write:accounts", answers=TrendingTag),
            Endpoint("GET", "/api/v1/followed_tags", self._all, "read:follows", takes=FollowedParams,
                     answers=list[TrendingTag]),
        ]  # fmt: skip

    async def _follow(self, call: Call, _: Nothing) -> Reply:
        return await self._told(call, await self._followed.follow(call.who, call.path["id"]))

    async def _unfollow(self, call: Call, _: Nothing) -> Reply:
        return await self._told(call, await self._followed.unfollow(call.who, call.path["id"]))

    async def _feature(self, call: Call, _: Nothing) -> Reply:
        """One that the page shows already stays there."""
        made = await self._featuring.feature(call.who, call.path["id"])
        if isinstance(made, Refused) and made.why != "taken":
            return refused(made)
        return await self._told(call, tag_named(call.path["id"]) or NO_TAG)

    async def _unfeature(self, call: Call, _: Nothing) -> Reply:
        name = tag_named(call.path["id"])
        if name is not None:
            await self._featuring.unfeature_named(call.who, name)
        return await self._told(call, name or NO_TAG)

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
