"""Canonical JSON: the fast way and the slow way are one way."""

import json
import math
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from scattershot.wirekit.canonical import canonical

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
documents = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(st.characters()), inner, max_size=5),
    max_leaves=20,
)
plain_documents = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.text(st.characters(codec="ascii")), inner, max_size=5)
    ),
    max_leaves=30,
)


def slowly(value: Any) -> bytes | None:
    try:
        return rfc8785.dumps(value)
    except ValueError:
        return None


@given(documents | plain_documents)
def test_it_agrees_with_the_reference(document: Any) -> None:
    assert canonical(document) == slowly(document)


@given(plain_documents)
def test_it_says_the_same_thing_as_was_given(document: Any) -> None:
    text = canonical(document)
    assert text is None or json.loads(text) == document


def test_every_escape_is_that_of_the_specification() -> None:
    text = "".join(map(chr, range(0x100))) + "\u2028\u2029\ufeff😀"
    assert canonical([text]) == slowly([text])
    assert canonical('\x1f\x7f"\\/\b\t') == b'"\\u001f\x7f\\"\\\\/\\b\\t"'


def test_keys_are_sorted_as_utf_16_and_not_as_code_points() -> None:
    assert canonical({"\ufb33": 1, "😀": 2}) == '{"😀":2,"\ufb33":1}'.encode()


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1.0, b"1"),
        (-0.0, b"0"),
        (1e21, b"1e+21"),
        (1e-7, b"1e-7"),
        (333333333.33333329, b"333333333.3333333"),
        (4.5, b"4.5"),
        (2e-3, b"0.002"),
        (2**53 - 1, b"9007199254740991"),
    ],
)
def test_numbers_are_written_as_javascript_does(number: float, text: bytes) -> None:
    assert canonical(number) == text


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        2**53,
        -(2**53),
        "\ud800",
        {"\udc00": 1},
        {"a": "\ud800"},
        {1: 2},
        b"bytes",
        {"a": {1, 2}},
        object(),
    ],
)
def test_what_has_no_canonical_form_is_none(value: Any) -> None:
    assert canonical(value) is None


def test_a_tower_of_lists_is_none_and_no_crash() -> None:
    tower: list[Any] = []
    for _ in range(100_000):
        tower = [tower]
    assert canonical(tower) is None
    assert canonical([1.5, tower]) is None
