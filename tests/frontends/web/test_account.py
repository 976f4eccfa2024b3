"""The account page: changing the password, moving away, deleting everything."""

from typing import Any

import pytest
from msgspec.structs import replace

from scattershot.domain.change import ProfileChanged
from scattershot.domain.ids import MicroblogId
from scattershot.domain.people import KeeperRole
from scattershot.frontends.web import account
from scattershot.storage.tables import microblogs
from scattershot.testing.browser import Browser, Page
from scattershot.wirekit.token_bucket import Bucket
from tests.frontends.web.node import PASSWORD, Node, open_node

PAGE = "/settings/account"
NEW = "another horse battery"


async def signed_in(node: Node, name: str, password: str = PASSWORD) -> Browser:
    browser = node.browser()
    page = await browser.get("/login")
    assert (await browser.submit(page, page.form("/login"), name=name, password=password)).path == "/home"
    return browser


async def sent(browser: Browser, form: str, **filled: Any) -> Page:
    page = await browser.get(PAGE)
    return await browser.submit(page, page.form(f"{PAGE}/{form}"), **filled)


async def is_in(browser: Browser) -> bool:
    return (await browser.get("/home")).path == "/home"


async def test_a_password_is_changed_by_whoever_knows_it_and_other_browsers_are_signed_out(node: Node) -> None:
    await node.person("ann", password=PASSWORD)
    here, elsewhere = await signed_in(node, "ann"), await signed_in(node, "ann")
    wrong = await sent(here, "password", password="not the password", new_password=NEW)
    assert wrong.status == 422
    assert "The old password is not right" in wrong.text
    weak = await sent(here, "password", password=PASSWORD, new_password="short")
    assert "at least 10 characters" in weak.text
    assert await is_in(elsewhere), "nothing happened yet"
    done = await sent(here, "password", password=PASSWORD, new_password=NEW)
    assert "Your password is changed" in done.text
    assert await is_in(here)
    assert not await is_in(elsewhere)
    assert await is_in(await signed_in(node, "ann", NEW))


async def test_who_came_by_a_link_chooses_a_first_password(node: Node) -> None:
    await node.person("ann")
    browser = await node.signed_in("ann")
    assert "old password" not in (await browser.get(PAGE)).text
    await sent(browser, "password", new_password=NEW)
    assert await is_in(await signed_in(node, "ann", NEW))


async def test_passwords_cannot_be_tried_without_end_here_either(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account, "TRIES", Bucket(capacity=2, per_second=1 / 60))
    async with open_node() as node:
        await node.person("ann", password=PASSWORD)
        browser = await signed_in(node, "ann")
        forms: list[tuple[str, dict[str, str]]] = [
            ("password", {"new_password": NEW}), ("delete", {"name": "ann"}), ("move", {"target": "x"}),
        ]  # fmt: skip
        statuses = [(await sent(browser, form, password="guess", **more)).status for form, more in forms]
        assert statuses == [422, 422, 429]
        assert (await sent(browser, "delete", password=PASSWORD, name="ann")).status == 429
        assert await is_in(browser)


async def a_new_home(node: Node, *, alias: bool) -> None:
    """Another microblog here, that names Ann's or does not."""
    _, new = await node.person("anna")
    rows = await node.database.read(microblogs.here)
    old = next(row.profile for row in rows if row.profile.name == "ann")
    profile = next(row.profile for row in rows if row.id == new)
    if alias:
        await node.apply(ProfileChanged(actor=profile.id, profile=replace(profile, also_known_as=(old.id.value,))))


async def test_moving_away_and_coming_back(node: Node) -> None:
    await node.person("ann", password=PASSWORD)
    await a_new_home(node, alias=True)
    browser = await signed_in(node, "ann")
    wrong = await sent(browser, "move", target="@anna@a.test", password="wrong password")
    assert wrong.status == 422
    assert 'value="@anna@a.test"' in wrong.text
    moved = await sent(browser, "move", target="@anna@a.test", password=PASSWORD)
    assert "You have moved" in moved.text
    assert "@anna@a.test" in moved.text
    assert "Has moved to" in (await node.browser().get("/@ann")).text
    home = await browser.get("/home")
    refused = await browser.submit(home, home.form("/posts"), text="still me")
    assert refused.status == 422
    assert "has moved" in refused.text
    back = await sent(browser, "back")
    assert "You are back" in back.text
    assert "Has moved to" not in (await node.browser().get("/@ann")).text
    home = await browser.get("/home")
    assert "still me" in (await browser.submit(home, home.form("/posts"), text="still me")).text


async def test_one_cannot_move_to_a_microblog_that_says_nothing_of_it(node: Node) -> None:
    await node.person("ann", password=PASSWORD)
    await a_new_home(node, alias=False)
    browser = await signed_in(node, "ann")
    for target, words in (("@anna@a.test", "does not name this one"), ("@ann", "Name the microblog"), ("@x", "x")):
        refused = await sent(browser, "move", target=target, password=PASSWORD)
        assert refused.status == 422
        assert words in refused.text


async def test_only_an_owner_moves_a_microblog(node: Node) -> None:
    await a_club(node)
    browser = await node.signed_in("ed")
    page = await browser.get("/home")
    await browser.submit(page, page.form("/speak"), microblog=str((await the_club(node)).id))
    page = await browser.get(PAGE)
    assert "moves it" in page.text
    refused = await browser.post(f"{PAGE}/move", [("token", dict(page.forms[0].fields)["token"]), ("target", "@ed")])
    assert refused.status == 403
    assert "Only whoever owns" in refused.text


async def a_club(node: Node) -> None:
    _, club = await node.person("club")
    ed, _ = await node.person("ed")
    await node.database.write(lambda tx: microblogs.add_keeper(tx, ed, club, KeeperRole.EDITOR))


async def the_club(node: Node) -> microblogs.Row:
    return next(row for row in await node.database.read(microblogs.here) if row.profile.name == "club")


async def test_everything_is_deleted_by_name_and_password_alone(node: Node, bob: MicroblogId, bobs: Browser) -> None:
    _, ann = await node.person("ann", password=PASSWORD)
    post = await node.say(ann, "remember me")
    browser, elsewhere = await signed_in(node, "ann"), await signed_in(node, "ann")
    for filled in ({"name": "bob", "password": PASSWORD}, {"name": "ann", "password": "wrong password"}):
        assert (await sent(browser, "delete", **filled)).status == 422
    assert (await bobs.get("/@ann")).status == 200
    front = await sent(browser, "delete", name="@Ann", password=PASSWORD)
    assert front.path == "/"
    assert "session" not in browser.cookies
    assert not await is_in(elsewhere)
    assert (await bobs.get("/@ann")).status == 410
    assert (await bobs.get(f"/@ann/{post}")).status == 404
    assert "remember me" not in (await bobs.get("/local")).text
    assert "remember me" not in (await bobs.get("/home")).text
    page = await browser.get("/login")
    assert (await browser.submit(page, page.form("/login"), name="ann", password=PASSWORD)).status == 422


async def test_an_editor_who_leaves_does_not_take_the_club_along(node: Node) -> None:
    await a_club(node)
    await sent(await node.signed_in("ed"), "delete", name="ed")
    assert (await node.browser().get("/@club")).status == 200
    assert (await node.browser().get("/@ed")).status == 410
