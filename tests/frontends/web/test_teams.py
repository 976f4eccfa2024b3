"""My microblogs: making one, asking others to keep it, and what each of them may do on the pages."""

from typing import Any

import pytest

from scattershot.domain.ids import MicroblogId
from scattershot.testing.browser import Browser, Page
from tests.frontends.web.node import PASSWORD, Node

PAGE = "/settings/microblogs"


async def make(browser: Browser, name: str = "club", title: str = "The club") -> int:
    page = await browser.get(PAGE)
    made = await browser.submit(page, page.form(PAGE), name=name, title=title, voice="organization")
    assert "Here it is" in made.text
    return int(made.path.partition("?")[0].rpartition("/")[2])


async def sent(browser: Browser, club: int, deed: str, **filled: Any) -> Page:
    page = await browser.get(f"{PAGE}/{club}")
    return await browser.submit(page, page.form(f"{PAGE}/{club}/{deed}"), **filled)


async def forged(browser: Browser, path: str, **fields: str) -> Page:
    """A form that no page offered, with a token that is good."""
    page = await browser.get(PAGE)
    token = dict(page.forms[0].fields)["token"]
    return await browser.post(path, [("token", token), *fields.items()])


async def joined(node: Node, owner: Browser, club: int, name: str, role: str = "editor") -> Browser:
    """The browser of somebody who was asked to keep it and accepted."""
    await sent(owner, club, "invite", handle=f"@{name}", role=role)
    browser = await node.signed_in(name)
    page = await browser.get("/home")
    assert "You are asked" in page.text
    page = await browser.get(PAGE)
    assert "asks you to keep it too" in page.text
    done = await browser.submit(page, page.form(f"{PAGE}/answer"), answer="yes")
    assert "You keep it too now" in done.text
    return browser


async def speak(browser: Browser, microblog: int) -> None:
    page = await browser.get("/home")
    await browser.submit(page, page.form("/speak"), microblog=str(microblog))


async def test_a_person_makes_a_microblog_and_speaks_as_it_at_once(node: Node, ann: MicroblogId, anns: Browser) -> None:
    club = await make(anns)
    home = await anns.get("/home")
    assert f'<option value="{club}" selected>' in home.text
    await anns.submit(home, home.form("/posts"), text="The club meets")
    shown = (await node.browser().get("/@club")).text
    assert "The club meets" in shown
    assert "The club" in shown
    listed = await anns.get(PAGE)
    assert "bears your name" in listed.text
    again = next(form for form in listed.forms if form.action == "/speak" and ("microblog", str(ann)) in form.fields)
    assert f'<option value="{ann}" selected>' in (await anns.submit(listed, again)).text
    page = await anns.get(PAGE)
    again = await anns.submit(page, page.form(PAGE), name="Club", title="Mine")
    assert again.status == 422
    assert "is taken" in again.text
    assert 'value="Mine"' in again.text, "what was typed is not lost"


async def test_two_keep_it_and_both_are_named(node: Node, anns: Browser, bob: MicroblogId) -> None:
    club = await make(anns)
    bobs = await joined(node, anns, club, "bob")
    await sent(anns, club, "writers", shows="yes")
    await speak(bobs, club)
    home = await bobs.get("/home")
    await bobs.submit(home, home.form("/posts"), text="Bob wrote this")
    home = await anns.get("/home")
    await anns.submit(home, home.form("/posts"), text="Ann wrote this")
    page = (await node.browser().get("/@club")).text
    assert page.count('class="writer"') == 2
    seen = await bobs.get(f"{PAGE}/{club}")
    assert "It shows who wrote each post" in seen.text
    await sent(bobs, club, "named", named=None)
    page = (await node.browser().get("/@club")).text
    assert page.count('class="writer"') == 1, "who takes their name back is named no more"


async def test_an_editor_writes_and_is_refused_the_rest(node: Node, anns: Browser, bob: MicroblogId) -> None:
    club = await make(anns)
    home = await anns.get("/home")
    await anns.submit(home, home.form("/posts"), text="Ann wrote this")
    bobs = await joined(node, anns, club, "bob")
    await speak(bobs, club)
    settings = await bobs.get("/settings")
    assert "is up to" in settings.text
    assert not [form for form in settings.forms if form.action == "/settings"]
    assert "moves it" in (await bobs.get("/settings/account")).text
    own = await bobs.get(f"{PAGE}/{club}")
    assert {form.action.rpartition("/")[2] for form in own.forms} == {"speak", "logout", "named", "leave"}
    assert "Follow" not in (await bobs.get("/@ann")).text
    [post] = (await node.timelines.by(MicroblogId(club), None)).items
    for path, fields in (
        ("/settings", {"display_name": "Mine now"}),
        ("/settings/account/move", {"target": "@bob"}),
        ("/settings/account/back", {}),
        (f"/microblogs/{bob}/follow", {}),
        (f"/microblogs/{bob}/block", {}),
        (f"/posts/{post.id}/delete", {}),
        (f"/posts/{post.id}/edit", {"text": "Bob wrote this"}),
        (f"{PAGE}/{club}/invite", {"handle": "@ann", "role": "owner"}),
        (f"{PAGE}/{club}/link", {"role": "owner"}),
        (f"{PAGE}/{club}/role", {"keeper": "2", "role": "owner"}),
        (f"{PAGE}/{club}/remove", {"keeper": "1"}),
        (f"{PAGE}/{club}/hand-over", {"keeper": "2"}),
        (f"{PAGE}/{club}/writers", {"shows": "yes"}),
        (f"{PAGE}/{club}/delete", {"name": "club"}),
    ):
        assert (await forged(bobs, path, **fields)).status == 403, path
    assert "Ann wrote this" in (await node.browser().get("/@club")).text
    assert (await forged(bobs, f"/posts/{post.id}/like")).status == 200, "that is what an editor is for"


