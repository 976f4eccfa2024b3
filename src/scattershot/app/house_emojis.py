"""The house's own emojis: pictures that those who run the node give, for whoever writes here to name in their texts.

A post or profile that shows one keeps its picture: when the emoji is taken away, what was written reads as before.
"""

from typing import TypeAlias

from scattershot.app.media import Media
from scattershot.app.people import node_microblog
from scattershot.app.receiving import Receiving
from scattershot.domain.emoji import OWN_SHORTCODE
from scattershot.domain.media import State
from scattershot.domain.reading import Refused
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import house_emojis as rows
from scattershot.storage.tables import uploads

HouseEmoji: TypeAlias = rows.HouseEmoji

MAX_CATEGORY = 60
MOST = 2_000
"""Apps fetch them all whenever they start."""
_NO_SUCH = Refused("not_found", "There is no such emoji.")
_MOVING = ("image/gif", "image/webp")
"""Of these a still is shown to whoever wants nothing to move; one that is a still anyway looks the same."""


class HouseEmojis:
    """Keeps the house's own emojis."""

    def __init__(self, database: Database, clock: Clock, media: Media) -> None:
        self._database, self._clock, self._media = database, clock, media

    async def every(self) -> list[HouseEmoji]:
        """All of them, by category and name."""
        return await self._database.read(rows.every)

    async def add(
        self, shortcode: str, given: Receiving, *, category: str = "", offered: bool = True
    ) -> HouseEmoji | Refused:
        """Make what was received an emoji; `shortcode` with or without its colons."""
        shortcode, category = shortcode.strip().strip(":"), " ".join(category.split())
        problem = await self._database.read(lambda tx: _problem(tx, shortcode, category))
        speaker = await self._database.read(node_microblog)
        if problem is not None or speaker is None:
            given.discard()
            return problem or Refused("unavailable", "The node has no voice yet. Start it once.")
        kept = await self._media.emoji(speaker, given)
        if isinstance(kept, Refused):
            return kept
        picture = kept.attachment
        still = picture.thumbnail if picture.media_type in _MOVING else picture.url
        new = HouseEmoji(0, shortcode, kept.id, picture.url, still, category, offered)
        now = self._clock.now()

        def work(tx: Transaction) -> HouseEmoji | Refused:
            if not rows.add(tx, new, now):
                uploads.set_state(tx, kept.id, State.DROPPED)
                return _taken(shortcode)
            uploads.keep(tx, kept.id)
            return new

        return await self._database.write(work)

    async def alter(
        self, shortcode: str, *, category: str | None = None, offered: bool | None = None
    ) -> HouseEmoji | Refused:
        """Let it stand in another category, or be offered or not; None leaves it as it is."""
        wanted = " ".join(category.split()) if category is not None else None

        def work(tx: Transaction) -> HouseEmoji | Refused:
            old = rows.called(tx, shortcode.strip().strip(":"))
            if old is None:
                return _NO_SUCH
            if wanted is not None and len(wanted) > MAX_CATEGORY:
                return _TOO_LONG
            new = old._replace(
                category=old.category if wanted is None else wanted,
                offered=old.offered if offered is None else offered,
            )
            rows.alter(tx, new.shortcode, new.category, new.offered)
            return new

        return await self._database.write(work)

    async def drop(self, shortcode: str, *, erase: bool = False) -> Refused | None:
        """It is an emoji no more. With `erase` its picture goes too, and what shows it shows its name instead."""

        def work(tx: Transaction) -> Refused | None:
            old = rows.called(tx, shortcode.strip().strip(":"))
            if old is None:
                return _NO_SUCH
            rows.drop(tx, old.shortcode)
            if erase:
                uploads.set_state(tx, old.media, State.DROPPED)
            return None

        refused = await self._database.write(work)
        if refused is None and erase:
            await self._media.tidy()
        return refused


_TOO_LONG = Refused("invalid", f"A category has at most {MAX_CATEGORY} characters.")


def _taken(shortcode: str) -> Refused:
    return Refused("taken", f"There is an emoji :{shortcode}: already. Remove it first.")


def _problem(tx: Transaction, shortcode: str, category: str) -> Refused | None:
    if not OWN_SHORTCODE.fullmatch(shortcode):
        return Refused("invalid", "The name of an emoji is 2 to 50 letters a–z and A–Z, digits or underscores.")
    if len(category) > MAX_CATEGORY:
        return _TOO_LONG
    if rows.called(tx, shortcode) is not None:
        return _taken(shortcode)
    return Refused("invalid", f"There are {MOST:,} emojis already.") if rows.count(tx) >= MOST else None
