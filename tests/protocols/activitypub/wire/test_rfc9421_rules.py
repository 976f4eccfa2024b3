"""RFC 9421 requests: which signatures mean something, and which do not and why."""

from base64 import b64encode
from typing import TypeAlias

import pytest

from scattershot.protocols.activitypub.wire import rfc9421
from scattershot.protocols.activitypub.wire.claims import Message, joined
from scattershot.protocols.activitypub.wire.signatures import (
    Reason,
    Untrusted,
    sign,
    verify,
)
from scattershot.testing.requests import (
    ME,
    NOW,
    Change,
    a_fetch,
    a_post,
    in_header,
    without_header,
)
from scattershot.wirekit import keys
from scattershot.wirekit.http_message import Request
from scattershot.wirekit.urls import parse_url

KeyPair: TypeAlias = tuple[keys.PrivateKey, keys.PublicKey]

HOUR = 3_600_000
KEY_ID = "https://you.example/users/bo#main-key"


def reason_of(request: Request, key: keys.PublicKey, now: int = NOW, host: str = ME) -> Reason | None:
    verdict = verify(request, key, now, host=host)
    return verdict.reason if isinstance(verdict, Untrusted) else None


def by_hand_9421(request: Request, private: keys.PrivateKey, inner: str) -> Request:
    """An RFC 9421 signature as another server may make it: any components, any parameters."""
    url = parse_url(request.url)
    assert url is not None
    claim = rfc9421.read(f"sig1={inner}", "sig1=:AAAA:")
    assert isinstance(claim, rfc9421.Claim)
    message = Message(request.method, url, joined(request.headers), request.body)
    base = rfc9421.signature_base(claim.covered, inner, message)
    assert isinstance(base, bytes)
    signature = f"sig1=:{b64encode(keys.sign(private, base)).decode()}:"
    return request._replace(
        headers=request.headers.having(("signature-input", f"sig1={inner}"), ("signature", signature))
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (in_header('"@method" ', "", "signature-input"), "weak"),
        (in_header('"@target-uri" ', "", "signature-input"), "weak"),
        (in_header(' "content-digest"', "", "signature-input"), "weak"),
        (in_header(f"created={NOW // 1000};", "", "signature-input"), "weak"),
        (in_header(f"created={NOW // 1000}", f"created={NOW // 1000 + 1}", "signature-input"), "bad_signature"),
        (in_header("bo#main-key", "eve#main-key", "signature-input"), "bad_signature"),
        (in_header(";keyid", ';tag="x";keyid', "signature-input"), "bad_signature"),
        (in_header(";keyid", ';alg="hmac-sha256";keyid', "signature-input"), "unsupported"),
        (in_header(";keyid", ';alg="rsa-pss-sha512";keyid', "signature-input"), "unsupported"),
        (in_header(";keyid", ';alg="ed25519";keyid', "signature-input"), "wrong_key"),
        (in_header('"@method"', '"@method" "@status"', "signature-input"), "unsupported"),
        (in_header('"@method"', '"@method" "@signature-params"', "signature-input"), "unsupported"),
        (in_header('"@method"', '"@method" "x-absent"', "signature-input"), "missing_header"),
        (in_header('"@method"', '"@method";req', "signature-input"), "malformed"),
        (in_header("sig1=", "sig2=", "signature-input"), "malformed"),
        (without_header("signature-input"), "malformed"),
        (lambda request: request._replace(url="http://me.example/inbox"), "bad_signature"),
    ],
)
def test_a_tampered_rfc_9421_request_is_refused(change: Change, reason: Reason, rsa: KeyPair) -> None:
    assert reason_of(change(sign(a_post(), KEY_ID, rsa[0], NOW, "rfc9421")), rsa[1]) == reason


CREATED = f';created={NOW // 1000};keyid="{KEY_ID}"'


@pytest.mark.parametrize(
    ("covered", "reason"),
    [
        ('"@method" "@target-uri"', None),
        ('"@target-uri" "@method" "date" "host"', None),
        ('"@method" "@authority" "@path" "@query"', None),
        ('"@method" "@authority" "@path"', "weak"),
        ('"@method" "@path" "@query"', "weak"),
        ('"@method" "@authority" "@request-target"', "weak"),
        ('"@target-uri"', "weak"),
        ("", "weak"),
    ],
)
def test_an_rfc_9421_get_must_cover_its_method_and_whole_target(
    covered: str, reason: Reason | None, rsa: KeyPair
) -> None:
    assert reason_of(by_hand_9421(a_fetch(), rsa[0], f"({covered}){CREATED}"), rsa[1]) == reason


def test_a_query_that_is_not_there_need_not_be_covered(rsa: KeyPair) -> None:
    signed = by_hand_9421(a_fetch("https://me.example/users/ann"), rsa[0], f'("@method" "@authority" "@path"){CREATED}')
    assert reason_of(signed, rsa[1]) is None
    assert reason_of(signed._replace(url="https://me.example/users/ann?x=1"), rsa[1]) == "weak"


def test_an_rfc_9421_signature_that_expired_is_refused(rsa: KeyPair) -> None:
    signed = by_hand_9421(a_fetch(), rsa[0], f'("@method" "@target-uri"){CREATED};expires={NOW // 1000 + 300}')
    assert reason_of(signed, rsa[1], NOW + 300_000 + HOUR) is None
    assert reason_of(signed, rsa[1], NOW + 301_000 + HOUR) == "expired"
