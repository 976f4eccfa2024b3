"""Announcements on the pages of those who run the node."""

import pytest

from scattershot.domain.reading import Refused
from scattershot.testing.browser import Browser
from scattershot.testing.village import House, Village
from tests.journeys.test_portability_page import signed_in

PAGE = "/admin/announcements"


@pytest.fixture
async def house(village: Village) -> House:
    built = await village.house("a.test")
    await built.person("ann")
    made = await built.node.people.add("rita", admin=True)
    assert not isinstance(made, Refused), made
    return built


@pytest.fixture
async def admins(house: House) -> Browser:
    return await signed_in(house, "rita")


async def test_something_is_announced_hidden_shown_and_removed(house: House, admins: Browser) -> None:
    assert f'href="{PAGE}"' in (await admins.get("/admin/reports")).text
    page = await admins.get(PAGE)
    assert "Nothing was announced yet" in page.text
    after = await admins.submit(page, page.form(PAGE), text="We <b>move</b> on *Monday*")
    assert after.path == PAGE
    assert "We &lt;b&gt;move&lt;" in after.text
    [row] = await house.node.announcements.every()
    assert row.published is not None
    assert "<em>Monday</em>" in row.said.html
    after = await admins.submit(after, after.deed("/hide"))
    assert "A draft" in after.text
    after = await admins.submit(after, after.deed("/publish"))
    assert "Published" in after.text
    after = await admins.submit(after, after.deed("/remove"))
    assert "Nothing was announced yet" in after.text


async def test_a_time_and_a_draft(house: House, admins: Browser) -> None:
    page = await admins.get(PAGE)
    said = {"text": "Party", "starts": "2030-12-24T18:00", "ends": "2030-12-25T02:00", "draft": "yes"}
    assert (await admins.submit(page, page.form(PAGE), **said)).status == 200
    [row] = await house.node.announcements.every()
    assert (row.published, row.span.starts, row.span.ends) == (None, 1_924_365_600_000, 1_924_394_400_000)


async def test_what_was_typed_stays_where_it_cannot_be(house: House, admins: Browser) -> None:
    page = await admins.get(PAGE)
    for wrong in ({"starts": "soon", "ends": "later"}, {"starts": "2030-12-24T18:00"}, {"all_day": "yes"}):
        answer = await admins.submit(page, page.form(PAGE), text="Keep <this>", **wrong)
        assert answer.status == 422
        assert 'role="alert"' in answer.text
        assert "Keep &lt;this&gt;</textarea>" in answer.text
    assert await house.node.announcements.every() == []


async def test_it_is_nobodys_business_but_an_admins(house: House, admins: Browser) -> None:
    anns = await signed_in(house, "ann")
    for browser in (anns, Browser(house.node.app, f"https://{house.host}")):
        assert (await browser.get(PAGE)).status == 404
    page = await admins.get(PAGE)
    await admins.submit(page, page.form(PAGE), text="x")
    token = next(dict(form.fields)["token"] for form in (await anns.get("/home")).forms if "token" in dict(form.fields))
    for path in (PAGE, f"{PAGE}/1/hide", f"{PAGE}/1/remove"):
        assert (await anns.post(path, [("token", token), ("text", "mine")])).status == 404
    assert [row.said.text for row in await house.node.announcements.every()] == ["x"]
    shown = await admins.get(PAGE)
    own = dict(shown.form(PAGE).fields)["token"]
    for path in (f"{PAGE}/9/hide", f"{PAGE}/9/remove", f"{PAGE}/99999999999999999999/remove"):
        assert (await admins.post(path, [("token", own)])).status == 404
