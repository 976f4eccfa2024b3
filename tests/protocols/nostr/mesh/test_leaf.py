"""A leaf and its two supernodes, the door it knocks at, and the role of a node in time."""

from typing import Any

import pytest

from scattershot.protocols.nostr.mesh.admission import LONGEST_WAIT, Door, Elsewhere, Welcome, wait_before
from scattershot.protocols.nostr.mesh.assignment import Choice, in_order
from scattershot.protocols.nostr.mesh.audit import Ledger, wait_for
from scattershot.protocols.nostr.mesh.election import DWELL, Election
from scattershot.protocols.nostr.mesh.leaf import Dial, HangUp, Leaf, Listen, Look, hand_over
from scattershot.protocols.nostr.mesh.tenure import Close, Drain, Machine, Serve, State, Tenure, objection
from tests.protocols.nostr.mesh.meshes import NOW, key

CHOICES = tuple(Choice(key(n), f"net {n % 4}", 512) for n in range(8))


def a_leaf(chance: float = 0.5) -> Leaf:
    return Leaf("secret", lambda: chance)


def joined() -> tuple[Leaf, str, str]:
    leaf = a_leaf()
    (dial,) = leaf.learned(CHOICES, 0.0)
    assert isinstance(dial, Dial)
    listen, other = leaf.opened(dial.key, 1.0)
    assert isinstance(listen, Listen)
    assert isinstance(other, Dial)
    assert leaf.opened(other.key, 2.0) == []
    return leaf, dial.key, other.key


def test_a_leaf_dials_its_favourite_at_once_and_another_network_without_haste() -> None:
    leaf = a_leaf()
    (first,) = leaf.learned(CHOICES, 0.0)
    assert first == Dial(in_order("secret", CHOICES)[0].key, 0.5, True)
    listen, second = leaf.opened(in_order("secret", CHOICES)[0].key, 1.0)
    assert listen == Listen(in_order("secret", CHOICES)[0].key)
    assert isinstance(second, Dial)
    assert not second.urgent
    assert second.at == 1.0 + 15.0
    assert leaf.opened(second.key, 20.0) == []
    assert leaf.primary is not None
    assert leaf.standby is not None
    assert leaf.primary.network != leaf.standby.network


def test_when_the_one_that_sends_is_lost_the_other_sends_at_once() -> None:
    leaf, first, second = joined()
    listen, dial = leaf.lost(first, 100.0)
    assert listen == Listen(second)
    assert isinstance(dial, Dial)
    assert dial.key not in (first, second)
    assert not dial.urgent


def test_when_both_are_lost_it_hurries() -> None:
    leaf, first, second = joined()
    leaf.lost(second, 100.0)
    leaf.lost(first, 100.0)
    assert leaf.dialling is not None
    assert leaf.primary is None


def test_each_refusal_doubles_the_span_and_leads_elsewhere() -> None:
    leaf = a_leaf(1.0)
    deeds: list[Any] = leaf.learned(CHOICES, 0.0)
    tried, waits = [], []
    for n in range(7):
        tried.append(deeds[0].key)
        deeds = leaf.refused(deeds[0].key, 10.0 * n)
        waits.append(deeds[0].at - 10.0 * n)
    assert len(set(tried)) == 7
    assert waits[:6] == [2.0, 4.0, 8.0, 16.0, 32.0, 60.0]


def test_a_leaf_that_knows_nobody_looks_again() -> None:
    (look,) = a_leaf().learned((), 0.0)
    assert isinstance(look, Look)


def test_a_link_that_nobody_asked_for_is_closed() -> None:
    assert a_leaf().opened(key(3), 1.0) == [HangUp(key(3))]


def test_who_is_dismissed_leaves_when_the_other_sends() -> None:
    leaf, first, second = joined()
    assert leaf.dismissed(first, 50.0)[:2] == [Listen(second), HangUp(first)]
    alone = a_leaf()
    (dial,) = alone.learned(CHOICES[:1], 0.0)
    assert isinstance(dial, Dial)
    alone.opened(dial.key, 1.0)
    assert HangUp(dial.key) not in alone.dismissed(dial.key, 2.0)


def test_who_withholds_is_left_alone_for_hours() -> None:
    leaf, first, _ = joined()
    assert HangUp(first) in leaf.distrusted(first, 100.0)
    for hour in range(1, 5):
        leaf.learned(CHOICES, 100.0 + 3_600 * hour)
        assert leaf.dialling is None or leaf.dialling.key != first


def test_waits_are_drawn_from_the_whole_span() -> None:
    assert wait_before(3, 0.0) == 0.0
    assert wait_before(0, 1.0) == 1.0
    assert wait_before(1_000, 1.0) == LONGEST_WAIT
    assert sorted(hand_over(3, lambda: 0.5)) == [30.0] * 3


