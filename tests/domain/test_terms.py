"""Who may quote and answer: the whole table."""

import pytest

from scattershot.domain.post import Audience
from scattershot.domain.quote import fits, may_quote
from scattershot.domain.terms import ALL, ONLY_THE_AUTHOR, Approval, Asker, Circle, Rule, Terms, approval, may_reply
from scattershot.testing.factories import a_post, wire

ANN, BOB = wire("https://a.example/ann"), wire("https://b.example/bob")
AT_ONCE, ON_REQUEST, NEVER = Approval.AT_ONCE, Approval.ON_REQUEST, Approval.NEVER
STRANGER, FOLLOWER, FOLLOWED = Asker(BOB), Asker(BOB, follows=True), Asker(BOB, is_followed=True)
NAMED, BLOCKED = Asker(BOB, is_mentioned=True), Asker(BOB, follows=True, is_mentioned=True, is_blocked=True)
AUTHOR = Asker(ANN, is_author=True)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (ALL, [AT_ONCE, AT_ONCE, AT_ONCE, NEVER, AT_ONCE]),
        (ONLY_THE_AUTHOR, [NEVER, NEVER, NEVER, NEVER, AT_ONCE]),
        (Rule((Circle.FOLLOWERS,)), [NEVER, AT_ONCE, NEVER, NEVER, AT_ONCE]),
        (Rule((Circle.FOLLOWED,)), [NEVER, NEVER, AT_ONCE, NEVER, AT_ONCE]),
        (Rule((), (Circle.EVERYONE,)), [ON_REQUEST, ON_REQUEST, ON_REQUEST, NEVER, AT_ONCE]),
        (Rule((Circle.FOLLOWERS,), (Circle.EVERYONE,)), [ON_REQUEST, AT_ONCE, ON_REQUEST, NEVER, AT_ONCE]),
        (Rule((Circle.EVERYONE,), (), (), (BOB,)), [ON_REQUEST, ON_REQUEST, ON_REQUEST, NEVER, AT_ONCE]),
        (Rule((), (Circle.EVERYONE,), (BOB,)), [AT_ONCE, AT_ONCE, AT_ONCE, NEVER, AT_ONCE]),
    ],
)
def test_the_table(rule: Rule, expected: list[Approval]) -> None:
    assert [approval(rule, asker) for asker in (STRANGER, FOLLOWER, FOLLOWED, BLOCKED, AUTHOR)] == expected


@pytest.mark.parametrize("rule", [None, ALL, ONLY_THE_AUTHOR, Rule((Circle.FOLLOWERS,))])
def test_whoever_is_named_may_answer_unless_blocked(rule: Rule | None) -> None:
    assert may_reply(rule, NAMED) is AT_ONCE
    assert may_reply(rule, BLOCKED) is NEVER


@pytest.mark.parametrize(
    ("audience", "local", "terms", "expected"),
    [
        (Audience.PUBLIC, True, Terms(), AT_ONCE),
        (Audience.UNLISTED, True, Terms(), AT_ONCE),
        (Audience.PUBLIC, False, Terms(), NEVER),
        (Audience.PUBLIC, False, Terms(quotes=ALL), AT_ONCE),
        (Audience.FOLLOWERS, True, Terms(quotes=ALL), NEVER),
        (Audience.MENTIONED, True, Terms(quotes=ALL), NEVER),
        (Audience.LOCAL, True, Terms(), AT_ONCE),
    ],
)
def test_whom_a_post_lets_quote_it(audience: Audience, local: bool, terms: Terms, expected: Approval) -> None:
    post = a_post(ANN, audience=audience, terms=terms)
    assert may_quote(post, STRANGER, local=local) is expected
    assert may_quote(post, AUTHOR, local=local) is AT_ONCE


@pytest.mark.parametrize("quoting", Audience)
@pytest.mark.parametrize("quoted", Audience)
def test_a_quote_shows_nothing_to_more_people_than_it_was_for(quoting: Audience, quoted: Audience) -> None:
    width = [Audience.MENTIONED, Audience.FOLLOWERS, Audience.UNLISTED, Audience.PUBLIC]
    fit = fits(quoting, quoted, names_the_author=True)
    if Audience.LOCAL in (quoting, quoted):
        assert fit is (quoting is quoted or (quoting is Audience.LOCAL and quoted.is_open))
    elif quoted.is_open:
        assert fit
    else:
        assert fit is (width.index(quoting) <= width.index(quoted))


@pytest.mark.parametrize("quoted", Audience)
def test_nobody_is_talked_of_behind_their_back(quoted: Audience) -> None:
    assert not fits(Audience.MENTIONED, quoted, names_the_author=False)
