"""One's own lists of people: those who ask, the blocked, the muted, domains shunned, the recommended, the suggested."""

from collections.abc import Awaitable, Callable

from msgspec import Struct, json

from scattershot.app.rosters import Cut, RosterPage, Rosters
from scattershot.app.suggesting import Suggesting
from scattershot.app.ties import Ties
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.ids import MicroblogId
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.calls import Answer, Call, Reply, paged, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.account import Account
from scattershot.frontends.mastodon_api.entities.people import DomainPreview, Empty, MutedAccount, Suggestion
from scattershot.frontends.mastodon_api.pages import within
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.people_as_json import SOURCES
from scattershot.frontends.mastodon_api.places import DomainListParams, RosterParams
from scattershot.frontends.mastodon_api.statuses import VIA
from scattershot.ports.database import Transaction
from scattershot.wirekit.dates import rfc3339


class DomainParams(Struct, frozen=True):
    """A domain."""

    domain: str = ""


class LimitParams(Struct, frozen=True):
    """How many."""

    limit: int = 40


Own = Callable[[MicroblogId, Cut], Awaitable[RosterPage]]


class OwnLists:
    """The endpoints of one's own lists."""

    def __init__(
        self, timelines: Reads, rosters: Rosters, ties: Ties, suggesting: Suggesting, accounts: AccountsAsJson
    ) -> None:
        self._timelines, self._rosters, self._ties = timelines, rosters, ties
        self._suggesting, self._accounts = suggesting, accounts

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        domains, suggested = "/api/v1/domain_blocks", "/api/v1/suggestions"
        blocks, reads, writes = "read:blocks", "read:accounts", "write:accounts"
        return [
            Endpoint("GET", "/api/v1/follow_requests", self._list(self._rosters.requests), "read:follows",
                     takes=RosterParams, answers=list[Account]),
            Endpoint("GET", "/api/v1/blocks", self._list(self._rosters.blocked), blocks, takes=RosterParams,
                     answers=list[Account]),
            Endpoint("GET", "/api/v1/mutes", self._mutes, "read:mutes", takes=RosterParams,
                     answers=list[MutedAccount]),
            Endpoint("GET", "/api/v1/endorsements", self._list(self._endorsed), reads, takes=RosterParams,
                     answers=list[Account]),
            Endpoint("GET", domains, self._domains, blocks, takes=DomainListParams, answers=list[str]),
            Endpoint("GET", f"{domains}/preview", self._preview, blocks, takes=DomainParams, answers=DomainPreview),
            Endpoint("POST", domains, self._shun, "write:blocks", takes=DomainParams, answers=Empty),
            Endpoint("DELETE", domains, self._unshun, "write:blocks", takes=DomainParams, answers=Empty),
            Endpoint("GET", suggested, self._suggested_once, reads, takes=LimitParams, answers=list[Account]),
            Endpoint("GET", "/api/v2/suggestions", self._suggested, reads, takes=LimitParams,
                     answers=list[Suggestion]),
            Endpoint("DELETE", f"{suggested}/{{id}}", self._dismiss, writes, answers=Empty),
        ]  # fmt: skip

    def _list(self, roster: Own) -> Callable[[Call, RosterParams], Awaitable[Reply]]:
        """An endpoint that lists people."""

        async def handle(call: Call, params: RosterParams) -> Reply:
            page = await roster(call.who, params.cut)
            body = await self._timelines.read(lambda tx: self._accounts.list(tx, page.faces, call.now))
            return paged(call, body, page.older, page.newer)

        return handle

    async def _endorsed(self, owner: MicroblogId, cut: Cut) -> RosterPage:
        return await self._rosters.endorsed(owner, owner, cut)

    async def _mutes(self, call: Call, params: RosterParams) -> Reply:
        page = await self._rosters.muted(call.who, params.cut)
        ties = await self._ties.between(call.who, [face.id for face in page.faces])

        def work(tx: Transaction) -> bytes:
            bodies = self._accounts.bodies(tx, page.faces, call.now)
            ends = {other: tie.mute_ends for other, tie in ties.items()}
            each = (
                bodies[face.id][:-1] + b',"mute_expires_at":' + _moment(ends[face.id]) + b"}" for face in page.faces
            )
            return b"[" + b",".join(each) + b"]"

        return paged(call, await self._timelines.read(work), page.older, page.newer)

    # -- domains

    async def _domains(self, call: Call, params: DomainListParams) -> Reply:
        found = await self._rosters.shunned(call.who, params.cut)
        return paged(call, found.domains, found.older, found.newer)

    async def _preview(self, call: Call, params: DomainParams) -> Reply:
        following, followers = await self._ties.with_domain(call.who, params.domain)
        return Answer(DomainPreview(following_count=following, followers_count=followers))

    async def _shun(self, call: Call, params: DomainParams) -> Reply:
        done = await self._ties.shun(call.who, params.domain, VIA)
        return refused(done) if isinstance(done, Refused) else Answer(Empty())

    async def _unshun(self, call: Call, params: DomainParams) -> Reply:
        await self._ties.unshun(call.who, params.domain)
        return Answer(Empty())

    # -- suggestions

    async def _suggested_once(self, call: Call, params: LimitParams) -> Reply:
        found = await self._suggesting.suggestions(call.who, within(params.limit, 80))
        faces = [suggestion.face for suggestion in found]
        return Answer(await self._timelines.read(lambda tx: self._accounts.list(tx, faces, call.now)))

    async def _suggested(self, call: Call, params: LimitParams) -> Reply:
        found = await self._suggesting.suggestions(call.who, within(params.limit, 80))

        def work(tx: Transaction) -> bytes:
            bodies = self._accounts.bodies(tx, (suggestion.face for suggestion in found), call.now)
            each = []
            for face, sources in found:
                words = [SOURCES[source] for source in sources]
                head = {"source": words[0][0], "sources": [new for _, new in words]}
                each.append(json.encode(head)[:-1] + b',"account":' + bodies[face.id] + b"}")
            return b"[" + b",".join(each) + b"]"

        return Answer(await self._timelines.read(work))

    async def _dismiss(self, call: Call, _: Nothing) -> Reply:
        await self._suggesting.dismiss(call.who, MicroblogId(call.id()))
        return Answer(Empty())


def _moment(ends: int | None) -> bytes:
    return b"null" if ends is None else b'"' + rfc3339(ends).encode() + b'"'
