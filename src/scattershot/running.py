"""`run`: a node that answers and lives until it is told to stop.

A stop loses nothing: new connections are turned away, requests are finished, live streams are ended, and what is under
way to other nodes has a moment to arrive or stays owed.
"""

import asyncio
import contextlib
import gc
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import uvicorn
from msgspec.structs import replace
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scattershot import __version__
from scattershot.bootstrap import Node
from scattershot.drivers.archive import DATABASE
from scattershot.drivers.control import SOCKET, Asked, Control, NoAnswerError, ask
from scattershot.drivers.http_door import HttpDoor
from scattershot.drivers.socket_door import SocketDoor
from scattershot.opening import Trouble, opened, own
from scattershot.settings import ANY_PORT, Settings
from scattershot.verbs.carrying import carry_out
from scattershot.verbs.people import welcome

SECONDS_TO_FINISH = 5
"""How long requests under way may take once the node is told to stop."""

SECONDS_TO_STOP = 10.0
"""How long everything else may take after that."""

WAIT_FOR_COMMANDS = 8.0
"""How long a start waits for a command that has the data folder at the moment."""

MOST_FROM_LISTENERS = 132_000
"""Bytes of a message by WebSocket: what an event of Nostr may have, and its frame."""
KEEP_ALIVE = 75
"""Seconds a connection may idle: longer than reverse proxies keep theirs, so that they close first."""

_logger = logging.getLogger(__name__)

Print = Callable[[str], None]


async def run(settings: Settings, say: Print) -> None:
    """Run a node until a signal stops it; Trouble where it cannot start."""
    await own(settings.data, WAIT_FOR_COMMANDS, busy=partial(_answers, settings))
    for left_over in settings.data.glob(f"copy-*.{DATABASE}*"):  # by a backup that was cut short
        left_over.unlink(missing_ok=True)
    with _listening(settings.listen) as door:
        settings = _with_port(settings, door.getsockname()[1])
        async with opened(settings, runs=True) as node:
            await _serve(node, door, say)
    _logger.info("stopped")


def _answers(settings: Settings) -> bool:
    """Whether a node runs there already."""
    if not (settings.data / SOCKET).exists():
        return False
    try:
        lines = ask(settings.data, Asked("", {}), __version__)
    except NoAnswerError:
        return False
    return lines is not None


# -- the address


@contextlib.contextmanager
def _listening(listen: str) -> Iterator[socket.socket]:
    """A socket bound to `HOST:PORT`; nothing can connect before the node serves."""
    host, _, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    try:
        found = socket.getaddrinfo(
            host or None, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICSERV
        )
        family, kind, proto, _, address = found[0]
        door = socket.socket(family, kind, proto)
    except (OSError, OverflowError) as problem:
        raise Trouble(f"Cannot listen on {listen}: {problem}.") from problem
    with door:
        try:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
        except (OSError, OverflowError) as problem:
            why = problem.strerror if isinstance(problem, OSError) else problem
            raise Trouble(f"Cannot listen on {listen}: {why}.") from problem
        yield door


def _with_port(settings: Settings, port: int) -> Settings:
    """The settings where the system was to choose the port."""
    host, _, asked = settings.listen.rpartition(":")
    if int(asked) != 0:
        return settings
    origin, domains = settings.origin, settings.domains
    if origin == ANY_PORT:
        origin = f"http://localhost:{port}"
        domains = tuple(f"localhost:{port}" if domain == "localhost" else domain for domain in domains)
    return replace(settings, listen=f"{host}:{port}", origin=origin, domains=domains)


# -- serving


async def _serve(node: Node, door: socket.socket, say: Print) -> None:
    streams = _Streams(node.app, node.end_sockets)
    server = _Server(_config(node.settings, streams), streams.end)
    control = Control(node.settings.data, __version__, partial(carry_out, node))
    await node.start()
    await control.open()
    gc.collect()
    gc.freeze()  # what is there now stays: it need not be looked at again and again
    gc.set_threshold(10_000, 20, 50)  # most of what a request makes is gone with it; some 6 µs of each
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, server.stop)
    await _greet(node, say)
    try:
        await server.serve(sockets=[door])
    finally:
        await control.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SECONDS_TO_STOP):
                await node.stop()


async def _greet(node: Node, say: Print) -> None:
    settings = node.settings
    say(f"Scattershot {__version__} is at {settings.origin}/ (listening on {settings.listen}; stop it with Ctrl-C)")
    secret = await node.people.owner_link()
    if secret is not None:
        say(f"Make the owner's account here, once: {welcome(node, secret)}")


def _config(settings: Settings, app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=HttpDoor,
        ws=SocketDoor,
        ws_per_message_deflate=False,  # it costs each listener a hundred times what sending does
        ws_max_size=MOST_FROM_LISTENERS,
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=SECONDS_TO_FINISH,
        backlog=2048,
    )


class _Server(uvicorn.Server):
    """uvicorn without its own way with signals: it would end the process before the node has stopped."""

    def __init__(self, config: uvicorn.Config, end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._end_streams = end_streams

    def stop(self) -> None:
        """Stop; a second call does not wait for anybody."""
        self.force_exit = self.should_exit
        self.should_exit = True

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals alone."""
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what would not end by itself, then wait for the rest."""
        self._end_streams()
        await super().shutdown(sockets)


class _Streams:
    """Knows the answers that never end by themselves, and ends them when the node stops."""

    def __init__(self, app: ASGIApp, end_sockets: Callable[[], None]) -> None:
        self._app, self._end_sockets = app, end_sockets
        self._open: set[asyncio.Task[Any]] = set()
        self._ending = False

    def end(self) -> None:
        """End every stream as if it were complete; a page that listens comes back by itself."""
        self._ending = True
        self._end_sockets()
        for task in self._open:
            task.cancel()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        assert task is not None

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_stream(message):
                self._open.add(task)
            await send(message)
            if self._ending and task in self._open:
                task.cancel()

        try:
            await self._app(scope, receive, watched)
        except asyncio.CancelledError:
            if not self._ending or task not in self._open:
                raise
            task.uncancel()
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            self._open.discard(task)


def _is_stream(start: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/event-stream") for name, value in start["headers"]
    )
