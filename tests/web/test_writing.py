"""The form of a post before a real browser with a script: the writer's own time, and words that outlive a page."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.web.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_later_is_in_the_writers_own_time(scene: Scene, browser: Any) -> None:
    context = await browser.new_context(timezone_id="Asia/Tokyo")
    await context.add_cookies([await scene.stage.session("bob")])
    page = await context.new_page()
    await page.goto(f"{scene.stage.origin}/compose")
    await page.fill("#text", "In the morning, over there")
    await page.get_by_text("Post it later").click()
    await expect(page.locator("#whose-time")).to_have_text("your time")
    await page.fill("#at", "2027-03-01T08:30")
    await page.locator(".send").get_by_role("button", name="Post", exact=True).click()
    await expect(page.get_by_role("status")).to_have_text("It will be posted by itself.")
    (kept,) = await scene.stage.node.drafts.of(scene.bob, scheduled=True)
    assert kept.at == 1_803_857_400_000  # 2027-02-28T23:30Z
    await page.get_by_role("link", name="In the morning").click()
    await expect(page.locator("#at")).to_have_value("2027-03-01T08:30")
    await context.close()


async def test_an_emoji_is_found_by_name_and_put_in_with_the_keys_alone(scene: Scene, browser: Any) -> None:
    context = await browser.new_context()
    await context.add_cookies([await scene.stage.session("carol")])
    page = await context.new_page()
    await page.goto(f"{scene.stage.origin}/compose")
    await page.fill("#text", "Look, a")
    await page.locator("details[data-emojis] > summary").focus()
    await page.keyboard.press("Enter")
    field = page.get_by_label("Find an emoji")
    await expect(field).to_be_focused()
    await page.keyboard.type("no such thing")
    await expect(page.get_by_text("None is called so.")).to_be_visible()
    await field.fill("fox face")
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_have_value("Look, a🦊")
    await expect(page.locator("#text")).to_be_focused()
    await field.fill("")
    await field.press("ArrowDown")
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_label("grinning face with smiling eyes", exact=True)).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await expect(page.get_by_label("grinning face with smiling eyes", exact=True)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#text")).to_have_value("Look, a🦊😁")
    await context.close()


async def test_what_was_typed_is_there_when_one_comes_back_to_the_page(scene: Scene, browser: Any) -> None:
    context = await browser.new_context()
    await context.add_cookies([await scene.stage.session("bob")])
    page = await context.new_page()
    await page.goto(f"{scene.stage.origin}/compose")
    await page.fill("#text", "half a thought")
    await expect(page.locator(".left")).to_have_text("4986 characters left.")
    await page.goto(f"{scene.stage.origin}/menu")
    await page.goto(f"{scene.stage.origin}/compose")
    await expect(page.locator("#text")).to_have_value("half a thought")
    await page.locator(".send").get_by_role("button", name="Post", exact=True).click()
    await expect(page.locator("article", has_text="half a thought").first).to_be_visible()
    await page.goto(f"{scene.stage.origin}/compose")
    await expect(page.locator("#text")).to_have_value("")
    await context.close()
