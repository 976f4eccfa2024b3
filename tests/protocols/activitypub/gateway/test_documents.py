"""What a.example shows, to whom, and what it keeps to itself."""

from typing import Any

import pytest

from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import Origin
from scattershot.app.publish import Done
from scattershot.domain.change import Vanished
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.post import Audience
from scattershot.ports.protocol import Signer
from scattershot.protocols.activitypub.wire.vocabulary import PUBLIC
from scattershot.storage.tables import nodes
from scattershot.testing.village import Village
from tests.protocols.activitypub.gateway.nodes import Node, reason


def number_of(address: str) -> PostId:
    return PostId(int(address.rpartition("/")[2]))


async def test_an_actor_names_its_doors_and_keys(a: Node, ann: MicroblogId) -> None:
    actor = await a.document(f"/u/{ann}")
    this = f"https://a.example/u/{ann}"
    assert actor["id"] == this
    assert (actor["type"], actor["preferredUsername"], actor["url"]) == ("Person", "ann", "https://a.example/@ann")
    assert actor["inbox"] == f"{this}/inbox"
    assert actor["endpoints"] == {"sharedInbox": "https://a.example/inbox"}
    assert actor["publicKey"]["owner"] == this
    assert actor["assertionMethod"][0]["publicKeyMultibase"].startswith("z6Mk")
    for door in ("outbox", "followers", "following", "featured"):
        assert (await a.document(actor[door]))["id"] == actor[door]


async def test_a_document_says_its_type_and_for_how_long_it_is_good(a: Node, ann: MicroblogId) -> None:
    answer = await a.get(f"/u/{ann}")
    assert answer.headers.get("content-type") == "application/activity+json; charset=utf-8"
    assert answer.headers.get("vary") == "Accept, Signature"
    assert answer.headers.get("cache-control") == "public, max-age=60"
    again = await a.get(f"/u/{ann}", None, ("if-none-match", answer.headers.get("etag") or ""))
    assert (again.status, again.body) == (304, b"")


async def test_a_name_leads_to_the_actor(a: Node, ann: MicroblogId) -> None:
    assert (await a.document("/@ann"))["id"] == f"https://a.example/u/{ann}"
    assert (await a.document("/@Ann@a.example"))["id"] == f"https://a.example/u/{ann}"
    assert (await a.get("/@ann@b.example")).status == 404


@pytest.mark.parametrize(
    "path", ["/u/1", "/p/1", "/b/1", "/u/99999999999999999999999", "/p/99999999999999999999999", "/@nobody",
             "/u/1/outbox", "/p/1/replies", "/p/1/context", "/p/1/create"]
)  # fmt: skip
async def test_what_is_not_there_is_not_found(a: Node, path: str) -> None:
    assert (await a.get(path)).status == 404


async def test_an_outbox_is_read_page_by_page_newest_first(a: Node, ann: MicroblogId) -> None:
    for number in range(45):
        a.clock.advance(1)
        await a.post(ann, f"No {number}")
    outbox = await a.document(f"/u/{ann}/outbox")
    assert (outbox["type"], outbox["totalItems"]) == ("OrderedCollection", 45)
    texts, page = [], outbox["first"]
    for _ in range(3):
        found = await a.document(page)
        assert found["partOf"] == outbox["id"]
        texts += [item["object"]["content"] for item in found["orderedItems"]]
        page = found.get("next")
    assert page is None
    assert texts == [f"<p>No {number}</p>" for number in reversed(range(45))]


async def test_boosts_stand_between_posts_in_the_outbox(a: Node, ann: MicroblogId) -> None:
    al = await a.person("al")
    post = await a.post(al, "To be passed on")
    await a.post(ann, "Before")
    a.clock.advance(1)
    assert isinstance(await a.built.publisher.boost(ann, number_of(post.id.value), "test"), Done)
    a.clock.advance(1)
    await a.post(ann, "After")
    page = await a.document(f"/u/{ann}/outbox?page=true")
    after, boost, before = page["orderedItems"]
    assert [item["type"] for item in (after, boost, before)] == ["Create", "Announce", "Create"]
    assert boost["object"] == post.id.value
    assert (await a.document(boost["id"]))["object"] == post.id.value
    assert (await a.document(f"/u/{ann}/outbox"))["totalItems"] == 3


