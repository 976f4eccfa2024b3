"""Lists as their reader's filters leave them, and how far somebody read."""

from scattershot.app.filters import Filters, Wanted, WantedKeyword
from scattershot.app.sifting import Sifting
from scattershot.app.visits import AWAY, Visit, Visits
from scattershot.domain.filters import Action, Context, Filter
from scattershot.domain.ids import MicroblogId
from tests.frontends.web.node import Node, open_node


async def _filter(filters: Filters, owner: MicroblogId, word: str, action: Action) -> None:
    wanted = Wanted(word, (Context.HOME,), action, keywords=(WantedKeyword(text=word),))
    made = await filters.make(owner, wanted)
    assert isinstance(made, Filter), made


async def _street(node: Node) -> tuple[MicroblogId, MicroblogId, Filters]:
    _, ann = await node.person("ann")
    _, bob = await node.person("bob")
    await node.follow(ann, bob)
    for text in ("tea at four", "the match is lost", "the book ends well", "a storm"):
        await node.say(bob, text)
    await node.settle()
    return ann, bob, Filters(node.database, node.clock)


async def test_what_one_does_not_wish_to_see_is_gone_veiled_or_without_its_pictures() -> None:
    async with open_node() as node:
        ann, bob, filters = await _street(node)
        for word, action in (("match", Action.HIDE), ("book", Action.WARN), ("storm", Action.BLUR)):
            await _filter(filters, ann, word, action)
        sifting = Sifting(node.database, node.clock, filters)
        items = (await node.timelines.home(ann)).items
        sifted = await sifting.sifted(ann, items, Context.HOME)
        assert [item.post.source for item in sifted.items] == ["a storm", "the book ends well", "tea at four"]
        storm, book, _ = sifted.items
        assert sifted.veiled == {book.entry: "book"}
        assert sifted.blurred == {storm.entry}

        elsewhere = await sifting.sifted(ann, items, Context.PUBLIC)
        assert (len(elsewhere.items), elsewhere.veiled) == (4, {})
        assert len((await sifting.sifted(None, items, Context.HOME)).items) == 4
        assert len((await sifting.sifted(bob, items, Context.HOME)).items) == 4


async def test_what_one_wrote_oneself_is_never_sifted() -> None:
    async with open_node() as node:
        ann, _, filters = await _street(node)
        await _filter(filters, ann, "match", Action.HIDE)
        await node.say(ann, "what a match!")
        await node.settle()
        items = (await node.timelines.home(ann)).items
        sifted = await Sifting(node.database, node.clock, filters).sifted(ann, items, Context.HOME)
        assert "what a match!" in [item.post.source for item in sifted.items]
        assert "the match is lost" not in [item.post.source for item in sifted.items]


async def test_a_visit_is_remembered_and_a_look_at_older_posts_alters_nothing() -> None:
    async with open_node() as node:
        ann, _, _ = await _street(node)
        visits = Visits(node.database, node.clock)

        async def last() -> Visit:
            return await node.database.read(lambda tx: visits.last_in(tx, ann))

        assert await last() == Visit()
        assert not visits.was_away(await last()), "who was never here was not away"
        items = (await node.timelines.home(ann)).items
        await visits.seen(ann, items[0].entry)
        came = node.clock.now()
        assert await last() == Visit(items[0].entry, came)
        node.clock.advance(AWAY / 1000 + 1)
        assert visits.was_away(await last())
        await visits.seen(ann, items[-1].entry)
        assert await last() == Visit(items[0].entry, came)
