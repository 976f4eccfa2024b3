"""Domains: what those who run the node say of other nodes, and lists of such words from elsewhere."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.block_lists import Taken, read_list, take_list
from scattershot.app.dealing import MAX_COMMENT, Dealing, KnownRule
from scattershot.domain.node import HostRule, Standing
from scattershot.domain.reading import Refused
from scattershot.domain.window import Window
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import BadForm, Form, number
from scattershot.frontends.web.given_files import read_given
from scattershot.frontends.web.visitors import Visitor

_PAGE = "/admin/domains"
_MOST = 100
MAX_LIST = 4_000_000
"""Bytes of a list; those that go around have some thousand lines."""
SHOWN = 500
"""Lines of a preview that are shown; all of them count."""
_STANDINGS = {
    Standing.BLOCKED: "Suspended: nothing goes there, nothing is taken or shown from there",
    Standing.LIMITED: "Limited: shown to those alone who follow its people",
    Standing.NORMAL: "Dealt with, but for what is ticked below",
}
_SHORT = {Standing.BLOCKED: "suspended", Standing.LIMITED: "limited", Standing.NORMAL: "dealt with"}


class JudgingHosts:
    """The list of domains, and the way in for whole lists."""

    def __init__(self, desk: Desk, dealing: Dealing) -> None:
        self._desk, self._dealing = desk, dealing

    @property
    def routes(self) -> list[Route]:
        """Their paths."""
        desk = self._desk
        return [
            Route(_PAGE, desk.admins(self._show), methods=["GET"]),
            Route(_PAGE, desk.admin_form(self._judge), methods=["POST"]),
            Route(f"{_PAGE}/lift", desk.admin_form(self._lift), methods=["POST"]),
            Route(f"{_PAGE}/import", desk.admins(self._import), methods=["POST"]),
        ]

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor)

    async def _page(
        self, request: Request, visitor: Visitor, status: int = 200, *, problem: str = "", at: str = "",
        typed: HostRule | None = None,
    ) -> Response:  # fmt: skip
        """`at` is the form that the problem is with."""
        window = Window(below=number(request.query_params.get("before")))
        rules = await self._dealing.rules(allows=False, window=window, limit=_MOST)
        allowed = await self._dealing.rules(allows=True, window=Window(), limit=_MOST) if window.below is None else []
        typed = typed or HostRule("", Standing.BLOCKED)
        return await self._desk.page(
            request,
            visitor,
            "domains.html",
            status,
            rules=[_told(each) for each in rules],
            allowed=[_told(each) for each in allowed],
            older=rules[-1].id if len(rules) == _MOST else None,
            standings=[
                {"value": each.value, "words": words, "is_on": each is typed.standing}
                for each, words in _STANDINGS.items()
            ],
            typed=typed._asdict(),
            open_to_few=await self._dealing.open_to_few(),
            problem=problem,
            at=at,
            longest=MAX_COMMENT,
            ended=number(request.query_params.get("ended")),
        )

    async def _judge(self, request: Request, visitor: Visitor, form: Form) -> Response:
        standing = next((each for each in Standing if each.value == form.get("standing")), Standing.BLOCKED)
        typed = HostRule(
            form.get("host").strip()[:1_000],
            standing,
            allows=bool(form.get("allows")),
            rejects_media=bool(form.get("rejects_media")),
            rejects_reports=bool(form.get("rejects_reports")),
            private_comment=form.get("private_comment").strip(),
            public_comment=form.get("public_comment").strip(),
            obfuscated=bool(form.get("obfuscated")),
        )
        done = await (self._dealing.allow(typed.host) if typed.allows else self._dealing.judge(typed))
        if isinstance(done, Refused):
            return await self._page(request, visitor, 422, problem=done.detail, at="host", typed=typed)
        return self._desk.to(f"{_PAGE}?ended={done}")

    async def _lift(self, request: Request, visitor: Visitor, form: Form) -> Response:
        known = await self._dealing.rule_of(form.get("host")[:1_000])
        if known is None:
            return await self._desk.not_found(request, visitor)
        await self._dealing.unblock(known.rule.host)
        return self._desk.to(_PAGE)

    # -- whole lists

    async def _import(self, request: Request, visitor: Visitor) -> Response:
        """First a look at what the list would do, and then, sent again from there, the doing."""
        given = await read_given(request, visitor, MAX_LIST)
        if isinstance(given, BadForm):
            if given.status == 413:
                return await self._page(request, visitor, 413, problem=given.words, at="import")
            return await self._desk.problem(request, visitor, given.status, given.words)
        form, body = given
        try:
            text = body.decode("utf-8-sig") if body is not None else form.get("text")
        except UnicodeDecodeError:
            return await self._page(request, visitor, 422, problem="That file is no text (UTF-8).", at="import")
        entries = read_list(text)
        if not entries:
            return await self._page(
                request, visitor, 422, problem="There is no host in it. Choose a CSV file, or write hosts.", at="import"
            )
        dry = form.get("really") != "yes"
        taken = [each async for each in take_list(self._dealing, entries, dry=dry)]
        return await self._taken(request, visitor, taken, text if dry else "")

    async def _taken(self, request: Request, visitor: Visitor, taken: list[Taken], text: str) -> Response:
        page = await self._desk.page(
            request,
            visitor,
            "domains_taken.html",
            lines=[each._asdict() for each in taken[:SHOWN]],
            more=max(len(taken) - SHOWN, 0),
            changed=sum(each.changed for each in taken),
            follows=sum(each.follows for each in taken),
            total=len(taken),
            text=text,
        )
        page.headers["Cache-Control"] = "no-store"
        return page


def _told(row: KnownRule) -> dict[str, Any]:
    rule = row.rule
    return {
        "host": rule.host,
        "standing": "let in" if rule.allows else _SHORT[rule.standing],
        "rejects_media": rule.rejects_media,
        "rejects_reports": rule.rejects_reports,
        "private_comment": rule.private_comment,
        "public_comment": rule.public_comment,
        "obfuscated": rule.obfuscated,
    }
