"""Opening a data folder as a node: whose it is, where in the world it is, and all of it put together."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec.structs import replace

from scattershot.bootstrap import Node, build_node
from scattershot.drivers.system_clock import SystemClock
from scattershot.machines import DataInUseError, Drivers, open_database, own_data, real_drivers
from scattershot.ports.database import Database, Transaction
from scattershot.settings import BadSettings, Settings
from scattershot.storage.migrate import WrongDatabaseError, migrate
from scattershot.storage.tables import whereabouts
from scattershot.storage.tables.whereabouts import Whereabouts


class Trouble(Exception):
    """What went wrong, in a sentence for whoever typed the command."""


_LOOK_AGAIN = 0.05


async def own(folder: Path, patience: float, busy: Callable[[], bool] = lambda: False) -> int:
    """Own the data folder, waiting so many seconds for a short command that has it; Trouble where it stays another's.

    `busy` is asked meanwhile whether waiting is in vain.
    """
    loop = asyncio.get_running_loop()
    give_up = loop.time() + patience
    while True:
        try:
            return own_data(folder)
        except DataInUseError as problem:
            if busy():
                raise Trouble(f"A node runs in {folder} already.") from problem
            if loop.time() > give_up:
                raise Trouble(str(problem)) from problem
            await asyncio.sleep(_LOOK_AGAIN)
        except OSError as problem:
            raise Trouble(f"{folder} cannot be used: {problem.strerror}.") from problem


def is_set_up(settings: Settings) -> bool:
    """Whether a node was ever made there; of a database elsewhere it is taken for granted."""
    return bool(settings.database) or (settings.data / "scattershot.sqlite").exists()


@asynccontextmanager
async def opened(settings: Settings, *, runs: bool) -> AsyncIterator[Node]:
    """The node of a data folder that is ours already, not started; `runs` says that it will be.

    A short command takes the origin that the node had when it last ran, unless the settings say one.
    """
    os.umask(0o077)
    try:
        database = open_database(settings)
    except BadSettings as problem:
        raise Trouble(str(problem)) from problem
    except Exception as problem:  # each engine has its own
        raise Trouble(f"The database cannot be opened: {problem}") from problem
    try:
        settings = await _settled(database, settings, runs=runs)
        node = await build_node(settings, _drivers(settings, database, listens=runs))
    except BaseException:
        await database.close()
        raise
    try:
        yield node
    finally:
        await node.stop(5.0 if runs else 2.0)


def _drivers(settings: Settings, database: Database, *, listens: bool) -> Drivers:
    try:
        return real_drivers(settings, database, listens=listens)
    except OSError as problem:
        raise Trouble(
            f"Datagrams cannot be listened for at {settings.udp}: {problem.strerror or problem}."
        ) from problem


async def _settled(database: Database, settings: Settings, *, runs: bool) -> Settings:
    """The settings with the origin that this node has to keep."""
    try:
        await migrate(database, SystemClock().now())
    except WrongDatabaseError as problem:
        raise Trouble(f"{problem}.") from problem
    told = Whereabouts(settings.origin, settings.domain)

    def work(tx: Transaction) -> Whereabouts:
        known = whereabouts.get(tx)
        if known is None or known == told:
            whereabouts.put(tx, told)
            return told
        if _is_for_trying(told.origin, settings) and not (runs and known.origin.startswith("http://localhost:")):
            return known
        if known.origin == told.origin:  # new names are made elsewhere from now on; the old ones stay
            whereabouts.put(tx, told)
            return told
        if whereabouts.is_known_elsewhere(tx):
            raise Trouble(
                f"{settings.data} holds the node {known.origin}, and others know it by that address, so it cannot "
                f"become {told.origin}. Start it with --origin {known.origin}, or take another folder."
            )
        whereabouts.move(tx, known, told)
        return told

    where = await database.write(work)
    if where == told:
        return settings
    domains = (where.domain, *(domain for domain in settings.domains if domain not in (told.domain, where.domain)))
    return replace(settings, origin=where.origin, domains=domains)


def _is_for_trying(origin: str, settings: Settings) -> bool:
    """Whether the origin is only what stands in where none was said."""
    return origin == f"http://localhost:{settings.listen.rpartition(':')[2]}"
