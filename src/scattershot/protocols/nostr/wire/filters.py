"""Filters: what somebody asks for, and whether an event is that (NIP-01, NIP-50); the plain twin of every index."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from scattershot.protocols.nostr.wire.event import Event, Wrong, is_name

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LISTS = {"ids": str, "authors": str, "kinds": int}


class Filter(NamedTuple):
    """What is asked for: all that is given must be so, one of each list. `tags` go by their letter."""

    ids: frozenset[str] | None = None
    authors: frozenset[str] | None = None
    kinds: frozenset[int] | None = None
    tags: tuple[tuple[str, frozenset[str]], ...] = ()
    since: int | None = None
    until: int | None = None
    limit: int | None = None
    search: str | None = None

    @property
    def size(self) -> int:
        """How many values it names."""
        lists = [self.ids, self.authors, self.kinds, *(values for _, values in self.tags)]
        return sum(len(each) for each in lists if each is not None)


def matches(wanted: Filter, event: Event) -> bool:
    """Whether the event is one that is asked for; `limit` and `search` do not count."""
    return (
        (wanted.ids is None or event.id in wanted.ids)
        and (wanted.authors is None or event.pubkey in wanted.authors)
        and (wanted.kinds is None or event.kind in wanted.kinds)
        and (wanted.since is None or event.created_at >= wanted.since)
        and (wanted.until is None or event.created_at <= wanted.until)
        and all(not values.isdisjoint(event.values(letter)) for letter, values in wanted.tags)
    )


def read_filter(found: Any) -> Filter | Wrong:
    """The filter that a decoded JSON value is. A field that is not known is Wrong: else it would ask for too much."""
    if not isinstance(found, dict):
        return Wrong("a filter is an object")
    given: dict[str, Any] = {}
    tags = []
    for name, value in found.items():
        if name in _LISTS:
            given[name] = _items(name, value)
        elif name in ("since", "until", "limit"):
            given[name] = _number(name, value)
        elif name == "search":
            given[name] = value if isinstance(value, str) else Wrong("search is a text")
        elif len(name) == 2 and name[0] == "#" and name[1] in _LETTERS:
            values = _texts(name, value)
            if isinstance(values, Wrong):
                return values
            tags.append((name[1], values))
        else:
            return Wrong(f"no such field in a filter: {name[:40]}")
    wrong = next((value for value in given.values() if isinstance(value, Wrong)), None)
    return wrong or Filter(tags=tuple(sorted(tags)), **given)


def _number(name: str, value: Any) -> int | Wrong:
    if type(value) is not int or value < 0:
        return Wrong(f"{name} is a number, and not below 0")
    return min(value, 2**53)


def _items(name: str, value: Any) -> frozenset[Any] | Wrong:
    kind = _LISTS[name]
    if not isinstance(value, list) or any(type(item) is not kind for item in value):
        return Wrong(f"{name} is a list of {'numbers' if kind is int else 'texts'}")
    if kind is str and not all(map(is_name, value)):
        return Wrong(f"{name} holds what is not 64 small hexadecimal digits")
    return frozenset(value)


def _texts(name: str, value: Any) -> frozenset[str] | Wrong:
    if not isinstance(value, list) or any(type(item) is not str for item in value):
        return Wrong(f"{name} is a list of texts")
    if name in ("#e", "#p") and not all(map(is_name, value)):
        return Wrong(f"{name} holds what is not 64 small hexadecimal digits")
    return frozenset(value)


def as_json(wanted: Filter) -> Mapping[str, Any]:
    """The filter as it travels."""
    lists = {"ids": wanted.ids, "authors": wanted.authors, "kinds": wanted.kinds}
    lists |= {f"#{letter}": values for letter, values in wanted.tags}
    rest = {"since": wanted.since, "until": wanted.until, "limit": wanted.limit, "search": wanted.search}
    given: dict[str, Any] = {name: sorted(values) for name, values in lists.items() if values is not None}
    return given | {name: value for name, value in rest.items() if value is not None}


def encode(wanted: Filter) -> bytes:
    """The filter as JSON, the same for the same filter."""
    return msgspec.json.encode(as_json(wanted))
