"""Programs sign people in: registration, consent, codes, tokens, and everything that must not work."""

import hashlib
from base64 import b64encode, urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from scattershot.domain.reading import Refused
from scattershot.testing.browser import Browser, Page
from scattershot.testing.village import House, Village

BACK = "https://app.example/back?to=%2Fhome"
OOB = "urn:ietf:wg:oauth:2.0:oob"
VERIFIER = "a-verifier-of-some-length-and-no-meaning-at-all"
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


async def browser_of(house: House, name: str) -> Browser:
    secret = await house.node.people.sign_in_link(name)
    assert isinstance(secret, str)
    browser = Browser(house.node.app, house.node.settings.origin)
    page = await browser.get(f"/welcome/{secret}")
    assert (await browser.submit(page, page.form(f"/welcome/{secret}"))).path == "/home"
    return browser


async def registered(house: House, redirect: str = BACK, scopes: str = "read write") -> dict[str, Any]:
    app = await house.stranger().post(
        "/api/v1/apps", {"client_name": "App", "redirect_uris": redirect, "scopes": scopes, "website": ""}
    )
    return dict(app.body)


async def consent(house: House, browser: Browser, app: dict[str, Any], redirect: str = BACK, **more: str) -> Page:
    asked = {"client_id": app["client_id"], "redirect_uri": redirect, "response_type": "code", "scope": "read write"}
    return await browser.get(f"/oauth/authorize?{urlencode({**asked, **more})}")


async def code_for(house: House, app: dict[str, Any], redirect: str = BACK, **more: str) -> str:
    browser = await browser_of(house, "ann")
    page = await consent(house, browser, app, redirect, **more)
    answer = await browser.submit(page, page.form("/oauth/authorize"), follow=False, answer="yes")
    assert answer.status == 302
    return parse_qs(urlsplit(answer.headers.get("location") or "").query)["code"][0]


def exchange(app: dict[str, Any], code: str, /, **changed: str) -> list[tuple[str, str]]:
    given = {
        "grant_type": "authorization_code", "client_id": app["client_id"], "client_secret": app["client_secret"],
        "code": code, "redirect_uri": BACK, **changed,
    }  # fmt: skip
    return [(name, value) for name, value in given.items() if value]


async def test_a_program_signs_a_person_in(house: House) -> None:
    app = await registered(house)
    code = await code_for(house, app)
    token = await house.stranger().form("POST", "/oauth/token", exchange(app, code))
    assert token["token_type"] == "Bearer"
    assert token["scope"] == "read write"
    assert token.headers.get("cache-control") == "no-store"
    me = await house.stranger(token["access_token"]).get("/api/v1/accounts/verify_credentials")
    assert me["acct"] == "ann"


async def test_a_code_is_good_once(house: House) -> None:
    app = await registered(house)
    code = await code_for(house, app)
    await house.stranger().form("POST", "/oauth/token", exchange(app, code))
    again = await house.stranger().form("POST", "/oauth/token", exchange(app, code), status=400)
    assert again["error"] == "invalid_grant"


