"""A view and what follows from it. In a small run every supernode has a hall of its own; in a large one those who can
hear each other stand in one: what they know differs for the third of a second that a statement travels, and no longer.
"""

from typing import TYPE_CHECKING

from scattershot.protocols.nostr.mesh.assignment import Choice, beginnings
from scattershot.protocols.nostr.mesh.census import Census
from scattershot.protocols.nostr.mesh.election import Election, elect
from scattershot.protocols.nostr.mesh.lots import lot
from scattershot.protocols.nostr.mesh.statements import Statement, quantised
from scattershot.protocols.nostr.mesh.view import View

if TYPE_CHECKING:
    from scattershot.simulation.supernode import SuperNode
    from scattershot.simulation.world import World

_BEAT = 0.25
"""Halls look at such moments, so that equal views of the same moment are judged once for all of them."""
_PAUSE = 0.5
_EXPIRY = 10.0


class Hall:
    """Who knows what, and what they conclude."""

    def __init__(self, world: "World", view: View, side: int | None) -> None:
        self._world, self.view, self.side = world, view, side
        self.supers: dict[str, SuperNode] = {}
        self.census = Census(view, world.time())
        self.election: Election = elect(view, world.time(), self.census)
        self._waiting = False
        self._judged_at = world.engine.now
        self._expires_at = 0.0
        self._samples: dict[str, list[Choice]] | None = None
        self._digits = 0

    def take(self, what: Statement) -> None:
        """A statement arrived."""
        if self.view.take(what).matters:
            self.mark()

    def mark(self) -> None:
        """Judge anew, soon."""
        if not self._waiting:
            self._waiting = True
            soon = max(self._world.engine.now + 0.1, self._judged_at + _PAUSE)
            self._world.engine.at(-(-soon // _BEAT) * _BEAT, self.judge)

    def judge(self) -> None:
        """Count who is there and elect; let the mesh act on what is new."""
        self._waiting = False
        now = self._world.time()
        self._judged_at = self._world.engine.now
        if not self.supers:
            return
        if self._judged_at >= self._expires_at:
            self._expires_at = self._judged_at + _EXPIRY
            self.view.expire(now)
        before = self.census
        self.census, self.election = self._world.judged(self.view, now)
        self._samples = None
        self._world.mesh.react(self, before)

    def sample(self, secret: str) -> tuple[Choice, ...]:
        """What a leaf is told that asks for supernodes by the beginnings that its secret draws."""
        wanted = beginnings(secret, len(self.census.overlay))
        digits = 0 if wanted is None else len(wanted[0])
        if self._samples is None or self._digits != digits:
            self._samples, self._digits = {}, digits
            for key in self.census.overlay.supers:
                here = self.census.present[key]
                room = quantised(max(0, here.slots - here.load))
                drawn = f"{lot('leaf', key):016x}"[:digits]
                choice = Choice(key, self.census.network(key), room)
                self._samples.setdefault(drawn, []).append(choice)
        names = ("",) if wanted is None else wanted
        return tuple(choice for name in names for choice in self._samples.get(name, ()))
