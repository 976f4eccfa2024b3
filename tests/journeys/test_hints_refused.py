"""What nodes are asked and told that is not so: wishes for others, logs of others, logs that lie or never end."""

import msgspec
import pytest
from starlette.requests import Request as Asked
from starlette.responses import Response as Answer
from starlette.types import Receive, Scope, Send

from scattershot.protocols.notify.adapter import Notify
from scattershot.protocols.notify.gateway.asking import Asking
from scattershot.protocols.notify.gateway.listening import MOST_PAGES
from scattershot.protocols.notify.wire import coap, cose, words
from scattershot.protocols.notify.wire.cose import MAC0, Purpose
from scattershot.protocols.notify.wire.documents import Page
from scattershot.protocols.notify.wire.words import Hint, Subscribe
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.journeys.test_hints import AUTHOR, READER, hinting, two

PATH = "/.well-known/scattershot/notify"


def notify(house: House) -> Notify:
    assert house.node.notify is not None
    return house.node.notify


def key_between(one: House, other: House) -> bytes:
    found = cose.pairwise_key(notify(one).identity.agree, notify(other).identity.agree.public_key().public_bytes_raw())
    assert found is not None
    return found


def asking(house: House) -> Asking:
    return notify(house).listening._asking


async def sent(village: Village, method: str, path: str, body: bytes = b"", **headers: str) -> Response:
    request = Request(method, f"https://{AUTHOR}{path}", Headers(list(headers.items())), body)
    answer = await village.fetcher.send(request)
    assert isinstance(answer, Response)
    return answer


async def test_wishes_that_are_not_granted(village: Village) -> None:
    author, reader = await two(village)
    own, now = notify(reader).identity, village.clock.now()
    good = Subscribe(own.name, own.origin, "192.0.2.2:5683", "", b"t" * 8, now, 60)
    key = key_between(reader, author)

    async def asked(wish: Subscribe, key: bytes = key, purpose: Purpose = Purpose.SUBSCRIBE) -> int:
        village.clock.advance(61)
        wish = wish._replace(moment=wish.moment + village.clock.now() - now)
        return (await sent(village, "POST", PATH, cose.mac0(words.encode(wish), key, own.name, purpose))).status

    assert await asked(good) == 202
    village.ether.sent.clear()
    assert await asked(good, key=b"x" * 32) == 403
    assert await asked(good, purpose=Purpose.LOG) == 403
    assert await asked(good._replace(receiver=b"somebody")) == 403
    assert await asked(good._replace(origin=f"https://{AUTHOR}")) == 403
    assert await asked(good._replace(origin="https://nobody.example")) == 403
    assert await asked(good._replace(origin="nonsense")) == 403
    assert await asked(good._replace(moment=now - 400_000)) == 403
    assert await asked(good._replace(group="239.192.1.1:5683")) == 403
    assert await asked(good._replace(address="nonsense")) == 400
    for junk in (b"", b"\x00", b"x" * 5_000, cose.mac0(b"", key, own.name, Purpose.SUBSCRIBE)):
        village.clock.advance(61)
        assert (await sent(village, "POST", PATH, junk)).status == 400
    assert village.ether.sent == []


async def test_a_place_that_does_not_answer_is_challenged_a_few_times_and_never_told(village: Village) -> None:
    author, reader = await two(village)
    own = notify(reader).identity
    victim = Subscribe(own.name, own.origin, "192.0.2.99:5683", "", b"t" * 8, village.clock.now(), 60)
    body = cose.mac0(words.encode(victim), key_between(reader, author), own.name, Purpose.SUBSCRIBE)
    village.ether.sent.clear()
    answers = [await sent(village, "POST", PATH, body) for _ in range(8)]
    for _ in range(20):
        await village.settle()
        village.clock.advance(0.5)
    await author.post("ann", "to those who asked")
    await village.settle()
    to_victim = [passed for passed in village.ether.sent if passed.to == ("192.0.2.99", 5683)]
    assert 400 in [answer.status for answer in answers]
    assert len(to_victim) <= 4
    assert all(len(passed.data) < 200 for passed in to_victim)
    assert await reader.home("bob") == ["to those who asked"]


async def test_whoever_asks_too_often_waits(village: Village) -> None:
    await two(village)
    statuses = [(await sent(village, "POST", PATH, b"junk")).status for _ in range(110)]
    assert statuses[0] == 400
    assert statuses[-1] == 429


