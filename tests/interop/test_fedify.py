"""Journeys between a real node and @fedify/fedify as a whole peer, over sockets, in either signature dialect.

The peer believes only the dialect it is named for, and judges signature and proof of each delivery by themselves.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec.structs import replace

from scattershot.app.publish import Draft
from scattershot.domain.ids import MicroblogId
from scattershot.domain.post import Audience
from scattershot.domain.quote import QuoteState
from scattershot.domain.terms import ALL, ONLY_THE_AUTHOR, Terms
from scattershot.protocols.activitypub.wire.vocabulary import PUBLIC
from tests.interop.whole_peers import House, Peer, a_house, a_peer, until

pytestmark = pytest.mark.asyncio(loop_scope="module")
over_the_module = pytest_asyncio.fixture(scope="module", loop_scope="module")

DIALECTS = ("cavage", "rfc9421")


@dataclass
class Friends:
    """Ann of ours and bob of Fedify, who follow each other."""

    house: House
    ann: MicroblogId
    peer: Peer
    bob: MicroblogId

    @property
    def ann_address(self) -> str:
        return self.house.address(self.ann)


@over_the_module
async def village(
    fedify_peer_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[House, dict[str, Peer]]]:
    async with AsyncExitStack() as stack:
        house = await stack.enter_async_context(a_house(tmp_path_factory.mktemp("house")))
        peers = {dialect: await stack.enter_async_context(a_peer(fedify_peer_dir, dialect)) for dialect in DIALECTS}
        yield house, peers


@over_the_module
async def carol(fedify_peer_dir: Path) -> AsyncIterator[Peer]:
    """Somebody of a third node, whom nobody of ours follows."""
    async with a_peer(fedify_peer_dir, "rfc9421") as peer:
        yield peer


@over_the_module
async def dave(fedify_peer_dir: Path) -> AsyncIterator[Peer]:
    """Somebody of a fourth node, whom nobody at all follows."""
    async with a_peer(fedify_peer_dir, "cavage") as peer:
        yield peer


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=DIALECTS)
async def friends(village: tuple[House, dict[str, Peer]], request: pytest.FixtureRequest) -> Friends:
    house, peers = village
    peer = peers[request.param]
    ann = await house.person(f"ann_{peer.dialect}")
    bob = await house.meet(f"@bob@{peer.origin.removeprefix('http://')}")
    await house.done(house.node.publisher.follow(ann, bob, "test"))
    await until(lambda: house.follows(ann, bob), bool)
    await peer.do("follow", url=house.address(ann))
    await until(peer.state, lambda state: state["following"].get(house.address(ann)) == "accepted")
    return Friends(house, ann, peer, bob)


async def post_of_ann(friends: Friends, text: str = "bread", **draft: Any) -> tuple[Any, str]:
    """A post of ann's that bob has heard."""
    post = await friends.house.post(friends.ann, text, **draft)
    address = friends.house.post_address(post)
    await until(friends.peer.state, lambda state: address in state["posts"])
    return post, address


async def post_of_bob(friends: Friends, text: str = "<p>butter</p>") -> str:
    """A post of bob's that ann reads at home."""
    address: str = (await friends.peer.do("post", text=text))["id"]
    await until(lambda: friends.house.home(friends.ann), lambda home: address in home)
    return address


# Finding each other


async def test_fedify_finds_a_profile_by_its_address_and_by_webfinger(friends: Friends) -> None:
    page = f"{friends.house.node.settings.origin}/@ann_{friends.peer.dialect}"
    found = await friends.peer.do("lookUp", url=page)
    assert (found["id"], found["name"]) == (friends.ann_address, f"ann_{friends.peer.dialect}")
    selves = {link["href"] for link in found["jrd"]["links"] if link["rel"] == "self"}
    assert selves == {friends.ann_address}


async def test_we_find_bob_by_name(friends: Friends) -> None:
    assert await friends.house.meet(friends.peer.actor) == friends.bob


# Following


