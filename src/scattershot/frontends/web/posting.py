"""Posting: the form of a post in all its parts, what its buttons do, and drafts that are opened and kept by it.

Every button sends the whole form, and whatever does not end it shows it again with all that was typed: nothing here
needs a script, and nothing typed is lost where a session ended meanwhile.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.announcements import Announcements
from scattershot.app.drafts import Drafts, Kept, Planned
from scattershot.app.house_emojis import HouseEmojis
from scattershot.app.in_a_row import Row, post_in_a_row
from scattershot.app.items import Item
from scattershot.app.lately import Lately
from scattershot.app.media import Media
from scattershot.app.permission import NOTHING_QUOTED
from scattershot.app.publish import Publisher
from scattershot.app.refusals import NOT_OWNERS
from scattershot.app.suggesting import Suggesting
from scattershot.app.teams import Kept as Voice
from scattershot.app.timelines import Timelines
from scattershot.app.wording import MARKDOWN, PLAIN
from scattershot.domain.crossing import Network, Saying, cannot_cross
from scattershot.domain.ids import MicroblogId, PersonId
from scattershot.domain.microblog import Emoji
from scattershot.domain.people import Deed, may
from scattershot.domain.reading import Refused
from scattershot.domain.terms import Approval
from scattershot.frontends.web import composer, typed, words
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import BadForm, Form, is_token_of, number
from scattershot.frontends.web.giving import Given, given_in
from scattershot.frontends.web.pictures import Pictures
from scattershot.frontends.web.typed import Piece, Typed, TypedPoll
from scattershot.frontends.web.visitors import Visitor
from scattershot.settings import Settings

VIA = "web"
REMEMBERED = 10_000
"""Forms sent lately, so that one sent twice is done once."""
_GONE = Refused("not_found", "The post to be answered is not there any more.")
_STALE = "This form is from an older page. Nothing was done yet: everything is still here, please send it again."
_ENDED = (
    "You are not signed in any more. Nothing was posted, and everything you wrote is still here: sign in on another "
    "page, then send it again."
)
_ASKS = "Here is what you chose. Please say in words what it shows, for those who cannot see it; then post."


async def _nobody_elsewhere(text: str) -> frozenset[Network]:
    del text
    return frozenset()


class Workshop(NamedTuple):
    """What posts are made with, and what helps those who begin."""

    drafts: Drafts
    media: Media
    house_emojis: HouseEmojis
    announcements: Announcements
    suggesting: Suggesting
    networks: Callable[[MicroblogId], Awaitable[frozenset[Network]]]
    """To which networks a microblog of here speaks."""
    named_on: Callable[[str], Awaitable[frozenset[Network]]] = _nobody_elsewhere
    """On which networks those elsewhere are whom a text names."""


class Work(NamedTuple):
    """What a form is about: who speaks, what is answered and quoted, and which draft it was."""

    author: Voice
    parent: Item | None = None
    quoted: Item | None = None
    draft: int = 0


class Posting:
    """Makes posts and keeps drafts."""

    def __init__(
        self, desk: Desk, settings: Settings, timelines: Timelines, publisher: Publisher, workshop: Workshop
    ) -> None:
        self._desk, self._settings, self._timelines, self._publisher = desk, settings, timelines, publisher
        self._drafts, self._media, self._house_emojis = workshop[:3]
        self.networks, self.named_on = workshop.networks, workshop.named_on
        self.pictures = Pictures(desk, self._media, settings.max_attachments)
        self._sent: Lately[tuple[str, str], asyncio.Future[Row | Kept | Refused]] = Lately(REMEMBERED)

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        desk = self._desk
        return [
            Route("/compose", desk.members(self._compose, Deed.WRITE), methods=["GET"]),
            Route("/posts", desk.open(self._send), methods=["POST"]),
            Route("/uploads", desk.open(self._upload), methods=["POST"]),
            Route("/posts/{id:int}/quote", desk.members(self._quote, Deed.WRITE), methods=["GET"]),
        ]

    # -- opening it

    async def _compose(self, request: Request, visitor: Visitor) -> Response:
        """An empty form, one with the text that another program shares, or a draft."""
        assert visitor.speaker is not None
        wanted = number(request.query_params.get("draft"))
        if wanted is not None:
            return await self._open_draft(request, visitor, wanted)
        shared = (request.query_params.get(name, "").strip() for name in ("title", "text", "url"))
        text = "\n".join(filter(None, shared)).replace("\0", "")[: self._settings.max_post_length]
        blank = composer.blank(request, await self._desk.chosen_by(visitor))
        return await self.page(request, visitor, Work(visitor.speaker), blank._replace(text=text))

    async def _open_draft(self, request: Request, visitor: Visitor, wanted: int) -> Response:
        assert visitor.speaker is not None
        kept = await self._drafts.get(visitor.speaker.id, wanted)
        if kept is None:
            return await self._desk.not_found(request, visitor)
        draft = kept.planned.draft
        parent, quoted = await self._seen(visitor.who, draft.reply_to), await self._seen(visitor.who, draft.quote)
        problem = "The post that it answers is not there any more." if draft.reply_to and parent is None else ""
        work = Work(visitor.speaker, parent, quoted, kept.id)
        return await self.page(request, visitor, work, typed.of_planned(kept.planned, kept.at), problem=problem)

    async def _quote(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.speaker is not None
        item = await self._seen(visitor.who, request.path_params["id"])
        if item is None or item.may_quote is Approval.NEVER:
            return await self._desk.not_found(request, visitor)
        blank = composer.blank(request, await self._desk.chosen_by(visitor))
        if not item.post.audience.is_open:
            blank = blank._replace(audience=item.post.audience)
        return await self.page(request, visitor, Work(visitor.speaker, quoted=item), blank)

    async def _seen(self, who: MicroblogId | None, post: int | None) -> Item | None:
        return await self._timelines.item(post, who) if post is not None and post < 1 << 63 else None

    # -- what was sent

    async def _send(self, request: Request, visitor: Visitor) -> Response:
        async with given_in(request, self.pictures.most_bytes(visitor)) as given:
            if isinstance(given, BadForm):
                return await self._desk.problem(request, visitor, given.status, given.words)
            held = typed.typed_in(given.form)
            if visitor.who is None or not is_token_of(given.form.get("token"), visitor.secret):
                return await self._again(request, visitor, given.form, held)
            work = await self._work(visitor, given.form)
            if work is None:
                return await self._desk.refused(request, visitor, NOT_OWNERS)
            if work.parent is not None:
                held = composer.within(held, work.parent.post.audience)
            held, problems = await self.pictures.taken(work.author.id, held, given)
            lacking = self._lacking(given.form, work)
            if lacking is not None:
                return await self.page(request, visitor, work, held, 404, problem=lacking.detail)
            return await self._do(request, visitor, work, held, given, problems)

    def _lacking(self, form: Form, work: Work) -> Refused | None:
        if form.get("reply_to") and work.parent is None:
            return _GONE
        return NOTHING_QUOTED if form.get("quote") and work.quoted is None else None

    async def _work(self, visitor: Visitor, form: Form) -> Work | None:
        """What the form is about, as whom it says that it speaks; None where one may not write as that."""
        wanted = form.number("as")
        author = next((each for each in visitor.kept if each.id == wanted), visitor.speaker)
        if author is None or not may(author.role, Deed.WRITE):
            return None
        parent = await self._seen(author.id, form.number("reply_to"))
        quoted = await self._seen(author.id, form.number("quote"))
        return Work(author, parent, quoted, form.number("draft") or 0)

    async def _do(
        self, request: Request, visitor: Visitor, work: Work, held: Typed, given: Given, problems: dict[str, str]
    ) -> Response:
        wish = given.form.get("do", "post")
        if wish == "another":
            further = (*held.further, Piece())[: typed.MOST_PIECES - 1]
            return await self.page(request, visitor, work, held._replace(further=further))
        if wish == "option":
            options = (*held.poll.options, "")
            return await self.page(request, visitor, work, held._replace(poll=held.poll._replace(options=options)))
        if wish.startswith("leave-out-"):
            return await self.page(request, visitor, work, _without(held, wish.removeprefix("leave-out-")))
        if wish in ("more", "add", "preview"):
            preview = await self._previews(held) if wish == "preview" else []
            status = 422 if problems else 200
            return await self.page(request, visitor, work, held, status, problems=problems, preview=preview)
        if not problems and wish != "draft" and any(not (each.alt or "").strip() for each in _just_chosen(held, given)):
            return await self.page(request, visitor, work, held, problem=_ASKS, asks=True)
        problems = problems or typed.faults(
            held, self._desk.clock.now(), self._settings.max_post_length, self._settings.max_attachments
        )
        if problems:
            return await self.page(request, visitor, work, held, 422, problems=problems)
        if wish == "draft":
            return await self._keep(request, visitor, work, held._replace(at=""), given.form)
        if held.moment is not None:
            return await self._keep(request, visitor, work, held, given.form)
        return await self._post(request, visitor, work, held, given.form)

    async def _post(self, request: Request, visitor: Visitor, work: Work, held: Typed, form: Form) -> Response:
        plan, writer, author = self._plan(work, held), _keeper(visitor), work.author.id
        # A browser may show a page it has, so that its form was sent before: then with other words.
        said = repr((plan.draft._replace(poll=None), held.poll, plan.further, author)).encode()
        once = f"{form.get('once')} {hashlib.blake2b(said, digest_size=12).hexdigest()}" if form.get("once") else ""

        async def post() -> Row | Refused:
            if (refused := await self.pictures.describe(author, plan)) is not None:
                return refused
            key = hashlib.blake2b(f"{visitor.secret} {once}".encode(), digest_size=18).hexdigest() if once else ""
            return await post_in_a_row(self._publisher, author, (plan.draft, *plan.further), writer, VIA, key)

        done = await self._once(visitor.secret, once, post)
        if isinstance(done, Row) and done.refused is not None and done.posted:
            return await self._half_way(request, visitor, work, held, done)
        refused = done.refused if isinstance(done, Row) else done
        if isinstance(refused, Refused):
            status = 404 if refused.why == "not_found" else 422
            return await self.page(request, visitor, work, held, status, problem=refused.detail)
        assert isinstance(done, Row)
        self._desk.posted(visitor)
        if work.draft:
            await self._drafts.drop(author, work.draft)
        if work.parent is not None:
            return self._desk.to(f"{work.parent.page}#p{done.posted[0]}")
        if author != visitor.who:
            return self._desk.to(f"/p/{done.posted[0]}")
        return self._desk.back(form, "/home")

    def _plan(self, work: Work, held: Typed) -> Planned:
        return typed.planned(
            held,
            self._desk.clock.now(),
            work.parent.id if work.parent is not None else None,
            work.quoted.id if work.quoted is not None else None,
        )

    async def _half_way(self, request: Request, visitor: Visitor, work: Work, held: Typed, done: Row) -> Response:
        """Some of the posts in a row stand; the form holds the others, to be tried again."""
        assert done.refused is not None
        rest = [held.pieces[0], *(piece for piece in held.further if not piece.is_empty)][len(done.posted) :]
        left = held._replace(
            text=rest[0].text, media=rest[0].media, further=tuple(rest[1:]), poll=TypedPoll(), title=""
        )
        parent = await self._seen(work.author.id, done.posted[-1])
        if work.draft:
            await self._drafts.drop(work.author.id, work.draft)
        told = f"Posted so far: {len(done.posted)}. Not posted: what stands here. {done.refused.detail}"
        return await self.page(request, visitor, Work(work.author, parent), left, 422, problem=told)

    async def _once(
        self, session: str, once: str, work: Callable[[], Awaitable[Row | Kept | Refused]]
    ) -> Row | Kept | Refused:
        """Do it, unless the same form was sent before: then what came of that. A refusal may be tried again."""
        known = self._sent.get((session, once)) if once else None
        if known is not None:
            return await asyncio.shield(known)
        sending = asyncio.ensure_future(work())
        if once:
            self._sent[session, once] = sending
        done: Row | Kept | Refused | None = None
        try:
            done = await asyncio.shield(sending)
        finally:
            is_done = isinstance(done, Kept) or (isinstance(done, Row) and done.refused is None)
            if not is_done and sending.done():
                self._sent.pop((session, once), None)
        return done

    # -- drafts

    async def _keep(self, request: Request, visitor: Visitor, work: Work, held: Typed, form: Form) -> Response:
        """Keep it as a draft, or to be posted at its moment."""
        assert visitor.person is not None
        plan, author, person = self._plan(work, held), work.author.id, visitor.person.id

        async def keep() -> Kept | Refused:
            if (refused := await self.pictures.describe(author, plan)) is not None:
                return refused
            if work.draft:
                refused = await self._publisher.problem(author, plan.draft)
                changed = refused or await self._drafts.change(author, work.draft, plan, held.moment)
                if changed is not None:
                    return changed
            return await self._drafts.keep(author, person, plan, held.moment)

        done = await self._once(visitor.secret, f"draft {form.get('once')} {held!r}", keep)
        if isinstance(done, Refused):
            return await self.page(request, visitor, work, held, 422, problem=done.detail)
        if author != visitor.who:
            response = self._desk.to(f"/drafts?done={'scheduled' if held.moment else 'kept'}")
            self._desk.visitors.speak_as(response, author)
            return response
        return self._desk.to(f"/drafts?done={'scheduled' if held.moment else 'kept'}")

    # -- files, one by one, for pages with a script

    async def _upload(self, request: Request, visitor: Visitor) -> Response:
        async with given_in(request, self.pictures.most_bytes(visitor)) as given:
            if isinstance(given, BadForm):
                return await self._desk.problem(request, visitor, given.status, given.words)
            if not is_token_of(given.form.get("token"), visitor.secret):
                return await self._desk.problem(request, visitor, 403, _STALE)
            work = await self._work(visitor, given.form)
            if work is None:
                return await self._desk.refused(request, visitor, NOT_OWNERS)
            return await self.pictures.one(request, visitor, work.author.id, given)

    # -- showing it

    async def page(
        self,
        request: Request,
        visitor: Visitor,
        work: Work,
        held: Typed,
        status: int = 200,
        *,
        problem: str = "",
        problems: dict[str, str] | None = None,
        preview: list[str] | None = None,
        asks: bool = False,
    ) -> Response:
        """The whole form, with what was typed."""
        problems = problems or {}
        shown = await self.pictures.shown(work.author.id, held)
        saying = Saying(
            held.audience,
            has_poll=held.poll.is_there,
            has_terms="everyone" not in (held.replies, held.quotes),
            people_on=await self.named_on(" ".join(piece.text for piece in held.pieces)),
        )
        limit = self._settings.max_post_length
        fields = composer.fields(held, work.parent, secrets.token_urlsafe(12), limit, work.quoted)
        return await self._desk.page(
            request,
            visitor,
            "compose.html",
            status,
            parent=work.parent,
            quoted=work.quoted,
            action="/posts",
            problem=problem or ("Something is not right yet: see below." if problems else ""),
            problems={"poll": "", "at": "", **problems},
            preview=preview or [],
            asks=asks,
            lost=cannot_cross(saying, await self.networks(work.author.id)),
            emojis=await self._emojis(),
            speakers=_speakers(visitor, work.author, is_settled=bool(shown)),
            composer={**fields, **composer.studio(held, shown, problems), "draft": work.draft},
        )

    async def _again(self, request: Request, visitor: Visitor, form: Form, held: Typed) -> Response:
        """The form once more for whoever is not signed in any more, or signed in anew: nothing typed is lost."""
        problem = _STALE if visitor.who is not None else _ENDED
        fields = composer.fields(held, None, secrets.token_urlsafe(12), self._settings.max_post_length)
        ids = {"reply_to": form.number("reply_to"), "quote": form.number("quote"), "draft": form.number("draft") or 0}
        shown = await self.pictures.shown(visitor.who, held) if visitor.who is not None else {}
        known = {each.id: {"id": each.id, "url": "", "kind": ""} for piece in held.pieces for each in piece.media}
        return await self._desk.page(
            request,
            visitor,
            "compose.html",
            403,
            parent=None,
            quoted=None,
            action="/posts",
            problem=problem,
            problems={"poll": "", "at": ""},
            preview=[],
            asks=False,
            lost=(),
            emojis=[],
            speakers=[],
            composer={**fields, **composer.studio(held, known | shown, {}), **ids},
        )

    async def _emojis(self) -> list[dict[str, str]]:
        every = await self._house_emojis.every()
        return [{"name": f":{each.shortcode}:", "url": each.still or each.url} for each in every if each.offered]

    async def _previews(self, held: Typed) -> list[str]:
        """The posts as they will read."""
        wording, emojis = self._publisher.wording, await self._house_emojis.every()
        pictures = tuple(Emoji(each.shortcode, each.url) for each in emojis)
        found = []
        for piece in held.pieces:
            known = await wording.known(piece.text)
            html = wording.html(piece.text, MARKDOWN if held.markdown else PLAIN, known).html
            found.append(words.with_emojis(html, pictures, self._desk.proxied))
        return found


def _without(held: Typed, what: str) -> Typed:
    """The form without an upload, or (`post-N`) without a piece."""
    if what.startswith("post-"):
        place = number(what.removeprefix("post-")) or 0
        return held._replace(further=tuple(each for n, each in enumerate(held.further, 1) if n != place))
    media = number(what)
    further = tuple(
        piece._replace(media=tuple(each for each in piece.media if each.id != media)) for piece in held.further
    )
    return held._replace(media=tuple(each for each in held.media if each.id != media), further=further)


def _just_chosen(held: Typed, given: Given) -> list[typed.Shown]:
    """Uploads that came with this very form: their words could not be asked for before."""
    known = {text for place in range(typed.MOST_PIECES) for text in given.form.all(f"media{typed.suffix(place)}")}
    return [each for piece in held.pieces for each in piece.media if str(each.id) not in known]


def _speakers(visitor: Visitor, author: Voice, *, is_settled: bool) -> list[dict[str, Any]]:
    """As whom one may speak; one alone where files were given already, for they are that one's."""
    among = [author] if is_settled else [each for each in visitor.kept if may(each.role, Deed.WRITE)]
    return [{"id": each.id, "handle": str(each.profile.handle), "chosen": each.id == author.id} for each in among]


def _keeper(visitor: Visitor) -> PersonId | None:
    return visitor.person.id if visitor.person is not None else None
