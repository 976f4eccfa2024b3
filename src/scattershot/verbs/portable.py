"""Taking along what is a microblog's, and bringing it in, from the command line.

Files change hands in the data folder, which the command and the node that runs both can reach.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from msgspec import json

from scattershot.app.exporting import FILES
from scattershot.bootstrap import Node
from scattershot.domain.ids import MicroblogId
from scattershot.domain.reading import Refused
from scattershot.opening import Trouble
from scattershot.storage.tables.imports import Row, State
from scattershot.verbs.naming import microblog_here
from scattershot.verbs.saying import Say, shown, trouble
from scattershot.wirekit.mastodon_csv import File

KINDS = {
    "following": File.FOLLOWING,
    "blocks": File.BLOCKS,
    "mutes": File.MUTES,
    "domains": File.DOMAINS,
    "bookmarks": File.BOOKMARKS,
    "lists": File.LISTS,
}
"""What can be brought in, as it is typed."""

ARCHIVE = "archive.zip"

LOOK_AGAIN, LOOKS = 0.2, 50
"""How often it is looked whether a file was taken over, and how many times."""


async def export(node: Node, say: Say, *, name: str) -> None:
    """Write all files aside; says in JSON where each one lies."""
    row = await microblog_here(node, name)
    made: dict[str, str] = {}
    try:
        for file in FILES:
            path = node.drivers.shelves.aside.path()
            made[f"{file.value}.csv"] = str(path)
            pieces = [piece async for piece in node.exporting.csv(row.id, file)]
            await asyncio.to_thread(path.write_bytes, b"".join(pieces))
        path = node.drivers.shelves.aside.path()
        made[ARCHIVE] = str(path)
        await node.archives.write(row.id, path)
    except BaseException:
        _drop(made.values())
        raise
    say.out(json.encode(made).decode())


def _drop(paths: Iterable[str]) -> None:
    for path in paths:
        Path(path).unlink(missing_ok=True)


async def import_(node: Node, say: Say, *, name: str, kind: str, mark: str, overwrite: bool) -> None:
    """Take over the file that lies in the data folder under that name."""
    row = await microblog_here(node, name)
    try:
        body = await asyncio.to_thread((node.settings.data / Path(mark).name).read_bytes)
    except OSError as problem:
        raise Trouble(f"The file cannot be read: {problem.strerror}.") from problem
    taken = await node.importing.take(row.id, KINDS[kind], body, overwrite=overwrite)
    if isinstance(taken, Refused):
        raise trouble(taken)
    found = await _this(node, row.id, taken)
    for _ in range(LOOKS if node.runs else 0):
        if found.state is State.DONE:
            break
        await node.drivers.clock.sleep(LOOK_AGAIN)
        found = await _this(node, row.id, taken)
    done = found.total - found.remaining - found.failed
    say.out(f"{done} of {found.total} lines done, {found.failed} failed.")
    pieces = await node.importing.failures(row.id, taken) if found.failed else None
    if pieces is not None:
        async for piece in pieces:
            say.note(shown(piece.decode().rstrip("\n")))
    if found.state is not State.DONE:
        say.note("It goes on in the background." if node.runs else "It goes on when the node runs.")


async def _this(node: Node, owner: MicroblogId, import_id: int) -> Row:
    found = await node.importing.one(owner, import_id)
    if found is None:
        raise Trouble("The microblog is gone.")
    return found
