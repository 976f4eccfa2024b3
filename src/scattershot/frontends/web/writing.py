"""Writing: posts, answers, edits, and what is done with a post."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.items import Item
from scattershot.app.lately import Lately
from scattershot.app.permission import NOTHING_QUOTED
from scattershot.app.publish import Done, Publisher
from scattershot.app.quotes import Quotes
from scattershot.app.reactions import Reactions
from scattershot.app.timelines import Timelines
from scattershot.domain.ids import MicroblogId, PersonId, PostId
from scattershot.domain.reading import Refused
from scattershot.domain.terms import Approval, Terms
from scattershot.frontends.web import composer
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import Form
from scattershot.frontends.web.visitors import Visitor
from scattershot.settings import Settings

VIA = "web"
Doing: TypeAlias = Callable[[MicroblogId, PostId, str], Awaitable[Done | Refused]]
REMEMBERED = 10_000
"""Forms sent lately, so that one sent twice posts once."""


class Writing:
    """Forms that make, alter or mark posts."""

    def __init__(self, desk: Desk, settings: Settings, timelines: Timelines, publisher: Publisher) -> None:
        self._desk, self._settings, self._timelines, self._publisher = desk, settings, timelines, publisher
        self._quotes, self._reactions = Quotes(publisher, timelines), Reactions(publisher, timelines)
        self._sent: Lately[tuple[str, str], asyncio.Future[Done | Refused]] = Lately(REMEMBERED)

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route("/posts", desk.form(self._post), methods=["POST"]),
            Route("/posts/{id:int}/quote", desk.members(self._quote_page), methods=["GET"]),
            Route("/posts/{id:int}/edit", desk.members(self._edit_page), methods=["GET"]),
            Route("/posts/{id:int}/edit", desk.form(self._edit), methods=["POST"]),
            Route("/posts/{id:int}/delete", desk.members(self._delete_page), methods=["GET"]),
            Route("/posts/{id:int}/{deed}", desk.form(self._deed), methods=["POST"]),
        ]

    # -- posting

    async def _post(self, request: Request, visitor: Visitor, form: Form) -> Response:
        assert visitor.who is not None
        typed = composer.typed_in(form)
        reply_to = form.number("reply_to")
        parent = await self._timelines.item(reply_to, visitor.who) if reply_to is not None else None
        if form.get("reply_to") and parent is None:
            gone = Refused("not_found", "The post to be answered is not there any more.")
            return await self._again(request, visitor, typed, None, gone)
        if parent is not None:
            typed = composer.within(typed, parent.post.audience)
        quote = form.number("quote")
        quoted = await self._timelines.item(quote, visitor.who) if quote is not None else None
        if form.get("quote") and quoted is None:
            return await self._again(request, visitor, typed, parent, NOTHING_QUOTED)
        draft = composer.draft_of(
            typed, parent.id if parent is not None else None, quoted.id if quoted is not None else None
        )
        person, who = _keeper(visitor), visitor.who
        done = await self._once(visitor.secret, form.get("once"), lambda: self._publisher.post(who, draft, person, VIA))
        if isinstance(done, Refused):
            return await self._again(request, visitor, typed, parent, done, quoted)
        if parent is not None:
            return self._desk.to(f"{parent.page}#p{done.post}")
        return self._desk.back(form, "/home")

    async def _once(self, session: str, once: str, post: Callable[[], Awaitable[Done | Refused]]) -> Done | Refused:
        """Post, unless the same form was sent before: then what came of that. A refusal may be tried again."""
        known = self._sent.get((session, once)) if once else None
        if known is not None:
            return await asyncio.shield(known)
        sending = asyncio.ensure_future(post())
        if once:
            self._sent[session, once] = sending
        done: Done | Refused | None = None
        try:
            done = await asyncio.shield(sending)
        finally:
            if not isinstance(done, Done) and sending.done():
                self._sent.pop((session, once), None)
        return done

    async def _again(
        self,
        request: Request,
        visitor: Visitor,
        typed: composer.Typed,
        parent: Item | None,
        why: Refused,
        quoted: Item | None = None,
    ) -> Response:
        """The form once more, with what was typed and what is the matter."""
        status = 404 if why.why == "not_found" else 422
        return await self._composer(request, visitor, typed, parent, quoted, status, why.detail)

    async def _composer(
        self,
        request: Request,
        visitor: Visitor,
        typed: composer.Typed,
        parent: Item | None,
        quoted: Item | None,
        status: int = 200,
        problem: str = "",
    ) -> Response:
        limit = self._settings.max_post_length
        return await self._desk.page(
            request,
            visitor,
            "compose.html",
            status,
            parent=parent,
            quoted=quoted,
            action="/posts",
            problem=problem,
            composer=composer.fields(typed, parent, secrets.token_urlsafe(12), limit, quoted),
        )

    async def _quote_page(self, request: Request, visitor: Visitor) -> Response:
        item = await self._timelines.item(_id(request), visitor.who)
        if item is None or item.may_quote is Approval.NEVER:
            return await self._desk.not_found(request, visitor)
        typed = composer.blank(request, await self._desk.chosen_by(visitor))
        if not item.post.audience.is_open:
            typed = typed._replace(audience=item.post.audience)
        return await self._composer(request, visitor, typed, None, item)

    # -- one's own posts

    async def _own(self, request: Request, visitor: Visitor) -> Item | None:
        item = await self._timelines.item(_id(request), visitor.who)
        return item if item is not None and item.mine else None

    async def _edit_page(self, request: Request, visitor: Visitor) -> Response:
        item = await self._own(request, visitor)
        if item is None:
            return await self._desk.not_found(request, visitor)
        return await self._editor(request, visitor, item, composer.editing(item.post), 200, "")

    async def _editor(
        self, request: Request, visitor: Visitor, item: Item, typed: composer.Typed, status: int, problem: str
    ) -> Response:
        return await self._desk.page(
            request,
            visitor,
            "edit.html",
            status,
            item=item,
            problem=problem,
            composer=composer.fields(typed, None, "", self._settings.max_post_length),
        )

    async def _edit(self, request: Request, visitor: Visitor, form: Form) -> Response:
        item = await self._own(request, visitor)
        if item is None:
            return await self._desk.not_found(request, visitor)
        typed = composer.typed_in(form)
        draft = composer.draft_of(typed)._replace(
            attachments=item.post.attachments, title=item.post.title, terms=Terms()
        )
        done = await self._publisher.edit(item.author.id, item.id, draft, VIA, _keeper(visitor))
        if isinstance(done, Refused):
            status = 403 if done.why == "not_allowed" else 422
            return await self._editor(request, visitor, item, typed, status, done.detail)
        return self._desk.to(item.page)

    async def _delete_page(self, request: Request, visitor: Visitor) -> Response:
        item = await self._own(request, visitor)
        if item is None:
            return await self._desk.not_found(request, visitor)
        return await self._desk.page(request, visitor, "delete.html", item=item)

    # -- marks

    async def _deed(self, request: Request, visitor: Visitor, form: Form) -> Response:
        post, deed = PostId(_id(request)), request.path_params["deed"]
        done = await self._do(visitor, post, deed, form)
        if done is None:
            return await self._desk.not_found(request, visitor)
        if isinstance(done, Refused):
            return await self._desk.refused(request, visitor, done)
        return self._desk.back(form, "/home" if deed == "delete" else f"/p/{post}")

    async def _do(self, visitor: Visitor, post: PostId, deed: str, form: Form) -> Done | Refused | None:
        publisher, who = self._publisher, visitor.who
        assert who is not None
        plain: dict[str, Doing] = {
            "like": publisher.like,
            "unlike": publisher.unlike,
            "boost": publisher.boost,
            "unboost": publisher.unboost,
            "pin": publisher.pin,
            "unpin": publisher.unpin,
        }
        if deed in plain:
            return await plain[deed](who, post, VIA)
        match deed:
            case "delete":
                return await publisher.delete(who, post, VIA, _keeper(visitor))
            case "vote":
                return await publisher.vote(who, post, form.all("choice"), VIA)
            case "react":
                return await self._reactions.react(who, post, form.get("emoji"), VIA)
            case "unreact":
                return await self._reactions.unreact(who, post, form.get("emoji"), VIA)
            case "allow-quote":
                return await self._quotes.answer(who, post, VIA, accepted=True)
            case "refuse-quote":
                return await self._quotes.answer(who, post, VIA, accepted=False)
            case _:
                return None


def _keeper(visitor: Visitor) -> PersonId | None:
    return visitor.person.id if visitor.person is not None else None


def _id(request: Request) -> int:
    value: int = request.path_params["id"]
    return value if value < 1 << 63 else 0
