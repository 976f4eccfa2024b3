"""What we serve and send, held against the rules that Mastodon and its kin enforce on others.

Judged with plain JSON and cryptography alone: our own reading and verifying code has no say here.
"""

import base64
import hashlib
import json
import re
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import quote, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from scattershot.app.publish import Draft
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.testing.village import Village
from scattershot.wirekit.http_message import Request
from tests.protocols.activitypub.gateway.nodes import Node

Document: TypeAlias = dict[str, Any]

AS2 = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{AS2}#Public"
TYPES = ("application/activity+json", f'application/ld+json; profile="{AS2}"')
ACTORS = {"Application", "Group", "Organization", "Person", "Service"}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
MISSKEYS_LIMIT = 64 * 1024
ACCEPTS = {
    "Mastodon": "application/activity+json, application/ld+json",
    "Misskey and Mitra": f'application/ld+json; profile="{AS2}"',
    "GoToSocial": f'application/activity+json,application/ld+json;profile="{AS2}"',
}


def host_of(url: str) -> str:
    return urlsplit(url).netloc


def delivered(network: Any, kind: str) -> tuple[Request, Document]:
    """The last activity of that type that was sent to b.example."""
    sent = [r for r in network.requests if r.method == "POST" and host_of(r.url) == "b.example"]
    found = [(request, json.loads(request.body)) for request in sent]
    return next((request, activity) for request, activity in reversed(found) if activity["type"] == kind)


@pytest.fixture
async def told(a: Node, b: Node, village: Village) -> MicroblogId:
    """Ann of a.example, whom bob of b.example follows: what she does is delivered there."""
    ann, bob = await a.person("ann"), await b.person("bob")
    await b.follow(bob, await b.find("@ann@a.example"))
    await village.settle()
    return ann


async def everything_served(a: Node, b: Node, village: Village, ann: MicroblogId) -> list[str]:
    """The address of each sort of document that a node serves."""
    al = await a.person("al")
    theirs, mine = await a.post(al, "bread"), await a.post(ann, "butter")
    number = PostId(int(theirs.id.value.rpartition("/")[2]))
    done = a.house.done(await a.built.publisher.boost(ann, number, "test"))
    await a.follow(ann, al)
    await village.settle()
    actor = await a.document(f"/u/{ann}")
    outbox = await a.document(actor["outbox"])
    page = await a.document(outbox["first"])
    boost = next(item["id"] for item in page["orderedItems"] if item["type"] == "Announce")
    assert done.recorded is not None
    collections = [actor[name] for name in ("outbox", "followers", "following", "featured")]
    firsts = [(await a.document(collection)).get("first") for collection in collections]
    note = mine.id.value
    of_note = [note, f"{note}/create", f"{note}/replies", f"{note}/context"]
    return [actor["id"], *collections, *filter(None, firsts), *of_note, boost]


# Documents


async def test_every_document_is_typed_named_and_in_the_context_that_others_insist_on(
    a: Node, b: Node, village: Village, told: MicroblogId
) -> None:
    """Mastodon refuses another Content-Type (GHSA-jhrq-qvrm-qr36) and an id that is not the address asked."""
    addresses = await everything_served(a, b, village, told)
    assert len(addresses) >= 12
    for address in addresses:
        for software, accept in ACCEPTS.items():
            answer = await a.get(address, None, ("accept", accept))
            where = f"{address} as {software} asks"
            assert answer.status == 200, where
            kind = re.sub(r"; *charset=utf-8", "", answer.headers.get("content-type") or "", flags=re.IGNORECASE)
            assert kind in TYPES, where
            document = json.loads(answer.body)
            assert document["id"] == address, where
            context = document["@context"]
            assert AS2 in ([context] if isinstance(context, str) else context), where
            assert len(answer.body) < MISSKEYS_LIMIT, where


def first_of(url: Any) -> Any:
    """What `url_to_href` takes of a list that begins with a string."""
    return url[0] if isinstance(url, list) else url


