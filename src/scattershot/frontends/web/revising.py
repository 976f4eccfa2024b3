"""Revising: one's own posts are edited with all they show, deleted, or taken back into the form to be written anew."""

import secrets

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.attaching import Described
from scattershot.app.drafts import Drafts, Planned
from scattershot.app.drafts import Kept as KeptDraft
from scattershot.app.items import Item
from scattershot.app.publish import Draft, Publisher
from scattershot.app.timelines import Timelines
from scattershot.domain.crossing import Saying, cannot_cross
from scattershot.domain.ids import PersonId
from scattershot.domain.people import Deed
from scattershot.domain.reading import Refused
from scattershot.domain.terms import Terms
from scattershot.frontends.web import composer, typed
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import BadForm, Form, is_token_of
from scattershot.frontends.web.giving import given_in
from scattershot.frontends.web.posting import VIA, Posting
from scattershot.frontends.web.typed import Typed
from scattershot.frontends.web.visitors import Visitor
from scattershot.frontends.web.words import QUOTES, REPLIES
from scattershot.settings import Settings

_AGAIN = "This form could not be taken as it was: it is from an older page, or you are not signed in any more. Nothing \
was changed yet; everything is still here. Sign in on another page if need be, then save it again."
_ASKS = "Here is what you chose. Please say in words what it shows, for those who cannot see it; then save."


