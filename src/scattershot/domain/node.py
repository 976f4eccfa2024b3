"""What we think of other servers: a `Node` is any server we exchange with, an `Endpoint` one door of it."""

from enum import StrEnum
from typing import NamedTuple

from scattershot.domain.ids import EndpointId, Millis, NodeId, Seq


class Standing(StrEnum):
    """How far we deal with a node: `limited` is heard but shown only to its followers, `blocked` not at all."""

    NORMAL = "normal"
    LIMITED = "limited"
    BLOCKED = "blocked"


EVERYWHERE = "*"
"""In place of a host: every host of which nothing is said by itself."""


class HostRule(NamedTuple):
    """What those who run this node say of a host and of every host below it.

    `allows`: made to let it in where others are kept out; `obfuscated`: strangers read its name with stars in it.
    """

    host: str
    standing: Standing
    allows: bool = False
    rejects_media: bool = False
    rejects_reports: bool = False
    private_comment: str = ""
    public_comment: str = ""
    obfuscated: bool = False


class Health(NamedTuple):
    """How a node has answered us lately: failed attempts in a row, since when, and when to try again."""

    failures: int = 0
    failing_since: Millis | None = None
    retry_at: Millis = Millis(0)


class Node(NamedTuple):
    """A server we exchange with; `dialect` is the signature dialect it last accepted, empty while unknown."""

    id: NodeId
    host: str
    standing: Standing
    health: Health
    dialect: str = ""


class EndpointAddress(NamedTuple):
    """A door of a node as a protocol names it."""

    protocol: str
    kind: str
    address: str


class Endpoint(NamedTuple):
    """A door we know: `lapsed_from` is the first change it missed when it was too long down to be owed rows."""

    id: EndpointId
    node: NodeId
    protocol: str
    kind: str
    address: str
    gone: bool = False
    lapsed_from: Seq | None = None
