"""What is known does not depend on the way it came: a view is a CRDT."""

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scattershot.protocols.nostr.mesh.statements import Accusation, Admission, Announcement, Attestation, Obituary
from scattershot.protocols.nostr.mesh.view import Known, View
from tests.protocols.nostr.mesh.meshes import NOW, a_view, an_announcement, key, network

NAMES = st.sampled_from([key(n) for n in range(4)])
AT = st.integers(NOW - 5, NOW)
STATEMENTS = st.lists(
    st.one_of(
        st.builds(
            lambda name, at, load, inc: an_announcement(
                "x", key=name, at=at, load=load, incarnation=inc, id=key((name, at, load, inc))
            ), NAMES, AT, st.integers(0, 3), st.integers(0, 2),
        ),
        st.builds(Attestation, NAMES, NAMES, AT, st.sampled_from([network(1), network(2)]), st.just("wss://a.example/")),
        st.builds(Admission, NAMES, st.sampled_from(["2026-09-20", "2026-09-21"]), st.integers(18, 22)),
        st.builds(Obituary, NAMES, NAMES, st.integers(0, 2), AT),
    ),
    max_size=30,
)  # fmt: skip


def known(view: View) -> Any:
    return view.announcements, view.attestations, view.admissions, view.obituaries


def of(said: Any) -> View:
    view = View()
    view.merge(said)
    return view


@given(STATEMENTS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_neither_order_nor_repetition_alters_what_is_known(said: list[Any], order: random.Random) -> None:
    again = said + said[: len(said) // 2]
    order.shuffle(again)
    one, other = of(said), of(again)
    assert known(one) == known(other)
    assert one.digest == other.digest


@given(STATEMENTS, STATEMENTS, STATEMENTS)
@settings(deadline=None)
def test_views_merge_to_the_same_whoever_merges_whom(a: list[Any], b: list[Any], c: list[Any]) -> None:
    left, right = of(a), of(b)
    left.merge(of(b))
    right.merge(of(a))
    assert known(left) == known(right)
    left.merge(of(c))
    other = of(b)
    other.merge(of(c))
    first = of(a)
    first.merge(other)
    assert known(left) == known(first)
    assert not left.merge(first)


def test_saying_it_again_is_new_and_matters_to_nobody() -> None:
    view = View()
    first = an_announcement(1)
    assert view.take(first) == Known(True, True)
    assert view.take(first) == Known(False, False)
    assert view.take(first._replace(at=first.at + 1, expires=first.expires + 1)) == Known(True, False)
    assert view.take(first._replace(at=first.at + 2, load=9)) == Known(True, True)


def test_a_replay_of_what_was_said_before_alters_nothing() -> None:
    view = View()
    old = an_announcement(1, role="super", at=NOW - 60)
    view.take(an_announcement(1, role="retired", at=NOW - 10))
    assert view.take(old) == Known(False, False)
    assert view.announcements[key(1)].role == "retired"


def test_what_is_too_old_is_forgotten_everywhere_at_once() -> None:
    view = a_view(3, 3)
    assert not view.expire(NOW)
    assert view.expire(NOW + 4_000)
    assert not view.announcements
    assert not view.attestations
    empty = View()
    empty.merge(view.admissions.values())
    assert view.digest == empty.digest


def test_an_accusation_is_not_kept() -> None:
    assert View().take(Accusation(key(1), key(2), 0)) == Known(False, False)


def test_a_flood_of_nodes_costs_no_more_than_its_share_and_takes_no_supernode() -> None:
    view = a_view(5, 5)
    for n in range(500):
        view.take(an_announcement(f"flood {n}"))
    view.trim(50)
    assert len(view.announcements) == 50
    assert all(key(n) in view.announcements for n in range(5))
    assert view.digest == view.copy().digest


def test_of_two_said_in_the_same_second_the_lower_id_counts() -> None:
    one: Announcement = an_announcement(1, at=NOW, load=1, id="a" * 64)
    other = an_announcement(1, at=NOW, load=2, id="b" * 64)
    for order in ((one, other), (other, one)):
        assert of(order).announcements[key(1)].load == 1
