"""Who is linked with whom, and which supernodes a leaf chooses."""

import random

import pytest

from scattershot.protocols.nostr.mesh.assignment import Choice, beginnings, in_order, two_of
from scattershot.protocols.nostr.mesh.lots import Ring
from scattershot.protocols.nostr.mesh.overlay import FULL, OWN, Overlay, circles
from tests.protocols.nostr.mesh.meshes import key


def _reached(overlay: Overlay, dead: frozenset[str] = frozenset()) -> int:
    alive = [name for name in overlay.supers if name not in dead]
    seen, waiting = {alive[0]}, [alive[0]]
    while waiting:
        for other in overlay.beside(waiting.pop()):
            if other not in seen and other not in dead:
                seen.add(other)
                waiting.append(other)
    return len(seen) - len(alive)


@pytest.mark.parametrize("count", [1, 2, 3, FULL, FULL + 1, 100, 1_000])
def test_all_hang_together_and_links_are_mutual(count: int) -> None:
    overlay = Overlay(key(n) for n in range(count))
    assert _reached(overlay) == 0
    for name in overlay.supers:
        beside = overlay.beside(name)
        assert name not in beside
        assert len(set(beside)) == len(beside)
        assert all(name in overlay.beside(other) for other in beside)
        assert len(beside) <= (count - 1 if count <= FULL else 2 * circles(count))


@pytest.mark.parametrize("seed", range(5))
def test_when_a_third_falls_at_once_the_rest_hang_together(seed: int) -> None:
    overlay = Overlay(key(n) for n in range(1_000))
    dead = frozenset(random.Random(seed).sample(overlay.supers, 300))
    assert _reached(overlay, dead) == 0


def test_one_more_alters_only_the_links_beside_it() -> None:
    names = [key(n) for n in range(100)]
    before, after = Overlay(names), Overlay([*names, key("new")])
    changed = [name for name in names if set(before.beside(name)) != set(after.beside(name))]
    assert 0 < len(changed) <= 2 * circles(100)
    assert set(changed) == set(after.beside(key("new")))


def test_a_few_links_are_nobodys_to_foretell() -> None:
    overlay = Overlay(key(n) for n in range(200))
    drawn = {overlay.links(key(5), f"secret {n}")[len(overlay.beside(key(5))) :] for n in range(40)}
    assert len(drawn) > 30
    assert all(len(each) <= OWN for each in drawn)


def test_a_ring_is_the_same_whoever_draws_it() -> None:
    names = [key(n) for n in range(30)]
    assert Ring("x", names).names == Ring("x", reversed(names)).names
    assert len(Ring("x", names).after(key("stranger"), 7)) == 7
    assert Ring("x", [key(1)]).beside(key(1)) == ()


def _choices(count: int, room: int = 512) -> tuple[Choice, ...]:
    return tuple(Choice(key(n), f"net {n // 3}", room) for n in range(count))


def test_when_one_of_a_hundred_goes_only_its_leaves_choose_anew() -> None:
    choices = _choices(100)
    moved, had = 0, 0
    gone = choices[17]
    rest = tuple(choice for choice in choices if choice != gone)
    heirs = set()
    for leaf in range(2_000):
        before, after = in_order(f"{leaf}", choices)[0], in_order(f"{leaf}", rest)[0]
        had += before == gone
        moved += before != after
        if before == gone:
            heirs.add(after.key)
    assert moved == had
    assert 8 <= had <= 40
    assert len(heirs) > had / 2


def test_the_two_are_of_different_networks_where_they_can_be() -> None:
    for leaf in range(300):
        first, other = two_of(f"{leaf}", _choices(30))
        assert first.network != other.network
    alike = tuple(choice._replace(network="one") for choice in _choices(4))
    assert len(two_of("leaf", alike)) == 2
    assert len(two_of("leaf", alike[:1])) == 1
    assert two_of("leaf", ()) == ()


def test_twice_the_room_gets_twice_the_leaves() -> None:
    choices = tuple(choice._replace(room=1_024 if n == 0 else 512) for n, choice in enumerate(_choices(10)))
    firsts = [in_order(f"{leaf}", choices)[0] for leaf in range(4_000)]
    large = sum(choice == choices[0] for choice in firsts)
    assert 4_000 * 2 / 11 * 0.85 < large < 4_000 * 2 / 11 * 1.15


@pytest.mark.parametrize("supers", [60, 384, 1_000, 6_000, 50_000])
def test_a_leaf_asks_for_a_few_dozen_whatever_their_number(supers: int) -> None:
    asked = beginnings("leaf", supers)
    assert asked is not None
    assert 16 <= supers * len(asked) / 16 ** len(asked[0]) <= 60
    assert asked != beginnings("another", supers)


def test_where_there_are_few_a_leaf_asks_for_all() -> None:
    assert beginnings("leaf", 40) is None
