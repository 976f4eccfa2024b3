"""A node that is blocked: what was between ends on both sides, it is shown and heard no more, until it is unblocked."""

import pytest

from scattershot.app.senders import REMEMBERED
from scattershot.app.timelines import Timelines
from scattershot.domain.reading import Refused
from scattershot.storage.tables import deliveries, microblogs, nodes, relations
from scattershot.testing.fakes import Sent
from scattershot.testing.village import House, Village


async def two(village: Village, host: str = "b.example") -> tuple[House, House]:
    """Ann at a and Bob at b follow each other."""
    a, b = await village.house("a.example"), await village.house(host)
    await a.person("ann")
    await b.person("bob")
    await a.follow("ann", f"@bob@{host}")
    await b.follow("bob", "@ann@a.example")
    await village.settle()
    return a, b


async def block(village: Village, a: House, host: str) -> int:
    ended = await a.node.dealing.block(host)
    assert isinstance(ended, int)
    village.clock.advance(REMEMBERED / 1000 + 1)
    return ended


async def counts(house: House, name: str) -> tuple[int, int]:
    who = (await house.row(name)).id
    return await house.node.drivers.database.read(
        lambda tx: (relations.count_following(tx, who), relations.count_followers(tx, who))
    )


@pytest.mark.parametrize("host", ["b.example", "social.b.example"])
async def test_what_was_between_ends_on_both_sides(village: Village, host: str) -> None:
    a, b = await two(village, host)
    await b.post("bob", "before")
    await village.settle()
    assert await a.home("ann") == ["before"]
    assert await block(village, a, "b.example") == 2
    await village.settle()
    assert await counts(a, "ann") == (0, 0)
    assert await counts(b, "bob") == (0, 0)
    assert await a.home("ann") == []


async def test_nothing_is_taken_or_shown_or_sent(village: Village) -> None:
    a, b = await two(village)
    post = await b.post("bob", "before")
    await village.settle()
    await block(village, a, "b.example")
    await village.settle()
    seen = await a.seen(await b.wire_id(post))
    assert seen is not None
    timelines = Timelines(a.node.drivers.database, village.clock, "a.example")
    ann = (await a.row("ann")).id
    assert await timelines.item(seen.id, ann) is None
    assert await timelines.named("bob@b.example") is None
    assert (await timelines.public(ann)).items == []

    before = len(village.fetcher.sent)
    refused = await a.node.publisher.follow(ann, seen.author, "test")
    assert isinstance(refused, Refused)
    found = await a.node.discover.find("@bea@b.example")
    assert isinstance(found, Refused)
    assert found.why == "blocked"
    await a.post("ann", "hello @bob@b.example")
    await village.settle()
    assert not [sent for sent in village.fetcher.sent[before:] if "//b.example/" in sent.url]

    await b.post("bob", "let me in, @ann@a.example")
    await village.settle()
    assert await a.told("ann") == ["severed"], "and of nothing else"
    assert village.fetcher.sent[-1] == Sent("POST", "https://a.example/inbox", 403)
    ann_there = (await a.row("ann")).profile.id
    assert await b.node.discover.fetch(ann_there) != ""
    assert village.fetcher.sent[-1] == Sent("GET", ann_there.value, 403)


async def test_what_was_owed_is_owed_no_more_and_the_last_word_goes_out(village: Village) -> None:
    a, b = await two(village)
    village.shut(b)
    await a.post("ann", "you will not read this")
    await village.settle()
    await block(village, a, "b.example")
    store = a.node.drivers.database
    assert await store.read(deliveries.count) == 2, "that the follows are ended, in both directions"
    await village.reopen(b)
    village.clock.advance(600)
    await village.settle()
    assert await store.read(deliveries.count) == 0
    assert await b.home("bob") == []
    assert await counts(b, "bob") == (0, 0)


async def test_unblocking_restores_dealing(village: Village) -> None:
    a, b = await two(village)
    await block(village, a, "b.example")
    await village.settle()
    await a.node.dealing.unblock("b.example")
    village.clock.advance(REMEMBERED / 1000 + 1)
    await a.follow("ann", "@bob@b.example")
    await b.follow("bob", "@ann@a.example")
    await village.settle()
    await b.post("bob", "hello again")
    await a.post("ann", "welcome back")
    await village.settle()
    assert "hello again" in await a.home("ann")
    assert "welcome back" in await b.home("bob")


async def test_a_host_below_one_that_is_blocked_is_blocked_when_it_is_met_and_its_own_rule_outlives_the_other(
    village: Village,
) -> None:
    a = await village.house("a.example")
    store = a.node.drivers.database

    async def standings() -> list[str]:
        hosts = ("b.example", "s.b.example", "b.example:8000", "notb.example")
        known = [await store.read(lambda tx, h=host: nodes.by_host(tx, h)) for host in hosts]  # type: ignore[misc]
        return [node.standing for node in known if node is not None]

    for host in ("notb.example", "s.b.example"):
        await store.write(lambda tx, h=host: nodes.meet(tx, h))  # type: ignore[misc]
    await a.node.dealing.block("b.example")
    await store.write(lambda tx: nodes.meet(tx, "b.example:8000"))
    assert await standings() == ["blocked", "blocked", "blocked", "normal"]
    await a.node.dealing.block("s.b.example")
    await a.node.dealing.unblock("b.example")
    assert await standings() == ["normal", "blocked", "normal", "normal"]
    assert await store.read(lambda tx: microblogs.here(tx)) != []