async def test_an_actor_has_what_mastodon_asks_of_one(a: Node, told: MicroblogId) -> None:
    actor = await a.document(f"/u/{told}")
    this = actor["id"]
    assert actor["type"] in ACTORS
    assert re.fullmatch(r"[a-z0-9_]+", actor["preferredUsername"])
    for door in (*(actor[name] for name in ("inbox", "outbox", "followers", "following", "featured")),
                 actor["endpoints"]["sharedInbox"]):  # fmt: skip
        assert door.startswith("https://a.example/")
    key = actor["publicKey"]
    assert (key["id"], key["owner"]) == (f"{this}#main-key", this)
    assert key["publicKeyPem"].startswith("-----BEGIN PUBLIC KEY-----")
    public = load_pem_public_key(key["publicKeyPem"].encode())
    assert isinstance(public, RSAPublicKey)
    assert public.key_size == 2048
    for method in actor["assertionMethod"]:
        assert (method["type"], method["controller"]) == ("Multikey", this)
        assert method["id"].startswith(f"{this}#")
    for text in ("name", "summary"):
        assert isinstance(actor[text], str)
    assert isinstance(first_of(actor["url"]), str)
    assert INSTANT.fullmatch(actor["published"])


async def test_webfinger_leads_to_the_actor_and_the_actor_back_to_the_name(a: Node, told: MicroblogId) -> None:
    actor = await a.document(f"/u/{told}")
    name = f"acct:{actor['preferredUsername']}@{host_of(actor['id'])}"
    answer = await a.get(f"/.well-known/webfinger?resource={quote(name)}")
    jrd = json.loads(answer.body)
    assert (
        answer.headers.get(
            "content-type",
        )
        == "application/jrd+json"
    )
    assert jrd["subject"] == name
    selves = [link for link in jrd["links"] if link["rel"] == "self" and link["type"] in TYPES]
    assert selves
    assert {link["href"] for link in selves} == {actor["id"]}
    assert f"acct:{actor['webfinger']}" == name


async def test_collections_count_in_whole_numbers_and_their_pages_lead_back(
    a: Node, b: Node, village: Village, told: MicroblogId
) -> None:
    await everything_served(a, b, village, told)
    actor = await a.document(f"/u/{told}")
    for name in ("outbox", "followers", "following"):
        collection = await a.document(actor[name])
        assert collection["type"] == "OrderedCollection"
        assert type(collection["totalItems"]) is int
        page = await a.document(collection["first"])
        assert (page["type"], page["partOf"]) == ("OrderedCollectionPage", actor[name])
        assert page["orderedItems"]
    featured = await a.document(actor["featured"])
    assert (featured["type"], featured["orderedItems"]) == ("OrderedCollection", [])


# Activities


async def test_a_create_is_of_one_host_and_says_the_same_as_its_note(
    a: Node, network: Any, village: Village, told: MicroblogId
) -> None:
    await a.post(told, "bread #rye")
    await village.settle()
    _, create = delivered(network, "Create")
    note, actor = create["object"], await a.document(f"/u/{told}")
    assert {host_of(create["id"]), host_of(create["actor"]), host_of(note["id"])} == {"a.example"}
    assert create["actor"] == note["attributedTo"] == actor["id"]
    assert (create["to"], create["cc"]) == (note["to"], note["cc"]) == ([PUBLIC], [actor["followers"]])
    assert create["published"] == note["published"]
    assert INSTANT.fullmatch(note["published"])
    assert (note["type"], type(note["content"]), type(note["sensitive"])) == ("Note", str, bool)
    assert [(tag["type"], tag["name"]) for tag in note["tag"]] == [("Hashtag", "#rye")]
    assert (await a.document(note["id"]))["content"] == note["content"]


async def test_an_update_is_newer_than_the_post(a: Node, network: Any, village: Village, told: MicroblogId) -> None:
    post = await a.post(told, "bread")
    a.clock.advance(5)
    number = PostId(int(post.id.value.rpartition("/")[2]))
    a.house.done(await a.built.publisher.edit(told, number, Draft("rye"), "test"))
    await village.settle()
    _, update = delivered(network, "Update")
    note = update["object"]
    assert note["id"] == post.id.value
    assert datetime.fromisoformat(note["updated"]) > datetime.fromisoformat(note["published"])
    assert update["id"] != f"{note['id']}/create"


