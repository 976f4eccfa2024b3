"""Who serves: the same for all who know the same, and no more change than is needed."""

import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scattershot.protocols.nostr.mesh.census import Census
from scattershot.protocols.nostr.mesh.election import (
    DWELL,
    EPOCH,
    FEWEST,
    Election,
    cold_wait,
    elect,
    fault_of,
    joins_the_bench,
    step_limit,
)
from scattershot.protocols.nostr.mesh.statements import Attestation, Obituary
from scattershot.protocols.nostr.mesh.view import View
from tests.protocols.nostr.mesh.meshes import (
    HOUR,
    NOW,
    a_view,
    admitted,
    an_announcement,
    attested,
    buried,
    key,
    network,
)

NODES = st.lists(
    st.tuples(
        st.sampled_from(["super", "candidate", "candidate", "retired", "leaf"]),
        st.sampled_from([64, 256, 512, 1_024, 4_096]),
        st.sampled_from([64, 256, 1_024, 8_192]),
        st.integers(0, 30 * HOUR),
        st.integers(0, 4_096),
        st.integers(0, 3 * HOUR),
        st.booleans(),
        st.integers(0, 40),
    ),
    max_size=60,
)


def _view(nodes: Any, order: Any = None) -> View:
    view = View()
    said: list[Any] = []
    for n, (role, slots, uplink, up, load, since, works, _) in enumerate(nodes):
        said.append(an_announcement(
            n, role=role, slots=slots, uplink=uplink, up=NOW - up, load=load if role == "super" else 0,
            since=NOW - since, addresses=(f"wss://node{n}.example/",), id=f"{n:064x}",
        ))  # fmt: skip
        if works:
            said.append(admitted(n))
    supers = [n for n, node in enumerate(nodes) if node[0] == "super"]
    for n, node in enumerate(nodes):
        said += [
            Attestation(key(witness), key(n), NOW - 60, network(node[7]), f"wss://node{n}.example/")
            for witness in supers[: 5 + n % 9]
            if witness != n
        ]
    if order is not None:
        order.shuffle(said)
    view.merge(said)
    return view


def _eligible(view: View) -> list[str]:
    census = Census(view, NOW)
    return [one for one in census.alive if fault_of(census, one) is None]


def _obeyed(view: View, election: Election, now: int = NOW) -> View:
    """The view when everybody did as they were elected."""
    other = view.copy()
    for one, each in view.announcements.items():
        if one in election.supers and each.role != "super":
            other.take(each._replace(at=now, role="super", since=now))
        elif one not in election.supers and each.role == "super":
            other.take(each._replace(at=now, role="retired", since=now))
    return other


