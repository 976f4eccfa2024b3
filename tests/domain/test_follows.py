"""In which languages one hears whom one follows."""

import pytest

from scattershot.domain.follows import MAX_LANGUAGES, spelt_languages, wants


@pytest.mark.parametrize(
    ("codes", "spelt"),
    [
        ([], ""),
        (["de"], " de "),
        (["DE", "pt_BR", "de"], " de pt-br "),
        (["zh-hant-tw", "ast"], " zh-hant-tw ast "),
        (["english"], None),
        (["e"], None),
        (["de fr"], None),
        (["%"], None),
        ([""], None),
        (["de", ""], None),
        (["de"] * (MAX_LANGUAGES + 1), None),
    ],
)
def test_languages_are_kept_as_codes(codes: list[str], spelt: str | None) -> None:
    assert spelt_languages(codes) == spelt


@pytest.mark.parametrize(
    ("wanted", "language", "comes"),
    [
        ("", "de", True),
        (" de ", "de", True),
        (" de ", "DE", True),
        (" de ", "de-AT", True),
        (" de ", "", True),
        (" de ", "den", False),
        (" de-at ", "de", False),
        (" de-at ", "de_AT", True),
        (" de fr ", "fr", True),
        (" de fr ", "en", False),
    ],
)
def test_a_post_comes_in_wanted_languages(wanted: str, language: str, comes: bool) -> None:
    assert wants(wanted, language) is comes
