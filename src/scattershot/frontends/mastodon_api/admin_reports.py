"""Complaints as those who run the node work through them."""

from msgspec import Raw, Struct

from scattershot.app.moderating import Moderating, Report
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId
from scattershot.domain.reading import Refused
from scattershot.domain.report import Category
from scattershot.frontends.mastodon_api.admin import AdminDoor, AdminPageParams
from scattershot.frontends.mastodon_api.admin_accounts import AdminAccountsAsJson
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, paged, parse_id, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Who
from scattershot.frontends.mastodon_api.entities.admin import AdminAccount, AdminReport
from scattershot.frontends.mastodon_api.entities.instance import Rule
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.ports.database import Transaction
from scattershot.wirekit.dates import rfc3339

_CATEGORIES = frozenset(each.value for each in Category)


class ReportsParams(AdminPageParams, frozen=True):
    """Which complaints: by whom and about whom; open ones unless it says `resolved`."""

    resolved: bool = False
    account_id: str | None = None
    target_account_id: str | None = None


class ClassifyParams(Struct, frozen=True):
    """What a complaint is about, where that is said anew."""

    category: str | None = None
    rule_ids: tuple[str, ...] | None = None


class AdminReports:
    """The endpoints of complaints."""

    def __init__(
        self,
        timelines: Timelines,
        moderating: Moderating,
        accounts: AdminAccountsAsJson,
        statuses: StatusesAsJson,
        door: AdminDoor,
    ) -> None:
        self._timelines, self._moderating, self._door = timelines, moderating, door
        self._accounts, self._statuses = accounts, statuses

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        every, only = "/api/v1/admin/reports", self._door.only
        one, may_read, may_write = every + "/{id}", "admin:read:reports", "admin:write:reports"
        deeds = (
            ("assign_to_self", self._assign),
            ("unassign", self._unassign),
            ("resolve", self._resolve),
            ("reopen", self._reopen),
        )
        return [
            Endpoint("GET", every, only(self._list), may_read, Who.PERSON, ReportsParams, list[AdminReport]),
            Endpoint("GET", one, only(self._show), may_read, answers=AdminReport),
            Endpoint("PUT", one, only(self._classify), may_write, Who.PERSON, ClassifyParams, AdminReport),
            *(Endpoint("POST", f"{one}/{name}", only(deed), may_write, answers=AdminReport) for name, deed in deeds),
        ]

    async def _list(self, call: Call, params: ReportsParams) -> Reply:
        by, about = _wanted(params.account_id), _wanted(params.target_account_id)
        found = await self._moderating.reports(
            resolved=params.resolved, reporter=by, target=about, window=params.window, limit=params.size
        )
        shown = await self._timelines.read(lambda tx: self._made(tx, call, found))
        older = found[-1] if len(found) == params.size else None
        return paged(call, shown, older, found[0] if found else None)

    async def _show(self, call: Call, _: Nothing) -> Reply:
        return await self._answer(call, None)

    async def _answer(self, call: Call, why: Refused | None) -> Reply:
        if why is not None:
            return refused(why)
        found = await self._timelines.read(lambda tx: self._made(tx, call, [call.id()]))
        return Answer(found[0]) if found else NOT_FOUND

    async def _classify(self, call: Call, params: ClassifyParams) -> Reply:
        if params.category is not None and params.category not in _CATEGORIES:
            return Problem(422, "Validation failed: Category is not included in the list")
        category = Category(params.category) if params.category is not None else None
        rules = None if params.rule_ids is None else tuple(parse_id(each) or 0 for each in params.rule_ids)
        return await self._answer(call, await self._moderating.classify(call.id(), category, rules))

    async def _assign(self, call: Call, _: Nothing) -> Reply:
        return await self._answer(call, await self._moderating.assign(call.id(), call.who))

    async def _unassign(self, call: Call, _: Nothing) -> Reply:
        return await self._answer(call, await self._moderating.assign(call.id(), None))

    async def _resolve(self, call: Call, _: Nothing) -> Reply:
        return await self._answer(call, await self._moderating.settle(call.id(), call.who))

    async def _reopen(self, call: Call, _: Nothing) -> Reply:
        return await self._answer(call, await self._moderating.settle(call.id(), None))

    def _made(self, tx: Transaction, call: Call, numbers: list[int]) -> list[AdminReport]:
        reports = self._moderating.reports_in(tx, numbers)
        parties = [
            party
            for each in reports
            for party in (each.filed.reporter, each.filed.target, each.assigned, each.resolved_by)
            if party is not None
        ]
        accounts = self._accounts.of(tx, parties, call.now)
        return [self._entity(tx, call, each, accounts) for each in reports]

    def _entity(
        self, tx: Transaction, call: Call, report: Report, accounts: dict[MicroblogId, AdminAccount]
    ) -> AdminReport:
        filed = report.filed
        items = self._moderating.accused_in(tx, filed.posts, call.who)

        def party(who: MicroblogId | None) -> AdminAccount | None:
            return accounts.get(who) if who is not None else None

        return AdminReport(
            id=str(filed.id),
            action_taken=filed.resolved_at is not None,
            action_taken_at=rfc3339(filed.resolved_at) if filed.resolved_at is not None else None,
            category=filed.category.value,
            comment=filed.comment,
            forwarded=filed.forwarded,
            created_at=rfc3339(filed.at),
            updated_at=rfc3339(report.updated),
            account=party(filed.reporter),
            target_account=party(filed.target),
            assigned_account=party(report.assigned),
            action_taken_by_account=party(report.resolved_by),
            statuses=Raw(self._statuses.page(tx, items, call.who, call.now)),
            rules=[
                Rule(id=str(rule.id), text=rule.text, hint=rule.hint)
                for rule in self._moderating.rules_in(tx, filed.rules)
            ],
        )


def _wanted(said: str | None) -> MicroblogId | None:
    """Whom the list is about; an id that nobody has finds nothing."""
    return None if not said else MicroblogId(parse_id(said) or 1)
