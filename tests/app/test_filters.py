"""Filters of people: kept, changed, met, and heard of at once."""

from collections.abc import AsyncIterator

import pytest

from scattershot.app import filters as room
from scattershot.app.filters import Filters, Wanted, WantedKeyword
from scattershot.app.publish import Draft
from scattershot.domain.filters import Action, Context, Filter, FilteredPost
from scattershot.domain.ids import MicroblogId, Millis, PostId
from scattershot.domain.reading import Refused
from scattershot.ports.database import Engine
from scattershot.testing.factories import a_post, wire
from tests.engines import engine
from tests.frontends.web.node import Node, open_node

__all__ = ["engine"]

BOB = wire("https://far.example/users/bob")
POST, BOOST = PostId(7), PostId(9)
HOME = (Context.HOME,)


@pytest.fixture
async def node(engine: Engine) -> AsyncIterator[Node]:
    async with open_node(engine=engine) as opened:
        yield opened


@pytest.fixture
async def ann(node: Node) -> MicroblogId:
    return (await node.person("ann"))[1]


@pytest.fixture
def filters(node: Node) -> Filters:
    return Filters(node.database, node.clock)


def _wanted(*keywords: str, **parts: object) -> Wanted:
    given = {"title": "a filter", "contexts": HOME, **parts}
    return Wanted(keywords=tuple(WantedKeyword(text=text) for text in keywords), **given)  # type: ignore[arg-type]


async def _made(filters: Filters, owner: MicroblogId, *keywords: str, **parts: object) -> Filter:
    made = await filters.make(owner, _wanted(*keywords, **parts))
    assert isinstance(made, Filter), made
    return made


async def _met(node: Node, filters: Filters, viewer: MicroblogId, text: str) -> list[str]:
    """The titles of the filters that a post with that text meets."""
    sieve = await node.database.read(lambda tx: filters.sieve(tx, viewer, node.clock.now()))
    if sieve is None:
        return []
    return [met.filter.title for met in sieve.met(POST, POST, a_post(BOB, text))]


async def test_a_filter_is_kept_and_shown_whole(filters: Filters, ann: MicroblogId) -> None:
    made = await _made(
        filters, ann, "tea", "more tea", title=" drinks ", contexts=(Context.THREAD, Context.HOME), action=Action.BLUR
    )
    assert (made.title, made.contexts, made.action) == ("drinks", (Context.THREAD, Context.HOME), Action.BLUR)
    assert [(each.text, each.whole_word) for each in made.keywords] == [("tea", True), ("more tea", True)]
    assert await filters.get(ann, made.id) == made
    assert await filters.of(ann) == [made]


async def test_a_change_is_heard_at_once(node: Node, filters: Filters, ann: MicroblogId) -> None:
    assert await _met(node, filters, ann, "tea") == []
    made = await _made(filters, ann, "tea")
    assert await _met(node, filters, ann, "tea") == ["a filter"]
    await filters.change(ann, made.id, Wanted(keywords=(WantedKeyword(made.keywords[0].id, "coffee"),)))
    assert await _met(node, filters, ann, "tea") == []
    assert await _met(node, filters, ann, "coffee") == ["a filter"]
    await filters.drop(ann, made.id)
    assert await _met(node, filters, ann, "coffee") == []


async def test_what_another_process_changed_is_heard_soon(node: Node, filters: Filters, ann: MicroblogId) -> None:
    assert await _met(node, filters, ann, "tea") == []
    await _made(Filters(node.database, node.clock), ann, "tea")
    assert await _met(node, filters, ann, "tea") == []
    node.clock.advance(room.GOOD_FOR / 1_000)
    assert await _met(node, filters, ann, "tea") == ["a filter"]


async def test_a_filter_ends_to_the_moment(node: Node, filters: Filters, ann: MicroblogId) -> None:
    made = await _made(filters, ann, "tea", expires=Millis(node.clock.now() + 1_500))
    node.clock.advance(1.499)
    assert await _met(node, filters, ann, "tea") == ["a filter"]
    node.clock.advance(0.001)
    assert await _met(node, filters, ann, "tea") == []
    assert await filters.of(ann) == [made]
    changed = await filters.change(ann, made.id, Wanted(for_ever=True))
    assert isinstance(changed, Filter)
    assert changed.expires is None
    assert await _met(node, filters, ann, "tea") == ["a filter"]


async def test_what_is_not_given_stays(node: Node, filters: Filters, ann: MicroblogId) -> None:
    made = await _made(filters, ann, "tea", action=Action.HIDE, expires=Millis(node.clock.now() + 1_000))
    assert await filters.change(ann, made.id, Wanted()) == made
    renamed = await filters.change(ann, made.id, Wanted(title="other"))
    assert renamed == made._replace(title="other")


async def test_keywords_are_added_altered_and_dropped(filters: Filters, ann: MicroblogId) -> None:
    made = await _made(filters, ann, "one", "two")
    one, two = made.keywords
    wanted = (
        WantedKeyword(one.id, dropped=True),
        WantedKeyword(two.id, whole_word=False),
        WantedKeyword(text="three", whole_word=False),
        WantedKeyword(text="never", dropped=True),
    )
    changed = await filters.change(ann, made.id, Wanted(keywords=wanted))
    assert isinstance(changed, Filter)
    assert [(each.text, each.whole_word) for each in changed.keywords] == [("two", False), ("three", False)]


