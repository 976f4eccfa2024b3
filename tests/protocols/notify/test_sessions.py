"""The window, the chain, the gate and what is said again: without a network and without a clock."""

import random

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from scattershot.domain.hint import DOUBTS, PATIENCE
from scattershot.protocols.notify.session.gate import (
    AGAIN,
    OF_ONE,
    OF_UNPROVEN,
    Acknowledged,
    Challenged,
    Dropped,
    Echoed,
    Gate,
    Incoming,
    News,
    Passing,
    Peer,
    Verdict,
)
from scattershot.protocols.notify.session.sending import MANY, REPEATS, Hearer, Out, Sending
from scattershot.protocols.notify.session.window import FARTHEST, WIDTH, Chain, Seen, Window
from scattershot.protocols.notify.wire import coap, cose, words
from scattershot.protocols.notify.wire.cose import MAC0, SIGN1, Purpose
from scattershot.protocols.notify.wire.words import Challenge, Echo, Heard, Hint, Pass, Word

PRIVATE = Ed25519PrivateKey.from_private_bytes(b"\x04" * 32)
OWN, ANN, EPOCH, KEY, TOKEN = (
    b"own-name",
    words.name_of(PRIVATE.public_key().public_bytes_raw()),
    b"e" * 8,
    b"k" * 32,
    b"token-01",
)
HERE, THERE = ("192.0.2.1", 5683), ("192.0.2.2", 5683)


# -- window and chain


def test_a_serial_is_fresh_once_and_then_again_and_then_old() -> None:
    window = Window(10)
    assert window.look(11) is Seen.FRESH
    window.note(11)
    assert window.look(11) is Seen.AGAIN
    window.note(11 + WIDTH - 1)
    assert window.look(11) is Seen.AGAIN
    assert window.look(12) is Seen.FRESH
    window.note(11 + WIDTH)
    assert window.look(11) is Seen.OLD


@given(st.lists(st.integers(min_value=0, max_value=3_000), max_size=60))
def test_the_window_says_what_a_set_would(serials: list[int]) -> None:
    window, came = Window(), {0}
    for serial in serials:
        top = max(came)
        expected = Seen.OLD if serial <= top - WIDTH else Seen.AGAIN if serial in came else Seen.FRESH
        assert window.look(serial) is expected
        if expected is Seen.FRESH:
            window.note(serial)
            came.add(serial)


def test_hints_that_overtake_each_other_leave_no_gap() -> None:
    chain = Chain(5)
    chain.heard(12, 9)
    chain.kept(12)
    assert (chain.position, chain.has_gap, chain.beyond) == (5, True, (12,))
    chain.heard(9, 5)
    assert not chain.has_gap
    chain.kept(9)
    assert (chain.position, chain.beyond) == (12, ())


@given(st.permutations(range(1, 12)), st.integers(min_value=0, max_value=10))
def test_in_whatever_order_they_come_the_position_is_where_all_is_kept(order: list[int], missing: int) -> None:
    chain = Chain(100)
    for number in order:
        if number != missing:
            chain.heard(100 + number * 3, 100 + number * 3 - 3)
            chain.kept(100 + number * 3)
    chain.heard(133, 133)
    whole = missing == 0
    assert chain.has_gap is not whole
    assert chain.position == (133 if whole else 100 + missing * 3 - 3)


def test_a_sign_of_life_shows_that_the_last_one_was_lost() -> None:
    chain = Chain(5)
    chain.heard(9, 9)
    assert chain.has_gap
    chain.reached(9)
    assert not chain.has_gap


def test_a_serial_from_far_beyond_moves_nothing_until_the_log_says_so() -> None:
    chain = Chain(5)
    chain.heard(1 << 63, 5)
    chain.kept(1 << 63)
    assert (chain.position, chain.has_gap) == (5, True)
    chain.reached(7)
    chain.truth(7)
    assert (chain.position, chain.has_gap) == (7, False)


def test_a_chain_remembers_no_more_than_it_should() -> None:
    chain = Chain(0)
    for serial in range(2, 20_000, 2):
        chain.heard(serial, serial - 1)
    assert chain.has_gap
    assert len(chain._previous) <= WIDTH


# -- the gate


def sealed(word: Word, purpose: Purpose, key: bytes = KEY, kid: bytes = ANN) -> bytes:
    return cose.mac0(words.encode(word), key, kid, purpose)


def hint(serial: int = 7, previous: int = 5, epoch: bytes = EPOCH, key: bytes = KEY, **message: object) -> bytes:
    said = sealed(Hint(ANN, epoch, serial, previous, b"small", 300), Purpose.HINT, key)
    return datagram(said, **{"path": ("s", "n")} | message)  # type: ignore[arg-type]


def signed(serial: int = 7, previous: int = 5) -> bytes:
    said = words.encode(Hint(ANN, EPOCH, serial, previous, b"small", 300))
    return datagram(cose.sign1(said, PRIVATE, ANN, Purpose.HINT), ("s", "n"), token=ANN, format=SIGN1)


