"""A page that is open is told, in steps and without a sleep."""

import json

from scattershot.app.streams import BACKLOG
from scattershot.domain.ids import MicroblogId
from scattershot.frontends.web import live
from scattershot.testing.browser import Browser
from tests.frontends.web.node import Node


def _place(home: str) -> str:
    return home.split('data-place="')[1].partition('"')[0]


async def test_an_open_page_is_told_of_a_post_that_came(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    await node.follow(ann, bob)
    await node.settle()
    async with anns.stream("/live/home") as stream:
        await stream.opened.wait()
        post = await node.say(bob, "News!")
        await node.say((await node.person("carol"))[1], "not for ann")
        await node.settle()
        told = await stream.next()
        assert told is not None
        assert (told.event, json.loads(told.data)) == ("entry", {"entry": str(post), "post": str(post)})
        piece = await anns.get(f"/entries/{post}")
        assert "News!" in piece.text
        assert "<html" not in piece.text
        await node.publisher.delete(bob, post, "test")
        await node.settle()
        told = await stream.next()
        assert told is not None
        assert (told.event, json.loads(told.data)) == ("deleted", {"entry": str(post)})


async def test_the_readers_step_wakes_open_pages_by_itself(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    node.readers.after_step(node.streams.nudge)
    await node.follow(ann, bob)
    async with anns.stream("/live/home") as stream:
        await stream.opened.wait()
        post = await node.say(bob, "News!")
        while await node.readers.step():
            pass
        told = await stream.next()
        assert told is not None
        assert json.loads(told.data)["entry"] == str(post)


async def test_what_came_between_the_page_and_its_stream_is_told(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    await node.follow(ann, bob)
    await node.settle()
    place = _place((await anns.get("/home")).text)
    missed = [await node.say(bob, f"missed {n}") for n in range(3)]
    await node.settle()
    async with anns.stream(f"/live/home?after={place}") as stream:
        told = [await stream.next() for _ in missed]
        assert [json.loads(each.data)["entry"] for each in told if each] == [str(post) for post in missed]
        last = told[0]
        assert last is not None
    async with anns.stream("/live/home?after=0", headers={"last-event-id": last.id}) as stream:
        told = [await stream.next() for _ in missed[1:]]
        assert [json.loads(each.data)["entry"] for each in told if each] == [str(post) for post in missed[1:]]


async def test_a_page_long_away_is_asked_to_load_anew(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    await node.follow(ann, bob)
    for n in range(BACKLOG):
        await node.say(bob, f"{n}")
    await node.settle()
    async with anns.stream("/live/home?after=0") as stream:
        told = await stream.next()
        assert told is not None
        assert told.event == "stale"


async def test_a_page_is_told_that_there_are_notifications(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    post = await node.say(ann, "Hello")
    await node.settle()
    async with anns.stream("/live/home") as stream:
        await stream.opened.wait()
        await node.publisher.like(bob, post, "test")
        await node.settle()
        told = await stream.next()
        assert told is not None
        assert told.event == "notified"


async def test_a_listener_too_slow_is_let_go_and_nobody_waits_for_it(
    node: Node, ann: MicroblogId, bob: MicroblogId
) -> None:
    await node.follow(ann, bob)
    await node.settle()
    with node.streams.listen(ann) as slow:
        await node.streams.step()
        for n in range(BACKLOG + 1):
            await node.say(bob, f"{n}")
        await node.settle()
        assert node.streams.count(ann) == 0
        heard = [await slow.next(1) for _ in range(BACKLOG + 1)]
        assert heard[-1] is None


async def test_strangers_and_too_many_pages_are_turned_away(node: Node, ann: MicroblogId, anns: Browser) -> None:
    assert (await node.browser().get("/live/home")).status == 403
    for _ in range(live.AT_ONCE):
        node.streams.add(node.streams.listen(ann))
    assert (await anns.get("/live/home")).status == 429


async def test_streams_end_when_the_node_stops(node: Node, anns: Browser) -> None:
    async with anns.stream("/live/home") as stream:
        await stream.opened.wait()
        node.streams.close()
        assert await stream.next() is None
