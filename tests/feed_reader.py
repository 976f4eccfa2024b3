"""A feed reader elsewhere that waits for news of feeds of ours, by WebSub or rssCloud."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

from scattershot.app.lists import Lists
from scattershot.domain.lists import List
from scattershot.ports.fetcher import Unreachable
from scattershot.protocols.feeds.wire.feed import Feed
from scattershot.protocols.feeds.wire.reading import read_feed
from scattershot.protocols.feeds.wire.rss_cloud import rpc_call
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.elsewhere import OwnHub, Site, item

FEED = "https://a.example/@ann.rss"
REGISTRATION = {
    "notifyProcedure": "", "domain": "reader.example", "port": "80", "path": "/notify", "protocol": "http-post",
    "url1": FEED,
}  # fmt: skip
TOPIC = "https://a.example/@ann.atom"
CALLBACK = "https://reader.example/back?id=7"
HUB = "https://a.example/feeds/hub"
CLOUD = "https://a.example/rssCloud/pleaseNotify"


class Reader:
    """A feed reader elsewhere, of no software of ours: it means what it asked unless told otherwise."""

    def __init__(self, village: Village, host: str = "reader.example") -> None:
        self.village = village
        self.asked: list[dict[str, str]] = []
        self.pushed: list[Request] = []
        self.means: Callable[[dict[str, str]], Response | Unreachable] = lambda asked: Response(
            200, "", Headers(), (asked.get("hub.challenge") or asked.get("challenge", "")).encode()
        )
        self.takes = 204
        village.fetcher.route(host, self._answer)

    def _answer(self, request: Request) -> Response | Unreachable:
        if request.method == "GET":
            self.asked.append(dict(parse_qsl(urlsplit(request.url).query)))
            return self.means(self.asked[-1])
        self.pushed.append(request)
        return Response(self.takes, request.url)

    async def ask(self, topic: str = TOPIC, mode: str = "subscribe", callback: str = CALLBACK, **more: str) -> Response:
        form = {"hub.mode": mode, "hub.topic": topic, "hub.callback": callback}
        return await self.post(HUB, form | {f"hub.{key}": value for key, value in more.items()})

    async def post(self, url: str, form: dict[str, str] | bytes) -> Response:
        body = form if isinstance(form, bytes) else urlencode(form).encode()
        headers = Headers([("content-type", "application/x-www-form-urlencoded")])
        answer = await self.village.fetcher.send(Request("POST", url, headers, body))
        assert isinstance(answer, Response), answer
        return answer

    async def subscribes(self, topic: str = TOPIC, **more: str) -> None:
        assert (await self.ask(topic, **more)).status == 202
        await self.village.settle()

    def texts(self) -> list[list[str]]:
        """What was pushed: the entries of each document."""
        read = [read_feed(push.body, "", TOPIC) for push in self.pushed]
        return [[entry.html for entry in feed.entries] for feed in read if isinstance(feed, Feed)]


async def follow_feeds(village: Village, b: House, name: str) -> None:
    """Somebody follows a feed of another house and a blog with a hub; it is pushed, asked again, edited and left."""
    hub = OwnHub(village)
    site = Site(village)
    site.head = f"<atom:link rel='hub' href='{hub.address}'/>"
    site.items = [item("1", "One", village.clock.now() - 60_000, link="https://blog.example/1")]
    who = (await b.row(name)).id
    await b.follow(name, site.feed)
    await village.settle()
    await hub.verify()
    await hub.send(site.feed, site.body([item("2", "Two", village.clock.now(), link="https://blog.example/2")]))
    site.items = [item("1 anew", "One", village.clock.now() - 60_000, link="https://blog.example/1")]
    village.clock.advance(7_200)
    await village.settle()
    assert "Two" in await b.home(name)
    ping = Request("POST", f"https://{b.host}/RPC2", body=rpc_call("weblogUpdates.ping", "The Blog", site.feed))
    assert isinstance(await village.fetcher.send(ping), Response)
    b.node.backfill.microblog(await b.microblog(site.feed))
    await village.settle()
    b.done(await b.node.publisher.unfollow(who, await b.microblog(site.feed), "test"))
    await village.settle()


async def wait_for_feeds(village: Village, a: House) -> None:
    """Feeds are read, and a reader elsewhere is told of what is new; it goes when the rest is over."""
    reader = Reader(village)
    lists = Lists(a.node.drivers.database)
    ann = (await a.row("ann")).id
    made = await lists.make(ann, "Of mine")
    assert isinstance(made, List)
    await lists.add(ann, made.id, [ann])
    await lists.change(ann, made.id, open_=True)
    await reader.subscribes()
    await reader.subscribes(f"https://a.example/@ann/lists/{made.id}.rss", callback="https://reader.example/list")
    await reader.post(CLOUD, REGISTRATION)
    post = await a.post("ann", "New in the #feeds")
    await village.settle()
    assert len(reader.pushed) == 3
    for path in (
        "/@ann.rss",
        "/@ann.atom?with=replies",
        f"/@ann/{post}.json",
        "/tags/feeds.rss",
        f"/@ann/lists/{made.id}",
        f"/@ann/lists/{made.id}.atom",
        "/@ann/following.opml",
        "/@ann.ttl",
        "/firehose?after=1",
    ):
        assert (await a.get(path)).status == 200
    await reader.ask(mode="unsubscribe")
    await village.settle()
