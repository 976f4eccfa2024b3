"""Negentropy: what two sides find out is the difference of their sets, whatever the frames allow."""

import contextlib
import random
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scattershot.protocols.nostr.wire.negentropy import (
    Item,
    Negentropy,
    NegentropyError,
    Sealed,
    differences,
)  # fmt: skip

Items = list[tuple[int, bytes]]


def reconciled(ours: Items, theirs: Items, limits: tuple[int, int] = (0, 0)) -> tuple[set[bytes], set[bytes], int]:
    """What an initiator with `ours` learns, and in how many rounds."""
    one, other = (
        Negentropy(Sealed.of(ours), frame_limit=limits[0]),
        Negentropy(Sealed.of(theirs), frame_limit=limits[1]),
    )
    have: list[bytes] = []
    need: list[bytes] = []
    message: bytes | None = one.open()
    for rounds in range(1, 2_000):
        assert message is not None
        answer = other.answer(message)
        assert not limits[1] or len(answer) <= limits[1]
        learnt = one.learn(answer)
        have += learnt.have
        need += learnt.need
        message = learnt.message
        if message is None:
            return set(have), set(need), rounds
    raise AssertionError("it never ended")


def some_items(count: int, seed: int, moments: int) -> Items:
    chance = random.Random(seed)
    return [(chance.randrange(moments), chance.randbytes(32)) for _ in range(count)]


items = st.tuples(st.integers(0, 40), st.binary(min_size=32, max_size=32))


@given(st.lists(items, max_size=80), st.lists(items, max_size=80), st.lists(items, max_size=80))
@settings(max_examples=60, deadline=None)
def test_they_find_the_difference(both: Items, mine: Items, others: Items) -> None:
    names = {name for _, name in both}
    ours = both + [item for item in mine if item[1] not in names]
    theirs = both + [item for item in others if item[1] not in names and item[1] not in {name for _, name in mine}]
    have, need, _ = reconciled(
        list({n: (t, n) for t, n in ours}.values()), list({n: (t, n) for t, n in theirs}.values())
    )
    assert (have, need) == differences(ours, theirs)


@pytest.mark.parametrize("limits", [(0, 0), (4_096, 4_096), (0, 4_096), (60_000, 8_192)])
@pytest.mark.parametrize("moments", [1, 3, 1_000_000])
def test_large_sets_are_compared_within_the_limits_of_frames(limits: tuple[int, int], moments: int) -> None:
    both = some_items(3_000, 1, moments)
    mine, others = some_items(120, 2, moments), some_items(700, 3, moments)
    have, need, _ = reconciled(both + mine, both + others, limits)
    assert (have, need) == differences(both + mine, both + others)


def test_equal_sets_take_one_round() -> None:
    both = some_items(5_000, 1, 100)
    assert reconciled(both, both) == (set(), set(), 1)
    assert reconciled([], []) == (set(), set(), 1)
    assert reconciled([], both)[1] == {name for _, name in both}
    assert reconciled(both, [])[0] == {name for _, name in both}


def test_a_fingerprint_is_of_a_range_wherever_it_begins() -> None:
    sealed = Sealed.of(some_items(1_000, 1, 50))
    for low, high in ((0, 0), (0, 1_000), (63, 65), (64, 128), (1, 999)):
        part = Sealed(
            array("q", [sealed.item(n).at for n in range(low, high)]), b"".join(map(sealed.id, range(low, high)))
        )
        assert sealed.fingerprint(low, high) == part.fingerprint(0, high - low)
    assert sealed.item(3) == Item(sealed.item(3).at, sealed.id(3))


def test_another_version_is_told_ours() -> None:
    side = Negentropy(Sealed.of([]))
    assert side.answer(b"\x62whatever") == b"\x61"
    with pytest.raises(NegentropyError):
        side.learn(b"\x62")


@pytest.mark.parametrize(
    "message",
    [
        b"", b"\x10", b"\x61\x01", b"\x61\x01\x00", b"\x61\x01\x00\x07", b"\x61\x01\x00\x01short",
        b"\x61\x00\x00\x02\xff\xff\x7f",
        b"\x61\x01\x21" + bytes(40), b"\x61" + b"\xff" * 40, b"\x61\x05\x02zz\x00\x01\x01a\x00",
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(message: bytes) -> None:
    with pytest.raises(NegentropyError):
        Negentropy(Sealed.of(some_items(50, 1, 10))).answer(message)


@given(st.binary(max_size=200))
@settings(max_examples=200, deadline=None)
def test_noise_is_refused_or_answered_but_nothing_breaks(noise: bytes) -> None:
    with contextlib.suppress(NegentropyError):
        Negentropy(Sealed.of(some_items(100, 1, 10)), frame_limit=4_096).answer(b"\x61" + noise)


def test_a_limit_that_no_frame_fits_is_refused() -> None:
    with pytest.raises(ValueError, match="4096"):
        Negentropy(Sealed.of([]), frame_limit=100)


@given(st.sets(items, max_size=200), st.lists(items, max_size=20))
def test_a_sealed_set_that_others_join_is_sealed_as_if_they_had_been_there(
    known: set[tuple[int, bytes]], more: list[tuple[int, bytes]]
) -> None:
    joined, anew = Sealed.of(known).joined(more), Sealed.of([*known, *more])
    assert [joined.item(place) for place in range(len(joined))] == [anew.item(place) for place in range(len(anew))]
    assert joined.fingerprint(0, len(joined)) == anew.fingerprint(0, len(anew))
