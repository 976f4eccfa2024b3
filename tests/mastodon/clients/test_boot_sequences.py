"""How apps begin, request by request, as read from their sources: each asks in its own spelling."""

import base64
import hashlib
import json
import re
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from websockets.sync.client import connect

from tests.mastodon.clients.nodes import OOB, Someone
from tests.mastodon.clients.wire import Wire

SCOPES = "read write follow push"
VERIFIER = "a-verifier-that-is-long-enough-for-rfc-7636-and-then-some"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


def _authorise_address(who: Someone, client_id: str, redirect: str, **more: str) -> str:
    asked = {"client_id": client_id, "redirect_uri": redirect, "response_type": "code", "scope": SCOPES, **more}
    return f"{who.node.origin}/oauth/authorize?{urlencode(asked)}"


@pytest.fixture(scope="module")
def signed_in(ann: Someone) -> Wire:
    """An app that ann let in already."""
    return Wire(ann.node.origin, ann.node.do("token", ann.name))


def test_phanpy(ann: Someone) -> None:
    """src/utils/{auth,oauth-pkce,api,supports}.js: PKCE where the metadata has it, forms, no client_secret."""
    app = Wire(ann.node.origin, said={"Origin": "https://phanpy.social", "Sec-Fetch-Site": "cross-site"})
    known = app.get("/.well-known/oauth-authorization-server")
    assert "S256" in known["code_challenge_methods_supported"]
    redirect = "https://phanpy.social"
    registered = app.form(
        "/api/v1/apps",
        {"client_name": "Phanpy", "redirect_uris": redirect, "scopes": SCOPES, "website": "https://phanpy.social"},
    )
    address = _authorise_address(
        ann, registered["client_id"], redirect, code_challenge=CHALLENGE, code_challenge_method="S256",
        force_login="true",
    )  # fmt: skip
    granted = app.form(
        "/oauth/token",
        {
            "client_id": registered["client_id"], "redirect_uri": redirect, "grant_type": "authorization_code",
            "code": ann.authorise(address), "scope": SCOPES, "code_verifier": VERIFIER,
        },
    )  # fmt: skip
    app.token = granted["access_token"]
    instance = app.get("/api/v2/instance")
    assert re.match(r"wss?://", instance["configuration"]["urls"]["streaming"])
    links = [link for link in app.get("/.well-known/nodeinfo")["links"] if "/ns/schema/2." in link["rel"]]
    highest = max(links, key=lambda link: link["rel"])
    assert app.get(highest["href"].removeprefix(app.origin))["software"]["name"] == "scattershot"
    assert app.get("/api/v1/accounts/verify_credentials")["username"] == ann.name


def test_phanpy_after_signing_in(signed_in: Wire) -> None:
    """What its columns and menus ask for at once."""
    app = signed_in
    app.get("/api/v1/preferences")
    app.get("/api/v1/markers", [("timeline[]", "home"), ("timeline[]", "notifications")])
    app.get("/api/v1/timelines/home", {"limit": "20"})
    app.get("/api/v2/notifications", {"limit": "30", "grouped_types[]": "favourite"})
    app.get("/api/v1/followed_tags", {"limit": "200"})
    app.get("/api/v1/lists")
    app.get("/api/v1/follow_requests", {"limit": "80"})
    assert app.get("/api/v1/announcements") == []
    app.get("/api/v2/notifications/policy")
    ids = [app.form("/api/v1/statuses", {"status": f"hello {number}"})["id"] for number in range(2)]
    found = app.get("/api/v1/statuses", [("id[]", each) for each in ids])
    assert {each["id"] for each in found} == set(ids)


