"""`inspect udp`: how this node stands to others that tell each other of news by datagram."""

from datetime import UTC, datetime

from scattershot.bootstrap import Node
from scattershot.opening import Trouble
from scattershot.verbs.saying import Say, shown


async def inspect_udp(node: Node, say: Say) -> None:
    """Say who we are among those that hint, who tells us, whom we tell, and what is missing."""
    settings, notify = node.settings, node.notify
    if not settings.udp:
        say.out("Datagrams are off: news goes by HTTP alone. Set `udp`, such as `0.0.0.0:5683`, to turn them on.")
        return
    if notify is None:
        raise Trouble("Datagrams are listened for while the node runs, and it does not.")
    own = notify.identity
    say.out(f"Listening at {settings.udp}; others reach that at {own.address}.")
    say.out(f"Called {own.name.hex()}, epoch {own.epoch.hex()}; {own.origin}/.well-known/scattershot/notify says so.")
    say.out(f"Groups: {', '.join(own.groups) or 'none'}.")
    if settings.udp_neighbour:
        state = "passes on what goes to groups" if notify.telling.neighbour is not None else "did not answer yet"
        say.out(shown(f"Neighbour: {settings.udp_neighbour} {state}."))
    tellers = await notify.hints.tellers()
    say.out(f"\nTold by {len(tellers)}:")
    for teller in tellers:
        way = teller.group or teller.address
        missing = ", something is missing" if notify.listening.has_gap(teller.host) else ""
        say.out(
            shown(f"  {teller.host} by {way}, everything up to {teller.position}{missing}, until {_when(teller.until)}")
        )
    listeners = notify.telling.told
    say.out(f"Telling {len(listeners)}:")
    for listener in listeners:
        way = listener.group or listener.address
        say.out(shown(f"  {listener.host} by {way}, until {_when(listener.until)}"))
    say.out(f"Waiting to be heard: {notify.telling.waiting}.")


def _when(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
