"""The house's own emojis: `emoji add`, `list`, `edit` and `remove`."""

import asyncio
from pathlib import Path

from scattershot.app.media import EMOJI_BYTES
from scattershot.bootstrap import Node
from scattershot.domain.reading import Refused
from scattershot.opening import Trouble
from scattershot.verbs.saying import Say, trouble


async def emoji_add(node: Node, say: Say, *, name: str, mark: str, category: str, offered: bool) -> None:
    """Make an emoji of the picture that lies in the data folder under that name."""
    try:
        data = await asyncio.to_thread(_beginning, node.settings.data / Path(mark).name)
    except OSError as problem:
        raise Trouble(f"The file cannot be read: {problem.strerror}.") from problem
    given = node.media.receiving()
    try:
        await given.add(data)
        await given.end()
        made = await node.house_emojis.add(name, given, category=category, offered=offered)
    finally:
        given.discard()
    if isinstance(made, Refused):
        raise trouble(made)
    say.out(f":{made.shortcode}: is an emoji now.")


def _beginning(file: Path) -> bytes:
    """As much of it as may be, and a byte more where there is more."""
    with file.open("rb") as opened:
        return opened.read(EMOJI_BYTES + 1)


async def emoji_list(node: Node, say: Say) -> None:
    """Print the emojis by category."""
    found = await node.house_emojis.every()
    if not found:
        say.note("There are no emojis of the house yet.")
    for each in found:
        more = [each.category, "" if each.offered else "hidden"]
        say.out("  ".join([f":{each.shortcode}:", *filter(None, more)]))


async def emoji_edit(node: Node, say: Say, *, name: str, category: str | None, offered: bool | None) -> None:
    """Let it stand elsewhere, or be offered or not."""
    made = await node.house_emojis.alter(name, category=category, offered=offered)
    if isinstance(made, Refused):
        raise trouble(made)
    where = f"under {made.category}" if made.category else "under no category"
    say.out(f":{made.shortcode}: stands {where} and is {'offered' if made.offered else 'hidden'}.")


async def emoji_remove(node: Node, say: Say, *, name: str, erase: bool) -> None:
    """Let it be an emoji no more."""
    refused = await node.house_emojis.drop(name, erase=erase)
    if refused is not None:
        raise trouble(refused)
    say.out(f"{name} is no emoji any more{' and its picture is gone' if erase else ''}.")
