"""Filters: what a post must say to meet one, judged beside a slow and plain twin."""

import random
import unicodedata

import pytest

from scattershot.domain.filters import (
    Action,
    Context,
    Filter,
    FilteredPost,
    FilterId,
    Keyword,
    KeywordId,
    Matcher,
    folded,
    folded_post,
)
from scattershot.domain.ids import Millis, PostId
from scattershot.domain.post import Attachment, Option, Poll
from scattershot.testing.factories import a_post, wire

POST = PostId(7)
BOOST = PostId(9)


def a_filter(*keywords: tuple[str, bool], posts: tuple[PostId, ...] = ()) -> Filter:
    return Filter(
        FilterId(1),
        "a filter",
        (Context.HOME,),
        Action.WARN,
        None,
        tuple(Keyword(KeywordId(n), text, whole) for n, (text, whole) in enumerate(keywords)),
        tuple(FilteredPost(n, post) for n, post in enumerate(posts)),
    )


def found_in(text: str, *keywords: tuple[str, bool]) -> tuple[str, ...]:
    met = Matcher([a_filter(*keywords)]).met(folded(text), (POST,))
    return met[0].keywords if met else ()


@pytest.mark.parametrize(
    ("keyword", "whole", "text", "meets"),
    [
        ("cat", True, "A Cat sat.", True),
        ("cat", True, "concatenate", False),
        ("cat", False, "concatenate", True),
        ("cat", True, "cats and a cat", True),
        ("cat", True, "cat_food", False),
        ("cat", True, "cat's", True),
        ("#cat", True, "a#cat", True),
        ("#cat", True, "#cats", False),
        ("cat!", True, "cat!s", True),
        ("@far.example", False, "hello @bob@far.example", True),
        ("two words", True, "two  words", True),
        ("two words", True, "two\nwords", True),
        ("STRASSE", True, "In der Straße", True),
        ("straße", True, "STRASSE", True),
        ("cafe", True, "cafe\u0301", False),
        ("caf\u00e9", True, "un cafe\u0301 noir", True),
        ("हिन्द", True, "हिन्दी", False),
        ("हिन्दी", True, "मैं हिन्दी बोलता हूँ", True),
        ("猫", True, "黒猫だ", False),
        ("猫", False, "黒猫だ", True),
        ("(.*)", False, "what(.*)ever", True),
        ("(.*)", False, "whatever", False),
        ("", False, "whatever", False),
        (" ", True, "what ever", False),
        ("aa", True, "aaa aa", True),
    ],
)
def test_a_keyword_is_found(keyword: str, whole: bool, text: str, meets: bool) -> None:
    assert bool(found_in(text, (keyword, whole))) is meets


def test_every_keyword_that_is_found_is_told_as_it_stands_in_the_filter() -> None:
    assert found_in("tea and COFFEE", ("Coffee", True), ("milk", True), ("tea", True)) == ("Coffee", "tea")


def test_a_post_is_met_by_its_id_or_that_of_the_boost_it_came_by() -> None:
    matcher = Matcher([a_filter(posts=(POST,)), a_filter(posts=(BOOST,)), a_filter(posts=(PostId(1),))])
    assert [met.posts for met in matcher.met("", (BOOST, POST))] == [(POST,), (BOOST,)]
    assert [met.posts for met in matcher.met("", (POST,))] == [(POST,)]


def test_all_that_a_post_says_counts_and_nothing_across_its_parts() -> None:
    post = a_post(
        wire("https://far.example/users/bob"),
        title="Title",
        warning="Warning",
        poll=Poll((Option("an answer"), Option("another"))),
        attachments=(Attachment("https://far.example/p.png", alt="a picture"), Attachment("https://far.example/q.png")),
    )
    text = folded_post(post, "the words")
    for part in ("title", "warning", "the words", "an answer", "another", "a picture"):
        assert Matcher([a_filter((part, True))]).met(text, (POST,))
    assert not Matcher([a_filter(("words an", True))]).met(text, (POST,))


def test_a_filter_counts_until_it_expires() -> None:
    ending = a_filter()._replace(expires=Millis(10))
    assert [ending.has_expired(Millis(now)) for now in (9, 10, 11)] == [False, True, True]
    assert not a_filter().has_expired(Millis(1 << 60))


LETTERS = "aAbB _-#.1é\u0301ßsİi़ि猫\n"


def _plainly(keyword: str, whole: bool, text: str) -> bool:
    """Every place of the text tried, one character after the other."""

    def is_of_a_word(character: str) -> bool:
        return unicodedata.category(character)[0] in "LNM" or unicodedata.category(character) == "Pc"

    wanted = unicodedata.normalize("NFC", " ".join(keyword.split()).casefold())
    said = unicodedata.normalize("NFC", " ".join(text.split()).casefold())
    if not wanted:
        return False
    for start in range(len(said)):
        end = start + len(wanted)
        if said[start:end] != wanted:
            continue
        if not whole:
            return True
        goes_on_before = start > 0 and is_of_a_word(said[start - 1]) and is_of_a_word(wanted[0])
        goes_on_after = end < len(said) and is_of_a_word(said[end]) and is_of_a_word(wanted[-1])
        if not goes_on_before and not goes_on_after:
            return True
    return False


@pytest.mark.parametrize("seed", range(20))
def test_the_matcher_finds_what_its_plain_twin_finds(seed: int) -> None:
    dice = random.Random(seed)
    outcomes = set()
    for _ in range(400):
        text = "".join(dice.choices(LETTERS, k=dice.randint(0, 14)))
        start = dice.randint(0, max(0, len(text) - 1))
        cut = text[start : start + dice.randint(1, 3)]
        keyword = cut if dice.random() < 0.7 else "".join(dice.choices(LETTERS, k=dice.randint(0, 3)))
        whole = dice.random() < 0.7
        expected = _plainly(keyword, whole, text)
        outcomes.add(expected)
        assert bool(found_in(text, (keyword, whole))) is expected, (keyword, whole, text)
    assert outcomes == {True, False}
