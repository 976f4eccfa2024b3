"""Reading, as people do it: the same stories with a script and without one; then what only a script adds."""

from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.web.scene import Scene
from tests.web.stage import PASSWORD

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = {"width": 390, "height": 800}
DESK = {"width": 1280, "height": 800}


async def _signed_in(scene: Scene, browser: Any, **how: Any) -> tuple[BrowserContext, Page]:
    context = await browser.new_context(**{"viewport": DESK, "reduced_motion": "reduce", **how})
    context.set_default_timeout(8_000)
    await context.add_cookies([await scene.stage.session("ann")])
    page = await context.new_page()
    await page.goto(scene.stage.origin + "/home")
    return context, page


@pytest.mark.parametrize(
    ("scripts", "view"), [(True, DESK), (False, PHONE)], ids=["with a script, at a desk", "without one, on a phone"]
)
async def test_an_evening_of_reading(scene: Scene, browser: Any, scripts: bool, view: dict[str, int]) -> None:
    context = await browser.new_context(viewport=view, java_script_enabled=scripts, reduced_motion="reduce")
    context.set_default_timeout(8_000)
    page = await context.new_page()
    origin = scene.stage.origin

    # One signs in, and is where one wished to go.
    await page.goto(f"{origin}/notifications")
    await page.fill("#name", "ann")
    await page.fill("#password", PASSWORD)
    await page.click("main button")
    await expect(page.locator("h1")).to_have_text("Notifications")
    await expect(page.locator(".list")).to_contain_text("1 other liked your post or reacted to it")
    await expect(page.locator(".list")).to_contain_text("2 others follow you")

    # Home: a spoiler is folded, a picture has words, a poll can be answered, pictures marked as sensitive wait.
    await page.get_by_role("navigation", name="Main").get_by_role("link", name="Home").click()
    spoiler = page.locator("article", has_text="Spoiler for the book")
    ending = spoiler.get_by_text("everybody lives")
    await expect(ending).to_be_hidden()
    await spoiler.locator("details.warned > summary").click()
    await expect(ending).to_be_visible()
    pictures = page.locator("article", has_text="Four times the same hill")
    await expect(pictures.get_by_role("img", name="Hills at dusk under a pale sun")).to_have_count(1)
    words = pictures.locator("details.alt").first
    await words.locator("summary").click()
    await expect(words.locator("p")).to_have_text("Hills at dusk under a pale sun")
    await expect(page.get_by_role("img", name="A storm")).to_be_hidden()
    arabic = page.locator(".e-content[lang=ar]")
    assert await arabic.evaluate("(words) => getComputedStyle(words).direction") == "rtl"

    # A post among those it answers and those that answer it.
    await page.goto(f"{origin}/@bob/{scene.answer}")
    said = await page.locator(".thread .e-content").all_inner_texts()
    assert [each.split()[0] for each in said[:3]] == ["I", "Goats", "Hazel,"]
    assert {each.split()[0] for each in said[3:]} == {"I", "So"}
    await expect(page.locator(".focus .why.reply")).to_have_text("in reply to Ann Ahearn")
    await page.goto(f"{origin}/@bob/{scene.thread}")
    assert await page.locator(".branch").count() == 6
    assert await page.locator(".depth2").count() == 2
    await expect(page.locator(".branch", has_text="Mine. Two of them.").locator(".why")).to_contain_text("Carol")

    # On paper there are the posts and nothing to press.
    await page.emulate_media(media="print")
    await expect(page.locator(".thread .e-content").first).to_be_visible()
    for pressed in (page.get_by_role("navigation", name="Main"), page.locator(".deeds").first, page.locator("#reply")):
        await expect(pressed).to_be_hidden()
    await page.emulate_media(media="screen")

    # Older pages of home.
    await page.goto(f"{origin}/home")
    await page.get_by_role("link", name="Older posts").click()
    await expect(page.locator("article", has_text="counting swifts").first).to_be_visible()

    # Somebody's page, and what of it is pictures.
    await page.goto(f"{origin}/@dana@far.example")
    await page.get_by_role("navigation", name="Posts").get_by_role("link", name="Media").click()
    await expect(page.locator("article")).to_have_count(3)
    await page.goto(f"{origin}/@bob")
    await expect(page.locator(".fields")).to_contain_text("Pronouns")

    # A list, a shelf, private words, what mattered, and finding.
    await page.goto(f"{origin}/lists")
    await page.get_by_role("link", name="The street").click()
    await expect(page.locator("article", has_text="I mended the fence").first).to_be_visible()
    await page.goto(f"{origin}/kept")
    await expect(page.locator("article", has_text="Four times the same hill")).to_be_visible()
    await page.goto(f"{origin}/conversations")
    await page.locator(".talks a.name").first.click()
    await expect(page.locator(".thread")).to_contain_text("shall we meet there")
    await page.goto(f"{origin}/missed")
    await expect(page.locator(".because").first).to_contain_text("names you")
    await page.goto(f"{origin}/search")
    await page.fill("#q", "fence from:@bob")
    await page.get_by_role("button", name="Find").click()
    await expect(page.locator("article")).to_contain_text(["I mended the fence"])
    await context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with a script", "without a script"])
