"""The vectors of docs/protocols/mesh.md are what the code computes."""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from scattershot.protocols.nostr.mesh.assignment import Choice, beginnings, in_order
from scattershot.protocols.nostr.mesh.census import Census
from scattershot.protocols.nostr.mesh.election import elect
from scattershot.protocols.nostr.mesh.lots import lot
from scattershot.protocols.nostr.mesh.networks import domain_of, network_of
from scattershot.protocols.nostr.mesh.overlay import Overlay, circles
from scattershot.protocols.nostr.mesh.statements import (
    Admission,
    Announcement,
    Attestation,
    announce,
    day_of,
    quantised,
    steps,
)
from scattershot.protocols.nostr.mesh.view import View

PAGE = Path(__file__).resolve().parents[4] / "docs" / "protocols" / "mesh.md"
NOW = 1_790_000_000


def key(n: int) -> str:
    """Thirty-two bytes that stand for a key: SHA-256 of `node N`."""
    return sha256(f"node {n}".encode()).hexdigest()


def an_announcement(n: int) -> Announcement:
    """Node N of the example: the first five serve; every third has twice the slots of the others."""
    return Announcement(
        key(n), NOW - 20, NOW + 580, (f"wss://n{n}.example/",), 1_024 if n % 3 == 0 else 512, 1_024, 2_048,
        NOW - 36_000 * (1 + n % 2), 200 if n < 5 else 0, 5, "super" if n < 5 else "candidate", NOW - 7_200, 1,
    )  # fmt: skip


def a_view() -> View:
    """Ten nodes, admitted, each in a network of its own and attested by the five that serve."""
    view = View()
    for n in range(10):
        view.take(an_announcement(n))
        view.take(Admission(key(n), day_of(NOW), 20))
        for witness in range(5):
            if witness != n:
                address = f"wss://n{n}.example/"
                view.take(Attestation(key(witness), key(n), NOW - 100, f"{20 + n}.0.0.0/16", address))
    return view


def computed() -> dict[str, Any]:
    """The vectors."""
    view = a_view()
    election = elect(view, NOW)
    overlay = Overlay(key(n) for n in range(60))
    choices = tuple(Choice(key(n), f"{20 + n // 2}.0.0.0/16", 512 if n % 2 else 1_024) for n in range(8))
    number = {key(n): n for n in range(60)}
    return {
        "lots": [
            [["rank", "a"], f"{lot('rank', 'a'):016x}"],
            [["circle 0", key(0)], f"{lot('circle 0', key(0)):016x}"],
        ],
        "steps": [[x, steps(x)] for x in (0.5, 1, 1.42, 3, 500, 4_096)],
        "quantised": [[x, quantised(x)] for x in (0.5, 1, 700, 730)],
        "networks": [[each, network_of(each)] for each in ("8.8.4.4", "2001:4860:4860::8888", "10.1.2.3")],
        "domains": [[each, domain_of(each)] for each in ("wss://a.b.example.com/", "wss://x.example.co.uk")],
        "circles": [[n, circles(n)] for n in (25, 64, 65, 1_000)],
        "beside node 0 of 60": sorted(number[each] for each in overlay.beside(key(0))),
        "id of the announcement of node 0": announce(an_announcement(0), "town").id,
        "elected of the ten": sorted(number[each] for each in election.supers),
        "target and people": [election.target, election.people],
        "witnesses of node 9": [number[each] for each in Census(view, NOW).witnesses(key(9))],
        "order of a leaf": [number[choice.key] for choice in in_order("a leaf's secret", choices)],
        "beginnings for 1000": list(beginnings("a leaf's secret", 1_000) or ()),
    }


def test_the_vectors_of_the_page_are_what_the_code_computes() -> None:
    found = re.search(r"```json vectors\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    assert json.loads(found[1]) == computed()
