"""Ann has her page open at one node, Bob posts at another: she sees it by itself."""

import re

import pytest

from tests.processes import Process

playwright_api = pytest.importorskip("playwright.sync_api")

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 10_000
"""Milliseconds before the test gives up; how quick it is, `./scattershot bench latency` says."""


def test_a_post_at_one_node_appears_on_an_open_page_of_another(a: Process, b: Process, chromium_path: str) -> None:
    link = a.start().do("person", "add", "ann")
    b.start().do("person", "add", "bob")
    a.do("follow", "ann", b.handle("bob"))
    with playwright_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=ARGS)
        page = chromium.new_page()
        page.goto(re.search(r"http\S+", link)[0])  # type: ignore[index]
        page.click("main button")
        with page.expect_response(lambda answer: "/live/home" in answer.url):
            page.goto(f"{a.origin}/home")
        page.evaluate("window.neverReloaded = true")
        b.do("post", "bob", "Hello from over here")
        page.wait_for_selector("text=Hello from over here", timeout=PATIENCE)
        assert page.evaluate("window.neverReloaded")
        chromium.close()
