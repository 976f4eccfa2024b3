"""An independent subscriber, the npm package `pubsubhubbub`, subscribes to a real node over sockets and is told."""

import asyncio
import json
from pathlib import Path
from typing import Any

import feedparser

from scattershot.app.publish import Draft
from scattershot.storage.tables import callbacks
from tests.interop.whole_peers import PATIENCE, a_house, until


async def test_a_subscriber_of_other_software_hears_what_is_new_and_leaves(
    websub_peer_dir: Path, tmp_path: Path
) -> None:
    async with a_house(tmp_path / "house") as house:
        ann = await house.person("ann")
        origin = house.node.settings.origin
        topic, hub = f"{origin}/@ann.rss", f"{origin}/feeds/hub"
        process = await asyncio.create_subprocess_exec(
            "node", "websub_peer.mjs", topic, hub, cwd=websub_peer_dir,
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        output = process.stdout

        async def called_back() -> bool:
            return await house.node.drivers.database.read(callbacks.exist)

        async def heard() -> dict[str, Any]:
            line = await asyncio.wait_for(output.readline(), PATIENCE)
            told: dict[str, Any] = json.loads(line)
            return told

        try:
            assert await heard() == {"what": "subscribe", "topic": topic}
            await until(called_back, bool)  # it says so before its answer has reached us
            await house.done(house.node.publisher.post(ann, Draft("rye bread"), None, "test"))
            pushed = await heard()
            assert (pushed["what"], pushed["topic"]) == ("feed", topic), "it has checked the signature by itself"
            assert [entry.summary for entry in feedparser.parse(pushed["text"]).entries] == ["<p>rye bread</p>"]
            process.stdin.write(b"leave\n")
            assert (await heard())["what"] == "unsubscribe"
            await until(called_back, lambda anybody: not anybody)
            await house.done(house.node.publisher.post(ann, Draft("more bread"), None, "test"))
        finally:
            process.stdin.close()
            rest = await asyncio.wait_for(output.read(), PATIENCE)
            await process.wait()
        assert rest == b""
