"""Letters that come: opened by the key of whom they are for, and taken in like any other arrival.

What is inside proves itself by its seal; when it came, and the moment outside, prove nothing. The same letter in two
wraps is one: what the wire calls it is the name by which it is never applied twice.
"""

import logging

from msgspec.structs import replace

from scattershot.app import counters
from scattershot.app.discover import Discover
from scattershot.app.intake import Intake
from scattershot.app.signets import Signets
from scattershot.app.spoken import secret_of
from scattershot.domain.change import Change, Posted, ProfileChanged
from scattershot.domain.ids import Millis, PostId
from scattershot.domain.post import Post
from scattershot.domain.reading import Arrival, Changes, Needs
from scattershot.domain.slip import Kept
from scattershot.domain.wire_id import WireId
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.ports.letters import Opened, Sealer, room_of
from scattershot.ports.protocol import Tongue
from scattershot.storage.tables import microblogs, posts, signets, wells, wire_ids

_logger = logging.getLogger(__name__)


class Opening:
    """Opens letters to microblogs of here."""

    def __init__(
        self, database: Database, clock: Clock, intake: Intake, discover: Discover, tongue: Tongue, sealer: Sealer,
        signets_: Signets,
    ) -> None:  # fmt: skip
        self._database, self._clock, self._intake, self._discover = database, clock, intake, discover
        self._tongue, self._sealer, self._signets = tongue, sealer, signets_

    async def open(self, slip: Kept, reader: WireId) -> bool:
        """Take a letter in; False where it is to be looked at again later."""
        secret = await self._database.read(lambda tx: secret_of(tx, self._signets, reader))
        opened = self._sealer.open(slip.body, secret) if secret is not None else None
        if opened is None:
            counters.arrived(self._sealer.name, "sealed").inc()
            return True
        wire = self._sealer.name
        here = await self._database.read(lambda tx: signets.kept_here_among(tx, wire, [opened.author.value]))
        if here:
            return True  # what somebody here wrote themselves
        if not await self._database.read(lambda tx: microblogs.stand(tx, opened.author) is not None):
            await self._meet(opened.author)
        arrival = Arrival(wire, opened.author, opened.author.value, opened.body, self._clock.now())
        reading = self._tongue.read(arrival, proven=True)
        if not isinstance(reading, Changes | Needs):
            return True
        if isinstance(reading, Changes):
            reading = await self._in_its_room(reading, opened)
        taken = await self._intake.admit(arrival, reading)
        if taken.what == "new":
            room, name, at = room_of(opened.parties), opened.name, opened.at
            await self._database.write(lambda tx: wells.put_last_in_room(tx, room, name, at))
        return taken.what != "busy"

    async def _in_its_room(self, reading: Changes, opened: Opened) -> Changes:
        """A letter that answers none that is here goes on with the last among the same people, as their programs show
        it; nobody else is asked for the one it answers, who would learn of it."""
        room, now = room_of(opened.parties), self._clock.now()

        def place(tx: Transaction, change: Change) -> Change:
            if not isinstance(change, Posted):
                return change
            parent = change.post.reply_to
            if parent is None or wire_ids.find(tx, parent) is None:
                last = wells.last_in_room(tx, room)
                parent = WireId(self._sealer.name, last) if last is not None and last != opened.name else None
            published = min(change.post.published, now)
            return replace(change, post=_after(tx, replace(change.post, reply_to=parent, published=published)))

        return reading._replace(
            changes=await self._database.read(lambda tx: tuple(place(tx, change) for change in reading.changes))
        )

    async def _meet(self, author: WireId) -> None:
        """Whoever writes is known from now on, were it by their key alone."""
        if await self._discover.fetch(author):
            profile = self._sealer.stranger(author)
            await self._discover.apply(ProfileChanged(actor=author, profile=profile), self._sealer.name)


def _after(tx: Transaction, post: Post) -> Post:
    """Behind what it answers: letters bear whole seconds, in which much may be said."""
    parent = wire_ids.find_as(tx, post.reply_to, wire_ids.Thing.POST) if post.reply_to is not None else None
    row = posts.get(tx, PostId(parent)) if parent is not None else None
    if row is None or not post.published <= row.post.published < post.published + 1_000:
        return post
    return replace(post, published=Millis(row.post.published + 1))
