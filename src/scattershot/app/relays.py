"""Relays of ActivityPub: the node asks one to pass on what others write in public, and gives it what is written here.

What a relay passes on is a hint and no more: the post is fetched from its own node, and nobody is told that it was
passed on (`apply.marks`). The node follows it as anybody follows anybody; only the wire has another word for it.
"""

from typing import NamedTuple

from scattershot.app.discover import Discover
from scattershot.app.publish import Publisher
from scattershot.domain.ids import MicroblogId, Millis
from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import microblogs
from scattershot.storage.tables import relays as rows
from scattershot.wirekit.urls import parse_url

MAX_RELAYS = 20
_VIA = "office"
_AT_AN_INBOX = ("/actor", "/relay")
"""Where the actor of a relay is whose operators tell people its inbox alone, as for Mastodon."""


class Relay(NamedTuple):
    """A relay of ours; `state` is `asked`, `accepted` or `refused`."""

    microblog: MicroblogId
    name: str
    address: str
    host: str
    added: Millis
    state: str


class Relays:
    """Asks relays in the name of the node."""

    def __init__(
        self, database: Database, clock: Clock, discover: Discover, publisher: Publisher, speaker: WireId
    ) -> None:
        self._database, self._clock, self._discover = database, clock, discover
        self._publisher, self._speaker = publisher, speaker

    async def every(self) -> list[Relay]:
        """All of ours."""

        def work(tx: Transaction) -> list[Relay]:
            found = []
            for row in rows.ours(tx):
                known = microblogs.get(tx, row.microblog)
                if known is not None:
                    profile = known.profile
                    state = "accepted" if row.accepted else "asked" if row.follows else "refused"
                    found.append(
                        Relay(row.microblog, profile.title, profile.id.value, profile.domain, row.added, state)
                    )
            return found

        return await self._database.read(work)

    async def add(self, address: str) -> MicroblogId | Refused:
        """Ask the relay at that address, of its actor or of its inbox, to pass things on."""
        if len(await self.every()) >= MAX_RELAYS:
            return Refused("invalid", f"No more than {MAX_RELAYS} relays are asked.")
        relay = await self._found(address.strip())
        if isinstance(relay, Refused):
            return relay
        now = self._clock.now()

        def work(tx: Transaction) -> MicroblogId | None:
            speaker, known = microblogs.stand(tx, self._speaker), microblogs.get(tx, relay)
            if speaker is None or known is None or known.local or known.profile.id.protocol != ACTIVITYPUB:
                return None
            rows.put(tx, relay, speaker.id, now)
            return speaker.id

        speaker = await self._database.write(work)
        if speaker is None:
            return Refused("invalid", "That is no relay: nobody of ActivityPub lives there.")
        done = await self._publisher.follow(speaker, relay, _VIA)
        return done if isinstance(done, Refused) else relay

    async def _found(self, address: str) -> MicroblogId | Refused:
        url = parse_url(address)
        if url is None:
            return Refused("invalid", "That is no address of a relay.")
        tries = [f"{url.origin}{path}" for path in _AT_AN_INBOX] if url.path.rstrip("/").endswith("/inbox") else []
        refused = Refused("not_found", "There is no relay at that address.")
        for each in tries or [url.text]:
            found = await self._discover.find(each)
            if isinstance(found, Refused):
                refused = found
            elif found.microblog is not None:
                return found.microblog
        return refused

    async def end(self, relay: MicroblogId) -> bool:
        """Ask it no more; False where it is none of ours."""

        def work(tx: Transaction) -> MicroblogId | None:
            asker = next((row.asker for row in rows.ours(tx) if row.microblog == relay), None)
            if asker is not None:
                rows.end(tx, relay)
            return asker

        asker = await self._database.write(work)
        if asker is None:
            return False
        await self._publisher.unfollow(asker, relay, _VIA)
        return True
