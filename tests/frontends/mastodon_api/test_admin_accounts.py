"""Those who run a node look through microblogs and complaints by app, limit, shut and delete, and take it back."""

import pytest

from scattershot.app.senders import REMEMBERED
from scattershot.domain.ids import MicroblogId
from scattershot.domain.reading import Refused
from scattershot.testing.phone import Phone
from scattershot.testing.village import House, Village

ACCOUNTS, REPORTS = "/api/v1/admin/accounts", "/api/v1/admin/reports"


@pytest.fixture
async def rita(house: House) -> Phone:
    """The app of whoever runs the node."""
    made = await house.node.people.add("rita", admin=True)
    assert not isinstance(made, Refused), made
    return await house.phone("rita", "admin:read admin:write read write")


async def id_of(house: House, name: str) -> MicroblogId:
    """Somebody here, by number."""
    return (await house.row(name)).id


async def test_somebody_is_suspended_and_comes_back(village: Village, house: House, rita: Phone) -> None:
    b = await village.house("b.example")
    await b.person("bea")
    await b.follow("bea", "@bob@a.example")
    await village.settle()
    bob = await id_of(house, "bob")
    post = await house.post("bob", "before")
    theirs = await house.phone("bob")
    stranger = house.stranger()
    await rita.post(f"{ACCOUNTS}/{bob}/action", {"type": "suspend", "text": "spam"})
    await village.settle()

    shown = (await rita.get(f"{ACCOUNTS}/{bob}")).body
    assert (shown["suspended"], shown["silenced"], shown["account"]["username"]) == (True, False, "bob")
    assert [each["username"] for each in (await rita.get(ACCOUNTS, {"suspended": "true"})).body] == ["bob"]
    await theirs.get("/api/v1/accounts/verify_credentials", status=401)
    await (await house.phone("bob")).get("/api/v1/accounts/verify_credentials", status=401)
    await stranger.get(f"/api/v1/accounts/{bob}", status=404)
    await stranger.get(f"/api/v1/statuses/{post}", status=404)
    assert (await house.get(f"/u/{bob}")).status == 404
    assert (await house.get(f"/p/{post}")).status == 404
    assert (await house.get("/.well-known/webfinger?resource=acct:bob@a.example")).status == 404

    back = (await rita.post(f"{ACCOUNTS}/{bob}/unsuspend")).body
    assert back["suspended"] is False
    await rita.post(f"{ACCOUNTS}/{bob}/unsuspend", status=403)
    again = await house.phone("bob")
    told = (await again.get("/api/v1/notifications")).body
    assert told[0]["type"] == "moderation_warning"
    assert told[0]["moderation_warning"]["text"] == "spam"
    assert told[0]["moderation_warning"]["action"] == "suspend"
    assert (await stranger.get(f"/api/v1/statuses/{post}")).body["content"] == "<p>before</p>"
    assert (await house.get(f"/u/{bob}")).status == 200
    await house.post("bob", "after")
    await village.settle()
    assert (await b.home("bea"))[0] == "after"


async def test_whoever_is_suspended_can_do_nothing(house: House, rita: Phone) -> None:
    bob, ann = await id_of(house, "bob"), await id_of(house, "ann")
    await rita.post(f"{ACCOUNTS}/{bob}/action", {"type": "suspend"})
    assert isinstance(await house.node.publisher.follow(bob, ann, "test"), Refused)
    assert isinstance(await house.node.publisher.follow(ann, bob, "test"), Refused)


async def test_somebody_is_silenced_and_comes_back(house: House, rita: Phone) -> None:
    bob = await id_of(house, "bob")
    await house.post("bob", "loud")
    await rita.post(f"{ACCOUNTS}/{bob}/action", {"type": "silence"})
    stranger = house.stranger()
    assert (await stranger.get(f"/api/v1/accounts/{bob}")).body["limited"] is True
    assert (await stranger.get("/api/v1/timelines/public")).body == []
    assert [each["id"] for each in (await rita.get("/api/v2/admin/accounts", {"status": "silenced"})).body] == [
        str(bob)
    ]
    assert (await rita.post(f"{ACCOUNTS}/{bob}/unsilence")).body["silenced"] is False
    assert len((await stranger.get("/api/v1/timelines/public")).body) == 1


async def test_somebody_elsewhere_is_suspended_and_all_ties_end(village: Village, house: House, rita: Phone) -> None:
    b = await village.house("b.example")
    await b.person("bea")
    await house.follow("ann", "@bea@b.example")
    await b.follow("bea", "@ann@a.example")
    await village.settle()
    bea = await house.microblog("@bea@b.example")
    await rita.post(f"{ACCOUNTS}/{bea}/action", {"type": "suspend"})
    village.clock.advance(REMEMBERED / 1000 + 1)
    await village.settle()
    await b.post("bea", "unheard, @ann@a.example")
    await house.post("ann", "not for bea")
    await village.settle()
    assert await house.home("ann") == ["not for bea"]
    assert await b.home("bea") == ["unheard, @ann@a.example"]
    await house.stranger().get(f"/api/v1/accounts/{bea}", status=404)
    shown = (await rita.get(ACCOUNTS, {"remote": "true", "by_domain": "b.example", "username": "be"})).body
    assert [(each["username"], each["domain"], each["disabled"]) for each in shown] == [("bea", "b.example", None)]


