"""What a browser that holds a key (NIP-07) is asked, and what its answers are worth; implements
`ports.slips.BrowserSigner`.
"""

from msgspec import json

from scattershot.domain.reading import Refused
from scattershot.domain.slip import Slip
from scattershot.ports.slips import Asked
from scattershot.protocols.nostr.translate.signed_elsewhere import as_it_waited, asked_for, waiting_event
from scattershot.protocols.nostr.wire.authentication import fault_of_holding, holding
from scattershot.protocols.nostr.wire.event import Wrong, read_event


class BrowserSigning:
    """Pure: no browser is near."""

    def proof(self, page: str, challenge: str, words: str, at: int) -> str:
        """A challenge as `signEvent` takes it; the browser adds whose key it is."""
        what = holding(page, challenge, words, at)
        told = {"kind": what.kind, "content": what.content, "tags": what.tags, "created_at": what.created_at}
        return json.encode(told).decode()

    def proved(self, answer: bytes, page: str, challenge: str, at: int) -> str | Refused:
        """Whose key it is."""
        event = read_event(answer)
        if isinstance(event, Wrong):
            return Refused("invalid", "Your browser did not answer with anything that is signed.")
        fault = fault_of_holding(event, page, challenge, at)
        if fault is not None:
            return Refused("wrong", f"Your browser did not prove that it holds the key: {fault}. Please try again.")
        return event.pubkey

    def asked(self, body: bytes) -> Asked:
        """What waits, as `signEvent` takes it."""
        event = waiting_event(body)
        return Asked(event.pubkey, asked_for(event))

    def signed(self, body: bytes, answer: bytes) -> Slip | Refused:
        """What waited, signed."""
        return as_it_waited(waiting_event(body), answer)
