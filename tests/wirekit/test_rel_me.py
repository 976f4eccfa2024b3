"""Links by which a page says whose it is, in pages of any quality."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.wirekit.rel_me import MAX_LINKS, me_links, sole_link

ANN = "https://here.example/@ann"


@pytest.mark.parametrize(
    "page",
    [
        f'<a rel="me" href="{ANN}">me</a>',
        f"<a href='{ANN}' rel='noopener ME nofollow'>",
        f"<!DOCTYPE html><html><head><link rel=me href={ANN}></head><body>",
        f'<A\n  HREF="{ANN}"\n  REL="me">',
        f'<p>unclosed <b><a title="a > b" rel="me" href="{ANN}">',
        f'<a rel="me" href=" {ANN} ">',
        f'<!-- a comment --><script>if (a < b) {{}}</script><a rel="me" href="{ANN}">',
        f'<a rel="me" rel="other" href="{ANN}">',
        '<a rel="me" href="https://here.example/&#64;ann">',
    ],
)
def test_a_link_is_found_however_it_is_written(page: str) -> None:
    assert me_links(page) == [ANN]


@pytest.mark.parametrize(
    "page",
    [
        f'<a href="{ANN}">',
        f'<a rel="menu" href="{ANN}">',
        f'<area rel="me" href="{ANN}">',
        f'<!-- <a rel="me" href="{ANN}"> -->',
        f'<!-- never closed <a rel="me" href="{ANN}">',
        f"<script>var bio = \"<a rel='me' href='{ANN}'>\"</script>",
        f"<script type='application/json'>{{\"bio\": \"<a rel='me' href='{ANN}'>\"}}",
        f'<textarea><a rel="me" href="{ANN}"></textarea>',
        f'<title><a rel="me" href="{ANN}"></title>',
        f'<template><a rel="me" href="{ANN}"></template>',
        f'&lt;a rel="me" href="{ANN}"&gt;',
        f"<a title=\"<a rel='me' href='{ANN}'>\" href=\"https://elsewhere.example/\">",
        f"<img alt=\"<a rel='me' href='{ANN}'>\">",
        '<a rel="me">',
        '<a rel="me" href="">',
        '<a rel="me" href="https://[bad">',
        f'<a rel="me" {"x" * 5_000} href="{ANN}">',
        f'<a rel="me" href="{ANN}',
        "",
    ],
)
def test_what_is_no_link_of_the_page_itself_does_not_count(page: str) -> None:
    assert me_links(page) == []


def test_a_relative_link_is_of_the_page_where_it_stands() -> None:
    assert me_links('<a rel="me" href="/@ann">', "https://here.example/about/") == [ANN]


def test_a_page_of_links_ends_somewhere() -> None:
    assert len(me_links(f'<a rel="me" href="{ANN}">' * (MAX_LINKS + 10))) == MAX_LINKS


@given(st.text(alphabet="<>!-/ =\"'amerlhrefscipt\n", max_size=400))
def test_no_text_makes_it_stumble(page: str) -> None:
    assert isinstance(me_links(page), list)


@pytest.mark.parametrize(
    ("line", "link"),
    [
        ('<a href="https://ann.example/">https://ann.example/</a>', "https://ann.example/"),
        ('<a href="https://ann.example/">https://ann.example</a>', "https://ann.example/"),
        (
            '<p><a href="https://ann.example/x"><span class="invisible">https://</span><span>ann.example/x</span></a></p>',
            "https://ann.example/x",
        ),
        ('<a href="https://evil.example/">https://bank.example/</a>', ""),
        ('<a href="https://ann.example/">my page</a>', ""),
        ('see <a href="https://ann.example/">https://ann.example/</a>', ""),
        ('<a href="https://a.example/">https://a.example/</a><a href="https://b.example/"></a>', ""),
        ("https://ann.example/", ""),
        ("", ""),
    ],
)
def test_a_line_is_verified_by_what_it_shows(line: str, link: str) -> None:
    assert sole_link(line) == link
