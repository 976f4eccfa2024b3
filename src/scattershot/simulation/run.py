"""A run from its beginning to its figures."""

from collections.abc import Callable
from time import perf_counter, process_time
from typing import Any

from scattershot.simulation.figures import BOUNDS, Figures
from scattershot.simulation.scenario import Scenario
from scattershot.simulation.stress import plan
from scattershot.simulation.world import World

_STEPS = 20


def simulate(what: Scenario, tell: Callable[[str], None]) -> tuple[dict[str, Any], Figures]:
    """The figures of a run, by name, and all that was counted; `tell` hears how far it is."""
    began, used = perf_counter(), process_time()
    world = World(what)
    world.begin()
    plan(world)
    tell(f"{what.nodes:,} nodes, {len(world.mesh.supers):,} supernodes to begin with ({perf_counter() - began:.0f} s)")
    for step in range(1, _STEPS + 1):
        world.engine.run(world.ends * step / _STEPS)
        if step % 5 == 0:
            tell(f"{100 * step // _STEPS} % ({perf_counter() - began:.0f} s, {world.engine.happened:,} events)")
    world.finish()
    head = {
        "nodes": what.nodes, "hours": what.hours, "seed": what.seed, "kill_supernodes": what.kill,
        "slowness": what.slowness,
        "stress": sorted(what.stress), "without": sorted(what.without), "view_of_its_own": not world.shared,
        "run_time_s": round(perf_counter() - began, 1), "processor_time_s": round(process_time() - used, 1),
        "events": world.engine.happened,
    }  # fmt: skip
    figures = world.figures.result()
    kept = {name: bound.is_kept(figures[name]) for name, bound in BOUNDS.items()}
    return head | figures | {"bounds_missed": [name for name, is_kept in kept.items() if not is_kept]}, world.figures
