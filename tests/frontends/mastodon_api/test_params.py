"""Parameters in every spelling that apps send."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from scattershot.frontends.mastodon_api.params import BadParameter, fit, nested


class Answer(Struct, frozen=True):
    text: str
    weight: int = 1


class Poll(Struct, frozen=True):
    options: tuple[str, ...] = ()
    multiple: bool = False
    expires_in: int | None = None


class Wish(Struct, frozen=True):
    ids: tuple[str, ...] = ()
    poll: Poll | None = None
    answers: tuple[Answer, ...] = ()
    limit: int = 20
    ratio: float | None = None
    title: str = ""


@pytest.mark.parametrize(
    ("pairs", "values"),
    [
        ([("a", "1")], {"a": "1"}),
        ([("a", "1"), ("a", "2")], {"a": "2"}),
        ([("a[]", "1"), ("a[]", "2")], {"a": {"0": "1", "1": "2"}}),
        ([("a[b]", "1"), ("a[c][d]", "2")], {"a": {"b": "1", "c": {"d": "2"}}}),
        ([("a[0][b]", "1"), ("a[0][c]", "2"), ("a[1][b]", "3")], {"a": {"0": {"b": "1", "c": "2"}, "1": {"b": "3"}}}),
        ([("a[][b]", "1"), ("a[][c]", "2"), ("a[][b]", "3")], {"a": {"0": {"b": "1", "c": "2"}, "1": {"b": "3"}}}),
        ([("a[", "1"), ("]", "2"), ("a]b[", "3"), ("[x]", "4")], {"a[": "1", "]": "2", "a]b[": "3", "[x]": "4"}),
        ([("a", "1"), ("a[b]", "2")], {"a": {"b": "2"}}),
    ],
)
def test_bracketed_names_nest(pairs: list[tuple[str, str]], values: dict[str, Any]) -> None:
    assert nested(pairs) == values


@pytest.mark.parametrize(
    ("values", "wish"),
    [
        ({}, Wish()),
        (nested([("ids[]", "1"), ("ids[]", "2")]), Wish(ids=("1", "2"))),
        ({"ids": ["1", 2]}, Wish(ids=("1", "2"))),
        ({"ids": "1"}, Wish(ids=("1",))),
        (nested([("poll[options][]", "yes"), ("poll[options][]", "no"), ("poll[multiple]", "on")]),
         Wish(poll=Poll(options=("yes", "no"), multiple=True))),
        ({"poll": {"options": ["yes"], "multiple": True, "expires_in": 60}},
         Wish(poll=Poll(options=("yes",), multiple=True, expires_in=60))),
        ({"poll": {"expires_in": "60", "multiple": "0"}}, Wish(poll=Poll(expires_in=60))),
        ({"poll": None, "limit": None, "unknown": {"a": 1}}, Wish()),
        ({"limit": "", "ratio": ""}, Wish()),
        ({"limit": "5", "ratio": "0.5"}, Wish(limit=5, ratio=0.5)),
        (nested([("answers[0][text]", "a"), ("answers[1][text]", "b"), ("answers[1][weight]", "3")]),
         Wish(answers=(Answer("a"), Answer("b", 3)))),
        ({"title": "with\0out"}, Wish(title="without")),
    ],
)  # fmt: skip
def test_every_spelling_fits(values: dict[str, Any], wish: Wish) -> None:
    assert fit(values, Wish) == wish


@pytest.mark.parametrize("text", ["true", "1", "on", "True", "TRUE", "t", "yes"])
def test_what_is_true(text: str) -> None:
    assert fit({"multiple": text}, Poll).multiple


@pytest.mark.parametrize("text", ["false", "0", "off", "False", "f", "F", "OFF", ""])
def test_what_is_not(text: str) -> None:
    assert not fit({"multiple": text}, Poll).multiple


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"limit": "many"}, "limit"),
        ({"limit": "9" * 30}, "limit"),
        ({"limit": "٣"}, "limit"),
        ({"ratio": "nan"}, "ratio"),
        ({"ratio": "1e300"}, "ratio"),
        ({"poll": "yes"}, "poll"),
        ({"title": {"a": "b"}}, "title"),
        ({"answers": [{"weight": 1}]}, "answers[text]"),
    ],
)
def test_what_does_not_fit_is_named(values: dict[str, Any], name: str) -> None:
    with pytest.raises(BadParameter) as bad:
        fit(values, Wish)
    assert bad.value.name == name


@given(st.lists(st.tuples(st.text("ab[]0.", max_size=12), st.text(max_size=5))))
def test_no_name_is_too_strange(pairs: list[tuple[str, str]]) -> None:
    values = nested(pairs)
    try:
        fit(values, Wish)
    except BadParameter as bad:
        fitted = bad.name != ""
    else:
        fitted = True
    assert fitted
