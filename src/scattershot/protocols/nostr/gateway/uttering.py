"""Changes of here as signed events, as the house keeps them; implements `ports.slips.Utterer`."""

from unicodedata import normalize

from scattershot.domain.change import Change, Edited, Posted, ProfileChanged, Vanished
from scattershot.domain.post import Form
from scattershot.domain.slip import key
from scattershot.domain.wire_id import NOSTR
from scattershot.ports.slips import Surroundings, Uttered
from scattershot.protocols.nostr.translate.from_change import Home, contacts_of, event_of, relays_of
from scattershot.protocols.nostr.translate.notes_out import name_of
from scattershot.protocols.nostr.translate.slips import to_slip, with_burial
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.encryption import lock_key
from scattershot.protocols.nostr.wire.entities import Key, Secret, write_entity
from scattershot.protocols.nostr.wire.event import Unsigned, public_key, sign


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

    def utter(self, change: Change, around: Surroundings, secret: bytes, at: int, chance: bytes) -> Uttered | None:
        """The change as an event."""
        what = event_of(change, around, public_key(secret), at, self._home)
        if what is None:
            return None
        is_thing = what.kind in (kinds.NOTE, kinds.ARTICLE, kinds.REPOST, kinds.GENERIC_REPOST, kinds.REACTION)
        return self._signed(what, secret, chance, name_of(what) if is_thing else "", isinstance(change, Vanished))

    def follows_place(self, public: str) -> bytes:
        """Where the list of contacts lies."""
        return key("place", f"{kinds.CONTACTS}:{public}:")

    def follows(self, around: Surroundings, secret: bytes, at: int, chance: bytes) -> Uttered:
        """The list of contacts."""
        return self._signed(contacts_of(around, public_key(secret), at), secret, chance)

    def introduction_place(self, public: str) -> bytes:
        """Where the list of relays lies."""
        return key("place", f"{kinds.RELAYS}:{public}:")

    def introduction(self, secret: bytes, at: int, chance: bytes) -> Uttered:
        """The list of relays."""
        return self._signed(relays_of(public_key(secret), at, self._home), secret, chance)

    def _signed(self, what: Unsigned, secret: bytes, chance: bytes, name: str = "", vanishes: bool = False) -> Uttered:
        event = sign(what, secret, chance)
        return Uttered(with_burial(to_slip(event), event, vanishes=vanishes), name)
