"""Linked data as it is served: a microblog in Turtle and in JSON-LD."""

from hashlib import blake2b

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.protocols.feeds.gateway.feeds import OwnFeeds
from scattershot.protocols.feeds.translate.linked_out import Place, Ties, graph_of
from scattershot.protocols.feeds.wire.triples import Graph
from scattershot.protocols.feeds.wire.triples_out import FOAF, JSON_LD, TURTLE, write_json_ld, write_turtle

_FOR_ALL = "public, max-age=60"
_KINDS = {"ttl": f"{TURTLE}; charset=utf-8", "jsonld": f'{JSON_LD}; profile="{FOAF}"'}
_WRITERS = {"ttl": write_turtle, "jsonld": write_json_ld}


class Linked:
    """Answers GETs."""

    def __init__(self, own: OwnFeeds) -> None:
        self._own = own

    @property
    def routes(self) -> list[Route]:
        """They must stand before the pages, whose names may hold any sign."""
        return [Route(f"/@{{name}}.{form}", self.at_its_address) for form in _KINDS]

    async def at_its_address(self, request: Request) -> Response:
        """By the end of the address."""
        return await self.answer(request, request.scope["path"].rpartition(".")[2])

    async def answer(self, request: Request, form: str) -> Response:
        """The microblog that the request names, in that form."""
        name = request.path_params["name"][:400].replace("\0", "")
        found = await self._graph(name)
        if found is None:
            return Response("There is no such microblog.", 404, media_type="text/plain")
        page, graph = found
        body = _WRITERS[form](graph)
        headers = {
            "etag": f'"{blake2b(body, digest_size=9).hexdigest()}"',
            "content-location": f"{page}.{form}",
            "cache-control": _FOR_ALL,
            "access-control-allow-origin": "*",
            "x-content-type-options": "nosniff",
        }
        known = request.headers.get("if-none-match", "")[:2048]
        if headers["etag"] in [part.strip().removeprefix("W/") for part in known.split(",")]:
            return Response(None, 304, headers)
        return Response(body, 200, headers, media_type=_KINDS[form])

    async def _graph(self, name: str) -> tuple[str, Graph] | None:
        syndication, origin = self._own.syndication, self._own.presented.origin
        subject = await syndication.microblog(name, replies=True)
        leaf = await syndication.leaf(subject) if subject is not None else None
        if leaf is None or leaf.face is None:
            return None
        following, followers = await syndication.ties(leaf.face)
        here = frozenset(face.profile.id.value for face in (*following, *followers) if face.local)
        ties = Ties([face.profile for face in following], [face.profile for face in followers], here)
        place = Place(origin, f"{origin}{leaf.face.page}")
        return place.page, graph_of(leaf.face.profile, place, ties, [self._own.shown(item) for item in leaf.items])
