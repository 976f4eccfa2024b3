"""Posts, their way to those who listen, what searches find, and repair by comparing."""

from typing import TYPE_CHECKING

from scattershot.protocols.nostr.mesh.repair import WINDOWS, Repair, neighbour_for, span
from scattershot.protocols.nostr.wire.filters import Filter
from scattershot.protocols.nostr.wire.negentropy import Negentropy, Sealed
from scattershot.simulation import scenario

if TYPE_CHECKING:
    from scattershot.simulation.population import Node
    from scattershot.simulation.supernode import SuperNode
    from scattershot.simulation.world import World

_IN_TIME = 60.0
_SETTLED = 10.0
"""Seconds after which a search shall find a post."""


class _Post:
    __slots__ = ("at", "fetched", "late", "readers")

    def __init__(self, at: float) -> None:
        self.at = at
        self.readers: list[tuple[Node, int]] = []
        self.late: list[tuple[Node, int]] = []
        self.fetched: set[int] = set()


class Posting:
    """What is said, and who hears it."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.posts: list[_Post] = []
        self._settled = 0
        self._pace = 1.0

    def begin(self, per_hour: float) -> None:
        """Let people write so much."""
        self._gap = 3_600.0 / per_hour
        self.world.engine.later(self._gap, self._write)
        self.world.engine.later(20.0, self._search)

    def hurry(self, times: float) -> None:
        """So many times as much as usual."""
        self._pace = times

    def _write(self) -> None:
        engine, leaves = self.world.engine, self.world.leaves
        engine.later(engine.random.expovariate(1.0) * self._gap / self._pace, self._write)
        if engine.now > self.world.ends - _IN_TIME - 10:
            return
        author = leaves.some()
        if author is None or author.leaf is None:
            return
        number = len(self.posts)
        post = _Post(engine.now)
        self.posts.append(post)
        self.world.mesh.payloads[f"post {number}"] = number
        figures = self.world.figures
        figures.posts += 1
        figures.supers_told += len(self.world.mesh.supers)
        self._hand_in(author, author.session, number)
        for _ in range(scenario.FOLLOWERS_WATCHED):
            reader = leaves.some()
            if reader is not None:
                post.readers.append((reader, reader.session))
        engine.later(_IN_TIME, self._look, number)

    def _hand_in(self, author: "Node", session: int, number: int) -> None:
        """To both supernodes; where neither says OK, again in five seconds, and nobody waits for it before that."""
        engine, name = self.world.engine, f"post {number}"
        taken = False
        for here in list(author.links.values()):
            if here.alive and self.world.hears(author, here.node):
                taken = True
                engine.later(engine.latency() + here.cpu.debt(engine.now), self._taken, here, name)
        if not taken and author.session == session and author.online:
            engine.later(5.0, self._hand_in, author, session, number)

    def _taken(self, here: "SuperNode", name: str) -> None:
        if here.alive:
            here.publish(name)

    # -- who heard it

    def _look(self, number: int) -> None:
        figures, post = self.world.figures, self.posts[number]
        for reader, session in post.readers:
            if reader.session != session:
                continue
            if reader.leaf is None:  # it serves by now, and has everything
                continue
            figures.asked += 1
            if self._has(reader, number):
                figures.in_time += 1
                figures.in_the_end += 1
            else:
                post.late.append((reader, session))
        first = post.readers[0][0] if post.readers else None
        if first is not None and first.leaf is not None and first.leaf.primary is not None:
            here = first.links.get(first.leaf.primary.key)
            if here is not None and number in here.posts and here.posts[number] > here.hall_since:
                figures.latencies.append(here.posts[number] - post.at + self.world.engine.latency())
        post.readers = []

    def _has(self, reader: "Node", number: int) -> bool:
        """Whether it was pushed, or came with the catch-up of the link that it has now."""
        if number in self._fetched_by(reader, number):
            return True
        leaf = reader.leaf
        here = reader.links.get(leaf.primary.key) if leaf is not None and leaf.primary is not None else None
        if here is not None and here.alive and self.world.hears(reader, here.node):
            return number in here.posts
        gone = here or reader.was
        return gone is not None and gone.posts.get(number, self.world.engine.now) < min(
            gone.died, reader.lost_at + 1e-9
        )

    def _fetched_by(self, reader: "Node", number: int) -> set[int]:
        return {number} if reader.number in self.posts[number].fetched else set()

    def fetched(self, reader: "Node", posts: set[int]) -> None:
        """An audit brought these to a leaf."""
        for number in posts:
            self.posts[number].fetched.add(reader.number)

    def finish(self) -> None:
        """At the very end: who has by now what was late, of those who are still there."""
        figures = self.world.figures
        for number, post in enumerate(self.posts):
            for reader, session in post.late:
                if reader.session != session:
                    figures.asked -= 1  # it went before its minute of grace was over for good
                elif reader.leaf is None or self._has(reader, number):
                    figures.in_the_end += 1

    # -- searching

    def _search(self) -> None:
        engine, figures = self.world.engine, self.world.figures
        engine.later(20.0, self._search)
        while self._settled < len(self.posts) and self.posts[self._settled].at < engine.now - _SETTLED:
            self._settled += 1
        asker = self.world.leaves.some()
        if asker is None or asker.leaf is None or not self._settled:
            return
        asked = [here for here in asker.links.values() if here.alive and self.world.hears(asker, here.node)]
        if not asked:
            return
        for here in list(asked):  # both of its own; one that lacks some of the time hands the question on
            if not here.covers:
                near = (self.world.mesh.supers.get(name) for name in here.linked)
                asked += [each for each in near if each is not None and each.covers][:1]
        figures.findable += self._settled
        figures.found += sum(1 for number in range(self._settled) if any(number in here.posts for here in asked))

    # -- repair

    def follow(self, here: "SuperNode", *, at_start: bool) -> None:
        """A supernode compares with its neighbours from now on; a new one at once."""
        here.hall_since = self.world.engine.now
        every = WINDOWS[0][1]
        wait = every * self.world.engine.random.random() if at_start else 0.3
        self.world.engine.later(wait, self._repair, here)

    def _repair(self, here: "SuperNode") -> None:
        if not here.alive:
            return
        engine = self.world.engine
        engine.later(WINDOWS[0][1] * (1.0 if here.covers else 0.1), self._repair, here)
        here.turn += 1
        name = neighbour_for(here.linked, here.hall.census.gone, here.turn, engine.random.random())
        other = self.world.mesh.supers.get(name) if name is not None else None
        if name is None and here.hall.census.overlay.supers == (here.key,):
            here.covers = True
        if other is None or other.withholds or here.withholds or not self.world.hears(here.node, other.node):
            return
        self.world.figures.repairs += 1
        if here.mark != other.mark:
            self._compare(here, other)
        if other.covers:
            here.covers = True
        if not self.world.shared and here.hall.view.digest != other.hall.view.digest:
            for one, two in ((here.hall, other.hall), (other.hall, here.hall)):
                if one.view.merge(two.view):
                    one.mark()

    def _compare(self, here: "SuperNode", other: "SuperNode") -> None:
        """The real comparison; its messages take four ways, and are done in one go here."""
        sets = (self._sealed(here), self._sealed(other))
        since, until = span(WINDOWS[0][0], self.world.time())
        repair = Repair(
            since, until, lambda wanted: sets[0] if wanted.kinds is None else Sealed.of(()), lambda _: False
        )
        theirs = {True: Negentropy(Sealed.of(())), False: Negentropy(sets[1])}
        while (opened := repair.open()) is not None:
            wanted, message = opened
            self._talk(here, other, repair, theirs[_is_of_graves(wanted)], message)

    def _talk(self, here: "SuperNode", other: "SuperNode", repair: Repair, side: Negentropy, message: bytes) -> None:
        said: bytes | None = message
        engine = self.world.engine
        while said is not None:
            step = repair.learn(side.answer(said))
            said = step.message
            for taker, names in ((other, step.send), (here, step.ask)):
                for name in names:
                    engine.later(4 * engine.latency(), self._mended, taker, int.from_bytes(name[:8], "big"))

    def _mended(self, here: "SuperNode", number: int) -> None:
        if here.alive and number not in here.posts:
            here.hold(number)
            here.spread.repaired(f"post {number}")
            self.world.figures.repaired += 1

    def _sealed(self, here: "SuperNode") -> Sealed:
        """What it holds, as it would be compared."""
        start = self.world.epoch
        return Sealed.of((int(start + self.posts[n].at), n.to_bytes(8, "big") + bytes(24)) for n in here.posts)


def _is_of_graves(wanted: Filter) -> bool:
    return wanted.kinds is not None
