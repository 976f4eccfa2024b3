"""Notifications by app: one by one, in groups, counted, and put away."""

import msgspec
import pytest

from scattershot.domain.post import Audience
from scattershot.frontends.mastodon_api.entities import notification as entities
from scattershot.testing.phone import Phone
from scattershot.testing.village import House, Village

V1, V2 = "/api/v1/notifications", "/api/v2/notifications"


@pytest.fixture
async def ann(house: House) -> Phone:
    return await house.phone("ann")


@pytest.fixture
async def bob(house: House) -> Phone:
    return await house.phone("bob")


async def told_everything(village: Village, house: House, ann: Phone, bob: Phone) -> str:
    """Ann's post, liked, boosted and answered by Bob, who follows her too; its id."""
    post = str(await house.post("ann", "Hello"))
    await bob.post(f"/api/v1/statuses/{post}/favourite")
    await bob.post(f"/api/v1/statuses/{post}/reblog")
    await bob.post("/api/v1/statuses", {"status": "@ann well said", "in_reply_to_id": post})
    await house.follow("bob", "ann")
    await village.settle()
    return post


async def test_each_has_what_an_app_shows(village: Village, house: House, ann: Phone, bob: Phone) -> None:
    post = await told_everything(village, house, ann, bob)
    listed = await ann.get(V1)
    assert [each["type"] for each in listed.body] == ["follow", "mention", "reblog", "favourite"]
    found = msgspec.convert(listed.body, list[entities.Notification])
    assert {each.account.acct for each in found} == {"bob"}
    follow, mention, boost, like = found
    assert follow.status is msgspec.UNSET
    assert isinstance(mention.status, msgspec.Struct)
    assert mention.status.content.endswith("well said</p>")
    assert mention.group_key == f"ungrouped-{mention.id}"
    assert like.group_key.startswith(f"like-{post}-")
    assert boost.group_key.startswith(f"boost-{post}-")
    one = await ann.get(f"{V1}/{mention.id}")
    assert one.body == listed[1]
    await bob.get(f"{V1}/{mention.id}", status=404)
    await ann.get(f"{V1}/0", status=404)
    await ann.get(f"{V1}/nonsense", status=404)


@pytest.mark.parametrize(
    ("query", "types"),
    [
        ({"types[]": ["favourite", "reblog"]}, ["reblog", "favourite"]),
        ({"types": "mention"}, ["mention"]),
        ({"exclude_types[]": ["follow", "mention"]}, ["reblog", "favourite"]),
        ({"types[]": ["mention", "follow"], "exclude_types[]": ["follow"]}, ["mention"]),
        ({"types[]": ["pleroma:chat_mention"]}, []),
        ({"account_id": "0"}, []),
        ({"account_id": "nonsense"}, []),
        ({"limit": 1}, ["follow"]),
        ({"limit": 0}, ["follow"]),
        ({"limit": 10_000}, ["follow", "mention", "reblog", "favourite"]),
    ],
)
async def test_an_app_asks_for_some_only(
    village: Village, house: House, ann: Phone, bob: Phone, query: dict[str, object], types: list[str]
) -> None:
    await told_everything(village, house, ann, bob)
    assert [each["type"] for each in (await ann.get(V1, query)).body] == types
    grouped = await ann.get(V2, query)
    assert [each["type"] for each in grouped["notification_groups"]] == types


async def test_of_one_sender(village: Village, house: House, ann: Phone, bob: Phone) -> None:
    await told_everything(village, house, ann, bob)
    carl = await house.person("carl")
    phone = await house.phone("carl")
    await phone.post("/api/v1/statuses", {"status": "@ann me too"})
    await village.settle()
    [only] = (await ann.get(V1, {"account_id": str(carl)})).body
    assert only["account"]["acct"] == "carl"


