"""How much one may ask of another's relay: read from its own document (NIP-11), and wishes cut down to it. Pure."""

from typing import Any, NamedTuple

import msgspec
from msgspec import json

from scattershot.protocols.nostr.wire.filters import Filter, encode

MAX_DOCUMENT = 100_000
"""Bytes of a relay's document that are read."""
MOST_VALUES = 500
"""Authors, ids or values of one filter: what relays take by default (strfry) with room to spare."""
_ENVELOPE = 100
"""Bytes of a frame around its filters, the subscription's name among them."""
_LEAST_MESSAGE = 2_048
"""No relay that says that it takes less is believed: one filter with an author would not fit."""


class Theirs(NamedTuple):
    """The limits of one relay, and what it does; as careful as can be where it says nothing of itself."""

    message: int = 16_384
    """Bytes of a message: the figure that NIP-11 gives as an example, and some relays hold to."""
    subscriptions: int = 20
    filters: int = 10
    limit: int = 500
    """Events handed out for one filter."""
    nips: frozenset[int] = frozenset()
    told: bool = False
    """Whether it said so itself: then what is not among `nips` it does not do."""
    name: str = ""

    def does(self, nip: int) -> bool:
        """Whether it is worth asking it for that."""
        return nip in self.nips or not self.told


def read_information(body: bytes) -> Theirs:
    """The limits that the document states, each brought to something that one can live with."""
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return Theirs()
    if not isinstance(told, dict):
        return Theirs()
    found = told.get("limitation")
    limits: dict[str, Any] = found if isinstance(found, dict) else {}
    nips = told.get("supported_nips")
    name = told.get("name")
    return Theirs(
        message=_number(limits.get("max_message_length"), Theirs().message, _LEAST_MESSAGE, 131_072),
        subscriptions=_number(limits.get("max_subscriptions"), Theirs().subscriptions, 1, 200),
        filters=_number(limits.get("max_filters"), Theirs().filters, 1, 100),
        limit=_number(limits.get("max_limit"), Theirs().limit, 1, 500),
        nips=frozenset(nip for nip in nips if type(nip) is int) if isinstance(nips, list) else frozenset(),
        told=isinstance(nips, list),
        name=name[:100] if isinstance(name, str) else "",
    )


def _number(found: Any, usual: int, least: int, most: int) -> int:
    return max(least, min(found, most)) if type(found) is int and found > 0 else usual


def cut(wanted: tuple[Filter, ...], theirs: Theirs) -> list[tuple[Filter, ...]]:
    """The same wishes in as few questions as the relay takes: each fits into a frame of its.

    Together the pieces ask for exactly what was asked for; `limit` is that of each piece.
    """
    room = theirs.message - _ENVELOPE
    pieces = [piece for each in wanted for piece in _pieces(_within(each, theirs.limit), room)]
    questions: list[tuple[Filter, ...]] = []
    size = 0
    for piece in pieces:
        more = len(encode(piece)) + 1
        if questions and len(questions[-1]) < theirs.filters and size + more <= room:
            questions[-1] += (piece,)
            size += more
        else:
            questions.append((piece,))
            size = more
    return questions


def _within(wanted: Filter, limit: int) -> Filter:
    return wanted._replace(limit=limit) if wanted.limit is not None and wanted.limit > limit else wanted


def _pieces(wanted: Filter, room: int) -> list[Filter]:
    """The filter, its longest list in portions that fit; one that cannot be made to fit is left out."""
    lists = _lists(wanted)
    name, values = max(lists, key=lambda each: len(each[1]), default=("", frozenset()))
    if len(values) <= MOST_VALUES and len(encode(wanted)) <= room:
        return [wanted]
    if len(values) < 2:
        return []
    ordered = sorted(values)
    around = len(encode(_having(wanted, name, frozenset())))
    each = max(len(json.encode(value)) + 1 for value in ordered)
    fit = max(1, min((room - around) // each, MOST_VALUES, len(ordered) - 1))
    portions = (frozenset(ordered[start : start + fit]) for start in range(0, len(ordered), fit))
    return [piece for portion in portions for piece in _pieces(_having(wanted, name, portion), room)]


def _lists(wanted: Filter) -> list[tuple[str, frozenset[Any]]]:
    lists = [("ids", wanted.ids), ("authors", wanted.authors), ("kinds", wanted.kinds)]
    found: list[tuple[str, frozenset[Any]]] = [(name, values) for name, values in lists if values is not None]
    return found + [(f"#{letter}", values) for letter, values in wanted.tags]


def _having(wanted: Filter, name: str, values: frozenset[Any]) -> Filter:
    match name:
        case "ids":
            return wanted._replace(ids=values)
        case "authors":
            return wanted._replace(authors=values)
        case "kinds":
            return wanted._replace(kinds=values)
        case _:
            return wanted._replace(
                tags=tuple((letter, values if f"#{letter}" == name else old) for letter, old in wanted.tags)
            )
