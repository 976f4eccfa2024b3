"""The supernodes together: how they hear each other, come to serve, step down, and fall."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from scattershot.protocols.nostr.mesh.census import Census
from scattershot.protocols.nostr.mesh.election import DWELL, cold_wait, joins_the_bench
from scattershot.protocols.nostr.mesh.statements import (
    AHEAD,
    LIFE,
    REFRESH,
    Accusation,
    Admission,
    Announcement,
    Attestation,
    Obituary,
    Statement,
    day_of,
)
from scattershot.protocols.nostr.mesh.tenure import Close, Drain, Serve, State, Tenure
from scattershot.simulation import scenario
from scattershot.simulation.hall import Hall
from scattershot.simulation.supernode import SuperNode

if TYPE_CHECKING:
    from scattershot.simulation.population import Node
    from scattershot.simulation.world import World

_BENCH = 300.0
"""Seconds after which one that waits in silence looks again whether it is wanted."""
_REDIAL = 600.0
_ASSIGN = 60.0
_LINKING = 0.3
"""Seconds in which the links of a new supernode are made."""


class _Failure:
    __slots__ = ("agreed", "at", "key", "side")

    def __init__(self, key: str, at: float, side: int) -> None:
        self.key, self.at, self.side, self.agreed = key, at, side, False


class Mesh:
    """All supernodes."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.supers: dict[str, SuperNode] = {}
        self.fallen: dict[str, SuperNode] = {}
        self.halls: list[Hall] = []
        self.payloads: dict[str, int | Statement] = {}
        self.by_key: dict[str, Node] = {node.key: node for node in world.people.nodes if node.key}
        self._failures: dict[str, _Failure] = {}
        self._open: list[_Failure] = []
        """Those in whose stead nobody serves yet."""
        self._number = 0

    # -- messages

    def send(self, to: str, what: Callable[..., None], *arguments: Any) -> None:
        """A message on its way; what is not there or beyond the rift never hears it."""
        other = self.supers.get(to)
        engine = self.world.engine
        if other is None and what is SuperNode.pinged:
            self._ping_candidate(to, *arguments)
        if other is None or engine.random.random() < scenario.LOSS:
            return
        sender = self._sender(arguments)
        if sender is not None and not self.world.hears(sender.node, other.node):
            return
        engine.later(engine.latency() + other.lateness(), self._arrive, other, what, arguments)

    def _ping_candidate(self, to: str, sender: str, number: int, _: int | None) -> None:
        """One that does not serve yet answers too."""
        node, asking = self.by_key.get(to), self.supers[sender]
        if node is not None and node.online and self.world.hears(node, asking.node):
            engine = self.world.engine
            engine.later(engine.latency(), self._invited, node, node.session, asking)
            engine.later(engine.latency() + engine.latency(), self._arrive, asking, SuperNode.ponged, (number,))

    def _invited(self, node: "Node", session: int, asking: SuperNode) -> None:
        """A supernode links with one that was elected, and so tells it what it knows."""
        if node.session == session and node.tenure is not None and asking.alive:
            self.step(node, asking.hall)

    def _sender(self, arguments: tuple[Any, ...]) -> SuperNode | None:
        """Whoever is named in a message; only while there is a rift does it matter."""
        if not self.world.rift:
            return None
        return next((self.supers[each] for each in arguments if isinstance(each, str) and each in self.supers), None)

    def _arrive(self, other: SuperNode, what: Callable[..., None], arguments: tuple[Any, ...]) -> None:
        if other.alive:
            what(other, *arguments)

    def state(self, origin: SuperNode, what: Statement) -> None:
        """A supernode states something before all."""
        if not self.world.shared:
            self._number += 1
            name = f"statement {self._number}"
            self.payloads[name] = what
            origin.publish(name)
            self.world.engine.later(120.0, self._forget, name)
            return
        engine = self.world.engine
        if isinstance(what, Accusation):
            for name in (*origin.hall.census.overlay.beside(what.subject), what.subject):
                if name != origin.key and (other := self.supers.get(name)) is not None and other.hall is origin.hall:
                    wait = engine.latency() + engine.latency() + other.lateness()
                    engine.later(wait, self._arrive, other, SuperNode.accused, (what,))
            return
        engine.later(sum(engine.latency() for _ in range(5)), origin.hall.take, what)

    def _forget(self, name: str) -> None:
        self.payloads.pop(name, None)

    def cannot_wait(self, name: str) -> bool:
        """Whether it is flooded instead of sent along the tree."""
        return isinstance(self.payloads.get(name), Accusation | Obituary)

    def count_push(self, name: str) -> None:
        """A post travels along a link."""
        if isinstance(self.payloads.get(name), int):
            self.world.figures.payloads += 1

    def told_twice(self, name: str) -> None:
        """And was not needed there."""
        if isinstance(self.payloads.get(name), int):
            self.world.figures.duplicates += 1

    def count_names(self, names: tuple[str, ...]) -> None:
        """Names of posts travel."""
        self.world.figures.names_told += sum(1 for name in names if isinstance(self.payloads.get(name), int))

    # -- what follows from a new judgement

    def react(self, hall: Hall, before: Census) -> None:
        """Relink, hear who is gone, and let each see whether it shall serve."""
        census = hall.census
        for key in [key for key in census.gone if key not in before.gone]:
            self._is_gone(hall, key)
        others = census.overlay.supers != before.overlay.supers or census.gone.keys() != before.gone.keys()
        if others or any(before.present[key].incarnation != here.incarnation
                 for key, here in census.present.items() if key in before.present):  # fmt: skip
            for each in list(hall.supers.values()):
                each.relink()
        self._try_newcomers(hall)
        self._agree(hall)
        elected = hall.election.supers
        for key in sorted(elected):
            node = self.by_key[key]
            if node.online and node.tenure is not None and node.tenure.role != "super" and self.hall_of(node) is hall:
                self.step(node)
        for each in [each for key, each in hall.supers.items() if key not in elected]:
            if each.node.tenure is not None and each.node.tenure.role == "super" and each.key not in census.gone:
                self.step(each.node)
        for key in [key for key in census.gone if key in hall.supers]:
            self.refute(self.by_key[key], census.present[key].incarnation)

    def _is_gone(self, hall: Hall, key: str) -> None:
        engine = self.world.engine
        if key in hall.supers:
            self.world.figures.false_deaths += 1
        dead = self.fallen.get(key)
        for node in () if dead is None else list(dead.leaves):
            if any(link.alive and link.hall is hall for link in node.links.values()):
                wait = 2.0 + engine.random.random()  # it is told, and asks once more for itself
                engine.later(wait, self.world.leaves.notice, node, node.session, key)

    def _agree(self, hall: Hall) -> None:
        """Note by when nine of ten knew that one fell, and whether nobody is needed in its stead."""
        now = self.world.engine.now
        for failure in [each for each in self._failures.values() if not each.agreed and now - each.at < 900]:
            near = [each for each in self.halls if each.side in (None, failure.side)]
            know = sum(1 for each in near if failure.key in each.census.gone or failure.key not in each.census.present)
            if know >= 0.9 * len(near):
                failure.agreed = True
                self.world.figures.agreements.append(now - failure.at)
        if self._open and all(name in self.supers for name in hall.election.supers):
            for failure in [each for each in self._open if each.agreed]:
                self._settle(failure)

    def _settle(self, failure: _Failure) -> None:
        if failure in self._open:
            self._open.remove(failure)
            self.world.figures.reelections.append(self.world.engine.now - failure.at)

    def _try_newcomers(self, hall: Hall) -> None:
        """Those beside whom an elected candidate will stand link with it, and find out whether it is still there."""
        for key in sorted(hall.election.supers):
            if key not in hall.census.overlay and (there := hall.census.present.get(key)) is not None:
                for name in hall.census.overlay.beside(key):
                    here = hall.supers.get(name)
                    if here is not None:
                        here.expect(key, there.incarnation)

    def hall_of(self, node: "Node") -> Hall | None:
        """From where a node knows the mesh: its own view, or that of a supernode that it is linked with."""
        if node.supernode is not None:
            return node.supernode.hall
        heard = [here.hall for here in node.links.values() if here.alive and self.world.hears(node, here.node)]
        if heard or node.links:
            return heard[0] if heard else None
        return self.any_hall(node)

    def stranger(self, node: "Node") -> SuperNode:
        """Some supernode that a node finds by its list of addresses."""
        near = [each for each in self.supers.values() if self.world.hears(node, each.node)]
        return near[int(self.world.engine.random.random() * len(near))]

    def any_hall(self, node: "Node") -> Hall | None:
        """What a node finds by its list of addresses: some supernode on its side."""
        if self.world.shared:
            found = [hall for hall in self.halls if hall.supers and (hall.side is None or hall.side == node.side)]
            return found[0] if found else None
        near = [each for each in self.supers.values() if self.world.hears(node, each.node)]
        return near[int(self.world.engine.random.random() * len(near))].hall if near else None

    # -- the role of a node

    def offer(self, node: "Node") -> None:
        """A node that can serve comes: it will see whether it is wanted."""
        node.incarnation += 1
        served = self.world.engine.now - node.served_until < DWELL
        node.tenure = Tenure(node.key, self.world.time(), offers=True, served=served, incarnation=node.incarnation)
        self.world.engine.later(5.0 + 60.0 * self.world.engine.random.random(), self._bench, node, node.session)

    def _bench(self, node: "Node", session: int) -> None:
        if node.session != session or node.tenure is None:
            return
        hall = self.hall_of(node)
        waits = _BENCH
        if hall is not None:
            mine = self._announcement(node)
            if node.tenure.role == "retired" or joins_the_bench(mine, hall.election, self.world.time()):
                if node.key not in hall.view.announcements:
                    self._tell(node, Admission(node.key, day_of(self.world.time()), 20))
                    self.world.engine.later(2.0, self.attest, node, session)
                self.step(node)
                waits = REFRESH + 1
        self.world.engine.later(waits, self._bench, node, session)

    def step(self, node: "Node", hall: Hall | None = None) -> None:
        """Let a node read its role from the election, as it is known in a hall."""
        hall, tenure = hall or self.hall_of(node), node.tenure
        if hall is None or tenure is None:
            return
        now = self.world.time()
        others = any(key != node.key for key in hall.census.overlay.supers)
        wait = 0.0 if others else cold_wait(hall.view, now, self._announcement(node))
        deeds = tenure.step(now, hall.election, anybody=others, cold_wait=wait, chance=0.5, changed=False)
        for deed in deeds:
            match deed:
                case State():
                    self._tell(node, self._announcement(node))
                case Serve():
                    self.world.engine.later(_LINKING, self.serve, node, node.session)
                case Drain(until):
                    self._drain(node, until - now)
                case Close():
                    self._close(node)

    def _announcement(self, node: "Node") -> Announcement:
        tenure = node.tenure
        assert tenure is not None
        at = max(int(self.world.time() + node.skew), node.announced_at + 1)
        here = node.supernode
        load = 0 if here is None else len(here.leaves)
        lag = 0 if here is None else int(1_000 * here.lateness())
        up = int(self.world.epoch + node.up)
        self._number += 1
        return Announcement(
            node.key, at, at + LIFE, (node.address,), node.slots, node.uplink, 1_024, up, load, lag, tenure.role,
            tenure.since, tenure.incarnation, f"{self._number:064x}",
        )  # fmt: skip

    def _tell(self, node: "Node", what: Announcement | Admission) -> None:
        """A node's statement, by its own links or a supernode's; refused where its clock is wrong."""
        if isinstance(what, Announcement):
            node.announced_at = what.at
            if not self.world.time() - LIFE < what.at <= self.world.time() + AHEAD:
                return
        origin = node.supernode
        if origin is None:
            origin = next((here for here in node.links.values() if here.alive), None)
        if origin is not None and origin.alive:
            self.state(origin, what)
        elif (hall := self.any_hall(node)) is not None and hall.supers:
            self.state(next(iter(hall.supers.values())), what)

    def refute(self, node: "Node", accused: int) -> None:
        """A supernode that is accused says that it lives."""
        tenure = node.tenure
        if tenure is not None and tenure.refute(accused, self.world.time()):
            node.incarnation = tenure.incarnation
            self._tell(node, self._announcement(node))

    def attest(self, node: "Node", session: int) -> None:
        """Its witnesses dial a node: whoever becomes one at once, and then every ten minutes."""
        hall = self.hall_of(node)
        if node.session != session or hall is None:
            return
        if node.key in hall.census.present or self.world.engine.now - node.up < 300:
            seen = hall.view.attestations.get(node.key, {})
            for name in hall.census.witnesses(node.key):
                witness = self.supers.get(name)
                late = name not in seen or seen[name].at + _REDIAL <= self.world.time()
                if late and witness is not None and self.world.hears(node, witness.node):
                    wait = 1.0 + 9.0 * self.world.engine.random.random()
                    self.world.engine.later(wait, self._attest, witness, node, session)
        self.world.engine.later(_ASSIGN, self.attest, node, session)

    def _attest(self, witness: SuperNode, node: "Node", session: int) -> None:
        if witness.alive and node.session == session:
            witness.cpu.work(self.world.engine.now, scenario.DIAL_BACK)
            seen = Attestation(witness.key, node.key, int(self.world.time()), node.network_name, node.address)
            self.state(witness, seen)

    # -- serving

    def serve(self, node: "Node", session: int) -> None:
        """A node serves from now on: it links, and compares itself with a neighbour."""
        tenure = node.tenure
        if node.session != session or tenure is None or tenure.role != "super":
            return
        if node.supernode is not None:  # it was stepping down, and is wanted again
            node.supernode.draining = False
            return
        hall = self.hall_of(node) or Hall(self.world, self.world.empty_view(), node.side if self.world.rift else None)
        self.world.leaves.part(node)
        self._open_doors(node, hall, at_start=False)
        self.world.figures.promotions += 1
        recent = [each for each in self._open if each.side == node.side or not self.world.rift]
        if recent:
            self._settle(recent[0])

    def serve_from_start(self, node: "Node", hall: Hall) -> None:
        """It served before the run began."""
        self._open_doors(node, hall, at_start=True)

    def _open_doors(self, node: "Node", hall: Hall, *, at_start: bool) -> None:
        if not self.world.shared:
            hall = Hall(self.world, hall.view.copy(), None)
        here = node.supernode = SuperNode(self.world, node, hall)
        here.covers = at_start
        self.supers[node.key] = hall.supers[node.key] = here
        if hall not in self.halls:
            self.halls.append(hall)
        self.fallen.pop(node.key, None)
        if not at_start:
            here.relink()
        hall.mark()
        chance = self.world.engine.random.random()
        self.world.engine.later(REFRESH * (chance if at_start else 1.0), self._refresh, node, node.session)
        self.world.posting.follow(here, at_start=at_start)

    def _refresh(self, node: "Node", session: int) -> None:
        if node.session == session and node.supernode is not None:
            self.step(node)
            self.world.engine.later(
                REFRESH * (0.8 + 0.4 * self.world.engine.random.random()), self._refresh, node, session
            )

    def _drain(self, node: "Node", within: float) -> None:
        here = node.supernode
        if here is None:
            return
        self.world.figures.demotions += 1
        self.world.figures.flaps += 1
        here.draining = True
        for leaf in list(here.leaves):
            wait = within * 0.9 * self.world.engine.random.random()
            self.world.engine.later(wait, self.world.leaves.dismissed, leaf, leaf.session, node.key)
        self.world.engine.later(within + 0.1, self._close, node)

    def _close(self, node: "Node") -> None:
        here = node.supernode
        if here is not None and here.draining:
            self.remove(here, "leave")
            node.supernode = None
            self.world.leaves.begin(node)
            self.world.leaves.look_soon(node)

    def remove(self, here: SuperNode, how: str) -> None:
        """A supernode is there no more: it left, its sockets closed (`crash`), or it fell silent."""
        engine, figures = self.world.engine, self.world.figures
        here.node.served_until = engine.now
        here.alive, here.died, here.silent = False, engine.now, how == "silent"
        del self.supers[here.key]
        here.hall.supers.pop(here.key, None)
        if not self.world.shared:
            self.halls.remove(here.hall)
        self.fallen[here.key] = here
        if how != "leave":
            figures.failures += 1
            self._failures[here.key] = failure = _Failure(here.key, engine.now, here.node.side)
            self._open.append(failure)
        if how == "crash":
            for name in here.linked:
                other = self.supers.get(name)
                if other is not None and self.world.hears(here.node, other.node):
                    engine.later(engine.latency(), self._arrive, other, SuperNode.missed, (here.key,))
        self.world.leaves.bereave(here)

    def retire(self, node: "Node", how: str) -> None:
        """A serving node's session ends."""
        here, tenure = node.supernode, node.tenure
        if here is None or tenure is None:
            return
        if how == "leave":
            tenure.step_down(self.world.time(), for_good=True)
            if here.hall.supers:
                self._tell(node, self._announcement(node))
        self.remove(here, how)
        node.supernode = None