async def test_a_filter_is_its_owners_alone(node: Node, filters: Filters, ann: MicroblogId) -> None:
    bob = (await node.person("bob"))[1]
    made = await _made(filters, ann, "tea")
    other = await _made(filters, bob, "milk")
    held = await filters.add_post(ann, made.id, POST)
    assert isinstance(held, FilteredPost)
    keyword = made.keywords[0].id
    for refused in (
        await filters.get(bob, made.id),
        await filters.change(bob, made.id, Wanted(title="x")),
        await filters.change(bob, other.id, Wanted(keywords=(WantedKeyword(keyword, "x"),))),
        await filters.drop(bob, made.id),
        await filters.with_keyword(bob, keyword),
        await filters.with_post(bob, held.id),
        await filters.add_post(bob, made.id, POST),
        await filters.drop_post(bob, held.id),
        await filters.make(bob, _wanted()._replace(keywords=(WantedKeyword(keyword, "x"),))),
    ):
        assert isinstance(refused, Refused)
        assert refused.why == "not_found"
    kept = await filters.get(ann, made.id)
    assert isinstance(kept, Filter)
    assert (kept.keywords, kept.posts) == (made.keywords, (held,))


@pytest.mark.parametrize(
    "wanted",
    [
        _wanted("tea", title=""),
        _wanted("tea", title=" "),
        _wanted("tea", title=None),
        _wanted("tea", title="x" * 257),
        _wanted("tea", contexts=()),
        _wanted("tea", contexts=None),
        _wanted("tea", " "),
        _wanted("x" * 513),
        _wanted(*(str(n) for n in range(1_001))),
    ],
)
async def test_what_is_no_filter_is_refused(filters: Filters, ann: MicroblogId, wanted: Wanted) -> None:
    refused = await filters.make(ann, wanted)
    assert isinstance(refused, Refused)
    assert refused.why == "invalid"
    assert await filters.of(ann) == []


async def test_there_is_an_end_to_filters_and_what_they_hold(
    filters: Filters, ann: MicroblogId, monkeypatch: pytest.MonkeyPatch
) -> None:
    for limit in ("MAX_FILTERS", "MAX_KEYWORDS", "MAX_POSTS"):
        monkeypatch.setattr(room, limit, 2)
    made = await _made(filters, ann, "one", "two")
    more = await filters.change(ann, made.id, Wanted(keywords=(WantedKeyword(text="three"),)))
    assert isinstance(more, Refused)
    for post in (1, 2):
        assert isinstance(await filters.add_post(ann, made.id, PostId(post)), FilteredPost)
    assert isinstance(await filters.add_post(ann, made.id, PostId(3)), Refused)
    await _made(filters, ann)
    assert isinstance(await filters.make(ann, _wanted()), Refused)


async def test_a_post_is_held_once_and_let_go(node: Node, filters: Filters, ann: MicroblogId) -> None:
    made = await _made(filters, ann)
    held = await filters.add_post(ann, made.id, POST)
    assert await filters.add_post(ann, made.id, POST) == held
    assert isinstance(held, FilteredPost)
    post = a_post(BOB, "whatever")
    sieve = await node.database.read(lambda tx: filters.sieve(tx, ann, node.clock.now()))
    assert sieve is not None
    assert [met.posts for met in sieve.met(BOOST, POST, post)] == [(POST,)]
    await filters.drop_post(ann, held.id)
    assert await _met(node, filters, ann, "whatever") == []


async def test_whoever_listens_is_told_whose_filters_were_changed(
    node: Node, filters: Filters, ann: MicroblogId
) -> None:
    told: list[MicroblogId] = []
    filters.on_change(told.append)
    made = await _made(filters, ann, "tea")
    await filters.change(ann, made.id, Wanted(title=""))
    await filters.drop(ann, 12345)
    assert told == [ann]
    await filters.add_post(ann, made.id, POST)
    await filters.drop(ann, made.id)
    assert told == [ann] * 3


async def test_a_post_edited_is_judged_anew_and_a_deleted_one_is_held_no_more(
    node: Node, filters: Filters, ann: MicroblogId
) -> None:
    made = await _made(filters, ann, "tea")
    post = await node.say(ann, "tea")
    await filters.add_post(ann, made.id, post)
    before = await node.timelines.item(post, ann)
    assert before is not None
    sieve = await node.database.read(lambda tx: filters.sieve(tx, ann, node.clock.now()))
    assert sieve is not None
    for _ in range(2):
        assert [met.keywords for met in sieve.met(post, post, before.post)] == [("tea",)]
    await node.publisher.edit(ann, post, Draft("coffee"), "test")
    after = await node.timelines.item(post, ann)
    assert after is not None
    assert [met.keywords for met in sieve.met(post, post, after.post)] == [()]
    await node.publisher.delete(ann, post, "test")
    held = await filters.get(ann, made.id)
    assert isinstance(held, Filter)
    assert held.posts == ()
