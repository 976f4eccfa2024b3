"""Lists of hosts that the node follows: what each would change, and doing it."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.followed_lists import FollowedLists, Plan
from scattershot.domain.block_list import Deed, Step
from scattershot.domain.node import HostRule, Standing
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor

_PAGE = "/admin/domains/lists"
SHOWN = 500
"""Hosts of a plan that are shown; all of them count."""
_STANDINGS = {Standing.BLOCKED: "suspended", Standing.LIMITED: "limited", Standing.NORMAL: "dealt with"}


class FollowingLists:
    """The lists, and a page for each."""

    def __init__(self, desk: Desk, lists: FollowedLists) -> None:
        self._desk, self._lists = desk, lists

    @property
    def routes(self) -> list[Route]:
        """Their paths."""
        desk, one = self._desk, f"{_PAGE}/{{id:int}}"
        forms = {"take": self._take, "read": self._read, "settle": self._settle, "unfollow": self._unfollow}
        return [
            Route(_PAGE, desk.admins(self._show), methods=["GET"]),
            Route(_PAGE, desk.admin_form(self._follow), methods=["POST"]),
            Route(one, desk.admins(self._one), methods=["GET"]),
            *(Route(f"{one}/{name}", desk.admin_form(form), methods=["POST"]) for name, form in forms.items()),
        ]

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor)

    async def _page(
        self, request: Request, visitor: Visitor, status: int = 200, *, problem: str = "", address: str = ""
    ) -> Response:
        plans = [await self._lists.plan(row.id) for row in await self._lists.every()]
        lists = [{**_told(each), "changes": each.changes, "brought": each.brought} for each in plans if each]
        lifted = request.query_params.get("lifted", "")
        return await self._desk.page(
            request, visitor, "block_lists.html", status, lists=lists, problem=problem, address=address,
            lifted=int(lifted) if lifted.isascii() and lifted.isdecimal() and len(lifted) < 9 else None,
        )  # fmt: skip

    async def _follow(self, request: Request, visitor: Visitor, form: Form) -> Response:
        address = form.get("address").strip()[:2_048]
        number = await self._lists.follow(address, by_itself=bool(form.get("by_itself")))
        if isinstance(number, Refused):
            return await self._page(request, visitor, 422, problem=number.detail, address=address)
        await self._lists.read_now(number)
        return self._desk.to(f"{_PAGE}/{number}")

    # -- one of them

    async def _one(self, request: Request, visitor: Visitor) -> Response:
        plan = await self._lists.plan(request.path_params["id"])
        if plan is None:
            return await self._desk.not_found(request, visitor)
        return await self._desk.page(request, visitor, "block_list.html", **_shown(plan))

    async def _take(self, request: Request, visitor: Visitor, _: Form) -> Response:
        number = request.path_params["id"]
        done = await self._lists.take(number)
        plan = await self._lists.plan(number)
        if done is None or plan is None:
            return await self._desk.not_found(request, visitor)
        return await self._desk.page(request, visitor, "block_list.html", **{**_shown(plan), "done": done._asdict()})

    async def _read(self, request: Request, visitor: Visitor, _: Form) -> Response:
        return await self._then(request, visitor, await self._lists.read_now(request.path_params["id"]))

    async def _settle(self, request: Request, visitor: Visitor, form: Form) -> Response:
        settled = await self._lists.settle(request.path_params["id"], by_itself=bool(form.get("by_itself")))
        return await self._then(request, visitor, settled)

    async def _then(self, request: Request, visitor: Visitor, is_there: bool) -> Response:
        if not is_there:
            return await self._desk.not_found(request, visitor)
        return self._desk.to(f"{_PAGE}/{request.path_params['id']}")

    async def _unfollow(self, request: Request, _: Visitor, form: Form) -> Response:
        lifted = await self._lists.unfollow(request.path_params["id"], lift=form.get("lift") == "yes")
        return self._desk.to(f"{_PAGE}?lifted={lifted}")


def _told(plan: Plan) -> dict[str, Any]:
    row = plan.row
    return {
        "id": row.id, "address": row.address, "by_itself": row.by_itself, "checked": row.checked, "due": row.due,
        "problem": row.problem,
    }  # fmt: skip


def _shown(plan: Plan) -> dict[str, Any]:
    changes = [step for step in plan.steps if step.deed in (Deed.SET, Deed.LIFTED)]
    left = [step for step in plan.steps if step.deed is Deed.LEFT]
    return {
        "one": _told(plan),
        "changes": [_line(step) for step in changes[:SHOWN]],
        "number": len(changes),
        "left": [_line(step) for step in left[:SHOWN]],
        "unread": [each._asdict() for each in plan.unread[:SHOWN]],
        "brought": plan.brought,
        "done": None,
    }


def _line(step: Step) -> dict[str, str]:
    becomes = "lifted" if step.deed is Deed.LIFTED else _words(step.rule)
    return {"host": step.host, "becomes": becomes, "why": step.why}


def _words(rule: HostRule | None) -> str:
    if rule is None:
        return ""
    further = [
        words for words, holds in (("no pictures", rule.rejects_media), ("no reports", rule.rejects_reports)) if holds
    ]
    return ", ".join([_STANDINGS[rule.standing], *further])
