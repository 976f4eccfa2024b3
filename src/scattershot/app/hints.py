"""Hints: who is told by datagram that there is news, what they are owed, and who tells us so.

A hint is never believed for what it says: what it carries bears its author's own proof, and what it names is fetched.
So this room keeps no news, only how far each side has come.
"""

from collections.abc import Callable
from functools import partial

from scattershot.app import dispatch
from scattershot.app.apply.origin import House
from scattershot.app.audience import Owed, endpoints_for
from scattershot.app.hinting import KINDS, Hinting, is_hinted
from scattershot.app.retell import retell
from scattershot.app.turns import Turns
from scattershot.domain.change import Change, Edited, Posted
from scattershot.domain.hint import Listener, Stretch, Teller, Worded
from scattershot.domain.ids import MicroblogId, NodeId, Seq
from scattershot.domain.node import Standing
from scattershot.domain.record import Recorded
from scattershot.domain.wire_id import ACTIVITYPUB
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.ports.protocol import Tongue
from scattershot.storage.tables import hints, log, microblogs, nodes

WINDOW = 2_000
"""Places of the log that one look goes over."""
AT_ONCE = 20
"""Tellers asked anew in one step."""
FOLLOWED_AT_ONCE = 1_000
"""Authors looked at in one step for hosts that were never asked: some milliseconds."""


