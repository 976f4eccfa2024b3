"""Who is silent is found out within seconds, and nobody else."""

from collections.abc import Callable
from heapq import heappop, heappush
from random import Random

import pytest

from scattershot.protocols.nostr.mesh import detector as watch
from scattershot.protocols.nostr.mesh.census import quorum
from scattershot.protocols.nostr.mesh.detector import Detector
from scattershot.protocols.nostr.mesh.overlay import Overlay
from scattershot.protocols.nostr.mesh.pulse import FLOOR, PHI, PRIMARY_BEAT, Pulse
from tests.protocols.nostr.mesh.meshes import key


class Pond:
    """Detectors, and a network that may lose and delay what they say."""

    def __init__(self, count: int, seed: int = 1, loss: float = 0.0) -> None:
        self.now, self._number, self.loss = 0.0, 0, loss
        self.random = Random(seed)
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self.names = [key(n) for n in range(count)]
        self.overlay = Overlay(self.names)
        self.incarnations = dict.fromkeys(self.names, 0)
        self.deaf: set[str] = set()
        self.delay = dict.fromkeys(self.names, 0.0)
        self.burials: dict[tuple[str, int], dict[str, float]] = {}
        self.accusations: list[tuple[str, str]] = []
        self.detectors = {name: Detector(name, 0.0, self.random.random) for name in self.names}
        for name in self.names:
            self.tell_neighbours(name)
            self.wake(name)

    def tell_neighbours(self, name: str) -> None:
        beside = self.overlay.beside(name)
        self.detectors[name].neighbours({other: self.incarnations[other] for other in beside}, self.overlay.beside)

    def at(self, when: float, what: Callable[[], None]) -> None:
        self._number += 1
        heappush(self._heap, (when, self._number, what))

    def wake(self, name: str) -> None:
        def now() -> None:
            if name not in self.deaf:
                self.do(name, self.detectors[name].tick(self.now))
                self.wake(name)

        self.at(max(self.now + 0.001, self.detectors[name].due()), now)

    def send(self, to: str, what: Callable[[], list[watch.Deed]]) -> None:
        if self.random.random() >= self.loss:
            wait = 0.02 + 0.06 * self.random.random() + self.delay[to]
            self.at(self.now + wait, lambda: None if to in self.deaf else self.do(to, what()))

    def do(self, name: str, deeds: list[watch.Deed]) -> None:
        for deed in deeds:
            match deed:
                case watch.Ping(to, number, accused):
                    self.send(to, lambda to=to, number=number, accused=accused: self.detectors[to].pinged(  # type: ignore[misc]
                        name, number, accused, self.incarnations[to]))  # fmt: skip
                case watch.Pong(to, number):
                    self.send(to, lambda to=to, number=number: self.detectors[to].ponged(number))  # type: ignore[misc]
                case watch.AskOf(to, subject, number):
                    self.send(to, lambda to=to, subject=subject, number=number: self.detectors[to].asked_of(  # type: ignore[misc]
                        name, subject, number, self.now))  # fmt: skip
                case watch.Accuse(subject, incarnation):
                    self.accusations.append((name, subject))
                    self.accuse(name, subject, incarnation)
                case watch.Refute(accused):
                    self.incarnations[name] = max(self.incarnations[name], accused + 1)
                    self.at(
                        self.now + 0.1,
                        lambda: [self.tell_neighbours(other) for other in self.overlay.beside(name)] and None,
                    )
                case watch.Bury(subject, incarnation):
                    self.burials.setdefault((subject, incarnation), {})[name] = self.now

    def accuse(self, name: str, subject: str, incarnation: int) -> None:
        for to in (*self.overlay.beside(subject), subject):
            if to != name:
                self.send(to, lambda to=to: self.detectors[to].accused(  # type: ignore[misc]
                    name, subject, incarnation, self.incarnations[to], self.now))  # fmt: skip

    def run(self, until: float) -> None:
        while self._heap and self._heap[0][0] <= until:
            self.now, _, what = heappop(self._heap)
            what()
        self.now = until

    def gone(self, name: str) -> float | None:
        """When enough witnesses had buried what it is now."""
        moments = sorted(self.burials.get((name, self.incarnations[name]), {}).values())
        needed = quorum(len(self.overlay.beside(name)))
        return moments[needed - 1] if len(moments) >= needed else None


