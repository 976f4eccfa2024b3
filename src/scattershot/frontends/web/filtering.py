"""Settings: filters, by which one is spared words and phrases."""

from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.filters import MAX_KEYWORD, MAX_TITLE, Filters, Wanted, WantedKeyword
from scattershot.domain.filters import Action, Context, Filter
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.people import Deed
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor

_PAGE = "/settings/filters"
_BIGGEST = 1 << 63
_HOUR = 3_600_000
CONTEXTS = {
    Context.HOME: "At home and in lists",
    Context.NOTIFICATIONS: "In notifications",
    Context.PUBLIC: "In public timelines and where I search",
    Context.THREAD: "In conversations",
    Context.ACCOUNT: "On the page of whoever wrote it",
}
ACTIONS = {
    Action.WARN: "Fold it away, with the filter's name above",
    Action.HIDE: "Do not show it at all",
    Action.BLUR: "Show the words, and the pictures when I ask for them",
}
SPANS = {"": "For ever", "1": "For an hour", "24": "For a day", "168": "For a week", "720": "For thirty days"}
"""How long a filter holds, in hours."""
MOST_LINES = 200


class _Typed(NamedTuple):
    """A filter as it stands in the form; `lasts` is empty to leave the end as it is."""

    title: str = ""
    words: str = ""
    whole: bool = True
    contexts: tuple[Context, ...] = tuple(Context)
    action: Action = Action.WARN
    lasts: str = ""


class Filtering:
    """The list of filters, and the page of each."""

    def __init__(self, desk: Desk, filters: Filters) -> None:
        self._desk, self._filters = desk, filters

    @property
    def routes(self) -> list[Route]:
        """Their paths."""
        desk, one = self._desk, f"{_PAGE}/{{id:int}}"
        return [
            Route(_PAGE, desk.members(self._list, Deed.RELATE), methods=["GET"]),
            Route(_PAGE, desk.form(self._make, Deed.RELATE), methods=["POST"]),
            Route(one, desk.members(self._one, Deed.RELATE), methods=["GET"]),
            Route(one, desk.form(self._change, Deed.RELATE), methods=["POST"]),
            Route(f"{one}/drop", desk.form(self._drop, Deed.RELATE), methods=["POST"]),
        ]

    async def _list(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor, _Typed(), None)

    async def _page(
        self, request: Request, visitor: Visitor, typed: _Typed, of: Filter | None, status: int = 200, problem: str = ""
    ) -> Response:
        assert visitor.who is not None
        now = self._desk.clock.now()
        found = await self._filters.of(visitor.who) if of is None else []
        return await self._desk.page(
            request,
            visitor,
            "filters.html",
            status,
            filters=[_told(each, now) for each in found],
            one=_told(of, now) if of is not None else None,
            typed=_as_typed(typed),
            spans=[{"value": value, "words": words} for value, words in SPANS.items()],
            longest=MAX_TITLE,
            problem=problem,
        )

    async def _known(self, request: Request, owner: MicroblogId) -> Filter | None:
        wanted: int = request.path_params["id"]
        found = await self._filters.get(owner, wanted) if wanted < _BIGGEST else None
        return found if isinstance(found, Filter) else None

    async def _one(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        known = await self._known(request, visitor.who)
        if known is None:
            return await self._desk.not_found(request, visitor)
        words = "\n".join(keyword.text for keyword in known.keywords)
        whole = all(keyword.whole_word for keyword in known.keywords)
        typed = _Typed(known.title, words, whole, known.contexts, known.action, "keep")
        return await self._page(request, visitor, typed, known)

    async def _make(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        typed = _read(form)
        wanted = self._wanted(typed, None)
        made = wanted if isinstance(wanted, Refused) else await self._filters.make(visitor.who, wanted)
        if isinstance(made, Refused):
            return await self._page(request, visitor, typed, None, 422, _plain(made.detail))
        return self._desk.to(_PAGE)

    async def _change(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        known = await self._known(request, visitor.who)
        if known is None:
            return await self._desk.not_found(request, visitor)
        typed = _read(form)
        wanted = self._wanted(typed, known)
        done = wanted if isinstance(wanted, Refused) else await self._filters.change(visitor.who, known.id, wanted)
        if isinstance(done, Refused):
            return await self._page(request, visitor, typed, known, 422, _plain(done.detail))
        return self._desk.to(_PAGE)

    async def _drop(self, request: Request, visitor: Visitor, _form: Form) -> Response:
        assert visitor.who is not None
        known = await self._known(request, visitor.who)
        if known is None:
            return await self._desk.not_found(request, visitor)
        await self._filters.drop(visitor.who, known.id)
        return self._desk.to(_PAGE)

    def _wanted(self, typed: _Typed, known: Filter | None) -> Wanted | Refused:
        lines = [line.strip() for line in typed.words.splitlines() if line.strip()]
        if len(lines) > MOST_LINES or any(len(line) > MAX_KEYWORD for line in lines):
            return Refused("invalid", f"At most {MOST_LINES} lines of {MAX_KEYWORD} characters each.")
        if not lines and not (known is not None and known.posts):
            return Refused("invalid", "Say which words you wish to be spared, one or several in a line.")
        expires = None
        if typed.lasts not in ("", "keep"):
            expires = Millis(self._desk.clock.now() + int(typed.lasts) * _HOUR)
        old = known.keywords if known is not None else ()
        gone = tuple(WantedKeyword(int(each.id), dropped=True) for each in old)
        new = tuple(WantedKeyword(text=line, whole_word=typed.whole) for line in dict.fromkeys(lines))
        return Wanted(typed.title, typed.contexts, typed.action, expires, typed.lasts == "", (*gone, *new))


def _read(form: Form) -> _Typed:
    """What was filled in; what cannot be chosen is as if it had not been."""
    contexts = tuple(each for each in Context if each.value in form.all("context"))
    action = next((each for each in Action if each.value == form.get("action")), Action.WARN)
    lasts = form.get("lasts")
    return _Typed(
        form.get("title"),
        form.get("words"),
        bool(form.get("whole")),
        contexts,
        action,
        lasts if lasts in SPANS or lasts == "keep" else "",
    )


def _as_typed(typed: _Typed) -> dict[str, Any]:
    return {
        "title": typed.title,
        "words": typed.words,
        "whole": typed.whole,
        "lasts": typed.lasts,
        "contexts": [
            {"value": each.value, "words": words, "is_on": each in typed.contexts} for each, words in CONTEXTS.items()
        ],
        "actions": [
            {"value": each.value, "words": words, "is_on": each is typed.action} for each, words in ACTIONS.items()
        ],
    }


def _told(row: Filter, now: Millis) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "words": [keyword.text for keyword in row.keywords],
        "posts": len(row.posts),
        "contexts": [CONTEXTS[each] for each in row.contexts],
        "action": ACTIONS[row.action],
        "expires": row.expires,
        "is_over": row.has_expired(now),
    }


def _plain(detail: str) -> str:
    """Programs are answered as Mastodon answers them; people read it in our own words."""
    if "blank" not in detail and "maximum" not in detail:
        return detail
    said = []
    if "Title can't" in detail:
        said.append("Give the filter a name.")
    if "Title is too long" in detail:
        said.append(f"The name has at most {MAX_TITLE} characters.")
    if "Context" in detail:
        said.append("Choose at least one place where it holds.")
    return " ".join(said) or detail
