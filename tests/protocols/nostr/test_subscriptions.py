"""The index of subscriptions against its plain twin."""

import random

import pytest

from scattershot.protocols.nostr.session.limits import Bucket
from scattershot.protocols.nostr.session.subscriptions import NaiveSubscriptions, Subscription, Subscriptions
from scattershot.protocols.nostr.wire.event import Event
from scattershot.protocols.nostr.wire.filters import Filter
from tests.protocols.nostr.events import NOW, a_sketch


def some_filter(chance: random.Random, events: list[Event]) -> Filter:
    def some(values: list[str], odds: float) -> frozenset[str] | None:
        return frozenset(chance.sample(values, chance.randint(0, 2))) if chance.random() < odds else None

    tags = [(letter, some(["x", "y", "z"], 0.3)) for letter in "et"]
    return Filter(
        ids=some([event.id for event in events], 0.1),
        authors=some(sorted({event.pubkey for event in events}), 0.4),
        kinds=frozenset(chance.sample([1, 6, 7], 2)) if chance.random() < 0.5 else None,
        tags=tuple((letter, values) for letter, values in tags if values is not None),
        since=NOW - 5 if chance.random() < 0.2 else None,
        until=NOW - 5 if chance.random() < 0.2 else None,
        search=chance.choice(["tea", "tea milk", "Tea sort:new", "!"]) if chance.random() < 0.2 else None,
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_index_tells_whom_the_plain_twin_tells(seed: int) -> None:
    chance = random.Random(seed)
    events = [
        a_sketch(
            chance.choice("abc"), chance.choice(["tea", "milk and TEA", "x"]), kind=chance.choice([1, 6, 7]),
            at=NOW - chance.randrange(10),
            tags=[[chance.choice(["e", "t", "word"]), chance.choice("xyz")] for _ in range(3)] + [["t"], []],
        )
        for _ in range(60)
    ]  # fmt: skip
    index, twin = Subscriptions(), NaiveSubscriptions()
    for step in range(400):
        owner, name = chance.randrange(20), chance.choice("pq")
        if chance.random() < 0.7:
            filters = [some_filter(chance, events) for _ in range(chance.randint(1, 3))]
            for each in (index, twin):
                each.add(Subscription(owner, name, f"{owner}{name}"), filters)
        else:
            assert index.drop(owner, name) == twin.drop(owner, name)
        event = events[step % len(events)]
        assert sorted(each.head for each in index.match(event)) == sorted(each.head for each in twin.match(event))
    for owner in range(20):
        for name in "pq":
            index.drop(owner, name)
    assert len(index) == 0
    assert index._filed == {}


def test_a_bucket_fills_again_with_time() -> None:
    bucket = Bucket(60, 0.0)
    assert all(bucket.take(0.0) for _ in range(60))
    assert not bucket.take(0.0)
    assert bucket.take(1.0)
    assert not bucket.take(1.0)
    assert not bucket.take(-5.0)
