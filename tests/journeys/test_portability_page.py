"""The page by which people take along what is theirs and bring it in."""

import io
import zipfile

from scattershot.storage.tables import microblogs
from scattershot.testing.browser import Browser
from scattershot.testing.village import House, Village

PAGE = "/settings/portability"


async def signed_in(house: House, name: str) -> Browser:
    browser = Browser(house.node.app, f"https://{house.host}")
    link = await house.node.people.sign_in_link(name)
    page = await browser.get(f"/welcome/{link}")
    assert (await browser.submit(page, page.forms[0], password="")).status < 400
    return browser


async def test_ann_takes_a_file_along_and_brings_it_in_where_she_lives_now(village: Village) -> None:
    a, b = await village.house("a.test"), await village.house("b.test")
    for house in (a, b):
        await house.person("ann")
    await b.person("bob")
    await a.follow("ann", "@bob@b.test")
    await village.settle()
    old, new = await signed_in(a, "ann"), await signed_in(b, "ann")
    file = await old.get(f"{PAGE}/following_accounts.csv")
    assert file.headers.get("content-disposition") == 'attachment; filename="following_accounts.csv"'
    assert "bob@b.test,true,false," in file.text
    page = await new.get(PAGE)
    body = f"{file.text}no name\n".encode()
    given = await new.give(page, page.form(f"{PAGE}/import"), body, mode="merge", kind="following_accounts")
    assert given.path == PAGE
    assert "It goes on" in given.text
    await village.settle()
    done = (await new.get(PAGE)).text
    assert "1 of 2 done" in done
    assert "It goes on" not in done
    failures = f"{PAGE}/failures/{done.partition('/failures/')[2].partition(chr(34))[0]}"
    assert "that is no name like who@where" in (await new.get(failures)).text
    assert "bob@b.test" in (await new.get(f"{PAGE}/following_accounts.csv")).text
    assert "ann@b.test" in (await (await signed_in(b, "bob")).get(f"{PAGE}/followers.csv")).text
    stranger = await signed_in(b, "bob")
    assert (await stranger.get(failures)).status == 404


async def test_a_file_that_cannot_be_used_is_refused_in_words(village: Village) -> None:
    a = await village.house("a.test")
    await a.person("ann")
    browser = await signed_in(a, "ann")
    page = await browser.get(PAGE)
    form = page.form(f"{PAGE}/import")
    refused = await browser.give(page, form, b"\x89PNG\r\n", kind="following_accounts")
    assert refused.status == 422
    assert "No line of the file can be used" in refused.text
    assert (await browser.give(page, form, b"bob@b.test\n", kind="followers")).status == 422
    assert (await browser.give(page, form, b"bob@b.test\n", token="wrong", kind="lists")).status == 403
    assert (await browser.give(page, form, b"x" * 16_100_000, kind="lists")).status == 413
    assert (await browser.post(f"{PAGE}/import", [("token", "x")])).status in (403, 413, 422)
    nobody = Browser(a.node.app, "https://a.test")
    for path in (PAGE, f"{PAGE}/lists.csv", f"{PAGE}/archive/1"):
        assert (await nobody.get(path)).path.startswith("/login")
    for path in (f"{PAGE}/passwords.csv", f"{PAGE}/archive/1", f"{PAGE}/failures/{1 << 70}"):
        assert (await browser.get(path)).status == 404


async def test_an_archive_is_fetched_by_its_owner_alone(village: Village) -> None:
    a = await village.house("a.test")
    for name in ("ann", "eva"):
        await a.person(name)
    await a.post("ann", "hello")
    browser, eva = await signed_in(a, "ann"), await signed_in(a, "eva")
    page = await browser.get(PAGE)
    asked = await browser.submit(page, page.form(f"{PAGE}/archive"))
    assert "Being made" in asked.text
    await village.settle()
    again = await browser.get(PAGE)
    path = f"{PAGE}/archive/{again.text.partition('/archive/')[2].partition(chr(34))[0]}"
    body = await browser.file(path)
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert b"hello" in archive.read("outbox.json")
    assert (await eva.get(path)).status == 404
    assert (await browser.submit(again, again.form(f"{PAGE}/archive"))).status == 429


async def test_whether_posts_may_be_searched_is_chosen_on_a_page_and_told_to_other_nodes(village: Village) -> None:
    a, b = await village.house("a.test"), await village.house("b.test")
    await a.person("ann")
    await b.person("bob")
    await b.follow("bob", "@ann@a.test")
    await village.settle()
    browser = await signed_in(a, "ann")
    for chosen in ("yes", None):
        page = await browser.get("/settings")
        await browser.submit(page, page.form("/settings"), indexable=chosen)
        await village.settle()
        known = await b.microblog("@ann@a.test")
        row = await b.node.drivers.database.read(lambda tx, known=known: microblogs.get(tx, known))
        assert row is not None
        assert row.profile.indexable is (chosen == "yes")
        assert f'"indexable":{"true" if chosen else "false"}' in (await a.get("/@ann")).body.decode()
