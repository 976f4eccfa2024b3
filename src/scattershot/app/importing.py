"""Importing: files that people bring from another node are taken over line by line, in the background.

A file is on disk before anybody is told that it was taken, and a line is struck off after it was done: killed between,
it is done once more, which alters nothing. Other nodes are asked for few things at a time.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import islice
from typing import TypeAlias

from msgspec import convert, json

from scattershot.app.clearing import Clearing, name_in
from scattershot.app.discover import Discover, Found
from scattershot.app.lists import IN_IT_ALREADY, Lists
from scattershot.app.publish import Publisher
from scattershot.app.shelves import Shelves
from scattershot.app.ties import Ties
from scattershot.domain.follows import Wish, spelt_languages
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.microblog import Handle, parse_handle
from scattershot.domain.reading import Refused
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction, UnavailableError
from scattershot.storage.tables import imports, microblogs
from scattershot.storage.tables.imports import Row, State
from scattershot.wirekit.mastodon_csv import BadLine, File, Line, decode, encode_failures, text_of
from scattershot.wirekit.urls import host_of

VIA = "import"
TOPIC = "imports"
"""Nudged when a file was taken."""

TAKEN = (File.FOLLOWING, File.BLOCKS, File.MUTES, File.DOMAINS, File.BOOKMARKS, File.LISTS)
"""Files that can be taken over."""

MAX_BYTES = 16_000_000
MAX_LINES = 100_000
MAX_UNDER_WAY = 8
"""Files of one microblog that are taken over side by side."""
SHOWN = 20
"""Files of one microblog that are told of."""

WINDOW = 100
AT_ONCE = 16
"""Things that other nodes are asked for side by side."""
PER_NODE = 2
"""Of those at one node; a second later the next."""
PACE = 1_000
_SLICE = 1_000
_LONGEST_WAIT = 30.0

WAITS = (60_000, 600_000)
"""A node that does not answer is asked again after so long, before a line has failed."""
_PASSING = frozenset({"unreachable", "busy", "unavailable"})
_WORDS = {
    "unreachable": "its node cannot be reached",
    "busy": "its node is busy",
    "not_found": "it was not found",
    "gone": "it is gone",
    "blocked": "this node does not deal with that one",
    "not_allowed": "its node does not let us see it",
}

_YOURSELF = Refused("invalid", "That is yourself.")
_NOBODY = Refused("not_found", "That is not somebody.")
_NO_POST = Refused("not_found", "That is no post.")

_logger = logging.getLogger(__name__)


Outlines: TypeAlias = Callable[[bytes], Sequence[Line | BadLine] | None]
"""Reads what a feed reader wrote, in the words of our files; None for what is something else."""


class Importing:
    """Takes files and takes over what is in them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        bus: Bus,
        discover: Discover,
        publisher: Publisher,
        lists: Lists,
        shelves: Shelves,
        ties: Ties,
        domain: str,
        outlines: Outlines,
    ) -> None:
        self._database, self._clock, self._bus, self._discover = database, clock, bus, discover
        self._publisher, self._lists, self._shelves = publisher, lists, shelves
        self._ties, self._domain, self._outlines = ties, domain, outlines
        self._clearing = Clearing(database, publisher, lists, shelves, ties)
        self._listing = asyncio.Lock()  # lines of one list come side by side, and it must not be made twice

    # -- taking files

    async def take(self, owner: MicroblogId, file: File, body: bytes, *, overwrite: bool) -> int | Refused:
        """Take a file that is whole; its id. With `overwrite` whatever is not in it will be ended.

        Whom one follows, and lists, may come as OPML too, which feed readers write: its folders are the lists.
        """
        if file not in TAKEN:
            return Refused("invalid", "Such a file can be taken along, but not be brought in.")
        if len(body) > MAX_BYTES:
            return Refused("invalid", f"A file has at most {MAX_BYTES // 1_000_000} MB.")
        lines = self._outlines(body) if file in (File.FOLLOWING, File.LISTS) else None
        if lines is not None and overwrite:
            return Refused("invalid", "A list of feeds can be added to what is here, but not take its place.")
        now = self._clock.now()

        def begun(tx: Transaction) -> int | None:
            if sum(row.microblog == owner for row in imports.under_way(tx)) >= MAX_UNDER_WAY:
                return None
            return imports.add(tx, owner, file, now, overwrite=overwrite)

        import_id = await self._database.write(begun)
        if import_id is None:
            return Refused("busy", "Wait until the files you gave in before are done, please.")
        problem = await self._put_lines(import_id, file, lines if lines is not None else decode(file, text_of(body)))
        if problem is not None:
            await self._database.write(lambda tx: imports.drop(tx, import_id))
            return problem
        state = State.CLEARING if overwrite else State.BRINGING
        await self._database.write(lambda tx: imports.set_state(tx, import_id, state))
        self._bus.nudge(TOPIC)
        return import_id

    async def _put_lines(self, import_id: int, file: File, lines: Iterable[Line | BadLine]) -> Refused | None:
        good, why = 0, ""
        rows = self._rows(file, lines)
        while some := list(islice(rows, _SLICE)):
            if some[-1].number > MAX_LINES:
                return Refused("invalid", f"A file has at most {MAX_LINES:,} lines.")
            good += sum(line.why is None for line in some)
            why = why or next((line.why for line in some if line.why), "")
            await self._database.write(partial(imports.add_lines, import_id=import_id, lines=some))
        if good:
            return None
        return Refused("invalid", f"No line of the file can be used: {why or 'there is nothing in it'}.")

    def _rows(self, file: File, lines: Iterable[Line | BadLine]) -> Iterator[imports.Line]:
        """The lines as they are kept; what stands twice is kept once."""
        seen: set[tuple[str, str]] = set()
        number = 0
        for line in lines:
            number += 1
            if isinstance(line, BadLine):
                yield imports.Line(number, "", "", json.encode(line.text).decode(), line.why, 0)
                continue
            key = name_in(file, line.name, self._domain), line.title
            if key not in seen:
                seen.add(key)
                yield imports.Line(number, *key, json.encode(line).decode(), None, 0)

    # -- looking

    async def of(self, owner: MicroblogId) -> list[Row]:
        """The files a microblog gave in lately, the newest first."""
        return await self._database.read(lambda tx: imports.of(tx, owner, SHOWN))

    async def one(self, owner: MicroblogId, import_id: int) -> Row | None:
        """The microblog's file of that id."""
        row = await self._database.read(lambda tx: imports.get(tx, import_id))
        return row if row is not None and row.microblog == owner else None

    async def failures(self, owner: MicroblogId, import_id: int) -> AsyncIterator[bytes] | None:
        """The lines of its file that could not be taken over, each with the reason; None where it has no such file."""
        row = await self.one(owner, import_id)
        return self._failures(row) if row is not None else None

    async def _failures(self, row: Row) -> AsyncIterator[bytes]:
        file, after, first = File(row.file), 0, True
        while found := await self._database.read(partial(imports.failures, import_id=row.id, after=after, limit=500)):
            yield encode_failures(file, [(_line(line), line.why or "") for line in found], first=first)
            after, first = found[-1].number, False

    # -- taking over

    async def begin(self) -> None:
        """Forget what an earlier process did not receive whole."""
        await self._database.write(imports.drop_interrupted)

    async def step(self) -> int:
        """Go on with every file a little; how many lines were dealt with."""
        rows = await self._database.read(imports.under_way)
        asked: Counter[str] = Counter()
        dealt_with = 0
        for row in rows:
            if row.state is State.CLEARING:
                dealt_with += await self._clearing.step(row)
            else:
                dealt_with += await self._bring(row, asked)
        return dealt_with

    async def run(self) -> None:
        """Go on as files come, and as lines fall due."""
        while True:
            if await self.step():
                await self._clock.sleep(PACE / 1000)
            else:
                await self._bus.wait(TOPIC, await self._until_due())

    async def _until_due(self) -> float:
        def work(tx: Transaction) -> list[Millis | None]:
            return [imports.next_due(tx, row.id) for row in imports.under_way(tx)]

        waiting = [moment for moment in await self._database.read(work) if moment is not None]
        wait = (min(waiting) - self._clock.now()) / 1000 if waiting else _LONGEST_WAIT
        return max(0.1, min(wait, _LONGEST_WAIT))

    async def _bring(self, row: Row, asked: Counter[str]) -> int:
        now = self._clock.now()
        due = await self._database.read(lambda tx: imports.due(tx, row.id, now, WINDOW))
        if not due:
            return await self._database.write(lambda tx: _end(tx, row.id, now))
        known = await self._database.read(lambda tx: _known(tx, due))
        chosen: list[imports.Line] = []
        postponed: Counter[str] = Counter()
        passed_over: list[tuple[imports.Line, Millis]] = []
        for line in due:
            host = host_of(line.name) or line.name.rpartition("@")[2]
            if line.number in known or host == self._domain or row.file == File.DOMAINS:
                chosen.append(line)
            elif asked[host] < PER_NODE and asked.total() < AT_ONCE:
                asked[host] += 1
                chosen.append(line)
            else:
                postponed[host] += 1
                passed_over.append((line, Millis(now + PACE * (1 + (postponed[host] - 1) // PER_NODE))))
        if passed_over:
            await self._database.write(lambda tx: _postpone(tx, row.id, passed_over))
        await asyncio.gather(*(self._take_over(row, line, known.get(line.number)) for line in chosen))
        return len(chosen)

    async def _take_over(self, row: Row, line: imports.Line, known: MicroblogId | None) -> None:
        try:
            refused = await self._deed(row, line, known)
        except UnavailableError:
            raise
        except Exception:  # nor must the other lines wait for ever
            _logger.exception("line %s of import %s failed", line.number, row.id)
            refused = Refused("busy", "Something went wrong here.")
        if refused is None:
            await self._database.write(lambda tx: imports.done(tx, row.id, line.number))
        elif refused.why in _PASSING and line.attempts < len(WAITS):
            at = Millis(self._clock.now() + WAITS[line.attempts])
            await self._database.write(lambda tx: imports.later(tx, row.id, [line.number], at, tried=True))
        else:
            why = _WORDS.get(refused.why, "") if not refused.detail or refused.why in _PASSING else refused.detail
            await self._database.write(lambda tx: imports.fail(tx, row.id, line.number, why or "it was refused"))

    async def _deed(self, row: Row, kept: imports.Line, known: MicroblogId | None) -> Refused | None:
        """Do what the line asks for."""
        line, owner, publisher = _line(kept), row.microblog, self._publisher
        assert isinstance(line, Line)
        if row.file == File.DOMAINS:
            return await self._ties.shun(owner, line.name, VIA)
        found = Found(known) if known is not None else await self._discover.find(line.name)
        if isinstance(found, Refused):
            return found
        if row.file == File.BOOKMARKS:
            return await self._shelves.keep(owner, found.post) if found.post is not None else _NO_POST
        whom = found.microblog
        if whom is None or whom == owner:
            return _NOBODY if whom is None else _YOURSELF
        match File(row.file):
            case File.BLOCKS:
                done = await publisher.block(owner, whom, VIA)
            case File.MUTES:
                await publisher.mute(owner, whom, None, notifications=line.notifications is not True)
                return None
            case File.LISTS:
                done = await publisher.follow(owner, whom, VIA)
                if not isinstance(done, Refused):
                    return await self._put_into_list(owner, line.title, whom)
            case _:
                done = await publisher.follow(owner, whom, VIA, _wish(line))
        return done if isinstance(done, Refused) else None

    async def _put_into_list(self, owner: MicroblogId, title: str, whom: MicroblogId) -> Refused | None:
        async with self._listing:
            known = next((each for each in await self._lists.of(owner) if each.title == title), None)
            into = known or await self._lists.make(owner, title)
            if isinstance(into, Refused):
                return into
            refused = await self._lists.add(owner, into.id, [whom])
        return None if refused == IN_IT_ALREADY else refused


def _line(kept: imports.Line) -> Line | BadLine:
    value = json.decode(kept.value)
    return BadLine(value, kept.why or "") if isinstance(value, str) else convert(value, Line)


def _wish(line: Line) -> Wish:
    languages = spelt_languages(line.languages) if line.languages is not None else None
    return Wish(line.boosts, line.notify, languages)


def _known(tx: Transaction, lines: Sequence[imports.Line]) -> dict[int, MicroblogId]:
    """Whom the lines name, where that is known without asking anybody, by the lines' numbers."""
    found: dict[int, MicroblogId] = {}
    for line in lines:
        handle = parse_handle(line.name) if "://" not in line.name else None
        row = microblogs.by_handle(tx, Handle(handle.name, handle.domain)) if handle is not None else None
        if row is not None:
            found[line.number] = row.id
    return found


def _end(tx: Transaction, import_id: int, now: Millis) -> int:
    """It is done where nothing is left to do."""
    if imports.next_due(tx, import_id) is not None:
        return 0
    imports.set_state(tx, import_id, State.DONE, now)
    return 1


def _postpone(tx: Transaction, import_id: int, lines: Sequence[tuple[imports.Line, Millis]]) -> None:
    for line, at in lines:
        imports.later(tx, import_id, [line.number], at, tried=False)
