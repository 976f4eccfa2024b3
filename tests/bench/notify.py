"""From a post here to where it is seen elsewhere, by HTTP push, by datagrams and by multicast, for 2, 10 and 50 nodes;
and what a flood of forged datagrams costs.

The author's node is a process; the followers' nodes are whole nodes that share another. Bytes are what crossed
loopback, in a network namespace of our own where the kernel allows one, so that nobody else's are counted.
"""

import asyncio
import multiprocessing
import socket
import subprocess
import sys
import tempfile
import time
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import psutil  # type: ignore[import-untyped]

from tests.bench.children import Child, child
from tests.bench.findings import Figure, Options, Result, check, percentile
from tests.bench.node_process import NodeProcess, a_node, told
from tests.bench.notify_readers import GROUP, Reader, serve_readers
from tests.bench.seeding import a_store

WAYS = ("push", "datagram", "multicast")
SIZES = ((1, 60, 0.1), (9, 60, 0.2), (49, 20, 1.0))
"""Followers' nodes, posts, and seconds between them."""
FLOOD, HANDFUL = 100_000, 500
IN_NAMESPACE = "--in-namespace"
_PORTS = count(21_000)
"""Below those that the kernel gives to whoever connects, of which 50 nodes take many."""
_ROOT = Path(__file__).resolve().parents[2]


class Measured(NamedTuple):
    """One way and size: seconds from post to seen, and per post and follower's node: bytes, CPU of either side."""

    seconds: list[float]
    bytes: float
    author: float
    reader: float


async def run(options: Options) -> Result:
    """In a namespace of our own where that may be."""
    where = str(options.folder) if options.folder else ""
    inner = [sys.executable, "-m", "tests.bench.notify", IN_NAMESPACE, str(int(options.quick)), where]
    prepare = 'ip link set lo up && ip link set lo multicast on && exec "$@"'
    if can_unshare():
        ran = await asyncio.to_thread(
            subprocess.run, ["unshare", "-rn", "sh", "-c", prepare, "sh", *inner], cwd=_ROOT, capture_output=True
        )
        if ran.returncode != 0:
            raise RuntimeError(ran.stderr.decode(errors="replace")[-2_000:])
        return msgspec.json.decode(ran.stdout.splitlines()[-1], type=Result)
    result = await measured(options)
    result.remarks.append("this kernel allows no namespace of our own: bytes are all that crossed loopback")
    return result


def can_unshare() -> bool:
    """Whether a network namespace of our own is allowed here."""
    try:
        tried = subprocess.run(["unshare", "-rn", "ip", "link", "set", "lo", "up"], capture_output=True, check=False)
    except OSError:
        return False
    return tried.returncode == 0


async def measured(options: Options) -> Result:
    """All ways and sizes, one after the other."""
    sizes = ((2, 10, 0.05),) if options.quick else SIZES
    figures: list[Figure] = []
    seen = 0
    for followers, posts, every in sizes:
        for way in WAYS:
            found = await _one(options, way, followers, posts, every)
            seen += len(found.seconds)
            name = f"{followers + 1} nodes, {way}"
            figures += [
                Figure(f"{name}: post to seen, p50", percentile(found.seconds, 0.5) * 1000, "ms"),
                Figure(f"{name}: post to seen, p99", percentile(found.seconds, 0.99) * 1000, "ms"),
                Figure(f"{name}: bytes per post and follower's node", found.bytes, "B"),
                Figure(f"{name}: author's CPU per post and follower's node", found.author * 1e6, "µs"),
                Figure(f"{name}: follower's CPU per post", found.reader * 1e6, "µs"),
            ]
    expected = sum(followers * posts for followers, posts, _ in sizes) * len(WAYS)
    check("posts seen", seen, expected)
    flood = FLOOD // 50 if options.quick else FLOOD
    seconds, sent = await _flood(flood)
    check("datagrams sent because of the flood", sent, 0)
    figures.append(Figure(f"CPU for {flood:,} forged datagrams from made-up senders", seconds, "s"))
    return Result(
        "notify",
        "posts of one author, each seen by the home timelines of the followers' nodes, ways in turn",
        figures,
        {"posts seen": seen, "datagrams sent because of a flood": sent},
    )