async def test_who_is_removed_speaks_as_it_no_longer(node: Node, anns: Browser, bob: MicroblogId) -> None:
    club = await make(anns)
    bobs = await joined(node, anns, club, "bob")
    await speak(bobs, club)
    home = await bobs.get("/home")
    await sent(anns, club, "remove", keeper="2")
    await bobs.submit(home, home.form("/posts"), text="As whom is this?")
    assert "As whom" not in (await node.browser().get("/@club")).text
    assert "As whom" in (await node.browser().get("/@bob")).text, "as himself, as the page that followed says"
    assert (await bobs.get(f"{PAGE}/{club}")).status == 404


async def test_a_link_is_shown_once_and_lets_one_in(node: Node, anns: Browser, bob: MicroblogId) -> None:
    club = await make(anns)
    made = await sent(anns, club, "link", role="editor")
    link = next(part for part in made.text.replace("&#x2f;", "/").split('"') if "/keep/" in part)
    assert made.headers.get("cache-control") == "no-store"
    assert "/keep/" not in (await anns.get(f"{PAGE}/{club}")).text.replace("&#x2f;", "/")
    path = "/keep/" + link.rpartition("/")[2]
    stranger = await node.browser().get(path)
    assert stranger.path.startswith("/login?next=%2Fkeep%2F")
    bobs = await node.signed_in("bob")
    page = await bobs.get(path)
    assert "as an editor" in page.text
    assert "You keep it too now" in (await bobs.submit(page, page.form(path))).text
    assert (await bobs.get(path)).status == 410


async def test_roles_change_hands(node: Node, anns: Browser, bob: MicroblogId) -> None:
    club = await make(anns)
    bobs = await joined(node, anns, club, "bob")
    alone = await sent(anns, club, "leave")
    assert alone.status == 422
    assert "needs an owner" in alone.text
    await sent(anns, club, "hand-over", keeper="2")
    assert "Only whoever owns" in (await forged(anns, f"{PAGE}/{club}/remove", keeper="2")).text
    await sent(bobs, club, "role", keeper="1", role="owner")
    assert (await sent(bobs, club, "leave")).path == PAGE
    assert (await bobs.get(f"{PAGE}/{club}")).status == 404


async def test_an_invitation_is_declined_or_taken_back(node: Node, anns: Browser, bobs: Browser) -> None:
    club = await make(anns)
    await sent(anns, club, "invite", handle="bob")
    page = await bobs.get(PAGE)
    await bobs.submit(page, page.form(f"{PAGE}/answer"), answer="no")
    assert "You are asked" not in (await bobs.get(PAGE)).text
    await sent(anns, club, "invite", handle="bob")
    page = await bobs.get(PAGE)
    await sent(anns, club, "take-back")
    late = await bobs.submit(page, page.form(f"{PAGE}/answer"), answer="yes")
    assert late.status == 410
    wrong = await sent(anns, club, "invite", handle="@nobody")
    assert wrong.status == 422
    assert "who can be asked" in wrong.text


async def test_it_is_deleted_by_its_name_and_the_owners_password(node: Node, bob: MicroblogId) -> None:
    await node.person("ann", password=PASSWORD)
    browser = await node.signed_in("ann")
    club = await make(browser)
    for filled in ({"name": "ann", "password": PASSWORD}, {"name": "club", "password": "wrong password"}):
        assert (await sent(browser, club, "delete", **filled)).status == 422
    assert (await sent(browser, club, "delete", name="@Club", password=PASSWORD)).path == PAGE
    assert (await node.browser().get("/@club")).status == 410
    assert (await browser.get(f"{PAGE}/{club}")).status == 404
    assert (await browser.get("/home")).status == 200, "she speaks as herself again"


@pytest.mark.parametrize("path", ["/settings/microblogs/1", f"/settings/microblogs/{1 << 70}", "/keep/nothing"])
async def test_what_is_not_ones_own_is_not_there(anns: Browser, path: str) -> None:
    assert (await anns.get(path)).status in (404, 410)


@pytest.mark.parametrize(
    "deed",
    ["invite", "link", "role", "remove", "hand-over", "writers", "named", "leave", "delete", "take-back", "nonsense"],
)
async def test_nonsense_is_refused(anns: Browser, deed: str) -> None:
    club = await make(anns)
    odd = {"keeper": "-1", "role": "emperor", "handle": "\0" * 9, "invitation": "9" * 99, "name": "x"}
    assert (await forged(anns, f"{PAGE}/{club}/{deed}", **odd)).status in (200, 404, 422)
    assert (await anns.get(f"{PAGE}/{club}")).status == 200
