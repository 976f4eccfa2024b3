"""Flask-WebSub, another's hub, publisher and subscriber, and a real node of ours: each way round, over sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import feedparser

from scattershot.domain.ids import MicroblogId
from scattershot.domain.source import Push
from scattershot.storage.tables import callbacks, posts, sources, timelines
from tests.interop.whole_peers import PATIENCE, House, a_house, until


class Peer:
    """The process: `do` tells it something, `hears` is the next thing of that sort it says."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    def do(self, what: str, **more: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": what, **more}).encode() + b"\n")

    async def hears(self, what: str) -> dict[str, Any]:
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), PATIENCE)
        told: dict[str, Any] = json.loads(line)
        assert told["what"] == what, told
        return told


@asynccontextmanager
async def a_peer(python: Path, folder: Path) -> AsyncIterator[Peer]:
    folder.mkdir()
    script = Path(__file__).with_name("flask_websub_peer.py")
    process = await asyncio.create_subprocess_exec(
        str(python), str(script), str(folder), env={"PATH": ""},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield Peer(process)
    finally:
        process.terminate()
        await process.wait()


async def texts(house: House, who: MicroblogId) -> list[str]:
    """What somebody reads at home, newest first."""

    def work(tx: Any) -> list[str]:
        entries = timelines.page(tx, who, None, None, 100)
        rows = posts.get_many(tx, [entry.post for entry in entries])
        return [rows[entry.post].post.html for entry in entries if entry.post in rows]

    return await house.node.drivers.database.read(work)


async def test_its_subscriber_finds_our_hub_subscribes_is_told_and_leaves(python_peer: Path, tmp_path: Path) -> None:
    async with a_house(tmp_path / "house") as house, a_peer(python_peer, tmp_path / "peer") as peer:
        ann = await house.person("ann")
        topic = f"{house.node.settings.origin}/@ann.atom"
        await peer.hears("ready")
        peer.do("subscribe", feed=topic)
        subscribed = await peer.hears("subscribe")
        assert subscribed["topic"] == topic, "found by our headers"
        await until(lambda: house.node.drivers.database.read(callbacks.exist), bool)
        await house.post(ann, "rye bread")
        told = await peer.hears("told")
        assert [entry.content[0].value for entry in feedparser.parse(told["body"]).entries] == ["<p>rye bread</p>"]
        peer.do("unsubscribe", id=subscribed["id"])
        await peer.hears("unsubscribe")
        await until(lambda: house.node.drivers.database.read(callbacks.exist), lambda anybody: not anybody)


async def test_its_publisher_is_followed_and_its_hub_pushes_to_us(python_peer: Path, tmp_path: Path) -> None:
    async with a_house(tmp_path / "house") as house, a_peer(python_peer, tmp_path / "peer") as peer:
        bob = await house.person("bob")
        home = (await peer.hears("ready"))["home"]
        peer.do("publish", text="first words")
        feed = await house.meet(f"{home}/feed.xml")
        await house.done(house.node.publisher.follow(bob, feed, "test"))
        await until(lambda: texts(house, bob), lambda found: found == ["<p>first words</p>"])
        source = await until(
            lambda: house.node.drivers.database.read(lambda tx: sources.get(tx, feed)),
            lambda found: found is not None and found.told_until > 0,
        )
        assert source is not None
        assert source.offer is not None
        assert (source.offer.way, source.offer.hub) == (Push.WEBSUB, f"{home}/hub")
        peer.do("publish", text="pushed words")  # signed with sha512
        await until(lambda: texts(house, bob), lambda found: found == ["<p>pushed words</p>", "<p>first words</p>"])
        after = await house.node.drivers.database.read(lambda tx: sources.get(tx, feed))
        assert after is not None
        assert after.heard > 0
        assert after.checked == source.checked, "it was told, and did not ask"