async def test_our_follow_is_signed_as_fedify_wants_it(friends: Friends) -> None:
    follow = await friends.peer.delivered("Follow", friends.ann_address)
    assert (follow["dialect"], follow["signedBy"]) == (friends.peer.dialect, f"{friends.ann_address}#main-key")


async def test_an_unfollow_of_ours_is_heard(friends: Friends) -> None:
    cy = await friends.house.person(f"cy_{friends.peer.dialect}")
    address = friends.house.address(cy)
    await friends.house.done(friends.house.node.publisher.follow(cy, friends.bob, "test"))
    await until(lambda: friends.house.follows(cy, friends.bob), bool)
    assert address in (await friends.peer.state())["followers"]
    await friends.house.done(friends.house.node.publisher.unfollow(cy, friends.bob, "test"))
    await until(friends.peer.state, lambda state: address not in state["followers"])


async def test_a_follow_of_fedifys_that_is_undone_ends(friends: Friends) -> None:
    dee = await friends.house.person(f"dee_{friends.peer.dialect}")
    follow = await friends.peer.do("follow", url=friends.house.address(dee))
    await until(lambda: friends.house.follows(friends.bob, dee), bool)
    await friends.peer.do("undo", id=follow["id"])
    await until(lambda: friends.house.follows(friends.bob, dee), lambda follows: not follows)


async def test_a_follow_of_a_locked_microblog_waits_and_may_be_refused(friends: Friends) -> None:
    eve = await friends.house.person(f"eve_{friends.peer.dialect}")
    address = friends.house.address(eve)
    locked = replace(await friends.house.profile(eve), locked=True)
    await friends.house.done(friends.house.node.publisher.change_profile(locked, "test"))
    await friends.peer.do("follow", url=address)
    await until(lambda: friends.house.told(eve), lambda told: "follow_request" in told)
    assert (await friends.peer.state())["following"][address] == "asked"
    await friends.house.done(friends.house.node.publisher.answer(eve, friends.bob, "test", accepted=False))
    await until(friends.peer.state, lambda state: state["following"][address] == "rejected")


# What we tell Fedify


async def test_our_post_arrives_signed_and_proven(friends: Friends) -> None:
    _, address = await post_of_ann(friends, "bread & <butter>")
    assert "bread &amp; &lt;butter&gt;" in (await friends.peer.state())["posts"][address]
    create = await friends.peer.delivered("Create", friends.ann_address)
    assert create["dialect"] == friends.peer.dialect
    assert create["signedBy"] == f"{friends.ann_address}#main-key"
    assert create["provenBy"] == friends.ann_address


async def test_our_edit_and_deletion_arrive_signed_and_proven(friends: Friends) -> None:
    post, address = await post_of_ann(friends)
    publisher = friends.house.node.publisher
    await friends.house.done(publisher.edit(friends.ann, post, Draft("rye bread"), "test"))
    await until(friends.peer.state, lambda state: "rye bread" in state["posts"][address])
    await friends.house.done(publisher.delete(friends.ann, post, "test"))
    await until(friends.peer.state, lambda state: address not in state["posts"])
    for kind in ("Update", "Delete"):
        assert (await friends.peer.delivered(kind, friends.ann_address))["provenBy"] == friends.ann_address


async def test_our_boost_and_its_undoing_arrive(friends: Friends) -> None:
    address = await post_of_bob(friends)
    row, publisher = await friends.house.known(address), friends.house.node.publisher
    await friends.house.done(publisher.boost(friends.ann, row.id, "test"))
    await until(friends.peer.state, lambda state: state["boosts"].get(address) == [friends.ann_address])
    assert (await friends.peer.delivered("Announce", friends.ann_address))["provenBy"] == friends.ann_address
    await friends.house.done(publisher.unboost(friends.ann, row.id, "test"))
    await until(friends.peer.state, lambda state: state["boosts"][address] == [])


