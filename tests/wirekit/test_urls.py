"""URLs and hosts: one spelling each, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scattershot.wirekit.urls import host_of, normal_host, normal_url, parse_url, same_origin


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("Example.COM", "example.com"),
        ("example.com.", "example.com"),
        ("example.com:443", "example.com"),
        ("example.com:0443", "example.com"),
        ("example.com:", "example.com"),
        ("Example.com.:3000", "example.com:3000"),
        ("example.com:80", "example.com:80"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("bücher。example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("ｅｘａｍｐｌｅ.com", "example.com"),
        ("localhost:8000", "localhost:8000"),
        ("foo_bar.example", "foo_bar.example"),
        ("127.0.0.1:8000", "127.0.0.1:8000"),
        ("[::1]:8000", "[::1]:8000"),
        ("[0:0:0:0:0:0:0:1]", "[::1]"),
        ("[2001:DB8::1]:443", "[2001:db8::1]"),
    ],
)
def test_a_host_has_one_spelling(text: str, host: str) -> None:
    assert normal_host(text) == host
    assert normal_host(host) == host


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "example..com",
        "example.com..",
        "-example.com",
        "example-.com",
        "exam ple.com",
        "example.com/",
        "user@example.com",
        "example.com:0",
        "example.com:65536",
        "example.com:http",
        "example.com:1:2",
        "127.1",
        "0x7f.0.0.1",
        "2130706433",
        "127.0.0.01",
        "１２７.1",
        "256.0.0.1",
        "::1",
        "[::1",
        "[fe80::1%eth0]",
        "[::1]x",
        "a" * 64 + ".com",
        ".".join(["abcdefg"] * 40),
        "example.com\n",
        "example.com\x00",
        "\ud800.com",
        "exa%6dple.com",
        "a,b",
    ],
)
def test_what_is_no_host_is_refused(text: str) -> None:
    assert normal_host(text) is None


def test_a_digit_in_another_width_is_read_as_the_address_it_is() -> None:
    assert normal_host("１２７.0.0.1") == "127.0.0.1"


def test_the_port_that_is_dropped_is_that_of_the_scheme() -> None:
    assert normal_host("example.com:80", "http") == "example.com"
    assert normal_host("example.com:443", "http") == "example.com:443"


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("HTTPS://Example.COM", "https://example.com/"),
        ("https://example.com:443/a", "https://example.com/a"),
        ("http://example.com:80/a", "http://example.com/a"),
        ("https://example.com.:8443/a?", "https://example.com:8443/a?"),
        ("https://example.com?q=1", "https://example.com/?q=1"),
        ("https://example.com/A%2fb/../C?X=Y#Main-Key", "https://example.com/A%2fb/../C?X=Y#Main-Key"),
        ("https://bücher.example/ü", "https://xn--bcher-kva.example/ü"),
        ("https://[::1]:443/", "https://[::1]/"),
    ],
)
def test_a_url_has_one_spelling_and_keeps_its_path(text: str, normal: str) -> None:
    assert normal_url(text) == normal
    assert normal_url(normal) == normal


def test_a_fragment_goes_where_it_is_not_wanted() -> None:
    assert normal_url("https://example.com/u#main-key", fragment=False) == "https://example.com/u"
    assert normal_url("https://example.com/u", fragment=False) == "https://example.com/u"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "//example.com/",
        "ftp://example.com/",
        "javascript:alert(1)",
        "https:///path",
        "https://",
        "https://user@example.com/",
        "https://user:pw@example.com/",
        "https://good.example\\@evil.example/",
        "https://example.com\\.evil.example/",
        " https://example.com/",
        "https://example.com/a b",
        "https://example.com/a\nb",
        "https://example.com/\x7f",
        "https://example.com/\ud800",
        "https://example.com/" + "a" * 2048,
        "https://127.1/",
    ],
)
def test_what_is_no_url_of_ours_is_refused(text: str) -> None:
    assert parse_url(text) is None
    assert normal_url(text) is None
    assert host_of(text) is None


def test_the_parts_of_a_url() -> None:
    url = parse_url("http://Example.com:8080/users/ann?page=2#top")
    assert url is not None
    assert (url.host, url.port, url.authority) == ("example.com", 8080, "example.com:8080")
    assert (url.origin, url.target, url.fragment) == ("http://example.com:8080", "/users/ann?page=2", "top")
    bare = parse_url("https://[::1]/")
    assert bare is not None
    assert (bare.host, bare.port) == ("[::1]", 443)
    ported = parse_url("https://[::1]:8000/")
    assert ported is not None
    assert (ported.host, ported.port) == ("[::1]", 8000)


def test_what_goes_over_the_wire_is_ascii() -> None:
    url = parse_url("https://example.com/ü%20?q=ö")
    assert url is not None
    assert url.target == "/%C3%BC%20?q=%C3%B6"


def test_origins_are_compared_by_scheme_host_and_port() -> None:
    assert same_origin("https://Example.com/a", "https://example.com:443/b#c")
    assert not same_origin("https://example.com/", "http://example.com/")
    assert not same_origin("https://example.com/", "https://example.com:8443/")
    assert not same_origin("https://example.com/", "https://sub.example.com/")
    assert not same_origin("https://example.com/", "https://example.com.evil.example/")
    assert not same_origin("garbage", "garbage")


@given(st.text())
def test_garbage_never_raises_and_a_normal_spelling_is_final(text: str) -> None:
    for candidate in (text, f"https://{text}", f"https://{text}/x", f"https://example.com/{text}"):
        normal = normal_url(candidate)
        assert normal is None or len(normal) > 2048 or normal_url(normal) == normal
    host = normal_host(text)
    assert host is None or normal_host(host) == host
