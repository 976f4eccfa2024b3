"""My microblogs: making them, and who keeps them with whom."""

from collections.abc import Awaitable
from typing import TypeAlias
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.keepers import MAX_TITLE, VOICES, Keepers
from scattershot.domain.ids import MicroblogId, PersonId
from scattershot.domain.microblog import Handle, Voice
from scattershot.domain.people import Deed, KeeperRole
from scattershot.domain.reading import Refused
from scattershot.frontends.web.account import Account
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor
from scattershot.frontends.web.writing import VIA
from scattershot.settings import Settings

PAGE = "/settings/microblogs"
_ROLES = {role.value: role for role in KeeperRole}
_VOICES = {voice.value: voice for voice in VOICES}
_DONE = {
    "role": "Their role is changed.",
    "invite": "They are asked, and see it when they sign in.",
    "remove": "They keep it no longer.",
    "take-back": "The invitation is taken back.",
    "hand-over": "They own it now, and you are an editor.",
    "writers": "Saved.",
    "named": "Saved.",
    "made": "Here it is. Speak as it by “Speak as”.",
    "joined": "You keep it too now. Speak as it by “Speak as”.",
}
_Outcome: TypeAlias = Refused | Handle | None


class Teams:
    """Pages about who keeps what."""

    def __init__(self, desk: Desk, settings: Settings, keepers: Keepers, account: Account) -> None:
        self._desk, self._settings, self._keepers, self._account = desk, settings, keepers, account

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route(PAGE, desk.members(self._list), methods=["GET"]),
            Route(PAGE, desk.form(self._make, Deed.READ), methods=["POST"]),
            Route(f"{PAGE}/answer", desk.form(self._answer, Deed.READ), methods=["POST"]),
            Route(f"{PAGE}/{{id:int}}", desk.members(self._show), methods=["GET"]),
            Route(f"{PAGE}/{{id:int}}/leave", desk.form(self._leave, Deed.READ), methods=["POST"]),
            Route(f"{PAGE}/{{id:int}}/delete", desk.form(self._delete, Deed.READ), methods=["POST"]),
            Route(f"{PAGE}/{{id:int}}/link", desk.form(self._link, Deed.READ), methods=["POST"]),
            Route(f"{PAGE}/{{id:int}}/{{deed}}", desk.form(self._deed, Deed.READ), methods=["POST"]),
            Route("/keep/{secret}", desk.members(self._invited), methods=["GET"]),
            Route("/keep/{secret}", desk.form(self._join, Deed.READ), methods=["POST"]),
        ]

    # -- all of them

    async def _list(self, request: Request, visitor: Visitor) -> Response:
        return await self._list_page(request, visitor, 200)

    async def _list_page(
        self, request: Request, visitor: Visitor, status: int, problem: str = "", name: str = "", title: str = ""
    ) -> Response:
        return await self._desk.page(
            request,
            visitor,
            "microblogs.html",
            status,
            microblogs=[
                {"id": each.id, "profile": each.profile, "handle": str(each.profile.handle), "role": each.role.value,
                 "is_main": each.is_main}
                for each in visitor.kept
            ],
            invitations=await self._keepers.asked(_person(visitor)),
            most=self._settings.microblogs_per_person,
            longest=MAX_TITLE,
            problem=problem,
            name=name,
            title=title,
        )  # fmt: skip

    async def _make(self, request: Request, visitor: Visitor, form: Form) -> Response:
        name, title = form.get("name").strip()[:200], form.get("title").strip()
        voice = _VOICES.get(form.get("voice"), Voice.PERSON)
        made = await self._keepers.make(_person(visitor), name, VIA, voice, title)
        if isinstance(made, Refused):
            return await self._list_page(request, visitor, 422, made.detail, name, title)
        response = self._desk.to(f"{PAGE}/{made}?done=made")
        self._desk.visitors.speak_as(response, made)
        return response

    async def _answer(self, request: Request, visitor: Visitor, form: Form) -> Response:
        accepted = form.get("answer") == "yes"
        done = await self._keepers.answer(_person(visitor), form.number("invitation") or 0, accepted=accepted)
        if isinstance(done, Refused):
            return await self._list_page(request, visitor, 410, done.detail)
        return self._desk.to(f"{PAGE}/{done}?done=joined" if accepted else PAGE)

    # -- one of them

    async def _show(self, request: Request, visitor: Visitor) -> Response:
        return await self._page(request, visitor, 200, done=_DONE.get(request.query_params.get("done", ""), ""))

    async def _page(
        self, request: Request, visitor: Visitor, status: int, *, problem: str = "", done: str = "", link: str = ""
    ) -> Response:
        team = await self._keepers.team(_person(visitor), _id(request))
        if team is None:
            return await self._desk.not_found(request, visitor)
        assert visitor.person is not None
        return await self._desk.page(
            request,
            visitor,
            "microblog.html",
            status,
            team=team,
            owns=team.me.role is KeeperRole.OWNER,
            others=[each for each in team.keepers if each.person != team.me.person],
            action=f"{PAGE}/{team.face.id}",
            has_password=bool(visitor.person.secret),
            problem=problem,
            done=done,
            link=link,
        )

    async def _deed(self, request: Request, visitor: Visitor, form: Form) -> Response:
        deed = request.path_params["deed"]
        doing = self._doing(_person(visitor), _id(request), deed, form)
        if doing is None:
            return await self._desk.not_found(request, visitor)
        done = await doing
        if isinstance(done, Refused):
            return await self._page(request, visitor, 403 if done.why == "not_allowed" else 422, problem=done.detail)
        return self._desk.to(f"{PAGE}/{_id(request)}?done={deed}")

    def _doing(self, me: PersonId, microblog: MicroblogId, deed: str, form: Form) -> Awaitable[_Outcome] | None:
        keepers, keeper = self._keepers, PersonId(form.number("keeper") or 0)
        role = _ROLES.get(form.get("role"), KeeperRole.EDITOR)
        match deed:
            case "invite":
                return keepers.invite(me, microblog, form.get("handle").strip()[:300], role)
            case "take-back":
                return keepers.take_back(me, microblog, form.number("invitation") or 0)
            case "role":
                return keepers.set_role(me, microblog, keeper, role)
            case "remove":
                return keepers.remove(me, microblog, keeper)
            case "hand-over":
                return keepers.hand_over(me, microblog, keeper)
            case "writers":
                return keepers.show_writers(me, microblog, shows=bool(form.get("shows")))
            case "named":
                return keepers.be_named(me, microblog, VIA, named=bool(form.get("named")))
            case _:
                return None

    async def _link(self, request: Request, visitor: Visitor, form: Form) -> Response:
        role = _ROLES.get(form.get("role"), KeeperRole.EDITOR)
        secret = await self._keepers.invite_by_link(_person(visitor), _id(request), role)
        if isinstance(secret, Refused):
            return await self._page(
                request, visitor, 403 if secret.why == "not_allowed" else 422, problem=secret.detail
            )
        response = await self._page(request, visitor, 200, link=f"{self._settings.origin}/keep/{secret}")
        response.headers["Cache-Control"] = "no-store"
        return response

    async def _leave(self, request: Request, visitor: Visitor, _form: Form) -> Response:
        me = _person(visitor)
        done = await self._keepers.remove(me, _id(request), me)
        if isinstance(done, Refused):
            return await self._page(request, visitor, 422, problem=done.detail)
        return self._desk.to(PAGE)

    async def _delete(self, request: Request, visitor: Visitor, form: Form) -> Response:
        team = await self._keepers.team(_person(visitor), _id(request))
        if team is None:
            return await self._desk.not_found(request, visitor)
        if form.get("name").strip().removeprefix("@").lower() != team.face.profile.name.lower():
            return await self._page(request, visitor, 422, problem="Type its name to say that you mean it.")
        refused = await self._account.proved(visitor, form.get("password"))
        done = refused or await self._keepers.delete(_person(visitor), team.face.id, VIA)
        if isinstance(done, Refused):
            return await self._page(request, visitor, 403 if done.why == "not_allowed" else 422, problem=done.detail)
        return self._desk.to(PAGE)

    # -- invitations by a link; looking at one does not spend it

    async def _invited(self, request: Request, visitor: Visitor) -> Response:
        secret = request.path_params["secret"][:200]
        asked = await self._keepers.asked_by_link(secret)
        if asked is None:
            gone = "This invitation is too old, or was taken back or used already. Ask for a new one."
            return await self._desk.problem(request, visitor, 410, gone)
        assert visitor.person is not None
        action = f"/keep/{quote(secret, safe='')}"
        return await self._desk.page(
            request, visitor, "keep.html", asked=asked, action=action, name=visitor.person.name
        )

    async def _join(self, request: Request, visitor: Visitor, _form: Form) -> Response:
        joined = await self._keepers.join(_person(visitor), request.path_params["secret"][:200])
        if isinstance(joined, Refused):
            return await self._desk.refused(request, visitor, joined)
        return self._desk.to(f"{PAGE}/{joined}?done=joined")


def _person(visitor: Visitor) -> PersonId:
    assert visitor.person is not None
    return visitor.person.id


def _id(request: Request) -> MicroblogId:
    wanted: int = request.path_params["id"]
    return MicroblogId(wanted if wanted < 1 << 63 else 0)
