"""One's own microblog by app: how it looks, what it prefers, what its page shows."""

from typing import Any

import pytest

from scattershot.domain.people import KeeperRole, Role
from scattershot.storage.tables import keepers, people
from scattershot.testing.village import House, Village

UPDATE = "/api/v1/accounts/update_credentials"


async def test_what_is_said_is_changed_and_nothing_else(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    changed = await ann.patch(
        UPDATE,
        {"display_name": "Ann Lee", "note": "Hi #tea\nhttps://ann.example", "locked": True, "bot": True,
         "fields_attributes": [{"name": "Site", "value": "https://ann.example"}, {"name": "", "value": ""}]},
    )  # fmt: skip
    assert (changed["display_name"], changed["locked"], changed["bot"]) == ("Ann Lee", True, True)
    assert changed["note"].startswith('<p>Hi <a href="https://a.example/tags/tea"')
    assert changed["source"]["note"] == "Hi #tea\nhttps://ann.example"
    assert changed["source"]["fields"] == [{"name": "Site", "value": "https://ann.example", "verified_at": None}]
    assert 'rel="me nofollow noopener noreferrer"' in changed["fields"][0]["value"]
    again = await ann.patch(UPDATE, {"bot": "false", "discoverable": "0"})
    assert (again["display_name"], again["locked"], again["bot"]) == ("Ann Lee", True, False)
    assert again["discoverable"] is False
    assert (await ann.get("/api/v1/accounts/verify_credentials")).body == again.body
    assert (await ann.patch(UPDATE, {})).body == again.body


@pytest.mark.parametrize(
    "fields",
    [
        [("fields_attributes[0][name]", "a"), ("fields_attributes[0][value]", "1"),
         ("fields_attributes[1][name]", "b"), ("fields_attributes[1][value]", "2")],
        [("fields_attributes[][name]", "a"), ("fields_attributes[][value]", "1"),
         ("fields_attributes[][name]", "b"), ("fields_attributes[][value]", "2")],
    ],
)  # fmt: skip
@pytest.mark.parametrize("multipart", [False, True])
async def test_lines_come_in_every_spelling(house: House, fields: list[tuple[str, str]], multipart: bool) -> None:
    ann = await house.phone("ann")
    more = [*fields, ("source[privacy]", "private"), ("source[sensitive]", "on"), ("source[language]", "de")]
    if multipart:
        changed = await ann.upload("PATCH", UPDATE, more, [])
    else:
        changed = await ann.form("PATCH", UPDATE, more)
    source = changed["source"]
    assert [(each["name"], each["value"]) for each in source["fields"]] == [("a", "1"), ("b", "2")]
    assert (source["privacy"], source["sensitive"], source["language"]) == ("private", True, "de")


async def test_lines_by_place_in_json(house: House) -> None:
    ann = await house.phone("ann")
    named = {"0": {"name": "a", "value": "1"}, "1": {"name": "b", "value": "2"}}
    changed = await ann.patch(UPDATE, {"fields_attributes": named})
    assert [each["name"] for each in changed["fields"]] == ["a", "b"]
    assert (await ann.patch(UPDATE, {"fields_attributes": []}))["fields"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"display_name": "x" * 101},
        {"note": "x" * 5_001},
        {"fields_attributes": [{"name": "a", "value": "b"}] * 9},
        {"fields_attributes": [{"name": "", "value": "no name"}]},
        {"fields_attributes": "text"},
        {"source": {"privacy": "secret"}},
        {"source": {"language": "<b>"}},
        {"source": {"quote_policy": "friends"}},
        {"source": "public"},
        {"attribution_domains": ["not a domain"]},
        {"display_name": {"a": "b"}},
    ],
)
async def test_what_cannot_be_changes_nothing(house: House, body: dict[str, Any]) -> None:
    ann = await house.phone("ann")
    before = (await ann.get("/api/v1/accounts/verify_credentials")).body
    assert (await ann.patch(UPDATE, {"note": "changed", **body}, status=422))["error"].startswith("Validation failed")
    assert (await ann.get("/api/v1/accounts/verify_credentials")).body == before


