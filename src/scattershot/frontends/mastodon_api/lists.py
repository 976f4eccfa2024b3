"""Lists: of whom one reads together, and who is in them."""

from msgspec import Struct

from scattershot.app.lists import Lists as Keeps
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId
from scattershot.domain.lists import List as Row
from scattershot.domain.lists import Replies
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, paged, parse_id, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.account import Account
from scattershot.frontends.mastodon_api.entities.lists import List
from scattershot.frontends.mastodon_api.pages import PeoplePageParams
from scattershot.frontends.mastodon_api.params import Nothing

_REPLIES = {replies.value: replies for replies in Replies}
_NO_POLICY = Problem(422, "Validation failed: Replies policy is not included in the list")


class ListParams(Struct, frozen=True):
    """How a list is to be."""

    title: str | None = None
    replies_policy: str | None = None
    exclusive: bool | None = None


class MemberParams(Struct, frozen=True):
    """Whom to put into a list, or take out."""

    account_ids: list[str] = []


class Lists:
    """The list endpoints."""

    def __init__(self, timelines: Timelines, lists: Keeps, accounts: AccountsAsJson) -> None:
        self._timelines, self._lists, self._accounts = timelines, lists, accounts

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        read, write, all_, one = "read:lists", "write:lists", "/api/v1/lists", "/api/v1/lists/{id}"
        return [
            Endpoint("GET", all_, self._all, read, answers=list[List]),
            Endpoint("POST", all_, self._make, write, takes=ListParams, answers=List),
            Endpoint("GET", one, self._show, read, answers=List),
            Endpoint("PUT", one, self._change, write, takes=ListParams, answers=List),
            Endpoint("DELETE", one, self._drop, write, answers=dict),
            Endpoint("GET", f"{one}/accounts", self._members, read, takes=PeoplePageParams, answers=list[Account]),
            Endpoint("POST", f"{one}/accounts", self._add, write, takes=MemberParams, answers=dict),
            Endpoint("DELETE", f"{one}/accounts", self._remove, write, takes=MemberParams, answers=dict),
            Endpoint("GET", "/api/v1/accounts/{id}/lists", self._with_member, read, answers=list[List]),
        ]

    async def _all(self, call: Call, _: Nothing) -> Reply:
        return Answer([_entity(row) for row in await self._lists.of(call.who)])

    async def _with_member(self, call: Call, _: Nothing) -> Reply:
        if await self._timelines.face(call.id()) is None:
            return NOT_FOUND
        return Answer([_entity(row) for row in await self._lists.with_member(call.who, MicroblogId(call.id()))])

    async def _show(self, call: Call, _: Nothing) -> Reply:
        row = await self._lists.get(call.who, call.id())
        return NOT_FOUND if row is None else Answer(_entity(row))

    async def _make(self, call: Call, params: ListParams) -> Reply:
        replies = _REPLIES.get(params.replies_policy or Replies.LIST.value)
        if replies is None:
            return _NO_POLICY
        done = await self._lists.make(call.who, params.title or "", replies, exclusive=bool(params.exclusive))
        return _told(done)

    async def _change(self, call: Call, params: ListParams) -> Reply:
        replies = _REPLIES.get(params.replies_policy) if params.replies_policy else None
        if params.replies_policy and replies is None:
            return _NO_POLICY
        done = await self._lists.change(
            call.who, call.id(), title=params.title, replies=replies, exclusive=params.exclusive
        )
        return _told(done)

    async def _drop(self, call: Call, _: Nothing) -> Reply:
        return _done(await self._lists.drop(call.who, call.id()))

    async def _members(self, call: Call, params: PeoplePageParams) -> Reply:
        row = await self._lists.get(call.who, call.id())
        if row is None:
            return NOT_FOUND
        found = await self._lists.members(row, params.window, params.size if params.limit else None)
        body = await self._timelines.read(
            lambda tx: self._accounts.list(tx, self._timelines.faces_in(tx, found), call.now)
        )
        older = found[-1] if params.limit and len(found) == params.size else None
        return paged(call, body, older, found[0] if found and params.limit else None, back="since_id")

    async def _add(self, call: Call, params: MemberParams) -> Reply:
        members = _ids(params)
        if not members:
            return Problem(422, "Validation failed: Account can't be blank")
        return _done(await self._lists.add(call.who, call.id(), members))

    async def _remove(self, call: Call, params: MemberParams) -> Reply:
        return _done(await self._lists.remove(call.who, call.id(), _ids(params)))


def _ids(params: MemberParams) -> list[MicroblogId]:
    """The microblogs that are meant; what is no id is one that nobody has."""
    return [MicroblogId(parse_id(text) or 0) for text in params.account_ids if text]


def _entity(row: Row) -> List:
    return List(id=str(row.id), title=row.title, replies_policy=row.replies.value, exclusive=row.exclusive)


def _told(done: Row | Refused) -> Reply:
    return _problem(done) if isinstance(done, Refused) else Answer(_entity(done))


def _done(done: Refused | None) -> Reply:
    return _problem(done) if done is not None else Answer({})


def _problem(why: Refused) -> Problem:
    problem = refused(why)
    return problem._replace(error=f"Validation failed: {problem.error}") if problem.status == 422 else problem
