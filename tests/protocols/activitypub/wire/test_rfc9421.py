"""RFC 9421: its own test vectors, an independent implementation on either side, and reading what servers write."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import pytest
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
from http_message_signatures.structures import CaseInsensitiveDict
from hypothesis import given
from hypothesis import strategies as st

from scattershot.protocols.activitypub.wire import rfc9421
from scattershot.protocols.activitypub.wire.claims import Untrusted, message_of
from scattershot.protocols.activitypub.wire.signatures import Trusted, sign, verify
from scattershot.wirekit import keys
from scattershot.wirekit.http_message import Headers, Request

KeyPair: TypeAlias = tuple[keys.PrivateKey, keys.PublicKey]

NOW = 1_750_000_000_000

ED25519_PRIVATE = """-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----"""
ED25519_PUBLIC = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----"""
RSA_PUBLIC = """-----BEGIN RSA PUBLIC KEY-----
MIIBCgKCAQEAhAKYdtoeoy8zcAcR874L8cnZxKzAGwd7v36APp7Pv6Q2jdsPBRrw
WEBnez6d0UDKDwGbc6nxfEXAy5mbhgajzrw3MOEt8uA5txSKobBpKDeBLOsdJKFq
MGmXCQvEG7YemcxDTRPxAleIAgYYRjTSd/QBwVW9OwNFhekro3RtlinV0a75jfZg
kne/YiktSvLG34lw2zqXBDTC5NHROUqGTlML4PlNZS5Ri2U4aCNx2rUPRcKIlE0P
uKxI4T+HIaFpv8+rdV6eUgOrB2xeI1dSFFn/nnv5OoZJEIB+VmuKn3DCUcCZSFlQ
PSXSfBDiUGhwOw76WuSSsf1D4b/vLoJ10wIDAQAB
-----END RSA PUBLIC KEY-----"""
SHA512 = "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:"
B2_REQUEST = Request(
    "POST",
    "https://example.com/foo?param=Value&Pet=dog",
    Headers(
        [
            ("host", "example.com"),
            ("date", "Tue, 20 Apr 2021 02:07:55 GMT"),
            ("content-type", "application/json"),
            ("content-digest", SHA512),
            ("content-length", "18"),
        ]
    ),
    b'{"hello": "world"}',
)


def base_of(request: Request, claim: rfc9421.Claim) -> bytes:
    message = message_of(request)
    assert message is not None
    base = rfc9421.signature_base(claim.covered, claim.signature_params, message)
    assert isinstance(base, bytes)
    return base


def test_the_ed25519_signature_of_appendix_b_2_6() -> None:
    claim = rfc9421.read(
        'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;'
        'keyid="test-key-ed25519"',
        "sig-b26=:wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==:",
    )
    assert isinstance(claim, rfc9421.Claim)
    assert (claim.key_id, claim.created) == ("test-key-ed25519", 1_618_884_473_000)
    base = base_of(B2_REQUEST, claim)
    assert base == (
        b'"date": Tue, 20 Apr 2021 02:07:55 GMT\n"@method": POST\n"@path": /foo\n"@authority": example.com\n'
        b'"content-type": application/json\n"content-length": 18\n"@signature-params": ("date" "@method" "@path" '
        b'"@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519"'
    )
    public = keys.load_public(ED25519_PUBLIC)
    assert public is not None
    assert keys.verify(public, claim.signature, base)
    assert keys.sign(keys.load_private(ED25519_PRIVATE), base) == claim.signature


RSA_INPUT = (
    'proxy_sig=("@method" "@authority" "@path" "content-digest" "content-type" "content-length" "forwarded");'
    'created=1618884480;keyid="test-key-rsa";alg="rsa-v1_5-sha256";expires=1618884540'
)
RSA_SIGNATURE = (
    "proxy_sig=:S6ZzPXSdAMOPjN/6KXfXWNO/f7V6cHm7BXYUh3YD/fRad4BCaRZxP+JH+8XY1I6+8Cy+CM5g92iHgxtRPz+MjniOaYmdkDcnL9cCpXJ"
    "leXsOckpURl49GwiyUpZ10KHgOEe11sx3G2gxI8S0jnxQB+Pu68U9vVcasqOWAEObtNKKZd8tSFu7LB5YAv0RAGhB8tmpv7sFnIm9y+7X5kXQfi8NMa"
    "ZaA8i2ZHwpBdg7a6CMfwnnrtflzvZdXAsD3LH2TwevU+/PBPv0B6NMNk93wUs/vfJvye+YuI87HU38lZHowtznbLVdp770I6VHR6WfgS9ddzirrswsE1"
    "w5o0LV/g==:"
)


