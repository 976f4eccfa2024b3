"""What apps show of a page that a post links to."""

import pytest

from scattershot.testing.phone import Phone
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Headers, Response

PAGE = "https://news.example/weir"
HEAD = """<title>The weir</title><meta property="og:image" content="/weir.png"><meta name="author" content="Dora">
<meta property="article:published_time" content="2026-01-02T03:04:05Z">"""


@pytest.fixture
async def ann(house: House) -> Phone:
    return await house.phone("ann")


def says(village: Village, head: str) -> None:
    headers = Headers([("content-type", "text/html; charset=utf-8")])
    village.fetcher.route("news.example", lambda request: Response(200, request.url, headers, head.encode()))


async def test_a_card_comes_by_itself(village: Village, house: House, ann: Phone) -> None:
    says(village, HEAD)
    status = await ann.post("/api/v1/statuses", {"status": f"see {PAGE}"})
    assert status["card"] is None
    await village.settle()
    card = (await ann.get(f"/api/v1/statuses/{status['id']}"))["card"]
    assert (card["url"], card["title"], card["type"]) == (PAGE, "The weir", "link")
    assert card["image"].startswith("https://a.example/proxy/"), "nobody's browser asks the page"
    assert card["published_at"] == "2026-01-02T03:04:05.000Z"
    assert card["authors"] == [{"name": "Dora", "url": "", "account": None}]
    assert (card["author_name"], card["html"], card["blurhash"]) == ("Dora", "", None)
    [home] = (await ann.get("/api/v1/timelines/home")).body
    assert home["card"] == card
    bob = await house.phone("bob")
    boost = await bob.post(f"/api/v1/statuses/{status['id']}/reblog")
    assert (boost["card"], boost["reblog"]["card"]) == (None, card)


async def test_a_player_is_shown_in_a_frame_of_our_own_making(village: Village, ann: Phone) -> None:
    player = "https://v.example/1?a=1&amp;b=&quot;&gt;&lt;script&gt;"
    said = {"twitter:player": player, "twitter:player:width": "640", "twitter:player:height": "360"}
    metas = "".join(f'<meta name="{name}" content="{value}">' for name, value in said.items())
    says(village, f"<title>Film</title>{metas}")
    status = await ann.post("/api/v1/statuses", {"status": f"see {PAGE}"})
    await village.settle()
    card = (await ann.get(f"/api/v1/statuses/{status['id']}"))["card"]
    assert card["type"] == "video"
    assert card["html"].startswith('<iframe src="https://v.example/1?a=1&amp;b=')
    assert card["html"].count("<") == 2
    assert (card["width"], card["height"]) == (640, 360)


async def test_whoever_allows_it_is_shown_as_the_author(village: Village, house: House, ann: Phone) -> None:
    says(village, '<title>Weir</title><meta name="fediverse:creator" content="@bob@a.example">')
    status = await ann.post("/api/v1/statuses", {"status": f"see {PAGE}"})
    await village.settle()
    path = f"/api/v1/statuses/{status['id']}"
    assert (await ann.get(path))["card"]["authors"] == []
    await house.profile("bob", attribution_domains=("news.example",), display_name="Bob")
    [author] = (await ann.get(path))["card"]["authors"]
    assert (author["name"], author["account"]["acct"]) == ("Bob", "bob")
    await house.profile("bob", display_name="Robert")
    [author] = (await ann.get(path))["card"]["authors"]
    assert author["account"]["display_name"] == "Robert"
    await house.profile("bob", attribution_domains=())
    assert (await ann.get(path))["card"]["authors"] == []


async def test_pages_that_are_talked_about_are_told_with_what_they_say(village: Village, house: House) -> None:
    says(village, HEAD)
    for name in ("ann", "bob", "carol", "dan"):
        if name in ("carol", "dan"):
            await house.person(name)
        await house.post(name, f"see {PAGE}")
    await village.settle()
    await house.node.trends.step()
    [card] = (await house.stranger().get("/api/v1/trends/links")).body
    assert (card["url"], card["title"], card["author_name"]) == (PAGE, "The weir", "Dora")
    assert card["history"][0]["accounts"] == "4"
