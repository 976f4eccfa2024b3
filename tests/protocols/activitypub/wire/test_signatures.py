"""Signed requests, in both dialects: who is believed, and who is not and why."""

from base64 import b64encode
from collections.abc import Callable
from typing import Any, TypeAlias, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scattershot.protocols.activitypub.wire import cavage, rfc9421
from scattershot.protocols.activitypub.wire.claims import Message, joined
from scattershot.protocols.activitypub.wire.digests import content_digest, digest
from scattershot.protocols.activitypub.wire.signatures import (
    Dialect,
    Reason,
    Trusted,
    Untrusted,
    claimed_key,
    sign,
    verify,
)
from scattershot.wirekit import keys
from scattershot.wirekit.dates import http_date
from scattershot.wirekit.http_message import Headers, Request
from scattershot.wirekit.urls import parse_url

KeyPair: TypeAlias = tuple[keys.PrivateKey, keys.PublicKey]
Change: TypeAlias = Callable[[Request], Request]

NOW = 1_750_000_000_000
HOUR = 3_600_000
KEY_ID = "https://you.example/users/bo#main-key"
ME = "me.example"
both_dialects = pytest.mark.parametrize("dialect", get_args(Dialect))
both_kinds = pytest.mark.parametrize("kind", ["rsa", "ed25519"])


def a_post(body: bytes = b'{"type":"Create"}', url: str = "https://me.example/inbox") -> Request:
    headers = [("content-type", "application/activity+json"), ("user-agent", "Test"), ("accept", "*/*")]
    return Request("POST", url, Headers(headers), body)


def a_get(url: str = "https://me.example/users/ann?page=2") -> Request:
    return Request("GET", url, Headers([("accept", "application/activity+json"), ("user-agent", "Test")]))


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


def a_delivery(body: bytes = b'{"type":"Create"}') -> Request:
    """A POST with everything but a signature, as it would come over the wire."""
    fields = [
        ("host", ME),
        ("date", http_date(NOW)),
        ("digest", digest(body)),
        ("content-digest", content_digest(body)),
    ]
    return a_post(body)._replace(headers=Headers([*a_post().headers, *fields]))


def a_fetch(url: str = "https://me.example/users/ann?page=2") -> Request:
    return a_get(url)._replace(headers=Headers([*a_get().headers, ("host", ME), ("date", http_date(NOW))]))


# What we sign


@both_dialects
@both_kinds
def test_what_we_sign_is_believed(dialect: Dialect, kind: str, request: pytest.FixtureRequest) -> None:
    private, public = request.getfixturevalue(kind)
    for ours in (
        a_post(),
        a_post(b""),
        a_get(),
        a_post(url="https://me.example:443"),
        a_post(url="https://me.example/ü?ü#x"),
    ):
        signed = sign(ours, KEY_ID, private, NOW, dialect)
        assert claimed_key(signed) == KEY_ID
        verdict = verify(signed, public, NOW, host=frozenset({ME, "me.example:8443"}))
        assert isinstance(verdict, Trusted), verdict
        assert (verdict.key_id, verdict.dialect) == (KEY_ID, dialect)


def test_a_cavage_post_looks_as_mastodon_has_it(rsa: KeyPair) -> None:
    signed = sign(a_post(), KEY_ID, rsa[0], NOW)
    assert signed.headers.get("host") == ME
    assert signed.headers.get("date") == "Sun, 15 Jun 2025 15:06:40 GMT"
    assert signed.headers.get("digest") == digest(signed.body)
    assert signed.headers.get("content-digest") is None
    header = signed.headers.get("signature") or ""
    start = (
        f'keyId="{KEY_ID}",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="'
    )
    assert header.startswith(start)


def test_a_cavage_get_signs_no_digest(rsa: KeyPair) -> None:
    signed = sign(a_get(), KEY_ID, rsa[0], NOW)
    assert signed.headers.get("digest") is None
    assert 'headers="(request-target) host date"' in (signed.headers.get("signature") or "")


def test_an_ed25519_key_signs_as_hs2019(ed25519: KeyPair) -> None:
    assert 'algorithm="hs2019"' in (sign(a_get(), KEY_ID, ed25519[0], NOW).headers.get("signature") or "")


def test_an_rfc_9421_post_looks_as_the_recipe_has_it(rsa: KeyPair) -> None:
    signed = sign(a_post(), KEY_ID, rsa[0], NOW, "rfc9421")
    assert signed.headers.get("digest") is None
    assert signed.headers.get("signature-input") == (
        f'sig1=("@method" "@target-uri" "content-digest");created={NOW // 1000};keyid="{KEY_ID}"'
    )


