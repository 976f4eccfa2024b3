"""Names of microblogs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.microblog import Handle, name_problem, parse_handle


@pytest.mark.parametrize("text", ["@bob@b.example", "bob@b.example", "acct:bob@b.example", "  @bob@b.example "])
def test_a_handle_is_read_in_every_spelling(text: str) -> None:
    assert parse_handle(text) == Handle("bob", "b.example")


def test_a_handle_may_carry_a_port() -> None:
    assert parse_handle("@bob@localhost:8002") == Handle("bob", "localhost:8002")


def test_a_name_alone_is_somebody_here() -> None:
    assert parse_handle("@bob") == Handle("bob", "")


@pytest.mark.parametrize(
    "text", ["", "@", "@@b.example", "bob@", "b ob@b.example", "bob@b/x", "a@b@c", "-bob@b.example"]
)
def test_what_is_no_handle_is_none(text: str) -> None:
    assert parse_handle(text) is None


@given(st.text())
def test_any_text_is_a_handle_or_none(text: str) -> None:
    handle = parse_handle(text)
    assert handle is None or parse_handle(str(handle)) == handle or not handle.domain


@pytest.mark.parametrize("name", ["ann", "a", "ann_2", "x" * 30])
def test_good_names(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize("name", ["", "Ann", "ann.b", "x" * 31, "änn", "admin", "node", "a b"])
def test_bad_names_are_refused_in_words(name: str) -> None:
    assert name_problem(name)
