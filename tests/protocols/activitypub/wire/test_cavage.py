"""draft-cavage-12: its own test vectors, and reading what servers write."""

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from hypothesis import given
from hypothesis import strategies as st

from scattershot.protocols.activitypub.wire import cavage
from scattershot.protocols.activitypub.wire.claims import Message, Untrusted, message_of
from scattershot.wirekit import keys
from scattershot.wirekit.http_message import Headers, Request

# Appendix C of the draft. Its key has 1,024 bits, which `keys.load_public` refuses.
APPENDIX_C_KEY = load_pem_public_key(b"""-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDCFENGw33yGihy92pDjZQhl0C3
6rPJj+CvfSC8+q28hxA161QFNUd13wuCTUcq0Qd2qsBe/2hFyc2DCJJg0h1L78+6
Z4UMR7EOcpfdUE9Hf3m/hs+FUR45uBJeDK1HSFHD8bHKD6kv8FPGfJTotc+2xjJw
oYi+1hqp1fIekaxsyQIDAQAB
-----END PUBLIC KEY-----""")
APPENDIX_C_REQUEST = Request(
    "POST",
    "https://example.com/foo?param=value&pet=dog",
    Headers(
        [
            ("host", "example.com"),
            ("date", "Sun, 05 Jan 2014 21:31:40 GMT"),
            ("content-type", "application/json"),
            ("digest", "SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="),
            ("content-length", "18"),
        ]
    ),
    b'{"hello": "world"}',
)
APPENDIX_C_TIME = 1_388_957_500_000
C1 = (
    'keyId="Test",algorithm="rsa-sha256",headers="date",signature="SjWJWbWN7i0wzBvtPl8rbASWz5xQW6mcJmn+ibttBqtifLN7Sazz'
    "6m79cNfwwb8DMJ5cou1s7uEGKKCs+FLEEaDV5lp7q25WqS+lavg7T8hc0GppauB6hbgEKTwblDHYGEtbGmtdHgVCk9SuS13F0hZ8FD0k/5OxEPXe5W"
    'ozsbM="'
)
C2 = (
    'keyId="Test",algorithm="rsa-sha256",headers="(request-target) host date",signature="qdx+H7PHHDZgy4y/Ahn9Tny9V3GP6'
    "YgBPyUXMmoxWtLbHpUnXS2mg2+SbrQDMCJypxBLSPQR2aAjn7ndmw2iicw3HMbe8VfEdKFYRqzic+efkb3nndiv/x1xSHDJWeSWkx3ButlYSuBskLu6k"
    'd9Fswtemr3lgdDEmn04swr2Os0="'
)
C3 = (
    'keyId="Test",algorithm="rsa-sha256",headers="(request-target) host date content-type digest content-length",sig'
    'nature="vSdrb+dS3EceC9bcwHSo4MlyKS59iFIrhgYkz8+oVLEEzmYZZvRs8rgOp+63LEM3v+MFHB32NfpB2bEKBIvB1q52LaEUHFv120V01IL+TAD48XaE'
    'RZFukWgHoBTLMhYS2Gb51gWxpeIq8knRmPnYePbF5MOkR0Zkly4zKH7s1dE="'
)


def appendix_c() -> tuple[RSAPublicKey, Message]:
    message = message_of(APPENDIX_C_REQUEST)
    assert message is not None
    assert isinstance(APPENDIX_C_KEY, RSAPublicKey)
    return APPENDIX_C_KEY, message


@pytest.mark.parametrize("header", [C1, C2, C3])
def test_the_signatures_of_appendix_c_are_genuine(header: str) -> None:
    key, message = appendix_c()
    claim = cavage.read(header)
    assert isinstance(claim, cavage.Claim)
    base = cavage.signing_base(claim, message, message.url.target)
    assert isinstance(base, bytes)
    assert keys.verify(key, claim.signature, base)


def test_only_the_one_that_covers_enough_is_believed() -> None:
    key, message = appendix_c()
    for header, reason in [(C1, "weak"), (C2, "weak"), (C3, None)]:
        claim = cavage.read(header)
        assert isinstance(claim, cavage.Claim)
        problem = cavage.check(claim, message, key, APPENDIX_C_TIME)
        assert (problem and problem.reason) == reason


def test_the_text_that_is_signed_is_that_of_the_draft() -> None:
    _, message = appendix_c()
    claim = cavage.read(C3)
    assert isinstance(claim, cavage.Claim)
    assert cavage.signing_base(claim, message, message.url.target) == (
        b"(request-target): post /foo?param=value&pet=dog\nhost: example.com\ndate: Sun, 05 Jan 2014 21:31:40 GMT\n"
        b"content-type: application/json\ndigest: SHA-256=X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=\n"
        b"content-length: 18"
    )


def test_parameters_may_be_spaced_and_unknown_ones_are_passed_over() -> None:
    claim = cavage.read(
        'keyId="https://gts.example/users/ann/main-key", algorithm="HS2019", created=1402170695, expires=1402170699.5,'
        ' ext="x", headers="(created) Host", signature="AAAA"'
    )
    assert claim == cavage.Claim(
        "https://gts.example/users/ann/main-key",
        "hs2019",
        ("(created)", "host"),
        b"\0\0\0",
        1_402_170_695_000,
        1_402_170_699_000,
    )


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("", "malformed"),
        ("sig1=:AAAA:", "malformed"),
        ('keyId="a"', "malformed"),
        ('signature="AAAA"', "malformed"),
        ('keyId="",signature="AAAA"', "malformed"),
        ('keyId="a",keyId="b",signature="AAAA"', "malformed"),
        ('keyId="a\x00",signature="AAAA"', "malformed"),
        ('keyId="a",signature="A"', "malformed"),
        ('keyId="a",signature="A A A A"', "malformed"),
        ('keyId="a",signature=""', "malformed"),
        ('keyId="a",signature="AAAA",headers="date date"', "malformed"),
        ('keyId="a",signature="AAAA",created="soon"', "malformed"),
        ('keyId="a",signature="AAAA",created=-1', "malformed"),
        ('keyId="a" signature="AAAA"', "malformed"),
        ('keyId="a",signature="AAAA" trailing', "malformed"),
        ('keyId="' + "a" * 3000 + '",signature="AAAA"', "malformed"),
        ('keyId="a",signature="' + "AAAA" * 3000 + '"', "too_large"),
        ('keyId="a",signature="AAAA",headers="' + " ".join(f"h{n}" for n in range(65)) + '"', "too_large"),
    ],
)
def test_what_cannot_be_read_is_untrusted(header: str, reason: str) -> None:
    claim = cavage.read(header)
    assert isinstance(claim, Untrusted)
    assert claim.reason == reason


@given(st.text() | st.text(alphabet='keyIdsgnature=",() \\123'))
def test_reading_anything_never_raises(header: str) -> None:
    assert isinstance(cavage.read(header), cavage.Claim | Untrusted)
