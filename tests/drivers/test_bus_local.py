import asyncio
import threading
from collections.abc import Callable

import pytest

from scattershot.drivers import bus_local
from scattershot.drivers.bus_local import LocalBus
from scattershot.ports.bus import Bus


async def waiting(bus: Bus, topic: str = "log", seconds: float = 5) -> "asyncio.Task[bool]":
    """A task that has begun to wait."""
    task = asyncio.create_task(bus.wait(topic, seconds))
    await asyncio.sleep(0)
    return task


async def test_a_nudge_wakes_everyone_who_waits_on_the_topic() -> None:
    bus: Bus = LocalBus()
    tasks = [await waiting(bus) for _ in range(3)]
    bus.nudge("log")
    assert await asyncio.gather(*tasks) == [True, True, True]


async def test_a_nudge_leaves_other_topics_asleep() -> None:
    bus = LocalBus()
    other = await waiting(bus, "other", 0.01)
    bus.nudge("log")
    assert await other is False


async def test_nudges_before_a_wait_count_as_one() -> None:
    bus = LocalBus()
    for _ in range(5):
        bus.nudge("log")
    assert await bus.wait("log", 5) is True
    assert await bus.wait("log", 0) is False


async def test_nobody_who_waits_again_and_again_misses_a_nudge_that_others_heard() -> None:
    bus = LocalBus()
    heard: list[str] = []
    busy, go_on = asyncio.Event(), asyncio.Event()

    async def slow_reader() -> None:
        await bus.wait("log", 5)
        busy.set()
        await go_on.wait()
        assert await bus.wait("log", 0)
        heard.append("slow")

    async def quick_reader() -> None:
        await bus.wait("log", 5)
        await bus.wait("log", 5)
        heard.append("quick")
        go_on.set()

    readers = [asyncio.create_task(slow_reader()), asyncio.create_task(quick_reader())]
    await asyncio.sleep(0)
    bus.nudge("log")
    await busy.wait()
    await asyncio.sleep(0)
    bus.nudge("log")
    await asyncio.wait_for(asyncio.gather(*readers), 5)
    assert heard == ["quick", "slow"]


async def test_waiting_within_a_deadline_of_ones_own_neither_spins_nor_forgets() -> None:
    """asyncio.wait_for of Python 3.11 makes a new task for each wait."""
    bus = LocalBus()
    bus.nudge("log")
    assert await asyncio.wait_for(bus.wait("log", 5), 5) is True
    assert await asyncio.wait_for(bus.wait("log", 0.01), 5) is False
    bus.nudge("log")
    assert await asyncio.wait_for(bus.wait("log", 5), 5) is True


async def test_a_nudge_on_its_way_when_the_waiter_was_called_off_is_kept() -> None:
    bus = LocalBus()
    first = await waiting(bus)
    bus.nudge("log")
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    assert await bus.wait("log", 0) is True


async def test_no_nudge_is_false_after_the_time() -> None:
    assert await LocalBus().wait("log", 0.01) is False


async def test_threads_may_nudge() -> None:
    bus = LocalBus()
    tasks = [await waiting(bus, topic) for topic in ("a", "b")]
    threads = [threading.Thread(target=bus.nudge, args=(topic,)) for topic in ("a", "b") for _ in range(4)]
    for thread in threads:
        thread.start()
    assert await asyncio.wait_for(asyncio.gather(*tasks), 5) == [True, True]
    for thread in threads:
        thread.join()


async def test_no_nudge_of_a_busy_thread_is_lost() -> None:
    bus = LocalBus()
    written = 0

    def write() -> None:
        nonlocal written
        for _ in range(2000):
            written += 1
            bus.nudge("log")

    thread = threading.Thread(target=write)
    thread.start()
    while True:
        assert await bus.wait("log", 5), "a reader that had not seen all was not woken"
        if written == 2000:
            break
    thread.join()


async def test_many_nudges_ring_the_loop_once(monkeypatch: pytest.MonkeyPatch) -> None:
    bus = LocalBus()
    tasks = [await waiting(bus, topic) for topic in ("a", "b")]
    rung: list[object] = []
    loop = asyncio.get_running_loop()
    ring = loop.call_soon_threadsafe

    def counted(callback: Callable[[], object]) -> asyncio.Handle:
        rung.append(callback)
        return ring(callback)

    monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
    for _ in range(10):
        bus.nudge("a")
        bus.nudge("b")
    await asyncio.gather(*tasks)
    assert len(rung) == 1


async def test_topics_nobody_waits_for_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bus_local, "TOPICS_REMEMBERED", 3)
    bus = LocalBus()
    for topic in "abcde":
        bus.nudge(topic)
    assert [await bus.wait(topic, 0) for topic in "abcde"] == [False, False, True, True, True]
