"""Push subscriptions by app, in every spelling, and a push that the phone reads."""

import msgspec
import pytest

from scattershot.frontends.mastodon_api.entities.notification import WebPushSubscription
from scattershot.testing.phone import Heard, Phone
from scattershot.testing.push_phone import PushPhone
from scattershot.testing.village import House, Village
from scattershot.wirekit.http_message import Request, Response

PATH = "/api/v1/push/subscription"
ENDPOINT = "https://push.example/send/1"


@pytest.fixture
async def ann(house: House) -> Phone:
    return await house.phone("ann")


def fields(keys: PushPhone, **more: str) -> list[tuple[str, str]]:
    """As Rails spells it."""
    return [
        ("subscription[endpoint]", ENDPOINT),
        ("subscription[keys][p256dh]", keys.keys["p256dh"]),
        ("subscription[keys][auth]", keys.keys["auth"]),
        *more.items(),
    ]


async def subscribed(spelling: str, phone: Phone, keys: PushPhone) -> Heard:
    alerts = {"mention": True, "favourite": "1", "reblog": "true", "follow": False, "admin.sign_up": "on"}
    if spelling == "json":
        body = {
            "subscription": {"endpoint": ENDPOINT, "keys": keys.keys, "standard": True},
            "data": {"alerts": alerts, "policy": "followed"},
        }
        return await phone.post(PATH, body)
    spelt = [
        *fields(keys),
        ("subscription[standard]", "true"),
        *((f"data[alerts][{name}]", str(value).lower()) for name, value in alerts.items()),
        ("data[policy]", "followed"),
    ]
    if spelling == "form":
        return await phone.form("POST", PATH, spelt)
    return await phone.upload("POST", PATH, spelt, [])


@pytest.mark.parametrize("spelling", ["json", "form", "multipart"])
async def test_an_app_subscribes_in_whatever_spelling(house: House, ann: Phone, spelling: str) -> None:
    made = await subscribed(spelling, ann, PushPhone())
    entity = msgspec.convert(made.body, WebPushSubscription)
    assert (entity.endpoint, entity.policy, entity.standard) == (ENDPOINT, "followed", True)
    wished = {name for name, wish in entity.alerts.items() if wish}
    assert wished == {"mention", "favourite", "reblog", "admin.sign_up"}
    assert entity.alerts["follow"] is False
    assert entity.alerts["admin.report"] is False
    assert (await ann.get(PATH)).body == made.body
    instance = await ann.get("/api/v2/instance")
    assert instance["configuration"]["vapid"]["public_key"] == entity.server_key
    assert len(entity.server_key) == 87
    app = await ann.post("/api/v1/apps", {"client_name": "x", "redirect_uris": "https://app.example/"})
    assert app["vapid_key"] == entity.server_key
    assert (await ann.get("/api/v1/apps/verify_credentials"))["vapid_key"] == entity.server_key


async def test_only_the_data_is_changed_afterwards(house: House, ann: Phone) -> None:
    made = await ann.form("POST", PATH, fields(PushPhone()))
    assert not any(made["alerts"].values())
    assert (made["policy"], made["standard"]) == ("all", False)
    changed = await ann.form("PUT", PATH, [("data[alerts][poll]", "true"), ("policy", "follower")])
    assert {name for name, wish in changed["alerts"].items() if wish} == {"poll"}
    assert (changed["policy"], changed["endpoint"], changed["id"]) == ("follower", ENDPOINT, made["id"])
    kept = await ann.put(PATH, {"data": {"policy": "none"}})
    assert kept["alerts"]["poll"] is True
    await ann.put(PATH, {"data": {"policy": "everybody"}}, status=422)


async def test_a_subscription_belongs_to_its_token(house: House, ann: Phone) -> None:
    other = await house.phone("ann")
    await ann.form("POST", PATH, fields(PushPhone()))
    await other.get(PATH, status=404)
    await other.put(PATH, {"data": {}}, status=404)
    assert (await other.delete(PATH)).body == {}
    assert (await ann.delete(PATH)).body == {}
    await ann.get(PATH, status=404)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"subscription": {}},
        {"subscription": {"endpoint": ENDPOINT}},
        {"subscription": {"endpoint": ENDPOINT, "keys": {"p256dh": "x"}}},
        {"subscription": {"endpoint": ENDPOINT, "keys": {"p256dh": "x", "auth": "y"}}},
        {"subscription": {"endpoint": "http://push.example/", "keys": PushPhone().keys}},
        {"subscription": {"endpoint": ["https://push.example/"], "keys": PushPhone().keys}},
        {"subscription": "everything"},
        {"subscription": {"endpoint": ENDPOINT, "keys": PushPhone().keys}, "data": {"alerts": "all"}},
        {"subscription": {"endpoint": ENDPOINT, "keys": PushPhone().keys}, "data": {"policy": "everybody"}},
    ],
)
async def test_what_is_no_subscription_is_refused(ann: Phone, body: dict[str, object]) -> None:
    assert (await ann.post(PATH, body, status=422))["error"]
    await ann.get(PATH, status=404)


async def test_it_takes_the_scope(house: House) -> None:
    reader = await house.phone("ann", "read write")
    await reader.form("POST", PATH, fields(PushPhone()), status=403)
    await reader.get(PATH, status=403)
    await house.stranger().get(PATH, status=401)


async def test_what_one_is_told_reaches_the_phone(village: Village, house: House, ann: Phone) -> None:
    came: list[Request] = []

    def service(request: Request) -> Response:
        came.append(request)
        return Response(201, request.url)

    village.fetcher.route("push.example", service)
    keys, bob = PushPhone(), await house.phone("bob")
    await ann.form("POST", PATH, [*fields(keys), ("data[alerts][mention]", "1")])
    await bob.post("/api/v1/statuses", {"status": "@ann a duck!"})
    await village.settle()
    [request] = came
    read = keys.read(request.headers, request.body)
    [told] = (await ann.get("/api/v1/notifications")).body
    assert read["notification_id"] == int(told["id"])
    assert read["access_token"] == ann.token
    assert read["body"] == "@ann a duck!"
    assert (await ann.get(f"/api/v1/notifications/{read['notification_id']}")).body == told
