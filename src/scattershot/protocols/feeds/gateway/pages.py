"""Feeds as they are served: in three formats, in pages, only what is new where that is asked for."""

from hashlib import blake2b
from urllib.parse import quote

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scattershot.app.items import Face
from scattershot.app.lately import Lately
from scattershot.domain.ids import Millis
from scattershot.ports.clock import Clock
from scattershot.protocols.feeds.gateway.addresses import FORMATS, Asked, asked_for
from scattershot.protocols.feeds.gateway.feeds import OwnFeeds
from scattershot.protocols.feeds.wire.feed import Feed
from scattershot.protocols.feeds.wire.opml import OPML, Outline, write_opml
from scattershot.wirekit.dates import http_date, parse_http_date

FOR_ALL = "public, max-age=60"
_BIGGEST = 1 << 62
_REMEMBERED = 5_000
"""Pages of feeds of which is known since when they read as they do."""


class Pages:
    """Answers GETs of feeds and of the list of whom a microblog follows."""

    def __init__(self, own: OwnFeeds, clock: Clock) -> None:
        self._own, self._clock = own, clock
        self._seen: Lately[str, tuple[str, Millis]] = Lately(_REMEMBERED)

    @property
    def routes(self) -> list[Route]:
        """They must stand before the pages, whose names may hold any sign."""
        paths = ("/@{name}.", "/@{name}/{id:int}.", "/@{name}/lists/{id:int}.", "/tags/{tag}.")
        feeds = [Route(f"{path}{form}", self.feed) for path in paths for form in FORMATS]
        return [Route("/@{name}/following.opml", self.following), *feeds]

    async def feed(self, request: Request) -> Response:
        """A page of a feed."""
        return await self._of_path(request, request.scope["path"])

    async def in_form(self, request: Request, form: str) -> Response:
        """The feed of the page at the request's address, asked for by `Accept`."""
        return await self._of_path(request, f"{request.scope['path']}.{form}")

    async def _of_path(self, request: Request, path: str) -> Response:
        asked = asked_for(quote(path, safe="/@.,:;+~!$&'()*="), request.url.query)
        before = request.query_params.get("before", "")
        number = int(before) if before.isascii() and before.isdecimal() and len(before) < 20 else None
        if asked is None or (before and number is None):
            return _not_found()
        feed = await self._own.page(asked, min(number, _BIGGEST) if number is not None else None)
        return self._answer(request, asked, feed, before) if feed is not None else _not_found()

    def _answer(self, request: Request, asked: Asked, feed: Feed, before: str) -> Response:
        body = self._own.written(feed, asked)
        tag = f'"{feed.updated or 0}-{blake2b(body, digest_size=9).hexdigest()}"'
        altered = self._altered(f"{asked.topic} {before}", tag)
        headers = self._headers(feed, tag, altered)
        known = [part.strip().removeprefix("W/") for part in request.headers.get("if-none-match", "")[:2048].split(",")]
        if tag in known or "*" in known or (known == [""] and _is_known_since(request, altered)):
            return Response(status_code=304, headers=headers)
        since = _newest_known(known) if _takes_delta(request) else None
        if since is not None:
            newer = tuple(entry for entry in feed.entries if (entry.updated or 0) > since)
            headers |= {"im": "feed", "cache-control": "no-store"}
            part = self._own.written(replace(feed, entries=newer), asked)
            return Response(part, 226, headers, media_type=FORMATS[asked.format])
        return Response(body, 200, headers, media_type=f"{FORMATS[asked.format]}; charset=utf-8")

    def _altered(self, page: str, tag: str) -> Millis:
        """Since when that page of a feed reads as it does: since it was first seen so, for what was taken back has no
        moment. Of one that is forgotten that is now, and it is sent once more."""
        known = self._seen.get(page)
        if known is None or known[0] != tag:
            known = self._seen[page] = tag, self._clock.now()
        return known[1]

    def _headers(self, feed: Feed, tag: str, altered: Millis) -> dict[str, str]:
        links = [f'<{feed.address}>; rel="self"', *(f'<{hub}>; rel="hub"' for hub in feed.hubs)]
        return {
            "content-location": quote(feed.address, safe="/:@?=&%.,;+~!$'()*"),
            "etag": tag,
            "link": ", ".join(links),
            "cache-control": FOR_ALL,
            "vary": "A-IM",
            "access-control-allow-origin": "*",
            "x-content-type-options": "nosniff",
            "last-modified": http_date(altered),
        }

    async def following(self, request: Request) -> Response:
        """Whom a microblog follows, as OPML for other readers."""
        name = request.path_params["name"][:400].replace("\0", "")
        found = await self._own.syndication.followed(name)
        if found is None:
            return _not_found()
        face, faces = found
        origin = self._own.presented.origin
        title, owner = f"Followed by {face.profile.title}", f"{origin}{face.page}"
        body = write_opml(title, owner, self._clock.now(), [_outline(each, origin) for each in faces])
        return Response(body, 200, {"cache-control": FOR_ALL}, media_type=f"{OPML}; charset=utf-8")


def _outline(face: Face, origin: str) -> Outline:
    """One who is followed: with the feed it is known by, or that we have of it."""
    feed = f"{origin}{face.page}.rss" if face.local else face.profile.doors.get("feed", "")
    return Outline(face.profile.title, feed, f"{origin}{face.page}" if face.local else face.address)


def _takes_delta(request: Request) -> bool:
    return "feed" in [part.partition(";")[0].strip().lower() for part in request.headers.get("a-im", "").split(",")]


def _newest_known(known: list[str]) -> int | None:
    """How far the asker has read, by the tag we gave it (RFC 3229 with the instance manipulation `feed`)."""
    found = [tag.strip('"').partition("-")[0] for tag in known]
    return max((int(each) for each in found if each.isascii() and each.isdecimal() and len(each) < 16), default=None)


def _is_known_since(request: Request, altered: Millis) -> bool:
    since = parse_http_date(request.headers.get("if-modified-since", ""))
    return since is not None and altered // 1000 <= since // 1000


def _not_found() -> Response:
    return Response("There is no such feed.", 404, media_type="text/plain")
