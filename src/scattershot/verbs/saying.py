"""How a verb answers: lines to print and remarks beside them; what goes wrong is `opening.Trouble`."""

from typing import Any, Protocol

from scattershot.bootstrap import Node
from scattershot.domain.reading import Refused
from scattershot.opening import Trouble

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
