"""What a text is cut into, so that what is typed later finds it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.words import MAX_WORD_CHARS, MAX_WORDS, fold, is_beginning, sought, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't panic!", "don t panic"),
        ("Café NAÏVE Straße", "cafe naive strasse"),
        ("İstanbul, ΣΊΣΥΦΟΣ, Йод", "istanbul σισυφοσ иод"),
        ("https://www.example.org/a_b?x=1", "example org a b x 1"),
        ("ﬁne ｗｉｄｅ 𝓕𝓪𝓷𝓬𝔂 x²", "fine wide fancy x2"),
        ("हिन्दी में।", "हिन्दी में"),
        ("مُحَمَّد می\u200cخواهم", "محمد میخواهم"),
        ("soft\u00adhyphen", "softhyphen"),
        ("黒猫が好き", "黒猫 猫が が好 好き き"),
        ("한국어 검색", "한국 국어 어 검색 색"),
        ("Tokyo東京2026", "tokyo 東京 京 2026"),
        ("🎉 … — ", ""),
        ("a" * 90, "a" * MAX_WORD_CHARS),
    ],
)
def test_a_text_is_cut_into_plain_words(text: str, words: str) -> None:
    assert words_of(text) == words.split()


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("STRASSE", "Auf der Straße"),
        ("naive café", "so naïve Cafe noir"),
        ("猫が", "黒猫が好き"),
        ("好き", "黒猫が好き"),
        ("東京2026", "Tokyo東京2026年"),
        ("example.org/a", "see https://example.org/a?b=c"),
    ],
)
def test_what_is_typed_stands_in_the_text_word_behind_word(typed: str, text: str) -> None:
    wanted, words = list(sought(typed)), words_of(text)
    assert any(words[n : n + len(wanted)] == wanted for n in range(len(words)))


def test_a_single_sign_of_a_script_without_spaces_stands_for_all_that_begins_with_it() -> None:
    assert is_beginning(sought("猫"))
    assert any(word.startswith("猫") for word in words_of("黒猫"))
    assert not is_beginning(sought("a"))
    assert not is_beginning(sought("黒猫"))


@given(st.text())
def test_words_are_letters_and_digits_whatever_the_text(text: str) -> None:
    for word in [*words_of(text), *sought(text)]:
        assert 0 < len(word) <= MAX_WORD_CHARS
        assert not any(sign.isspace() or sign in "\"'\\:*()^&|!<>-+_=\x00" for sign in word)
        assert fold(word) == word or not word.isascii()


def test_a_flood_of_words_is_cut() -> None:
    assert len(words_of("a " * (MAX_WORDS + 5))) == MAX_WORDS
    assert len(words_of("é " * (MAX_WORDS + 5))) == MAX_WORDS
    assert len(words_of("猫" * (MAX_WORDS + 5))) == MAX_WORDS