def test_elk(ann: Someone) -> None:
    """server/utils/shared.ts: JSON bodies from its server; the way back holds a percent-encoded origin."""
    app = Wire(ann.node.origin)
    redirect = f"https://elk.zone/api/localhost/oauth/{quote('https://elk.zone', safe='')}"
    registered = app.send(
        "/api/v1/apps",
        {"client_name": "Elk", "website": "https://elk.zone", "redirect_uris": redirect, "scopes": SCOPES},
    )
    code = ann.authorise(_authorise_address(ann, registered["client_id"], redirect))
    changed = {
        "client_id": registered["client_id"], "client_secret": registered["client_secret"], "redirect_uri": redirect,
        "grant_type": "authorization_code", "code": code, "scope": SCOPES,
    }  # fmt: skip
    refused = app.ask(
        "POST", "/oauth/token", json.dumps({**changed, "client_secret": "wrong"}), "application/json", status=401
    )
    assert refused.json["error"] == "invalid_client"  # and Elk registers anew
    app.token = app.send("/oauth/token", changed)["access_token"]
    assert app.get("/api/v2/instance")["domain"] == app.get("/api/v1/instance")["uri"]
    assert app.get("/api/v1/instance")["urls"]["streaming_api"]
    app.get("/api/v1/accounts/verify_credentials")


def test_elk_after_signing_in(signed_in: Wire) -> None:
    """app/composables/masto: no push subscription yet, which is a 404 it knows; markers; whom to follow."""
    signed_in.ask("GET", "/api/v1/push/subscription", status=404)
    signed_in.get("/api/v1/preferences")
    signed_in.get("/api/v1/markers", {"timeline[]": "notifications"})
    signed_in.get("/api/v2/suggestions", {"limit": "20"})


def test_toot(ann: Someone) -> None:
    """toot/api.py: JSON to register, a slash after /oauth/authorize, the code typed, a form for the token."""
    app = Wire(ann.node.origin, said={"User-Agent": "toot/0.51.0"})
    assert app.get("/api/v1/instance")["uri"] == ann.node.origin.removeprefix("http://")
    registered = app.send(
        "/api/v1/apps",
        {"client_name": "toot - a Mastodon CLI client", "redirect_uris": OOB, "scopes": "read write follow"},
    )
    asked = {
        "response_type": "code", "redirect_uri": OOB, "scope": "read write follow",
        "client_id": registered["client_id"],
    }  # fmt: skip
    code = ann.authorise(f"{ann.node.origin}/oauth/authorize/?{urlencode(asked)}")
    changed = {
        "grant_type": "authorization_code", "client_id": registered["client_id"],
        "client_secret": registered["client_secret"], "code": code, "redirect_uri": OOB,
    }  # fmt: skip
    app.token = app.form("/oauth/token", changed)["access_token"]
    assert app.get("/api/v1/accounts/verify_credentials")["username"] == ann.name
    again = app.ask("POST", "/oauth/token", urlencode(changed), "application/x-www-form-urlencoded", status=400)
    assert again.json["error"] == "invalid_grant"


def test_mastodon_py(signed_in: Wire) -> None:
    """mastodon/instance.py: trailing slashes, and the figures by which it paces itself."""
    assert re.match(r"4\.\d\.\d", signed_in.get("/api/v1/instance/")["version"])
    assert signed_in.get("/api/v2/instance/")["api_versions"]["mastodon"] >= 2
    answer = signed_in.ask("GET", "/api/v1/accounts/verify_credentials")
    assert int(answer.headers.get("x-ratelimit-remaining") or -1) > 0
    assert int(answer.headers.get("x-ratelimit-limit") or -1) > 0
    assert re.match(r"\d{4}-\d\d-\d\dT", answer.headers.get("x-ratelimit-reset") or "")
    assert answer.headers.get("date")


def test_tusky(signed_in: Wire) -> None:
    """MastodonApi.kt: filters of the second kind or else the first, markers, the second instance or else the first."""
    signed_in.get("/api/v2/instance")
    signed_in.get("/api/v1/accounts/verify_credentials")
    signed_in.get("/api/v2/filters")
    signed_in.get("/api/v1/filters")
    signed_in.get("/api/v1/markers", {"timeline[]": "notifications"})
    signed_in.get("/api/v1/custom_emojis")
    signed_in.get("/api/v1/announcements", {"with_dismissed": "false"})
    signed_in.get("/api/v1/notifications", {"limit": "30"})


def test_tusky_deletes_with_a_body(signed_in: Wire) -> None:
    """@HTTP(method = "DELETE", hasBody = true): what is to go is said in a form."""
    signed_in.form("/api/v1/domain_blocks", {"domain": "spam.example"})
    assert signed_in.get("/api/v1/domain_blocks") == ["spam.example"]
    signed_in.form("/api/v1/domain_blocks", {"domain": "spam.example"}, "DELETE")
    assert signed_in.get("/api/v1/domain_blocks") == []


