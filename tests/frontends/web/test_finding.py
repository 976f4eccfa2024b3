"""The one box that finds: one thing by its name or address, everything by words."""

import re
from html import unescape
from pathlib import Path

import pytest

from scattershot.app.search import Search
from scattershot.domain.ids import MicroblogId
from scattershot.domain.search_query import Phrase, parse
from scattershot.frontends.web import finding
from scattershot.testing.browser import Browser
from tests.frontends.web.node import Node

TEMPLATE = Path(finding.__file__).parent / "templates" / "search.html"


async def test_the_box_finds_one_thing_and_says_when_it_does_not(node: Node, bob: MicroblogId, anns: Browser) -> None:
    post = await node.say(bob, "Find me")
    assert (await anns.get("/search?q=%40bob%40a.test")).path == "/@bob"
    assert (await anns.get("/search?q=%40bob")).path == "/@bob"
    for address in (f"http://a.test/p/{post}", f"http://a.test/@bob/{post}"):
        assert (await anns.get(f"/search?q={address}")).path == f"/@bob/{post}"
    assert (await anns.get("/search?q=%23Cats")).path == "/tags/cats"
    missing = await anns.get("/search?q=%40nobody")
    assert missing.status == 404
    assert "Nobody here is called nobody" in missing.text


async def test_words_find_people_tags_and_posts(node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser) -> None:
    await node.say(ann, "bobbing in the fog #bobsleigh")
    await node.say(bob, "fog that ann does not find")
    await node.settle()
    page = await anns.get("/search?q=bob")
    assert "@bob@a.test" in page.text
    assert 'href="/tags/bobsleigh"' in page.text
    page = await anns.get("/search?q=fog")
    assert "bobbing" in page.text
    assert "does not find" not in page.text
    page = await anns.get("/search?q=heron")
    assert page.status == 200
    assert "Nothing was found for “heron”." in page.text
    assert "Nothing was found" not in (await anns.get("/search")).text


async def test_older_posts_are_found_on_the_next_page(node: Node, ann: MicroblogId, anns: Browser) -> None:
    for number in range(25):
        await node.say(ann, f"fog {number}.")
        node.clock.advance(1)
    await node.settle()
    page = await anns.get("/search?q=fog+-weir")
    assert "fog 24." in page.text
    assert "fog 3." not in page.text
    [older] = re.findall(r'rel="next" href="([^"]+)"', page.text)
    page = await anns.get(unescape(older))
    assert "fog 3." in page.text
    assert "fog 24." not in page.text


async def test_what_is_typed_is_shown_and_not_obeyed(anns: Browser) -> None:
    page = await anns.get("/search?q=%3Cscript%3Ealert(1)%3C/script%3E%22")
    assert page.status == 200
    assert "<script>alert" not in page.text


async def test_a_search_that_takes_too_long_is_told(anns: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    async def late(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(Search, "posts", late)
    page = await anns.get("/search?q=fog")
    assert page.status == 503
    assert "too long" in page.text


def test_every_operator_that_the_page_explains_is_one() -> None:
    page = TEMPLATE.read_text()
    for typed in ("#tea", "from:@ann@example.org", "from:me", "has:image", "is:reply", "language:en", "in:library"):
        assert typed in page
        assert not any(isinstance(what, Phrase) for what, _ in parse(typed).terms), typed
