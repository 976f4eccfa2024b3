"""CBOR, COSE and CoAP as hints use them, before the independent implementations of each; and what is refused."""

from collections.abc import Mapping

import aiocoap
import cbor2
import pytest
from aiocoap.numbers.types import NON as AIOCOAP_NON
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pycose.algorithms import HMAC256, EdDSA
from pycose.headers import KID, Algorithm
from pycose.keys import OKPKey, SymmetricKey
from pycose.messages import Mac0Message, Sign1Message

from scattershot.protocols.notify.wire import cbor, coap, cose, words
from scattershot.protocols.notify.wire.cbor import Malformed, Tagged, Value
from scattershot.protocols.notify.wire.cose import Envelope, Purpose

NAME, EPOCH, KEY = b"\x01" * 8, b"\x02" * 8, b"\x03" * 32
PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x04" * 32)
HINT = words.Hint(NAME, EPOCH, 7, 5, b"small", 300)

numbers = st.integers(min_value=-(1 << 64), max_value=(1 << 64) - 1)
scalars = numbers | st.binary(max_size=40) | st.text(max_size=40) | st.none()
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4), max_leaves=8)
# cbor2 sorts keys below zero as RFC 7049 had it, before RFC 8949 section 4.2.1
values |= st.dictionaries(numbers.filter(lambda number: number >= 0), scalars, max_size=5)


def depth(value: Value) -> int:
    if isinstance(value, list):
        return 1 + max(map(depth, value), default=0)
    return 1 + max(map(depth, value.values()), default=0) if isinstance(value, dict) else 0


# -- CBOR


@given(values)
def test_values_are_spelt_as_cbor2_spells_them(value: Value) -> None:
    assert cbor.encode(value) == cbor2.dumps(value, canonical=True)
    if depth(value) <= cbor.DEEPEST:
        assert cbor.decode(cbor.encode(value)) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    found = cbor.decode(data)
    if not isinstance(found, Malformed):
        assert cbor.encode(found) == data
        assert cbor2.loads(data) == found
    for read in (cose.envelope, coap.decode, cbor.decode_tagged, words.inflated):
        read(data)
    for reader in READERS:
        reader(data)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("", "truncated"),
        ("18", "truncated"),
        ("1817", "not_shortest"),
        ("190017", "not_shortest"),
        ("1a00000018", "not_shortest"),
        ("42ff", "truncated"),
        ("61ff", "not_utf8"),
        ("9b7fffffffffffffff", "truncated"),
        ("bb7fffffffffffffff", "truncated"),
        ("5bffffffffffffffff", "truncated"),
        ("9fff", "unsaid_length"),
        ("5f41ff", "unsaid_length"),
        ("8181818181" + "00", "too_deep"),
        ("a2000000" + "00", "keys_out_of_order"),
        ("a2010000" + "00", "keys_out_of_order"),
        ("a1610100", "other_key"),
        ("f4", "other_type"),
        ("f90100", "other_type"),
        ("fb0100000000000000", "other_type"),
        ("c001", "other_type"),
        ("0000", "trailing"),
    ],
)
def test_what_is_spelt_otherwise_is_refused(data: str, why: str) -> None:
    assert cbor.decode(bytes.fromhex(data)) == Malformed(why)


# -- COSE


def parts(made: bytes, tag: int) -> list[object]:
    """A message taken apart by cbor2, which hands out what is under a tag as pycose 1.1.0 does not take it."""
    found = cbor2.loads(made)
    assert found.tag == tag
    return [dict(each) if isinstance(each, Mapping) else each for each in found.value]


def test_a_mac_is_one_that_pycose_makes_and_believes() -> None:
    made = cose.mac0(b"payload", KEY, NAME, Purpose.HINT)
    theirs = Mac0Message.from_cose_obj(parts(made, 17), True)
    theirs.key, theirs.external_aad = SymmetricKey(k=KEY), Purpose.HINT.encode()
    assert theirs.verify_tag()
    assert (theirs.payload, theirs.uhdr[KID]) == (b"payload", NAME)
    theirs.external_aad = Purpose.HEARD.encode()
    assert not theirs.verify_tag()
    again = Mac0Message(phdr={Algorithm: HMAC256}, uhdr={KID: NAME}, payload=b"payload")
    again.key, again.external_aad = SymmetricKey(k=KEY), Purpose.HINT.encode()
    assert again.encode() == made


