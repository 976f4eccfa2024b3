"""Settings: how one's microblog presents itself."""

import re
from html import unescape

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.discover import Discover
from scattershot.app.publish import Publisher
from scattershot.app.timelines import Timelines
from scattershot.domain.microblog import Field, Profile
from scattershot.domain.people import Deed
from scattershot.domain.reading import Refused
from scattershot.domain.text import compose
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor
from scattershot.frontends.web.words import link
from scattershot.frontends.web.writing import VIA
from scattershot.settings import Settings

MAX_FIELDS = 6
MAX_ALIASES = 10
MAX_TITLE, MAX_BIO, MAX_FIELD = 100, 5_000, 500


class OwnProfile:
    """The settings page."""

    def __init__(
        self, desk: Desk, settings: Settings, timelines: Timelines, publisher: Publisher, discover: Discover
    ) -> None:
        self._desk, self._settings, self._timelines = desk, settings, timelines
        self._publisher, self._discover = publisher, discover

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        return [
            Route("/settings", self._desk.members(self._show), methods=["GET"]),
            Route("/settings", self._desk.form(self._save, Deed.PRESENT), methods=["POST"]),
        ]

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.speaker is not None
        saved = request.query_params.get("saved") == "yes"
        return await self._page(request, visitor, _filled(visitor.speaker.profile), 200, "", saved=saved)

    async def _page(
        self, request: Request, visitor: Visitor, filled: dict[str, object], status: int, problem: str, *, saved: bool
    ) -> Response:
        return await self._desk.page(
            request,
            visitor,
            "settings.html",
            status,
            filled=filled,
            problem=problem,
            saved=saved,
            may_invite=visitor.runs_node or self._may_invite(visitor),
        )

    def _may_invite(self, visitor: Visitor) -> bool:
        return self._settings.people_may_invite and self._settings.sign_up != "closed" and visitor.person is not None

    async def _save(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.speaker is not None
        typed = _typed(form)
        changed = _problem(form) or await self._aliases(form.get("aliases"))
        if isinstance(changed, str):
            return await self._page(request, visitor, typed, 422, changed, saved=False)
        profile = self._profile(visitor.speaker.profile, form, changed)
        done = await self._publisher.change_profile(profile, VIA)
        if isinstance(done, Refused):
            return await self._page(request, visitor, typed, 422, done.detail, saved=False)
        return self._desk.to("/settings?saved=yes")

    def _profile(self, old: Profile, form: Form, aliases: tuple[str, ...]) -> Profile:
        pairs = zip(form.all("field_name"), form.all("field_value"), strict=False)
        return replace(
            old,
            display_name=" ".join(form.get("display_name").split()),
            bio=self._html(form.get("bio")),
            bio_source=form.get("bio"),
            locked=bool(form.get("locked")),
            hides_graph=bool(form.get("hides_graph")),
            discoverable=bool(form.get("discoverable")),
            indexable=bool(form.get("indexable")),
            fields=tuple(Field(name.strip(), self._line(value.strip())) for name, value in pairs if name.strip())[
                :MAX_FIELDS
            ],
            also_known_as=aliases,
        )

    def _html(self, text: str) -> str:
        return compose(text, {}, lambda tag: f"{self._settings.origin}/tags/{tag}").html

    def _line(self, text: str) -> str:
        """A line of a profile; a link of one's own says so (`rel=me`), so that others can check it."""
        html = self._html(" ".join(text.split())).removeprefix("<p>").removesuffix("</p>")
        return html.replace('rel="nofollow noopener noreferrer"', 'rel="me nofollow noopener noreferrer"')

    async def _aliases(self, text: str) -> tuple[str, ...] | str:
        """Other names of the same person as wire ids; a handle is looked up. Or what is the matter."""
        aliases: list[str] = []
        for written in text.split():
            if link(written):
                aliases.append(written)
                continue
            found = await self._discover.find(written)
            face = (
                await self._timelines.face(found.microblog)
                if not isinstance(found, Refused) and found.microblog is not None
                else None
            )
            if face is None:
                return f"{written} was not found. Write it as @name@where or as an address."
            aliases.append(face.profile.id.value)
        unique = tuple(dict.fromkeys(aliases))
        return unique if len(unique) <= MAX_ALIASES else f"At most {MAX_ALIASES} other names, please."


def _problem(form: Form) -> str:
    if len(form.get("display_name")) > MAX_TITLE:
        return f"A name has at most {MAX_TITLE} characters."
    if len(form.get("bio")) > MAX_BIO:
        return f"The text about you has at most {MAX_BIO:,} characters."
    if any(len(text) > MAX_FIELD for text in form.all("field_name") + form.all("field_value")):
        return f"A line has at most {MAX_FIELD} characters."
    return ""


def _filled(profile: Profile) -> dict[str, object]:
    fields = [{"name": field.name, "value": _plain(field.value)} for field in profile.fields]
    return {
        "display_name": profile.display_name,
        "bio": profile.bio_source or _plain(profile.bio),
        "locked": profile.locked,
        "hides_graph": profile.hides_graph,
        "discoverable": profile.discoverable,
        "indexable": profile.indexable,
        "fields": _with_room(fields),
        "aliases": "\n".join(profile.also_known_as),
    }


def _typed(form: Form) -> dict[str, object]:
    pairs = zip(form.all("field_name"), form.all("field_value"), strict=False)
    return {
        "display_name": form.get("display_name"),
        "bio": form.get("bio"),
        "locked": bool(form.get("locked")),
        "hides_graph": bool(form.get("hides_graph")),
        "discoverable": bool(form.get("discoverable")),
        "indexable": bool(form.get("indexable")),
        "fields": _with_room([{"name": name, "value": value} for name, value in pairs][:MAX_FIELDS]),
        "aliases": form.get("aliases"),
    }


def _with_room(fields: list[dict[str, str]]) -> list[dict[str, str]]:
    return [*fields, *({"name": "", "value": ""} for _ in range(max(4, len(fields) + 1) - len(fields)))][:MAX_FIELDS]


def _plain(html: str) -> str:
    """What was typed, from the HTML that `compose` made of it."""
    broken = html.replace("</p><p>", "\n\n").replace("<br>", "\n")
    return unescape(re.sub(r"<[^>]*>", "", broken))
