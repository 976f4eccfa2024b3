"""What is talked about, by app."""

import pytest

from scattershot.testing.village import House, Village

PAGE = "https://news.example/weir"


@pytest.fixture
async def town(village: Village, house: House) -> House:
    """Four people talk of one thing, and like what ann says."""
    await house.person("carol")
    await house.person("dan")
    for name in ("ann", "bob", "carol", "dan"):
        phone = await house.phone(name)
        posted = await phone.post("/api/v1/statuses", {"status": f"{name} at the #weir, see {PAGE}?utm_source=x"})
        if name == "ann":
            first = posted
        else:
            await phone.post(f"/api/v1/statuses/{first['id']}/favourite")
    await village.settle()
    await house.node.trends.step()
    return house


async def test_tags_with_their_days(town: House) -> None:
    for path in ("/api/v1/trends/tags", "/api/v1/trends"):
        [tag] = (await town.stranger().get(path)).body
        assert (tag["name"], tag["history"][0]) == (
            "weir",
            {"day": tag["history"][0]["day"], "uses": "4", "accounts": "4"},
        )
    [tag] = (await (await town.phone("ann")).get("/api/v1/trends/tags")).body
    assert tag["following"] is False


async def test_links_as_cards(town: House) -> None:
    [card] = (await town.stranger().get("/api/v1/trends/links")).body
    assert (card["url"], card["title"], card["provider_name"]) == (PAGE, "news.example/weir", "news.example")
    assert card["type"] == "link"
    assert card["history"][0]["accounts"] == "4"


async def test_posts_as_the_viewer_sees_them(town: House) -> None:
    [status] = (await town.stranger().get("/api/v1/trends/statuses")).body
    assert status["account"]["acct"] == "ann"
    bob = await town.phone("bob")
    assert (await bob.get("/api/v1/trends/statuses"))[0]["favourited"] is True
    await town.node.publisher.block(await town.microblog("bob"), await town.microblog("ann"), "test")
    assert (await bob.get("/api/v1/trends/statuses")).body == []


async def test_pages_are_counted_through(town: House) -> None:
    first = await town.stranger().get("/api/v1/trends/tags", {"limit": 1})
    assert first.links()["next"] == "https://a.example/api/v1/trends/tags?limit=1&offset=1"
    second = await town.stranger().get(first.links()["next"])
    assert second.body == []
    assert second.links() == {"prev": "https://a.example/api/v1/trends/tags?limit=1&offset=0"}
    await town.stranger().get("/api/v1/trends/statuses", {"offset": -5, "limit": 10**9})


async def test_posts_that_link_to_a_page(town: House) -> None:
    found = await town.stranger().get("/api/v1/timelines/link", {"url": f"{PAGE}#top", "limit": 3})
    assert [each["account"]["acct"] for each in found.body] == ["dan", "carol", "bob"]
    rest = await town.stranger().get(found.links()["next"])
    assert [each["account"]["acct"] for each in rest.body] == ["ann"]
    assert (await town.stranger().get("/api/v1/timelines/link")).body == []
    assert (await town.stranger().get("/api/v1/timelines/link", {"url": "javascript:alert(1)"})).body == []


async def test_a_node_may_show_none(village: Village) -> None:
    quiet = await village.house("quiet.example", trends=False)
    for number in range(4):
        await quiet.person(f"voice{number}")
        await quiet.post(f"voice{number}", "#weir")
    await village.settle()
    await quiet.node.trends.step()
    for path in ("tags", "links", "statuses"):
        assert (await quiet.stranger().get(f"/api/v1/trends/{path}")).body == []
