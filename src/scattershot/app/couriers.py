"""Couriers: they take what is owed to other nodes and hand it over.

Each node has its own queue and its own back-off, so that one that is down or slow holds up nobody else. To one node
the changes of one microblog go in their order, those of different microblogs side by side. A delivery is struck off
only after the other side took it: what is cut short is sent again, and never lost.
"""

import asyncio
import logging
import random
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from scattershot.app import counters, dispatch
from scattershot.app.apply.origin import House
from scattershot.app.lately import Lately
from scattershot.app.retell import retell
from scattershot.domain.change import Change, Edited, Posted
from scattershot.domain.delivery import (
    DOUBTS_IN_A_ROW,
    MOST_DOUBTS,
    ROWS_OWED,
    Busy,
    Delivered,
    Outcome,
    Unwanted,
    after_attempt,
    is_given_up,
)
from scattershot.domain.ids import DeliveryId, MicroblogId, Millis, NodeId, Seq
from scattershot.domain.node import Endpoint, Health, Node
from scattershot.domain.post import Audience
from scattershot.domain.wire_id import WireId
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database, Transaction, UnavailableError
from scattershot.ports.protocol import Herald, Signer, Tongue
from scattershot.storage.tables import arrivals, deliveries, log, microblogs, nodes, relations, wire_ids
from scattershot.storage.tables.deliveries import Parcel

AT_ONCE = 100
"""Parcels a courier takes along to one node."""
SIDE_BY_SIDE = 4
"""Requests to one node at a time."""

_logger = logging.getLogger(__name__)


class _Body(NamedTuple):
    """What is handed over, in whose name; `by_follower` where it is for the actor's followers alone."""

    body: bytes
    signer: Signer
    by_follower: bool


