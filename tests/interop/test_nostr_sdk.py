"""nostr-sdk (Rust) as an independent client of our relay, and its relay as a peer of our negentropy.

A real node in a process of its own; what the two say to each other is nobody's arrangement.
"""

import asyncio
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import nostr_sdk as sdk
import pytest
from websockets.asyncio.client import connect

from scattershot.protocols.nostr.wire import encryption, frames
from scattershot.protocols.nostr.wire.event import Event, encode, is_genuine, public_key, read_event
from scattershot.protocols.nostr.wire.filters import Filter
from scattershot.protocols.nostr.wire.negentropy import Negentropy, Sealed
from scattershot.protocols.nostr.wire.wraps import unwrap
from tests.processes import Process
from tests.protocols.nostr.events import an_event, key_of, secret_of

SECONDS = timedelta(seconds=10)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    process = Process(tmp_path_factory.mktemp("relay") / "node")
    process.start()
    yield process
    process.end()


@pytest.fixture(autouse=True)
async def loop() -> None:
    """Where what the library asks of Python is answered."""
    sdk.uniffi_set_event_loop(asyncio.get_running_loop())


def url(node: Process) -> sdk.RelayUrl:
    return sdk.RelayUrl.parse(f"ws://localhost:{node.port}/")


class Memory(sdk.NostrDatabase):
    """What the client has, so that it has something to compare."""

    def __init__(self) -> None:
        self.events: dict[str, sdk.Event] = {}

    def backend(self) -> str:
        return "dict"

    def features(self) -> sdk.NostrDatabaseFeatures:
        return sdk.NostrDatabaseFeatures(
            persistent=False, event_expiration=False, full_text_search=False, request_to_vanish=False
        )

    async def save_event(self, event: sdk.Event) -> Any:
        self.events[event.id().to_hex()] = event
        return sdk.SaveEventStatus.success()

    async def check_id(self, event_id: sdk.EventId) -> Any:
        known = event_id.to_hex() in self.events
        return sdk.DatabaseEventStatus.SAVED if known else sdk.DatabaseEventStatus.NOT_EXISTENT

    async def event_by_id(self, event_id: sdk.EventId) -> sdk.Event | None:
        return self.events.get(event_id.to_hex())

    async def query(self, filter: sdk.Filter) -> list[sdk.Event]:  # noqa: A002
        return [event for event in self.events.values() if filter.match_event(event)]

    async def count(self, filter: sdk.Filter) -> int:  # noqa: A002
        return len(await self.query(filter))

    async def delete_events(self, filter: sdk.Filter) -> None:  # noqa: A002
        for event in await self.query(filter):
            del self.events[event.id().to_hex()]

    async def wipe(self) -> None:
        self.events.clear()


async def a_client(node: Process, *, database: Memory | None = None, keys: sdk.Keys | None = None) -> sdk.Client:
    builder = sdk.ClientBuilder()
    if database is not None:
        builder = builder.database(database)
    if keys is not None:
        builder = builder.authenticator(sdk.SignerAuthenticator(keys))
    client = builder.build()
    await client.add_relay(url(node), and_connect=True)
    return client


def text(keys: sdk.Keys, words: str) -> sdk.Event:
    return sdk.EventBuilder(sdk.Kind(1), words).finalize(keys)


async def found(client: sdk.Client, *filters: sdk.Filter) -> set[str]:
    events = await client.fetch_events(sdk.ReqTarget.auto(list(filters)), timeout=SECONDS)
    return {event.id().to_hex() for event in events}


async def test_what_it_publishes_is_found_and_told_live(node: Process) -> None:
    keys = sdk.Keys.generate()
    writer, reader = await a_client(node), await a_client(node)
    wanted = sdk.Filter().author(keys.public_key())
    stream = await reader.stream_events(sdk.ReqTarget.auto([wanted]), timeout=SECONDS)
    event = text(keys, "Grüße \u2028 \x7f 👋")
    sent = await writer.send_event(event)
    assert len(sent.success) == 1
    assert await found(reader, wanted) == {event.id().to_hex()}
    ours = read_event(event.as_json().encode())
    assert isinstance(ours, Event)
    assert is_genuine(ours)
    del stream
    for client in (writer, reader):
        await client.shutdown()


