"""Who runs the node keeps away whom and what it will not have at its relay, by the relay's own protocol (NIP-86)."""

from typing import Any

from msgspec import json

from scattershot.domain.people import Role
from scattershot.protocols.nostr.wire.authentication import http_header, http_proof
from scattershot.protocols.nostr.wire.entities import Secret, read_entity
from scattershot.protocols.nostr.wire.event import public_key, sign
from scattershot.storage.tables import people
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.journeys.test_nostr import events_of, now
from tests.protocols.nostr.events import an_event, key_of, secret_of
from tests.protocols.nostr.relay_client import a_client


async def an_admin(house: House, name: str = "ann") -> bytes:
    """The key of somebody who runs the node."""
    who = await house.person(name)
    database = house.node.drivers.database
    person = await database.read(lambda tx: people.by_name(tx, name))
    assert person is not None
    await database.write(lambda tx: people.set_role(tx, person.id, Role.ADMIN))
    await house.node.nostr.signets.settle(database, who, True)
    told = await house.node.nostr.signets.carried(database, who, "")
    secret = read_entity(told or "")
    assert isinstance(secret, Secret)
    return secret.secret


async def asked(
    village: Village, secret: bytes, method: str, *params: str, url: str = "https://here.example/", at: int = 0
) -> tuple[int, Any]:
    body = json.encode({"method": method, "params": params})
    proof = http_proof(public_key(secret), "POST", url, body, (at or now(village)) + _once())
    headers = Headers([
        ("content-type", "application/nostr+json+rpc"), ("authorization", http_header(sign(proof, secret, bytes(32))))
    ])  # fmt: skip
    answer = await village.fetcher.send(Request("POST", "https://here.example/", headers, body))
    assert isinstance(answer, Response), answer
    return answer.status, json.decode(answer.body)


_times = iter(range(-30, 30))


def _once() -> int:
    """No proof is like another."""
    return next(_times)


async def test_who_is_kept_away_is_gone_with_all_they_wrote_until_they_are_let_in_again(village: Village) -> None:
    here = await village.house("here.example")
    secret = await an_admin(here)
    note = an_event("bob", "Buy my boats", at=now(village))
    async with a_client(here.node.relay) as client:
        for event in (an_event("bob", "{}", kind=0, at=now(village)), note):
            await client.publish(event)
        await here.follow("ann", key_of("bob"))
        await village.settle()
        assert await here.home("ann") == ["Buy my boats"]
        status, answer = await asked(village, secret, "banpubkey", key_of("bob"), "spam", url="wss://here.example")
        assert (status, answer) == (200, {"result": True})
        await village.settle()
        assert await events_of(client, {"authors": [key_of("bob")]}) == []
        assert (await client.publish(note))[0] is False
        assert (await client.publish(an_event("bob", "More boats", at=now(village) + 9)))[0] is False
        listed = await asked(village, secret, "listbannedpubkeys")
        assert listed == (200, {"result": [{"pubkey": key_of("bob"), "reason": "spam"}]})
        assert await asked(village, secret, "allowpubkey", key_of("bob")) == (200, {"result": True})
        assert (await client.publish(note))[0]
        assert await asked(village, secret, "listbannedpubkeys") == (200, {"result": []})


async def test_an_event_that_is_kept_away_is_no_post_here_any_more(village: Village) -> None:
    here = await village.house("here.example")
    secret = await an_admin(here)
    note, other = (an_event("bob", text, at=now(village)) for text in ("Bad", "Good"))
    async with a_client(here.node.relay) as client:
        for event in (an_event("bob", "{}", kind=0, at=now(village)), note, other):
            await client.publish(event)
        await here.follow("ann", key_of("bob"))
        await village.settle()
        assert await asked(village, secret, "banevent", note.id, "mean") == (200, {"result": True})
        await village.settle()
        assert await here.home("ann") == ["Good"]
        assert (await client.publish(note))[0] is False
        assert (await asked(village, secret, "listbannedevents"))[1]["result"] == [{"id": note.id, "reason": "mean"}]
        assert (await asked(village, secret, "banevent", "0" * 64))[1] == {"error": "No such event lies here."}


async def test_nobody_else_is_obeyed_and_no_proof_counts_twice(village: Village) -> None:
    here = await village.house("here.example")
    secret = await an_admin(here)
    await here.person("cat")
    status, answer = await asked(village, secret_of("bob"), "banpubkey", key_of("cat"))
    assert (status, answer["error"]) == (403, "that is not the key of somebody who runs this node")
    assert (await asked(village, secret, "banpubkey", key_of("eve"), url="https://elsewhere.example/"))[0] == 401
    assert (await asked(village, secret, "banpubkey", key_of("eve"), at=now(village) - 900))[0] == 401
    assert "banpubkey" in (await asked(village, secret, "supportedmethods"))[1]["result"]
    assert (await asked(village, secret, "banpubkey", "x"))[1]["error"].startswith("the first parameter")
    assert (await asked(village, secret, "stop"))[1]["error"] == "there is no method 'stop'"
    assert (await asked(village, secret, "banpubkey", public_key(secret)))[1]["error"].startswith(
        "That microblog lives"
    )
    body = json.encode({"method": "listbannedevents", "params": []})
    proof = sign(http_proof(public_key(secret), "POST", "https://here.example/", body, now(village)), secret, bytes(32))
    headers = Headers([("content-type", "application/nostr+json+rpc"), ("authorization", http_header(proof))])
    request = Request("POST", "https://here.example/", headers, body)
    statuses = []
    for each in (request, request, request._replace(headers=Headers(headers[:1]))):
        answer = await village.fetcher.send(each)
        assert isinstance(answer, Response)
        statuses.append(answer.status)
    assert statuses == [200, 401, 401]