async def test_pages_lead_from_one_to_the_next_and_back(village: Village, house: House, ann: Phone, bob: Phone) -> None:
    await told_everything(village, house, ann, bob)
    everything = [each["id"] for each in (await ann.get(V1)).body]
    first = await ann.get(V1, {"limit": 2})
    second = await ann.get(first.links()["next"])
    assert [each["id"] for each in [*first.body, *second.body]] == everything
    assert (await ann.get(second.links()["next"])).body == []
    back = await ann.get(second.links()["prev"])
    assert [each["id"] for each in back.body] == everything[:2]
    since = await ann.get(V1, {"since_id": everything[2]})
    assert [each["id"] for each in since.body] == everything[:2]
    assert "next" not in (await ann.get(V1)).links()


async def test_groups_name_everybody_once(village: Village, house: House, ann: Phone, bob: Phone) -> None:
    post = await told_everything(village, house, ann, bob)
    await house.person("carl")
    carl = await house.phone("carl")
    await carl.post(f"/api/v1/statuses/{post}/favourite")
    await village.settle()
    whole = await ann.get(V2)
    found = msgspec.convert(whole.body, entities.GroupedNotificationsResults)
    assert [group.type for group in found.notification_groups] == ["favourite", "follow", "mention", "reblog"]
    assert sorted(account.acct for account in found.accounts) == ["bob", "carl"]
    assert "partial_accounts" not in whole.body
    assert len(found.statuses) == 2
    likes = found.notification_groups[0]
    assert (likes.notifications_count, likes.status_id) == (2, post)
    assert [str(each["id"]) for each in whole["accounts"] if each["acct"] == "carl"] == likes.sample_account_ids[:1]
    assert likes.page_max_id == str(likes.most_recent_notification_id)
    one = msgspec.convert((await ann.get(f"{V2}/{likes.group_key}")).body, entities.GroupedNotificationsResults)
    assert one.notification_groups[0].notifications_count == 2
    assert one.notification_groups[0].page_min_id is msgspec.UNSET
    accounts = await ann.get(f"{V2}/{likes.group_key}/accounts")
    assert [each["acct"] for each in accounts.body] == ["carl", "bob"]


async def test_a_row_of_pictures_needs_only_part_of_an_account(
    village: Village, house: House, ann: Phone, bob: Phone
) -> None:
    post = await told_everything(village, house, ann, bob)
    await house.person("carl")
    await (await house.phone("carl")).post(f"/api/v1/statuses/{post}/favourite")
    await village.settle()
    query = {"expand_accounts": "partial_avatars", "types[]": "favourite"}
    found = msgspec.convert((await ann.get(V2, query)).body, entities.GroupedNotificationsResults)
    assert [account.acct for account in found.accounts] == ["carl"]
    assert isinstance(found.partial_accounts, list)
    assert [(each.acct, each.avatar) for each in found.partial_accounts] == [
        ("bob", "https://a.example/avatars/original/missing.png")
    ]
    problem = await ann.get(V2, {"expand_accounts": "everything"}, status=400)
    assert "expand_accounts" in problem["error"]


async def test_an_app_that_cannot_show_groups_gets_none(village: Village, house: House, ann: Phone, bob: Phone) -> None:
    post = await told_everything(village, house, ann, bob)
    await house.person("carl")
    await (await house.phone("carl")).post(f"/api/v1/statuses/{post}/favourite")
    await village.settle()
    query = {"grouped_types[]": ["follow"], "types[]": "favourite"}
    groups = (await ann.get(V2, query))["notification_groups"]
    assert [each["notifications_count"] for each in groups] == [1, 1]
    assert all(each["group_key"].startswith("ungrouped-") for each in groups)
    assert (await ann.get(f"{V2}/unread_count", query))["count"] == 2
    assert (await ann.get(f"{V2}/unread_count", {"types[]": "favourite"}))["count"] == 1


async def test_unread_are_those_after_the_marker(village: Village, house: House, ann: Phone, bob: Phone) -> None:
    await told_everything(village, house, ann, bob)
    for path in (V1, V2):
        assert (await ann.get(f"{path}/unread_count"))["count"] == 4
        assert (await ann.get(f"{path}/unread_count", {"limit": 2}))["count"] == 2
    newest = (await ann.get(V1))[1]["id"]
    await ann.post("/api/v1/markers", {"notifications": {"last_read_id": newest}})
    for path in (V1, V2):
        assert (await ann.get(f"{path}/unread_count"))["count"] == 1