async def test_what_we_sign_it_believes(node: Process) -> None:
    event = an_event(content='a "b" \\ \n\t\x01 é \U0001f600', tags=[["t", "tea"], ["-x", ""]])
    theirs = sdk.Event.from_json(encode(event).decode())
    assert theirs.verify()
    assert theirs.id().to_hex() == event.id


async def test_it_compares_sets_with_us_both_ways(node: Process) -> None:
    keys, memory = sdk.Keys.generate(), Memory()
    wanted = sdk.Filter().author(keys.public_key())
    both, mine, yours = ([text(keys, f"{name} {n}") for n in range(60)] for name in ("both", "mine", "yours"))
    writer = await a_client(node)
    for event in both + yours:
        await writer.send_event(event)
    for event in both + mine:
        await memory.save_event(event)
    client = await a_client(node, database=memory)
    told = await client.sync(wanted, opts=sdk.SyncOptions().direction(sdk.SyncDirection.BOTH))
    assert len(told.report.received) == len(yours)
    assert len(told.report.sent) == len(mine)
    every = {event.id().to_hex() for event in both + mine + yours}
    assert memory.events.keys() == every
    assert await found(writer, wanted) == every
    for each in (writer, client):
        await each.shutdown()


async def test_a_private_message_reaches_whom_it_is_for_alone(node: Process) -> None:
    ann, bob, eve = sdk.Keys.generate(), sdk.Keys.generate(), sdk.Keys.generate()
    wrapped = sdk.nip17_make_private_msg(ann, bob.public_key(), "psst")
    writer = await a_client(node, keys=ann)
    await writer.send_event(wrapped)
    wanted = sdk.Filter().kind(sdk.Kind(1059)).pubkey(bob.public_key())
    reader = await a_client(node, keys=bob)
    assert await found(reader, wanted) == {wrapped.id().to_hex()}
    other = await a_client(node, keys=eve)
    assert await found(other, wanted, sdk.Filter().id(wrapped.id())) == set()
    ours = read_event(wrapped.as_json().encode())
    assert isinstance(ours, Event)
    rumour = unwrap(ours, bytes.fromhex(bob.secret_key().to_hex()))
    assert getattr(rumour, "content", rumour) == "psst"
    for client in (writer, reader, other):
        await client.shutdown()


def test_what_one_encrypts_the_other_reads() -> None:
    theirs = sdk.Keys.generate()
    ann = sdk.PublicKey.parse(key_of("ann"))
    conversation = encryption.conversation_key(secret_of("ann"), theirs.public_key().to_hex())
    assert theirs.nip44_decrypt(ann, encryption.encrypt("for you", conversation, bytes(32))) == "for you"
    assert encryption.decrypt(theirs.nip44_encrypt(ann, "für dich"), conversation) == "für dich"
    assert public_key(bytes.fromhex(theirs.secret_key().to_hex())) == theirs.public_key().to_hex()


async def test_we_compare_sets_with_its_relay() -> None:
    relay = sdk.LocalRelayBuilder().database(Memory()).build()
    await relay.run()
    address = str(await relay.url())
    events = [an_event(content=str(n), at=1_790_000_000 - n) for n in range(50)]  # it takes sixty in a minute
    ours = [an_event("bob", content=str(n)) for n in range(200)] + events[:30]
    async with connect(address) as socket:
        for event in events:
            await socket.send(frames.publish(encode(event)))
        kept = 0
        while kept < len(events):
            said = json.loads(await asyncio.wait_for(socket.recv(), 10))
            kept += said[0] == "OK" and said[2]
        side = Negentropy(Sealed.of((event.created_at, bytes.fromhex(event.id)) for event in ours))
        await socket.send(frames.neg_open("n", Filter(kinds=frozenset({1})), side.open()))
        have: set[str] = set()
        need: set[str] = set()
        message: bytes | None = b""
        while message is not None:
            said = json.loads(await asyncio.wait_for(socket.recv(), 10))
            assert said[:2] == ["NEG-MSG", "n"], said
            learnt = side.learn(bytes.fromhex(said[2]))
            have |= {each.hex() for each in learnt.have}
            need |= {each.hex() for each in learnt.need}
            message = learnt.message
            if message is not None:
                await socket.send(frames.neg_message("n", message))
    assert have == {event.id for event in ours[:200]}
    assert need == {event.id for event in events[30:]}
    relay.shutdown()
