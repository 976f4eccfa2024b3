"""Search: people, posts and hashtags by what was typed, and the one thing that an address stands for."""

from typing import NamedTuple

from msgspec import Struct, json

from scattershot.app.items import ALL
from scattershot.app.search import Portion, TagUse
from scattershot.app.search import Search as Finder
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.microblog import parse_handle
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.calls import Answer, Call, Problem, Reply, parse_id, window
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.account import Account
from scattershot.frontends.mastodon_api.entities.search import SearchResults, TrendingTag
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.frontends.mastodon_api.tags_as_json import TagsAsJson
from scattershot.ports.database import Transaction
from scattershot.wirekit.token_bucket import Bucket, RateLimits

MOST, MOST_PEOPLE = 40, 80
"""Results of one sort on a page, whatever is asked for."""
MOST_PASSED_OVER = 1_000
"""Nobody looks at results behind so many."""
LOOKS_ELSEWHERE = Bucket(capacity=30, per_second=0.5)
"""How often one person may have us ask other nodes; beyond it only what is known here is looked at."""

_NO_PAGES = Problem(401, "Search queries pagination is not supported without authentication")
_NO_LOOKING = Problem(401, "Search queries that resolve remote resources are not supported without authentication")
_TOO_SLOW = Problem(503, "This search takes too long. Please say more precisely what you look for.")
_KINDS = ("accounts", "statuses", "hashtags")
_encode = json.Encoder().encode


class SearchParams(Struct, frozen=True):
    """What to find, and of what sort."""

    q: str
    type: str | None = None
    resolve: bool = False
    following: bool = False
    account_id: str | None = None
    exclude_unreviewed: bool = False
    max_id: str | None = None
    min_id: str | None = None
    limit: int = 20
    offset: int = 0


class PeopleParams(Struct, frozen=True):
    """Whom to find."""

    q: str
    limit: int = 40
    offset: int = 0
    resolve: bool = False
    following: bool = False


class _Found(NamedTuple):
    people: list[MicroblogId]
    posts: list[PostId]
    tags: list[TagUse]


class Search:
    """The search endpoints."""

    def __init__(
        self, search: Finder, timelines: Timelines, accounts: AccountsAsJson, statuses: StatusesAsJson, tags: TagsAsJson
    ) -> None:
        self._search, self._timelines = search, timelines
        self._accounts, self._statuses, self._tags = accounts, statuses, tags
        self._looks = RateLimits(LOOKS_ELSEWHERE)

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        return [
            Endpoint("GET", "/api/v2/search", self._everything, "read:search", Who.ANYONE, SearchParams,
                     SearchResults),
            Endpoint("GET", "/api/v1/accounts/search", self._people, "read:accounts", takes=PeopleParams,
                     answers=list[Account]),
            Endpoint("GET", "/api/v1/tags/{id}", self._tag, "", Who.ANYONE, answers=TrendingTag),
        ]  # fmt: skip

    async def _everything(self, call: Call, params: SearchParams) -> Reply:
        if call.viewer is None and (params.offset or params.resolve):
            return _NO_PAGES if params.offset else _NO_LOOKING
        try:
            found = await self._find(call, params)
        except TimeoutError:
            return _TOO_SLOW
        tags = _encode(await self._tags.list(found.tags, call.viewer))

        def work(tx: Transaction) -> bytes:
            faces = self._timelines.faces_in(tx, found.people)
            items = self._timelines.entries_in(tx, found.posts, call.viewer, ALL)
            people = self._accounts.list(tx, faces, call.now)
            posts = self._statuses.page(tx, items, call.viewer, call.now)
            return b'{"accounts":%b,"statuses":%b,"hashtags":%b}' % (people, posts, tags)

        return Answer(await self._timelines.read(work))

    async def _find(self, call: Call, params: SearchParams) -> _Found:
        typed = params.q.strip()
        kinds = (params.type,) if params.type else _KINDS
        offset = max(0, min(params.offset, MOST_PASSED_OVER)) if params.type else 0
        limit = max(1, min(params.limit, MOST))
        if (typed.startswith(("https://", "http://")) or _is_key(typed)) and not offset:
            one = await self._named(call, typed, resolve=params.resolve)
            if one.people or one.posts:
                return _Found(one.people if "accounts" in kinds else [], one.posts if "statuses" in kinds else [], [])
        people, posts, tags = list[MicroblogId](), list[PostId](), list[TagUse]()
        if "accounts" in kinds and not typed.startswith("#"):
            people = await self._people_called(
                call, typed, limit, offset, resolve=params.resolve, following=params.following
            )
        if "statuses" in kinds and call.viewer is not None and not _is_handle(typed):
            by = parse_id(params.account_id)
            stretch = window(params.max_id, None, params.min_id)._replace(nearest=False)
            portion = Portion(limit, offset, stretch, MicroblogId(by) if by is not None else None)
            posts = await self._search.posts(call.viewer, typed, portion)
        if "hashtags" in kinds and not typed.startswith("@"):
            tags = await self._search.tags(typed, limit, offset)
        return _Found(people, posts, tags)

    async def _people(self, call: Call, params: PeopleParams) -> Reply:
        limit, offset = max(1, min(params.limit, MOST_PEOPLE)), max(0, min(params.offset, MOST_PASSED_OVER))
        try:
            people = await self._people_called(
                call, params.q.strip(), limit, offset, resolve=params.resolve, following=params.following
            )
        except TimeoutError:
            return _TOO_SLOW

        def work(tx: Transaction) -> bytes:
            return self._accounts.list(tx, self._timelines.faces_in(tx, people), call.now)

        return Answer(await self._timelines.read(work))

    async def _people_called(
        self, call: Call, typed: str, limit: int, offset: int, *, resolve: bool, following: bool
    ) -> list[MicroblogId]:
        """Those whose names begin so; a whole handle's owner goes before them all."""
        exact = list[MicroblogId]()
        if (_is_handle(typed) or _is_key(typed)) and not following:
            exact = (await self._named(call, typed, resolve=resolve)).people
        people = await self._search.people(call.viewer, typed, limit, offset, following=following)
        if offset:
            return [each for each in people if each not in exact]
        return list(dict.fromkeys([*exact, *people]))[:limit]

    async def _named(self, call: Call, typed: str, *, resolve: bool) -> _Found:
        """The one thing that a handle or an address stands for."""
        asks = resolve and call.viewer is not None and self._looks.take(str(call.viewer), call.now).allowed
        found = await (self._search.resolved(typed) if asks else self._search.known(typed))
        return _Found(
            [found.microblog] if found.microblog is not None else [], [found.post] if found.post is not None else [], []
        )

    async def _tag(self, call: Call, _: Nothing) -> Reply:
        use = await self._search.tag(call.path["id"])
        [tag] = await self._tags.list([use], call.viewer)
        return Answer(tag)


_KEYS = ("npub1", "nprofile1", "note1", "nevent1", "naddr1")


def _is_key(typed: str) -> bool:
    """Whether it is a name of somebody or something on Nostr (NIP-19), or a link with one."""
    name = typed.lower().removeprefix("nostr:").removeprefix("@")
    return name.isalnum() and name.startswith(_KEYS)


def _is_handle(typed: str) -> bool:
    """Whether it is a whole handle, with its domain."""
    handle = parse_handle(typed)
    return handle is not None and bool(handle.domain) and "://" not in typed