@pytest.mark.parametrize(
    ("seconds", "reason"), [(0, None), (59 * 60, None), (3600 + 61, "expired"), (13 * 3600, "stale"), (-3601, "early")]
)
def test_the_rsa_signature_of_section_4_3(seconds: int, reason: str | None) -> None:
    public = keys.load_public(RSA_PUBLIC)
    assert public is not None
    request = Request(
        "POST",
        "https://origin.host.internal.example/foo",
        B2_REQUEST.headers.having(
            ("host", "origin.host.internal.example"),
            ("forwarded", "for=192.0.2.123;host=example.com;proto=https"),
            ("signature-input", RSA_INPUT),
            ("signature", RSA_SIGNATURE),
        ),
        B2_REQUEST.body,
    )
    verdict = verify(request, public, (1_618_884_480 + seconds) * 1000, host="origin.host.internal.example")
    assert (verdict.reason if isinstance(verdict, Untrusted) else None) == reason


class OracleMessage:
    """A request as `http-message-signatures` wants it."""

    def __init__(self, request: Request) -> None:
        self.method = request.method
        self.url = request.url
        self.headers: Any = CaseInsensitiveDict(dict(request.headers))  # type: ignore[no-untyped-call]


class OracleKeys(HTTPSignatureKeyResolver):
    """Gives one key, whatever the id."""

    def __init__(self, key: KeyPair) -> None:
        self.key = key

    def resolve_public_key(self, key_id: str) -> Any:
        return self.key[1]

    def resolve_private_key(self, key_id: str) -> Any:
        return self.key[0]


def oracle(key: KeyPair) -> dict[str, Any]:
    algorithm = algorithms.RSA_V1_5_SHA256 if keys.kind_of(key[1]) == "rsa" else algorithms.ED25519
    return {"signature_algorithm": algorithm, "key_resolver": OracleKeys(key)}


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
@pytest.mark.parametrize(
    ("method", "body"), [("GET", b""), ("POST", b'{"type":"Create"}'), ("POST", b"")], ids=["get", "post", "empty"]
)
def test_another_implementation_verifies_what_we_sign(
    kind: str, method: str, body: bytes, request: pytest.FixtureRequest
) -> None:
    key: KeyPair = request.getfixturevalue(kind)
    ours = Request(
        method,
        "https://you.example:8443/users/bo/inbox?page=1",
        Headers([("content-type", "application/activity+json")]),
        body,
    )
    signed = sign(ours, "https://me.example/ann#main-key", key[0], NOW, "rfc9421", ("content-type", "date"))
    (result,) = HTTPMessageVerifier(**oracle(key)).verify(
        OracleMessage(signed), max_age=None, body=body if method == "POST" else None
    )
    assert result.parameters["keyid"] == "https://me.example/ann#main-key"
    assert result.parameters["created"] == NOW // 1000
    expected = {'"@method"', '"@target-uri"', '"content-type"', '"date"', '"@signature-params"'}
    assert set(result.covered_components) == expected | ({'"content-digest"'} if method == "POST" else set())


@pytest.mark.parametrize("kind", ["rsa", "ed25519"])
@pytest.mark.parametrize(
    ("url", "covered"),
    [
        ("https://me.example/inbox", ("@method", "@target-uri", "content-digest")),
        ("https://me.example/inbox?a=b", ("content-digest", "@target-uri", "date", "@method", "@scheme")),
        ("https://me.example/inbox?a=b", ("@method", "@authority", "@path", "@query", "content-digest")),
        ("https://me.example/", ("@method", "@authority", "@path", "@query", "@request-target", "content-digest")),
        (
            "https://Me.Example:443/a%2Fb?",
            ("@method", "@authority", "@path", "@query", "@request-target", "content-digest"),
        ),
    ],
)
@pytest.mark.parametrize("include_alg", [True, False])
def test_we_verify_what_another_implementation_signs(
    kind: str, url: str, covered: tuple[str, ...], include_alg: bool, request: pytest.FixtureRequest
) -> None:
    key: KeyPair = request.getfixturevalue(kind)
    body = b'{"type":"Create"}'
    theirs = OracleMessage(
        Request("POST", url, Headers([("Host", "me.example"), ("Date", "Sun, 15 Jun 2025 15:06:40 GMT")]), body)
    )
    made = datetime.fromtimestamp(NOW / 1000, UTC)
    HTTPMessageSigner(**oracle(key)).sign(
        theirs,
        key_id='https://you.example/"bo"\\',
        created=made,
        expires=made + timedelta(minutes=5),
        nonce="n",
        tag="t",
        label="anything.you-like*",
        include_alg=include_alg,
        covered_component_ids=covered,
        body=body,
    )
    headers = Headers((name.lower(), value) for name, value in theirs.headers.items())
    verdict = verify(Request("POST", url, headers, body), key[1], NOW, host="me.example")
    assert verdict == Trusted('https://you.example/"bo"\\', covered, "rfc9421")