async def test_putting_away(village: Village, house: House, ann: Phone, bob: Phone) -> None:
    await told_everything(village, house, ann, bob)
    follow, _, boost, _ = (await ann.get(V1)).body
    await bob.post(f"{V1}/{follow['id']}/dismiss", status=404)
    assert (await ann.post(f"{V1}/{follow['id']}/dismiss")).body == {}
    await ann.post(f"{V1}/{follow['id']}/dismiss", status=404)
    await bob.post(f"{V2}/{boost['group_key']}/dismiss")
    assert (await ann.post(f"{V2}/{boost['group_key']}/dismiss")).body == {}
    await ann.get(f"{V2}/{boost['group_key']}", status=404)
    assert [each["type"] for each in (await ann.get(V1)).body] == ["mention", "favourite"]
    assert (await ann.post(f"{V1}/clear")).body == {}
    assert (await ann.get(V1)).body == []
    assert (await ann.get(V2)).body == {"accounts": [], "statuses": [], "notification_groups": []}


async def test_a_path_with_a_nul_in_it_is_none(ann: Phone) -> None:
    await ann.get(f"{V2}/like-%00", status=404)


@pytest.mark.parametrize("key", ["ungrouped-", "ungrouped-0", "ungrouped-99999999999999999999", "nonsense", "like-1-"])
async def test_a_group_that_is_none(ann: Phone, key: str) -> None:
    await ann.get(f"{V2}/{key}", status=404)
    assert (await ann.get(f"{V2}/{key}/accounts")).body == []
    assert (await ann.post(f"{V2}/{key}/dismiss")).body == {}


async def test_what_is_not_there_any_more_is_not_told(village: Village, ann: Phone, bob: Phone) -> None:
    secret = await bob.post("/api/v1/statuses", {"status": "@ann psst", "visibility": "direct"})
    await village.settle()
    assert len((await ann.get(V1)).body) == 1
    await bob.delete(f"/api/v1/statuses/{secret['id']}")
    await village.settle()
    assert (await ann.get(V1)).body == []


async def test_scopes_are_kept(house: House) -> None:
    reader = await house.phone("ann", "read")
    await reader.get(V1)
    await reader.post(f"{V1}/clear", status=403)
    other = await house.phone("ann", "read:statuses")
    for path in (V1, V2, f"{V1}/policy", f"{V2}/policy", f"{V1}/requests", f"{V1}/unread_count"):
        await other.get(path, status=403)
        await house.stranger().get(path, status=401)


async def test_admins_are_told_of_complaints(village: Village, house: House, ann: Phone, bob: Phone) -> None:
    made = await house.node.people.add("boss", admin=True)
    assert isinstance(made, tuple)
    boss = await house.phone("boss")
    bobs, anns = (await house.row("bob")).id, (await house.row("ann")).id
    await house.node.publisher.report(bobs, anns, [], "rude", forward=False, via="test")
    await village.settle()
    [told] = msgspec.convert((await boss.get(V1)).body, list[entities.Notification])
    assert told.type == "admin.report"
    assert isinstance(told.report, entities.Report)
    assert told.report.comment == "rude"
    assert told.report.target_account is not None
    assert told.report.target_account.acct == "ann"
    [group] = (await boss.get(V2))["notification_groups"]
    assert group["report"]["comment"] == "rude"


async def test_a_complaint_is_told_with_its_category(village: Village, house: House, ann: Phone, bob: Phone) -> None:
    made = await house.node.people.add("boss", admin=True)
    assert isinstance(made, tuple)
    anns = str((await house.row("ann")).id)
    await bob.post("/api/v1/reports", {"account_id": anns, "category": "spam", "comment": "buy"})
    await village.settle()
    [told] = (await (await house.phone("boss")).get(V1)).body
    assert (told["report"]["category"], told["report"]["rule_ids"]) == ("spam", None)


