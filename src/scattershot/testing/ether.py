"""The ether: datagrams between nodes in one process, where each may be lost, late or twice, as chance has it."""

import random
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from scattershot.ports.datagrams import Datagrams, Place, Take
from scattershot.wirekit.places import parse_place


class Passed(NamedTuple):
    """A datagram that somebody sent."""

    data: bytes
    source: Place
    to: Place


class Ether:
    """A network of places and groups. `loss` is the share of datagrams that never arrive, each by itself and at each
    receiver; `blocked` lets none through, `only_to` those to one place."""

    def __init__(self, seed: int = 1) -> None:
        self.loss, self.blocked = 0.0, False
        self.only_to: Place | None = None
        self.sent: list[Passed] = []
        self.counts: Counter[str] = Counter()
        self._chance = random.Random(seed)  # noqa: S311 - a test's luck, not a secret
        self._sockets: dict[Place, EtherSocket] = {}
        self._shut: set[EtherSocket] = set()

    def socket(self, address: str, groups: tuple[str, ...]) -> "EtherSocket":
        """The door at a place; one opened again takes the place of the one before."""
        place = parse_place(address)
        assert place is not None, f"{address!r} is no place: set udp_address to one"
        made = self._sockets[place] = EtherSocket(self, place, {parse_place(group) for group in groups})
        return made

    def shut(self, door: Datagrams | None) -> None:
        """Nothing arrives there until it is opened again."""
        if isinstance(door, EtherSocket):
            self._shut.add(door)

    def reopen(self, door: Datagrams | None) -> None:
        """What is sent there arrives again."""
        if isinstance(door, EtherSocket):
            self._shut.discard(door)

    def throw(self, data: bytes, source: Place, to: Place) -> None:
        """Let a datagram go, from whomever it says that it is."""
        self.sent.append(Passed(data, source, to))
        self.counts["sent"] += 1
        for door in list(self._sockets.values()):
            if (door.place == to or (to in door.groups and door.place != source)) and door not in self._shut:
                if self.blocked or self.only_to not in (None, door.place) or self._chance.random() < self.loss:
                    self.counts["lost"] += 1
                else:
                    self.counts["arrived"] += 1
                    door.arrive(data, source)


class EtherSocket:
    """Implements `ports.datagrams.Datagrams` on the ether."""

    def __init__(self, ether: Ether, place: Place, groups: set[Place | None]) -> None:
        self.place, self.groups, self.mute = place, groups, False
        self._ether = ether
        self._take: Take | None = None
        self._drained: Callable[[], None] = lambda: None

    def listen(self, take: Take, drained: Callable[[], None]) -> None:
        """As the port says."""
        self._take, self._drained = take, drained

    def arrive(self, data: bytes, source: Place) -> None:
        """A datagram is there."""
        if self._take is not None:
            self._take(data, source)
            self._drained()

    def send(self, data: bytes, to: Place) -> bool:
        """As the port says."""
        if not self.mute:
            self._ether.throw(data, self.place, to)
        return not self.mute

    async def resolve(self, address: str) -> Place | None:
        """As the port says; there are no names here."""
        return parse_place(address)

    @property
    def port(self) -> int:
        """As the port says."""
        return self.place[1]

    def close(self) -> None:
        """As the port says."""
        self._take = None
