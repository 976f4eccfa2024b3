"""What strangers' HTML becomes."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scattershot.wirekit.html import as_html, clean_html, clean_source, clean_text, plain_text, text_of_either

REL = 'rel="nofollow noopener noreferrer"'


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("<p>a<br>b</p>", "<p>a<br>b</p>"),
        ("<script>alert(1)</script>a", "a"),
        ("<style>p{}</style><svg><a>x</a></svg>a", "a"),
        ('<p onclick="x" style="color:red" id="y">a</p>', "<p>a</p>"),
        ('<img src="https://t.example/pixel">a', "a"),
        ('<a href="javascript:alert(1)">a</a>', f"<a {REL}>a</a>"),
        ('<a href="data:text/html,x">a</a>', f"<a {REL}>a</a>"),
        ('<a href="/relative">a</a>', f"<a {REL}>a</a>"),
        ('<a href="//x.example/">a</a>', f"<a {REL}>a</a>"),
        ('<a href="gemini://x.example/" rel="me" target="_top">a</a>', f'<a href="gemini://x.example/" {REL}>a</a>'),
        ('<span class="invisible evil">a</span>', '<span class="invisible">a</span>'),
        ("<iframe src=x>hidden</iframe>a", "a"),
        ("<form><input name=x><button>a</button></form>", "a"),
        ("<h1>a</h1><ol start=3><li>b</ol>", '<h1>a</h1><ol start="3"><li>b</li></ol>'),
        ("<ruby>漢<rp>(</rp><rt>kan</rt></ruby>", "<ruby>漢<rp>(</rp><rt>kan</rt></ruby>"),
        ("<!-- c -->a<![CDATA[b]]>", "a"),
        ("1 > 0", "1 &gt; 0"),
        ("", ""),
    ],
)  # fmt: skip
def test_only_what_is_allowed_is_left(dirty: str, clean: str) -> None:
    assert clean_html(dirty) == clean


@given(st.text("<>/abpi ='\"&;#x!-\x00\n語", max_size=200))
@settings(max_examples=200, deadline=None)
def test_cleaning_what_is_clean_changes_nothing(text: str) -> None:
    once = clean_html(text)
    assert clean_html(once) == once
    assert "\x00" not in once


@given(st.text(max_size=100))
@settings(max_examples=200, deadline=None)
def test_text_survives_being_made_html(text: str) -> None:
    words = " ".join(clean_source(text).split())
    assert " ".join(plain_text(as_html(words)).split()) == " ".join(words.split())
    assert clean_html(as_html(words)) == clean_html(clean_html(as_html(words)))


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 25_000, "<b><a><i><p>" * 10_000, "<" * 128_000, "<a " * 42_000, " \n" * 64_000 + "<", "&a" * 64_000,
        "<script>" * 16_000 + "</x>", "".join(f"<b lang={n}>" for n in range(5_000)) + "<p></p>" * 5_000,
        "<p>" + " " * 120_000 + "</p>", "<title" * 20_000 + "</", "<a" * 64_000,
        "\u202e" * 128_000, "&" + "a" * 128_000,
    ],
)  # fmt: skip
def test_markup_built_to_exhaust_takes_no_time(bomb: str) -> None:
    started = time.process_time()
    clean_html(bomb)
    plain_text(bomb)
    text_of_either(bomb)
    clean_text(bomb)
    assert time.process_time() - started < 0.5


def test_a_deeply_nested_text_keeps_its_words() -> None:
    assert clean_html("<div>" * 2000 + "a < b") == "<p>a &lt; b</p>"


def test_plain_text_keeps_lines_paragraphs_and_whole_links() -> None:
    html = '<p>a<br>b &amp; c</p><p><a href="https://x.example/long"><span class="invisible">https://</span>x.example</a></p>'
    assert plain_text(html) == "a\nb & c\n\nhttps://x.example"
    assert plain_text("<script>x</script><ul><li>one</li><li>two</li></ul>") == "one\ntwo"


def test_a_name_is_one_line_that_turns_nothing_around() -> None:
    assert clean_text(" Ann\u202e\nevil\x00\x07 ") == "Ann evil"
    assert clean_text("x" * 900, 10) == "x" * 10
    assert clean_text("الاسم 👩‍👩‍👧") == "الاسم 👩‍👩‍👧"


def test_a_warning_is_read_as_text_or_as_html_whichever_it_is() -> None:
    assert text_of_either("a < b & I <3 you") == "a < b & I <3 you"
    assert text_of_either("<p>food &amp; drink</p>") == "food & drink"
