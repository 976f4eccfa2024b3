"""Filters by app, in both versions, and what is told of posts that meet them."""

from typing import Any

import msgspec
import pytest

from scattershot.frontends.mastodon_api.entities.status import Status
from scattershot.testing.phone import Phone
from scattershot.testing.village import House, Village


@pytest.fixture
async def ann(house: House) -> Phone:
    return await house.phone("ann")


TEA = {"title": "Drinks", "context": ["home", "public"], "keywords_attributes": [{"keyword": "tea"}]}


async def test_a_filter_is_made_changed_and_deleted(house: House, ann: Phone) -> None:
    made = await ann.post("/api/v2/filters", {**TEA, "filter_action": "hide", "expires_in": 3600})
    [keyword] = made["keywords"]
    assert keyword == {"id": keyword["id"], "keyword": "tea", "whole_word": True}
    assert made.body == {
        "id": made["id"], "title": "Drinks", "context": ["home", "public"], "filter_action": "hide",
        "expires_at": made["expires_at"], "keywords": [keyword], "statuses": [],
    }  # fmt: skip
    assert made["expires_at"].endswith("Z")
    path = f"/api/v2/filters/{made['id']}"
    assert (await ann.get(path)).body == made.body
    assert (await ann.get("/api/v2/filters")).body == [made.body]
    unchanged = await ann.put(path, {"title": "Other"})
    assert unchanged.body == {**made.body, "title": "Other"}
    changed = await ann.put(path, {"expires_in": None, "filter_action": "blur", "context": ["thread"]})
    assert (changed["expires_at"], changed["filter_action"], changed["context"]) == (None, "blur", ["thread"])
    assert (await ann.delete(path)).body == {}
    await ann.get(path, status=404)


async def test_forms_in_rails_spelling_make_and_change_keywords(ann: Phone) -> None:
    made = await ann.form(
        "POST", "/api/v2/filters",
        [("title", "test"), ("context[]", "public"), ("keywords_attributes[][keyword]", "foo"),
         ("keywords_attributes[][whole_word]", "false"), ("keywords_attributes[][keyword]", "bar"),
         ("keywords_attributes[][whole_word]", "true"), ("expires_in", "")],
    )  # fmt: skip
    foo, bar = made["keywords"]
    assert [(each["keyword"], each["whole_word"]) for each in (foo, bar)] == [("foo", False), ("bar", True)]
    assert made["expires_at"] is None
    changed = await ann.form(
        "PUT", f"/api/v2/filters/{made['id']}",
        [("keywords_attributes[0][id]", foo["id"]), ("keywords_attributes[0][_destroy]", "true"),
         ("keywords_attributes[1][id]", bar["id"]), ("keywords_attributes[1][keyword]", "baz")],
    )  # fmt: skip
    assert changed["keywords"] == [{"id": bar["id"], "keyword": "baz", "whole_word": True}]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"context": ["home"]}, "Title can't be blank"),
        ({"title": "x"}, "Context can't be blank"),
        ({"title": "x", "context": []}, "Context can't be blank"),
        ({}, "Title can't be blank, Context can't be blank"),
        ({"title": "x", "context": ["kitchen"]}, "Context None or invalid context supplied"),
        ({"title": "x", "context": ["home"], "filter_action": "burn"}, "Action is not included in the list"),
        ({**TEA, "keywords_attributes": [{"keyword": "x" * 513}]}, "Keyword is too long (maximum is 512 characters)"),
        ({**TEA, "expires_in": "soon"}, "expires_in is not a number"),
        ({**TEA, "keywords_attributes": ["tea"]}, "keywords_attributes must have fields of its own"),
    ],
)
async def test_what_is_no_filter(ann: Phone, body: dict[str, object], error: str) -> None:
    assert (await ann.post("/api/v2/filters", body, status=422))["error"] == f"Validation failed: {error}"
    assert (await ann.get("/api/v2/filters")).body == []


async def test_keywords_have_addresses_of_their_own(ann: Phone) -> None:
    made = await ann.post("/api/v2/filters", TEA)
    path = f"/api/v2/filters/{made['id']}/keywords"
    added = await ann.post(path, {"keyword": "milk", "whole_word": False})
    assert added.body == {"id": added["id"], "keyword": "milk", "whole_word": False}
    assert (await ann.get(path)).body == [*made["keywords"], added.body]
    own = f"/api/v2/filters/keywords/{added['id']}"
    assert (await ann.get(own)).body == added.body
    changed = await ann.put(own, {"keyword": "oat milk", "whole_word": True})
    assert changed.body == {"id": added["id"], "keyword": "oat milk", "whole_word": True}
    for wrong in ({}, {"keyword": ""}):
        assert (await ann.post(path, wrong, status=422))["error"] == "Validation failed: Keyword can't be blank"
    assert (await ann.put(own, {"keyword": " "}, status=422))["error"] == "Validation failed: Keyword can't be blank"
    assert (await ann.delete(own)).body == {}
    for method in ("GET", "PUT", "DELETE"):
        await ann.call(method, own, {"keyword": "x"} if method == "PUT" else None, status=404)


