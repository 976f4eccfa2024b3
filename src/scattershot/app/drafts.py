"""Posts that are not made yet: drafts wait for their author, scheduled ones for their moment."""

import logging
from typing import Any, NamedTuple, get_type_hints

import msgspec
from msgspec import json
from msgspec.structs import replace

from scattershot.app.in_a_row import post_in_a_row
from scattershot.app.media import UNSHOWN_FOR
from scattershot.app.publish import Draft, Publisher
from scattershot.domain.ids import DraftId, MediaId, MicroblogId, Millis, PersonId
from scattershot.domain.reading import Refused
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import drafts as rows
from scattershot.storage.tables import uploads

TOPIC = "drafts"
"""Nudged whenever a moment was set."""
SOONEST = 5 * 60_000
"""Milliseconds ahead that a scheduled post must be, as with Mastodon."""
LATEST = 5 * 365 * 86_400_000
MOST = 300
"""Drafts and scheduled posts of one microblog, together."""
LONGEST_WAIT = 60.0
MEDIA_HELD_FOR = 365 * 86_400_000
"""How long files wait for a draft that nobody touches, or for a scheduled post that could not be posted."""
PAGE = 40

_HINTS = get_type_hints(Draft)
_logger = logging.getLogger(__name__)


class Planned(NamedTuple):
    """A post to be. `open_for`: milliseconds for which its poll is open, from the moment that it is posted; `further`
    are posts that follow it, each an answer to the one before."""

    draft: Draft
    open_for: int | None = None
    further: tuple[Draft, ...] = ()

    @property
    def media(self) -> tuple[MediaId, ...]:
        """All uploads that it is to show."""
        return tuple(media for draft in (self.draft, *self.further) for media in draft.media)


class Kept(NamedTuple):
    """A post to be as it is kept; `at` is its moment, or None for a draft."""

    id: DraftId
    at: Millis | None
    changed: Millis
    planned: Planned


