"""Filters as programs of old know them: each keyword is one, with what its filter says."""

from msgspec import UNSET, Struct, UnsetType

from scattershot.app.filters import Filters, Wanted, WantedKeyword
from scattershot.domain.filters import Action, Filter, Keyword
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.filter import FilterV1
from scattershot.frontends.mastodon_api.filters import contexts_named, expires_at, invalid
from scattershot.frontends.mastodon_api.filters_as_json import expiry
from scattershot.frontends.mastodon_api.params import Nothing

_SHARED = Problem(422, "This filter has several keywords: change it with an app that knows filters with several.")


class FilterParams(Struct, frozen=True):
    """A keyword with where it counts; `irreversible` hides, else a warning is shown."""

    phrase: str = ""
    context: list[str] = []
    irreversible: bool | None = None
    whole_word: bool = False
    expires_in: int | UnsetType | None = UNSET


class FiltersOfOld:
    """The filter endpoints of the first version."""

    def __init__(self, filters: Filters) -> None:
        self._filters = filters

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        read, write, all_, one = "read:filters", "write:filters", "/api/v1/filters", "/api/v1/filters/{id}"
        return [
            Endpoint("GET", all_, self._all, read, answers=list[FilterV1]),
            Endpoint("POST", all_, self._make, write, takes=FilterParams, answers=FilterV1),
            Endpoint("GET", one, self._show, read, answers=FilterV1),
            Endpoint("PUT", one, self._change, write, takes=FilterParams, answers=FilterV1),
            Endpoint("DELETE", one, self._drop, write, answers=dict),
        ]

    async def _all(self, call: Call, _: Nothing) -> Reply:
        found = await self._filters.of(call.who)
        return Answer([_entity(each, keyword) for each in found for keyword in each.keywords])

    async def _show(self, call: Call, _: Nothing) -> Reply:
        return _told(await self._filters.with_keyword(call.who, call.id()), call.id())

    async def _make(self, call: Call, params: FilterParams) -> Reply:
        wanted = _wanted(call, params, WantedKeyword(None, params.phrase, params.whole_word))
        if isinstance(wanted, Problem):
            return wanted
        done = await self._filters.make(call.who, wanted)
        return invalid(done) if isinstance(done, Refused) else Answer(_entity(done, done.keywords[0]))

    async def _change(self, call: Call, params: FilterParams) -> Reply:
        found = await self._filters.with_keyword(call.who, call.id())
        if isinstance(found, Refused):
            return NOT_FOUND
        keyword = WantedKeyword(call.id(), params.phrase, params.whole_word)
        wanted = _wanted(call, params, keyword)
        if isinstance(wanted, Problem):
            return wanted
        if params.irreversible is (found.action is Action.HIDE):
            wanted = wanted._replace(action=None)  # which may be one that programs of old do not know
        if len(found.keywords) > 1:
            if not _is_as_it_was(found, wanted):
                return _SHARED
            wanted = Wanted(keywords=(keyword,))
        elif found.title != found.keywords[0].text:
            wanted = wanted._replace(title=None)
        return _told(await self._filters.change(call.who, found.id, wanted), call.id())

    async def _drop(self, call: Call, _: Nothing) -> Reply:
        """The keyword goes; its filter too, where that holds nothing else."""
        found = await self._filters.with_keyword(call.who, call.id())
        if isinstance(found, Refused):
            return NOT_FOUND
        if len(found.keywords) == 1 and not found.posts:
            await self._filters.drop(call.who, found.id)
        else:
            gone = WantedKeyword(call.id(), dropped=True)
            await self._filters.change(call.who, found.id, Wanted(keywords=(gone,)))
        return Answer({})


def _wanted(call: Call, params: FilterParams, keyword: WantedKeyword) -> Wanted | Problem:
    if not params.phrase.strip():
        return Problem(422, "Validation failed: Phrase can't be blank")
    contexts = contexts_named(params.context)
    if isinstance(contexts, Problem):
        return contexts
    expires, for_ever = expires_at(call, params.expires_in)
    action = None if params.irreversible is None else Action.HIDE if params.irreversible else Action.WARN
    return Wanted(params.phrase, contexts, action, expires, for_ever, (keyword,))


def _is_as_it_was(found: Filter, wanted: Wanted) -> bool:
    same_end = not wanted.for_ever if found.expires is not None else wanted.expires is None
    return set(wanted.contexts or ()) == set(found.contexts) and wanted.action is None and same_end


def _entity(found: Filter, keyword: Keyword) -> FilterV1:
    return FilterV1(
        id=str(keyword.id),
        phrase=keyword.text,
        context=[context.value for context in found.contexts],
        whole_word=keyword.whole_word,
        expires_at=expiry(found),
        irreversible=found.action is Action.HIDE,
    )


def _told(found: Filter | Refused, keyword: int) -> Reply:
    if isinstance(found, Refused):
        return invalid(found)
    return Answer(next(_entity(found, each) for each in found.keywords if each.id == keyword))
