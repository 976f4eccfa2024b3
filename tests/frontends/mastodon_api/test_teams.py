"""A team's microblog in apps: one login for it, whatever its keepers may and may not do, and who wrote what."""

from typing import Any

import pytest

from scattershot.domain.ids import MicroblogId, PersonId
from scattershot.domain.people import Deed, KeeperRole
from scattershot.domain.reading import Refused
from scattershot.frontends.mastodon_api.calls import Answer, Call, Reply
from scattershot.frontends.mastodon_api.door import Door
from scattershot.frontends.mastodon_api.endpoints import Endpoint, Table
from scattershot.frontends.mastodon_api.params import Nothing
from scattershot.storage.tables import people
from scattershot.testing.browser import Browser
from scattershot.testing.phone import Phone
from scattershot.testing.village import House, Village

SCOPES = "read write follow push"


async def person(house: House, name: str) -> PersonId:
    row = await house.node.drivers.database.read(lambda tx: people.by_name(tx, name))
    assert row is not None
    return row.id


async def a_team(house: House) -> MicroblogId:
    """Ann's, for which Bob writes."""
    keepers, ann, bob = house.node.keepers, await person(house, "ann"), await person(house, "bob")
    made = await keepers.make(ann, "team", "test", title="The team")
    assert not isinstance(made, Refused)
    await keepers.invite(ann, made, "bob", KeeperRole.EDITOR)
    [asked] = await keepers.asked(bob)
    await keepers.answer(bob, asked.number, accepted=True)
    await keepers.show_writers(ann, made, shows=True)
    return made


async def phone_of(house: House, name: str, microblog: MicroblogId, scopes: str = SCOPES) -> Phone:
    """An app that acts for a team, for one of its keepers."""
    issued = await house.node.programs.issue(await person(house, name), microblog, scopes)
    return house.stranger(issued.token)


async def test_the_team_is_one_login_and_its_writers_are_told(house: House) -> None:
    team = await a_team(house)
    anns, bobs = await phone_of(house, "ann", team), await phone_of(house, "bob", team)
    assert (await bobs.get("/api/v1/accounts/verify_credentials"))["acct"] == "team"
    posted = await bobs.post("/api/v1/statuses", {"status": "Bring cake"})
    assert posted["account"]["acct"] == "team"
    assert posted["written_by"]["acct"] == "bob"
    assert posted["content"] == (
        '<p>Bring cake</p><p class="byline">— <a href="https://a.example/@bob" class="u-url">@bob@a.example</a></p>'
    ), "an app that knows one author shows a last line"
    await anns.post("/api/v1/statuses", {"status": "On Friday"})
    seen = await house.stranger().get("/api/v1/timelines/public")
    assert [status["written_by"]["acct"] for status in seen.body] == ["ann", "bob"]
    source = await bobs.get(f"/api/v1/statuses/{posted['id']}/source")
    assert source["text"] == "Bring cake"


async def test_a_post_by_one_alone_names_nobody_else(house: House) -> None:
    phone = await house.phone("ann")
    posted = await phone.post("/api/v1/statuses", {"status": "Just me"})
    assert "written_by" not in posted.body
    assert posted["content"] == "<p>Just me</p>"


async def test_whoever_takes_their_name_back_is_told_no_longer(house: House) -> None:
    team = await a_team(house)
    bobs = await phone_of(house, "bob", team)
    posted = await bobs.post("/api/v1/statuses", {"status": "Bring cake"})
    await house.node.keepers.be_named(await person(house, "bob"), team, "test", named=False)
    again = await bobs.get(f"/api/v1/statuses/{posted['id']}")
    assert "written_by" not in again.body
    assert again["content"] == "<p>Bring cake</p>"


async def test_both_names_are_told_by_apps_on_another_node(village: Village, house: House) -> None:
    far = await village.house("b.example")
    await far.person("carl")
    team = await a_team(house)
    await far.follow("carl", "@team@a.example")
    await village.settle()
    for name in ("ann", "bob"):
        await (await phone_of(house, name, team)).post("/api/v1/statuses", {"status": f"by {name}"})
    await village.settle()
    home = await (await far.phone("carl")).get("/api/v1/timelines/home")
    assert [(each["account"]["acct"], each["written_by"]["acct"]) for each in home.body] == [
        ("team@a.example", "bob@a.example"), ("team@a.example", "ann@a.example"),
    ]  # fmt: skip
    assert home[0]["content"].count("byline") == 1


async def test_an_editors_token_writes_and_is_refused_what_is_an_owners(house: House) -> None:
    team = await a_team(house)
    anns, bobs = await phone_of(house, "ann", team), await phone_of(house, "bob", team)
    by_ann = (await anns.post("/api/v1/statuses", {"status": "Ann wrote this"}))["id"]
    by_bob = (await bobs.post("/api/v1/statuses", {"status": "Bob wrote this"}))["id"]
    refused = await bobs.put(f"/api/v1/statuses/{by_ann}", {"status": "No she did not"}, status=403)
    assert "Another keeper wrote this" in refused["error"]
    await bobs.delete(f"/api/v1/statuses/{by_ann}", status=403)
    await bobs.put(f"/api/v1/statuses/{by_ann}/interaction_policy", {"quote_approval_policy": "nobody"}, status=403)
    for deed in ("favourite", "unfavourite", "reblog", "pin", "unpin", "mute", "unmute"):
        await bobs.post(f"/api/v1/statuses/{by_ann}/{deed}")
    await bobs.put(f"/api/v1/statuses/{by_bob}", {"status": "Bob wrote that"})
    await anns.put(f"/api/v1/statuses/{by_bob}", {"status": "Ann mends it"})
    await bobs.delete(f"/api/v1/statuses/{by_bob}")
    await bobs.get("/api/v1/timelines/home")


