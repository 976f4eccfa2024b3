"""Who may read what: private kinds only by whom they are from or for, once they proved who they are."""

from collections.abc import Set
from typing import NamedTuple

from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event
from scattershot.protocols.nostr.wire.filters import Filter


class Allowed(NamedTuple):
    """The filter as it may be answered, without these kinds."""

    filter: Filter
    but_kinds: frozenset[int] = frozenset()


class Denied(NamedTuple):
    """Nothing of it may be answered: why, with the prefix."""

    why: str


def allowed(wanted: Filter, readers: Set[str]) -> Allowed | Denied:
    """What of a filter those may read who have proved to be `readers`.

    Who asks for private kinds alone is told to prove who they are; who asks for others too gets the others.
    """
    if readers and _is_own(wanted, readers):
        return Allowed(wanted)
    if wanted.kinds is None:
        # Whoever knows the name of a private event may ask for it; whether it is theirs is seen when it is found.
        named = bool(readers) and wanted.ids is not None
        return Allowed(wanted, frozenset() if named else kinds.PRIVATE)
    private = wanted.kinds & kinds.PRIVATE
    if not private:
        return Allowed(wanted)
    if private != wanted.kinds:
        return Allowed(wanted._replace(kinds=wanted.kinds - kinds.PRIVATE))
    if readers:
        return Denied("restricted: these are only for those they are from or for")
    return Denied("auth-required: prove who you are to read what is private")


def _is_own(wanted: Filter, readers: Set[str]) -> bool:
    """Whether only what is from or for the readers can be that."""
    to = dict(wanted.tags).get("p")
    return (bool(wanted.authors) and wanted.authors is not None and wanted.authors <= readers) or (
        bool(to) and to is not None and to <= readers
    )


def may_read(event: Event, readers: Set[str]) -> bool:
    """Whether the readers may have it."""
    return event.kind not in kinds.PRIVATE or event.pubkey in readers or not readers.isdisjoint(event.values("p"))
