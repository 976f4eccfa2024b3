"""The whole of a run: who is there, what they know, and what befalls them."""

from typing import TYPE_CHECKING

from scattershot.protocols.nostr.mesh.census import Census
from scattershot.protocols.nostr.mesh.election import FULLNESS, Election, elect, rank
from scattershot.protocols.nostr.mesh.lots import Ring
from scattershot.protocols.nostr.mesh.statements import (
    LIFE,
    WORK,
    Admission,
    Announcement,
    Attestation,
    Role,
    day_of,
)
from scattershot.protocols.nostr.mesh.tenure import Tenure
from scattershot.protocols.nostr.mesh.view import View
from scattershot.simulation import scenario
from scattershot.simulation.engine import Engine
from scattershot.simulation.figures import Figures, Moment, quantile
from scattershot.simulation.hall import Hall
from scattershot.simulation.leaves import Leaves
from scattershot.simulation.mesh import Mesh
from scattershot.simulation.population import Population
from scattershot.simulation.posting import Posting
from scattershot.simulation.scenario import Scenario

if TYPE_CHECKING:
    from scattershot.simulation.population import Node

EPOCH = 1_790_000_000
"""The moment of the protocol's clock at which a run begins."""
_LOOK = 10.0


class World:
    """One run."""

    def __init__(self, what: Scenario) -> None:
        self.what = what
        self.engine = Engine(what.seed)
        self.figures = Figures()
        self.people = Population(what, self.engine.random)
        self.shared = what.nodes > what.view_of_each_up_to
        self.epoch = EPOCH
        self.ends = what.hours * 3_600.0
        self.rift = False
        self.has_door = "door" not in what.without
        self.mesh_first = "mesh-first" not in what.without
        self._judged: dict[tuple[int, float], tuple[Census, Election]] = {}
        self.mesh = Mesh(self)
        self.leaves = Leaves(self)
        self.posting = Posting(self)

    def time(self) -> float:
        """The moment by a clock that is right."""
        return EPOCH + self.engine.now

    def hears(self, one: "Node", other: "Node") -> bool:
        """Whether the network between the two is whole."""
        return not self.rift or one.side == other.side

    def withholds(self, node: "Node") -> bool:
        """Whether it says OK to posts and drops them when it serves: a fifth of all, where it is played."""
        return node.sybil or ("withholding" in self.what.stress and node.number % 5 == 0)

    def judged(self, view: View, now: float) -> tuple[Census, Election]:
        """Census and election of a view; views that know the same at the same moment are judged once."""
        found = self._judged.get((view.digest, now))
        if found is None:
            if len(self._judged) > 64:
                self._judged.clear()
            census = Census(view, now)
            found = self._judged[view.digest, now] = (census, elect(view, now, census))
        return found

    def empty_view(self) -> View:
        """What one knows that knows nobody."""
        return View()

    # -- the beginning

    def begin(self) -> None:
        """Let there be a mesh that has run for a while, and all its people."""
        online = []
        for node in self.people.nodes:
            if self.engine.random.random() < scenario.ONLINE:
                age, rest = self.people.age(node)
                node.online, node.session, node.up = True, 1, -age
                online.append(node)
                self.engine.later(rest, self.leaves.leave, node, 1, "")
            else:
                self.engine.later(self.people.absence(node, 0.0) * self.engine.random.random(), self.leaves.join, node)
        self._first_mesh(online)
        for node in online:
            if node.supernode is None:
                self.leaves.start(node)
        hours = max(scenario.LEAST_POSTS_PER_HOUR, len(online) * scenario.POSTS_PER_DAY / 24)
        self.posting.begin(min(hours, self.what.busiest / self.what.hours))
        self.engine.later(_LOOK, self._look)

    def _first_mesh(self, online: "list[Node]") -> None:
        able = [node for node in online if node.slots and abs(node.skew) < 60]
        said = {node.key: self._first_word(node) for node in able}
        able.sort(key=lambda node: rank(said[node.key], EPOCH, len(online)))
        links = 2 * len(online)
        count = max(3, int(len(online) ** 0.5) + 1)
        for _ in range(20):
            slots = sorted(node.slots for node in able[:count])
            count = max(count, int(links / (FULLNESS * slots[len(slots) // 2])) + 1) if slots else count
        serving = self._spread_out(able, count)
        view = View()
        first = {node.key for node in serving}
        bench = [node for node in able if node.key not in first][:count]
        load = links // max(1, len(serving))
        for node in (*serving, *bench):
            role: Role = "super" if node.key in first else "candidate"
            word = said[node.key]._replace(role=role, load=min(load, node.slots) if role == "super" else 0)
            node.announced_at = word.at
            view.take(word)
            view.take(Admission(node.key, day_of(EPOCH), WORK))
        self._first_sight(view, [*serving, *bench], first)
        self._first_halls(view, serving, able)

    def _first_word(self, node: "Node") -> Announcement:
        at = EPOCH - int(self.engine.random.random() * 170) - 1
        return Announcement(
            node.key, at, at + LIFE, (node.address,), node.slots, node.uplink, 1_024, int(EPOCH + node.up), 0, 0,
            "candidate", EPOCH - 7_200, 0, f"{node.number:064x}",
        )  # fmt: skip

    def _spread_out(self, able: "list[Node]", count: int) -> "list[Node]":
        """The best, not too many of one network."""
        held: dict[int, int] = {}
        chosen: list[Node] = []
        for node in able:
            if len(chosen) < count and held.get(node.network, 0) < max(1, count // 20):
                held[node.network] = held.get(node.network, 0) + 1
                chosen.append(node)
        return chosen

    def _first_sight(self, view: View, nodes: "list[Node]", serving: set[str]) -> None:
        ring = Ring("witnesses", serving)
        for node in nodes:
            for witness in ring.after(node.key, 7):
                at = EPOCH - int(self.engine.random.random() * 600)
                view.take(Attestation(witness, node.key, at, node.network_name, node.address))

    def _first_halls(self, view: View, serving: "list[Node]", able: "list[Node]") -> None:
        one = Hall(self, view, None)
        self.mesh.halls.append(one)
        served = {node.key for node in serving}
        for node in able:
            node.tenure = Tenure(node.key, EPOCH - 7_200, offers=True, incarnation=0)
            if node.key in served:
                node.tenure.role = "super"
            else:
                wait = 180.0 * self.engine.random.random()
                self.engine.later(wait, self.mesh._bench, node, node.session)
            self.engine.later(60.0 * self.engine.random.random(), self.mesh.attest, node, node.session)
        for node in serving:
            self.mesh.serve_from_start(node, one)
        if not self.shared:
            self.mesh.halls.remove(one)
        for here in self.mesh.supers.values():
            here.relink()

    # -- looking on

    def _look(self) -> None:
        now = self.engine.now
        self.engine.later(_LOOK, self._look)
        supers = list(self.mesh.supers.values())
        debts = [here.cpu.debt(now) for here in supers]
        leaves = [len(here.leaves) / here.node.slots for here in supers if not here.draining]
        if leaves and sum(leaves):
            self.figures.loads.append(max(leaves) / (sum(leaves) / len(leaves)))
        orphans = sum(1 for node in self.people.nodes if node.orphan_since is not None) if self._is_minute() else (
            self.figures.moments[-1].orphans if self.figures.moments else 0)  # fmt: skip
        target = max((hall.election.target for hall in self.mesh.halls), default=0)
        online = sum(1 for node in self.people.nodes if node.online) if self._is_minute() else (
            self.figures.moments[-1].online if self.figures.moments else 0)  # fmt: skip
        self.figures.moments.append(Moment(
            now, online, len(supers), target, orphans, max(debts, default=0.0), quantile(debts, 0.5) or 0.0,
            self.figures.attaches,
        ))  # fmt: skip
        if not self.shared and len(self.mesh.halls) > 1:
            elected = [hall.election.supers for hall in self.mesh.halls]
            pairs = [one != other for n, one in enumerate(elected) for other in elected[:n]]
            self.figures.divergence.append(sum(pairs) / len(pairs))
        if any(here.node.sybil for here in supers):
            self.figures.sybils.append(sum(here.node.sybil for here in supers) / len(supers))

    def _is_minute(self) -> bool:
        return self.what.nodes <= 200_000 or int(self.engine.now) % 60 < _LOOK

    def finish(self) -> None:
        """Add up."""
        self.posting.finish()
        for node in self.people.nodes:
            if node.online:
                self.figures.node_seconds += self.engine.now - max(0.0, node.up)
                if node.leaf is not None:
                    self.leaves.settle(node)
