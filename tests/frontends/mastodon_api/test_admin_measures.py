"""What else those who run a node do by app: letting nobody in, covering what somebody shows, sorting complaints."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from msgspec import json

from scattershot.app.sign_up import Waits, Wish
from scattershot.domain.people import KeeperRole
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.domain.report import Category
from scattershot.ports.database import Database, Engine
from scattershot.testing.keys import PooledKeyMaker
from scattershot.testing.phone import Phone
from scattershot.testing.village import House, Village, a_village
from tests.engines import open_database
from tests.frontends.mastodon_api.test_admin_accounts import ACCOUNTS, REPORTS, id_of, rita

__all__ = ["rita"]
SCOPES = "admin:read admin:write read write"


# -- disabling


async def test_who_is_disabled_comes_in_by_nothing_until_enabled(village: Village, house: House, rita: Phone) -> None:
    bob = await id_of(house, "bob")
    theirs = await house.phone("bob")
    post = await house.post("bob", "stays")
    await theirs.get("/api/v1/accounts/verify_credentials")
    await rita.post(f"{ACCOUNTS}/{bob}/action", {"type": "disable", "text": "sleep"})
    await theirs.get("/api/v1/accounts/verify_credentials", status=401)
    link = await house.node.people.sign_in_link("bob")
    assert isinstance(link, str)
    assert isinstance(await house.node.people.follow_link(link), Refused)
    assert (await rita.get(f"{ACCOUNTS}/{bob}")).body["disabled"] is True
    assert [each["username"] for each in (await rita.get(ACCOUNTS, {"disabled": "true"})).body] == ["bob"]
    await house.stranger().get(f"/api/v1/statuses/{post}")
    for _ in range(2):
        assert (await rita.post(f"{ACCOUNTS}/{bob}/enable")).body["disabled"] is False
    await village.settle()
    told = (await (await house.phone("bob")).get("/api/v1/notifications")).body
    assert told[0]["moderation_warning"]["action"] == "disable"


async def test_whom_nobody_signs_in_for_cannot_be_disabled(village: Village, house: House, rita: Phone) -> None:
    b = await village.house("b.example")
    await b.person("bea")
    await house.follow("ann", "@bea@b.example")
    await village.settle()
    bea = await house.microblog("@bea@b.example")
    await rita.post(f"{ACCOUNTS}/{bea}/action", {"type": "disable"}, status=422)
    await rita.post(f"{ACCOUNTS}/{bea}/enable", status=403)
    await rita.post(f"{ACCOUNTS}/9/enable", status=404)
    own = await id_of(house, "rita")
    await rita.post(f"{ACCOUNTS}/{own}/action", {"type": "disable"}, status=403)


async def test_who_helps_with_anothers_microblog_is_not_shut_out_with_them(house: House, rita: Phone) -> None:
    people = house.node.people
    bob = await id_of(house, "bob")
    assert await house.node.keepers.appoint(bob, "ann", KeeperRole.EDITOR) is None
    await rita.post(f"{ACCOUNTS}/{bob}/action", {"type": "disable"})
    assert {each.name: each.disabled for each in await people.everybody()} == {"ann": False, "bob": True, "rita": False}
    assert (await rita.get(f"{ACCOUNTS}/{bob}")).body["disabled"] is True


# -- covering


async def test_what_somebody_shows_is_covered_and_uncovered(village: Village, house: House, rita: Phone) -> None:
    b = await village.house("b.example")
    await b.person("bea")
    await b.follow("bea", "@bob@a.example")
    await village.settle()
    bob = await id_of(house, "bob")
    old, stranger = await house.post("bob", "old"), house.stranger()
    assert (await stranger.get(f"/api/v1/statuses/{old}")).body["sensitive"] is False
    await rita.post(f"{ACCOUNTS}/{bob}/action", {"type": "sensitive"})
    assert (await stranger.get(f"/api/v1/statuses/{old}")).body["sensitive"] is True
    assert (await rita.get(f"{ACCOUNTS}/{bob}")).body["sensitized"] is True
    assert [each["username"] for each in (await rita.get(ACCOUNTS, {"sensitized": "true"})).body] == ["bob"]
    new = await house.post("bob", "new")
    await village.settle()
    wire = json.decode((await house.get(f"/p/{new}", accept="application/activity+json")).body)
    assert wire["sensitive"] is True
    await (await house.phone("bob")).put(f"/api/v1/statuses/{new}", {"status": "newer", "sensitive": False})
    wire = json.decode((await house.get(f"/p/{new}", accept="application/activity+json")).body)
    assert (wire["content"], wire["sensitive"]) == ("<p>newer</p>", True)
    for _ in range(2):
        assert (await rita.post(f"{ACCOUNTS}/{bob}/unsensitive")).body["sensitized"] is False
    assert (await stranger.get(f"/api/v1/statuses/{old}")).body["sensitive"] is False
    await rita.post(f"{ACCOUNTS}/9/unsensitive", status=404)


async def test_unsilencing_who_is_not_silenced_does_nothing(house: House, rita: Phone) -> None:
    bob = await id_of(house, "bob")
    assert (await rita.post(f"{ACCOUNTS}/{bob}/unsilence")).body["silenced"] is False
    await rita.post(f"{ACCOUNTS}/{bob}/action", {"type": "suspend"})
    assert (await rita.post(f"{ACCOUNTS}/{bob}/unsilence")).body["suspended"] is True


# -- complaints


async def complains(house: House, about: str, category: Category = Category.OTHER) -> str:
    who, target = await id_of(house, "ann"), await id_of(house, about)
    house.done(
        await house.node.publisher.report(who, target, [], "please look", "test", forward=False, category=category)
    )
    phone = await house.phone("rita", SCOPES)
    return str((await phone.get(REPORTS)).body[0]["id"])


async def test_a_complaint_is_sorted_anew(house: House, rita: Phone) -> None:
    kind, brief = [await house.node.house_rules.add(text) for text in ("Be kind", "Be brief")]
    number = await complains(house, "bob", Category.SPAM)
    changed = (await rita.put(f"{REPORTS}/{number}", {"category": "violation", "rule_ids": [kind, brief, kind]})).body
    assert changed["category"] == "violation"
    assert [rule["text"] for rule in changed["rules"]] == ["Be kind", "Be brief"]
    changed = (await rita.put(f"{REPORTS}/{number}", {"rule_ids": [str(kind)]})).body
    assert [rule["text"] for rule in changed["rules"]] == ["Be kind"]
    assert (await rita.put(f"{REPORTS}/{number}", {})).body["rules"] == changed["rules"]
    changed = (await rita.form("PUT", f"{REPORTS}/{number}", [("category", "legal")])).body
    assert (changed["category"], changed["rules"]) == ("legal", [])
    await rita.put(f"{REPORTS}/{number}", {"category": "nonsense"}, status=422)
    await rita.put(f"{REPORTS}/{number}", {"category": "violation", "rule_ids": ["77"]}, status=422)
    await rita.put(f"{REPORTS}/{number}", {"category": "violation", "rule_ids": ["x"]}, status=422)
    await rita.put(f"{REPORTS}/{int(number) + 1}", {"category": "spam"}, status=404)
    assert (await rita.get(f"{REPORTS}/{number}")).body["category"] == "legal"
    await (await house.phone("ann", SCOPES)).put(f"{REPORTS}/{number}", {"category": "spam"}, status=403)


async def test_what_is_done_to_somebody_settles_all_that_was_open_about_them(house: House, rita: Phone) -> None:
    bob = await id_of(house, "bob")
    first, second = await complains(house, "bob"), await complains(house, "bob")
    assert first != second
    await rita.post(f"{ACCOUNTS}/{bob}/action", {"type": "none", "report_id": first})
    assert [each["id"] for each in (await rita.get(REPORTS)).body] == [second]
    await rita.post(f"{ACCOUNTS}/{bob}/action", {"type": "silence"})
    assert (await rita.get(REPORTS)).body == []
    done = (await rita.get(REPORTS, {"resolved": "true"})).body
    assert {each["action_taken_by_account"]["username"] for each in done} == {"rita"}


# -- those who wait


@pytest.fixture
async def careful(engine: Engine, tmp_path: Path) -> AsyncIterator[House]:
    """A node where newcomers wait for a yes."""

    async def one(stack: AsyncExitStack, _: str) -> Database:
        return await stack.enter_async_context(open_database(engine))

    async with a_village(one, PooledKeyMaker(), tmp_path) as village:
        house = await village.house("a.example", sign_up="approval")
        made = await house.node.people.add("rita", admin=True)
        assert not isinstance(made, Refused), made
        yield house


async def waits(house: House, name: str, email: str = "") -> int:
    wish = Wish(name, "correct horse battery", email, "I like birds", agreed=True)
    waiting = await house.node.sign_up.sign_up(wish, "198.51.100.7")
    assert isinstance(waiting, Waits), waiting
    return waiting.number


async def test_who_waits_is_looked_at_let_in_or_turned_away(careful: House) -> None:
    rita = await careful.phone("rita", SCOPES)
    bea, cas = await waits(careful, "bea", "bea@example.org"), await waits(careful, "cas")
    for path, query in (
        (ACCOUNTS, {"pending": "true"}),
        ("/api/v2/admin/accounts", {"status": "pending", "origin": "local"}),
    ):
        listed = (await rita.get(path, query)).body
        assert [each["username"] for each in listed] == ["cas", "bea"]
    page = await rita.get(ACCOUNTS, {"pending": "true", "limit": 1})
    assert [each["id"] for each in page.body] == [str(cas)]
    further = await rita.get(ACCOUNTS, {"pending": "true", "max_id": str(cas)})
    assert [each["id"] for each in further.body] == [str(bea)]
    seen = (await rita.get(f"{ACCOUNTS}/{bea}")).body
    assert (seen["approved"], seen["email"], seen["invite_request"]) == (False, "bea@example.org", "I like birds")
    assert seen["account"]["acct"] == "bea"

    let_in = (await rita.post(f"{ACCOUNTS}/{bea}/approve")).body
    assert (let_in["username"], let_in["approved"], let_in["email"]) == ("bea", True, "bea@example.org")
    assert isinstance(await careful.node.people.sign_in("bea", "correct horse battery"), tuple)
    await rita.post(f"{ACCOUNTS}/{bea}/approve", status=404)
    await rita.post(f"{ACCOUNTS}/{let_in['id']}/approve", status=403)
    await rita.post(f"{ACCOUNTS}/{let_in['id']}/reject", status=403)
    found = (await rita.get(ACCOUNTS, {"email": "bea@example.org"})).body
    assert [each["id"] for each in found] == [let_in["id"]]

    turned_away = (await rita.post(f"{ACCOUNTS}/{cas}/reject")).body
    assert (turned_away["username"], turned_away["approved"]) == ("cas", False)
    await rita.post(f"{ACCOUNTS}/{cas}/reject", status=404)
    assert (await rita.get(ACCOUNTS, {"pending": "true"})).body == []
    await careful.post("bea", "here I am", audience=Audience.PUBLIC)
    poor = await careful.phone("rita", "admin:read")
    await poor.post(f"{ACCOUNTS}/{let_in['id']}/enable", status=403)
    await (await careful.phone("bea", SCOPES)).post(f"{ACCOUNTS}/{let_in['id']}/enable", status=403)
