"""Searching by app: people, posts and hashtags, and the one thing that a handle or an address stands for."""

from typing import Any

import pytest

from scattershot.app.search import Search
from scattershot.testing.village import House, Village


async def test_everything_is_found_at_once(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    posted = await ann.post("/api/v1/statuses", {"status": "bobbing in the fog #Bobsleigh"})
    await village.settle()
    found = await ann.get("/api/v2/search", {"q": "bob"})
    assert [each["acct"] for each in found["accounts"]] == ["bob"]
    assert [each["name"] for each in found["hashtags"]] == ["bobsleigh"]
    assert found["statuses"] == []
    found = await ann.get("/api/v2/search", {"q": "fog"})
    assert [each["id"] for each in found["statuses"]] == [posted["id"]]
    [tag] = (await ann.get("/api/v2/search", {"q": "#bobs"}))["hashtags"]
    assert tag["url"] == "https://a.example/tags/bobsleigh"
    assert tag["following"] is False
    assert [(day["uses"], day["accounts"]) for day in tag["history"]] == [("1", "1")] + [("0", "0")] * 6
    assert int(tag["history"][0]["day"]) % 86_400 == 0


async def test_what_one_posts_is_found_at_once(house: House) -> None:
    ann = await house.phone("ann")
    posted = await ann.post("/api/v1/statuses", {"status": "a rare zyzzyva #entomology"})
    found = await ann.get("/api/v2/search", {"q": "zyzzyva"})
    assert [each["id"] for each in found["statuses"]] == [posted["id"]]
    assert len((await ann.get("/api/v2/search", {"q": "entomo"}))["hashtags"]) == 1


async def test_a_type_leaves_the_others_empty(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    await ann.post("/api/v1/statuses", {"status": "bob says bob #bob"})
    await village.settle()
    for kind in ("accounts", "statuses", "hashtags"):
        found = await ann.get("/api/v2/search", {"q": "bob", "type": kind})
        assert {name: len(results) for name, results in found.body.items()} == {
            "accounts": 0, "statuses": 0, "hashtags": 0, kind: 1,
        }  # fmt: skip
    found = await ann.get("/api/v2/search", {"q": "bob", "type": "wings"})
    assert found.body == {"accounts": [], "statuses": [], "hashtags": []}


async def test_posts_by_operators_author_and_page(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    ids = []
    for number in range(5):
        ids.append((await ann.post("/api/v1/statuses", {"status": f"fog {number}"}))["id"])
        village.clock.advance(1)
    await village.settle()

    async def found(**query: Any) -> list[str]:
        answer = await ann.get("/api/v2/search", {"q": "fog", "type": "statuses", **query})
        return [each["id"] for each in answer["statuses"]]

    assert await found() == ids[::-1]
    assert await found(limit=2, offset=2) == [ids[2], ids[1]]
    assert await found(max_id=ids[3], min_id=ids[0]) == [ids[2], ids[1]]
    assert await found(q="fog -3 from:me") == [ids[4], ids[2], ids[1], ids[0]]
    own = (await ann.get("/api/v1/accounts/verify_credentials"))["id"]
    assert await found(account_id=own, limit=1) == [ids[4]]
    assert await found(account_id="1") == []
    assert await found(account_id="nobody", limit=1) == [ids[4]]


async def test_a_stranger_finds_people_and_tags_and_no_posts(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    await ann.post("/api/v1/statuses", {"status": "annual fog #annual"})
    await village.settle()
    found = await house.stranger().get("/api/v2/search", {"q": "ann"})
    assert [each["acct"] for each in found["accounts"]] == ["ann"]
    assert [each["name"] for each in found["hashtags"]] == ["annual"]
    assert "following" not in found["hashtags"][0]
    assert (await house.stranger().get("/api/v2/search", {"q": "fog"}))["statuses"] == []
    for query in ({"resolve": "true"}, {"offset": 5}):
        refused = await house.stranger().get("/api/v2/search", {"q": "ann", **query}, status=401)
        assert "without authentication" in refused["error"]
    await house.stranger().get("/api/v1/accounts/search", {"q": "ann"}, status=401)


async def test_handles_and_addresses_of_other_nodes_are_resolved_where_asked(village: Village, house: House) -> None:
    b = await village.house("b.example")
    await b.person("zoe")
    post = await b.post("zoe", "fog at the weir")
    ann = await house.phone("ann")
    assert (await ann.get("/api/v2/search", {"q": "@zoe@b.example"}))["accounts"] == []
    found = await ann.get("/api/v2/search", {"q": "@zoe@b.example", "resolve": "true"})
    assert [each["acct"] for each in found["accounts"]] == ["zoe@b.example"]
    await village.settle()
    for typed in (await b.wire_id(post), f"https://b.example/@zoe/{post}"):
        found = await ann.get("/api/v2/search", {"q": typed, "resolve": "true"})
        [status] = found["statuses"]
        assert status["content"] == "<p>fog at the weir</p>"
        assert found["accounts"] == found["hashtags"] == []
    found = await ann.get("/api/v2/search", {"q": await b.wire_id(post)})
    assert len(found["statuses"]) == 1, "it is known now"
    [person] = (await ann.get("/api/v1/accounts/search", {"q": "zoe@b.example", "limit": 1})).body
    assert person["acct"] == "zoe@b.example"
    for typed in ("https://b.example/nothing", "https://nowhere.example/x", "@nobody@b.example"):
        found = await ann.get("/api/v2/search", {"q": typed, "resolve": "true"})
        assert found.body == {"accounts": [], "statuses": [], "hashtags": []}


async def test_a_secret_post_is_not_found_by_its_address(village: Village, house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    secret = await ann.post("/api/v1/statuses", {"status": "fog", "visibility": "direct"})
    await village.settle()
    for typed in (secret["uri"], secret["url"], "fog"):
        assert (await bob.get("/api/v2/search", {"q": typed}))["statuses"] == []
    assert len((await ann.get("/api/v2/search", {"q": secret["uri"]}))["statuses"]) == 1


async def test_people_alone_and_only_those_one_follows(village: Village, house: House) -> None:
    await house.person("bobby")
    await house.follow("ann", "bobby")
    await village.settle()
    ann = await house.phone("ann")

    async def found(**query: Any) -> list[str]:
        return [each["acct"] for each in (await ann.get("/api/v1/accounts/search", {"q": "bob", **query})).body]

    assert await found() == ["bobby", "bob"]
    assert await found(following="true") == ["bobby"]
    assert await found(limit=1, offset=1) == ["bob"]
    assert await found(q="@bob@a.example") == ["bob"]
    assert await found(q="@bob@a.example", following=True) == []
    found_by_v2 = await ann.get("/api/v2/search", {"q": "bob", "following": "true"})
    assert [each["acct"] for each in found_by_v2["accounts"]] == ["bobby"]


@pytest.mark.parametrize("typed", ['"', "-", "(", "a AND", 'x" OR "open', "\x00", "%00", "#", "@", "a" * 5_000, "🎉"])
async def test_whatever_is_typed_is_answered(house: House, typed: str) -> None:
    ann = await house.phone("ann")
    found = await ann.get("/api/v2/search", {"q": typed, "resolve": "true", "limit": -3, "offset": -1})
    assert set(found.body) == {"accounts", "statuses", "hashtags"}


async def test_what_is_asked_wrongly_is_told(house: House) -> None:
    ann = await house.phone("ann")
    assert "q" in (await ann.get("/api/v2/search", status=422))["error"]
    await ann.get("/api/v1/accounts/search", status=422)
    await ann.get("/api/v2/search", {"q": "x", "limit": "many"}, status=422)
    reader = await house.phone("ann", "write")
    await reader.get("/api/v2/search", {"q": "x"}, status=403)


async def test_a_search_that_takes_too_long_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def late(*_: Any, **__: Any) -> None:
        raise TimeoutError

    monkeypatch.setattr(Search, "people", late)
    ann = await house.phone("ann")
    for path in ("/api/v2/search", "/api/v1/accounts/search"):
        assert "too long" in (await ann.get(path, {"q": "x"}, status=503))["error"]


async def test_a_tag_is_told_of_used_or_not(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    await ann.post("/api/v1/statuses", {"status": "#Tea"})
    await village.settle()
    tag = await ann.get("/api/v1/tags/TEA")
    assert (tag["name"], tag["history"][0]["uses"]) == ("tea", "1")
    unused = await house.stranger().get("/api/v1/tags/nobody")
    assert {day["uses"] for day in unused["history"]} == {"0"}