class Couriers:
    """Delivers what is owed; `limit` is how many nodes are served at a time."""

    def __init__(
        self, database: Database, clock: Clock, bus: Bus, tongues: Mapping[str, Tongue], house: House, limit: int = 64
    ) -> None:
        self._database, self._clock, self._bus, self._tongues, self._house = database, clock, bus, tongues, house
        self._limit = limit
        self._heralds: dict[str, Herald] = {}
        self._bodies: Lately[tuple[Seq, str], asyncio.Future[_Body | None]] = Lately(2_000)
        self._signers: Lately[MicroblogId, Signer | None] = Lately(1_000)
        self._done: list[DeliveryId] = []
        self._flushing: asyncio.Task[None] | None = None
        self._serving: dict[NodeId, asyncio.Task[None]] = {}
        self._look_again: set[NodeId] = set()

    def add_herald(self, herald: Herald) -> None:
        """Have those who hear no change told by it."""
        self._heralds[herald.name] = herald

    async def begin(self) -> None:
        """At a start whoever was not reached lately is tried again soon: it may have been we who were cut off."""
        now = self._clock.now()
        await self._database.write(lambda tx: nodes.try_again_soon(tx, now))

    async def step(self) -> int:
        """Serve every node that may be tried now until nothing more is due; how many nodes were served."""
        served = 0
        while started := await self._start_due():
            served += started
            await self._settle()
        return served

    async def run(self) -> None:
        """Serve nodes as they fall due."""
        while True:
            looked = self._clock.now()
            await self._start_due()
            if len(self._serving) >= self._limit:
                await asyncio.wait(self._serving.values(), return_when=asyncio.FIRST_COMPLETED)
            else:
                await self._bus.wait(dispatch.TOPIC, await self._patience(looked))

    async def stop(self, patience: float = 5.0) -> None:
        """Let what is under way finish for so many seconds, then keep the rest owed."""
        if self._serving:
            await asyncio.wait(self._serving.values(), timeout=patience)
        for task in self._serving.values():
            task.cancel()
        await asyncio.gather(*self._serving.values(), return_exceptions=True)
        await self._strike_off()

    async def _settle(self) -> None:
        await asyncio.gather(*self._serving.values())
        await self._strike_off()
        self._bodies.clear()

    async def _patience(self, looked: Millis) -> float:
        """Seconds until the next node may be tried that was not yet due at the last look, however little ago it was."""
        retry = await self._database.read(lambda tx: deliveries.next_retry(tx, looked))
        return min(30.0, max(0.05, (retry - self._clock.now()) / 1000)) if retry is not None else 30.0

    async def _start_due(self) -> int:
        """Send a courier to every node that is due and has none; how many set out."""
        now = self._clock.now()
        await self._replay_lapsed(now)
        due = await self._database.read(lambda tx: deliveries.due_nodes(tx, now, self._limit * 4))
        self._look_again.update(self._serving.keys() & due)
        fresh = [node for node in due if node not in self._serving][: self._limit - len(self._serving)]
        for node in fresh:
            task = asyncio.create_task(self._serve(node))
            self._serving[node] = task
            task.add_done_callback(partial(self._served, node))
        return len(fresh)

    def _served(self, node: NodeId, task: asyncio.Task[None]) -> None:
        self._serving.pop(node, None)
        if not self._serving:
            self._bodies.clear()
        if node in self._look_again:  # something was owed to it while its courier was about to come back
            self._look_again.discard(node)
            self._bus.nudge(dispatch.TOPIC)
        if not task.cancelled() and task.exception() is not None:
            _logger.error("a courier failed", exc_info=task.exception())

    async def _replay_lapsed(self, now: Millis) -> None:
        lapsed = await self._database.read(lambda tx: nodes.lapsed(tx, now, self._limit))
        for endpoint in lapsed:
            if endpoint.lapsed_from is not None and endpoint.node not in self._serving:
                await self._database.write(partial(_replay, endpoint=endpoint))
                self._look_again.add(endpoint.node)  # there may be more than one portion

    # -- one node

    async def _serve(self, node_id: NodeId) -> None:
        """Hand one node what it is owed, until there is no more or it cannot take it now."""
        after = DeliveryId(0)
        while True:
            node, parcels = await self._database.read(
                partial(_load, node_id=node_id, after=after, now=self._clock.now())
            )
            if node is None or not parcels:
                return
            after = parcels[-1].delivery.id
            goes_on = await self._hand_over_all(node, parcels)
            await self._strike_off()
            if not goes_on:
                return

    async def _hand_over_all(self, node: Node, parcels: Sequence[Parcel]) -> bool:
        """True where all could be dealt with; False where the node is busy."""
        queues: dict[MicroblogId, list[Parcel]] = {}
        for parcel in parcels:
            queues.setdefault(parcel.delivery.actor, []).append(parcel)
        if len(queues) == 1:
            return await self._hand_over_in_order(node, list(parcels))
        gate = asyncio.Semaphore(SIDE_BY_SIDE)

        async def one(queue: list[Parcel]) -> bool:
            async with gate:
                return await self._hand_over_in_order(node, queue)

        return all(await asyncio.gather(*(one(queue) for queue in queues.values())))

    async def _hand_over_in_order(self, node: Node, queue: Sequence[Parcel]) -> bool:
        """True where all could be dealt with; one that the node stumbles over does not hold up those behind it."""
        doubted: tuple[Parcel, Busy] | None = None
        in_a_row = 0
        for parcel in queue:
            outcome = await self._hand_over(node, parcel)
            counters.DELIVERIES.labels(type(outcome).__name__.lower()).inc()
            if isinstance(outcome, Busy):
                in_a_row += 1
                doubted = (parcel, outcome)
                if not outcome.doubtful or in_a_row == DOUBTS_IN_A_ROW:
                    break
                continue
            in_a_row = 0
            self._done.append(parcel.delivery.id)
            if isinstance(outcome, Unwanted):
                _logger.info("%s refuses a delivery: %s", node.host, outcome.why)
                if outcome.gone:
                    await self._database.write(partial(nodes.close_endpoint, endpoint_id=parcel.endpoint.id))
                    return True
            if node.health.failures or (isinstance(outcome, Delivered) and outcome.dialect not in ("", node.dialect)):
                node = await self._database.write(partial(_note_success, node=node, outcome=outcome))
        if doubted is None:
            return True
        parcel, trouble = doubted
        _logger.info("%s cannot take a delivery now: %s", node.host, trouble.why)
        await self._database.write(partial(self._note_failure, node_id=node.id, parcel=parcel, outcome=trouble))
        return False

    async def _hand_over(self, node: Node, parcel: Parcel) -> Outcome:
        herald = self._heralds.get(parcel.endpoint.protocol)
        if herald is not None:
            return await self._tell(parcel, herald)
        tongue = self._tongues.get(parcel.endpoint.protocol)
        if tongue is None:
            return Unwanted("no_such_protocol")
        try:
            body = await self._body(parcel, tongue)
        except UnavailableError:
            raise
        except Exception:
            _logger.exception("change %s cannot be put into words", parcel.delivery.seq)
            self._bodies.pop((parcel.delivery.seq, tongue.name), None)
            return Busy("no_words", doubtful=True)
        if body is None:
            return Delivered()
        followers = None
        if body.by_follower:
            actor, node_id = parcel.delivery.actor, node.id
            followers = await self._database.read(lambda tx: _followers_at(tx, actor, node_id))
        with counters.DELIVERY_SECONDS.time():
            return await tongue.send(parcel.endpoint, body.body, body.signer, node.dialect, followers)

    async def _tell(self, parcel: Parcel, herald: Herald) -> Outcome:
        recorded = await self._database.read(lambda tx: log.get(tx, parcel.delivery.seq))
        if recorded is None:
            return Delivered()
        try:
            with counters.DELIVERY_SECONDS.time():
                return await herald.tell(parcel.endpoint, recorded)
        except UnavailableError:
            raise
        except Exception:
            _logger.exception("change %s cannot be told by %s", parcel.delivery.seq, herald.name)
            return Busy("no_words", doubtful=True)

    async def _body(self, parcel: Parcel, tongue: Tongue) -> _Body | None:
        """The body, built once per change however many endpoints it goes to; anew for one that failed before, since
        the post may have been deleted meanwhile."""
        key = (parcel.delivery.seq, tongue.name)
        making = self._bodies.get(key) if not parcel.delivery.attempts else None
        if making is None:
            making = asyncio.ensure_future(self._database.read(lambda tx: self._encode(tx, parcel, tongue)))
            self._bodies[key] = making
        return await asyncio.shield(making)

    def _encode(self, tx: Transaction, parcel: Parcel, tongue: Tongue) -> _Body | None:
        actor = parcel.delivery.actor
        if actor not in self._signers:
            self._signers[actor] = microblogs.signer(tx, actor)
        signer = self._signers[actor]
        recorded = log.get(tx, parcel.delivery.seq)
        if signer is None or recorded is None:
            return None
        if not recorded.local:
            copy = arrivals.signed_copy(tx, recorded.wire_id)
            return _Body(copy, signer, by_follower=False) if copy is not None else None
        telling = retell(tx, recorded, self._house)
        body = tongue.encode(telling.change, telling.to, signer, recorded.at) if telling is not None else None
        if telling is None or body is None:
            return None
        return _Body(body, signer, _is_for_followers(telling.change))

    # -- what came of it

    async def _strike_off(self) -> None:
        """Strike off what was delivered; all that was done meanwhile goes in one commit.

        Back only when what this caller handed over is struck off, be it by another's commit: otherwise the next
        courier to the same node would find it still owed, and hand it over again.
        """
        for _ in range(2):  # a commit under way may have begun too early; the one after it did not
            if self._flushing is None or self._flushing.done():
                if not self._done:
                    return
                done, self._done = self._done, []
                self._flushing = asyncio.ensure_future(
                    self._database.write(partial(deliveries.strike_off, deliveries=done, at=self._clock.now()))
                )
            await asyncio.shield(self._flushing)

    def _note_failure(self, tx: Transaction, node_id: NodeId, parcel: Parcel, outcome: Busy) -> None:
        node, now = nodes.get(tx, node_id), self._clock.now()
        if node is None or now < node.health.retry_at <= now + nodes.TOO_FAR:
            return  # another attempt that failed at the same time has said so already
        doubted = outcome.doubtful and parcel.delivery.attempts + 1 >= MOST_DOUBTS
        if doubted and (deliveries.was_passed(tx, parcel.delivery) or is_given_up(node.health, now)):
            _logger.warning("%s answered %s too often; a delivery is given up", node.host, outcome.why)
            deliveries.drop(tx, [parcel.delivery.id])
        deliveries.tried(tx, parcel.delivery.id)
        spread = random.random()  # noqa: S311 - jitter, not a secret
        nodes.put_health(tx, node_id, after_attempt(node.health, outcome, now, spread))


