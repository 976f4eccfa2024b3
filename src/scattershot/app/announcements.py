"""Announcements: those who run the node say something to everybody here, who may put it away or react to it."""

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import NamedTuple, TypeAlias

from msgspec.structs import replace

from scattershot.app.wording import MARKDOWN, Wording, emojis_in
from scattershot.domain.announcement import MAX_TEXT, MOST_KINDS, Announcement, Span
from scattershot.domain.emoji import custom, emoji_in, of_node
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.reading import Refused
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import announcements as rows
from scattershot.storage.tables import house_emojis

Row: TypeAlias = rows.Row
Tally: TypeAlias = rows.Tally

MOST = 100
_NO_SUCH = Refused("not_found", "There is no such announcement.")
NO_EMOJI = Refused("invalid", "Validation failed: Name is not a recognized emoji")
_TOO_MANY_KINDS = Refused("invalid", "Validation failed: Limit of different reactions reached")


class Became(Enum):
    """What became of an announcement."""

    SAID = "said"
    """It is shown, or reads otherwise now."""
    REACTED = "reacted"
    """More or fewer put an emoji beneath it."""
    GONE = "gone"
    """It is shown no more."""


class Shown(NamedTuple):
    """An announcement as a reader sees it."""

    row: Row
    is_read: bool
    reactions: list[Tally]


class Happened(NamedTuple):
    """What became of one; of a reaction the emoji, as it stands beneath it now."""

    became: Became
    number: int
    shown: Shown | None = None
    tally: Tally | None = None


