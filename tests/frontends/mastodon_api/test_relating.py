"""Following, keeping away, noting and recommending by app; each answer says how the two stand."""

from typing import Any

import pytest

from scattershot.storage.tables import relations
from scattershot.testing.phone import Heard, Phone
from scattershot.testing.village import House, Village


async def _id(phone: Phone, acct: str) -> str:
    found: str = (await phone.get("/api/v1/accounts/lookup", {"acct": acct}))["id"]
    return found


async def _do(phone: Phone, acct: str, deed: str, body: Any = None, status: int = 200) -> Heard:
    return await phone.post(f"/api/v1/accounts/{await _id(phone, acct)}/{deed}", body, status=status)


async def test_one_follows_and_stops(house: House) -> None:
    ann = await house.phone("ann")
    followed = await _do(ann, "bob", "follow", {"reblogs": True, "notify": False})
    assert (followed["following"], followed["requested"], followed["showing_reblogs"]) == (True, False, True)
    again = await _do(ann, "bob", "follow", {"reblogs": False, "notify": True, "languages": ["de", "pt-BR"]})
    assert (again["showing_reblogs"], again["notifying"], again["languages"]) == (False, True, ["de", "pt-br"])
    assert (await _do(ann, "bob", "follow"))["languages"] == ["de", "pt-br"]
    await _do(ann, "bob", "follow", {"languages": ["<b>"]}, 422)
    assert (await _do(ann, "bob", "follow", {"languages": []}))["languages"] is None
    assert (await ann.get("/api/v1/accounts/lookup?acct=bob"))["followers_count"] == 1
    assert (await _do(ann, "bob", "unfollow"))["following"] is False
    assert (await _do(ann, "bob", "unfollow"))["following"] is False


