"""The house's own emojis: given by those who run it, shown in what is written here, and told to other nodes."""

from urllib.parse import urlsplit

from msgspec import json

from scattershot.app.house_emojis import HouseEmoji
from scattershot.app.receiving import Receiving
from scattershot.domain.announcement import Span
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.testing.village import House, Village
from tests.files import a_bomb, a_moving_picture, a_photo, a_picture

EVERY = "/api/v1/custom_emojis"


async def received(house: House, data: bytes) -> Receiving:
    given = house.node.media.receiving()
    await given.add(data)
    await given.end()
    return given


async def give(house: House, name: str, data: bytes = b"", **more: object) -> HouseEmoji | Refused:
    data = data or a_picture("PNG", (32, 32), "RGBA")
    return await house.node.house_emojis.add(name, await received(house, data), **more)  # type: ignore[arg-type]


async def given(house: House, name: str, data: bytes = b"", **more: object) -> HouseEmoji:
    made = await give(house, name, data, **more)
    assert isinstance(made, HouseEmoji), made
    return made


async def status_of(house: House, url: str) -> int:
    return (await house.get(urlsplit(url).path)).status


async def test_apps_find_the_emojis_of_the_house(village: Village) -> None:
    a = await village.house("a.example")
    assert (await a.stranger().get(EVERY)).body == []
    await given(a, "blob", category="Blobs")
    await given(a, ":party_parrot:", a_moving_picture(), offered=False)
    moving, still = (await a.stranger().get(EVERY)).body
    assert (still["shortcode"], still["category"], still["visible_in_picker"]) == ("blob", "Blobs", True)
    assert still["static_url"] == still["url"]
    assert (moving["shortcode"], moving["visible_in_picker"]) == ("party_parrot", False)
    assert moving["static_url"] != moving["url"]
    for each in (moving, still):
        assert await status_of(a, each["url"]) == await status_of(a, each["static_url"]) == 200
    village.clock.advance(2 * 86_400)
    await a.node.media.tidy()
    assert await status_of(a, moving["url"]) == 200


async def test_what_is_no_emoji_is_refused_and_nothing_is_left_of_it(village: Village) -> None:
    a = await village.house("a.example")
    await given(a, "blob")
    for name, data in (
        ("blob", b""),
        ("x", b""),
        ("so:bad", b""),
        ("ünder", b""),
        ("n" * 51, b""),
        ("photo", a_photo()),
        ("text", b"hello"),
        ("empty", b" " * 0 + b"\n"),
        ("bomb", a_bomb(60_000, 60_000)),
        ("cut", a_picture("PNG", (64, 64))[:100]),
        ("large", a_picture("PNG", (32, 32)) + b"\0" * 262_144),
    ):
        assert isinstance(await give(a, name, data), Refused), name
    assert isinstance(await give(a, "fine", category="c" * 61), Refused)
    assert [each["shortcode"] for each in (await a.stranger().get(EVERY)).body] == ["blob"]
    await a.node.media.tidy()
    kept = [path for path in (a.node.settings.data / "media" / "kept").rglob("*") if path.is_file()]
    assert len(kept) == 2, kept
    assert not list((a.node.settings.data / "media" / "aside").iterdir())