async def test_the_log_is_for_those_who_are_told(village: Village) -> None:
    author, reader = await two(village)
    stranger = await hinting(village, "stranger.example", 7)
    await author.post("ann", "in the log")
    await village.settle()
    epoch = notify(author).identity.epoch
    page = await asking(reader).log(AUTHOR, key_between(reader, author), epoch, 0)
    assert isinstance(page, Page)
    assert [b"in the log" in body for _, body in page.entries] == [True]
    assert await asking(stranger).log(AUTHOR, key_between(stranger, author), epoch, 0) == "status_401"
    assert await asking(reader).log(AUTHOR, b"x" * 32, epoch, 0) == "status_401"
    assert await asking(reader).log(AUTHOR, key_between(reader, author), b"another!", 0) == "status_410"
    assert await asking(reader).log(AUTHOR, key_between(reader, author), epoch, 1 << 40) == "status_404"
    assert (await sent(village, "GET", f"/.well-known/scattershot/log/{epoch.hex()}?after=0")).status == 401
    assert (
        await sent(village, "GET", f"/.well-known/scattershot/log/{epoch.hex()}?after=0", authorization="Scattershot x")
    ).status == 401


async def test_the_log_is_paged_named_by_what_it_says_and_waited_for(village: Village) -> None:
    author, reader = await two(village)
    for number in range(3):
        await author.post("ann", f"post {number}")
    await author.post("ann", f"for @bob@{READER} alone", author_only())
    await village.settle()
    said = authorization(reader, author, village, 0)
    path = f"/.well-known/scattershot/log/{notify(author).identity.epoch.hex()}?after=0&limit=2"
    first = await sent(village, "GET", path, authorization=said)
    assert [b"post" in line for line in first.body.splitlines()] == [True, True, False]
    end = msgspec.json.decode(first.body.splitlines()[-1])
    assert end["up_to"] < end["newest"]
    tag = first.headers.get("etag") or ""
    again = await sent(village, "GET", path, authorization=said, **{"if-none-match": tag})
    assert (again.status, again.body) == (304, b"")


def author_only() -> object:
    from scattershot.domain.post import Audience

    return Audience.MENTIONED


def authorization(reader: House, author: House, village: Village, after: int) -> str:
    from scattershot.protocols.notify.wire.documents import text_of

    own = notify(reader).identity
    asked = words.LogAsked(own.name, notify(author).identity.epoch, after, village.clock.now())
    made = cose.mac0(words.encode(asked), key_between(reader, author), own.name, Purpose.LOG)
    return f"Scattershot {text_of(made)}"


class Liar:
    """The author's node with another log."""

    def __init__(self, house: House, lines: str) -> None:
        self._app, self._lines, self.asked = house.node.app, lines, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope["path"].startswith("/.well-known/scattershot/log/"):
            await self._app(scope, receive, send)
            return
        self.asked += 1
        after = int(Asked(scope).query_params["after"])
        lines = self._lines.replace("AFTER+1", str(after + 1)).replace("AFTER", str(after))
        await Answer(lines, media_type="application/x-ndjson")(scope, receive, send)


@pytest.mark.parametrize(
    ("lines", "most"),
    [
        ('{"up_to":AFTER+1,"newest":AFTER+15}\n', MOST_PAGES + 1),  # never ends
        ('{"up_to":AFTER,"newest":9000000000000000000}\n', 1),  # is said to be endless
        ('{"up_to":AFTER,"newest":AFTER+1}\n', 1),  # has more and does not tell it
        ('{"up_to":3,"newest":AFTER}\n', 1),  # goes backwards
        ('{"serial":1,"activity":{}}\n{"up_to":AFTER,"newest":AFTER}\n', 1),
        ('{"serial":AFTER+1,"activity":[]}\n', 1),
        ("nonsense\n", 1),
        ("", 1),
    ],
)
async def test_a_log_that_lies_or_never_ends_costs_a_bounded_number_of_questions(
    village: Village, lines: str, most: int
) -> None:
    author, reader = await two(village)
    await author.post("ann", "true")
    await village.settle()
    liar = Liar(author, lines)
    village.fetcher.mount(AUTHOR, liar)
    await jump(author, village, 1 << 40)
    for _ in range(10):
        await village.settle()
        village.clock.advance(1)
    assert 1 <= liar.asked <= most
    assert await reader.home("bob") == ["true"]


