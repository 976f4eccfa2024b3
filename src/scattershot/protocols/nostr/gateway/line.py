"""One WebSocket to another's relay: questions and their answers, events given, and what comes for wishes that stay."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import NamedTuple, TypeAlias

from scattershot.ports.sockets import Socket
from scattershot.protocols.nostr.session.client import (
    AllStored,
    Came,
    ClientSession,
    Deed,
    Differs,
    Number,
    Over,
    ProofWanted,
    Remark,
    Send,
    Told,
)
from scattershot.protocols.nostr.session.theirs import Theirs, cut
from scattershot.protocols.nostr.wire.event import Event
from scattershot.protocols.nostr.wire.filters import Filter
from scattershot.protocols.nostr.wire.negentropy import Negentropy

MOST_OF_ONE = 5_000
"""Events of one question; a relay could go on for ever."""
PATIENCE = 15.0
"""Seconds for an answer."""
MOST_REMARKS = 20
"""Notices of one connection that are logged."""

_logger = logging.getLogger(__name__)

Take: TypeAlias = Callable[[Event], Awaitable[None]]
Prove: TypeAlias = Callable[[str, str, frozenset[str]], Awaitable[list[Event]]]
"""Signs proofs of who we are, for a relay's address and its challenge, as the node itself and as those keys."""


class Found(NamedTuple):
    """What a question brought; `complete`: whether that is all, where the relay says so; `why` it was cut short."""

    events: list[Event]
    complete: bool | None = None
    why: str = ""


class Compared(NamedTuple):
    """What only we have and what only they have; `why` the comparison failed."""

    have: list[bytes]
    need: list[bytes]
    why: str = ""


class _Question:
    """What waits for an answer."""

    def __init__(self) -> None:
        self.done: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.events: dict[str, Event] = {}
        self.complete: bool | None = None
        self.have: list[bytes] = []
        self.need: list[bytes] = []
        self.number = 0
        self.taken = False

    def end(self, why: str = "") -> None:
        if not self.done.done():
            self.done.set_result(why)


