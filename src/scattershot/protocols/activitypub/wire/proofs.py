"""Proofs inside documents: FEP-8b32 with the cryptosuite eddsa-jcs-2022 (W3C vc-di-eddsa section 3.3).

A proof says that the holder of a key wrote this document; that the key is the author's is for the caller to find out.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Literal, NamedTuple, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from scattershot.wirekit.canonical import canonical
from scattershot.wirekit.dates import parse_rfc3339
from scattershot.wirekit.keys import PublicKey, kind_of, multibase_decode, multibase_encode, sign, verify

Document: TypeAlias = dict[str, Any]

UnprovenReason: TypeAlias = Literal[
    "no_proof",  # none of the kind that we read
    "malformed",  # a proof without what it needs, or a document without a canonical form
    "wrong_context",  # the proof was made for another @context
    "wrong_key",  # not an Ed25519 key
    "expired",  # past what its maker allowed
    "bad_signature",  # all is well but the signature itself
]

_SIGNATURE_BYTES = 64


class Proven(NamedTuple):
    """The holder of the key wrote this document."""

    verification_method: str


class Unproven(NamedTuple):
    """Why a proof is not believed: a word fit for a metric's label, and a sentence for people."""

    reason: UnprovenReason
    detail: str


def attach(document: Document, private: Ed25519PrivateKey, verification_method: str, created: str) -> Document:
    """The document with a proof, in place of any it had; `created` is RFC 3339. ValueError where the document has no
    canonical form."""
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
        "created": created,
    }
    if "@context" in document:
        options = {"@context": document["@context"], **options}
    hashed = _hashed(unsecured, options)
    if hashed is None:
        raise ValueError("a document without a canonical form")
    return {**unsecured, "proof": {**options, "proofValue": multibase_encode(sign(private, hashed))}}


def verification_method_of(document: Document) -> str | None:
    """The id of the key that the document's proof names, or None where it bears no proof that we could check."""
    proof = _proof_of(document)
    return None if proof is None else proof["verificationMethod"]


def check(document: Document, key: PublicKey, *, now: int) -> Proven | Unproven:
    """Whether the holder of this key, which must be that of `verification_method_of`, wrote this document.

    `now`, in milliseconds, matters only to the rare proof that expires. A proof may be years old: documents are kept.
    """
    proof = _proof_of(document)
    if proof is None:
        return Unproven("no_proof", "no eddsa-jcs-2022 proof for assertionMethod")
    if not isinstance(key, Ed25519PublicKey):
        return Unproven("wrong_key", f"an {kind_of(key)} key")
    if "expires" in proof:
        expires = parse_rfc3339(proof["expires"]) if isinstance(proof["expires"], str) else None
        if expires is None:
            return Unproven("malformed", "expires is not a time")
        if expires < now:
            return Unproven("expired", f"expired {(now - expires) // 1000} s ago")
    value = proof.get("proofValue")
    signature = multibase_decode(value) if isinstance(value, str) else None
    if signature is None or len(signature) != _SIGNATURE_BYTES:
        return Unproven("malformed", "proofValue is not a base58btc signature")
    options = {name: member for name, member in proof.items() if name != "proofValue"}
    if "@context" in options and not _starts_with(document.get("@context"), options["@context"]):
        return Unproven("wrong_context", "the document's @context does not begin with the proof's")
    for candidate in _candidates(document, options):
        hashed = _hashed(*candidate)
        if hashed is None:
            return Unproven("malformed", "a document without a canonical form")
        if verify(key, signature, hashed):
            return Proven(proof["verificationMethod"])
    return Unproven("bad_signature", proof["verificationMethod"][:200])


def _candidates(document: Document, options: Document) -> Iterator[tuple[Document, Document]]:
    """What may have been signed, the likeliest first: a document without its proof, and the proof's options."""
    unsecured = {name: member for name, member in document.items() if name != "proof"}
    later = unsecured.get("signature")
    if isinstance(later, dict) and later.get("type") == "RsaSignature2017":
        # Fedify 2.3 adds a Linked Data signature after the proof. Nobody here reads it, so it may come unproven.
        yield from _with_contexts({name: member for name, member in unsecured.items() if name != "signature"}, options)
    yield from _with_contexts(unsecured, options)


def _with_contexts(unsecured: Document, options: Document) -> Iterator[tuple[Document, Document]]:
    if "@context" in options:
        yield {**unsecured, "@context": options["@context"]}, options
        return
    if "@context" in unsecured:
        # Fedify and Mitra hash the document's @context into a proof that does not show it; the specification does not.
        yield unsecured, {**options, "@context": unsecured["@context"]}
    yield unsecured, options


def _proof_of(document: Document) -> Document | None:
    """The first proof of the kind that we read, of one or of several."""
    proofs = document.get("proof")
    for proof in proofs if isinstance(proofs, list) else [proofs]:
        if (
            isinstance(proof, dict)
            and proof.get("type") == "DataIntegrityProof"
            and proof.get("cryptosuite") == "eddsa-jcs-2022"
            and proof.get("proofPurpose") == "assertionMethod"
            and isinstance(proof.get("verificationMethod"), str)
        ):
            return proof
    return None


def _starts_with(contexts: Any, prefix: Any) -> bool:
    whole = contexts if isinstance(contexts, list) else [contexts]
    part = prefix if isinstance(prefix, list) else [prefix]
    common = canonical(part)
    return common is not None and canonical(whole[: len(part)]) == common


def _hashed(unsecured: Document, options: Document) -> bytes | None:
    """What is signed: the hash of the proof's options, then that of the document."""
    canonical_options, canonical_document = canonical(options), canonical(unsecured)
    if canonical_options is None or canonical_document is None:
        return None
    return sha256(canonical_options).digest() + sha256(canonical_document).digest()