async def test_the_locked_are_asked_and_answer(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    await house.profile("bob", locked=True)
    asked = await _do(ann, "bob", "follow")
    assert (asked["following"], asked["requested"]) == (False, True)
    [waiting] = (await bob.get("/api/v1/follow_requests")).body
    assert waiting["acct"] == "ann"
    assert (await bob.get("/api/v1/accounts/verify_credentials"))["source"]["follow_requests_count"] == 1
    answered = await bob.post(f"/api/v1/follow_requests/{waiting['id']}/authorize")
    assert (answered["followed_by"], answered["requested_by"]) == (True, False)
    await bob.post(f"/api/v1/follow_requests/{waiting['id']}/authorize", status=404)
    await bob.post(f"/api/v1/follow_requests/{waiting['id']}/reject", status=404)
    assert (await bob.get("/api/v1/follow_requests")).body == []
    assert (await _do(bob, "ann", "remove_from_followers"))["followed_by"] is False
    assert (await _do(bob, "ann", "remove_from_followers"))["followed_by"] is False
    await _do(ann, "bob", "follow")
    rejected = await bob.post(f"/api/v1/follow_requests/{waiting['id']}/reject")
    assert (rejected["followed_by"], rejected["requested_by"]) == (False, False)


async def test_following_across_nodes(village: Village, house: House) -> None:
    far = await village.house("b.example")
    await far.person("cat")
    ann = await house.phone("ann")
    await house.find("@cat@b.example")
    assert (await _do(ann, "cat@b.example", "follow"))["requested"] is True
    await village.settle()
    shown = await ann.get(f"/api/v1/accounts/relationships?id[]={await _id(ann, 'cat@b.example')}")
    assert shown[0]["following"] is True


async def test_nobody_follows_themselves_or_who_blocks_them(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    assert (await _do(ann, "ann", "follow", status=403))["error"] == "This action is not allowed"
    await _do(bob, "ann", "block")
    await _do(ann, "bob", "follow", status=403)
    await _do(ann, "ann", "mute", status=422)
    await _do(ann, "ann", "block", status=403)


async def test_a_block_ends_follows_on_both_sides(house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    await _do(ann, "bob", "follow")
    await _do(bob, "ann", "follow")
    blocked = await _do(ann, "bob", "block")
    assert (blocked["blocking"], blocked["following"], blocked["followed_by"]) == (True, False, False)
    assert (await bob.get(f"/api/v1/accounts/relationships?id={await _id(bob, 'ann')}"))[0]["blocked_by"] is True
    assert [each["acct"] for each in (await ann.get("/api/v1/blocks")).body] == ["bob"]
    assert (await _do(ann, "bob", "unblock"))["blocking"] is False
    assert (await ann.get("/api/v1/blocks")).body == []


async def test_a_mute_has_a_length_and_may_spare_notifications(village: Village, house: House) -> None:
    ann = await house.phone("ann")
    muted = await _do(ann, "bob", "mute", {"duration": 3_600, "notifications": False})
    assert (muted["muting"], muted["muting_notifications"]) == (True, False)
    assert muted["muting_expires_at"] == "2026-01-01T01:00:00.000Z"
    [listed] = (await ann.get("/api/v1/mutes")).body
    assert (listed["acct"], listed["mute_expires_at"]) == ("bob", "2026-01-01T01:00:00.000Z")
    village.clock.advance(3_601)
    assert (await ann.get("/api/v1/mutes")).body == []
    assert (await ann.get(f"/api/v1/accounts/relationships?id={listed['id']}"))[0]["muting"] is False
    forever = await _do(ann, "bob", "mute", {"duration": 0})
    assert (forever["muting_notifications"], forever["muting_expires_at"]) == (True, None)
    assert (await ann.get("/api/v1/mutes"))[0]["mute_expires_at"] is None
    assert (await _do(ann, "bob", "unmute"))["muting"] is False


@pytest.mark.parametrize("duration", [-1, 10**17, ""])
async def test_a_length_that_is_none_is_for_ever(house: House, duration: object) -> None:
    ann = await house.phone("ann")
    assert (await _do(ann, "bob", "mute", {"duration": duration}))["muting_expires_at"] is None


async def test_a_note_is_for_ones_own_eyes(house: House) -> None:
    ann = await house.phone("ann")
    assert (await _do(ann, "bob", "note", {"comment": "met in Rome"}))["note"] == "met in Rome"
    assert (await _do(ann, "bob", "note", {"comment": "x" * 2_001}, 422))["error"]
    assert (await _do(ann, "bob", "note"))["note"] == ""


@pytest.mark.parametrize(("do", "undo"), [("pin", "unpin"), ("endorse", "unendorse")])
async def test_one_recommends_whom_one_follows(house: House, do: str, undo: str) -> None:
    ann = await house.phone("ann")
    assert (await _do(ann, "bob", do, status=422))["error"].startswith("Follow them first")
    await _do(ann, "bob", "follow")
    assert (await _do(ann, "bob", do))["endorsed"] is True
    assert [each["acct"] for each in (await ann.get("/api/v1/endorsements")).body] == ["bob"]
    shown = await house.stranger().get(f"/api/v1/accounts/{await _id(ann, 'ann')}/endorsements")
    assert [each["acct"] for each in shown.body] == ["bob"]
    assert (await _do(ann, "bob", undo))["endorsed"] is False
    assert (await ann.get("/api/v1/endorsements")).body == []


async def test_domains_are_shunned_by_query_form_or_body(village: Village, house: House) -> None:
    far = await village.house("b.example")
    await far.person("cat")
    await far.follow("cat", "@ann@a.example")
    await village.settle()
    ann = await house.phone("ann")
    await ann.form("POST", "/api/v1/domain_blocks", [("domain", "x.example")])
    preview = await ann.get("/api/v1/domain_blocks/preview?domain=b.example")
    assert preview.body == {"following_count": 0, "followers_count": 1}
    assert (await ann.post("/api/v1/domain_blocks?domain=B.example")).body == {}
    assert (await ann.get("/api/v1/domain_blocks")).body == ["b.example", "x.example"]
    first = await ann.get("/api/v1/domain_blocks?limit=1")
    assert (await ann.get(first.links()["next"])).body == ["x.example"]
    cat = await _id(ann, "cat@b.example")
    shown = (await ann.get(f"/api/v1/accounts/relationships?id={cat}"))[0]
    assert (shown["domain_blocking"], shown["followed_by"]) == (True, False)
    await ann.post(f"/api/v1/accounts/{cat}/follow", status=403)
    await village.settle()
    row = await far.row("cat")
    assert await far.node.drivers.database.read(lambda tx: relations.count_following(tx, row.id)) == 0
    assert (await ann.delete("/api/v1/domain_blocks", {"domain": "b.example"})).body == {}
    await ann.delete("/api/v1/domain_blocks?domain=x.example")
    assert (await ann.get("/api/v1/domain_blocks")).body == []
    await ann.post("/api/v1/domain_blocks", {"domain": "a.example"}, status=422)
    await ann.post("/api/v1/domain_blocks", {}, status=422)


async def test_people_are_suggested_and_dismissed(house: House) -> None:
    await house.person("dan")
    ann = await house.phone("ann")
    await _do(ann, "bob", "follow")
    await house.follow("bob", "dan")
    [suggested] = (await ann.get("/api/v2/suggestions")).body
    assert suggested["account"]["acct"] == "dan"
    assert (suggested["source"], suggested["sources"][0]) == ("past_interactions", "friends_of_friends")
    assert [each["acct"] for each in (await ann.get("/api/v1/suggestions?limit=1")).body] == ["dan"]
    assert (await ann.delete(f"/api/v1/suggestions/{suggested['account']['id']}")).body == {}
    assert (await ann.get("/api/v2/suggestions")).body == []


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("read", "POST", "/api/v1/accounts/1/follow"),
        ("write:follows", "POST", "/api/v1/accounts/1/block"),
        ("write", "GET", "/api/v1/blocks"),
        ("read:statuses", "GET", "/api/v1/mutes"),
        ("read", "POST", "/api/v1/reports"),
        ("read", "PATCH", "/api/v1/accounts/update_credentials"),
        ("read:blocks", "DELETE", "/api/v1/domain_blocks"),
    ],
)
async def test_a_token_does_no_more_than_it_may(house: House, scope: str, method: str, path: str) -> None:
    phone = await house.phone("ann", scope)
    assert (await phone.call(method, path, status=403))["error"] == "This action is outside the authorized scopes"


async def test_complaints_are_filed_with_their_posts(village: Village, house: House) -> None:
    ann, bob = await house.phone("ann"), await house.phone("bob")
    rude = await bob.post("/api/v1/statuses", {"status": "something rude"})
    secret = await bob.post("/api/v1/statuses", {"status": "secret", "visibility": "direct"})
    filed = await ann.form(
        "POST",
        "/api/v1/reports",
        [("account_id", rude["account"]["id"]), ("status_ids[]", rude["id"]), ("status_ids[]", secret["id"]),
         ("comment", "not nice"), ("category", "spam"), ("forward", "true")],
    )  # fmt: skip
    assert (filed["category"], filed["comment"], filed["forwarded"]) == ("spam", "not nice", False)
    assert filed["status_ids"] == [rude["id"]]
    assert (filed["action_taken"], filed["action_taken_at"], filed["rule_ids"]) == (False, None, None)
    assert filed["target_account"]["acct"] == "bob"
    assert filed["created_at"] == "2026-01-01T00:00:00.000Z"


async def test_a_complaint_says_which_rules_were_broken(house: House) -> None:
    ann = await house.phone("ann")
    kind, brief = [await house.node.house_rules.add(text) for text in ("Be kind", "Be brief")]
    body = {
        "account_id": await _id(ann, "bob"),
        "category": "violation",
        "rule_ids": [str(brief), str(kind), str(kind)],
    }
    filed = await ann.post("/api/v1/reports", body)
    assert (filed["category"], filed["rule_ids"]) == ("violation", [str(brief), str(kind)])
    assert (await ann.post("/api/v1/reports", {**body, "category": "spam"}))["rule_ids"] is None
    await ann.post("/api/v1/reports", {**body, "rule_ids": ["404"]}, status=422)
    await house.node.house_rules.drop(kind)
    await house.node.people.add("rita", admin=True)
    rita = await house.phone("rita", "read write admin:read admin:write")
    first, second = sorted((await rita.get("/api/v1/admin/reports")).body, key=lambda each: int(each["id"]))
    assert (first["category"], [rule["text"] for rule in first["rules"]]) == ("violation", ["Be brief"])
    assert (second["category"], second["rules"]) == ("spam", [])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 404),
        ({"account_id": "404"}, 404),
        ({"account_id": "me"}, 422),
        ({"account_id": "bob", "category": "taste"}, 422),
        ({"account_id": "bob", "category": "violation", "rule_ids": ["1"]}, 422),
        ({"account_id": "bob", "comment": "x" * 5_001}, 422),
    ],
)
async def test_complaints_that_are_none(house: House, body: dict[str, Any], status: int) -> None:
    ann = await house.phone("ann")
    names = {"me": await _id(ann, "ann"), "bob": await _id(ann, "bob")}
    named = {**body, "account_id": names.get(body.get("account_id", ""), body.get("account_id", ""))}
    assert (await ann.post("/api/v1/reports", named, status=status))["error"]