def test_a_signature_is_one_that_pycose_makes_and_believes() -> None:
    made = cose.sign1(b"payload", PRIVATE, NAME, Purpose.HINT)
    key = OKPKey(crv="ED25519", x=PRIVATE.public_key().public_bytes_raw(), d=PRIVATE.private_bytes_raw())
    theirs = Sign1Message.from_cose_obj(parts(made, 18), True)
    theirs.key, theirs.external_aad = key, Purpose.HINT.encode()
    assert theirs.verify_signature()
    again = Sign1Message(phdr={Algorithm: EdDSA}, uhdr={KID: NAME}, payload=b"payload")
    again.key, again.external_aad = key, Purpose.HINT.encode()
    assert again.encode() == made


@pytest.mark.parametrize("place", range(0, 70, 3))
def test_a_message_altered_anywhere_is_no_longer_proven(place: int) -> None:
    for made in (cose.mac0(b"payload", KEY, NAME, Purpose.HINT), cose.sign1(b"payload", PRIVATE, NAME, Purpose.HINT)):
        bad = bytearray(made)
        bad[place % len(bad)] ^= 1
        found = cose.envelope(bytes(bad))
        if isinstance(found, Envelope) and found.kid == NAME:
            assert not cose.has_mac(found, KEY, Purpose.HINT)
            assert not cose.is_signed(found, PRIVATE.public_key(), Purpose.HINT)


def test_a_proof_for_one_purpose_is_good_for_no_other() -> None:
    found = cose.envelope(cose.mac0(b"payload", KEY, NAME, Purpose.HINT))
    assert isinstance(found, Envelope)
    assert [purpose for purpose in Purpose if cose.has_mac(found, KEY, purpose)] == [Purpose.HINT]
    assert not cose.is_signed(found, PRIVATE.public_key(), Purpose.HINT)


@pytest.mark.parametrize(
    "value",
    [
        Tagged(17, [b"\xa1\x01\x05", {4: NAME}, b"", b"\x00" * 31]),
        Tagged(17, [b"\xa1\x01\x04", {4: NAME}, b"", b"\x00" * 32]),
        Tagged(17, [b"\xa1\x01\x05", {}, b"", b"\x00" * 32]),
        Tagged(17, [b"\xa1\x01\x05", {4: NAME, 5: 0}, b"", b"\x00" * 32]),
        Tagged(17, [b"\xa1\x01\x05", {4: NAME[1:]}, b"", b"\x00" * 32]),
        Tagged(17, [b"\xa1\x01\x05", {4: NAME}, None, b"\x00" * 32]),
        Tagged(18, [b"\xa1\x01\x05", {4: NAME}, b"", b"\x00" * 64]),
        Tagged(98, [b"\xa1\x01\x05", {4: NAME}, b"", b"\x00" * 32]),
        Tagged(17, []),
        Tagged(17, 1),
    ],
)
def test_envelopes_of_another_shape_are_refused(value: Tagged) -> None:
    assert isinstance(cose.envelope(cbor.tagged(*value)), Malformed)


def test_two_nodes_find_the_same_key_and_a_worthless_one_is_refused() -> None:
    ann, bob = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    one = cose.pairwise_key(ann, bob.public_key().public_bytes_raw())
    assert one == cose.pairwise_key(bob, ann.public_key().public_bytes_raw())
    assert cose.pairwise_key(ann, bytes(32)) is None
    assert cose.pairwise_key(ann, b"short") is None


# -- CoAP


def test_a_message_is_one_that_aiocoap_reads() -> None:
    made = coap.encode(coap.Message(coap.POST, b"12345678", ("s", "n"), b"payload", 17, silent=True, id=77))
    theirs = aiocoap.Message.decode(made)
    assert (theirs.code, theirs.mid, theirs.token) == (aiocoap.POST, 77, b"12345678")
    assert (theirs.opt.uri_path, theirs.opt.content_format, theirs.opt.no_response) == (("s", "n"), 17, 26)
    assert theirs.payload == b"payload"


