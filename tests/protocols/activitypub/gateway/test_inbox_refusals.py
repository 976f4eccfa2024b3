"""What is turned away at the inbox, each with its status and its word; bob's letters to a.example go wrong."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from scattershot.domain.ids import MicroblogId
from scattershot.ports.protocol import Signer
from scattershot.protocols.activitypub.gateway.inbox import OF_FAILURES
from scattershot.protocols.activitypub.wire.digests import digest
from scattershot.protocols.activitypub.wire.signatures import Dialect
from scattershot.storage.tables import nodes, relations
from scattershot.testing.fakes import AsgiFetcher
from scattershot.testing.requests import and_another, in_header, with_header, without_header
from scattershot.testing.village import Village
from scattershot.wirekit.http_message import Headers, Request, Response
from scattershot.wirekit.keys import generate_rsa
from tests.protocols.activitypub.gateway.activities import a_create, a_note, an_activity
from tests.protocols.activitypub.gateway.nodes import Node, reason


def author(signer: Signer) -> str:
    return signer.microblog.value


@pytest.mark.parametrize("dialect", ["cavage", "rfc9421"])
async def test_what_is_signed_in_either_dialect_is_taken(
    a: Node, bob: Signer, heard: MicroblogId, dialect: Dialect
) -> None:
    assert (await a.deliver(a_create(author(bob)), bob, dialect)).status == 202
    assert await a.texts(heard) == ["Hello"]


async def test_an_unsigned_delivery_is_refused(a: Node, bob: Signer) -> None:
    request = without_header("signature")(a.delivery(a_create(author(bob)), bob))
    assert reason(await a.send(request)) == (401, "unsigned")


async def test_a_forged_delivery_is_refused(a: Node, bob: Signer, heard: MicroblogId) -> None:
    forger = Signer(bob.microblog, (bob.keys[0], _other_key(bob)))
    assert reason(await a.deliver(a_create(author(bob)), forger)) == (401, "bad_signature")
    assert await a.texts(heard) == []


def _other_key(signer: Signer) -> Any:
    key = signer.key("rsa")
    assert key is not None
    return key._replace(private=generate_rsa())


async def test_a_replayed_delivery_changes_nothing(a: Node, bob: Signer, heard: MicroblogId) -> None:
    request = a.delivery(a_create(author(bob)), bob)
    assert [(await a.send(request)).status for _ in range(3)] == [202, 202, 202]
    assert await a.texts(heard) == ["Hello"]


async def test_a_stale_delivery_is_refused(a: Node, bob: Signer, heard: MicroblogId) -> None:
    request = a.delivery(a_create(author(bob)), bob)
    a.clock.advance(13 * 3600)
    assert reason(await a.send(request)) == (401, "stale")


async def test_a_delivery_meant_for_another_host_is_refused(a: Node, b: Node, bob: Signer, heard: MicroblogId) -> None:
    meant_for_b = b.delivery(a_create(author(bob)), bob)
    assert reason(await a.send(meant_for_b._replace(url="https://a.example/inbox"))) == (401, "wrong_host")


async def test_a_delivery_sent_on_under_our_name_is_refused(a: Node, b: Node, bob: Signer, heard: MicroblogId) -> None:
    meant_for_b = b.delivery(a_create(author(bob)), bob)
    sent_on = with_header("host", "a.example")(meant_for_b._replace(url="https://a.example/inbox"))
    assert reason(await a.send(sent_on)) == (401, "bad_signature")


async def test_a_delivery_moved_to_another_path_is_refused(a: Node, bob: Signer, heard: MicroblogId) -> None:
    request = a.delivery(a_create(author(bob)), bob)
    assert reason(await a.send(request._replace(url="https://a.example/u/1/inbox"))) == (401, "bad_signature")


async def test_a_body_that_was_tampered_with_is_refused(a: Node, bob: Signer, heard: MicroblogId) -> None:
    request = a.delivery(a_create(author(bob)), bob)
    tampered = request._replace(body=request.body.replace(b"Hello", b"Hallo"))
    assert reason(await a.send(tampered)) == (401, "digest_mismatch")


async def test_a_digest_made_anew_for_another_body_is_refused(a: Node, bob: Signer, heard: MicroblogId) -> None:
    request = a.delivery(a_create(author(bob)), bob)
    body = request.body.replace(b"Hello", b"Hallo")
    tampered = with_header("digest", digest(body))(request._replace(body=body))
    assert reason(await a.send(tampered)) == (401, "bad_signature")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (in_header(" digest ", " "), "weak"),
        (in_header(" host ", " "), "weak"),
        (in_header(" date ", " "), "weak"),
        (in_header("(request-target) ", ""), "weak"),
        (without_header("digest"), "no_digest"),
        (without_header("date"), "missing_header"),
        (with_header("date", "yesterday"), "malformed"),
        (with_header("signature", "nonsense"), "malformed"),
        (in_header('algorithm="rsa-sha256"', 'algorithm="md5"'), "unsupported"),
        (with_header("host", "b.example"), "wrong_host"),
        (and_another("digest", "SHA-256=AAAA"), "digest_mismatch"),
    ],
)
async def test_a_signature_that_covers_too_little_or_is_broken_is_refused(
    a: Node, bob: Signer, heard: MicroblogId, change: Callable[[Request], Request], word: str
) -> None:
    assert reason(await a.send(change(a.delivery(a_create(author(bob)), bob)))) == (401, word)
    assert await a.texts(heard) == []


async def test_a_body_of_another_type_is_refused(a: Node, bob: Signer) -> None:
    request = with_header("content-type", "text/html")(a.delivery(a_create(author(bob)), bob))
    assert reason(await a.send(request)) == (415, "media_type")


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        (b"", 400, "not_json"),
        (b"[]", 400, "not_json"),
        (b'{"type":', 400, "not_json"),
        (b'{"a":' * 40 + b"1" + b"}" * 40, 400, "too_deep"),
        (b"[" * 100_000, 400, "too_deep"),
        (b'{"@graph":[],"type":"Create"}', 400, "ld_trick"),
        (b'{"x":"' + b"x" * 1024 * 1024 + b'"}', 413, "too_large"),
        (b"{}", 400, "no_type"),
        (b'{"type":"Like"}', 400, "no_actor"),
        (b"\xff\xfe", 400, "not_json"),
    ],
)
async def test_what_is_no_activity_is_refused(
    a: Node, bob: Signer, heard: MicroblogId, body: bytes, status: int, word: str
) -> None:
    assert reason(await a.deliver(body, bob)) == (status, word)


async def test_a_body_is_not_read_past_the_limit(a: Node) -> None:
    read = 0

    async def receive() -> dict[str, Any]:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b" " * 300_000, "more_body": True}

    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/activity+json")]
    scope = {"type": "http", "method": "POST", "path": "/inbox", "query_string": b"", "headers": headers}
    await a.built.doors.inbox(scope, receive, send)
    assert (sent[0]["status"], read) == (413, 4)


async def test_an_actor_that_nobody_can_find_is_refused(a: Node, bob: Signer, b: Node) -> None:
    nobody = Signer(bob.microblog, tuple(k._replace(id=f"{b.origin}/u/404#main-key") for k in bob.keys))
    assert reason(await a.deliver(a_create(f"{b.origin}/u/404"), nobody)) == (401, "no_key")


async def test_a_sender_whose_host_is_down_is_asked_to_come_again(a: Node, bob: Signer, network: AsgiFetcher) -> None:
    network.down("b.example")
    answer = await a.deliver(a_create(author(bob)), bob)
    assert reason(answer) == (503, "key_unreachable")
    assert answer.headers.get("retry-after") == "60"


async def test_a_host_whose_keys_cannot_be_had_is_not_asked_again_and_again(
    a: Node, bob: Signer, network: AsgiFetcher
) -> None:
    network.down("b.example")
    for _ in range(5):
        await a.deliver(a_create(author(bob)), bob)
    assert len([sent for sent in network.sent if sent.status == "refused"]) <= 2
    network.up("b.example")
    a.clock.advance(61)
    assert (await a.deliver(a_create(author(bob)), bob)).status == 202


async def test_a_farewell_of_somebody_never_heard_of_is_taken_without_a_question(
    a: Node, bob: Signer, network: AsgiFetcher
) -> None:
    before = len(network.sent)
    answer = await a.deliver(an_activity("Delete", author(bob), author(bob)), bob)
    assert (answer.status, len(network.sent) - before) == (202, 1)


async def test_a_key_that_was_changed_elsewhere_is_fetched_once(
    a: Node, b: Node, bob: Signer, heard: MicroblogId, network: AsgiFetcher
) -> None:
    fresh = await _with_new_key(b, bob)
    before = len(network.sent)
    assert (await a.deliver(a_create(author(bob)), fresh)).status == 202
    assert len([sent for sent in network.sent[before:] if sent.url == author(bob)]) == 1
    assert reason(await a.deliver(a_create(author(bob)), bob)) == (401, "bad_signature")


async def _with_new_key(b: Node, bob: Signer) -> Signer:
    """Bob gets a new RSA key under its old name, and his profile says so."""
    from scattershot.wirekit.keys import load_private, public_pem

    new = generate_rsa()
    number = await b.house.microblog("bob")
    row = await b.profile(number)
    keys = tuple(
        msgspec.structs.replace(key, public=public_pem(load_private(new))) if key.algorithm == "rsa" else key
        for key in row.keys
    )
    await b.house.profile("bob", keys=keys)
    return Signer(bob.microblog, tuple(k._replace(private=new) if k.algorithm == "rsa" else k for k in bob.keys))


async def test_a_key_swapped_on_the_way_is_refused(
    a: Node, b: Node, bob: Signer, heard: MicroblogId, village: Village
) -> None:
    eve = await b.signer(await b.person("eve"))
    request = a.delivery(a_create(author(bob)), Signer(bob.microblog, eve.keys))
    swapped = in_header(f'keyId="{author(eve)}#main-key"', f'keyId="{author(bob)}#main-key"')(request)
    assert reason(await a.send(swapped)) == (401, "bad_signature")
    assert (await a.send(request)).status == 202  # in eve's own name: no more than a hint to ask bob's node
    await village.settle()
    assert await a.texts(heard) == []


async def test_nobody_speaks_for_a_neighbour(a: Node, b: Node, bob: Signer, heard: MicroblogId) -> None:
    eve = await b.signer(await b.person("eve"))
    assert reason(await a.deliver(an_activity("Like", author(bob), "https://a.example/p/1"), eve)) == (
        403, "not_the_sender",
    )  # fmt: skip
    lie = a_create(author(eve), a_note(author(eve), attributedTo=author(bob)))
    assert reason(await a.deliver(lie, eve)) == (403, "not_the_author")


async def test_a_note_of_another_that_was_altered_is_fetched_from_its_own_node(
    a: Node, b: Node, bob: Signer, heard: MicroblogId, village: Village
) -> None:
    true = await b.post(await b.house.microblog("bob"), "The truth")
    eve = await b.signer(await b.person("eve"))
    false = a_note(author(bob), "<p>A lie</p>", id=true.id.value)
    assert (await a.deliver(a_create(author(bob), false), eve)).status == 202
    await village.settle()
    assert await a.texts(heard) == ["The truth"]


async def test_an_embedded_object_of_another_origin_is_fetched_from_there(
    a: Node, b: Node, bob: Signer, heard: MicroblogId, village: Village
) -> None:
    c = Node(await village.house("c.example"))
    cat = await c.person("cat")
    true = await c.post(cat, "The truth")
    false = a_note(true.author.value, "<p>A lie</p>", id=true.id.value)
    assert (await a.deliver(a_create(author(bob), false, id=f"{author(bob)}/lie"), bob)).status == 202
    await village.settle()
    assert await a.texts(await a.find("@cat@c.example")) == ["The truth"]


async def test_a_post_signed_anew_by_another_host_is_believed_only_with_its_authors_proof(
    a: Node, b: Node, bob: Signer, heard: MicroblogId, village: Village, network: AsgiFetcher
) -> None:
    c = Node(await village.house("c.example"))
    relay = await c.signer(await c.person("rex"))
    note = a_note(author(bob))
    proved = _proved(a_create(author(bob), note), bob)
    await a.find("@rex@c.example")
    network.down("b.example")
    assert (await a.deliver(_proved_but_altered(proved), relay)).status == 202
    await village.settle()
    assert await a.texts(heard) == []
    assert (await a.deliver(proved, relay)).status == 202
    assert await a.texts(heard) == ["Hello"]


def _proved(activity: dict[str, Any], signer: Signer) -> dict[str, Any]:
    from scattershot.protocols.activitypub.wire.proofs import attach
    from scattershot.wirekit.keys import load_private

    key = signer.key("ed25519")
    assert key is not None
    return attach(activity, load_private(key.private), key.id, "2026-01-01T00:00:00Z")  # type: ignore[arg-type]


def _proved_but_altered(activity: dict[str, Any]) -> dict[str, Any]:
    return activity | {"object": activity["object"] | {"content": "<p>A lie</p>"}}


async def test_a_proof_by_another_than_the_actor_proves_nothing(
    a: Node, b: Node, bob: Signer, heard: MicroblogId
) -> None:
    eve = await b.signer(await b.person("eve"))
    like = _proved(an_activity("Like", author(bob), "https://a.example/p/1"), eve)
    assert reason(await a.deliver(like, eve)) == (403, "not_the_sender")


async def test_a_blocked_host_is_turned_away_before_anything_is_fetched(
    a: Node, bob: Signer, network: AsgiFetcher
) -> None:
    await a.database.write(lambda tx: nodes.set_standing(tx, "b.example", "blocked"))  # type: ignore[arg-type]
    before = len(network.sent)
    assert reason(await a.deliver(a_create(author(bob)), bob)) == (403, "blocked")
    assert len(network.sent) - before == 1


async def test_whoever_is_refused_too_often_must_wait(a: Node, bob: Signer) -> None:
    request = without_header("signature")(a.delivery(a_create(author(bob)), bob))
    answers: list[Response] = [await a.send(request) for _ in range(int(OF_FAILURES.capacity) + 5)]
    assert reason(answers[-1]) == (429, "too_often")
    assert int(answers[-1].headers.get("retry-after") or 0) > 0
    a.clock.advance(60)
    assert (await a.deliver(a_create(author(bob)), bob)).status == 202


async def test_a_pushed_profile_cannot_take_a_name_elsewhere(a: Node, b: Node, bob: Signer, heard: MicroblogId) -> None:
    actor = await b.document(author(bob))
    update = an_activity("Update", author(bob), actor | {"webfinger": "president@c.example", "name": "Bob!"})
    assert (await a.deliver(update, bob)).status == 202
    profile = await a.profile(heard)
    assert (str(profile.handle), profile.display_name) == ("@bob@b.example", "Bob!")


async def test_a_follow_by_another_is_not_made(a: Node, b: Node, bob: Signer, ann: MicroblogId) -> None:
    eve = await b.signer(await b.person("eve"))
    ann_address = (await a.profile(ann)).id.value
    assert reason(await a.deliver(an_activity("Follow", author(bob), ann_address), eve)) == (403, "not_the_sender")
    assert await a.database.read(lambda tx: relations.count_followers(tx, ann)) == 0


async def test_a_get_to_the_inbox_is_not_answered(a: Node) -> None:
    answer = await a.send(Request("GET", "https://a.example/inbox", Headers()))
    assert answer.status == 405
