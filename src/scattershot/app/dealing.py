"""Whom the node deals with: ending everything between it and another node, and dealing with that one again."""

from collections.abc import Callable
from typing import TypeAlias

from scattershot.app import dispatch, notifying, readers
from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import House, Origin
from scattershot.app.audience import endpoints_for
from scattershot.domain.change import FollowAnswered, Unfollowed
from scattershot.domain.ids import MicroblogId, Millis, NodeId
from scattershot.domain.node import EVERYWHERE, HostRule, Node, Standing
from scattershot.domain.notification import Cause
from scattershot.domain.reading import Refused
from scattershot.domain.record import Recorded
from scattershot.domain.window import Window
from scattershot.domain.wire_id import WireId
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import deliveries, microblogs, nodes, relations, wire_ids
from scattershot.storage.tables import rules as rows
from scattershot.wirekit.urls import normal_host

KnownRule: TypeAlias = rows.Row
"""What is said of a host, by the number that programs know it by."""
MAX_COMMENT = 10_000
"""Characters of a comment on a host."""
MOST_PEERS = 20_000
"""Hosts that are told to whoever asks."""

Also: TypeAlias = Callable[[Transaction], None] | None
"""What is written in the same transaction."""

STRICTNESS = {Standing.NORMAL: 0, Standing.LIMITED: 1, Standing.BLOCKED: 2}


class Dealing:
    """Blocks hosts, limits them and lets them in, each with every host below it; `own` are those of this node."""

    def __init__(self, database: Database, clock: Clock, bus: Bus, house: House, own: tuple[str, ...] = ()) -> None:
        self._database, self._clock, self._bus, self._house, self._own = database, clock, bus, house, own

    async def rules(self, *, allows: bool, window: Window, limit: int) -> list[KnownRule]:
        """What is said of hosts, the newest first: what lets them in, or everything else."""
        return await self._database.read(lambda tx: rows.page(tx, allows=allows, window=window, limit=limit))

    async def rule(self, number: int) -> KnownRule | None:
        """The rule of that number."""
        return await self._database.read(lambda tx: rows.get(tx, number))

    async def rule_of(self, host: str) -> KnownRule | None:
        """What is said of that very host."""
        return await self._database.read(lambda tx: rows.of(tx, _host(host) or host))

    async def stricter(self, rule: HostRule) -> KnownRule | None:
        """What holds already and stands in that rule's way: something said of the same host, or of one above it that
        is as strict. What merely let the host in does not."""

        def work(tx: Transaction) -> KnownRule | None:
            host = _host(rule.host) or rule.host
            for name in rows.and_above(host):
                known = rows.of(tx, name)
                if known is None or known.rule.allows:
                    continue
                if name == host or STRICTNESS[known.rule.standing] >= STRICTNESS[rule.standing]:
                    return known
            return None

        return await self._database.read(work)

    async def open_to_few(self) -> bool:
        """Whether only those hosts are dealt with that were let in."""
        everywhere = await self.rule_of(EVERYWHERE)
        return everywhere is not None and everywhere.rule.standing is Standing.BLOCKED

    async def peers(self) -> list[str]:
        """The hosts that are dealt with."""
        return await self._database.read(lambda tx: nodes.peers(tx, MOST_PEERS), slow=True)

    async def block(self, host: str) -> int | Refused:
        """Deal no more with a host; how many follows that ended. What else was said of it still holds."""
        return await self._stand(host, Standing.BLOCKED)

    async def limit(self, host: str) -> int | Refused:
        """Show what comes from a host to those alone who follow its people."""
        return await self._stand(host, Standing.LIMITED)

    async def _stand(self, host: str, standing: Standing) -> int | Refused:
        known = await self.rule_of(host)
        was = known.rule if known is not None else HostRule(host, standing)
        return await self.judge(was._replace(standing=standing, allows=False))

    async def allow(self, host: str) -> int | Refused:
        """Deal with a host, also where others are kept out; whatever was said of it is forgotten."""
        return await self.judge(HostRule(host, Standing.NORMAL, allows=True))

    async def judge(self, rule: HostRule, also: Also = None) -> int | Refused:
        """Say that of a host, in place of what was said before; how many follows that ended. `also` is done with it.

        They are ended on both sides: that they are is the last thing the other side hears, for else its people
        could not follow anybody here anew once it is unblocked.
        """
        host = _host(rule.host)
        if (problem := self.problem(rule)) is not None or host is None:
            return problem or _NO_HOST
        now = self._clock.now()

        def work(tx: Transaction) -> int:
            if also is not None:
                also(tx)
            return self._judge(tx, rule._replace(host=host), now)

        ended = await self._database.write(work)
        self._bus.nudge(readers.TOPIC)
        self._bus.nudge(dispatch.TOPIC)
        return ended

    def problem(self, rule: HostRule) -> Refused | None:
        """Why that cannot be said of a host, if so."""
        host = _host(rule.host)
        if host is None:
            return _NO_HOST
        if any(own == host or own.endswith(f".{host}") for own in self._own):
            return Refused("invalid", "That is this node itself.")
        if any(len(text) > MAX_COMMENT for text in (rule.private_comment, rule.public_comment)):
            return Refused("invalid", f"A comment has at most {MAX_COMMENT:,} characters.")
        return None

    def _judge(self, tx: Transaction, rule: HostRule, now: Millis) -> int:
        ended = 0
        if rule.standing is Standing.BLOCKED:
            if rule.host != EVERYWHERE:
                nodes.meet(tx, rule.host)
            ended = self._end_ties(tx, rule.host, nodes.at_or_below(tx, rule.host), now)
        nodes.set_rule(tx, rule, now)
        return ended

    def _end_ties(self, tx: Transaction, host: str, concerned: list[Node], now: Millis) -> int:
        """End every follow from and to those nodes, while they are still dealt with; how many those were."""
        ties: list[tuple[MicroblogId, MicroblogId]] = []
        for name, ids in _told_apart(host, concerned).items():
            lost = relations.ties_with(tx, ids)
            notifying.note_losses(tx, lost, name, now, Cause.NODE)
            ties += lost
        last_words = [end_tie(tx, self._house, follower, followee, now) for follower, followee in ties]
        deliveries.drop_all_to(tx, [node.id for node in concerned])
        for recorded in filter(None, last_words):
            for owing in endpoints_for(tx, recorded):
                deliveries.add(tx, owing.endpoint, owing.node, recorded.seq, owing.actor)
        return len(ties)

    async def unblock(self, host: str, also: Also = None) -> None:
        """Say nothing of a host any more: it is dealt with as any other; whoever wishes to follow does so anew.

        Where others are kept out, that ends what was between us. `also` is done with it.
        """
        now = self._clock.now()

        def work(tx: Transaction) -> None:
            if also is not None:
                also(tx)
            self._unblock(tx, host, now)

        await self._database.write(work)
        self._bus.nudge(readers.TOPIC)
        self._bus.nudge(dispatch.TOPIC)

    def _unblock(self, tx: Transaction, host: str, now: Millis) -> None:
        rows.drop(tx, host)
        lost = [
            node
            for node in nodes.at_or_below(tx, host)
            if node.standing is not Standing.BLOCKED and nodes.standing(tx, node.host) is Standing.BLOCKED
        ]
        if lost:
            self._end_ties(tx, host, lost, now)
        nodes.drop_rule(tx, host)


