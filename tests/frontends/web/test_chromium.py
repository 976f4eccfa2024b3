"""What only a real browser can show: new posts by themselves, a like in place, and that the policy lets it happen."""

import asyncio
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn

from tests.frontends.web.node import PASSWORD, Node, open_node

playwright_api = pytest.importorskip("playwright.async_api")

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
async def node() -> AsyncIterator[Node]:
    """A node on loopback, whose readers run by themselves."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        async with open_node(f"http://localhost:{listening.getsockname()[1]}") as opened:
            opened.readers.after_step(opened.streams.nudge)
            server = uvicorn.Server(uvicorn.Config(opened.app, log_level="warning", lifespan="off"))
            serving = asyncio.create_task(server.serve([listening]))
            reading = asyncio.create_task(opened.readers.run())
            yield opened
            opened.streams.close()
            server.should_exit = True
            reading.cancel()
            await asyncio.gather(serving, reading, return_exceptions=True)


@pytest.mark.parametrize("width", [320, 1280])
async def test_a_post_appears_on_an_open_page_without_a_reload(node: Node, chromium_path: str, width: int) -> None:
    _, ann = await node.person("ann", password=PASSWORD)
    _, bob = await node.person("bob")
    await node.follow(ann, bob)
    for n in range(12):
        await node.say(bob, f"earlier {n}")
    origin = node.settings.origin
    async with playwright_api.async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=chromium_path, args=ARGS)
        page = await chromium.new_page(viewport={"width": width, "height": 700})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        await page.goto(f"{origin}/login?next=/home")
        await page.fill("#name", "ann")
        await page.fill("#password", PASSWORD)
        await page.click("main button")
        await page.wait_for_selector("text=earlier 11")
        await page.evaluate("window.neverReloaded = true")

        await node.say(bob, "Hello, open page")
        await page.wait_for_selector("#timeline > article:first-child >> text=Hello, open page", timeout=5_000)

        await page.evaluate("window.scrollTo({top: 900, behavior: 'instant'})")
        await node.say(bob, "While you read below")
        await page.wait_for_selector("#news:has-text('1 new post')", state="visible", timeout=5_000)
        assert await page.locator("article", has_text="While you read below").count() == 0
        await page.evaluate("window.scrollTo({top: 0, behavior: 'instant'})")
        await page.wait_for_selector("#timeline > article:first-child >> text=While you read below", timeout=5_000)

        first = page.locator("#timeline > article").first
        await first.locator("button.like").click()
        await page.wait_for_selector("#timeline > article:first-child button.like[aria-pressed=true]", timeout=5_000)

        node.clock.advance(60)
        await page.fill("#text", "From the keyboard")
        await page.press("#text", "Control+Enter")
        await page.wait_for_selector("#timeline > article:first-child >> text=From the keyboard", timeout=5_000)
        assert await page.evaluate("window.neverReloaded") is None  # posting did load the page, and only that

        assert not await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert complaints == []
        await chromium.close()