def datagram(said: bytes, path: tuple[str, ...] = (), **more: object) -> bytes:
    message = coap.Message(coap.POST, TOKEN, path, said, MAC0)
    return coap.encode(message._replace(**more))  # type: ignore[arg-type]


def a_gate(position: int = 5) -> Gate:
    """One that knows Ann, who tells us and is told by us."""
    gate = Gate(OWN)
    peer = Peer("ann.example", ANN, KEY, PRIVATE.public_key())
    peer.incoming, peer.place, peer.wished = Incoming(EPOCH, position, THERE, 300), HERE, THERE
    gate.know(peer, TOKEN)
    return gate


def judged(data: bytes, gate: Gate | None = None, second: int = 1) -> Verdict:
    return (gate or a_gate()).judge(data, THERE, second)


def test_a_hint_is_news_once() -> None:
    gate = a_gate()
    first, second = judged(hint(), gate), judged(hint(), gate)
    assert isinstance(first, News)
    assert isinstance(second, News)
    assert (first.again, second.again) == (False, True)


def test_a_signed_hint_to_a_group_is_news() -> None:
    assert isinstance(judged(signed()), News)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "unknown_token"),
        (b"\x58\x02\x00\x00" + TOKEN, "truncated"),
        (b"\x58\x02\x00\x00" + b"wrong-01" + b"\xff", "unknown_token"),
        (hint()[:-1], "truncated"),
        (hint() + b"x", "trailing"),
        (hint() + b"x" * 2_000, "oversized"),
        (hint(key=b"other" * 6 + b"xx"), "forged"),
        (hint(serial=5, previous=3), "again"),
        (hint(type=0), "other_type"),
        (hint(type=2), "other_type"),
        (hint(code=0x01), "other_path"),
        (hint(path=("s", "x")), "other_path"),
        (hint(path=("s", "c")), "other_shape"),
        (hint(token=ANN), "stranger"),
        (hint(token=OWN), "stranger"),
        (datagram(sealed(Hint(OWN, EPOCH, 7, 5, b"", 300), Purpose.HINT), ("s", "n")), "stranger"),
        (datagram(sealed(Hint(ANN, EPOCH, 7, 5, b"", 300), Purpose.HINT, kid=b"somebody"), ("s", "n")), "stranger"),
        (datagram(sealed(Hint(ANN, EPOCH, 7, 5, b"", 300), Purpose.HEARD), ("s", "n")), "forged"),
        (datagram(b"\x00", ("s", "n")), "untagged"),
    ],
)
def test_what_is_thrown_away(data: bytes, why: str) -> None:
    verdict = judged(data)
    found = verdict.why if isinstance(verdict, Dropped) else "again" if getattr(verdict, "again", False) else verdict
    assert found in (why, "old") if why == "again" else found == why


def test_what_is_older_than_the_window_is_thrown_away() -> None:
    gate = a_gate(position=5_000)
    assert judged(hint(serial=5_000 - WIDTH, previous=1), gate) == Dropped("old")


def test_a_jump_to_the_end_of_numbers_moves_no_window() -> None:
    gate = a_gate()
    assert isinstance(judged(hint(serial=1 << 63, previous=(1 << 63) - 1), gate), News)
    assert isinstance(judged(hint(serial=7, previous=5), gate), News)
    incoming = gate.peers()[0].incoming
    assert incoming is not None
    assert incoming.window.top < FARTHEST
    assert incoming.chain.has_gap


def test_a_hint_of_another_epoch_is_strange_and_moves_nothing() -> None:
    gate = a_gate()
    verdict = judged(hint(epoch=b"another!"), gate)
    assert isinstance(verdict, News)
    assert verdict.strange
    assert isinstance(judged(hint(), gate), News)


def test_replays_are_answered_a_few_times_and_then_thrown_away_unproven() -> None:
    gate = a_gate()
    verdicts = [judged(hint(), gate) for _ in range(AGAIN + 10)]
    assert verdicts[AGAIN + 1 :] == [Dropped("replayed")] * 9


def test_one_sender_has_so_much_a_second() -> None:
    gate = a_gate()
    junk = b"\x58\x02\x00\x00" + TOKEN
    assert [judged(junk, gate) for _ in range(OF_ONE + 3)][-3:] == [Dropped("too_often")] * 3
    assert judged(junk, gate, second=2) == Dropped("truncated")


def test_forgeries_under_a_name_that_everybody_knows_are_soon_not_read_any_more() -> None:
    gate = a_gate()
    forged = bytearray(signed())
    forged[-1] ^= 1
    verdicts = [judged(bytes(forged), gate) for _ in range(OF_UNPROVEN + 5)]
    assert verdicts[0] == Dropped("forged")
    assert verdicts[-5:] == [Dropped("flood")] * 5
    assert isinstance(judged(hint(), gate), News), "what bears a token of its own is read all the same"