def test_a_second_knock_in_the_other_dialect_forgets_the_first(rsa: KeyPair) -> None:
    first = sign(a_post(), KEY_ID, rsa[0], NOW - HOUR)
    second = sign(first, KEY_ID, rsa[0], NOW, "rfc9421")
    third = sign(second, KEY_ID, rsa[0], NOW, "cavage")
    assert second == sign(a_post(), KEY_ID, rsa[0], NOW, "rfc9421")
    assert third == sign(a_post(), KEY_ID, rsa[0], NOW, "cavage")


def test_the_port_stays_in_the_host_header(rsa: KeyPair) -> None:
    signed = sign(a_post(url="http://127.0.0.1:8001/inbox"), KEY_ID, rsa[0], NOW)
    assert signed.headers.get("host") == "127.0.0.1:8001"
    assert reason_of(signed, rsa[1], host="127.0.0.1:8001") is None


@both_dialects
def test_extra_headers_are_covered(dialect: Dialect, rsa: KeyPair) -> None:
    ours = a_post()._replace(headers=a_post().headers.having(("collection-synchronization", 'digest="00"')))
    signed = sign(ours, KEY_ID, rsa[0], NOW, dialect, ("collection-synchronization",))
    verdict = verify(signed, rsa[1], NOW, host=ME)
    assert isinstance(verdict, Trusted)
    assert "collection-synchronization" in verdict.covered
    changed = signed._replace(headers=signed.headers.having(("collection-synchronization", 'digest="01"')))
    assert reason_of(changed, rsa[1]) == "bad_signature"


@both_dialects
def test_an_extra_header_that_is_not_there_cannot_be_signed(dialect: Dialect, rsa: KeyPair) -> None:
    with pytest.raises(ValueError, match="x-absent"):
        sign(a_post(), KEY_ID, rsa[0], NOW, dialect, ("x-absent",))


@both_dialects
@pytest.mark.parametrize(
    "key_id", ['https://x.example/"', "https://x.example/\n", "https://x.example/ü", "https://x.example/\\"]
)
def test_a_key_id_that_no_header_can_hold_is_not_signed_with(dialect: Dialect, key_id: str, rsa: KeyPair) -> None:
    with pytest.raises(ValueError, match="key id"):
        sign(a_post(), key_id, rsa[0], NOW, dialect)


def test_what_is_no_url_cannot_be_signed(rsa: KeyPair) -> None:
    with pytest.raises(ValueError, match="URL"):
        sign(a_post(url="ftp://me.example/"), KEY_ID, rsa[0], NOW)


# Tampering, in both dialects


def with_header(name: str, value: str) -> Change:
    return lambda request: request._replace(headers=request.headers.having((name, value)))


def and_another(name: str, value: str) -> Change:
    return lambda request: request._replace(headers=Headers((*request.headers, (name, value))))


def without_header(name: str) -> Change:
    return lambda request: request._replace(headers=Headers(pair for pair in request.headers if pair[0] != name))


def in_signature(old: str, new: str, header: str = "signature") -> Change:
    def change(request: Request) -> Request:
        value = request.headers.get(header) or ""
        assert old in value
        return request._replace(headers=request.headers.having((header, value.replace(old, new, 1))))

    return change


OTHER = b'{"type":"Delete"}'
ANY_TAMPERING: list[Any] = [
    pytest.param(lambda r: r._replace(body=OTHER), "digest_mismatch", id="another body"),
    pytest.param(lambda r: r._replace(body=b""), "digest_mismatch", id="no body"),
    pytest.param(lambda r: r._replace(method="PUT"), "bad_signature", id="another method"),
    pytest.param(lambda r: r._replace(url="https://me.example/users/ann/inbox"), "bad_signature", id="another path"),
    pytest.param(lambda r: r._replace(url="https://me.example/inbox?x"), "bad_signature", id="another query"),
    pytest.param(lambda r: r._replace(url="https://me.example/Inbox"), "bad_signature", id="another case"),
    pytest.param(lambda r: r._replace(url="https://other.example/inbox"), "wrong_host", id="another host's URL"),
    pytest.param(lambda r: r._replace(url="garbage"), "wrong_host", id="no URL"),
    pytest.param(with_header("host", "other.example"), "wrong_host", id="another host"),
    pytest.param(with_header("host", "me.example:8443"), "wrong_host", id="another port"),
    pytest.param(with_header("host", "me.example/"), "wrong_host", id="a host that is none"),
    pytest.param(and_another("host", ME), "wrong_host", id="two hosts"),
    pytest.param(without_header("signature"), None, id="no signature"),
    pytest.param(and_another("signature", "x"), "malformed", id="two signatures"),
    pytest.param(with_header("signature", "x" * 10_000), "too_large", id="a long signature"),
]