class Line:
    """A connection that was made; `run` must go on for it to live."""

    def __init__(self, address: str, socket: Socket, theirs: Theirs, prove: Prove) -> None:
        self.address, self.theirs = address, theirs
        self._socket, self._prove = socket, prove
        self._session = ClientSession(theirs)
        self._questions: dict[str, _Question] = {}
        self._takes: dict[str, Take] = {}
        self._numbers = count(1)
        self._remarks = 0
        self.readers: frozenset[str] = frozenset()
        """Keys as which one proves oneself where that is asked for, besides the node's own."""
        self.lost: set[str] = set()
        """Names of wishes that were to stay, and that they ended."""
        self.ended = False
        self.hung_up = False
        """Whether it was we who ended it."""
        self.compares = theirs.does(77)
        """Whether it is worth comparing sets with it, as far as is known."""

    @property
    def is_idle(self) -> bool:
        """Whether nobody waits for anything, and nobody listens."""
        return not self._questions and not self._takes

    async def run(self) -> None:
        """Hear what they say, until they or we hang up."""
        try:
            while (said := await self._socket.receive()) is not None:
                for deed in self._session.receive(said):
                    await self._do(deed)
        finally:
            self.ended = True
            for question in list(self._questions.values()):
                question.end("error: the connection was cut")
            await self._socket.close()

    async def close(self) -> None:
        """Hang up."""
        self.ended = self.hung_up = True
        await self._socket.close()

    # -- asking

    async def fetch(self, filters: Sequence[Filter], *, most: int = MOST_OF_ONE, seconds: float = PATIENCE) -> Found:
        """What is stored of that, in as many questions as they need; a filter that names nothing brings nothing."""
        found: dict[str, Event] = {}
        complete: bool | None = True
        for question in cut(tuple(filters), self.theirs):
            asked = await self._fetch(question, most, seconds)
            found |= asked.events
            why = asked.done.result()
            if why or len(found) >= most:
                return Found(list(found.values()), complete=False, why=why)
            complete = complete and asked.complete if asked.complete is not None and complete is not None else None
        return Found(list(found.values()), complete)

    async def _fetch(self, filters: tuple[Filter, ...], most: int, seconds: float) -> _Question:
        name, question = self._question("q")

        async def take(event: Event) -> None:
            if len(question.events) < most:
                question.events[event.id] = event
            else:
                question.end()

        self._takes[name] = take
        await self._say(self._session.want(name, filters, stays=False))
        await self._answered(name, question, seconds)
        return question

    async def listen(self, name: str, filters: tuple[Filter, ...], take: Take, *, seconds: float = PATIENCE) -> str:
        """Have whatever comes for that handed to `take`, what is stored first; back when that has come.

        A word where they refuse; then nothing is listened to. The filters must fit into one of their frames.
        """
        question = self._questions[name] = _Question()
        self._takes[name] = take
        await self._say(self._session.want(name, filters, stays=True))
        why = await self._waited(question, seconds)
        self._questions.pop(name, None)
        if why and why != "timeout":
            self._takes.pop(name, None)
        return "" if why == "timeout" else why

    async def prove(self, readers: frozenset[str]) -> None:
        """Say that we are these, if they asked already; else it is said when they ask."""
        self.readers = readers
        if readers and self._session.challenge:
            await self._say(self._session.prove(await self._prove(self.address, self._session.challenge, readers)))

    async def leave(self, name: str) -> None:
        """No longer listen for that."""
        if self._takes.pop(name, None) is not None:
            await self._say(self._session.leave(name))

    async def give(self, event: Event, *, seconds: float = PATIENCE) -> tuple[bool, str]:
        """Whether they took the event, and what they say about it; `timeout` where they say nothing."""
        question = self._questions[event.id] = _Question()
        await self._say(self._session.give(event))
        why = await self._waited(question, seconds)
        self._questions.pop(event.id, None)
        return question.taken, why

    async def count(self, filters: tuple[Filter, ...], *, seconds: float = PATIENCE) -> int | None:
        """How many there are, where they count."""
        name, question = self._question("n")
        await self._say(self._session.count(name, filters))
        await self._answered(name, question, seconds)
        return None if question.done.result() else question.number

    async def compare(self, wanted: Filter, side: Negentropy, *, seconds: float = PATIENCE) -> Compared:
        """What each side lacks of what is wanted; `seconds` are for each step of it."""
        name, question = self._question("c")
        await self._say(self._session.compare(name, wanted, side))
        while True:
            known = (len(question.have), len(question.need))
            why = await self._waited(question, seconds)
            if why != "timeout" or (len(question.have), len(question.need)) == known:
                break
        self._questions.pop(name, None)
        if why:
            await self._say(self._session.leave(name))
            self.compares = self.compares and not why.startswith(("unsupported", "timeout"))
        return Compared(question.have, question.need, why)

    def _question(self, letter: str) -> tuple[str, _Question]:
        name = f"{letter}{next(self._numbers)}"
        question = self._questions[name] = _Question()
        return name, question

    async def _answered(self, name: str, question: _Question, seconds: float) -> None:
        why = await self._waited(question, seconds)
        question.end(why)
        self._questions.pop(name, None)
        self._takes.pop(name, None)
        if name in self._session.names:
            await self._say(self._session.leave(name))

    async def _waited(self, question: _Question, seconds: float) -> str:
        if self.ended:
            return "error: the connection was cut"
        try:
            return await asyncio.wait_for(asyncio.shield(question.done), seconds)
        except TimeoutError:
            return "timeout"

    # -- what is heard

    async def _say(self, deeds: list[Deed]) -> None:
        for deed in deeds:
            await self._do(deed)

    async def _do(self, deed: Deed) -> None:
        match deed:
            case Send(frame):
                if not await self._socket.send(frame):
                    self.ended = True
            case Came(name, event):
                take = self._takes.get(name)
                if take is not None:
                    await take(event)
            case AllStored(name, complete):
                self._end(name, complete=complete)
            case Over(name, why):
                if name not in self._questions:
                    self.lost.add(name)
                self._end(name, why or "error: they give no reason")
                self._takes.pop(name, None)
            case Told(event, taken, why):
                question = self._questions.get(event)
                if question is not None:
                    question.taken = taken
                    question.end(why)
            case Number(name, number, _):
                if name in self._questions:
                    self._questions[name].number = number
                self._end(name)
            case Differs(name, have, need, ended):
                self._learn(name, have, need, ended)
            case ProofWanted(challenge):
                await self._say(self._session.prove(await self._prove(self.address, challenge, self.readers)))
            case Remark(words):
                self._remarks += 1
                if self._remarks <= MOST_REMARKS:
                    _logger.info("%s says: %r", self.address, words)

    def _end(self, name: str, why: str = "", *, complete: bool | None = None) -> None:
        question = self._questions.get(name)
        if question is not None:
            question.complete = complete
            question.end(why)

    def _learn(self, name: str, have: tuple[bytes, ...], need: tuple[bytes, ...], ended: bool) -> None:
        question = self._questions.get(name)
        if question is None:
            return
        question.have += have
        question.need += need
        if ended:
            question.end()
