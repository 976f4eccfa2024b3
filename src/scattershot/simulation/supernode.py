"""One supernode: the protocol's own machines, a processor that can fall behind, and the links between."""

from typing import TYPE_CHECKING

from scattershot.protocols.nostr.mesh import detector as watch
from scattershot.protocols.nostr.mesh import spreading
from scattershot.protocols.nostr.mesh.admission import Door
from scattershot.protocols.nostr.mesh.statements import Accusation, Obituary
from scattershot.simulation import scenario
from scattershot.simulation.engine import Cpu

if TYPE_CHECKING:
    from scattershot.simulation.hall import Hall
    from scattershot.simulation.population import Node
    from scattershot.simulation.world import World

_NEVER = float("inf")


class SuperNode:
    """A node while it serves."""

    def __init__(self, world: "World", node: "Node", hall: "Hall") -> None:
        self.world, self.node, self.hall = world, node, hall
        self.key, self.secret = node.key, f"own {node.key} {node.session}"
        engine = world.engine
        self.cpu = Cpu(world.what.slowness)
        self.detector = watch.Detector(node.key, engine.now, engine.random.random)
        self.spread = spreading.Spread()
        cost = scenario.HANDSHAKE + scenario.SUBSCRIBE + scenario.CATCH_UP
        self.door = Door(node.slots, cost * world.what.slowness, engine.now)
        self.leaves: dict[Node, None] = {}
        self.posts: dict[int, float] = {}
        """What it holds, and since when."""
        self.mark = 0
        """The sum of what it holds, so that equal sets are known at a glance."""
        self.covers = False
        self.hall_since = 0.0
        self.turn = 0
        self.draining = False
        self.alive = True
        self.silent = False
        self.died = _NEVER
        self.withholds = world.withholds(node)
        self._guests: dict[str, None] = {}
        self._chosen: tuple[str, ...] = ()
        self._expected: dict[str, int] = {}
        self._linked: tuple[str, ...] = ()
        self._watching_at = self._spreading_at = _NEVER
        self.arm()

    # -- the links

    def relink(self) -> None:
        """Link with those that the overlay names, and with who chose us."""
        overlay = self.hall.census.overlay
        self._chosen = overlay.links(self.key, self.secret)
        self._guests = {name: None for name in self._guests if name in overlay}
        elected = self.hall.election.supers
        self._expected = {
            name: there for name, there in self._expected.items() if name in elected and name not in overlay
        }
        for name in self._chosen[len(overlay.beside(self.key)) :]:
            other = self.world.mesh.supers.get(name)
            if other is not None and self.key not in other._guests:
                other._guests[self.key] = None
                other.link()
        self.link()

    def expect(self, name: str, incarnation: int) -> None:
        """A candidate was elected beside us: link with it, and see whether it answers."""
        if name not in self._expected:
            self._expected[name] = incarnation
            self.link()
            self.watch(self.detector.lost(name, self.world.engine.now))

    def link(self) -> None:
        """Tell the machines who is linked now."""
        overlay, present = self.hall.census.overlay, self.hall.census.present
        linked = tuple(dict.fromkeys((*self._chosen, *self._guests)))
        incarnations = {name: present[name].incarnation for name in linked if name in present} | self._expected
        self.detector.neighbours(incarnations, overlay.beside)
        if linked != self._linked:
            self._linked = linked
            self.spread.neighbours(linked)
        self.arm()

    @property
    def linked(self) -> tuple[str, ...]:
        """Who is linked."""
        return self._linked

    # -- time

    def arm(self) -> None:
        """Wake when a machine has something to do."""
        now = self.world.engine.now
        due = self.detector.due()
        if due < self._watching_at or self._watching_at <= now:
            self._watching_at = max(due, now)
            self.world.engine.at(self._watching_at, self._wake, self._watching_at)

    def arm_spread(self) -> None:
        """The same for the spreading."""
        due = self.spread.due()
        if due < self._spreading_at:
            self._spreading_at = due
            self.world.engine.at(due, self._wake_spread, due)

    def _wake(self, when: float) -> None:
        if self.alive and when == self._watching_at:
            self._watching_at = _NEVER
            self.watch(self.detector.tick(self.world.engine.now))

    def _wake_spread(self, when: float) -> None:
        if self.alive and when == self._spreading_at:
            self._spreading_at = _NEVER
            self.pass_on(self.spread.tick(self.world.engine.now))

    def lateness(self) -> float:
        """By how much a frame of the mesh is late here."""
        debt = self.cpu.debt(self.world.engine.now)
        return min(debt, scenario.MESH_FRAME) if self.world.mesh_first else debt

    # -- watching

    def watch(self, deeds: list[watch.Deed]) -> None:
        """Do what the detector says."""
        mesh = self.world.mesh
        for deed in deeds:
            match deed:
                case watch.Ping(to, number, accused):
                    mesh.send(to, SuperNode.pinged, self.key, number, accused)
                case watch.Pong(to, number):
                    mesh.send(to, SuperNode.ponged, number)
                case watch.AskOf(to, subject, number):
                    mesh.send(to, SuperNode.asked_of, self.key, subject, number)
                case watch.Accuse(subject, incarnation):
                    mesh.state(self, Accusation(self.key, subject, incarnation))
                case watch.Refute(accused):
                    mesh.refute(self.node, accused)
                case watch.Bury(subject, incarnation):
                    mesh.state(self, Obituary(self.key, subject, incarnation, int(self.world.time())))
        self.arm()

    def pinged(self, sender: str, number: int, accused: int | None) -> None:
        """Somebody asks whether we are there."""
        tenure = self.node.tenure
        assert tenure is not None
        self.watch(self.detector.pinged(sender, number, accused, tenure.incarnation))

    def ponged(self, number: int) -> None:
        """Somebody is there."""
        self.watch(self.detector.ponged(number))

    def asked_of(self, sender: str, subject: str, number: int) -> None:
        """Somebody asks us to ask."""
        self.watch(self.detector.asked_of(sender, subject, number, self.world.engine.now))

    def accused(self, what: Accusation) -> None:
        """Somebody is accused, perhaps we."""
        tenure = self.node.tenure
        assert tenure is not None
        now, mine = self.world.engine.now, tenure.incarnation
        self.watch(self.detector.accused(what.witness, what.subject, what.incarnation, mine, now))

    def missed(self, name: str) -> None:
        """A neighbour's socket closed."""
        self.watch(self.detector.lost(name, self.world.engine.now))

    # -- spreading

    def publish(self, name: str) -> None:
        """Something came from a leaf, or is our own statement."""
        if self.world.mesh.cannot_wait(name):
            self.keep(name)
            self.pass_on(self.spread.flooded(name, None))
        elif self.keep(name):
            self.pass_on(self.spread.published(name, self.world.engine.now))

    def pushed(self, name: str, sender: str) -> None:
        """A neighbour sent something."""
        if self.world.mesh.cannot_wait(name):
            if name not in self.spread:
                self.pass_on(self.spread.flooded(name, sender))
                self.keep(name)
            return
        new, deeds = self.spread.received(name, sender, self.world.engine.now)
        if not new:
            self.world.mesh.told_twice(name)
        if new and not self.keep(name):
            return
        self.pass_on(deeds)

    def told(self, names: tuple[str, ...], sender: str) -> None:
        """A neighbour has something."""
        self.spread.told(sender, names, self.world.engine.now)
        self.arm_spread()

    def grafted(self, name: str, sender: str) -> None:
        """A neighbour wants something."""
        self.pass_on(self.spread.grafted(sender, name))

    def pruned(self, sender: str) -> None:
        """A neighbour has enough ways."""
        self.spread.pruned(sender)

    def keep(self, name: str) -> bool:
        """Keep it; whether it is passed on, which one that withholds does not do with posts."""
        what = self.world.mesh.payloads.get(name)
        if isinstance(what, int):
            if self.withholds:
                return False
            self.hold(what)
        elif isinstance(what, Accusation):
            self.accused(what)
        elif what is not None:
            self.hall.take(what)
        return True

    def hold(self, post: int) -> None:
        """A post is in the store from now on."""
        if post not in self.posts:
            self.posts[post] = self.world.engine.now
            self.mark ^= hash((post, "post"))

    def pass_on(self, deeds: list[spreading.Deed]) -> None:
        """Do what the spreading says."""
        mesh = self.world.mesh
        for deed in deeds:
            match deed:
                case spreading.Push(to, name):
                    mesh.count_push(name)
                    mesh.send(to, SuperNode.pushed, name, self.key)
                case spreading.Have(to, names):
                    mesh.count_names(names)
                    mesh.send(to, SuperNode.told, names, self.key)
                case spreading.Graft(to, name):
                    mesh.send(to, SuperNode.grafted, name, self.key)
                case spreading.Prune(to):
                    mesh.send(to, SuperNode.pruned, self.key)
        self.arm_spread()
