"""WebFinger's answers, followers' digests, media types: small formats with many spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.protocols.activitypub.wire.followers_sync import SyncHeader, digest_of, read_sync, write_sync
from scattershot.protocols.activitypub.wire.jrd import Jrd, host_meta_of, read_host_meta, read_jrd
from scattershot.protocols.activitypub.wire.media_types import is_activity_type, is_inbox_type


@pytest.mark.parametrize(
    ("body", "jrd"),
    [
        (b'{"subject":"acct:a@b.c","links":[{"rel":"self","type":"application/activity+json","href":"https://b.c/a"}]}',
         Jrd("acct:a@b.c", "https://b.c/a")),
        (b'{"links":[{"rel":"self","type":"application/ld+json; profile=\\"https://www.w3.org/ns/activitystreams\\"",'
         b'"href":"https://b.c/a"}]}', Jrd("", "https://b.c/a")),
        (b'{"links":[{"rel":"self","type":"text/html","href":"https://b.c/a"}]}', Jrd("", "")),
        (b'{"links":[{"rel":"self","type":"application/activity+json","href":"javascript:1"}]}', Jrd("", "")),
        (b'{"links":[1,{"rel":[]},{"rel":"self","type":7}],"subject":[]}', Jrd("", "")),
        (b'{"links":{}}', Jrd("", "")),
        (b"[]", None),
        (b"<XRD/>", None),
        (b'{"subject":"' + b"x" * 70_000 + b'"}', None),
    ],
)  # fmt: skip
def test_an_answer_names_the_actor_or_nobody(body: bytes, jrd: Jrd | None) -> None:
    assert read_jrd(body) == jrd


@given(st.binary(max_size=200))
def test_no_bytes_break_the_readers(body: bytes) -> None:
    read_jrd(body)
    read_host_meta(body, "acct:a@b.c")
    read_sync(body.decode("latin-1"))
    is_activity_type(body.decode("latin-1"))


def test_our_own_host_meta_is_read_back() -> None:
    found = read_host_meta(host_meta_of("https://a.example").encode(), "acct:ann@a.example")
    assert found == "https://a.example/.well-known/webfinger?resource=acct%3Aann%40a.example"


@pytest.mark.parametrize("body", [b"", b'<Link rel="lrdd" template="https://x/">', b'<Link rel="lrdd" href="{uri}">',
                                  b'<Link rel="lrdd" template="javascript:{uri}">'])  # fmt: skip
def test_a_host_meta_without_a_usable_template_leads_nowhere(body: bytes) -> None:
    assert read_host_meta(body, "acct:a@b.c") is None


def test_a_digest_does_not_depend_on_the_order() -> None:
    followers = ["https://testing.example.org/users/1", "https://testing.example.org/users/2"]
    example = "c33f48cd341ef046a206b8a72ec97af65079f9a3a9b90eef79c5920dce45c61f"  # FEP-8fcf
    assert digest_of(followers) == digest_of(reversed(followers)) == example
    assert digest_of([]) == "0" * 64
    assert digest_of(followers) != digest_of(followers[:1])


def test_the_header_is_read_as_written() -> None:
    header = SyncHeader("https://a.example/u/1/followers", "https://a.example/u/1/sync", "ab" * 32)
    assert read_sync(write_sync(header)) == header


@pytest.mark.parametrize(
    "value",
    ["", "x", 'collectionId="https://a/f", url="https://a/s"', 'collectionId="a", url="b", digest="' + "0" * 64 + '"',
     'collectionId="https://a/f", url="https://a/s", digest="xyz"', "x" * 5000],
)  # fmt: skip
def test_a_header_with_a_part_missing_is_none(value: str) -> None:
    assert read_sync(value) is None


def test_an_inbox_is_lenient_and_a_fetch_is_not() -> None:
    assert is_inbox_type("application/json")
    assert not is_activity_type("application/json")
    assert not is_inbox_type("text/plain")
