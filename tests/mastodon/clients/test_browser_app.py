"""An app that is a page of another site: registered across origins, let in by PKCE without a secret, and at home."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.mastodon.clients.nodes import PASSWORD, Someone

playwright_api = pytest.importorskip("playwright.sync_api")

PAGE = Path(__file__).with_name("browser_app.html").read_bytes()
ARGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
MILLISECONDS = 10_000


class _App(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *said: Any) -> None:
        """Nothing: the test says what was seen."""


@pytest.fixture
def app() -> Iterator[str]:
    """Where the app is: another port, so another origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _App)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/app/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(chromium_path: str) -> Iterator[Any]:
    """An empty page of a real browser."""
    with playwright_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=ARGS)
        page = chromium.new_page()
        page.set_default_timeout(MILLISECONDS)
        yield page
        chromium.close()


def test_a_person_signs_in_with_a_page_and_changes_their_mind_first(ann: Someone, app: str, page: Any) -> None:
    ann.node.do("post", ann.name, "Read me in a page")
    page.goto(f"{app}?node={quote(ann.node.origin)}")
    page.click("#in")
    page.fill("#name", ann.name)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_selector("text=An app in a browser")
    page.click("button:has-text('No')")
    assert json.loads(page.text_content("#said:not(:empty)")) == {"error": "access_denied"}

    page.goto(f"{app}?node={quote(ann.node.origin)}")
    page.click("#in")  # and this time one is signed in already
    page.click("button:has-text('Let it in')")
    said = json.loads(page.text_content("#said:not(:empty)"))
    assert "error" not in said, said
    assert "Read me in a page" in said.pop("home")[0]
    assert 'rel="next"' in said.pop("link")
    assert int(said.pop("limit")) > 0
    assert said == {"title": "Scattershot", "me": ann.name, "posted": "<p>Posted by a page</p>", "deleted": 200}
