"""Posts by app: written, read, passed on and deleted."""

import pytest

from scattershot.domain.post import Audience
from scattershot.testing.village import House, Village


async def test_what_one_writes_is_read_at_home(house: House) -> None:
    ann = await house.phone("ann")
    posted = await ann.post("/api/v1/statuses", {"status": "Hello @bob and #World", "spoiler_text": "greeting"})
    assert posted["content"].startswith("<p>Hello")
    assert posted["visibility"] == "public"
    assert posted["sensitive"] is True
    assert posted["spoiler_text"] == "greeting"
    assert [each["acct"] for each in posted["mentions"]] == ["bob"]
    assert posted["tags"] == [{"name": "world", "url": "https://a.example/tags/world"}]
    assert posted["account"]["acct"] == "ann"
    assert posted["pinned"] is False
    home = await ann.get("/api/v1/timelines/home")
    assert [each["id"] for each in home.body] == [posted["id"]]


async def test_a_boost_stands_around_what_it_passes_on(village: Village, house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    await house.follow("ann", "bob")
    posted = await ann.post("/api/v1/statuses", {"status": "worth passing on"})
    boost = await bob.post(f"/api/v1/statuses/{posted['id']}/reblog")
    assert boost["reblog"]["id"] == posted["id"]
    assert boost["reblog"]["reblogged"] is True
    assert boost["account"]["acct"] == "bob"
    assert boost["content"] == ""
    again = await bob.post(f"/api/v1/statuses/{posted['id']}/reblog")
    assert again["id"] == boost["id"]
    shown = await bob.get(f"/api/v1/statuses/{boost['id']}")
    assert shown["reblog"]["content"] == "<p>worth passing on</p>"
    undone = await bob.post(f"/api/v1/statuses/{boost['id']}/unreblog")
    assert undone["id"] == posted["id"]
    assert undone["reblogged"] is False


@pytest.mark.parametrize(
    ("do", "undo", "mark"), [("favourite", "unfavourite", "favourited"), ("pin", "unpin", "pinned")]
)
async def test_marks_come_and_go(house: House, do: str, undo: str, mark: str) -> None:
    ann = await house.phone("ann")
    posted = await ann.post("/api/v1/statuses", {"status": "mark me"})
    assert (await ann.post(f"/api/v1/statuses/{posted['id']}/{do}"))[mark] is True
    assert (await ann.get("/api/v1/timelines/home"))[0][mark] is True
    assert (await ann.post(f"/api/v1/statuses/{posted['id']}/{undo}"))[mark] is False


async def test_a_deleted_post_is_shown_once_more_and_then_gone(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    posted = await ann.post("/api/v1/statuses", {"status": "not for long"})
    await bob.delete(f"/api/v1/statuses/{posted['id']}", status=404)
    assert (await ann.delete(f"/api/v1/statuses/{posted['id']}"))["id"] == posted["id"]
    assert (await ann.get(f"/api/v1/statuses/{posted['id']}", status=404))["error"] == "Record not found"


async def test_a_thread_has_what_comes_before_and_after(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    first = await ann.post("/api/v1/statuses", {"status": "first"})
    second = await bob.post("/api/v1/statuses", {"status": "second", "in_reply_to_id": first["id"]})
    third = await ann.post("/api/v1/statuses", {"status": "third", "in_reply_to_id": second["id"]})
    assert second["in_reply_to_account_id"] == first["account"]["id"]
    around = await ann.get(f"/api/v1/statuses/{second['id']}/context")
    assert [each["id"] for each in around["ancestors"]] == [first["id"]]
    assert [each["id"] for each in around["descendants"]] == [third["id"]]
    assert (await ann.get(f"/api/v1/statuses/{first['id']}"))["replies_count"] == 1


async def test_what_one_may_not_see_is_not_there(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    secret = await ann.post("/api/v1/statuses", {"status": "for nobody", "visibility": "direct"})
    assert secret["visibility"] == "direct"
    for phone in (bob, house.stranger()):
        await phone.get(f"/api/v1/statuses/{secret['id']}", status=404)
        await phone.get(f"/api/v1/statuses/{secret['id']}/context", status=404)
    await bob.post(f"/api/v1/statuses/{secret['id']}/favourite", status=404)


@pytest.mark.parametrize(
    "body",
    [{}, {"status": " "}, {"status": "x" * 5_001}, {"status": "x", "visibility": "secret"}, {"status": {"a": "b"}}],
)
async def test_what_is_not_posted(house: House, body: dict[str, object]) -> None:
    ann = await house.phone("ann")
    assert (await ann.post("/api/v1/statuses", body, status=422))["error"]
    assert (await ann.get("/api/v1/timelines/home")).body == []


async def test_pages_are_linked_and_end(house: House) -> None:
    ann = await house.phone("ann")
    ids = [str(await house.post("ann", f"number {number}")) for number in range(5)]
    page = await ann.get("/api/v1/timelines/home", {"limit": 2})
    assert [each["id"] for each in page.body] == ids[:2:-1]
    assert page.links()["next"] == f"https://a.example/api/v1/timelines/home?limit=2&max_id={ids[3]}"
    second = await ann.get(page.links()["next"])
    assert [each["id"] for each in second.body] == [ids[2], ids[1]]
    last = await ann.get(second.links()["next"])
    assert [each["id"] for each in last.body] == [ids[0]]
    assert "next" not in last.links()
    newer = await ann.get(last.links()["prev"])
    assert [each["id"] for each in newer.body] == [ids[2], ids[1]]
    since = await ann.get("/api/v1/timelines/home", {"since_id": ids[0], "limit": 2})
    assert [each["id"] for each in since.body] == ids[:2:-1]


async def test_a_local_post_is_for_those_of_here(house: House) -> None:
    ann = await house.phone("ann")
    post = await house.post("ann", "between us", Audience.LOCAL)
    assert (await ann.get(f"/api/v1/statuses/{post}"))["local_only"] is True
    await house.stranger().get(f"/api/v1/statuses/{post}", status=404)


async def test_the_public_timelines_are_for_anyone(house: House) -> None:
    await house.post("ann", "to #everyone")
    for path in ("/api/v1/timelines/public", "/api/v1/timelines/public?local=true", "/api/v1/timelines/tag/everyone"):
        [shown] = (await house.stranger().get(path)).body
        assert "favourited" not in shown
