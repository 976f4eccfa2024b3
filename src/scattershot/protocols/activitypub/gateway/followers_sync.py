"""Minding the `Collection-Synchronization` headers that come with deliveries (FEP-8fcf), aside and within bounds."""

import asyncio

from scattershot.app.followers_sync import FollowersSync
from scattershot.app.lately import Lately
from scattershot.app.senders import Sender
from scattershot.domain.ids import Millis
from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import WireId
from scattershot.ports.clock import Clock
from scattershot.ports.protocol import Signer
from scattershot.protocols.activitypub.gateway.fetching import Fetching
from scattershot.protocols.activitypub.translate.documents_in import collection_items
from scattershot.protocols.activitypub.wire.followers_sync import SyncHeader, digest_of, read_sync
from scattershot.wirekit.urls import same_origin

AGREED, DIFFERED = 60_000, 3_600_000
"""So many milliseconds one actor's followers are not compared again, after both agreed or did not."""
AT_ONCE = 2
WAITING = 50
"""More comparisons than this at a time are left for the next header: they come with every delivery."""
PAGES = 25


class SyncMinder:
    """Compares, and mends in the background."""

    def __init__(self, sync: FollowersSync, fetching: Fetching, speaker: Signer, clock: Clock) -> None:
        self._sync, self._fetching, self._speaker, self._clock = sync, fetching, speaker, clock
        self._not_before: Lately[str, Millis] = Lately(5_000)
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._tasks: set[asyncio.Task[None]] = set()

    def listed(self, value: str, actor: str, sender: Sender) -> None:
        """A delivery that was taken bore the signed header; only the actor that sent it may speak of its followers."""
        header = read_sync(value)
        if header is None or actor != sender.actor.value:
            return
        if not same_origin(header.url, actor) or not same_origin(header.collection, actor):
            return
        now = self._clock.now()
        if len(self._tasks) >= WAITING or self._not_before.get(actor, now) > now:
            return
        self._not_before[actor] = Millis(now + AGREED)
        task = asyncio.get_running_loop().create_task(self._compare(header, sender.actor))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def settled(self) -> None:
        """All comparisons under way are done."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def stop(self) -> None:
        """Leave comparisons for another time."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _compare(self, header: SyncHeader, actor: WireId) -> None:
        async with self._gate:
            ours = await self._sync.ours(actor)
            if ours is None:
                return
            if digest_of(ours) == header.digest:
                return
            self._not_before[actor.value] = Millis(self._clock.now() + DIFFERED)
            told = await self._told(header.url)
            if told is not None:
                await self._sync.mend(actor, told)

    async def _told(self, url: str) -> set[str] | None:
        """Everybody of ours on their list, or None where it cannot be had whole."""
        told: set[str] = set()
        page = url
        for _ in range(PAGES):
            document = await self._fetching.activity(page, self._speaker)
            if isinstance(document, Refused):
                return None
            found = collection_items(document.body)
            told.update(found.ids)
            if found.next is None or not same_origin(found.next, url):
                return told
            page = found.next
        return None
