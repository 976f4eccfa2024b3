"""A key that the browser holds (NIP-07), before a real Chromium: it is taken on, and signs what is posted.

What an add-on would bring is made here: `window.nostr`, behind which nostr-sdk signs. It also judges what the relay
hands out.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.journeys.test_far_signing import signed
from tests.web.scene import Scene
from tests.web.stage import Stage

sdk = pytest.importorskip("nostr_sdk")
pytestmark = pytest.mark.asyncio(loop_scope="session")

ADD_ON = """
window.nostr = {
  getPublicKey: () => window.sdkKey(),
  signEvent: (event) => window.sdkSign(JSON.stringify(event)).then(JSON.parse),
};
"""


class AddOn:
    """What holds the key; its owner says no where `refuses`."""

    def __init__(self) -> None:
        self.keys = sdk.Keys.generate()
        self.refuses = False
        self.asked: list[Any] = []

    async def key(self) -> str:
        return str(self.keys.public_key().to_hex())

    async def sign(self, text: str) -> str:
        what = json.loads(text)
        self.asked.append(what)
        if self.refuses:
            raise PermissionError("no")
        return signed(what, self.keys)


@asynccontextmanager
async def a_page(scene: Scene, browser: Any, name: str, add_on: AddOn | None = None) -> AsyncIterator[Page]:
    context = await browser.new_context()
    context.set_default_timeout(10_000)
    if add_on is not None:
        await context.expose_function("sdkKey", add_on.key)
        await context.expose_function("sdkSign", add_on.sign)
        await context.add_init_script(ADD_ON)
    await context.add_cookies([await scene.stage.session(name)])
    yield await context.new_page()
    await context.close()


async def post(page: Page, stage: Stage, text: str) -> None:
    await page.goto(f"{stage.origin}/compose")
    await page.fill("#text", text)
    await page.locator(".send").get_by_role("button", name="Post", exact=True).click()
    await expect(page.locator("article", has_text=text).first).to_be_visible()


async def said(stage: Stage, keys: Any) -> list[str]:
    """What another's client finds by that key at our relay, each seen to be genuine by it."""
    sdk.uniffi_set_event_loop(asyncio.get_running_loop())
    client = sdk.ClientBuilder().build()
    await client.add_relay(sdk.RelayUrl.parse(f"ws://localhost:{stage.port}/"), and_connect=True)
    wanted = sdk.Filter().author(keys.public_key()).kind(sdk.Kind(1))
    events = list(await client.fetch_events(sdk.ReqTarget.auto([wanted]), timeout=timedelta(seconds=10)))
    await client.shutdown()
    assert all(event.verify() for event in events)
    return sorted(event.content() for event in events)


async def until_said(stage: Stage, keys: Any, words: list[str]) -> None:
    for _ in range(100):
        if (found := await said(stage, keys)) == words:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(found)


async def take_on(page: Page, stage: Stage) -> None:
    await page.goto(f"{stage.origin}/settings/networks")
    await page.get_by_role("button", name="Let this browser sign").click()
    await page.wait_for_selector("text=This browser signs what you say there from now on")


async def test_a_browser_takes_its_key_and_signs_each_post(scene: Scene, browser: Any) -> None:
    await scene.stage.person("nora")
    add_on = AddOn()
    async with a_page(scene, browser, "nora", add_on) as page:
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        await take_on(page, scene.stage)
        assert await page.locator("code.long").inner_text() == add_on.keys.public_key().to_bech32()
        await post(page, scene.stage, "Signed in my own browser")
        await until_said(scene.stage, add_on.keys, ["Signed in my own browser"])
        assert add_on.asked[0]["kind"] == 27235
        await expect(page.get_by_text("to be signed by your key")).to_have_count(0)
        assert broken == []


async def test_what_is_not_signed_now_waits_and_the_page_says_so(scene: Scene, browser: Any) -> None:
    await scene.stage.person("noel")
    add_on = AddOn()
    async with a_page(scene, browser, "noel", add_on) as page:
        await page.goto(f"{scene.stage.origin}/settings/networks")
        add_on.refuses = True
        await page.get_by_role("button", name="Let this browser sign").click()
        await page.wait_for_selector("text=Your browser did not sign, or you stopped it.")
        add_on.refuses = False
        await take_on(page, scene.stage)
        add_on.refuses = True
        await post(page, scene.stage, "Not yet")
        note = page.get_by_role("status").filter(has_text="to be signed by your key")
        await expect(note).to_contain_text("did not sign, or you stopped it")
        asked = len(add_on.asked)
        await page.goto(f"{scene.stage.origin}/home")
        await expect(note).to_be_visible()
        assert len(add_on.asked) == asked, "nobody is asked again and again"
        assert await said(scene.stage, add_on.keys) == []
    async with a_page(scene, browser, "noel") as elsewhere:
        await post(elsewhere, scene.stage, "From another machine")
        await expect(elsewhere.get_by_text("open a page in the browser that holds your key")).to_be_visible()
    other = AddOn()
    async with a_page(scene, browser, "noel", other) as wrong:
        await wrong.goto(f"{scene.stage.origin}/home")
        await expect(wrong.get_by_text("This browser holds another key")).to_be_visible()
        assert other.asked == []
    add_on.refuses = False
    async with a_page(scene, browser, "noel", add_on) as page:
        add_on.refuses = True
        await page.goto(f"{scene.stage.origin}/home")
        await expect(page.get_by_role("button", name="Sign now")).to_be_visible()
        add_on.refuses = False
        await page.get_by_role("button", name="Sign now").click()
        await expect(page.get_by_text("to be signed by your key")).to_have_count(0)
        await until_said(scene.stage, add_on.keys, ["From another machine", "Not yet"])


async def test_without_a_key_in_the_browser_none_is_offered(scene: Scene, browser: Any) -> None:
    async with a_page(scene, browser, "bob") as page:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        await page.goto(f"{scene.stage.origin}/settings/networks")
        await page.wait_for_timeout(2_600)
        assert not await page.is_visible("text=Let this browser sign")
        assert not [url for url in asked if url.endswith("/waiting")]
