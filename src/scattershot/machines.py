"""The machines under the ports that a node runs on: its store, its clock, its way out, where its files lie."""

import fcntl
import importlib.util
import os
from pathlib import Path
from typing import NamedTuple

from scattershot import __version__
from scattershot.drivers.archive import KEPT, MEDIA
from scattershot.drivers.blobs_disk import DiskAside, DiskBlobs
from scattershot.drivers.bus_local import LocalBus
from scattershot.drivers.darkroom.room import ProcessDarkroom
from scattershot.drivers.http_client import HttpClient
from scattershot.drivers.key_maker import OpensslKeyMaker
from scattershot.drivers.system_clock import SystemClock
from scattershot.drivers.websocket_client import WebSocketClient
from scattershot.ports.blobs import Aside, Blobs
from scattershot.ports.bus import Bus
from scattershot.ports.clock import Clock
from scattershot.ports.darkroom import Darkroom
from scattershot.ports.database import Database
from scattershot.ports.datagrams import Datagrams, Nearby
from scattershot.ports.fetcher import Pourer
from scattershot.ports.keys import KeyMaker
from scattershot.ports.sockets import Dialler
from scattershot.settings import BadSettings, Settings
from scattershot.wirekit.addresses import is_public_address


class Shelves(NamedTuple):
    """Where files are kept, ours and those of other nodes, where they lie before, and where they are opened."""

    kept: Blobs
    cache: Blobs
    aside: Aside
    darkroom: Darkroom


class Drivers(NamedTuple):
    """The machines under the ports."""

    database: Database
    clock: Clock
    bus: Bus
    fetcher: Pourer
    keys: KeyMaker
    shelves: Shelves
    dialler: Dialler
    datagrams: Datagrams | None = None
    nearby: Nearby | None = None


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


def real_drivers(settings: Settings, database: Database | None = None, *, listens: bool = False) -> Drivers:
    """The machines of a node; a database already opened is taken as it is. One that `listens` does so for datagrams
    too, where the settings say so: OSError where it cannot."""
    schemes = frozenset({"https", "http"} if settings.insecure_http else {"https"})
    fetcher = HttpClient(
        may_dial=(lambda _: True) if settings.allow_private_addresses else is_public_address,
        user_agent=user_agent(settings),
        schemes=schemes,
    )
    dialler = WebSocketClient(
        may_dial=(lambda _: True) if settings.allow_private_addresses else is_public_address,
        user_agent=user_agent(settings),
        schemes=frozenset({"wss", "ws"} if settings.insecure_http else {"wss"}),
    )
    store = database or open_database(settings)
    datagrams = _datagrams(settings) if listens and settings.udp else None
    return Drivers(
        store, SystemClock(), LocalBus(), fetcher, OpensslKeyMaker(), shelves(settings), dialler, datagrams,
        _nearby(settings, datagrams) if datagrams is not None and settings.udp_groups else None,
    )  # fmt: skip


def _datagrams(settings: Settings) -> Datagrams:
    from scattershot.drivers.udp import UdpSocket

    may_send = (lambda _: True) if settings.allow_private_addresses else is_public_address
    return UdpSocket(settings.udp, settings.udp_groups, may_send)


def _nearby(settings: Settings, datagrams: Datagrams) -> Nearby | None:
    """Who is on the same network, where the extra `lan` is there to find out."""
    if importlib.util.find_spec("zeroconf") is None:
        return None
    from scattershot.drivers.lan import Lan

    return Lan(settings.origin, datagrams.port)


def shelves(settings: Settings) -> Shelves:
    """Files below the data folder; nothing is made there before there is one to keep."""
    folder = settings.data / MEDIA
    return Shelves(
        DiskBlobs(folder / KEPT), DiskBlobs(folder / "cache"), DiskAside(folder / "aside"), ProcessDarkroom()
    )


def user_agent(settings: Settings) -> str:
    """How the node calls itself when it asks others."""
    return f"Scattershot/{__version__} (+{settings.origin}/)"


def open_database(settings: Settings) -> Database:
    """The store that the settings name, not yet brought up to date."""
    if not settings.database:
        from scattershot.storage.sqlite import SqliteDatabase

        return SqliteDatabase(settings.data / "scattershot.sqlite")
    if not settings.database.startswith(("postgres://", "postgresql://")):
        raise BadSettings(f"database: {settings.database.partition(':')[0]!r} is not postgresql://…")
    from scattershot.storage.postgres import PostgresDatabase

    return PostgresDatabase(settings.database)
