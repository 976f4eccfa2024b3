"""How a verb answers: lines to print and remarks beside them; what goes wrong is `opening.Trouble`."""

from typing import Any, Protocol

from scattershot.bootstrap import Node
from scattershot.domain.microblog import Handle, parse_handle
from scattershot.domain.reading import Refused
from scattershot.opening import Trouble
from scattershot.storage.tables import microblogs, people
from scattershot.storage.tables.microblogs import Row
from scattershot.wirekit.urls import normal_host

# Control characters could move a terminal's cursor or rename its window.
_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), *range(0x7F, 0xA0)])


class Say(Protocol):
    """Where a verb's words go."""

    def out(self, text: str) -> None:
        """What was asked for; nothing else goes to standard output."""
        ...

    def note(self, text: str) -> None:
        """A remark beside it."""
        ...


class Verb(Protocol):
    """One verb, carried out on a node, running or not."""

    async def __call__(self, node: Node, say: Say, /, **arguments: Any) -> None: ...


def shown(text: str) -> str:
    """Text from strangers as it may go to a terminal: new lines and tabs are the only control characters in it."""
    return text.translate(_CONTROLS)


def trouble(refused: Refused) -> Trouble:
    """What was refused, in the words for people."""
    return Trouble(refused.detail or f"That was refused: {refused.why.replace('_', ' ')}.")


async def microblog_here(node: Node, name: str) -> Row:
    """The microblog kept here that goes by the name (`ann`, or `ann@domain` of this node)."""
    handle = parse_handle(name)
    domain = node.settings.domain if handle is None or not handle.domain else normal_host(handle.domain)
    if handle is not None and domain in node.settings.domains:
        wanted = Handle(handle.name.lower(), domain)
        row = await node.drivers.database.read(lambda tx: microblogs.named(tx, wanted))
        if row is not None and not row.gone:
            return row
    known = await node.drivers.database.read(
        lambda tx: [row.profile.name for row in microblogs.here(tx) if people.by_name(tx, row.profile.name)]
    )
    names = f"Here are: {', '.join(known[:20])}." if known else "Nobody is here yet: scattershot person add NAME"
    raise Trouble(f"Nobody here is called {name}. {names}")
