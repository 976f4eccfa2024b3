"""Digests of bodies, in the older header and the newer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.protocols.activitypub.wire.digests import check_content_digest, check_digest, content_digest, digest

BODY = b'{"hello": "world"}'
SHA256 = "X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE="
SHA512 = "WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew=="
WRONG = "A" * 43 + "="


def test_digests_of_the_body_that_the_rfcs_use() -> None:
    assert digest(BODY) == f"SHA-256={SHA256}"
    assert content_digest(BODY) == f"sha-256=:{SHA256}:"


@given(st.binary())
def test_what_we_make_we_find_right(body: bytes) -> None:
    assert check_digest(digest(body), body) == "right"
    assert check_content_digest(content_digest(body), body) == "right"
    assert check_digest(digest(body), body + b"!") == "wrong"
    assert check_content_digest(content_digest(body), body + b"!") == "wrong"


@pytest.mark.parametrize(
    "value",
    [f"sha-256={SHA256}", f"SHA-512={SHA512}", f"MD5=abc, SHA-256={SHA256}", f"SHA-256={SHA256},SHA-512={SHA512}"],
)
def test_a_digest_may_be_in_any_case_and_among_others(value: str) -> None:
    assert check_digest(value, BODY) == "right"


@pytest.mark.parametrize(
    "value",
    [
        f"sha-512=:{SHA512}:",
        f"sha-512=:{SHA512}:, sha-256=:{SHA256}:",
        f"md5=:YWJj:,\tsha-256=:{SHA256}:",
        f"SHA-256=:{SHA256}:",
    ],
)
def test_a_content_digest_may_be_among_others(value: str) -> None:
    assert check_content_digest(value, BODY) == "right"


def test_every_known_algorithm_must_be_right() -> None:
    assert check_digest(f"SHA-256={SHA256},SHA-512={WRONG}", BODY) == "wrong"
    assert check_digest(f"SHA-256={WRONG},SHA-256={SHA256}", BODY) == "wrong"
    assert check_content_digest(f"sha-256=:{SHA256}:, sha-512=:{WRONG}:", BODY) == "wrong"


@pytest.mark.parametrize("value", ["", "MD5=abc", SHA256, "unixsum=30637", "," * 5000])
def test_a_digest_without_an_algorithm_that_we_know_says_nothing(value: str) -> None:
    assert check_digest(value, BODY) == "unknown"


@pytest.mark.parametrize(
    "value", ["", f"sha-256={SHA256}", f'sha-256="{SHA256}"', "md5=:YWJj:", f"sha-256=:{SHA256}:,", "," * 5000]
)
def test_a_content_digest_that_is_no_dictionary_of_bytes_says_nothing(value: str) -> None:
    assert check_content_digest(value, BODY) == "unknown"


@given(st.text(), st.binary())
def test_garbage_never_raises(value: str, body: bytes) -> None:
    assert check_digest(value, body) in ("unknown", "wrong")
    assert check_digest(f"SHA-256={value}", body) in ("unknown", "wrong")
    assert check_content_digest(value, body) == "unknown"
