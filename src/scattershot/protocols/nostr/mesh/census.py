"""Who is there: which supernodes a view holds, and which of them their neighbours hold for gone.

Nobody is gone because one says so. A supernode is gone when a third of the witnesses beside it, of those that are not
themselves accused, say so of its latest incarnation; and it comes back by announcing a higher one.
"""

from collections import Counter
from functools import cached_property
from typing import NamedTuple

from scattershot.protocols.nostr.mesh.lots import Ring
from scattershot.protocols.nostr.mesh.overlay import Overlay
from scattershot.protocols.nostr.mesh.statements import Announcement, Attestation
from scattershot.protocols.nostr.mesh.view import View

WITNESSES = 7
"""Supernodes that dial a node, those behind it in the circle of witnesses; twice as many are believed: views differ."""


class Gone(NamedTuple):
    """A supernode that fell, and the moment at which the last of the needed witnesses said so."""

    key: str
    at: int


class Census:
    """Who is there at a moment."""

    def __init__(self, view: View, now: float) -> None:
        self.view, self.now = view, now
        self.present = {key: each for key, each in view.announcements.items() if each.expires > now}
        """Whoever announces itself and has not expired, those gone among them."""
        self._roster = tuple(sorted(key for key, each in self.present.items() if each.role == "super"))
        self.gone: dict[str, Gone] = {}
        self._networks: dict[str, str] = {}
        self.overlay = self._settle()
        """The links among the supernodes that live."""

    def _settle(self) -> Overlay:
        """Bury until nobody more is gone: who lost its witnesses gets others, so that a mass death is seen in turns."""
        overlay = Overlay(self._roster)
        accused = {key for key in sorted(self.view.obituaries) if key in self.present and self._accusers(key)}
        for key in sorted(key for key in accused if self.present[key].role != "super"):
            fallen = self._gone(key, overlay, accused)
            if fallen is not None:
                self.gone[key] = fallen
        left = sorted(key for key in accused if self.present[key].role == "super")
        while left:
            found = [each for key in left if (each := self._gone(key, overlay, accused)) is not None]
            if not found:
                break
            self.gone |= {each.key: each for each in found}
            left = [key for key in left if key not in self.gone]
            overlay = Overlay(key for key in self._roster if key not in self.gone)
        return overlay

    def _accusers(self, key: str) -> dict[str, int]:
        """Who says that its latest incarnation is gone, and since when."""
        incarnation = self.present[key].incarnation
        graves = self.view.obituaries.get(key, {})
        return {each.witness: each.at for each in graves.values() if each.incarnation >= incarnation}

    def _gone(self, key: str, overlay: Overlay, accused: set[str]) -> Gone | None:
        witnesses = overlay.beside(key)
        said = self._accusers(key)
        moments = sorted(said[witness] for witness in witnesses if witness in said)
        needed = quorum(sum(1 for witness in witnesses if witness not in accused))
        return Gone(key, moments[needed - 1]) if len(moments) >= needed else None

    @cached_property
    def alive(self) -> dict[str, Announcement]:
        """Whoever is there and not gone."""
        return {key: each for key, each in self.present.items() if key not in self.gone}

    @cached_property
    def _circle(self) -> Ring:
        return Ring("witnesses", self._experienced)

    def witnesses(self, key: str) -> tuple[str, ...]:
        """Who shall dial that node; the gone are passed over."""
        found = self._circle.after(key, 2 * WITNESSES)
        return tuple(other for other in found if other in self.overlay)[:WITNESSES]

    def believed(self, key: str) -> frozenset[str]:
        """Whose attestations of that node count: any supernode's of one that serves already, else those near it."""
        if self.present[key].role == "super":
            return self._everybody
        return frozenset(self._circle.after(key, 2 * WITNESSES))

    def network(self, key: str) -> str:
        """The network in which most witnesses saw that node; a name of its own where nobody did."""
        found = self._networks.get(key)
        if found is None:
            seen = Counter(each.network for each in self._sightings(key))
            found = min(seen, key=lambda network: (-seen[network], network)) if seen else f"? {key}"
            self._networks[key] = found
        return found

    def reached_from(self, here: Announcement) -> int:
        """From how many networks it was reached; what is `local` tells witnesses apart by their keys."""
        networks = {witness: self.network(witness) for witness in (each.witness for each in self._sightings(here.key))}
        return len({witness if network == "local" else network for witness, network in networks.items()})

    def _sightings(self, key: str) -> list[Attestation]:
        """The attestations that count: of witnesses that are believed, at an address that the node gives."""
        here = self.present.get(key)
        shelf = self.view.attestations.get(key)
        if here is None or not shelf:
            return []
        believed = self.believed(key)
        return [each for each in shelf.values() if each.witness in believed and each.address in here.addresses]

    @cached_property
    def _experienced(self) -> tuple[str, ...]:
        """Those who serve or did until lately: a mass return must not void what they had seen."""
        return tuple(sorted(key for key, each in self.present.items() if each.role in ("super", "retired")))

    @cached_property
    def _everybody(self) -> frozenset[str]:
        return frozenset(self._experienced)


def quorum(witnesses: int) -> int:
    """How many of so many must say that somebody is gone."""
    return max(1, -(-witnesses // 3))