class Drafts:
    """Keeps drafts, and posts what is due."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, publisher: Publisher) -> None:
        self._database, self._clock, self._bus, self._publisher = database, clock, bus, publisher

    async def keep(
        self, author: MicroblogId, writer: PersonId, planned: Planned, at: Millis | None = None
    ) -> Kept | Refused:
        """Keep a draft; with a moment it will be posted by itself then."""
        problem = self._too_soon(at) or await self._publisher.problem(author, planned.draft)
        if problem is not None:
            return problem
        now = self._clock.now()

        def work(tx: Transaction) -> Kept | Refused:
            if rows.count(tx, author) >= MOST:
                return Refused("invalid", f"At most {MOST} drafts and scheduled posts are kept.")
            _hold(tx, author, planned, at, now)
            return Kept(rows.add(tx, author, writer, at, _encoded(planned), now), at, now, planned)

        kept = await self._database.write(work)
        self._bus.nudge(TOPIC)
        return kept

    async def get(self, author: MicroblogId, draft: int) -> Kept | None:
        """The author's own of that id."""
        row = await self._database.read(lambda tx: rows.get(tx, author, DraftId(draft)))
        return _kept(row) if row is not None else None

    async def of(
        self, author: MicroblogId, *, scheduled: bool, before: int | None = None, limit: int = PAGE
    ) -> list[Kept]:
        """The author's, newest first."""
        start = DraftId(before) if before is not None else None
        found = await self._database.read(
            lambda tx: rows.of(tx, author, scheduled=scheduled, before=start, limit=limit)
        )
        return [_kept(row) for row in found]

    async def change(
        self, author: MicroblogId, draft: int, planned: Planned | None, at: Millis | None
    ) -> Kept | Refused | None:
        """Replace what it says (where something is given) and its moment; None where the author has none of that id."""
        if (problem := self._too_soon(at)) is not None:
            return problem
        now = self._clock.now()

        def work(tx: Transaction) -> Kept | None:
            row = rows.get(tx, author, DraftId(draft))
            if row is None:
                return None
            kept = planned or _decoded(row.value)
            _release(tx, row, now)
            _hold(tx, author, kept, at, now)
            rows.put(tx, row.id, at, _encoded(kept), now)
            return Kept(row.id, at, now, kept)

        changed = await self._database.write(work)
        self._bus.nudge(TOPIC)
        return changed

    async def drop(self, author: MicroblogId, draft: int) -> bool:
        """Forget one; False where the author has none of that id."""
        now = self._clock.now()

        def work(tx: Transaction) -> bool:
            row = rows.get(tx, author, DraftId(draft))
            if row is not None:
                _release(tx, row, now)
            return rows.drop(tx, author, DraftId(draft))

        return await self._database.write(work)

    def _too_soon(self, at: Millis | None) -> Refused | None:
        if at is not None and not SOONEST <= at - self._clock.now() <= LATEST:
            return Refused("invalid", "The scheduled date must be at least 5 minutes in the future.")
        return None

    # -- when the moment has come

    async def step(self) -> int:
        """Post what is due; how many posts that were. One that cannot be posted any more stays as a draft."""
        now = self._clock.now()
        due = await self._database.read(lambda tx: rows.due(tx, now, 50))
        for row in due:
            await self._post(row, now)
        return len(due)

    async def _post(self, row: rows.Row, now: Millis) -> None:
        planned = _decoded(row.value)
        draft = planned.draft
        if draft.poll is not None and planned.open_for is not None:
            draft = draft._replace(poll=replace(draft.poll, ends=Millis(now + planned.open_for)))
        # Killed between the two, it comes here again and finds its post made.
        drafts = (draft, *planned.further)
        done = await post_in_a_row(
            self._publisher, row.author, drafts, row.writer, "schedule", f"scheduled {row.id} {row.changed}"
        )
        if done.refused is not None:
            _logger.warning("scheduled post %s could not be posted: %s", row.id, done.refused.why)
            open_for = planned.open_for if not done.posted else None
            rest = _encoded(Planned(done.rest[0], open_for, done.rest[1:]))
            await self._database.write(lambda tx: rows.put(tx, row.id, None, rest, now))
        else:
            await self._database.write(lambda tx: rows.drop(tx, row.author, row.id))

    async def run(self) -> None:
        """Post as the moments come."""
        while True:
            if await self.step():
                continue
            soonest = await self._database.read(rows.next_due)
            wait = LONGEST_WAIT if soonest is None else (soonest - self._clock.now()) / 1000
            await self._bus.wait(TOPIC, max(0.1, min(wait, LONGEST_WAIT)))


def _hold(tx: Transaction, author: MicroblogId, planned: Planned, at: Millis | None, now: Millis) -> None:
    """What the post is to show is kept until then, and beyond in case it cannot be posted."""
    uploads.hold(tx, author, planned.media, Millis((at if at is not None else now) + MEDIA_HELD_FOR))


def _release(tx: Transaction, row: rows.Row, now: Millis) -> None:
    uploads.release(tx, row.author, _decoded(row.value).media, Millis(now + UNSHOWN_FOR))


def _encoded(planned: Planned) -> str:
    """By names, so that fields may come and go."""
    further = [draft._asdict() for draft in planned.further]
    return json.encode({"draft": planned.draft._asdict(), "open_for": planned.open_for, "further": further}).decode()


def _decoded(text: str) -> Planned:
    value: dict[str, Any] = json.decode(text)
    further = tuple(_draft(each) for each in value.get("further", ()))
    return Planned(_draft(value["draft"]), value["open_for"], further)


def _draft(value: dict[str, Any]) -> Draft:
    return Draft(**{name: msgspec.convert(each, _HINTS[name]) for name, each in value.items() if name in _HINTS})


def _kept(row: rows.Row) -> Kept:
    return Kept(row.id, row.at, row.changed, _decoded(row.value))
