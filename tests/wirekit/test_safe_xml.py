"""Trees of XML: strictly and forgivingly read, they are the same; what grows without end is refused."""

from contextlib import suppress
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.wirekit.safe_xml import (
    MAX_DEPTH,
    BadXmlError,
    Element,
    inner_html,
    read_forgivingly,
    read_strictly,
    read_xml,
)

PREFIXES = {"urn:one": "one", "urn:plain": ""}
NAMES = st.sampled_from(["a", "b", "o:c", "x:d", "br", "p"])
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufeff\ufffe\uffff"), max_size=12
)


def _written(name: str, attributes: dict[str, str], children: list[str]) -> str:
    said = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
    return f"<{name}{said}/>" if name == "br" else f"<{name}{said}>{''.join(children)}</{name}>"


ELEMENTS = st.recursive(
    TEXTS.map(lambda text: escape(text, quote=False)),
    lambda inner: st.builds(
        _written, NAMES, st.dictionaries(st.sampled_from(["k", "o:l"]), TEXTS), st.lists(inner, max_size=4)
    ),
    max_leaves=12,
)


def _told(element: Element) -> object:
    return (
        element.name,
        element.attributes,
        [child if isinstance(child, str) else _told(child) for child in element.children],
    )


@given(st.lists(ELEMENTS, max_size=4))
def test_what_is_well_formed_is_the_same_tree_by_either_reader(parts: list[str]) -> None:
    text = f"<root xmlns='urn:plain' xmlns:o='urn:one' xmlns:x='urn:foreign'>{''.join(parts)}</root>"
    assert _told(read_strictly(text, PREFIXES)) == _told(read_forgivingly(text, PREFIXES, alone=()))


@given(st.text(st.sampled_from("<>/!?&;='\" ab[]-CDATx:"), max_size=60))
def test_nonsense_is_a_tree_or_refused(text: str) -> None:
    with suppress(BadXmlError):
        read_xml(text, PREFIXES)
    read_forgivingly(f"<html>{text}", {}, as_html=True, alone=())


def test_no_document_type_is_looked_at() -> None:
    bomb = '<!DOCTYPE a [<!ENTITY x "xxxxxxxx"><!ENTITY y "&x;&x;"><!ENTITY f SYSTEM "file:///etc/hostname">]>'
    root = read_xml(f'{bomb}<a b="&y;">&y;&f;</a>', {})
    assert (root.text, root.get("b")) == ("&y;&f;", "&y;")


@pytest.mark.parametrize("text", ["<a>" * (MAX_DEPTH + 1), "<a>" * (MAX_DEPTH + 1) + "</a>" * (MAX_DEPTH + 1)])
def test_what_is_too_deep_is_refused(text: str) -> None:
    with pytest.raises(BadXmlError) as refused:
        read_xml(text, {})
    assert refused.value.why == "too_deep"


def test_html_comes_back_as_it_was_meant() -> None:
    text = "<x xmlns='http://www.w3.org/1999/xhtml'><p class='a\"b'>1 &lt; 2<br/>&amp;</p><img src='a'/></x>"
    root = read_xml(text, {"http://www.w3.org/1999/xhtml": "xhtml"})
    assert inner_html(root) == '<p class="a&quot;b">1 &lt; 2<br>&amp;</p><img src="a">'