@both_dialects
@pytest.mark.parametrize(("change", "reason"), ANY_TAMPERING)
def test_a_tampered_request_is_refused(dialect: Dialect, change: Change, reason: Reason | None, rsa: KeyPair) -> None:
    signed = sign(a_post(), KEY_ID, rsa[0], NOW, dialect)
    assert reason_of(signed, rsa[1]) is None
    expected = reason or ("unsigned" if dialect == "cavage" else "malformed")
    assert reason_of(change(signed), rsa[1]) == expected


@both_dialects
def test_another_key_of_the_same_kind_is_refused(dialect: Dialect, rsa: KeyPair, other_rsa: KeyPair) -> None:
    assert reason_of(sign(a_post(), KEY_ID, rsa[0], NOW, dialect), other_rsa[1]) == "bad_signature"


@both_dialects
def test_a_key_of_another_kind_is_refused(dialect: Dialect, rsa: KeyPair, ed25519: KeyPair) -> None:
    assert reason_of(sign(a_post(), KEY_ID, rsa[0], NOW, dialect), ed25519[1]) in ("wrong_key", "bad_signature")
    assert reason_of(sign(a_post(), KEY_ID, ed25519[0], NOW, dialect), rsa[1]) == "bad_signature"


@both_dialects
def test_a_flipped_bit_of_the_signature_is_refused(dialect: Dialect, rsa: KeyPair) -> None:
    signed = sign(a_get(), KEY_ID, rsa[0], NOW, dialect)
    value = signed.headers.get("signature") or ""
    place = len(value) // 2 + 40
    flipped = value[:place] + ("A" if value[place] != "A" else "B") + value[place + 1 :]
    assert reason_of(with_header("signature", flipped)(signed), rsa[1]) == "bad_signature"


@both_dialects
@pytest.mark.parametrize(
    ("later", "reason"),
    [(0, None), (12 * HOUR, None), (12 * HOUR + 1000, "stale"), (-HOUR, None), (-HOUR - 1000, "early")],
)
def test_the_window_is_twelve_hours_back_and_one_ahead(
    dialect: Dialect, later: int, reason: Reason | None, rsa: KeyPair
) -> None:
    assert reason_of(sign(a_get(), KEY_ID, rsa[0], NOW, dialect), rsa[1], NOW + later) == reason


@both_dialects
def test_a_request_for_one_of_our_other_names_is_for_us(dialect: Dialect, rsa: KeyPair) -> None:
    signed = sign(a_post(url="https://www.me.example/inbox"), KEY_ID, rsa[0], NOW, dialect)
    assert reason_of(signed, rsa[1]) == "wrong_host"
    assert isinstance(verify(signed, rsa[1], NOW, host=frozenset({ME, "www.me.example"})), Trusted)


def test_a_host_header_in_capitals_with_the_default_port_is_still_ours(rsa: KeyPair) -> None:
    request = with_header("host", "Me.Example:443")(a_delivery())
    assert reason_of(by_hand(request, rsa[0], "(request-target) host date digest"), rsa[1]) is None


@both_dialects
def test_a_header_that_is_not_covered_may_change(dialect: Dialect, rsa: KeyPair) -> None:
    signed = sign(a_post(), KEY_ID, rsa[0], NOW, dialect)
    assert reason_of(with_header("user-agent", "A proxy")(signed), rsa[1]) is None


@both_dialects
def test_the_digest_cannot_be_swapped_along_with_the_body(dialect: Dialect, rsa: KeyPair) -> None:
    signed = sign(a_post(), KEY_ID, rsa[0], NOW, dialect)
    name, value = ("digest", digest(OTHER)) if dialect == "cavage" else ("content-digest", content_digest(OTHER))
    assert reason_of(with_header(name, value)(signed)._replace(body=OTHER), rsa[1]) == "bad_signature"
    assert reason_of(without_header(name)(signed), rsa[1]) == "no_digest"
    assert reason_of(with_header(name, "md5=:YWJj:")(signed), rsa[1]) == "no_digest"


# draft-cavage


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (with_header("date", http_date(NOW + 1000)), "bad_signature"),
        (with_header("date", "garbage"), "malformed"),
        (without_header("date"), "missing_header"),
        (without_header("host"), "missing_header"),
        (with_header("content-type", "application/activity+json; charset=utf-8"), "bad_signature"),
        (without_header("content-type"), "missing_header"),
        (in_signature("rsa-sha256", "rsa-sha512"), "unsupported"),
        (in_signature("rsa-sha256", "hmac-sha256"), "unsupported"),
        (in_signature("rsa-sha256", "ed25519"), "wrong_key"),
        (in_signature(" content-type", ""), "bad_signature"),
        (in_signature("host date", "date host"), "bad_signature"),
        (in_signature(" digest", ""), "weak"),
        (in_signature(" host", ""), "weak"),
        (in_signature(" date", ""), "weak"),
        (in_signature("(request-target) ", ""), "weak"),
        (in_signature('headers="(request-target) host date digest content-type",', ""), "malformed"),
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
    assert reason_of(in_signature(created, "created=1750000001")(signed), rsa[1]) == "bad_signature"
    assert reason_of(in_signature(f",{created}", "")(signed), rsa[1]) == "malformed"


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


