"""A feed reader elsewhere that waits for news of feeds of ours, by WebSub or rssCloud."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

from scattershot.ports.fetcher import Unreachable
from scattershot.protocols.feeds.wire.feed import Feed
from scattershot.protocols.feeds.wire.reading import read_feed
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Headers, Request, Response

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


async def wait_for_feeds(village: Village, a: House) -> None:
    """Feeds are read, and a reader elsewhere is told of what is new; it goes when the rest is over."""
    reader = Reader(village)
    await reader.subscribes()
    await reader.post(CLOUD, REGISTRATION)
    post = await a.post("ann", "New in the #feeds")
    await village.settle()
    assert len(reader.pushed) == 2
    for path in (
        "/@ann.rss",
        "/@ann.atom?with=replies",
        f"/@ann/{post}.json",
        "/tags/feeds.rss",
        "/@ann/following.opml",
        "/@ann.ttl",
        "/firehose?after=1",
    ):
        assert (await a.get(path)).status == 200
    await reader.ask(mode="unsubscribe")
    await village.settle()
