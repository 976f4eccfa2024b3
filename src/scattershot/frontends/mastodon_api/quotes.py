"""Quotes: who quotes a post, who may, and what its author says to that.

Mastodon's API knows no answer that waits; GoToSocial's interaction requests do, and tell of such quotes here.
"""

from msgspec import Struct

from scattershot.app.items import Item
from scattershot.app.quotes import Quotes as Deeds
from scattershot.app.quotes import Waiting
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.ids import MicroblogId, PostId, moment_of
from scattershot.domain.quote import QuoteState
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, paged, parse_id, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.quote import InteractionRequest
from scattershot.frontends.mastodon_api.entities.status import Status
from scattershot.frontends.mastodon_api.pages import PageParams
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.frontends.mastodon_api.terms import PolicyParams, terms_from
from scattershot.ports.database import Transaction
from scattershot.wirekit.dates import rfc3339

VIA = "api"
_REQUESTS = "/api/v1/interaction_requests"
_EXTENSION = "GoToSocial's: quotes that wait for their quoted author's answer"


class PolicyChange(Struct, frozen=True):
    """What shall be allowed from now on."""

    quote_approval_policy: str | None = None
    interaction_policy: PolicyParams | None = None


class RequestParams(PageParams, frozen=True):
    """Which requests are asked for: those about one post, and of which kinds. All but quotes are never waiting here."""

    status_id: str | None = None