class Announcements:
    """Keeps announcements; `on_change` tells what became of those that are shown."""

    def __init__(self, database: Database, clock: Clock, wording: Wording) -> None:
        self._database, self._clock, self._wording = database, clock, wording
        self._listeners: list[Callable[[Happened], Awaitable[None]]] = []

    def on_change(self, call: Callable[[Happened], Awaitable[None]]) -> None:
        """Have something told whatever becomes of an announcement."""
        self._listeners.append(call)

    # -- those who run the node

    async def every(self) -> list[Row]:
        """All of them, also those not shown."""
        return await self._database.read(rows.every)

    async def get(self, number: int) -> Row | None:
        """The one of that number, shown or not."""
        return await self._database.read(lambda tx: rows.get(tx, number))

    async def add(self, text: str, span: Span, *, published: bool = True) -> int | Refused:
        """Say something, now or (not `published`) later; its number."""
        said = await self._said(text, span)
        if isinstance(said, Refused):
            return said
        now = self._clock.now()

        def work(tx: Transaction) -> int | Refused:
            if len(rows.every(tx)) >= MOST:
                return Refused("invalid", f"There are {MOST} announcements already. Remove old ones first.")
            return rows.add(tx, _with_emojis(tx, said), span, now if published else None, now)

        number = await self._database.write(work)
        if not isinstance(number, Refused):
            await self._tell_said(number)
        return number

    async def edit(self, number: int, text: str, span: Span) -> Refused | None:
        """Let it read otherwise, or be about another time."""
        said = await self._said(text, span)
        if isinstance(said, Refused):
            return said
        now = self._clock.now()

        def work(tx: Transaction) -> Refused | None:
            row = rows.get(tx, number)
            if row is None:
                return _NO_SUCH
            rows.put(tx, number, _with_emojis(tx, said), span, row.published, now)
            return None

        refused = await self._database.write(work)
        if refused is None:
            await self._tell_said(number)
        return refused

    async def publish(self, number: int, *, published: bool) -> Refused | None:
        """Show it, or show it no more and keep it."""
        now = self._clock.now()

        def work(tx: Transaction) -> Refused | bool:
            row = rows.get(tx, number)
            if row is None:
                return _NO_SUCH
            if (row.published is not None) is published:
                return False
            rows.put(tx, number, row.said, row.span, now if published else None, now)
            return True

        done = await self._database.write(work)
        if isinstance(done, Refused):
            return done
        if done and published:
            await self._tell_said(number)
        elif done:
            await self._tell(Happened(Became.GONE, number))
        return None

    async def drop(self, number: int) -> bool:
        """It is gone for ever; False where there is none of that number."""
        gone = await self._database.write(lambda tx: rows.drop(tx, number))
        if gone:
            await self._tell(Happened(Became.GONE, number))
        return gone

    async def _said(self, text: str, span: Span) -> Announcement | Refused:
        text = text.strip()
        if not 0 < len(text) <= MAX_TEXT:
            return Refused("invalid", f"An announcement has 1 to {MAX_TEXT:,} characters.")
        if problem := span.problem():
            return Refused("invalid", problem)
        composed = self._wording.html(text, MARKDOWN, await self._wording.known(text))
        return Announcement(text=text, html=composed.html, mentions=composed.mentions, tags=composed.tags)

    # -- everybody

    async def shown_to(self, reader: MicroblogId) -> list[Shown]:
        """Those that hold now, the first one first."""
        now = self._clock.now()

        def work(tx: Transaction) -> list[Shown]:
            return _shown(tx, [row for row in rows.every(tx) if _holds(row, now)], reader)

        return await self._database.read(work)

    async def put_away(self, reader: MicroblogId, number: int) -> Refused | None:
        """The reader has seen it."""
        now = self._clock.now()

        def work(tx: Transaction) -> Refused | None:
            row = rows.get(tx, number)
            if row is None or not _holds(row, now):
                return _NO_SUCH
            rows.note_read(tx, reader, number)
            return None

        return await self._database.write(work)

    async def react(self, who: MicroblogId, number: int, text: str) -> Refused | None:
        """Put an emoji beneath it: one of Unicode's, or the house's own by its shortcode."""
        now = self._clock.now()

        def work(tx: Transaction) -> Refused | str | None:
            row = rows.get(tx, number)
            if row is None or not _holds(row, now):
                return _NO_SUCH
            meant = _meant(tx, text)
            if meant is None:
                return NO_EMOJI
            tx.lock(f"announcement {number}")
            kinds = {tally.emoji for tally in rows.reactions(tx, [number], None)}
            if meant[0] not in kinds and len(kinds) >= MOST_KINDS:
                return _TOO_MANY_KINDS
            return meant[0] if rows.react(tx, number, who, *meant, now) else None

        return await self._reacted(number, await self._database.write(work))

    async def unreact(self, who: MicroblogId, number: int, text: str) -> Refused | None:
        """Take an emoji away again; one that is the house's no more can be taken away too."""
        now = self._clock.now()

        def work(tx: Transaction) -> Refused | str | None:
            row = rows.get(tx, number)
            if row is None or not _holds(row, now):
                return _NO_SUCH
            meant = _spelt(text)
            if meant is None:
                return NO_EMOJI
            return meant if rows.unreact(tx, number, who, meant) else None

        return await self._reacted(number, await self._database.write(work))

    async def _reacted(self, number: int, done: Refused | str | None) -> Refused | None:
        if isinstance(done, Refused):
            return done
        if done is not None:
            tallies = await self._database.read(lambda tx: rows.reactions(tx, [number], None))
            left = next((each for each in tallies if each.emoji == done), Tally(number, done, 0, "", False))
            await self._tell(Happened(Became.REACTED, number, tally=left))
        return None

    # -- telling

    async def _tell_said(self, number: int) -> None:
        now = self._clock.now()

        def work(tx: Transaction) -> list[Shown]:
            row = rows.get(tx, number)
            return _shown(tx, [row], None) if row is not None and _holds(row, now) else []

        for shown in await self._database.read(work):
            await self._tell(Happened(Became.SAID, number, shown))

    async def _tell(self, happened: Happened) -> None:
        for call in self._listeners:
            await call(happened)


def _holds(row: Row, now: Millis) -> bool:
    return row.published is not None and not row.span.is_over(now)


def _shown(tx: Transaction, found: list[Row], reader: MicroblogId | None) -> list[Shown]:
    numbers = [row.id for row in found]
    if not numbers:
        return []
    read = rows.read_by(tx, reader, numbers) if reader is not None else set()
    beneath = rows.reactions(tx, numbers, reader)
    return [Shown(row, row.id in read, [each for each in beneath if each.announcement == row.id]) for row in found]


def _with_emojis(tx: Transaction, said: Announcement) -> Announcement:
    return replace(said, emojis=emojis_in(tx, said.text))


def _spelt(text: str) -> str | None:
    """The emoji as it is counted; None where the text is none."""
    if emoji := emoji_in(text):
        return emoji
    named = of_node(text.strip().strip(":"), "")
    return named if custom(named) is not None else None


def _meant(tx: Transaction, text: str) -> tuple[str, str] | None:
    """The emoji as it is counted, and its picture where it is the house's own."""
    spelt = _spelt(text)
    found = custom(spelt) if spelt is not None else None
    if spelt is None or found is None:
        return (spelt, "") if spelt is not None else None
    own = house_emojis.called(tx, found[0])
    return (spelt, own.url) if own is not None and not found[1] else None
