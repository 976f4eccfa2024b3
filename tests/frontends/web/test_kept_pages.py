"""Pages kept for a few seconds: the same to whoever asks for the same, never older than what was written."""

from typing import Any

import pytest

from scattershot.domain.ids import MicroblogId
from scattershot.frontends.web.kept_pages import GOOD_FOR
from scattershot.testing.browser import Browser
from tests.frontends.web.node import Node


@pytest.fixture
def reads(node: Node, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the store is asked."""
    asked: list[Any] = []
    read = node.database.read

    async def counted(work: Any, **more: Any) -> Any:
        asked.append(work)
        return await read(work, **more)

    monkeypatch.setattr(node.database, "read", counted)
    return asked


async def test_what_is_asked_for_again_costs_the_store_nothing(node: Node, ann: MicroblogId, reads: list[Any]) -> None:
    await node.say(ann, "for everybody")
    first = await node.browser().get("/@ann")
    assert reads
    reads.clear()
    again = await node.browser("203.0.113.9").get("/@ann")
    assert again.text == first.text
    assert reads == []


async def test_what_was_written_is_there_at_once(node: Node, ann: MicroblogId, anns: Browser) -> None:
    for text in ("one", "two", "three"):
        await node.say(ann, text)
        await node.settle()
        for browser, path in ((node.browser(), "/@ann"), (anns, "/home")):
            assert f"<p>{text}</p>" in (await browser.get(path)).text


async def test_moments_read_as_they_should_a_few_seconds_later(node: Node, ann: MicroblogId) -> None:
    await node.say(ann, "for everybody")
    browser = node.browser()
    assert ">now</time>" in (await browser.get("/@ann")).text
    node.clock.advance(61 + GOOD_FOR / 1000)
    assert ">1 min</time>" in (await browser.get("/@ann")).text


async def test_nobody_gets_the_page_of_another(node: Node, anns: Browser, bobs: Browser) -> None:
    for _ in range(2):
        assert "@ann" in (await anns.get("/settings")).text
        bobs_page = (await bobs.get("/settings")).text
        assert "@bob" in bobs_page
        assert "@ann" not in bobs_page
        assert (await node.browser().get("/settings")).path.startswith("/login")


async def test_a_browser_that_has_the_page_is_told_so_from_memory(
    node: Node, ann: MicroblogId, reads: list[Any]
) -> None:
    await node.say(ann, "for everybody")
    first = await node.browser().get("/@ann")
    tag = first.headers.get("etag") or ""
    assert tag
    for _ in range(2):
        reads.clear()
        same = await node.browser().get("/@ann", headers={"if-none-match": tag})
        assert (same.status, same.text) == (304, "")
        assert reads == []


async def test_after_signing_out_nothing_of_it_is_shown(node: Node, anns: Browser) -> None:
    page = await anns.get("/menu")
    assert "Sign out" in page.text
    await anns.submit(page, page.form("/logout"))
    assert "Sign out" not in (await anns.get("/menu")).text


async def test_the_same_words_can_be_posted_again_from_a_form_that_looks_the_same(
    node: Node, ann: MicroblogId, anns: Browser
) -> None:
    tag = ""
    for number in range(1, 3):
        page = await anns.get("/compose", headers={"accept-encoding": "identity", "if-none-match": tag})
        assert page.status == 200, "a browser would show the form that was sent already"
        tag = page.headers.get("etag") or ""
        await anns.submit(page, page.form("/posts"), text="Good morning")
        await node.settle()
        shown = await node.browser().get("/@ann")
        assert shown.text.count("<p>Good morning</p>") == number
