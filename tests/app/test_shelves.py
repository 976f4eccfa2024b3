"""What one keeps and likes, who likes what, and which public posts a timeline shows."""

import random
from collections.abc import AsyncIterator, Callable

import pytest

from scattershot.app.publish import Done, Draft
from scattershot.app.shelves import Roster, Shelf, Shelves
from scattershot.domain.choosing import Tags, Which
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.post import Attachment, Audience
from scattershot.domain.reading import Refused
from scattershot.domain.window import FROM_THE_TOP, Window
from scattershot.ports.database import Engine, Transaction
from scattershot.storage.tables import open_posts
from tests.engines import engine
from tests.frontends.web.node import Node, open_node

__all__ = ["engine"]


@pytest.fixture
async def node(engine: Engine) -> AsyncIterator[Node]:
    async with open_node(engine=engine) as opened:
        yield opened


@pytest.fixture
async def ann(node: Node) -> MicroblogId:
    return (await node.person("ann"))[1]


@pytest.fixture
async def bob(node: Node) -> MicroblogId:
    return (await node.person("bob"))[1]


@pytest.fixture
def shelves(node: Node) -> Shelves:
    return Shelves(node.database, node.clock, node.timelines)


Look = Callable[[Transaction, MicroblogId, Window, int], Shelf]


async def _whole(node: Node, look: Look, who: MicroblogId, limit: int) -> list[list[str]]:
    """A shelf page by page, from the newest mark to the oldest."""
    pages, window = [], FROM_THE_TOP
    while True:
        shelf = await node.database.read(lambda tx, w=window: look(tx, who, w, limit))  # type: ignore[misc]
        pages.append([item.post.source for item in shelf.items])
        if shelf.is_last:
            return pages
        window = Window(below=shelf.oldest)


async def test_the_newest_mark_comes_first(node: Node, shelves: Shelves, ann: MicroblogId, bob: MicroblogId) -> None:
    written = [await node.say(bob, f"{n}") for n in range(5)]
    order = [2, 0, 4, 1, 3]
    for number in order:
        assert await shelves.keep(ann, written[number]) is None
        assert isinstance(await node.publisher.like(ann, written[number], "test"), Done)
    assert await shelves.keep(ann, written[2]) is None  # once more changes nothing
    for look in (shelves.kept_in, shelves.liked_in):
        assert await _whole(node, look, ann, 2) == [["3", "1"], ["4", "0"], ["2"]]
        [oldest] = (await node.database.read(lambda tx, s=look: s(tx, ann, Window(above=0, nearest=True), 1))).items  # type: ignore[misc]
        assert oldest.post.source == "2"
        assert oldest.kept
        assert oldest.liked
    await shelves.let_go(ann, written[4])
    await node.publisher.unlike(ann, written[4], "test")
    for look in (shelves.kept_in, shelves.liked_in):
        assert await _whole(node, look, ann, 10) == [["3", "1", "0", "2"]]
        assert await _whole(node, look, bob, 10) == [[]]


async def test_what_is_gone_or_may_not_be_seen_is_on_no_shelf(
    node: Node, shelves: Shelves, ann: MicroblogId, bob: MicroblogId
) -> None:
    await node.follow(ann, bob)
    gone = await node.say(bob, "soon gone")
    private = await node.say(bob, "for followers", Audience.FOLLOWERS)
    for post in (gone, private):
        assert await shelves.keep(ann, post) is None
        await node.publisher.like(ann, post, "test")
    await node.publisher.delete(bob, gone, "test")
    for look in (shelves.kept_in, shelves.liked_in):
        assert await _whole(node, look, ann, 10) == [["for followers"]]
    await node.publisher.unfollow(ann, bob, "test")
    for look in (shelves.kept_in, shelves.liked_in):
        assert await _whole(node, look, ann, 10) == [[]]
    for hidden in (private, gone, PostId(1)):
        assert isinstance(await shelves.keep(ann, hidden), Refused)


async def test_who_marked_a_post_is_told_page_by_page(
    node: Node, shelves: Shelves, ann: MicroblogId, bob: MicroblogId
) -> None:
    post = await node.say(bob, "hello")
    names = [f"person{n}" for n in range(5)]
    for name in names:
        who = (await node.person(name))[1]
        for emoji in ("", "🎉"):
            await node.publisher.like(who, post, "test", emoji)
        await node.publisher.boost(who, post, "test")
        node.clock.advance(1)

    async def page(likes: bool, window: Window, viewer: MicroblogId | None = None) -> Roster:
        look = shelves.likers_in if likes else shelves.boosters_in
        roster = await node.database.read(lambda tx: look(tx, post, viewer, window, 2))
        assert roster is not None
        return roster

    for likes in (True, False):
        first = await page(likes, FROM_THE_TOP)
        assert [face.profile.name for face in first.faces] == ["person4", "person3"]
        second = await page(likes, Window(below=first.oldest))
        assert [face.profile.name for face in second.faces] == ["person2", "person1"]
        back = await page(likes, Window(above=second.newest, nearest=True))
        assert back == first._replace(is_last=back.is_last)
        assert (await page(likes, Window(below=second.oldest))).is_last
    await node.publisher.mute(ann, first.faces[0].id, None)
    await node.publisher.block(first.faces[1].id, ann, "test")
    assert (await page(False, FROM_THE_TOP, ann)).faces == []


