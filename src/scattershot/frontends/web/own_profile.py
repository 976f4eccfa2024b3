"""Settings: how one's microblog presents itself."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.discover import Discover
from scattershot.app.presenting import Presenting
from scattershot.app.timelines import Timelines
from scattershot.domain.microblog import Profile
from scattershot.domain.people import Deed
from scattershot.domain.presentation import MAX_FIELDS, Presentation, typed_bio, typed_lines
from scattershot.domain.reading import Refused
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor
from scattershot.frontends.web.words import link
from scattershot.frontends.web.writing import VIA
from scattershot.settings import Settings


class OwnProfile:
    """The settings page."""

    def __init__(
        self, desk: Desk, settings: Settings, timelines: Timelines, presenting: Presenting, discover: Discover
    ) -> None:
        self._desk, self._settings, self._timelines = desk, settings, timelines
        self._presenting, self._discover = presenting, discover

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
        assert visitor.who is not None
        aliases = await self._aliases(form.get("aliases"))
        if isinstance(aliases, str):
            return await self._page(request, visitor, _typed(form), 422, aliases, saved=False)
        done = await self._presenting.change(visitor.who, _wish(form, aliases), VIA)
        if isinstance(done, Refused):
            return await self._page(request, visitor, _typed(form), 422, done.detail, saved=False)
        return self._desk.to("/settings?saved=yes")

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
        return tuple(dict.fromkeys(aliases))


def _wish(form: Form, aliases: tuple[str, ...]) -> Presentation:
    return Presentation(
        display_name=form.get("display_name"),
        bio=form.get("bio"),
        fields=tuple(zip(form.all("field_name"), form.all("field_value"), strict=False)),
        locked=bool(form.get("locked")),
        discoverable=bool(form.get("discoverable")),
        indexable=bool(form.get("indexable")),
        hides_graph=bool(form.get("hides_graph")),
        also_known_as=aliases,
    )


def _filled(profile: Profile) -> dict[str, object]:
    fields = [{"name": name, "value": value} for name, value in typed_lines(profile)]
    return {
        "display_name": profile.display_name,
        "bio": typed_bio(profile),
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
