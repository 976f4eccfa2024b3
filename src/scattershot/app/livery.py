"""The livery: how the house looks, in one of a few colours and with a picture of its own, as those who run it chose."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from scattershot.app.media import Media
from scattershot.app.people import node_microblog
from scattershot.app.receiving import Receiving
from scattershot.domain.ids import MediaId
from scattershot.domain.media import MediaKind, State
from scattershot.domain.reading import Refused
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import facts, uploads

COLOURS = ("", "blue", "violet", "rose", "rust", "slate")
"""Those of which the style knows how they read by day and by night; empty for the usual green."""
_FACT = "livery"


class Look(Struct, frozen=True, omit_defaults=True):
    """How the house looks: `picture` is an address of our own, empty where there is none."""

    colour: str = ""
    picture: str = ""
    alt: str = ""
    media: MediaId | None = None


PLAIN = Look()


class Livery:
    """Keeps the look; `now` is what it is, known once it `begin`s."""

    def __init__(self, database: Database, media: Media) -> None:
        self._database, self._media = database, media
        self._wearers: list[Callable[[Look], None]] = []
        self.now = PLAIN

    def when_changed(self, call: Callable[[Look], None]) -> None:
        """`call` is told the look whenever it is another."""
        self._wearers.append(call)

    async def begin(self) -> None:
        """Take up what was chosen before."""
        self._wear(await self._database.read(_look))

    def _wear(self, look: Look) -> None:
        self.now = look
        for call in self._wearers:
            call(look)

    async def choose(
        self, colour: str, given: Receiving | None, *, alt: str = "", no_picture: bool = False
    ) -> Refused | None:
        """Look so from now on; the picture stays where none is `given` and it is not to go."""
        if colour not in COLOURS:
            return Refused("invalid", "That is none of the colours.")
        fresh: Look | None = None
        if given is not None:
            made = await self._picture(given, alt)
            if isinstance(made, Refused):
                return made
            fresh = made

        def work(tx: Transaction) -> Look:
            old = _look(tx)
            kept = PLAIN if no_picture else msgspec.structs.replace(old, alt=alt or old.alt)
            new = msgspec.structs.replace(fresh or kept, colour=colour)
            if old.media is not None and old.media != new.media:
                uploads.set_state(tx, old.media, State.DROPPED)
            if new.media is not None:
                uploads.keep(tx, new.media)
            facts.put(tx, _FACT, msgspec.json.encode(new).decode())
            return new

        self._wear(await self._database.write(work))
        return None

    async def _picture(self, given: Receiving, alt: str) -> Look | Refused:
        speaker = await self._database.read(node_microblog)
        if speaker is None:
            given.discard()
            return Refused("unavailable", "The node has no voice yet. Start it once.")
        kept = await self._media.take(speaker, given, alt=alt)
        if isinstance(kept, Refused):
            return kept
        if kept.attachment.kind is not MediaKind.IMAGE:
            await self._database.write(lambda tx: uploads.set_state(tx, kept.id, State.DROPPED))
            return Refused("invalid", "That is no picture.")
        return Look(picture=kept.attachment.url, alt=kept.attachment.alt, media=kept.id)


def _look(tx: Transaction) -> Look:
    said = facts.get(tx, _FACT)
    return msgspec.json.decode(said, type=Look) if said else PLAIN
