"""How a keeper's words become a profile, and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Field, Voice, with_checks_of
from scattershot.domain.presentation import (
    MAX_BIO,
    MAX_FIELD,
    MAX_FIELDS,
    MAX_TITLE,
    Presentation,
    presented,
    problem_of,
    typed_bio,
    typed_lines,
)
from scattershot.testing.factories import a_profile

ORIGIN = "https://here.example"
OLD = a_profile("ann@here.example", display_name="Ann", locked=True)


def test_what_is_not_said_stays() -> None:
    assert presented(OLD, Presentation(), ORIGIN) == OLD


def test_words_become_clean_html_with_links() -> None:
    wish = Presentation(display_name=" Ann \n Lee ", bio="<b>Hi</b> #tea\nhttps://ann.example/", locked=False)
    new = presented(OLD, wish, ORIGIN)
    assert new.display_name == "Ann Lee"
    assert "&lt;b&gt;Hi&lt;/b&gt;" in new.bio
    assert f'href="{ORIGIN}/tags/tea"' in new.bio
    assert typed_bio(new) == "<b>Hi</b> #tea\nhttps://ann.example/"
    assert not new.locked


def test_the_links_of_ones_lines_say_that_they_are_ones_own() -> None:
    new = presented(OLD, Presentation(fields=(("Site", " https://ann.example/ "), ("", ""), ("Age", "7"))), ORIGIN)
    assert [field.name for field in new.fields] == ["Site", "Age"]
    assert 'rel="me nofollow noopener noreferrer"' in new.fields[0].value
    assert typed_lines(new) == (("Site", "https://ann.example/"), ("Age", "7"))


@given(st.text(max_size=200))
def test_a_line_is_read_back_as_it_was_typed(text: str) -> None:
    new = presented(OLD, Presentation(fields=(("a", text),)), ORIGIN)
    assert typed_lines(new) == (("a", " ".join(text.split())),)


@pytest.mark.parametrize(
    ("before", "automated", "after"),
    [
        (Voice.PERSON, True, Voice.SERVICE),
        (Voice.SERVICE, False, Voice.PERSON),
        (Voice.PERSON, False, Voice.PERSON),
        (Voice.GROUP, True, Voice.GROUP),
        (Voice.SERVICE, None, Voice.SERVICE),
    ],
)
def test_a_program_says_that_it_is_one(before: Voice, automated: bool | None, after: Voice) -> None:
    assert presented(a_profile(voice=before), Presentation(automated=automated), ORIGIN).voice is after


@pytest.mark.parametrize(
    "wish",
    [
        Presentation(display_name="x" * (MAX_TITLE + 1)),
        Presentation(bio="x" * (MAX_BIO + 1)),
        Presentation(fields=tuple(("a", "b") for _ in range(MAX_FIELDS + 1))),
        Presentation(fields=(("a", "x" * (MAX_FIELD + 1)),)),
        Presentation(fields=(("", "a value without a name"),)),
        Presentation(also_known_as=tuple(f"https://{n}.example/" for n in range(11))),
        Presentation(attribution_domains=tuple(f"{n}.example" for n in range(101))),
    ],
)
def test_what_is_too_much_is_said_in_words(wish: Presentation) -> None:
    assert problem_of(wish)


def test_lines_left_empty_count_for_nothing() -> None:
    assert problem_of(Presentation(fields=tuple(("", " ") for _ in range(MAX_FIELDS + 5)))) == ""


def test_a_line_that_reads_the_same_stays_verified() -> None:
    seen = a_profile("ann@here.example", fields=(Field("Site", "a", Millis(5)), Field("Blog", "b", Millis(6))))
    new = a_profile("ann@here.example", fields=(Field("Home", "a"), Field("Blog", "c")))
    assert with_checks_of(new, seen).fields == (Field("Home", "a", Millis(5)), Field("Blog", "c"))


def test_nobody_tells_us_that_a_line_is_verified() -> None:
    told = a_profile("ann@here.example", fields=(Field("Site", "a", Millis(5)),))
    assert with_checks_of(told, a_profile("ann@here.example")).fields == (Field("Site", "a"),)


def test_a_profile_that_moved_its_page_is_looked_at_anew() -> None:
    seen = a_profile("ann@here.example", fields=(Field("Site", "a", Millis(5)),))
    new = a_profile("ann@here.example", url="https://here.example/@ann2", fields=(Field("Site", "a"),))
    assert with_checks_of(new, seen).fields == (Field("Site", "a"),)
