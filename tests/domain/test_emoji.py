"""What is exactly one emoji, and what is none."""

import pytest

from scattershot.domain.emoji import custom, emoji_in, of_node, shortcode_in


@pytest.mark.parametrize(
    "text",
    ["👍", "🍞", "👍🏽", "👩‍❤️‍💋‍👨", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🏴‍☠️", "🇩🇪", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "#⃣", "⭐", "🫠", "🥹",
     "✅", "🧑🏿‍🚀", "🐦‍🔥"],
)  # fmt: skip
def test_one_emoji_is_taken_as_it_is(text: str) -> None:
    assert emoji_in(text) == text


@pytest.mark.parametrize("text", ["❤", "☺", "✌", "♥", "©", "☀"])
def test_an_old_sign_is_one_with_its_picture(text: str) -> None:
    assert emoji_in(text) == emoji_in(f"{text}\ufe0f") == f"{text}\ufe0f"


@pytest.mark.parametrize(
    "text",
    ["", " ", "a", "1", "#", "é", "👍👍", "👍 👍", "like", "🇩", "🇩🇪🇫", "\u200d", "\ufe0f", "<b>", "👍" * 40, ":blob:",
     "\u20e3",
     "語", "�", "👩‍", "‍👩", "\u0000", "1\u20e3\u20e3"],
)  # fmt: skip
def test_anything_else_is_none(text: str) -> None:
    assert emoji_in(text) == ""


@pytest.mark.parametrize(
    ("text", "name"), [(":blob:", "blob"), (" :blob_cat-2: ", "blob_cat-2"), ("blob", ""), ("::", "")]
)
def test_a_shortcode_stands_between_colons(text: str, name: str) -> None:
    assert shortcode_in(text) == name


def test_an_emoji_of_a_node_is_told_from_one_of_another() -> None:
    assert of_node("blob", "b.example") != of_node("blob", "c.example")
    assert custom(of_node("blob", "b.example:8443")) == ("blob", "b.example:8443")
    assert custom(of_node("blob", "")) == ("blob", "")
    assert custom("👍") is None
    assert custom(":a b:") is None
