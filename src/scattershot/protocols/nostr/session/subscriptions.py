"""The index of subscriptions: each filter is filed under its most selective field, so that an event meets few.

A hot room: `NaiveSubscriptions` is the plain twin, and a property test stands between the two.
"""

from collections.abc import Hashable, Iterable
from typing import NamedTuple

from scattershot.domain.words import sought, words_of
from scattershot.protocols.nostr.wire.event import Event
from scattershot.protocols.nostr.wire.filters import Filter, matches

Place = tuple[str, Hashable]
_EVERYTHING: Place = ("", "")


class Subscription(NamedTuple):
    """A live wish; `owner` is whoever is told, and `head` what every frame for it begins with."""

    owner: Hashable
    name: str
    head: str


class _Filed:
    """A filter at one of its places; compared by identity."""

    __slots__ = ("filter", "subscription", "words")

    def __init__(self, subscription: Subscription, wanted: Filter) -> None:
        self.subscription, self.filter = subscription, wanted
        self.words = frozenset(_words(wanted))


def _words(wanted: Filter) -> tuple[str, ...]:
    text = wanted.search or ""
    return sought(" ".join(word for word in text.split() if ":" not in word))


def _places(wanted: Filter) -> list[Place]:
    """Where to file it: under its ids, or else authors, the shortest list of tags, kinds; or with the rest."""
    if wanted.ids is not None:
        return [("id", each) for each in wanted.ids]
    if wanted.authors is not None:
        return [("author", each) for each in wanted.authors]
    if wanted.tags:
        letter, values = min(wanted.tags, key=lambda tag: len(tag[1]))
        return [(letter, each) for each in values]
    if wanted.kinds is not None:
        return [("kind", each) for each in wanted.kinds]
    return [_EVERYTHING]


class Subscriptions:
    """All live subscriptions of one relay."""

    def __init__(self) -> None:
        self._filed: dict[Place, list[_Filed]] = {}
        self._own: dict[tuple[Hashable, str], list[_Filed]] = {}

    def __len__(self) -> int:
        return len(self._own)

    def add(self, subscription: Subscription, filters: Iterable[Filter]) -> None:
        """From now on; another of the same owner and name is over."""
        self.drop(subscription.owner, subscription.name)
        filed = [_Filed(subscription, wanted) for wanted in filters]
        self._own[subscription.owner, subscription.name] = filed
        for each in filed:
            for place in _places(each.filter):
                self._filed.setdefault(place, []).append(each)

    def drop(self, owner: Hashable, name: str) -> bool:
        """No longer; whether there was one."""
        filed = self._own.pop((owner, name), None)
        for each in filed or ():
            for place in _places(each.filter):
                at_place = self._filed[place]
                at_place.remove(each)
                if not at_place:
                    del self._filed[place]
        return filed is not None

    def match(self, event: Event) -> list[Subscription]:
        """Whose the event is, each once."""
        found: dict[Subscription, None] = {}
        words: frozenset[str] | None = None
        get = self._filed.get
        for place in _places_of(event):
            for each in get(place, ()):
                if each.subscription in found or not matches(each.filter, event):
                    continue
                if each.words:
                    words = frozenset(words_of(event.content)) if words is None else words
                    if not each.words <= words:
                        continue
                found[each.subscription] = None
        return list(found)


def _places_of(event: Event) -> list[Place]:
    tags = {(tag[0], tag[1]) for tag in event.tags if len(tag) > 1 and len(tag[0]) == 1}
    return [("id", event.id), ("author", event.pubkey), ("kind", event.kind), _EVERYTHING, *tags]


class NaiveSubscriptions:
    """The plain twin: every filter is asked."""

    def __init__(self) -> None:
        self._own: dict[tuple[Hashable, str], tuple[Subscription, tuple[Filter, ...]]] = {}

    def add(self, subscription: Subscription, filters: Iterable[Filter]) -> None:
        """From now on."""
        self._own[subscription.owner, subscription.name] = (subscription, tuple(filters))

    def drop(self, owner: Hashable, name: str) -> bool:
        """No longer."""
        return self._own.pop((owner, name), None) is not None

    def match(self, event: Event) -> list[Subscription]:
        """Whose the event is."""
        return [each for each, filters in self._own.values() if any(_is(wanted, event) for wanted in filters)]


def _is(wanted: Filter, event: Event) -> bool:
    return matches(wanted, event) and set(_words(wanted)) <= set(words_of(event.content))
