"""Nostr as the house speaks it with others; implements `ports.protocol.Tongue` and `ports.slips.Listener`.

What lies at our own relay is asked: there everything was seen to be genuine. What does not lie there is looked for
elsewhere by `seeking`, which brings it there. Nothing is delivered from here: see `gateway/telling`.
"""

from collections.abc import Callable, Sequence

from msgspec import json
from msgspec.structs import replace

from scattershot.app.slips import Slips
from scattershot.domain.change import ProfileChanged
from scattershot.domain.microblog import Profile, parse_handle
from scattershot.domain.reading import Arrival, Changes, Reading, Refused
from scattershot.domain.slip import Kept, Want, key
from scattershot.domain.well import Whereabouts
from scattershot.domain.wire_id import NOSTR, WireId
from scattershot.ports.protocol import BackPosts, Signer, Silent
from scattershot.ports.slips import Glance
from scattershot.protocols.nostr.gateway.names import Names
from scattershot.protocols.nostr.gateway.seeking import Seeking, Sought
from scattershot.protocols.nostr.translate.notes_in import NO_DOMAIN, claimed_name, nobody
from scattershot.protocols.nostr.translate.notes_out import is_place
from scattershot.protocols.nostr.translate.to_changes import Where, glance_at, read
from scattershot.protocols.nostr.translate.whereabouts import WITH_RELAYS, whereabouts_in
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.entities import Address, Key, Note, read_entity
from scattershot.protocols.nostr.wire.event import Event, is_name, is_on_the_curve

PAGE = 40
"""Posts of an author that are read at a time."""
MOST_OF_THREAD = 200
_WRITTEN = (kinds.NOTE, kinds.REPOST, kinds.GENERIC_REPOST, kinds.COMMENT, kinds.POLL, kinds.ARTICLE)
_decode = json.Decoder(Event).decode


class NostrTongue(Silent):
    """Speaks Nostr; what is said here goes to our own relay (`app.uttering`)."""

    name = NOSTR

    def __init__(self, slips: Slips, names: Names, where: Where) -> None:
        self._slips, self._names, self._where = slips, names, where
        self._seeking: Seeking | None = None
        self._covers: Callable[[str], bool] = lambda _: False

    def seek_elsewhere(self, seeking: Seeking, covers: Callable[[str], bool]) -> None:
        """Look at others' relays too; `covers` says of whom everything is heard anyway."""
        self._seeking, self._covers = seeking, covers

    def glance(self, slip: Kept) -> Glance | None:
        """What the event is about."""
        return glance_at(_decode(slip.body), self._where)

    def whereabouts(self, slip: Kept) -> Whereabouts | None:
        """Where its author is met, where it is a list of relays."""
        return whereabouts_in(_decode(slip.body), plain=self._where.plain) if slip.kind in WITH_RELAYS else None

    def read(self, arrival: Arrival, *, proven: bool = False) -> Reading:
        """What the event says."""
        del proven
        return read(arrival.body, self._where)

    async def fetch(self, wire_id: WireId, signer: Signer) -> Reading:
        """A post or a profile; of whoever wrote something and no profile, the key is one."""
        del signer
        name = wire_id.value
        if not is_name(name) and not is_place(name):
            return Refused("not_found")
        known = await self._lying_here(name)
        if self._seeking is not None and not self._covers(name):
            is_profile = isinstance(known, Changes) and isinstance(known.changes[0], ProfileChanged)
            sought = Sought.NOTHING
            if known is None:
                sought = await self._seeking.named(name)
            elif is_profile:
                sought = await self._seeking.about(name)
            known = await self._lying_here(name) if sought is Sought.FOUND else known
            if known is None and sought is Sought.UNREACHABLE:
                return Refused("unreachable", "The relays that may have it do not answer.")
        return known or Refused("not_found", "Nothing of that name has come to this relay yet.")

    async def _lying_here(self, name: str) -> Reading | None:
        """What our relay has of that name."""
        if is_place(name):
            found = await self._find(Want(places=(key("place", name),), limit=1))
        else:
            found = await self._find(Want(ids=(bytes.fromhex(name),), limit=1))
        if found:
            return read(found[0].body, self._where)
        return None if is_place(name) else await self._profile(name)

    async def _profile(self, pubkey: str) -> Reading | None:
        found = await self._find(Want(places=(key("place", f"{kinds.PROFILE}:{pubkey}:"),), limit=1))
        if found:
            return await self._with_name(_decode(found[0].body))
        if not is_on_the_curve(pubkey) or not await self._find(Want(authors=(bytes.fromhex(pubkey),), limit=1)):
            return None
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
            case Key(value, relays):
                return await self._hinted(value, relays)
            case Note(value, relays, author):
                return await self._hinted(value, relays, author)
            case Address() as address:
                return await self._hinted(address.coordinates, address.relays, address.pubkey)
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
        return await self._hinted(named.pubkey, named.relays)

    async def _hinted(self, name: str, relays: Sequence[str], author: str | None = None) -> WireId:
        """The name, and where somebody says that it is met is remembered."""
        if self._seeking is not None:
            await self._seeking.hint(name, relays, author)
        return WireId(NOSTR, name)

    async def back_posts(self, profile: Profile, page: str | None, signer: Signer) -> BackPosts | Refused:
        """What the author wrote, newest first, asked for elsewhere where not all of it is heard anyway; `page` is the
        moment to go on from."""
        del signer
        until = int(page) if page else None
        if self._seeking is not None and (until is not None or not self._covers(profile.id.value)):
            await self._seeking.back(profile.id.value, _WRITTEN, until, PAGE)
        author = bytes.fromhex(profile.id.value)
        found = await self._find(Want(authors=(author,), kinds=_WRITTEN, until=until, limit=PAGE))
        readings = tuple(read(slip.body, self._where) for slip in found)
        ends = len(found) < PAGE or found[-1].at == until
        return BackPosts(readings, None if ends else str(found[-1].at))

    async def conversation(self, post: WireId, signer: Signer) -> tuple[WireId, ...] | Refused:
        """Everything that answers the post, or something in its thread, as far as it is heard of."""
        del signer
        if self._seeking is not None:
            await self._seeking.answers(post.value)
        letter = "a" if is_place(post.value) else "e"
        want = Want(kinds=(kinds.NOTE, kinds.COMMENT), keys=((key(letter, post.value),),), limit=MOST_OF_THREAD)
        return tuple(WireId(NOSTR, slip.id.hex()) for slip in await self._find(want))

    async def _find(self, want: Want) -> list[Kept]:
        try:
            found, _ = await self._slips.find([want])
        except TimeoutError:
            return []
        return found
