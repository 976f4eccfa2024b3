"""FEP-8b32 proofs: published vectors, and what breaks them."""

from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from scattershot.protocols.activitypub.wire.proofs import Proven, Unproven, attach, check, verification_method_of
from scattershot.wirekit import keys

NOW = 1_750_000_000_000
SECRET = bytes.fromhex("c96ef9ea10c5e414c471723aff9de72c35fa5b70fae97e8832ecac7d2e2b8ed6")
PRIVATE = Ed25519PrivateKey.from_private_bytes(SECRET)
MULTIKEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
DID = f"did:key:{MULTIKEY}#{MULTIKEY}"
METHOD = "https://server.example/users/alice#ed25519-key"
CREATED = "2023-02-24T23:36:38Z"


def public() -> Ed25519PublicKey:
    key = keys.public_from_multikey(MULTIKEY)
    assert key is not None
    return key


W3C_CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"]
W3C_DOCUMENT = {
    "@context": W3C_CONTEXT,
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
W3C_PROOF_VALUE = "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"
FEP_DOCUMENT = {
    "@context": ["https://www.w3.org/ns/activitystreams", "https://w3id.org/security/data-integrity/v1"],
    "id": "https://server.example/activities/1",
    "type": "Create",
    "actor": "https://server.example/users/alice",
    "object": {
        "id": "https://server.example/objects/1",
        "type": "Note",
        "attributedTo": "https://server.example/users/alice",
        "content": "Hello world",
        "location": {"type": "Place", "longitude": -71.184902, "latitude": 25.273962},
    },
}
FEP_PROOF_VALUE = "zLaewdp4H9kqtwyrLatK4cjY5oRHwVcw4gibPSUDYDMhi4M49v8pcYk3ZB6D69dNpAPbUmY8ocuJ3m9KhKJEEg7z"


@pytest.mark.parametrize(
    ("document", "method", "value"),
    [(W3C_DOCUMENT, DID, W3C_PROOF_VALUE), (FEP_DOCUMENT, METHOD, FEP_PROOF_VALUE)],
    ids=["w3c", "fep"],
)
def test_the_published_vectors_are_made_and_believed(document: dict[str, Any], method: str, value: str) -> None:
    proven = attach(document, PRIVATE, method, CREATED)
    assert proven["proof"] == {
        "@context": document["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
        "created": CREATED,
        "proofValue": value,
    }
    assert {name: member for name, member in proven.items() if name != "proof"} == document
    assert verification_method_of(proven) == method
    assert check(proven, public(), now=NOW) == Proven(method)


def a_proven_document() -> dict[str, Any]:
    document: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(attach(FEP_DOCUMENT, PRIVATE, METHOD, CREATED)))
    return document


def reason_of(document: dict[str, Any]) -> str | None:
    verdict = check(document, public(), now=NOW)
    return verdict.reason if isinstance(verdict, Unproven) else None


def test_fedify_hashes_the_documents_context_into_a_proof_that_does_not_show_it() -> None:
    document = a_proven_document()
    del document["proof"]["@context"]
    assert reason_of(document) is None


def test_a_proof_made_without_any_context_is_believed_too() -> None:
    bare = {name: member for name, member in FEP_DOCUMENT.items() if name != "@context"}
    assert reason_of(attach(bare, PRIVATE, METHOD, CREATED)) is None


def test_the_order_of_members_does_not_matter() -> None:
    document = a_proven_document()
    document["proof"] = dict(reversed(document["proof"].items()))
    assert reason_of(dict(reversed(document.items()))) is None


def test_a_document_may_gain_contexts_after_those_that_were_signed() -> None:
    document = a_proven_document()
    document["@context"].append("https://more.example/ns")
    assert reason_of(document) is None
    document["@context"].insert(0, "https://more.example/ns")
    assert reason_of(document) == "wrong_context"
    del document["@context"]
    assert reason_of(document) == "wrong_context"


@pytest.mark.parametrize("member", ["id", "type", "actor", "object"])
def test_a_document_that_lost_or_changed_a_member_is_not_believed(member: str) -> None:
    document = a_proven_document()
    document[member] = "changed"
    assert reason_of(document) == "bad_signature"
    del document[member]
    assert reason_of(document) == "bad_signature"


def test_a_document_that_gained_a_member_is_not_believed() -> None:
    assert reason_of({**a_proven_document(), "to": "as:Public"}) == "bad_signature"


def test_a_number_changed_deep_inside_is_noticed() -> None:
    document = a_proven_document()
    document["object"]["location"]["latitude"] = 25.273963
    assert reason_of(document) == "bad_signature"


LD_SIGNATURE = {"type": "RsaSignature2017", "creator": METHOD, "created": CREATED, "signatureValue": "AAAA"}


def test_a_linked_data_signature_may_be_added_after_the_proof() -> None:
    """As Fedify 2.3 does, whose own inbox takes it off again before it looks at the proof."""
    document = a_proven_document()
    assert reason_of({**document, "signature": LD_SIGNATURE}) is None
    assert reason_of({**document, "signature": LD_SIGNATURE, "actor": "changed"}) == "bad_signature"


def test_a_linked_data_signature_may_be_under_the_proof() -> None:
    document = attach({**FEP_DOCUMENT, "signature": LD_SIGNATURE}, PRIVATE, METHOD, CREATED)
    assert reason_of(document) is None


@pytest.mark.parametrize("value", ["RsaSignature2017", {}, {"type": "Note"}, [LD_SIGNATURE], None])
def test_nothing_else_is_smuggled_in_as_a_signature(value: Any) -> None:
    assert reason_of({**a_proven_document(), "signature": value}) == "bad_signature"


@pytest.mark.parametrize(
    ("member", "value", "reason"),
    [
        ("type", "Ed25519Signature2020", "no_proof"),
        ("cryptosuite", "eddsa-rdfc-2022", "no_proof"),
        ("proofPurpose", "authentication", "no_proof"),
        ("verificationMethod", 7, "no_proof"),
        ("verificationMethod", "https://server.example/users/eve#ed25519-key", "bad_signature"),
        ("created", "2023-02-24T23:36:39Z", "bad_signature"),
        ("domain", "server.example", "bad_signature"),
        ("@context", "https://other.example/", "wrong_context"),
        ("@context", [], "bad_signature"),
        ("@context", float("nan"), "wrong_context"),
        ("proofValue", None, "malformed"),
        ("proofValue", FEP_PROOF_VALUE[1:], "malformed"),
        ("proofValue", FEP_PROOF_VALUE + "z", "malformed"),
        ("proofValue", W3C_PROOF_VALUE, "bad_signature"),
        ("expires", "2025-01-01T00:00:00Z", "expired"),
        ("expires", "never", "malformed"),
        ("expires", 7, "malformed"),
        ("expires", "2026-01-01T00:00:00Z", "bad_signature"),
    ],
)
def test_a_changed_proof_is_not_believed(member: str, value: Any, reason: str) -> None:
    document = a_proven_document()
    document["proof"][member] = value
    assert reason_of(document) == reason


def test_another_key_is_not_believed() -> None:
    other = Ed25519PrivateKey.generate().public_key()
    verdict = check(a_proven_document(), other, now=NOW)
    assert isinstance(verdict, Unproven)
    assert verdict.reason == "bad_signature"


def test_an_rsa_key_proves_nothing(rsa: tuple[keys.PrivateKey, keys.PublicKey]) -> None:
    assert check(a_proven_document(), rsa[1], now=NOW) == Unproven("wrong_key", "an rsa key")


def test_the_proof_that_we_read_is_found_among_others() -> None:
    document = a_proven_document()
    document["proof"] = ["junk", {"type": "Ed25519Signature2020"}, document["proof"]]
    assert verification_method_of(document) == METHOD
    assert reason_of(document) is None


def test_an_earlier_proof_gives_way_to_a_new_one() -> None:
    first = attach(FEP_DOCUMENT, PRIVATE, METHOD, "2020-01-01T00:00:00Z")
    assert attach(first, PRIVATE, METHOD, CREATED) == a_proven_document()


def test_what_has_no_canonical_form_is_neither_signed_nor_believed() -> None:
    with pytest.raises(ValueError, match="canonical"):
        attach({"a": float("nan")}, PRIVATE, METHOD, CREATED)
    assert reason_of({**a_proven_document(), "a": 2**60}) == "malformed"


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from(list(a_proven_document()["proof"])), json),
    st.dictionaries(st.text(), json, max_size=3),
    json,
)
def test_nothing_that_arrives_makes_it_raise_or_believe(
    changed: dict[str, Any], more: dict[str, Any], odd: Any
) -> None:
    proof = {**a_proven_document()["proof"], **changed}
    for document in ({**more, "proof": proof}, {**more, "proof": [odd, proof]}, {**more, "proof": odd}):
        assert isinstance(verification_method_of(document), str | None)
        assert isinstance(check(document, public(), now=NOW), Unproven)


@given(st.dictionaries(st.text(), json, max_size=4))
def test_what_we_attach_we_believe(document: dict[str, Any]) -> None:
    try:
        proven = attach(document, PRIVATE, METHOD, CREATED)
    except ValueError:
        return
    assert check(proven, public(), now=NOW) == Proven(METHOD)
