"""What strangers may try by feeds, hubs and clouds: refused or cleaned, counted, and nothing else disturbed."""

import asyncio
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from scattershot.app import counters
from scattershot.bootstrap import build_node
from scattershot.settings import read_settings
from scattershot.testing.fakes import AsgiFetcher
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Headers, Request, Response
from tests.elsewhere import OwnHub, Site, a_blog, ago, item, later, source_of

FORM = Headers([("content-type", "application/x-www-form-urlencoded")])


async def follows_another(village: Village, b: House) -> Site:
    """Somebody else's feed that is as it should be."""
    good = Site(village, "good.example")
    good.items = [item("1", "Good one", ago(village, 60))]
    await b.follow("bob", good.feed)
    await village.settle()
    return good


@pytest.mark.parametrize("size", [8_000_001, 40_000_000])
async def test_a_gigantic_feed_is_not_read_and_the_next_is(village: Village, size: int) -> None:
    b, site = await a_blog(village, item("1", "One", 1_767_225_000_000))
    good = await follows_another(village, b)
    failed = counters.SOURCES.labels("asked", "failed")._value.get()
    site.answers["/feed.xml"] = Response(200, "", Headers([("content-type", "text/xml")]), b" " * size)
    good.items.insert(0, item("2", "Good two", ago(village, -1)))
    await later(village, 3)
    assert sorted(await b.home("bob")) == ["Good one", "Good two", "One"]
    assert counters.SOURCES.labels("asked", "failed")._value.get() > failed


async def test_html_in_titles_and_links_that_run_something_are_cleaned(village: Village) -> None:
    evil = (
        "<item><title>&lt;script&gt;alert(1)&lt;/script&gt;A &lt;b&gt;bold&lt;/b&gt; title</title>"
        "<link>javascript:alert(2)</link><guid isPermaLink='false'>x</guid>"
        "<description>&lt;a href='javascript:alert(3)'&gt;here&lt;/a&gt;"
        "&lt;img src=x onerror=alert(4)&gt;</description>"
        "<enclosure url='javascript:alert(5)' type='image/png' length='1'/></item>"
    )
    b, site = await a_blog(village, evil, title="&lt;img src=x onerror=alert(6)&gt;Blog")
    phone = await b.phone("bob")
    account = (await phone.get(f"/api/v1/accounts/{await b.microblog(site.feed)}")).body
    [status] = (await phone.get("/api/v1/timelines/home")).body
    for text in (account["display_name"], account["url"], status["content"], status["url"] or ""):
        assert not {"script", "javascript:", "onerror", "<img"} & set(text.split('"')), text
        assert "alert" not in text.replace("alert(1)", "") or "<" not in text, text
    assert "<script" not in status["content"]
    assert status["media_attachments"] == []


@pytest.mark.parametrize("deed", ["push", "call", "form"])
async def test_a_bomb_is_defused_whoever_brings_it(village: Village, deed: str) -> None:
    hub = OwnHub(village)
    b, site = await a_blog(
        village, item("1", "One", ago(village, 60)), head=f"<atom:link rel='hub' href='{hub.address}'/>"
    )
    await hub.verify()
    entities = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 9))
    bomb = f"<!DOCTYPE x [<!ENTITY e0 'boom'>{entities}<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    if deed == "push":
        said = "<item><guid>2</guid><description>&e8;&f;</description></item>"
        body = f"<?xml version='1.0'?>{bomb}<rss><channel>{said}</channel></rss>"
        assert (await hub.send(site.feed, body.encode())).status == 202
    else:
        said = "<params><param><value>&e8;&f;</value></param></params>"
        body = f"{bomb}<methodCall><methodName>&e8;</methodName>{said}</methodCall>"
        path = "/RPC2" if deed == "call" else "/rssCloud/ping"
        answer = await village.fetcher.send(Request("POST", f"https://b.example{path}", FORM, body.encode()))
        assert isinstance(answer, Response)
        assert answer.status == 200
        assert len(answer.body) < 2_000
    await village.settle()
    assert all(len(text) < 200 and "root:" not in text for text in await b.home("bob"))


