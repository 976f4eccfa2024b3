"""Every page, by day and by night: axe-core finds nothing serious, nothing is wider than a small phone, and no page
complains or loads from anywhere else.

A page is loaded once: axe judges all of it as a phone shows it, then what another look or width can alter.
"""

from typing import Any

import pytest
from playwright.async_api import Page

from tests.web.browsing import open_pages, pages
from tests.web.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="session")

AXE = """async ([within, rules]) => (await axe.run(within ?? document, {
  resultTypes: ["violations"], preload: false, iframes: false, selectors: false,
  ...(rules.length ? {runOnly: rules} : {rules: {"target-size": {enabled: true}}})})).violations
  .filter(({impact}) => impact === "serious" || impact === "critical")
  .map(({id, nodes}) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`)"""
ALL: list[str] = []
COLOURS = ["color-contrast", "link-in-text-block"]
PLACES = [*COLOURS, "target-size", "scrollable-region-focusable", "aria-hidden-focus"]
"""The rules whose answer can be another where there is more room."""
FRAMES = ("home", "settings", "admin", "front")
"""Pages of which axe judges all on a desk too: what stands around others there is the same."""
FEWER = """() => document.querySelectorAll(":is(#timeline, .list) > article:nth-of-type(n+7)")
  .forEach((far) => far.remove())"""
"""Posts far down a list are as those above; all of them are judged at home."""
WIDER = "() => document.documentElement.scrollWidth - window.innerWidth"
# The page that is not there answers 404, and Chromium says so; it has advice, too, for whoever keeps passwords.
EXPECTED = ("status of 404", "[DOM]")
PHONE, TABLET, DESK = ({"width": width, "height": 740} for width in (320, 900, 1280))


async def _found(page: Page, where: str, rules: list[str], within: str | None = None) -> list[str]:
    """What is the matter with the page at hand, as it is shown just now."""
    found = [f"{where}: {each}" for each in await page.evaluate(AXE, [within, rules])]
    wider = await page.evaluate(WIDER)
    return [*found, f"{where}: {wider} pixels too wide"] if wider > 0 else found


async def _show(page: Page, view: dict[str, int], theme: str) -> str:
    await page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    await page.set_viewport_size(view)  # type: ignore[arg-type]
    return f"{theme}, {view['width']}"


async def _looked_at(page: Page, name: str, *, by_day: bool) -> list[str]:
    """What is the matter with it on a phone by day and on a desk by night, in the order in which that costs the least;
    of one page with each frame, on a phone by night and on a desk by day as well."""
    ways = [(PHONE, "light"), (DESK, "dark")][:: 1 if by_day else -1]
    if name not in FRAMES:
        wider = await page.evaluate(WIDER)
        found = [f"{name}: {wider} pixels too wide"] if wider > 0 else []
        await page.evaluate(FEWER)
        found += await _found(page, f"{name} ({ways[0][1]})", ALL)
        return found + await _found(page, f"{name} ({await _show(page, *ways[1])})", PLACES, "main")
    found = await _found(page, f"{name} ({await _show(page, *ways[0])})", ALL)
    found += await _found(page, f"{name} ({await _show(page, TABLET, 'light')})", ALL, ".side")
    for view, theme in ((PHONE, "dark"), (DESK, "light")):
        found += await _found(page, f"{name} ({await _show(page, view, theme)})", COLOURS)
    return found + await _found(page, f"{name} ({await _show(page, *ways[1])})", ALL)


@pytest.mark.parametrize("who", ["ann", ""], ids=["signed in", "a stranger"])
async def test_everybody_can_use_every_page(scene: Scene, browser: Any, axe_core: str, who: str) -> None:
    found: list[str] = []
    context = await browser.new_context(viewport=PHONE, color_scheme="light", reduced_motion="reduce")
    await context.add_init_script(axe_core)
    if who:
        await context.add_cookies([await scene.stage.session(who)])
    page = await context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda made: _is_ours(made.url, scene) or heard.append(f"asks {made.url}"))
    for number, (name, path) in enumerate((pages(scene) if who else open_pages(scene)).items()):
        await page.goto(scene.stage.origin + path)
        found += await _looked_at(page, name, by_day=number % 2 == 0)
        found += [f"{name}: {each}" for each in heard if not any(known in each for known in EXPECTED)]
        heard.clear()
    await context.close()
    assert not found, "\n".join(found)


def _is_ours(url: str, scene: Scene) -> bool:
    return url.startswith((scene.stage.origin + "/", "data:", "blob:"))


@pytest.mark.parametrize("chosen", ["light", "dark"])
async def test_a_chosen_look_wins_over_the_systems(scene: Scene, browser: Any, axe_core: str, chosen: str) -> None:
    other = {"light": "dark", "dark": "light"}[chosen]
    context = await browser.new_context(color_scheme=other)
    await context.add_init_script(axe_core)
    await context.add_cookies([await scene.stage.session("ann")])
    page = await context.new_page()
    await page.goto(scene.stage.origin + "/menu")
    before = await page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    await page.click(f"form.looks button[value={chosen}]")
    await page.wait_for_selector(f"html[data-theme={chosen}]")
    assert await page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor") != before
    await page.goto(scene.stage.origin + "/home")
    found = await _found(page, f"home, {chosen} by choice", COLOURS)
    assert not found, "\n".join(found)
    await context.close()
