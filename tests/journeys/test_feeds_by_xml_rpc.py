"""rssCloud and pings by XML-RPC, with Python's own client and server of it on the other side."""

from typing import Any
from xmlrpc.client import dumps, loads
from xmlrpc.server import SimpleXMLRPCDispatcher

from scattershot.domain.source import Push
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.elsewhere import Site, a_blog, ago, item, later, source_of

CLOUD = "<cloud domain='cloud.example' port='5337' path='/RPC2' registerProcedure='cloud.register' protocol='xml-rpc'/>"
XML = Headers([("content-type", "text/xml")])


class AnotherCloud:
    """A cloud of other software: registrations are calls, and so is what it tells."""

    def __init__(self, village: Village, *, takes: bool = True) -> None:
        self.village, self.takes = village, takes
        self.registered: list[tuple[Any, ...]] = []
        self._server = SimpleXMLRPCDispatcher(allow_none=False, encoding="utf-8")
        self._server.register_function(self._register, "cloud.register")
        village.fetcher.route("cloud.example:5337", self._answer)

    def _register(self, *said: Any) -> bool:
        self.registered.append(said)
        return self.takes

    def _answer(self, request: Request) -> Response:
        answer = self._server._marshaled_dispatch(request.body)
        return Response(200, request.url, XML, answer if isinstance(answer, bytes) else str(answer).encode())

    async def tell(self) -> Any:
        procedure, port, path, protocol, feeds, domain = self.registered[-1]
        assert (protocol, port) == ("xml-rpc", 443)
        call = dumps((feeds[0],), procedure).encode()
        answer = await self.village.fetcher.send(Request("POST", f"https://{domain}{path}", XML, call))
        assert isinstance(answer, Response)
        return loads(answer.body)[0][0]


async def test_a_cloud_is_asked_and_tells_by_xml_rpc(village: Village) -> None:
    cloud = AnotherCloud(village)
    b, site = await a_blog(village, item("1", "One", ago(village, 60)), head=CLOUD)
    source = await source_of(b, site.feed)
    assert source.offer is not None
    assert (source.offer.way, source.is_told(village.clock.now())) == (Push.CLOUD_RPC, True)
    assert cloud.registered[0][4] == [site.feed]
    site.items.insert(0, item("2", "Two", ago(village, 0)))
    village.clock.advance(60)
    assert await cloud.tell() is True
    await village.settle()
    assert await b.home("bob") == ["Two", "One"]


async def test_a_cloud_that_refuses_is_not_waited_for(village: Village) -> None:
    AnotherCloud(village, takes=False)
    b, site = await a_blog(village, item("1", "One", ago(village, 60)), head=CLOUD)
    assert not (await source_of(b, site.feed)).is_told(village.clock.now())


async def test_a_cloud_that_answers_with_a_fault_is_not_waited_for(village: Village) -> None:
    AnotherCloud(village)
    unknown = CLOUD.replace("cloud.register", "no.such")
    b, site = await a_blog(village, item("1", "One", ago(village, 60)), head=unknown)
    assert not (await source_of(b, site.feed)).is_told(village.clock.now())


async def ping(village: Village, method: str, *said: str) -> Any:
    request = Request("POST", "https://b.example/RPC2", XML, dumps(said, method).encode())
    answer = await village.fetcher.send(request)
    assert isinstance(answer, Response)
    return loads(answer.body)[0][0]


async def pinged_blogs(village: Village) -> tuple[House, list[Site]]:
    """Two sites, which ask to be let alone for hours, and then have news."""
    b = await village.house("b.example")
    await b.person("bob")
    sites = [Site(village, "one.example"), Site(village, "two.example")]
    for site in sites:
        site.head, site.items = "<ttl>600</ttl>", [item("1", "Old", ago(village, 60))]
        await b.follow("bob", site.feed)
    await village.settle()
    village.clock.advance(60)
    for site in sites:
        site.items = [item("2", f"New at {site.host}", ago(village, 0))]
    return b, sites


async def test_publishers_may_say_that_they_have_news_each_for_itself(village: Village) -> None:
    b, [one, two] = await pinged_blogs(village)
    assert (await ping(village, "weblogUpdates.extendedPing", "One", "https://one.example/", "x", one.feed)) == {
        "flerror": False,
        "message": "Thanks for the ping.",
    }
    await village.settle()
    assert (await b.home("bob"))[0] == "New at one.example"
    assert "New at two.example" not in await b.home("bob")
    form = f"url={two.feed}".encode()
    answer = await village.fetcher.send(Request("POST", "https://b.example/rssCloud/ping", Headers(), form))
    assert isinstance(answer, Response)
    assert b'success="true"' in answer.body
    await village.settle()
    assert "New at two.example" in await b.home("bob")


async def test_however_often_somebody_says_so_a_feed_is_asked_now_and_then(village: Village) -> None:
    _, [one, _] = await pinged_blogs(village)
    reads = one.reads()
    for _ in range(30):
        await ping(village, "weblogUpdates.ping", "One", one.feed)
        await village.settle()
    assert one.reads() == reads + 1
    await later(village, 1)
    assert one.reads() == reads + 2


async def test_of_feeds_that_nobody_follows_nothing_is_asked(village: Village) -> None:
    await pinged_blogs(village)
    asked = len(village.fetcher.requests)
    for address in ("https://stranger.example/feed.xml", "javascript:alert(1)", "http://10.0.0.1/", "", "x" * 5_000):
        said = await ping(village, "weblogUpdates.ping", "Somebody", address)
        assert said["message"] == "Nobody here follows that."
        await village.settle()
    assert {r.url for r in village.fetcher.requests[asked:]} == {"https://b.example/RPC2"}


async def test_an_aggregator_that_knows_the_short_ping_alone_gets_that(village: Village) -> None:
    heard: list[tuple[str, ...]] = []
    server = SimpleXMLRPCDispatcher(allow_none=False, encoding="utf-8")

    def pinged(*said: str) -> dict[str, object]:
        heard.append(said)
        return {"flerror": False, "message": ""}

    server.register_function(pinged, "weblogUpdates.ping")

    def answer(request: Request) -> Response:
        said = server._marshaled_dispatch(request.body)
        return Response(200, request.url, XML, said if isinstance(said, bytes) else str(said).encode())

    village.fetcher.route("ping.example", answer)
    a = await village.house("a.example", aggregators=("https://ping.example/",))
    await a.person("ann", indexable=True)
    await a.post("ann", "One")
    await village.settle()
    assert heard == [("ann", "https://a.example/@ann")]