async def test_nobody_learns_who_marked_a_post_that_they_may_not_see(
    node: Node, shelves: Shelves, ann: MicroblogId, bob: MicroblogId
) -> None:
    post = await node.say(bob, "between us", Audience.MENTIONED)
    for look in (shelves.likers_in, shelves.boosters_in):
        for viewer in (None, ann):
            assert await node.database.read(lambda tx, s=look, v=viewer: s(tx, post, v, FROM_THE_TOP, 9)) is None  # type: ignore[misc]


# -- which public posts


@pytest.mark.parametrize("seed", range(4))
async def test_chosen_public_posts_are_those_of_a_plain_twin(node: Node, ann: MicroblogId, seed: int) -> None:
    dice = random.Random(seed)
    picture = Attachment("https://far.example/p.png", "image/png")
    written: list[tuple[PostId, set[str], bool]] = []
    for _ in range(60):
        tags = {tag for tag in ("tea", "cake", "milk", "salt") if dice.random() < 0.4}
        media = dice.random() < 0.4
        text = " ".join(["x", *(f"#{tag.upper()}" for tag in sorted(tags))])
        audience = Audience.PUBLIC if dice.random() < 0.8 else Audience.UNLISTED
        done = await node.publisher.post(
            ann, Draft(text, audience, attachments=(picture,) if media else ()), None, "test"
        )
        assert isinstance(done, Done)
        assert done.post is not None
        if audience is Audience.PUBLIC:
            written.append((done.post, tags, media))
    gone, *_ = written.pop(dice.randrange(len(written)))
    await node.publisher.delete(ann, gone, "test")
    for _ in range(40):
        tags = Tags(*(tuple(dice.sample(("tea", "cake", "milk", "salt"), k=dice.choice(ks))) for ks in
                      ((1, 1, 2), (0, 0, 1, 2), (0, 0, 1))))  # fmt: skip
        which = Which(dice.choice([None, None, True, False]), dice.random() < 0.3)
        window = Window(
            dice.choice([None, dice.choice(written)[0]]), dice.choice([None, dice.choice(written)[0]]),
            dice.random() < 0.3,
        )  # fmt: skip
        for chosen in (None, tags):
            fitting = [
                post for post, has, media in written
                if (window.below is None or post < window.below) and (window.above is None or post > window.above)
                and which.here is not False and (media or not which.media)
                and (chosen is None or (has & set(chosen.any_of) and has >= set(chosen.all_of)
                                        and not has & set(chosen.none_of)))
            ]  # fmt: skip
            fitting.sort(reverse=True)
            expected = fitting[-7:] if window.nearest else fitting[:7]

            def work(tx: Transaction, c: Tags | None = chosen, w: Which = which, s: Window = window) -> list[PostId]:
                found = open_posts.known(tx, w, s, 7) if c is None else open_posts.tagged(tx, c, w, s, 7)
                return [row.id for row in found]

            assert await node.database.read(work) == expected


async def test_an_edit_may_take_a_posts_pictures_away(node: Node, ann: MicroblogId) -> None:
    picture = Attachment("https://far.example/p.png", "image/png")
    done = await node.publisher.post(ann, Draft("with", attachments=(picture,)), None, "test")
    assert isinstance(done, Done)
    assert done.post is not None
    which = Which(media=True)
    assert [item.id for item in (await node.timelines.public(None, which=which)).items] == [done.post]
    await node.publisher.edit(ann, done.post, Draft("without"), "test")
    assert (await node.timelines.public(None, which=which)).items == []


async def test_a_long_walk_for_a_rare_sort_ends(node: Node, ann: MicroblogId, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_posts, "LOOKED_AT", 5)
    rare = await node.say(ann, "#tea #rare")
    for number in range(8):
        await node.say(ann, f"#tea {number}")
    found = Tags(("tea",), all_of=("rare",))

    def seen(tags: Tags, window: Window) -> Callable[[Transaction], list[PostId]]:
        return lambda tx: [row.id for row in open_posts.tagged(tx, tags, Which(), window, 3)]

    assert await node.database.read(seen(found, FROM_THE_TOP)) == []
    assert await node.database.read(seen(found, Window(above=0, nearest=True))) == [rare]
    assert await node.database.read(seen(Tags(("rare",), all_of=("tea",)), FROM_THE_TOP)) == [rare]
