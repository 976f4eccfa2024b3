"""What following a list of hosts comes to."""

from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.block_list import Deed, Said, is_doubtful, plan, said_of
from scattershot.domain.node import HostRule, Standing

BLOCKED, LIMITED = Said(Standing.BLOCKED), Said(Standing.LIMITED)


def a_rule(host: str, standing: Standing = Standing.BLOCKED, *, allows: bool = False) -> HostRule:
    return HostRule(host, standing, allows=allows)


def deeds(
    listed: list[HostRule], brought: dict[str, Said] | None = None, rules: list[HostRule] | None = None
) -> dict[str, Deed]:
    steps = plan({each.host: each for each in listed}, brought or {}, {each.host: each for each in rules or []})
    return {step.host: step.deed for step in steps}


def test_what_is_new_in_the_list_is_set() -> None:
    assert deeds([a_rule("a.example")]) == {"a.example": Deed.SET}


def test_where_both_agree_there_is_nothing_to_do() -> None:
    rules = [a_rule("a.example")]
    assert deeds(rules, {"a.example": BLOCKED}, rules) == {}
    assert deeds(rules, {}, rules) == {}


def test_what_the_list_says_otherwise_now_follows_it_milder_too() -> None:
    listed, rules = [a_rule("a.example", Standing.LIMITED)], [a_rule("a.example")]
    (step,) = plan({"a.example": listed[0]}, {"a.example": BLOCKED}, {"a.example": rules[0]})
    assert step.deed is Deed.SET
    assert step.rule is not None
    assert step.rule.standing is Standing.LIMITED


def test_what_the_list_drops_is_lifted_where_it_alone_put_it() -> None:
    assert deeds([], {"a.example": BLOCKED}, [a_rule("a.example")]) == {"a.example": Deed.LIFTED}


def test_what_was_set_by_hand_is_neither_altered_nor_lifted() -> None:
    by_hand = [a_rule("a.example", Standing.LIMITED)]
    assert deeds([a_rule("a.example")], {}, by_hand) == {"a.example": Deed.LEFT}
    assert deeds([], {}, by_hand) == {}


def test_what_was_let_in_by_hand_stays_let_in() -> None:
    let_in = [a_rule("a.example", Standing.NORMAL, allows=True)]
    assert deeds([a_rule("a.example")], {}, let_in) == {"a.example": Deed.LEFT}
    assert deeds([a_rule("a.example")], {"a.example": BLOCKED}, let_in) == {"a.example": Deed.LEFT}


def test_what_was_altered_by_hand_since_is_the_lists_no_more() -> None:
    altered = [a_rule("a.example", Standing.LIMITED)]
    assert deeds([a_rule("a.example")], {"a.example": BLOCKED}, altered) == {"a.example": Deed.LEFT}
    assert deeds([], {"a.example": BLOCKED}, altered) == {"a.example": Deed.FORGOTTEN}


def test_what_was_lifted_by_hand_is_not_set_again() -> None:
    assert deeds([a_rule("a.example")], {"a.example": BLOCKED}) == {"a.example": Deed.LEFT}
    assert deeds([], {"a.example": BLOCKED}) == {"a.example": Deed.FORGOTTEN}


def test_a_list_that_lost_most_of_what_it_said_is_doubtful() -> None:
    assert is_doubtful(4, 10)
    assert not is_doubtful(5, 10)
    assert not is_doubtful(0, 9)


hosts = st.sampled_from([f"{letter}.example" for letter in "abcde"])
saids = st.builds(Said, st.sampled_from(Standing), st.booleans(), st.booleans())
rules_ = st.builds(
    lambda host, said, allows: HostRule(host, said.standing, allows, said.rejects_media, said.rejects_reports),
    hosts, saids, st.booleans(),
)  # fmt: skip
ruled = st.dictionaries(hosts, saids).map(
    lambda said: {host: HostRule(host, each.standing, False, *each[1:]) for host, each in said.items()}
)


@given(ruled, st.dictionaries(hosts, saids), st.lists(rules_).map(lambda many: {each.host: each for each in many}))
def test_no_rule_but_the_lists_own_is_ever_touched(
    listed: dict[str, HostRule], brought: dict[str, Said], rules: dict[str, HostRule]
) -> None:
    for step in plan(listed, brought, rules):
        now = rules.get(step.host)
        if step.deed is Deed.LIFTED:
            assert step.host not in listed
        if step.deed in (Deed.SET, Deed.LIFTED) and now is not None:
            assert said_of(now) == brought[step.host]


@given(ruled, st.dictionaries(hosts, saids))
def test_once_done_there_is_nothing_left_to_do(listed: dict[str, HostRule], brought: dict[str, Said]) -> None:
    rules = {host: HostRule(host, said.standing, False, *said[1:]) for host, said in brought.items()}
    for step in plan(listed, brought, rules):
        brought.pop(step.host, None)
        rules.pop(step.host, None)
        if step.rule is not None:
            rules[step.host], brought[step.host] = step.rule, said_of(step.rule) or BLOCKED
    assert plan(listed, brought, rules) == ()