class Revising:
    """Pages about one post of one's own."""

    def __init__(
        self,
        desk: Desk,
        settings: Settings,
        timelines: Timelines,
        publisher: Publisher,
        drafts: Drafts,
        posting: Posting,
    ) -> None:
        self._desk, self._settings, self._timelines, self._publisher = desk, settings, timelines, publisher
        self._drafts, self._posting, self._pictures = drafts, posting, posting.pictures

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk, one = self._desk, "/posts/{id:int}"
        return [
            Route(f"{one}/edit", desk.members(self._edit_page), methods=["GET"]),
            Route(f"{one}/edit", desk.open(self._send), methods=["POST"]),
            Route(f"{one}/delete", desk.members(self._delete_page), methods=["GET"]),
            Route(f"{one}/redraft", desk.form(self._redraft), methods=["POST"]),
        ]

    async def _own(self, request: Request, visitor: Visitor) -> Item | None:
        wanted: int = request.path_params["id"]
        item = await self._timelines.item(wanted, visitor.who) if wanted < 1 << 63 else None
        return item if item is not None and item.mine else None

    # -- editing

    async def _edit_page(self, request: Request, visitor: Visitor) -> Response:
        item = await self._own(request, visitor)
        if item is None:
            return await self._desk.not_found(request, visitor)
        return await self._page(request, visitor, item, composer.editing(item.post))

    async def _page(
        self,
        request: Request,
        visitor: Visitor,
        item: Item,
        held: Typed,
        status: int = 200,
        problem: str = "",
        problems: dict[str, str] | None = None,
    ) -> Response:
        problems = problems or {}
        shown = await self._pictures.shown(item.author.id, held)
        fields = composer.fields(held, None, secrets.token_urlsafe(12), self._settings.max_post_length)
        people_on = await self._posting.named_on(item.post.source)
        saying = Saying(item.post.audience, is_edit=True, has_poll=held.poll.is_there, people_on=people_on)
        return await self._desk.page(
            request,
            visitor,
            "edit.html",
            status,
            item=item,
            action=f"/posts/{item.id}/edit",
            problem=problem or ("Something is not right yet: see below." if problems else ""),
            problems={"poll": "", "at": "", **problems},
            lost=cannot_cross(saying, await self._posting.networks(item.author.id)),
            emojis=[],
            speakers=[],
            parent=None,
            preview=[],
            composer={**fields, **composer.studio(held, shown, problems), "draft": 0},
        )

    async def _send(self, request: Request, visitor: Visitor) -> Response:
        async with given_in(request, self._pictures.most_bytes(visitor)) as given:
            if isinstance(given, BadForm):
                return await self._desk.problem(request, visitor, given.status, given.words)
            held = typed.typed_in(given.form)
            item = await self._own(request, visitor)
            if visitor.who is None or (item is not None and not is_token_of(given.form.get("token"), visitor.secret)):
                return await self._stale(request, visitor, item, held)
            if item is None:
                return await self._desk.not_found(request, visitor)
            if not visitor.may(Deed.WRITE):
                return await self._desk.problem(request, visitor, 403, "You may not write as it.")
            held, problems = await self._pictures.taken(item.author.id, held, given)
            wish = given.form.get("do", "post")
            if wish.startswith("leave-out-"):
                gone = wish.removeprefix("leave-out-")
                held = held._replace(media=tuple(each for each in held.media if str(each.id) != gone))
                return await self._page(request, visitor, item, held)
            if wish == "option":
                poll = held.poll._replace(options=(*held.poll.options, ""))
                return await self._page(request, visitor, item, held._replace(poll=poll))
            known = set(given.form.all("media"))
            if wish == "add" or problems:
                return await self._page(request, visitor, item, held, 422 if problems else 200, problems=problems)
            if any(str(each.id) not in known and not (each.alt or "").strip() for each in held.media):
                return await self._page(request, visitor, item, held, problem=_ASKS)
            return await self._save(request, visitor, item, held)

    async def _stale(self, request: Request, visitor: Visitor, item: Item | None, held: Typed) -> Response:
        """The words once more for whoever is not signed in any more, or signed in anew."""
        if item is not None:
            return await self._page(request, visitor, item, held, 403, _AGAIN)
        return await self._desk.page(request, visitor, "rescued.html", 403, text=held.text, words=_AGAIN)

    async def _save(self, request: Request, visitor: Visitor, item: Item, held: Typed) -> Response:
        now, post = self._desk.clock.now(), item.post
        problems = typed.faults(
            held._replace(at="", poll=typed.TypedPoll()),
            now,
            self._settings.max_post_length,
            self._settings.max_attachments,
        )
        if problems:
            return await self._page(request, visitor, item, held, 422, problems=problems)
        before = composer.editing(post)  # terms that no choice stands for stay as they are, unless one is made
        terms = Terms(
            QUOTES[held.quotes].rule if held.quotes != before.quotes else None,
            REPLIES[held.replies].rule if held.replies != before.replies else None,
        )
        draft = typed.planned(held, now).draft._replace(
            attachments=tuple(each for each in post.attachments if not each.media),
            poll=held.poll.poll(now) if post.poll is not None else None,
            terms=terms,
        )
        done = await self._publisher.edit(item.author.id, item.id, draft, VIA, _keeper(visitor))
        if isinstance(done, Refused):
            status = 403 if done.why == "not_allowed" else 422
            return await self._page(request, visitor, item, held, status, done.detail)
        return self._desk.to(item.page)

    # -- deleting

    async def _delete_page(self, request: Request, visitor: Visitor) -> Response:
        item = await self._own(request, visitor)
        if item is None:
            return await self._desk.not_found(request, visitor)
        networks = await self._posting.networks(item.author.id)
        people_on = await self._posting.named_on(item.post.source)
        lost = cannot_cross(Saying(item.post.audience, is_deletion=True, people_on=people_on), networks)
        return await self._desk.page(request, visitor, "delete.html", item=item, lost=lost)

    async def _redraft(self, request: Request, visitor: Visitor, _form: Form) -> Response:
        """First its words are a draft, then the post is deleted, then the draft shows what it showed: killed in between
        nothing that was written is lost."""
        item, writer = await self._own(request, visitor), _keeper(visitor)
        if item is None or writer is None:
            return await self._desk.not_found(request, visitor)
        plan = _as_before(item)
        bare = plan.draft._replace(media=(), described=(), text=plan.draft.text or "…")
        kept = await self._drafts.keep(item.author.id, writer, Planned(bare, plan.open_for))
        if isinstance(kept, Refused):
            return await self._desk.refused(request, visitor, kept)
        done = await self._publisher.delete(item.author.id, item.id, VIA, writer, keep_media=True)
        if isinstance(done, Refused):
            await self._drafts.drop(item.author.id, kept.id)
            return await self._desk.refused(request, visitor, done)
        changed = await self._drafts.change(item.author.id, kept.id, plan, None)
        draft = changed if isinstance(changed, KeptDraft) else kept
        return self._desk.to(f"/compose?draft={draft.id}")


def _as_before(item: Item) -> Planned:
    """A post as the draft that it was."""
    post, held = item.post, composer.editing(item.post)
    draft: Draft = typed.planned(held, post.published, item.reply_to, item.quote.id if item.quote else None).draft
    said = tuple(Described(each.media, each.alt, each.focus) for each in post.attachments if each.media)
    return Planned(draft._replace(described=said, terms=post.terms), held.poll.open_for if held.poll.is_there else None)


def _keeper(visitor: Visitor) -> PersonId | None:
    return visitor.person.id if visitor.person is not None else None
