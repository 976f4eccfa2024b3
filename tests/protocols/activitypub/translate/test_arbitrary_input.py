"""Nothing that arrives can make the reading fall over: strangers write all of it."""

from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from scattershot.domain.reading import Changes, Ignored, Needs, Refused
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.protocol import BackPosts
from scattershot.protocols.activitypub.translate.documents_in import (
    collection_items,
    read_document,
    read_key,
    read_page,
)
from scattershot.protocols.activitypub.translate.refusals import Why
from scattershot.protocols.activitypub.translate.to_changes import read_activity

ANN = "https://a.example/users/ann"
SENDER = WireId(ACTIVITYPUB, ANN)
READINGS = (Changes, Needs, Refused, Ignored)

names = st.sampled_from([
    "id", "type", "actor", "object", "target", "to", "cc", "bto", "audience", "content", "contentMap", "summary",
    "name", "nameMap", "tag", "attachment", "url", "href", "icon", "image", "mediaType", "published", "updated",
    "attributedTo", "inReplyTo", "oneOf", "anyOf", "replies", "totalItems", "endTime", "closed", "votersCount", "quote",
    "quoteUrl", "context", "conversation", "source", "preferredUsername", "inbox", "endpoints", "sharedInbox",
    "publicKey", "publicKeyPem", "owner", "assertionMethod", "alsoKnownAs", "movedTo", "webfinger", "first", "next",
    "items", "orderedItems", "focalPoint", "blurhash", "width", "height", "rel", "language", "sensitive", "value",
    "formerType",
])  # fmt: skip
atoms = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from([
        ANN, f"{ANN}/1", f"{ANN}/inbox", f"{ANN}#main-key", "https://b.example/x", "https://",
        "https://[::1]:99999/", "as:Public", "Note",
        "Question", "Article", "Video", "Page", "Person", "Group", "Create", "Update", "Delete", "Undo", "Follow",
        "Accept", "Reject", "Announce", "Like", "EmojiReact", "Block", "Move", "Flag", "Add", "Remove", "Tombstone",
        "Multikey", "Mention", "Hashtag", "Emoji", "Link", "Document", "Image", "PropertyValue", "OrderedCollection",
        "Collection", "CollectionPage", "2026-11-21T00:00:00Z", "0000-00-00T00:00:00Z", "9999-12-31T23:59:59+00:01",
        "text/html", "1",
    ]),
)  # fmt: skip
values = st.recursive(
    atoms, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=6), max_leaves=25
)
documents = st.dictionaries(names, values, max_size=12)
activities = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["Create", "Update", "Delete", "Undo", "Follow", "Accept", "Announce", "Like", "Block",
                                 "Move", "Flag", "Add"]),
        "actor": st.just(ANN),
        "object": st.just(ANN) | st.fixed_dictionaries(
            {"id": st.sampled_from([ANN, f"{ANN}/1"]), "type": atoms, "attributedTo": st.just(ANN) | values},
            optional=dict.fromkeys(
                ("content", "contentMap", "tag", "attachment", "to", "cc", "oneOf", "anyOf", "url", "published", "icon",
                 "inbox", "publicKey", "object", "preferredUsername", "endpoints", "actor", "source", "quote"), values
            ),
        ) | values,
    },
    optional={"id": values, "to": values, "cc": values, "target": values, "published": values, "content": values},
)  # fmt: skip


def _check_all(body: bytes) -> None:
    words = {why.value for why in Why}
    for proven in (False, True):
        reading = read_activity(body, SENDER, "a.example", proven=proven, at=1)
        assert isinstance(reading, READINGS)
        assert not isinstance(reading, Refused) or reading.why in words
        if isinstance(reading, Changes):
            msgspec.json.encode(reading.changes)
    assert isinstance(read_activity(body, None, "", at=0), READINGS)
    document = read_document(body, ANN, author=SENDER)
    assert isinstance(document, READINGS)
    assert isinstance(read_page(body, f"{ANN}/outbox", SENDER), BackPosts)
    assert len(collection_items(body).ids) >= 0
    read_key(body, f"{ANN}#main-key")


@given(activities | documents | values)
@settings(max_examples=250, deadline=None)
def test_any_json_is_read_or_refused(document: Any) -> None:
    _check_all(msgspec.json.encode(document))


@given(st.binary(max_size=200))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    _check_all(body)


def test_bodies_built_to_exhaust_are_refused() -> None:
    for body in (b"[" * 900_000, b'{"a":' * 100_000, b"{" * 5000, b'{"id":' + b"[" * 60 + b"]" * 60 + b"}"):
        _check_all(body)
        assert isinstance(read_activity(body, SENDER, "a.example", at=1), Refused)
    assert read_activity(b" " * 1_048_577, SENDER, "a.example", at=1) == Refused("too_large", "1048577 bytes")
