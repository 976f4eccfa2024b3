"""Streaming: live updates by WebSocket and by server-sent events, under Mastodon's stream names.

A frame is made once for each stream and handed to all who listen; whoever does not keep up is let go, alone.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import parse_qsl

from msgspec import DecodeError, Struct, json
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from scattershot.app import counters
from scattershot.app.programs import Caller, Programs
from scattershot.app.topics import About, Event, News, Topic, Topics
from scattershot.domain.ids import MicroblogId, TokenId
from scattershot.frontends.mastodon_api.calls import parse_id
from scattershot.frontends.mastodon_api.door import CORS, bearer_token

PATH = "/api/v1/streaming"
HEARTBEAT = 15.0
"""Seconds of silence after which a comment is sent to those who listen by server-sent events."""
BACKLOG = 200
"""Frames that may wait for one listener."""
MOST_TOPICS = 100
"""Streams on one connection."""
MOST_SAID = 4_096
"""Characters of a message from whoever listens: it only says to what."""
MOST_CONNECTIONS = 30
"""Connections of one token."""

_WORDS = {
    Event.NEW: b"update",
    Event.EDITED: b"status.update",
    Event.DELETED: b"delete",
    Event.NOTIFIED: b"notification",
    Event.CONVERSED: b"conversation",
    Event.LET_IN: b"notifications_merged",
    Event.FILTERED: b"filters_changed",
    Event.ANNOUNCED: b"announcement",
    Event.REACTED: b"announcement.reaction",
    Event.WITHDRAWN: b"announcement.delete",
}

_TOO_SLOW, _ENDED, _TOO_LARGE = 1008, 1000, 1009
"""Reasons of closing a WebSocket (RFC 6455 section 7.4.1)."""


class Stream(NamedTuple):
    """A stream by its name: the topics behind it, each with what a token must allow: of the first, at all."""

    name: tuple[str, ...]
    topics: tuple[Topic, ...]
    scopes: tuple[str, ...] = ("",)


class Mistake(NamedTuple):
    """Why there is no such stream for this caller."""

    status: int
    error: str


_PUBLIC: Mapping[str, Topic] = {
    "public": Topic(About.PUBLIC),
    "public:media": Topic(About.PUBLIC, media=True),
    "public:local": Topic(About.PUBLIC, local=True),
    "public:local:media": Topic(About.PUBLIC, local=True, media=True),
    "public:remote": Topic(About.PUBLIC, local=False),
    "public:remote:media": Topic(About.PUBLIC, local=False, media=True),
}

_BY_PATH = {
    "user": "user",
    "user/notification": "user:notification",
    "public": "public",
    "public/local": "public:local",
    "public/remote": "public:remote",
    "hashtag": "hashtag",
    "hashtag/local": "hashtag:local",
    "list": "list",
    "direct": "direct",
}


def stream_of(name: str, params: Mapping[str, str], caller: Caller | None) -> Stream | Mistake:
    """The stream of that name for that caller."""
    found = _named(name, params, caller.microblog if caller is not None else None)
    if isinstance(found, Mistake):
        return found
    first = found.scopes[0]
    if caller is None:
        return Mistake(401, "Missing access token") if first else found
    if first and first not in caller.scopes:
        return Mistake(401, "Access token does not have the required scopes")
    pairs = zip(found.topics, found.scopes, strict=True)
    return found._replace(topics=tuple(topic for topic, scope in pairs if not scope or scope in caller.scopes))


def _named(name: str, params: Mapping[str, str], viewer: MicroblogId | None) -> Stream | Mistake:
    public = _PUBLIC.get(name)
    if public is not None:
        only_media = params.get("only_media", "").lower() in ("1", "true") and not name.endswith(":media")
        return _named(f"{name}:media", {}, viewer) if only_media else Stream((name,), (public,))
    match name:
        case "user":
            own = (Topic(About.HOME, viewer), Topic(About.TOLD, viewer))
            return Stream((name,), own, ("read:statuses", "read:notifications"))
        case "user:notification":
            return Stream((name,), (Topic(About.TOLD, viewer),), ("read:notifications",))
        case "direct":
            return Stream((name,), (Topic(About.PRIVATE, viewer),), ("read:statuses",))
        case "list":
            number = parse_id(params.get("list"))
            if number is None:
                return Mistake(400, "Missing list name parameter")
            return Stream((name, str(number)), (Topic(About.LIST, viewer, list=number),), ("read:statuses",))
        case "hashtag" | "hashtag:local":
            tag = params.get("tag", "").strip().removeprefix("#").lower()
            if not tag:
                return Mistake(400, "Missing tag name parameter")
            return Stream((name, tag), (Topic(About.TAG, local=True if name.endswith("local") else None, tag=tag),))
        case _:
            return Mistake(400, "Unknown stream type")


# -- frames


class Frames:
    """Makes frames, each once for all who are told the same: the newest are remembered for as long as they are sent."""

    def __init__(self) -> None:
        self._news: News | None = None
        self._made: dict[tuple[tuple[str, ...], bool], str | bytes] = {}

    def frame(self, news: News, name: tuple[str, ...], *, socket: bool) -> str | bytes:
        """As text for a WebSocket, as an event of a stream else."""
        if news is not self._news:
            self._news, self._made = news, {}
        made = self._made.get((name, socket))
        if made is None:
            made = self._made[name, socket] = _socket_frame(news, name) if socket else _sse_frame(news)
        return made


def _socket_frame(news: News, name: tuple[str, ...]) -> str:
    """The payload is JSON in a text, as Mastodon has it; some events have none."""
    payload = b',"payload":' + json.encode(news.body.decode()) if news.body else b""
    return (b'{"stream":' + json.encode(name) + b',"event":"' + _WORDS[news.event] + b'"' + payload + b"}").decode()


def _sse_frame(news: News) -> bytes:
    """One without data would not be heard at all (HTML, section 9.2.6)."""
    return b"event: " + _WORDS[news.event] + b"\ndata: " + (news.body or b"null") + b"\n\n"


# -- listeners

_Frame: TypeAlias = str | bytes


class Listener:
    """One connection: what waits for it, and the streams it listens to. `next` gives frames until it is ended."""

    def __init__(self, topics: Topics, frames: Frames, caller: Caller | None, *, socket: bool) -> None:
        self.caller = caller
        self.viewer = caller.microblog if caller is not None else None
        self._topics, self._frames, self._socket = topics, frames, socket
        self._streams: dict[Topic, list[tuple[str, ...]]] = {}
        self._waiting: deque[_Frame] = deque()
        self._news = asyncio.Event()
        self.ended: int | None = None

    def listen(self, stream: Stream) -> bool:
        """From now on also to that stream; False where it listens to too many."""
        if len(self._streams) >= MOST_TOPICS and not self._streams.keys() >= set(stream.topics):
            return False
        for topic in stream.topics:
            names = self._streams.setdefault(topic, [])
            if stream.name not in names:
                names.append(stream.name)
            self._topics.add(topic, self)
        return True

    def leave(self, stream: Stream) -> None:
        """No longer to that one; what another stream tells as well goes on."""
        for topic in stream.topics:
            names = self._streams.get(topic, [])
            if stream.name in names:
                names.remove(stream.name)
            if not names and self._streams.pop(topic, None) is not None:
                self._topics.drop(topic, self)

    def hear(self, news: News) -> None:
        """Keep a frame for it; one that is too far behind is ended."""
        for name in self._streams.get(news.topic, ()):
            if len(self._waiting) >= BACKLOG:
                self.end(_TOO_SLOW)
                return
            self.tell(self._frames.frame(news, name, socket=self._socket))

    def tell(self, frame: _Frame) -> None:
        """Let it have a frame of its own."""
        self._waiting.append(frame)
        self._news.set()

    def end(self, why: int = _ENDED) -> None:
        """Nothing more for it."""
        self.ended = why
        for topic in self._streams:
            self._topics.drop(topic, self)
        self._streams.clear()
        self._waiting.clear()
        self._news.set()

    async def next(self) -> list[_Frame]:
        """What waits for it, as soon as there is something; nothing at the end."""
        while not self._waiting and self.ended is None:
            self._news.clear()
            await self._news.wait()
        frames = list(self._waiting)
        self._waiting.clear()
        return frames


class _Asked(Struct):
    """What a program says on its WebSocket."""

    type: str
    stream: str = ""
    tag: str = ""
    list: str = ""


_decode_asked = json.Decoder(_Asked, strict=False).decode


class Streaming:
    """The streaming endpoints: an ASGI application for everything below `PATH`."""

    def __init__(self, topics: Topics, programs: Programs) -> None:
        self._topics, self._programs = topics, programs
        self._frames = Frames()
        self._listeners: dict[TokenId | None, set[Listener]] = {}
        programs.when_ended(self._end_token)

    def _end_token(self, token: TokenId) -> None:
        for listener in list(self._listeners.get(token, ())):
            listener.end()

    def close(self) -> None:
        """Let everybody go, so that the server can stop."""
        for listener in [each for theirs in self._listeners.values() for each in theirs]:
            listener.end()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] == "websocket":
            await self._socket(scope, receive, send)
        else:
            await (await self._answer(Request(scope, receive)))(scope, receive, send)

    def _open(self, caller: Caller | None, *, socket: bool) -> Listener | Mistake:
        token = caller.token if caller is not None else None
        theirs = self._listeners.setdefault(token, set())
        if token is not None and len(theirs) >= MOST_CONNECTIONS:
            return Mistake(429, "Too many connections")
        listener = Listener(self._topics, self._frames, caller, socket=socket)
        theirs.add(listener)
        counters.LISTENERS.inc()
        return listener

    def _close(self, listener: Listener) -> None:
        listener.end()
        token = listener.caller.token if listener.caller is not None else None
        theirs = self._listeners.get(token, set())
        theirs.discard(listener)
        if not theirs:
            self._listeners.pop(token, None)
        counters.LISTENERS.dec()

    async def _caller(self, connection: HTTPConnection) -> tuple[Caller | None, str, str]:
        """Who listens, the token that says so, and the subprotocol it came as."""
        offered = connection.headers.get("sec-websocket-protocol", "").partition(",")[0].strip()
        token = bearer_token(connection) or offered
        return (await self._programs.caller(token) if token else None), token, offered

    # -- server-sent events

    async def _answer(self, request: Request) -> Response:
        rest = request.scope["path"].removeprefix(PATH).strip("/")
        headers = {name.decode(): value.decode() for name, value in CORS}
        if rest == "health":
            return PlainTextResponse("OK", headers=headers)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers={**headers, "access-control-allow-headers": "Authorization"})
        caller, token, _ = await self._caller(request)
        name = _BY_PATH.get(rest, "")
        stream = Mistake(401, "Invalid access token") if token and caller is None else (
            stream_of(name, dict(request.query_params), caller) if name else Mistake(404, "Not found")
        )  # fmt: skip
        listener = stream if isinstance(stream, Mistake) else self._open(caller, socket=False)
        if isinstance(listener, Mistake) or isinstance(stream, Mistake):
            assert isinstance(listener, Mistake)
            body = json.encode({"error": listener.error})
            return Response(body, listener.status, media_type="application/json", headers=headers)
        headers |= {"Cache-Control": "private, no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._events(listener, stream), media_type="text/event-stream", headers=headers)

    async def _events(self, listener: Listener, stream: Stream) -> AsyncIterator[bytes]:
        try:
            await self._topics.begin()
            listener.listen(stream)
            yield b":)\n"
            while listener.ended is None:
                try:
                    async with asyncio.timeout(HEARTBEAT):
                        frames = await listener.next()
                except TimeoutError:
                    yield b":thump\n"
                    continue
                yield b"".join(frame for frame in frames if isinstance(frame, bytes))
        finally:
            self._close(listener)

    # -- WebSockets

    async def _socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        caller, token, offered = await self._caller(connection)
        await receive()  # websocket.connect
        listener = self._open(caller, socket=True) if caller is not None or not token else Mistake(401, "")
        if isinstance(listener, Mistake):
            await send({"type": "websocket.close", "code": 1008})
            return
        try:
            await send({"type": "websocket.accept", "subprotocol": offered or None})
            await self._topics.begin()
            query = dict(parse_qsl(scope["query_string"].decode("latin-1")))
            if query.get("stream"):
                self._ask(listener, "subscribe", query["stream"], query)
            await self._serve(listener, receive, send)
        finally:
            self._close(listener)

    async def _serve(self, listener: Listener, receive: Receive, send: Send) -> None:
        """Tell and be told, until either side has enough."""
        telling = asyncio.create_task(self._tell(listener, send))
        try:
            while True:
                message: dict[str, Any] = dict(await receive())
                if message["type"] == "websocket.disconnect":
                    return
                self._told(listener, message.get("text") or "")
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)

    async def _tell(self, listener: Listener, send: Send) -> None:
        try:
            while listener.ended is None:
                for frame in await listener.next():
                    await send({"type": "websocket.send", "text": frame})
        except OSError:  # the other side went away
            return
        await send({"type": "websocket.close", "code": listener.ended})

    def _told(self, listener: Listener, text: str) -> None:
        if len(text) > MOST_SAID:
            listener.end(_TOO_LARGE)
            return
        try:
            asked = _decode_asked(text)
        except DecodeError:
            listener.tell('{"error":"Invalid message","status":400}')
            return
        self._ask(listener, asked.type, asked.stream, {"tag": asked.tag, "list": asked.list})

    def _ask(self, listener: Listener, what: str, name: str, params: Mapping[str, str]) -> None:
        stream = stream_of(name, params, listener.caller)
        if isinstance(stream, Mistake):
            listener.tell(json.encode({"error": stream.error, "status": stream.status}).decode())
        elif what == "unsubscribe":
            listener.leave(stream)
        elif what == "subscribe" and not listener.listen(stream):
            listener.tell('{"error":"Too many streams","status":429}')
