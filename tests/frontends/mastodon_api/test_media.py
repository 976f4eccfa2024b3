"""Media by app: given, described, shown by posts, taken back; and what other nodes show."""

from pathlib import Path

import pytest

from scattershot.app.media import UNSHOWN_FOR
from scattershot.testing.phone import Heard, Phone
from scattershot.testing.village import House, Village
from tests.files import a_bomb, a_film, a_moving_picture, a_photo, a_picture, a_sound

PATHS = ["/api/v1/media", "/api/v2/media"]


async def upload(
    phone: Phone, data: bytes, path: str = "/api/v2/media", status: int = 200, name: str = "photo.jpg", **said: str
) -> Heard:
    return await phone.upload("POST", path, list(said.items()), [("file", name, "image/jpeg", data)], status=status)


def left(house: House) -> list[Path]:
    """Every file there is."""
    folder = house.node.settings.data / "media"
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("path", PATHS)
async def test_a_picture_is_there_at_once(house: House, path: str) -> None:
    ann = await house.phone("ann")
    given = await upload(ann, a_photo(orientation=6), path, description=" A square ", focus="0.5,-0.25")
    assert given["id"].isdigit()
    assert (given["type"], given["description"], given["remote_url"]) == ("image", "A square", None)
    assert given["url"].startswith("https://a.example/media/")
    assert given["preview_url"].startswith("https://a.example/media/")
    assert given["meta"]["original"] == {"width": 480, "height": 640, "size": "480x640", "aspect": 0.75}
    assert given["meta"]["small"]["size"] == "415x553"
    assert given["meta"]["focus"] == {"x": 0.5, "y": -0.25}
    assert len(given["blurhash"]) > 10
    assert (await ann.get(f"/api/v1/media/{given['id']}")).body == given.body
    picture = await house.get(given["url"].removeprefix("https://a.example"))
    assert (picture.status, picture.media_type) == (200, "image/jpeg")


async def test_a_moving_picture_stays_one(house: House) -> None:
    given = await upload(await house.phone("ann"), a_moving_picture())
    assert (given["type"], given["url"][-4:]) == ("image", ".gif")


async def test_a_film_is_accepted_then_partly_there_then_ready(village: Village, house: House) -> None:
    pytest.importorskip("av")
    ann = await house.phone("ann")
    given = await upload(ann, a_film(), status=202)
    assert (given["type"], given["url"], given["preview_url"]) == ("video", None, None)
    again = await ann.get(f"/api/v1/media/{given['id']}", status=206)
    assert again["url"] is None
    body = {"status": "too early", "media_ids": [given["id"]]}
    assert "Not all files are ready" in (await ann.post("/api/v1/statuses", body, status=422))["error"]
    await village.settle()
    done = await ann.get(f"/api/v1/media/{given['id']}")
    assert done["url"].endswith(".mp4")
    assert done["preview_url"].endswith(".jpg")
    meta = done["meta"]
    assert (meta["width"], meta["height"], meta["size"], meta["fps"]) == (320, 240, "320x240", 10)
    assert meta["original"]["frame_rate"] == "10"
    assert meta["original"]["duration"] == meta["duration"] == pytest.approx(1, abs=0.15)
    assert meta["length"].startswith("0:00:01.0")
    assert meta["small"]["size"] == "320x240"
    posted = await ann.post("/api/v1/statuses", {"media_ids": [given["id"]]})
    assert posted["media_attachments"] == [done.body]


async def test_the_older_way_answers_when_all_is_done(house: House) -> None:
    pytest.importorskip("av")
    ann = await house.phone("ann")
    given = await upload(ann, a_film(sound=False), "/api/v1/media")
    assert (given["type"], given["url"] is None) == ("gifv", False)
    sound = await upload(ann, a_sound("mp3", "libmp3lame"), "/api/v1/media")
    assert (sound["type"], sound["preview_url"]) == ("audio", None)
    broken = await upload(ann, a_film("webm", "libvpx")[:200], "/api/v1/media", 422)
    assert broken["error"].startswith("Validation failed")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<svg><script>alert(1)</script></svg>", "not taken"),
        (b"MZ" + bytes(10_000), "not taken"),
        (a_picture()[:2_000], "damaged"),
        (a_bomb(16_000, 16_000), "pixels"),
        (b"", "empty"),
    ],
)
async def test_what_is_no_picture_is_refused_and_leaves_nothing(
    house: House, path: str, data: bytes, words: str
) -> None:
    assert words in (await upload(await house.phone("ann"), data, path, 422))["error"]
    assert left(house) == []


