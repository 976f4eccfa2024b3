"""Complaints to those who run the node."""

from msgspec import Struct

from scattershot.app.house_rules import HouseRules
from scattershot.app.publish import Publisher
from scattershot.app.reports import Reports
from scattershot.app.timelines import Timelines as Reads
from scattershot.domain.ids import PostId
from scattershot.domain.reading import Refused
from scattershot.domain.report import Category
from scattershot.frontends.mastodon_api.accounts_as_json import AccountsAsJson
from scattershot.frontends.mastodon_api.calls import NOT_FOUND, Answer, Call, Problem, Reply, parse_id, refused
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.people import Report
from scattershot.frontends.mastodon_api.statuses import VIA
from scattershot.ports.database import Transaction
from scattershot.wirekit.dates import rfc3339

MOST_POSTS = 100
"""Posts that one complaint names."""


class ReportParams(Struct, frozen=True):
    """Whom and what one complains of; `forward`: those who run their node hear of it too."""

    account_id: str = ""
    status_ids: list[str] = []
    comment: str = ""
    forward: bool = False
    category: str = Category.OTHER.value
    rule_ids: list[str] = []


class Reporting:
    """The endpoint for complaints."""

    def __init__(
        self,
        timelines: Reads,
        publisher: Publisher,
        reports: Reports,
        house_rules: HouseRules,
        accounts: AccountsAsJson,
    ) -> None:
        self._timelines, self._publisher, self._reports = timelines, publisher, reports
        self._house_rules, self._accounts = house_rules, accounts

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        return [Endpoint("POST", "/api/v1/reports", self._file, "write:reports", takes=ReportParams, answers=Report)]

    async def _file(self, call: Call, params: ReportParams) -> Reply:
        face = await self._timelines.face(parse_id(params.account_id) or 0)
        if face is None:
            return NOT_FOUND
        category = next((each for each in Category if each.value == params.category), None)
        if category is None:
            return Problem(422, "Validation failed: Category is not included in the list")
        rules = await self._rules(params.rule_ids) if category is Category.VIOLATION else ()
        if rules is None:
            return Problem(422, "Validation failed: Rules does not reference valid rules")
        posts = [PostId(each) for each in map(parse_id, params.status_ids[:MOST_POSTS]) if each is not None]
        done = await self._publisher.report(
            call.who, face.id, posts, params.comment, VIA,
            forward=params.forward and not face.local, category=category, rules=rules,
        )  # fmt: skip
        if isinstance(done, Refused):
            return refused(done)
        assert done.recorded is not None
        filed = await self._reports.filed(int(done.recorded.detail))
        assert filed is not None

        def work(tx: Transaction) -> Report:
            return Report(
                id=str(filed.id),
                action_taken=filed.resolved_at is not None,
                action_taken_at=rfc3339(filed.resolved_at) if filed.resolved_at is not None else None,
                category=filed.category,
                comment=filed.comment,
                forwarded=filed.forwarded,
                created_at=rfc3339(filed.at),
                status_ids=[str(post) for post in filed.posts] or None,
                rule_ids=[str(rule) for rule in filed.rules] or None,
                target_account=self._accounts.one(tx, face, call.now),
            )

        return Answer(await self._timelines.read(work))

    async def _rules(self, asked: list[str]) -> tuple[int, ...] | None:
        """The rules that were broken, each once; None where one of them is no rule."""
        known = {str(rule.id): rule.id for rule in await self._house_rules.every()}
        wanted = dict.fromkeys(text.strip() for text in asked if text.strip())
        return tuple(known[text] for text in wanted) if all(text in known for text in wanted) else None