class Hints:
    """Both sides, as they stand in the store. `turns` is nudged when the log has grown."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, house: House, tongue: Tongue, speaks: Callable[[bytes], bool]
    ) -> None:
        """`tongue` puts changes into words; `speaks` says of such words whether they bear their author's proof."""
        self._database, self._clock, self._bus, self._house = database, clock, bus, house
        self._tongue, self._speaks = tongue, speaks
        self.turns = Turns()
        self._looked_at = MicroblogId(0)

    async def begin(self) -> None:
        """Nobody is told of what was written before hints were on."""

        def work(tx: Transaction) -> None:
            hints.drop_ended(tx, self._clock.now())
            if not log.cursor(tx, Hinting.name):
                log.set_cursor(tx, Hinting.name, log.newest(tx))

        await self._database.write(work)

    # -- who is told

    async def listeners(self) -> list[Listener]:
        """Everybody who is told now."""
        now = self._clock.now()
        return await self._database.read(lambda tx: hints.live(tx, now))

    async def meet(self, host: str) -> NodeId | None:
        """The node at a host; None for one with which we do not deal."""

        def work(tx: Transaction) -> NodeId | None:
            return nodes.meet(tx, host) if nodes.standing(tx, host) is not Standing.BLOCKED else None

        return await self._database.write(work)

    async def is_blocked(self, host: str) -> bool:
        """Whether we do not deal with the host."""
        return await self._database.read(lambda tx: nodes.standing(tx, host) is Standing.BLOCKED)

    async def listen(self, listener: Listener) -> Listener:
        """Tell it from now on; back with the serial behind which it will be told."""

        def work(tx: Transaction) -> Listener:
            known = hints.listener(tx, listener.node)
            newest = log.newest(tx)
            if listener.group:
                last = hints.group_last(tx, listener.group)
                if last is None:
                    hints.put_group_last(tx, listener.group, newest)
                put = listener._replace(last=newest if last is None else last)
            elif known is not None and known.until > self._clock.now() and not known.group:
                put = listener._replace(last=known.last)
            else:
                put = listener._replace(last=newest)
            hints.put_listener(tx, put)
            return put

        return await self._database.write(work)

    async def unlisten(self, node: NodeId) -> None:
        """Tell it no more by datagram: all it is owed goes by HTTP."""
        await self._database.write(lambda tx: hints.drop_listener(tx, node))
        self._bus.nudge(dispatch.TOPIC)

    async def heard(self, node: NodeId, up_to: int, serials: tuple[int, ...] = ()) -> int:
        """It has these: they are owed no longer; how many rows that struck off."""
        now, seqs = self._clock.now(), [Seq(each) for each in serials]
        limit = Seq(min(up_to, (1 << 63) - 1))
        return await self._database.write(
            lambda tx: hints.strike_off_heard(tx, node, limit, [each for each in seqs if each < 1 << 63], now)
        )

    async def newest(self) -> Seq:
        """The end of the log."""
        return await self._database.read(log.newest)

    # -- what they are told

    async def words(self, seq: Seq) -> Worded | None:
        """The change as it can be told now; None where it can be no more, or not to everybody."""
        return await self._database.read(lambda tx: self._at(tx, seq))

    def _at(self, tx: Transaction, seq: Seq) -> Worded | None:
        recorded = log.get(tx, seq)
        return self._worded(tx, recorded) if recorded is not None else None

    def _worded(self, tx: Transaction, recorded: Recorded) -> Worded | None:
        telling = retell(tx, recorded, self._house)
        signer = microblogs.signer(tx, recorded.actor)
        if telling is None or signer is None or not is_hinted(tx, recorded):
            return None
        body = self._tongue.encode(telling.change, telling.to, signer, recorded.at)
        if body is None or not self._speaks(body):
            return None
        return Worded(recorded.seq, body, _about(telling.change))

    async def stretch(self, node: NodeId, after: Seq, limit: int) -> Stretch:
        """What the node is owed behind that place, in the order of the log. It may tell nothing and end further on:
        then there is more."""
        return await self._database.read(lambda tx: self._stretch(tx, node, after, limit))

    def _stretch(self, tx: Transaction, node: NodeId, after: Seq, limit: int) -> Stretch:
        newest = log.newest(tx)
        last = Seq(min(newest, after + WINDOW))
        told: list[Worded] = []
        for recorded in log.told_of(tx, list(KINDS), after, last, WINDOW, everywhere=False):
            if any(self._is_owed(tx, owed, node) for owed in endpoints_for(tx, recorded)):
                worded = self._worded(tx, recorded)
                if worded is not None:
                    told.append(worded)
            if len(told) == limit:
                return Stretch(told, recorded.seq, newest)
        return Stretch(told, max(last, after), newest)

    def _is_owed(self, tx: Transaction, owed: Owed, node: NodeId) -> bool:
        door = nodes.endpoint(tx, owed.endpoint) if owed.node == node else None
        return door is not None and door.protocol == ACTIVITYPUB

    # -- who tells us

    async def tellers(self) -> list[Teller]:
        """Everybody who has promised to tell us."""
        now = self._clock.now()
        return sorted(await self._database.read(lambda tx: hints.tellers(tx, now)))

    async def due(self, more: tuple[str, ...] = ()) -> list[Teller]:
        """Those to be asked now, among them hosts of whom somebody is newly followed here: some of all who are followed
        are looked at each time. `more` are hosts to be asked whether anybody there is followed or not."""
        now = self._clock.now()

        def work(tx: Transaction) -> tuple[list[Teller], MicroblogId]:
            some = hints.followed(tx, self._looked_at, FOLLOWED_AT_ONCE)
            hosts = [*dict.fromkeys([*(each.host for each in some), *more])]
            known = hints.known_tellers(tx, hosts)
            new = [Teller(host) for host in hosts if host not in known][:AT_ONCE]
            is_end = len(some) < FOLLOWED_AT_ONCE
            return hints.tellers_due(tx, now, AT_ONCE) + new, MicroblogId(0) if is_end else some[-1].microblog

        found, self._looked_at = await self._database.read(work)
        return found

    async def put_teller(self, teller: Teller) -> None:
        """Remember how it stands to us."""
        await self._database.write(partial(hints.put_teller, teller=teller))

    async def teller(self, host: str) -> Teller | None:
        """The one at that host."""
        return await self._database.read(lambda tx: hints.teller(tx, host))

    async def came(self, host: str, epoch: bytes, position: int) -> None:
        """Everything up to that serial of the epoch is here."""
        await self._database.write(lambda tx: hints.put_position(tx, host, epoch, position))

    async def catch_up(self, host: str) -> int:
        """More was missed than its log tells: have its authors asked, as after any silence; how many they are."""
        now = self._clock.now()
        return await self._database.write(lambda tx: hints.watch_again(tx, host, now), slow=True)


async def turn_off(database: Database) -> None:
    """Tell nobody by datagram from now on, and let the log wait for no reader of ours."""

    def work(tx: Transaction) -> None:
        hints.drop_all(tx)
        log.drop_cursor(tx, Hinting.name)

    if await database.read(lambda tx: bool(log.cursor(tx, Hinting.name))):
        await database.write(work)


def _about(change: Change) -> str:
    if isinstance(change, Posted | Edited):
        return change.post.id.value
    post = getattr(change, "post", None)
    return str(post.value) if post is not None else ""
