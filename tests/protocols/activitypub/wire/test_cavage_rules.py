"""draft-cavage requests: which signatures mean something, and which do not and why."""

from base64 import b64encode
from typing import TypeAlias

import pytest

from scattershot.protocols.activitypub.wire import cavage
from scattershot.protocols.activitypub.wire.claims import Message, joined
from scattershot.protocols.activitypub.wire.digests import digest
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
    a_delivery,
    a_fetch,
    a_post,
    and_another,
    in_header,
    with_header,
    without_header,
)
from scattershot.wirekit import keys
from scattershot.wirekit.dates import http_date
from scattershot.wirekit.http_message import Request
from scattershot.wirekit.urls import parse_url

KeyPair: TypeAlias = tuple[keys.PrivateKey, keys.PublicKey]

HOUR = 3_600_000
KEY_ID = "https://you.example/users/bo#main-key"


def reason_of(request: Request, key: keys.PublicKey, now: int = NOW, host: str = ME) -> Reason | None:
    verdict = verify(request, key, now, host=host)
    return verdict.reason if isinstance(verdict, Untrusted) else None


def by_hand(
    request: Request,
    private: keys.PrivateKey,
    covered: str,
    parameters: str = 'algorithm="hs2019"',
    target: str | None = None,
) -> Request:
    """A draft-cavage signature as another server may make it: any list of headers, any parameters."""
    url = parse_url(request.url)
    assert url is not None
    draft = f'keyId="{KEY_ID}",headers="{covered}"' + (f",{parameters}" if parameters else "")
    claim = cavage.read(f'{draft},signature="AAAA"')
    assert isinstance(claim, cavage.Claim)
    message = Message(request.method, url, joined(request.headers), request.body)
    base = cavage.signing_base(claim, message, url.target if target is None else target)
    assert isinstance(base, bytes)
    signature = b64encode(keys.sign(private, base)).decode()
    return request._replace(headers=request.headers.having(("signature", f'{draft},signature="{signature}"')))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (with_header("date", http_date(NOW + 1000)), "bad_signature"),
        (with_header("date", "garbage"), "malformed"),
        (without_header("date"), "missing_header"),
        (without_header("host"), "missing_header"),
        (with_header("content-type", "application/activity+json; charset=utf-8"), "bad_signature"),
        (without_header("content-type"), "missing_header"),
        (in_header("rsa-sha256", "rsa-sha512"), "unsupported"),
        (in_header("rsa-sha256", "hmac-sha256"), "unsupported"),
        (in_header("rsa-sha256", "ed25519"), "wrong_key"),
        (in_header(" content-type", ""), "bad_signature"),
        (in_header("host date", "date host"), "bad_signature"),
        (in_header(" digest", ""), "weak"),
        (in_header(" host", ""), "weak"),
        (in_header(" date", ""), "weak"),
        (in_header("(request-target) ", ""), "weak"),
        (in_header('headers="(request-target) host date digest content-type",', ""), "malformed"),
    ],
)
def test_a_tampered_cavage_request_is_refused(change: Change, reason: Reason, rsa: KeyPair) -> None:
    assert reason_of(change(sign(a_post(), KEY_ID, rsa[0], NOW)), rsa[1]) == reason


@pytest.mark.parametrize(
    ("covered", "reason"),
    [
        ("(request-target) host date digest", None),
        ("digest date host (request-target)", None),
        ("(request-target) host date digest content-type user-agent accept", None),
        ("(REQUEST-TARGET) Host Date Digest", None),
        ("(request-target) host date", "weak"),
        ("(request-target) date digest", "weak"),
        ("host date digest", "weak"),
        ("(request-target) host digest", "weak"),
    ],
)
def test_any_list_of_headers_will_do_that_covers_enough(covered: str, reason: Reason | None, rsa: KeyPair) -> None:
    assert reason_of(by_hand(a_delivery(), rsa[0], covered), rsa[1]) == reason


def test_a_digest_that_is_right_but_not_signed_is_refused(rsa: KeyPair) -> None:
    assert reason_of(by_hand(a_delivery(), rsa[0], "(request-target) host date"), rsa[1]) == "weak"


def test_a_post_without_a_body_still_needs_its_digest(rsa: KeyPair) -> None:
    request = without_header("digest")(a_delivery(b""))
    assert reason_of(by_hand(request, rsa[0], "(request-target) host date"), rsa[1]) == "no_digest"


@pytest.mark.parametrize("covered", ["(request-target) date", "host date"])
def test_a_get_must_sign_its_host_and_target(covered: str, rsa: KeyPair) -> None:
    assert reason_of(by_hand(a_fetch(), rsa[0], covered), rsa[1]) == "weak"


@pytest.mark.parametrize("parameters", ["", 'algorithm="rsa-sha256"', 'algorithm="hs2019"', 'algorithm="HS2019"'])
def test_the_algorithm_may_be_left_to_the_key(parameters: str, rsa: KeyPair) -> None:
    assert reason_of(by_hand(a_fetch(), rsa[0], "(request-target) host date", parameters), rsa[1]) is None


