"""Lists by app: made, filled and read."""

import pytest

from scattershot.testing.phone import Phone
from scattershot.testing.village import House


@pytest.fixture
async def ann(house: House) -> Phone:
    await house.follow("ann", "bob")
    return await house.phone("ann")


async def _id(house: House, name: str) -> str:
    return str((await house.row(name)).id)


async def test_a_list_is_made_changed_and_deleted(ann: Phone) -> None:
    made = await ann.post("/api/v1/lists", {"title": "Friends"})
    assert made.body == {"id": made["id"], "title": "Friends", "replies_policy": "list", "exclusive": False}
    assert (await ann.get("/api/v1/lists")).body == [made.body]
    path = f"/api/v1/lists/{made['id']}"
    changed = await ann.put(path, {"title": "Foes", "replies_policy": "none", "exclusive": True})
    assert changed.body == {"id": made["id"], "title": "Foes", "replies_policy": "none", "exclusive": True}
    assert (await ann.get(path)).body == changed.body
    assert (await ann.form("PUT", path, [("exclusive", "false")]))["exclusive"] is False
    assert (await ann.delete(path)).body == {}
    await ann.get(path, status=404)
    assert (await ann.get("/api/v1/lists")).body == []


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "Validation failed: Title can't be blank"),
        ({"title": ""}, "Validation failed: Title can't be blank"),
        ({"title": "x" * 257}, "Validation failed: Title is too long (maximum is 256 characters)"),
        ({"title": "x", "replies_policy": "all"}, "Validation failed: Replies policy is not included in the list"),
        ({"title": {"a": "b"}}, "Validation failed: title must be a text"),
    ],
)
async def test_what_is_no_list(ann: Phone, body: dict[str, object], error: str) -> None:
    assert (await ann.post("/api/v1/lists", body, status=422))["error"] == error


async def test_members_come_and_go_in_every_spelling(house: House, ann: Phone) -> None:
    bob = await _id(house, "bob")
    made = await ann.post("/api/v1/lists", {"title": "Friends"})
    path = f"/api/v1/lists/{made['id']}/accounts"
    assert (await ann.post(path, {"account_ids": [bob]})).body == {}
    taken = await ann.post(path, {"account_ids": [bob]}, status=422)
    assert taken["error"] == "Validation failed: Account has already been taken"
    assert [each["acct"] for each in (await ann.get(path, {"limit": 0})).body] == ["bob"]
    assert (await ann.get(f"/api/v1/accounts/{bob}/lists")).body == [made.body]
    assert (await ann.delete(path, {"account_ids": [bob]})).body == {}
    assert (await ann.get(path)).body == []
    await ann.form("POST", path, [("account_ids[]", bob)])
    await ann.form("DELETE", path, [("account_ids[]", bob)])
    await ann.form("POST", f"{path}?account_ids[]={bob}", [])
    await ann.delete(f"{path}?account_ids[]={bob}")
    assert (await ann.get(f"/api/v1/accounts/{bob}/lists")).body == []


async def test_who_is_not_followed_and_whose_list_it_is_not(house: House, ann: Phone) -> None:
    await house.person("carol")
    carol, bob = await _id(house, "carol"), await _id(house, "bob")
    made = await ann.post("/api/v1/lists", {"title": "Friends"})
    path = f"/api/v1/lists/{made['id']}"
    for wrong in ([carol], [bob, carol], ["nobody"], ["1"]):
        assert (await ann.post(f"{path}/accounts", {"account_ids": wrong}, status=404))["error"] == "Record not found"
    assert (await ann.get(f"{path}/accounts")).body == []
    await ann.post(f"{path}/accounts", {}, status=422)
    other = await house.phone("bob")
    for method, tail, body in (
        ("GET", "", None), ("PUT", "", {"title": "x"}), ("DELETE", "", None), ("GET", "/accounts", None),
        ("POST", "/accounts", {"account_ids": [carol]}), ("DELETE", "/accounts", {"account_ids": [carol]}),
    ):  # fmt: skip
        await other.call(method, path + tail, body, status=404)
    await other.get(f"/api/v1/timelines/list/{made['id']}", status=404)
    await ann.get("/api/v1/lists/nothing", status=404)
    await ann.get("/api/v1/accounts/1/lists", status=404)
    await house.stranger().get("/api/v1/lists", status=401)
    narrow = await house.phone("ann", "read:statuses write:statuses")
    await narrow.get("/api/v1/lists", status=403)
    await narrow.post("/api/v1/lists", {"title": "x"}, status=403)


async def test_members_are_told_page_by_page(house: House, ann: Phone) -> None:
    made = await ann.post("/api/v1/lists", {"title": "Many"})
    path = f"/api/v1/lists/{made['id']}/accounts"
    names = [f"person{n}" for n in range(5)]
    for name in names:
        await house.person(name)
        await house.follow("ann", name)
        await ann.post(path, {"account_ids": [await _id(house, name)]})
    first = await ann.get(path, {"limit": 2})
    second = await ann.get(first.links()["next"])
    third = await ann.get(second.links()["next"])
    told = [each["acct"] for page in (first, second, third) for each in page.body]
    assert sorted(told) == names
    assert "next" not in third.links()
    assert len((await ann.get(path, {"limit": 0})).body) == 5
    assert [each["acct"] for each in (await ann.get(path)).body] == told


async def test_the_timeline_of_a_list_is_paged_as_any(house: House, ann: Phone) -> None:
    ids = [str(await house.post("bob", f"number {number}")) for number in range(5)]
    made = await ann.post("/api/v1/lists", {"title": "Friends", "exclusive": True})
    await ann.post(f"/api/v1/lists/{made['id']}/accounts", {"account_ids": [await _id(house, "bob")]})
    path = f"/api/v1/timelines/list/{made['id']}"
    first = await ann.get(path, {"limit": 2})
    assert [each["id"] for each in first.body] == [ids[4], ids[3]]
    second = await ann.get(first.links()["next"])
    assert [each["id"] for each in second.body] == [ids[2], ids[1]]
    assert [each["id"] for each in (await ann.get(second.links()["prev"])).body] == [ids[4], ids[3]]
    last = await ann.get(second.links()["next"])
    assert [each["id"] for each in last.body] == [ids[0]]
    assert "next" not in last.links()
    assert (await ann.get("/api/v1/timelines/home")).body == []
    await ann.delete(f"/api/v1/lists/{made['id']}")
    assert len((await ann.get("/api/v1/timelines/home")).body) == 5
