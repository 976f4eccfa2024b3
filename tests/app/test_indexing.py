"""Indexing: over a store that was there before, after a stop, past what cannot be indexed, and not twice."""

from typing import Any

import pytest

from scattershot.app import indexing, searchable
from scattershot.app.indexing import Indexing
from scattershot.app.readers import Readers
from scattershot.domain.change import Boosted, Followed, Liked, Posted, Unfollowed
from scattershot.domain.ids import Millis, PostId
from scattershot.domain.post import Audience, Mention, Post
from scattershot.ports.database import Transaction, UnavailableError
from scattershot.storage.tables import log, posts, search, search_names, trends
from scattershot.storage.tables.search import Wanted
from scattershot.testing.factories import a_post, a_profile
from tests.app.conftest import World


class Index:
    """The index of a world, brought on by hand."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.indexing = Indexing(world.database, world.clock)
        self.readers = Readers(world.database, world.clock, world.bus, [self.indexing])

    async def read(self) -> None:
        while await self.readers.step():
            pass

    async def take_up(self) -> int:
        steps = 0
        while await self.indexing.take_up():
            steps += 1
        return steps

    async def found(self, word: str, trait: str = searchable.OPEN) -> list[PostId]:
        wanted = Wanted(((word,),), traits=(frozenset({trait}),))
        hits = await self.world.database.read(lambda tx: search.find(tx, wanted, -1, search.END, 1_000))
        return [hit.post for hit in hits]


async def years_of_posts(world: World, number: int) -> list[Post]:
    """What was there before anybody thought of searching."""
    dana = await world.remote(a_profile("dana@far.example", indexable=True))
    written = [
        a_post(dana.profile.id, f"fog {n}", published=Millis(world.clock.now() - n * 1_000)) for n in range(number)
    ]
    for post in written:
        await world.apply(Posted(actor=dana.profile.id, post=post), asked_for=True)

    def as_if_long_ago(tx: Transaction) -> None:
        log.set_cursor(tx, "search", log.newest(tx))
        search.again(tx, "microblogs", 0)
        search.again(tx, "posts", 0)

    await world.database.write(as_if_long_ago)
    return written


async def test_a_first_run_takes_up_what_was_there_slice_by_slice(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexing, "SLICE", 4)
    await years_of_posts(world, 10)
    index = Index(world)
    assert await index.found("fog") == []
    for _ in range(2):
        await index.indexing.take_up()
    assert 0 < len(await index.found("fog")) < 10, "the newest are found at once"
    assert await Index(world).take_up() >= 2, "another process goes on where the first stopped"
    assert len(await index.found("fog")) == 10
    assert await index.indexing.take_up() == 0
    found = await world.database.read(lambda tx: search_names.called(tx, "dana", 10))
    assert len(found) == 1


async def test_what_comes_during_a_first_run_is_found_as_well(world: World) -> None:
    [old] = await years_of_posts(world, 1)
    index = Index(world)
    new = a_post(old.author, "weir")
    await world.apply(Posted(actor=old.author, post=new), asked_for=True)
    await index.read()
    assert len(await index.found("weir")) == 1, "before anything was known of its author"
    await index.take_up()
    assert len(await index.found("weir")) == len(await index.found("fog")) == 1


async def test_a_post_that_cannot_be_indexed_is_passed_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    written = await years_of_posts(world, 5)
    plain = searchable.words_in

    def stumbling(post: Post) -> list[str]:
        if post.id == written[2].id:
            raise ValueError("what nobody thought of")
        return plain(post)

    monkeypatch.setattr(searchable, "words_in", stumbling)
    index = Index(world)
    await index.take_up()
    assert len(await index.found("fog")) == 4
    assert await index.indexing.take_up() == 0


async def test_a_store_in_trouble_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await years_of_posts(world, 5)
    index = Index(world)

    def full(*_: Any) -> None:
        raise UnavailableError("disk full")

    with monkeypatch.context() as trouble:
        trouble.setattr(search, "came_to", full)
        for _ in range(3):
            with pytest.raises(UnavailableError):
                await index.indexing.take_up()
    await index.take_up()
    assert len(await index.found("fog")) == 5


async def test_what_nobody_may_find_is_not_in_the_index(world: World) -> None:
    ann = await world.local("ann")
    shy = await world.remote(a_profile("shy@far.example"))
    for text, audience, named in (
        ("secret", Audience.PUBLIC, ()),
        ("secret", Audience.FOLLOWERS, ()),
        ("secret for ann", Audience.MENTIONED, (Mention(ann.profile.id),)),
    ):
        post = a_post(shy.profile.id, text, audience=audience, mentions=named)
        await world.apply(Posted(actor=shy.profile.id, post=post), asked_for=True)
    index = Index(world)
    await index.read()
    assert await world.database.read(search.count) == 1
    assert len(await index.found("secret", searchable.in_library_of(ann.id))) == 1


async def test_reading_the_log_again_changes_nothing(world: World) -> None:
    await years_of_posts(world, 3)
    await world.database.write(lambda tx: log.set_cursor(tx, "search", log.Seq(0)))
    index = Index(world)
    await index.read()
    await index.take_up()

    def everything(tx: Transaction) -> list[list[tuple[Any, ...]]]:
        tables = ("search_posts", "search_names", "search_microblogs", "tagged", "links", "search_tags")
        return [tx.fetch(lambda *row: row, f"SELECT * FROM {table} ORDER BY 1, 2") for table in tables]

    before = await world.database.read(everything)
    await world.database.write(lambda tx: log.set_cursor(tx, "search", log.Seq(0)))
    await index.read()
    assert await world.database.read(everything) == before


async def test_who_is_followed_more_moves_up(world: World) -> None:
    ann, bob = await world.local("ann"), await world.local("bob")
    index = Index(world)
    await index.read()

    async def rank() -> int:
        known = await world.database.read(lambda tx: search_names.known(tx, bob.id))
        assert known is not None
        return known.rank

    lowest = await rank()
    await world.apply(Followed(actor=ann.profile.id, target=bob.profile.id))
    await index.read()
    assert await rank() == lowest - 1
    await world.apply(Unfollowed(actor=ann.profile.id, target=bob.profile.id))
    await index.read()
    assert await rank() == lowest
    assert search_names.rank(10**9) == 0


async def test_likes_from_elsewhere_stir_a_post_and_leave_its_index_alone(world: World) -> None:
    [post] = await years_of_posts(world, 1)
    index = Index(world)
    await index.take_up()
    eve = await world.remote(a_profile("eve@far.example"))
    await world.apply(Liked(actor=eve.profile.id, post=post.id))
    await world.apply(Boosted(actor=eve.profile.id, post=post.id, at=world.clock.now()), asked_for=True)
    await index.read()
    assert len(await index.found("fog")) == 1
    assert await world.database.read(lambda tx: len(trends.stirring(tx, Millis(0)))) == 1


async def test_words_that_are_cut_otherwise_are_indexed_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await years_of_posts(world, 3)
    index = Index(world)
    assert not await index.indexing.begin()
    await index.take_up()
    assert not await index.indexing.begin()
    assert len(await index.found("fog")) == 3
    monkeypatch.setattr(indexing, "VERSION", indexing.VERSION + 1)
    assert await index.indexing.begin()
    assert await index.found("fog") == []
    await index.take_up()
    assert len(await index.found("fog")) == 3
    assert not await index.indexing.begin()


async def test_a_post_whose_library_changed_unseen_is_looked_at_when_asked(world: World) -> None:
    ann = await world.local("ann")
    shy = await world.remote(a_profile("shy@far.example"))
    post = a_post(shy.profile.id, "fog")
    await world.apply(Posted(actor=shy.profile.id, post=post), asked_for=True)
    index = Index(world)
    await index.read()
    await index.take_up()
    row = await world.post(post.id)
    assert row is not None

    def kept_unseen(tx: Transaction) -> None:
        posts.add_mentions(tx, row.id, [ann.id], [])
        search.again(tx, "post", row.id)

    await world.database.write(kept_unseen)
    assert await index.take_up() == 1
    assert await index.found("fog", searchable.in_library_of(ann.id)) == [row.id]
