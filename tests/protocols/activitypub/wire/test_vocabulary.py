"""The many shapes of one property."""

from typing import Any

import pytest

from scattershot.protocols.activitypub.wire.vocabulary import (
    MAX_BODY,
    Malformed,
    decode,
    id_of,
    ids_of,
    link_of,
    natural_text,
    number_of,
    strings_of,
    truth_of,
    type_of,
)

A, B = "https://a.example/1", "https://b.example/2"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (A, A), ({"id": A, "type": "Note"}, A), ([{"id": A}, B], A), ([None, {}, B], B),
        ({"type": "Link", "href": A}, A),
        ({"type": "Note", "href": A}, ""), ({"id": 7}, ""), (7, ""), (None, ""), ("urn:uuid:1", ""), ("https://", ""),
        ("HTTPS://A.example/1", "HTTPS://A.example/1"), ("https://a.example/é", "https://a.example/é"), ([], ""),
        ("https://a.example/" + "x" * 2031, ""),
    ],
)  # fmt: skip
def test_an_id_is_found_in_every_shape(value: Any, found: str) -> None:
    assert id_of(value) == found


def test_lists_of_ids_hold_each_once_and_no_rubbish() -> None:
    assert ids_of([A, {"id": B}, A, 7, None, "x"]) == [A, B]
    assert ids_of(A) == [A]
    assert ids_of([A, B], 1) == [A]
    assert strings_of(["as:Public", {"id": A}]) == ["as:Public", A]
    assert strings_of("Public") == ["Public"]


def test_links_prefer_the_page_for_people() -> None:
    links = [
        {"type": "Link", "mediaType": "video/mp4", "href": A},
        {"type": "Link", "mediaType": "text/html", "href": B},
    ]
    assert link_of(links) == B
    assert link_of(links, "video/") == A
    assert link_of({"url": [{"href": A}]}) == A
    assert link_of(["javascript:x", A]) == A
    assert link_of(None) == ""


def test_texts_numbers_types_and_truths() -> None:
    assert natural_text({"nameMap": {"en": "x"}}, "name") == "x"
    assert natural_text({"name": ["x", "y"]}, "name") == "x"
    assert [number_of(value) for value in ("12", 3, 4.9, -1, True, None, "x", 1e300)] == [12, 3, 4, 0, 0, 0, 0, 2**53]
    assert type_of({"type": ["Person", "x"]}) == "Person"
    assert type_of({"type": 7}) == type_of(7) == ""
    assert [truth_of(value) for value in (True, "true", 1, None)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "not_json"), (b"[]", "not_json"), (b"{", "not_json"), (b'"x"', "not_json"), (b'{"a":"\xff"}', "not_json"),
        (b'{"a":"\\ud800"}', "not_json"), (b'{"a":' * 33 + b"1" + b"}" * 33, "too_deep"),
        (b'{"a":' * 40_000, "too_deep"), (b'{"@graph":[]}', "ld_trick"),
        (b'{"a":"' + b"x" * MAX_BODY + b'"}', "too_large"),
    ],
)  # fmt: skip
def test_what_is_no_document_is_named(body: bytes, why: str) -> None:
    found = decode(body)
    assert isinstance(found, Malformed)
    assert found.why == why


def test_a_wide_document_is_not_deep() -> None:
    assert decode(b'{"a":[' + b"{}," * 5000 + b"{}]}") == {"a": [{}] * 5001}
    assert not isinstance(decode(b'{"a":' * 32 + b"1" + b"}" * 32), Malformed)
