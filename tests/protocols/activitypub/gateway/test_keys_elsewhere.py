"""Keys in the shapes that other servers keep them in; the servers here are functions, a.example is a whole node."""

from typing import Any

import msgspec
import pytest

from scattershot.domain.ids import MicroblogId
from scattershot.domain.wire_id import WireId
from scattershot.ports.protocol import Signer
from scattershot.testing.fakes import AsgiFetcher
from scattershot.wirekit.http_message import Request, Response
from scattershot.wirekit.keys import load_private, public_pem
from tests.protocols.activitypub.gateway.activities import an_activity
from tests.protocols.activitypub.gateway.nodes import Node, reason
from tests.protocols.activitypub.gateway.strangers import AP, an_answer, me

GUS = "https://g.example/users/gus"


def served(documents: dict[str, Any], network: AsgiFetcher, host: str = "g.example") -> None:
    def answer(request: Request) -> Response:
        found = documents.get(request.url)
        return an_answer(200, AP, body=msgspec.json.encode(found)) if found is not None else an_answer(404)

    network.route(host, answer)


def a_signer(key_id: str) -> Signer:
    keys = tuple(key._replace(id=key_id) for key in me().keys if key.algorithm == "rsa")
    return Signer(WireId("activitypub", GUS), keys)


def pem() -> str:
    key = me().key("rsa")
    assert key is not None
    return public_pem(load_private(key.private))


def an_actor(key_id: str, this: str = GUS) -> dict[str, Any]:
    return {
        "id": this, "type": "Person", "preferredUsername": "gus", "inbox": f"{this}/inbox",
        "publicKey": {"id": key_id, "owner": this, "publicKeyPem": pem()},
    }  # fmt: skip


async def follow(a: Node, ann: MicroblogId, key_id: str) -> tuple[int, str]:
    return reason(await a.deliver(an_activity("Follow", GUS, f"https://a.example/u/{ann}"), a_signer(key_id)))


async def test_a_key_in_its_actor(a: Node, ann: MicroblogId, network: AsgiFetcher) -> None:
    served({GUS: an_actor(f"{GUS}#main-key")}, network)
    assert await follow(a, ann, f"{GUS}#main-key") == (202, "")


async def test_a_key_at_a_path_of_its_own_with_a_stub_of_its_actor(
    a: Node, ann: MicroblogId, network: AsgiFetcher
) -> None:
    """GoToSocial 0.20."""
    key_id = f"{GUS}/main-key"
    stub = {name: value for name, value in an_actor(key_id).items() if name != "inbox"}
    served({key_id: stub, GUS: an_actor(key_id)}, network)
    assert await follow(a, ann, key_id) == (202, "")


async def test_a_key_that_is_a_document_of_its_own(a: Node, ann: MicroblogId, network: AsgiFetcher) -> None:
    key_id = "https://g.example/keys/1"
    served({key_id: {"id": key_id, "type": "Key", "owner": GUS, "publicKeyPem": pem()}, GUS: an_actor(key_id)}, network)
    assert await follow(a, ann, key_id) == (202, "")


async def test_a_key_that_its_actor_does_not_name_is_refused(a: Node, ann: MicroblogId, network: AsgiFetcher) -> None:
    key_id = "https://g.example/keys/1"
    served(
        {key_id: {"id": key_id, "type": "Key", "owner": GUS, "publicKeyPem": pem()}, GUS: an_actor(f"{GUS}#other")},
        network,
    )
    assert await follow(a, ann, key_id) == (401, "no_key")


async def test_a_key_at_another_host_than_its_actor_is_refused(a: Node, ann: MicroblogId, network: AsgiFetcher) -> None:
    key_id = "https://evil.example/keys/1"
    served({key_id: {"id": key_id, "type": "Key", "owner": GUS, "publicKeyPem": pem()}}, network, "evil.example")
    served({GUS: an_actor(f"{GUS}#main-key")}, network)
    assert await follow(a, ann, key_id) == (401, "no_key")


@pytest.mark.parametrize("key_id", ["key", "https://", "urn:x", "acct:gus@g.example"])
async def test_a_key_without_an_address_is_refused(a: Node, ann: MicroblogId, key_id: str) -> None:
    assert await follow(a, ann, key_id) == (401, "no_key")


async def test_an_actor_of_a_host_without_a_path(a: Node, ann: MicroblogId, network: AsgiFetcher) -> None:
    """microblog.pub."""
    this = "https://g.example/"
    served({this: an_actor(f"{this}#main-key", this)}, network)
    activity = an_activity("Follow", this, f"https://a.example/u/{ann}")
    assert (await a.deliver(activity, a_signer(f"{this}#main-key"))).status == 202
