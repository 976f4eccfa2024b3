"""What other nodes read here: actors, posts, boosts, and the collections of both."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeAlias

from starlette.requests import Request
from starlette.responses import Response

from scattershot.app import showing
from scattershot.app.showing import Buried, Shown, ShownPost, Visitor
from scattershot.domain.emoji import OWN_SHORTCODE
from scattershot.domain.ids import NodeId
from scattershot.domain.microblog import Handle
from scattershot.domain.post import Post
from scattershot.ports.database import Database, Transaction
from scattershot.ports.protocol import Signer
from scattershot.protocols.activitypub.gateway.address import Address
from scattershot.protocols.activitypub.gateway.answers import document, not_found, problem
from scattershot.protocols.activitypub.gateway.visitors import Visitors
from scattershot.protocols.activitypub.translate.actors_out import actor_of
from scattershot.protocols.activitypub.translate.collections_out import (
    context_collection,
    ordered_collection,
    ordered_page,
    replies_collection,
)
from scattershot.protocols.activitypub.translate.consent_out import Stamp, stamp_of
from scattershot.protocols.activitypub.translate.from_change import activity_of, create_of
from scattershot.protocols.activitypub.translate.names import door, type_of_voice
from scattershot.protocols.activitypub.translate.notes_out import emoji_tag, note_of, tombstone
from scattershot.protocols.activitypub.translate.shadows import shadow_actor
from scattershot.protocols.activitypub.wire.contexts import AS2, REACTION_CONTEXT
from scattershot.protocols.activitypub.wire.vocabulary import JsonObject
from scattershot.wirekit.urls import normal_host

Endpoint: TypeAlias = Callable[[Request], Awaitable[Response]]
Show: TypeAlias = Callable[[Request, Shown, Visitor | None], Awaitable[Response]]
FindStamp: TypeAlias = Callable[[Transaction, int, Visitor | None], showing.ShownStamp | None]
ShowPost: TypeAlias = Callable[[Request, ShownPost, Visitor | None], Awaitable[Response]]

_FIRST = "true"
"""The first page's name, as Mastodon's; later ones bear the id they go on from."""


class Documents:
    """Answers GETs; `speaker` is the node's own actor, which may be read by anybody, or no key could ever be had."""

    def __init__(self, database: Database, address: Address, visitors: Visitors, speaker: Signer) -> None:
        self._database, self._address, self._visitors = database, address, visitors
        self._speaker = speaker.microblog

    # -- actors

    async def actor(self, request: Request) -> Response:
        """`/u/{id}`."""
        number = request.path_params["id"]
        shown = await self._database.read(lambda tx: showing.actor(tx, number))
        return await self._admitted(request, shown, self._show_actor)

    async def named_actor(self, request: Request) -> Response:
        """`/@{name}`, or `/@{name}@{domain}` for a name of another of our domains."""
        name, _, domain = request.path_params["name"].partition("@")
        where = normal_host(domain) if domain else self._address.domains[0]
        if where not in self._address.domains:
            return not_found()
        handle = Handle(name.lower(), where)
        shown = await self._database.read(lambda tx: showing.named(tx, handle))
        return await self._admitted(request, shown, self._show_actor)

    async def outbox(self, request: Request) -> Response:
        """`/u/{id}/outbox` and its pages."""
        return await self._of_microblog(request, self._show_outbox, needed="page" in request.query_params)

    async def followers(self, request: Request) -> Response:
        """`/u/{id}/followers` and its pages."""
        return await self._of_microblog(request, partial(self._show_graph, name="followers"))

    async def following(self, request: Request) -> Response:
        """`/u/{id}/following` and its pages."""
        return await self._of_microblog(request, partial(self._show_graph, name="following"))

    async def followers_synchronization(self, request: Request) -> Response:
        """`/u/{id}/followers_synchronization`: the asking node's part of the followers (FEP-8fcf)."""
        return await self._of_microblog(request, self._show_part, needed=True)

    async def featured(self, request: Request) -> Response:
        """`/u/{id}/featured`."""
        return await self._of_microblog(request, self._show_featured)

    async def _of_microblog(self, request: Request, show: Show, *, needed: bool = False) -> Response:
        number = request.path_params["id"]
        shown = await self._database.read(lambda tx: showing.microblog(tx, number))
        return await self._admitted(request, shown, show, needed=needed)

    async def _admitted(self, request: Request, shown: Shown | None, show: Show, *, needed: bool = False) -> Response:
        if shown is not None and shown.profile.id == self._speaker:
            return await show(request, shown, None)
        visitor = await self._visitors.of(request, needed=needed)
        if isinstance(visitor, Response):
            return visitor
        if shown is None:
            return not_found()
        if shown.gone:
            this = shown.profile.id.value
            stone = {"@context": AS2, "id": this, "type": "Tombstone", "formerType": type_of_voice(shown.profile.voice)}
            return document(request, stone, for_all=True, status=410)
        return await show(request, shown, visitor)

    async def _show_actor(self, request: Request, shown: Shown, visitor: Visitor | None) -> Response:
        actor = shadow_actor(shown.profile, self._address.domains[0]) if shown.profile.copy_of else shown.profile
        return self._document(request, actor_of(actor), visitor)

    async def _show_outbox(self, request: Request, shown: Shown, visitor: Visitor | None) -> Response:
        this = door(shown.profile.id.value, "outbox")
        page = request.query_params.get("page")
        if page is None:
            total = await self._database.read(lambda tx: showing.outbox_total(tx, shown.id))
            return self._document(request, ordered_collection(this, total, first=_page(this, _FIRST)), None)
        before = None if page == _FIRST else _number(page)
        if before is None and page != _FIRST:
            return not_found()
        found = await self._database.read(lambda tx: showing.outbox(tx, shown.id, visitor, before))
        entries = [entry for entry in map(_outbox_entry, found.entries) if entry is not None]
        following = _page(this, found.following) if found.following is not None else None
        return self._document(request, ordered_page(_page(this, page), this, entries, following=following), visitor)

    async def _show_graph(self, request: Request, shown: Shown, visitor: Visitor | None, *, name: str) -> Response:
        this = door(shown.profile.id.value, name)
        page = request.query_params.get("page")
        count, read = (
            (showing.count_followers, showing.followers)
            if name == "followers"
            else (showing.count_following, showing.following)
        )
        if page is None or shown.profile.hides_graph:
            total = await self._database.read(lambda tx: count(tx, shown.id))
            first = None if shown.profile.hides_graph else _page(this, _FIRST)
            return self._document(request, ordered_collection(this, total, first=first), visitor)
        after = 0 if page == _FIRST else _number(page)
        if after is None:
            return not_found()
        found = await self._database.read(lambda tx: read(tx, shown.id, after))
        following = _page(this, found.following) if found.following is not None else None
        return self._document(request, ordered_page(_page(this, page), this, found.ids, following=following), visitor)

    async def _show_part(self, request: Request, shown: Shown, visitor: Visitor | None) -> Response:
        node = await self._node_of(visitor)
        if node is None:
            return problem(401, "unsigned", "Sign your request, so that we know which part is yours.")
        ids = await self._database.read(lambda tx: showing.followers_at(tx, shown.id, node))
        if ids is None:
            return not_found()
        this = door(shown.profile.id.value, "followers_synchronization")
        return document(request, ordered_collection(this, None, items=ids), for_all=False)

    async def _node_of(self, visitor: Visitor | None) -> NodeId | None:
        if visitor is None:
            return None
        return await self._database.read(lambda tx: showing.node_of(tx, visitor))

    async def _show_featured(self, request: Request, shown: Shown, visitor: Visitor | None) -> Response:
        found = await self._database.read(lambda tx: showing.featured(tx, shown.id))
        items = [note_of(post) for post in found]
        this = door(shown.profile.id.value, "featured")
        return self._document(request, ordered_collection(this, len(items), items=items), visitor)

    # -- posts

    async def post(self, request: Request) -> Response:
        """`/p/{id}`."""
        return await self._of_post(request, self._show_post)

    async def create(self, request: Request) -> Response:
        """`/p/{id}/create`: the activity that told of it."""
        return await self._of_post(request, self._show_create)

    async def replies(self, request: Request) -> Response:
        """`/p/{id}/replies` and its pages."""
        return await self._of_post(request, self._show_replies)

    async def context(self, request: Request) -> Response:
        """`/p/{id}/context`: the whole conversation (FEP-7888)."""
        return await self._of_post(request, self._show_context)

    async def boost(self, request: Request) -> Response:
        """`/b/{id}`."""
        visitor = await self._visitors.of(request)
        if isinstance(visitor, Response):
            return visitor
        number = request.path_params["id"]
        found = await self._database.read(lambda tx: showing.boost(tx, number, visitor))
        activity = _outbox_entry(found) if found is not None else None
        return self._document(request, activity, visitor) if activity is not None else not_found()

    async def quote_stamp(self, request: Request) -> Response:
        """`/q/{id}`: by which the post of that id, of here or elsewhere, may quote one of here (FEP-044f)."""
        return await self._stamp(request, "QuoteAuthorization", showing.quote_stamp)

    async def reply_stamp(self, request: Request) -> Response:
        """`/r/{id}`: by which the post of that id may answer one of here, as GoToSocial wants to see it."""
        return await self._stamp(request, "ReplyAuthorization", showing.reply_stamp)

    async def emoji(self, request: Request) -> Response:
        """`/emojis/{shortcode}`: one of the node's own, by its id in posts; public as its picture is."""
        name = request.path_params["shortcode"]
        found = await self._database.read(lambda tx: showing.emoji(tx, name)) if OWN_SHORTCODE.fullmatch(name) else None
        if found is None:
            return not_found()
        content = {"@context": REACTION_CONTEXT} | emoji_tag(found, self._speaker.value)
        return document(request, content, for_all=True)

    async def _stamp(self, request: Request, kind: Stamp, find: FindStamp) -> Response:
        number = request.path_params["id"]
        visitor = await self._visitors.of(request)
        found = None
        if not isinstance(visitor, Response):
            asker = visitor
            found = await self._database.read(lambda tx: find(tx, number, asker))
            if found is None and asker is None:
                visitor = await self._visitors.of(request, needed=True)
        if isinstance(visitor, Response):
            return visitor
        if found is None and visitor is not None:
            known = visitor
            found = await self._database.read(lambda tx: find(tx, number, known))
        if found is None:
            return not_found()
        this = f"{self._address.origin}/{'q' if kind == 'QuoteAuthorization' else 'r'}/{number}"
        return self._document(request, stamp_of(kind, this, found.author, found.interacting, found.target), visitor)

    async def _of_post(self, request: Request, show: ShowPost) -> Response:
        visitor = await self._visitors.of(request)
        number = request.path_params["id"]
        found = None
        if not isinstance(visitor, Response):
            asker = visitor
            found = await self._database.read(lambda tx: showing.post(tx, number, asker))
            if found is None and asker is None:
                visitor = await self._visitors.of(request, needed=True)
        if isinstance(visitor, Response):
            return visitor
        if found is None and visitor is not None:
            asker = visitor
            found = await self._database.read(lambda tx: showing.post(tx, number, asker))
        match found:
            case None:
                return not_found()
            case Buried(form):
                stone = tombstone(f"{self._address.origin}/p/{number}", form=form, with_context=True)
                return document(request, stone, for_all=visitor is None, status=410)
            case ShownPost():
                return await show(request, found, visitor)

    async def _show_post(self, request: Request, shown: ShownPost, visitor: Visitor | None) -> Response:
        replies = await self._replies(shown, 0, with_context=False)
        return self._document(request, note_of(shown.post, replies=replies, with_context=True), visitor)

    async def _show_create(self, request: Request, shown: ShownPost, visitor: Visitor | None) -> Response:
        activity = create_of(shown.post)
        return self._document(request, activity, visitor) if activity is not None else not_found()

    async def _show_replies(self, request: Request, shown: ShownPost, visitor: Visitor | None) -> Response:
        page = request.query_params.get("page")
        after = _number(page) if page is not None and page != _FIRST else 0
        if after is None:
            return not_found()
        return self._document(request, await self._replies(shown, after, with_context=True), visitor)

    async def _replies(self, shown: ShownPost, after: int, *, with_context: bool) -> JsonObject:
        found = await self._database.read(lambda tx: showing.replies(tx, shown, after))
        this = f"{shown.post.id.value}/replies"
        following = _page(this, found.following) if found.following is not None else None
        if not after:
            return replies_collection(this, found.ids, following=following, with_context=with_context)
        page: JsonObject = {"@context": AS2, "id": _page(this, after), "type": "CollectionPage", "partOf": this}
        return page | ({"next": following} if following else {}) | {"items": found.ids}

    async def _show_context(self, request: Request, shown: ShownPost, visitor: Visitor | None) -> Response:
        ids = await self._database.read(lambda tx: showing.context(tx, shown))
        this = f"{shown.post.id.value}/context"
        return self._document(request, context_collection(this, shown.post.author.value, ids), visitor)

    def _document(self, request: Request, content: JsonObject, visitor: Visitor | None) -> Response:
        return document(request, content, for_all=visitor is None and not self._visitors.signed_only)


def _outbox_entry(entry: Post | showing.ShownBoost) -> JsonObject | None:
    if isinstance(entry, Post):
        return create_of(entry)
    return activity_of(entry.change, (entry.author,) if entry.author is not None else ())


def _page(this: str, page: str | int) -> str:
    return f"{this}?page={page}"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None
