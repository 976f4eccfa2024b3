"""Complaints and pins on the pages: who may do what, and what is seen of it."""

import pytest

from scattershot.domain.ids import MicroblogId
from scattershot.domain.post import Audience
from scattershot.frontends.web import reporting
from scattershot.storage.tables import microblogs
from scattershot.testing.browser import Browser
from scattershot.wirekit.token_bucket import Bucket
from tests.frontends.web.node import Node, open_node


@pytest.fixture
async def admins(node: Node) -> Browser:
    await node.person("root1", admin=True)
    return await node.signed_in("root1")


async def test_a_post_is_reported_from_its_menu_and_dealt_with_by_an_admin(
    node: Node, bob: MicroblogId, anns: Browser, admins: Browser
) -> None:
    meant = await node.say(bob, "buy my <pills>")
    other = await node.say(bob, "good morning")
    page = await anns.get("/@bob")
    assert f'href="/report/{bob}?post={meant}"' in page.text
    form_page = await anns.get(f"/report/{bob}?post={meant}")
    form = form_page.form(f"/report/{bob}")
    assert ("post", str(meant)) in form.fields
    assert ("post", str(other)) not in form.fields, "it is offered, not ticked"
    assert f'value="{other}"' in form_page.text
    assert "forward" not in form_page.text, "it is of here"
    sent = await anns.submit(form_page, form, comment="spam & <b>worse</b>")
    assert sent.status == 200
    assert "was filed" in sent.text

    listed = await admins.get("/admin/reports")
    assert "@bob@a.test" in listed.text
    assert "@ann@a.test" in listed.text
    assert "spam &amp; &lt;b&gt;worse" in listed.text
    assert "buy my &lt;pills&gt;" in listed.text
    assert "good morning" not in listed.text
    assert 'href="/admin"' in listed.text
    after = await admins.submit(listed, listed.deed("/resolve"))
    assert after.path == "/admin/reports"
    assert "No complaint is open" in after.text


async def test_a_microblog_is_reported_without_any_post_and_its_node_told_if_wished(
    node: Node, anns: Browser, admins: Browser
) -> None:
    dana = await node.elsewhere()
    row = await node.database.read(lambda tx: microblogs.by_wire_id(tx, dana))
    assert row is not None
    profile = await anns.get("/@dana@remote.example")
    assert f'href="/report/{row.id}"' in profile.text
    page = await anns.get(f"/report/{row.id}")
    assert "Send it to those who run remote.example" in page.text
    await anns.submit(page, page.form(f"/report/{row.id}"), comment="", forward="yes")
    await anns.submit(page, page.form(f"/report/{row.id}"), comment="again")
    listed = (await admins.get("/admin/reports")).text
    assert listed.count("their node was told") == 1
    assert listed.count("their node was not told") == 1


async def test_complaints_are_nobodys_business_but_an_admins(node: Node, bob: MicroblogId, anns: Browser) -> None:
    page = await anns.get(f"/report/{bob}")
    await anns.submit(page, page.form(f"/report/{bob}"), comment="spam")
    for browser in (anns, node.browser()):
        assert (await browser.get("/admin/reports")).status == 404
    token = dict(page.form(f"/report/{bob}").fields)["token"]
    assert (await anns.post("/admin/reports/1/resolve", [("token", token)])).status == 404
    assert "/admin/reports" not in (await anns.get("/home")).text


async def test_nobody_reports_themselves_or_nobody_or_without_a_name(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    assert (await anns.get(f"/report/{ann}")).status == 404
    assert (await anns.get("/report/99999999999999999999")).status == 404
    assert (await node.browser().get(f"/report/{bob}")).path.startswith("/login")


async def test_a_post_that_one_may_not_read_is_not_offered(node: Node, bob: MicroblogId, anns: Browser) -> None:
    secret = await node.say(bob, "dear diary", Audience.MENTIONED)
    page = await anns.get(f"/report/{bob}?post={secret}")
    assert page.status == 200
    assert "dear diary" not in page.text


async def test_nobody_complains_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "COMPLAINTS", Bucket(capacity=1, per_second=1 / 60))
    async with open_node() as node:
        await node.person("ann")
        _, bob = await node.person("bob")
        browser = await node.signed_in("ann")
        page = await browser.get(f"/report/{bob}")
        form = page.form(f"/report/{bob}")
        assert (await browser.submit(page, form, comment="one")).status == 200
        again = await browser.submit(page, form, comment="two")
        assert again.status == 429
        assert "two" in again.text


async def test_posts_are_pinned_and_unpinned_from_their_menu(
    node: Node, ann: MicroblogId, anns: Browser, bobs: Browser
) -> None:
    old = await node.say(ann, "the first one")
    await node.say(ann, "the last one")
    closed = await node.say(ann, "for friends", Audience.FOLLOWERS)
    page = await anns.get("/@ann")
    assert f"/posts/{closed}/pin" not in page.text
    page = await anns.submit(page, page.form(f"/posts/{old}/pin"))
    assert page.path.startswith("/@ann")
    assert page.text.index("the first one") < page.text.index("the last one")
    assert "Pin to my page" in page.text
    seen = await bobs.get("/@ann")
    assert seen.text.index("the first one") < seen.text.index("the last one")
    assert "/unpin" not in seen.text
    page = await anns.submit(page, page.form(f"/posts/{old}/unpin"))
    assert page.text.index("the first one") > page.text.index("the last one")


async def test_a_sixth_pin_is_refused_in_words(node: Node, ann: MicroblogId, anns: Browser) -> None:
    posts = [await node.say(ann, f"post {number}") for number in range(6)]
    page = await anns.get("/@ann")
    for post in posts[:5]:
        assert (await anns.submit(page, page.form(f"/posts/{post}/pin"))).status == 200
    refused = await anns.submit(page, page.form(f"/posts/{posts[5]}/pin"))
    assert refused.status == 422
    assert "At most 5 posts" in refused.text
