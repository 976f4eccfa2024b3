"""Every page, by day and by night: axe-core finds nothing serious, nothing is wider than a small phone, and no page
complains or loads from anywhere else."""

from typing import Any

import pytest
from playwright.async_api import Page

from tests.web.browsing import open_pages, pages
from tests.web.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
  .filter(({impact}) => impact === "serious" || impact === "critical")
  .map(({id, nodes}) => `${id}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`)"""
WIDER = "() => document.documentElement.scrollWidth - window.innerWidth"
# The page that is not there answers 404, and Chromium says so; it has advice, too, for whoever keeps passwords.
EXPECTED = ("status of 404", "[DOM]")


async def _found(page: Page, where: str, complaints: list[str], axe_core: str) -> list[str]:
    """What is the matter with the page at hand."""
    await page.evaluate(axe_core)
    found = [f"{where}: {each}" for each in await page.evaluate(AXE)]
    wider = await page.evaluate(WIDER)
    if wider > 0:
        found.append(f"{where}: {wider} pixels too wide")
    found += [f"{where}: {each}" for each in complaints if not any(known in each for known in EXPECTED)]
    complaints.clear()
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
async def test_everybody_can_use_every_page(scene: Scene, browser: Any, axe_core: str, theme: str, width: int) -> None:
    found: list[str] = []
    for who, paths in (("ann", pages(scene)), ("", open_pages(scene))):
        context = await browser.new_context(
            viewport={"width": width, "height": 740}, color_scheme=theme, reduced_motion="reduce"
        )
        if who:
            await context.add_cookies([await scene.stage.session(who)])
        page = await context.new_page()
        complaints: list[str] = []
        page.on("console", lambda message, heard=complaints: heard.append(message.text))
        page.on("pageerror", lambda error, heard=complaints: heard.append(str(error)))
        page.on("request", lambda made, heard=complaints: _is_ours(made.url, scene) or heard.append(f"asks {made.url}"))
        for name, path in paths.items():
            await page.goto(scene.stage.origin + path)
            found += await _found(page, f"{name} ({theme}, {width})", complaints, axe_core)
        await context.close()
    assert not found, "\n".join(found)


def _is_ours(url: str, scene: Scene) -> bool:
    return url.startswith((scene.stage.origin + "/", "data:", "blob:"))


@pytest.mark.parametrize("chosen", ["light", "dark"])
async def test_a_chosen_look_wins_over_the_systems(scene: Scene, browser: Any, axe_core: str, chosen: str) -> None:
    other = {"light": "dark", "dark": "light"}[chosen]
    context = await browser.new_context(color_scheme=other, java_script_enabled=True)
    await context.add_cookies([await scene.stage.session("ann")])
    page = await context.new_page()
    await page.goto(scene.stage.origin + "/menu")
    before = await page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor")
    await page.click(f"form.looks button[value={chosen}]")
    await page.wait_for_selector(f"html[data-theme={chosen}]")
    assert await page.evaluate("getComputedStyle(document.body.parentElement).backgroundColor") != before
    await page.goto(scene.stage.origin + "/home")
    found = await _found(page, f"home, {chosen} by choice", [], axe_core)
    assert not found, "\n".join(found)
    await context.close()