async def test_what_is_deleted_is_a_tombstone_here_and_there(
    a: Node, network: Any, village: Village, told: MicroblogId
) -> None:
    post = await a.post(told, "bread")
    number = PostId(int(post.id.value.rpartition("/")[2]))
    a.house.done(await a.built.publisher.delete(told, number, "test"))
    await village.settle()
    _, delete = delivered(network, "Delete")
    assert (delete["object"]["type"], delete["object"]["id"]) == ("Tombstone", post.id.value)
    answer = await a.get(post.id.value)
    stone = json.loads(answer.body)
    assert (answer.status, stone["type"], stone["id"]) == (410, "Tombstone", post.id.value)


async def test_a_boost_names_the_post_alone_and_an_undo_embeds_the_boost(
    a: Node, network: Any, village: Village, told: MicroblogId
) -> None:
    post = await a.post(await a.person("al"), "bread")
    number = PostId(int(post.id.value.rpartition("/")[2]))
    a.house.done(await a.built.publisher.boost(told, number, "test"))
    await village.settle()
    _, boost = delivered(network, "Announce")
    assert boost["object"] == post.id.value
    assert PUBLIC in boost["to"]
    assert f"{boost['actor']}/followers" in boost["cc"]
    a.house.done(await a.built.publisher.unboost(told, number, "test"))
    await village.settle()
    _, undo = delivered(network, "Undo")
    assert {name: undo["object"][name] for name in ("id", "type", "actor", "object")} == {
        name: boost[name] for name in ("id", "type", "actor", "object")
    }


async def test_an_accept_embeds_the_follow_with_the_id_it_came_with(network: Any, told: MicroblogId) -> None:
    _, accept = delivered(network, "Accept")
    sent = [r for r in network.requests if r.method == "POST" and host_of(r.url) == "a.example"]
    follow = next(activity for activity in (json.loads(r.body) for r in sent) if activity["type"] == "Follow")
    assert {name: accept["object"][name] for name in ("id", "type", "actor", "object")} == {
        name: follow[name] for name in ("id", "type", "actor", "object")
    }
    assert accept["actor"] == follow["object"]


# Deliveries


async def test_a_delivery_is_signed_as_mastodon_verifies_it(
    a: Node, network: Any, village: Village, told: MicroblogId
) -> None:
    """Digest, date, host and request target are covered, and the signature is the served key's over exactly those."""
    await a.post(told, "bread")
    await village.settle()
    request, activity = delivered(network, "Create")
    fields = dict(request.headers)
    given = dict(re.findall(r'(\w+)="([^"]*)"', fields["signature"]))
    covered = given["headers"].split()
    assert {"(request-target)", "host", "date", "digest"} <= set(covered)
    assert (given["algorithm"], given["keyId"]) == ("rsa-sha256", f"{activity['actor']}#main-key")
    assert fields["digest"] == f"SHA-256={base64.b64encode(hashlib.sha256(request.body).digest()).decode()}"
    assert fields["host"] == host_of(request.url)
    assert fields["content-type"] in TYPES
    assert fields["user-agent"]
    target = f"post {urlsplit(request.url).path}"
    lines = [f"{name}: {target if name == '(request-target)' else fields[name]}" for name in covered]
    actor = await a.document(urlsplit(activity["actor"]).path)
    public = load_pem_public_key(actor["publicKey"]["publicKeyPem"].encode())
    assert isinstance(public, RSAPublicKey)
    public.verify(base64.b64decode(given["signature"]), "\n".join(lines).encode(), PKCS1v15(), SHA256())


async def test_a_delivery_goes_to_the_shared_inbox_once_however_many_hear(
    a: Node, b: Node, network: Any, village: Village, told: MicroblogId
) -> None:
    for name in ("ben", "bea", "bob2"):
        await b.follow(await b.person(name), await b.find("@ann@a.example"))
    await village.settle()
    before = len(network.requests)
    await a.post(told, "bread")
    await village.settle()
    posts = [r.url for r in network.requests[before:] if r.method == "POST"]
    assert posts == ["https://b.example/inbox"]
