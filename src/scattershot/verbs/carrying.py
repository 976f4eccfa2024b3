"""Carrying a verb out: on the node that runs, or on its data folder where none does."""

import asyncio
import contextlib
import logging
from functools import partial

from scattershot.bootstrap import Node
from scattershot.domain.ids import Millis, Seq
from scattershot.domain.record import Kind
from scattershot.drivers.control import Asked, Line, Tell
from scattershot.opening import Trouble, opened
from scattershot.ports.database import Transaction
from scattershot.settings import Settings
from scattershot.storage.tables import deliveries, log, nodes
from scattershot.verbs.book import VERBS

SECONDS_TO_SEND = 3.0
"""How long a command on a node that does not run tries to send off what it led to."""

_logger = logging.getLogger(__name__)


class _Teller:
    """Says what a verb says in lines of an answer."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def out(self, text: str) -> None:
        self._tell(Line(out=text))

    def note(self, text: str) -> None:
        self._tell(Line(note=text))


async def carry_out(node: Node, asked: Asked, tell: Tell) -> int:
    """Do what was asked; the exit status."""
    try:
        await VERBS[asked.verb](node, _Teller(tell), **asked.arguments)
    except Trouble as problem:
        tell(Line(note=f"Error: {problem}"))
        return 1
    except Exception:
        _logger.exception("the command %r failed", asked.verb)
        tell(Line(note="Error: That went wrong in a way nobody foresaw; the log says where."))
        return 1
    return 0


async def carry_out_here(settings: Settings, asked: Asked, tell: Tell) -> int:
    """Do what was asked on a data folder that is ours already; what can go out to other nodes goes at once."""
    async with opened(settings, runs=False) as node:
        while await node.readers.step():
            pass
        before = await node.drivers.database.read(log.newest)
        status = await carry_out(node, asked, tell)
        if await _is_owed_after(node, before):
            tell(Line(note="It will go out when the node runs."))
        return status


async def _is_owed_after(node: Node, before: Seq) -> bool:
    """Send off what was done after that place; whether some of it could not go."""
    database = node.drivers.database
    newest = await database.read(log.newest)
    if newest == before:
        return False
    places = [Seq(seq) for seq in range(before + 1, newest + 1)]
    now = node.drivers.clock.now()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SECONDS_TO_SEND):
            while await node.readers.step():
                pass
            if await database.read(lambda tx: _would_be_believed(tx, places, now)):
                await node.couriers.step()
    return await database.read(lambda tx: bool(deliveries.of_seqs(tx, places)))


def _would_be_believed(tx: Transaction, places: list[Seq], now: Millis) -> bool:
    """Whether the others have our keys already. Whoever must ask for one now finds nobody, and then does not ask again
    for a while; so a first word waits until the node runs."""
    first_words = any(recorded.kind is Kind.FOLLOWED for recorded in map(partial(log.get, tx), places) if recorded)
    due = (nodes.get(tx, node) for node in deliveries.due_nodes(tx, now, 1_000))
    return not first_words and all(node is not None and node.dialect for node in due)
