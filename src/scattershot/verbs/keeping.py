"""Looking after a node: a copy for `backup`, and the other nodes it knows."""

from datetime import UTC, datetime
from pathlib import Path

from msgspec import json

from scattershot.app.block_lists import read_list, take_list
from scattershot.bootstrap import Node
from scattershot.domain.node import EVERYWHERE, Standing
from scattershot.domain.reading import Refused
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
    """Deal no more with a server, nor with any below its domain; * is every one of which nothing else is said."""
    ended = _done(await node.dealing.block(host), host)
    follows = _ended(ended)
    if host.strip() == EVERYWHERE:
        say.out(f"Every node that is not let in by allow-node is blocked.{follows}")
        return
    say.out(f"{host} is blocked: nothing goes there, and nothing is taken or shown from there.{follows}")


async def limit_node(node: Node, say: Say, *, host: str) -> None:
    """Show what comes from a server to those alone who follow its people."""
    _done(await node.dealing.limit(host), host)
    say.out(f"{host} is limited: its people are heard by those who follow them, and shown to nobody else.")


async def allow_node(node: Node, say: Say, *, host: str) -> None:
    """Deal with a server, also where all others are blocked."""
    _done(await node.dealing.allow(host), host)
    say.out(f"{host} is let in.")


async def unblock_node(node: Node, say: Say, *, host: str) -> None:
    """Say nothing of a server any more: it is dealt with as any other."""
    name = EVERYWHERE if host.strip() == EVERYWHERE else normal_host(host.strip())
    if name is None:
        raise Trouble(f"{host!r} is not the name of a host.")
    await node.dealing.unblock(name)
    say.out("Every node is dealt with again." if name == EVERYWHERE else f"{name} is dealt with again.")


async def import_blocks(node: Node, say: Say, *, text: str, dry_run: bool) -> None:
    """Do what a list of blocked hosts says, and tell of each line what became of it."""
    changed = follows = lines = 0
    async for taken in take_list(node.dealing, read_list(text), dry=dry_run):
        say.out(shown(f"{taken.host}: {taken.said}"))
        lines += 1
        changed += taken.changed
        follows += taken.follows
    would = "would be" if dry_run else "were"
    say.note(f"{changed} of {lines} {'host' if lines == 1 else 'hosts'} {would} taken over.{_ended(follows)}")


def _ended(follows: int) -> str:
    return f" {follows} {'follow was' if follows == 1 else 'follows were'} ended." if follows else ""


def _done(outcome: int | Refused, host: str) -> int:
    if isinstance(outcome, Refused):
        raise Trouble(f"{host!r}: {outcome.detail}")
    return outcome
