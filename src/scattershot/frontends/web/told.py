"""What those who run the node say, above home: asked for anew only now and then where nothing is said at all."""

from typing import Any

from scattershot.app.announcements import Announcements, Became, Happened
from scattershot.domain.ids import MicroblogId
from scattershot.ports.clock import Clock

GOOD_FOR = 60_000
"""Milliseconds for which it is believed that nothing is said; what is said here is heard of at once."""


class Told:
    """Announcements that a reader has not put away."""

    def __init__(self, clock: Clock, announcements: Announcements) -> None:
        self._clock, self._announcements = clock, announcements
        self._silent_until = 0
        announcements.on_change(self._heard)

    async def _heard(self, happened: Happened) -> None:
        if happened.became is Became.SAID:
            self._silent_until = 0

    async def to(self, reader: MicroblogId) -> list[dict[str, Any]]:
        """What is to be shown to that reader."""
        now = self._clock.now()
        if now < self._silent_until:
            return []
        shown = await self._announcements.shown_to(reader)
        if not shown:
            self._silent_until = now + GOOD_FOR
        return [{"number": each.row.id, "html": each.row.said.html} for each in shown if not each.is_read]
