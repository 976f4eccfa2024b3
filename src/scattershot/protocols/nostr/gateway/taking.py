"""Events from others' relays go by the same door as those brought to our own: seen to be genuine, kept, and told."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from scattershot.app import counters
from scattershot.app.lately import Lately
from scattershot.app.slips import Slips
from scattershot.domain.slip import Outcome
from scattershot.ports.clock import Clock
from scattershot.protocols.nostr.session.limits import Limits
from scattershot.protocols.nostr.translate.slips import to_slip, with_burial
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event, encode, is_genuine
from scattershot.protocols.nostr.wire.readings import expiry, is_protected, vanishes_from

BATCH = 100
"""Events looked at together: some 5 ms of work, while what else goes on waits."""
_SEEN = 20_000

Tell = Callable[[Iterable[bytes]], None]


class Taking:
    """Takes events in; `relay` is our own relay's address, `tell` lets those hear of them who listen there."""

    def __init__(self, slips: Slips, clock: Clock, relay: str, limits: Limits = Limits()) -> None:  # noqa: B008
        self._slips, self._clock, self._relay, self._limits = slips, clock, relay, limits
        self._seen: Lately[str, bool] = Lately(_SEEN)
        self.tell: Tell = lambda _: None

    def is_known(self, name: str) -> bool:
        """Whether that event was kept lately."""
        return name in self._seen

    async def take(self, events: Sequence[Event]) -> int:
        """Keep what is genuine and what our own relay would keep; on disk when this returns. How many were new."""
        fresh = [event for event in {event.id: event for event in events}.values() if event.id not in self._seen]
        kept = 0
        for start in range(0, len(fresh), BATCH):
            kept += await self._take(fresh[start : start + BATCH])
            await asyncio.sleep(0)
        return kept

    async def _take(self, batch: list[Event]) -> int:
        now = self._clock.now() // 1000
        good = []
        for event in batch:
            if not self._may_come(event, now) or not is_genuine(event):
                counters.DRAWN.labels("refused").inc()
            else:
                good.append((event, encode(event)))
        if not good:
            return 0
        relay = self._relay
        slips = [with_burial(to_slip(event, body), event, vanishes=vanishes_from(event, relay)) for event, body in good]
        outcomes = await self._slips.put(slips)
        for (event, _), outcome in zip(good, outcomes, strict=True):
            counters.DRAWN.labels(outcome.value).inc()
            if outcome is not Outcome.EXPIRED:
                self._seen[event.id] = True
            if event.kind in (kinds.DELETION, kinds.VANISH):
                self._seen.clear()
        new = [body for (_, body), outcome in zip(good, outcomes, strict=True) if outcome is Outcome.KEPT]
        if new:
            self.tell(new)
        return len(new)

    def _may_come(self, event: Event, now: int) -> bool:
        """As a session of our relay sees it; what its author alone may publish (NIP-70) was not brought by them."""
        ends = expiry(event)
        return (
            kinds.keeping(event.kind) is not kinds.Keeping.EPHEMERAL
            and event.kind not in (kinds.AUTHENTICATION, kinds.HTTP_AUTHENTICATION)
            and now - self._limits.past <= event.created_at <= now + self._limits.future
            and (ends is None or ends > now)
            and not is_protected(event)
        )