async def test_forged_pushes_are_counted_and_alter_nothing(village: Village) -> None:
    hub = OwnHub(village)
    b, site = await a_blog(
        village, item("1", "One", ago(village, 60)), head=f"<atom:link rel='hub' href='{hub.address}'/>"
    )
    await hub.verify()
    before = await source_of(b, site.feed)
    counted = {why: counters.SOURCES.labels("told", why)._value.get() for why in ("forged", "unsigned")}
    for secret in ("guessed", ""):
        await hub.send(site.feed, site.body([item("2", "Forged", ago(village, 0))]), secret)
    await village.settle()
    assert await b.home("bob") == ["One"]
    assert await source_of(b, site.feed) == before
    for why, number in counted.items():
        assert counters.SOURCES.labels("told", why)._value.get() == number + 1


async def test_nodes_that_follow_each_others_feeds_come_to_an_end(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    for form in ("rss", "atom"):
        await a.follow("ann", f"https://b.example/tags/tea.{form}")
        await b.follow("bob", f"https://a.example/tags/tea.{form}")
        await a.follow("ann", f"https://b.example/@bob.{form}")
        await b.follow("bob", f"https://a.example/@ann.{form}")
    await village.settle()
    village.clock.advance(5)
    await a.post("ann", "A pot of #tea")
    await b.post("bob", "Another #tea")
    await village.settle()
    asked = len(village.fetcher.requests)
    for _ in range(4):
        await later(village, 2)
    homes = [*(await a.home("ann")), *(await b.home("bob"))]
    assert len(homes) < 20, homes
    for _ in range(4):
        await later(village, 2)
    assert len([*(await a.home("ann")), *(await b.home("bob"))]) == len(homes), "nothing goes round"
    assert len(village.fetcher.requests) - asked < 100


# -- addresses that are nobody's business: a real way out, and somebody who listens on loopback


class Listener:
    """Notes whoever comes."""

    def __init__(self) -> None:
        came = self.came = list[str]()

        class Notes(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                came.append(self.path)
                self.send_response(200)
                self.end_headers()

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Not a word."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Notes)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def listener() -> Iterator[Listener]:
    opened = Listener()
    yield opened
    opened.server.shutdown()
    opened.server.server_close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "127.1", "[::ffff:127.0.0.1]"])
async def test_nobody_makes_us_knock_at_private_addresses(tmp_path: Path, listener: Listener, host: str) -> None:
    given = {"data": str(tmp_path), "origin": "https://a.example", "insecure_http": True}
    node = await build_node(read_settings(None, {}, given))
    web = AsgiFetcher()
    web.mount("a.example", node.app)
    try:
        await node.people.add("ann")
        there = f"{host}:{listener.port}"

        async def post(path: str, form: dict[str, str]) -> Response:
            answer = await web.send(Request("POST", f"https://a.example{path}", FORM, urlencode(form).encode()))
            assert isinstance(answer, Response)
            return answer

        wish = {
            "hub.mode": "subscribe",
            "hub.topic": "https://a.example/@ann.rss",
            "hub.callback": f"http://{there}/hub",
        }
        await post("/feeds/hub", wish)
        async with asyncio.timeout(20):
            for _ in range(3):
                await node.feeds.hub.step()
            registration = {
                "domain": host, "port": str(listener.port), "path": "/cloud", "protocol": "http-post",
                "url1": "https://a.example/@ann.rss",
            }  # fmt: skip
            answer = await post("/rssCloud/pleaseNotify", registration)
            assert b'success="false"' in answer.body
            await node.discover.find(f"http://{there}/feed.xml")
        assert listener.came == []
    finally:
        await node.stop()
