"""Signed requests, in both dialects: who is believed, and who is not and why."""

from typing import Any, TypeAlias, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from scattershot.testing.requests import (
    ME,
    NOW,
    Change,
    a_get,
    a_post,
    and_another,
    with_header,
    without_header,
)
from scattershot.wirekit import keys
from scattershot.wirekit.dates import http_date
from scattershot.wirekit.http_message import Headers, Request

KeyPair: TypeAlias = tuple[keys.PrivateKey, keys.PublicKey]

HOUR = 3_600_000
KEY_ID = "https://you.example/users/bo#main-key"
both_dialects = pytest.mark.parametrize("dialect", get_args(Dialect))
both_kinds = pytest.mark.parametrize("kind", ["rsa", "ed25519"])


def reason_of(request: Request, key: keys.PublicKey, now: int = NOW, host: str = ME) -> Reason | None:
    verdict = verify(request, key, now, host=host)
    return verdict.reason if isinstance(verdict, Untrusted) else None


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


def test_gotosocials_key_id_is_a_path(rsa: KeyPair) -> None:
    key_id = "https://gts.example/users/alice/main-key"
    signed = sign(a_get(), key_id, rsa[0], NOW)
    verdict = verify(signed, rsa[1], NOW, host=ME)
    assert isinstance(verdict, Trusted)
    assert verdict.key_id == claimed_key(signed) == key_id


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