async def test_preferences_are_what_new_posts_begin_with(house: House) -> None:
    ann = await house.phone("ann")
    assert (await ann.get("/api/v1/preferences")).body == {
        "posting:default:visibility": "public", "posting:default:sensitive": False, "posting:default:language": None,
        "posting:default:quote_policy": "public", "reading:expand:media": "default", "reading:expand:spoilers": False,
        "reading:autoplay:gifs": False,
    }  # fmt: skip
    source = {"privacy": "unlisted", "sensitive": True, "language": "pt-BR", "quote_policy": "nobody"}
    await ann.patch(UPDATE, {"source": source})
    chosen = (await ann.get("/api/v1/preferences")).body
    assert [chosen[f"posting:default:{name}"] for name in ("visibility", "sensitive", "language", "quote_policy")] == [
        "unlisted", True, "pt-BR", "nobody",
    ]  # fmt: skip
    posted = await ann.post("/api/v1/statuses", {"status": "as usual"})
    assert (posted["visibility"], posted["sensitive"], posted["language"]) == ("unlisted", True, "pt-BR")
    said = {"status": "otherwise", "visibility": "public", "sensitive": False, "language": "de"}
    posted = await ann.post("/api/v1/statuses", said)
    assert (posted["visibility"], posted["sensitive"], posted["language"]) == ("public", False, "de")
    await ann.patch(UPDATE, {"source": {"language": ""}})
    assert (await ann.get("/api/v1/preferences")).body["posting:default:language"] is None


async def test_the_newer_profile_holds_what_was_typed(house: House) -> None:
    ann = await house.phone("ann")
    shown = await ann.patch(
        "/api/v1/profile",
        {"note": "a & b", "attribution_domains": ["Ann.example", "*.blog.example", ""], "hide_collections": True},
    )
    assert (shown["note"], shown["hide_collections"], shown["avatar"]) == ("a & b", True, None)
    assert shown["attribution_domains"] == ["ann.example", "blog.example"]
    assert (await ann.get("/api/v1/profile")).body == shown.body
    actor = await house.get((await house.row("ann")).profile.id.value.removeprefix("https://a.example"))
    assert b'"attributionDomains":["ann.example","blog.example"]' in actor.body
    for picture in ("avatar", "header"):
        assert (await ann.delete(f"/api/v1/profile/{picture}"))[picture].endswith("missing.png")


async def test_who_only_writes_changes_nothing(house: House) -> None:
    row = await house.row("ann")

    def work(tx: Any) -> Any:
        person = people.add(tx, "dan", Role.PERSON, "", row.fetched_at)
        keepers.put(tx, person, row.id, KeeperRole.EDITOR, row.fetched_at)
        return person

    person = await house.node.drivers.database.write(work)
    dan = house.stranger((await house.node.programs.issue(person, row.id, "read write")).token)
    assert (await dan.get("/api/v1/accounts/verify_credentials"))["acct"] == "ann"
    await dan.patch(UPDATE, {"note": "mine now"}, status=403)
    await dan.patch("/api/v1/profile", {"note": "mine now"}, status=403)
    await dan.delete("/api/v1/profile/avatar", status=403)


async def test_tags_are_shown_counted_and_suggested(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    await house.post("ann", "#tea and #cake")
    await house.post("ann", "more #Tea")
    suggested = (await ann.get("/api/v1/featured_tags/suggestions")).body
    assert [each["name"] for each in suggested] == ["tea", "cake"]
    made = await ann.post("/api/v1/featured_tags", {"name": "#Tea"})
    assert (made["name"], made["statuses_count"], made["last_status_at"]) == ("Tea", "2", "2026-01-01")
    assert made["url"] == "https://a.example/tags/tea"
    await ann.post("/api/v1/featured_tags", {"name": "tea"}, status=422)
    await ann.post("/api/v1/featured_tags", {"name": "two words"}, status=422)
    await ann.post("/api/v1/featured_tags", status=422)
    assert (await ann.get("/api/v1/featured_tags")).body == [made.body]
    me = (await ann.get("/api/v1/accounts/verify_credentials"))["id"]
    assert (await house.stranger().get(f"/api/v1/accounts/{me}/featured_tags")).body == [made.body]
    assert [each["name"] for each in (await ann.get("/api/v1/featured_tags/suggestions")).body] == ["cake"]
    assert (await ann.get("/api/v1/profile"))["featured_tags"] == [made.body]
    await (await house.phone("bob")).delete(f"/api/v1/featured_tags/{made['id']}", status=404)
    assert (await ann.delete(f"/api/v1/featured_tags/{made['id']}")).body == {}
    await ann.delete(f"/api/v1/featured_tags/{made['id']}", status=404)


async def test_a_tag_is_put_on_ones_page_where_it_is_met(house: House) -> None:
    ann = await house.phone("ann")
    for _ in range(2):
        assert (await ann.post("/api/v1/tags/Tea/feature"))["featuring"] is True
    assert (await ann.get("/api/v1/tags/tea"))["featuring"] is True
    assert (await (await house.phone("bob")).get("/api/v1/tags/tea"))["featuring"] is False
    assert [each["name"] for each in (await ann.get("/api/v1/featured_tags")).body] == ["Tea"]
    assert (await ann.post("/api/v1/tags/tea/unfeature"))["featuring"] is False
    assert (await ann.get("/api/v1/featured_tags")).body == []
    for deed in ("feature", "unfeature"):
        assert (await ann.call("POST", f"/api/v1/tags/a-b/{deed}", status=404 if deed == "unfeature" else 422))["error"]
