"""Letters as Nostr has them: chats in seals in gift wraps (NIP-17, NIP-59); implements `ports.letters.Sealer`."""

from collections.abc import Sequence

from msgspec import json

from scattershot.domain.microblog import Profile
from scattershot.domain.post import Post
from scattershot.domain.slip import Slip, key
from scattershot.domain.wire_id import NOSTR, WireId
from scattershot.ports.letters import Draft, Opened
from scattershot.protocols.nostr.translate.from_change import Home
from scattershot.protocols.nostr.translate.letters import as_body, chat_of, parties_of
from scattershot.protocols.nostr.translate.notes_in import nobody
from scattershot.protocols.nostr.translate.slips import to_slip
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event, Unsigned, Wrong, public_key, sign
from scattershot.protocols.nostr.wire.relay_lists import message_relays
from scattershot.protocols.nostr.wire.wraps import BACKDATED, Chance, unwrap, wrap

_event = json.Decoder(Event).decode
_draft = json.Decoder(tuple[str, int, int, list[list[str]], str]).decode


class GiftWraps:
    """Seals and opens letters; `home` is where this node is met."""

    name = NOSTR

    def __init__(self, home: Home) -> None:
        self._home = home

    def letterbox_place(self, public: str) -> bytes:
        """Where the list of relays for letters (kind 10050) lies."""
        return key("place", f"{kinds.MESSAGE_RELAYS}:{public}:")

    def letterbox(self, secret: bytes, at: int, chance: bytes) -> Slip:
        """Such a list with our own relay."""
        return to_slip(sign(message_relays(public_key(secret), at, self._home.relay), secret, chance))

    def draft(self, post: Post, to: Sequence[str], parent: str | None, public: str, names: dict[WireId, str]) -> Draft:
        """A chat."""
        rumour = chat_of(post, to, parent, public, names)
        return Draft(rumour.id, json.encode(tuple(rumour)), rumour.created_at, (public, *to))

    def seal(self, draft: Draft, reader: str, secret: bytes, at: int, chance: bytes) -> Slip:
        """A gift wrap. The moments of seal and wrap are up to two days in the past, each another."""
        parts = [chance[place : place + 32] for place in range(0, 128, 32)]
        back = [int.from_bytes(chance[place : place + 8]) % BACKDATED for place in (128, 136)]
        seal_nonce, signatures, once, wrap_nonce = parts
        chances = Chance(seal_nonce, signatures, at - back[0], once, wrap_nonce, signatures, at - back[1])
        return to_slip(wrap(Unsigned(*_draft(draft.body)), reader, secret, chances))

    def open(self, body: bytes, secret: bytes) -> Opened | None:
        """What is in the wrap."""
        rumour = unwrap(_event(body), secret)
        if isinstance(rumour, Wrong):
            return None
        reader = public_key(secret)
        body, parties = as_body(rumour, reader), parties_of(rumour, reader)
        return Opened(rumour.id, WireId(NOSTR, rumour.pubkey), body, rumour.created_at, parties)

    def stranger(self, author: WireId) -> Profile:
        """Somebody of whom nothing is known but the key."""
        return nobody(author.value, self._home.origin)