def _replay(tx: Transaction, endpoint: Endpoint) -> None:
    if endpoint.lapsed_from is not None and deliveries.count_for(tx, endpoint.id) < ROWS_OWED // 2:
        dispatch.replay(tx, endpoint.id, endpoint.node, endpoint.lapsed_from)


def _load(tx: Transaction, node_id: NodeId, after: DeliveryId, now: Millis) -> tuple[Node | None, list[Parcel]]:
    return nodes.get(tx, node_id), deliveries.parcels(tx, node_id, after, AT_ONCE, now)


def _note_success(tx: Transaction, node: Node, outcome: Outcome) -> Node:
    nodes.put_health(tx, node.id, Health())
    if isinstance(outcome, Delivered) and outcome.dialect:
        nodes.put_dialect(tx, node.id, outcome.dialect)
        node = node._replace(dialect=outcome.dialect)
    return node._replace(health=Health())


def _followers_at(tx: Transaction, actor: MicroblogId, node: NodeId) -> list[WireId]:
    found = (wire_ids.of(tx, m, wire_ids.Thing.MICROBLOG) for m in relations.followers_at(tx, actor, node))
    return [wire_id for wire_id in found if wire_id is not None]


def _is_for_followers(change: Change) -> bool:
    return isinstance(change, Posted | Edited) and change.post.audience is Audience.FOLLOWERS
