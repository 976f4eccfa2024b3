"""What is typed to find posts always means something, and what it means."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Handle
from scattershot.domain.search_query import (
    MAX_TERMS,
    By,
    Language,
    Phrase,
    Query,
    Tagged,
    Term,
    Trait,
    What,
    Where,
    parse,
)


def day(number: int, month: int = 1) -> Millis:
    return Millis(int(datetime(2026, month, number, tzinfo=UTC).timestamp() * 1000))


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("low fog", [Phrase(("low",)), Phrase(("fog",))]),
        ('"low fog"', [Phrase(("low", "fog"))]),
        ("“low fog”", [Phrase(("low", "fog"))]),
        ('"low fog', [Phrase(("low", "fog"))]),
        ("from:me", [By(None)]),
        ("FROM:@Me", [By(None)]),
        ("from:@Ann@Example.ORG", [By(Handle("ann", "example.org"))]),
        ('from:"ann@example.org"', [By(Handle("ann", "example.org"))]),
        ("from:ann", [By(Handle("ann", ""))]),
        ("has:media has:IMAGE", [Trait("media"), Trait("image")]),
        ("is:reply is:sensitive", [Trait("reply"), Trait("sensitive")]),
        ("language:en-GB", [Language("en")]),
        ("#Tea", [Tagged("tea")]),
        ("don't", [Phrase(("don", "t"))]),
        ("", []),
        ("- \"\" # : -: ''", []),
    ],
)
def test_what_is_typed_has_a_meaning(typed: str, terms: list[What]) -> None:
    assert parse(typed) == Query(tuple(map(Term, terms)))


@pytest.mark.parametrize(
    "typed", ["has:wings", "is:", "colour:red", "before:soon", "in:here", "language:klingon-1", "a:b"]
)
def test_an_operator_that_is_none_is_words(typed: str) -> None:
    [(what, wanted)] = parse(typed).terms
    assert wanted
    assert what == Phrase(tuple(typed.replace("-", ":").strip(":").split(":")))


def test_a_minus_turns_round_whatever_follows() -> None:
    query = parse('-fog -"low fog" -from:me -has:poll -#tea -language:de -a-b')
    assert query.terms == tuple(
        Term(what, False)
        for what in (
            Phrase(("fog",)), Phrase(("low", "fog")), By(None), Trait("poll"), Tagged("tea"), Language("de"),
            Phrase(("a", "b")),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("after:2026-01-01", day(2), None),
        ("before:2026-01-01", None, day(1)),
        ("during:2026-01-01", day(1), day(2)),
        ("-before:2026-01-05", day(5), None),
        ("-after:2026-01-05", None, day(6)),
        ("after:2026-01-01 after:2026-01-03 before:2026-01-09 before:2026-02-09", day(4), day(9)),
        ("before:1066-10-14", None, Millis(0)),
    ],
)
def test_days_are_days_in_utc(typed: str, first: Millis | None, last: Millis | None) -> None:
    assert parse(typed) == Query(first=first, last=last)


def test_days_that_are_not_in_the_calendar_are_words() -> None:
    for typed in ("during:2026-02-30", "before:2026-13-01", "after:26-01-01", "-during:2026-01-01"):
        assert all(isinstance(what, Phrase) for what, _ in parse(typed).terms)


def test_where_to_look_is_said_once_and_cannot_be_turned_round() -> None:
    assert parse("in:library").where is Where.LIBRARY
    assert parse("in:library in:public").where is Where.PUBLIC
    assert parse("-in:library").where is Where.ALL


def test_asking_for_nothing_is_known() -> None:
    assert parse("  -  ").is_empty
    assert not parse("in:library").is_empty
    assert not parse("before:2026-01-01").is_empty


PIECES = st.sampled_from(
    ["-", '"', "“", "from:", "has:", "is:", "in:", "before:", "#", "@", ":", "me", "image", "2026-01-01", "NOT", "AND",
     "OR", "NEAR(a, b)", "^a", "a*", "words:", "'", "\\", "; DROP TABLE posts", "\x00", "猫", " ", "é", "{words}"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_nothing_that_is_typed_is_an_error_and_words_stay_words(typed: str) -> None:
    query = parse(typed)
    assert len(query.terms) <= MAX_TERMS
    for what, _ in query.terms:
        if isinstance(what, Phrase):
            assert what.words
            assert all(sign.isalnum() or sign > "\x7f" for word in what.words for sign in word)
