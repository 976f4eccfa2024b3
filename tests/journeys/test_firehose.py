"""The firehose: what is told to anybody, by each of its ways, and that no cut loses or doubles anything."""

import asyncio
import random
from typing import Any

import msgspec
import pytest

from scattershot.domain.microblog import Handle
from scattershot.domain.node import Standing
from scattershot.domain.post import Audience
from scattershot.frontends.firehose.door import Firehose, Limits
from scattershot.storage.tables import log, nodes
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Request, Response
from tests.hose import WAYS, Line, a_hose


async def a_town(village: Village, **settings: Any) -> House:
    """A node whose Ann lets her posts be found, and whose Zoe does not."""
    a = await village.house("a.example", **settings)
    await a.person("ann", indexable=True)
    await a.person("zoe")
    await village.settle()
    return a


async def asked(village: Village, query: str, host: str = "a.example", **headers: str) -> Response:
    request = Request("GET", f"https://{host}/firehose{query}")
    fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
    answer = await village.fetcher.send(request._replace(headers=request.headers.having(*fields)))
    assert isinstance(answer, Response)
    return answer


def lines(answer: Response) -> list[Line]:
    assert answer.status == 200, answer
    assert (answer.headers.get("content-type") or "").startswith("application/x-ndjson")
    return [msgspec.json.decode(line) for line in answer.body.splitlines()]


async def told(village: Village, query: str = "?after=0", host: str = "a.example") -> list[Line]:
    village.clock.advance(2)
    return [line for line in lines(await asked(village, query, host)) if line["event"] != "author"]


def said(found: list[Line]) -> list[tuple[str, str]]:
    return [(line["event"], line.get("post", {}).get("content", "")) for line in found]


async def test_what_was_written_altered_and_taken_back_is_told_in_order(village: Village) -> None:
    a = await a_town(village)
    first = await a.post("ann", "One")
    second = await a.post("ann", "Two")
    who = (await a.row("ann")).id
    assert said(await told(village)) == [("created", "<p>One</p>"), ("created", "<p>Two</p>")]
    a.done(await a.node.publisher.delete(who, second, "test"))
    await village.settle()
    found = await told(village)
    assert said(found) == [("created", "<p>One</p>"), ("deleted", ""), ("deleted", "")]
    assert [line["id"] for line in found] == [await a.wire_id(each) for each in (first, second, second)]
    assert found[0]["post"]["id"] == await a.wire_id(first)
    assert found[0]["post"]["type"] == "Note"
    assert found[0]["post"]["attributedTo"] == (await a.row("ann")).profile.id.value
    numbers = [line["seq"] for line in found]
    assert numbers == sorted(set(numbers))


async def test_only_public_posts_of_those_who_let_them_be_found_are_told(village: Village) -> None:
    a = await a_town(village)
    for audience in Audience:
        await a.post("ann", f"Ann, {audience}", audience)
        await a.post("zoe", f"Zoe, {audience}", audience)
    await village.settle()
    assert said(await told(village)) == [("created", "<p>Ann, public</p>")]


async def test_who_no_longer_wishes_to_be_found_is_told_as_author_and_its_posts_no_more(village: Village) -> None:
    a = await a_town(village)
    post = await a.post("ann", "One")
    before = (await told(village))[-1]["seq"]
    await a.profile("ann", indexable=False)
    await village.settle()
    village.clock.advance(2)
    [author] = lines(await asked(village, f"?after={before}"))
    ann = (await a.row("ann")).profile.id.value
    assert author == author | {"event": "author", "id": ann, "indexable": False, "gone": False}
    assert await told(village) == []
    a.done(await a.node.publisher.delete((await a.row("ann")).id, post, "test"))
    await village.settle()
    assert said(await told(village)) == [("deleted", ""), ("deleted", "")], "whoever holds it must hear that"


async def test_an_author_who_is_gone_is_told_so(village: Village) -> None:
    a = await a_town(village)
    await a.post("ann", "One")
    ann = (await a.row("ann")).profile.id.value
    await a.node.people.vanish("ann", "test")
    await village.settle()
    village.clock.advance(2)
    found = lines(await asked(village, "?after=0"))
    assert [line["event"] for line in found if line["event"] != "author"] == ["deleted"]
    assert found[-1] == found[-1] | {"event": "author", "id": ann, "indexable": False, "gone": True}


@pytest.mark.parametrize(("setting", "expected"), [("local", []), ("all", [("created", "<p>From b</p>")])])
async def test_posts_of_other_nodes_are_told_where_the_settings_say_so(
    village: Village, setting: str, expected: list[tuple[str, str]]
) -> None:
    a = await a_town(village, firehose=setting)
    b = await village.house("b.example")
    await b.person("bob", indexable=True)
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    await b.post("bob", "From b")
    await village.settle()
    assert said(await told(village)) == expected
    if setting == "all":
        await a.node.drivers.database.write(lambda tx: nodes.set_standing(tx, "b.example", Standing.LIMITED))
        assert said(await told(village)) == []


