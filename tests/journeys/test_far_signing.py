"""A key that never comes here: a signer elsewhere (NIP-46) signs what a microblog says; what it cannot yet, waits."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from msgspec import json

from scattershot.domain.reading import Refused
from scattershot.testing.village import House, Village
from tests.journeys.test_nostr import events_of, key_at
from tests.journeys.test_portability_page import signed_in
from tests.protocols.nostr.relay_client import a_client

sdk = pytest.importorskip("nostr_sdk")


class Bunker:
    """A signer made of nostr-sdk, at somebody's relay: it opens, signs and seals; none of our code does."""

    def __init__(self, relay: House) -> None:
        self.relay = relay
        self.keys, self.own = sdk.Keys.generate(), sdk.Keys.generate()
        self.asked: list[str] = []
        self.refuses, self.alters = "", False

    @property
    def public(self) -> str:
        return str(self.own.public_key().to_hex())

    @property
    def link(self) -> str:
        return f"bunker://{self.keys.public_key().to_hex()}?relay=wss://{self.relay.host}&secret=tea"

    @asynccontextmanager
    async def awake(self) -> AsyncIterator[None]:
        async with a_client(self.relay.node.relay) as client:
            await client.say("REQ", "asked", {"kinds": [24133], "#p": [self.keys.public_key().to_hex()]})
            task = asyncio.create_task(self._answer(client))
            try:
                yield
            finally:
                task.cancel()
                assert not task.done(), task.exception()

    async def _answer(self, client: Any) -> None:
        while True:
            said = await client.heard()
            if said[0] != "EVENT":
                continue
            asker = sdk.PublicKey.parse(said[2]["pubkey"])
            request = json.decode(sdk.nip44_decrypt(self.keys.secret_key(), asker, said[2]["content"]))
            self.asked.append(request["method"])
            answer = json.encode({"id": request["id"], **self._said(request)}).decode()
            sealed = sdk.nip44_encrypt(self.keys.secret_key(), asker, answer, sdk.Nip44Version.V2)
            tags = [["p", asker.to_hex()]]
            event = {"kind": 24133, "content": sealed, "tags": tags, "created_at": said[2]["created_at"]}
            await client.say("EVENT", json.decode(signed(event, self.keys)))

    def _said(self, request: Any) -> dict[str, str]:
        match request["method"]:
            case "connect":
                return {"result": "ack"} if request["params"][1] == "tea" else {"error": "who are you?"}
            case "get_public_key":
                return {"result": self.public}
            case "sign_event" if not self.refuses:
                what = json.decode(request["params"][0])
                what["content"] += "!" * self.alters
                return {"result": signed(what, self.own)}
            case _:
                return {"error": self.refuses}


def signed(what: dict[str, Any], keys: Any) -> str:
    unsigned = sdk.UnsignedEvent.from_json(json.encode(what | {"pubkey": keys.public_key().to_hex()}).decode())
    return str(keys.sign_event(unsigned).as_json())


async def until_signed(village: Village, house: House, who: Any) -> None:
    for _ in range(200):
        await village.settle()
        far = await house.node.far_signing.about(who)
        if far is not None and not far.waiting:
            return
        await asyncio.sleep(0.005)
    raise AssertionError(far)


async def test_a_signer_elsewhere_signs_what_is_said_and_the_key_never_comes_here(village: Village) -> None:
    here, there = await village.house("here.example"), await village.house("there.example")
    who = await here.person("ann")
    bunker, far = Bunker(there), here.node.far_signing
    async with bunker.awake():
        assert await far.take_on(who, bunker.link) is None
        assert await key_at(here, "ann") == bunker.public
        post = await here.post("ann", "Signed by my own key")
        await until_signed(village, here, who)
    async with a_client(here.node.relay) as client:
        [note] = await events_of(client, {"authors": [bunker.public], "kinds": [1]})
        assert note.content == "Signed by my own key"
        assert ["proxy", await here.wire_id(post), "activitypub"] in note.tags
        assert len(await events_of(client, {"authors": [bunker.public], "kinds": [0, 10002]})) == 2
    assert set(bunker.asked) == {"connect", "get_public_key", "sign_event"}
    assert await here.node.nostr.signets.carried(here.node.drivers.database, who, "") is None


async def test_what_cannot_be_signed_now_waits_and_says_why(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scattershot.protocols.nostr.gateway.far_signing.PATIENCE", 0.05)
    here, there = await village.house("here.example"), await village.house("there.example")
    who = await here.person("ann")
    bunker, far = Bunker(there), here.node.far_signing
    async with bunker.awake():
        assert await far.take_on(who, bunker.link) is None
    await here.post("ann", "First")
    await here.post("ann", "Second")
    await village.settle()
    told = await far.about(who)
    assert told is not None
    assert (told.waiting, told.problem) == (4, "The signer does not answer at the moment.")
    page = await (await signed_in(here, "ann")).get("/settings/networks")
    assert "4 of what you said wait to be signed. The signer does not answer at the moment." in page.text
    village.clock.advance(60_000)
    async with bunker.awake():
        bunker.alters = True
        await village.settle()
        told = await far.about(who)
        assert told is not None
        assert told.problem == "The signer signed something else than it was asked to."
        bunker.alters = False
        village.clock.advance(120_000)
        await until_signed(village, here, who)
    async with a_client(here.node.relay) as client:
        notes = await events_of(client, {"authors": [bunker.public], "kinds": [1]})
        assert sorted(note.content for note in notes) == ["First", "Second"]


async def test_a_signer_that_refuses_and_a_link_that_is_none_are_said(village: Village) -> None:
    here, there = await village.house("here.example"), await village.house("there.example")
    who = await here.person("ann")
    bunker, far = Bunker(there), here.node.far_signing
    async with bunker.awake():
        for link, word in (
            (bunker.link.replace("secret=tea", "secret=x"), "who are you?"),
            ("bunker://x?relay=wss://there.example", "no link"),
            (bunker.link.partition("?")[0], "no link"),
            (bunker.link.replace("there", "nowhere"), "can be reached"),
        ):
            refused = await far.take_on(who, link)
            assert isinstance(refused, Refused)
            assert word in refused.detail
        assert await far.about(who) is None
        assert await far.take_on(who, bunker.link) is None
        await far.leave(who)
    assert await far.about(who) is None
    assert await key_at(here, "ann") != bunker.public
