"""Relays chosen so that few suffice, and addresses, lists and hints read."""

from hypothesis import given, settings
from hypothesis import strategies as st

from scattershot.protocols.nostr.session.choosing import choose
from scattershot.protocols.nostr.wire.relay_lists import (
    Hint,
    hints,
    over_http,
    read_message_relays,
    read_relays,
    relay_address,
)
from tests.protocols.nostr.events import a_sketch

RELAYS = [f"wss://{name}.example" for name in "abcdefgh"]
MEETINGS = st.dictionaries(
    st.text("0123456789", min_size=1, max_size=2), st.lists(st.sampled_from(RELAYS), max_size=4), max_size=20
)


@settings(deadline=None)
@given(MEETINGS, st.sets(st.sampled_from(RELAYS)))
def test_everybody_is_heard_at_two_relays_of_theirs_where_they_have_two(
    authors: dict[str, list[str]], shy: set[str]
) -> None:
    chosen = choose(authors, shy=shy)
    for author, relays in authors.items():
        heard = {relay for relay, each in chosen.items() if author in each}
        assert heard <= set(relays)
        assert len(heard) == min(2, len(set(relays)))
        if set(relays) - shy:
            assert heard - shy, "an author is left to relays that do not answer"
    assert all(chosen.values())


@settings(deadline=None)
@given(MEETINGS, st.randoms())
def test_the_answer_does_not_depend_on_the_order_of_the_question(authors: dict[str, list[str]], chance: object) -> None:
    names = list(authors)
    chance.shuffle(names)  # type: ignore[attr-defined]
    assert choose({name: authors[name][::-1] for name in names}) == choose(authors)


@settings(deadline=None)
@given(MEETINGS, st.integers(1, 4))
def test_where_few_must_do_no_more_are_chosen(authors: dict[str, list[str]], most: int) -> None:
    assert len(choose(authors, most=most)) <= most


def test_what_most_have_in_common_is_enough_for_all_of_them() -> None:
    authors = {str(n): [RELAYS[0], RELAYS[1], f"wss://own{n}.example"] for n in range(100)}
    assert choose(authors).keys() == {RELAYS[0], RELAYS[1]}


def test_addresses_have_one_spelling_and_what_nobody_can_dial_is_none() -> None:
    for text in ("wss://Relay.Example:443/", " wss://relay.example", "WSS://relay.example"):
        assert relay_address(text) == "wss://relay.example"
    assert relay_address("wss://relay.example/a/?b=c") == "wss://relay.example/a?b=c"
    assert over_http("wss://relay.example/a") == "https://relay.example/a"
    assert relay_address("ws://localhost:7777", plain=True) == "ws://localhost:7777"
    for text in ("ws://relay.example", "https://a.example", "wss://", "wss://u@a.example", "wss://x.onion", "wss://a b",
                 f"wss://{'a.' * 120}example", "relay.example", "", "wss://a.example/#x"):  # fmt: skip
        assert relay_address(text) is None


def test_lists_and_hints_say_where_somebody_is_met() -> None:
    tags = [["r", RELAYS[0]], ["r", RELAYS[1], "write"], ["r", RELAYS[2], "read"], ["r", "nonsense"], ["r"]]
    met = read_relays(a_sketch(kind=10002, tags=tags))
    assert met.writes == (RELAYS[0], RELAYS[1])
    assert met.reads == (RELAYS[0], RELAYS[2])
    letters = a_sketch(kind=10050, tags=[["relay", RELAYS[0]], ["relay", RELAYS[0] + "/"], ["relay", "x"]])
    assert read_message_relays(letters) == (RELAYS[0],)
    one, other = "a" * 64, "b" * 64
    told = [["e", one, RELAYS[0], "root", other], ["p", other, RELAYS[1]], ["e", one], ["q", "c" * 64, RELAYS[3]]]
    assert hints(told, one) == [Hint(RELAYS[0], other)]
    assert hints(told, other) == [Hint(RELAYS[1], other)]
