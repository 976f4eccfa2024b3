"""What a page that is open shows by itself: new posts, a like in place; and that our own policy lets it happen."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.web.scene import Scene
from tests.web.stage import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="session")

TOP = "#timeline > article:first-child"


async def test_a_post_appears_on_an_open_page_without_a_reload(scene: Scene, browser: Any) -> None:
    stage = scene.stage
    lena, mo = [await stage.person(name) for name in ("lena", "mo")]
    await stage.follow(lena, mo)
    for n in range(12):
        await stage.say(mo, f"earlier {n}")
    await stage.settle()
    context = await browser.new_context(viewport={"width": 320, "height": 700})
    context.set_default_timeout(10_000)
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(f"{stage.origin}/login?next=/home")
    await page.fill("#name", "lena")
    await page.fill("#password", PASSWORD)
    await page.click("main button")
    await page.wait_for_selector("text=earlier 11")
    await page.evaluate("window.neverReloaded = true")

    await stage.say(mo, "Hello, open page")
    await page.wait_for_selector(f"{TOP} >> text=Hello, open page")

    await page.evaluate("window.scrollTo({top: 900, behavior: 'instant'})")
    await stage.say(mo, "While you read below")
    await expect(page.locator("#news")).to_have_text("1 new post")
    assert await page.locator("article", has_text="While you read below").count() == 0
    await page.evaluate("window.scrollTo({top: 0, behavior: 'instant'})")
    await page.wait_for_selector(f"{TOP} >> text=While you read below")

    await page.locator(TOP).locator("button.like").click()
    await page.wait_for_selector(f"{TOP} button.like[aria-pressed=true]")

    await page.fill("#text", "From the keyboard")
    await page.press("#text", "Control+Enter")
    await page.wait_for_selector(f"{TOP} >> text=From the keyboard")
    assert await page.evaluate("window.neverReloaded") is None  # posting did load the page, and only that

    assert not await page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert [each for each in complaints if "[DOM]" not in each] == []
    await context.close()