async def test_only_who_was_suspended_is_deleted_for_ever(village: Village, house: House, rita: Phone) -> None:
    b = await village.house("b.example")
    await b.person("bea")
    await b.follow("bea", "@bob@a.example")
    await village.settle()
    post = await house.post("bob", "soon gone")
    await village.settle()
    bob = await id_of(house, "bob")
    await rita.delete(f"{ACCOUNTS}/{bob}", status=403)
    await rita.post(f"{ACCOUNTS}/{bob}/action", {"type": "suspend"})
    assert (await rita.delete(f"{ACCOUNTS}/{bob}"))["username"] == "bob"
    await village.settle()
    assert (await house.get(f"/u/{bob}")).status == 410
    seen = await b.seen(await house.wire_id(post))
    assert seen is None or seen.gone
    assert isinstance(await house.node.people.sign_in("bob", "a long password"), Refused)
    await rita.delete(f"{ACCOUNTS}/{bob}", status=404)


async def test_who_runs_the_node_is_not_judged_and_nonsense_is_refused(house: House, rita: Phone) -> None:
    own, bob = await id_of(house, "rita"), await id_of(house, "bob")
    await rita.post(f"{ACCOUNTS}/{own}/action", {"type": "suspend"}, status=403)
    node = (await house.row("node")).id
    await rita.post(f"{ACCOUNTS}/{node}/action", {"type": "suspend"}, status=403)
    for said in ({}, {"type": "banish"}, {"type": "none", "text": "x" * 5_001}):
        await rita.post(f"{ACCOUNTS}/{bob}/action", said, status=422)
    await rita.post(f"{ACCOUNTS}/{bob}/action", {"type": "none", "report_id": "7"}, status=404)
    await rita.post(f"{ACCOUNTS}/9/action", {"type": "none"}, status=404)
    await rita.get(f"{ACCOUNTS}/9", status=404)
    assert (await rita.get(ACCOUNTS, {"status": "pending"})).body == []
    staff = (await rita.get("/api/v2/admin/accounts", {"permissions": "staff", "origin": "local"})).body
    assert [each["username"] for each in staff] == ["rita"]
    assert staff[0]["role"]["name"] == "Admin"
    page = await rita.get(ACCOUNTS, {"limit": 1, "local": "true", "status": "active"})
    assert page.body[0]["username"] == "rita"
    assert "max_id" in page.links()["next"]


async def test_nobody_else_looks_in(house: House, rita: Phone) -> None:
    assert rita is not None
    bob = await id_of(house, "bob")
    ann = await house.phone("ann", "admin:read admin:write read write")
    for path in (ACCOUNTS, f"{ACCOUNTS}/{bob}", REPORTS, f"{REPORTS}/1"):
        await ann.get(path, status=403)
        await (await house.phone("rita", "read write")).get(path, status=403)
    await ann.post(f"{ACCOUNTS}/{bob}/action", {"type": "suspend"}, status=403)
    await ann.post(f"{REPORTS}/1/resolve", status=403)
    await ann.delete(f"{ACCOUNTS}/{bob}", status=403)


async def test_a_report_is_taken_up_and_settled(house: House, rita: Phone) -> None:
    ann, bob = await id_of(house, "ann"), await id_of(house, "bob")
    post = await house.post("bob", "rude")
    house.done(await house.node.publisher.report(ann, bob, [post], "He is rude.", "test", forward=False))
    [report] = (await rita.get(REPORTS)).body
    one = f"{REPORTS}/{report['id']}"
    assert (report["comment"], report["account"]["username"], report["target_account"]["username"]) == (
        "He is rude.", "ann", "bob",
    )  # fmt: skip
    assert [status["id"] for status in report["statuses"]] == [str(post)]
    assert report["action_taken"] is False
    assert (await rita.post(f"{one}/assign_to_self"))["assigned_account"]["username"] == "rita"
    assert (await rita.post(f"{one}/unassign"))["assigned_account"] is None
    resolved = (await rita.post(f"{one}/resolve")).body
    assert (resolved["action_taken"], resolved["action_taken_by_account"]["username"]) == (True, "rita")
    assert (await rita.get(REPORTS)).body == []
    assert (await rita.get(REPORTS, {"resolved": "true", "target_account_id": str(bob)})).body == [resolved]
    assert (await rita.get(REPORTS, {"resolved": "true", "account_id": str(bob)})).body == []
    reopened = (await rita.post(f"{one}/reopen")).body
    assert (reopened["action_taken"], reopened["action_taken_by_account"]) == (False, None)
    for number in ("9999", "nonsense", str(1 << 70)):
        await rita.get(f"{REPORTS}/{number}", status=404)
        await rita.post(f"{REPORTS}/{number}/resolve", status=404)


async def test_judging_somebody_settles_the_report(house: House, rita: Phone) -> None:
    ann, bob = await id_of(house, "ann"), await id_of(house, "bob")
    house.done(await house.node.publisher.report(ann, bob, [], "", "test", forward=False))
    [report] = (await rita.get(REPORTS)).body
    await rita.post(f"{ACCOUNTS}/{ann}/action", {"type": "none", "report_id": report["id"]}, status=404)
    await rita.post(f"{ACCOUNTS}/{bob}/action", {"type": "suspend", "report_id": report["id"]})
    settled = (await rita.get(f"{REPORTS}/{report['id']}")).body
    assert (settled["action_taken"], settled["target_account"]["suspended"]) == (True, True)
