"""Live updates, by WebSocket and by server-sent events: who hears what, as which event, and until when."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from msgspec import json

from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api import streaming
from scattershot.testing.phone import Phone
from scattershot.testing.socket import Socket, a_socket
from scattershot.testing.village import House, Village

PATH = "/api/v1/streaming"


async def token_of(house: House, name: str, scopes: str = "read write") -> str:
    token = await house.node.programs.by_hand(name, scopes)
    assert not isinstance(token, Refused)
    return token


@asynccontextmanager
async def listening(house: House, name: str, query: str) -> AsyncIterator[Socket]:
    token = await token_of(house, name)
    async with a_socket(house.node.app, PATH, query=f"access_token={token}&{query}") as socket:
        if query:
            await until_listening(house)
        yield socket


async def until_listening(house: House, topics: int = 1) -> None:
    """Wait until what was said to the node has come to it."""
    async with asyncio.timeout(5):
        while len(house.node.api.topics) < topics:
            await asyncio.sleep(0.001)


async def told(village: Village, house: House) -> None:
    """Let everything happen that follows from what was done."""
    await village.settle()
    while await house.node.api.topics.step():
        pass


async def test_what_comes_home_is_heard(village: Village, house: House) -> None:
    await house.follow("bob", "ann")
    await village.settle()
    async with listening(house, "bob", "stream=user") as socket:
        post = await house.post("ann", "news")
        await told(village, house)
        heard = await socket.heard()
        assert heard["stream"] == ["user"]
        assert heard["event"] == "update"
        assert heard["payload"]["id"] == str(post)
        assert heard["payload"]["favourited"] is False
        assert heard["payload"]["account"]["acct"] == "ann"


async def test_an_edit_a_boost_and_a_deletion_are_heard(village: Village, house: House) -> None:
    await house.follow("bob", "ann")
    ann, bob = await house.phone("ann"), await house.phone("bob")
    await village.settle()
    async with listening(house, "bob", "stream=user") as socket:
        posted = await ann.post("/api/v1/statuses", {"status": "once"})
        await told(village, house)
        await socket.heard()
        await bob.post(f"/api/v1/statuses/{posted['id']}/favourite")
        await house.node.publisher.edit(int(posted["account"]["id"]), int(posted["id"]), _draft("twice"), "test")  # type: ignore[arg-type]
        await told(village, house)
        edited = await socket.heard()
        assert edited["event"] == "status.update"
        assert edited["payload"]["content"] == "<p>twice</p>"
        assert edited["payload"]["favourited"] is True
        await ann.delete(f"/api/v1/statuses/{posted['id']}")
        await told(village, house)
        assert await socket.heard() == {"stream": ["user"], "event": "delete", "payload": posted["id"]}


def _draft(text: str) -> "object":
    from scattershot.app.publish import Draft

    return Draft(text)


async def test_what_one_is_told_is_heard(village: Village, house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    posted = await bob.post("/api/v1/statuses", {"status": "Hello"})
    await village.settle()
    async with (
        listening(house, "bob", "stream=user") as everything,
        listening(house, "bob", "stream=user:notification") as alone,
        listening(house, "ann", "stream=user:notification") as other,
    ):
        await until_listening(house, 3)
        await ann.post(f"/api/v1/statuses/{posted['id']}/favourite")
        await told(village, house)
        [notification] = (await bob.get("/api/v1/notifications")).body
        assert notification["type"] == "favourite"
        assert await everything.heard() == {"stream": ["user"], "event": "notification", "payload": notification}
        assert await alone.heard() == {
            "stream": ["user:notification"], "event": "notification", "payload": notification,
        }  # fmt: skip
        assert other.silent


async def test_who_may_not_read_notifications_hears_only_what_comes_home(village: Village, house: House) -> None:
    narrow = await token_of(house, "bob", "read:statuses")
    ann = await house.phone("ann")
    async with a_socket(house.node.app, PATH, query=f"access_token={narrow}&stream=user") as socket:
        await until_listening(house)
        await ann.post("/api/v1/statuses", {"status": "@bob psst"})
        await told(village, house)
        assert socket.silent
        await socket.say({"type": "subscribe", "stream": "user:notification"})
        assert (await socket.heard())["error"] == "Access token does not have the required scopes"


async def test_a_stream_that_is_left_leaves_the_other_one_alone(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    async with listening(house, "bob", "stream=user") as socket:
        await socket.say({"type": "subscribe", "stream": "user:notification"})
        await socket.say({"type": "unsubscribe", "stream": "user"})
        while len(house.node.api.topics) > 1:
            await asyncio.sleep(0.001)
        await ann.post("/api/v1/statuses", {"status": "@bob psst"})
        await told(village, house)
        assert (await socket.heard())["stream"] == ["user:notification"]
        assert socket.silent


async def test_conversations_are_heard(village: Village, house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    async with listening(house, "bob", "stream=direct") as socket:
        await ann.post("/api/v1/statuses", {"status": "@bob psst", "visibility": "direct"})
        await ann.post("/api/v1/statuses", {"status": "@bob hey!"})
        await told(village, house)
        [conversation] = (await bob.get("/api/v1/conversations")).body
        assert await socket.heard() == {"stream": ["direct"], "event": "conversation", "payload": conversation}
        assert socket.silent


async def test_that_somebody_was_let_in_is_heard(village: Village, house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    await bob.patch("/api/v2/notifications/policy", {"for_not_following": "filter"})
    async with listening(house, "bob", "stream=user") as socket:
        await ann.post("/api/v1/statuses", {"status": "@bob psst"})
        await told(village, house)
        assert socket.silent
        [request] = (await bob.get("/api/v1/notifications/requests")).body
        await bob.post(f"/api/v1/notifications/requests/{request['id']}/accept")
        assert (await socket.heard())["event"] == "notifications_merged"


async def test_streams_are_joined_and_left_on_one_connection(village: Village, house: House) -> None:
    token = await token_of(house, "bob")
    async with a_socket(house.node.app, PATH, subprotocol=token) as socket:
        assert socket.subprotocol == token
        await socket.say({"type": "subscribe", "stream": "public:local"})
        await socket.say({"type": "subscribe", "stream": "hashtag", "tag": "Cats"})
        await socket.say({"type": "subscribe", "stream": "public:remote"})
        await until_listening(house, 3)
        await house.post("ann", "look, #cats")
        await told(village, house)
        heard = [await socket.heard(), await socket.heard()]
        assert sorted(each["stream"] for each in heard) == [["hashtag", "cats"], ["public:local"]]
        await socket.say({"type": "unsubscribe", "stream": "public:local"})
        while len(house.node.api.topics) > 2:
            await asyncio.sleep(0.001)
        await house.post("ann", "without them")
        await told(village, house)
        assert socket.silent


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ({"type": "subscribe", "stream": "everything"}, "Unknown stream type"),
        ({"type": "subscribe", "stream": "hashtag"}, "Missing tag name parameter"),
        ("nonsense", "Invalid message"),
        ("[]", "Invalid message"),
    ],
)
async def test_what_is_not_understood_is_said(house: House, said: object, error: str) -> None:
    async with listening(house, "bob", "") as socket:
        await socket.say(said)
        assert (await socket.heard())["error"] == error


async def test_who_may_listen(house: House) -> None:
    app = house.node.app
    narrow = await token_of(house, "bob", "read:notifications")
    async with a_socket(app, PATH, narrow, query="stream=user") as socket:
        assert (await socket.heard())["error"] == "Access token does not have the required scopes"
    async with a_socket(app, PATH, query="stream=user") as socket:
        assert (await socket.heard())["error"] == "Missing access token"
    async with a_socket(app, PATH, "invented") as socket:
        assert await socket.is_closed() == 1008


async def test_whoever_blocks_or_mutes_does_not_hear_in_public_either(village: Village, house: House) -> None:
    ann, bob = (await house.row("ann")).id, (await house.row("bob")).id
    await house.person("cleo")
    await house.node.publisher.block(bob, ann, "test")
    async with listening(house, "bob", "stream=public") as hers, listening(house, "cleo", "stream=public") as other:
        await house.post("ann", "to all")
        await told(village, house)
        assert (await other.heard())["event"] == "update"
        assert hers.silent


async def test_what_is_not_public_stays_off_the_public_streams(village: Village, house: House) -> None:
    async with listening(house, "bob", "stream=public") as socket:
        for audience in (Audience.UNLISTED, Audience.FOLLOWERS, Audience.MENTIONED, Audience.LOCAL):
            await house.post("ann", "@bob not for all", audience)
        await told(village, house)
        assert socket.silent


async def test_a_revoked_token_ends_its_connections(house: House) -> None:
    secret = await token_of(house, "bob")
    caller = await house.node.programs.caller(secret)
    assert caller is not None
    assert caller.person is not None
    async with a_socket(house.node.app, PATH, secret, query="stream=user") as socket:
        await house.node.programs.end(caller.person, caller.token)
        assert await socket.is_closed() == 1000


async def test_a_slow_reader_is_let_go_and_nobody_else(village: Village, house: House) -> None:
    async with listening(house, "bob", "stream=public") as quick:
        slow = streaming.Listener(house.node.api.topics, streaming.Frames(), None, socket=True)
        found = streaming.stream_of("public", {}, None)
        assert isinstance(found, streaming.Stream)
        assert slow.listen(found)
        for number in range(streaming.BACKLOG + 1):
            await house.post("ann", f"number {number}")
        await told(village, house)
        assert slow.ended == 1008
        for number in range(streaming.BACKLOG + 1):
            assert (await quick.heard())["payload"]["content"] == f"<p>number {number}</p>"


async def test_events_come_by_http_too(village: Village, house: House) -> None:
    token = await token_of(house, "bob")
    scope = {
        "type": "http", "method": "GET", "path": f"{PATH}/public/local", "query_string": b"", "http_version": "1.1",
        "headers": [(b"authorization", f"Bearer {token}".encode())], "client": ("198.51.100.9", 1),
    }  # fmt: skip
    heard: asyncio.Queue[bytes] = asyncio.Queue()
    gone = asyncio.Event()

    async def receive() -> dict[str, object]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.body":
            await heard.put(bytes(message["body"]))  # type: ignore[arg-type]

    answering = asyncio.create_task(house.node.app(scope, receive, send))  # type: ignore[arg-type]
    assert await heard.get() == b":)\n"
    await until_listening(house)
    post = await house.post("ann", "by the old way")
    await told(village, house)
    event, data = (await asyncio.wait_for(heard.get(), 5)).decode().rstrip("\n").split("\n")
    assert event == "event: update"
    assert json.decode(data.removeprefix("data: "))["id"] == str(post)
    gone.set()
    await asyncio.wait_for(answering, 5)


@pytest.mark.parametrize(("path", "status"), [("/user", 401), ("/nonsense", 404), ("/hashtag", 400), ("/list", 400)])
async def test_streams_that_are_not_there(house: House, path: str, status: int) -> None:
    phone: Phone = house.stranger()
    await phone.get(f"{PATH}{path}", status=status)


async def test_the_streaming_server_is_well(house: House) -> None:
    assert (await house.stranger().get(f"{PATH}/health")).body == b"OK"
