"""Signing up on the pages, as the node is set up; inviting; and saying yes."""

from typing import Any

import pytest

from scattershot.testing.browser import Browser, Page
from tests.frontends.web.node import PASSWORD, Node, open_node


async def fill(browser: Browser, path: str = "/signup", **filled: Any) -> Page:
    page = await browser.get(path)
    assert page.status == 200
    return await browser.submit(page, page.form("/signup"), **{"password": PASSWORD, "agreed": "yes", **filled})


async def sign_in(node: Node, name: str) -> Page:
    browser = node.browser()
    page = await browser.get("/login")
    return await browser.submit(page, page.form("/login"), name=name, password=PASSWORD)


async def test_a_closed_node_offers_no_sign_up(node: Node) -> None:
    browser = node.browser()
    assert (await browser.get("/signup")).status == 403
    for path in ("/", "/login"):
        assert "Sign up" not in (await browser.get(path)).text
    page = await browser.get("/login")
    token = dict(page.forms[0].fields)["token"]
    refused = await browser.post("/signup", [("token", token), ("name", "bea"), ("password", PASSWORD)])
    assert refused.status == 403
    assert (await browser.get("/@bea")).status == 404


async def test_at_an_open_door_one_is_in_at_once_and_led_to_where_one_wished_to_go() -> None:
    async with open_node(sign_up="open", sign_up_message="Be kind.") as node:
        assert "Sign up" in (await node.browser().get("/")).text
        browser = node.browser()
        page = await browser.get("/signup?next=/local")
        assert "Be kind." in page.text
        wrong = await browser.submit(page, page.form("/signup"), name="admin", password="short", email="x", agreed=None)
        assert wrong.status == 422
        for words in ("kept free", "at least 10", "not an e-mail address", "agree to the rules"):
            assert words in wrong.text
        assert "short" not in wrong.text, "a password is not shown again"
        done = await browser.submit(wrong, wrong.form("/signup"), name="Bea", password=PASSWORD, email="", agreed="yes")
        assert done.path == "/local"
        assert "Sign out" in done.text
        assert (await node.browser().get("/@bea")).status == 200
        assert (await browser.get("/signup")).path == "/home", "whoever is in needs no door"
        elsewhere = await fill(node.browser(), "/signup?next=//evil.example", name="cas")
        assert elsewhere.path == "/begin"


async def test_forms_from_elsewhere_and_too_many_of_them_sign_nobody_up() -> None:
    async with open_node(sign_up="open") as node:
        assert (await node.browser().post("/signup", [("name", "bea"), ("password", PASSWORD)])).status == 403
        for number in range(5):
            assert (await fill(node.browser(), name=f"bea{number}")).status == 200
        often = await fill(node.browser(), name="one_more")
        assert often.status == 429
        assert "too often" in often.text
        other = node.browser("203.0.113.9")
        assert (await fill(other, name="one_more")).status == 200


async def test_by_invitation_one_comes_by_a_link() -> None:
    async with open_node(sign_up="invitation") as node:
        await node.person("ann", admin=True)
        refused = await fill(node.browser(), name="bea", invitation="made up")
        assert refused.status == 422
        assert "too old" in refused.text
        anns = await node.signed_in("ann")
        page = await anns.get("/settings/invitations")
        made = await anns.submit(page, page.form("/settings/invitations"), note="for Bea", admin=None)
        link = next(part for part in made.text.replace("&#x2f;", "/").split('"') if "/invite/" in part)
        assert made.headers.get("cache-control") == "no-store"
        path = "/invite/" + link.rpartition("/")[2]
        browser = node.browser()
        page = await browser.get(path)
        assert "invitation of <b>@ann</b>" in page.text
        done = await browser.submit(page, page.form("/signup"), name="bea", password=PASSWORD, agreed="yes")
        assert done.path == "/begin"
        assert (await node.browser().get(path)).status == 410
        assert "follow" in (await anns.get("/notifications")).text
        assert (await browser.get("/settings/invitations")).status == 404, "she may not invite"


