"""A day of followed feeds, on a clock of our own: what is asked and fetched, and what hubs, 304 and the rule spare."""

import hmac
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from scattershot.app.apply.change import apply
from scattershot.app.apply.origin import Origin
from scattershot.bootstrap import Node, build_node
from scattershot.domain.change import Followed, ProfileChanged
from scattershot.domain.microblog import Profile
from scattershot.domain.wire_id import FEEDS, WireId
from scattershot.drivers.bus_local import LocalBus
from scattershot.machines import Drivers, shelves
from scattershot.ports.database import Transaction
from scattershot.ports.fetcher import Unreachable
from scattershot.settings import read_settings
from scattershot.storage.sqlite import SqliteDatabase
from scattershot.testing.dialling import AsgiDialler
from scattershot.testing.fakes import AsgiFetcher, FakeClock
from scattershot.testing.keys import PooledKeyMaker
from scattershot.wirekit.dates import http_date
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.bench.findings import Figure, Options, Result, check

FEEDS_FOLLOWED = 10_000
SIMULATED = int(os.environ.get("SCATTERSHOT_BENCH_FEEDS", "400"))
"""So many are really asked; requests, bytes and CPU are told for 10,000."""
MINUTES = 1_440
PERIODS = (240, *[1_440] * 3, *[7 * 1_440] * 6, *[30 * 1_440] * 6, *[300 * 1_440] * 4)
"""Minutes between entries, of twenty feeds: few write often."""
ITEMS = 20
NOTHING = 250
"""Bytes of an answer without a body."""
_MINUTE = 60_000
_WORDS = "Something that somebody wrote, in a paragraph as blogs have them. " * 6


def paced(feed: int) -> bool:
    """Whether the feed asks for an hour between questions."""
    return feed % 4 == 1


class Spent(NamedTuple):
    """Seconds of the processor: until all were read for the first time, and through the day."""

    first: float
    day: float


