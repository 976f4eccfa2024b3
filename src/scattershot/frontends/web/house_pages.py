"""What is the house's own: its rules, and its emojis."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.house_emojis import MAX_CATEGORY, HouseEmoji, HouseEmojis
from scattershot.app.house_rules import MAX_HINT, MAX_RULE, HouseRules
from scattershot.app.media import Media
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import BadForm, Form
from scattershot.frontends.web.given_files import read_given
from scattershot.frontends.web.visitors import Visitor

_RULES, _EMOJIS = "/admin/rules", "/admin/emojis"
MAX_EMOJI = 2_000_000
"""Bytes of a picture that is to be an emoji; it is made small anyway."""


class HousePages:
    """Both pages, for those who run the node."""

    def __init__(self, desk: Desk, rules: HouseRules, emojis: HouseEmojis, media: Media) -> None:
        self._desk, self._rules, self._emojis, self._media = desk, rules, emojis, media

    @property
    def routes(self) -> list[Route]:
        """Their paths."""
        desk = self._desk
        return [
            Route(_RULES, desk.admins(self._show_rules), methods=["GET"]),
            Route(_RULES, desk.admin_form(self._add_rule), methods=["POST"]),
            Route(f"{_RULES}/{{number:int}}/remove", desk.admin_form(self._drop_rule), methods=["POST"]),
            Route(_EMOJIS, desk.admins(self._show_emojis), methods=["GET"]),
            Route(_EMOJIS, desk.admins(self._add_emoji), methods=["POST"]),
            Route(f"{_EMOJIS}/{{name}}/alter", desk.admin_form(self._alter_emoji), methods=["POST"]),
            Route(f"{_EMOJIS}/{{name}}/remove", desk.admin_form(self._drop_emoji), methods=["POST"]),
        ]

    # -- rules

    async def _show_rules(self, request: Request, visitor: Visitor) -> Response:
        return await self._rules_page(request, visitor)

    async def _rules_page(
        self, request: Request, visitor: Visitor, status: int = 200, problem: str = "", text: str = "", hint: str = ""
    ) -> Response:
        rules = [each._asdict() for each in await self._rules.every()]
        return await self._desk.page(
            request, visitor, "house_rules.html", status, rules=rules, problem=problem, text=text, hint=hint,
            max_rule=MAX_RULE, max_hint=MAX_HINT,
        )  # fmt: skip

    async def _add_rule(self, request: Request, visitor: Visitor, form: Form) -> Response:
        text, hint = form.get("text"), form.get("hint")
        made = await self._rules.add(text, hint)
        if isinstance(made, Refused):
            return await self._rules_page(request, visitor, 422, made.detail, text, hint)
        return self._desk.to(_RULES)

    async def _drop_rule(self, request: Request, visitor: Visitor, _form: Form) -> Response:
        wanted: int = request.path_params["number"]
        if wanted >= 1 << 63 or not await self._rules.drop(wanted):
            return await self._desk.not_found(request, visitor)
        return self._desk.to(_RULES)

    # -- emojis

    async def _show_emojis(self, request: Request, visitor: Visitor) -> Response:
        return await self._emojis_page(request, visitor)

    async def _emojis_page(
        self, request: Request, visitor: Visitor, status: int = 200, problem: str = "", name: str = "",
        category: str = "",
    ) -> Response:  # fmt: skip
        every = await self._emojis.every()
        categories = list(dict.fromkeys(each.category for each in every if each.category))
        return await self._desk.page(
            request, visitor, "house_emojis.html", status, emojis=[_told(each) for each in every],
            categories=categories, problem=problem, name=name, category=category, longest=MAX_CATEGORY,
        )  # fmt: skip

    async def _add_emoji(self, request: Request, visitor: Visitor) -> Response:
        given = await read_given(request, visitor, MAX_EMOJI)
        if isinstance(given, BadForm):
            if given.status == 413:
                return await self._emojis_page(request, visitor, 413, given.words)
            return await self._desk.problem(request, visitor, given.status, given.words)
        form, body = given
        name, category = form.get("name")[:200], form.get("category")[:200]
        made = await self._made(name, category, body)
        if isinstance(made, Refused):
            return await self._emojis_page(request, visitor, 422, made.detail, name, category)
        return self._desk.to(_EMOJIS)

    async def _made(self, name: str, category: str, body: bytes | None) -> HouseEmoji | Refused:
        if body is None:
            return Refused("invalid", "Choose a picture.")
        given = self._media.receiving()
        try:
            await given.add(body)
            await given.end()
            if given.refused is not None:
                return given.refused
            return await self._emojis.add(name, given, category=category)
        finally:
            given.discard()

    async def _alter_emoji(self, request: Request, visitor: Visitor, form: Form) -> Response:
        name = request.path_params["name"][:100]
        done = await self._emojis.alter(name, category=form.get("category")[:200], offered=bool(form.get("offered")))
        if isinstance(done, Refused):
            if done.why == "not_found":
                return await self._desk.not_found(request, visitor)
            return await self._emojis_page(request, visitor, 422, done.detail)
        return self._desk.to(_EMOJIS)

    async def _drop_emoji(self, request: Request, visitor: Visitor, form: Form) -> Response:
        name = request.path_params["name"][:100]
        if await self._emojis.drop(name, erase=bool(form.get("erase"))) is not None:
            return await self._desk.not_found(request, visitor)
        return self._desk.to(_EMOJIS)


def _told(emoji: HouseEmoji) -> dict[str, object]:
    return {
        "name": emoji.shortcode,
        "url": emoji.still,
        "category": emoji.category,
        "offered": emoji.offered,
    }
