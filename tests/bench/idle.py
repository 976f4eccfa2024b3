"""What a node costs that nobody asks anything: how soon it answers, and the memory it holds."""

import asyncio
import tempfile
import time
from pathlib import Path

from tests.bench.findings import Figure, Options, Result, percentile
from tests.bench.node_process import a_node

STARTS = 5
IDLE_SECONDS = 5.0


async def run(options: Options) -> Result:
    """The median start of several on one store, after a first that makes the store and the compiled files."""
    starts, idle = (1, 0.2) if options.quick else (STARTS, IDLE_SECONDS)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        data = Path(folder) / "node"
        first = await _start(data)
        took = [await _start(data) for _ in range(starts)]
        async with a_node(data) as node:
            await node.first_answer()
            await asyncio.sleep(idle)
            before = node.cpu()
            await asyncio.sleep(idle)
            spent, memory = node.cpu() - before, node.memory()
    return Result(
        "idle",
        f"a new node with nobody in it; the median of {starts} starts",
        [
            Figure("start to the first answer", percentile(took, 0.5), "s", {"floor": 1.5, "GoToSocial": 1.2}),
            Figure("the very first start", first, "s", {"floor": 1.5}),
            Figure("memory, resident", memory.resident / 1e6, "MB", {"floor": 90, "GoToSocial": 120}),
            Figure("memory of its own", memory.own / 1e6, "MB", {"floor": 90}),
            Figure("CPU while idle", spent / idle * 1000, "ms/s"),
        ],
        {"starts": len(took) + 2},
    )


async def _start(data: Path) -> float:
    began = time.perf_counter()
    async with a_node(data) as node:
        await node.first_answer()
        return time.perf_counter() - began