async def test_people_invite_where_the_node_lets_them_and_take_it_back() -> None:
    async with open_node(sign_up="invitation", people_may_invite=True) as node:
        await node.person("bob")
        bobs = await node.signed_in("bob")
        assert "/settings/invitations" in (await bobs.get("/settings")).text.replace("&#x2f;", "/")
        page = await bobs.get("/settings/invitations")
        for odd in ({"most": "", "days": ""}, {"most": "9999"}, {"most": "-1"}, {"days": "x"}, {"admin": "yes"}):
            assert (await bobs.submit(page, page.form("/settings/invitations"), **odd)).status in (403, 422), odd
        made = await bobs.submit(page, page.form("/settings/invitations"), note="<b>")
        code = made.text.replace("&#x2f;", "/").partition("/invite/")[2].partition('"')[0]
        assert await node.sign_up.invited(code) is not None
        page = await bobs.get("/settings/invitations")
        await bobs.submit(page, page.form("/settings/invitations/take-back"))
        assert await node.sign_up.invited(code) is None


async def test_who_needs_a_yes_waits_for_it() -> None:
    async with open_node(sign_up="approval") as node:
        await node.person("ann", admin=True)
        await node.person("bob")
        blank = await fill(node.browser(), name="bea", reason=" ")
        assert "in a few words" in blank.text
        waits = await fill(node.browser(), name="bea", reason="I like <b>birds</b>", email="bea@example.org")
        assert waits.status == 202
        assert "No mail is sent" in waits.text
        assert "have not said yes" in (await sign_in(node, "bea")).text
        assert (await node.browser().get("/@bea")).status == 404
        bobs = await node.signed_in("bob")
        assert (await bobs.get("/admin/people")).status == 404
        anns = await node.signed_in("ann")
        page = await anns.get("/admin/people")
        assert "bea@example.org" in page.text
        assert "I like &lt;b&gt;birds" in page.text
        yes = next(form for form in page.forms if form.action.endswith("/approve"))
        assert "Nobody waits" in (await anns.submit(page, yes)).text
        assert (await anns.submit(page, yes)).status == 404
        assert (await sign_in(node, "bea")).path == "/home"
        await fill(node.browser(), name="cas", reason="spam")
        page = await anns.get("/admin/people")
        await anns.submit(page, next(form for form in page.forms if form.action.endswith("/reject")))
        assert "not right" in (await sign_in(node, "cas")).text


@pytest.mark.parametrize("what", ["1/approve", "1/nonsense", f"{1 << 70}/reject"])
async def test_only_those_who_run_the_node_decide_and_about_who_waits(node: Node, anns: Browser, what: str) -> None:
    path = f"/admin/people/{what}"
    home = await anns.get("/home")
    token = dict(home.forms[0].fields)["token"]
    assert (await anns.post(path, [("token", token)])).status == 404
    await node.person("root_", admin=True)
    roots = await node.signed_in("root_")
    token = dict((await roots.get("/home")).forms[0].fields)["token"]
    assert (await roots.post(path, [("token", token)])).status == 404


async def test_one_sees_where_one_is_signed_in_and_ends_it(node: Node, anns: Browser) -> None:
    other = await node.signed_in("ann")
    page = await anns.get("/settings/sessions")
    assert page.text.count("this browser") == 1
    await anns.submit(page, page.form("/settings/sessions/end"))
    assert (await other.get("/home")).path != "/home"
    assert (await anns.get("/home")).path == "/home"
    again = await node.signed_in("ann")
    page = await anns.get("/settings/sessions")
    await anns.submit(page, page.form("/settings/sessions/end-others"))
    assert (await again.get("/home")).path != "/home"
    assert (await anns.submit(page, page.form("/settings/sessions/end-others"), token="bad")).status == 403


async def test_one_sees_what_programs_act_for_one_and_ends_them(node: Node, anns: Browser) -> None:
    token = await node.programs.by_hand("ann")
    assert isinstance(token, str)
    page = await anns.get("/settings/sessions")
    assert "Made at the terminal" in page.text
    assert "as @ann@a.test" in page.text
    await anns.submit(page, page.form("/settings/sessions/end-program"))
    assert await node.programs.caller(token) is None
    assert (await anns.submit(page, page.form("/settings/sessions/end-program"))).status == 404


async def test_an_address_is_kept_for_those_who_run_the_node_and_can_be_taken_away(node: Node, anns: Browser) -> None:
    page = await anns.get("/settings/account")
    wrong = await anns.submit(page, page.form("/settings/account/email"), email="nonsense")
    assert wrong.status == 422
    page = await anns.get("/settings/account")
    done = await anns.submit(page, page.form("/settings/account/email"), email="ann@example.org")
    assert 'value="ann@example.org"' in done.text
    assert "ann@example.org" not in (await node.browser().get("/@ann")).text
    gone = await anns.submit(done, done.form("/settings/account/email"), email="")
    assert "ann@example.org" not in gone.text
