"""Signets: the keys by which microblogs of here speak on wires of slips. They lie sealed beside everything else; what
opens them is a file of the data folder.
"""

import asyncio
import secrets
from typing import NamedTuple

from scattershot.domain.crossing import USUAL, Network
from scattershot.domain.ids import MicroblogId
from scattershot.domain.microblog import Voice
from scattershot.domain.node import Standing
from scattershot.domain.reading import Refused
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Database, Transaction
from scattershot.ports.slips import Signet, Utterer
from scattershot.storage.tables import far_keys, microblogs, signets, wire_ids
from scattershot.wirekit.sealing import NONCE_BYTES, opened, seal

SIGNET_FILE = "signets.key"
"""The file in the data folder without which no microblog can be spoken for any more; a backup holds it."""


class Own(NamedTuple):
    """How a microblog stands to the wire: `name` is what people there know it by, empty while it has no key."""

    speaks: bool
    name: str


class Speaking(NamedTuple):
    """Whether a microblog says what it does on the wire too, and the key by which it can."""

    speaks: bool
    signet: Signet | None


class Signets:
    """The signets of one node on one wire."""

    def __init__(self, utterer: Utterer, sealing: bytes, *, on: bool, unasked: bool = True) -> None:
        self._utterer, self._sealing, self._on, self._unasked = utterer, sealing, on, unasked

    def speaks(self, tx: Transaction, row: microblogs.Row) -> bool:
        """Whether the microblog says what it does on this wire too."""
        return self._speaks(row, signets.of(tx, row.id, self._utterer.name))

    def speaking(self, tx: Transaction, row: microblogs.Row) -> Speaking:
        """Whether it speaks, and the key by which it can, where one was made and can still be opened."""
        known = signets.of(tx, row.id, self._utterer.name)
        return Speaking(self._speaks(row, known), self._opened(row.id, known))

    def _speaks(self, row: microblogs.Row, known: signets.Signet | None) -> bool:
        """Where nobody chose, it does unless it lets in its followers one by one (such a one is for fewer ears), or the
        node shows posts only to those who say who they are (`unasked` is False)."""
        if not self._on or not row.local or row.gone or row.moved_to is not None:
            return False
        if row.profile.voice is Voice.APPLICATION or row.standing is Standing.BLOCKED:
            return False
        if known is None or known.speaks is None:
            return self._unasked and not row.locked
        return known.speaks

    def _opened(self, microblog: MicroblogId, known: signets.Signet | None) -> Signet | None:
        if known is None or known.sealed is None or known.public is None:
            return None
        text = opened(self._sealing, known.sealed, self._place(microblog))
        return Signet(known.public, bytes.fromhex(text)) if text is not None else None

    def make(self, tx: Transaction, microblog: MicroblogId) -> Signet | None:
        """The key of one that had none until now; None where it has one that cannot be opened."""
        tx.lock("signets")  # two who make it at once would each have another
        known = signets.of(tx, microblog, self._utterer.name)
        if known is not None and known.public is not None:
            return self._opened(microblog, known)  # made meanwhile by another, or one that cannot be opened
        while True:
            secret = secrets.token_bytes(32)
            try:
                public = self._utterer.public(secret)
                break
            except ValueError:  # one in 2**128
                continue
        sealed = seal(self._sealing, secrets.token_bytes(NONCE_BYTES), secret.hex(), self._place(microblog))
        signets.put_key(tx, microblog, self._utterer.name, public, sealed)
        wire_ids.add(tx, WireId(self._utterer.name, public), wire_ids.Thing.MICROBLOG, microblog)
        return Signet(public, secret)

    # -- keys kept elsewhere

    def far(self, tx: Transaction, microblog: MicroblogId) -> Signet | None:
        """What stands for a key that is kept elsewhere."""
        known = signets.of(tx, microblog, self._utterer.name)
        if known is None or known.public is None or far_keys.of(tx, microblog, self._utterer.name) is None:
            return None
        return Signet(known.public, b"")

    def far_key(self, tx: Transaction, microblog: MicroblogId) -> far_keys.FarKey | None:
        """Who signs for it elsewhere."""
        return far_keys.of(tx, microblog, self._utterer.name)

    def far_told(self, tx: Transaction, microblog: MicroblogId) -> str | None:
        """What is kept of who signs for it, opened."""
        known = self.far_key(tx, microblog)
        return opened(self._sealing, known.sealed, f"far {self._place(microblog)}") if known is not None else None

    def is_in_browser(self, tx: Transaction, microblog: MicroblogId) -> bool:
        """Whether a browser holds its key."""
        known = self.far_key(tx, microblog)
        return known is not None and known.in_browser

    def waiting(self, tx: Transaction, microblog: MicroblogId, limit: int) -> list[far_keys.Waiting]:
        """What of it waits to be signed, oldest first."""
        return far_keys.all_of(tx, microblog, self._utterer.name, limit)

    def put_far(self, tx: Transaction, microblog: MicroblogId, public: str, told: str) -> Refused | None:
        """Let it be known by a key kept elsewhere from now on, instead of its own."""
        sealed = seal(self._sealing, secrets.token_bytes(NONCE_BYTES), told, f"far {self._place(microblog)}")
        return self._put_elsewhere(tx, microblog, public, sealed, in_browser=False)

    def put_in_browser(self, tx: Transaction, microblog: MicroblogId, public: str) -> Refused | None:
        """Let it be known by a key that a browser holds from now on."""
        return self._put_elsewhere(tx, microblog, public, b"", in_browser=True)

    def _put_elsewhere(
        self, tx: Transaction, microblog: MicroblogId, public: str, sealed: bytes, *, in_browser: bool
    ) -> Refused | None:
        tx.lock("signets")
        name = WireId(self._utterer.name, public)
        meant = wire_ids.find(tx, name)
        if meant is not None and (meant.kind, meant.thing) != (wire_ids.Thing.MICROBLOG, microblog):
            return Refused("taken", "Another microblog is known by that key already.")
        if self.public(tx, microblog) != public:
            far_keys.drop(tx, microblog, self._utterer.name)  # what waits, only the key before could sign
        self._known_as(tx, microblog, name)
        signets.put_key(tx, microblog, self._utterer.name, public, None)
        far_keys.put(tx, microblog, self._utterer.name, sealed, in_browser=in_browser)
        self.choose(tx, microblog, True)
        return None

    def drop_far(self, tx: Transaction, microblog: MicroblogId) -> None:
        """Let it speak by a new key of its own again."""
        if far_keys.of(tx, microblog, self._utterer.name) is None:
            return
        far_keys.drop(tx, microblog, self._utterer.name)
        known = signets.of(tx, microblog, self._utterer.name)
        if known is not None and known.public is not None:
            wire_ids.forget(tx, WireId(self._utterer.name, known.public))
        signets.put_key(tx, microblog, self._utterer.name, None, None)
        self.make(tx, microblog)

    def _known_as(self, tx: Transaction, microblog: MicroblogId, name: WireId) -> None:
        old = wire_ids.of(tx, microblog, wire_ids.Thing.MICROBLOG, name.protocol)
        if old is not None and old != name:
            wire_ids.forget(tx, old)
        wire_ids.add(tx, name, wire_ids.Thing.MICROBLOG, microblog)

    def public(self, tx: Transaction, microblog: MicroblogId) -> str | None:
        """What the wire calls it."""
        known = signets.of(tx, microblog, self._utterer.name)
        return known.public if known is not None else None

    def choose(self, tx: Transaction, microblog: MicroblogId, speaks: bool) -> None:
        """Let it speak on this wire, or say nothing more; what it said stays said."""
        signets.put_choice(tx, microblog, self._utterer.name, speaks)

    def _place(self, microblog: MicroblogId) -> str:
        return f"{self._utterer.name} {microblog}"

    # -- as its keepers see it

    async def about(self, database: Database, microblog: MicroblogId) -> Own:
        """Whether it speaks there, and its name."""

        def work(tx: Transaction) -> Own:
            row, public = microblogs.get(tx, microblog), self.public(tx, microblog)
            return Own(row is not None and self.speaks(tx, row), self._utterer.shown(public) if public else "")

        return await database.read(work)

    async def networks(self, database: Database, microblog: MicroblogId) -> frozenset[Network]:
        """All networks that it speaks to, this one among them where it does."""
        own = await self.about(database, microblog)
        return USUAL | {Network(self._utterer.name)} if own.speaks else USUAL

    async def settle(self, database: Database, microblog: MicroblogId, speaks: bool) -> Own:
        """Let it speak there, or say nothing more; one that is to speak has a key from now on."""

        def work(tx: Transaction) -> None:
            self.choose(tx, microblog, speaks)
            if speaks:
                self.make(tx, microblog)

        await database.write(work)
        return await self.about(database, microblog)

    async def carried(self, database: Database, microblog: MicroblogId, password: str) -> str | None:
        """Its private key as people carry it to another program, locked by the password unless that is empty; None
        where there is none. Locking takes about a tenth of a second and 64 MB."""
        signet = await database.read(lambda tx: self._opened(microblog, signets.of(tx, microblog, self._utterer.name)))
        if signet is None:
            return None
        return await asyncio.to_thread(self._utterer.shown_secret, signet.secret, password, secrets.token_bytes(40))