async def test_a_follower_elsewhere_reads_what_is_for_followers(
    a: Node, b: Node, ann: MicroblogId, bob: Signer, village: Village
) -> None:
    public, private, direct = [
        await a.post(ann, text, audience)
        for text, audience in (("All", Audience.PUBLIC), ("Few", Audience.FOLLOWERS), ("None", Audience.MENTIONED))
    ]
    hidden = await a.get(private.id.value)
    assert hidden.status == 404
    assert await read(a, ann, bob) == ["<p>All</p>"]
    assert (await a.get(private.id.value, bob)).body == (await a.get("/p/1", bob)).body
    await b.follow(await b.house.microblog("bob"), await b.find("@ann@a.example"))
    await village.settle()
    assert await read(a, ann, bob) == ["<p>Few</p>", "<p>All</p>"]
    answer = await a.get(private.id.value, bob)
    assert (answer.status, answer.headers.get("cache-control")) == (200, "private, no-store")
    assert (await a.get(direct.id.value, bob)).status == 404
    assert (await a.get(public.id.value)).status == 200
    assert await read(a, ann, await b.speaker()) == ["<p>Few</p>", "<p>All</p>"]


async def read(a: Node, who: MicroblogId, signer: Signer | None) -> list[str]:
    page = await a.document(f"/u/{who}/outbox?page=true", signer)
    return [item["object"]["content"] for item in page["orderedItems"]]


async def test_whoever_is_blocked_sees_nothing_of_the_blocker(
    a: Node, b: Node, ann: MicroblogId, bob: Signer, village: Village
) -> None:
    post = await a.post(ann, "Hello")
    await a.built.publisher.block(ann, await a.find("@bob@b.example"), "test")
    assert (await a.get(post.id.value, bob)).status == 404
    assert await read(a, ann, bob) == []


async def test_a_signature_that_does_not_hold_shows_no_more_than_none(
    a: Node, b: Node, ann: MicroblogId, bob: Signer, village: Village
) -> None:
    await b.follow(await b.house.microblog("bob"), await b.find("@ann@a.example"))
    await village.settle()
    post = await a.post(ann, "Few", Audience.FOLLOWERS)
    eve = await b.signer(await b.person("eve"))
    stolen = Signer(bob.microblog, tuple(
        mine._replace(private=hers.private) for mine, hers in zip(bob.keys, eve.keys, strict=True)))  # fmt: skip
    assert (await a.get(post.id.value, stolen)).status == 404
    assert (await a.get(post.id.value, bob)).status == 200


async def test_what_is_for_this_node_alone_is_shown_to_no_other(a: Node, ann: MicroblogId) -> None:
    post = await a.post(ann, "Here only", Audience.LOCAL)
    assert (await a.get(post.id.value)).status == 404
    assert (await a.document(f"/u/{ann}/outbox?page=true"))["orderedItems"] == []


async def test_a_deleted_post_leaves_a_stone(a: Node, ann: MicroblogId) -> None:
    post = await a.post(ann, "Oops")
    secret = await a.post(ann, "Oops, and secret", Audience.FOLLOWERS)
    for gone in (post, secret):
        await a.built.publisher.delete(ann, number_of(gone.id.value), "test")
    answer = await a.get(post.id.value)
    assert answer.status == 410
    assert b'"Tombstone"' in answer.body
    assert (await a.get(f"{post.id.value}/replies")).status == 410
    assert (await a.get(secret.id.value)).status == 404


async def test_a_microblog_that_is_gone_leaves_a_stone(a: Node, ann: MicroblogId) -> None:
    profile = await a.profile(ann)
    house = a.built.house
    await a.database.write(lambda tx: apply(tx, Vanished(actor=profile.id), Origin(a.clock.now(), "test"), house))
    for path in (f"/u/{ann}", f"/u/{ann}/outbox", "/@ann"):
        answer = await a.get(path)
        assert (answer.status, b'"formerType":"Person"' in answer.body) == (410, True)


async def test_followers_are_listed_unless_hidden(
    a: Node, b: Node, ann: MicroblogId, bob: Signer, village: Village
) -> None:
    await b.follow(await b.house.microblog("bob"), await b.find("@ann@a.example"))
    await village.settle()
    followers = await a.document(f"/u/{ann}/followers")
    assert followers["totalItems"] == 1
    assert (await a.document(followers["first"]))["orderedItems"] == [bob.microblog.value]
    assert (await b.document(f"{bob.microblog.value}/following?page=true"))["orderedItems"] == [
        f"https://a.example/u/{ann}"
    ]
    await a.house.profile("ann", hides_graph=True)
    for path in (f"/u/{ann}/followers", f"/u/{ann}/followers?page=true", f"/u/{ann}/followers?page=0"):
        hidden = await a.document(path)
        assert (hidden["totalItems"], "first" in hidden, "orderedItems" in hidden) == (1, False, False)


