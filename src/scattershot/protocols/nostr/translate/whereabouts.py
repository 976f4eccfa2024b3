"""Lists of relays as what the house knows of its wells: where an author writes and reads, and has letters brought."""

from scattershot.domain.well import Whereabouts
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event
from scattershot.protocols.nostr.wire.relay_lists import read_message_relays, read_relays

WITH_RELAYS = frozenset({kinds.RELAYS, kinds.MESSAGE_RELAYS})


def whereabouts_in(event: Event, *, plain: bool = False) -> Whereabouts | None:
    """What the event says of that; None where it is no such list."""
    match event.kind:
        case kinds.RELAYS:
            met = read_relays(event, plain=plain)
            return Whereabouts(event.pubkey, event.created_at, writes=met.writes, reads=met.reads)
        case kinds.MESSAGE_RELAYS:
            return Whereabouts(event.pubkey, event.created_at, letters=read_message_relays(event, plain=plain))
        case _:
            return None