def test_what_aiocoap_writes_is_read() -> None:
    theirs = aiocoap.Message(code=aiocoap.POST, payload=b"payload", uri_path=("s", "n"), uri_query=("x",))
    theirs.mtype, theirs.mid, theirs.token = AIOCOAP_NON, 3, b"abc"
    theirs.opt.no_response = 26
    theirs.opt.uri_query = ()
    found = coap.decode(theirs.encode())
    assert found == coap.Message(coap.POST, b"abc", ("s", "n"), b"payload", None, True, 3, coap.NON)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no_coap"),
        (b"\x50\x02\x00", "no_coap"),
        (b"\x90\x02\x00\x00", "no_coap"),
        (b"\x59\x02\x00\x00" + b"x" * 9, "bad_token"),
        (b"\x58\x02\x00\x00short", "bad_token"),
        (b"\x50\x02\x00\x00\xf0", "bad_option"),
        (b"\x50\x02\x00\x00\xb5abc", "bad_option"),
        (b"\x50\x02\x00\x00\xd1", "bad_option"),
        (b"\x50\x02\x00\x00\xe1\xff", "bad_option"),
        (b"\x50\x02\x00\x00\x11x", "critical_option"),
        (b"\x50\x02\x00\x00\xff", "empty_payload"),
        (b"\x50\x02\x00\x00" + b"\x00" * 100, "bad_option"),
        (b"\x50" * 2_000, "oversized"),
    ],
)
def test_what_is_no_message_is_refused(data: bytes, why: str) -> None:
    assert coap.decode(data) == Malformed(why)


@given(st.binary(max_size=300))
def test_any_datagram_is_decoded_as_aiocoap_does_or_refused(data: bytes) -> None:
    found = coap.decode(data)
    if isinstance(found, coap.Message):
        theirs = aiocoap.Message.decode(data)
        assert (theirs.mid, theirs.token, theirs.payload) == (found.id, found.token, found.payload)


# -- words

SAID: list[tuple[words.Word, object]] = [
    (HINT, words.read_hint),
    (HINT._replace(what=("https://a.example/p/1",)), words.read_hint),
    (HINT._replace(previous=7, what=None), words.read_hint),
    (HINT._replace(serial=(1 << 64) - 1), words.read_hint),
    (words.Challenge(NAME, EPOCH, NAME, b"n" * 16), words.read_challenge),
    (words.Echo(NAME, NAME, b"n" * 16), words.read_echo),
    (words.Heard(NAME, EPOCH, 7, (9, 11)), words.read_heard),
    (words.Pass(NAME, "239.192.83.67:5683", b"message"), words.read_pass),
    (words.Subscribe(NAME, "https://b.example", "192.0.2.1:5683", "", b"t" * 8, 1, 2), words.read_subscribe),
    (words.LogAsked(NAME, EPOCH, 7, 1), words.read_log_asked),
]
READERS = list(dict.fromkeys(reader for _, reader in SAID))


@pytest.mark.parametrize(("word", "reader"), SAID)
def test_what_is_said_is_read(word: words.Word, reader: object) -> None:
    assert reader(words.encode(word)) == word  # type: ignore[operator]


@pytest.mark.parametrize(("word", "reader"), SAID)
def test_one_word_is_not_read_as_another_cut_short_or_of_another_version(word: words.Word, reader: object) -> None:
    whole = words.encode(word)
    assert all(isinstance(reader(whole[:end]), Malformed) for end in range(len(whole)))  # type: ignore[operator]
    assert reader(cbor.encode([2, *word])) == Malformed("other_version")  # type: ignore[operator]
    assert isinstance(reader(cbor.encode([1, *word, 0])), Malformed)  # type: ignore[operator]


@pytest.mark.parametrize(
    "hint",
    [
        HINT._replace(previous=8),
        HINT._replace(previous=7),
        HINT._replace(what=None),
        HINT._replace(serial=1 << 63, previous=(1 << 63) + 1),
        HINT._replace(what=()),
        HINT._replace(what=("x" * 513,)),
        HINT._replace(what=("x",) * 17),
        HINT._replace(silence=0),
        HINT._replace(silence=90_000),
        HINT._replace(sender=b"short"),
        HINT._replace(serial=-1, previous=-2),
    ],
)
def test_hints_that_cannot_be_are_refused(hint: words.Hint) -> None:
    assert isinstance(words.read_hint(words.encode(hint)), Malformed)


@given(st.binary(max_size=2_000))
def test_a_post_comes_out_as_it_went_in(post: bytes) -> None:
    assert words.inflated(words.deflated(post)) == post


def test_a_post_that_swells_is_refused() -> None:
    assert words.inflated(words.deflated(bytes(10_000_000))) == Malformed("post_too_large")
    assert words.inflated(words.deflated(b"post")[:-1]) == Malformed("not_deflated")
    assert words.inflated(words.deflated(b"post") + b"more") == Malformed("not_deflated")
