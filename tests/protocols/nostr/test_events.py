"""Events: canonical bytes, signatures by the official vectors, and what is no event."""

import json

import pytest
from coincurve import PrivateKey, PublicKeyXOnly

from scattershot.protocols.nostr.wire.event import (
    Event,
    Size,
    Wrong,
    canonical,
    encode,
    event_id,
    is_genuine,
    is_on_the_curve,
    read_event,
)  # fmt: skip
from tests.protocols.nostr.events import NOW, an_event

# Of BIP-340's test vectors: secret, public key, randomness, message, signature.
SIGNING = [
    ("0000000000000000000000000000000000000000000000000000000000000003",
     "F9308A019258C31049344F85F89D5229B531C845836F99B08601F113BCE036F9", "00" * 32, "00" * 32,
     "E907831F80848D1069A5371B402410364BDF1C5F8307B0084C55F1CE2DCA8215"
     "25F66A4A85EA8B71E482A74F382D2CE5EBEEE8FDB2172F477DF4900D310536C0"),
    ("B7E151628AED2A6ABF7158809CF4F3C762E7160F38B4DA56A784D9045190CFEF",
     "DFF1D77F2A671C5F36183726DB2341BE58FEAE1DA2DECED843240F7B502BA659", "00" * 31 + "01",
     "243F6A8885A308D313198A2E03707344A4093822299F31D0082EFA98EC4E6C89",
     "6896BD60EEAE296DB48A229FF71DFE071BDE413E6D43F917DC8DCF8C78DE3341"
     "8906D11AC976ABCCB20B091292BFF4EA897EFCB639EA871CFA95F6DE339E4B0A"),
    ("0B432B2677937381AEF05BB02A66ECD012773062CF3FA2549E44F58ED2401710",
     "25D1DFF95105F5253C4022F628A996AD3A0D95FBF21D468A1B33F8C160D8F517", "FF" * 32, "FF" * 32,
     "7EB0509757E246F19449885651611CB965ECC1A187DD51B64FDA1EDC9637D5EC"
     "97582B9CB13DB3933705B32BA982AF5AF25FD78881EBB32771FC5922EFC66EA3"),
]  # fmt: skip
# Vectors 6, 7 and an x that is none: a signature that must not pass.
MESSAGE = "243F6A8885A308D313198A2E03707344A4093822299F31D0082EFA98EC4E6C89"
KEY = "DFF1D77F2A671C5F36183726DB2341BE58FEAE1DA2DECED843240F7B502BA659"
FORGED = [
    "FFF97BD5755EEEA420453A14355235D382F6472F8568A18B2F057A1460297556"
    "3CC27944640AC607CD107AE10923D9EF7A73C643E166BE5EBEAFA34B1AC553E2",
    "1FA62E331EDBC21C394792D2AB1100A7B432B013DF3F6FF4F99FCB33E0E1515F"
    "28890B3EDB6E7189B630448B515CE4F8622A954CFE545735AAEA5134FCCDB2BD",
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEFFFFFC2F"
    "69E89B4C5564D00349106B8497785DD7D1D713A8AE82B32FA79D5F7FC407D39B",
]


@pytest.mark.parametrize(("secret", "key", "chance", "message", "signature"), SIGNING)
def test_signatures_are_those_of_the_official_vectors(
    secret: str, key: str, chance: str, message: str, signature: str
) -> None:
    made = PrivateKey(bytes.fromhex(secret)).sign_schnorr(bytes.fromhex(message), bytes.fromhex(chance))
    assert made.hex().upper() == signature
    assert PublicKeyXOnly(bytes.fromhex(key)).verify(bytes.fromhex(signature), bytes.fromhex(message))


@pytest.mark.parametrize("signature", FORGED)
def test_a_signature_that_the_vectors_call_wrong_is_wrong(signature: str) -> None:
    assert not PublicKeyXOnly(bytes.fromhex(KEY)).verify(bytes.fromhex(signature), bytes.fromhex(MESSAGE))


def test_a_key_that_is_not_on_the_curve_is_none() -> None:
    assert not is_on_the_curve("eefdea4cdb677750a420fee807eacf21eb9898ae79b9768766e4faa04a2d4a34")
    assert is_on_the_curve(KEY.lower())


def test_only_what_the_standard_names_is_escaped_in_the_bytes_that_are_signed() -> None:
    text = 'a\n"b"\\\r\t\b\f/\u2028é\x7f\U0001f600'
    made = canonical("a" * 64, 1, 1, [["t", text]], text)
    assert (
        made == json.dumps([0, "a" * 64, 1, 1, [["t", text]], text], separators=(",", ":"), ensure_ascii=False).encode()
    )


def test_an_event_reads_back_and_is_genuine() -> None:
    event = an_event(content="Grüße \U0001f600", tags=[["t", "tea"], ["p", "x"]])
    again = read_event(encode(event))
    assert again == event
    assert is_genuine(event)


def test_what_was_altered_is_not_genuine() -> None:
    event = an_event()
    for field, value in (("content", "bye"), ("created_at", NOW + 1), ("tags", [["t", "x"]]), ("sig", "0" * 128)):
        other = Event(**{**{name: getattr(event, name) for name in event.__struct_fields__}, field: value})
        assert not is_genuine(other), field
    renamed = Event(event_id(event.pubkey, NOW, 1, [], "bye"), event.pubkey, NOW, 1, [], "bye", event.sig)
    assert not is_genuine(renamed)


def test_fields_that_are_not_signed_are_dropped() -> None:
    event = an_event()
    more = encode(event)[:-1] + b',"evil":"<script>"}'
    assert read_event(more) == event


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"id": "A" * 64}, "id"), ({"id": "a" * 63}, "id"), ({"id": "é" * 64}, "id"), ({"pubkey": "x" * 64}, "pubkey"),
        ({"sig": "a" * 127}, "sig"), ({"kind": 65_536}, "kind"), ({"kind": -1}, "kind"), ({"kind": 1.5}, "no event"),
        ({"kind": "1"}, "no event"), ({"kind": True}, "no event"), ({"created_at": -1}, "created_at"),
        ({"created_at": 2**60}, "created_at"), ({"created_at": 10**40}, "created_at"), ({"tags": [["t", 1]]},
        "no event"),
        ({"tags": {}}, "no event"), ({"tags": [["t"] * 101]}, "items"), ({"tags": [[]] * 2_501}, "tags"),
        ({"content": None}, "no event"), ({"content": "x" * 140_000}, "larger"),
    ],
)  # fmt: skip
def test_what_is_no_event_is_said_to_be_none(change: dict[str, object], why: str) -> None:
    event = an_event()
    fields = {name: getattr(event, name) for name in event.__struct_fields__} | change
    found = read_event(json.dumps(fields).encode())
    assert isinstance(found, Wrong)
    assert why in found.why


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"null", b"{", b'{"id":"\xff"}', b"[" * 100_000, b'{"tags":' + b"[" * 50_000]
)
def test_bytes_that_are_nothing_do_no_harm(raw: bytes) -> None:
    assert isinstance(read_event(raw), Wrong)


def test_tags_are_read_by_name() -> None:
    event = an_event(tags=[["t"], ["t", "tea", "x"], [], ["t", "milk"], ["-"]])
    assert event.values("t") == ["tea", "milk"]
    assert event.first("x") is None
    assert event.has("-")
    assert isinstance(read_event(encode(event), Size(event=10)), Wrong)
