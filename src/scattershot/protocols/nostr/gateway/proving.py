"""Who we are to others' relays (NIP-42): the node itself, and those here whose letters are asked for."""

import secrets

from scattershot.app.signets import Signets
from scattershot.app.spoken import secret_of
from scattershot.domain.wire_id import NOSTR, WireId
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.protocols.nostr.wire.authentication import proof
from scattershot.protocols.nostr.wire.event import Event, public_key, sign


class Proving:
    """Signs proofs; `own` is the node's own key among relays."""

    def __init__(self, database: Database, clock: Clock, signets: Signets, own: bytes) -> None:
        self._database, self._clock, self._signets, self._own = database, clock, signets, own

    async def prove(self, address: str, challenge: str, readers: frozenset[str]) -> list[Event]:
        """For that relay: those whose letters lie there, or else the node."""
        held = await self._database.read(lambda tx: [self._secret(tx, reader) for reader in sorted(readers)])
        keys = [secret for secret in held if secret is not None] or [self._own]
        now = self._clock.now() // 1000
        return [sign(proof(public_key(key), challenge, address, now), key, secrets.token_bytes(32)) for key in keys]

    def _secret(self, tx: Transaction, reader: str) -> bytes | None:
        return secret_of(tx, self._signets, WireId(NOSTR, reader))
