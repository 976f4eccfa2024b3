"""Signed deliveries to other servers: posts made here, each owed to 200 hosts, until the last has arrived."""

import asyncio
import tempfile
import time
from pathlib import Path

from scattershot.domain.microblog import Handle
from scattershot.ports.database import Transaction
from scattershot.protocols.activitypub.wire.signatures import Trusted, verify
from scattershot.storage.tables import microblogs
from scattershot.wirekit.http_message import Request
from scattershot.wirekit.keys import PublicKey, load_public
from scattershot.wirekit.urls import host_of
from tests.bench.children import Child, child
from tests.bench.far_end import Seen, serve
from tests.bench.findings import Figure, Options, Result, check
from tests.bench.node_process import NodeProcess, a_node, free_port, told
from tests.bench.seeding import a_store
from tests.bench.senders import authors

HOSTS, WARM_UP, POSTS = 200, 5, 50
PATIENCE = 180.0

WALL = {"aim": 1_500.0, "GoToSocial": 909.0, "snac": 453.0}
CPU = {"aim": 600.0, "floor": 800.0, "GoToSocial": 1_200.0, "snac": 2_000.0}

TEXT = "The harbour was quiet this morning, and the fog came in so low that the cranes stood in it like herons. " * 4


async def run(options: Options) -> Result:
    """One person here with a follower on each of 200 servers posts 50 times as fast as the node takes it."""
    hosts, warm_up, posts = (5, 1, 3) if options.quick else (HOSTS, WARM_UP, POSTS)
    port, world = free_port(), free_port()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        data = Path(folder) / "node"
        key = await _seed(data, f"http://localhost:{port}", hosts, world)
        async with child(serve, world, {}) as far_end, a_node(data, port) as node:
            await far_end.answer()
            await node.first_answer()
            await _post(node, warm_up, "warming up")
            await _all_arrived(far_end, node, warm_up * hosts)
            await far_end.ask("clear")
            before, began = node.cpu(), time.perf_counter()
            await _post(node, posts, TEXT)
            posted = time.perf_counter()
            seen = await _all_arrived(far_end, node, posts * hosts)
            spent, memory = node.cpu() - before, node.memory()
            await node.until("SELECT count(*) FROM deliveries", 0)
            sample: list[Request] = await far_end.ask("samples")
            check("signatures that hold", _believed(sample, key), len(sample))
    return Result(
        "deliveries",
        f"{posts} posts of {len(TEXT)} characters to {hosts} servers, bodies of {len(sample[0].body):,} bytes",
        [
            Figure("delivered", seen.posts / (seen.last - began), "/s", WALL, more_is_better=True),
            Figure("CPU of the node each", spent / seen.posts * 1e6, "µs", CPU),
            Figure("from post to the first arrival", (seen.first - began) * 1000, "ms"),
            Figure("posts taken from the person", posts / (posted - began), "/s", more_is_better=True),
            Figure("memory of the node", memory.resident / 1e6, "MB"),
        ],
        {"deliveries, each once": seen.different, "signatures verified": len(sample)},
    )


async def _seed(data: Path, origin: str, hosts: int, world: int) -> PublicKey:
    """A store with the writer and its followers; the key by which its deliveries are signed."""
    [one] = authors(1, world)
    followers = [one._replace(host=f"127.0.1.{n}:{world}", name=f"follower{n}").profile() for n in range(1, hosts + 1)]
    domain = host_of(origin)
    assert domain is not None

    def keys(tx: Transaction) -> str:
        row = microblogs.named(tx, Handle("writer", domain))
        assert row is not None
        return next(key.public for key in row.profile.keys if key.algorithm == "rsa")

    async with a_store(data, origin) as store:
        await store.follow(await store.met(followers), [await store.person("writer")])
        key = load_public(await store.database.read(keys))
    assert key is not None
    return key


async def _post(node: NodeProcess, count: int, text: str) -> None:
    """Post by the control socket, one after the other, as a program would."""
    for number in range(count):
        await told(node, "post", name="writer", text=f"{text} {number}", audience="public")


async def _all_arrived(far_end: Child, node: NodeProcess, expected: int) -> Seen:
    until = time.perf_counter() + PATIENCE
    while True:
        seen: Seen = await far_end.ask("seen")
        if seen.different >= expected:
            check("deliveries", seen.posts, expected)
            return seen
        if time.perf_counter() > until:
            raise RuntimeError(f"{seen.different:,} deliveries of {expected:,} after {PATIENCE:.0f} s\n{node.log()}")
        await asyncio.sleep(0.02)


def _believed(sample: list[Request], key: PublicKey) -> int:
    now = time.time_ns() // 1_000_000
    verdicts = (verify(each, key, now, host=host_of(each.url) or "") for each in sample)
    return sum(isinstance(verdict, Trusted) for verdict in verdicts)
