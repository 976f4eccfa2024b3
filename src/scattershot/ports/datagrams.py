"""The way out for datagrams, and in: small, unreliable, and with a sender that anybody may have made up."""

from collections.abc import Callable
from typing import Protocol, TypeAlias

Place: TypeAlias = tuple[str, int]
"""An IP address (of a link-local one with its zone) and a port."""

Take: TypeAlias = Callable[[bytes, Place], None]


class Datagrams(Protocol):
    """One socket that sends and receives, and those of groups that are listened to."""

    def listen(self, take: Take, drained: Callable[[], None]) -> None:
        """From now on hand each datagram to `take`, on the event loop, and say when no more is there at the moment."""
        ...

    def send(self, data: bytes, to: Place) -> bool:
        """Send one; False where it could not even be sent."""
        ...

    async def resolve(self, address: str) -> Place | None:
        """The place of `HOST:PORT`; None where there is none."""
        ...

    @property
    def port(self) -> int:
        """The port that is listened to."""
        ...

    def close(self) -> None:
        """Listen no more."""
        ...


class Nearby(Protocol):
    """Says of ourselves, and learns, who is on the same network."""

    async def begin(self, found: Callable[[tuple[str, ...]], None]) -> None:
        """From now on tell the hosts of all who are there whenever they alter, on the event loop."""
        ...

    async def close(self) -> None:
        """Say goodbye."""
        ...
