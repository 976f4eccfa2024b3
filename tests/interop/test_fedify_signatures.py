"""Fedify's signature code as an oracle: it believes what we sign, we what it signs, and neither what is altered.

One question to one process, asked once: `fedify_checks.mjs` says what came of it.
"""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Profile, VerifyKey
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.protocols.activitypub.translate.actors_in import profile_of
from scattershot.protocols.activitypub.translate.actors_out import actor_of
from scattershot.protocols.activitypub.wire.proofs import Proven, Unproven, attach, check, verification_method_of
from scattershot.protocols.activitypub.wire.signatures import Dialect, Trusted, Untrusted, claimed_key, sign, verify
from scattershot.testing.requests import ME, NOW, a_get, a_post
from scattershot.wirekit import keys
from scattershot.wirekit.dates import rfc3339, rfc3339_seconds
from scattershot.wirekit.http_message import Headers, Request

Document: TypeAlias = dict[str, Any]

ANN = "https://ours.example/u/1"
KEY_ID, MULTIKEY_ID = f"{ANN}#main-key", f"{ANN}#ed25519-key"
BOB = "https://peer.example/users/bob"
DIALECTS: tuple[Dialect, ...] = ("cavage", "rfc9421")
FEDIFYS_NAME: dict[Dialect, str] = {"cavage": "draft-cavage-http-signatures-12", "rfc9421": "rfc9421"}
PAGE_TWO = f"https://{ME}/users/ann?page=2"
MILLIS = {f"created at .{millis:03}": NOW + millis for millis in (0, 120, 123)}
GOLDEN = Path(__file__).parents[1] / "golden" / "activitypub"
OURS = {
    path.stem: document
    for path in sorted(GOLDEN.glob("*.json"))
    if (document := json.loads(path.read_text(encoding="utf-8"))).get("actor") == ANN
}
THEIR_POST: Document = {
    "@context": "https://www.w3.org/ns/activitystreams",
    "id": f"{BOB}/posts/1#create",
    "type": "Create",
    "actor": BOB,
    "to": f"{BOB}/followers",
    "object": {
        "id": f"{BOB}/posts/1",
        "type": "Note",
        "attributedTo": BOB,
        "content": "<p>Grüße 👋 &amp; \u2028 more</p>",
        "to": f"{BOB}/followers",
        "location": {"type": "Place", "longitude": -71.184902, "latitude": 25.0},
    },
}


class Answer(NamedTuple):
    """What Fedify said: verdicts by the name of the case, and what it signed itself."""

    requests: dict[str, str]
    documents: dict[str, str]
    bob: Profile
    their_requests: dict[str, Request]
    their_documents: list[Document]

    def key(self, algorithm: str) -> keys.PublicKey:
        """Bob's key, read by us from the actor that Fedify wrote."""
        found = next(key for key in self.bob.keys if key.algorithm == algorithm)
        read = keys.load_public(found.public) if algorithm == "rsa" else keys.public_from_multikey(found.public)
        assert read is not None
        return read


def our_requests(rsa: keys.PrivateKey) -> dict[str, Request]:
    """Requests signed by us; the altered ones were so after they were signed."""
    found = {}
    for dialect in DIALECTS:
        post, get = sign(a_post(), KEY_ID, rsa, NOW, dialect), sign(a_get(f"https://{ME}/users/ann"), KEY_ID, rsa, NOW)
        found[f"{dialect} post"] = post
        found[f"{dialect} post with an empty body"] = sign(a_post(b""), KEY_ID, rsa, NOW, dialect)
        found[f"{dialect} get"] = sign(get, KEY_ID, rsa, NOW, dialect)
        found[f"{dialect} get with a query"] = sign(a_get(PAGE_TWO), KEY_ID, rsa, NOW, dialect)
        found[f"{dialect} with a port"] = sign(a_post(url="http://localhost:8002/inbox"), KEY_ID, rsa, NOW, dialect)
        found[f"{dialect} altered body"] = post._replace(body=b'{"type":"Delete"}')
        found[f"{dialect} altered path"] = post._replace(url=f"https://{ME}/users/ann/inbox")
        found[f"{dialect} old"] = sign(a_post(), KEY_ID, rsa, NOW - 13 * 3_600_000, dialect)
    return found


