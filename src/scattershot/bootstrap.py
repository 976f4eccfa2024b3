"""Putting a node together: the only room that knows every other."""

import asyncio
import fcntl
import logging
import os
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from starlette.types import ASGIApp

from scattershot import __version__
from scattershot.app import counters, dispatch
from scattershot.app.apply.origin import House, Ids
from scattershot.app.catch_up import CatchUp
from scattershot.app.couriers import Couriers
from scattershot.app.discover import Discover
from scattershot.app.dispatch import Dispatch
from scattershot.app.fanout import Fanout
from scattershot.app.housekeeping import Housekeeping
from scattershot.app.intake import Intake
from scattershot.app.people import People
from scattershot.app.publish import Publisher
from scattershot.app.readers import Readers
from scattershot.domain.addresses import Addresses
from scattershot.domain.microblog import Profile
from scattershot.domain.node import EndpointAddress
from scattershot.drivers.bus_local import LocalBus
from scattershot.drivers.http_client import HttpClient
from scattershot.drivers.key_maker import OpensslKeyMaker
from scattershot.drivers.system_clock import SystemClock
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.database import Database
from scattershot.ports.fetcher import Fetcher
from scattershot.ports.keys import KeyMaker
from scattershot.ports.protocol import Tongue
from scattershot.protocols.activitypub.adapter import ActivityPub
from scattershot.protocols.activitypub.gateway.routes import ActivityPubRoutes
from scattershot.server import make_app, shared
from scattershot.settings import BadSettings, Settings
from scattershot.storage.migrate import migrate
from scattershot.wirekit.addresses import is_public_address

Loop = Callable[[], Coroutine[Any, Any, None]]

_logger = logging.getLogger(__name__)


class Drivers(NamedTuple):
    """The machines under the ports."""

    database: Database
    clock: Clock
    bus: Bus
    fetcher: Fetcher
    keys: KeyMaker


class DataInUseError(Exception):
    """Another process owns the data folder."""


def own_data(folder: Path) -> int:
    """Make the data folder this process's own until it ends; DataInUseError where it is another's.

    The kernel lets go of it however the process ends.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise DataInUseError(f"{folder} is in use by another scattershot.") from None
    return lock


def real_drivers(settings: Settings) -> Drivers:
    """The machines of a running node."""
    agent = f"Scattershot/{__version__} (+{settings.origin}/)"
    schemes = frozenset({"https", "http"} if settings.insecure_http else {"https"})

    def anywhere(_: str) -> bool:
        return True

    fetcher = HttpClient(
        may_dial=anywhere if settings.allow_private_addresses else is_public_address,
        user_agent=agent,
        schemes=schemes,
    )
    return Drivers(_database(settings), SystemClock(), LocalBus(), fetcher, OpensslKeyMaker())


def _database(settings: Settings) -> Database:
    if not settings.database:
        from scattershot.storage.sqlite import SqliteDatabase

        return SqliteDatabase(settings.data / "scattershot.sqlite")
    if not settings.database.startswith(("postgres://", "postgresql://")):
        raise BadSettings(f"database: {settings.database.partition(':')[0]!r} is not postgresql://…")
    from scattershot.storage.postgres import PostgresDatabase

    return PostgresDatabase(settings.database)


class Node:
    """A whole node: `start` brings its loops to life, `step` moves everything once for tests, `stop` ends it."""

    def __init__(self, settings: Settings, drivers: Drivers, speaker_people: tuple[House, People]) -> None:
        self.settings, self.drivers = settings, drivers
        self.house, self.people = speaker_people
        self._tasks: list[asyncio.Task[Any]] = []
        self.app: ASGIApp

    async def assemble(self, tongues: Mapping[str, Tongue]) -> None:
        """Put the parts together, from the ground up."""
        database, clock, bus, fetcher, _ = self.drivers
        settings = self.settings
        speaker = await self.people.node_speaker(settings.title)
        self.discover = Discover(database, clock, bus, tongues, self.house, speaker, settings.domains)
        self.intake = Intake(database, clock, bus, tongues, self.house, self.discover)
        self.publisher = Publisher(
            database, clock, bus, self.house, self.discover, settings.domains, settings.max_post_length
        )
        self.readers = Readers(database, clock, bus, [Fanout(self.house), Dispatch()])
        self.readers.after_step(lambda: bus.nudge(dispatch.TOPIC))
        self.couriers = Couriers(database, clock, bus, tongues, self.house, settings.couriers)
        self.catch_up = CatchUp(database, clock, bus, tongues, self.discover)
        self.housekeeping = Housekeeping(database, clock)
        self.app = self._app(fetcher)

    def _app(self, fetcher: Fetcher) -> ASGIApp:
        activitypub = ActivityPubRoutes(
            self.settings, self.drivers.database, self.drivers.clock, self.house, fetcher, self.intake, self.discover
        )
        routes = [*activitypub.routes, *shared({}, activitypub.documents)]
        return make_app(routes, metrics=self.settings.metrics)

    async def start(self) -> None:
        """Let the node live: everything that goes on by itself goes on."""
        await self.catch_up.begin()
        loops: list[Loop] = [
            self.readers.run,
            self.intake.run,
            self.couriers.run,
            self.discover.run,
            self.catch_up.run,
            self.housekeeping.run,
            _watch_lag,
        ]
        self._tasks = [asyncio.create_task(_kept_alive(loop)) for loop in loops]

    async def step(self) -> int:
        """Move everything on by one step; how much there was to do."""
        done = await self.readers.step()
        done += await self.intake.step()
        done += await self.couriers.step()
        done += await self.discover.step()
        return done + await self.catch_up.step()

    async def stop(self) -> None:
        """Stop without haste: what is under way is finished or kept."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.couriers.stop()
        await self.drivers.database.close()
        if isinstance(self.drivers.fetcher, HttpClient):
            await self.drivers.fetcher.close()


async def build_node(settings: Settings, drivers: Drivers | None = None) -> Node:
    """A node with its store brought up to date, ready to start."""
    drivers = drivers or real_drivers(settings)
    await migrate(drivers.database, drivers.clock.now())
    activitypub = ActivityPub(settings, drivers.fetcher, drivers.clock)
    tongues: Mapping[str, Tongue] = {activitypub.name: activitypub}

    def door(profile: Profile) -> EndpointAddress | None:
        tongue = tongues.get(profile.id.protocol)
        return tongue.door(profile) if tongue is not None else None

    house = House(Addresses(settings.origin), Ids(os.getpid()), door)
    people = People(drivers.database, drivers.clock, drivers.bus, drivers.keys, house, settings.domains)
    node = Node(settings, drivers, (house, people))
    await node.assemble(tongues)
    return node


async def _kept_alive(loop: Loop) -> None:
    """Run a loop for ever: what it stumbles over is logged, and a moment later it goes on."""
    while True:
        try:
            await loop()
        except Exception:
            _logger.exception("a loop of the node stumbled; it goes on")
            await asyncio.sleep(1.0)


async def _watch_lag() -> None:
    """How late the loop runs is the first sign of trouble: something holds up everything else."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + 1.0
        await asyncio.sleep(1.0)
        counters.LOOP_LAG.set(max(0.0, loop.time() - due))
