"""What nodes state is read with suspicion: forged, stale, early, replayed and lying statements."""

from typing import Any

import pytest

from scattershot.protocols.nostr.mesh.networks import domain_of, is_network, network_of
from scattershot.protocols.nostr.mesh.statements import (
    AHEAD,
    LIFE,
    MAX_SLOTS,
    Accusation,
    Admission,
    Announcement,
    Attestation,
    Obituary,
    accuse,
    admission,
    announce,
    attest,
    bury,
    mine,
    quantised,
    read_statement,
    steps,
)
from scattershot.protocols.nostr.wire.event import Event, Unsigned, Wrong, sign
from scattershot.protocols.nostr.wire.readings import promised_work
from tests.protocols.nostr.events import key_of, secret_of
from tests.protocols.nostr.mesh.meshes import NOW, an_announcement

MESH = "town"


def signed(what: Unsigned, by: str = "ann") -> Event:
    return sign(what, secret_of(by), bytes(32))


def word(**fields: Any) -> Announcement:
    return an_announcement("ann", **({"key": key_of("ann"), "at": NOW, "expires": NOW + LIFE} | fields))


def test_an_announcement_comes_back_as_it_was_said() -> None:
    said = word(role="super", load=77, lag=12, incarnation=3)
    event = signed(announce(said, MESH))
    assert read_statement(event, MESH, NOW) == said._replace(id=event.id)


def test_the_other_statements_come_back_as_they_were_said() -> None:
    ann, bob = key_of("ann"), key_of("bob")
    seen = Attestation(ann, bob, NOW, "203.0.0.0/16", "wss://bob.example/")
    assert read_statement(signed(attest(seen, MESH, 40)), MESH, NOW) == seen
    gone = Obituary(ann, bob, 2, NOW)
    assert read_statement(signed(bury(gone, MESH)), MESH, NOW) == gone
    accused = Accusation(ann, bob, 2)
    assert read_statement(signed(accuse(accused, MESH, NOW)), MESH, NOW) == accused


def test_capacity_is_told_in_doublings_so_that_a_little_more_alters_nothing() -> None:
    assert [quantised(each) for each in (0, 0.4, 1, 3, 500, 720, 730)] == [0, 0, 1, 4, 512, 512, 1_024]
    assert [steps(each) for each in (0.5, 1, 1.4, 1.5, 2.8, 2.9, 145)] == [0, 0, 0, 1, 1, 2, 7]


def test_a_forged_statement_is_not_taken() -> None:
    event = signed(announce(word(), MESH))
    forged = Event(event.id, event.pubkey, event.created_at, event.kind, event.tags, event.content, "0" * 128)
    assert isinstance(read_statement(forged, MESH, NOW), Wrong)
    altered = [["load", "4000", "0"] if tag[0] == "load" else tag for tag in event.tags]
    other = Event(event.id, event.pubkey, event.created_at, event.kind, altered, event.content, event.sig)
    assert isinstance(read_statement(other, MESH, NOW), Wrong)


def test_an_announcement_of_another_is_his_own() -> None:
    event = signed(announce(word(), MESH), by="mallory")
    assert isinstance(read_statement(event, MESH, NOW), Wrong)


def test_a_replayed_announcement_is_stale_soon() -> None:
    event = signed(announce(word(), MESH))
    assert isinstance(read_statement(event, MESH, NOW + LIFE - 1), Announcement)
    assert read_statement(event, MESH, NOW + LIFE) == Wrong("the announcement is stale")


def test_whose_clock_is_ahead_is_not_believed() -> None:
    assert isinstance(read_statement(signed(announce(word(at=NOW + AHEAD), MESH)), MESH, NOW), Announcement)
    early = signed(announce(word(at=NOW + AHEAD + 1), MESH))
    assert isinstance(read_statement(early, MESH, NOW), Wrong)


def test_what_belongs_to_another_mesh_does_not_belong_here() -> None:
    assert isinstance(read_statement(signed(announce(word(), "village")), MESH, NOW), Wrong)