def test_a_door_lets_in_as_many_as_it_has_time_for() -> None:
    door = Door(10_000, 0.02, 0.0)
    welcome = sum(isinstance(door.knock(0.0, n, 0.0, urgent=True), Welcome) for n in range(1_000))
    assert welcome == 50
    later = sum(isinstance(door.knock(10.0, n, 0.0, urgent=True), Welcome) for n in range(1_000))
    assert later == 50
    assert sum(isinstance(door.knock(10.0 + n / 100, 1, 0.0, urgent=True), Welcome) for n in range(1_000)) == 249


def test_who_has_no_other_link_goes_before_who_has_one() -> None:
    door = Door(10_000, 0.02, 0.0)
    assert sum(isinstance(door.knock(0.0, 1, 0.0, urgent=False), Welcome) for _ in range(100)) == 25
    assert sum(isinstance(door.knock(0.0, 1, 0.0, urgent=True), Welcome) for _ in range(100)) == 25


def test_a_full_or_late_house_sends_on() -> None:
    assert isinstance(Door(5, 0.02, 0.0).knock(0.0, 5, 0.0, urgent=True), Elsewhere)
    assert isinstance(Door(5, 0.02, 0.0).knock(0.0, 1, 3.0, urgent=True), Elsewhere)


def test_withholding_is_noticed_at_the_second_audit_and_a_slip_is_forgiven() -> None:
    ledger = Ledger()
    ledger.compared("a", "b", 100, 5, 0)
    assert not ledger.distrusts("b")
    for _ in range(5):
        ledger.compared("a", "b", 100, 0, 0)
    assert not ledger.distrusts("b")
    ledger.compared("a", "b", 100, 0, 0)
    ledger.compared("a", "b", 100, 2, 0)
    ledger.compared("a", "b", 100, 2, 0)
    assert ledger.distrusts("b")
    assert not ledger.distrusts("a")
    assert [wait_for(turn) for turn in range(6)] == [60, 120, 240, 480, 600, 600]


def _step(tenure: Tenure, now: float, *elected: str, anybody: bool = True) -> list[Any]:
    election = Election(frozenset(elected), 3, 10, None)
    return tenure.step(now, election, anybody=anybody, cold_wait=6.0, chance=0.5, changed=False)


def test_who_is_elected_serves_and_says_so() -> None:
    tenure = Tenure(key(1), NOW, offers=True)
    assert _step(tenure, NOW) == [State("candidate", NOW, 0)]
    assert _step(tenure, NOW + 5) == []
    assert _step(tenure, NOW + 9, key(1)) == [Serve(), State("super", NOW + 9, 0)]
    assert _step(tenure, NOW + 10, key(1)) == []
    assert _step(tenure, NOW + 9 + 180, key(1)) == [State("super", NOW + 9, 0)]


def test_who_is_elected_no_more_hands_its_leaves_over_and_may_come_again() -> None:
    tenure = Tenure(key(1), NOW, offers=True)
    _step(tenure, NOW, key(1))
    assert _step(tenure, NOW + 1_000) == [Drain(NOW + 1_060), State("retired", NOW + 1_000, 0)]
    assert Close() in _step(tenure, NOW + 1_060)
    assert State("candidate", NOW + 1_000 + DWELL, 0) in _step(tenure, NOW + 1_000 + DWELL)


def test_where_nobody_serves_one_waits_for_the_better_ones() -> None:
    tenure = Tenure(key(1), NOW, offers=True)
    assert Serve() not in _step(tenure, NOW, key(1), anybody=False)
    assert Serve() not in _step(tenure, NOW + 5, key(1), anybody=False)
    assert Serve() in _step(tenure, NOW + 6, key(1), anybody=False)


def test_who_does_not_offer_itself_is_never_made_to_serve() -> None:
    tenure = Tenure(key(1), NOW, offers=False)
    assert _step(tenure, NOW, key(1)) == [State("leaf", NOW, 0)]
    assert tenure.step_down(NOW) == []


def test_who_is_said_to_be_gone_says_that_it_lives_once() -> None:
    tenure = Tenure(key(1), NOW, offers=True)
    assert tenure.refute(0, NOW) == [State("candidate", NOW, 1)]
    assert tenure.refute(0, NOW) == []


def test_who_served_until_it_was_restarted_is_as_one_that_stepped_down() -> None:
    assert Tenure(key(1), NOW, offers=True, served=True).role == "retired"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({}, None),
        ({"wish": False}, "told not to"),
        ({"reachable": False}, "reach"),
        ({"reachable": False, "wish": True}, "reach"),
        ({"metered": True}, "paid"),
        ({"on_battery": True}, "battery"),
        ({"memory": 256}, "memory"),
        ({"slots": 8}, "room"),
        ({"metered": True, "on_battery": True, "memory": 256, "wish": True}, None),
    ],
)
def test_nobody_serves_silently_on_a_small_or_metered_machine(change: Any, words: str | None) -> None:
    machine = Machine(wish=None, reachable=True, metered=False, on_battery=False, memory=4_000, slots=512)
    why = objection(machine._replace(**change))
    assert why is None if words is None else why is not None and words in why