@given(NODES, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_in_which_things_were_heard_alters_nothing(nodes: Any, order: random.Random) -> None:
    assert elect(_view(nodes), NOW) == elect(_view(nodes, order), NOW)


@given(NODES)
@settings(max_examples=60, deadline=None)
def test_when_all_do_as_elected_the_same_are_elected_again(nodes: Any) -> None:
    view = _view(nodes)
    able = set(_eligible(view))
    # who claims to serve and may not is left out here: it cannot do as elected
    for one in [one for one, each in view.announcements.items() if each.role == "super" and one not in able]:
        view.take(view.announcements[one]._replace(at=NOW - 5, role="leaf"))
    attested(view, NOW - 55)
    first = elect(view, NOW)
    after = _obeyed(view, first)
    attested(after, NOW - 50)
    again = elect(after, NOW)
    if again.target == first.target:  # whoever begins alters the median of the slots
        assert again.supers == first.supers
    assert len(first.supers - again.supers) <= step_limit(again.target)


@given(NODES)
@settings(max_examples=60, deadline=None)
def test_there_are_three_where_there_can_be(nodes: Any) -> None:
    view = _view(nodes)
    able = _eligible(view)
    chosen = elect(view, NOW).supers
    assert chosen <= set(able)
    assert len(chosen) >= min(FEWEST, len(able))


@given(NODES, st.data())
@settings(max_examples=60, deadline=None)
def test_more_room_costs_nobody_the_role(nodes: Any, data: Any) -> None:
    view = _view(nodes)
    before = elect(view, NOW)
    if not before.supers:
        return
    one = data.draw(st.sampled_from(sorted(before.supers)))
    view.take(view.announcements[one]._replace(at=NOW - 1, slots=4_096, uplink=1 << 20))
    after = elect(view, NOW)
    assert one in after.supers or after.target < before.target


@given(NODES)
@settings(max_examples=60, deadline=None)
def test_of_those_that_work_at_most_a_tenth_change_in_an_epoch(nodes: Any) -> None:
    view = _view(nodes)
    election = elect(view, NOW)
    working = {one for one in _eligible(view) if view.announcements[one].role == "super"}
    assert len(working - election.supers) <= step_limit(election.target)


def test_a_mesh_at_rest_stays_as_it_is() -> None:
    view = a_view(20, 40, load=33)
    assert elect(view, NOW).supers == {key(n) for n in range(20)}


def test_there_are_as_many_as_have_room_for_all_links_with_a_third_to_spare() -> None:
    assert elect(a_view(30, 100, load=64, slots=64), NOW).target == -(-30 * 64 * 10 // (6 * 64))


def test_a_small_mesh_has_the_root_of_its_people() -> None:
    assert elect(a_view(3, 97), NOW).target == 10


def test_who_fell_is_replaced_at_once_and_by_nobody_else_than_needed() -> None:
    view = a_view(20, 40, load=33)  # the target is 20
    before = elect(view, NOW).supers
    buried(view, 7)
    after = elect(view, NOW).supers
    assert key(7) not in after
    assert len(after) == len(before)
    assert len(before - after) == 1


def test_half_may_fall_and_are_replaced_in_the_same_breath() -> None:
    view = a_view(40, 100, load=72)  # the target is 40
    before = elect(view, NOW)
    for n in range(20):
        buried(view, n)
    assert len(Census(view, NOW).gone) == 20
    after = elect(view, NOW)
    assert len(after.supers) == before.target
    assert {key(n) for n in range(20, 40)} <= after.supers


def test_a_flash_crowd_makes_it_grow_by_half_in_an_epoch() -> None:
    view = a_view(20, 200, load=512)
    election = elect(view, NOW)
    assert election.target == 74
    assert len(election.supers) == 30


def test_too_many_step_down_a_tenth_at_a_time_the_worst_first() -> None:
    view = a_view(40, 0, load=20)
    view.take(view.announcements[key(3)]._replace(at=NOW - 5, slots=64))
    election = elect(view, NOW)
    assert election.target < 32
    assert len(election.supers) == 40 - step_limit(election.target)
    assert key(3) not in election.supers
    after = _obeyed(view, election)
    assert elect(after, NOW).supers == election.supers
    assert len(elect(after, NOW + EPOCH + 1).supers) < len(election.supers)


def test_who_has_just_begun_keeps_the_role() -> None:
    view = a_view(40, 0, load=20, since=NOW - DWELL + 60)
    assert len(elect(view, NOW).supers) == 40


def test_a_little_better_is_not_worth_a_change_and_much_better_is() -> None:
    view = a_view(10, 1, load=17)
    better = view.announcements[key(10)]
    view.take(better._replace(at=NOW - 9, slots=2_048))
    assert key(10) not in elect(view, NOW).supers
    view.take(better._replace(at=NOW - 8, slots=4_096))
    assert key(10) in elect(view, NOW).supers


def test_who_is_young_serves_only_where_the_old_do_not_suffice() -> None:
    view = a_view(3, 30)
    for n in range(3, 33):
        view.take(view.announcements[key(n)]._replace(at=NOW - 5, up=NOW - 60, slots=4_096))
    view.take(an_announcement("old", slots=64, addresses=("wss://old.example/",)))
    view.take(admitted("old"))
    attested(view)
    chosen = elect(view, NOW).supers
    assert key("old") in chosen
    assert len(chosen) == elect(view, NOW).target


def test_one_network_holds_a_twentieth_at_most() -> None:
    view = a_view(100, 0, load=300)
    for n in range(200):
        view.take(an_announcement(f"sybil {n}", slots=4_096, addresses=(f"wss://sybil{n}.example/",)))
        view.take(admitted(f"sybil {n}"))
    attested(view)
    for n in range(200):
        for witness, each in list(view.attestations[key(f"sybil {n}")].items()):
            view.attestations[key(f"sybil {n}")][witness] = each._replace(network="66.6.0.0/16")
    for n in range(50):
        buried(view, n)
    chosen = elect(view, NOW)
    assert sum(1 for n in range(200) if key(f"sybil {n}") in chosen.supers) == max(1, chosen.target // 20)


def test_one_domain_holds_two_at_most() -> None:
    view = a_view(10, 0, load=512)
    for n in range(30):
        view.take(an_announcement(f"tenant {n}", slots=4_096, addresses=(f"wss://t{n}.landlord.example/",)))
        view.take(admitted(f"tenant {n}"))
    attested(view)
    assert sum(1 for n in range(30) if key(f"tenant {n}") in elect(view, NOW).supers) == 2


def test_all_on_one_machine_may_serve_together() -> None:
    view = a_view(0, 10)
    for n in range(10):
        view.take(view.announcements[key(n)]._replace(at=NOW - 5, role="super", addresses=(f"ws://127.0.0.1:{n + 1}",)))
    for n in range(10):
        for witness in range(10):
            if witness != n:
                view.take(Attestation(key(witness), key(n), NOW - 3, "local", f"ws://127.0.0.1:{n + 1}"))
    assert len(elect(view, NOW).supers) >= 4


def test_who_says_it_can_be_reached_is_not_believed() -> None:
    view = a_view(5, 20, load=512)
    view.take(an_announcement("boaster", slots=4_096))
    view.take(admitted("boaster"))
    assert key("boaster") not in elect(view, NOW).supers
    assert fault_of(Census(view, NOW), key("boaster")) == "too few others could reach it"


def test_friends_that_are_not_asked_attest_in_vain() -> None:
    view = a_view(100, 20, load=300)
    subject = key(110)
    view.attestations[subject] = {}
    asked = Census(view, NOW).believed(subject)
    friends = [key(n) for n in range(100) if key(n) not in asked]
    for friend in friends:
        view.take(Attestation(friend, subject, NOW - 5, network(9), view.announcements[subject].addresses[0]))
    assert fault_of(Census(view, NOW), subject) == "too few others could reach it"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"role": "leaf"}, "does not wish"),
        ({"lag": 900}, "too busy"),
        ({"slots": 0}, "no room"),
        ({"expires": NOW - 1}, "not announced"),
    ],
)
def test_who_cannot_serve_is_told_why(change: Any, words: str) -> None:
    view = a_view(3, 3)
    view.take(view.announcements[key(4)]._replace(at=NOW - 5, **change))
    assert words in str(fault_of(Census(view, NOW), key(4)))
    assert key(4) not in elect(view, NOW).supers


