"""An event reaches all, about once each; what was lost is fetched or repaired, and what is buried stays so."""

from collections import Counter
from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from typing import Any

import pytest

from scattershot.protocols.nostr.mesh import spreading
from scattershot.protocols.nostr.mesh.overlay import Overlay
from scattershot.protocols.nostr.mesh.repair import WINDOWS, Repair, due_windows, neighbour_for, span
from scattershot.protocols.nostr.mesh.spreading import MAX_MISSING, Have, Outbox, Push, Spread, goes_first
from scattershot.protocols.nostr.wire.filters import Filter
from scattershot.protocols.nostr.wire.mesh_frames import (
    AskFrame,
    GraftFrame,
    IHave,
    NotOfTheMesh,
    PingFrame,
    PongFrame,
    PruneFrame,
    encode_mesh,
    read_mesh,
)
from scattershot.protocols.nostr.wire.negentropy import Negentropy, Sealed
from tests.protocols.nostr.mesh.meshes import NOW, key


class Web:
    """Supernodes that spread, over links that may lose what is said."""

    def __init__(self, count: int, seed: int = 1, loss: float = 0.0) -> None:
        self.now, self._number, self.loss, self.random = 0.0, 0, loss, Random(seed)
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self.overlay = Overlay(key(n) for n in range(count))
        self.parts = {name: Spread() for name in self.overlay.supers}
        for name, part in self.parts.items():
            part.neighbours(self.overlay.beside(name))
        self.got: dict[str, dict[str, float]] = {}
        self.payloads: Counter[str] = Counter()
        self.echoes = 0
        self.came_from: dict[tuple[str, str], str] = {}
        self.dead: set[str] = set()

    def at(self, when: float, what: Callable[[], None]) -> None:
        self._number += 1
        heappush(self._heap, (when, self._number, what))

    def publish(self, name: str, by: str) -> None:
        self.got[name] = {by: self.now}
        self.do(by, self.parts[by].published(name, self.now))

    def do(self, me: str, deeds: list[spreading.Deed]) -> None:
        for deed in deeds:
            if isinstance(deed, Push):
                self.payloads[deed.name] += 1
                self.echoes += self.came_from.get((me, deed.name)) == deed.to
            if self.random.random() >= self.loss and deed.to not in self.dead:
                self.at(self.now + 0.02 + 0.08 * self.random.random(), lambda deed=deed: self.hear(me, deed))  # type: ignore[misc]
        due = self.parts[me].due()
        if due < float("inf"):
            self.at(
                max(due, self.now), lambda: self.do(me, self.parts[me].tick(self.now)) if me not in self.dead else None
            )

    def tick(self, me: str) -> None:
        if me not in self.dead:
            self.do(me, self.parts[me].tick(self.now))

    def hear(self, sender: str, deed: Any) -> None:
        part = self.parts[deed.to]
        match deed:
            case Push(to, name):
                new, deeds = part.received(name, sender, self.now)
                if new:
                    self.got[name][to] = self.now
                    self.came_from[to, name] = sender
                self.do(to, deeds)
            case Have(to, names):
                part.told(sender, names, self.now)
                self.do(to, [])
            case spreading.Graft(to, name):
                self.do(to, part.grafted(sender, name))
            case spreading.Prune():
                part.pruned(sender)

    def run(self, until: float) -> None:
        while self._heap and self._heap[0][0] <= until:
            self.now, _, what = heappop(self._heap)
            what()
        self.now = until


@pytest.mark.parametrize("count", [3, 24, 80, 300])
def test_all_hear_it_about_once_and_nobody_hears_his_own_again(count: int) -> None:
    web = Web(count)
    for n in range(60):
        web.publish(f"post {n}", web.overlay.supers[n * 7 % count])
        web.run(2.0 * (n + 1))
    assert all(len(web.got[f"post {n}"]) == count for n in range(60))
    settled = sum(web.payloads[f"post {n}"] for n in range(30, 60)) / 30
    assert settled <= 1.05 * count
    grafts = web.echoes  # an answer to a graft may cross what was on its way
    assert grafts <= 1


def test_what_is_lost_on_the_way_is_asked_for() -> None:
    web = Web(80, loss=0.02)
    for n in range(60):
        web.publish(f"post {n}", web.overlay.supers[n])
        web.run(3.0 * (n + 1))
    missing = sum(80 - len(web.got[f"post {n}"]) for n in range(60))
    assert missing <= 5
    assert sum(web.payloads.values()) < 1.5 * 80 * 60