async def test_a_filter_is_nobody_elses(house: House, ann: Phone) -> None:
    made = await ann.post("/api/v2/filters", TEA)
    post = await house.post("bob", "x")
    held = await ann.post(f"/api/v2/filters/{made['id']}/statuses", {"status_id": str(post)})
    bob = await house.phone("bob")
    keyword, number = made["keywords"][0]["id"], made["id"]
    for method, path, body in (
        ("GET", f"/api/v2/filters/{number}", None), ("PUT", f"/api/v2/filters/{number}", {"title": "x"}),
        ("DELETE", f"/api/v2/filters/{number}", None), ("GET", f"/api/v2/filters/{number}/keywords", None),
        ("POST", f"/api/v2/filters/{number}/keywords", {"keyword": "x"}),
        ("GET", f"/api/v2/filters/keywords/{keyword}", None), ("PUT", f"/api/v2/filters/keywords/{keyword}", {}),
        ("DELETE", f"/api/v2/filters/keywords/{keyword}", None), ("GET", f"/api/v2/filters/{number}/statuses", None),
        ("POST", f"/api/v2/filters/{number}/statuses", {"status_id": str(post)}),
        ("GET", f"/api/v2/filters/statuses/{held['id']}", None),
        ("DELETE", f"/api/v2/filters/statuses/{held['id']}", None), ("GET", f"/api/v1/filters/{keyword}", None),
        ("PUT", f"/api/v1/filters/{keyword}", {"phrase": "x", "context": ["home"]}),
        ("DELETE", f"/api/v1/filters/{keyword}", None),
    ):  # fmt: skip
        assert (await bob.call(method, path, body, status=404))["error"] == "Record not found"
    await house.stranger().get("/api/v2/filters", status=401)
    await (await house.phone("ann", "read:lists")).get("/api/v2/filters", status=403)
    assert (await ann.get(f"/api/v2/filters/{number}"))["statuses"] == [held.body]


# -- posts that meet them


async def test_a_post_that_meets_a_filter_says_so_to_its_owner_alone(
    village: Village, house: House, ann: Phone
) -> None:
    await house.follow("ann", "bob")
    post = str(await house.post("bob", "A cup of TEA"))
    plain = str(await house.post("bob", "nothing of it"))
    await village.settle()
    assert (await ann.get(f"/api/v1/statuses/{post}"))["filtered"] == []
    made = await ann.post("/api/v2/filters", TEA)
    result = {
        "filter": {key: made[key] for key in ("id", "title", "context", "expires_at", "filter_action")},
        "keyword_matches": ["tea"], "status_matches": None,
    }  # fmt: skip
    for path in ("/api/v1/timelines/home", "/api/v1/timelines/public"):
        shown = {each["id"]: each["filtered"] for each in (await ann.get(path)).body}
        assert shown == {post: [result], plain: []}
    whole = (await ann.get(f"/api/v1/statuses/{post}")).body
    assert whole["filtered"] == [result]
    msgspec.convert(whole, Status)
    bob = await house.phone("bob")
    assert (await bob.get(f"/api/v1/statuses/{post}"))["filtered"] == []
    assert "filtered" not in (await house.stranger().get(f"/api/v1/statuses/{post}")).body
    await ann.delete(f"/api/v2/filters/{made['id']}")
    assert (await ann.get(f"/api/v1/statuses/{post}"))["filtered"] == []


async def test_a_boost_meets_what_it_passes_on_meets(house: House, ann: Phone) -> None:
    await house.follow("ann", "bob")
    await house.person("carol")
    post = str(await house.post("carol", "tea"))
    boost = await (await house.phone("bob")).post(f"/api/v1/statuses/{post}/reblog")
    made = await ann.post("/api/v2/filters", TEA)
    await ann.post(f"/api/v2/filters/{made['id']}/statuses", {"status_id": boost["id"]})
    [shown] = (await ann.get(f"/api/v1/statuses/{boost['id']}"))["filtered"]
    assert (shown["keyword_matches"], shown["status_matches"]) == (["tea"], [boost["id"]])
    [inner] = (await ann.get(f"/api/v1/statuses/{boost['id']}"))["reblog"]["filtered"]
    assert inner == shown
    [itself] = (await ann.get(f"/api/v1/statuses/{post}"))["filtered"]
    assert itself["status_matches"] is None


