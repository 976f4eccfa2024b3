"""The client's half of a connection, and wishes cut to what a relay takes; nothing here touches a network."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json

from scattershot.protocols.nostr.session.client import (
    AllStored,
    Came,
    ClientSession,
    Differs,
    Number,
    Over,
    ProofWanted,
    Remark,
    Send,
    Told,
)
from scattershot.protocols.nostr.session.theirs import MOST_VALUES, Theirs, cut, read_information
from scattershot.protocols.nostr.wire import frames
from scattershot.protocols.nostr.wire.authentication import proof
from scattershot.protocols.nostr.wire.event import Event, encode, sign
from scattershot.protocols.nostr.wire.filters import Filter, matches
from scattershot.protocols.nostr.wire.negentropy import Negentropy, Sealed, differences
from tests.protocols.nostr.events import NOW, a_sketch, an_event, key_of, secret_of

NOTES = (Filter(kinds=frozenset({1})),)


def told(event: Event, name: str = "a") -> str:
    return f"{frames.event_head(name)}{encode(event).decode()}]"


def said(deeds: list[Any]) -> list[Any]:
    return [json.decode(deed.frame)[0] for deed in deeds if isinstance(deed, Send)]


def a_proof(challenge: str, by: str = "ann") -> Event:
    return sign(proof(key_of(by), challenge, "wss://there.example/", NOW), secret_of(by), bytes(32))


def test_what_was_asked_for_comes_and_what_was_not_is_passed_over() -> None:
    session = ClientSession()
    assert said(session.want("a", NOTES, stays=True)) == ["REQ"]
    note = an_event()
    assert session.receive(told(note)) == [Came("a", note)]
    assert session.receive(told(note, "b")) == []
    assert session.receive(told(an_event(kind=7))) == []
    assert session.receive(frames.eose("a", complete=False)) == [AllStored("a", False)]
    assert session.receive(told(note)) == [Came("a", note)]
    assert session.receive(frames.closed("a", "error: shutting down")) == [Over("a", "error: shutting down")]
    assert session.receive(told(note)) == []


def test_a_wish_that_does_not_stay_is_closed_when_all_has_come() -> None:
    session = ClientSession()
    session.want("a", NOTES, stays=False)
    deeds = session.receive(frames.eose("a"))
    assert deeds[0] == AllStored("a", None)
    assert said(deeds) == ["CLOSE"]
    assert session.names == frozenset()


def test_wishes_beyond_what_they_take_wait_for_their_turn() -> None:
    session = ClientSession(Theirs(subscriptions=2))
    assert [len(session.want(name, NOTES, stays=False)) for name in "abcd"] == [1, 1, 0, 0]
    assert said(session.receive(frames.eose("a"))) == ["CLOSE", "REQ"]
    assert session.leave("d") == []
    assert said(session.leave("b")) == ["CLOSE"]
    assert said(session.receive(frames.eose("c"))) == ["CLOSE"]


def test_what_waits_for_a_proof_is_asked_again_after_it() -> None:
    session, note = ClientSession(), an_event()
    session.receive(frames.auth("once"))
    session.want("a", NOTES, stays=True)
    session.give(note)
    session.count("n", NOTES)
    session.compare("c", NOTES[0], Negentropy(Sealed.of(())))
    assert session.receive(frames.closed("a", "auth-required: who are you?")) == [ProofWanted("once")]
    proved = a_proof("once")
    assert said(session.prove([proved])) == ["AUTH"]
    assert session.receive(frames.ok(note.id, False, "auth-required: who are you?")) == []
    assert session.receive(frames.closed("n", "auth-required: who are you?")) == []
    assert session.receive(frames.neg_error("c", "auth-required: who are you?")) == []
    assert said(session.receive(frames.ok(proved.id, True))) == ["REQ", "EVENT", "COUNT", "NEG-OPEN"]
    assert session.receive(frames.ok(note.id, True)) == [Told(note.id, True, "")]
    assert session.receive(frames.counted("n", 3)) == [Number("n", 3, False)]
    assert session.receive(frames.closed("a", "auth-required: still not")) == [Over("a", "auth-required: still not")]


def test_a_challenge_that_comes_late_is_answered_for_what_waits() -> None:
    session = ClientSession()
    session.want("a", NOTES, stays=True)
    assert session.receive(frames.closed("a", "auth-required: who are you?")) == []
    assert session.receive(frames.auth("late")) == [ProofWanted("late")]
    assert session.prove([]) == [Over("a", "auth-required: nobody here proves who they are")]


def test_who_is_not_believed_gives_up_and_is_told_why() -> None:
    session, note = ClientSession(), an_event()
    session.receive(frames.auth("once"))
    session.give(note)
    session.receive(frames.ok(note.id, False, "auth-required: members only"))
    proved = a_proof("once")
    session.prove([proved])
    refused = session.receive(frames.ok(proved.id, False, "restricted: you are no member"))
    assert refused == [Told(note.id, False, "restricted: you are no member")]
    assert session.waiting == 0


def test_a_relay_that_knows_no_comparisons_ends_them_by_a_notice() -> None:
    session = ClientSession()
    session.compare("c", NOTES[0], Negentropy(Sealed.of(())))
    deeds = session.receive(frames.notice("unknown message NEG-OPEN"))
    assert deeds == [Remark("unknown message NEG-OPEN"), Over("c", "unsupported: unknown message NEG-OPEN")]


@settings(deadline=None)
@given(st.lists(st.text() | st.binary()))
def test_nonsense_does_no_harm(texts: list[str | bytes]) -> None:
    session = ClientSession()
    session.want("a", NOTES, stays=True)
    for text in texts:
        session.receive(text)
    note = an_event()
    assert session.receive(told(note)) == [Came("a", note)]


SETS = st.sets(st.tuples(st.integers(0, 50), st.binary(min_size=32, max_size=32)), max_size=200)


@settings(deadline=None)
@given(SETS, SETS, SETS)
def test_a_comparison_finds_what_each_side_lacks(
    both: set[tuple[int, bytes]], mine: set[tuple[int, bytes]], yours: set[tuple[int, bytes]]
) -> None:
    ours, theirs = sorted(both | mine), sorted(both | yours)
    relay = Negentropy(Sealed.of(theirs), frame_limit=4_096)
    session = ClientSession()
    [opened] = session.compare("c", NOTES[0], Negentropy(Sealed.of(ours)))
    assert isinstance(opened, Send)
    message = bytes.fromhex(json.decode(opened.frame)[3])
    have: set[bytes] = set()
    need: set[bytes] = set()
    for _ in range(100):
        deeds = session.receive(frames.neg_message("c", relay.answer(message)))
        [learnt] = [deed for deed in deeds if isinstance(deed, Differs)]
        have.update(learnt.have)
        need.update(learnt.need)
        if learnt.ended:
            break
        [answer] = [deed for deed in deeds if isinstance(deed, Send)]
        message = bytes.fromhex(json.decode(answer.frame)[2])
    assert (have, need) == differences(ours, theirs)
    assert session.names == frozenset()


def test_a_comparison_that_lies_or_never_ends_is_given_up() -> None:
    session = ClientSession()
    session.compare("c", NOTES[0], Negentropy(Sealed.of(())))
    over = session.receive(frames.neg_message("c", b"\x61\x00\x00\x02\xff\xff"))
    assert isinstance(over[-1], Over)
    assert session.names == frozenset()


KEYS = [key_of(name) for name in "abcdefgh"]


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(KEYS), min_size=1, max_size=8),
    st.lists(st.integers(0, 7), min_size=1, max_size=5),
    st.integers(200, 900),
    st.integers(1, 3),
    st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 9)), max_size=20),
)
def test_the_pieces_of_a_wish_ask_for_what_it_asked_for(
    authors: list[str], kinds: list[int], room: int, filters: int, written: list[tuple[str, int]]
) -> None:
    wanted = Filter(authors=frozenset(authors), kinds=frozenset(kinds))
    theirs = Theirs(message=room, filters=filters)
    questions = cut((wanted, *NOTES), theirs)
    for question in questions:
        assert len(question) <= filters
        assert len(frames.ask("a" * 64, question)) <= room
    for by, kind in written:
        event = a_sketch(kind=kind)
        event = Event(event.id, key_of(by), event.created_at, kind, [], "", event.sig)
        asked = any(matches(piece, event) for question in questions for piece in question)
        assert asked == any(matches(each, event) for each in (wanted, *NOTES))


def test_thousands_of_authors_are_asked_for_in_frames_that_relays_take() -> None:
    authors = frozenset(f"{number:064x}" for number in range(2_345))
    for room in (16_384, 131_072):
        questions = cut((Filter(authors=authors, limit=5_000),), Theirs(message=room))
        pieces = [piece for question in questions for piece in question]
        assert all(len(frames.ask("name", question)) <= room for question in questions)
        assert all(piece.authors is not None and len(piece.authors) <= MOST_VALUES for piece in pieces)
        assert frozenset().union(*(piece.authors or frozenset() for piece in pieces)) == authors
        assert {piece.limit for piece in pieces} == {500}


def test_a_relays_document_is_believed_only_as_far_as_one_can_live_with() -> None:
    document = {"supported_nips": [1, 77, "x"], "limitation": {"max_message_length": 10, "max_subscriptions": True}}
    found = read_information(json.encode(document))
    assert found.message == 2_048
    assert found.subscriptions == Theirs().subscriptions
    assert found.does(77)
    assert not found.does(45)
    for nothing in (b"", b"[]", b"null", b"{" * 2_000, b'{"limitation":7}'):
        assert read_information(nothing) == Theirs()
    assert Theirs().does(77)


@settings(deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner), max_leaves=9))
def test_any_json_is_read_without_a_fall(value: Any) -> None:
    session = ClientSession()
    for verb in ("EVENT", "EOSE", "CLOSED", "OK", "AUTH", "NOTICE", "COUNT", "NEG-MSG", "NEG-ERR"):
        parts = value if isinstance(value, list) else [value]
        session.receive(json.encode([verb, *parts]))
