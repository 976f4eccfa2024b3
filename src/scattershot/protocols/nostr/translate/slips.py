"""Events as slips, and filters as wishes for slips: how the house keeps and finds what it need not understand."""

from scattershot.domain.slip import Burial, Slip, Want, key
from scattershot.domain.words import sought, words_of
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event, encode, is_name
from scattershot.protocols.nostr.wire.filters import Filter
from scattershot.protocols.nostr.wire.readings import expiry, place

MAX_KEYS = 500
"""Keys by which one event is found; tags behind them are kept, and not looked for."""
MAX_WORDS = 400
"""Words of one event by which it is found."""

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def to_slip(event: Event, body: bytes | None = None) -> Slip:
    """The event as it is kept; `body` is its JSON where that was made already."""
    return Slip(
        id=bytes.fromhex(event.id),
        author=bytes.fromhex(event.pubkey),
        kind=event.kind,
        at=event.created_at,
        body=body or encode(event),
        keys=_keys(event),
        place=_place(place(event)),
        expires=expiry(event),
        words=tuple(words_of(event.content)[:MAX_WORDS]) if event.kind in kinds.WITH_WORDS else (),
        closed=event.kind in kinds.PRIVATE,
    )


def with_burial(slip: Slip, event: Event, *, vanishes: bool) -> Slip:
    """The slip with what it takes away: by a deletion (NIP-09), or by a wish to vanish (NIP-62) meant for us."""
    if event.kind == kinds.DELETION:
        return slip._replace(burial=_deletion(event))
    if vanishes:
        private = tuple(sorted(kinds.PRIVATE - {kinds.ENCRYPTED_MESSAGE}))
        return slip._replace(burial=Burial(until=slip.at, addressed=key("p", event.pubkey), kinds=private))
    return slip


def _deletion(event: Event) -> Burial:
    """Only what is the author's own; the store looks at that for ids."""
    own = []
    for coordinates in event.values("a"):
        parts = coordinates.split(":", 2)
        if len(parts) == 3 and parts[1] == event.pubkey:
            named = _place(coordinates)
            if named is not None:
                own.append((named, event.created_at))
    ids = tuple(bytes.fromhex(name) for name in event.values("e") if is_name(name))
    return Burial(ids=ids, places=tuple(own))


def _keys(event: Event) -> tuple[bytes, ...]:
    found: dict[bytes, None] = {}
    for tag in event.tags:
        if len(tag) > 1 and tag[0] in _LETTERS:
            found[key(tag[0], tag[1])] = None
    return tuple(found)[:MAX_KEYS]


def _place(coordinates: str | None) -> bytes | None:
    return None if coordinates is None else key("place", coordinates)


def to_want(wanted: Filter, limit: int, *, but_kinds: frozenset[int] = frozenset()) -> Want:
    """The wish that a filter is; `limit` is the most that is handed out at all, `but_kinds` are kept from the asker.

    Words of a search that say `name:value` are extensions that we do not know, and are passed over (NIP-50).
    """
    words = tuple(wanted.search.split()) if wanted.search else ()
    return Want(
        ids=None if wanted.ids is None else tuple(bytes.fromhex(each) for each in sorted(wanted.ids)),
        authors=None if wanted.authors is None else tuple(bytes.fromhex(each) for each in sorted(wanted.authors)),
        kinds=None if wanted.kinds is None else tuple(sorted(kind for kind in wanted.kinds if 0 <= kind < 2**31)),
        but_kinds=tuple(sorted(but_kinds)),
        keys=tuple(tuple(key(letter, value) for value in sorted(values)) for letter, values in wanted.tags),
        places=_places(wanted),
        since=wanted.since,
        until=wanted.until,
        words=sought(" ".join(word for word in words if ":" not in word)),
        limit=limit if wanted.limit is None else min(wanted.limit, limit),
    )


MAX_PLACES = 2_000


def _places(wanted: Filter) -> tuple[bytes, ...] | None:
    """The places that are all that can be meant: replaceable kinds by author, addressable ones by `d` too."""
    if wanted.ids is not None or not wanted.authors or not wanted.kinds or wanted.search:
        return None
    named = dict(wanted.tags).get("d", frozenset())
    identifiers: dict[int, frozenset[str]] = {}
    for kind in wanted.kinds:
        keeping = kinds.keeping(kind)
        if keeping is kinds.Keeping.REPLACEABLE and "d" not in dict(wanted.tags):
            identifiers[kind] = frozenset({""})
        elif keeping is kinds.Keeping.ADDRESSABLE and named:
            identifiers[kind] = named
        else:
            return None
    if sum(map(len, identifiers.values())) * len(wanted.authors) > MAX_PLACES or wanted.limit is not None:
        return None
    return tuple(
        key("place", f"{kind}:{author}:{each}")
        for kind in sorted(identifiers)
        for author in sorted(wanted.authors)
        for each in sorted(identifiers[kind])
    )


def is_for(event: Event, reader: str) -> bool:
    """Whether a private event is from or for that one."""
    return event.pubkey == reader or reader in event.values("p")
