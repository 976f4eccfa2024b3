"""The desk: where every request is met and every page handed out, with its headers; handlers stand behind it."""

import hashlib
import zlib
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeAlias
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from scattershot.app.lately import Lately
from scattershot.app.livery import PLAIN, Look
from scattershot.app.refusals import NOT_OWNERS
from scattershot.app.timelines import Timelines
from scattershot.domain.addresses import Addresses
from scattershot.domain.ids import MicroblogId
from scattershot.domain.people import Deed
from scattershot.domain.preferences import Preferences
from scattershot.domain.reading import Refused
from scattershot.frontends.web import words
from scattershot.frontends.web.assets import Assets
from scattershot.frontends.web.entries import Entries, Own
from scattershot.frontends.web.forms import BadForm, Form, is_token_of, local_path, read_form
from scattershot.frontends.web.kept_pages import KeptPages
from scattershot.frontends.web.meta import NOTHING
from scattershot.frontends.web.stencils import stencils
from scattershot.frontends.web.visitors import Visitor, Visitors
from scattershot.ports.clock import Clock
from scattershot.settings import Settings

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
Handler: TypeAlias = Callable[[Request, Visitor], Awaitable[Response]]
FormHandler: TypeAlias = Callable[[Request, Visitor, Form], Awaitable[Response]]

_PATHS = Addresses("")
_STALE = "This form is from an older page. Nothing was done; please go back, load the page anew and try again."
_STATUS = {"not_found": 404, "not_allowed": 403, "spent": 410, "moved": 403, "often": 429, "closed": 403}


CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What our pages may load: nothing from anywhere else. Pictures of other nodes come by our own proxy."""

PAGES_REMEMBERED = 200
"""Pages that are kept packed, of some 10 kB each: for whoever looks again before anything has changed."""
SESSIONS_REMEMBERED = 5_000
"""Sessions in which somebody posted lately."""
WORTH_PACKING = 1_400
"""Bytes of a page that fit into one packet anyway."""


THEMES = ("light", "dark")


def theme_of(request: Request) -> str:
    """The look that the visitor chose for this browser; empty for what its system is set to."""
    chosen = request.cookies.get("theme", "")
    return chosen if chosen in THEMES else ""


def _here(request: Request) -> str:
    return local_path(request.url.path + (f"?{request.url.query}" if request.url.query else ""), "/")


Chosen: TypeAlias = Callable[[MicroblogId], Awaitable[Preferences]]
"""Tells how a microblog's keepers like to post."""


