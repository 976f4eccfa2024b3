"""The control socket in the data folder: by it the command line speaks with the node that runs.

The node greets with its version. A request is one line of JSON; the answer is lines of JSON as they come, the last of
which says how it ended. The socket is its owner's alone, as is the folder: there is no other lock on this door.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

SOCKET = "control.sock"

MAX_PATH = 100
"""The longest path that every system takes for a socket (Linux 107 bytes, macOS 103)."""

MAX_REQUEST = 4_000_000
"""The longest request line in bytes: the longest post that settings allow, escaped."""

GREETING_SECONDS = 5.0
"""How long a node that runs may take to greet before it counts as stuck."""

T = TypeVar("T")


class Asked(Struct, frozen=True):
    """A verb with its arguments by name."""

    verb: str
    arguments: dict[str, Any]


class Line(Struct, frozen=True, omit_defaults=True):
    """A piece of an answer: the greeting, something to print, a remark beside it, or the end with its exit status."""

    version: str | None = None
    out: str | None = None
    note: str | None = None
    end: int | None = None


Tell = Callable[[Line], None]
Handle = Callable[[Asked, Tell], Awaitable[int]]


class NoAnswerError(Exception):
    """A node is there and does not answer, or went away before the end."""


# -- the node's side


class Control:
    """The node's end: carries out what is asked, several at a time."""

    def __init__(self, folder: Path, version: str, handle: Handle) -> None:
        self._folder, self._version, self._handle = folder, version, handle
        self._server: asyncio.Server | None = None
        self._busy: set[asyncio.Task[Any]] = set()

    async def open(self) -> None:
        """Listen; only who owns the data folder calls this, so a socket that lies about is a dead node's."""
        (self._folder / SOCKET).unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)
        try:
            _reach(self._folder, listening.bind)
        finally:
            os.umask(mask)
        self._server = await asyncio.start_unix_server(self._meet, sock=listening, limit=MAX_REQUEST)

    async def close(self) -> None:
        """Stop listening; what is under way is broken off, and says so by the missing end."""
        if self._server is not None:
            self._server.close()
        for task in self._busy:
            task.cancel()
        await asyncio.gather(*self._busy, return_exceptions=True)
        (self._folder / SOCKET).unlink(missing_ok=True)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._busy.add(task)
        try:
            await self._answer(reader, writer)
        except (OSError, ValueError, asyncio.CancelledError):  # gone, too long, or the node stops
            pass
        finally:
            self._busy.discard(task)
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def tell(line: Line) -> None:
            writer.write(msgspec.json.encode(line) + b"\n")

        tell(Line(version=self._version))
        request = await reader.readline()
        if not request:
            return
        asked = msgspec.json.decode(request, type=Asked)
        work = asyncio.ensure_future(self._handle(asked, tell))
        gone = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                tell(Line(end=work.result()))
                await writer.drain()
        finally:
            for each in (work, gone):
                each.cancel()
            await asyncio.gather(work, gone, return_exceptions=True)


# -- the command line's side


def ask(folder: Path, asked: Asked, version: str) -> Iterator[Line] | None:
    """The answer line by line, or None where no node listens; NoAnswerError where one is stuck, broke off, or is of
    another version."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _reach(folder, connection.connect)
    except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
        connection.close()
        return None
    except OSError as problem:
        connection.close()
        raise NoAnswerError(f"The node in {folder} cannot be asked: {problem.strerror}.") from problem
    return _lines(connection, asked, version)


def _lines(connection: socket.socket, asked: Asked, version: str) -> Iterator[Line]:
    with connection, connection.makefile("rb") as answer:
        connection.settimeout(GREETING_SECONDS)
        try:
            greeting = msgspec.json.decode(answer.readline(), type=Line)
            if greeting.version != version:
                raise NoAnswerError(
                    f"The node that runs is of version {greeting.version}, this is {version}: restart it."
                )
            connection.settimeout(None)
            connection.sendall(msgspec.json.encode(asked) + b"\n")
            for text in answer:
                line = msgspec.json.decode(text, type=Line)
                yield line
                if line.end is not None:
                    return
        except (OSError, msgspec.DecodeError) as problem:
            raise NoAnswerError("The node runs and does not answer; see its log.") from problem
    raise NoAnswerError("The node stopped before this was done.")


def _reach(folder: Path, act: Callable[[str], T]) -> T:
    """Bind or connect to the socket, whose path may be longer than the system takes."""
    path = str(folder / SOCKET)
    if len(os.fsencode(path)) <= MAX_PATH:
        return act(path)
    here = os.open(".", os.O_RDONLY)
    there = os.open(folder, os.O_RDONLY)
    try:
        if Path(f"/proc/self/fd/{there}").exists():
            return act(f"/proc/self/fd/{there}/{SOCKET}")
        # Elsewhere only from within the folder; nothing else of this process opens relative paths by now.
        os.fchdir(there)
        try:
            return act(SOCKET)
        finally:
            with contextlib.suppress(OSError):
                os.fchdir(here)
    finally:
        os.close(there)
        os.close(here)
