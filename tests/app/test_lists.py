"""Lists: who may be in them, and what stands on their timelines, beside a slow and plain twin."""

import random
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest

from scattershot.app import shelves
from scattershot.app.lists import Lists
from scattershot.app.publish import Done
from scattershot.app.shelves import Shelves
from scattershot.app.timelines import Page
from scattershot.domain.follows import Wish
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.lists import MAX_LISTS, List, Replies
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.domain.window import FROM_THE_TOP, Window
from scattershot.ports.database import Engine, Transaction
from scattershot.storage.tables import posts, relations
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
def lists(node: Node) -> Lists:
    return Lists(node.database)


async def _made(lists: Lists, owner: MicroblogId, title: str = "friends", **parts: object) -> List:
    made = await lists.make(owner, title, **parts)  # type: ignore[arg-type]
    assert isinstance(made, List), made
    return made


async def _read(node: Node, row: List, window: Window = FROM_THE_TOP, limit: int = 20) -> Page:
    reads = Shelves(node.database, node.clock, node.timelines)
    return await node.database.read(lambda tx: reads.listed_in(tx, row, window, limit))


async def _texts(node: Node, row: List) -> list[str]:
    return [item.post.source for item in (await _read(node, row)).items]


# -- who is in them


async def test_only_those_whom_one_follows_can_be_put_into_a_list(
    node: Node, lists: Lists, ann: MicroblogId, bob: MicroblogId
) -> None:
    row = await _made(lists, ann)
    carol = (await node.person("carol"))[1]
    await node.follow(ann, bob)
    refused = await lists.add(ann, row.id, [bob, carol])
    assert isinstance(refused, Refused)
    assert refused.why == "not_found"
    assert await lists.members(row, FROM_THE_TOP, None) == []
    assert await lists.add(ann, row.id, [bob, ann]) is None
    again = await lists.add(ann, row.id, [bob])
    assert isinstance(again, Refused)
    assert again.why == "invalid"
    assert set(await lists.members(row, FROM_THE_TOP, None)) == {ann, bob}
    assert [each.id for each in await lists.with_member(ann, bob)] == [row.id]
    assert await lists.with_member(bob, ann) == []


async def test_whoever_is_no_longer_followed_leaves_every_list(
    node: Node, lists: Lists, ann: MicroblogId, bob: MicroblogId
) -> None:
    row = await _made(lists, ann)
    for end in (node.publisher.unfollow, node.publisher.block):
        await node.follow(ann, bob)
        assert await lists.add(ann, row.id, [bob]) is None
        assert isinstance(await end(ann, bob, "test"), Done)
        assert await lists.members(row, FROM_THE_TOP, None) == []


async def test_a_list_is_its_owners_alone(node: Node, lists: Lists, ann: MicroblogId, bob: MicroblogId) -> None:
    row = await _made(lists, ann)
    assert await lists.get(bob, row.id) is None
    assert await lists.of(bob) == []
    await node.follow(bob, ann)
    for done in (
        await lists.change(bob, row.id, title="mine"),
        await lists.drop(bob, row.id),
        await lists.add(bob, row.id, [ann]),
        await lists.remove(bob, row.id, [ann]),
    ):
        assert isinstance(done, Refused)
        assert done.why == "not_found"
    assert await lists.get(ann, row.id) == row


@pytest.mark.parametrize("title", ["", "  ", "x" * 257])
async def test_a_list_needs_a_title(lists: Lists, ann: MicroblogId, title: str) -> None:
    row = await _made(lists, ann)
    assert isinstance(await lists.make(ann, title), Refused)
    assert isinstance(await lists.change(ann, row.id, title=title), Refused)
    assert await lists.of(ann) == [row]


async def test_there_is_an_end_to_lists(lists: Lists, ann: MicroblogId, bob: MicroblogId) -> None:
    for number in range(MAX_LISTS):
        await _made(lists, ann, f"{number}")
    assert isinstance(await lists.make(ann, "one more"), Refused)
    await _made(lists, bob)


async def test_a_list_is_changed_and_dropped(lists: Lists, ann: MicroblogId) -> None:
    row = await _made(lists, ann)
    changed = await lists.change(ann, row.id, title=" foes ", replies=Replies.NONE)
    assert changed == row._replace(title="foes", replies=Replies.NONE)
    assert await lists.get(ann, row.id) == changed
    assert await lists.drop(ann, row.id) is None
    assert await lists.of(ann) == []


# -- their timelines


async def test_whoever_comes_into_a_list_is_there_with_all_they_wrote(
    node: Node, lists: Lists, ann: MicroblogId, bob: MicroblogId
) -> None:
    for text in ("old", "new"):
        await node.say(bob, text)
    await node.say(bob, "between us @ann", Audience.MENTIONED)
    await node.say(bob, "for followers", Audience.FOLLOWERS)
    row = await _made(lists, ann)
    await node.follow(ann, bob)
    assert await _texts(node, row) == []
    await lists.add(ann, row.id, [bob])
    assert await _texts(node, row) == ["for followers", "new", "old"]
    await lists.remove(ann, row.id, [bob])
    assert await _texts(node, row) == []


