"""Calls: who asks for what, and what is answered."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request

from scattershot.app.programs import Caller
from scattershot.domain.ids import MicroblogId, Millis, PersonId
from scattershot.domain.reading import Refused
from scattershot.domain.window import Window

_BIGGEST = 1 << 62


class Call:
    """A request that passed the door. `path` holds what stood in the place of `{name}`s."""

    __slots__ = ("caller", "now", "origin", "path", "request")

    def __init__(
        self, request: Request, caller: Caller | None, path: Mapping[str, str], origin: str, now: Millis
    ) -> None:
        self.request, self.caller, self.path, self.origin, self.now = request, caller, path, origin, now

    @property
    def viewer(self) -> MicroblogId | None:
        """As whom it sees; None for whoever is not signed in."""
        return self.caller.microblog if self.caller is not None else None

    @property
    def who(self) -> MicroblogId:
        """As whom it acts, behind a door that lets only people in."""
        assert self.caller is not None
        assert self.caller.microblog is not None
        return self.caller.microblog

    @property
    def person(self) -> PersonId:
        """Who acts, behind a door that lets only people in."""
        assert self.caller is not None
        assert self.caller.person is not None
        return self.caller.person

    def id(self, name: str = "id") -> int:
        """The id in the path; one that is none is an id that nothing has."""
        return parse_id(self.path[name]) or 0


def parse_id(text: str | None) -> int | None:
    """An id as programs give it back: digits below 2^62, or None."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    return min(int(text), _BIGGEST)


def window(max_id: str | None, since_id: str | None, min_id: str | None) -> Window:
    """Which stretch of a list is asked for; what is no id is as if it had not been said."""
    nearest = parse_id(min_id)
    return Window(parse_id(max_id), nearest if nearest is not None else parse_id(since_id), nearest is not None)


class Answer(NamedTuple):
    """What is answered: an entity (Structs, or JSON already made as bytes), with headers of its own."""

    entity: Any
    status: int = 200
    headers: Sequence[tuple[bytes, bytes]] = ()


class Problem(NamedTuple):
    """What cannot be answered, as Mastodon says it: `error` in words, `description` besides where there is more."""

    status: int
    error: str
    description: str = ""
    details: Mapping[str, Any] | None = None


Reply: TypeAlias = Answer | Problem

NOT_FOUND = Problem(404, "Record not found")

_STATUS = {
    "not_found": 404,
    "not_allowed": 403,
    "moved": 403,
    "often": 429,
    "unreachable": 503,
}


def refused(why: Refused) -> Problem:
    """The problem for what the house would not do."""
    status = _STATUS.get(why.why, 422)
    return NOT_FOUND if status == 404 else Problem(status, why.detail or "That is not possible.")


def paged(call: Call, entity: Any, older: int | str | None, newer: int | str | None, back: str = "min_id") -> Answer:
    """A page of a list with its `Link` header: on to what is `older` (max_id) and to what is `newer`.

    None where there is nothing on that side. A list whose ids are its own goes forward by `since_id`.
    """
    links = []
    if older is not None:
        links.append(f'<{_again(call, "max_id", older)}>; rel="next"')
    if newer is not None:
        links.append(f'<{_again(call, back, newer)}>; rel="prev"')
    return Answer(entity, headers=((b"link", ", ".join(links).encode()),) if links else ())


def paged_by_offset(call: Call, entity: Any, offset: int, limit: int, found: int) -> Answer:
    """A page of a list that is counted through: there may be more where as many were found as asked for."""
    links = [f'<{_again(call, "offset", offset + limit)}>; rel="next"'] if found == limit else []
    links += [f'<{_again(call, "offset", max(0, offset - limit))}>; rel="prev"'] if offset else []
    return Answer(entity, headers=((b"link", ", ".join(links).encode()),) if links else ())


_NOT_AGAIN = ("max_id", "since_id", "min_id", "offset", "access_token")


def _again(call: Call, name: str, value: int | str) -> str:
    """The address of the same list from another place on."""
    scope = call.request.scope
    query = scope["query_string"].decode("latin-1")
    if not query and isinstance(value, int):  # the usual one
        return f"{call.origin}{scope['path']}?{name}={value}"
    kept = [(key, text) for key, text in parse_qsl(query, keep_blank_values=True) if key not in _NOT_AGAIN]
    return f"{call.origin}{scope['path']}?{urlencode([*kept, (name, value)])}"
