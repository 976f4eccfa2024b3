"""Two live nodes and a browser before each: from the first start to a post on the other node's screen, and all that
people do with one another there, seen without a reload."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.web.stage import PASSWORD, Stage, draw, open_stage

pytestmark = pytest.mark.asyncio(loop_scope="session")
PHONE = {"width": 390, "height": 844}
SOON = 20_000


@dataclass
class Two:
    """Two nodes, and one person's page at each."""

    a: Stage
    b: Stage
    ann: Any
    bob: Any

    def handle(self, name: str, stage: Stage) -> str:
        return f"@{name}@{stage.node.settings.domain}"


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def nodes() -> AsyncIterator[tuple[Stage, Stage]]:
    """Two nodes that nobody has started yet."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        async with open_stage(Path(one), title="North") as a, open_stage(Path(other), title="South") as b:
            yield a, b


async def _page(browser: Any, *, scripts: bool = True) -> Any:
    context = await browser.new_context(viewport=PHONE, java_script_enabled=scripts, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    return await context.new_page()


async def _begin(stage: Stage, page: Any, name: str, shown: str) -> None:
    """The first start, by the link that a new node prints: a name, a picture, a line about oneself."""
    secret = await stage.node.people.owner_link()
    await page.goto(f"{stage.origin}/welcome/{secret}")
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.click("main button")
    await expect(page.locator("h1")).to_have_text("Welcome")
    await page.fill("#display_name", shown)
    await page.set_input_files("#avatar", _file("teal"))
    await page.fill("#bio", "Counts herons.")
    await page.get_by_role("button", name="Go on").click()
    await expect(page.locator("h1")).to_have_text("Whom to follow")


def _file(colour: str) -> Any:
    return {"name": "hills.png", "mimeType": "image/png", "buffer": draw(320, 240, colour)}


async def _write(page: Any, stage: Stage, text: str) -> None:
    """What one does on the page of the form, before it is sent."""
    await page.goto(f"{stage.origin}/compose")
    await page.fill("#text", text)


def _post(page: Any) -> Any:
    return page.locator(".send").get_by_role("button", name="Post", exact=True)


def _says(page: Any, text: str) -> Any:
    return page.locator("article", has_text=text).first


async def _reload_until(page: Any, locator: Any, seconds: float = SOON / 1000) -> None:
    """For pages without a script, and those that are not live: somebody reloads."""
    async with asyncio.timeout(seconds):
        while not await locator.count():
            await asyncio.sleep(0.6)
            await page.reload()


async def test_from_the_first_start_to_all_that_two_people_do(nodes: tuple[Stage, Stage], browser: Any) -> None:
    a, b = nodes
    ann, bob = await _page(browser), await _page(browser)
    two = Two(a, b, ann, bob)
    await _begin(a, ann, "ann", "Ann Ahearn")
    await _begin(b, bob, "bob", "Bob")

    # The one box finds somebody far away; a first post reaches their screen without a reload.
    await bob.fill("#q", two.handle("ann", a))
    await bob.get_by_role("button", name="Find").click()
    await bob.get_by_role("button", name=f"Follow {two.handle('ann', a)}").click()
    await ann.fill("#q", f"{b.origin}/@bob")
    await ann.get_by_role("button", name="Find").click()
    await ann.get_by_role("button", name=f"Follow {two.handle('bob', b)}").click()
    await expect(ann.locator("h1")).to_have_text("Whom to follow")
    await bob.goto(f"{b.origin}/home")
    await bob.evaluate("window.neverReloaded = true")
    await ann.get_by_role("link", name="Go on").click()
    await ann.fill("#text", "Hello, South! #introduction")
    await _post(ann).click()
    await expect(_says(ann, "Hello, South!")).to_be_visible()
    await expect(_says(bob, "Hello, South!")).to_be_visible(timeout=SOON)
    assert await bob.evaluate("window.neverReloaded")

    await _edited_liked_answered(two)
    await _media_and_polls(two)
    await _private_and_lists(two)
    await _filtered(two)
    await _team_and_search(two)
    await _suspended(two)
    for page in (ann, bob):
        await page.context.close()


async def _edited_liked_answered(two: Two) -> None:
    ann, bob = two.ann, two.bob
    # An edit is seen on the open page; a like and a boost come back as notifications.
    await ann.goto(f"{two.a.origin}/home")
    await _says(ann, "Hello, South!").locator("details.menu summary").click()
    await _says(ann, "Hello, South!").get_by_role("link", name="Edit").click()
    await ann.fill("#text", "Hello, warm South! #introduction")
    await ann.locator(".send").get_by_role("button", name="Save").click()
    await expect(_says(bob, "Hello, warm South!")).to_be_visible(timeout=SOON)
    await _says(bob, "Hello, warm South!").locator("button.like").click()
    await expect(_says(bob, "Hello, warm South!").locator("button.like")).to_have_attribute("aria-pressed", "true")
    await _says(bob, "Hello, warm South!").locator("button.boost").click()
    await expect(_says(bob, "Hello, warm South!").locator("button.boost")).to_have_attribute("aria-pressed", "true")
    assert await bob.evaluate("window.neverReloaded")
    await ann.goto(f"{two.a.origin}/notifications")
    await _reload_until(ann, ann.locator("main", has_text="boosted your post"))
    await _reload_until(ann, ann.locator("main", has_text="liked your post"))
    # An answer becomes a thread, and the answer to it too, and each node shows it whole.
    await _says(bob, "Hello, warm South!").locator("a.when").click()
    await bob.locator("#text").press("End")
    await bob.locator("#text").press_sequentially("Good to hear you")
    await bob.locator(".send").get_by_role("button", name="Reply").click()
    await ann.goto(f"{two.a.origin}/notifications")
    await _reload_until(ann, ann.locator("article", has_text="Good to hear you"))
    await ann.locator("article", has_text="Good to hear you").locator("a.when").first.click()
    await ann.locator("#text").press("End")
    await ann.locator("#text").press_sequentially("And you!")
    await ann.locator(".send").get_by_role("button", name="Reply").click()
    await expect(_says(ann, "And you!")).to_be_visible()
    await _reload_until(bob, bob.locator(".thread article", has_text="And you!"))
    # What is deleted goes from the other's open page.
    await _write(ann, two.a, "a slip of the pen")
    await bob.goto(f"{two.b.origin}/home")
    await _post(ann).click()
    await expect(_says(bob, "a slip of the pen")).to_be_visible(timeout=SOON)
    await _says(ann, "a slip of the pen").locator("details.menu summary").click()
    await _says(ann, "a slip of the pen").get_by_role("link", name="Delete").click()
    await ann.get_by_role("button", name="Delete it", exact=True).click()
    await expect(bob.locator("article", has_text="a slip of the pen")).to_have_count(0, timeout=SOON)


async def _media_and_polls(two: Two) -> None:
    ann, bob = two.ann, two.bob
    # A picture is taken in as it is chosen, and its words are asked for beside it.
    await _write(ann, two.a, "The valley today")
    await ann.set_input_files("#file", _file("steelblue"))
    words = ann.get_by_label("What it shows")
    await expect(words).to_be_focused()
    await words.fill("A valley in blue light")
    await ann.locator(".given img").click(position={"x": 5, "y": 5})
    await expect(ann.get_by_label("Where to look")).to_have_value("-0.7,0.7")
    await _post(ann).click()
    valley = _says(bob, "The valley today").get_by_role("img", name="A valley in blue light")
    await expect(valley).to_have_count(1, timeout=SOON)
    assert set((await valley.get_attribute("class")).split()) >= {"fx1", "fy1"}, "it is cropped around where to look"
    # A poll is asked here and answered there.
    await _write(ann, two.a, "Which way?")
    await ann.get_by_text("A poll", exact=True).click()
    await ann.get_by_label("Answer 1").fill("East")
    await ann.get_by_label("Answer 2").fill("West")
    await _post(ann).click()
    await expect(_says(bob, "Which way?")).to_be_visible(timeout=SOON)
    await _says(bob, "Which way?").get_by_label("West").check()
    await _says(bob, "Which way?").get_by_role("button", name="Vote").click()
    await ann.goto(f"{two.a.origin}/home")
    await _reload_until(ann, _says(ann, "Which way?").get_by_text("100"))
    # Several posts in a row arrive as a thread.
    await _write(ann, two.a, "One of two")
    await ann.get_by_role("button", name="Write another below it").click()
    await ann.get_by_label("The text of post 2").fill("Two of two")
    await _post(ann).click()
    await bob.goto(f"{two.b.origin}/home")
    await expect(_says(bob, "Two of two")).to_be_visible(timeout=SOON)
    await _says(bob, "Two of two").locator("a.when").click()
    await expect(bob.locator(".thread .before", has_text="One of two")).to_be_visible()


async def _private_and_lists(two: Two) -> None:
    ann, bob = two.ann, two.bob
    # A private word, seen by the two alone.
    await _write(ann, two.a, f"{two.handle('bob', two.b)} between us")
    await ann.get_by_label("Only those I name").check()
    await _post(ann).click()
    await bob.goto(f"{two.b.origin}/conversations")
    await _reload_until(bob, bob.locator(".talks", has_text="between us"))
    stranger = await bob.context.browser.new_context()
    page = await stranger.new_page()
    await page.goto(f"{two.a.origin}/@ann")
    await expect(page.locator("article", has_text="Hello, warm South!").first).to_be_visible()
    await expect(page.locator("body")).not_to_contain_text("between us")
    await stranger.close()
    # A list is made, filled and read.
    await bob.goto(f"{two.b.origin}/lists")
    await bob.get_by_role("link", name="Make a list").click()
    await bob.fill("#title", "The north")
    await bob.get_by_role("button", name="Make it").click()
    await bob.get_by_role("button", name=f"Put in {two.handle('ann', two.a)}").click()
    await bob.get_by_role("link", name="Read it").click()
    await expect(_says(bob, "The valley today")).to_be_visible()


async def _team_and_search(two: Two) -> None:
    ann, bob = two.ann, two.bob
    # A microblog of several: made here, kept by two, followed there.
    await two.a.person("cleo")
    await ann.goto(f"{two.a.origin}/settings/microblogs")
    await ann.fill("#name", "paper")
    await ann.fill("#title", "The Paper")
    await ann.get_by_role("button", name="Make it").click()
    await ann.fill("#handle", "@cleo")
    await ann.get_by_role("button", name="Ask", exact=True).click()
    await expect(ann.locator("main")).to_contain_text("They are asked")
    await bob.goto(f"{two.b.origin}/search")
    await bob.fill("#q", two.handle("paper", two.a))
    await bob.get_by_role("button", name="Find", exact=True).click()
    await bob.get_by_role("button", name="Follow", exact=True).click()
    await _reload_until(bob, bob.get_by_role("button", name="Unfollow"))
    await bob.goto(f"{two.b.origin}/home")
    await _write(ann, two.a, "Extra: the bridge is mended")
    await expect(ann.get_by_label("Who speaks")).to_contain_text("@paper")
    await _post(ann).click()
    await expect(_says(bob, "the bridge is mended")).to_be_visible(timeout=SOON)
    await expect(_says(bob, "the bridge is mended").locator(".name").first).to_have_text("The Paper")
    # Whoever was asked says yes, and speaks as it from then on; the other node shows it as the paper's.
    cleo = await _page(two.ann.context.browser)
    await cleo.context.add_cookies([await two.a.session("cleo")])
    await cleo.goto(f"{two.a.origin}/home")
    await cleo.goto(f"{two.a.origin}/settings/microblogs")
    await expect(cleo.locator("#asked-head")).to_be_visible()
    await cleo.get_by_text("Accept", exact=True).click()
    await expect(cleo.locator("main")).to_contain_text("You keep it too")
    await cleo.goto(f"{two.a.origin}/settings/microblogs")
    await cleo.get_by_role("button", name="Speak as @paper").click()
    await _write(cleo, two.a, "Late edition, by Cleo")
    await expect(cleo.get_by_label("Who speaks")).to_have_value(str(await _number_of(two.a, "paper")))
    await _post(cleo).click()
    await expect(_says(bob, "Late edition")).to_be_visible(timeout=SOON)
    await expect(_says(bob, "Late edition").locator(".name").first).to_have_text("The Paper")
    await cleo.context.close()
    # What was written here is found here.
    await ann.goto(f"{two.a.origin}/search?q=mended")
    await _reload_until(ann, _says(ann, "the bridge is mended"))


async def _number_of(stage: Stage, name: str) -> int:
    face = await stage.node.timelines.named(name)
    assert face is not None
    return face.id


async def _filtered(two: Two) -> None:
    ann, bob = two.ann, two.bob
    # Words that somebody wishes to be spared do not come to an open page either.
    await bob.goto(f"{two.b.origin}/settings/filters")
    await bob.fill("#title", "Not before breakfast")
    await bob.fill("#words", "marmalade")
    await bob.locator("input[name=action][value=hide]").check()
    await bob.get_by_role("button", name="Make the filter").click()
    await expect(bob.locator("main")).to_contain_text("Not before breakfast")
    await bob.goto(f"{two.b.origin}/home")
    for text in ("Toast with marmalade", "Toast with honey"):
        await _write(ann, two.a, text)
        await _post(ann).click()
        await expect(_says(ann, text)).to_be_visible()
    await expect(_says(bob, "Toast with honey")).to_be_visible(timeout=SOON)
    await expect(bob.locator("article", has_text="marmalade")).to_have_count(0)


async def _suspended(two: Two) -> None:
    ann, bob = two.ann, two.bob
    # Whoever runs the other node ends all that is between the two: nothing of there is shown or taken any more.
    await bob.goto(f"{two.b.origin}/admin/domains")
    await bob.fill("#host", two.a.node.settings.domain)
    await bob.fill("#public_comment", "A test of what happens then")
    await bob.get_by_role("button", name="Save").click()
    await expect(bob.locator(".done")).to_contain_text("ended")
    await bob.goto(f"{two.b.origin}/home")
    await expect(bob.locator("article", has_text="The valley today")).to_have_count(0)
    await bob.goto(f"{two.b.origin}/{two.handle('ann', two.a)}")
    await expect(bob.locator("body")).to_contain_text("There is nothing here")
    await _write(ann, two.a, "Is anybody there?")
    await _post(ann).click()
    await ann.goto(f"{two.a.origin}/@ann/followers")
    await _reload_until(ann, ann.locator("main:not(:has(a[href*='@bob']))"))
    await bob.goto(f"{two.b.origin}/public")
    await expect(bob.locator("article", has_text="Is anybody there?")).to_have_count(0)
    await bob.goto(f"{two.b.origin}/admin/domains")
    await bob.get_by_role("button", name="Lift").click()
    await expect(bob.locator("main")).to_contain_text("Nothing is said of any domain")
    await bob.goto(f"{two.b.origin}/{two.handle('ann', two.a)}")
    await expect(bob.locator("h1")).to_contain_text("Ann Ahearn")


async def test_all_of_writing_without_a_script(nodes: tuple[Stage, Stage], browser: Any) -> None:
    a, _ = nodes
    await a.person("dora")
    page = await _page(browser, scripts=False)
    await page.context.add_cookies([await a.session("dora")])
    await page.goto(f"{a.origin}/home")
    await page.get_by_role("link", name="Find whom to follow").click()
    await expect(page.locator("h1")).to_have_text("Whom to follow")
    await page.goto(f"{a.origin}/home")
    await page.fill("#text", "No script, ")
    await page.get_by_role("button", name="More").click()
    await expect(page.locator("#text")).to_have_value("No script, ")
    await page.fill("#text", "No script, and a picture")
    await page.set_input_files("#file", _file("goldenrod"))
    await _post(page).click()
    await expect(page.get_by_role("alert")).to_contain_text("say in words what it shows")
    await page.get_by_label("What it shows").fill("Golden hills")
    await page.get_by_label("Where to look").select_option("On the left")
    await page.get_by_text("A poll", exact=True).click()
    await page.get_by_label("Answer 1").fill("alone")
    await _post(page).click()
    await expect(page.locator("#poll-problem")).to_have_text("A poll has at least two answers.")
    await page.get_by_label("Answer 2").fill("together")
    await page.get_by_role("button", name="Preview").click()
    await expect(page.locator(".reads")).to_contain_text("No script, and a picture")
    await page.get_by_role("button", name="Keep as a draft").click()
    await expect(page.get_by_role("status")).to_have_text("Your draft is kept.")
    await page.get_by_role("link", name="No script, and a picture").click()
    await expect(page.get_by_label("What it shows")).to_have_value("Golden hills")
    await page.get_by_role("button", name="Write another below it").click()
    await page.get_by_label("The text of post 2").fill("and a second")
    await _post(page).click()
    await expect(_says(page, "No script, and a picture").get_by_role("img", name="Golden hills")).to_have_count(1)
    await expect(_says(page, "and a second")).to_be_visible()
    await _says(page, "No script, and a picture").locator("details.menu summary").click()
    await _says(page, "No script, and a picture").get_by_role("link", name="Delete").click()
    await page.get_by_role("button", name="write it anew").click()
    await expect(page.locator("#text")).to_have_value("No script, and a picture")
    await expect(page.get_by_label("What it shows")).to_have_value("Golden hills")
    await page.context.close()
