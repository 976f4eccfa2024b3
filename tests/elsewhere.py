"""A site elsewhere with a feed, of no software of ours: what it serves is as a test says; and a hub beside it."""

import hashlib
import hmac
from html import escape
from typing import Any
from urllib.parse import parse_qs, urlencode

from scattershot.domain.source import Source
from scattershot.ports.fetcher import Unreachable
from scattershot.storage.tables import sources
from scattershot.testing.village import House, Village
from scattershot.wirekit.dates import http_date
from scattershot.wirekit.http_message import Headers, Request, Response

FEED = "https://blog.example/feed.xml"


def item(guid: str, text: str, at: int | None = None, title: str = "", link: str = "") -> str:
    """An item of RSS."""
    date = f"<pubDate>{http_date(at)}</pubDate>" if at is not None else ""
    page = f"<link>{escape(link)}</link>" if link else ""
    name = f"<title>{escape(title)}</title>" if title else ""
    told = f"<description>{escape(text)}</description>"
    return f"<item>{name}{page}<guid isPermaLink='false'>{guid}</guid>{date}{told}</item>"


class Site:
    """Serves `items` at `/feed.xml`, or whatever `answers` says for a path."""

    def __init__(self, village: Village, host: str = "blog.example") -> None:
        self.village, self.host = village, host
        self.items: list[str] = []
        self.head = ""
        self.title = "The Blog"
        self.headers: list[tuple[str, str]] = []
        self.answers: dict[str, Response | Unreachable] = {}
        self.asked: list[Request] = []
        village.fetcher.route(host, self._answer)

    @property
    def feed(self) -> str:
        return f"https://{self.host}/feed.xml"

    def body(self, items: list[str] | None = None) -> bytes:
        told = "".join(self.items if items is None else items)
        channel = f"<title>{self.title}</title><link>https://{self.host}/</link>{self.head}{told}"
        return f"<?xml version='1.0'?><rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>{channel}</channel></rss>".encode()

    def _answer(self, request: Request) -> Response | Unreachable:
        self.asked.append(request)
        path = request.url.removeprefix(f"https://{self.host}")
        if path in self.answers:
            return self.answers[path]
        if path != "/feed.xml":
            return Response(404, request.url)
        body = self.body()
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        headers = Headers([("content-type", "application/rss+xml"), ("etag", tag), *self.headers])
        if request.headers.get("if-none-match") == tag:
            return Response(304, request.url, headers)
        return Response(200, request.url, headers, body)

    def reads(self) -> int:
        """How often the feed was asked for."""
        return sum(request.url == self.feed for request in self.asked)


class OwnHub:
    """A WebSub hub by the letter of the W3C's text: verifies who subscribes, and sends what it is told to."""

    def __init__(self, village: Village, host: str = "hub.example") -> None:
        self.village, self.host = village, host
        self.wishes: dict[str, dict[str, str]] = {}
        self.takes = 202
        self.pending: list[dict[str, str]] = []
        village.fetcher.route(host, self._answer)

    @property
    def address(self) -> str:
        return f"https://{self.host}/"

    def _answer(self, request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs(request.body.decode()).items()}
        if self.takes == 202:
            self.pending.append(form)
        return Response(self.takes, request.url)

    async def verify(self, lease: int = 864_000, **said: str) -> list[Response]:
        """Ask everybody whether they meant it."""
        answers = []
        for wish in self.pending:
            asked = {
                "hub.mode": "subscribe", "hub.topic": wish["hub.topic"], "hub.challenge": "a challenge",
                "hub.lease_seconds": str(lease),
            } | {f"hub.{name}": value for name, value in said.items()}  # fmt: skip
            answer = await self.village.fetcher.send(Request("GET", f"{wish['hub.callback']}?{urlencode(asked)}"))
            assert isinstance(answer, Response)
            answers.append(answer)
            if answer.status == 200 and answer.body == b"a challenge":
                self.wishes[wish["hub.topic"]] = wish
        self.pending.clear()
        return answers

    async def send(self, topic: str, body: bytes, secret: str | None = None, method: str = "sha256") -> Response:
        """Give out what is new, signed by what the subscriber said, or by something else."""
        wish = self.wishes[topic]
        key = wish["hub.secret"] if secret is None else secret
        headers = [("content-type", "application/rss+xml")]
        if key:
            headers.append(("x-hub-signature", f"{method}={hmac.new(key.encode(), body, method).hexdigest()}"))
        answer = await self.village.fetcher.send(Request("POST", wish["hub.callback"], Headers(headers), body))
        assert isinstance(answer, Response)
        return answer


async def source_of(house: House, whom: str) -> Source:
    microblog = await house.microblog(whom)
    found = await house.node.drivers.database.read(lambda tx: sources.get(tx, microblog))
    assert found is not None
    return found


def page(head: str) -> Response:
    headers = Headers([("content-type", "text/html")])
    return Response(200, "", headers, f"<!doctype html><html><head>{head}</head><body>Hello</body></html>".encode())


async def a_blog(village: Village, *items: str, follow: bool = True, **more: Any) -> tuple[House, Site]:
    b = await village.house("b.example")
    await b.person("bob")
    site = Site(village)
    site.items = list(items)
    for name, value in more.items():
        setattr(site, name, value)
    if follow:
        await b.follow("bob", site.feed)
        await village.settle()
    return b, site


def ago(village: Village, minutes: float) -> int:
    return village.clock.now() - round(minutes * 60_000)


async def later(village: Village, minutes: float) -> None:
    village.clock.advance(minutes * 60)
    await village.settle()
