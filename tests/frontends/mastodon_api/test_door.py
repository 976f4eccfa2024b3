"""The door of the API: limits, problems, cross-origin calls, and paths that lead nowhere."""

import pytest

from scattershot.frontends.mastodon_api.endpoints import Endpoint, Found, NotThere, Table
from scattershot.testing.village import House, Village


async def never(*_: object) -> None:
    """A handler that is only looked for."""


def endpoint(method: str, path: str) -> Endpoint:
    return Endpoint(method, path, never)  # type: ignore[arg-type]


TABLE = Table(
    [
        endpoint("GET", "/api/v1/lists"),
        endpoint("GET", "/api/v1/lists/{id}"),
        endpoint("DELETE", "/api/v1/lists/{id}"),
        endpoint("GET", "/api/v1/lists/all"),
        endpoint("GET", "/api/v1/lists/{id}/accounts"),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("GET", "/api/v1/lists", ("/api/v1/lists", {})),
        ("HEAD", "/api/v1/lists/", ("/api/v1/lists", {})),
        ("GET", "/api/v1/lists/7", ("/api/v1/lists/{id}", {"id": "7"})),
        ("GET", "/api/v1/lists/all", ("/api/v1/lists/all", {})),
        ("DELETE", "/api/v1/lists/all", ("/api/v1/lists/{id}", {"id": "all"})),
        ("GET", "/api/v1/lists/all/accounts", ("/api/v1/lists/{id}/accounts", {"id": "all"})),
        ("PUT", "/api/v1/lists/7", None),
        ("GET", "/api/v1/lists/7/8", None),
        ("GET", "/api/v1/lists//accounts", None),
        ("GET", "/", None),
    ],
)
def test_paths_are_found(method: str, path: str, found: tuple[str, dict[str, str]] | None) -> None:
    looked = TABLE.find(method, path)
    if found is None:
        assert isinstance(looked, NotThere)
    else:
        assert isinstance(looked, Found)
        assert (looked.endpoint.path, dict(looked.path)) == found


async def test_a_path_without_the_method_says_so(house: House) -> None:
    await house.stranger().call("PATCH", "/api/v1/instance", status=405)
    assert (await house.stranger().get("/api/v1/nowhere", status=404))["error"] == "Not found"


async def test_browsers_may_call_from_anywhere(house: House) -> None:
    told = await house.stranger().call("OPTIONS", "/api/v1/statuses", status=204)
    assert told.headers.get("access-control-allow-origin") == "*"
    assert "Idempotency-Key" in (told.headers.get("access-control-allow-headers") or "")
    problem = await house.stranger().get("/api/v1/timelines/home", status=401)
    assert "Link" in (problem.headers.get("access-control-expose-headers") or "")


async def test_a_token_has_its_allowance(village: Village) -> None:
    house = await village.house("c.example", calls_allowed=3)
    await house.person("ann")
    ann = await house.phone("ann")
    left = [(await ann.get("/api/v1/timelines/home")).headers.get("x-ratelimit-remaining") for _ in range(3)]
    assert left == ["2", "1", "0"]
    heard = await ann.get("/api/v1/timelines/home", status=429)
    assert heard["error"] == "Too many requests"
    assert (heard.headers.get("x-ratelimit-reset") or "").endswith("Z")
    village.clock.advance(101)
    await ann.get("/api/v1/timelines/home")


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"[1]", "application/json", 400),
        (b"x" * 1_000_001, "application/json", 413),
        (b"a=1&" * 2_000, "application/x-www-form-urlencoded", 400),
        (b"--x\r\n", "multipart/form-data", 400),
        (b"nonsense", "multipart/form-data; boundary=x", 400),
    ],
)
async def test_bodies_that_cannot_be_read(house: House, body: bytes, kind: str, status: int) -> None:
    ann = await house.phone("ann")
    await ann._send("POST", "/api/v1/statuses", body, kind, status, {})


async def test_a_multipart_form_is_read(house: House) -> None:
    ann = await house.phone("ann")
    assert (await ann.upload("POST", "/api/v1/statuses", [("status", "in parts")], []))["content"] == "<p>in parts</p>"


async def test_the_openapi_document_names_every_endpoint(house: House) -> None:
    document = (await house.stranger().get("/api/openapi.json")).body
    assert document["openapi"] == "3.1.0"
    assert "post" in document["paths"]["/api/v1/statuses"]
    assert "Status" in document["components"]["schemas"]


@pytest.mark.parametrize("path", ["/avatars/original/missing.png", "/headers/original/missing.png"])
async def test_whoever_has_no_picture_has_one(house: House, path: str) -> None:
    picture = await house.stranger().get(path)
    assert picture.body.startswith(b"\x89PNG")
    assert picture.headers.get("content-type") == "image/png"
