import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request as StarletteRequest
from starlette.responses import JSONResponse, PlainTextResponse, StreamingResponse
from starlette.responses import Response as StarletteResponse
from starlette.routing import Route

from scattershot.ports.clock import Clock
from scattershot.ports.fetcher import Fetcher, Unreachable
from scattershot.testing.fakes import AsgiApp, AsgiFetcher, FakeClock, FakeFetcher, Sent
from scattershot.wirekit.http_message import Headers, Request, Response


async def test_a_fake_clock_wakes_its_sleepers_in_the_order_they_are_due() -> None:
    clock, woken = FakeClock(0), []

    async def sleeper(name: str, seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((name, clock.now()))

    tasks = [asyncio.create_task(sleeper(*who)) for who in (("late", 3), ("early", 1), ("never", 10))]
    await asyncio.sleep(0)
    clock.advance(3)
    await asyncio.gather(*tasks[:2])
    assert woken == [("early", 3000), ("late", 3000)]
    assert clock.sleeping == 1
    tasks[2].cancel()


async def test_running_the_clock_lets_a_loop_wake_each_time() -> None:
    clock, at = FakeClock(0), []

    async def ticker() -> None:
        while True:
            await clock.sleep(10)
            at.append(clock.now())

    task = asyncio.create_task(ticker())
    await clock.run(35)
    assert at == [10_000, 20_000, 30_000]
    assert clock.now() == 35_000
    task.cancel()


async def test_a_fake_clock_stands_still() -> None:
    clock = FakeClock(5)
    port: Clock = clock
    await port.sleep(0)
    assert clock.now() == 5
    clock.set(2)
    assert clock.now() == 2


async def test_a_fake_fetcher_answers_by_host_and_remembers() -> None:
    async def later(request: Request) -> Response:
        return Response(201, request.url)

    fetcher = FakeFetcher(
        {"a.example": lambda request: Response(200, request.url, body=b"hi"), "b.example:8443": later}
    )
    request = Request("GET", "https://a.example/x")
    assert await fetcher.send(request) == Response(200, "https://a.example/x", body=b"hi")
    assert await fetcher.send(request, limit=1) == Unreachable("too_large", "more than 1 bytes")
    await fetcher.send(Request("POST", "https://b.example:8443/"))
    await fetcher.send(Request("GET", "https://b.example/"))
    await fetcher.send(Request("GET", "gopher://a.example/"))
    assert fetcher.requests[0] is request
    assert fetcher.sent == [
        Sent("GET", "https://a.example/x", 200),
        Sent("GET", "https://a.example/x", "too_large"),
        Sent("POST", "https://b.example:8443/", 201),
        Sent("GET", "https://b.example/", "dns"),
        Sent("GET", "gopher://a.example/", "scheme"),
    ]


async def test_a_host_can_be_down_slow_or_out_of_sorts_and_up_again() -> None:
    fetcher = AsgiFetcher({"a.example": Starlette()})
    port: Fetcher = fetcher

    async def outcome() -> int | str:
        await port.send(Request("GET", "https://a.example/"))
        return fetcher.sent[-1].status

    fetcher.down("a.example")
    assert await outcome() == "refused"
    fetcher.slow("a.example")
    assert await outcome() == "timeout"
    fetcher.answers("a.example", 503)
    assert await outcome() == 503
    fetcher.up("a.example")
    assert await outcome() == 404
    fetcher.unroute("a.example")
    assert await outcome() == "dns"


async def echo(request: StarletteRequest) -> JSONResponse:
    scope = request.scope
    return JSONResponse(
        {
            "method": request.method,
            "scheme": scope["scheme"],
            "path": scope["path"],
            "raw_path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": dict(request.headers),
            "client": request.client and request.client.host,
            "body": (await request.body()).decode(),
        }
    )


async def endless(_: StarletteRequest) -> StreamingResponse:
    async def flood() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100
            await asyncio.sleep(0)

    return StreamingResponse(flood())


async def chunks(_: StarletteRequest) -> StreamingResponse:
    async def some() -> AsyncIterator[bytes]:
        yield b"one"
        yield b"two"

    return StreamingResponse(some())


async def fails(_: StarletteRequest) -> StarletteResponse:
    raise ZeroDivisionError


async def hangs(_: StarletteRequest) -> StarletteResponse:
    await asyncio.Event().wait()
    raise AssertionError


def an_app() -> AsgiApp:
    done: list[str] = []

    async def afterwards(_: StarletteRequest) -> PlainTextResponse:
        async def work() -> None:
            await asyncio.sleep(0)
            done.append("work")

        return PlainTextResponse(",".join(done), background=BackgroundTask(work))

    paths = {"/chunks": chunks, "/endless": endless, "/fails": fails, "/hangs": hangs, "/afterwards": afterwards}
    routes = [Route(path, endpoint) for path, endpoint in paths.items()]
    return Starlette(routes=[*routes, Route("/{rest:path}", echo, methods=["GET", "POST", "HEAD"])])


@pytest.fixture
def village() -> AsgiFetcher:
    return AsgiFetcher({"a.example:8443": an_app()})


async def test_an_app_sees_what_a_socket_would_have_brought(village: AsgiFetcher) -> None:
    url = "https://a.example:8443/caf%C3%A9/x?q=%20a"
    headers = Headers((("content-type", "text/plain"), ("signature", "s=1")))
    answer = await village.send(Request("POST", url, headers, b"hello"))
    assert isinstance(answer, Response)
    assert (answer.status, answer.url, answer.media_type) == (200, url, "application/json")
    assert json.loads(answer.body) == {
        "method": "POST",
        "scheme": "https",
        "path": "/café/x",
        "raw_path": "/caf%C3%A9/x",
        "query": "q=%20a",
        "headers": {
            "host": "a.example:8443",
            "content-type": "text/plain",
            "signature": "s=1",
            "user-agent": "AsgiFetcher",
            "content-length": "5",
        },
        "client": "198.51.100.7",
        "body": "hello",
    }


async def test_chunks_are_joined_and_a_head_has_no_body(village: AsgiFetcher) -> None:
    joined = await village.send(Request("GET", "https://a.example:8443/chunks"))
    assert isinstance(joined, Response)
    assert joined.body == b"onetwo"
    head = await village.send(Request("HEAD", "https://a.example:8443/x"))
    assert isinstance(head, Response)
    assert (head.status, head.body) == (200, b"")


async def test_an_endless_answer_is_left_at_the_limit(village: AsgiFetcher) -> None:
    answer = await village.send(Request("GET", "https://a.example:8443/endless"), limit=1000)
    assert answer == Unreachable("too_large", "more than 1000 bytes")


async def test_an_app_that_raises_has_answered_500_and_is_found_out(village: AsgiFetcher) -> None:
    answer = await village.send(Request("GET", "https://a.example:8443/fails"))
    assert isinstance(answer, Response)
    assert answer.status == 500
    assert [type(failure) for failure in village.failures] == [ZeroDivisionError]


async def test_an_app_that_hangs_times_out(village: AsgiFetcher) -> None:
    answer = await village.send(Request("GET", "https://a.example:8443/hangs"), seconds=0.01)
    assert isinstance(answer, Unreachable)
    assert answer.why == "timeout"


async def test_what_an_app_does_after_its_answer_is_done_before_the_next_step(village: AsgiFetcher) -> None:
    await village.send(Request("GET", "https://a.example:8443/afterwards"))
    answer = await village.send(Request("GET", "https://a.example:8443/afterwards"))
    assert isinstance(answer, Response)
    assert answer.body == b"work"


async def test_a_fake_fetcher_pours_as_a_real_one_does() -> None:
    fetcher = FakeFetcher({"far.example": lambda request: Response(200, request.url, Headers(), b"x" * 40_000)})
    pieces: list[bytes] = []

    async def take(piece: bytes) -> None:
        pieces.append(piece)

    answer = await fetcher.pour(Request("GET", "https://far.example/"), take)
    assert isinstance(answer, Response)
    assert (answer.body, b"".join(pieces), len(pieces) > 1) == (b"", b"x" * 40_000, True)
    assert isinstance(await fetcher.pour(Request("GET", "https://far.example/"), take, limit=100), Unreachable)
