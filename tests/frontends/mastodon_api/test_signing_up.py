"""Signing up by a program, as the node is set up, and what is told where something is the matter."""

from typing import Any

import pytest

from scattershot.app.sign_up import Entered, Offer
from scattershot.domain.reading import Refused
from scattershot.testing.phone import Heard, Phone
from scattershot.testing.village import House, Village

PASSWORD = "correct horse battery"
FILLED = {"username": "Bea", "email": "bea@example.org", "password": PASSWORD, "agreement": True, "locale": "en"}


async def set_up(village: Village, mode: str, **more: Any) -> House:
    house = await village.house("a.example", sign_up=mode, **more)
    await house.person("ann")
    return house


async def program(house: House, scopes: str = "read write") -> Phone:
    """An app that acts for itself."""
    redirect = "urn:ietf:wg:oauth:2.0:oob"
    app = await house.stranger().post(
        "/api/v1/apps", {"client_name": "App", "redirect_uris": redirect, "scopes": scopes}
    )
    asked = [("grant_type", "client_credentials"), ("client_id", app["client_id"]),
             ("client_secret", app["client_secret"]), ("scope", scopes)]  # fmt: skip
    return house.stranger((await house.stranger().form("POST", "/oauth/token", asked))["access_token"])


def codes(heard: Heard) -> dict[str, list[str]]:
    assert heard["error"].startswith("Validation failed: ")
    return {field: [each["error"] for each in told] for field, told in heard["details"].items()}


async def test_a_program_signs_somebody_up_and_acts_for_them_at_once(village: Village) -> None:
    house = await set_up(village, "open")
    app = await program(house)
    token = await app.post("/api/v1/accounts", FILLED)
    assert token["token_type"] == "Bearer"
    assert token["scope"] == "read write"
    assert token.headers.get("cache-control") == "no-store"
    phone = house.stranger(token["access_token"])
    assert (await phone.get("/api/v1/accounts/verify_credentials"))["acct"] == "bea"
    await phone.post("/api/v1/statuses", {"status": "Here I am"})
    assert not isinstance(await house.node.people.sign_in("bea", PASSWORD), Refused)
    assert (await phone.get("/api/v1/emails/check_confirmation")).body is True
    await phone.post("/api/v1/emails/confirmations", status=403)


async def test_those_who_run_the_node_are_told_who_signed_up(village: Village) -> None:
    house = await set_up(village, "open")
    await house.node.people.add("boss", admin=True)
    boss = await house.phone("boss")
    await (await program(house)).post("/api/v1/accounts", FILLED)
    await village.settle()
    [told] = (await boss.get("/api/v1/notifications")).body
    assert (told["type"], told["account"]["acct"]) == ("admin.sign_up", "bea")
    assert (await (await house.phone("ann")).get("/api/v1/notifications")).body == []


async def test_of_somebody_who_waits_they_are_told_once_they_are_in(village: Village) -> None:
    house = await set_up(village, "approval")
    await house.node.people.add("boss", admin=True)
    boss = await house.phone("boss")
    await (await program(house)).post("/api/v1/accounts", {**FILLED, "reason": "friends"})
    await village.settle()
    assert (await boss.get("/api/v1/notifications")).body == []
    number = await house.node.sign_up.number_of("bea")
    assert number is not None
    assert isinstance(await house.node.sign_up.approve(number), Entered)
    await village.settle()
    assert [each["type"] for each in (await boss.get("/api/v1/notifications")).body] == ["admin.sign_up"]


async def test_a_form_and_what_nobody_here_asks_for_do_as_well(village: Village) -> None:
    house = await set_up(village, "open")
    fields = [("username", "cas"), ("password", PASSWORD), ("agreement", "on"), ("date_of_birth", "1990-01-01"),
              ("time_zone", "Europe/Berlin")]  # fmt: skip
    assert (await (await program(house)).form("POST", "/api/v1/accounts", fields))["access_token"]