async def _one(options: Options, way: str, followers: int, posts: int, every: float) -> Measured:
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        ports = [(next(_PORTS), next(_PORTS)) for _ in range(followers + 1)]
        port, udp = ports[0]
        groups = [GROUP] if way == "multicast" else []
        readers = [Reader(str(Path(folder) / f"r{n}"), *ports[n + 1], way != "push", groups) for n in range(followers)]
        settings = {} if way == "push" else {"udp": f"127.0.0.1:{udp}", "udp_address": f"127.0.0.1:{udp}"}
        if groups:
            settings["udp_groups"] = GROUP
        data = Path(folder) / "author"
        async with a_store(data, f"http://localhost:{port}") as store:
            await store.person("writer")
        async with (
            a_node(data, port, **settings) as author,
            child(serve_readers, readers, f"@writer@localhost:{port}") as world,
        ):
            await author.first_answer()
            await world.answer()
            await world.ask("follow")
            await author.until("SELECT count(*) FROM follows WHERE accepted", followers)
            if way != "push":
                await world.ask("listen")
                await author.until("SELECT count(*) FROM hint_listeners", followers)
            return await _posts(author, world, followers, posts, every)


async def _posts(author: NodeProcess, world: Child, followers: int, posts: int, every: float) -> Measured:
    for number in range(3):
        await told(author, "post", name="writer", text=f"notify-{number - 3}- warming up", audience="public")
    await world.ask("seen", 3)
    await author.until("SELECT count(*) FROM deliveries", 0)
    theirs = psutil.Process(await world.ask("pid"))
    before, cpu, cpu_there = _crossed(), author.cpu(), sum(theirs.cpu_times()[:2])
    sent: dict[int, float] = {}
    for number in range(posts):
        sent[number] = time.perf_counter()
        text = f"notify-{number}- The harbour was quiet this morning, and the fog came in low."
        await told(author, "post", name="writer", text=text, audience="public")
        await asyncio.sleep(max(0.0, every - (time.perf_counter() - sent[number])))
    seen: list[dict[int, float]] = await world.ask("seen", posts)
    await author.until("SELECT count(*) FROM deliveries", 0)
    crossed, each = _crossed() - before, posts * followers
    spent, spent_there = author.cpu() - cpu, sum(theirs.cpu_times()[:2]) - cpu_there
    seconds = [one[number] - sent[number] for one in seen for number in sent]
    return Measured(seconds, crossed / each, spent / each, spent_there / each)


def _crossed() -> int:
    return int(psutil.net_io_counters(pernic=True)["lo"].bytes_sent)


def _throw(port: int, sorts: list[bytes], count: int, room: Any) -> None:
    """As fast as the door takes them: what the kernel drops for want of room would cost the door nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        for number in range(count):
            if number % HANDFUL == 0:
                room.acquire()
            stranger.sendto(sorts[number % len(sorts)], ("127.0.0.1", port))


async def _flood(count: int) -> tuple[float, int]:
    """Seconds of CPU of a door at which so many are thrown, and how many it sent."""
    from tests.protocols.notify.test_door_of_datagrams import Door, floods

    door, spawning = Door(), multiprocessing.get_context("spawn")
    room = spawning.Semaphore(2)
    stranger = spawning.Process(target=_throw, args=(door.socket.port, floods(), count, room))
    await asyncio.to_thread(stranger.start)
    before, given = time.process_time(), 0
    until = time.perf_counter() + 60
    while door.came < count and time.perf_counter() < until:
        await asyncio.sleep(0.001)
        while given < door.came // HANDFUL:
            room.release()
            given += 1
    spent = time.process_time() - before
    await asyncio.to_thread(stranger.join)
    door.socket.close()
    check("datagrams that came and were thrown away", door.dropped, count)
    return spent, door.sent


def main(arguments: list[str]) -> None:
    """Inside the namespace: print the result as JSON."""
    import uvloop

    quick, folder = bool(int(arguments[0])), Path(arguments[1]) if arguments[1] else None
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(measured(Options(quick, folder)))
    print(msgspec.json.encode(result).decode())


if __name__ == "__main__":
    main(sys.argv[sys.argv.index(IN_NAMESPACE) + 1 :])
