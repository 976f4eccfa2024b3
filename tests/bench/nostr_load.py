"""What clients do to the relay, from a process of its own: publish, ask, listen and compare."""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine
from hashlib import sha256
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import uvloop

from scattershot.protocols.nostr.wire import frames
from scattershot.protocols.nostr.wire.event import Unsigned, encode, public_key, sign
from scattershot.protocols.nostr.wire.filters import Filter
from scattershot.protocols.nostr.wire.negentropy import Negentropy, Sealed
from tests.bench.ws_line import Line, a_line, frame

AUTHORS = 1_000
SIGNERS = 20
"""Authors who publish."""
WORDS = [
    "a",
    "fine",
    "day",
    "for",
    "a",
    "walk",
    "by",
    "the",
    "sea",
    "with",
    "tea",
    "and",
    "a",
    "book",
    "or",
    "two",
    "about",
    "boats",
    "and",
    "birds",
    "and",
    "little",
    "else",
]


class Timed(NamedTuple):
    """How many there were, from when to when, and how long each took in seconds."""

    count: int
    began: float
    ended: float
    seconds: list[float]

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.count / (self.ended - self.began)


def author(number: int) -> bytes:
    """The private key of an author."""
    return sha256(b"author %d" % number).digest()


def author_name(number: int) -> str:
    """The name of an author whose signature nobody asks for."""
    return sha256(b"name %d" % number).hexdigest()


def work(end: "Connection[Any, Any]", port: int) -> None:
    """A child's work: whatever it is asked by name, with arguments."""
    uvloop.run(_work(end, port))


async def _work(end: "Connection[Any, Any]", port: int) -> None:
    load = Load(port)
    while True:
        name, *arguments = await asyncio.to_thread(end.recv)
        deed: Callable[..., Coroutine[Any, Any, Any]] = getattr(load, name)
        end.send(await deed(*arguments))


