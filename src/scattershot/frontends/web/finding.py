"""The one box that finds: people, hashtags and posts by what is typed, or the one thing that an address stands for."""

from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.discover import Discover
from scattershot.app.items import ALL
from scattershot.app.search import Portion, Search
from scattershot.app.timelines import PAGE, Page, Timelines
from scattershot.domain.ids import MicroblogId
from scattershot.domain.microblog import parse_handle
from scattershot.domain.reading import Refused
from scattershot.domain.window import Window
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import number
from scattershot.frontends.web.visitors import Visitor
from scattershot.ports.database import Transaction
from scattershot.wirekit.token_bucket import Bucket, RateLimits

FINDS = Bucket(capacity=30, per_second=0.5)
"""How often one person may have us ask other nodes."""
BESIDE = 5
"""People and hashtags shown above the posts."""


class Finding:
    """The page that finds."""

    def __init__(self, desk: Desk, timelines: Timelines, discover: Discover, search: Search) -> None:
        self._desk, self._timelines, self._discover, self._search = desk, timelines, discover, search
        self._finds = RateLimits(FINDS)

    @property
    def routes(self) -> list[Route]:
        """Its path."""
        return [Route("/search", self._desk.members(self._find))]

    async def _find(self, request: Request, visitor: Visitor) -> Response:
        assert visitor.who is not None
        asked = request.query_params.get("q", "").strip()[:1_000].replace("\0", "")
        if asked.startswith("#") and asked[1:].replace("·", "").isidentifier():
            return self._desk.to(f"/tags/{quote(asked[1:].lower())}")
        if _is_one_thing(asked):
            return await self._one(request, visitor, visitor.who, asked)
        if not asked:
            return await self._page(request, visitor, 200, asked)
        try:
            return await self._results(request, visitor, visitor.who, asked)
        except TimeoutError:
            words = "That takes too long. Please say more precisely what you look for."
            return await self._page(request, visitor, 503, asked, problem=words)

    async def _one(self, request: Request, visitor: Visitor, viewer: MicroblogId, asked: str) -> Response:
        """The thing that a handle or address stands for, asked of its own node where it is not known."""
        if not self._finds.take(str(viewer), self._desk.clock.now()).allowed:
            words = "That is a lot of searching. Please wait."
            return await self._page(request, visitor, 429, asked, problem=words)
        found = await self._discover.find(asked)
        if isinstance(found, Refused):
            words = found.detail or f"Nothing was found for “{asked}”."
            return await self._page(request, visitor, 404, asked, problem=words)
        if found.post is not None and (item := await self._timelines.item(found.post, viewer)):
            return self._desk.to(item.page)
        if found.microblog is not None and (face := await self._timelines.face(found.microblog)):
            return self._desk.to(face.page)
        return await self._page(request, visitor, 404, asked, problem=f"Nothing was found for “{asked}”.")

    async def _results(self, request: Request, visitor: Visitor, viewer: MicroblogId, asked: str) -> Response:
        before = number(request.query_params.get("before"))
        posts = await self._search.posts(viewer, asked, Portion(PAGE, window=Window(before)))
        people = await self._search.people(viewer, asked, BESIDE) if before is None else []
        uses = await self._search.tags(asked, BESIDE) if before is None else []

        def work(tx: Transaction) -> dict[str, Any]:
            items = self._timelines.entries_in(tx, posts, viewer, ALL)
            faces = self._timelines.faces_in(tx, people)
            return {"page": Page(items, posts[-1] if len(posts) == PAGE else None), "faces": faces}

        shown = await self._timelines.read(work)
        return await self._page(request, visitor, 200, asked, tags=[use.tag for use in uses], **shown)

    async def _page(self, request: Request, visitor: Visitor, status: int, asked: str, **found: Any) -> Response:
        context: dict[str, Any] = {
            "problem": "",
            "page": Page([]),
            "faces": [],
            "tags": [],
            "searched": "page" in found,
        }
        context |= {"asked": asked, "more_query": f"&{urlencode({'q': asked})}", **found}
        return await self._desk.page(request, visitor, "search.html", status, **context)


LONGEST_WORD = 50


def _is_one_thing(asked: str) -> bool:
    """Whether it is an address, a handle typed as one (with its domain, or with the sign before it), or a name of some
    wire, which is longer than words are."""
    if asked.startswith(("https://", "http://")) or len(asked) > LONGEST_WORD:
        return not any(sign.isspace() for sign in asked)
    handle = parse_handle(asked)
    return handle is not None and (bool(handle.domain) or asked.startswith("@"))