@pytest.mark.parametrize(
    ("replies", "shown"),
    [
        (Replies.FOLLOWED, ["to carol", "to dan", "to ann", "to self", "alone"]),
        (Replies.LIST, ["to carol", "to ann", "to self", "alone"]),
        (Replies.NONE, ["to ann", "to self", "alone"]),
    ],
)
async def test_a_list_shows_the_answers_it_is_to_show(
    node: Node, lists: Lists, ann: MicroblogId, bob: MicroblogId, replies: Replies, shown: list[str]
) -> None:
    carol, dan, eve = [(await node.person(name))[1] for name in ("carol", "dan", "eve")]
    for whom in (bob, carol, dan):
        await node.follow(ann, whom)
    row = await _made(lists, ann, replies=replies)
    await lists.add(ann, row.id, [bob, carol])
    alone = await node.say(bob, "alone")
    await node.say(bob, "to self", reply_to=alone)
    for name, who in (("ann", ann), ("eve", eve), ("dan", dan), ("carol", carol)):
        await node.say(bob, f"to {name}", reply_to=await node.say(who, f"{name}'s"))
    assert [text for text in await _texts(node, row) if not text.endswith("'s")] == shown


async def test_muted_members_and_unwanted_languages_are_not_shown(
    node: Node, lists: Lists, ann: MicroblogId, bob: MicroblogId
) -> None:
    row = await _made(lists, ann)
    await node.publisher.follow(ann, bob, "test", Wish(languages=" de "))
    await lists.add(ann, row.id, [bob])
    await node.say(bob, "says no language")
    assert await _texts(node, row) == ["says no language"]
    await node.publisher.mute(ann, bob, None)
    assert await _texts(node, row) == []


class _World(NamedTuple):
    node: Node
    owner: MicroblogId
    people: list[MicroblogId]
    members: list[MicroblogId]


async def _a_busy_world(node: Node, lists: Lists, dice: random.Random) -> tuple[_World, List]:
    owner = (await node.person("owner"))[1]
    people = [(await node.person(f"person{n}"))[1] for n in range(7)]
    members = people[:4]
    for whom in people[:5]:
        await node.publisher.follow(owner, whom, "test", Wish(boosts=dice.random() < 0.7))
    row = await _made(lists, owner, replies=dice.choice(list(Replies)))
    await lists.add(owner, row.id, members)
    written: list[PostId] = []
    for number in range(60):
        node.clock.advance(dice.random())
        who = dice.choice([*people, owner])
        if written and dice.random() < 0.35:
            await node.publisher.boost(who, dice.choice(written), "test")
            continue
        parent = dice.choice(written) if written and dice.random() < 0.4 else None
        audience = dice.choice([Audience.PUBLIC, Audience.PUBLIC, Audience.UNLISTED, Audience.FOLLOWERS])
        said = await node.say(who, f"{number}", audience, reply_to=parent)
        if audience.is_open:
            written.append(said)
    for post in dice.sample(written, 3):
        row_of = await node.database.read(lambda tx, p=post: posts.get(tx, p))  # type: ignore[misc]
        assert row_of is not None
        await node.publisher.delete(row_of.author, post, "test")
    return _World(node, owner, people, members), row


def _plainly(tx: Transaction, world: _World, row: List) -> list[int]:
    """All that a list shows: every post and boost looked at, one after the other."""
    owner, members = world.owner, set(world.members)
    shown: list[int] = []
    wanted = {m for m in members if (wish := relations.follow(tx, owner, m)) is not None and wish.boosts}
    everybody = [*world.people, owner]
    boosts = sorted(boost for who in everybody for boost in posts.boosts_by(tx, who, posts.END, 1_000))
    passed_on: set[PostId] = set()
    for boost in boosts:
        post = posts.get(tx, boost.post)
        assert post is not None
        if boost.booster not in wanted or post.gone or post.author in members or post.author == owner:
            continue
        if boost.post not in passed_on:
            passed_on.add(boost.post)
            shown.append(boost.id)
    for author in members:
        for post in posts.by_author(tx, author, [each.value for each in Audience], posts.END, 1_000):
            answers = post.reply_author
            if (
                answers in (None, author, owner)
                or (row.replies is Replies.LIST and answers in members)
                or (row.replies is Replies.FOLLOWED and relations.follows(tx, owner, answers))
            ):
                shown.append(post.id)
    return sorted(shown, reverse=True)


@pytest.mark.parametrize("seed", range(6))
async def test_the_timeline_of_a_list_is_that_of_its_plain_twin(
    node: Node, lists: Lists, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(seed)
    world, row = await _a_busy_world(node, lists, dice)
    expected = await node.database.read(lambda tx: _plainly(tx, world, row))
    assert len(expected) > 10
    for limit in (1, 3, 40):
        monkeypatch.setattr(shelves, "ROUNDS", dice.randint(1, 5))
        seen: list[int] = []
        window: Window | None = FROM_THE_TOP
        while window is not None:
            page = await _read(node, row, window, limit)
            seen += [item.entry for item in page.items]
            window = Window(below=page.next) if page.next is not None else None
        assert seen == expected
    monkeypatch.setattr(shelves, "ROUNDS", 50)
    for _ in range(8):
        above = dice.choice(expected)
        newer = [entry for entry in expected if entry > above]
        page = await _read(node, row, Window(above=above, nearest=True), 3)
        assert [item.entry for item in page.items] == newer[-3:]
        page = await _read(node, row, Window(above=above), 3)
        assert [item.entry for item in page.items] == newer[:3]
