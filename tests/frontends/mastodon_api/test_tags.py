"""Hashtags and public timelines by app."""

import pytest

from scattershot.domain.post import Attachment
from scattershot.testing.phone import Phone
from scattershot.testing.village import House, Village


async def test_a_tag_is_followed_and_brings_posts_home(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    tag = await ann.post("/api/v1/tags/Tea/follow")
    assert (tag["name"], tag["url"], tag["following"]) == ("tea", "https://a.example/tags/tea", True)
    assert (await ann.post("/api/v1/tags/tea/follow"))["following"] is True
    assert (await ann.get("/api/v1/tags/tea"))["following"] is True
    assert "following" not in (await house.stranger().get("/api/v1/tags/tea")).body
    post = str(await house.post("bob", "#tea"))
    await village.settle()
    assert [each["id"] for each in (await ann.get("/api/v1/timelines/home")).body] == [post]
    assert (await ann.post("/api/v1/tags/tea/unfollow"))["following"] is False
    assert (await ann.get("/api/v1/timelines/home")).body == []
    assert (await ann.get("/api/v1/followed_tags")).body == []


async def test_followed_tags_are_told_page_by_page(house: House) -> None:
    ann = await house.phone("ann")
    for tag in ("one", "two", "three"):
        await ann.post(f"/api/v1/tags/{tag}/follow")
    first = await ann.get("/api/v1/followed_tags", {"limit": 2})
    assert [each["name"] for each in first.body] == ["three", "two"]
    second = await ann.get(first.links()["next"])
    assert [(each["name"], each["following"]) for each in second.body] == [("one", True)]
    assert "next" not in second.links()


@pytest.mark.parametrize("tag", ["123", "a%20b", "%23", "x" * 101])
async def test_what_is_no_tag_cannot_be_followed(house: House, tag: str) -> None:
    ann = await house.phone("ann")
    await ann.post(f"/api/v1/tags/{tag}/follow", status=404)
    assert (await ann.get(f"/api/v1/timelines/tag/{tag}")).body == []


async def _texts(phone: Phone, path: str) -> list[str]:
    return [each["content"] for each in (await phone.get(path)).body]


async def test_public_posts_are_chosen(village: Village, house: House) -> None:
    far = await village.house("b.example")
    await far.person("dana")
    await house.follow("ann", "@dana@b.example")
    await village.settle()
    picture = (Attachment("https://b.example/p.png", "image/png"),)
    await far.post("dana", "there #tea")
    await far.post("dana", "there with #tea #cake", attachments=picture)
    await house.post("bob", "here #tea #milk")
    await house.post("bob", "here with #cake", attachments=picture)
    await village.settle()
    anyone = house.stranger()

    async def shown(query: str, path: str = "public") -> list[str]:
        contents = await _texts(anyone, f"/api/v1/timelines/{path}?{query}")
        return ["".join(part.split(">")[-1] for part in text.split("<")).strip() for text in contents]

    assert len(await shown("")) == 4
    assert {text.split()[0] for text in await shown("local=true")} == {"here"}
    assert {text.split()[0] for text in await shown("remote=1")} == {"there"}
    assert len(await shown("local=true&remote=true")) == 4
    assert len(await shown("only_media=true")) == 2
    assert len(await shown("only_media=on&local=true")) == 1
    assert len(await shown("", "tag/TEA")) == 3
    assert len(await shown("any[]=cake", "tag/tea")) == 4
    assert len(await shown("all[]=cake", "tag/tea")) == 1
    assert len(await shown("none[]=cake&none[]=%23MILK", "tag/tea")) == 1
    assert len(await shown("all[]=Milk&local=true", "tag/tea")) == 1
    assert await shown("all[]=Milk&remote=true", "tag/tea") == []
    assert len(await shown("only_media=true", "tag/cake")) == 2


async def test_public_timelines_are_paged_both_ways(house: House) -> None:
    ids = [str(await house.post("ann", f"#tea {number}")) for number in range(5)]
    for path in ("/api/v1/timelines/public", "/api/v1/timelines/tag/tea"):
        first = await house.stranger().get(path, {"limit": 2, "local": "true"})
        assert [each["id"] for each in first.body] == [ids[4], ids[3]]
        assert "local=true" in first.links()["next"]
        second = await house.stranger().get(first.links()["next"])
        assert [each["id"] for each in second.body] == [ids[2], ids[1]]
        assert [each["id"] for each in (await house.stranger().get(second.links()["prev"])).body] == [ids[4], ids[3]]
        last = await house.stranger().get(second.links()["next"])
        assert [each["id"] for each in last.body] == [ids[0]]
        assert "next" not in last.links()
        nearest = await house.stranger().get(path, {"min_id": ids[0], "limit": 2})
        assert [each["id"] for each in nearest.body] == [ids[2], ids[1]]
        since = await house.stranger().get(path, {"since_id": ids[2], "limit": 40})
        assert [each["id"] for each in since.body] == [ids[4], ids[3]]
