"""Filters, their keywords and the posts they hold."""

from msgspec import UNSET, Struct, UnsetType, field

from scattershot.app.filters import Filters as Keeps
from scattershot.app.filters import Wanted, WantedKeyword
from scattershot.app.timelines import Timelines
from scattershot.domain.filters import Action, Context, Filter
from scattershot.domain.ids import Millis, PostId
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, parse_id, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities import filter as entities
from scattershot.frontends.mastodon_api.entities.filter import FilterKeyword, FilterStatus
from scattershot.frontends.mastodon_api.filters_as_json import filter_entity, keyword_entity, post_entity
from scattershot.frontends.mastodon_api.params import Nothing

_CONTEXTS = {context.value: context for context in Context}
_ACTIONS = {**{action.value: action for action in Action}, "blur_media": Action.BLUR}
"""Mastodon's documentation has both words for the third one."""


class KeywordParams(Struct, frozen=True):
    """A keyword; `_destroy` takes the one of that id away."""

    id: str | None = None
    keyword: str | None = None
    whole_word: bool | None = None
    destroy: bool = field(default=False, name="_destroy")


class FilterParams(Struct, frozen=True):
    """A filter; `expires_in` in seconds, null for one that stays."""

    title: str | None = None
    context: list[str] | None = None
    filter_action: str | None = None
    expires_in: int | UnsetType | None = UNSET
    keywords_attributes: list[KeywordParams] = []


class PostParams(Struct, frozen=True):
    """A post for a filter to hold."""

    status_id: str = ""


class Filters:
    """The filter endpoints of the second version."""

    def __init__(self, timelines: Timelines, filters: Keeps) -> None:
        self._timelines, self._filters = timelines, filters

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        read, write = "read:filters", "write:filters"
        all_, one = "/api/v2/filters", "/api/v2/filters/{id}"
        return [
            Endpoint("GET", all_, self._all, read, answers=list[entities.Filter]),
            Endpoint("POST", all_, self._make, write, takes=FilterParams, answers=entities.Filter),
            Endpoint("GET", one, self._show, read, answers=entities.Filter),
            Endpoint("PUT", one, self._change, write, takes=FilterParams, answers=entities.Filter),
            Endpoint("DELETE", one, self._drop, write, answers=dict),
            Endpoint("GET", f"{one}/keywords", self._keywords, read, answers=list[FilterKeyword]),
            Endpoint("POST", f"{one}/keywords", self._add_keyword, write, takes=KeywordParams, answers=FilterKeyword),
            Endpoint("GET", f"{all_}/keywords/{{id}}", self._keyword, read, answers=FilterKeyword),
            Endpoint("PUT", f"{all_}/keywords/{{id}}", self._change_keyword, write, takes=KeywordParams,
                     answers=FilterKeyword),
            Endpoint("DELETE", f"{all_}/keywords/{{id}}", self._drop_keyword, write, answers=dict),
            Endpoint("GET", f"{one}/statuses", self._posts, read, answers=list[FilterStatus]),
            Endpoint("POST", f"{one}/statuses", self._add_post, write, takes=PostParams, answers=FilterStatus),
            Endpoint("GET", f"{all_}/statuses/{{id}}", self._post, read, answers=FilterStatus),
            Endpoint("DELETE", f"{all_}/statuses/{{id}}", self._drop_post, write, answers=dict),
        ]  # fmt: skip

    # -- filters

    async def _all(self, call: Call, _: Nothing) -> Reply:
        return Answer([filter_entity(each) for each in await self._filters.of(call.who)])

    async def _show(self, call: Call, _: Nothing) -> Reply:
        return _told(await self._filters.get(call.who, call.id()))

    async def _make(self, call: Call, params: FilterParams) -> Reply:
        wanted = wanted_filter(call, params)
        return wanted if isinstance(wanted, Problem) else _told(await self._filters.make(call.who, wanted))

    async def _change(self, call: Call, params: FilterParams) -> Reply:
        wanted = wanted_filter(call, params)
        return wanted if isinstance(wanted, Problem) else _told(await self._filters.change(call.who, call.id(), wanted))

    async def _drop(self, call: Call, _: Nothing) -> Reply:
        return _done(await self._filters.drop(call.who, call.id()))

    # -- keywords

    async def _keywords(self, call: Call, _: Nothing) -> Reply:
        found = await self._filters.get(call.who, call.id())
        return refused(found) if isinstance(found, Refused) else Answer([keyword_entity(k) for k in found.keywords])

    async def _add_keyword(self, call: Call, params: KeywordParams) -> Reply:
        wanted = WantedKeyword(None, params.keyword or "", params.whole_word)
        done = await self._filters.change(call.who, call.id(), Wanted(keywords=(wanted,)))
        return invalid(done) if isinstance(done, Refused) else Answer(keyword_entity(done.keywords[-1]))

    async def _keyword(self, call: Call, _: Nothing) -> Reply:
        return _keyword_of(await self._filters.with_keyword(call.who, call.id()), call.id())

    async def _change_keyword(self, call: Call, params: KeywordParams) -> Reply:
        found = await self._filters.with_keyword(call.who, call.id())
        if isinstance(found, Refused):
            return NOT_FOUND
        wanted = WantedKeyword(call.id(), params.keyword, params.whole_word)
        return _keyword_of(await self._filters.change(call.who, found.id, Wanted(keywords=(wanted,))), call.id())

    async def _drop_keyword(self, call: Call, _: Nothing) -> Reply:
        found = await self._filters.with_keyword(call.who, call.id())
        if isinstance(found, Refused):
            return NOT_FOUND
        gone = WantedKeyword(call.id(), dropped=True)
        return _done(await self._filters.change(call.who, found.id, Wanted(keywords=(gone,))))

    # -- posts

    async def _posts(self, call: Call, _: Nothing) -> Reply:
        found = await self._filters.get(call.who, call.id())
        return refused(found) if isinstance(found, Refused) else Answer([post_entity(post) for post in found.posts])

    async def _add_post(self, call: Call, params: PostParams) -> Reply:
        item = await self._timelines.item(parse_id(params.status_id) or 0, call.who)
        if item is None:
            return NOT_FOUND
        done = await self._filters.add_post(call.who, call.id(), PostId(item.entry))
        return invalid(done) if isinstance(done, Refused) else Answer(post_entity(done))

    async def _post(self, call: Call, _: Nothing) -> Reply:
        found = await self._filters.with_post(call.who, call.id())
        if isinstance(found, Refused):
            return NOT_FOUND
        return Answer(next(post_entity(post) for post in found.posts if post.id == call.id()))

    async def _drop_post(self, call: Call, _: Nothing) -> Reply:
        return _done(await self._filters.drop_post(call.who, call.id()))


