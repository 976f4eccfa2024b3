"""What the house sees of Nostr: the relay, put together from the node's settings."""

from scattershot.app.slips import Slips
from scattershot.ports.clock import Clock
from scattershot.protocols.nostr.gateway.information import Information
from scattershot.protocols.nostr.gateway.relay import Relay
from scattershot.protocols.nostr.session.limits import Limits
from scattershot.protocols.nostr.wire.event import public_key
from scattershot.settings import Settings


def a_relay(settings: Settings, slips: Slips, clock: Clock, secret: bytes) -> Relay:
    """The relay at the node's own address."""
    scheme, _, host = settings.origin.partition("://")
    address = f"{'ws' if scheme == 'http' else 'wss'}://{host}/"
    limits = Limits(calls=settings.relay_calls)
    told = Information(address, settings.title, settings.description, settings.contact, public_key(secret), limits)
    return Relay(slips, clock, limits, told, settings.relay_connections)
