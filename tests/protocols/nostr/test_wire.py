"""The smaller parts of the wire: filters, frames, names, encryption, wraps, threads, proofs."""

import json
from base64 import b64decode, b64encode

import pytest

from scattershot.protocols.nostr.wire import frames
from scattershot.protocols.nostr.wire.authentication import (
    fault_of_proof,
    http_header,
    http_proof,
    proof,
    read_http_proof,
)  # fmt: skip
from scattershot.protocols.nostr.wire.encryption import (
    Undecipherable,
    conversation_key,
    decrypt,
    encrypt,
    lock_key,
    message_keys,
    padded_length,
    unlock_key,
)  # fmt: skip
from scattershot.protocols.nostr.wire.entities import (
    Address,
    Entity,
    Key,
    Note,
    Secret,
    read_entity,
    write_entity,
    write_link,
)  # fmt: skip
from scattershot.protocols.nostr.wire.event import Event, Size, Unsigned, Wrong, event_id, public_key, sign
from scattershot.protocols.nostr.wire.filters import Filter, as_json, encode, matches, read_filter
from scattershot.protocols.nostr.wire.readings import (
    Thread,
    expiry,
    is_protected,
    normal_relay,
    place,
    promised_work,
    thread,
    vanishes_from,
    work,
)  # fmt: skip
from scattershot.protocols.nostr.wire.wraps import Chance, chat, unwrap, wrap
from scattershot.wirekit import bech32
from tests.protocols.nostr.events import NOW, an_event, key_of, secret_of

ID, OTHER = "a" * 64, "b" * 64


# -- filters and frames


def test_a_filter_reads_and_is_written_again() -> None:
    found = {
        "ids": [ID],
        "authors": [OTHER],
        "kinds": [1],
        "#t": ["tea"],
        "since": 1,
        "until": 2,
        "limit": 3,
        "search": "x",
    }
    wanted = read_filter(found)
    assert isinstance(wanted, Filter)
    assert as_json(wanted) == found
    assert encode(wanted) == encode(wanted)
    assert wanted.size == 4