def test_gotosocials_key_id_is_a_path(rsa: KeyPair) -> None:
    key_id = "https://gts.example/users/alice/main-key"
    signed = sign(a_get(), key_id, rsa[0], NOW)
    verdict = verify(signed, rsa[1], NOW, host=ME)
    assert isinstance(verdict, Trusted)
    assert verdict.key_id == claimed_key(signed) == key_id


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
    assert reason_of(in_signature(" x-a x-b", " x-a")(forged), rsa[1]) == "malformed"


# RFC 9421


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (in_signature('"@method" ', "", "signature-input"), "weak"),
        (in_signature('"@target-uri" ', "", "signature-input"), "weak"),
        (in_signature(' "content-digest"', "", "signature-input"), "weak"),
        (in_signature(f"created={NOW // 1000};", "", "signature-input"), "weak"),
        (in_signature(f"created={NOW // 1000}", f"created={NOW // 1000 + 1}", "signature-input"), "bad_signature"),
        (in_signature("bo#main-key", "eve#main-key", "signature-input"), "bad_signature"),
        (in_signature(";keyid", ';tag="x";keyid', "signature-input"), "bad_signature"),
        (in_signature(";keyid", ';alg="hmac-sha256";keyid', "signature-input"), "unsupported"),
        (in_signature(";keyid", ';alg="rsa-pss-sha512";keyid', "signature-input"), "unsupported"),
        (in_signature(";keyid", ';alg="ed25519";keyid', "signature-input"), "wrong_key"),
        (in_signature('"@method"', '"@method" "@status"', "signature-input"), "unsupported"),
        (in_signature('"@method"', '"@method" "@signature-params"', "signature-input"), "unsupported"),
        (in_signature('"@method"', '"@method" "x-absent"', "signature-input"), "missing_header"),
        (in_signature('"@method"', '"@method";req', "signature-input"), "malformed"),
        (in_signature("sig1=", "sig2=", "signature-input"), "malformed"),
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


def test_a_bad_rfc_9421_signature_is_not_saved_by_a_good_one_of_the_other_dialect(rsa: KeyPair) -> None:
    signed = sign(a_post(), KEY_ID, rsa[0], NOW)
    assert reason_of(signed, rsa[1]) is None
    assert reason_of(and_another("signature-input", "")(signed), rsa[1]) == "malformed"


# Anything at all

names = st.sampled_from(
    [
        "host",
        "date",
        "digest",
        "content-digest",
        "content-type",
        "signature",
        "signature-input",
        "(created)",
        "@method",
        "",
    ]
)
likely_values = st.sampled_from(
    [
        ME,
        http_date(NOW),
        digest(b""),
        content_digest(b""),
        'keyId="k",algorithm="hs2019",headers="(request-target) host date digest x",signature="AAAA"',
        f'keyId="k",headers="(request-target) host (created) digest",created={NOW // 1000},signature="AAAA"',
        f'sig1=("@method" "@target-uri" "content-digest" "date");created={NOW // 1000};keyid="k"',
        "sig1=:AAAA:",
    ]
)
any_headers = st.lists(st.tuples(names | st.text(), likely_values | st.text()), max_size=12).map(Headers)
any_url = (
    st.sampled_from(["https://me.example/inbox", "https://me.example/inbox?a#b", "https://me.example"]) | st.text()
)


@settings(max_examples=300)
@given(
    st.sampled_from(["GET", "POST", "get", ""]) | st.text(),
    any_url,
    any_headers,
    st.sampled_from([b"", b"x"]),
    st.integers(),
)
def test_nothing_that_arrives_makes_it_raise_or_believe(
    rsa: KeyPair, ed25519: KeyPair, method: str, url: str, headers: Headers, body: bytes, now: int
) -> None:
    request = Request(method, url, headers, body)
    assert isinstance(claimed_key(request), str | Untrusted)
    for _, public in (rsa, ed25519):
        for moment in (now, NOW):
            verdict = verify(request, public, moment, host=ME)
            assert isinstance(verdict, Untrusted)
            assert verdict.reason in get_args(Reason)


def test_no_signature_says_unsigned(rsa: KeyPair) -> None:
    assert claimed_key(a_post()) == Untrusted("unsigned", "no Signature header")
    assert reason_of(a_post(), rsa[1]) == "unsigned"