async def test_a_post_shows_them_here_and_elsewhere(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    await b.follow("bob", "@ann@a.example")
    await village.settle()
    picture = (await given(a, "blob")).url
    ann = await a.phone("ann")
    posted = (await ann.post("/api/v1/statuses", {"status": "a :blob: and :none:, not 10:blob:30 :blob:"})).body
    assert [(each["shortcode"], each["url"]) for each in posted["emojis"]] == [("blob", picture)]
    await village.settle()
    [seen] = (await (await b.phone("bob")).get("/api/v1/timelines/home")).body
    assert [each["shortcode"] for each in seen["emojis"]] == ["blob"]
    assert ":blob:" in seen["content"]
    wire = json.decode((await a.get(urlsplit(posted["uri"]).path, accept="application/activity+json")).body)
    [tag] = wire["tag"]
    assert (tag["type"], tag["name"], tag["icon"]) == ("Emoji", ":blob:", {"type": "Image", "url": picture})
    known = json.decode((await a.get(urlsplit(tag["id"]).path)).body)
    assert {name: known[name] for name in tag} == tag
    assert (await a.get("/emojis/none")).status == 404
    edited = (await ann.put(f"/api/v1/statuses/{posted['id']}", {"status": "none", "spoiler_text": ":blob:"})).body
    assert len(edited["emojis"]) == 1
    edited = (await ann.put(f"/api/v1/statuses/{posted['id']}", {"status": "none"})).body
    assert edited["emojis"] == []


async def test_a_name_and_the_options_of_a_poll_show_them(village: Village) -> None:
    a = await village.house("a.example")
    await a.person("ann")
    await given(a, "blob")
    ann = await a.phone("ann")
    account = (await ann.patch("/api/v1/accounts/update_credentials", {"display_name": "Ann :blob:"})).body
    assert [each["shortcode"] for each in account["emojis"]] == ["blob"]
    poll = {"options": ["yes :blob:", "no"], "expires_in": 3600}
    posted = (await ann.post("/api/v1/statuses", {"status": "?", "poll": poll})).body
    assert [each["shortcode"] for each in posted["poll"]["emojis"]] == ["blob"]
    account = (await ann.patch("/api/v1/accounts/update_credentials", {"display_name": "Ann"})).body
    assert account["emojis"] == []


async def test_one_reacts_with_them_near_and_far(village: Village) -> None:
    a, b = await village.house("a.example"), await village.house("b.example")
    await a.person("ann")
    await b.person("bob")
    await a.follow("ann", "@bob@b.example")
    await village.settle()
    post = await b.post("bob", "bread")
    await village.settle()
    picture = (await given(a, "blob")).url
    ann = await a.phone("ann")
    [seen] = (await ann.get("/api/v1/timelines/home")).body
    path = f"/api/v1/pleroma/statuses/{seen['id']}/reactions"
    await ann.put(f"{path}/none", status=422)
    reacted = (await ann.put(f"{path}/blob")).body
    assert reacted["reactions"] == [{"name": "blob", "count": 1, "me": True, "url": picture, "static_url": picture}]
    await village.settle()
    there = (await (await b.phone("bob")).get(f"/api/v1/statuses/{post}")).body
    assert [(each["name"], each["count"]) for each in there["reactions"]] == [("blob@a.example", 1)]
    await ann.delete(f"{path}/blob")
    await village.settle()
    assert (await (await b.phone("bob")).get(f"/api/v1/statuses/{post}")).body["reactions"] == []


async def test_announcements_show_them_and_bear_them(village: Village) -> None:
    a = await village.house("a.example")
    await a.person("ann")
    await given(a, "blob")
    ann = await a.phone("ann")
    number = await a.node.announcements.add("Look: :blob:", Span())
    await ann.put(f"/api/v1/announcements/{number}/reactions/blob")
    [shown] = (await ann.get("/api/v1/announcements")).body
    assert [each["shortcode"] for each in shown["emojis"]] == ["blob"]
    assert [(each["name"], bool(each["url"])) for each in shown["reactions"]] == [("blob", True)]
    await a.node.house_emojis.drop("blob")
    await ann.delete(f"/api/v1/announcements/{number}/reactions/blob")
    assert (await ann.get("/api/v1/announcements")).body[0]["reactions"] == []


async def test_what_was_written_reads_as_before_when_one_is_removed(village: Village) -> None:
    a = await village.house("a.example")
    await a.person("ann")
    old = await given(a, "blob")
    post = await a.post("ann", "a :blob:")
    assert await a.node.house_emojis.drop(":blob:") is None
    assert (await a.stranger().get(EVERY)).body == []
    assert isinstance(await a.node.house_emojis.drop("blob"), Refused)
    shown = (await (await a.phone("ann")).get(f"/api/v1/statuses/{post}")).body
    assert shown["emojis"][0]["url"] == old.url
    assert await status_of(a, old.url) == 200
    new = await given(a, "blob", a_picture("WEBP", (16, 16)))
    assert new.url != old.url
    later = await a.post("ann", "a :blob:", audience=Audience.PUBLIC)
    shown = (await (await a.phone("ann")).get(f"/api/v1/statuses/{later}")).body
    assert shown["emojis"][0]["url"] == new.url
    assert await a.node.house_emojis.drop("blob", erase=True) is None
    assert await status_of(a, new.url) == 404
    assert await status_of(a, old.url) == 200