async def test_a_node_learns_its_own_part_of_the_followers_only(
    a: Node, b: Node, ann: MicroblogId, bob: Signer, village: Village
) -> None:
    c = Node(await village.house("c.example"))
    cat = await c.person("cat")
    await b.follow(await b.house.microblog("bob"), await b.find("@ann@a.example"))
    await c.follow(cat, await c.find("@ann@a.example"))
    await village.settle()
    path = f"/u/{ann}/followers_synchronization"
    assert (await a.get(path)).status == 401
    assert (await a.document(path, bob))["orderedItems"] == [bob.microblog.value]
    assert (await a.document(path, await c.signer(cat)))["orderedItems"] == [f"https://c.example/u/{cat}"]


async def test_what_is_pinned_is_featured(a: Node, ann: MicroblogId) -> None:
    posts = [await a.post(ann, text) for text in ("One", "Two")]
    await a.built.publisher.pin(ann, number_of(posts[0].id.value), "test")
    featured = await a.document(f"/u/{ann}/featured")
    assert [item["content"] for item in featured["orderedItems"]] == ["<p>One</p>"]


async def test_a_post_names_its_replies_and_its_conversation(a: Node, ann: MicroblogId) -> None:
    al = await a.person("al")
    first = await a.post(ann, "First")
    answer = await a.post(al, "Answer", reply_to=number_of(first.id.value))
    own = await a.post(ann, "More", reply_to=number_of(first.id.value))
    await a.post(al, "Psst", Audience.FOLLOWERS, reply_to=number_of(first.id.value))
    note = await a.document(first.id.value)
    assert note["to"] == [PUBLIC]
    assert note["replies"]["first"]["items"] == [own.id.value, answer.id.value]
    assert (await a.document(note["replies"]["id"]))["first"]["items"] == [own.id.value, answer.id.value]
    context = await a.document(note["context"])
    assert context["orderedItems"] == [first.id.value, answer.id.value, own.id.value]
    create = await a.document(f"{first.id.value}/create")
    assert (create["type"], create["object"]["id"]) == ("Create", first.id.value)


async def test_many_replies_go_on_on_a_second_page(a: Node, ann: MicroblogId) -> None:
    first = await a.post(ann, "First")
    for number in range(60):
        a.clock.advance(1)
        await a.post(ann, f"No {number}", reply_to=number_of(first.id.value))
    replies = (await a.document(first.id.value))["replies"]["first"]
    more = await a.document(replies["next"])
    assert (len(replies["items"]), len(more["items"]), "next" in more) == (50, 10, False)


# -- authorized fetch


@pytest.fixture
async def shy(village: Village) -> Node:
    return Node(await village.house("shy.example", authorized_fetch=True))


async def test_authorized_fetch_shows_strangers_the_nodes_own_actor_alone(shy: Node, bob: Signer) -> None:
    sue = await shy.person("sue")
    post = await shy.post(sue, "Hello")
    for path in (f"/u/{sue}", post.id.value, f"/u/{sue}/outbox", "/@sue", f"/u/{sue}/followers", "/u/1", "/p/1"):
        assert reason(await shy.get(path)) == (401, "unsigned")
    assert (await shy.get((await shy.speaker()).microblog.value)).status == 200
    assert (await shy.get("/.well-known/webfinger?resource=acct:sue@shy.example")).status == 200
    answer = await shy.get(f"/u/{sue}", bob)
    assert (answer.status, answer.headers.get("cache-control")) == (200, "private, no-store")


async def test_two_nodes_that_both_want_signatures_come_together(shy: Node, village: Village) -> None:
    coy = Node(await village.house("coy.example", authorized_fetch=True))
    sue, cal = await shy.person("sue"), await coy.person("cal")
    await shy.follow(sue, there := await shy.find("@cal@coy.example"))
    await village.settle()
    await coy.post(cal, "Hello")
    await village.settle()
    assert await shy.texts(there) == ["Hello"]


async def test_a_blocked_node_sees_nothing(shy: Node, bob: Signer) -> None:
    sue = await shy.person("sue")
    await shy.database.write(lambda tx: nodes.set_standing(tx, "b.example", "blocked"))  # type: ignore[arg-type]
    assert reason(await shy.get(f"/u/{sue}", bob)) == (403, "blocked")


async def test_a_signed_question_shows_that_a_node_is_up_again(
    a: Node, b: Node, ann: MicroblogId, bob: Signer, village: Village, network: Any
) -> None:
    await b.follow(await b.house.microblog("bob"), await b.find("@ann@a.example"))
    await village.settle()
    network.down("b.example")
    await a.post(ann, "While you were away")
    await a.built.readers.step()
    await a.built.couriers.step()
    assert (await a.node("b.example")).health.failures == 1
    network.up("b.example")
    a.clock.advance(61)
    assert (await a.get(f"/u/{ann}", bob)).status == 200
    assert (await a.node("b.example")).health.failures == 0
    await village.settle()
    assert await b.texts(await b.find("@ann@a.example")) == ["While you were away"]
