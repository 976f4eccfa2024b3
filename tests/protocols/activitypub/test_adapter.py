"""ActivityPub as the house uses it."""

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scattershot.domain.change import Followed, Posted
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Profile
from scattershot.domain.node import EndpointAddress
from scattershot.domain.post import Audience, Post
from scattershot.domain.reading import Arrival, Changes
from scattershot.domain.wire_id import WireId
from scattershot.ports.protocol import Tongue
from scattershot.protocols.activitypub.adapter import ActivityPub
from scattershot.protocols.activitypub.wire import proofs
from scattershot.testing.fakes import FakeClock, FakeFetcher
from scattershot.wirekit.keys import load_private
from tests.protocols.activitypub.gateway.strangers import ME, me

NOW = Millis(1_767_225_600_000)
CAT = WireId("activitypub", "https://c.example/cat")
TONGUE: Tongue = ActivityPub(FakeFetcher(), FakeClock(), domains=("me.example",), user_agent="Test")


def a_post(audience: Audience = Audience.PUBLIC) -> Post:
    this = WireId("activitypub", "https://me.example/p/1")
    return Post(id=this, author=me().microblog, published=NOW, audience=audience, html="<p>Hi</p>", addressed=(CAT,))


def test_the_shared_inbox_is_the_door_where_there_is_one() -> None:
    def door(**doors: str) -> EndpointAddress | None:
        return TONGUE.door(Profile(id=CAT, name="cat", domain="c.example", doors=doors))

    shared = "https://c.example/inbox"
    assert door(inbox=f"{CAT.value}/inbox", shared_inbox=shared) == ("activitypub", "inbox", shared)
    assert door(inbox=f"{CAT.value}/inbox") == ("activitypub", "inbox", f"{CAT.value}/inbox")
    assert door() is None
    assert TONGUE.door(Profile(id=WireId("nostr", "x"), name="x", domain="x", doors={"inbox": "x"})) is None


def test_what_is_for_everybody_bears_a_proof_that_holds() -> None:
    body = TONGUE.encode(Posted(actor=me().microblog, post=a_post()), (), me(), NOW)
    assert body is not None
    document = msgspec.json.decode(body)
    key = me().key("ed25519")
    assert key is not None
    private = load_private(key.private)
    assert isinstance(private, Ed25519PrivateKey)
    assert proofs.check(document, private.public_key(), now=NOW) == proofs.Proven(f"{ME}#ed25519-key")


def test_a_proof_is_timed_to_the_second() -> None:
    """Fedify 2.3.6 writes the time again before it hashes it, and drops the zeros at the end of a fraction."""
    body = TONGUE.encode(Posted(actor=me().microblog, post=a_post()), (), me(), Millis(NOW + 120))
    assert body is not None
    assert msgspec.json.decode(body)["proof"]["created"] == "2026-01-01T00:00:00Z"


def test_what_is_for_some_bears_none() -> None:
    for audience in (Audience.FOLLOWERS, Audience.MENTIONED):
        body = TONGUE.encode(Posted(actor=me().microblog, post=a_post(audience)), (), me(), NOW)
        assert body is not None
        assert b'"proof"' not in body
    follow = TONGUE.encode(Followed(actor=me().microblog, target=CAT), (CAT,), me(), NOW)
    assert follow is not None
    assert b'"proof"' not in follow


def test_what_is_for_this_node_alone_has_no_body() -> None:
    assert TONGUE.encode(Posted(actor=me().microblog, post=a_post(Audience.LOCAL)), (), me(), NOW) is None


def test_what_was_written_is_read_again() -> None:
    body = TONGUE.encode(Posted(actor=me().microblog, post=a_post()), (), me(), NOW)
    assert body is not None
    reading = TONGUE.read(Arrival("activitypub", me().microblog, "me.example", body, NOW))
    assert isinstance(reading, Changes)
    assert isinstance(reading.changes[0], Posted)
