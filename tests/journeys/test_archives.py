"""People take all that is theirs along in one file."""

import io
import zipfile
from typing import Any

import msgspec

from scattershot.app.archives import BETWEEN, KEPT_FOR
from scattershot.domain.post import Audience
from scattershot.storage.tables import archives
from scattershot.testing.village import House, Village
from tests.files import a_picture

AS2 = "https://www.w3.org/ns/activitystreams"


async def fetched(house: House, name: str) -> zipfile.ZipFile:
    owner = (await house.row(name)).id
    [row] = await house.node.archives.of(owner)
    found = await house.node.archives.read(owner, row.id)
    assert found is not None, row
    size, pieces = found
    body = b"".join([piece async for piece in pieces])
    assert len(body) == size == row.bytes
    return zipfile.ZipFile(io.BytesIO(body))


def document(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(archive.read(name))
    context = found["@context"]
    assert AS2 in (context if isinstance(context, list) else [context])
    return found


async def test_an_archive_holds_everything_that_is_anns_as_mastodon_lays_it_out(village: Village) -> None:
    a, b = await village.house("a.test"), await village.house("b.test")
    ann = await a.person("ann", display_name="Ann", bio="<p>I am Ann.</p>")
    await b.person("bob")
    await a.follow("ann", "@bob@b.test")
    await village.settle()
    bobs = await b.post("bob", "pass this on")
    await village.settle()
    seen = await a.seen(await b.wire_id(bobs))
    assert seen is not None
    phone = await a.phone("ann")
    shown = await phone.upload("POST", "/api/v2/media", [], [("file", "x.png", "image/png", a_picture(size=(40, 30)))])
    await phone.post("/api/v1/statuses", {"status": "look", "media_ids": [shown["id"]]})
    for audience in Audience:
        await a.post("ann", f"for {audience.value}, @bob@b.test", audience)
    a.done(await a.node.publisher.boost(ann, seen.id, "test"))
    a.done(await a.node.publisher.like(ann, seen.id, "test"))
    await phone.post(f"/api/v1/statuses/{seen.id}/bookmark")
    for number in range(230):
        await a.post("ann", f"post {number}")
    assert await a.node.archives.ask(ann) is None
    await village.settle()

    with await fetched(a, "ann") as archive:
        assert archive.testzip() is None
        actor = document(archive, "actor.json")
        assert (actor["type"], actor["name"], actor["preferredUsername"]) == ("Person", "Ann", "ann")
        assert (actor["outbox"], actor["likes"], actor["bookmarks"]) == ("outbox.json", "likes.json", "bookmarks.json")
        outbox = document(archive, "outbox.json")
        assert outbox["type"] == "OrderedCollection"
        assert outbox["totalItems"] == len(outbox["orderedItems"]) == 1 + len(Audience) + 1 + 230
        assert len({item["id"] for item in outbox["orderedItems"]}) == outbox["totalItems"]
        [announce] = [item for item in outbox["orderedItems"] if item["type"] == "Announce"]
        assert announce["object"] == await b.wire_id(bobs)
        assert {item["type"] for item in outbox["orderedItems"]} == {"Create", "Announce"}
        [note] = [item["object"] for item in outbox["orderedItems"] if "look" in str(item["object"])]
        assert note["attachment"][0]["url"] in archive.namelist()
        assert archive.read(note["attachment"][0]["url"])
        for name in ("likes.json", "bookmarks.json"):
            marked = document(archive, name)
            assert (marked["totalItems"], marked["orderedItems"]) == (1, [await b.wire_id(bobs)])
        assert b"bob@b.test" in archive.read("following_accounts.csv")
        assert b"PRIVATE" not in archive.read("actor.json")


async def test_an_archive_is_its_owners_alone_can_be_asked_for_once_a_day_and_goes_in_a_week(village: Village) -> None:
    a = await village.house("a.test")
    ann, eva = await a.person("ann"), await a.person("eva")
    assert await a.node.archives.ask(ann) is None
    assert await a.node.archives.ask(ann) is not None, "one is wanted already"
    await village.settle()
    [row] = await a.node.archives.of(ann)
    assert await a.node.archives.read(eva, row.id) is None
    assert (await a.get(f"/media/{row.name}")).status == 404, "its file is none of those shown to the world"
    village.clock.advance(BETWEEN / 1000 + 1)
    assert await a.node.archives.ask(ann) is None
    await village.settle()
    await village.settle()
    [newer] = await a.node.archives.of(ann)
    assert newer.id != row.id
    kept = a.node.drivers.shelves.kept
    assert await kept.size(row.name) is None
    village.clock.advance(KEPT_FOR / 1000 + 1)
    await village.settle()
    assert await a.node.archives.of(ann) == []
    assert await kept.size(newer.name) is None


async def test_an_archive_that_was_cut_short_is_made_anew(village: Village) -> None:
    a = await village.house("a.test")
    ann = await a.person("ann")
    assert await a.node.archives.ask(ann) is None
    a = await village.house("a.test")  # another process on the same data
    await village.settle()
    [row] = await a.node.archives.of(ann)
    assert row.state is archives.State.READY
    with await fetched(a, "ann") as archive:
        assert document(archive, "outbox.json")["totalItems"] == 0


async def test_whoever_deletes_everything_leaves_no_archive(village: Village) -> None:
    a = await village.house("a.test")
    ann = await a.person("ann")
    await a.node.archives.ask(ann)
    await village.settle()
    [row] = await a.node.archives.of(ann)
    await a.node.people.vanish("ann", "test")
    await village.settle()
    assert await a.node.drivers.shelves.kept.size(row.name) is None
