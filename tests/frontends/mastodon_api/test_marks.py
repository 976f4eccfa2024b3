"""Bookmarks and favourites by app, and who gave them."""

from scattershot.testing.village import House


async def test_bookmarks_come_and_go(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    ids = [str(await house.post("bob", f"{number}")) for number in range(3)]
    for post in (ids[1], ids[0], ids[2]):
        assert (await ann.post(f"/api/v1/statuses/{post}/bookmark"))["bookmarked"] is True
    assert (await ann.get(f"/api/v1/statuses/{ids[0]}"))["bookmarked"] is True
    assert (await bob.get(f"/api/v1/statuses/{ids[0]}"))["bookmarked"] is False
    first = await ann.get("/api/v1/bookmarks", {"limit": 2})
    assert [each["id"] for each in first.body] == [ids[2], ids[0]]
    second = await ann.get(first.links()["next"])
    assert [each["id"] for each in second.body] == [ids[1]]
    assert "next" not in second.links()
    assert [each["id"] for each in (await ann.get(second.links()["prev"])).body] == [ids[2], ids[0]]
    assert (await ann.post(f"/api/v1/statuses/{ids[0]}/unbookmark"))["bookmarked"] is False
    assert [each["id"] for each in (await ann.get("/api/v1/bookmarks")).body] == [ids[2], ids[1]]
    assert (await bob.get("/api/v1/bookmarks")).body == []


async def test_a_boost_is_bookmarked_as_the_post_it_passes_on(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    post = str(await house.post("ann", "x"))
    boost = await bob.post(f"/api/v1/statuses/{post}/reblog")
    assert (await ann.post(f"/api/v1/statuses/{boost['id']}/bookmark"))["id"] == post
    assert [each["id"] for each in (await ann.get("/api/v1/bookmarks")).body] == [post]
    shown = await ann.get(f"/api/v1/statuses/{boost['id']}")
    assert (shown["bookmarked"], shown["reblog"]["bookmarked"]) == (True, True)


async def test_favourites_are_told_newest_first(house: House) -> None:
    ann = await house.phone("ann")
    ids = [str(await house.post("bob", f"{number}")) for number in range(3)]
    for post in (ids[1], ids[2], ids[0]):
        await ann.post(f"/api/v1/statuses/{post}/favourite")
    first = await ann.get("/api/v1/favourites", {"limit": 2})
    assert [each["id"] for each in first.body] == [ids[0], ids[2]]
    assert [each["id"] for each in (await ann.get(first.links()["next"])).body] == [ids[1]]


async def test_a_reaction_is_no_favourite(house: House) -> None:
    post = await house.post("bob", "hello")
    ann = (await house.row("ann")).id
    house.done(await house.node.publisher.like(ann, post, "test", "🎉"))
    phone = await house.phone("ann")
    assert (await phone.get("/api/v1/favourites")).body == []
    assert (await phone.get(f"/api/v1/statuses/{post}/favourited_by")).body == []


async def test_everybody_learns_who_marked_an_open_post(house: House) -> None:
    post = str(await house.post("ann", "hello"))
    for name in ("ann", "bob"):
        phone = await house.phone(name)
        await phone.post(f"/api/v1/statuses/{post}/favourite")
        await phone.post(f"/api/v1/statuses/{post}/reblog")
    for path in (f"/api/v1/statuses/{post}/favourited_by", f"/api/v1/statuses/{post}/reblogged_by"):
        first = await house.stranger().get(path, {"limit": 1})
        second = await house.stranger().get(first.links()["next"])
        assert [each["acct"] for page in (first, second) for each in page.body] == ["bob", "ann"]
        assert (await house.stranger().get(second.links()["next"])).body == []


async def test_what_one_may_not_see_cannot_be_marked(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    secret = await ann.post("/api/v1/statuses", {"status": "x", "visibility": "direct"})
    for deed in ("bookmark", "unbookmark"):
        await bob.post(f"/api/v1/statuses/{secret['id']}/{deed}", status=404)
    for roster in ("favourited_by", "reblogged_by"):
        await bob.get(f"/api/v1/statuses/{secret['id']}/{roster}", status=404)
    await house.stranger().get("/api/v1/bookmarks", status=401)
    narrow = await house.phone("bob", "read:statuses")
    for path in ("/api/v1/bookmarks", "/api/v1/favourites"):
        await narrow.get(path, status=403)
    await narrow.post(f"/api/v1/statuses/{secret['id']}/bookmark", status=403)