class Desk:
    """Knows who asks, renders pages, and lets no form through that our own page did not make."""

    def __init__(
        self, settings: Settings, clock: Clock, visitors: Visitors, timelines: Timelines, proxied: words.Proxied,
        chosen: Chosen,
    ) -> None:  # fmt: skip
        self.clock, self.visitors = clock, visitors
        self._settings, self._timelines, self._proxied, self._chosen = settings, timelines, proxied, chosen
        self.assets, self._look = Assets(), PLAIN
        self._kept = KeptPages(clock, timelines.stamp)
        self._posted: Lately[str, int] = Lately(SESSIONS_REMEMBERED)
        self._packed: Lately[str, bytes] = Lately(PAGES_REMEMBERED)
        self._templates = stencils(clock, proxied, self.assets)
        self._entries = Entries(clock, partial(stencils(clock, proxied, self.assets).render_template, "entry.html"))
        self._templates.add_global("entry", self._entries.function)
        self._headers = {
            "Content-Security-Policy": CONTENT_SECURITY_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
            "Vary": "Accept, Accept-Encoding, Cookie",
        }

    def posted(self, visitor: Visitor) -> None:
        """The visitor sent the form of a post: the next is another, though it may look the same."""
        self._posted[visitor.secret] = self.clock.now()

    def wear(self, look: Look) -> None:
        """Let every page look so from now on."""
        self._look = look

    @property
    def look(self) -> Look:
        """How every page looks."""
        return self._look

    async def chosen_by(self, visitor: Visitor) -> Preferences:
        """How the visitor likes posts to be."""
        return await self._chosen(visitor.who) if visitor.who is not None else Preferences()

    # -- meeting

    def open(self, handler: Handler) -> Endpoint:
        """An endpoint for anybody."""

        async def endpoint(request: Request) -> Response:
            return await handler(request, await self.visitors.of(request))

        return self._kept.before(endpoint)

    def members(self, handler: Handler, deed: Deed = Deed.READ) -> Endpoint:
        """An endpoint for people of here who may do that as whom they speak; others are asked to sign in and led
        back."""

        async def endpoint(request: Request) -> Response:
            visitor = await self.visitors.of(request)
            if visitor.who is None:
                path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
                return self.to(f"/login?next={quote(path, safe='')}")
            if not visitor.may(deed):
                return await self.refused(request, visitor, NOT_OWNERS)
            return await handler(request, visitor)

        return self._kept.before(endpoint)

    def form(self, handler: FormHandler, deed: Deed = Deed.WRITE) -> Endpoint:
        """An endpoint for a form of people of here who may do that as whom they speak."""

        async def member(request: Request, visitor: Visitor, form: Form) -> Response:
            if visitor.who is None:
                return await self.problem(request, visitor, 403, "You are not signed in any more. Nothing was done.")
            if not visitor.may(deed):
                return await self.refused(request, visitor, NOT_OWNERS)
            return await handler(request, visitor, form)

        return self.open_form(member)

    def open_form(self, handler: FormHandler) -> Endpoint:
        """An endpoint for a form of anybody; it must bring the token of whoever sends it."""

        async def endpoint(request: Request) -> Response:
            visitor = await self.visitors.of(request)
            form = await read_form(request)
            if isinstance(form, BadForm):
                return await self.problem(request, visitor, form.status, form.words)
            if not is_token_of(form.get("token"), visitor.secret):
                return await self.problem(request, visitor, 403, _STALE)
            return await handler(request, visitor, form)

        return endpoint

    def admins(self, handler: Handler) -> Endpoint:
        """An endpoint for those who run the node; for everybody else there is nothing there."""

        async def admin(request: Request, visitor: Visitor) -> Response:
            return await (handler if visitor.runs_node else self.not_found)(request, visitor)

        return self.open(admin)

    def admin_form(self, handler: FormHandler) -> Endpoint:
        """An endpoint for a form of those who run the node."""

        async def admin(request: Request, visitor: Visitor, form: Form) -> Response:
            if not visitor.runs_node:
                return await self.not_found(request, visitor)
            return await handler(request, visitor, form)

        return self.open_form(admin)

    # -- answering

    async def page(
        self, request: Request, visitor: Visitor, template: str, status: int = 200, **context: Any
    ) -> Response:
        """A page with everything around it."""
        untold = await self._timelines.untold(visitor.who) if visitor.who is not None else 0
        own = self._own(request, visitor, context)
        html = self._draw(template, request, visitor, own, untold=untold, **context)
        keeping = "private, no-cache" if visitor.person is not None else "no-cache"
        if status != 200:
            return self._answer(request, self._entries.completed(html, own), status, keeping)
        # Named by what it says: what is new in it each time, the `once` of its form, does not make it another page; but
        # that a form was sent does, or the next one could not say the same.
        named = hashlib.blake2b(html.encode(), digest_size=16)
        named.update(f"{own.token} {own.back} {self._posted.get(visitor.secret, 0)}".encode())
        return self._answer(request, lambda: self._entries.completed(html, own), status, keeping, named.hexdigest())

    def _answer(
        self, request: Request, page: str | Callable[[], str], status: int, keeping: str, name: str = ""
    ) -> Response:
        """The page, packed where the browser can unpack it; nothing but its name where the browser has it already.

        That forms' tokens are packed with what others wrote gives them away to nobody who could use them: where a form
        comes from is asked besides.
        """
        headers = {**self._headers, "Cache-Control": keeping}
        packs = "gzip" in request.headers.get("accept-encoding", "")
        if name:
            headers["ETag"] = etag = f'W/"{name}"'
            if etag in request.headers.get("if-none-match", ""):
                return Response(None, 304, headers=headers)
            known = self._packed.get(name) if packs else None
            if known is not None:
                headers["Content-Encoding"] = "gzip"
                return Response(known, status, media_type="text/html", headers=headers)
        body = (page if isinstance(page, str) else page()).encode()
        if packs and len(body) > WORTH_PACKING:
            packing = zlib.compressobj(3, wbits=31)
            body = packing.compress(body) + packing.flush()
            headers["Content-Encoding"] = "gzip"
            if name:
                self._packed[name] = body
        return Response(body, status, media_type="text/html", headers=headers)

    async def form_page(
        self, request: Request, visitor: Visitor, template: str, status: int = 200, **context: Any
    ) -> Response:
        """A page with a form that strangers may send: they get a secret for its token."""
        known = self.visitors.with_secret(visitor)
        response = await self.page(request, known, template, status, **context)
        response.headers["Cache-Control"] = "no-store"
        if known is not visitor:
            self.visitors.remember(response, known)
        return response

    def fragment(self, request: Request, visitor: Visitor, template: str, **context: Any) -> Response:
        """A piece of a page, for one that is open."""
        html = self._render(template, request, visitor, **context)
        headers = {**self._headers, "Cache-Control": "private, no-store"}
        return Response(html, media_type="text/html", headers=headers)

    def to(self, path: str) -> Response:
        """Go on to a path of ours with a GET."""
        return RedirectResponse(path, 303, headers={"Cache-Control": "no-store"})

    def back(self, form: Form, default: str) -> Response:
        """Go back to where the form was, or on to the default."""
        return self.to(local_path(form.get("back"), default))

    async def problem(self, request: Request, visitor: Visitor, status: int, what: str) -> Response:
        """A page that says what is the matter."""
        return await self.page(request, visitor, "problem.html", status, number=status, words=what)

    async def refused(self, request: Request, visitor: Visitor, refused: Refused) -> Response:
        """A page for what could not be done."""
        words_ = refused.detail or "That is not possible."
        return await self.problem(request, visitor, _STATUS.get(refused.why, 422), words_)

    async def not_found(self, request: Request, visitor: Visitor) -> Response:
        """The same for what is not there and for what is none of the visitor's business."""
        return await self.problem(request, visitor, 404, "There is nothing here, or it is not for everyone to see.")

    def failed(self, request: Request) -> Response:
        """A page for what went wrong on our side; no database is asked, for it may be what failed."""
        what = "Something went wrong here, and it is not your fault. Please try again in a moment."
        html = self._render("problem.html", request, Visitor(), untold=0, number=500, words=what)
        headers = {**self._headers, "Cache-Control": "no-store"}
        return Response(html, 500, media_type="text/html", headers=headers)

    @property
    def proxied(self) -> words.Proxied:
        """Under which path of ours a picture of any node is shown."""
        return self._proxied

    # -- rendering

    def _render(self, template: str, request: Request, visitor: Visitor, **context: Any) -> str:
        own = self._own(request, visitor, context)
        return self._entries.completed(self._draw(template, request, visitor, own, **context), own)

    def _own(self, request: Request, visitor: Visitor, context: dict[str, Any]) -> Own:
        """What stands on a page for its visitor alone."""
        composer = context.get("composer")
        return Own(visitor.token, context.get("back_to") or _here(request), composer["once"] if composer else "")

    def _draw(self, template: str, request: Request, visitor: Visitor, own: Own, **context: Any) -> str:
        """The page, but for what differs within its entries, and the `once` of its form."""
        if "composer" in context:
            context["composer"] = {**context["composer"], "once": self._entries.once}
        speaker = visitor.speaker
        return self._templates.render_template(
            template,
            site=self._settings.title,
            path=request.url.path,
            here=_here(request),
            theme=theme_of(request),
            look=self._look,
            origin=self._settings.origin,
            token=own.token,
            me=speaker.profile if speaker is not None else None,
            me_page=_PATHS.page(speaker.profile.handle, self._settings.domain) if speaker is not None else "",
            me_id=speaker.id if speaker is not None else None,
            kept=[
                {"id": each.id, "handle": str(each.profile.handle), "role": each.role.value} for each in visitor.kept
            ],
            asked_to_keep=visitor.asked,
            may_present=visitor.may(Deed.PRESENT),
            may_relate=visitor.may(Deed.RELATE),
            sign_up=self._settings.sign_up,
            signed_in=visitor.person is not None,
            runs_node=visitor.runs_node,
            **{"meta": NOTHING, "veiled": {}, "blurred": (), **context},
        )
