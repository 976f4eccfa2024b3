"""Live update: a page that is open is told by server-sent events what came to its home timeline."""

from collections.abc import AsyncIterator

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from scattershot.app.streams import Event, Listener, Streams
from scattershot.domain.ids import Seq
from scattershot.frontends.web.desk import Desk
from scattershot.frontends.web.forms import number
from scattershot.frontends.web.visitors import Visitor

HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent, so that no proxy thinks the page has gone."""
AT_ONCE = 8
"""Pages of one microblog that may listen at a time."""
EVENTS = 1_000
"""After so many a stream ends and the page comes back by itself: so whoever signed out stops hearing."""


class Live:
    """The stream of the home timeline."""

    def __init__(self, desk: Desk, streams: Streams) -> None:
        self._desk, self._streams = desk, streams

    @property
    def routes(self) -> list[Route]:
        """Its paths."""
        return [Route("/live/home", self._desk.open(self._home))]

    async def _home(self, request: Request, visitor: Visitor) -> Response:
        """Events since `after` (or since the last one heard), then as they happen."""
        if visitor.who is None:
            return Response("Sign in first.\n", 403, media_type="text/plain")
        if self._streams.count(visitor.who) >= AT_ONCE:
            return Response("Too many open pages.\n", 429, media_type="text/plain")
        heard = request.headers.get("last-event-id") or request.query_params.get("after")
        listener = self._streams.listen(visitor.who)
        return StreamingResponse(
            self._events(listener, visitor, number(heard)),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no", "X-Content-Type-Options": "nosniff"},
        )

    async def _events(self, listener: Listener, visitor: Visitor, heard: int | None) -> AsyncIterator[bytes]:
        with listener:
            yield b"retry: 2000\n\n"
            missed = await self._streams.missed(listener.owner, Seq(heard) if heard is not None else None)
            for news in missed.events:
                yield news.body
            looked = self._desk.clock.now()
            for _ in range(EVENTS):
                try:
                    told: Event | None = await listener.next(HEARTBEAT)
                except TimeoutError:
                    if not await self._desk.visitors.is_signed_in(visitor):
                        return
                    yield b": still here\n\n"
                    continue
                if told is None:
                    return
                if self._desk.clock.now() - looked > HEARTBEAT * 1000:  # nor does much news keep a door open
                    if not await self._desk.visitors.is_signed_in(visitor):
                        return
                    looked = self._desk.clock.now()
                if told.seq > missed.up_to:
                    yield told.body
