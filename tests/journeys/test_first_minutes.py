"""The first five minutes without a script: who one is, whom to follow, the first post; lists, and pictures."""

from scattershot.domain.announcement import Span
from scattershot.testing.browser import Browser, Page
from scattershot.testing.village import House, Village
from tests.files import a_picture
from tests.journeys.test_writing_page import signed_in


async def give(browser: Browser, page: Page, path: str, field: str, file: bytes, **filled: str) -> Page:
    """Send a form with a file in a field of another name."""
    form = page.form(path)
    mark = "a-line-that-stands-in-no-file"
    fields = dict(form.fields) | filled
    parts = [f'--{mark}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    head = f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="x.jpg"\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + file + f"\r\n--{mark}--\r\n".encode()
    said = {"origin": browser._origin, "sec-fetch-site": "same-origin", "content-length": str(len(body))}
    said["content-type"] = f"multipart/form-data; boundary={mark}"
    return await browser._go("POST", path, body, said, follow=True)


async def two(village: Village) -> tuple[House, House, Browser]:
    a, b = await village.house("a.test"), await village.house("b.test")
    await a.person("ann")
    await b.person("bob", discoverable=True)
    return a, b, await signed_in(a, "ann")


async def test_who_begins_says_who_they_are_follows_and_says_hello(village: Village) -> None:
    a, b, anns = await two(village)
    empty = await anns.get("/home")
    assert "/begin/whom" in empty.text
    page = await anns.get("/begin")
    assert "A handle is a name and the place where it lives" in page.text
    whom = await give(anns, page, "/begin", "avatar", a_picture(), display_name="Ann", bio="Counts herons")
    assert whom.path == "/begin/whom"
    profile = (await a.row("ann")).profile
    assert (profile.display_name, profile.avatar != "") == ("Ann", True)
    found = await anns.get("/begin/whom?q=%40bob%40b.test")
    followed = await anns.submit(found, found.deed("/follow"))
    assert followed.path == "/begin/whom"
    hello = await anns.get("/begin/say")
    assert (await anns.submit(hello, hello.form("/posts"), text="Hello #introduction")).path == "/home"
    await village.settle()
    await b.post("bob", "welcome, Ann")
    await village.settle()
    assert "welcome, Ann" in (await anns.get("/home")).text


async def test_the_one_box_takes_what_people_paste_and_says_clearly_what_it_cannot(village: Village) -> None:
    _, _, anns = await two(village)
    for typed in ("@bob@b.test", "bob@b.test", "acct:bob@b.test", "https://b.test/@bob", " <https://b.test/@bob> "):
        page = await anns.get("/begin/whom?q=" + typed.replace("@", "%40").replace(" ", "+"))
        assert (page.status, "@bob@b.test" in page.text) == (200, True), typed
    npub = "npub1" + "q" * 58
    for typed, words in (
        (npub, "on Nostr"),
        (f"nostr:{npub}", "on Nostr"),
        ("https://b.test/feed.xml", "nor a feed"),
        ("just words", "neither a name"),
        ("@nobody@b.test", "nobody@b.test"),
    ):
        page = await anns.get("/begin/whom?q=" + typed.replace("@", "%40").replace(" ", "+"))
        assert (page.status, words in page.text, 'role="alert"' in page.text) == (404, True, True), typed
    assert "on Nostr" in (await anns.get(f"/search?q={npub}")).text


async def test_a_file_of_follows_is_brought_in_from_there(village: Village) -> None:
    _, _, anns = await two(village)
    page = await anns.get("/begin/whom")
    done = await anns.give(page, page.form("/settings/portability/import"), b"Account address\nbob@b.test\n")
    assert done.path == "/settings/portability"
    await village.settle()
    assert "1 of 1 done" in (await anns.get("/settings/portability")).text


async def test_a_picture_that_is_none_is_refused_beside_it_and_the_words_kept(village: Village) -> None:
    a, _, anns = await two(village)
    page = await anns.get("/begin")
    again = await give(anns, page, "/begin", "avatar", b"no picture", display_name="Ann", bio="Herons")
    assert (again.status, 'id="avatar-problem"' in again.text, ">Herons<" in again.text) == (422, True, True)
    assert (await a.row("ann")).profile.display_name == ""


async def test_a_header_is_put_up_and_taken_down(village: Village) -> None:
    a, _, anns = await two(village)
    page = await anns.get("/settings/pictures")
    await give(anns, page, "/settings/pictures", "header", a_picture())
    assert (await a.row("ann")).profile.header
    page = await anns.get("/settings/pictures")
    await anns.submit(page, page.form("/settings/pictures"), no_header="yes")
    assert (await a.row("ann")).profile.header == ""
    form = page.form("/settings/pictures")
    assert (await anns.post("/settings/pictures", [("token", "x"), *form.fields[1:]])).status == 403


async def test_somebody_suggested_who_is_not_wanted_is_suggested_no_more(village: Village) -> None:
    a, _, anns = await two(village)
    await a.person("carol", discoverable=True)
    await a.person("dan")
    await a.follow("dan", "carol")
    page = await anns.get("/begin/whom")
    assert "@carol@a.test" in page.text
    assert "@carol@a.test" not in (await anns.submit(page, page.deed("/dismiss"))).text


async def test_what_the_house_says_stands_above_home_until_it_is_read(village: Village) -> None:
    a, _, anns = await two(village)
    assert 'class="told"' not in (await anns.get("/home")).text
    await a.node.announcements.add("The cellar is **flooded**", Span())
    home = await anns.get("/home")
    assert "<strong>flooded</strong>" in home.text
    read = await anns.submit(home, home.deed("/away"))
    assert (read.path, "flooded" in read.text) == ("/home", False)
    await a.person("eve")
    assert "flooded" in (await (await signed_in(a, "eve")).get("/home")).text


async def test_a_list_is_made_filled_altered_and_dropped(village: Village) -> None:
    a, b, anns = await two(village)
    await a.follow("ann", "@bob@b.test")
    await village.settle()
    page = await anns.get("/lists/new")
    assert "needs a name" in (await anns.submit(page, page.form("/lists"), title=" ")).text
    made = await anns.submit(page, page.form("/lists"), title="Bridge")
    stranger = await anns.submit(made, made.deed("/add"), whom="@nobody@b.test")
    assert (stranger.status, 'id="whom-problem"' in stranger.text) == (422, True)
    filled = await anns.submit(made, made.deed("/add"), whom="@bob@b.test")
    assert "Take out @bob@b.test" in filled.text
    await b.post("bob", "from the bridge")
    await village.settle()
    path = filled.path.removesuffix("/edit")
    assert "from the bridge" in (await anns.get(path)).text
    await anns.submit(filled, filled.deed("/edit"), title="The bridge", exclusive="yes")
    assert "The bridge" in (await anns.get("/lists")).text
    assert "from the bridge" not in (await anns.get("/home")).text
    out = await anns.submit(filled, filled.deed("/remove"))
    assert "Nobody yet" in out.text
    assert "The bridge" not in (await anns.submit(out, out.deed("/drop"))).text
    assert (await anns.get(f"{path}/edit")).status == 404
    await a.person("eve")
    theirs = await signed_in(a, "eve")
    page = await theirs.get("/lists/new")
    token = dict(page.form("/lists").fields)["token"]
    for deed in ("edit", "add", "remove", "drop"):
        answer = await theirs.post(f"{path}/{deed}", [("token", token), ("title", "x"), ("whom", "@bob@b.test")])
        assert answer.status == 404, deed


async def test_a_team_is_made_and_described_by_its_owner(village: Village) -> None:
    a, _, anns = await two(village)
    page = await anns.get("/settings/microblogs")
    made = await anns.submit(page, page.form("/settings/microblogs"), name="paper", title="The Paper")
    assert "Describe it" in made.text
    described = await anns.get("/settings")
    await anns.submit(described, described.form("/settings"), bio="News of the street")
    assert "News of the street" in (await a.row("paper")).profile.bio
    assert "News" not in (await a.row("ann")).profile.bio
