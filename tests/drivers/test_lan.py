"""Nodes on the same network find each other, where the extra `lan` is there and the network passes multicast."""

import asyncio

import pytest

pytest.importorskip("zeroconf", reason="the extra `lan` is not installed")

from scattershot.drivers.lan import Lan

PATIENCE = 8.0


async def test_two_nodes_find_each_other_and_notice_a_farewell() -> None:
    ann, bob = Lan("https://ann.example", 5683), Lan("https://bob.example", 5684)
    near: dict[str, tuple[str, ...]] = {"ann": (), "bob": ()}
    try:
        await ann.begin(lambda hosts: near.update(ann=hosts))
        await bob.begin(lambda hosts: near.update(bob=hosts))
        if not await became(lambda: near == {"ann": ("bob.example",), "bob": ("ann.example",)}):
            pytest.skip("this machine passes no multicast: finding neighbours was not tried")
        await bob.close()
        assert await became(lambda: near["ann"] == ())
        await bob.close()
    finally:
        await ann.close()
        await bob.close()


async def became(is_so: object) -> bool:
    """Whether it becomes so in time."""
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while not is_so():  # type: ignore[operator]
        if loop.time() > until:
            return False
        await asyncio.sleep(0.05)
    return True
