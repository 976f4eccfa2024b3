"""What may stand as the language of a text."""

import pytest

from scattershot.wirekit.languages import language_tag


@pytest.mark.parametrize("tag", ["en", "de-CH", "zh-Hant-TW", "sr-Latn", "yue"])
def test_a_tag_is_kept_as_it_came(tag: str) -> None:
    assert language_tag(tag) == tag


@pytest.mark.parametrize("other", ["", "und", "e", "en_US", "english please", "en\n", "en-", "é", None, 7, ["en"]])
def test_what_is_none_is_no_language(other: object) -> None:
    assert language_tag(other) == ""
