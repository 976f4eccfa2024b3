"""What people type becomes HTML."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.microblog import Handle
from scattershot.domain.post import Mention
from scattershot.domain.text import compose, handles_in
from scattershot.domain.wire_id import WireId

ANN = Handle("ann", "a.example")
KNOWN = {ANN: Mention(WireId("activitypub", "https://a.example/u/1"), "@ann@a.example", "https://a.example/@ann")}


def html(source: str) -> str:
    return compose(source, KNOWN, lambda tag: f"https://here.example/tags/{tag}").html


def test_markup_that_is_typed_is_shown_and_not_obeyed() -> None:
    assert html("<b>bold</b> & 1 < 2") == "<p>&lt;b&gt;bold&lt;/b&gt; &amp; 1 &lt; 2</p>"


def test_lines_and_blank_lines_are_kept() -> None:
    assert html("one\ntwo\r\n\r\nthree") == "<p>one<br>two</p><p>three</p>"


def test_somebody_known_is_named_by_a_link() -> None:
    made = compose("hi @ann@a.example!", KNOWN, str)
    assert made.mentions == (KNOWN[ANN],)
    assert '<a href="https://a.example/@ann" class="u-url mention">@<span>ann</span></a></span>!' in made.html


def test_somebody_unknown_stays_text() -> None:
    made = compose("hi @eve@e.example", KNOWN, str)
    assert made.html == "<p>hi @eve@e.example</p>"
    assert made.mentions == ()


def test_a_name_may_carry_a_port() -> None:
    assert handles_in("@bob@localhost:8002, hello") == [Handle("bob", "localhost:8002")]


def test_a_name_without_a_domain_is_somebody_here() -> None:
    assert handles_in("(@bob) and bob@example.org") == [Handle("bob", "")]


def test_a_mail_address_is_no_mention() -> None:
    assert handles_in("write to ann@a.example") == []


@pytest.mark.parametrize(
    ("source", "tags"),
    [
        ("#Tea and #coffee, #tea", ("Tea", "coffee")),
        ("#2024 is a number", ()),
        ("#2024goals is not", ("2024goals",)),
        ("no#tag here, nor https://x.example/#part", ()),
        ("#Überraschung #日本語", ("Überraschung", "日本語")),
    ],
)
def test_hashtags_are_words(source: str, tags: tuple[str, ...]) -> None:
    assert compose(source, {}, str).tags == tags


@pytest.mark.parametrize(
    ("source", "address", "rest"),
    [
        ("see https://x.example/a.", "https://x.example/a", "."),
        ("(https://x.example/a)", "https://x.example/a", ")"),
        ("https://x.example/a_(b)", "https://x.example/a_(b)", ""),
        ("https://x.example/?q=1&r=2!", "https://x.example/?q=1&r=2", "!"),
    ],
)
def test_marks_that_end_a_sentence_are_no_part_of_a_link(source: str, address: str, rest: str) -> None:
    made = html(source)
    assert [unescape(found) for found in re.findall(r'href="([^"]*)"', made)] == [address]
    assert made.endswith(f"</a>{rest}</p>")


@given(st.text(max_size=300))
def test_nothing_that_was_typed_is_lost_and_no_markup_gets_through(source: str) -> None:
    made = compose(source, {}, lambda tag: f"/t/{tag}").html
    shown = unescape(re.sub(r"<[^>]*>", "", re.sub(r"<br>|</p>", "\n", made)))
    assert "".join(shown.split()) == "".join(source.split())
    assert re.fullmatch(r"(?:<(?:/?p|br|/?span(?: class=\"[\w -]+\")?|/a|a href=\"[^\"]*\"[^<>]*)>|[^<>])*", made)