async def test_a_firehose_that_is_off_is_not_there(village: Village) -> None:
    a = await a_town(village, firehose="off")
    assert (await asked(village, "")).status == 404
    async with a_hose(a.node.app, "socket") as hose:
        await hose.ended.wait()
        assert hose.closed == (1008, "This node has no firehose.")


# -- pages


async def test_pages_lead_on_to_the_end_and_from_there_to_what_comes(village: Village) -> None:
    a = await a_town(village)
    for number in range(5):
        await a.post("ann", str(number))
    await village.settle()
    found, query = [], "?after=0&limit=2"
    for _ in range(9):
        answer = await asked(village, query)
        found += [line for line in lines(answer) if line["event"] == "created"]
        following = (answer.headers.get("link") or "").partition(">")[0].removeprefix("</firehose")
        assert following.endswith("&limit=2")
        if following == query:
            break
        query = following
    assert [line["post"]["content"] for line in found] == [f"<p>{number}</p>" for number in range(5)]
    assert lines(await asked(village, query)) == []
    await a.post("ann", "Later")
    await village.settle()
    [later] = lines(await asked(village, query))
    assert later["post"]["content"] == "<p>Later</p>"


async def test_a_page_that_is_known_is_not_sent_again(village: Village) -> None:
    a = await a_town(village)
    await a.post("ann", "One")
    tag = (await asked(village, "?after=0")).headers.get("etag") or ""
    assert (await asked(village, "?after=0", if_none_match=tag)).status == 304
    await a.post("ann", "Two")
    village.clock.advance(2)
    assert (await asked(village, "?after=0", if_none_match=tag)).status == 200


async def test_who_waits_is_answered_as_soon_as_there_is_something(village: Village) -> None:
    a = await a_town(village)
    newest = (await a.node.drivers.database.read(log.newest)).real
    waiting = asyncio.create_task(asked(village, f"?after={newest}&wait=20"))
    await asyncio.sleep(0)
    assert not waiting.done()
    await a.post("ann", "At last")
    await village.settle()
    [line] = lines(await asyncio.wait_for(waiting, 5))
    assert line["post"]["content"] == "<p>At last</p>"


@pytest.mark.parametrize("query", ["?after=x", "?after=-1", "?after=0&limit=ten", "?after=99999999", "?wait=%C2%B2"])
async def test_what_makes_no_sense_is_said_so(village: Village, query: str) -> None:
    await a_town(village)
    answer = await asked(village, query)
    assert answer.status == 400
    assert answer.body


async def test_who_asks_too_often_is_told_to_wait(village: Village) -> None:
    await a_town(village)
    answers = [(await asked(village, "?after=0")).status for _ in range(210)]
    assert answers[:200] == [200] * 200
    assert 429 in answers


# -- listening


@pytest.mark.parametrize("way", ["events", "socket"])
async def test_who_listens_is_told_where_it_begins_then_what_comes(village: Village, way: str) -> None:
    a = await a_town(village)
    await a.post("ann", "Before")
    await village.settle()
    newest = await a.node.drivers.database.read(log.newest)
    async with a_hose(a.node.app, way) as hose:
        assert await hose.next() == {"seq": newest, "event": "at"}
        await a.post("ann", "After")
        await village.settle()
        [line] = await hose.news(1)
        assert (line["event"], line["post"]["content"]) == ("created", "<p>After</p>")


async def test_a_browser_that_comes_back_says_the_last_number_it_heard(village: Village) -> None:
    a = await a_town(village)
    await a.post("ann", "One")
    await a.post("ann", "Two")
    await village.settle()
    first, second = await told(village)
    async with a_hose(a.node.app, "events", 0, last_event_id=str(first["seq"])) as hose:
        assert hose.ids == []
        assert await hose.news(1) == [second]
        assert hose.headers["content-type"] == "text/event-stream"


@pytest.mark.parametrize("way", ["events", "socket"])
async def test_what_is_forgotten_is_a_gap_that_is_told(village: Village, way: str) -> None:
    a = await a_town(village)
    await a.post("ann", "Forgotten")
    await a.post("ann", "Known")
    await village.settle()
    old, known = await told(village)
    before = known["seq"]
    await a.node.drivers.database.write(lambda tx: tx.execute("DELETE FROM log WHERE seq < $1", before))
    village.clock.advance(2)
    async with a_hose(a.node.app, way, 1) as hose:
        assert await hose.next() == {"seq": before - 1, "event": "gap"}
        assert await hose.news(1) == [known]
    assert lines(await asked(village, "?after=1")) == [{"seq": before - 1, "event": "gap"}, known]
    assert lines(await asked(village, f"?after={before - 1}")) == [known]
    assert old["seq"] < before