async def test_our_like_and_its_undoing_arrive(friends: Friends) -> None:
    address = await post_of_bob(friends)
    row, publisher = await friends.house.known(address), friends.house.node.publisher
    await friends.house.done(publisher.like(friends.ann, row.id, "test"))
    await until(friends.peer.state, lambda state: state["likes"].get(address) == [friends.ann_address])
    await friends.house.done(publisher.unlike(friends.ann, row.id, "test"))
    await until(friends.peer.state, lambda state: state["likes"][address] == [])


async def test_a_post_for_followers_alone_arrives_without_a_proof(friends: Friends) -> None:
    """A proof would let whoever gets hold of it show to others that it is genuine."""
    _, address = await post_of_ann(friends, "for us", audience=Audience.FOLLOWERS)
    create = next(d for d in reversed((await friends.peer.state())["deliveries"]) if d["id"] == f"{address}/create")
    assert (create["signedBy"], create["hasProof"]) == (f"{friends.ann_address}#main-key", False)


# Quotes with consent (FEP-044f)


async def test_our_quote_asks_fedify_and_bears_its_stamp(friends: Friends) -> None:
    address = await post_of_bob(friends)
    row = await friends.house.known(address)
    assert row.post.terms.quotes == ALL
    quoting, this = await post_of_ann(friends, "so it is", quote=row.id)
    told = await until(friends.peer.state, lambda state: state["quotes"].get(this, {}).get("stamp"))
    assert told["quotes"][this]["quotes"] == address
    [asked] = [request for request in told["requests"] if request["quoting"] == this]
    assert (asked["quotes"], asked["object"]) == (address, address)
    accepted = await friends.house.known(this)
    assert (accepted.id, accepted.quoting) == (quoting, QuoteState.ACCEPTED)
    assert told["quotes"][this]["stamp"] == getattr(accepted.post.quote_stamp, "value", None)
    assert (await friends.peer.delivered("QuoteRequest", friends.ann_address))["signedBy"]


async def test_our_quote_that_fedify_refuses_is_rejected(friends: Friends) -> None:
    row = await friends.house.known(await post_of_bob(friends))
    await friends.peer.do("says", word="no")
    try:
        _, this = await post_of_ann(friends, "so it is not", quote=row.id)
        await until(lambda: friends.house.known(this), lambda known: known.quoting is QuoteState.REJECTED)
    finally:
        await friends.peer.do("says", word="yes")


async def test_fedifys_quote_is_answered_with_a_stamp_that_it_can_read(friends: Friends) -> None:
    post, address = await post_of_ann(friends)
    assert (await friends.peer.state())["quotes"][address]["mayQuote"] == [PUBLIC]
    theirs = (await friends.peer.do("post", text="<p>look</p>", quote=address))["id"]
    await friends.peer.do("askToQuote", id=theirs)
    state = await until(friends.peer.state, lambda state: state["stamps"].get(theirs))
    stamp = await friends.peer.do("stampAt", url=state["stamps"][theirs])
    assert stamp == {"found": friends.ann_address, "quoting": theirs, "quoted": address}
    known = await friends.house.known(theirs)
    assert known.quoting is QuoteState.ACCEPTED
    done = friends.house.node.quotes.revoke(friends.ann, post, known.id, "test")
    await friends.house.done(done)
    await until(friends.peer.state, lambda state: state["stamps"][theirs] == "revoked")
    async with friends.peer.session.get(state["stamps"][theirs]) as gone:  # Fedify itself remembers it for a while
        assert gone.status == 404


async def test_fedifys_question_is_refused_where_the_terms_say_so(friends: Friends) -> None:
    _, address = await post_of_ann(friends, "mine", terms=Terms(quotes=ONLY_THE_AUTHOR))
    theirs = (await friends.peer.do("post", text="<p>look</p>", quote=address))["id"]
    await friends.peer.do("askToQuote", id=theirs)
    await until(friends.peer.state, lambda state: state["stamps"].get(theirs) == "rejected")


# What Fedify tells us


