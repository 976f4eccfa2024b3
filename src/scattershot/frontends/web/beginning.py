"""The first five minutes: who one is, whom to follow, and the first post. Each step may be left out."""

import secrets
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.discover import Discover
from scattershot.app.items import Face
from scattershot.app.presenting import Presenting
from scattershot.app.suggesting import Source
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId
from scattershot.domain.media import Use
from scattershot.domain.people import Deed
from scattershot.domain.presentation import Presentation, typed_bio
from scattershot.domain.reading import Refused
from scattershot.frontends.web import composer, one_box
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import BadForm, Form, is_token_of, local_path
from scattershot.frontends.web.giving import Given, given_in, received
from scattershot.frontends.web.one_box import Asked
from scattershot.frontends.web.posting import Workshop
from scattershot.frontends.web.visitors import Visitor
from scattershot.frontends.web.writing import VIA
from scattershot.wirekit.token_bucket import Bucket, RateLimits

FINDS = Bucket(capacity=30, per_second=0.5)
"""How often one person may have us ask other nodes."""
SUGGESTED = 12
_WHY = {
    Source.RECOMMENDED: "recommended here",
    Source.FOLLOWED_BY_FOLLOWS: "followed by those you follow",
    Source.MOST_FOLLOWED: "much followed here",
}
_USES = {"avatar": Use.AVATAR, "header": Use.HEADER}