@pytest.mark.parametrize("count", [3, 12, 24, 60])
@pytest.mark.parametrize("seed", range(4))
def test_who_falls_silent_is_gone_within_seconds(count: int, seed: int) -> None:
    pond = Pond(count, seed)
    pond.run(20)
    pond.deaf.add(pond.names[0])
    pond.run(40)
    gone = pond.gone(pond.names[0])
    assert gone is not None
    assert gone - 20 < 9
    assert set(pond.burials) == {(pond.names[0], 0)}


def test_half_of_those_that_die_are_known_within_four_seconds() -> None:
    times = []
    for seed in range(20):
        pond = Pond(40, seed)
        pond.run(10)
        pond.deaf.add(pond.names[3])
        pond.run(30)
        gone = pond.gone(pond.names[3])
        assert gone is not None
        times.append(gone - 10)
    assert sorted(times)[10] < 4


@pytest.mark.parametrize("loss", [0.0, 0.02, 0.1])
def test_nobody_that_lives_is_gone_though_messages_are_lost(loss: float) -> None:
    pond = Pond(30, loss=loss)
    pond.run(600)
    assert [name for name in pond.names if pond.gone(name) is not None] == []


def test_a_slow_one_refutes_what_is_said_of_it() -> None:
    pond = Pond(12)
    pond.run(10)
    slow = pond.names[4]
    pond.delay[slow] = 1.4  # every answer comes too late
    pond.run(40)
    assert pond.incarnations[slow] > 0
    assert pond.gone(slow) is None


def test_who_is_slow_itself_gives_the_others_time_and_buries_nobody() -> None:
    pond = Pond(12)
    slow = pond.names[4]
    pond.delay[slow] = 1.4
    pond.run(60)
    assert pond.detectors[slow].patience > 1
    assert [name for name in pond.names if pond.gone(name) is not None] == []


def test_a_lone_liar_kills_nobody() -> None:
    pond = Pond(30)
    liar, victim = pond.names[1], pond.names[2]
    for second in range(1, 60):
        pond.at(float(second), lambda: pond.accuse(liar, victim, pond.incarnations[victim]))
    pond.run(70)
    assert pond.gone(victim) is None
    assert not pond.burials


def test_a_closed_socket_is_looked_into_at_once() -> None:
    pond = Pond(24)
    pond.run(10)
    dead = pond.names[5]
    pond.deaf.add(dead)
    for other in pond.overlay.beside(dead):
        pond.do(other, pond.detectors[other].lost(dead, pond.now))
    pond.run(14)
    gone = pond.gone(dead)
    assert gone is not None
    assert gone - 10 < 2.5


def test_an_accusation_of_an_old_incarnation_is_no_news() -> None:
    detector = Detector(key(0), 0.0, lambda: 0.5)
    detector.neighbours({key(1): 3}, lambda _: ())
    assert detector.accused(key(2), key(1), 2, 0, 1.0) == []
    assert detector.accused(key(2), key(9), 2, 0, 1.0) == []


def test_answers_that_nobody_asked_for_do_nothing() -> None:
    detector = Detector(key(0), 0.0, lambda: 0.5)
    assert detector.ponged(77) == []
    assert detector.asked_of(key(1), key(2), 3, 1.0) == []
    assert detector.lost(key(2), 1.0) == []


def test_a_pulse_that_stops_is_noticed_after_its_usual_pause_and_a_little_more() -> None:
    pulse = Pulse(0.0, PRIMARY_BEAT)
    for beat in range(1, 20):
        pulse.heard(beat * PRIMARY_BEAT)
    assert pulse.phi(20 * PRIMARY_BEAT) < 1
    ends = pulse.ends()
    assert 20 * PRIMARY_BEAT + FLOOR <= ends < 20 * PRIMARY_BEAT + 2 * FLOOR
    assert pulse.phi(ends) >= PHI


def test_an_uneven_pulse_is_given_more_time() -> None:
    even, uneven = Pulse(0.0, 30.0), Pulse(0.0, 30.0)
    for beat in range(1, 40):
        even.heard(beat * 30.0)
        uneven.heard(beat * 30.0 + (6.0 if beat % 2 else 0.0))
    assert uneven.ends() - 39 * 30.0 > even.ends() - 39 * 30.0 + 6.0