def wanted_filter(call: Call, params: FilterParams) -> Wanted | Problem:
    """The filter that is asked for."""
    contexts = contexts_named(params.context) if params.context is not None else None
    if isinstance(contexts, Problem):
        return contexts
    action = _ACTIONS.get(params.filter_action) if params.filter_action else None
    if params.filter_action and action is None:
        return Problem(422, "Validation failed: Action is not included in the list")
    keywords = []
    for each in params.keywords_attributes:
        number = parse_id(each.id)
        if each.id and number is None:
            return NOT_FOUND
        if number is not None or each.keyword:  # Rails leaves out what has nothing in it
            keywords.append(WantedKeyword(number, each.keyword, each.whole_word, dropped=each.destroy))
    expires, for_ever = expires_at(call, params.expires_in)
    return Wanted(params.title, contexts, action, expires, for_ever, tuple(keywords))


def contexts_named(names: list[str]) -> tuple[Context, ...] | Problem:
    """The contexts of those names, each once."""
    wanted = [name.strip() for name in names if name.strip()]
    if not all(name in _CONTEXTS for name in wanted):
        return Problem(422, "Validation failed: Context None or invalid context supplied")
    return tuple(_CONTEXTS[name] for name in dict.fromkeys(wanted))


def expires_at(call: Call, seconds: int | UnsetType | None) -> tuple[Millis | None, bool]:
    """When a filter is to expire; and whether it was said that it never does (null, nothing, or no time at all)."""
    if isinstance(seconds, UnsetType):
        return None, False
    if seconds is None or seconds <= 0:
        return None, True
    return Millis(call.now + min(seconds, 10**10) * 1_000), False


def invalid(why: Refused) -> Problem:
    """The problem for a filter that cannot be like that."""
    problem = refused(why)
    return problem._replace(error=f"Validation failed: {problem.error}") if problem.status == 422 else problem


def _told(done: Filter | Refused) -> Reply:
    return invalid(done) if isinstance(done, Refused) else Answer(filter_entity(done))


def _done(done: Filter | Refused) -> Reply:
    return refused(done) if isinstance(done, Refused) else Answer({})


def _keyword_of(found: Filter | Refused, keyword: int) -> Reply:
    if isinstance(found, Refused):
        return invalid(found)
    return Answer(next(keyword_entity(each) for each in found.keywords if each.id == keyword))