def test_lies_about_capacity_age_and_life_are_cut_to_what_is_possible() -> None:
    lies = word(slots=10**9, load=10**9, up=NOW + 500, since=NOW + 500, expires=NOW + 10**7)
    read = read_statement(signed(announce(lies, MESH)), MESH, NOW)
    assert isinstance(read, Announcement)
    assert (read.slots, read.load, read.up, read.since, read.expires) == (MAX_SLOTS, MAX_SLOTS, NOW, NOW, NOW + LIFE)


@pytest.mark.parametrize(
    "tag",
    [["cap"], ["cap", "x", "1", "1"], ["cap", "-1", "1", "1"], ["cap", "1", "1"], ["role", "king", "1"], ["inc", "٣"],
     ["role", "super"], ["r", "https://no.example/"], ["r", "wss://a@b.example/"], ["v", "2"], ["inc", "9" * 12],
     ["expiration", "1"], ["up", ""]],
)  # fmt: skip
def test_a_malformed_announcement_is_none(tag: list[str]) -> None:
    what = announce(word(), MESH)
    tags = [tag if each[0] == tag[0] else each for each in what.tags]
    assert isinstance(read_statement(signed(what._replace(tags=tags)), MESH, NOW), Wrong)


def test_who_would_serve_says_where() -> None:
    assert isinstance(read_statement(signed(announce(word(addresses=()), MESH)), MESH, NOW), Wrong)
    assert isinstance(read_statement(signed(announce(word(addresses=(), role="leaf"), MESH)), MESH, NOW), Announcement)


def test_nobody_attests_themselves() -> None:
    ann = key_of("ann")
    said = attest(Attestation(ann, ann, NOW, "203.0.0.0/16", "wss://ann.example/"), MESH, 1)
    assert read_statement(signed(said), MESH, NOW) == Wrong("nobody attests themselves")


@pytest.mark.parametrize("network", ["203.0.113.0/24", "everywhere", "203.0.1.0/16", "2001:db8::/48"])
def test_an_attestation_of_no_network_is_none(network: str) -> None:
    said = attest(Attestation(key_of("ann"), key_of("bob"), NOW, network, "wss://bob.example/"), MESH, 1)
    assert isinstance(read_statement(signed(said), MESH, NOW), Wrong)


def test_the_work_of_a_day_is_done_and_counts_for_that_day_and_the_next() -> None:
    key, day = key_of("ann"), "2026-09-21"
    found = mine(key, day, NOW, 0, 20_000, bits=8)
    assert found is not None
    event = signed(found)
    assert promised_work(event) == 8
    assert read_statement(event, MESH, NOW) == Admission(key, day, 8)
    assert isinstance(read_statement(event, MESH, NOW + 2 * 86_400), Wrong)


def test_work_that_was_not_aimed_at_does_not_count() -> None:
    lucky = next(
        each for n in range(5_000) if int((each := admission(key_of("ann"), "2026-09-21", NOW, n, 4)).id[:2], 16) == 0
    )
    read = read_statement(signed(lucky), MESH, NOW)
    assert isinstance(read, Admission)
    assert read.bits == 4


def test_work_is_looked_for_a_little_at_a_time() -> None:
    assert mine(key_of("ann"), "2026-09-21", NOW, 0, 3, bits=30) is None


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.9", "203.0.0.0/16"), ("2001:4860:1::5", "2001:4860::/32"), ("::ffff:8.8.8.8", "8.8.0.0/16"),
     ("127.0.0.1", "local"), ("192.168.3.4", "local"), ("fe80::1", "local")],
)  # fmt: skip
def test_a_network_is_a_sixteenth_of_an_address(address: str, network: str) -> None:
    if address.startswith("203.0.113"):
        address = "203.1.113.9"  # the block for documentation is not global
        network = "203.1.0.0/16"
    assert network_of(address) == network
    assert is_network(network)


@pytest.mark.parametrize(
    ("address", "domain"),
    [("wss://relay.example.com/", "example.com"), ("wss://a.b.example.co.uk", "example.co.uk"),
     ("ws://127.0.0.1:80", "127.0.0.1"), ("wss://[::1]:7777/", "::1"), ("wss://localhost", "localhost")],
)  # fmt: skip
def test_a_domain_is_what_somebody_registered(address: str, domain: str) -> None:
    assert domain_of(address) == domain
