import time

from scattershot.drivers.system_clock import SystemClock
from scattershot.ports.clock import Clock


async def test_the_clock_speaks_milliseconds_of_the_world() -> None:
    clock: Clock = SystemClock()
    before, now, after = time.time(), clock.now(), time.time()
    assert int(before * 1000) <= now <= int(after * 1000) + 1


async def test_it_waits_at_least_as_long_as_asked() -> None:
    start = time.monotonic()
    await SystemClock().sleep(0.01)
    assert time.monotonic() - start >= 0.009


async def test_a_wait_of_less_than_nothing_is_none() -> None:
    await SystemClock().sleep(-5)