@pytest.mark.parametrize(
    "found",
    [
        [], "x", None, {"ids": "a"}, {"ids": ["abc"]}, {"authors": [ID.upper()]}, {"kinds": ["1"]}, {"kinds": [True]},
        {"kinds": [1.5]}, {"since": "1"}, {"since": -1}, {"until": True}, {"#t": "tea"}, {"#t": [1]}, {"#e": ["x"]},
        {"#tt": ["x"]}, {"#é": ["x"]}, {"whatever": 1}, {"search": 1}, {"limit": -1},
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused_rather_than_read_as_everything(found: object) -> None:
    assert isinstance(read_filter(found), Wrong)


def test_every_part_of_a_filter_must_be_so() -> None:
    event = an_event(tags=[["t", "tea"], ["t", "milk"], ["p", ID]])
    assert matches(Filter(), event)
    assert matches(Filter(tags=(("t", frozenset({"milk"})), ("p", frozenset({ID, OTHER})))), event)
    for wrong in (
        Filter(ids=frozenset({ID})), Filter(authors=frozenset()), Filter(kinds=frozenset({2})), Filter(since=NOW + 1),
        Filter(until=NOW - 1), Filter(tags=(("t", frozenset({"tea"})), ("p", frozenset({OTHER})))),
    ):  # fmt: skip
        assert not matches(wrong, event)


def test_messages_of_clients_are_read() -> None:
    event = an_event()
    size = Size()
    assert frames.read_client(
        frames.publish(json.dumps({f: getattr(event, f) for f in event.__struct_fields__}).encode()), size
    ) == frames.Publish(event)
    wanted = Filter(kinds=frozenset({1}))
    assert frames.read_client(frames.ask("x", [wanted, wanted]), size) == frames.Ask("x", (wanted, wanted))
    assert frames.read_client('["CLOSE","x"]', size) == frames.Close("x")
    assert frames.read_client('["COUNT","x",{}]', size) == frames.Count("x", (Filter(),))
    assert frames.read_client(frames.neg_open("x", wanted, b"\x61"), size) == frames.NegOpen("x", wanted, b"\x61")
    assert frames.read_client('["NEG-MSG","x","61"]', size) == frames.NegMessage("x", b"\x61")
    assert frames.read_client('["NEG-CLOSE","x"]', size) == frames.NegClose("x")


@pytest.mark.parametrize(
    "said",
    [
        "", "x", "{}", "[]", "[1]", '["WHAT"]', '["REQ"]', '["REQ",1,{}]', '["REQ","",{}]', '["REQ","x"]',
        '["REQ","x",1]',
        f'["REQ","{"x" * 65}",{{}}]', '["EVENT"]', '["EVENT",{}]', '["EVENT",{},1]', '["NEG-OPEN","x",{}]',
        '["NEG-OPEN","x",{},"zz"]', '["NEG-MSG","x"]', '["NEG-MSG","x","6"]', '["REQ","x",{"tags":[]}]', "[" * 100_000,
        '["REQ","x",' + '{"#t":' * 5_000,
    ],
)  # fmt: skip
def test_what_is_no_message_is_answered_as_such(said: str) -> None:
    assert isinstance(frames.read_client(said, Size()), frames.BadFrame)


def test_a_bad_event_is_answered_by_its_name_where_it_has_one() -> None:
    bad = frames.read_client(f'["EVENT",{{"id":"{ID}","kind":"x"}}]', Size())
    assert isinstance(bad, frames.BadFrame)
    assert bad.about == ID


def test_frames_of_relays_are_as_the_standard_shows_them() -> None:
    assert frames.ok(ID, True) == f'["OK","{ID}",true,""]'
    assert frames.eose("s", True) == '["EOSE","s",["finish"]]'
    assert frames.eose("s", False) == '["EOSE","s",["more"]]'
    assert frames.eose("s") == '["EOSE","s"]'
    assert frames.counted("s", 3) == '["COUNT","s",{"count":3}]'
    assert frames.event_head('a"b') == '["EVENT","a\\"b",'


# -- names

NAMED: list[tuple[Entity, str]] = [  # the examples of NIP-19
    (Key("7e7e9c42a91bfef19fa929e5fda1b72e0ebc1a4c1141673e2794234d86addf4e"),
     "npub10elfcs4fr0l0r8af98jlmgdh9c8tcxjvz9qkw038js35mp4dma8qzvjptg"),
    (Secret(bytes.fromhex("67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa")),
     "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5"),
    (Key("3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d",
         ("wss://r.x.com", "wss://djbas.sadkb.com")),
     "nprofile1qqsrhuxx8l9ex335q7he0f09aej04zpazpl0ne2cgukyawd24mayt8gpp4mhxue69uhhytnc9e3k7mgpz4mhxue69uhkg6nzv9ejuumpv34kytnrdaksjlyr9p"),
]  # fmt: skip


@pytest.mark.parametrize(("entity", "text"), NAMED)
def test_names_are_those_of_the_standards_examples(entity: Entity, text: str) -> None:
    assert read_entity(text) == entity
    assert write_entity(entity) == text


@pytest.mark.parametrize(
    "entity",
    [
        Note(ID),
        Note(ID, ("wss://r.example",), OTHER, 1),
        Address("über", ID, 30023, ("wss://r.example",)),
        Address("", ID, 30023),
    ],
)
def test_names_of_events_read_back(entity: Note | Address) -> None:
    assert read_entity(write_link(entity)) == entity


@pytest.mark.parametrize(
    "text",
    [
        "", "npub1", NAMED[0][1][:-1] + "q", NAMED[0][1].replace("npub", "note", 1), "nostr:" + NAMED[1][1],
        "NPUB1" + "q" * 20,
        bech32.encode("npub", b"short"), bech32.encode("nevent", b"\x00\x20short"), bech32.encode("naddr",
        b"\x00\x01a"),
        bech32.encode("nprofile", b"\x00"), "npub1" + "q" * 6_000, bech32.encode("what", bytes(32)),
    ],
)  # fmt: skip
def test_what_is_no_name_is_none(text: str) -> None:
    assert read_entity(text) is None


def test_a_private_key_does_not_show_itself() -> None:
    assert "67de" not in repr(NAMED[1][0])


# -- encryption


def test_conversation_keys_and_payloads_are_those_of_the_official_vectors() -> None:
    one, two = (1).to_bytes(32, "big"), (2).to_bytes(32, "big")
    conversation = conversation_key(one, public_key(two))
    assert conversation.hex() == "c41c775356fd92eadc63ff5a0dc1da211b268cbea22316767095b2871ea1412d"
    assert conversation == conversation_key(two, public_key(one))
    payload = (
        "AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABee0G5VSK0/9YypIObAtDKfYEAjD35uVkHyB0F4DwrcNaCXlCWZKaArsG"
        "rY6M9wnuTMxWfp1RTN9Xga8no+kF5Vsb"
    )
    assert encrypt("a", conversation, one) == payload
    assert decrypt(payload, conversation) == "a"
    secret = bytes.fromhex("315e59ff51cb9209768cf7da80791ddcaae56ac9775eb25b6dee1234bc5d2268")
    shared = conversation_key(secret, "c2f9d9948dc8c7c38321e4b85c8558872eafa0641cd269db76848a6073e69133")
    assert shared.hex() == "3dfef0ce2a4d80a25e7a328accf73448ef67096f65f79588e358d9a0eb9013f1"
    keys = message_keys(
        bytes.fromhex("a1a3d60f3470a8612633924e91febf96dc5366ce130f658b1f0fc652c20b3b54"),
        bytes.fromhex("e1e6f880560d6d149ed83dcc7e5861ee62a5ee051f7fde9975fe5d25d2a02d72"),
    )
    assert [each.hex() for each in keys] == [
        "f145f3bed47cb70dbeaac07f3a3fe683e822b3715edb7c4fe310829014ce7d76", "c4ad129bb01180c0933a160c",
        "027c1db445f05e2eee864a0975b0ddef5b7110583c8c192de3732571ca5838c4",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("length", "padded"),
    [
        (1, 32),
        (32, 32),
        (33, 64),
        (65, 96),
        (111, 128),
        (200, 224),
        (320, 320),
        (383, 384),
        (515, 640),
        (900, 1024),
        (65_535, 65_536),
    ],
)
def test_lengths_are_hidden_as_the_official_vectors_say(length: int, padded: int) -> None:
    assert padded_length(length) == padded


def test_what_was_altered_or_is_for_another_cannot_be_read() -> None:
    conversation = conversation_key(secret_of("ann"), key_of("bob"))
    payload = encrypt("for you", conversation, bytes(32))
    data = bytearray(b64decode(payload))
    data[-40] ^= 1
    version = bytes((1,)) + bytes(data[1:])
    for bad in ("", "#" + payload, payload[:-4], "é" * 200, b64encode(data).decode(), b64encode(version).decode()):
        with pytest.raises(Undecipherable):
            decrypt(bad, conversation)
    with pytest.raises(Undecipherable):
        decrypt(payload, conversation_key(secret_of("eve"), key_of("bob")))
    for text in ("", "x" * 65_536):
        with pytest.raises(ValueError, match="can be encrypted"):
            encrypt(text, conversation, bytes(32))
    with pytest.raises(ValueError, match="no key"):
        conversation_key(secret_of("ann"), "f" * 64)


def test_a_locked_key_opens_by_its_password_alone() -> None:
    locked = (
        "ncryptsec1qgg9947rlpvqu76pj5ecreduf9jxhselq2nae2kghhvd5g7dgjtcxfqtd67p9m0w57lspw8gsq6yphnm8623nsl8xn"
        "9j4jdzz84zm3frztj3z7s35vpzmqf6ksu8r89qk5z2zxfmu5gv8th8wclt0h4p"
    )
    assert unlock_key(locked, "nostr").hex() == "3501454135014541350145413501453fefb02227e449e57cf4d3a3ce05378683"
    again = lock_key(secret_of("ann"), "ÅΩẛ̣", bytes(range(40)), log_rounds=4)
    assert unlock_key(again, "ÅΩẛ̣") == secret_of("ann")
    for bad, password in ((again, "other"), (again[:-3], "x"), ("", ""), (NAMED[1][1], "x")):
        with pytest.raises(Undecipherable):
            unlock_key(bad, password)


CHANCE = Chance(bytes(32), bytes(32), NOW - 100, secret_of("once"), bytes(32), bytes(32), NOW - 200)


def test_a_wrapped_message_is_read_by_whom_it_is_for_and_nobody_else() -> None:
    message = chat(key_of("ann"), [key_of("bob")], "psst", NOW)
    wrapped = wrap(message, key_of("bob"), secret_of("ann"), CHANCE)
    assert wrapped.pubkey != key_of("ann")
    assert wrapped.values("p") == [key_of("bob")]
    assert unwrap(wrapped, secret_of("bob")) == message
    assert isinstance(unwrap(wrapped, secret_of("eve")), Wrong)


def test_whoever_seals_anothers_words_is_found_out() -> None:
    forged = chat(key_of("ann"), [key_of("bob")], "I owe you", NOW)
    found = unwrap(wrap(forged, key_of("bob"), secret_of("eve"), CHANCE), secret_of("bob"))
    assert isinstance(found, Wrong)
    assert "another" in found.why


# -- what tags say


def test_expiry_work_protection_and_places_are_read() -> None:
    assert expiry(an_event(tags=[["expiration", "123"]])) == 123
    assert expiry(an_event(tags=[["expiration", "-1"]])) is None
    assert work("000006d8c378af1779d2feebc7603a125d99eca0ccf1085959b307f64e5dd358") == 21  # the example of NIP-13
    assert promised_work(an_event(tags=[["nonce", "1", "0"]])) == 0
    assert is_protected(an_event(tags=[["-"]]))
    assert place(an_event(kind=30023, tags=[["d", "x"]])) == f"30023:{key_of('ann')}:x"
    assert place(an_event(kind=0)) == f"0:{key_of('ann')}:"
    assert place(an_event()) is None


def test_threads_are_read_by_marks_and_without_them() -> None:
    a, b, c = "a" * 64, "b" * 64, "c" * 64
    assert thread(an_event()) == Thread()
    assert thread(an_event(tags=[["e", a, "", "root"]])) == Thread(a, a)
    assert thread(an_event(tags=[["e", b, "", "reply"], ["e", a, "", "root"], ["q", c]])) == Thread(a, b, (c,))
    assert thread(an_event(tags=[["e", a]])) == Thread(a, a)
    assert thread(an_event(tags=[["e", a], ["e", c], ["e", b]])) == Thread(a, b, (c,))
    assert thread(an_event(kind=1111, tags=[["A", "30023:x:y"], ["e", b]])) == Thread("30023:x:y", b)
    assert thread(an_event(tags=[["e", "nonsense"]])) == Thread()


def test_a_wish_to_vanish_is_meant_for_those_it_names() -> None:
    ours = "wss://here.example/"
    assert vanishes_from(an_event(kind=62, tags=[["relay", "ALL_RELAYS"]]), ours)
    assert vanishes_from(an_event(kind=62, tags=[["relay", "WSS://Here.example:443"]]), ours)
    assert not vanishes_from(an_event(kind=62, tags=[["relay", "wss://there.example"]]), ours)
    assert not vanishes_from(an_event(kind=1, tags=[["relay", "ALL_RELAYS"]]), ours)
    assert normal_relay("wss://a.example/Path/") == "wss://a.example/Path"


# -- proofs


def signed(what: Unsigned, by: str = "ann") -> Event:
    return sign(what, secret_of(by), bytes(32))


def test_a_proof_is_for_one_challenge_one_relay_and_now() -> None:
    good = signed(proof(key_of("ann"), "c", "wss://here.example", NOW))
    assert fault_of_proof(good, "c", "wss://here.example/", NOW) is None
    assert fault_of_proof(good, "d", "wss://here.example", NOW) is not None
    assert fault_of_proof(good, "c", "wss://there.example", NOW) is not None
    assert fault_of_proof(good, "c", "wss://here.example", NOW + 601) is not None
    assert fault_of_proof(an_event(), "c", "wss://here.example", NOW) is not None
    forged = signed(proof(key_of("bob"), "c", "wss://here.example", NOW))
    assert fault_of_proof(forged, "c", "wss://here.example", NOW) == "the signature is wrong"


def test_a_proof_over_http_is_for_one_request() -> None:
    url = "https://here.example/x?y=1"
    header = http_header(signed(http_proof(key_of("ann"), "post", url, b"body", NOW)))
    good = read_http_proof(header, "POST", url, b"body", NOW)
    assert isinstance(good, Event)
    assert good.pubkey == key_of("ann")
    for method, where, body, now in (
        ("GET", url, b"body", NOW), ("POST", url + "2", b"body", NOW), ("POST", url, b"other", NOW), ("POST", url,
        b"body", NOW + 61),
    ):  # fmt: skip
        assert isinstance(read_http_proof(header, method, where, body, now), Wrong)
    for bad in ("", "Basic x", "Nostr %%%", "Nostr e30="):
        assert isinstance(read_http_proof(bad, "POST", url, b"", NOW), Wrong)
    assert event_id("a" * 64, 1, 1, [], "") != ID
