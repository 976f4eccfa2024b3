"""Looking after a node: a copy for `backup`, and the other nodes it knows."""

from datetime import UTC, datetime
from pathlib import Path

from msgspec import json

from scattershot.bootstrap import Node
from scattershot.domain.node import Standing
from scattershot.drivers.archive import DATABASE
from scattershot.opening import Trouble
from scattershot.storage.sqlite import SqliteDatabase
from scattershot.storage.tables import nodes as rows
from scattershot.verbs.saying import Say, shown
from scattershot.wirekit.urls import normal_host


async def copy_database(node: Node, say: Say, *, mark: str) -> None:
    """Copy the database within the data folder, under a name with that mark; says in JSON what `backup` must know."""
    database = node.drivers.database
    if not isinstance(database, SqliteDatabase):
        raise Trouble("This node keeps its data in PostgreSQL: back it up with pg_dump, and keep the data folder.")
    copy = node.settings.data / f"{Path(mark).name}.{DATABASE}"
    await database.backup_to(copy)
    made = datetime.fromtimestamp(node.drivers.clock.now() / 1000, UTC).isoformat(timespec="seconds")
    told = {"copy": str(copy), "made": made, "origin": node.settings.origin}
    say.out(json.encode(told).decode())


async def nodes(node: Node, say: Say, *, limit: int, as_json: bool) -> None:
    """Print the servers known here, those that most waits for first."""
    listing = await node.drivers.database.read(lambda tx: rows.listing(tx, limit))
    if as_json:
        for row in listing:
            say.out(json.encode(row._asdict()).decode())
        return
    if not listing:
        say.note("No other node is known here yet.")
        return
    width = max(len(row.host) for row in listing)
    now = node.drivers.clock.now()
    for row in listing:
        standing = "" if row.standing == Standing.NORMAL else f"{row.standing}  "
        waiting = f"{row.waiting} waiting" if row.waiting else "nothing waiting"
        failing = f", failed {row.failures} times in a row" if row.failures else ""
        retry = f", next try in {(row.retry_at - now) / 1000:,.0f} s" if row.retry_at > now else ""
        heard = f", heard from {_moment(row.heard_at)}" if row.heard_at else ""
        say.out(shown(f"{row.host:<{width}}  {standing}{waiting}{failing}{retry}{heard}"))


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M} UTC"


async def block_node(node: Node, say: Say, *, host: str) -> None:
    """Deal no more with a server, nor with any below its domain."""
    name = _host(node, host)
    ended = await node.dealing.block(name)
    follows = f" {ended} {'follow was' if ended == 1 else 'follows were'} ended." if ended else ""
    say.out(f"{name} is blocked: nothing goes there, and nothing is taken or shown from there.{follows}")


async def unblock_node(node: Node, say: Say, *, host: str) -> None:
    """Deal with a server again."""
    name = _host(node, host)
    await node.dealing.unblock(name)
    say.out(f"{name} is dealt with again.")


def _host(node: Node, host: str) -> str:
    name = normal_host(host.strip())
    if name is None:
        raise Trouble(f"{host!r} is not the name of a host.")
    if node.settings.host == name or node.settings.host.endswith(f".{name}"):
        raise Trouble("That is this node itself.")
    return name