def test_when_a_third_falls_the_tree_mends_itself() -> None:
    web = Web(100)
    for n in range(20):
        web.publish(f"before {n}", web.overlay.supers[n])
        web.run(2.0 * (n + 1))
    web.dead = set(web.random.sample(web.overlay.supers, 30))
    living = [name for name in web.overlay.supers if name not in web.dead]
    for n in range(20):
        web.publish(f"after {n}", living[n])
        web.run(50 + 3.0 * (n + 1))
    assert sum(70 - len(web.got[f"after {n}"]) for n in range(20)) <= 2


def test_made_up_names_fill_no_memory() -> None:
    part = Spread()
    part.neighbours(["a"])
    part.told("a", (f"{n}" for n in range(3 * MAX_MISSING)), 0.0)
    deeds = part.tick(10.0)
    assert len(deeds) == MAX_MISSING
    assert part.tick(20.0) == []  # the only one who claimed to have them did not send them
    assert part.due() == float("inf")


def test_who_is_not_linked_any_more_is_told_nothing() -> None:
    part = Spread()
    part.neighbours(["a", "b"])
    part.neighbours(["b"])
    assert part.published("x", 0.0) == [Push("b", "x")]
    assert part.published("x", 0.0) == []


def test_what_cannot_wait_goes_to_all_at_once_and_disturbs_no_tree() -> None:
    part = Spread()
    part.neighbours(["a", "b", "c"])
    part.pruned("c")
    assert part.flooded("x", "a") == [Push("b", "x"), Push("c", "x")]
    assert part.flooded("x", "b") == []
    assert list(part.lazy) == ["c"]


def test_deletions_go_first() -> None:
    box = Outbox(3)
    assert [box.put(name, first=goes_first(kind)) for name, kind in (("a", 1), ("b", 5), ("c", 62))] == [True] * 3
    assert not box.put("d", first=False)
    assert box.take() == ["b", "c", "a"]
    assert box.take() == []


def _name(n: int) -> bytes:
    return n.to_bytes(32, "big")


def test_a_repair_compares_graves_first_and_brings_nothing_back() -> None:
    mine = {5: {_name(1)}, 1: {_name(n) for n in range(10, 60)}}
    theirs = {5: {_name(2)}, 1: {_name(n) for n in range(30, 90)}}
    buried = {_name(70): _name(2)}  # what their grave buries
    graves = set(mine[5])

    def sealed(of: dict[int, set[bytes]]) -> Callable[[Filter], Sealed]:
        return lambda wanted: Sealed.of((NOW, name) for name in (of[5] if wanted.kinds else of[5] | of[1]))

    repair = Repair(*span(3_600, NOW + 10), sealed(mine), lambda name: buried.get(name) in graves)
    asked: list[set[bytes]] = []
    while (opened := repair.open()) is not None:
        wanted, said = opened
        side = Negentropy(sealed(theirs)(wanted))
        asked.append(set())
        message: bytes | None = said
        while message is not None:
            step = repair.learn(side.answer(message))
            asked[-1] |= set(step.ask)
            message = step.message
        graves |= asked[-1] & theirs[5]
        mine[5] |= asked[-1] & theirs[5]
    assert asked == [{_name(2)}, {_name(n) for n in range(60, 90)} - {_name(70)}]


def test_the_windows_come_round() -> None:
    assert due_windows({}, 0.0) == [length for length, _ in WINDOWS]
    assert due_windows({3_600: 0.0, 86_400: 0.0, 30 * 86_400: 0.0}, 31.0) == [3_600]
    assert neighbour_for([], [], 0, 0.3) is None
    assert {neighbour_for(["a", "b"], ["c"], 0, chance) for chance in (0.1, 0.9)} == {"a", "b"}
    assert neighbour_for(["a", "b"], ["c"], 3, 0.5) == "c"


@pytest.mark.parametrize(
    "frame",
    [IHave((key(1), key(2))), GraftFrame(key(1)), PruneFrame(), PingFrame(3, None), PingFrame(3, 0), PongFrame(9),
     AskFrame(key(1), 4)],
)  # fmt: skip
def test_frames_come_back_as_they_were_said(frame: Any) -> None:
    assert read_mesh(encode_mesh(frame)) == frame


@pytest.mark.parametrize(
    "said",
    ["", "{}", "[]", "[3]", '["IHAVE",[]]', '["IHAVE",["x"]]', '["GRAFT"]', '["PING",-1]', '["PING",true]',
     '["PONG",1.5]', '["ASK","x",1]', '["PRUNE",1]', '["EVENT",{}]', "[" * 5_000],
)  # fmt: skip
def test_what_is_no_frame_of_the_mesh_is_told_so(said: str) -> None:
    assert isinstance(read_mesh(said), NotOfTheMesh)


def test_more_names_than_a_frame_holds_are_none() -> None:
    assert isinstance(read_mesh('["IHAVE",[' + ",".join([f'"{key(1)}"'] * 1_001) + "]]"), NotOfTheMesh)
