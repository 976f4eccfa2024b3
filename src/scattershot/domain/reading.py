"""What a protocol makes of bytes that arrived: a value in every case, never an exception."""

from typing import NamedTuple, TypeAlias

from scattershot.domain.change import Change
from scattershot.domain.ids import ArrivalId, Millis
from scattershot.domain.wire_id import WireId


class Arrival(NamedTuple):
    """Bytes as they came, kept until read. `sender` proved that it sent them; the author may be another."""

    protocol: str
    sender: WireId | None
    host: str
    body: bytes
    at: Millis
    id: ArrivalId | None = None


class Changes(NamedTuple):
    """It says that these became so. `name` is the wire's name for the whole, by which it is never applied twice."""

    changes: tuple[Change, ...]
    name: str


class Needs(NamedTuple):
    """It cannot be judged before these are known."""

    wire_ids: tuple[WireId, ...]


class Refused(NamedTuple):
    """It tells us nothing we take. `why` is a word fit for a counter; `detail` is for people."""

    why: str
    detail: str = ""


class Ignored(NamedTuple):
    """It is well formed and not for us; answered as if taken."""

    why: str


Reading: TypeAlias = Changes | Needs | Refused | Ignored
