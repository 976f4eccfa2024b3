"""A relay of ActivityPub, of no software of ours: asked, it passes on what others write, as hints."""

import json
from typing import Any

from scattershot.domain.delivery import Delivered
from scattershot.domain.ids import EndpointId, MicroblogId, NodeId
from scattershot.domain.node import Endpoint
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.domain.window import Window
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.protocol import Signer, SigningKey
from scattershot.protocols.activitypub.gateway.sending import Sending
from scattershot.testing.keys import PooledKeyMaker
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Headers, Request, Response
from scattershot.wirekit.keys import load_private, public_pem

PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
HOST = "relay.example"
ACTOR = f"https://{HOST}/actor"


class TheRelay:
    """Says yes to whoever asks, and announces what it is told to; `heard` is what came to its inbox."""

    def __init__(self, village: Village, key: str) -> None:
        self.village, self.key = village, key
        self.heard: list[dict[str, Any]] = []
        self.said = 0
        village.fetcher.route(HOST, self._answer)

    @classmethod
    async def open(cls, village: Village) -> "TheRelay":
        return cls(village, (await PooledKeyMaker().make()).rsa)

    def _answer(self, request: Request) -> Response:
        if request.method == "POST":
            self.heard.append(json.loads(request.body))
            return Response(202, request.url)
        if request.url != ACTOR:
            return Response(404, request.url)
        private = load_private(self.key)
        assert private is not None
        actor = {
            "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/v1"],
            "id": ACTOR, "type": "Application", "preferredUsername": "relay", "name": "The Relay",
            "inbox": f"https://{HOST}/inbox", "url": ACTOR, "followers": f"https://{HOST}/followers",
            "publicKey": {"id": f"{ACTOR}#main-key", "owner": ACTOR, "publicKeyPem": public_pem(private.public_key())},
        }  # fmt: skip
        headers = Headers([("content-type", "application/activity+json")])
        return Response(200, request.url, headers, json.dumps(actor).encode())

    async def say(self, to: House, kind: str, thing: Any) -> None:
        self.said += 1
        said = {
            "@context": "https://www.w3.org/ns/activitystreams", "id": f"https://{HOST}/said/{self.said}",
            "type": kind, "actor": ACTOR, "object": thing, "to": [f"https://{HOST}/followers"],
        }  # fmt: skip
        signer = Signer(WireId(ACTIVITYPUB, ACTOR), (SigningKey(f"{ACTOR}#main-key", "rsa", self.key),))
        inbox = Endpoint(EndpointId(1), NodeId(1), ACTIVITYPUB, "inbox", f"https://{to.host}/inbox")
        sending = Sending(self.village.fetcher, self.village.clock, "a relay")
        assert isinstance(await sending.send(inbox, json.dumps(said).encode(), signer, "", None), Delivered)
        await self.village.settle()

    def kinds(self) -> list[str]:
        return [each["type"] for each in self.heard]


async def a_relay_of(village: Village, a: House, address: str = ACTOR) -> TheRelay:
    """A relay that was asked, and said yes as Mastodon's relays do."""
    relay = await TheRelay.open(village)
    assert not isinstance(await a.node.relays.add(address), Refused)
    await village.settle()
    (wish,) = relay.heard
    assert (wish["type"], wish["object"]) == ("Follow", PUBLIC)
    assert (await a.node.relays.every())[0].state == "asked"
    await relay.say(a, "Accept", wish)
    return relay


async def everywhere(house: House) -> list[str]:
    page = await house.node.timelines.public(None, Window(), 20)
    return [item.post.html for item in page.items]


async def test_a_relay_is_asked_says_yes_and_is_told_what_is_for_everybody(village: Village) -> None:
    a = await village.house("a.example")
    await a.person("ann")
    relay = await a_relay_of(village, a)
    assert [(each.name, each.state) for each in await a.node.relays.every()] == [("The Relay", "accepted")]
    await a.post("ann", "for everybody")
    await a.post("ann", "not to be found", Audience.UNLISTED)
    await a.post("ann", "for few", Audience.FOLLOWERS)
    await village.settle()
    assert relay.kinds() == ["Follow", "Create"]


async def test_what_it_passes_on_is_fetched_from_where_it_was_written_and_counts_as_no_boost(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    relay = await a_relay_of(village, a, f"https://{HOST}/inbox")
    post = await b.wire_id(await b.post("bob", "news from b"))
    await village.settle()
    assert await a.seen(post) is None
    await relay.say(a, "Announce", post)
    assert (seen := await a.seen(post)) is not None
    assert await everywhere(a) == ["<p>news from b</p>"]
    mine = await a.wire_id(await a.post("ann", "mine"))
    await village.settle()
    await relay.say(a, "Announce", post)
    await relay.say(a, "Announce", mine)
    assert await a.told("ann") == []
    counted = await a.seen(post)
    assert counted is not None
    assert counted.id == seen.id
    assert await a.home("ann") == ["mine"]


async def test_what_it_makes_up_is_not_taken(village: Village) -> None:
    a = await village.house("a.example")
    relay = await a_relay_of(village, a)
    note = {
        "id": "https://b.example/p/1",
        "type": "Note",
        "attributedTo": "https://b.example/users/bob",
        "content": "lies",
    }
    await relay.say(a, "Announce", note)
    assert await everywhere(a) == []


async def test_a_relay_that_says_no_passes_nothing_on(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await b.person("bob")
    relay = await TheRelay.open(village)
    await a.node.relays.add(ACTOR)
    await village.settle()
    await relay.say(a, "Reject", relay.heard[0])
    assert (await a.node.relays.every())[0].state == "refused"
    post = await b.wire_id(await b.post("bob", "news from b"))
    await relay.say(a, "Announce", post)
    assert await a.seen(post) is None


async def test_a_relay_asked_no_more_is_told_so_and_heard_no_more(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    relay = await a_relay_of(village, a)
    number = (await a.node.relays.every())[0].microblog
    assert await a.node.relays.end(number)
    assert not await a.node.relays.end(number)
    assert not await a.node.relays.end(MicroblogId(1))
    await a.post("ann", "for everybody")
    await village.settle()
    assert relay.kinds() == ["Follow", "Undo"]
    assert relay.heard[1]["object"]["object"] == PUBLIC
    assert relay.heard[1]["object"]["id"] == relay.heard[0]["id"]
    await relay.say(a, "Announce", await b.wire_id(await b.post("bob", "news from b")))
    assert await everywhere(a) == ["<p>for everybody</p>"]
    assert await a.node.relays.every() == []


async def test_what_is_no_relay_is_refused(village: Village) -> None:
    a = await village.house("a.example")
    await a.person("ann")
    for address in (
        "",
        "relay",
        "https://nowhere.example/actor",
        "https://nowhere.example/inbox",
        "https://a.example/@ann",
    ):
        assert isinstance(await a.node.relays.add(address), Refused), address
    assert await a.node.relays.every() == []
