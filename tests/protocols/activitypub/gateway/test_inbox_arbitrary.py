"""Whatever is put through the letter box, the door answers and the house stands."""

from typing import Any

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scattershot.ports.protocol import Signer
from scattershot.testing.fakes import AsgiFetcher
from scattershot.wirekit.http_message import Headers, Request
from tests.protocols.activitypub.gateway.nodes import Node

WORDS = st.sampled_from(
    ["id", "type", "actor", "object", "to", "cc", "content", "attributedTo", "inReplyTo", "tag", "proof", "url", "name",
     "preferredUsername", "inbox", "endpoints", "publicKey", "target", "published", "oneOf", "attachment", "@context"]
)  # fmt: skip
VALUES = st.sampled_from(
    ["Create", "Update", "Delete", "Undo", "Follow", "Accept", "Announce", "Like", "Move", "Flag", "Add", "Note",
     "Question", "Person", "Tombstone", "https://b.example/u/1", "https://b.example/u/1/notes/1", "as:Public", "",
     "https://www.w3.org/ns/activitystreams#Public", "https://a.example/inbox", "http://[", "DataIntegrityProof"]
)  # fmt: skip
JSON = st.recursive(
    VALUES | st.text(max_size=20) | st.none() | st.booleans() | st.integers() | st.floats(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS | st.text(max_size=5), inner, max_size=8),
    max_leaves=25,
)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(content=JSON, own=st.booleans())
async def test_no_json_from_a_known_sender_breaks_the_door(
    a: Node, bob: Signer, network: AsgiFetcher, content: Any, own: bool
) -> None:
    if own and isinstance(content, dict):
        content = content | {"actor": bob.microblog.value}
    a.clock.advance(1)  # or refusals would add up until nothing is read any more
    body = msgspec.json.encode(content)
    answer = await a.deliver(body, bob)
    assert answer.status < 500 or answer.status == 503
    assert network.failures == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    fields=st.lists(
        st.tuples(
            st.sampled_from(["signature", "signature-input", "digest", "content-digest", "date", "host"]),
            st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=60)
            | st.sampled_from(['keyId="https://b.example/u/1#k",signature="AAAA",headers="date"', 'sig1=();keyid="x"']),
        ),
        max_size=8,
    )
)
async def test_no_header_of_a_stranger_breaks_the_door(
    a: Node, network: AsgiFetcher, fields: list[tuple[str, str]]
) -> None:
    headers = Headers([("content-type", "application/activity+json"), *fields])
    answer = await a.send(Request("POST", "https://a.example/inbox", headers, b"{}"))
    assert answer.status < 500 or answer.status == 503
    answer = await a.send(Request("GET", "https://a.example/u/1/outbox?page=true", headers))
    assert answer.status < 500
    assert network.failures == []
