"""What a page says of itself is found in HTML of any quality, and quickly."""

import time

import pytest

from scattershot.wirekit.page_head import Head, absolute, head_of, text_of

PAGE = """<!doctype html><HTML lang="de-DE"><!-- <title>no</title> --><head>
<script>var a = "<title>neither</title>"</script><title>Am  &amp; Wehr</title>
<meta property="og:title" content="Das Wehr"><META NAME=Description content='Ein "Wehr"'>
<meta property="og:title" content="ein zweiter"><meta charset="utf-8">
<link rel="canonical" href="/wehr"><link rel="alternate" type="application/json+oembed" href="/oembed?a=1&amp;b=2">
</head><body><meta property="og:description" content="im Text"></body>"""


def test_a_head_is_read() -> None:
    head = head_of(PAGE)
    assert head.title == "Am  & Wehr"
    assert head.language == "de-DE"
    assert head.metas == {"og:title": "Das Wehr", "description": 'Ein "Wehr"'}
    assert head.said("og:description", "description") == 'Ein "Wehr"'
    assert head.linked("canonical") == "/wehr"
    assert head.linked("alternate", "application/json+oembed") == "/oembed?a=1&b=2"
    assert head.linked("alternate", "application/rss+xml") == ""


@pytest.mark.parametrize(
    "html",
    ["", "<", "<title>", "<title", "<meta", "<!--", "<script>", "<meta content='x", "</title>",
     "<body><title>x</title>",     "\x00<html\x00lang=x", "<meta property=og:title content>"],
)  # fmt: skip
def test_what_is_no_page_says_nothing(html: str) -> None:
    assert head_of(html)._replace(language="") == Head("", "", {}, ())


@pytest.mark.parametrize(
    "piece", ["<meta ", "<title>", "<!--", "<script>", "<meta a='", '<link "', "<svg", "<meta property=a content=b>"]
)
def test_a_hostile_page_takes_no_longer_than_others(piece: str) -> None:
    begun = time.perf_counter()
    head_of(piece * (3_000_000 // len(piece)))
    assert time.perf_counter() - begun < 2


@pytest.mark.parametrize(
    ("body", "sent", "text"),
    [
        ("Grüße".encode(), "text/html; charset=utf-8", "Grüße"),
        ("Grüße".encode("latin-1"), "text/html; charset=ISO-8859-1", "Grüße"),
        ("<meta charset=windows-1252>Grüße".encode("cp1252"), "text/html", "<meta charset=windows-1252>Grüße"),
        ("Grüße".encode(), "text/html; charset=klingon", "Grüße"),
        ("Grüße".encode(), "text/html; charset=zip", "Grüße"),
        (b"\xff", "text/html", "\ufffd"),
    ],
)
def test_pages_are_read_in_their_charset(body: bytes, sent: str, text: str) -> None:
    assert text_of(body, sent) == text


@pytest.mark.parametrize(
    ("address", "made"),
    [
        ("/a.png", "https://x.example/a.png"),
        ("//y.example/a", "https://y.example/a"),
        ("javascript:alert(1)", ""),
        ("data:image/png;base64,AA", ""),
        ("", ""),
        ("http://[", ""),
    ],
)
def test_addresses_are_made_absolute_and_lead_to_the_web_alone(address: str, made: str) -> None:
    assert absolute(address, "https://x.example/b/c") == made
