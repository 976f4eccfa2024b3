"""Markdown that people type becomes HTML."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.markdown import compose_markdown
from scattershot.domain.microblog import Handle
from scattershot.domain.post import Mention
from scattershot.domain.wire_id import WireId

ANN = Handle("ann", "a.example")
KNOWN = {ANN: Mention(WireId("activitypub", "https://a.example/u/1"), "@ann@a.example", "https://a.example/@ann")}


def html(source: str) -> str:
    return compose_markdown(source, KNOWN, lambda tag: f"https://here.example/tags/{tag}").html


@pytest.mark.parametrize(
    ("source", "made"),
    [
        ("*soft* and **loud**", "<p><em>soft</em> and <strong>loud</strong></p>"),
        ("one\ntwo\n\nthree", "<p>one<br>two</p>\n<p>three</p>"),
        ("~~gone~~", "<p><s>gone</s></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("`a < b`", "<p><code>a &lt; b</code></p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("1 < 2 & 3", "<p>1 &lt; 2 &amp; 3</p>"),
    ],
)
def test_marks_become_tags(source: str, made: str) -> None:
    assert html(source) == made


def test_people_and_tags_are_found_in_it() -> None:
    made = compose_markdown("**@ann@a.example** likes #Tea", KNOWN, str)
    assert made.mentions == (KNOWN[ANN],)
    assert made.tags == ("Tea",)


@pytest.mark.parametrize("source", ["`#tea @ann@a.example`", "```\n#tea\n```", "[#tea](https://x.example)"])
def test_but_not_in_code_and_not_in_links(source: str) -> None:
    made = compose_markdown(source, KNOWN, str)
    assert made.tags == ()
    assert made.mentions == ()


def test_a_link_leads_out_and_nowhere_else() -> None:
    assert 'rel="nofollow noopener noreferrer"' in html("[here](https://x.example/)")
    assert "href" not in html("[here](javascript:alert(1))")
    assert "<img" not in html("![a picture](https://x.example/track.png)")


@given(st.text("*_`[]()<>!#@-~ \nab&\\", max_size=80))
def test_whatever_is_typed_only_our_own_tags_come_out(source: str) -> None:
    tags = set(re.findall(r"</?([a-z0-9]+)", html(source)))
    assert tags <= {"p", "br", "em", "strong", "s", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "a", "span",
                    "h1", "h2", "h3", "h4", "h5", "h6"}  # fmt: skip
