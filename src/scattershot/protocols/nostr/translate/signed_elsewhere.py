"""What is signed where the key is kept: the event as a signer is asked for it, and whether that is what it signed."""

from msgspec import json

from scattershot.domain.reading import Refused
from scattershot.domain.slip import Slip
from scattershot.protocols.nostr.translate.slips import to_slip, with_burial
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event, Size, Unsigned, Wrong, encode, is_genuine, read_event
from scattershot.protocols.nostr.wire.remote_signing import template

_LONGER, _SLACK = 3, 1_000
"""So many times as long, and so many bytes more, another's JSON of the same event may be: it may escape all that is not
ASCII, and has an id and a signature."""
_read = json.Decoder(Event).decode


def waiting_event(body: bytes) -> Event:
    """The event that waits, whose signature is empty."""
    return _read(body)


def asked_for(event: Event) -> str:
    """It, as signers take it: without what follows from the rest."""
    return template(Unsigned(event.pubkey, event.created_at, event.kind, event.tags, event.content))


def as_it_waited(event: Event, said: bytes) -> Slip | Refused:
    """What was signed, as it is kept; a signer that alters anything has signed something else."""
    size = Size(_LONGER * len(encode(event)) + _SLACK, len(event.tags), max(map(len, event.tags), default=0))
    found = read_event(said, size)
    if isinstance(found, Wrong):
        return Refused("altered", "The signer did not answer with what it was asked to sign.")
    if found.pubkey != event.pubkey:
        return Refused("other_key", "That was signed with another key than the one by which you are known.")
    if found.id != event.id:
        return Refused("altered", "The signer signed something else than it was asked to.")
    if not is_genuine(found):
        return Refused("wrong", "The signature is not right.")
    return with_burial(to_slip(found), found, vanishes=found.kind == kinds.VANISH)
