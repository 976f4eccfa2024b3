"""The door on real sockets of loopback: who knocks without being known is not answered, however often."""

import asyncio
import socket
import time
from pathlib import Path

import aiocoap
import pytest
from aiocoap import Context, Message

from scattershot.drivers.udp import UdpSocket
from scattershot.ports.datagrams import Place
from scattershot.protocols.notify.session.gate import Dropped, News
from scattershot.protocols.notify.wire import coap, cose, words
from scattershot.protocols.notify.wire.cose import MAC0, Purpose
from scattershot.protocols.notify.wire.words import Heard
from tests.protocols.notify.test_sessions import ANN, EPOCH, KEY, OWN, a_gate, hint, signed

FLOOD = 20_000


class Door:
    """A gate behind a real socket, which answers hints as a node does."""

    def __init__(self) -> None:
        self.socket = UdpSocket("127.0.0.1:0", (), lambda _: True)
        self.gate, self.came, self.dropped, self.sent = a_gate(), 0, 0, 0
        self.socket.listen(self._take, lambda: None)

    def _take(self, data: bytes, source: Place) -> None:
        self.came += 1
        verdict = self.gate.judge(data, source, 1)
        if isinstance(verdict, Dropped):
            self.dropped += 1
        elif isinstance(verdict, News):
            heard = words.encode(Heard(OWN, EPOCH, verdict.hint.serial, ()))
            answer = coap.Message(coap.CHANGED, verdict.token, (), cose.mac0(heard, KEY, OWN, Purpose.HEARD), MAC0)
            self.sent += 1
            self.socket.send(coap.encode(answer), source)


async def test_the_client_of_aiocoap_tells_and_is_answered() -> None:
    door = Door()
    client = await Context.create_client_context()
    try:
        # its tokens are its own affair, so that the door knows whichever comes
        door.gate.judge = lambda data, source, second, judge=door.gate.judge: (  # type: ignore[method-assign]
            known(door, data),
            judge(data, source, second),
        )[1]
        said = coap.decode(hint())
        assert isinstance(said, coap.Message)
        request = Message(code=aiocoap.POST, payload=said.payload, uri=f"coap://127.0.0.1:{door.socket.port}/s/n")
        request.opt.content_format = MAC0
        request.transport_tuning = aiocoap.Unreliable
        answer = await asyncio.wait_for(client.request(request).response, 10)
        assert answer.code == aiocoap.CHANGED
        envelope = cose.envelope(answer.payload)
        assert isinstance(envelope, cose.Envelope)
        assert cose.has_mac(envelope, KEY, Purpose.HEARD)
    finally:
        await client.shutdown()
        door.socket.close()


def known(door: Door, data: bytes) -> None:
    """Let the peer in by the token of this datagram; one that is shorter than ours is read where ours would be."""
    peer = door.gate.peer(ANN)
    assert peer is not None
    door.gate.know(peer, coap.token_of(data))


def floods() -> list[bytes]:
    """Datagrams of every sort that strangers can make, and some that they can record."""
    forged = bytearray(signed())
    forged[-1] ^= 1
    other = hint(key=b"other" * 6 + b"xx")
    return [b"junk", b"\x58\x02\x00\x00" + b"x" * 300, bytes(forged), other, hint(serial=9, previous=8, key=b"y" * 32)]


async def test_a_flood_of_forged_datagrams_leads_to_none() -> None:
    door = Door()
    came_back = await flooded(door, floods(), FLOOD)
    assert door.dropped == door.came
    assert (door.sent, came_back) == (0, 0)
    door.socket.close()


async def flooded(door: Door, sorts: list[bytes], count: int) -> int:
    """Send so many as fast as they are taken; how many datagrams came back."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.setblocking(False)
        for number in range(count):
            stranger.sendto(sorts[number % len(sorts)], ("127.0.0.1", door.socket.port))
            if number % 200 == 199:
                await asyncio.sleep(0)
        until = time.perf_counter() + 5
        while door.came < count and time.perf_counter() < until:
            await asyncio.sleep(0.01)
        try:
            stranger.recv(2_048)
        except BlockingIOError:
            return 0
        return 1


async def test_a_group_on_loopback_is_heard_by_all_its_members() -> None:
    group = "239.192.83.67:46831"
    came: list[tuple[int, bytes]] = []
    doors = [UdpSocket("127.0.0.1:0", (group,), lambda _: True) for _ in range(3)]
    for number, door in enumerate(doors):
        door.listen(lambda data, _, number=number: came.append((number, data)), lambda: None)
    try:
        doors[0].send(b"to all", ("239.192.83.67", 46831))
        for _ in range(100):
            await asyncio.sleep(0.01)
            if len(came) == 3:
                break
        if not came:
            pytest.skip("this machine passes no multicast on loopback")
        assert sorted(came) == [(0, b"to all"), (1, b"to all"), (2, b"to all")]
    finally:
        for door in doors:
            door.close()


async def test_where_datagrams_may_go(tmp_path: Path) -> None:
    strict = UdpSocket("127.0.0.1:0", (), lambda address: not address.startswith("127."))
    try:
        assert await strict.resolve("192.0.2.1:5683") == ("192.0.2.1", 5683)
        for bad in ("127.0.0.1:5683", "localhost:5683", "239.192.83.67:5683", "0.0.0.0:1", "192.0.2.1", "192.0.2.1:0",
                    "192.0.2.1:70000", "[2001:db8::1]:5683", "no such host:1", ":", ""):  # fmt: skip
            assert await strict.resolve(bad) is None, bad
    finally:
        strict.close()


@pytest.mark.parametrize("group", ["224.0.0.251:5353", "192.0.2.1:5683", "[ff0e::1]:5683", "nonsense"])
def test_groups_that_reach_further_than_the_own_network_are_refused(group: str) -> None:
    with pytest.raises(OSError, match="no group of a local scope"):
        UdpSocket("127.0.0.1:0", (group,), lambda _: True)
