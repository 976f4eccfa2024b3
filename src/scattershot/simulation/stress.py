"""What befalls a mesh: mass death, mass return, a crowd, a rift, and neighbours that mean ill."""

from hashlib import sha256
from typing import TYPE_CHECKING

from scattershot.protocols.nostr.mesh.view import View
from scattershot.simulation import scenario
from scattershot.simulation.hall import Hall
from scattershot.simulation.population import Node

if TYPE_CHECKING:
    from scattershot.simulation.supernode import SuperNode
    from scattershot.simulation.world import World

FLASH = (0.15, 300.0, 10.0)
"""When it begins, as a part of the run; for how many seconds; how many times as many come as usual."""
KILL, RESTART, RIFT = 0.5, 0.65, 0.3
RIFT_LASTS = 180.0
RESTART_WITHIN = (20.0, 80.0)
SYBILS = 0.3
"""Sybils, for each that serves; all they have is capacity, and three networks."""
SYBIL_NETWORKS = 3


def plan(world: "World") -> None:
    """Put down what shall happen."""
    what, engine, ends = world.what, world.engine, world.ends
    if what.kill:
        engine.at(KILL * ends, _kill, world, what.kill)
    if "flash-crowd" in what.stress:
        engine.at(FLASH[0] * ends, _flash_crowd, world)
    if "restart" in what.stress:
        engine.at(RESTART * ends, _restart, world)
    if "partition" in what.stress:
        engine.at(RIFT * ends, _tear, world)
        engine.at(RIFT * ends + RIFT_LASTS, _heal, world)
    if "sybils" in what.stress:
        engine.at(0.02 * ends, _sybils, world)


def _kill(world: "World", share: float) -> None:
    """So many supernodes lose their power at the same moment."""
    supers = list(world.mesh.supers.values())
    for here in world.engine.random.sample(supers, int(share * len(supers))):
        world.figures.killed += 1
        world.leaves.leave(here.node, here.node.session, "silent")


def _flash_crowd(world: "World") -> None:
    begins, lasts, times = FLASH
    del begins
    away = [node for node in world.people.nodes if not node.online]
    usual = sum(1 / (node.mean * (1 - scenario.ONLINE) / scenario.ONLINE) for node in away) * lasts
    for node in world.engine.random.sample(away, min(len(away), int(times * usual))):
        world.engine.later(world.engine.random.random() * lasts, world.leaves.join, node)
    world.posting.hurry(times)
    world.engine.later(lasts, world.posting.hurry, 1.0)


def _restart(world: "World") -> None:
    """Half of all nodes are restarted by the same update, as happened to Skype in 2007."""
    online = [node for node in world.people.nodes if node.online]
    least, most = RESTART_WITHIN
    for node in world.engine.random.sample(online, len(online) // 2):
        world.leaves.leave(node, node.session, "crash")
        world.engine.later(world.engine.random.uniform(least, most), world.leaves.join, node)


def _tear(world: "World") -> None:
    """Networks of even and odd numbers hear each other no more."""
    world.rift = True
    mesh = world.mesh
    if world.shared:
        whole = mesh.halls[0]
        for side in (0, 1):
            half = Hall(world, whole.view.copy(), side)
            half.supers = {key: here for key, here in whole.supers.items() if here.node.side == side}
            for here in half.supers.values():
                here.hall = half
            mesh.halls.append(half)
            half.mark()
        mesh.halls.remove(whole)
    for here in list(mesh.supers.values()):
        for node in [leaf for leaf in here.leaves if leaf.side != here.node.side]:
            world.leaves.cut(node, here, None)


def _heal(world: "World") -> None:
    """They hear each other again; links that were given up stay so, and both views become one."""
    for here in list(world.mesh.supers.values()):
        for node in [leaf for leaf in here.leaves if leaf.side != here.node.side]:
            node.live += 1
    world.rift = False
    mesh = world.mesh
    if not world.shared:
        return
    view = View()
    supers: dict[str, SuperNode] = {}
    for half in mesh.halls:
        view.merge(half.view)
        supers |= half.supers
    whole = Hall(world, view, None)
    whole.supers = supers
    mesh.halls[:] = [whole]
    for here in supers.values():
        here.hall = whole
    for here in supers.values():
        here.relink()
    mesh.react(whole, whole.census)
    whole.mark()


def _sybils(world: "World") -> None:
    """One owner comes with many keys of great capacity from three networks; each can be dialled, and withholds."""
    count = int(SYBILS * len(world.mesh.supers)) + 1
    for number in range(count):
        node = Node(len(world.people.nodes), 1e9, 49_000 + number % SYBIL_NETWORKS)
        node.key = sha256(f"sybil {world.what.seed} {number}".encode()).hexdigest()
        node.slots, node.uplink, node.sybil, node.side = 4_096, 16_384, True, number % 2
        world.people.nodes.append(node)
        world.mesh.by_key[node.key] = node
        node.up = world.engine.now
        world.leaves.join(node)
        node.up -= 86_400.0  # it lies about its age