async def test_a_quoted_post_is_judged_for_itself(house: House, ann: Phone) -> None:
    quoted = await house.post("bob", "tea")
    post = await house.post("bob", "milk", quote=quoted)
    await ann.post("/api/v2/filters", TEA)
    shown = (await ann.get(f"/api/v1/statuses/{post}")).body
    assert shown["filtered"] == []
    [met] = shown["quote"]["quoted_status"]["filtered"]
    assert met["keyword_matches"] == ["tea"]


async def test_a_single_post_is_filtered_until_it_is_let_go(house: House, ann: Phone) -> None:
    post = str(await house.post("bob", "harmless"))
    made = await ann.post("/api/v2/filters", {"title": "These", "context": ["home"]})
    path = f"/api/v2/filters/{made['id']}/statuses"
    held = await ann.post(path, {"status_id": post})
    assert held.body == {"id": held["id"], "status_id": post}
    assert (await ann.get(path)).body == [held.body]
    assert (await ann.get(f"/api/v2/filters/statuses/{held['id']}")).body == held.body
    [met] = (await ann.get(f"/api/v1/statuses/{post}"))["filtered"]
    assert (met["keyword_matches"], met["status_matches"]) == (None, [post])
    assert (await ann.delete(f"/api/v2/filters/statuses/{held['id']}")).body == {}
    assert (await ann.get(f"/api/v1/statuses/{post}"))["filtered"] == []
    secret = await (await house.phone("bob")).post("/api/v1/statuses", {"status": "x", "visibility": "direct"})
    for wrong in ("", "1", "nothing", secret["id"]):
        await ann.post(path, {"status_id": wrong}, status=404)


async def test_an_expired_filter_is_met_no_more_but_still_told(village: Village, house: House, ann: Phone) -> None:
    post = str(await house.post("bob", "tea"))
    await ann.post("/api/v2/filters", {**TEA, "expires_in": 60})
    assert (await ann.get(f"/api/v1/statuses/{post}"))["filtered"]
    village.clock.advance(60)
    assert (await ann.get(f"/api/v1/statuses/{post}"))["filtered"] == []
    assert len((await ann.get("/api/v2/filters")).body) == 1


# -- as programs of old know them


V1 = {"phrase": "tea", "context": ["home"], "irreversible": True, "whole_word": True, "expires_in": 600}


async def test_each_keyword_is_a_filter_of_old(ann: Phone) -> None:
    made = await ann.post("/api/v1/filters", V1)
    assert made.body == {
        "id": made["id"], "phrase": "tea", "context": ["home"], "irreversible": True, "whole_word": True,
        "expires_at": made["expires_at"],
    }  # fmt: skip
    [whole] = (await ann.get("/api/v2/filters")).body
    assert (whole["title"], whole["filter_action"], [each["id"] for each in whole["keywords"]]) == (
        "tea", "hide", [made["id"]],
    )  # fmt: skip
    path = f"/api/v1/filters/{made['id']}"
    assert (await ann.get(path)).body == made.body
    changed = await ann.put(path, {"phrase": "coffee", "context": ["public"], "irreversible": False, "expires_in": ""})
    assert (changed["phrase"], changed["context"], changed["irreversible"], changed["expires_at"]) == (
        "coffee", ["public"], False, None,
    )  # fmt: skip
    assert (await ann.get("/api/v2/filters"))[0]["title"] == "coffee"
    assert (await ann.delete(path)).body == {}
    assert (await ann.get("/api/v2/filters")).body == []


async def test_a_keyword_among_others_keeps_what_they_share(ann: Phone) -> None:
    two: dict[str, Any] = {**TEA, "filter_action": "blur", "keywords_attributes": [{"keyword": "a"}, {"keyword": "b"}]}
    made = await ann.post("/api/v2/filters", two)
    first = made["keywords"][0]["id"]
    path = f"/api/v1/filters/{first}"
    same = {"context": ["public", "home"], "irreversible": False}
    assert (await ann.put(path, {**same, "phrase": "c", "whole_word": False}))["phrase"] == "c"
    for other in ({"context": ["home"]}, {"irreversible": True}, {"expires_in": 60}):
        await ann.put(path, {**same, "phrase": "c", **other}, status=422)
    assert (await ann.get(f"/api/v2/filters/{made['id']}"))["filter_action"] == "blur"
    await ann.delete(path)
    [left] = (await ann.get(f"/api/v2/filters/{made['id']}"))["keywords"]
    assert left["keyword"] == "b"


@pytest.mark.parametrize("body", [{}, {"phrase": "x"}, {"context": ["home"]}, {"phrase": "x", "context": ["y"]}])
async def test_what_is_no_filter_of_old(ann: Phone, body: dict[str, object]) -> None:
    assert (await ann.post("/api/v1/filters", body, status=422))["error"].startswith("Validation failed: ")