async def test_fedifys_post_its_edit_and_its_deletion_arrive(friends: Friends) -> None:
    address = await post_of_bob(friends, "<p>Grüße 👋</p>")
    assert (await friends.house.known(address)).post.html == "<p>Grüße 👋</p>"
    await friends.peer.do("edit", id=address, text="<p>better</p>")
    await until(lambda: friends.house.known(address), lambda row: row.post.html == "<p>better</p>")
    await friends.peer.do("delete", id=address)
    await until(lambda: friends.house.home(friends.ann), lambda home: address not in home)
    row = await friends.house.seen(address)
    assert row is None or row.gone


async def test_fedifys_like_and_boost_and_their_undoing_arrive(friends: Friends) -> None:
    post, address = await post_of_ann(friends)
    like, boost = await friends.peer.do("like", id=address), await friends.peer.do("boost", id=address)
    await until(lambda: friends.house.likers(post), lambda who: who == [friends.bob])
    await until(lambda: friends.house.boosters(post), lambda who: who == [friends.bob])
    await friends.peer.do("undo", id=like["id"])
    await friends.peer.do("undo", id=boost["id"])
    await until(lambda: friends.house.likers(post), lambda who: not who)
    await until(lambda: friends.house.boosters(post), lambda who: not who)


async def test_we_believe_fedify_in_the_dialect_it_knocks_with_first(friends: Friends) -> None:
    await post_of_bob(friends)
    key_id = f"{friends.peer.actor}#main-key"
    knocks = {knock for knock in friends.house.door.knocks if knock.key_id == key_id}
    assert {(knock.dialect, knock.status) for knock in knocks} == {(friends.peer.dialect, 202)}


# Relayed


async def written_by_carol(friends: Friends, carol: Peer, text: str) -> dict[str, Any]:
    """What carol wrote for ann, but told to bob alone, who can hand it on."""
    await friends.house.meet(carol.actor)
    await friends.peer.do("follow", url=carol.actor)
    await until(friends.peer.state, lambda state: state["following"].get(carol.actor) == "accepted")
    wrote = await carol.do("post", text=text, mention=friends.ann_address)
    await until(friends.peer.state, lambda state: wrote["id"] in state["posts"])
    assert await friends.house.seen(wrote["id"]) is None
    return wrote


async def test_a_relayed_post_is_believed_by_its_proof_while_its_origin_is_down(friends: Friends, carol: Peer) -> None:
    wrote = await written_by_carol(friends, carol, "<p>relayed</p>")
    async with carol.shut():
        assert await friends.peer.do("forward", id=wrote["activity"]) == {"refused": None}
        row = await friends.house.known(wrote["id"])
        assert (row.post.html, row.post.author.value) == ("<p>relayed</p>", carol.actor)
        assert (await carol.state())["asked"] == []


async def test_of_an_altered_relayed_post_only_what_its_origin_says_is_believed(friends: Friends, carol: Peer) -> None:
    wrote = await written_by_carol(friends, carol, "<p>true</p>")
    async with carol.shut():
        assert await friends.peer.do("forward", id=wrote["activity"], altered="<p>altered</p>") == {"refused": None}
        await until(carol.state, lambda state: bool(state["asked"]))
        assert await friends.house.seen(wrote["id"]) is None
    assert await friends.peer.do("forward", id=wrote["activity"]) == {"refused": None}
    assert (await friends.house.known(wrote["id"])).post.html == "<p>true</p>"


async def test_fedify_believes_by_its_proof_what_we_pass_on(friends: Friends, dave: Peer) -> None:
    """Dave answers ann's post: bob, who follows ann, hears it from us, in dave's name."""
    _, address = await post_of_ann(friends, "who likes bread?")
    wrote = await dave.do("post", text="<p>me</p>", replyTo=address)
    await until(friends.peer.state, lambda state: wrote["id"] in state["posts"])
    heard = await friends.peer.delivered("Create", dave.actor)
    assert heard["id"] == wrote["activity"]
    assert (heard["signedBy"], heard["provenBy"]) == (f"{friends.ann_address}#main-key", dave.actor)