async def test_a_body_that_is_none_is_refused_and_leaves_nothing(house: House) -> None:
    ann = await house.phone("ann")
    assert "file" in (await ann.post("/api/v2/media", {"description": "no file"}, status=422))["error"]
    assert "file" in (await ann.post("/api/v2/media", {"file": "data:image/png;base64,AAAA"}, status=422))["error"]
    nothing_chosen = [("file", "", "application/octet-stream", b"")]
    await ann.upload("POST", "/api/v2/media", [], nothing_chosen, status=422)
    whole = await _body(a_photo())
    for body, kind in (
        (whole[:-40], "boundary=x"), (whole[:3_000], "boundary=x"), (whole, "boundary=y"), (whole, ""),
        (b"", "boundary=x"), (whole, 'boundary="'), (b"--x\r\n\r\nx\r\n--x--\r\n", "boundary=x"),
        (b"--x\r\nContent-Disposition: form-data; name=a" + b"a" * 40_000 + b"\r\n\r\nx\r\n--x--\r\n", "boundary=x"),
    ):  # fmt: skip
        heard = await ann._send("POST", "/api/v2/media", body, f"multipart/form-data; {kind}", 400, {})
        assert heard["error"] == "The parameters cannot be read"
    many = [("file", "x.jpg", "image/jpeg", a_picture())] * 5
    await ann.upload("POST", "/api/v2/media", [], many, status=413)
    assert left(house) == []


async def _body(data: bytes) -> bytes:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    return head + data + b"\r\n--x--\r\n"


async def test_a_file_that_is_too_large_is_refused_and_leaves_nothing(village: Village) -> None:
    house = await village.house("a.example", max_picture_mb=1, max_video_mb=1)
    await house.person("ann")
    ann = await house.phone("ann")
    assert "at most 1 MB" in (await upload(ann, a_photo() + bytes(1_000_000), status=422))["error"]
    assert (await upload(ann, a_photo() + bytes(3_100_000), status=413))["error"] == "That is too large"
    assert left(house) == []


async def test_nobody_uploads_without_leave(house: House) -> None:
    await upload(house.stranger(), a_picture(), status=401)
    await upload(await house.phone("ann", "read"), a_picture(), status=403)
    assert left(house) == []


