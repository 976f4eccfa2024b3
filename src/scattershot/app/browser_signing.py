"""Keys that a browser holds: it proves that it does, and signs what waits whenever a page of ours is open in it.

A challenge is remembered in this process alone, for minutes, and is good once, for one session and one microblog.
"""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from scattershot.app import readers
from scattershot.app.far_signing import FarSigning
from scattershot.app.lately import Lately
from scattershot.app.signets import Signets
from scattershot.domain.ids import MicroblogId
from scattershot.domain.reading import Refused
from scattershot.domain.slip import seconds
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.ports.slips import BrowserSigner
from scattershot.storage.tables import far_keys

CHALLENGE_GOOD_FOR = 5 * 60_000
AT_ONCE = 20
"""What one page is asked to sign at a time."""

_SPENT = Refused("spent", "That took too long, or was answered already. Please try again.")
_NOTHING = Refused("not_found", "Nothing of yours waits to be signed there; it may have been signed already.")


class ToSign(NamedTuple):
    """Something that waits for a browser: by its number it is given back; `what` only the key `public` may sign."""

    id: int
    microblog: MicroblogId
    public: str
    what: str


class _Challenge(NamedTuple):
    value: str
    until: int


class BrowserSigning:
    """Takes keys on, and what they signed; `page` is the address at which a browser proves that it holds one."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, signets: Signets, far: FarSigning, signer: BrowserSigner,
        page: str,
    ) -> None:  # fmt: skip
        self._database, self._clock, self._bus, self._signets = database, clock, bus, signets
        self._far, self._signer, self._page = far, signer, page
        self._challenges: Lately[tuple[str, MicroblogId], _Challenge] = Lately(5_000)

    def challenge(self, session: str, microblog: MicroblogId, words: str) -> str:
        """What the browser of that session is to sign; what it was asked before is good no more. `words` tell its
        owner what it is for."""
        now, value = self._clock.now(), secrets.token_hex(32)
        self._challenges[session, microblog] = _Challenge(value, now + CHALLENGE_GOOD_FOR)
        return self._signer.proof(self._page, value, words, seconds(now))

    async def take_on(self, session: str, microblog: MicroblogId, answer: str) -> Refused | None:
        """Let a microblog speak by the key that signed the challenge, from now on."""
        now = self._clock.now()
        given = self._challenges.pop((session, microblog), None)
        if given is None or given.until <= now:
            return _SPENT
        public = self._signer.proved(answer.encode(), self._page, given.value, seconds(now))
        if isinstance(public, Refused):
            return public
        found = public
        refused = await self._database.write(lambda tx: self._signets.put_in_browser(tx, microblog, found))
        self._bus.nudge(readers.TOPIC)
        return refused

    async def waiting(self, microblogs: Sequence[MicroblogId]) -> list[ToSign] | None:
        """What waits for the keys of these, oldest first and not more than a page can ask for; None where no browser
        holds the key of any."""

        def work(tx: Transaction) -> list[far_keys.Waiting] | None:
            held = [each for each in microblogs if self._signets.is_in_browser(tx, each)]
            waits = [waiting for each in held for waiting in self._signets.waiting(tx, each, AT_ONCE)]
            return sorted(waits, key=lambda waiting: waiting.id)[:AT_ONCE] if held else None

        found = await self._database.read(work)
        return None if found is None else [self._to_sign(waiting) for waiting in found]

    def _to_sign(self, waiting: far_keys.Waiting) -> ToSign:
        asked = self._signer.asked(waiting.body)
        return ToSign(waiting.id, waiting.microblog, asked.public, asked.text)

    async def give(self, microblogs: Sequence[MicroblogId], number: int, answer: str) -> Refused | None:
        """Take what of these waited under that number, signed; it is told like anything that is said."""
        waiting = await self._database.read(lambda tx: far_keys.one(tx, number))
        if waiting is None or waiting.microblog not in microblogs:
            return _NOTHING
        slip = self._signer.signed(waiting.body, answer.encode())
        if isinstance(slip, Refused):
            return slip
        return None if await self._far.keep(waiting, slip) else _NOTHING