async def test_a_code_grows_old(village: Village, house: House) -> None:
    app = await registered(house)
    code = await code_for(house, app)
    village.clock.advance(601)
    assert (await house.stranger().form("POST", "/oauth/token", exchange(app, code), status=400))["error"]


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"redirect_uri": "https://app.example/back?to=/home"}, 400, "invalid_grant"),
        ({"code": "guessed"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
async def test_what_gives_no_token(house: House, changed: dict[str, str], status: int, error: str) -> None:
    app = await registered(house)
    code = await code_for(house, app)
    heard = await house.stranger().form("POST", "/oauth/token", exchange(app, code, **changed), status=status)
    assert heard["error"] == error


async def test_with_pkce_a_program_needs_no_secret_but_the_verifier(house: House) -> None:
    app = await registered(house)
    asked = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    code = await code_for(house, app, **asked)
    wrong = exchange(app, code, client_secret="", code_verifier="another" * 8)
    assert (await house.stranger().form("POST", "/oauth/token", wrong, status=400))["error"] == "invalid_grant"
    code = await code_for(house, app, **asked)
    right = exchange(app, code, client_secret="", code_verifier=VERIFIER)
    assert (await house.stranger().form("POST", "/oauth/token", right))["access_token"]


async def test_json_and_basic_authentication_do_as_well(house: House) -> None:
    app = await registered(house)
    body = dict(exchange(app, await code_for(house, app), client_id="", client_secret=""))
    basic = b64encode(f"{app['client_id']}:{app['client_secret']}".encode()).decode()
    token = await house.stranger().post("/oauth/token", body, authorization=f"Basic {basic}")
    assert token["access_token"]


async def test_a_person_without_a_browser_copies_the_code(house: House) -> None:
    app = await registered(house, OOB)
    browser = await browser_of(house, "ann")
    page = await consent(house, browser, app, OOB)
    shown = await browser.submit(page, page.form("/oauth/authorize"), answer="yes")
    code = shown.text.partition('class="oauth-code">')[2].partition("<")[0]
    token = await house.stranger().form("POST", "/oauth/token", exchange(app, code, redirect_uri=OOB))
    assert token["access_token"]


async def test_saying_no_goes_back_with_the_state(house: House) -> None:
    app = await registered(house)
    browser = await browser_of(house, "ann")
    page = await consent(house, browser, app, state="x y&z")
    answer = await browser.submit(page, page.form("/oauth/authorize"), follow=False, answer="no")
    assert answer.headers.get("location") == f"{BACK}&error=access_denied&state=x+y%26z"


async def test_a_stranger_signs_in_first_and_comes_back(house: House) -> None:
    app = await registered(house)
    browser = Browser(house.node.app, house.node.settings.origin)
    page = await consent(house, browser, app)
    assert page.path.startswith("/login?next=%2Foauth%2Fauthorize%3Fclient_id")


@pytest.mark.parametrize(
    "more",
    [
        {"client_id": "nobody"},
        {"redirect_uri": "https://app.example/back"},
        {"redirect_uri": f"{BACK}/"},
        {"scope": "read write admin:read"},
        {"scope": "nonsense"},
        {"code_challenge": CHALLENGE, "code_challenge_method": "plain"},
        {"code_challenge_method": "S256"},
        {"response_type": "token"},
    ],
)
async def test_a_program_that_asks_wrongly_is_not_answered_at_its_address(house: House, more: dict[str, str]) -> None:
    app = await registered(house)
    asked = {"client_id": app["client_id"], "redirect_uri": BACK, "response_type": "code", "scope": "read", **more}
    browser = await browser_of(house, "ann")
    page = await browser.get(f"/oauth/authorize?{urlencode(asked)}", follow=False)
    assert page.status == 400


@pytest.mark.parametrize(
    "app",
    [
        {"client_name": "", "redirect_uris": OOB},
        {"client_name": "x" * 61, "redirect_uris": OOB},
        {"client_name": "App"},
        {"client_name": "App", "redirect_uris": "not an address"},
        {"client_name": "App", "redirect_uris": "javascript:alert(1)"},
        {"client_name": "App", "redirect_uris": "https://app.example/#here"},
        {"client_name": "App", "redirect_uris": OOB, "scopes": "everything"},
    ],
)
async def test_programs_that_are_not_registered(house: House, app: dict[str, str]) -> None:
    assert "Validation failed" in (await house.stranger().post("/api/v1/apps", app, status=422))["error"]


async def test_a_program_acts_for_itself(house: House) -> None:
    app = await registered(house)
    form = [
        ("grant_type", "client_credentials"),
        ("client_id", app["client_id"]),
        ("client_secret", app["client_secret"]),
    ]
    token = await house.stranger().form("POST", "/oauth/token", form)
    phone = house.stranger(token["access_token"])
    assert (await phone.get("/api/v1/apps/verify_credentials"))["name"] == "App"
    assert (await phone.get("/api/v1/timelines/home", status=422))[
        "error"
    ] == "This method requires an authenticated user"


async def test_a_token_ends_when_its_program_says_so(house: House) -> None:
    app = await registered(house)
    token = (await house.stranger().form("POST", "/oauth/token", exchange(app, await code_for(house, app))))[
        "access_token"
    ]
    phone = house.stranger(token)
    await phone.get("/api/v1/timelines/home")
    other = await registered(house)
    end = {"token": token, "client_id": other["client_id"], "client_secret": other["client_secret"]}
    await house.stranger().post("/oauth/revoke", end, status=403)
    await phone.get("/api/v1/timelines/home")
    end = {"token": token, "client_id": app["client_id"], "client_secret": app["client_secret"]}
    await house.stranger().post("/oauth/revoke", end)
    await phone.get("/api/v1/timelines/home", status=401)
    await house.stranger().post("/oauth/revoke", end)


async def test_scopes_are_enforced(house: House) -> None:
    phone = await house.phone("ann", "read:accounts")
    await phone.get("/api/v1/accounts/verify_credentials")
    assert (await phone.get("/api/v1/timelines/home", status=403))[
        "error"
    ] == "This action is outside the authorized scopes"
    await phone.post("/api/v1/statuses", {"status": "no"}, status=403)
    assert (await house.stranger("invented").get("/api/v1/instance", status=401))[
        "error"
    ] == "The access token is invalid"


async def test_what_can_be_learnt_before_signing_in(house: House) -> None:
    told = await house.stranger().get("/.well-known/oauth-authorization-server")
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["authorization_endpoint"] == "https://a.example/oauth/authorize"
    assert told.headers.get("access-control-allow-origin") == "*"


async def test_a_token_made_at_the_terminal_acts_for_its_person(house: House) -> None:
    token = await house.node.programs.by_hand("ann")
    assert not isinstance(token, Refused)
    phone = house.stranger(token)
    assert (await phone.get("/api/v1/apps/verify_credentials"))["id"] == "0"
