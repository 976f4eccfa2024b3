"""How a node is found."""

from typing import Any

import msgspec
import pytest

from scattershot.domain.ids import MicroblogId
from scattershot.testing.village import Village
from tests.protocols.activitypub.gateway.nodes import Node


async def finger(node: Node, resource: str, *more: str) -> tuple[int, Any]:
    answer = await node.get(f"/.well-known/webfinger?resource={resource}{''.join(more)}")
    assert answer.headers.get("access-control-allow-origin") == "*"
    return answer.status, msgspec.json.decode(answer.body)


@pytest.mark.parametrize(
    "resource",
    ["acct:ann@a.example", "acct:ANN@A.Example", "ann@a.example", "@ann@a.example", "https://a.example/@ann",
     "https://a.example/@ann@a.example", "https://a.example/u/{ann}", "https://a.example:443/u/{ann}"],
)  # fmt: skip
async def test_everybody_here_is_found_by_name_and_by_address(a: Node, ann: MicroblogId, resource: str) -> None:
    status, jrd = await finger(a, resource.format(ann=ann))
    assert status == 200
    assert jrd["subject"] == "acct:ann@a.example"
    links = {link["rel"]: link.get("href") for link in jrd["links"]}
    assert links["self"] == f"https://a.example/u/{ann}"
    assert links["http://webfinger.net/rel/profile-page"] == "https://a.example/@ann"


@pytest.mark.parametrize(
    "resource", ["acct:nobody@a.example", "acct:ann@b.example", "https://b.example/@ann", "https://a.example/u/1",
                 "https://a.example/u/99999999999999999999", "acct:ann", "https://a.example/@", "mailto:x"]
)  # fmt: skip
async def test_who_is_not_here_is_not_found(a: Node, ann: MicroblogId, resource: str) -> None:
    assert (await finger(a, resource))[0] == 404


async def test_a_question_without_a_resource_is_bad(a: Node) -> None:
    assert (await a.get("/.well-known/webfinger")).status == 400


async def test_only_the_relations_asked_for_are_given(a: Node, ann: MicroblogId) -> None:
    _, jrd = await finger(a, "acct:ann@a.example", "&rel=self")
    assert {link["rel"] for link in jrd["links"]} == {"self"}


async def test_a_node_has_names_on_each_of_its_domains(village: Village) -> None:
    node = Node(await village.house("social.c.example", domains=("c.example", "d.example")))
    cat = await node.person("cat")
    status, jrd = await finger(node, "acct:cat@c.example")
    assert (status, jrd["subject"]) == (200, "acct:cat@c.example")
    assert (await finger(node, "acct:cat@social.c.example"))[1]["subject"] == "acct:cat@c.example"
    assert (await finger(node, "acct:cat@d.example"))[0] == 404
    assert (await node.document(f"/u/{cat}"))["webfinger"] == "cat@c.example"


async def test_host_meta_leads_to_webfinger(a: Node) -> None:
    xrd = await a.get("/.well-known/host-meta")
    assert (
        xrd.headers.get(
            "content-type",
        )
        is not None
    )
    assert b'template="https://a.example/.well-known/webfinger?resource={uri}"' in xrd.body
    assert b"webfinger?resource={uri}" in (await a.get("/.well-known/host-meta.json")).body


async def test_nodeinfo_counts_who_writes_here(a: Node, ann: MicroblogId) -> None:
    await a.post(ann, "Hello")
    links = await a.document("/.well-known/nodeinfo")
    assert len(links["links"]) == 3
    for version in ("2.0", "2.1"):
        info = await a.document(f"/nodeinfo/{version}")
        assert info["version"] == version
        assert info["software"]["name"] == "scattershot"
        assert info["usage"] == {"users": {"total": 1, "activeMonth": 1, "activeHalfyear": 1}, "localPosts": 1}
    assert (await a.get("/nodeinfo/3.0")).status == 404
