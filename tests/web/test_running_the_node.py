"""Before a real browser: two-factor sign-in with codes and with a passkey, and those who run the node at work."""

from base64 import b32decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page

from scattershot.domain.node import Standing
from scattershot.wirekit import one_time_codes
from tests.web.scene import Scene
from tests.web.stage import BLOCKS, PASSWORD, Stage, draw

pytestmark = pytest.mark.asyncio(loop_scope="session")

STEP = one_time_codes.STEP


@asynccontextmanager
async def a_desk(
    scene: Scene, browser: Any, *people: str, admin: bool = False, script: bool = True
) -> AsyncIterator[tuple[Stage, Page]]:
    """Those people come to the street, and a browser in which nobody is signed in."""
    for name in people:
        await scene.stage.person(name, admin=admin)
    context: BrowserContext = await browser.new_context(java_script_enabled=script)
    context.set_default_timeout(10_000)
    yield scene.stage, await context.new_page()
    await context.close()


async def sign_in(page: Page, stage: Stage, name: str) -> None:
    await page.goto(f"{stage.origin}/login")
    await page.fill("#name", name)
    await page.fill("#password", PASSWORD)
    await page.click("main button")


async def sign_out(page: Page, stage: Stage) -> None:
    await page.goto(f"{stage.origin}/menu")
    await page.click("form.leave button")


