"""Coming in: one-time links, passwords, and all that must not let anybody in."""

import pytest

from scattershot.domain.people import KeeperRole
from scattershot.frontends.web import signing_in
from scattershot.storage.tables import microblogs
from scattershot.testing.browser import Browser
from scattershot.wirekit.token_bucket import Bucket
from tests.frontends.web.node import PASSWORD, Node, open_node


async def test_the_first_link_makes_the_owners_account_once(node: Node) -> None:
    secret = await node.people.owner_link()
    browser = node.browser()
    page = await browser.get(f"/welcome/{secret}")
    assert "owner" in page.text
    home = await browser.submit(page, page.form(f"/welcome/{secret}"), name="ann", password=PASSWORD)
    assert (home.path, home.status) == ("/begin", 200)
    again = await node.browser().get(f"/welcome/{secret}")
    assert again.status == 410


async def test_a_weak_password_is_asked_again_with_the_name_kept(node: Node) -> None:
    secret = await node.people.owner_link()
    browser = node.browser()
    page = await browser.get(f"/welcome/{secret}")
    again = await browser.submit(page, page.form(f"/welcome/{secret}"), name="ann", password="short")
    assert again.status == 422
    assert "at least 10 characters" in again.text
    assert ("name", "ann") in again.form(f"/welcome/{secret}").fields


async def test_looking_at_a_link_does_not_spend_it(node: Node) -> None:
    await node.person("ann")
    secret = await node.people.sign_in_link("ann")
    assert isinstance(secret, str)
    for _ in range(3):
        assert (await node.browser().get(f"/welcome/{secret}")).status == 200
    browser = node.browser()
    page = await browser.get(f"/welcome/{secret}")
    assert (await browser.submit(page, page.form(f"/welcome/{secret}"))).path == "/home"


async def test_a_person_signs_in_by_password_and_out_again(node: Node) -> None:
    await node.person("ann", password=PASSWORD)
    browser = node.browser()
    page = await browser.get("/login")
    wrong = await browser.submit(page, page.form("/login"), name="ann", password="not the password")
    assert wrong.status == 422
    assert "not right" in wrong.text
    home = await browser.submit(wrong, wrong.form("/login"), password=PASSWORD)
    assert home.path == "/home"
    stolen = dict(browser.cookies)
    front = await browser.submit(home, home.form("/logout"))
    assert front.path == "/"
    assert "session" not in browser.cookies
    browser.cookies = stolen
    assert (await browser.get("/home", follow=False)).headers.get("location") == "/login?next=%2Fhome"


async def test_whoever_was_asked_to_sign_in_is_led_back(node: Node) -> None:
    await node.person("ann", password=PASSWORD)
    browser = node.browser()
    page = await browser.get("/search?q=%40x")
    assert page.path.startswith("/login?next=")
    back = await browser.submit(page, page.form("/login"), name="ann", password=PASSWORD)
    assert back.path == "/search?q=%40x"


@pytest.mark.parametrize(
    "next_",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "javascript:x",
    ],
)
async def test_nobody_is_led_to_another_site(node: Node, next_: str) -> None:
    await node.person("ann", password=PASSWORD)
    browser = node.browser()
    page = await browser.get("/login")
    answer = await browser.submit(page, page.form("/login"), follow=False, name="ann", password=PASSWORD, next=next_)
    assert answer.headers.get("location") == "/home"


async def test_a_sign_in_form_needs_the_token_of_its_own_page(node: Node) -> None:
    await node.person("ann", password=PASSWORD)
    browser = node.browser()
    fields = [("name", "ann"), ("password", PASSWORD)]
    assert (await browser.post("/login", fields)).status == 403
    others = await node.browser().get("/login")
    token = dict(others.form("/login").fields)["token"]
    await browser.get("/login")
    assert (await browser.post("/login", [*fields, ("token", token)])).status == 403
    assert "session" not in browser.cookies


async def test_passwords_cannot_be_tried_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "BY_NAME", Bucket(capacity=2, per_second=1 / 60))
    async with open_node() as node:
        await node.person("ann", password=PASSWORD)
        browser, elsewhere = node.browser(), node.browser("203.0.113.9")
        page, other = await browser.get("/login"), await elsewhere.get("/login")
        form = page.form("/login")
        statuses = [(await browser.submit(page, form, name="ann", password="guess")).status for _ in range(3)]
        assert statuses == [422, 422, 429]
        assert (await elsewhere.submit(other, other.form("/login"), name="ANN", password=PASSWORD)).status == 429
        node.clock.advance(61)
        assert (await browser.submit(page, form, name="ann", password=PASSWORD)).path == "/home"


async def test_over_https_the_cookie_is_bound_to_the_host() -> None:
    async with open_node("https://a.test") as node:
        await node.person("ann")
        browser = await node.signed_in("ann")
        assert "__Host-session" in browser.cookies
        secret = await node.people.sign_in_link("ann")
        other = Browser(node.app, "https://a.test")
        page = await other.get(f"/welcome/{secret}")
        answer = await other.submit(page, page.form(f"/welcome/{secret}"), follow=False)
        cookie = next(v for n, v in answer.headers if n == "set-cookie" and v.startswith("__Host-session"))
        assert {"httponly", "secure", "path=/", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}


async def test_a_person_of_several_microblogs_chooses_which_speaks(node: Node) -> None:
    ann, _ = await node.person("ann")
    _, club = await node.person("club")
    await node.database.write(lambda tx: microblogs.add_keeper(tx, ann, club, KeeperRole.EDITOR))
    _, bob = await node.person("bob")
    browser = await node.signed_in("ann")
    page = await browser.get("/home")
    await browser.submit(page, page.form("/speak"), microblog=str(club))
    page = await browser.get("/home")
    await browser.submit(page, page.form("/posts"), text="The club meets on Friday")
    assert "The club meets" in (await node.browser().get("/@club")).text
    page = await browser.get("/home")
    await browser.submit(page, page.form("/speak"), microblog=str(bob))
    assert f'<option value="{club}" selected>' in (await browser.get("/@club")).text, "nobody speaks as somebody else"


async def test_two_nodes_on_one_machine_keep_their_sessions_apart() -> None:
    names = []
    for origin in ("http://localhost:8001", "http://localhost:8002"):
        async with open_node(origin) as node:
            browser = Browser(node.app, origin)
            page = await browser.get(f"/welcome/{await node.people.owner_link()}")
            await browser.submit(page, page.forms[0], name="ann", password="a long pass phrase")
            names.append(set(browser.cookies))
    assert names[0] & names[1] == set()
