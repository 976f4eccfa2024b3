"""Own words: what somebody says by the key of a microblog kept here, but in another program: it is theirs like any.

It becomes a post, boost or like of here, under the name that it has there already; so it is told to the other networks,
and not said there again. What such a program says of the profile or of whom one follows is not taken: here both hold
more.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from scattershot.app import dispatch, readers
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import House, Origin
from scattershot.app.signets import Signets
from scattershot.domain.change import Boosted, Change, Deleted, Liked, Posted
from scattershot.domain.ids import Millis, PostId
from scattershot.domain.policy import moment
from scattershot.domain.post import Post
from scattershot.domain.reading import Arrival, Changes
from scattershot.domain.record import Recorded
from scattershot.domain.wire_id import WireId
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.ports.protocol import Tongue
from scattershot.storage.tables import microblogs, wire_ids


class OwnWords:
    """Takes them in, for one wire."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, house: House, signets: Signets, tongue: Tongue, domain: str
    ) -> None:
        """`domain` is the node's first."""
        self._database, self._clock, self._bus, self._house = database, clock, bus, house
        self._signets, self._tongue, self._domain = signets, tongue, domain

    async def take(self, arrival: Arrival, author: WireId) -> None:
        """What the bytes say, where that was not said here itself."""
        reading = self._tongue.read(arrival, proven=True)
        if not isinstance(reading, Changes):
            return
        changes = reading.changes
        if await self._database.write(lambda tx: self._apply(tx, changes, author)):
            self._bus.nudge(readers.TOPIC)
            self._bus.nudge(dispatch.TOPIC)

    def _apply(self, tx: Transaction, changes: Sequence[Change], author: WireId) -> bool:
        row = microblogs.by_wire_id(tx, author)
        if row is None or not row.local or not self._signets.speaks(tx, row):
            return False
        done = [self._one(tx, change, row) for change in changes]
        return any(done)

    def _one(self, tx: Transaction, change: Change, row: microblogs.Row) -> bool:
        now, by = self._clock.now(), row.profile.id
        origin = Origin(now, self._tongue.name)
        match change:
            case Posted(post=post) if wire_ids.find(tx, post.id) is None:
                return self._post(tx, post, row, now)
            case Boosted(id=name) | Liked(id=name) if name is not None and wire_ids.find(tx, name) is None:
                outcome = apply(tx, replace(change, actor=by, id=None), origin, self._house)
                return isinstance(outcome, Recorded) and _named(tx, name, outcome)
            case Deleted():
                return isinstance(apply(tx, replace(change, actor=by), origin, self._house), Recorded)
            case _:
                return False

    def _post(self, tx: Transaction, post: Post, row: microblogs.Row, now: Millis) -> bool:
        """As it would be had it been written here; its moment is never one to come."""
        published = moment(post.published, now)
        number = self._house.ids.make(tx, published)
        addresses = self._house.addresses
        made = replace(
            post,
            id=addresses.wire_id(addresses.post(number)),
            author=row.profile.id,
            published=published,
            url=addresses.post_page(row.profile.handle, self._domain, number),
            sensitive=post.sensitive or row.sensitive,
            conversation=f"{addresses.post(number)}/context",
            copy_of=None,
        )
        origin = Origin(now, self._tongue.name, post_id=PostId(number))
        outcome = apply(tx, Posted(actor=row.profile.id, post=made), origin, self._house)
        return isinstance(outcome, Recorded) and wire_ids.add(tx, post.id, wire_ids.Thing.POST, number)


def _named(tx: Transaction, name: WireId, recorded: Recorded) -> bool:
    """The boost or like is called so there from now on, so that it is not said again."""
    if recorded.boost is not None:
        return wire_ids.add(tx, name, wire_ids.Thing.BOOST, recorded.boost)
    return wire_ids.add(tx, name, wire_ids.Thing.DEED, recorded.seq)