class Load:
    """Deeds on one relay; lines and events stay between them."""

    def __init__(self, port: int) -> None:
        self._port, self._chance = port, random.Random(7)
        self._events: list[bytes] = []
        self._made = 0
        self._listening: list[Line] = []
        self._heard = 0
        self._seconds: list[float] = []

    async def make(self, count: int) -> int:
        """Sign events beforehand; how large a frame is."""
        pubkeys = [(author(n), public_key(author(n))) for n in range(SIGNERS)]
        now = int(time.time())
        for _ in range(count):
            self._made += 1
            secret, pubkey = self._chance.choice(pubkeys)
            words = f"{self._made} {' '.join(self._chance.choices(WORDS, k=20))}"
            tags = [["p", pubkeys[0][1]], ["t", self._chance.choice(WORDS)]]
            event = sign(Unsigned(pubkey, now - self._chance.randrange(1_000), 1, tags, words), secret, bytes(32))
            self._events.append(frame(frames.publish(encode(event))))
        return len(self._events[-1])

    async def publish(self, count: int, connections: int) -> Timed:
        """Say so many as fast as they are taken, until each is answered."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        answered = 0

        def hear(payload: bytes) -> None:
            nonlocal answered
            if payload.startswith(b'["OK"'):
                if b"true" not in payload:
                    raise RuntimeError(payload.decode())
                answered += 1
                if answered == count:
                    done.set_result(None)

        lines = [await a_line(self._port, hear, n) for n in range(connections)]
        taken, self._events = self._events[:count], self._events[count:]
        assert len(taken) == count
        began = time.perf_counter()
        await asyncio.gather(*(_pour(line, taken[n::connections]) for n, line in enumerate(lines)))
        await asyncio.wait_for(done, 120)
        ended = time.perf_counter()
        for line in lines:
            line.close()
        return Timed(count, began, ended, [])

    async def ask(self, count: int, connections: int, authors: int, limit: int, published: bool = False) -> Timed:
        """Ask for notes of some authors, or of those who published before; one question after the other on each line,
        until the end of what is stored."""
        names = (
            [public_key(author(n)) for n in range(SIGNERS)] if published else [author_name(n) for n in range(AUTHORS)]
        )
        questions = iter(
            [
                frame(frames.ask("q", [Filter(authors=frozenset(self._chance.sample(names, authors)),
                                              kinds=frozenset({1}), limit=limit)]))
                for _ in range(count)
            ]
        )  # fmt: skip
        seconds: list[float] = []
        began = time.perf_counter()
        found = sum(await asyncio.gather(*(self._ask_on(n, questions, seconds) for n in range(connections))))
        return Timed(found, began, time.perf_counter(), seconds)

    async def _ask_on(self, number: int, questions: Any, seconds: list[float]) -> int:
        found, news = 0, asyncio.Event()

        def hear(payload: bytes) -> None:
            nonlocal found
            if payload.startswith(b'["EOSE"'):
                news.set()
            found += payload.startswith(b'["EVENT"')

        line = await a_line(self._port, hear, number)
        for question in questions:
            news.clear()
            asked = time.perf_counter()
            await line.say(question)
            await news.wait()
            seconds.append(time.perf_counter() - asked)
        line.close()
        return found

    async def listen(self, sockets: int) -> int:
        """Open sockets that listen for every note, each counting what it hears."""
        self._heard, ready = 0, 0

        def hear(payload: bytes) -> None:
            nonlocal ready
            if payload.startswith(b'["EVENT"'):
                self._heard += 1
                place = payload.find(b'"content":"at ')
                if place > 0:
                    sent = float(payload[place + 14 : place + 34])
                    self._seconds.append(time.perf_counter() - sent)
            ready += payload.startswith(b'["EOSE"')

        wish = frame(frames.ask("l", [Filter(kinds=frozenset({1}), limit=0)]))
        for number in range(sockets):
            line = await a_line(self._port, hear, number)
            await line.say(wish)
            self._listening.append(line)
        while ready < sockets:
            await asyncio.sleep(0.01)
        return ready

    async def heard(self, count: int) -> Timed:
        """Wait until so many frames were heard in all."""
        began, before = time.perf_counter(), self._heard
        while self._heard < count:
            await asyncio.sleep(0.002)
        return Timed(count - before, began, time.perf_counter(), self._seconds)

    async def spread(self, count: int) -> Timed:
        """Publish so many on one line as fast as they are taken, until all who listen have heard all."""
        before, wanted = self._heard, count * len(self._listening)
        began = time.perf_counter()
        await self.publish(count, 1)
        while self._heard - before < wanted:
            await asyncio.sleep(0.001)
        return Timed(wanted, began, time.perf_counter(), [])

    async def pace(self, count: int, a_second: int) -> Timed:
        """Publish at a steady pace, the moment in every note: how long until those who listen hear it."""
        secret, wanted = author(1), count * len(self._listening) + self._heard
        line = await a_line(self._port, lambda _: None, 199)
        self._seconds = []
        began = time.perf_counter()
        for number in range(count):
            await asyncio.sleep(max(0.0, began + number / a_second - time.perf_counter()))
            words = f"at {time.perf_counter():020.9f}"
            event = sign(Unsigned(public_key(secret), int(time.time()), 1, [], words), secret, bytes(32))
            await line.say(frame(frames.publish(encode(event))))
        while self._heard < wanted:
            await asyncio.sleep(0.001)
        line.close()
        return Timed(count, began, time.perf_counter(), self._seconds)

    async def quiet(self) -> int:
        """Nobody listens any more."""
        for line in self._listening:
            line.close()
        self._listening.clear()
        await asyncio.sleep(0.2)
        return 0

    async def subscribe(self, count: int, each: int) -> int:
        """So many subscriptions of others' notes, `each` on one line: as people have them, who follow a few."""
        ready = 0

        def hear(payload: bytes) -> None:
            nonlocal ready
            ready += payload.startswith(b'["EOSE"')

        for number in range(0, count, each):
            line = await a_line(self._port, hear, number)
            self._listening.append(line)
            for name in range(each):
                authors = frozenset(sha256(b"%d %d %d" % (number, name, n)).hexdigest() for n in range(10))
                wanted = Filter(authors=authors, kinds=frozenset({1, 6, 7}), limit=0)
                await line.say(frame(frames.ask(f"s{name}", [wanted])))
            while ready < number + each:
                await asyncio.sleep(0.005)
        return ready

    async def compare(self, items: int, lacking: int) -> tuple[int, int, float, int, int]:
        """Compare with one who lacks so many and has as many others: have, need, seconds, rounds, bytes."""
        told: asyncio.Queue[bytes] = asyncio.Queue()
        own = [(1_700_000_000 - n, sha256(b"own %d" % n).digest()) for n in range(lacking)]
        side = Negentropy(Sealed.of([*known_items(items)][lacking:] + own))
        line = await a_line(self._port, told.put_nowait, 1)
        assert (await told.get()).startswith(b'["AUTH"')
        message: bytes | None = side.open()
        have = need = rounds = size = 0
        began = time.perf_counter()
        said = frames.neg_open("n", Filter(), side.open())
        while message is not None:
            rounds += 1
            size += len(said)
            await line.say(frame(said))
            answer = await told.get()
            size += len(answer)
            if not answer.startswith(b'["NEG-MSG"'):
                raise RuntimeError(answer[:200].decode())
            learnt = side.learn(bytes.fromhex(answer[16:-2].decode()))
            have, need, message = have + len(learnt.have), need + len(learnt.need), learnt.message
            said = frames.neg_message("n", message or b"")
        seconds = time.perf_counter() - began
        line.close()
        return have, need, seconds, rounds, size


def known_items(count: int) -> list[tuple[int, bytes]]:
    """What lies in the store that is compared."""
    chance = random.Random(3)
    return [(1_600_000_000 + chance.randrange(90_000_000), chance.randbytes(32)) for _ in range(count)]


async def _pour(line: Line, said: list[bytes]) -> None:
    for place in range(0, len(said), 20):
        await line.say(b"".join(said[place : place + 20]))
