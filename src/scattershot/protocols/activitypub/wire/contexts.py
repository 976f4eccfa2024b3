"""The JSON-LD contexts we write: constants, for the few readers that are JSON-LD processors."""

from typing import Any

AS2 = "https://www.w3.org/ns/activitystreams"
SECURITY = "https://w3id.org/security/v1"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v1"
MULTIKEY = "https://w3id.org/security/multikey/v1"

_PREFIXES = {
    "toot": "http://joinmastodon.org/ns#",
    "schema": "http://schema.org#",
    "ostatus": "http://ostatus.org#",
    "misskey": "https://misskey-hub.net/ns#",
}
_GTS = "https://gotosocial.org/ns#"
_FEP_044F = "https://w3id.org/fep/044f#"

ACTIVITY_CONTEXT: list[Any] = [AS2, DATA_INTEGRITY]
"""For an activity that only names things. AS2 has no word for the proof that may be added to it."""

POST_CONTEXT: list[Any] = [
    AS2,
    SECURITY,
    DATA_INTEGRITY,
    {
        **_PREFIXES,
        "sensitive": "as:sensitive",
        "Hashtag": "as:Hashtag",
        "Emoji": "toot:Emoji",
        "votersCount": "toot:votersCount",
        "blurhash": "toot:blurhash",
        "focalPoint": {"@container": "@list", "@id": "toot:focalPoint"},
        "conversation": "ostatus:conversation",
        "quote": {"@id": f"{_FEP_044F}quote", "@type": "@id"},
        "quoteAuthorization": {"@id": f"{_FEP_044F}quoteAuthorization", "@type": "@id"},
        "quoteUrl": "as:quoteUrl",
        "quoteUri": "http://fedibird.com/ns#quoteUri",
        "_misskey_quote": "misskey:_misskey_quote",
        "writer": {"@id": "https://schema.org/author", "@type": "@id"},
        "gts": _GTS,
        "interactionPolicy": {"@id": "gts:interactionPolicy", "@type": "@id"},
        "canQuote": {"@id": "gts:canQuote", "@type": "@id"},
        "canReply": {"@id": "gts:canReply", "@type": "@id"},
        "automaticApproval": {"@id": "gts:automaticApproval", "@type": "@id"},
        "manualApproval": {"@id": "gts:manualApproval", "@type": "@id"},
        "replyAuthorization": {"@id": "gts:replyAuthorization", "@type": "@id"},
    },
]
"""For whatever holds a post or a vote."""

REACTION_CONTEXT: list[Any] = [
    AS2,
    DATA_INTEGRITY,
    {
        "toot": _PREFIXES["toot"],
        "misskey": _PREFIXES["misskey"],
        "Emoji": "toot:Emoji",
        "_misskey_reaction": "misskey:_misskey_reaction",
    },
]
"""For a like with an emoji."""

_STAMPS = {
    "QuoteRequest": f"{_FEP_044F}QuoteRequest",
    "QuoteAuthorization": f"{_FEP_044F}QuoteAuthorization",
    "ReplyRequest": f"{_GTS}ReplyRequest",
    "ReplyAuthorization": f"{_GTS}ReplyAuthorization",
    "interactingObject": {"@id": f"{_GTS}interactingObject", "@type": "@id"},
    "interactionTarget": {"@id": f"{_GTS}interactionTarget", "@type": "@id"},
}
STAMP_CONTEXT: list[Any] = [AS2, DATA_INTEGRITY, _STAMPS]
"""For a stamp, and for an answer that gives one."""

CONSENT_CONTEXT: list[Any] = [*POST_CONTEXT[:-1], POST_CONTEXT[-1] | _STAMPS]
"""For a question that holds the post it is about."""

ACTOR_CONTEXT: list[Any] = [
    AS2,
    SECURITY,
    DATA_INTEGRITY,
    MULTIKEY,
    {
        **_PREFIXES,
        "manuallyApprovesFollowers": "as:manuallyApprovesFollowers",
        "alsoKnownAs": {"@id": "as:alsoKnownAs", "@type": "@id"},
        "movedTo": {"@id": "as:movedTo", "@type": "@id"},
        "featured": {"@id": "toot:featured", "@type": "@id"},
        "discoverable": "toot:discoverable",
        "indexable": "toot:indexable",
        "memorial": "toot:memorial",
        "attributionDomains": {"@id": "toot:attributionDomains", "@type": "@id"},
        "PropertyValue": "schema:PropertyValue",
        "value": "schema:value",
        "Hashtag": "as:Hashtag",
        "Emoji": "toot:Emoji",
        "webfinger": {"@id": "https://purl.archive.org/socialweb/webfinger#webfinger"},
        "writesFor": {"@id": "https://schema.org/affiliation", "@type": "@id", "@container": "@set"},
        "implements": {"@id": "https://w3id.org/fep/844e#implements", "@type": "@id", "@container": "@set"},
        # None of the above has it, and without it Fedify finds no key for our proofs. did/v1 has, but protects
        # `alsoKnownAs` against being defined again.
        "assertionMethod": {"@id": "https://w3id.org/security#assertionMethod", "@type": "@id", "@container": "@set"},
    },
]
"""For whatever holds an actor."""
