"""Our node as a client of nostr-sdk's relay (Rust), and private messages with nostr-sdk and nostr-tools, both ways.

A real node in a process of its own; the other relay runs in this one. What is said between them is nobody's
arrangement: the relay asks for proofs (NIP-42) before it hands out letters, and compares sets (NIP-77) as it likes.
"""

import asyncio
import json
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import nostr_sdk as sdk
import pytest

from scattershot.drivers.websocket_client import WebSocketClient
from scattershot.ports.fetcher import Unreachable
from scattershot.protocols.nostr.gateway.line import Line
from scattershot.protocols.nostr.session.theirs import Theirs
from scattershot.protocols.nostr.wire.authentication import proof
from scattershot.protocols.nostr.wire.event import Event, sign
from scattershot.protocols.nostr.wire.filters import Filter
from scattershot.protocols.nostr.wire.negentropy import Negentropy, Sealed
from tests.interop.test_nostr_voices import call
from tests.processes import Process
from tests.protocols.nostr.events import an_event, key_of, secret_of

SECONDS = timedelta(seconds=10)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Process]:
    process = Process(tmp_path / "node")
    process.start()
    process.do("person", "add", "ann")
    yield process
    process.end()


@pytest.fixture
async def relay() -> AsyncIterator[sdk.LocalRelay]:
    sdk.uniffi_set_event_loop(asyncio.get_running_loop())
    limit = sdk.RateLimit(max_reqs=500, notes_per_minute=10_000)
    there = sdk.LocalRelayBuilder().rate_limit(limit).auth_dm(True).build()
    await there.run()
    yield there
    there.shutdown()


class Bob:
    """Somebody with nostr-sdk, whose home is that relay."""

    def __init__(self, address: sdk.RelayUrl) -> None:
        self.keys, self.address = sdk.Keys.generate(), address
        self.client = sdk.ClientBuilder().authenticator(sdk.SignerAuthenticator(self.keys)).build()

    async def arrive(self, *further: sdk.RelayUrl) -> None:
        for address in (self.address, *further):
            await self.client.add_relay(address, and_connect=True)
        address = str(self.address)
        await self.say(0, '{"name":"bob"}')
        await self.say(10002, "", ["r", address])
        await self.say(10050, "", ["relay", address])

    async def say(self, kind: int, words: str, *tags: list[str]) -> sdk.Event:
        builder = sdk.EventBuilder(sdk.Kind(kind), words).tags([sdk.Tag.parse(tag) for tag in tags])
        event = builder.finalize(self.keys)
        sent = await self.client.send_event(event)
        assert sent.success, sent
        return event

    async def found(self, wanted: sdk.Filter) -> list[sdk.Event]:
        events = await self.client.fetch_events(sdk.ReqTarget.auto([wanted]), timeout=SECONDS)
        return list(events)

    @property
    def name(self) -> str:
        return str(sdk.Nip19Profile(self.keys.public_key(), [self.address]).to_bech32())


async def until(is_so: Callable[[], Any], what: str, seconds: float = 40.0) -> Any:
    """Look often, aside: the relay in this process must go on meanwhile."""
    give_up = time.perf_counter() + seconds
    while True:
        found = is_so()
        found = await found if asyncio.iscoroutine(found) else found
        if found:
            return found
        assert time.perf_counter() < give_up, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.3)


async def do(node: Process, *words: str) -> str:
    return await asyncio.to_thread(node.do, *words)


async def texts(node: Process, token: str) -> list[str]:
    """What she reads at home, newest first."""
    found = await asyncio.to_thread(call, node, token, "/api/v1/timelines/home?limit=40")
    return [each["content"].removeprefix("<p>").removesuffix("</p>") for each in found]


async def test_somebody_at_its_relay_is_followed_heard_live_and_answered_and_nothing_is_lost_by_a_kill(
    node: Process, relay: sdk.LocalRelay
) -> None:
    bob = Bob(await relay.url())
    await bob.arrive()
    await bob.say(1, "Said before")
    await do(node, "follow", "ann", bob.name)
    token = await do(node, "token", "ann")

    async def reads(*wanted: str) -> bool:
        return await texts(node, token) == list(wanted)

    await until(lambda: reads("Said before"), "what was said before is read")
    live = await bob.say(1, "Said live")
    await until(lambda: reads("Said live", "Said before"), "what is said is read live")

    timeline = await asyncio.to_thread(call, node, token, "/api/v1/timelines/home")
    await asyncio.to_thread(
        call, node, token, "/api/v1/statuses", status="I answer", in_reply_to_id=timeline[0]["id"]
    )  # fmt: skip

    async def answers() -> list[sdk.Event]:
        return await bob.found(sdk.Filter().kind(sdk.Kind(1)).event(live.id()))

    [answer] = await until(answers, "the answer came to the relay where he reads")
    assert answer.content() == "I answer"
    assert answer.verify()
    author = sdk.Filter().author(answer.author()).kind(sdk.Kind(10050))
    assert len(await bob.found(author)) == 1

    node.kill()
    missed = [await bob.say(1, f"Missed {number}") for number in range(30)]
    await asyncio.to_thread(node.start)

    async def all_came() -> bool:
        return {f"Missed {number}" for number in range(len(missed))} <= set(await texts(node, token))

    await until(all_came, "what was said while we were dead came")


