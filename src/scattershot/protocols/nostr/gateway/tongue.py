"""Nostr as the house speaks it with others; implements `ports.protocol.Tongue` and `ports.slips.Listener`.

What lies at our own relay is asked: there everything was seen to be genuine. Nothing is delivered, since whoever wishes
to hear a microblog of here listens at the relay.
"""

from collections.abc import Sequence

from msgspec import json
from msgspec.structs import replace

from scattershot.app.slips import Slips
from scattershot.domain.change import Change, ProfileChanged
from scattershot.domain.delivery import Outcome, Unwanted
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Profile, parse_handle
from scattershot.domain.node import Endpoint, EndpointAddress
from scattershot.domain.reading import Arrival, Changes, Reading, Refused
from scattershot.domain.slip import Kept, Want, key
from scattershot.domain.wire_id import NOSTR, WireId
from scattershot.ports.protocol import BackPosts, Signer
from scattershot.ports.slips import Glance
from scattershot.protocols.nostr.gateway.names import Names
from scattershot.protocols.nostr.translate.notes_in import NO_DOMAIN, claimed_name, nobody
from scattershot.protocols.nostr.translate.notes_out import is_place
from scattershot.protocols.nostr.translate.to_changes import Where, glance_at, read
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.entities import Address, Key, Note, read_entity
from scattershot.protocols.nostr.wire.event import Event, is_name, is_on_the_curve

PAGE = 40
"""Posts of an author that are read at a time."""
MOST_OF_THREAD = 200
_WRITTEN = (kinds.NOTE, kinds.REPOST, kinds.GENERIC_REPOST, kinds.COMMENT, kinds.POLL, kinds.ARTICLE)
_decode = json.Decoder(Event).decode


class NostrTongue:
    """Speaks Nostr."""

    name = NOSTR

    def __init__(self, slips: Slips, names: Names, where: Where) -> None:
        self._slips, self._names, self._where = slips, names, where

    def glance(self, slip: Kept) -> Glance | None:
        """What the event is about."""
        return glance_at(_decode(slip.body), self._where)

    def read(self, arrival: Arrival, *, proven: bool = False) -> Reading:
        """What the event says."""
        del proven
        return read(arrival.body, self._where)

    @staticmethod
    def door(profile: Profile) -> EndpointAddress | None:
        """None: who wishes to hear us listens at our relay."""
        del profile
        return None

    def encode(self, change: Change, to: Sequence[WireId], signer: Signer, now: Millis) -> bytes | None:
        """Nothing: see `app.uttering`."""
        del change, to, signer, now
        return None

    async def send(
        self, endpoint: Endpoint, body: bytes, signer: Signer, dialect: str, followers: Sequence[WireId] | None = None
    ) -> Outcome:
        """There are no doors."""
        del endpoint, body, signer, dialect, followers
        return Unwanted("no_door", gone=True)

    async def fetch(self, wire_id: WireId, signer: Signer) -> Reading:
        """A post or a profile that lies at our relay; of whoever wrote something and no profile, the key is one."""
        del signer
        name = wire_id.value
        if is_place(name):
            found = await self._find(Want(places=(key("place", name),), limit=1))
            return read(found[0].body, self._where) if found else Refused("not_found")
        if not is_name(name):
            return Refused("not_found")
        found = await self._find(Want(ids=(bytes.fromhex(name),), limit=1))
        if found:
            return read(found[0].body, self._where)
        return await self._profile(name)

    async def _profile(self, pubkey: str) -> Reading:
        found = await self._find(Want(places=(key("place", f"{kinds.PROFILE}:{pubkey}:"),), limit=1))
        if found:
            return await self._with_name(_decode(found[0].body))
        if not is_on_the_curve(pubkey) or not await self._find(Want(authors=(bytes.fromhex(pubkey),), limit=1)):
            return Refused("not_found", "Nothing of that name has come to this relay yet.")
        profile = nobody(pubkey, self._where.origin)
        return Changes((ProfileChanged(actor=profile.id, profile=profile),), pubkey)

    async def _with_name(self, event: Event) -> Reading:
        """The profile under the name that it claims, where the domain of that says the same."""
        reading = read(json.encode(event), self._where)
        if not isinstance(reading, Changes) or not isinstance(reading.changes[0], ProfileChanged):
            return reading
        change, claimed = reading.changes[0], claimed_name(event)
        parsed = parse_handle(f"{claimed.name}@{claimed.domain}") if claimed is not None else None
        if parsed is None:
            return reading
        named = await self._names.look_up(parsed)
        if named is None or named.pubkey != event.pubkey:
            return reading
        profile = replace(change.profile, name=parsed.name, domain=parsed.domain)
        return Changes((replace(change, profile=profile),), reading.name)

    async def find(self, text: str, signer: Signer) -> WireId | Refused:
        """`npub`, `nprofile`, `note`, `nevent`, `naddr` with or without `nostr:`, a key, or a name on a domain."""
        del signer
        bare = text.strip()
        match read_entity(bare):
            case Key(value) | Note(value):
                return WireId(NOSTR, value)
            case Address() as address:
                return WireId(NOSTR, address.coordinates)
            case _:
                pass
        if is_name(bare.lower()):
            return WireId(NOSTR, bare.lower())
        handle = parse_handle(bare)
        if handle is None or not handle.domain or "://" in bare:
            return Refused("not_a_name", f"{text} was not found.")
        if handle.domain.lower() == NO_DOMAIN:
            entity = read_entity(handle.name)
            return WireId(NOSTR, entity.pubkey) if isinstance(entity, Key) else Refused("not_found")
        named = await self._names.look_up(handle)
        if named is None:
            return Refused("not_found", f"{handle.domain} knows nobody called {handle.name}.")
        return WireId(NOSTR, named.pubkey)

    async def back_posts(self, profile: Profile, page: str | None, signer: Signer) -> BackPosts | Refused:
        """What the author wrote that lies at our relay, newest first; `page` is the moment to go on from."""
        del signer
        until = int(page) if page else None
        author = bytes.fromhex(profile.id.value)
        found = await self._find(Want(authors=(author,), kinds=_WRITTEN, until=until, limit=PAGE))
        readings = tuple(read(slip.body, self._where) for slip in found)
        ends = len(found) < PAGE or found[-1].at == until
        return BackPosts(readings, None if ends else str(found[-1].at))

    async def conversation(self, post: WireId, signer: Signer) -> tuple[WireId, ...] | Refused:
        """Everything at our relay that answers the post, or something in its thread."""
        del signer
        letter = "a" if is_place(post.value) else "e"
        want = Want(kinds=(kinds.NOTE, kinds.COMMENT), keys=((key(letter, post.value),),), limit=MOST_OF_THREAD)
        return tuple(WireId(NOSTR, slip.id.hex()) for slip in await self._find(want))

    async def _find(self, want: Want) -> list[Kept]:
        try:
            found, _ = await self._slips.find([want])
        except TimeoutError:
            return []
        return found