GOOD_INPUT = 'sig=("@method" "@target-uri");created=1;keyid="k"'


def test_the_first_signature_with_both_halves_and_a_key_id_counts() -> None:
    claim = rfc9421.read(
        'a=("@method");keyid="no-second-half", b=("@path");created=1,'
        'c=( "date"  "host" );tag="t";keyid="k\\"\\\\";x;y=?0;created=7',
        'b=:AAAA:, c=:BBBB:;p="q"',
    )
    assert claim == rfc9421.Claim(
        'k"\\',
        None,
        ("date", "host"),
        b"\x04\x10\x41",
        7000,
        None,
        '( "date"  "host" );tag="t";keyid="k\\"\\\\";x;y=?0;created=7',
    )


@pytest.mark.parametrize(
    ("inputs", "signature", "reason"),
    [
        ("", "sig=:AAAA:", "malformed"),
        (GOOD_INPUT, None, "malformed"),
        (GOOD_INPUT, "", "malformed"),
        (GOOD_INPUT, "other=:AAAA:", "malformed"),
        (GOOD_INPUT, "sig=AAAA", "malformed"),
        (GOOD_INPUT, "sig=:A:", "malformed"),
        (GOOD_INPUT, "sig=::", "malformed"),
        (GOOD_INPUT, "sig=:AAAA:, sig=:BBBB:", "malformed"),
        (GOOD_INPUT, "sig=:AAAA:,", "malformed"),
        (f"{GOOD_INPUT}, {GOOD_INPUT}", "sig=:AAAA:", "malformed"),
        (GOOD_INPUT + ';keyid="other"', "sig=:AAAA:", "malformed"),
        (GOOD_INPUT + "\n", "sig=:AAAA:", "malformed"),
        ('sig=("@method" "@method");created=1;keyid="k"', "sig=:AAAA:", "malformed"),
        ('sig=("@method""@path");created=1;keyid="k"', "sig=:AAAA:", "malformed"),
        ('sig=("Date");created=1;keyid="k"', "sig=:AAAA:", "malformed"),
        ('sig=("@query-param";name="a");created=1;keyid="k"', "sig=:AAAA:", "malformed"),
        ('sig=("a\nb");created=1;keyid="k"', "sig=:AAAA:", "malformed"),
        ('Sig=("@method");created=1;keyid="k"', "Sig=:AAAA:", "malformed"),
        ('sig=("@method");created="1";keyid="k"', "sig=:AAAA:", "malformed"),
        ('sig=("@method");created=1.5;keyid="k"', "sig=:AAAA:", "malformed"),
        ('sig=("@method");created=1;expires=soon;keyid="k"', "sig=:AAAA:", "malformed"),
        ('sig=("@method");created=1;keyid=k', "sig=:AAAA:", "malformed"),
        ('sig=("@method");created=1;keyid="k";alg=ed25519', "sig=:AAAA:", "malformed"),
        ('sig=("@method");created=1', "sig=:AAAA:", "malformed"),
        ("sig=:AAAA:", "sig=:AAAA:", "malformed"),
        ("sig=(" + " ".join(f'"h{n}"' for n in range(65)) + ');created=1;keyid="k"', "sig=:AAAA:", "too_large"),
        (GOOD_INPUT + ";x=" + "1" * 9000, "sig=:AAAA:", "too_large"),
        (GOOD_INPUT, "sig=:" + "AAAA" * 3000 + ":", "too_large"),
    ],
)
def test_what_cannot_be_read_is_untrusted(inputs: str, signature: str | None, reason: str) -> None:
    claim = rfc9421.read(inputs, signature)
    assert isinstance(claim, Untrusted)
    assert claim.reason == reason


@given(st.text() | st.text(alphabet='sig=("@method");, :\\?01*'), st.text() | st.text(alphabet="sig=:AB, ;"))
def test_reading_anything_never_raises(inputs: str, signature: str) -> None:
    for text in (inputs, f'sig=("@method"){inputs}', f"sig=({inputs})"):
        assert isinstance(rfc9421.read(text, signature), rfc9421.Claim | Untrusted)