async def test_a_like_and_a_bookmark_stay(scene: Scene, browser: Any, scripts: bool) -> None:
    context, page = await _signed_in(scene, browser, java_script_enabled=scripts)
    for deed, mark, shelf in (("like", "like", "/liked"), ("keep", "keep", "/kept")):
        await page.goto(f"{scene.stage.origin}/@carol/{scene.article}")
        button = page.locator(f".focus button.{mark}")
        assert await button.get_attribute("aria-pressed") == "false"
        await button.click()
        await expect(page.locator(f".focus button.{mark}")).to_have_attribute("aria-pressed", "true")
        await page.goto(scene.stage.origin + shelf)
        await expect(page.locator("article", has_text="A small node is a garden")).to_be_visible()
        await page.goto(f"{scene.stage.origin}/@carol/{scene.article}")
        await page.locator(f".focus button.{deed}").click()
        await expect(page.locator(f".focus button.{mark}")).to_have_attribute("aria-pressed", "false")
    await context.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["with a script", "without a script"])
async def test_a_tag_is_followed_from_its_page(scene: Scene, browser: Any, scripts: bool) -> None:
    context, page = await _signed_in(scene, browser, java_script_enabled=scripts)
    await page.goto(f"{scene.stage.origin}/tags/herons")
    await page.get_by_role("button", name="Follow #herons").click()
    await expect(page.get_by_role("button", name="Unfollow #herons")).to_be_visible()
    await page.goto(f"{scene.stage.origin}/lists")
    await expect(page.get_by_role("link", name="#herons")).to_be_visible()
    await page.goto(f"{scene.stage.origin}/tags/herons")
    await page.get_by_role("button", name="Unfollow #herons").click()
    await expect(page.get_by_role("button", name="Follow #herons", exact=True)).to_be_visible()
    await context.close()


async def test_new_posts_wait_above_while_one_reads_below(scene: Scene, browser: Any) -> None:
    context, page = await _signed_in(scene, browser)
    await page.wait_for_selector("#timeline article")
    await page.evaluate("window.neverReloaded = true; window.scrollTo({top: 1200, behavior: 'instant'})")
    for n in range(2):
        await scene.stage.say(scene.bob, f"While you read, {n}")
    await expect(page.locator("#news")).to_have_text("2 new posts")
    await expect(page.locator("article", has_text="While you read")).to_have_count(0)
    await page.locator("#news").click()
    await expect(page.locator("#timeline > article").first).to_contain_text("While you read, 1")
    assert await page.evaluate("window.neverReloaded")
    await context.close()


async def test_keys_move_through_posts_and_act_on_them(scene: Scene, browser: Any) -> None:
    context, page = await _signed_in(scene, browser)
    await page.goto(f"{scene.stage.origin}/@bob/{scene.thread}")
    await page.keyboard.press("j")
    await page.keyboard.press("j")
    second = page.locator(".post").nth(1)
    await expect(second).to_be_focused()
    await page.keyboard.press("l")
    await expect(second.locator("button.like")).to_have_attribute("aria-pressed", "true")
    await page.keyboard.press("l")
    await expect(second.locator("button.like")).to_have_attribute("aria-pressed", "false")
    await page.keyboard.press("k")
    await expect(page.locator(".post").first).to_be_focused()
    await page.keyboard.press("g")
    await page.keyboard.press("n")
    await expect(page.locator("h1")).to_have_text("Notifications")
    await page.keyboard.press("?")
    await expect(page.locator("h1")).to_have_text("Keyboard shortcuts")
    await page.keyboard.press("n")
    await expect(page.locator("#text")).to_be_visible()
    await page.fill("#text", "j and k are letters here")
    await expect(page.locator("#text")).to_have_value("j and k are letters here")
    await context.close()


async def test_a_picture_opens_in_place_with_its_words(scene: Scene, browser: Any) -> None:
    context, page = await _signed_in(scene, browser)
    await page.goto(f"{scene.stage.origin}/@dana@far.example/{scene.pictures}")
    await page.locator("a.shot").first.click()
    viewer = page.locator("dialog.viewer")
    await expect(viewer.locator("p")).to_have_text("Hills at dusk under a pale sun")
    await page.keyboard.press("ArrowRight")
    await expect(viewer.locator("p")).to_have_text("The same hills in fog")
    await viewer.get_by_role("button", name="The picture before").click()
    await expect(viewer.locator("img")).to_have_attribute("alt", "Hills at dusk under a pale sun")
    await page.keyboard.press("Escape")
    await expect(viewer).to_have_count(0)
    await expect(page.locator("a.shot").first).to_be_focused()
    await context.close()


async def test_without_a_script_a_picture_is_a_link_to_itself(scene: Scene, browser: Any) -> None:
    context, page = await _signed_in(scene, browser, java_script_enabled=False)
    await page.goto(f"{scene.stage.origin}/@dana@far.example/{scene.pictures}")
    shot = await page.locator("a.shot").first.get_attribute("href")
    assert shot is not None
    answer = await context.request.get(scene.stage.origin + shot)
    assert (answer.status, answer.headers["content-type"]) == (200, "image/png")
    await context.close()


async def test_without_a_connection_there_is_a_page_that_says_so(scene: Scene, browser: Any) -> None:
    context, page = await _signed_in(scene, browser)
    await page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    await page.reload()
    await context.set_offline(True)
    await page.goto(f"{scene.stage.origin}/notifications")
    await expect(page.locator("h1")).to_have_text("No connection")
    await expect(page.locator("body")).not_to_contain_text("Ann Ahearn")
    await context.set_offline(False)
    await context.close()