class Beginning:
    """The steps, and the pictures of a profile."""

    def __init__(
        self,
        desk: Desk,
        timelines: Timelines,
        discover: Discover,
        presenting: Presenting,
        workshop: Workshop,
        longest: int,
    ) -> None:
        self._desk, self._timelines, self._discover = desk, timelines, discover
        self._presenting, self._media, self._suggesting = presenting, workshop.media, workshop.suggesting
        self._announcements, self._longest = workshop.announcements, longest
        self._finds = RateLimits(FINDS)

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route("/begin", desk.members(self._who, Deed.PRESENT), methods=["GET"]),
            Route("/begin", desk.open(self._send), methods=["POST"]),
            Route("/begin/whom", desk.members(self._whom, Deed.RELATE), methods=["GET"]),
            Route("/begin/whom/dismiss", desk.form(self._dismiss, Deed.RELATE), methods=["POST"]),
            Route("/begin/say", desk.members(self._say, Deed.WRITE), methods=["GET"]),
            Route("/settings/pictures", desk.members(self._pictures, Deed.PRESENT), methods=["GET"]),
            Route("/settings/pictures", desk.open(self._send), methods=["POST"]),
            Route("/announcements/{id:int}/away", desk.form(self._put_away, Deed.READ), methods=["POST"]),
        ]

    # -- who one is

    async def _who(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.speaker is not None
        profile = visitor.speaker.profile
        return await self._who_page(request, visitor, profile.display_name, typed_bio(profile))

    async def _who_page(
        self, request: Request, visitor: Visitor, name: str, bio: str, problems: dict[str, str] | None = None
    ) -> Response:
        given = {"picture": "", "words": "", **(problems or {})}
        status = 422 if problems else 200
        about = one_box.A_HANDLE_IS
        return await self._desk.page(
            request, visitor, "begin.html", status, name=name, bio=bio, problems=given, a_handle_is=about
        )

    async def _pictures(self, request: Request, visitor: Visitor) -> Response:
        return await self._pictures_page(request, visitor, saved=bool(request.query_params.get("saved")))

    async def _pictures_page(
        self, request: Request, visitor: Visitor, problem: str = "", *, saved: bool = False
    ) -> Response:
        status = 422 if problem else 200
        return await self._desk.page(request, visitor, "pictures.html", status, problem=problem, saved=saved)

    async def _send(self, request: Request, visitor: Visitor) -> Response:
        """A form with pictures of a profile, and on the first page with its words."""
        async with given_in(request, 2 * self._media.sizes.picture) as given:
            if isinstance(given, BadForm):
                return await self._desk.problem(request, visitor, given.status, given.words)
            if visitor.who is None or not is_token_of(given.form.get("token"), visitor.secret):
                old = "This form is from an older page, or you are not signed in any more. Nothing was done."
                return await self._desk.problem(request, visitor, 403, old)
            if not visitor.may(Deed.PRESENT):
                return await self._desk.problem(request, visitor, 403, "How it presents itself is up to its owners.")
            if request.url.path == "/begin":
                return await self._save_who(request, visitor, visitor.who, given)
            return await self._save_pictures(request, visitor, visitor.who, given)

    async def _save_who(self, request: Request, visitor: Visitor, who: MicroblogId, given: Given) -> Response:
        name, bio = given.form.get("display_name"), given.form.get("bio")
        wish = await self._cut(who, given)
        if isinstance(wish, Refused):
            return await self._who_page(request, visitor, name, bio, {"picture": wish.detail})
        done = await self._presenting.change(who, wish._replace(display_name=name, bio=bio), VIA)
        if isinstance(done, Refused):
            return await self._who_page(request, visitor, name, bio, {"words": done.detail})
        return self._desk.to("/begin/whom")

    async def _save_pictures(self, request: Request, visitor: Visitor, who: MicroblogId, given: Given) -> Response:
        wish = await self._cut(who, given)
        if isinstance(wish, Refused):
            return await self._pictures_page(request, visitor, wish.detail)
        wish = wish._replace(
            avatar="" if given.form.get("no_avatar") else wish.avatar,
            header="" if given.form.get("no_header") else wish.header,
        )
        done = await self._presenting.change(who, wish, VIA)
        if isinstance(done, Refused):
            return await self._pictures_page(request, visitor, done.detail)
        return self._desk.to("/settings/pictures?saved=yes")

    async def _cut(self, who: MicroblogId, given: Given) -> Presentation | Refused:
        """The pictures that came along, cut to shape."""
        found: dict[str, str] = {}
        for field, use in _USES.items():
            file = given.file(field)
            if file is None:
                continue
            kept = await self._media.portrait(who, use, await received(self._media, file))
            if isinstance(kept, Refused):
                return kept
            found[field] = kept.attachment.url
        return Presentation(avatar=found.get("avatar"), header=found.get("header"))

    # -- whom to follow

    async def _whom(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        asked = one_box.tidied(request.query_params.get("q", ""))
        found, problem = await self._found(visitor.who, asked) if asked else (None, "")
        suggested = await self._suggesting.suggestions(visitor.who, SUGGESTED)
        about = await self._timelines.about(found, visitor.who) if found is not None else None
        return await self._desk.page(
            request,
            visitor,
            "begin_whom.html",
            404 if problem else 200,
            asked=asked,
            about=about,
            problem=problem,
            a_handle_is=one_box.A_HANDLE_IS,
            suggested=[{"face": each.face, "why": _WHY[each.sources[0]]} for each in suggested],
        )

    async def _found(self, who: MicroblogId, asked: str) -> tuple[Face | None, str]:
        """Whom the text stands for, or what to say."""
        if one_box.what_is(asked) is Asked.WORDS:
            return (
                None,
                f"“{asked}” is neither a name like @ann@example.org nor an address. To look for words, use Find.",
            )
        if not self._finds.take(str(who), self._desk.clock.now()).allowed:
            return None, "That is a lot of searching. Please wait a moment."
        found = await self._discover.find(asked)
        if isinstance(found, Refused):
            return None, one_box.not_found(asked, found)
        whom = found.microblog
        if found.post is not None and (item := await self._timelines.item(found.post, who)) is not None:
            whom = item.author.id
        face = await self._timelines.face(whom) if whom is not None else None
        return face, "" if face is not None else one_box.not_found(asked, None)

    async def _dismiss(self, _request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        whom = form.number("microblog")
        if whom is not None and await self._timelines.face(MicroblogId(whom)) is not None:
            await self._suggesting.dismiss(visitor.who, MicroblogId(whom))
        return self._desk.to(local_path(form.get("back"), "/begin/whom"))

    # -- the first post, and what the house says

    async def _say(self, request: Request, visitor: Visitor) -> Response:
        typed = composer.blank(request, await self._desk.chosen_by(visitor))
        fields: dict[str, Any] = composer.fields(typed, None, secrets.token_urlsafe(12), self._longest)
        return await self._desk.page(request, visitor, "begin_say.html", problem="", composer=fields)

    async def _put_away(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        wanted: int = request.path_params["id"]
        refused = await self._announcements.put_away(visitor.who, wanted) if wanted < 1 << 63 else None
        if refused is not None or wanted >= 1 << 63:
            return await self._desk.not_found(request, visitor)
        return self._desk.back(form, "/home")
