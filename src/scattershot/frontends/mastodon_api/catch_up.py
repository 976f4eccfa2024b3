"""The catch-up timeline: what mattered while one was away, and why. Not of Mastodon; see `docs/search.md`."""

from msgspec import Struct

from scattershot.app.items import UNMUTED
from scattershot.app.missed import Missed, WhileAway, moment
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import Millis, PostId
from scattershot.frontends.mastodon_api.calls import Answer, Call, Problem, Reply, paged, parse_id
from scattershot.frontends.mastodon_api.endpoints import Endpoint
from scattershot.frontends.mastodon_api.entities.search import Matter
from scattershot.frontends.mastodon_api.entities.status import Status
from scattershot.frontends.mastodon_api.statuses_as_json import StatusesAsJson
from scattershot.ports.database import Transaction
from scattershot.wirekit.dates import parse_rfc3339

MOST = 40
"""Posts on a page, whatever is asked for."""
_PATH = "/api/v1/timelines/catch_up"
_NO_MOMENT = Problem(422, "Validation failed: since is neither an id nor a moment such as 2026-01-31T12:00:00Z")


class CatchUpParams(Struct, frozen=True):
    """Since when (an id of the home timeline, or a moment), and which part: so many behind that one in this order."""

    since: str | None = None
    max_id: str | None = None
    limit: int = 20


class CatchUp:
    """The catch-up endpoints."""

    def __init__(self, while_away: WhileAway, timelines: Timelines, statuses: StatusesAsJson) -> None:
        self._while_away, self._timelines, self._statuses = while_away, timelines, statuses

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its endpoints."""
        return [
            Endpoint("GET", _PATH, self._page, "read:statuses", takes=CatchUpParams, answers=list[Status],
                     extension="what mattered on the home timeline since the last visit, the most important first."),
            Endpoint("GET", f"{_PATH}/reasons", self._reasons, "read:statuses", takes=CatchUpParams,
                     answers=list[Matter], extension="why each of those posts stands there, in sentences."),
        ]  # fmt: skip

    async def _page(self, call: Call, params: CatchUpParams) -> Reply:
        missed = await self._missed(call, params)
        if isinstance(missed, Problem):
            return missed
        entries = [matter.entry for matter in missed.matters]

        def work(tx: Transaction) -> bytes:
            items = self._timelines.entries_in(tx, entries, call.who, UNMUTED)
            return self._statuses.page(tx, items, call.who, call.now)

        older = entries[-1] if len(entries) == _size(params) else None
        return paged(call, await self._timelines.read(work), older, None)

    async def _reasons(self, call: Call, params: CatchUpParams) -> Reply:
        missed = await self._missed(call, params)
        if isinstance(missed, Problem):
            return missed
        return Answer(
            [
                Matter(status_id=str(matter.entry), weight=round(matter.weight, 2), reasons=list(matter.reasons))
                for matter in missed.matters
            ]
        )

    async def _missed(self, call: Call, params: CatchUpParams) -> Missed | Problem:
        """The part that is asked for."""
        since = _since(params.since)
        if since is None and params.since:
            return _NO_MOMENT
        missed = await self._while_away.missed(call.who, since)
        behind = parse_id(params.max_id)
        places = [place for place, matter in enumerate(missed.matters) if matter.entry == behind]
        start = places[0] + 1 if places else 0
        return missed._replace(matters=missed.matters[start : start + _size(params)])


def _size(params: CatchUpParams) -> int:
    return max(1, min(params.limit, MOST))


def _since(text: str | None) -> PostId | None:
    number = parse_id(text)
    if number is not None:
        return PostId(number)
    at = parse_rfc3339(text) if text else None
    return moment(Millis(at)) if at is not None else None