async def test_the_door_knows_by_an_endpoints_scope_what_is_an_owners(house: House) -> None:
    async def handle(_: Call, __: Nothing) -> Reply:
        return Answer({})

    owners = ["write:accounts", "write:follows", "write:blocks", "write:mutes", "follow"]
    anybodys = ["write:statuses", "write:media", "write:bookmarks", "read:blocks", "push", ""]
    cases = [(scope, None, 403) for scope in owners] + [(scope, None, 200) for scope in anybodys]
    said: list[tuple[str, Deed | None, int]] = [("write:accounts", Deed.WRITE, 200), ("write:statuses", Deed.END, 403)]
    table = Table(
        Endpoint("POST", f"/{place}", handle, scope, deed=deed)
        for place, (scope, deed, _) in enumerate([*cases, *said])
    )
    team, node = await a_team(house), house.node
    door = Door(
        table, node.programs, node.drivers.clock, node.media.receiving, origin="https://a.example", allowed=99,
        trusted=(),
    )  # fmt: skip
    bobs, anns = [
        Phone(door, (await phone_of(house, name, team)).token, "https://a.example") for name in ("bob", "ann")
    ]
    for place, (_, __, status) in enumerate([*cases, *said]):
        answer = await bobs.call("POST", f"/{place}", {}, status=status)
        assert status == 200 or answer["error"] == "Only whoever owns this microblog can do that."
        await anns.call("POST", f"/{place}", {})


async def test_a_role_that_changes_counts_from_the_next_call_on(house: House) -> None:
    team = await a_team(house)
    ann, bob = await person(house, "ann"), await person(house, "bob")
    anns, bobs = await phone_of(house, "ann", team), await phone_of(house, "bob", team)
    by_ann = (await anns.post("/api/v1/statuses", {"status": "Ann wrote this"}))["id"]
    await bobs.delete(f"/api/v1/statuses/{by_ann}", status=403)
    await house.node.keepers.set_role(ann, team, bob, KeeperRole.OWNER)
    await bobs.delete(f"/api/v1/statuses/{by_ann}")
    await house.node.keepers.remove(bob, team, ann)
    await anns.get("/api/v1/timelines/home", status=401)
    assert (await (await house.phone("ann")).get("/api/v1/accounts/verify_credentials"))["acct"] == "ann"


async def test_one_sees_what_one_keeps_by_ones_own_login_alone(house: House) -> None:
    team = await a_team(house)
    mine = await (await house.phone("bob")).get("/api/v1/scattershot/microblogs")
    assert [(each["account"]["acct"], each["role"], each["is_own"], each["is_current"]) for each in mine.body] == [
        ("bob", "owner", True, True), ("team", "editor", False, False),
    ]  # fmt: skip
    bobs = await phone_of(house, "bob", team)
    shown = await bobs.get("/api/v1/scattershot/microblogs")
    assert [(each["account"]["acct"], each["is_current"]) for each in shown.body] == [("team", True)]
    keepers = await bobs.get(f"/api/v1/scattershot/microblogs/{team}/keepers")
    assert [(each["account"]["acct"], each["role"], each["is_named"], each["is_own"]) for each in keepers.body] == [
        ("ann", "owner", True, False), ("bob", "editor", True, False),
    ]  # fmt: skip
    await (await house.phone("ann")).get(f"/api/v1/scattershot/microblogs/{team}/keepers", status=404)
    for nobody in ("0", "abc", "9" * 40):
        await bobs.get(f"/api/v1/scattershot/microblogs/{nobody}/keepers", status=404)
    for path in ("", f"/{team}/keepers"):
        await house.stranger().get(f"/api/v1/scattershot/microblogs{path}", status=401)
        writing = await phone_of(house, "bob", team, "write")
        await writing.get(f"/api/v1/scattershot/microblogs{path}", status=403)


async def signed_in(house: House, name: str) -> Browser:
    secret = await house.node.people.sign_in_link(name)
    browser = Browser(house.node.app, house.node.settings.origin)
    page = await browser.get(f"/welcome/{secret}")
    await browser.submit(page, page.forms[0])
    return browser


@pytest.mark.parametrize("chosen", ["team", "bob"])
async def test_the_person_says_for_which_microblog_a_program_acts(house: House, chosen: str) -> None:
    team = await a_team(house)
    redirect = "urn:ietf:wg:oauth:2.0:oob"
    app: Any = await house.stranger().post(
        "/api/v1/apps", {"client_name": "App", "redirect_uris": redirect, "scopes": "read write"}
    )
    browser = await signed_in(house, "bob")
    page = await browser.get(
        f"/oauth/authorize?response_type=code&client_id={app['client_id']}&redirect_uri={redirect}&scope=read+write"
    )
    assert "an editor: it can post" in page.text
    microblog = team if chosen == "team" else (await house.row("bob")).id
    answer = await browser.submit(page, page.form("/oauth/authorize"), answer="yes", microblog=str(microblog))
    code = answer.text.partition('<code class="oauth-code">')[2].partition("</code>")[0]
    token = await house.stranger().form(
        "POST",
        "/oauth/token",
        [("grant_type", "authorization_code"), ("client_id", app["client_id"]), ("code", code),
         ("client_secret", app["client_secret"]), ("redirect_uri", redirect)],
    )  # fmt: skip
    phone = house.stranger(token["access_token"])
    assert (await phone.get("/api/v1/accounts/verify_credentials"))["acct"] == chosen