def code_of(stage: Stage, secret: bytes, later: int = 0) -> str:
    """The code that an app shows; `later` steps ahead, which a clock may be."""
    return one_time_codes.code_at(secret, stage.node.drivers.clock.now() // STEP + later)


async def turn_codes_on(page: Page, stage: Stage) -> bytes:
    await page.goto(f"{stage.origin}/settings/second-factor")
    await page.fill("#password-begin", PASSWORD)
    await page.click("text=Set it up")
    assert await page.is_visible("svg.qr")
    secret = b32decode((await page.inner_text("code.long")).replace(" ", ""))
    await page.fill("#code", code_of(stage, secret))
    await page.click("text=Turn it on")
    assert await page.locator(".codes li").count() == 10
    return secret


@pytest.mark.parametrize("script", [True, False])
async def test_somebody_turns_codes_on_and_signs_in_with_them(scene: Scene, browser: Any, script: bool) -> None:
    name = "tess" if script else "tom"
    async with a_desk(scene, browser, name, script=script) as (stage, page):
        await sign_in(page, stage, name)
        secret = await turn_codes_on(page, stage)
        await sign_out(page, stage)
        await sign_in(page, stage, name)
        await page.wait_for_url("**/login/second?**")
        await page.fill("#code", "000000")
        await page.click("form[action='/login/second'] button")
        assert "not right" in await page.inner_text("#problem")
        await page.fill("#code", code_of(stage, secret, later=1))
        await page.click("form[action='/login/second'] button")
        await page.wait_for_url("**/home")


async def with_authenticator(page: Page) -> Any:
    """A security key that Chromium makes up."""
    session = await page.context.new_cdp_session(page)
    await session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


async def test_somebody_signs_in_with_a_passkey(scene: Scene, browser: Any) -> None:
    async with a_desk(scene, browser, "paul") as (stage, page):
        session, key = await with_authenticator(page)
        await sign_in(page, stage, "paul")
        await page.goto(f"{stage.origin}/settings/second-factor")
        await page.fill("#passkey-name", "My key")
        await page.fill("#password-add", "not the password")
        await page.click("text=Add a passkey")
        await page.wait_for_selector("text=The password is not right")
        await page.fill("#password-add", PASSWORD)
        await page.click("text=Add a passkey")
        await page.wait_for_selector(".codes")
        recovery = await page.inner_text(".codes li:first-child")
        assert "My key" in await page.inner_text("main")
        await sign_out(page, stage)
        await sign_in(page, stage, "paul")
        await page.click("text=Use a passkey")
        await page.wait_for_url("**/home")
        await page.goto(f"{stage.origin}/settings/second-factor")
        assert "last used" in await page.inner_text("main")
        # The key is lost: a stranger's does not do, a recovery code does.
        await sign_out(page, stage)
        await session.send("WebAuthn.clearCredentials", {"authenticatorId": key})
        await session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
        await sign_in(page, stage, "paul")
        await page.fill("#code", recovery)
        await page.click("form[action='/login/second'] button")
        await page.wait_for_url("**/home")


async def test_without_a_script_no_passkey_is_offered(scene: Scene, browser: Any) -> None:
    async with a_desk(scene, browser, "petra", script=False) as (stage, page):
        await sign_in(page, stage, "petra")
        await page.goto(f"{stage.origin}/settings/second-factor")
        assert not await page.is_visible("text=Add a passkey")
        assert await page.is_visible("text=Passkeys need a script")


async def test_whoever_runs_the_node_follows_a_list_of_domains(scene: Scene, browser: Any) -> None:
    async with a_desk(scene, browser, "rolf", admin=True) as (stage, page):
        await stage.node.dealing.limit("loud.example")
        await sign_in(page, stage, "rolf")
        await page.goto(f"{stage.origin}/admin/domains")
        await page.click("text=Lists that are followed")
        await page.fill("#address", "https://nowhere.invalid/list.csv")
        await page.click("text=Follow it")
        await page.wait_for_selector("text=It could not be read")
        await page.click("text=Follow it no more")
        await page.fill("#address", stage.blocks)
        await page.click("text=Follow it")
        await page.wait_for_selector("tr:has-text('spam.example') >> text=suspended")
        assert await stage.node.dealing.rule_of("spam.example") is None, "nothing is done before somebody looked"
        await page.click("text=Take it over")
        await page.wait_for_selector("text=Done: 1 set, 0 lifted")
        known = await stage.node.dealing.rule_of("spam.example")
        assert known is not None
        assert known.rule.standing is Standing.BLOCKED
        # The list says nothing of it any more, and nothing of what was set by hand.
        left = BLOCKS[1:]
        del BLOCKS[1:]
        BLOCKS.append("other.example,suspend,")
        await page.click("text=Read it now")
        await page.wait_for_selector("tr:has-text('spam.example') >> text=lifted")
        await page.click("text=Take all 2 over")
        await page.wait_for_selector("text=Done: 1 set, 1 lifted")
        assert await stage.node.dealing.rule_of("spam.example") is None
        assert await stage.node.dealing.rule_of("loud.example") is not None
        await page.click("text=Follow it no more, and lift what it brought")
        await page.wait_for_selector("text=1 domain was lifted")
        assert await stage.node.dealing.rule_of("other.example") is None
        BLOCKS[1:] = left
        await stage.node.dealing.unblock("loud.example")


async def test_whoever_runs_the_node_chooses_how_it_looks(scene: Scene, browser: Any) -> None:
    async with a_desk(scene, browser, "lola", admin=True) as (stage, page):
        await sign_in(page, stage, "lola")
        await page.goto(f"{stage.origin}/admin/look")
        await page.check("input[name=colour][value=blue]")
        await page.set_input_files(
            "#file", {"name": "hills.png", "mimeType": "image/png", "buffer": draw(1200, 630, "steelblue")}
        )
        await page.fill("#alt", "Hills in blue light")
        await page.click("text=Save")
        await page.wait_for_selector("html[data-colour=blue] >> text=Saved.")
        await sign_out(page, stage)
        await page.goto(stage.origin)
        board = page.locator(".sign-board")
        assert await board.get_attribute("alt") == "Hills in blue light"
        assert await board.evaluate("(image) => image.complete && image.naturalWidth > 0")
        shown = await board.get_attribute("src")
        assert await page.locator("meta[property='og:image']").get_attribute("content") == shown
        told = await (await page.context.request.get(f"{stage.origin}/api/v2/instance")).json()
        assert told["thumbnail"]["url"] == shown
        await sign_in(page, stage, "lola")
        await page.goto(f"{stage.origin}/admin/look")
        await page.check("input[name=no_picture]")
        await page.check("input[name=colour][value='']")
        await page.click("text=Save")
        await page.wait_for_selector("html:not([data-colour]) >> text=Saved.")
        await sign_out(page, stage)
        await page.goto(stage.origin)
        assert await page.locator(".sign-board").count() == 0


async def test_whoever_runs_the_node_suspends_a_domain_and_lets_it_be_again(scene: Scene, browser: Any) -> None:
    async with a_desk(scene, browser, "rita", admin=True) as (stage, page):
        await stage.elsewhere("dana", "spam.example")
        await sign_in(page, stage, "rita")
        await page.click("text=Run the node")
        await page.click("nav[aria-label='Running the node'] >> text=Domains")
        await page.fill("#host", "spam.example")
        await page.fill("#public_comment", "Sells what nobody wants")
        await page.click("text=Save")
        await page.wait_for_selector("td:has-text('spam.example')")
        known = await stage.node.dealing.rule_of("spam.example")
        assert known is not None
        assert known.rule.standing is Standing.BLOCKED
        assert (await page.goto(f"{stage.origin}/@dana@spam.example")).status == 404  # type: ignore[union-attr]
        await page.goto(f"{stage.origin}/admin/domains")
        await page.click("text=Lift")
        await page.wait_for_selector("text=Nothing is said of any domain")
        await page.set_input_files(
            "#file",
            {"name": "blocks.csv", "mimeType": "text/csv", "buffer": b"#domain,#severity\nspam.example,suspend\n"},
        )
        await page.click("text=Look at it first")
        await page.click("text=Take it over")
        await page.wait_for_selector("text=1 of 1 line were taken over")
        assert await stage.node.dealing.rule_of("spam.example") is not None
