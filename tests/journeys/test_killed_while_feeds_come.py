"""kill -9 while feeds come in, by polling and by a hub: no entry is lost, and none comes twice."""

import hashlib
import hmac
import random
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.error import URLError
from urllib.parse import parse_qs, urlencode
from urllib.request import Request, urlopen

import pytest

from tests.processes import Process, until

ENTRIES = 12
FEEDS = 4


class Sites:
    """Feeds of another's making and their hub on a loopback socket; each feed has the entries it is given."""

    def __init__(self) -> None:
        sites = self
        self.entries: dict[str, list[str]] = {f"/{number}.xml": [] for number in range(FEEDS)}
        self.wishes: dict[str, dict[str, str]] = {}
        self.asked, self.began = 0, time.time()

        class Answers(BaseHTTPRequestHandler):
            def log_message(self, *_: Any) -> None:
                """Not a word."""

            def do_GET(self) -> None:
                sites.asked += 1
                body = sites.body(self.path)
                self.send_response(200)
                self.send_header("content-type", "application/rss+xml")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                said = self.rfile.read(int(self.headers["content-length"]))
                wish = {name: values[0] for name, values in parse_qs(said.decode()).items()}
                self.send_response(202)
                self.send_header("content-length", "0")
                self.end_headers()
                threading.Thread(target=sites.verify, args=(wish,)).start()

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.origin = f"http://localhost:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def body(self, path: str, entries: list[str] | None = None) -> bytes:
        shown = self.entries.get(path, []) if entries is None else entries
        items = "".join(
            f"<item><guid isPermaLink='false'>{text}</guid><description>{text}</description>"
            f"<pubDate>{formatdate(self.began - 60 * age, usegmt=True)}</pubDate></item>"
            for age, text in enumerate(reversed(shown), 1)
        )
        hub = f"<atom:link rel='hub' href='{self.origin}/hub'/>" if path == "/0.xml" else ""
        return (
            "<?xml version='1.0'?><rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
            f"<title>Site {path[1:-4]}</title>{hub}{items}</channel></rss>"
        ).encode()

    def verify(self, wish: dict[str, str]) -> None:
        said = {
            "hub.mode": "subscribe", "hub.topic": wish["hub.topic"], "hub.challenge": "c",
            "hub.lease_seconds": "864000",
        }  # fmt: skip
        try:
            if urlopen(f"{wish['hub.callback']}?{urlencode(said)}", timeout=5).read() == b"c":  # noqa: S310
                self.wishes[wish["hub.topic"]] = wish
        except OSError:
            pass

    def push(self, text: str) -> bool:
        """Whether the push was taken."""
        wish = self.wishes[f"{self.origin}/0.xml"]
        body = self.body("/0.xml", [text])
        signed = hmac.new(wish["hub.secret"].encode(), body, hashlib.sha256).hexdigest()
        headers = {"x-hub-signature": f"sha256={signed}", "content-type": "application/rss+xml"}
        try:
            with urlopen(Request(wish["hub.callback"], body, headers), timeout=5) as answer:  # noqa: S310
                return bool(200 <= answer.status < 300)
        except (URLError, OSError):
            return False


@pytest.fixture
def sites() -> Iterator[Sites]:
    opened = Sites()
    yield opened
    opened.server.shutdown()
    opened.server.server_close()


def _own(node: Process) -> list[str]:
    return [text for text in node.texts("bob") if text.startswith("entry")]


def test_killed_while_a_hub_pushes_whatever_was_taken_is_there_once(b: Process, sites: Sites) -> None:
    b.start().do("person", "add", "bob")
    b.do("follow", "bob", f"{sites.origin}/0.xml")
    until(lambda: sites.wishes, "somebody subscribed")
    chance = random.Random(7)
    taken: list[str] = []
    killer = threading.Timer(0.25, b.kill)
    killer.start()
    for number in range(400):
        text = f"entry {number}"
        if not sites.push(text):
            break
        taken.append(text)
    killer.join()
    assert 0 < len(taken) < 400, "it was not in the middle"
    b.start()
    for text in chance.sample(taken, min(5, len(taken))):
        assert sites.push(text), "a hub that did not hear our answer says it again"
    until(lambda: set(_own(b)) >= set(taken[-40:]), "all that was taken is on bob's home")
    assert len(_own(b)) == len(set(_own(b))), "and nothing twice"


def test_killed_while_feeds_are_asked_each_entry_comes_once(b: Process, sites: Sites) -> None:
    b.start().do("person", "add", "bob")
    for number in range(1, FEEDS):
        sites.entries[f"/{number}.xml"] = [f"entry {number}-{each}" for each in range(ENTRIES)]
    everything = {text for path, texts in sites.entries.items() if path != "/0.xml" for text in texts}
    before = sites.asked
    for number in range(1, FEEDS):
        b.do("follow", "bob", f"{sites.origin}/{number}.xml")
    until(lambda: sites.asked > before + FEEDS, "they are asked")
    b.kill()
    b.start()
    until(lambda: set(_own(b)) >= everything, "every entry is on bob's home")
    assert len(_own(b)) == len(everything)
