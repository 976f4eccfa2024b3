"""A node at whose door a share of all datagrams is lost, each by itself, once the file `LOSSY` is there:
`LOSS=0.3 LOSSY=FILE python -m tests.journeys.lossy_node run …`."""

import os
import random
import sys
from collections.abc import Callable
from pathlib import Path

from scattershot.cli import main
from scattershot.drivers.udp import UdpSocket
from scattershot.ports.datagrams import Place, Take


def lose(share: float) -> None:
    """Let the door lose what comes, as a bad network would."""
    chance, listen, bad = random.Random(os.getpid()), UdpSocket.listen, Path(os.environ["LOSSY"])

    def listen_badly(self: UdpSocket, take: Take, drained: Callable[[], None]) -> None:
        def take_some(data: bytes, source: Place) -> None:
            if bad.exists() and chance.random() < share:
                print("lost a datagram", file=sys.stderr, flush=True)
            else:
                take(data, source)

        listen(self, take_some, drained)

    UdpSocket.listen = listen_badly  # type: ignore[method-assign]


if __name__ == "__main__":
    lose(float(os.environ["LOSS"]))
    main()