def test_challenges_echoes_answers_and_what_is_to_be_passed_on() -> None:
    challenge = Challenge(ANN, EPOCH, OWN, b"n" * 16)
    assert isinstance(judged(datagram(sealed(challenge, Purpose.CHALLENGE), ("s", "c"))), Challenged)
    for_another = challenge._replace(receiver=b"somebody")
    found = judged(datagram(sealed(for_another, Purpose.CHALLENGE), ("s", "c")))
    assert found == Dropped("not_for_us")
    echo = datagram(sealed(Echo(ANN, OWN, b"n" * 16), Purpose.ECHO), code=coap.CONTENT)
    assert isinstance(judged(echo), Echoed)
    assert a_gate().judge(echo, HERE, 1) == Dropped("other_place")
    heard = datagram(sealed(Heard(ANN, EPOCH, 7, ()), Purpose.HEARD), code=coap.CHANGED)
    assert isinstance(judged(heard), Acknowledged)
    passing = Pass(ANN, "239.192.83.67:5683", b"message")
    assert isinstance(judged(datagram(sealed(passing, Purpose.PASS), ("s", "p"))), Passing)
    for word, purpose, more in (
        (challenge, Purpose.CHALLENGE, {"path": ("s", "c")}),
        (Echo(ANN, OWN, b"n" * 16), Purpose.ECHO, {"code": coap.CONTENT}),
        (Heard(ANN, EPOCH, 7, ()), Purpose.HEARD, {"code": coap.CHANGED}),
        (passing, Purpose.PASS, {"path": ("s", "p")}),
    ):
        assert judged(datagram(sealed(word, purpose, key=b"x" * 32), **more)) == Dropped("forged")


@given(st.binary(max_size=200))
def test_no_bytes_make_the_gate_stumble(noise: bytes) -> None:
    gate = a_gate()
    for data in (noise, b"\x58\x02\x00\x00" + TOKEN + noise, b"\x58\x02\x00\x00" + TOKEN + b"\xb1s\x01n\xff" + noise):
        assert isinstance(judged(data, gate), Dropped)


@given(st.integers(min_value=0), st.integers(min_value=0, max_value=7))
def test_no_flipped_bit_is_believed(place: int, bit: int) -> None:
    data = bytearray(hint())
    data[place % len(data)] ^= 1 << bit
    verdict = judged(bytes(data))
    whole = coap.decode(bytes(data))
    untouched = isinstance(whole, coap.Message) and whole.payload == coap.decode(hint()).payload  # type: ignore[union-attr]
    assert isinstance(verdict, Dropped) or untouched


# -- sending


def hearer(name: bytes, group: tuple[str, int] | None = None) -> Hearer:
    return Hearer(name, Out(b"to " + name, THERE), group)


def test_what_is_not_heard_is_said_again_until_patience_ends() -> None:
    sending = Sending()
    sending.said(7, [hearer(b"bob")], {}, 1_000)
    said = [moment for moment in range(1_000, 1_000 + PATIENCE + 500) if sending.due(moment).again]
    assert [moment - 1_000 for moment in said] == list(REPEATS)
    assert sending.waiting == 0


def test_what_is_heard_is_said_no_more() -> None:
    sending = Sending()
    for serial in (7, 9, 12):
        sending.said(serial, [hearer(b"bob"), hearer(b"cat")], {}, 0)
    assert sending.heard(b"bob", 9, [12])
    assert not sending.heard(b"dan", 1 << 64, [7])
    assert sending.waiting == 3
    assert {out.data for out in sending.due(300).again} == {b"to cat"}
    assert sending.heard(b"cat", 12)
    assert sending.next_at() is None


def test_whoever_hears_nothing_for_long_is_doubted_once() -> None:
    sending = Sending()
    doubted: list[bytes] = []
    for serial in range(DOUBTS + 2):
        sending.said(serial, [hearer(b"bob")], {}, serial * 10_000)
        doubted += sending.due(serial * 10_000 + PATIENCE).doubted
    assert doubted == [b"bob"]


def test_a_group_in_which_many_missed_it_is_told_once_more_and_few_each_alone() -> None:
    group = ("239.192.83.67", 5683)
    for members, expected in ((MANY, [b"to all"]), (MANY - 1, [b"to 0", b"to 1", b"to 2"])):
        sending = Sending()
        sending.said(7, [hearer(b"%d" % n, group) for n in range(members)], {group: Out(b"to all", group)}, 0)
        assert sorted(out.data for out in sending.due(250).again) == expected


def test_a_clock_that_steps_back_leaves_nothing_waiting_for_ever() -> None:
    sending = Sending()
    sending.said(7, [hearer(b"bob")], {}, 1_000_000)
    assert not sending.due(0).again
    assert sending.due(250).again
    sending.due(PATIENCE)
    assert sending.waiting == 0


def test_any_loss_and_order_end_with_everything_heard() -> None:
    chance = random.Random(3)
    sending, chain, gate = Sending(), Chain(0), Window(0)
    for serial in range(1, 200):
        sending.said(serial, [hearer(b"bob")], {}, serial * 5)
        chain.heard(serial, serial - 1) if chance.random() > 0.3 else None
    assert gate.top == 0
    sending.heard(b"bob", 199)
    assert sending.waiting == 0
