"""What is talked about: tags, pages and posts, as reckoned from what was posted, liked and boosted."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from scattershot.app.trends import Trends
from scattershot.domain.change import Boosted, Deleted, Liked, Posted
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Voice
from scattershot.domain.post import Audience, Post
from scattershot.domain.window import FROM_THE_TOP
from scattershot.domain.wire_id import WireId
from scattershot.ports.database import Engine
from scattershot.storage.tables import trends as rows
from scattershot.testing.factories import a_post
from tests.engines import engine
from tests.frontends.web.node import Node, open_node

__all__ = ["engine"]

DAY = 86_400.0
PAGE = "https://news.example/weir"


class Square:
    """A node to which many strangers talk."""

    def __init__(self, node: Node) -> None:
        self.node, self.voices = node, 0

    async def voice(self, **profile: Any) -> WireId:
        self.voices += 1
        return await self.node.elsewhere(f"voice{self.voices}", **{"discoverable": True, **profile})

    async def says(self, who: WireId, *tags: str, **parts: Any) -> Post:
        post = a_post(who, **{"text": "x", "tags": tags, "published": self.node.clock.now(), **parts})
        await self.node.apply(Posted(actor=who, post=post))
        return post

    async def marked(self, post: Post, times: int) -> None:
        for _ in range(times):
            await self.node.apply(Liked(actor=await self.voice(), post=post.id))

    async def reckoned(self) -> Trends:
        await self.node.settle()
        await self.node.trends.step()
        return self.node.trends

    async def tags(self) -> list[str]:
        return [use.tag for use in await (await self.reckoned()).tags(20)]

    async def posts(self) -> list[str]:
        found = await (await self.reckoned()).posts(20)
        items = [await self.node.timelines.item(post, None) for post in found]
        return [item.post.id.value for item in items if item is not None]


@pytest.fixture
async def square(engine: Engine) -> AsyncIterator[Square]:
    async with open_node(engine=engine) as node:
        yield Square(node)


async def test_a_tag_of_many_is_talked_about_and_that_of_one_who_shouts_is_not(square: Square) -> None:
    for _ in range(3):
        await square.says(await square.voice(), "Weir")
    loud = await square.voice()
    for _ in range(9):
        await square.says(loud, "spam")
    assert await square.tags() == ["weir"]
    [use] = await square.node.trends.tags(20)
    assert (use.days[0].uses, use.days[0].authors) == (3, 3)


async def test_what_is_said_every_day_is_not_talked_about(square: Square) -> None:
    voices = [await square.voice() for _ in range(5)]
    for _ in range(7):
        for voice in voices:
            await square.says(voice, "monday")
        square.node.clock.advance(DAY)
    for voice in voices[:4]:
        await square.says(voice, "news")
    square.node.clock.advance(-DAY / 2)
    assert await square.tags() == ["news"]


async def test_robots_and_those_of_limited_nodes_do_not_count(square: Square) -> None:
    for _ in range(2):
        await square.says(await square.voice(), "weir")
    for _ in range(5):
        await square.says(await square.voice(voice=Voice.SERVICE), "weir")
    assert await square.tags() == []


async def test_what_is_taken_back_or_not_public_does_not_count(square: Square) -> None:
    said = [await square.says(await square.voice(), "weir") for _ in range(3)]
    await square.says(await square.voice(), "weir", audience=Audience.UNLISTED)
    assert await square.tags() == ["weir"]
    await square.node.apply(Deleted(actor=said[0].author, post=said[0].id))
    assert await square.tags() == []


async def test_pages_are_talked_about_by_those_who_wish_to_be_found(square: Square) -> None:
    link = f'<a href="{PAGE}?utm_source=x#top">there</a>'
    for _ in range(3):
        await square.says(await square.voice(), text=link)
    for _ in range(5):
        await square.says(await square.voice(discoverable=False), text='<a href="https://shy.example/">here</a>')
    assert [use.tag for use in await (await square.reckoned()).pages(20)] == [PAGE]
    assert len(await square.node.trends.linking(PAGE, FROM_THE_TOP, 20)) == 3
    assert await square.node.trends.linking("https://shy.example/", FROM_THE_TOP, 20) == []
    assert await square.node.trends.linking("not an address", FROM_THE_TOP, 20) == []


async def test_the_warmest_posts_come_first_and_one_of_each_author(square: Square) -> None:
    author, other = await square.voice(), await square.voice()
    warm, warmer = await square.says(author), await square.says(author)
    liked = await square.says(other)
    await square.marked(warm, 2)
    await square.marked(warmer, 5)
    await square.marked(liked, 3)
    lonely = await square.says(await square.voice())
    await square.marked(lonely, 1)
    assert await square.posts() == [warmer.id.value, liked.id.value]
    square.node.clock.advance(DAY)
    fresh = await square.says(await square.voice())
    await square.marked(fresh, 2)
    assert await square.posts() == [fresh.id.value, warmer.id.value, liked.id.value]
    square.node.clock.advance(4 * DAY)
    assert await square.posts() == []


async def test_what_is_veiled_answers_or_hides_is_not_shown_to_strangers(square: Square) -> None:
    seen = await square.says(await square.voice())
    hidden = [
        await square.says(await square.voice(), sensitive=True),
        await square.says(await square.voice(), warning="spoiler"),
        await square.says(await square.voice(), reply_to=seen.id),
        await square.says(await square.voice(discoverable=False)),
        await square.says(await square.voice(), audience=Audience.UNLISTED),
    ]
    for post in [seen, *hidden]:
        await square.marked(post, 2)
    assert await square.posts() == [seen.id.value]
    await square.node.apply(Deleted(actor=seen.author, post=seen.id))
    await square.node.settle()
    assert await square.node.trends.posts(20) == [], "gone at once, not with the next round"


async def test_boosts_count_as_likes_do(square: Square) -> None:
    post = await square.says(await square.voice())
    for _ in range(2):
        await square.node.apply(Boosted(actor=await square.voice(), post=post.id, at=square.node.clock.now()))
    assert await square.posts() == [post.id.value]


async def test_a_node_may_show_no_trends(square: Square) -> None:
    for _ in range(3):
        await square.says(await square.voice(), "weir")
    await square.reckoned()
    silent = Trends(square.node.database, square.node.clock, on=False)
    await silent.step()
    assert await silent.tags(20) == await silent.pages(20) == await silent.posts(20) == []
    [use] = await square.node.search.tags("wei")
    assert use.days[0].uses == 3, "how often a tag is used is known all the same"


async def test_what_is_past_is_forgotten(square: Square) -> None:
    post = await square.says(await square.voice(), "weir", text=f'<a href="{PAGE}">there</a>')
    await square.marked(post, 2)
    await square.reckoned()
    square.node.clock.advance(40 * DAY)
    await square.reckoned()

    def left(tx: Any) -> list[int]:
        return [tx.value(f"SELECT count(*) FROM {table}") for table in ("tagged", "links", "stirred", "trends")]

    assert await square.node.database.read(left) == [0, 0, 0, 0]
    assert await square.node.database.read(lambda tx: rows.tag_days(tx, ["weir"], 0)) == []
    assert await square.node.database.read(lambda tx: rows.stirring(tx, Millis(0))) == []