async def test_all_that_is_the_matter_is_told_by_field(village: Village) -> None:
    house = await set_up(village, "open")
    app = await program(house)
    told = await app.post(
        "/api/v1/accounts", {"username": "ann", "password": "short", "email": "x", "agreement": "false"}, status=422
    )
    assert codes(told) == {
        "username": ["ERR_TAKEN"], "password": ["ERR_TOO_SHORT"], "email": ["ERR_INVALID"],
        "agreement": ["ERR_ACCEPTED"],
    }  # fmt: skip
    told = await app.post("/api/v1/accounts", {}, status=422)
    assert codes(told) == {"username": ["ERR_BLANK"], "password": ["ERR_BLANK"], "agreement": ["ERR_ACCEPTED"]}
    for name, code in (("admin", "ERR_RESERVED"), ("two words", "ERR_INVALID"), ("x" * 31, "ERR_INVALID")):
        told = await app.post("/api/v1/accounts", {**FILLED, "username": name}, status=422)
        assert codes(told) == {"username": [code]}
    for odd in ({"username": ["a"]}, {"username": {"a": "b"}}, {"password": None}, {"agreement": []}):
        assert (await app.post("/api/v1/accounts", {**FILLED, **odd}, status=422))["details"]


async def test_only_a_program_by_itself_with_the_scope_may(village: Village) -> None:
    house = await set_up(village, "open")
    await house.stranger().post("/api/v1/accounts", FILLED, status=401)
    await (await house.phone("ann")).post("/api/v1/accounts", FILLED, status=403)
    await (await program(house, "read")).post("/api/v1/accounts", FILLED, status=403)


async def test_a_closed_node_lets_nobody_sign_up(village: Village) -> None:
    house = await set_up(village, "closed", sign_up_message="Ask <ann>.")
    refused = await (await program(house)).post("/api/v1/accounts", FILLED, status=403)
    assert "Nobody can sign up" in refused["error"]
    v2 = (await house.stranger().get("/api/v2/instance"))["registrations"]
    assert (v2["enabled"], v2["approval_required"], v2["message"]) == (False, False, "<p>Ask &lt;ann&gt;.</p>")
    assert (await house.stranger().get("/api/v1/instance"))["registrations"] is False


async def test_by_invitation_a_code_is_needed(village: Village) -> None:
    house = await set_up(village, "invitation", people_may_invite=True)
    app = await program(house)
    assert codes(await app.post("/api/v1/accounts", FILLED, status=422)) == {"invite_code": ["ERR_BLANK"]}
    told = await app.post("/api/v1/accounts", {**FILLED, "invite_code": "made up"}, status=422)
    assert codes(told) == {"invite_code": ["ERR_INVALID"]}
    code = await house.node.sign_up.invite(None, Offer())
    assert (await app.post("/api/v1/accounts", {**FILLED, "invite_code": code}))["access_token"]
    v1 = await house.stranger().get("/api/v1/instance")
    assert (v1["registrations"], v1["invites_enabled"]) == (False, True)


@pytest.mark.parametrize("yes", [True, False])
async def test_who_needs_a_yes_holds_a_token_that_is_good_from_then_on(village: Village, yes: bool) -> None:
    house = await set_up(village, "approval")
    app = await program(house)
    v2 = (await house.stranger().get("/api/v2/instance"))["registrations"]
    assert (v2["enabled"], v2["approval_required"], v2["reason_required"]) == (True, True, True)
    assert codes(await app.post("/api/v1/accounts", FILLED, status=422)) == {"reason": ["ERR_BLANK"]}
    token = (await app.post("/api/v1/accounts", {**FILLED, "reason": "I like birds"}))["access_token"]
    phone = house.stranger(token)
    waits = await phone.get("/api/v1/accounts/verify_credentials", status=403)
    assert waits["error"] == "Your login is currently pending approval"
    number = await house.node.sign_up.number_of("bea")
    assert number is not None
    if yes:
        assert isinstance(await house.node.sign_up.approve(number), Entered)
        assert (await phone.get("/api/v1/accounts/verify_credentials"))["acct"] == "bea"
        await phone.post("/api/v1/statuses", {"status": "At last"})
    else:
        await house.node.sign_up.reject(number)
        await phone.get("/api/v1/accounts/verify_credentials", status=401)


async def test_one_address_signs_up_only_so_many(village: Village) -> None:
    house = await set_up(village, "open")
    app = await program(house)
    for number in range(5):
        await app.post("/api/v1/accounts", {**FILLED, "username": f"bea{number}"})
    often = await app.post("/api/v1/accounts", {**FILLED, "username": "one_more"}, status=429)
    assert "too often" in often["error"]
