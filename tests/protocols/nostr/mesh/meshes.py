"""Nodes, views and whole meshes for tests, made of names."""

from hashlib import sha256
from itertools import count
from typing import Any

from scattershot.protocols.nostr.mesh.lots import Ring
from scattershot.protocols.nostr.mesh.statements import Admission, Announcement, Attestation, Obituary, day_of
from scattershot.protocols.nostr.mesh.view import View

NOW = 1_790_000_000
HOUR = 3_600
_id = count(1)


def key(name: object) -> str:
    return sha256(str(name).encode()).hexdigest()


def network(n: int) -> str:
    return f"{11 + n // 250}.{n % 250}.0.0/16"


def an_announcement(name: object, **fields: Any) -> Announcement:
    given: dict[str, Any] = {
        "key": key(name), "at": NOW - 10, "expires": NOW + 590, "addresses": (f"wss://{key(name)[:12]}.example/",),
        "slots": 512, "uplink": 1_024, "store": 1_024, "up": NOW - 30 * HOUR, "load": 0, "lag": 10, "role": "candidate",
        "since": NOW - 10 * HOUR, "incarnation": 0, "id": f"{next(_id):064x}",
    }  # fmt: skip
    return Announcement(**(given | fields))


def admitted(name: object) -> Admission:
    return Admission(key(name), day_of(NOW), 20)


def attested(view: View, at: int = NOW - 60) -> None:
    """Let every node be attested by all supernodes that would be asked, each from a network of its own."""
    supers = [one for one, each in view.announcements.items() if each.role == "super"]
    ring = Ring("witnesses", supers)
    for n, (one, each) in enumerate(sorted(view.announcements.items())):
        witnesses = ring.after(one, 14)
        for witness in witnesses:
            view.take(Attestation(witness, one, at, network(n), each.addresses[0]))


def a_view(supers: int, candidates: int = 0, **fields: Any) -> View:
    """A mesh at rest: so many supernodes and candidates, all able, each in a network and a domain of its own."""
    view = View()
    for n in range(supers + candidates):
        role = "super" if n < supers else "candidate"
        address = (f"wss://relay.node{n}.example/",)
        view.take(an_announcement(n, role=role, addresses=address, **(fields if role == "super" else {})))
        view.take(admitted(n))
    attested(view)
    return view


def buried(view: View, name: object, by: int = 99, at: int = NOW - 5) -> None:
    """Let so many of its witnesses say that a supernode is gone."""
    from scattershot.protocols.nostr.mesh.census import Census

    for witness in Census(view, NOW).overlay.beside(key(name))[:by]:
        view.take(Obituary(witness, key(name), view.announcements[key(name)].incarnation, at))
