"""A relay of its own in this process, and clients that say and hear frames, without a network."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from msgspec import json

from scattershot.app.slips import Slips
from scattershot.domain.ids import Millis
from scattershot.drivers.bus_local import LocalBus
from scattershot.ports.database import Database
from scattershot.protocols.nostr.gateway.information import Information
from scattershot.protocols.nostr.gateway.relay import Relay
from scattershot.protocols.nostr.session.limits import Limits
from scattershot.protocols.nostr.wire.authentication import proof
from scattershot.protocols.nostr.wire.event import Event, encode, sign
from scattershot.testing.fakes import FakeClock
from tests.protocols.nostr.events import NOW, an_event, key_of, secret_of

PATIENCE = 5.0
ADDRESS = "wss://here.example/"


def a_relay(database: Database, clock: FakeClock, limits: Limits = Limits(), most_from: int = 50) -> Relay:  # noqa: B008
    told = Information(ADDRESS, "here", "a relay", "", "a" * 64, limits)
    return Relay(Slips(database, clock, LocalBus()), clock, limits, told, most_from)


def a_clock() -> FakeClock:
    return FakeClock(Millis(NOW * 1000))


class Client:
    """One connection; `challenge` is what the relay said first."""

    def __init__(self) -> None:
        self.to_relay: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.from_relay: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.challenge = ""

    async def say(self, *parts: Any) -> None:
        text = parts[0] if len(parts) == 1 and isinstance(parts[0], str) else json.encode(parts).decode()
        await self.to_relay.put({"type": "websocket.receive", "text": text})

    async def heard(self) -> list[Any]:
        message = await asyncio.wait_for(self.from_relay.get(), PATIENCE)
        assert message["type"] == "websocket.send", message
        frame: list[Any] = json.decode(message["text"])
        return frame

    async def closed(self) -> int:
        while (message := await asyncio.wait_for(self.from_relay.get(), PATIENCE))["type"] != "websocket.close":
            pass
        return int(message["code"])

    async def publish(self, event: Event) -> tuple[bool, str]:
        await self.say(f'["EVENT",{encode(event).decode()}]')
        said = await self.heard()
        assert said[:2] == ["OK", event.id], said
        return said[2], said[3]

    async def found(self, *filters: dict[str, Any], name: str = "q") -> list[str]:
        """Ids of what is stored; the subscription stays open."""
        await self.say("REQ", name, *filters)
        ids = []
        while (said := await self.heard())[0] == "EVENT":
            assert said[1] == name
            ids.append(said[2]["id"])
        assert said[:2] == ["EOSE", name], said
        return ids

    async def prove(self, by: str, at: int = NOW) -> tuple[bool, str]:
        event = sign(proof(key_of(by), self.challenge, ADDRESS, at), secret_of(by), bytes(32))
        await self.say(f'["AUTH",{encode(event).decode()}]')
        said = await self.heard()
        return said[2], said[3]

    @property
    def silent(self) -> bool:
        return self.from_relay.empty()


@asynccontextmanager
async def a_client(relay: Any, path: str = "/", *, greeted: bool = True) -> AsyncIterator[Client]:
    client = Client()
    scope = {"type": "websocket", "path": path, "headers": [], "client": ("198.51.100.9", 40000), "query_string": b""}
    await client.to_relay.put({"type": "websocket.connect"})

    async def send(message: Any) -> None:
        if message["type"] != "websocket.accept":
            await client.from_relay.put(dict(message))

    running = asyncio.create_task(relay(scope, client.to_relay.get, send))
    try:
        if greeted:
            said = await client.heard()
            assert said[0] == "AUTH"
            client.challenge = said[1]
        yield client
    finally:
        await client.to_relay.put({"type": "websocket.disconnect", "code": 1000})
        await asyncio.wait_for(running, PATIENCE)


async def ask_everything(relay: Any, now: int) -> None:
    """What clients of the relay bring and ask for."""
    note = an_event(at=now, tags=[["t", "tea"], ["expiration", str(now + 1)]])
    wrap = an_event("once", kind=1059, at=now, tags=[["p", note.pubkey]])
    profiles = [an_event(kind=0, at=now + n) for n in range(2)]
    gone = an_event(kind=5, at=now, tags=[["e", note.id], ["a", f"30023:{note.pubkey}:x"]])
    asked: list[dict[str, Any]] = [
        {}, {"ids": [note.id]}, {"authors": [note.pubkey]}, {"authors": [note.pubkey], "kinds": [0]}, {"kinds": [1]},
        {"#t": ["tea"]}, {"#t": ["tea"], "kinds": [1]}, {"#t": ["tea"], "#p": [note.pubkey], "authors": [note.pubkey]},
        {"search": "hello", "kinds": [1]},
        {"authors": [note.pubkey], "kinds": [1], "since": 1, "until": now, "limit": 1},
    ]  # fmt: skip
    async with a_client(relay) as client:
        for event in (note, wrap, *profiles):
            assert (await client.publish(event))[0]
        for wanted in asked:
            await client.found(wanted)
            await client.say("COUNT", "c", wanted)
            await client.heard()
            await client.say("NEG-OPEN", "n", wanted, "61")
            await client.heard()
        for event in (gone, note, an_event(kind=62, at=now, tags=[["relay", "ALL_RELAYS"]])):
            await client.publish(event)
