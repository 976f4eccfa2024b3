"""Who finds what: posts by words, people by names, tags by how they begin; on both engines."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import scattershot.storage
from scattershot.app.publish import Done, Draft
from scattershot.app.search import Portion
from scattershot.app.shelves import Shelves
from scattershot.domain.change import Boosted, Edited, FollowAnswered, Liked, Posted, ProfileChanged, Vanished
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.microblog import Voice
from scattershot.domain.node import Standing
from scattershot.domain.post import Attachment, Audience, Mention, Option, Poll, Post
from scattershot.domain.window import Window
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.ports.database import Engine, Transaction
from scattershot.storage.tables import marks, microblogs, nodes, wire_ids
from scattershot.testing.factories import a_post
from tests.engines import engine
from tests.frontends.web.node import Node, open_node

__all__ = ["engine"]

[_STEP] = (Path(str(scattershot.storage.__file__)).parent / "migrations").glob("*_previews.sql")


class Town:
    """A node where ann and bob live; dana writes elsewhere and may be found, shy does and may not."""

    def __init__(self, node: Node) -> None:
        self.node = node

    async def begin(self) -> None:
        self.ann = (await self.node.person("ann"))[1]
        self.bob = (await self.node.person("bob"))[1]
        self.dana = await self.node.elsewhere("dana", indexable=True, discoverable=True)
        self.shy = await self.node.elsewhere("shy")

    async def wire(self, microblog: MicroblogId) -> WireId:
        row = await self.node.database.read(lambda tx: microblogs.get(tx, microblog))
        assert row is not None
        return row.profile.id

    async def number(self, who: WireId) -> MicroblogId:
        found = await self.node.database.read(lambda tx: wire_ids.find_as(tx, who, wire_ids.Thing.MICROBLOG))
        assert found is not None
        return MicroblogId(found)

    async def writes(self, who: WireId, text: str, **parts: Any) -> Post:
        self.node.clock.advance(1)
        post = a_post(who, text, published=self.node.clock.now(), **parts)
        await self.node.apply(Posted(actor=who, post=post))
        await self.node.settle()
        return post

    async def known(self, post: Post) -> PostId:
        found = await self.node.database.read(lambda tx: wire_ids.find_as(tx, post.id, wire_ids.Thing.POST))
        assert found is not None
        return PostId(found)

    async def says(self, who: MicroblogId, text: str, audience: Audience = Audience.PUBLIC, **draft: Any) -> PostId:
        self.node.clock.advance(1)
        done = await self.node.publisher.post(who, Draft(text, audience, **draft), None, "test")
        assert isinstance(done, Done), done
        assert done.post is not None
        await self.node.settle()
        return done.post

    async def accept(self, followee: WireId, follower: MicroblogId) -> None:
        await self.node.apply(FollowAnswered(actor=followee, follower=await self.wire(follower), accepted=True))
        await self.node.settle()

    async def found(self, viewer: MicroblogId, typed: str, **portion: Any) -> list[str]:
        """The texts of what the viewer finds."""
        posts = await self.node.search.posts(viewer, typed, Portion(**portion))
        items = [await self.node.timelines.item(post, viewer) for post in posts]
        assert None not in items, "everything found may be seen"
        return [item.post.html.removeprefix("<p>").removesuffix("</p>") for item in items if item is not None]

    async def names(self, viewer: MicroblogId | None, typed: str, **more: Any) -> list[str]:
        people = await self.node.search.people(viewer, typed, **more)
        faces = [await self.node.timelines.face(each) for each in people]
        return [str(face.profile.handle) for face in faces if face is not None]


@pytest.fixture
async def town(engine: Engine) -> AsyncIterator[Town]:
    async with open_node(engine=engine) as node:
        town = Town(node)
        await town.begin()
        yield town


# -- posts: who finds what


async def test_strangers_find_public_posts_of_those_who_may_be_found(town: Town) -> None:
    await town.writes(town.dana, "fog at the weir")
    await town.writes(town.dana, "fog for few", audience=Audience.UNLISTED)
    await town.writes(town.dana, "fog for followers", audience=Audience.FOLLOWERS)
    await town.writes(town.shy, "fog in silence")
    await town.says(town.bob, "fog over bob")
    assert await town.found(town.ann, "fog") == ["fog at the weir"]
    assert await town.found(town.ann, "fog in:library") == []


async def test_the_same_holds_for_authors_of_here(town: Town) -> None:
    await town.says(town.bob, "fog at noon")
    assert await town.found(town.ann, "fog") == []
    face = await town.node.timelines.face(town.bob)
    assert face is not None
    await town.node.apply(ProfileChanged(actor=face.profile.id, profile=replace(face.profile, indexable=True)))
    await town.node.settle()
    assert await town.found(town.ann, "fog") == ["fog at noon"]
    await town.node.apply(ProfileChanged(actor=face.profile.id, profile=face.profile))
    await town.node.settle()
    assert await town.found(town.ann, "fog") == []
    assert await town.found(town.bob, "fog") == ["fog at noon"]


async def test_a_library_holds_what_is_ones_own_addressed_liked_and_boosted(town: Town) -> None:
    await town.says(town.ann, "fog of mine", Audience.MENTIONED)
    ann = await town.wire(town.ann)
    named = {"mentions": (Mention(ann, "@ann"),), "audience": Audience.MENTIONED}
    await town.writes(town.shy, "fog for ann", **named)
    liked = await town.writes(town.shy, "fog that ann likes")
    boosted = await town.writes(town.shy, "fog that ann boosts")
    await town.writes(town.shy, "fog that nobody has")
    await town.node.apply(Liked(actor=ann, post=liked.id))
    await town.node.apply(Boosted(actor=ann, post=boosted.id, at=town.node.clock.now()))
    await town.node.settle()
    mine = ["fog that ann boosts", "fog that ann likes", "fog for ann", "fog of mine"]
    assert await town.found(town.ann, "fog") == mine
    assert await town.found(town.ann, "fog in:library") == mine
    assert await town.found(town.ann, "fog in:public") == []
    assert await town.found(town.bob, "fog") == []


async def test_what_one_keeps_is_in_ones_library_until_it_is_let_go(town: Town) -> None:
    post = await town.known(await town.writes(town.shy, "fog that ann keeps"))
    shelves = Shelves(town.node.database, town.node.clock, town.node.timelines)
    assert await town.found(town.ann, "fog") == []
    assert await shelves.keep(town.ann, post) is None
    assert await town.found(town.ann, "fog") == ["fog that ann keeps"]
    assert await town.found(town.ann, "fog in:library") == ["fog that ann keeps"]
    assert await town.found(town.bob, "fog") == []
    await shelves.let_go(town.ann, post)
    assert await town.found(town.ann, "fog") == []


async def test_what_was_kept_before_it_counted_is_taken_up(town: Town) -> None:
    post = await town.known(await town.writes(town.shy, "fog of old"))

    def of_old(tx: Transaction) -> None:
        marks.add_bookmark(tx, town.ann, post)
        [upgrade] = [line for line in _STEP.read_text().split(";") if "search_todo" in line]
        tx.execute(upgrade)

    await town.node.database.write(of_old)
    assert await town.found(town.ann, "fog") == []
    while await town.node.indexing.take_up():
        pass
    assert await town.found(town.ann, "fog") == ["fog of old"]


async def test_a_post_leaves_the_library_with_the_like(town: Town) -> None:
    post = await town.writes(town.shy, "fog")
    known = await town.node.database.read(lambda tx: wire_ids.find_as(tx, post.id, wire_ids.Thing.POST))
    assert known is not None
    await town.node.publisher.like(town.ann, PostId(known), "test")
    await town.node.settle()
    assert await town.found(town.ann, "fog") == ["fog"]
    await town.node.publisher.unlike(town.ann, PostId(known), "test")
    await town.node.settle()
    assert await town.found(town.ann, "fog") == []


async def test_what_one_may_no_longer_read_is_not_found(town: Town) -> None:
    await town.node.follow(town.ann, town.bob)
    await town.node.settle()
    post = await town.says(town.bob, "fog for followers", Audience.FOLLOWERS)
    await town.node.publisher.like(town.ann, post, "test")
    await town.node.settle()
    assert await town.found(town.ann, "fog") == ["fog for followers"]
    await town.node.publisher.unfollow(town.ann, town.bob, "test")
    await town.node.settle()
    assert await town.found(town.ann, "fog") == []


async def test_whoever_is_muted_or_blocked_is_not_found(town: Town) -> None:
    await town.writes(town.dana, "fog")
    dana = await town.number(town.dana)
    await town.node.publisher.mute(town.ann, dana, None)
    assert await town.found(town.ann, "fog") == []
    assert await town.found(town.bob, "fog") == ["fog"]
    await town.node.publisher.block(town.bob, dana, "test")
    assert await town.found(town.bob, "fog") == []
    assert await town.names(town.bob, "dana") == []


async def test_those_of_a_blocked_node_are_not_found(town: Town) -> None:
    await town.writes(town.dana, "fog")
    for standing, found in ((Standing.LIMITED, []), (Standing.BLOCKED, []), (Standing.NORMAL, ["fog"])):
        await town.node.database.write(
            lambda tx, standing=standing: nodes.set_standing(tx, "remote.example", standing)  # type: ignore[misc]
        )
        assert await town.found(town.ann, "fog") == found
        assert bool(await town.names(town.ann, "dana")) is bool(found)


async def test_what_is_taken_back_is_found_no_more(town: Town) -> None:
    post = await town.says(town.ann, "fog and weir")
    await town.node.publisher.delete(town.ann, post, "test")
    await town.node.settle()
    assert await town.found(town.ann, "fog") == []


async def test_an_edit_is_found_by_what_it_says_now(town: Town) -> None:
    post = await town.writes(town.dana, "fog")
    new = replace(post, html="<p>weir</p>", edited=town.node.clock.now() + 5)
    await town.node.apply(Edited(actor=town.dana, post=new))
    await town.node.settle()
    assert await town.found(town.ann, "fog") == []
    assert await town.found(town.ann, "weir") == ["weir"]


async def test_nothing_is_left_of_whoever_vanishes(town: Town) -> None:
    for number in range(3):
        await town.writes(town.dana, f"fog {number} #tea")
    assert len(await town.found(town.ann, "fog")) == 3
    await town.node.apply(Vanished(actor=town.dana))
    await town.node.settle()
    assert await town.found(town.ann, "fog") == []
    assert await town.names(town.ann, "dana") == []
    rows = await town.node.database.read(lambda tx: tx.value("SELECT count(*) FROM search_posts"))
    assert rows == 0


# -- posts: what is typed


async def test_every_part_of_a_post_is_searched(town: Town) -> None:
    await town.writes(
        town.dana,
        "the <b>Café</b> by <a href='https://example.org/weir'>the weir</a>",
        title="Alpha",
        warning="bravo",
        attachments=(Attachment("https://x.example/a.png", "image/png", alt="a Charlie in fog"),),
        poll=Poll((Option("delta"), Option("echo"))),
    )
    for typed in ("cafe", "ALPHA", "bravo", "charlie", "delta", '"the weir"', "the -heron", "has:image has:poll"):
        assert len(await town.found(town.ann, typed)) == 1, typed
    for typed in ("foxtrot", '"weir the"', "cafe -charlie", "cafe has:video"):
        assert await town.found(town.ann, typed) == [], typed


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("has:media", ["film", "picture"]),
        ("has:video", ["film"]),
        ("-has:media has:link", ['<a href="https://example.org/x">link</a>']),
        ("is:sensitive", ["film"]),
        ("is:reply", ["answer"]),
        ("language:de", ["answer"]),
        ("language:de language:fr", ["answer", "picture"]),
        ("#Tea", ["picture"]),
        ("-#tea has:image", []),
        ("from:@dana@remote.example picture", ["picture"]),
        ("from:ann", []),
        ("from:nobody@remote.example", []),
        ("-from:@dana@remote.example", []),
        ("has:embed", []),
    ],
)
async def test_operators(town: Town, typed: str, found: list[str]) -> None:
    parent = await town.writes(
        town.dana, '<a href="https://example.org/x">link</a>', mentions=(Mention(town.shy, "", "https://m.example/"),)
    )
    await town.writes(
        town.dana,
        "picture",
        tags=("Tea",),
        language="fr-CA",
        attachments=(Attachment("https://x.example/a", "image/png"),),
    )
    await town.writes(town.dana, "answer", reply_to=parent.id, language="de")
    await town.writes(town.dana, "film", sensitive=True, attachments=(Attachment("https://x.example/b", "video/mp4"),))
    assert await town.found(town.ann, typed) == found


async def test_from_me_is_whoever_searches(town: Town) -> None:
    await town.says(town.ann, "one")
    await town.says(town.bob, "two")
    assert await town.found(town.ann, "from:me") == ["one"]
    assert await town.found(town.bob, "from:me") == ["two"]
    assert await town.found(town.bob, "from:ann") == []


async def test_days_bound_what_is_found(town: Town) -> None:
    for text in ("first", "second", "third"):
        await town.writes(town.dana, f"{text} fog")
        town.node.clock.advance(86_400)
    assert await town.found(town.ann, "fog after:2026-01-01") == ["third fog", "second fog"]
    assert await town.found(town.ann, "fog before:2026-01-02") == ["first fog"]
    assert await town.found(town.ann, "fog during:2026-01-02") == ["second fog"]


async def test_the_newest_come_first_and_pages_follow_each_other(town: Town) -> None:
    for number in range(7):
        await town.writes(town.dana, f"fog {number}")
    assert await town.found(town.ann, "fog", limit=3) == ["fog 6", "fog 5", "fog 4"]
    assert await town.found(town.ann, "fog", limit=3, offset=5) == ["fog 1", "fog 0"]
    ids = await town.node.search.posts(town.ann, "fog")
    assert await town.found(town.ann, "fog", window=Window(ids[2], ids[5])) == ["fog 3", "fog 2"]
    shy = await town.number(town.shy)
    assert await town.found(town.ann, "fog", by=shy) == []


async def test_what_the_viewer_may_not_see_does_not_cut_a_page_short(town: Town) -> None:
    await town.writes(town.dana, "fog that is seen")
    await town.node.elsewhere("noisy", "loud.example", indexable=True)
    noisy = WireId(ACTIVITYPUB, "https://loud.example/users/noisy")
    for number in range(70):
        await town.node.apply(Posted(actor=noisy, post=a_post(noisy, f"fog {number}")))
    await town.node.publisher.mute(town.ann, await town.number(noisy), None)
    await town.node.settle()
    assert await town.found(town.ann, "fog", limit=5) == ["fog that is seen"]


async def test_nothing_typed_finds_nothing(town: Town) -> None:
    await town.says(town.ann, "fog")
    assert await town.found(town.ann, "") == []
    assert await town.found(town.ann, '" -') == []


# -- people


async def test_people_are_found_by_handle_and_display_name_without_case_and_accents(town: Town) -> None:
    await town.node.elsewhere("zoe_b", "far.example", display_name="Zoë Bärlauch 🌱")
    await town.node.settle()
    for typed in ("@zoe", "ZOE_B", "zoe_b@far", "@zoe_b@far.example", "bärl", "barlauch zoe", "b"):
        assert "@zoe_b@far.example" in await town.names(town.ann, typed), typed
    for typed in ("", "@", "oe", "far.example", "zoe heron", "%", "zoe_b@near"):
        assert await town.names(town.ann, typed) == [], typed


async def test_those_one_follows_come_first_and_then_the_most_followed(town: Town) -> None:
    await town.node.elsewhere("sam", "a.example")
    famous = await town.node.elsewhere("sam", "b.example")
    friend = await town.node.elsewhere("samantha", "c.example")
    for follower, followee in ((town.ann, friend), (town.bob, famous), (town.ann, famous)):
        await town.node.follow(follower, await town.number(followee))
    await town.accept(friend, town.ann)
    await town.accept(famous, town.bob)
    assert await town.names(town.ann, "sam") == ["@samantha@c.example", "@sam@b.example", "@sam@a.example"]
    assert await town.names(town.ann, "sam", following=True) == ["@samantha@c.example"]
    assert await town.names(town.ann, "sam", limit=1, offset=1) == ["@sam@b.example"]
    assert await town.names(None, "sam") == ["@sam@b.example", "@sam@a.example", "@samantha@c.example"]


async def test_a_new_name_takes_the_place_of_the_old_one(town: Town) -> None:
    who = await town.node.elsewhere("kim", "far.example", display_name="Old Name")
    face = await town.node.timelines.face(await town.number(who))
    assert face is not None
    await town.node.apply(ProfileChanged(actor=who, profile=replace(face.profile, display_name="New Name")))
    await town.node.settle()
    assert await town.names(None, "new") == ["@kim@far.example"]
    assert await town.names(None, "old") == []


async def test_the_nodes_own_voice_is_not_among_people(town: Town) -> None:
    await town.node.elsewhere("actor", "far.example", voice=Voice.APPLICATION)
    await town.node.settle()
    assert await town.names(None, "actor") == []


# -- tags, and one thing


async def test_tags_are_found_by_how_they_begin_with_their_last_days(town: Town) -> None:
    await town.writes(town.dana, "x", tags=("Tea", "teatime"))
    await town.writes(town.shy, "x", tags=("tea",))
    await town.writes(town.shy, "x", tags=("TeaForFew",), audience=Audience.UNLISTED)
    town.node.clock.advance(86_400)
    await town.writes(town.dana, "x", tags=("tea", "Café"))
    found = await town.node.search.tags("#TE")
    assert [use.tag for use in found] == ["tea", "teatime"]
    assert [(day.uses, day.authors) for day in found[0].days] == [
        (1, 1),
        (2, 2),
        (0, 0),
        (0, 0),
        (0, 0),
        (0, 0),
        (0, 0),
    ]
    assert [use.tag for use in await town.node.search.tags("cafe")] == ["café"]
    assert await town.node.search.tags("t e") == []
    assert await town.node.search.tags("#") == []
    [unused] = {day.uses for day in (await town.node.search.tag("nobody")).days}
    assert unused == 0


async def test_the_most_used_tags_come_first(town: Town) -> None:
    for number in range(3):
        await town.writes(town.dana, f"{number}", tags=("teatime",))
    await town.writes(town.dana, "x", tags=("tea",))
    await town.node.trends.step()
    assert [use.tag for use in await town.node.search.tags("tea")] == ["teatime", "tea"]
    town.node.clock.advance(9 * 86_400)
    await town.node.trends.step()
    assert [use.tag for use in await town.node.search.tags("tea")] == ["tea", "teatime"]


async def test_handles_and_addresses_that_are_known_are_found_without_asking(town: Town) -> None:
    post = await town.says(town.ann, "fog")
    address = town.node.settings.origin
    dana = await town.number(town.dana)
    for typed in ("@dana@remote.example", "dana@REMOTE.example", town.dana.value, f"{address}/@dana@remote.example"):
        assert (await town.node.search.known(typed)).microblog == dana, typed
    for typed in (f"{address}/@ann/{post}", f"{address}/p/{post}", f"{address}/@ann/{post}/?x#y"):
        assert (await town.node.search.known(typed)).post == post, typed
    for typed in ("@nobody@remote.example", "https://remote.example/x", f"{address}/@nobody", f"{address}/@ann/1"):
        found = await town.node.search.known(typed)
        assert found == (None, None), typed