async def test_private_messages_go_to_its_relay_and_come_from_there_and_to_ours(
    node: Process, relay: sdk.LocalRelay
) -> None:
    bob = Bob(await relay.url())
    await bob.arrive(sdk.RelayUrl.parse(f"ws://localhost:{node.port}/"))
    npub = await do(node, "microblog", "nostr", "ann", "--on")
    ann = sdk.PublicKey.parse(npub.split()[0])
    await do(node, "follow", "ann", bob.name)
    token = await do(node, "token", "ann")
    handle = f"@{bob.keys.public_key().to_bech32()}@nostr"
    await asyncio.to_thread(
        call, node, token, "/api/v1/statuses", status=f"{handle} psst", visibility="direct"
    )  # fmt: skip

    async def letters() -> list[sdk.Event]:
        return await bob.found(sdk.Filter().kind(sdk.Kind(1059)).pubkey(bob.keys.public_key()))

    [sealed] = await until(letters, "the letter came to his relay")
    opened = sdk.UnwrappedGift.from_gift_wrap(bob.keys, sealed)
    assert opened.sender().to_hex() == ann.to_hex()
    assert opened.rumor().kind().as_u16() == 14
    assert opened.rumor().content().endswith(" psst")

    answer = sdk.nip17_make_private_msg(bob.keys, ann, "psst yourself")

    async def brought() -> bool:
        sent = await bob.client.send_event(answer)
        return any(str(node.port) in str(each) for each in sent.success)

    await until(brought, "he is connected with our relay")

    async def came() -> bool:
        found = await asyncio.to_thread(call, node, token, "/api/v1/conversations")
        return bool(found) and found[0]["last_status"]["content"] == "<p>psst yourself</p>"

    await until(came, "his answer is in the conversation")
    assert len(await asyncio.to_thread(call, node, token, "/api/v1/conversations")) == 1


def test_a_client_by_nostr_tools_writes_letters_and_has_them_answered(node: Process, fedify_peer_dir: Path) -> None:
    token = node.do("token", "ann")
    client = subprocess.Popen(
        ["node", "nostr_letters_checks.mjs", f"ws://localhost:{node.port}/", node.origin, "ann"],
        cwd=fedify_peer_dir, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert client.stdout is not None
        ready = json.loads(client.stdout.readline() or "{}")
        assert ready.get("ready"), client.communicate(timeout=20)
        assert ready["letters"] == [f"ws://localhost:{node.port}/"]

        def conversations() -> Any:
            return call(node, token, "/api/v1/conversations")

        give_up = time.perf_counter() + 20
        while not (found := conversations()):
            assert time.perf_counter() < give_up
            time.sleep(0.1)
        last = found[0]["last_status"]
        assert (last["content"], last["visibility"]) == ("<p>From nostr-tools</p>", "direct")
        call(node, token, "/api/v1/statuses", status=f"@{last['account']['acct']} Back to you",
             visibility="direct", in_reply_to_id=last["id"])  # fmt: skip
        heard = json.loads(client.stdout.readline() or "{}")
        assert heard["content"].endswith("Back to you"), client.communicate(timeout=20)
        assert heard["kind"] == 14
        assert heard["answers"]
        assert client.wait(10) == 0
    finally:
        client.kill()
        client.communicate()


async def test_sets_are_compared_with_its_relay_and_those_of_letters_after_a_proof(relay: sdk.LocalRelay) -> None:
    socket = await WebSocketClient(may_dial=lambda _: True, user_agent="tests", schemes=frozenset({"ws"})).dial(
        str(await relay.url())
    )
    assert not isinstance(socket, Unreachable)
    proofs = 0

    async def prove(address: str, challenge: str, readers: frozenset[str]) -> list[Event]:
        nonlocal proofs
        proofs += 1
        assert readers == frozenset()
        return [sign(proof(key_of("ann"), challenge, address, int(time.time())), secret_of("ann"), bytes(32))]

    line = Line(str(await relay.url()), socket, Theirs(), prove)
    running = asyncio.create_task(line.run())
    now = int(time.time())
    notes = [an_event("bob", str(number), at=now - number) for number in range(50)]
    letter = an_event("once", "sealed", kind=1059, at=now - 172_800, tags=[["p", key_of("ann")]])
    for event in (*notes, letter):
        assert (await line.give(event))[0]
    ours = Negentropy(Sealed.of((note.created_at, bytes.fromhex(note.id)) for note in notes[:40]))
    wanted = Filter(authors=frozenset({key_of("bob")}), kinds=frozenset({0, 1}), since=now - 3_600)
    compared = await line.compare(wanted, ours)
    assert ({name.hex() for name in compared.need}, compared.have) == ({note.id for note in notes[40:]}, [])
    letters = Filter(kinds=frozenset({1059}), tags=(("p", frozenset({key_of("ann")})),))
    assert (await line.compare(letters, Negentropy(Sealed.of(())))).need == [bytes.fromhex(letter.id)]
    found = await line.fetch([letters._replace(ids=frozenset({letter.id}))])
    assert [event.id for event in found.events] == [letter.id]
    assert await line.count((Filter(kinds=frozenset({1})),)) == 50
    assert proofs >= 1
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