async def test_only_so_many_are_taken_in_half_an_hour(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    for _ in range(30):
        heard = await upload(ann, b"<svg>", status=422)
    assert heard.headers.get("x-ratelimit-limit") == "30"
    await upload(ann, b"<svg>", "/api/v1/media", 429)
    await ann.get("/api/v1/timelines/home")
    village.clock.advance(1_801)
    await upload(ann, b"<svg>", status=422)


async def test_it_may_be_described_later_by_its_owner_until_it_is_shown(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    given = await upload(ann, a_picture())
    path = f"/api/v1/media/{given['id']}"
    changed = await ann.put(path, {"description": "Now in words", "focus": "-1,1"})
    assert (changed["description"], changed["meta"]["focus"]) == ("Now in words", {"x": -1.0, "y": 1.0})
    changed = await ann.form("PUT", path, [("focus", "0,0")])
    assert (changed["description"], changed["meta"]["focus"]) == ("Now in words", {"x": 0.0, "y": 0.0})
    preview = [("thumbnail", "t.png", "image/png", a_picture("PNG", (50, 50)))]
    changed = await ann.upload("PUT", path, [("description", "")], preview)
    assert (changed["description"], changed["meta"]["small"]["size"]) == (None, "50x50")
    assert "at most 1,500" in (await ann.put(path, {"description": "x" * 1_501}, status=422))["error"]
    assert "focus" in (await ann.put(path, {"focus": "left"}, status=422))["error"]
    await ann.upload("PUT", path, [], [("thumbnail", "t.svg", "image/svg+xml", b"<svg>")], status=422)
    for phone, where in ((bob, path), (ann, "/api/v1/media/1"), (ann, "/api/v1/media/x"), (ann, f"{path}9")):
        assert (await phone.put(where, {"description": "mine"}, status=404))["error"] == "Record not found"
        await phone.get(where, status=404)
        await phone.delete(where, status=404)
    await ann.post("/api/v1/statuses", {"media_ids": [given["id"]]})
    await ann.put(path, {"description": "too late"}, status=404)
    assert "Edit the post" in (await ann.delete(path, status=422))["error"]


async def test_it_may_be_taken_back(house: House) -> None:
    ann = await house.phone("ann")
    given = await upload(ann, a_picture())
    assert (await ann.delete(f"/api/v1/media/{given['id']}")).body == {}
    await ann.get(f"/api/v1/media/{given['id']}", status=404)
    assert (await house.get(given["url"].removeprefix("https://a.example"))).status == 404
    assert left(house) == []


async def test_a_post_shows_what_was_uploaded_in_any_spelling(house: House) -> None:
    ann = await house.phone("ann")
    first, second = await upload(ann, a_picture(), description="one"), await upload(ann, a_picture("PNG"))
    fields = [("status", ""), ("media_ids[]", second["id"]), ("media_ids[]", first["id"])]
    posted = await ann.form("POST", "/api/v1/statuses", fields)
    assert posted["media_attachments"] == [second.body, first.body]
    assert posted["content"] == ""
    for wrong in ([first["id"]], ["1"], ["x"], [await _many(ann)]):
        ids = wrong[0] if isinstance(wrong[0], list) else wrong
        assert (await ann.post("/api/v1/statuses", {"status": "x", "media_ids": ids}, status=422))["error"]
    home = await ann.get("/api/v1/timelines/home")
    assert [each["media_attachments"] for each in home.body] == [[second.body, first.body]]


async def _many(phone: Phone) -> list[str]:
    return [(await upload(phone, a_picture(size=(5, 5))))["id"] for _ in range(5)]


async def test_what_a_deleted_post_showed_may_be_shown_anew_unless_it_is_to_go(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    given = await upload(ann, a_picture())
    posted = await ann.post("/api/v1/statuses", {"status": "typo", "media_ids": [given["id"]]})
    deleted = await ann.delete(f"/api/v1/statuses/{posted['id']}")
    assert deleted["media_attachments"] == [given.body]
    again = await ann.post("/api/v1/statuses", {"status": "no typo", "media_ids": [given["id"]]})
    await ann.delete(f"/api/v1/statuses/{again['id']}?delete_media=true")
    await ann.get(f"/api/v1/media/{given['id']}", status=404)
    await house.node.media.tidy()
    assert left(house) == []


async def test_an_edit_may_show_other_media_and_say_more_of_them(house: House) -> None:
    ann = await house.phone("ann")
    first, second = await upload(ann, a_picture()), await upload(ann, a_picture("PNG"))
    posted = await ann.post("/api/v1/statuses", {"status": "look", "media_ids": [first["id"]]})
    path = f"/api/v1/statuses/{posted['id']}"
    fields = [
        ("status", "look again"), ("media_ids[]", second["id"]), ("media_ids[]", first["id"]),
        ("media_attributes[][id]", first["id"]), ("media_attributes[][description]", "A square"),
        ("media_attributes[][focus]", "0.5,-1"), ("media_attributes[][id]", second["id"]),
        ("media_attributes[][description]", "Another"),
    ]  # fmt: skip
    edited = await ann.form("PUT", path, fields)
    shown = edited["media_attachments"]
    assert [(each["id"], each["description"]) for each in shown] == [
        (second["id"], "Another"), (first["id"], "A square"),
    ]  # fmt: skip
    assert shown[1]["meta"]["focus"] == {"x": 0.5, "y": -1.0}
    history = await ann.get(f"{path}/history")
    assert [[each["description"] for each in version["media_attachments"]] for version in history.body] == [
        [None], ["Another", "A square"],
    ]  # fmt: skip
    for attributes in ([{"id": first["id"], "description": "x" * 1_501}], [{"id": first["id"], "focus": "left"}],
                       [{"id": "1", "description": "whose?"}]):  # fmt: skip
        body = {"status": "no", "media_ids": [first["id"]], "media_attributes": attributes}
        assert (await ann.put(path, body, status=422))["error"]
    assert (await ann.get(path))["content"] == "<p>look again</p>"
    assert (await ann.put(path, {"status": "nothing to see"}))["media_attachments"] == []


async def test_a_scheduled_post_shows_what_it_will_show(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    given = await upload(ann, a_picture(), description="A square")
    body = {"status": "later", "media_ids": [given["id"]], "scheduled_at": "2026-01-03T00:00:00Z"}
    scheduled = await ann.post("/api/v1/statuses", body)
    assert scheduled["media_attachments"] == [given.body]
    assert scheduled["params"]["media_ids"] == [given["id"]]
    assert (await ann.get("/api/v1/scheduled_statuses"))[0]["media_attachments"] == [given.body]
    village.clock.advance(2 * UNSHOWN_FOR / 1000 + 1)
    await house.node.media.tidy()
    await village.settle()
    [posted] = (await ann.get("/api/v1/timelines/home")).body
    assert posted["media_attachments"] == [given.body]
    body = {"status": "later", "media_ids": ["1"], "scheduled_at": "2026-02-03T00:00:00Z"}
    assert (await ann.post("/api/v1/statuses", body, status=422))["error"]


async def test_the_node_says_what_it_takes(house: House) -> None:
    told = (await house.stranger().get("/api/v2/instance"))["configuration"]
    assert told["statuses"]["max_media_attachments"] == 4
    limits = told["media_attachments"]
    assert limits["description_limit"] == 1_500
    assert (limits["image_size_limit"], limits["video_size_limit"]) == (16_000_000, 99_000_000)
    assert {"image/jpeg", "image/webp", "video/mp4", "audio/mpeg"} <= set(limits["supported_mime_types"])
    assert "image/svg+xml" not in limits["supported_mime_types"]


async def test_the_document_of_the_api_says_that_files_are_sent(house: House) -> None:
    document = (await house.stranger().get("/api/openapi.json")).body
    content = document["paths"]["/api/v2/media"]["post"]["requestBody"]["content"]
    assert content["multipart/form-data"]["schema"]["properties"]["file"] == {"type": "string", "format": "binary"}


# -- across nodes


async def test_a_picture_is_shown_on_another_node_from_there(village: Village, house: House) -> None:
    far = await village.house("b.example")
    await far.person("cat")
    await far.follow("cat", "@ann@a.example")
    await village.settle()
    ann, cat = await house.phone("ann"), await far.phone("cat")
    given = await upload(ann, a_photo(), description="A square", focus="0.5,0.5")
    await ann.post("/api/v1/statuses", {"status": "look", "media_ids": [given["id"]]})
    await village.settle()
    [posted] = (await cat.get("/api/v1/timelines/home")).body
    [shown] = posted["media_attachments"]
    assert shown["id"] == str((int(posted["id"]) << 5) + 0)
    assert (shown["type"], shown["remote_url"], shown["description"]) == ("image", given["url"], "A square")
    assert shown["url"].startswith("https://b.example/proxy/")
    assert shown["preview_url"].startswith("https://b.example/proxy/")
    assert (shown["blurhash"], shown["meta"]["focus"]) == (given["blurhash"], {"x": 0.5, "y": 0.5})
    assert shown["meta"]["original"] == given["meta"]["original"]
    here = await far.get(shown["url"].removeprefix("https://b.example"))
    there = await house.get(given["url"].removeprefix("https://a.example"))
    assert (here.status, here.media_type, here.body) == (200, "image/jpeg", there.body)


async def test_pictures_on_profiles_are_seen_everywhere(village: Village, house: House) -> None:
    far = await village.house("b.example")
    await far.person("cat")
    await far.follow("cat", "@ann@a.example")
    await village.settle()
    await wear(house, "ann", avatar=a_photo(), header=a_picture("PNG"))
    await village.settle()
    ann, cat = await house.phone("ann"), await far.phone("cat")
    own = await ann.get("/api/v1/accounts/verify_credentials")
    assert own["avatar"].startswith("https://a.example/media/")
    assert own["header"] == own["header_static"] == (await house.row("ann")).profile.header
    seen = await cat.get(f"/api/v1/accounts/{await far.microblog('@ann@a.example')}")
    assert seen["avatar"].startswith("https://b.example/proxy/")
    assert (await far.get(seen["avatar"].removeprefix("https://b.example"))).media_type == "image/jpeg"
    for name in ("avatar", "header"):
        own = await ann.delete(f"/api/v1/profile/{name}")
        assert own[name].endswith("/missing.png")
    await ann.delete("/api/v1/profile/avatar")
    await house.node.media.tidy()
    assert left(house) == []
    await village.settle()
    assert (await far.node.discover.fetch((await house.row("ann")).profile.id)) == ""


async def wear(house: House, name: str, **pictures: bytes) -> None:
    """What an app does that alters a profile's pictures."""
    phone = await house.phone(name)
    files = [(which, f"{which}.jpg", "image/jpeg", data) for which, data in pictures.items()]
    changed = await phone.upload("PATCH", "/api/v1/accounts/update_credentials", [("note", "with pictures")], files)
    assert changed["source"]["note"] == "with pictures"


@pytest.mark.parametrize("data", [b"", b"not a picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>"])
async def test_a_profile_with_a_bad_picture_is_not_changed_at_all(house: House, data: bytes) -> None:
    ann = await house.phone("ann")
    before = (await ann.get("/api/v1/accounts/verify_credentials")).body
    files = [("avatar", "x.png", "image/png", data)]
    path = "/api/v1/accounts/update_credentials"
    assert (await ann.upload("PATCH", path, [("note", "changed")], files, status=422))["error"]
    assert (await ann.patch(path, {"note": "changed", "header": "text"}, status=422))["error"]
    assert (await ann.get("/api/v1/accounts/verify_credentials")).body == before
    await house.node.media.tidy()
    assert left(house) == []


async def test_a_strange_address_is_shown_nowhere(house: House) -> None:
    row = await house.row("ann")
    await house.profile("ann", avatar="javascript:alert(1)", header="data:text/html,x")
    own = await (await house.phone("ann")).get("/api/v1/accounts/verify_credentials")
    assert own["avatar"].endswith("/missing.png")
    assert own["header"].endswith("/missing.png")
    assert row.profile.avatar == ""
