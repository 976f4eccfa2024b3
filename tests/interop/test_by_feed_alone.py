"""Two nodes of ours on sockets, of which one follows a microblog of the other as a feed only: how soon it hears."""

import time
from pathlib import Path

from tests.interop.test_flask_websub import texts
from tests.interop.whole_peers import a_house, until

SOON = 2.0
"""Seconds from posting until it is read."""


async def test_a_post_is_read_within_two_seconds_by_websub(tmp_path: Path) -> None:
    async with a_house(tmp_path / "a") as a, a_house(tmp_path / "b") as b:
        ann, bob = await a.person("ann"), await b.person("bob")
        feed = await b.meet(f"{a.node.settings.origin}/@ann.rss")
        await b.done(b.node.publisher.follow(bob, feed, "test"))

        async def is_told() -> bool:
            return bool(await b.node.drivers.database.read(lambda tx: tx.value("SELECT max(told_until) FROM sources")))

        await until(is_told, bool)
        began = time.perf_counter()
        await a.post(ann, "Hot")
        await until(lambda: texts(b, bob), lambda found: found == ["<p>Hot</p>"])
        assert time.perf_counter() - began < SOON