class Web(AsgiFetcher):
    """All the sites and their hub: every second feed has it, every fourth asks for an hour between questions."""

    def __init__(self, feeds: int, clock: FakeClock) -> None:
        super().__init__()
        self.clock, self.start, self.feeds = clock, clock.now(), feeds
        self.begin_anew()
        self.callbacks: dict[int, tuple[str, str]] = {}
        self.waiting: list[dict[str, str]] = []

    def begin_anew(self) -> None:
        """Count from here."""
        self.asked, self.whole, self.fetched, self.pushed, self.told = [0] * self.feeds, 0, 0, 0, 0

    def age(self, feed: int) -> int:
        """How many minutes ago the feed had its newest entry."""
        period = PERIODS[feed % len(PERIODS)]
        return ((self.clock.now() - self.start) // _MINUTE + feed * 7_919) % period

    def body(self, feed: int, items: int = ITEMS) -> bytes:
        """The feed as it is now."""
        period, newest = PERIODS[feed % len(PERIODS)], self.clock.now() - self.age(feed) * _MINUTE
        moments = [newest - n * period * _MINUTE for n in range(items)]
        told = "".join(
            f"<item><guid>https://f{feed}.example/{at}</guid><link>https://f{feed}.example/{at}</link>"
            f"<title>Of {at}</title><pubDate>{http_date(at)}</pubDate><description>{_WORDS}</description></item>"
            for at in moments
        )
        hub = "<atom:link rel='hub' href='https://hub.example/'/>" if feed % 2 == 0 else ""
        ttl = "<ttl>60</ttl>" if paced(feed) else ""
        return (
            "<?xml version='1.0'?><rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
            f"<title>Feed {feed}</title>{hub}{ttl}{told}</channel></rss>"
        ).encode()

    async def send(self, request: Request, *, limit: int = 1_000_000, seconds: float = 30.0) -> Response | Unreachable:
        """A feed, the hub, or nobody."""
        host = urlsplit(request.url).netloc
        if host == "hub.example":
            self.waiting.append({name: values[0] for name, values in parse_qs(request.body.decode()).items()})
            return Response(202, request.url)
        if not host.startswith("f"):
            return await super().send(request, limit=limit, seconds=seconds)
        feed = int(host[1:].partition(".")[0])
        self.asked[feed] += 1
        tag = f'"{(self.clock.now() // _MINUTE) - self.age(feed)}"'
        if request.headers.get("if-none-match") == tag:
            self.fetched += NOTHING
            return Response(304, request.url, Headers([("etag", tag)]))
        body = self.body(feed)
        self.whole += 1
        self.fetched += NOTHING + len(body)
        return Response(200, request.url, Headers([("etag", tag), ("content-type", "application/rss+xml")]), body)

    async def verify(self) -> None:
        """Ask whoever subscribed whether it meant it."""
        for wish in self.waiting:
            said = {"hub.mode": "subscribe", "hub.topic": wish["hub.topic"], "hub.challenge": "c",
                    "hub.lease_seconds": "864000"}  # fmt: skip
            answer = await super().send(Request("GET", f"{wish['hub.callback']}?{urlencode(said)}"))
            if isinstance(answer, Response) and answer.body == b"c":
                feed = int(wish["hub.topic"].removeprefix("https://f").partition(".")[0])
                self.callbacks[feed] = wish["hub.callback"], wish["hub.secret"]
        self.waiting.clear()

    async def push(self) -> None:
        """Tell of every entry of this minute."""
        for feed, (callback, secret) in self.callbacks.items():
            if self.age(feed) == 0:
                body = self.body(feed, 1)
                signed = f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"
                await super().send(Request("POST", callback, Headers([("x-hub-signature", signed)]), body))
                self.told += 1
                self.pushed += 2 * NOTHING + len(body)


async def run(options: Options) -> Result:
    """One person follows all of them; a day goes by, minute by minute."""
    feeds, minutes = (20, 300) if options.quick else (SIMULATED, MINUTES)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        clock = FakeClock()
        web = Web(feeds, clock)
        settings = read_settings(None, {}, {"data": folder, "origin": "https://b.example"})
        database = SqliteDatabase(Path(folder) / "store.sqlite")
        drivers = Drivers(database, clock, LocalBus(), web, PooledKeyMaker(), shelves(settings), AsgiDialler())
        node = await build_node(settings, drivers)
        web.mount("b.example", node.app)
        began = time.process_time()
        await _follow_all(node, feeds)
        await _settle(node, web)
        first = time.process_time() - began
        web.begin_anew()
        before = await _posts(node)
        began = time.process_time()
        for _ in range(minutes):
            clock.advance(60)
            await web.push()
            await _settle(node, web)
        spent = Spent(first, time.process_time() - began)
        clock.advance(8 * 86_400)
        stored = await _posts(node) - before
        await node.stop()
    return _result(web, feeds, minutes, spent, stored)


async def _follow_all(node: Node, feeds: int) -> None:
    made = await node.people.add("bob")
    assert isinstance(made, tuple)
    who = node.house.addresses.wire_id(f"https://b.example/u/{made[1]}")
    row = await node.drivers.database.read(lambda tx: _wire_id(tx, made[1]))
    who = row or who
    now = node.drivers.clock.now()

    def work(tx: Transaction) -> None:
        for feed in range(feeds):
            name = WireId(FEEDS, f"https://f{feed}.example/feed.xml")
            profile = Profile(id=name, name=f"feed_{feed}", domain=f"f{feed}.example", doors={"feed": name.value})
            apply(tx, ProfileChanged(actor=name, profile=profile), Origin(now, "bench", asked_for=True), node.house)
            apply(tx, Followed(actor=who, target=name), Origin(now, "bench", asked_for=True), node.house)

    await node.drivers.database.write(work, slow=True)


def _wire_id(tx: Transaction, microblog: int) -> WireId | None:
    value = tx.value("SELECT value FROM wire_ids WHERE thing = $1 AND kind = 'microblog'", microblog)
    return WireId("activitypub", value) if value else None


async def _settle(node: Node, web: Web) -> None:
    while await node.sources.step():
        await web.verify()
    await web.verify()
    while await node.readers.step():
        pass


async def _posts(node: Node) -> int:
    return await node.drivers.database.read(
        lambda tx: int(tx.value("SELECT count(*) FROM posts p JOIN sources s ON s.microblog = p.author "
                                "WHERE s.told_until > 0"))
    )  # fmt: skip


def _result(web: Web, feeds: int, minutes: int, spent: Spent, stored: int) -> Result:
    check("entries told by the hub, each once", stored, web.told)
    naive, scale, size = feeds * minutes, FEEDS_FOLLOWED / feeds, len(web.body(0)) + 250
    asked = sum(web.asked)

    def spared(which: Callable[[int], bool]) -> float:
        return 100 * sum(minutes - web.asked[feed] for feed in range(feeds) if which(feed)) / naive

    def of_all(bytes_: float) -> float:
        return 100 * bytes_ / (naive * size)

    return Result(
        "feeds",
        f"{feeds:,} followed feeds, half with a hub, through {minutes / 60:g} hours; told for {FEEDS_FOLLOWED:,}",
        [
            Figure("requests made", asked * scale, "a day"),
            Figure("requests made, of one question a minute", 100 * asked / naive, "%"),
            Figure("requests spared by push", spared(lambda feed: feed in web.callbacks), "%"),
            Figure("requests spared by the rule", spared(lambda f: f not in web.callbacks and not paced(f)), "%"),
            Figure("requests spared by ttl", spared(lambda f: f not in web.callbacks and paced(f)), "%"),
            Figure("answers with a body", web.whole * scale, "a day"),
            Figure("fetched", web.fetched * scale / 1e6, "MB a day"),
            Figure("pushed", web.pushed * scale / 1e6, "MB a day"),
            Figure("bytes, of one whole answer a minute", of_all(web.fetched + web.pushed), "%"),
            Figure("bytes spared by 304 alone", of_all((asked - web.whole) * (size - NOTHING)), "%"),
            Figure("bytes of requests made that 304 spared", 100 * (1 - web.fetched / max(1, asked * size)), "%"),
            Figure("CPU", spent.day * scale, "s a day"),
            Figure("CPU of one question", spent.day / max(1, asked + web.told) * 1e6, "µs"),
            Figure("CPU of reading a feed for the first time", spent.first / feeds * 1e3, "ms"),
        ],
        {"entries told by the hub": stored},
        [f"One question a minute would be {FEEDS_FOLLOWED * minutes:,} requests and "
         f"{FEEDS_FOLLOWED * minutes * size / 1e9:,.0f} GB. SCATTERSHOT_BENCH_FEEDS=10000 really asks as many."],
    )  # fmt: skip