def our_documents(ann: Document, ed25519: Ed25519PrivateKey) -> dict[str, Document]:
    """Every golden activity with our proof, some that were altered after it, and some with other spellings of time."""

    def proven(document: Document, created: str = rfc3339_seconds(NOW)) -> Document:
        return attach(document, ed25519, MULTIKEY_ID, created)

    found = {name: proven(document) for name, document in OURS.items()}
    # The golden one has a key that is none, which Fedify will not even read.
    found["profile_changed"] = proven({**OURS["profile_changed"], "object": ann})
    found["altered"] = {**found["posted"], "published": "2026-11-20T10:00:00.124Z"}
    found["by another"] = proven({**OURS["posted"], "actor": BOB})
    for case, at in MILLIS.items():
        found[f"{case}, to the second"] = proven(OURS["posted"], rfc3339_seconds(at))
        found[f"{case}, to the millisecond"] = proven(OURS["posted"], rfc3339(at))
    return found


def as_json(request: Request) -> Document:
    """A request as `fedify_checks.mjs` takes it."""
    fields = [list(pair) for pair in request.headers]
    body = base64.b64encode(request.body).decode()
    return {"method": request.method, "url": request.url, "headers": fields, "body": body}


def wanted() -> dict[str, Document]:
    """Requests that Fedify is to sign."""
    found: dict[str, Document] = {}
    for dialect in DIALECTS:
        spec = FEDIFYS_NAME[dialect]
        inbox = f"https://{ME}/inbox"
        found[f"{dialect} post"] = {"method": "POST", "url": inbox, "spec": spec, "body": json.dumps(THEIR_POST)}
        found[f"{dialect} get"] = {"method": "GET", "url": f"https://{ME}/users/ann", "spec": spec}
        found[f"{dialect} get with a query"] = {"method": "GET", "url": PAGE_TWO, "spec": spec}
    return found


@pytest.fixture(scope="module")
def answer(fedify_peer_dir: Path) -> Answer:
    rsa, ed25519 = keys.load_private(keys.generate_rsa()), keys.load_private(keys.generate_ed25519())
    assert isinstance(ed25519, Ed25519PrivateKey)
    ann = Profile(
        id=WireId(ACTIVITYPUB, ANN),
        name="ann",
        domain="ours.example",
        created=Millis(NOW),
        keys=(
            VerifyKey(KEY_ID, "rsa", keys.public_pem(rsa)),
            VerifyKey(MULTIKEY_ID, "ed25519", keys.multikey_of(ed25519)),
        ),
    )
    inside = actor_of(ann, with_context=False)
    requests, documents, to_sign = our_requests(rsa), our_documents(inside, ed25519), wanted()
    question = {
        "now": NOW,
        "actors": {ANN: actor_of(ann)},
        "requests": [as_json(request) for request in requests.values()],
        "documents": list(documents.values()),
        "peer": BOB,
        "to_sign": list(to_sign.values()),
        "to_prove": [THEIR_POST],
    }
    script = ["node", "fedify_checks.mjs"]
    run = subprocess.run(
        script, cwd=fedify_peer_dir, input=json.dumps(question), capture_output=True, text=True, timeout=60, check=False
    )
    if run.returncode != 0:
        pytest.fail(f"node fedify_checks.mjs: {run.stderr}", pytrace=False)
    said = json.loads(run.stdout)
    bob = profile_of(said["actor"])
    assert isinstance(bob, Profile), bob
    theirs = [
        Request(one["method"], one["url"], Headers(map(tuple, one["headers"])), base64.b64decode(one["body"]))
        for one in said["signed_requests"]
    ]
    return Answer(
        dict(zip(requests, said["requests"], strict=True)),
        dict(zip(documents, said["documents"], strict=True)),
        bob,
        dict(zip(to_sign, theirs, strict=True)),
        said["proven_documents"],
    )


