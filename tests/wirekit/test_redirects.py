import pytest

from scattershot.wirekit.http_message import Headers, Request, Response
from scattershot.wirekit.redirects import next_hop

HERE = "https://a.example/users/ann?x=1"


def hop(location: str, status: int = 302, method: str = "GET", here: str = HERE) -> str | None:
    request = Request(method, here)
    following = next_hop(request, Response(status, here, Headers((("location", location),))))
    return following and following.url


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_every_kind_of_redirect_is_followed(status: int) -> None:
    assert hop("https://b.example/", status) == "https://b.example/"


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 404])
def test_a_location_on_any_other_answer_is_not(status: int) -> None:
    assert hop("https://b.example/", status) is None


def test_a_post_is_not_sent_elsewhere() -> None:
    assert hop("https://b.example/", 307, "POST") is None


@pytest.mark.parametrize(
    ("location", "there"),
    [
        ("/@ann", "https://a.example/@ann"),
        ("bob", "https://a.example/users/bob"),
        ("?y", "https://a.example/users/ann?y"),
        ("//b.example:8443/z", "https://b.example:8443/z"),
        ("../../up", "https://a.example/up"),
        ("https://b.example/p%2fq%7E?a=%20", "https://b.example/p%2fq%7E?a=%20"),
        ("/x#main-key", "https://a.example/x"),
        (" /trimmed ", "https://a.example/trimmed"),
        ("/caf\xc3\xa9 au lait", "https://a.example/caf%C3%A9%20au%20lait"),
        ("https://[2001:db8::1]/", "https://[2001:db8::1]/"),
    ],
)
def test_a_location_is_read_from_where_it_was_said(location: str, there: str) -> None:
    assert hop(location) == there


@pytest.mark.parametrize(
    "location",
    [
        "",
        "http://a.example/",
        "ftp://a.example/",
        "javascript:alert(1)",
        "data:text/plain,x",
        "https://user@b.example/",
        "https://user:pw@b.example/",
        "https://b.example:port/",
        "https://[::1/",
        "/a\r\nb",
        "/a\x00",
        "/\u20ac",
    ],
)
def test_what_leads_down_or_nowhere_is_not_followed(location: str) -> None:
    assert hop(location) is None


def test_http_may_lead_to_http_and_up_to_https() -> None:
    assert hop("http://b.example/", here="http://a.example/") == "http://b.example/"
    assert hop("https://b.example/", here="http://a.example/") == "https://b.example/"


def test_two_locations_are_none() -> None:
    two = Headers((("location", "/a"), ("location", "/b")))
    assert next_hop(Request("GET", HERE), Response(302, HERE, two)) is None


def test_what_was_signed_for_one_request_stays_with_it() -> None:
    bound = ("host", "date", "signature", "signature-input", "authorization", "digest", "content-digest", "cookie")
    headers = Headers((*((name, "x") for name in bound), ("accept", "application/activity+json"), ("user-agent", "us")))
    following = next_hop(Request("GET", HERE, headers), Response(302, HERE, Headers((("location", "/b"),))))
    assert following is not None
    assert following.headers == Headers((("accept", "application/activity+json"), ("user-agent", "us")))
