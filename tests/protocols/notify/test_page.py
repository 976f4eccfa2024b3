"""The page from which others can speak to us says what we do."""

from pathlib import Path

import pytest

from scattershot.domain.hint import DOUBTS, PATIENCE
from scattershot.protocols.notify.gateway.listening import GRACE, MOST_PAGES, WIDEST
from scattershot.protocols.notify.gateway.telling import CHALLENGES, LEASE, SILENCE
from scattershot.protocols.notify.session.gate import AGAIN, OF_ONE, OF_UNPROVEN
from scattershot.protocols.notify.session.sending import MANY, REPEATS
from scattershot.protocols.notify.session.window import FARTHEST, WIDTH
from scattershot.protocols.notify.wire import coap, cose, words
from scattershot.protocols.notify.wire.cose import Purpose
from scattershot.protocols.notify.wire.dictionary import DICTIONARY
from tests.protocols.notify import vectors

DOCS = Path(__file__).resolve().parents[3] / "docs" / "protocols"
PAGE = (DOCS / "notify.md").read_text(encoding="utf-8")


def test_the_vectors_on_the_page_are_those_that_come_out() -> None:
    assert vectors.as_table() in PAGE


@pytest.mark.parametrize(("name", "data"), [(name, data) for name, data in vectors.vectors() if "datagram" in name])
def test_the_datagrams_of_the_vectors_are_read(name: str, data: bytes) -> None:
    message = coap.decode(data)
    assert isinstance(message, coap.Message)
    envelope = cose.envelope(message.payload)
    assert isinstance(envelope, cose.Envelope)
    hint = words.read_hint(envelope.payload)
    assert isinstance(hint, words.Hint)
    assert isinstance(hint.what, bytes)
    assert words.inflated(hint.what) == vectors.POST


def test_the_dictionary_beside_the_page_is_ours_and_makes_a_usual_post_small() -> None:
    assert (DOCS / "notify-dictionary.txt").read_bytes() == DICTIONARY
    usual = DICTIONARY.replace(
        b"<p></p>", b"<p>" + b"The fog came in so low that the cranes stood in it. " * 4 + b"</p>"
    )
    assert len(words.deflated(usual)) < 200


def test_the_figures_on_the_page_are_ours() -> None:
    for said in (
        *(f"`{purpose.value}`" for purpose in Purpose),
        f"{OF_ONE:,}",
        f"After {OF_UNPROVEN}\nfailed proofs",
        f"{WIDTH:,} or more below",
        f"payload of at most {coap.LARGEST:,}",
        f"at most {coap.LARGEST_MESSAGE:,} bytes",
        f"{REPEATS[0]}, {REPEATS[1]}, {REPEATS[2]} and {REPEATS[3]} ms",
        f'"lease":{LEASE},"silence":{SILENCE}',
        f"After {GRACE} ms",
        f"{WIDEST:,} places ahead",
    ):
        assert said in PAGE, said
    assert (FARTHEST, DOUBTS, PATIENCE, MANY, AGAIN, MOST_PAGES) == (1 << 20, 3, 5_000, 4, 20, 50)
    assert (len(CHALLENGES), words.LARGEST_POST, words.MOST_SERIALS, words.MOST_IDS) == (4, 64 * 1024, 64, 16)
