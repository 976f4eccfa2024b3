"""Whose notifications one wants, by app, and those who wait for it."""

from collections.abc import Awaitable, Callable

import msgspec
import pytest

from scattershot.frontends.mastodon_api.entities import notification as entities
from scattershot.testing.phone import Phone
from scattershot.testing.village import House, Village

V1, V2 = "/api/v1/notifications", "/api/v2/notifications"
REQUESTS = f"{V1}/requests"

AtTheDoor = Callable[[], Awaitable[str]]


@pytest.fixture
async def ann(house: House) -> Phone:
    return await house.phone("ann")


@pytest.fixture
async def bob(house: House) -> Phone:
    return await house.phone("bob")


@pytest.fixture
def at_the_door(village: Village, ann: Phone, bob: Phone) -> AtTheDoor:
    """Bob, whom Ann does not follow, mentions her, and waits; the number of his request."""

    async def ask() -> str:
        await ann.patch(f"{V2}/policy", {"for_not_following": "filter"})
        await bob.post("/api/v1/statuses", {"status": "@ann may I?"})
        await village.settle()
        number: str = (await ann.get(REQUESTS))[0]["id"]
        return number

    return ask


async def test_the_policy_is_shown_and_changed_in_part(ann: Phone, bob: Phone) -> None:
    shown = msgspec.convert((await ann.get(f"{V2}/policy")).body, entities.NotificationPolicy)
    assert (shown.for_not_following, shown.for_private_mentions, shown.for_limited_accounts) == (
        "accept", "accept", "filter",
    )  # fmt: skip
    assert shown.summary.pending_requests_count == 0
    changed = await ann.patch(f"{V2}/policy", {"for_not_following": "filter", "for_bots": "drop"})
    assert (changed["for_not_following"], changed["for_bots"]) == ("filter", "drop")
    again = await ann.form("PATCH", f"{V2}/policy", [("for_new_accounts", "drop")])
    assert (again["for_not_following"], again["for_new_accounts"]) == ("filter", "drop")
    assert (await bob.get(f"{V2}/policy"))["for_not_following"] == "accept"
    problem = await ann.patch(f"{V2}/policy", {"for_not_following": "perhaps"}, status=422)
    assert "for_not_following" in problem["error"]
    assert (await ann.get(f"{V2}/policy"))["for_not_following"] == "filter"


async def test_the_first_version_knows_yes_and_no(ann: Phone) -> None:
    changed = await ann.form("PUT", f"{V1}/policy", [("filter_not_followers", "1"), ("filter_new_accounts", "true")])
    shown = msgspec.convert(changed.body, entities.NotificationPolicyV1)
    assert (shown.filter_not_followers, shown.filter_new_accounts, shown.filter_not_following) == (True, True, False)
    assert (await ann.get(f"{V2}/policy"))["for_not_followers"] == "filter"
    await ann.patch(f"{V2}/policy", {"for_not_followers": "drop"})
    assert (await ann.get(f"{V1}/policy"))["filter_not_followers"] is True
    assert (await ann.patch(f"{V1}/policy", {"filter_not_followers": False}))["filter_not_followers"] is False
    assert (await ann.get(f"{V2}/policy"))["for_not_followers"] == "accept"


async def test_who_is_kept_out_waits_and_can_be_looked_at(ann: Phone, bob: Phone, at_the_door: AtTheDoor) -> None:
    number = await at_the_door()
    assert (await ann.get(V1)).body == []
    [listed] = (await ann.get(REQUESTS)).body
    request = msgspec.convert(listed, entities.NotificationRequest)
    assert (request.account.acct, request.notifications_count) == ("bob", "1")
    assert request.last_status is not None
    assert request.last_status.content.endswith("may I?</p>")
    assert (await ann.get(f"{REQUESTS}/{number}")).body == listed
    await bob.get(f"{REQUESTS}/{number}", status=404)
    summary = (await ann.get(f"{V2}/policy"))["summary"]
    assert summary == {"pending_requests_count": 1, "pending_notifications_count": 1}
    [of_bob] = (await ann.get(V1, {"account_id": request.account.id})).body
    assert of_bob["filtered"] is True
    assert len((await ann.get(V1, {"include_filtered": "true"})).body) == 1
    assert len((await ann.get(V2, {"include_filtered": "true"}))["notification_groups"]) == 1
    assert (await ann.get(V2))["notification_groups"] == []


async def test_who_is_let_in_is_heard(village: Village, ann: Phone, bob: Phone, at_the_door: AtTheDoor) -> None:
    number = await at_the_door()
    await bob.post(f"{REQUESTS}/{number}/accept", status=404)
    assert (await ann.post(f"{REQUESTS}/{number}/accept")).body == {}
    await ann.post(f"{REQUESTS}/{number}/accept", status=404)
    assert (await ann.get(f"{REQUESTS}/merged")).body == {"merged": True}
    assert (await ann.get(REQUESTS)).body == []
    await bob.post("/api/v1/statuses", {"status": "@ann thanks"})
    await village.settle()
    assert len((await ann.get(V1)).body) == 2


async def test_who_is_turned_away_is_forgotten(ann: Phone, bob: Phone, at_the_door: AtTheDoor) -> None:
    number = await at_the_door()
    await bob.post(f"{REQUESTS}/{number}/dismiss", status=404)
    assert (await ann.post(f"{REQUESTS}/{number}/dismiss")).body == {}
    await ann.get(f"{REQUESTS}/{number}", status=404)
    assert (await ann.get(V1, {"include_filtered": "true"})).body == []


@pytest.mark.parametrize("answer", ["accept", "dismiss"])
async def test_several_are_answered_at_once(
    village: Village, house: House, ann: Phone, at_the_door: AtTheDoor, answer: str
) -> None:
    first = await at_the_door()
    await house.person("carl")
    await (await house.phone("carl")).post("/api/v1/statuses", {"status": "@ann me too"})
    await village.settle()
    second = (await ann.get(REQUESTS))[0]["id"]
    assert (await ann.get(REQUESTS, {"limit": 1})).links()["next"].endswith(f"max_id={second}")
    fields = [("id[]", first), ("id[]", second), ("id[]", "nonsense"), ("id[]", "999")]
    assert (await ann.form("POST", f"{REQUESTS}/{answer}", fields)).body == {}
    assert (await ann.get(REQUESTS)).body == []
    assert len((await ann.get(V1)).body) == (2 if answer == "accept" else 0)
    assert (await ann.post(f"{REQUESTS}/{answer}", {})).body == {}