def test_a_node_without_the_work_of_the_day_does_not_serve() -> None:
    view = a_view(3, 3)
    del view.admissions[key(4)]
    assert "work" in str(fault_of(Census(view, NOW), key(4)))


def test_who_is_overloaded_while_serving_goes_on() -> None:
    view = a_view(10, 0, lag=5_000, load=17)
    assert len(elect(view, NOW).supers) == 10


def test_one_alone_serves() -> None:
    assert elect(a_view(0, 1), NOW).supers == {key(0)}


def test_nobody_serves_where_nobody_is() -> None:
    assert elect(View(), NOW) == Election(frozenset(), 0, 0, None)


def test_at_a_cold_start_the_best_goes_first() -> None:
    view = a_view(0, 5)
    view.take(view.announcements[key(3)]._replace(at=NOW - 5, slots=4_096))
    waits = {n: cold_wait(view, NOW, view.announcements[key(n)]) for n in range(5)}
    assert min(waits, key=lambda n: waits[n]) == 3
    assert waits[3] < 2.0


def test_two_halves_that_meet_shrink_slowly() -> None:
    one, other = a_view(20, 0, load=20), View()
    for n in range(100, 120):
        other.take(an_announcement(n, role="super", load=20, addresses=(f"wss://n{n}.example/",)))
        other.take(admitted(n))
    one.merge(other)
    attested(one)
    election = elect(one, NOW)
    assert 40 - step_limit(election.target) <= len(election.supers) < 40


def test_a_bench_as_long_as_those_who_serve_is_enough() -> None:
    view = a_view(20, 100, load=33)
    election = elect(view, NOW)
    waiting = [n for n in range(20, 120) if joins_the_bench(view.announcements[key(n)], election, NOW)]
    assert len(waiting) == election.target


def test_nobody_is_gone_because_one_says_so() -> None:
    view = a_view(40, 0, load=280)
    buried(view, 7, by=1)
    assert not Census(view, NOW).gone
    buried(view, 7, by=3)
    assert set(Census(view, NOW).gone) == {key(7)}


def test_who_was_buried_alive_comes_back_by_a_higher_incarnation() -> None:
    view = a_view(40, 0, load=280)
    buried(view, 7)
    view.take(view.announcements[key(7)]._replace(at=NOW - 1, incarnation=1))
    assert not Census(view, NOW).gone


def test_nine_of_ten_may_fall_at_once_and_are_found_in_turns() -> None:
    view = a_view(60, 0, load=10)
    dead = {key(n) for n in range(54)}
    for _ in range(20):
        census = Census(view, NOW)
        for one in dead - census.gone.keys():
            for witness in census.overlay.beside(one):
                if witness not in dead:
                    view.take(Obituary(witness, one, 0, NOW - 5))
    assert set(Census(view, NOW).gone) == dead
