"""Changes of here as signed events, as the house keeps them; implements `ports.slips.Utterer`."""

from unicodedata import normalize

from scattershot.domain.change import Change, Edited, Posted, ProfileChanged, Vanished
from scattershot.domain.post import Form
from scattershot.domain.slip import key
from scattershot.domain.wire_id import NOSTR
from scattershot.ports.slips import Signet, Surroundings, Uttered
from scattershot.protocols.nostr.translate.from_change import Home, contacts_of, event_of, relays_of
from scattershot.protocols.nostr.translate.notes_out import name_of
from scattershot.protocols.nostr.translate.slips import to_slip, with_burial
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.encryption import lock_key
from scattershot.protocols.nostr.wire.entities import Key, Secret, write_entity
from scattershot.protocols.nostr.wire.event import Event, Unsigned, public_key, sign

_THINGS = frozenset(
    {kinds.NOTE, kinds.POLL, kinds.ARTICLE, kinds.REPOST, kinds.GENERIC_REPOST, kinds.REACTION, kinds.POLL_RESPONSE}
)
"""What stands for a post, a boost, a like or a vote, and is its name."""


class Utterer:
    """Speaks Nostr for microblogs of here."""

    name = NOSTR

    def __init__(self, home: Home) -> None:
        self._home = home

    def public(self, secret: bytes) -> str:
        """The public key."""
        return public_key(secret)

    def shown(self, public: str) -> str:
        """An `npub`."""
        return write_entity(Key(public))

    def shown_secret(self, secret: bytes, password: str, chance: bytes) -> str:
        """An `nsec`, or an `ncryptsec` (NIP-49)."""
        return lock_key(secret, normalize("NFKC", password), chance) if password else write_entity(Secret(secret))

    def place(self, change: Change, public: str) -> bytes | None:
        """Where a profile or an article lies."""
        match change:
            case ProfileChanged():
                return key("place", f"{kinds.PROFILE}:{public}:")
            case Posted(post=post) | Edited(post=post) if post.form is Form.ARTICLE:
                return key("place", f"{kinds.ARTICLE}:{public}:{post.id.value.rpartition('/')[2]}")
            case _:
                return None

    def utter(self, change: Change, around: Surroundings, signet: Signet, at: int, chance: bytes) -> Uttered | None:
        """The change as an event."""
        what = event_of(change, around, signet.public, at, self._home)
        return _signed(what, signet, chance, vanishes=isinstance(change, Vanished)) if what is not None else None

    def follows_place(self, public: str) -> bytes:
        """Where the list of contacts lies."""
        return key("place", f"{kinds.CONTACTS}:{public}:")

    def follows(self, around: Surroundings, signet: Signet, at: int, chance: bytes) -> Uttered:
        """The list of contacts."""
        return _signed(contacts_of(around, signet.public, at), signet, chance)

    def introduction_place(self, public: str) -> bytes:
        """Where the list of relays lies."""
        return key("place", f"{kinds.RELAYS}:{public}:")

    def introduction(self, signet: Signet, at: int, chance: bytes) -> Uttered:
        """The list of relays."""
        return _signed(relays_of(signet.public, at, self._home), signet, chance)


def _signed(what: Unsigned, signet: Signet, chance: bytes, *, vanishes: bool = False) -> Uttered:
    if signet.secret:
        event = sign(what, signet.secret, chance)
    else:
        event = Event(what.id, what.pubkey, what.created_at, what.kind, what.tags, what.content, "")
    slip = with_burial(to_slip(event), event, vanishes=vanishes)
    return Uttered(slip, name_of(event) if event.kind in _THINGS else "", unsigned=not signet.secret)