async def test_whom_one_lost_with_a_domain_of_ones_own_choice(village: Village, house: House, ann: Phone) -> None:
    far = await village.house("b.example")
    await far.person("dora")
    await house.follow("ann", "@dora@b.example")
    await village.settle()
    await ann.post("/api/v1/domain_blocks", {"domain": "b.example"})
    await village.settle()
    [told] = (await ann.get(V1)).body
    assert (told["event"]["type"], told["event"]["target_name"]) == ("user_domain_block", "b.example")


async def test_whom_one_lost_with_a_node(village: Village, house: House, ann: Phone) -> None:
    far = await village.house("b.example")
    await far.person("dora")
    await house.follow("ann", "@dora@b.example")
    await village.settle()
    await house.node.dealing.block("b.example")
    await village.settle()
    [told] = msgspec.convert((await ann.get(V1)).body, list[entities.Notification])
    assert told.type == "severed_relationships"
    assert isinstance(told.event, entities.RelationshipSeveranceEvent)
    assert (told.event.target_name, told.event.following_count, told.event.type) == ("b.example", 1, "domain_block")
    assert told.account.acct == "ann"


# -- conversations


async def test_private_posts_are_conversations(village: Village, house: House, ann: Phone, bob: Phone) -> None:
    path = "/api/v1/conversations"
    first = await bob.post("/api/v1/statuses", {"status": "@ann psst", "visibility": "direct"})
    await village.settle()
    listed = msgspec.convert((await ann.get(path)).body, list[entities.Conversation])
    [only] = listed
    assert ([each.acct for each in only.accounts], only.unread) == (["bob"], True)
    assert only.last_status is not None
    assert only.last_status.id == first["id"]
    read = await ann.post(f"{path}/{only.id}/read")
    assert (read["id"], read["unread"]) == (only.id, False)
    assert (await ann.post(f"{path}/{only.id}/unread"))["unread"] is True
    [bobs] = (await bob.get(path)).body
    assert ([each["acct"] for each in bobs["accounts"]], bobs["unread"]) == (["ann"], False)
    await bob.post(f"{path}/{only.id}/read", status=404)
    await bob.delete(f"{path}/{only.id}", status=404)
    assert (await ann.delete(f"{path}/{only.id}")).body == {}
    await ann.delete(f"{path}/{only.id}", status=404)
    assert (await ann.get(path)).body == []
    assert len((await bob.get(path)).body) == 1


async def test_pages_of_conversations(village: Village, house: House, ann: Phone) -> None:
    for number in range(3):
        await house.post("bob", f"@ann {number}", Audience.MENTIONED)
    await village.settle()
    first = await ann.get("/api/v1/conversations", {"limit": 2})
    second = await ann.get(first.links()["next"])
    texts = [each["last_status"]["content"] for each in [*first.body, *second.body]]
    assert [text.rpartition("> ")[2] for text in texts] == ["2</p>", "1</p>", "0</p>"]
    assert "next" not in second.links()


# -- markers


async def test_markers_are_kept_and_counted(house: House, ann: Phone, bob: Phone) -> None:
    path = "/api/v1/markers"
    assert (await ann.get(path)).body == {}
    made = await ann.post(path, {"home": {"last_read_id": "103194548672408537"}})
    assert (made["home"]["last_read_id"], made["home"]["version"]) == ("103194548672408537", 1)
    assert "notifications" not in made.body
    again = await ann.form("POST", path, [("home[last_read_id]", "5"), ("notifications[last_read_id]", "7")])
    assert (again["home"]["last_read_id"], again["home"]["version"]) == ("5", 2)
    both = await ann.get(f"{path}?timeline[]=home&timeline[]=notifications&timeline[]=moon")
    found = msgspec.convert(both.body, dict[str, entities.Marker])
    assert {name: each.last_read_id for name, each in found.items()} == {"home": "5", "notifications": "7"}
    assert (await bob.get(f"{path}?timeline[]=home")).body == {}
    assert (await ann.post(path, {})).body == {}
    await ann.post(path, {"home": {"last_read_id": "soon"}}, status=422)
    await ann.post(path, {"home": "soon"}, status=422)