_NO_HOST = Refused("invalid", "That is not the name of a host.")


def _host(text: str) -> str | None:
    """The one spelling of a host, or everywhere; a top-level domain is none, for nothing is said of those."""
    host = text.strip()
    if host == EVERYWHERE:
        return host
    host = normal_host(host) or ""
    return host if "." in host or ":" in host or host == "localhost" else None


def _told_apart(host: str, concerned: list[Node]) -> dict[str, list[NodeId]]:
    """Under which name people are told of a loss: the host that was blocked, or of everywhere each by itself."""
    if host != EVERYWHERE:
        return {host: [node.id for node in concerned]}
    return {node.host: [node.id] for node in concerned}


def end_tie(
    tx: Transaction, house: House, follower: MicroblogId, followee: MicroblogId, now: Millis
) -> Recorded | None:
    """End a follow in the name of the one who is kept here."""
    heard, hearer = _named(tx, followee), _named(tx, follower)
    stand = microblogs.stand_of(tx, follower)
    if heard is None or hearer is None or stand is None:
        return None
    ending = (
        Unfollowed(actor=hearer, target=heard)
        if stand.local
        else FollowAnswered(actor=heard, follower=hearer, accepted=False)
    )
    applied = apply(tx, ending, Origin(now, "block"), house)
    return applied if isinstance(applied, Recorded) else None


def _named(tx: Transaction, microblog: MicroblogId) -> WireId | None:
    return wire_ids.main(tx, microblog, wire_ids.Thing.MICROBLOG)