def test_tusky_takes_people_off_a_list_with_a_body(signed_in: Wire, carol: Someone) -> None:
    carols = signed_in.get("/api/v1/accounts/lookup", {"acct": carol.name})["id"]
    signed_in.form(f"/api/v1/accounts/{carols}/follow", {"reblogs": "true"})
    made = signed_in.form("/api/v1/lists", {"title": "Friends", "exclusive": "false", "replies_policy": "list"})["id"]
    signed_in.form(f"/api/v1/lists/{made}/accounts", {"account_ids[]": carols})
    assert [each["id"] for each in signed_in.get(f"/api/v1/lists/{made}/accounts")] == [carols]
    signed_in.form(f"/api/v1/lists/{made}/accounts", {"account_ids[]": carols}, "DELETE")
    assert signed_in.get(f"/api/v1/lists/{made}/accounts") == []
    signed_in.ask("DELETE", f"/api/v1/lists/{made}")


def test_ice_cubes(ann: Someone, signed_in: Wire) -> None:
    """Client.swift, CurrentInstance.swift: everything in the query, even of a POST; the version made a number."""
    app = Wire(ann.node.origin)
    redirect = "icecubesapp://"
    registered = app.ask(
        "POST", "/api/v1/apps",
        query={
            "client_name": "IceCubesApp", "redirect_uris": redirect, "scopes": SCOPES,
            "website": "https://github.com/Dimillian/IceCubesApp",
        },
    ).json  # fmt: skip
    code = ann.authorise(_authorise_address(ann, registered["client_id"], redirect))
    app.token = app.ask(
        "POST", "/oauth/token",
        query={
            "grant_type": "authorization_code", "client_id": registered["client_id"],
            "client_secret": registered["client_secret"], "redirect_uri": redirect, "code": code, "scope": SCOPES,
        },
    ).json["access_token"]  # fmt: skip
    instance = app.get("/api/v2/instance")
    assert float(instance["version"][:3]) >= 4.3  # or it hides filters, editing and grouped notifications
    app.get("/api/v1/accounts/verify_credentials")
    app.get("/api/v1/timelines/home", {"since_id": "0", "limit": "50"})
    posted = app.send("/api/v1/statuses", {"status": "from an iPhone", "visibility": "public", "media_ids": []})
    app.get(f"/api/v1/statuses/{posted['id']}/context")


def test_ice_cubes_after_signing_in(signed_in: Wire) -> None:
    signed_in.get("/api/v1/markers", [("timeline[]", "home"), ("timeline[]", "notifications")])
    groups = signed_in.get("/api/v2/notifications", {"limit": "50", "expand_accounts": "partial_avatars"})
    assert all(isinstance(each["most_recent_notification_id"], int) for each in groups["notification_groups"])
    signed_in.get("/api/v1/lists")
    signed_in.get("/api/v1/followed_tags")


def test_pinafore(signed_in: Wire) -> None:
    """src/routes/_api: the first instance, its streaming address, a WebSocket with the token in its query."""
    streaming = signed_in.get("/api/v1/instance")["urls"]["streaming_api"]
    signed_in.get("/api/v1/accounts/verify_credentials")
    signed_in.get("/api/v1/custom_emojis")
    posted = _heard(streaming, signed_in)
    muted = signed_in.ask("POST", f"/api/v1/statuses/{posted['id']}/mute").json
    assert muted["muted"]
    signed_in.get("/api/v1/filters")


def _heard(streaming: str, app: Wire) -> dict[str, Any]:
    """A post, as it is told over the WebSocket."""
    with connect(f"{streaming}/api/v1/streaming?stream=user&access_token={app.token}") as socket:
        posted: dict[str, Any] = app.form("/api/v1/statuses", {"status": "heard in Pinafore"})
        while (event := json.loads(socket.recv(timeout=10)))["event"] != "update":
            pass
    assert event["stream"] == ["user"]
    assert json.loads(event["payload"])["id"] == posted["id"]
    return posted
