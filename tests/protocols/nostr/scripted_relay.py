"""A relay that behaves as it is told to: small pages, no comparisons, lies, refusals, lines that break."""

import asyncio
from collections.abc import Iterable
from typing import Any

from msgspec import json

from scattershot.protocols.nostr.wire import frames
from scattershot.protocols.nostr.wire.event import Event, encode
from scattershot.protocols.nostr.wire.filters import Filter, matches, read_filter


class ScriptedRelay:
    """Implements `ports.sockets.Socket` for whoever dialled it."""

    def __init__(
        self, events: Iterable[Event] = (), *, page: int = 500, lies: Iterable[Event] = (), refuses: str = "",
        cut_after: int = -1, asks_for_proof: bool = False,
    ) -> None:  # fmt: skip
        self.events = list(events)
        self._page, self._lies, self._refuses, self._left = page, list(lies), refuses, cut_after
        self._asks_for_proof, self._proved = asks_for_proof, False
        self.said: list[list[Any]] = []
        self._live: dict[str, list[Filter]] = {}
        self._out: asyncio.Queue[str | None] = asyncio.Queue()

    # -- as a socket

    async def send(self, text: str) -> bool:
        said = json.decode(text)
        self.said.append(said)
        self._answer(said)
        return True

    async def receive(self) -> str | None:
        if self._left == 0:
            return None
        self._left -= 1
        return await self._out.get()

    async def close(self) -> None:
        self._out.put_nowait(None)

    # -- as a relay

    def publish(self, event: Event) -> None:
        """Something new."""
        self.events.append(event)
        for name, filters in self._live.items():
            if any(matches(each, event) for each in filters):
                self._tell(name, event)

    def end(self, name: str, why: str) -> None:
        """No more for that subscription."""
        self._live.pop(name, None)
        self._out.put_nowait(frames.closed(name, why))

    def _tell(self, name: str, event: Event) -> None:
        self._out.put_nowait(f"{frames.event_head(name)}{encode(event).decode()}]")

    def _answer(self, said: list[Any]) -> None:
        match said:
            case ["REQ", name, *wanted]:
                self._find(name, [each for each in map(read_filter, wanted) if isinstance(each, Filter)])
            case ["CLOSE", name]:
                self._live.pop(name, None)
            case ["EVENT", event]:
                taken = not self._refuses
                self._out.put_nowait(frames.ok(event["id"], taken, self._refuses))
            case ["AUTH", event]:
                self._proved = True
                self._out.put_nowait(frames.ok(event["id"], True))
            case _:
                self._out.put_nowait(frames.notice("bad msg: unknown cmd"))

    def _find(self, name: str, filters: list[Filter]) -> None:
        if self._asks_for_proof and not self._proved:
            self._out.put_nowait(frames.auth("prove it"))
            self._out.put_nowait(frames.closed(name, "auth-required: who are you?"))
            return
        if self._refuses:
            self._out.put_nowait(frames.closed(name, self._refuses))
            return
        self._live[name] = filters
        for event in self._lies:
            self._tell(name, event)
        for wanted in filters:
            found = sorted(
                (event for event in self.events if matches(wanted, event)), key=lambda e: (-e.created_at, e.id)
            )
            for event in found[: min(wanted.limit or self._page, self._page)]:
                self._tell(name, event)
        self._out.put_nowait(frames.eose(name))
