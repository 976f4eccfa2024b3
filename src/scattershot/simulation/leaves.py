"""The leaves: each runs the protocol's own machine, and what it wishes costs a supernode its time."""

from typing import TYPE_CHECKING

from scattershot.protocols.nostr.mesh import leaf as links
from scattershot.protocols.nostr.mesh.admission import Welcome
from scattershot.protocols.nostr.mesh.assignment import two_of
from scattershot.protocols.nostr.mesh.audit import EVERY, STRANGER, Ledger, wait_for
from scattershot.protocols.nostr.mesh.pulse import PRIMARY_BEAT, STANDBY_BEAT, Pulse
from scattershot.simulation import scenario

if TYPE_CHECKING:
    from scattershot.simulation.population import Node
    from scattershot.simulation.supernode import SuperNode
    from scattershot.simulation.world import World

_IDLE = scenario.BEAT_BYTES / PRIMARY_BEAT + scenario.BEAT_BYTES / STANDBY_BEAT + scenario.AUDIT_BYTES / EVERY
"""Bytes a second that two links cost when nothing is said."""


class Leaves:
    """All that do not serve."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.attached: list[Node] = []
        """Those with a link, in no order; `Node.place_in_list` is not kept: who left is dropped when drawn."""

    # -- coming and going

    def join(self, node: "Node") -> None:
        """A node comes."""
        if node.online:
            return
        node.online, node.up = True, self.world.engine.now
        node.session += 1
        self.begin(node)
        self.look_soon(node)
        if node.slots:
            self.world.mesh.offer(node)
        self.world.engine.later(self.world.people.session(node), self.leave, node, node.session, "")

    def begin(self, node: "Node") -> None:
        """It seeks supernodes."""
        node.leaf = links.Leaf(self._secret(node), self.world.engine.random.random)
        node.joined_at, node.orphan_since, node.deaf_since, node.was = None, None, None, None
        node.links, node.live, node.settled = {}, 0, False
        node.lost_at = self.world.engine.now

    def look_soon(self, node: "Node") -> None:
        """Within a second it asks for supernodes."""
        self.world.engine.later(self.world.engine.random.random(), self._look, node, node.session)

    def start(self, node: "Node") -> None:
        """It is there already when the run begins, with its links."""
        self.begin(node)
        leaf, hall = node.leaf, self.world.mesh.any_hall(node)
        assert leaf is not None
        sample = hall.sample(self._secret(node)) if hall is not None else ()
        deeds = leaf.learned(sample, 0.0)
        for choice in two_of(self._secret(node), sample):
            here = self.world.mesh.supers[choice.key]
            if len(here.leaves) < here.node.slots and leaf.dialling is not None:
                leaf.dialling = choice
                self._link(node, here)
                deeds = [deed for deed in leaf.opened(choice.key, 0.0) if not isinstance(deed, links.Listen)]
        self.act(node, deeds)

    def _secret(self, node: "Node") -> str:
        return f"{self.world.what.seed} {node.number}"

    def leave(self, node: "Node", session: int, how: str) -> None:
        """A node goes; `how` is drawn where it is not given."""
        if node.session != session or not node.online:
            return
        drawn = self.world.engine.random.random()
        how = how or ("leave" if drawn < scenario.GRACEFUL else "crash" if drawn < scenario.GRACEFUL + scenario.CRASH
                      else "silent")  # fmt: skip
        self.part(node)
        if node.supernode is not None:
            self.world.mesh.retire(node, how)
        self.world.figures.node_seconds += self.world.engine.now - max(0.0, node.up)
        node.online, node.tenure = False, None
        node.session += 1
        wait = self.world.people.absence(node, self.world.engine.now)
        self.world.engine.later(wait, self._return, node, node.session)

    def _return(self, node: "Node", session: int) -> None:
        if node.session == session:
            self.join(node)

    def part(self, node: "Node") -> None:
        """It has no links any more: it goes, or serves from now on."""
        self.settle(node)
        for here in node.links.values():
            here.leaves.pop(node, None)
        node.links, node.live, node.leaf = {}, 0, None

    def settle(self, node: "Node") -> None:
        """Add up the time that it was attached, an orphan, and deaf."""
        figures, now = self.world.figures, self.world.engine.now
        if node.joined_at is not None:
            figures.attached_seconds += now - node.joined_at
            figures.leaf_bytes += (now - node.joined_at) * _IDLE
            node.joined_at = now
        if node.orphan_since is not None:
            figures.orphan_seconds += now - node.orphan_since
            node.orphan_since = now
        if node.deaf_since is not None:
            figures.deaf_seconds += now - node.deaf_since
            node.deaf_since = now

    # -- links

    def act(self, node: "Node", deeds: list[links.Deed]) -> None:
        """Do what the leaf says."""
        for deed in deeds:
            match deed:
                case links.Dial(key, at, urgent):
                    node.dial += 1
                    self.world.engine.at(at, self._dial, node, node.dial, key, urgent)
                case links.Listen(key):
                    self._listen(node, key)
                case links.HangUp(key):
                    self._unlink(node, key)
                case links.Look(at):
                    self.world.engine.at(at, self._look, node, node.session)

    def _look(self, node: "Node", session: int) -> None:
        if node.session != session or node.leaf is None:
            return
        hall = self.world.mesh.hall_of(node) if node.live else self.world.mesh.any_hall(node)
        self._spend(node, scenario.SAMPLE_BYTES)
        sample = hall.sample(self._secret(node)) if hall is not None else ()
        self.act(node, node.leaf.learned(sample, self.world.engine.now))

    def _dial(self, node: "Node", dial: int, key: str, urgent: bool) -> None:
        if node.dial != dial or node.leaf is None or node.leaf.dialling is None or node.leaf.dialling.key != key:
            return
        engine, figures = self.world.engine, self.world.figures
        here = self.world.mesh.supers.get(key)
        if here is None or not self.world.hears(node, here.node):
            dead = self.world.mesh.fallen.get(key)
            quick = dead is not None and not dead.silent
            engine.later(0.1 if quick else scenario.DIAL_TIMEOUT, self._refused, node, dial, key)
            return
        now = engine.now
        answer = here.door.knock(now, len(here.leaves), here.cpu.debt(now), urgent=urgent)
        open_door = isinstance(answer, Welcome) or not self.world.has_door
        if here.draining or not open_door:
            here.cpu.work(now, scenario.REFUSAL)
            figures.refusals += 1
            self._spend(node, scenario.REFUSAL_BYTES)
            engine.later(engine.latency() * 2, self._refused, node, dial, key)
            return
        done = here.cpu.work(now, scenario.HANDSHAKE)
        if done - now > scenario.PATIENCE:
            figures.given_up += 1
            engine.later(scenario.PATIENCE, self._refused, node, dial, key)
            return
        engine.at(done + 4 * engine.latency(), self._opened, node, dial, here)

    def _spend(self, node: "Node", size: int) -> None:
        """Bytes of joining, until both links are open for the first time; from then on of being there."""
        if node.settled:
            self.world.figures.leaf_bytes += size
        else:
            self.world.figures.joining_bytes += size

    def _refused(self, node: "Node", dial: int, key: str) -> None:
        if node.dial == dial and node.leaf is not None:
            self.act(node, node.leaf.refused(key, self.world.engine.now))

    def _opened(self, node: "Node", dial: int, here: "SuperNode") -> None:
        if node.dial != dial or node.leaf is None or node.leaf.dialling is None:
            return
        if not here.alive or not self.world.hears(node, here.node):
            self._refused(node, dial, here.key)
            return
        self.world.figures.attaches += 1
        self._spend(node, scenario.ATTACH_BYTES)
        self._link(node, here)
        self.act(node, node.leaf.opened(here.key, self.world.engine.now))

    def _link(self, node: "Node", here: "SuperNode") -> None:
        figures, now = self.world.figures, self.world.engine.now
        node.links[here.key] = here
        here.leaves[node] = None
        if here.withholds:
            self.world.engine.later(wait_for(0), self._audit, node, node.session, here.key, Ledger(), 1)
        node.live += 1
        node.settled = node.settled or node.live > 1
        if node.joined_at is None:
            node.joined_at = now
            figures.joins.append(now - node.lost_at)
            self.attached.append(node)
        if node.orphan_since is not None:
            figures.orphan_seconds += now - node.orphan_since
            figures.reattached.append(now - node.orphan_since)
            node.orphan_since = None

    def _listen(self, node: "Node", key: str) -> None:
        here = node.links.get(key)
        if here is None:
            return
        now = self.world.engine.now
        done = here.cpu.work(now, scenario.SUBSCRIBE + scenario.CATCH_UP) if here.alive else now
        if node.deaf_since is not None and here.alive and self.world.hears(node, here.node):
            self.world.figures.deaf_seconds += done - node.deaf_since
            node.deaf_since = None

    def _unlink(self, node: "Node", key: str) -> None:
        here = node.links.pop(key, None)
        if here is None:
            return
        here.leaves.pop(node, None)
        if here.alive and self.world.hears(node, here.node):
            node.live -= 1
            self._bare(node)

    def _bare(self, node: "Node") -> None:
        if node.live == 0 and node.orphan_since is None and node.joined_at is not None:
            node.orphan_since = self.world.engine.now

    # -- what befalls a link

    def bereave(self, here: "SuperNode") -> None:
        """A supernode is gone: its leaves see a closed socket, or nothing."""
        engine = self.world.engine
        for node in list(here.leaves):
            if self.world.hears(node, here.node):
                self.cut(node, here, engine.now + engine.latency() if not here.silent else None)

    def cut(self, node: "Node", here: "SuperNode", noticed: float | None) -> None:
        """A link leads nowhere any more; the leaf notices then, or when the pulse has been silent for too long."""
        engine = self.world.engine
        node.live -= 1
        leaf = node.leaf
        is_primary = leaf is not None and leaf.primary is not None and leaf.primary.key == here.key
        if is_primary and node.deaf_since is None:
            node.deaf_since, node.was, node.lost_at = engine.now, here, engine.now
        self._bare(node)
        if noticed is None:
            beat = PRIMARY_BEAT if is_primary else STANDBY_BEAT
            noticed = Pulse(engine.now - beat * engine.random.random(), beat).ends()
        engine.at(noticed, self.notice, node, node.session, here.key)

    def notice(self, node: "Node", session: int, key: str) -> None:
        """The leaf sees that a link is dead, if it still holds it and it is."""
        here = node.links.get(key)
        if node.session != session or node.leaf is None or here is None:
            return
        if here.alive and self.world.hears(node, here.node):
            return
        del node.links[key]
        here.leaves.pop(node, None)
        self.act(node, node.leaf.lost(key, self.world.engine.now))

    def dismissed(self, node: "Node", session: int, key: str) -> None:
        """The supernode asks it to leave."""
        if node.session == session and node.leaf is not None and key in node.links:
            self.act(node, node.leaf.dismissed(key, self.world.engine.now))

    def _audit(self, node: "Node", session: int, key: str, ledger: Ledger, turn: int) -> None:
        """The leaf compares its two supernodes; only those with one that withholds are looked at: only they differ."""
        leaf = node.leaf
        if node.session != session or leaf is None or key not in node.links:
            return
        first = node.links[key]
        others = [here for name, here in node.links.items() if name != key and here.alive]
        if turn % STRANGER == 0:
            others = [self.world.mesh.stranger(node)]
            self._spend(node, scenario.ATTACH_BYTES)
        if others and first.alive:
            since = self.world.engine.now - wait_for(turn - 1) - 60
            until = self.world.engine.now - 5
            had = {post for post, at in others[0].posts.items() if since < at < until}
            lacked = {post for post in had if post not in first.posts}
            ledger.compared(key, others[0].key, len(had) - len(lacked), 0, len(lacked))
            self.world.posting.fetched(node, had)
            if ledger.distrusts(key):
                self.act(node, leaf.distrusted(key, self.world.engine.now))
                return
        self.world.engine.later(wait_for(turn), self._audit, node, session, key, ledger, turn + 1)

    def some(self) -> "Node | None":
        """An attached leaf, drawn by lot."""
        random, attached = self.world.engine.random, self.attached
        for _ in range(200):
            if not attached:
                return None
            place = int(random.random() * len(attached))
            node = attached[place]
            if node.leaf is not None and node.joined_at is not None and node.online:
                if node.live:
                    return node
            else:
                attached[place] = attached[-1]
                attached.pop()
        return None
