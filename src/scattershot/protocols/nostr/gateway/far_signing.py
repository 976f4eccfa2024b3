"""Asking a signer elsewhere (NIP-46), over the relays at which it listens; implements `ports.slips.FarSigner`."""

import asyncio
import secrets
from typing import NamedTuple

from msgspec import json

from scattershot.domain.reading import Refused
from scattershot.domain.slip import Slip
from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Unreachable
from scattershot.ports.slips import Met
from scattershot.protocols.nostr.gateway.line import Line
from scattershot.protocols.nostr.gateway.pool import Pool
from scattershot.protocols.nostr.translate.signed_elsewhere import as_it_waited, asked_for, waiting_event
from scattershot.protocols.nostr.wire.encryption import Undecipherable, conversation_key, decrypt, encrypt
from scattershot.protocols.nostr.wire.event import (
    Event,
    Unsigned,
    is_name,
    public_key,
    sign,
)
from scattershot.protocols.nostr.wire.filters import Filter
from scattershot.protocols.nostr.wire.remote_signing import (
    KIND,
    Answer,
    asked,
    read_answer,
    read_bunker,
)

PATIENCE = 20.0
"""Seconds for an answer: somebody may have to press a button."""
_EARLIER = 60
"""Seconds by which clocks may differ."""
_PERMISSIONS = "sign_event:0,sign_event:1,sign_event:3,sign_event:5,sign_event:6,sign_event:7,sign_event:16"
_MORE_PERMISSIONS = ",sign_event:62,sign_event:1018,sign_event:1068,sign_event:10002,sign_event:30023"


class _Kept(NamedTuple):
    """What is kept of a signer that was met: `own` is the key by which we ask, in hexadecimal."""

    own: str
    signer: str
    relays: tuple[str, ...]


class FarSigning:
    """Asks signers."""

    def __init__(self, pool: Pool, clock: Clock) -> None:
        self._pool, self._clock = pool, clock

    async def meet(self, link: str) -> Met | Refused:
        """Say who we are to the signer of a `bunker://` link, and learn whose key it holds."""
        bunker = read_bunker(link, plain=self._pool.plain)
        if bunker is None:
            return Refused("invalid", "This is no link of a signer: it begins with bunker:// and names a relay.")
        kept = _Kept(secrets.token_bytes(32).hex(), bunker.signer, bunker.relays)
        greeting = [bunker.signer, bunker.secret, _PERMISSIONS + _MORE_PERMISSIONS]
        said = await self._ask(kept, "connect", greeting)
        if isinstance(said, Refused):
            return said
        if said not in ("ack", bunker.secret):
            return Refused("refused", "The signer did not let this node in.")
        public = await self._ask(kept, "get_public_key", [])
        if isinstance(public, Refused):
            return public
        if not is_name(public):
            return Refused("refused", "The signer did not say whose key it holds.")
        return Met(public, json.encode(kept).decode())

    async def sign(self, told: str, body: bytes) -> Slip | Refused:
        """The event signed, just as it is; a signer that alters anything has signed something else."""
        event = waiting_event(body)
        said = await self._ask(json.decode(told, type=_Kept), "sign_event", [asked_for(event)])
        return said if isinstance(said, Refused) else as_it_waited(event, said.encode())

    async def _ask(self, kept: _Kept, method: str, params: list[str]) -> str | Refused:
        """By the first of its relays that can be reached and where it answers."""
        refused = Refused("unreachable", "None of the signer's relays can be reached.")
        for address in kept.relays:
            line = await self._pool.line(address, insist=True)
            if isinstance(line, Unreachable):
                continue
            answer = await self._ask_at(line, kept, method, params)
            if answer is None:
                refused = Refused("silent", "The signer does not answer at the moment.")
            elif answer.result == "auth_url":
                return Refused("approve", f"The signer wants you to say yes first, at {answer.error[:500]}")
            elif answer.error:
                return Refused("refused", f"The signer refuses: {answer.error[:300]}")
            else:
                return answer.result
        return refused

    async def _ask_at(self, line: Line, kept: _Kept, method: str, params: list[str]) -> Answer | None:
        own = bytes.fromhex(kept.own)
        name, common, me = secrets.token_hex(8), conversation_key(own, kept.signer), public_key(own)
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        async def take(event: Event) -> None:
            try:
                said = read_answer(decrypt(event.content, common)) if event.pubkey == kept.signer else None
            except Undecipherable:
                return
            if said is not None and said.id == name and not answered.done():
                answered.set_result(said)

        now = self._clock.now() // 1000
        wanted = Filter(kinds=frozenset({KIND}), authors=frozenset({kept.signer}), since=now - _EARLIER,
                        tags=(("p", frozenset({me})),))  # fmt: skip
        if await line.listen(f"signer {name}", (wanted,), take):
            return None
        try:
            content = encrypt(asked(name, method, params), common, secrets.token_bytes(32))
            await line.give(sign(Unsigned(me, now, KIND, [["p", kept.signer]], content), own, secrets.token_bytes(32)))
            return await asyncio.wait_for(answered, PATIENCE)
        except TimeoutError:
            return None
        finally:
            await line.leave(f"signer {name}")
