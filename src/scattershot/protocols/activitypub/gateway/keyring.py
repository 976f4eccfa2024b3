"""From a key's name to the key and its owner: known here, or fetched while the sender waits.

The fetch is bounded in time, in number and per host, so that no stranger's signatures keep us busy elsewhere.
"""

import asyncio
from typing import NamedTuple

from scattershot.app.lately import Lately
from scattershot.app.senders import Sender, Senders
from scattershot.domain.ids import Millis
from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.clock import Clock
from scattershot.ports.protocol import Signer
from scattershot.protocols.activitypub.gateway.fetching import Fetching
from scattershot.protocols.activitypub.translate.documents_in import read_key
from scattershot.wirekit.keys import PublicKey, load_public, public_from_multikey
from scattershot.wirekit.urls import host_of, normal_url

AT_ONCE = 16
"""Keys fetched side by side."""
PATIENCE = 8.0
"""Seconds a sender is kept waiting for its key."""
BREAK = 60_000
"""A host whose key could not be had is left alone for so many milliseconds."""
AGAIN = 5 * 60_000
"""A key that failed is fetched anew at most so often."""


class NoKey(NamedTuple):
    """The key cannot be had. `later`: it may be that it can soon; `gone`: its owner is no more."""

    why: str
    later: bool = False
    gone: bool = False


class Keyring:
    """Finds keys; `speaker` signs the fetches."""

    def __init__(self, senders: Senders, fetching: Fetching, speaker: Signer, clock: Clock) -> None:
        self._senders, self._fetching, self._speaker, self._clock = senders, fetching, speaker, clock
        self._gate = asyncio.Semaphore(AT_ONCE)
        self._broken: Lately[str, Millis] = Lately(5_000)
        self._renewed: Lately[str, Millis] = Lately(20_000)

    async def holder(self, key_id: str) -> Sender | NoKey:
        """Whose key that is; fetched where it is not known."""
        known = await self._senders.by_key(key_id)
        return known if known is not None else await self._fetched(key_id)

    async def renewed(self, key_id: str) -> Sender | NoKey:
        """The key fetched anew, since the one we know did not fit; seldom for the same key."""
        now = self._clock.now()
        if now - self._renewed.get(key_id, Millis(0)) < AGAIN:
            return NoKey("renewed_lately")
        self._renewed[key_id] = now
        return await self._fetched(key_id)

    async def _fetched(self, key_id: str) -> Sender | NoKey:
        host = host_of(key_id)
        if host is None:
            return NoKey("no_key_address")
        if await self._senders.is_blocked(host):
            return NoKey("blocked")
        now = self._clock.now()
        if now - self._broken.get(host, Millis(-BREAK)) < BREAK:
            return NoKey("unreachable", later=True)
        try:
            async with asyncio.timeout(PATIENCE), self._gate:
                found = await self._fetch(key_id)
        except TimeoutError:
            found = NoKey("timeout", later=True)
        if isinstance(found, NoKey) and found.later:
            self._broken[host] = now
        return found

    async def _fetch(self, key_id: str) -> Sender | NoKey:
        """By the actor that the key's name begins with, or else by what its address holds (GoToSocial: a stub)."""
        actor = normal_url(key_id, fragment=False)
        if actor is not None and "#" in key_id:
            problem = _problem(await self._senders.meet(WireId(ACTIVITYPUB, key_id.partition("#")[0])))
            found = await self._senders.by_key(key_id)
            if found is not None or (problem is not None and (problem.later or problem.gone)):
                return found or problem or NoKey("no_such_key")
        document = await self._fetching.activity(key_id, self._speaker)
        if isinstance(document, Refused):
            return _problem(document.why) or NoKey(document.why)
        key = read_key(document.body, key_id)
        if key is None:
            return NoKey("no_such_key")
        problem = _problem(await self._senders.meet(WireId(ACTIVITYPUB, key.owner)))
        found = await self._senders.by_key(key_id)
        return found or problem or NoKey("not_the_owners")


def _problem(why: str) -> NoKey | None:
    """What a failed fetch means for the key."""
    if not why:
        return None
    return NoKey(why, later=why in ("unreachable", "busy"), gone=why == "gone")


def public_key(sender: Sender) -> PublicKey | None:
    """The key itself, where it can be used."""
    key = sender.key
    return public_from_multikey(key.public) if key.algorithm == "ed25519" else load_public(key.public)
