"""The nodes, and when they come and go: heavy-tailed sessions, day and night, clocks that are wrong."""

from hashlib import sha256
from math import gamma, pi, sin
from random import Random
from typing import TYPE_CHECKING

from scattershot.simulation import scenario
from scattershot.simulation.scenario import Scenario

if TYPE_CHECKING:
    from scattershot.protocols.nostr.mesh.leaf import Leaf
    from scattershot.protocols.nostr.mesh.tenure import Tenure
    from scattershot.simulation.supernode import SuperNode

_MEAN_OF_SHAPE = gamma(1 + 1 / scenario.SHAPE)


class Node:
    """A node, there or away. `session` counts up whenever it comes or goes, what was meant before is void."""

    __slots__ = (
        "announced_at", "deaf_since", "dial", "incarnation", "joined_at", "key", "leaf", "links", "live", "lost_at",
        "mean", "network", "number", "online", "orphan_since", "place", "served_until", "session", "settled", "side",
        "skew", "slots", "supernode", "sybil", "tenure", "up", "uplink", "was",
    )  # fmt: skip

    def __init__(self, number: int, mean: float, network: int) -> None:
        self.number, self.mean, self.network = number, mean, network
        self.key = ""
        self.online = False
        self.session = 0
        self.up = 0.0
        self.slots = 0
        self.uplink = 0
        self.skew = 0.0
        self.place = 0.0
        self.side = 0
        self.incarnation = 0
        self.announced_at = -1
        self.sybil = False
        self.dial = 0
        self.served_until = float("-inf")
        self.settled = False
        """Whether it has had two links in this session."""
        self.live = 0
        """Links whose other end lives and can be reached, whatever the leaf thinks."""
        self.links: dict[str, SuperNode] = {}
        self.leaf: Leaf | None = None
        self.supernode: SuperNode | None = None
        self.tenure: Tenure | None = None
        self.joined_at: float | None = None
        """When it first had a link in this session; below zero while it has none yet."""
        self.orphan_since: float | None = None
        self.deaf_since: float | None = None
        self.was: SuperNode | None = None
        self.lost_at = 0.0

    @property
    def network_name(self) -> str:
        """As witnesses would see it."""
        return f"{11 + self.network // 250 % 200}.{self.network % 250}.0.0/16"

    @property
    def address(self) -> str:
        """Where it is dialled."""
        return f"wss://n.node{self.number}.example/"


class Population:
    """All nodes."""

    def __init__(self, what: Scenario, random: Random) -> None:
        self._random = random
        self.nodes: list[Node] = []
        networks = max(20, what.nodes // scenario.PEOPLE_PER_NETWORK)
        sizes, weights = [size for size, _ in scenario.SLOTS], [weight for _, weight in scenario.SLOTS]
        for number in range(what.nodes):
            node = Node(number, scenario.MEAN_SESSIONS[number % 3], random.randrange(networks))
            node.place = random.random()
            node.side = node.network % 2
            if random.random() < scenario.REACHABLE:
                node.key = sha256(f"{what.seed} {number}".encode()).hexdigest()
                node.slots = random.choices(sizes, weights)[0]
                node.uplink = random.choice(scenario.UPLINKS)
                node.skew = random.gauss(0.0, 3.0)
                if random.random() < scenario.SKEWED:
                    node.skew = random.choice((-1, 1)) * random.uniform(60, 900)
            self.nodes.append(node)

    def session(self, node: Node) -> float:
        """Seconds that it will stay."""
        return max(5.0, node.mean / _MEAN_OF_SHAPE * self._random.weibullvariate(1.0, scenario.SHAPE))

    def age(self, node: Node) -> tuple[float, float]:
        """For one that is there at the beginning: since how long, and how much longer. Long ones are met more often."""
        drawn = [self.session(node) for _ in range(12)]
        length = self._random.choices(drawn, drawn)[0]
        gone = self._random.random() * length
        return gone, length - gone

    def absence(self, node: Node, now: float) -> float:
        """Seconds that it will be away: longer by night."""
        mean = node.mean * (1 - scenario.ONLINE) / scenario.ONLINE
        night = 1 + scenario.WAVE * sin(2 * pi * (now / scenario.DAY + node.place))
        return max(5.0, night * mean / _MEAN_OF_SHAPE * self._random.weibullvariate(1.0, scenario.SHAPE))
