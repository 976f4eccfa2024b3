"""What mattered while somebody was away, in which order, and why."""

from typing import Any

from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.missed import MOST_OF_ONE, Came, Reason, Why, in_words, what_mattered

ANN, BOB, CAROL, DAN = (MicroblogId(n) for n in range(1, 5))
NAMES = {BOB: "Bob", CAROL: "Carol", DAN: "Dan"}


def came(number: int, author: MicroblogId = ANN, **more: Any) -> Came:
    return Came(PostId(number), PostId(number), author, **more)


def order(*posts: Came) -> list[int]:
    return [told.came.post for told in what_mattered(posts)]


def test_what_is_for_them_comes_first() -> None:
    assert order(came(1, names=True), came(2, boosters=(BOB, CAROL)), came(3, answers=True, likers=(BOB,))) == [3, 1, 2]


def test_a_boost_weighs_more_than_an_answer_and_that_more_than_a_like() -> None:
    spread = [came(1, MicroblogId(11), likers=(BOB,)), came(2, MicroblogId(12), answerers=(BOB,))]
    assert order(*spread, came(3, MicroblogId(13), boosters=(BOB,))) == [3, 2, 1]


def test_a_crowd_of_strangers_weighs_as_much_as_a_few_friends() -> None:
    assert order(came(1, MicroblogId(11), marks=1_000), came(2, MicroblogId(12), boosters=(BOB,))) == [1, 2]
    assert order(came(1, MicroblogId(11), marks=30), came(2, MicroblogId(12), boosters=(BOB,))) == [2, 1]


def test_who_says_much_does_not_drown_the_others() -> None:
    much = [came(n, ANN, boosters=(BOB, CAROL)) for n in range(1, 17)]
    found = order(*much, came(99, DAN, boosters=(BOB,)))
    assert found[0] == 99
    assert len(found) == 1 + MOST_OF_ONE
    assert found[1:] == [16, 15, 14]


def test_naming_is_told_of_however_much_somebody_says() -> None:
    assert order(*(came(n, names=True) for n in range(1, 8))) == [7, 6, 5, 4, 3, 2, 1]


def test_the_only_post_of_somebody_is_heard_and_what_nothing_speaks_for_is_left_out() -> None:
    assert order(came(1, ANN), came(2, ANN), came(3, BOB)) == [3]
    assert order() == []


def test_every_post_has_its_reasons_in_words() -> None:
    [told] = what_mattered([came(1, names=True, boosters=(BOB, CAROL, DAN), likers=(BOB,), marks=9)])
    assert [in_words(reason, NAMES) for reason in told.reasons] == [
        "It names you.",
        "Bob, Carol and 1 other you follow passed it on.",
        "Bob liked it.",
        "It has 9 likes and boosts.",
        "It is the only post of its author in this time.",
    ]
    assert in_words(Reason(Why.ANSWERED, (BOB, CAROL)), NAMES) == "Bob and Carol answered it."
    assert in_words(Reason(Why.LIKED, (ANN,)), NAMES) == "Somebody you follow liked it."
    assert in_words(Reason(Why.LIKED, (ANN, BOB)), {}) == "2 people you follow liked it."
    assert in_words(Reason(Why.ANSWERS), {}) == "It answers you."
    assert in_words(Reason(Why.CROWD, number=1), {}) == "Somebody liked or boosted it."
