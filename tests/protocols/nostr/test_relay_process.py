"""A relay that runs: what it answered is on disk, whatever happens to its process; and how it presents itself."""

import asyncio
import json
import time
from pathlib import Path

from websockets.asyncio.client import connect

from scattershot.protocols.nostr.wire.event import Event, encode
from tests.processes import Process
from tests.protocols.nostr.events import an_event, key_of


async def publish_until_killed(node: Process, events: list[Event], after: int) -> set[str]:
    """The names of those that it said it had, when it was killed after so many."""
    kept: set[str] = set()
    async with connect(f"ws://localhost:{node.port}/nostr") as socket:
        pouring = asyncio.gather(*(socket.send(f'["EVENT",{encode(event).decode()}]') for event in events))
        async for text in socket:
            said = json.loads(text)
            if said[0] == "OK":
                assert said[2], said
                kept.add(said[1])
            if len(kept) >= after:
                node.kill()
                break
        await asyncio.gather(pouring, return_exceptions=True)
    return kept


async def test_what_was_answered_is_there_after_a_kill(tmp_path: Path) -> None:
    now = int(time.time())
    events = [an_event(content=str(n), at=now - n) for n in range(400)]
    node = Process(tmp_path / "node")
    await asyncio.to_thread(node.start)
    try:
        kept = await publish_until_killed(node, events, 150)
        await asyncio.to_thread(node.start)
        found = set()
        async with connect(f"ws://localhost:{node.port}/") as socket:
            await socket.send(json.dumps(["REQ", "q", {"authors": [key_of("ann")]}]))
            while (said := json.loads(await socket.recv()))[0] != "EOSE":
                if said[0] == "EVENT":
                    found.add(said[2]["id"])
        assert kept <= found
        assert len(kept) >= 150
        await asyncio.to_thread(node.stop)
    finally:
        node.end()


def test_one_address_answers_people_programs_and_clients(tmp_path: Path) -> None:
    node = Process(tmp_path / "node")
    node.start()
    try:
        status, page = node.get("/", Accept="text/html")
        assert status in (200, 303)
        assert b"supported_nips" not in page
        for path in ("/", "/nostr"):
            status, body = node.get(path, Accept="application/nostr+json")
            told = json.loads(body)
            assert status == 200
            assert {1, 11, 42, 67, 77} <= set(told["supported_nips"])
            assert told["limitation"]["max_message_length"] == 131_072
        known = told["self"]
        node.stop()
        node.start()
        assert json.loads(node.get("/", Accept="application/nostr+json")[1])["self"] == known
    finally:
        node.end()
