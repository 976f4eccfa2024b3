"""Who sends us things and asks us for things: whose key that is, and how we stand to its node.

What was looked up is remembered for a moment only, so that a key taken back or a node newly blocked counts soon.
"""

from functools import partial
from typing import NamedTuple

from scattershot.app.discover import Discover
from scattershot.app.lately import Lately
from scattershot.domain.ids import MicroblogId, Millis, NodeId
from scattershot.domain.microblog import VerifyKey, Voice
from scattershot.domain.node import Standing
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import microblogs, nodes
from scattershot.wirekit.urls import host_of

REMEMBERED = 30_000
"""For so many milliseconds a key and a standing are not looked up again."""


class Sender(NamedTuple):
    """The holder of a key elsewhere; `blocked`: we do not deal with it or its node."""

    actor: WireId
    microblog: MicroblogId
    node: NodeId | None
    host: str
    key: VerifyKey
    blocked: bool
    looked_up: Millis


class Senders:
    """Knows who signs."""

    def __init__(self, database: Database, clock: Clock, discover: Discover) -> None:
        self._database, self._clock, self._discover = database, clock, discover
        self._by_key: Lately[str, Sender] = Lately(20_000)
        self._keys_of: Lately[WireId, frozenset[str]] = Lately(20_000)
        self._standings: Lately[str, tuple[bool, Millis]] = Lately(5_000)

    def lately(self, key_id: str) -> Sender | None:
        """The holder of the key where it was looked up a moment ago: no waiting."""
        known = self._by_key.get(key_id)
        return known if known is not None and known.looked_up > self._clock.now() - REMEMBERED else None

    async def by_key(self, key_id: str) -> Sender | None:
        """The holder of the key, where both are known here."""
        known = self.lately(key_id)
        if known is not None:
            return known
        now = self._clock.now()
        found = await self._database.read(partial(_holder, key_id=key_id, now=now))
        if found is not None:
            self._by_key[key_id] = found
            self._keys_of[found.actor] = self._keys_of.get(found.actor, frozenset()) | {key_id}
        return found

    async def is_blocked(self, host: str) -> bool:
        """Whether we deal with the host at all."""
        now = self._clock.now()
        known = self._standings.get(host)
        if known is not None and known[1] > now - REMEMBERED:
            return known[0]
        blocked = await self._database.read(lambda tx: nodes.standing(tx, host) == Standing.BLOCKED)
        self._standings[host] = (blocked, now)
        return blocked

    async def meet(self, actor: WireId) -> str:
        """Fetch an actor with its keys from its own node; an empty word, or why that could not be."""
        why = await self._discover.fetch(actor)
        self.forget(actor)
        return why

    def forget(self, actor: WireId) -> None:
        """Look up the actor's keys anew: they have changed, or may have."""
        for key_id in self._keys_of.pop(actor, ()):
            self._by_key.pop(key_id, None)

    async def speaks_for_node(self, sender: Sender) -> bool:
        """Whether it is a node's own actor, which asks for all of its people."""
        row = await self._database.read(lambda tx: microblogs.get(tx, sender.microblog))
        return row is not None and row.profile.voice is Voice.APPLICATION


def _holder(tx: Transaction, key_id: str, now: Millis) -> Sender | None:
    found = microblogs.key_holder(tx, key_id)
    host = host_of(found.actor) if found is not None else None
    if found is None or host is None or found.gone:
        return None
    blocked = Standing.BLOCKED in (found.standing, nodes.standing(tx, host))
    key = VerifyKey(key_id, found.algorithm, found.public)
    return Sender(WireId(ACTIVITYPUB, found.actor), found.microblog, found.node, host, key, blocked, now)