class Quotes:
    """The endpoints about quotes."""

    def __init__(self, deeds: Deeds, timelines: Reads, statuses: StatusesAsJson, accounts: AccountsAsJson) -> None:
        self._deeds, self._timelines, self._statuses, self._accounts = deeds, timelines, statuses, accounts

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        read, write, one = "read:statuses", "write:statuses", "/api/v1/statuses/{id}"
        return [
            Endpoint("GET", f"{one}/quotes", self._list, read, takes=PageParams, answers=list[Status]),
            Endpoint("POST", f"{one}/quotes/{{quoting}}/revoke", self._revoke, write, answers=Status),
            Endpoint("PUT", f"{one}/interaction_policy", self._set_policy, write, takes=PolicyChange, answers=Status),
            Endpoint("GET", _REQUESTS, self._requests, "read:notifications", takes=RequestParams,
                     answers=list[InteractionRequest], extension=_EXTENSION),
            Endpoint("GET", f"{_REQUESTS}/{{id}}", self._request, "read:notifications", answers=InteractionRequest,
                     extension=_EXTENSION),
            Endpoint("POST", f"{_REQUESTS}/{{id}}/authorize", self._authorize, write, answers=InteractionRequest,
                     extension=_EXTENSION),
            Endpoint("POST", f"{_REQUESTS}/{{id}}/reject", self._reject, write, answers=InteractionRequest,
                     extension=_EXTENSION),
        ]  # fmt: skip

    async def _list(self, call: Call, params: PageParams) -> Reply:
        items = await self._deeds.of(PostId(call.id()), call.who, params.window.below, params.size)
        if items is None:
            return NOT_FOUND
        body = await self._timelines.read(lambda tx: self._statuses.page(tx, items, call.who, call.now))
        older = items[-1].id if len(items) == params.size else None
        return paged(call, body, older, items[0].id if items else None, "since_id")

    async def _revoke(self, call: Call, _: Nothing) -> Reply:
        quoting = PostId(call.id("quoting"))
        done = await self._deeds.revoke(call.who, PostId(call.id()), quoting, VIA)
        if isinstance(done, Refused):
            return refused(done)
        return await self._shown(call, quoting)

    async def _set_policy(self, call: Call, params: PolicyChange) -> Reply:
        terms = terms_from(params.quote_approval_policy, params.interaction_policy)
        if isinstance(terms, Refused):
            return refused(terms)
        post = PostId(call.id())
        if terms.quotes is None and terms.replies is None:
            return Problem(422, "Validation failed: Quote approval policy can't be blank")
        done = await self._deeds.set_terms(call.who, post, VIA, call.person, quotes=terms.quotes, replies=terms.replies)
        return refused(done) if isinstance(done, Refused) else await self._shown(call, post)

    async def _shown(self, call: Call, post: PostId) -> Reply:
        item = await self._timelines.item(post, call.who)
        if item is None:
            return NOT_FOUND
        return Answer(await self._timelines.read(lambda tx: self._statuses.one(tx, item, call.who, call.now)))

    # -- those that wait

    async def _requests(self, call: Call, params: RequestParams) -> Reply:
        waiting = await self._deeds.waiting(call.who, params.window.below, params.size)
        about = parse_id(params.status_id)
        chosen = [each for each in waiting if about is None or each.quoted == about]
        quoted = await self._quoted(call.who, chosen)

        def work(tx: Transaction) -> bytes:
            bodies = [
                self._request_body(tx, call, each.item, quoted[each.quoted]) for each in chosen if each.quoted in quoted
            ]
            return b"[" + b",".join(bodies) + b"]"

        older = waiting[-1].item.id if len(waiting) == params.size else None
        return paged(call, await self._timelines.read(work), older, waiting[0].item.id if waiting else None)

    async def _quoted(self, who: MicroblogId, waiting: list[Waiting]) -> dict[PostId, Item]:
        posts = list(dict.fromkeys(each.quoted for each in waiting))
        found = await self._timelines.read(lambda tx: self._timelines.items_in(tx, posts, who))
        return {item.id: item for item in found}

    def _request_body(
        self, tx: Transaction, call: Call, quoting: Item, quoted: Item, accepted: bool | None = None
    ) -> bytes:
        """The entity InteractionRequest; `accepted` says what was answered just now, None that it waits."""
        body, aim = self._statuses.each(tx, [quoting, quoted], call.who, call.now)
        account = self._accounts.bodies(tx, [quoting.author], call.now)[quoting.author.id]
        when = b'"' + rfc3339(call.now).encode() + b'"'
        return b"".join(
            (
                b'{"id":"', str(quoting.id).encode(), b'","type":"quote","created_at":"',
                rfc3339(moment_of(quoting.id)).encode(), b'","account":', account, b',"status":', aim, b',"quote":',
                body, b',"uri":null,"accepted_at":', when if accepted else b"null", b',"rejected_at":',
                when if accepted is False else b"null", b"}",
            )
        )  # fmt: skip

    async def _found(self, call: Call) -> tuple[Item, Item] | None:
        """The quoting post that waits for the caller, and the caller's that it quotes."""
        quoting = await self._timelines.item(call.id(), call.who)
        if quoting is None or quoting.quote is None or quoting.quote.id is None:
            return None
        quoted = await self._timelines.item(quoting.quote.id, call.who)
        waits = quoting.quote.state is QuoteState.PENDING and quoted is not None and quoted.mine
        return (quoting, quoted) if waits and quoted is not None else None

    async def _request(self, call: Call, _: Nothing) -> Reply:
        found = await self._found(call)
        if found is None:
            return NOT_FOUND
        return Answer(await self._timelines.read(lambda tx: self._request_body(tx, call, *found)))

    async def _authorize(self, call: Call, _: Nothing) -> Reply:
        return await self._answer(call, accepted=True)

    async def _reject(self, call: Call, _: Nothing) -> Reply:
        return await self._answer(call, accepted=False)

    async def _answer(self, call: Call, *, accepted: bool) -> Reply:
        found = await self._found(call)
        if found is None:
            return NOT_FOUND
        done = await self._deeds.answer(call.who, found[0].id, VIA, accepted=accepted)
        if isinstance(done, Refused):
            return refused(done)
        quoting = await self._timelines.item(found[0].id, call.who) or found[0]
        return Answer(await self._timelines.read(lambda tx: self._request_body(tx, call, quoting, found[1], accepted)))