# What we sign, in Fedify's eyes


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("case", ["post", "post with an empty body", "get", "with a port"])
def test_fedify_believes_the_requests_we_sign(answer: Answer, dialect: Dialect, case: str) -> None:
    assert answer.requests[f"{dialect} {case}"] == KEY_ID


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("case", ["altered body", "altered path", "old"])
def test_fedify_refuses_what_was_altered_on_the_way_or_is_old(answer: Answer, dialect: Dialect, case: str) -> None:
    assert answer.requests[f"{dialect} {case}"] == "refused: invalidSignature"


def test_fedify_takes_a_signed_query_in_rfc_9421_only(answer: Answer) -> None:
    """Fedify 2.3.6 leaves the query out of a draft-cavage (request-target): the second knock is what gets us in."""
    assert answer.requests["rfc9421 get with a query"] == KEY_ID
    assert answer.requests["cavage get with a query"] == "refused: invalidSignature"


@pytest.mark.parametrize("name", OURS)
def test_fedify_believes_the_proof_in_every_activity_we_write(answer: Answer, name: str) -> None:
    assert answer.documents[name] == ANN


@pytest.mark.parametrize("case", MILLIS)
def test_fedify_believes_a_proof_whatever_the_moment_it_was_made(answer: Answer, case: str) -> None:
    assert answer.documents[f"{case}, to the second"] == ANN


def test_fedify_refuses_a_time_of_proof_whose_fraction_ends_in_zero(answer: Answer) -> None:
    """Fedify 2.3.6 hashes `created` as Temporal writes it, without such zeros: why we write whole seconds there."""
    said = {case: answer.documents[f"{case}, to the millisecond"] for case in MILLIS}
    assert said == {"created at .000": "refused", "created at .120": "refused", "created at .123": ANN}


@pytest.mark.parametrize("case", ["altered", "by another"])
def test_fedify_refuses_a_proof_that_does_not_hold(answer: Answer, case: str) -> None:
    assert answer.documents[case] == "refused"


# What Fedify signs, in our eyes


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("case", ["post", "get", "get with a query"])
def test_we_believe_the_requests_that_fedify_signs(answer: Answer, dialect: Dialect, case: str) -> None:
    theirs = answer.their_requests[f"{dialect} {case}"]
    assert claimed_key(theirs) == f"{BOB}#main-key"
    verdict = verify(theirs, answer.key("rsa"), NOW, host=ME)
    assert isinstance(verdict, Trusted), verdict
    assert verdict.dialect == dialect


@pytest.mark.parametrize("dialect", DIALECTS)
def test_we_refuse_a_request_of_fedifys_with_another_body(answer: Answer, dialect: Dialect) -> None:
    theirs = answer.their_requests[f"{dialect} post"]._replace(body=b"{}")
    verdict = verify(theirs, answer.key("rsa"), NOW, host=ME)
    assert isinstance(verdict, Untrusted)
    assert verdict.reason == "digest_mismatch"


def test_we_believe_the_proofs_that_fedify_makes(answer: Answer) -> None:
    (document,) = answer.their_documents
    assert verification_method_of(document) == f"{BOB}#multikey-1"
    assert check(document, answer.key("ed25519"), now=NOW) == Proven(f"{BOB}#multikey-1")


def test_we_refuse_a_proven_document_of_fedifys_that_was_altered(answer: Answer) -> None:
    (document,) = answer.their_documents
    verdict = check({**document, "type": "Announce"}, answer.key("ed25519"), now=NOW)
    assert isinstance(verdict, Unproven)
    assert verdict.reason == "bad_signature"
