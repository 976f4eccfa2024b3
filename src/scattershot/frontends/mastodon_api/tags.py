"""Hashtags: looking one up, and following it."""

from scattershot.app.followed_tags import FollowedTags
from scattershot.domain.reading import Refused
from scattershot.domain.tags import tag_named
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Reply, paged, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.lists import Tag
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.timelines import PageParams
from scattershot.settings import Settings

MOST, USUAL = 200, 100


class FollowedParams(PageParams, frozen=True):
    """Which stretch of the followed tags."""

    limit: int = USUAL

    @property
    def size(self) -> int:
        """How many, within bounds."""
        return max(1, min(self.limit, MOST))


class Tags:
    """The endpoints of hashtags."""

    def __init__(self, settings: Settings, tags: FollowedTags) -> None:
        self._origin, self._tags = settings.origin, tags

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        one = "/api/v1/tags/{id}"
        return [
            Endpoint("GET", one, self._show, "", Who.ANYONE, answers=Tag),
            Endpoint("POST", f"{one}/follow", self._follow, "write:follows", answers=Tag),
            Endpoint("POST", f"{one}/unfollow", self._unfollow, "write:follows", answers=Tag),
            Endpoint("GET", "/api/v1/followed_tags", self._followed, "read:follows", takes=FollowedParams,
                     answers=list[Tag]),
        ]  # fmt: skip

    async def _show(self, call: Call, _: Nothing) -> Reply:
        name = tag_named(call.path["id"])
        if name is None:
            return NOT_FOUND
        if call.viewer is None:
            return Answer(self._entity(name))
        return Answer(self._entity(name, following=name in await self._tags.among(call.viewer, [name])))

    async def _follow(self, call: Call, _: Nothing) -> Reply:
        name = await self._tags.follow(call.who, call.path["id"])
        return refused(name) if isinstance(name, Refused) else Answer(self._entity(name, following=True))

    async def _unfollow(self, call: Call, _: Nothing) -> Reply:
        name = await self._tags.unfollow(call.who, call.path["id"])
        return refused(name) if isinstance(name, Refused) else Answer(self._entity(name, following=False))

    async def _followed(self, call: Call, params: FollowedParams) -> Reply:
        found = await self._tags.page(call.who, params.window, params.size)
        older = found[-1].id if len(found) == params.size else None
        body = [self._entity(row.tag, following=True) for row in found]
        return paged(call, body, older, found[0].id if found else None, back="since_id")

    def _entity(self, name: str, *, following: bool | None = None) -> Tag:
        tag = Tag(id=name, name=name, url=f"{self._origin}/tags/{name}", history=[])
        if following is None:
            return tag
        return Tag(id=name, name=name, url=tag.url, history=[], following=following, featuring=False)