@pytest.mark.parametrize("parameters", ["", 'algorithm="ed25519"', 'algorithm="hs2019"'])
def test_an_ed25519_key_may_be_named_or_not(parameters: str, ed25519: KeyPair) -> None:
    assert reason_of(by_hand(a_fetch(), ed25519[0], "(request-target) host date", parameters), ed25519[1]) is None


def test_created_stands_for_the_date(rsa: KeyPair) -> None:
    covered, created = "(request-target) host (created)", f"created={NOW // 1000}"
    fetch = without_header("date")(a_fetch())
    signed = by_hand(fetch, rsa[0], covered, f'algorithm="hs2019",{created}')
    assert reason_of(signed, rsa[1]) is None
    assert reason_of(signed, rsa[1], NOW + 13 * HOUR) == "stale"
    assert reason_of(signed, rsa[1], NOW - 2 * HOUR) == "early"
    assert reason_of(in_header(created, "created=1750000001")(signed), rsa[1]) == "bad_signature"
    assert reason_of(in_header(f",{created}", "")(signed), rsa[1]) == "malformed"


def test_rsa_sha256_may_not_cover_created(rsa: KeyPair) -> None:
    signed = by_hand(
        a_fetch(), rsa[0], "(request-target) host (created)", f'algorithm="rsa-sha256",created={NOW // 1000}'
    )
    assert reason_of(signed, rsa[1]) == "malformed"


def test_expires_is_honoured_with_the_same_allowance_for_wrong_clocks(rsa: KeyPair) -> None:
    covered = "(request-target) host (created) (expires)"
    signed = by_hand(
        a_fetch(), rsa[0], covered, f'algorithm="hs2019",created={NOW // 1000},expires={NOW // 1000 + 300}'
    )
    assert reason_of(signed, rsa[1], NOW + 300_000 + HOUR) is None
    assert reason_of(signed, rsa[1], NOW + 301_000 + HOUR) == "expired"


def test_gotosocial_may_sign_a_get_without_its_query(rsa: KeyPair) -> None:
    covered = "(request-target) host date"
    assert reason_of(by_hand(a_fetch(), rsa[0], covered, target="/users/ann"), rsa[1]) is None
    assert reason_of(by_hand(a_fetch(), rsa[0], covered, target="/users/bob"), rsa[1]) == "bad_signature"
    post = a_delivery()._replace(url="https://me.example/inbox?x=1")
    assert reason_of(by_hand(post, rsa[0], f"{covered} digest", target="/inbox"), rsa[1]) == "bad_signature"


def test_snac_signs_a_get_with_the_digest_of_nothing(rsa: KeyPair) -> None:
    fetch = with_header("digest", digest(b""))(a_fetch())
    assert reason_of(by_hand(fetch, rsa[0], "(request-target) host digest date"), rsa[1]) is None
    wrong = with_header("digest", digest(b"x"))(a_fetch())
    assert reason_of(by_hand(wrong, rsa[0], "(request-target) host digest date"), rsa[1]) == "digest_mismatch"


def test_a_header_sent_twice_is_signed_as_one(rsa: KeyPair) -> None:
    request = and_another("x-note", " second ")(and_another("x-note", "first")(a_delivery()))
    signed = by_hand(request, rsa[0], "(request-target) host date digest x-note")
    assert reason_of(signed, rsa[1]) is None
    assert reason_of(with_header("x-note", "first, second")(signed), rsa[1]) is None
    assert reason_of(with_header("x-note", "first,second")(signed), rsa[1]) == "bad_signature"


def test_the_content_type_is_signed_to_the_letter(rsa: KeyPair) -> None:
    value = 'application/ld+json;profile="https://www.w3.org/ns/activitystreams" ; charset=UTF-8'
    signed = by_hand(
        with_header("content-type", value)(a_delivery()), rsa[0], "(request-target) host date digest content-type"
    )
    assert reason_of(signed, rsa[1]) is None


def test_a_line_break_cannot_forge_a_signed_line(rsa: KeyPair) -> None:
    """Signed were two headers; sent is one whose value pretends to be both."""
    honest = and_another("x-b", "2")(and_another("x-a", "1")(a_fetch()))
    signed = by_hand(honest, rsa[0], "(request-target) host date x-a x-b")
    forged = without_header("x-b")(with_header("x-a", "1\nx-b: 2")(signed))
    assert reason_of(in_header(" x-a x-b", " x-a")(forged), rsa[1]) == "malformed"


def test_a_host_header_in_capitals_with_the_default_port_is_still_ours(rsa: KeyPair) -> None:
    request = with_header("host", "Me.Example:443")(a_delivery())
    assert reason_of(by_hand(request, rsa[0], "(request-target) host date digest"), rsa[1]) is None