async def test_silence_is_told_too(village: Village) -> None:
    a = await a_town(village)
    door = a_door(a, Limits(heartbeat=0.01))
    newest = await a.node.drivers.database.read(log.newest)
    async with a_hose(door, "events") as hose:
        assert [await hose.next() for _ in range(3)] == [{"seq": newest, "event": "at"}] * 3


async def test_there_is_no_room_for_any_number_of_listeners(village: Village) -> None:
    a = await a_town(village)
    door = a_door(a, Limits(from_one=1))
    async with a_hose(door, "socket") as first:
        await first.next()
        async with a_hose(door, "socket") as second, a_hose(door, "events") as third:
            await second.ended.wait()
            await third.ended.wait()
            assert second.closed == (1013, "Too many listen.")
            assert third.status == 429
    assert door.listeners == 0


@pytest.mark.parametrize("way", ["events", "socket"])
async def test_who_takes_nothing_is_let_go(village: Village, way: str) -> None:
    a = await a_town(village)
    door = a_door(a, Limits(patience=0.01))
    async with a_hose(door, way) as hose:
        await hose.next()
        assert door.listeners == 1
        hose.takes.clear()
        await a.post("ann", "One")
        await village.settle()
        door.nudge()
        while door.listeners:
            await asyncio.sleep(0.005)
        hose.takes.set()
        await asyncio.wait_for(hose.ended.wait(), 5)


@pytest.mark.parametrize("way", ["events", "socket"])
async def test_a_node_that_stops_lets_everybody_go(village: Village, way: str) -> None:
    a = await a_town(village)
    async with a_hose(a.node.app, way) as hose:
        await hose.next()
        a.node.end_sockets()
        await asyncio.wait_for(hose.ended.wait(), 5)
        assert hose.closed in (None, (1001, "Come back with your last number."))


def a_door(a: House, limits: Limits) -> Firehose:
    """The node's firehose once more, with limits of its own."""
    own = a.node.firehose
    return Firehose(own._pages, a.node.drivers.clock, (), limits)


# -- cuts


@pytest.mark.parametrize("seed", range(4))
async def test_whoever_is_cut_off_anywhere_goes_on_where_it_was(village: Village, seed: int) -> None:
    """Posts come, alter and go while a listener is cut off again and again, and comes back each time by another way."""
    chance = random.Random(seed)
    a = await a_town(village)
    start = await a.node.drivers.database.read(log.newest)
    heard, last = list[Line](), start

    async def write(count: int) -> None:
        for number in range(count):
            await a.post(chance.choice(["ann", "ann", "zoe"]), f"{seed} {number}")
            village.clock.advance(chance.random())
        await village.settle()

    for _ in range(12):
        way = chance.choice(WAYS)
        await write(chance.randrange(4))
        if way == "pages":
            got = lines(await asked(village, f"?after={last}&limit={chance.randrange(1, 4)}"))
        else:
            got = []
            async with a_hose(a.node.app, way, last) as hose:
                await write(chance.randrange(3))
                for _ in range(chance.randrange(6)):
                    if hose.lines.empty():
                        await asyncio.sleep(0)
                    if not hose.lines.empty():
                        got.append(hose.lines.get_nowait())
        heard += [line for line in got if line["event"] != "at"]
        last = max([last, *(line["seq"] for line in got)])
    village.clock.advance(2)
    heard += lines(await asked(village, f"?after={last}&limit=1000"))
    whole = lines(await asked(village, f"?after={start}&limit=1000"))
    assert heard == whole
    assert len(whole) >= 5


async def test_a_look_that_is_over_is_handed_to_nobody(village: Village) -> None:
    """Else whoever comes in that moment and knows that the log has grown asks for ever, and nothing else runs."""
    a = await a_town(village)
    pages = a.node.firehose._pages
    assert pages is not None
    look = asyncio.create_task(pages.page(await a.node.drivers.database.read(log.newest)))
    while not pages._making:
        await asyncio.sleep(0)
    [making] = pages._making.values()
    while not making.done():
        await asyncio.sleep(0)
    assert not pages._making
    assert (await look).lines == []


async def test_everybody_who_keeps_up_is_told_the_same_bytes_made_once(village: Village) -> None:
    a = await a_town(village)
    async with a_hose(a.node.app, "events") as first, a_hose(a.node.app, "socket") as second:
        await asyncio.gather(first.next(), second.next())
        made = a.node.firehose._pages
        assert made is not None
        await a.post("ann", "One")
        await village.settle()
        assert await first.news(1) == await second.news(1)
    assert (await a.row("ann")).profile.handle == Handle("ann", "a.example")
