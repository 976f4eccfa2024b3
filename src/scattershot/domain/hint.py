"""Hints: datagrams that say that there is news. Who is told so by us, and who tells us; never the news itself."""

from typing import NamedTuple

from scattershot.domain.ids import MicroblogId, Millis, NodeId, Seq

PATIENCE = 5_000
"""Milliseconds for which a hint is repeated, and its delivery by HTTP held back. Within them five tries go out: where a
third of all datagrams is lost, both ways, 30 of 31 are heard; and nobody waits past the five seconds that are quick to
people for what then comes by HTTP."""
DOUBTS = 3
"""After so many hints in a row that nobody answered, a listener is told by HTTP alone until it asks again."""


class Listener(NamedTuple):
    """A node that is told by datagrams: at `address`, or by the `group` where it has one. `token` is its own word for
    what is meant for it. `last` is the serial of the hint before; it is told until the lease is over."""

    node: NodeId
    host: str
    name: bytes
    sign: bytes
    agree: bytes
    address: str
    group: str
    token: bytes
    until: Millis
    last: Seq


class Teller(NamedTuple):
    """A node that may tell us. Everything up to `position` of its epoch is here. `address` is where its datagrams come
    from, empty until it challenged us; `due` is when to ask it anew, after so many `failures` in a row."""

    host: str
    name: bytes = b""
    sign: bytes = b""
    agree: bytes = b""
    epoch: bytes = b""
    position: int = 0
    address: str = ""
    group: str = ""
    token: bytes = b""
    until: Millis = Millis(0)
    silence: int = 0
    due: Millis = Millis(0)
    failures: int = 0


class Planned(NamedTuple):
    """A change to be hinted at: to these listeners, each with the serial before; and to these groups."""

    seq: Seq
    actor: MicroblogId
    listeners: tuple[tuple[Listener, Seq], ...]
    groups: tuple[tuple[str, Seq], ...]
    members: tuple[Listener, ...]
    """Those of the groups who are owed the change."""


class Worded(NamedTuple):
    """A change in words that bear its author's proof; `id` is what it is about."""

    seq: Seq
    body: bytes
    id: str


class Stretch(NamedTuple):
    """What a listener is owed behind one place and up to another; `newest` is the end of the log."""

    told: list[Worded]
    up_to: Seq
    newest: Seq