async def jump(author: House, village: Village, serial: int) -> None:
    """Let the author's node hint at a serial that is not there."""
    telling = notify(author).telling
    [listener] = telling.told
    peer = telling.peer(listener.name)
    assert peer is not None
    own = notify(author).identity
    hint = Hint(own.name, own.epoch, serial, serial - 1, b"\x03\x00", 300)
    said = cose.mac0(words.encode(hint), peer.key, own.name, Purpose.HINT)
    data = coap.encode(coap.Message(coap.POST, listener.token, ("s", "n"), said, MAC0))
    village.ether.throw(data, ("192.0.2.1", 5683), ("192.0.2.2", 5683))


async def test_a_serial_at_the_end_of_numbers_is_looked_up_once_and_forgotten(village: Village) -> None:
    author, reader = await two(village)
    await author.post("ann", "before")
    await village.settle()
    asked = len(village.fetcher.sent)
    await jump(author, village, 1 << 63)
    village.clock.advance(0.5)
    await village.settle()
    assert sum("/log/" in each.url for each in village.fetcher.sent[asked:]) == 1
    await author.post("ann", "after")
    await village.settle()
    assert await reader.home("bob") == ["after", "before"]


async def test_what_is_duplicated_and_comes_in_any_order_is_read_once(village: Village) -> None:
    author, reader = await two(village)
    village.ether.only_to = ("192.0.2.250", 5683)
    for number in range(5):
        await author.post("ann", f"post {number}")
        await village.settle()
        village.clock.advance(0.01)
    village.ether.only_to = None
    hints = [each for each in village.ether.sent if each.to == ("192.0.2.2", 5683)][-5:]
    for passed in [*reversed(hints), *hints]:
        village.ether.throw(*passed)
    await village.settle()
    assert await reader.home("bob") == [f"post {number}" for number in (4, 3, 2, 1, 0)]


async def test_a_flood_from_anywhere_leads_to_no_datagram_and_no_question(village: Village) -> None:
    author, _ = await two(village)
    await author.post("ann", "caught on the way")
    await village.settle()
    caught = next(each for each in village.ether.sent[::-1] if each.to == ("192.0.2.2", 5683))
    forged = bytearray(caught.data)
    forged[-1] ^= 1
    asked = len(village.fetcher.sent)
    village.ether.sent.clear()
    for number in range(500):
        for data in (b"junk", bytes(forged), caught.data[:40], b"\x58\x02\x00\x00" + b"t" * 900):
            village.ether.throw(data, (f"198.51.100.{number % 250}", 9), ("192.0.2.2", 5683))
    await village.settle()
    assert [each for each in village.ether.sent if each.source == ("192.0.2.2", 5683)] == []
    assert len(village.fetcher.sent) == asked


async def test_a_node_that_is_blocked_is_told_nothing_and_hears_nothing(village: Village) -> None:
    author, reader = await two(village)
    await author.node.dealing.block(READER)
    village.ether.sent.clear()
    await author.post("ann", "not for you")
    await village.settle()
    assert [each for each in village.ether.sent if each.source == ("192.0.2.1", 5683)] == []
    assert await reader.home("bob") == []


async def test_one_who_lost_its_keys_is_met_anew(village: Village) -> None:
    author, reader = await two(village)
    (village._data / READER / "hints.key").unlink()
    reader = await hinting(village, READER, 2)
    for _ in range(3):
        await village.settle()
        village.clock.advance(31)
    await author.post("ann", "to your new self")
    await village.settle()
    village.clock.advance(6)
    await village.settle()
    assert await reader.home("bob") == ["to your new self"]


async def test_a_teller_put_back_to_an_older_state_is_met_anew_and_asked_for_what_was_missed(village: Village) -> None:
    author, reader = await two(village)
    await author.post("ann", "before")
    await village.settle()
    (village._data / AUTHOR / "hints.key").unlink()
    author = await hinting(village, AUTHOR, 1)
    await author.post("ann", "after")
    await village.settle()
    for _ in range(12):
        village.clock.advance(31)
        await village.settle()
    assert await reader.home("bob") == ["after", "before"]
    assert notify(reader).listening.positions[AUTHOR] > 0
