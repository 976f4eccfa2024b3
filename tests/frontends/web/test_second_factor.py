"""Two-factor sign-in: turned on, asked for at every door, spent, lost and switched off."""

import html
import re
from base64 import b32decode

from scattershot.app import second_factors as app_factors
from scattershot.app.second_factors import SecondFactors
from scattershot.domain.reading import Refused
from scattershot.testing.browser import Browser, Page
from scattershot.wirekit import one_time_codes
from tests.frontends.web.node import PASSWORD, Node

PAGE = "/settings/second-factor"
STEP = "/login/second"


async def half_in(node: Node, name: str = "ann", next_: str = "") -> tuple[Browser, Page]:
    """A browser in which the password was given."""
    browser = node.browser()
    page = await browser.get(f"/login?next={next_}" if next_ else "/login")
    return browser, await browser.submit(page, page.form("/login"), name=name, password=PASSWORD)


def secret_on(page: Page) -> bytes:
    found = re.search(r'By hand: <code class="long">([A-Z2-7 ]+)</code>', page.text)
    assert found is not None
    return b32decode(found[1].replace(" ", ""))


def code_now(node: Node, secret: bytes) -> str:
    return one_time_codes.code_at(secret, node.clock.now() // one_time_codes.STEP)


def recovery_on(page: Page) -> list[str]:
    return re.findall(r"<li><code>([a-z2-7-]+)</code></li>", page.text)


async def turned_on(node: Node, browser: Browser) -> tuple[bytes, list[str]]:
    page = await browser.get(PAGE)
    page = await browser.submit(page, page.form(f"{PAGE}/begin"), password=PASSWORD)
    secret = secret_on(page)
    done = await browser.submit(page, page.form(f"{PAGE}/prove"), code=code_now(node, secret))
    assert done.status == 200, done.text
    codes = recovery_on(done)
    assert len(codes) == app_factors.RECOVERY_CODES
    node.clock.advance(60)
    return secret, codes


async def ann_with_codes(node: Node) -> tuple[bytes, list[str]]:
    await node.person("ann", password=PASSWORD)
    browser, home = await half_in(node)
    assert home.path == "/home"
    return await turned_on(node, browser)


async def test_codes_are_turned_on_by_password_and_a_code_and_asked_for_from_then_on(node: Node) -> None:
    await node.person("ann", password=PASSWORD)
    browser, _ = await half_in(node)
    page = await browser.get(PAGE)
    wrong = await browser.submit(page, page.form(f"{PAGE}/begin"), password="not the password")
    assert wrong.status == 422
    assert "The password is not right" in wrong.text
    asked = await browser.submit(page, page.form(f"{PAGE}/begin"), password=PASSWORD)
    assert "<svg" in asked.text
    assert dict(asked.headers)["cache-control"] == "no-store"
    again = await browser.submit(asked, asked.form(f"{PAGE}/prove"), code="000000")
    assert again.status == 422
    assert secret_on(again) == secret_on(asked), "what the phone has read already still counts"
    assert (await half_in(node))[1].path == "/home", "nothing is asked for before it is proved"
    secret = secret_on(asked)
    done = await browser.submit(again, again.form(f"{PAGE}/prove"), code=f" {code_now(node, secret)[:3]} 000 "[:4])
    assert done.status == 422
    done = await browser.submit(again, again.form(f"{PAGE}/prove"), code=code_now(node, secret))
    assert "It is on" in done.text
    other, step = await half_in(node)
    assert step.path.startswith(STEP)
    assert (await other.get("/home", follow=False)).status == 303, "half in is out"
    used = await other.submit(step, step.form(STEP), code=code_now(node, secret))
    assert used.status == 422, "the code that proved the app is spent"
    node.clock.advance(60)
    code = code_now(node, secret)
    assert (await other.submit(used, used.form(STEP), code=f"{code[:3]} {code[3:]}")).path == "/home"


async def test_a_recovery_code_lets_in_once_and_new_ones_replace_the_old(node: Node) -> None:
    _, codes = await ann_with_codes(node)
    browser, step = await half_in(node)
    assert (await browser.submit(step, step.form(STEP), code=codes[0].upper().replace("-", " "))).path == "/home"
    other, step = await half_in(node)
    assert (await other.submit(step, step.form(STEP), code=codes[0])).status == 422
    page = await browser.get(PAGE)
    assert "9 of yours are left" in page.text
    fresh = recovery_on(await browser.submit(page, page.form(f"{PAGE}/recovery"), password=PASSWORD))
    assert len(fresh) == 10
    assert (await other.submit(step, step.form(STEP), code=codes[1])).status == 422
    assert (await other.submit(step, step.form(STEP), code=fresh[1])).path == "/home"


async def test_codes_cannot_be_tried_without_end(node: Node) -> None:
    secret, _ = await ann_with_codes(node)
    browser, step = await half_in(node)
    form = step.form(STEP)
    tried = [await browser.submit(step, form, code="000000") for _ in range(app_factors.TRIES)]
    assert tried[0].status == 422
    assert tried[-1].path.startswith("/login?next="), "after five the password is asked for again"
    assert (await browser.submit(step, form, code=code_now(node, secret))).path.startswith("/login")
    answers = []
    for _ in range(2):
        browser, step = await half_in(node)
        answers += [(await browser.submit(step, form_, code="000000")).status for form_ in [step.form(STEP)] * 4]
    assert 429 in answers, "nor with the password given again and again"


async def test_a_link_of_whoever_runs_the_node_asks_for_it_too(node: Node) -> None:
    secret, _ = await ann_with_codes(node)
    link = await node.people.sign_in_link("ann")
    browser = node.browser()
    page = await browser.get(f"/welcome/{link}")
    step = await browser.submit(page, page.form(f"/welcome/{link}"))
    assert step.path.startswith(STEP)
    assert (await browser.submit(step, step.form(STEP), code=code_now(node, secret))).path == "/home"


async def test_a_program_is_let_in_only_after_the_second_step(node: Node) -> None:
    secret, _ = await ann_with_codes(node)
    made = await node.programs.register("An app", ["urn:ietf:wg:oauth:2.0:oob"], "read")
    assert not isinstance(made, Refused)
    asked = f"/oauth/authorize?client_id={made.program.client_id}&redirect_uri=urn:ietf:wg:oauth:2.0:oob&scope=read"
    browser = node.browser()
    page = await browser.get(asked)
    step = await browser.submit(page, page.form("/login"), name="ann", password=PASSWORD)
    assert step.path.startswith(STEP)
    assert "Let An app in?" not in (await browser.get(asked)).text
    consent = await browser.submit(step, step.form(STEP), code=code_now(node, secret))
    assert "Let An app in?" in consent.text


async def test_it_is_turned_off_by_the_password_and_by_whoever_runs_the_node(node: Node) -> None:
    secret, _ = await ann_with_codes(node)
    browser, step = await half_in(node)
    await browser.submit(step, step.form(STEP), code=code_now(node, secret))
    page = await browser.get(PAGE)
    assert (await browser.submit(page, page.form(f"{PAGE}/end"), password="wrong password")).status == 422
    assert (await half_in(node))[1].path.startswith(STEP)
    off = await browser.submit(page, page.form(f"{PAGE}/end"), password=PASSWORD)
    assert "Off: whoever has your password" in off.text
    assert (await half_in(node))[1].path == "/home"
    await turned_on(node, browser)
    factors = SecondFactors(node.database, node.clock, node.settings.origin, "")
    assert await factors.end_all("ANN") is None
    assert (await half_in(node))[1].path == "/home"
    assert isinstance(await factors.end_all("ann"), Refused)
    assert isinstance(await factors.end_all("nobody"), Refused)


async def test_what_begins_half_ends_when_it_should(node: Node) -> None:
    secret, _ = await ann_with_codes(node)
    browser, step = await half_in(node, next_="/kept")
    node.clock.advance(11 * 60)
    late = await browser.submit(step, step.form(STEP), code=code_now(node, secret))
    assert html.unescape(late.path) == "/login?next=%2Fkept", "after ten minutes one begins anew"
    browser, step = await half_in(node, next_="/kept")
    assert (await browser.submit(step, step.form(STEP), code=code_now(node, secret))).path == "/kept"
    browser, step = await half_in(node)
    await node.people.disable("ann")
    node.clock.advance(60)
    assert (await browser.submit(step, step.form(STEP), code=code_now(node, secret))).path.startswith("/login?")


async def test_a_passkey_that_is_none_is_refused(node: Node) -> None:
    await node.person("ann", password=PASSWORD)
    browser, _ = await half_in(node)
    page = await browser.get(PAGE)
    token = dict(page.form(f"{PAGE}/begin").fields)["token"]
    no = await browser.post(f"{PAGE}/passkey/wish", [("token", token), ("password", "wrong password")])
    assert no.status == 422
    wish = await browser.post(f"{PAGE}/passkey/wish", [("token", token), ("password", PASSWORD)])
    assert wish.status == 200
    assert '"rp": {"name": "Test node", "id": "a.test"}' in wish.text
    for answer in ("", "{}", "null", "[]", '{"id": "x", "rawId": "x", "type": "public-key", "response": {}}', "x" * 9):
        refused = await browser.post(f"{PAGE}/passkey/add", [("token", token), ("answer", answer), ("name", "x")])
        assert refused.status == 422, answer
    assert "Off: whoever" in (await browser.get(PAGE)).text
    secret, _ = await turned_on(node, browser)
    other, step = await half_in(node)
    fields = dict(step.form(STEP).fields)
    for answer in ("", "{}", '{"id": "eA", "rawId": "eA", "type": "public-key", "response": {}}'):
        sent = [("token", fields["token"]), ("answer", answer)]
        assert (await other.post(f"{STEP}/passkey", sent)).status == 422
    assert (await other.submit(step, step.form(STEP), code=code_now(node, secret))).path == "/home"
