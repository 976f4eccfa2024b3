"""Posting, answering, editing, and the forms that must not do it."""

import asyncio

import pytest

from scattershot.domain.ids import MicroblogId
from scattershot.domain.post import Audience
from scattershot.testing.browser import Browser
from tests.frontends.web.node import Node


async def test_what_is_posted_stands_on_the_own_home_at_once(anns: Browser) -> None:
    page = await anns.get("/home")
    home = await anns.submit(page, page.form("/posts"), text="Hello, world & <friends>")
    assert home.path == "/home"
    assert "Hello, world &amp; &lt;friends&gt;" in home.text


async def test_a_form_sent_twice_posts_once(anns: Browser) -> None:
    page = await anns.get("/home")
    form = page.form("/posts")
    await asyncio.gather(*(anns.submit(page, form, text="only once") for _ in range(3)))
    await anns.submit(page, form, text="only once")
    assert (await anns.get("/@ann")).text.count("only once") == 1


async def test_an_empty_post_is_refused_and_the_rest_kept(anns: Browser) -> None:
    page = await anns.get("/home")
    again = await anns.submit(page, page.form("/posts"), text="  ", warning="about cats", audience="followers")
    assert again.status == 422
    assert "nothing to post" in again.text
    fields = dict(again.form("/posts").fields)
    assert (fields["warning"], fields["audience"]) == ("about cats", "followers")
    posted = await anns.submit(again, again.form("/posts"), text="now there is something")
    assert "now there is something" in posted.text


async def test_an_answer_names_its_parents_author_and_stands_in_the_thread(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    post = await node.say(bob, "Who is there?")
    page = await anns.get(f"/@bob/{post}")
    form = page.form("/posts")
    assert dict(form.fields)["text"].strip() == "@bob@a.test"
    thread = await anns.submit(page, form, text="@bob@a.test I am")
    assert thread.path.startswith(f"/@bob/{post}")
    assert "I am" in thread.text
    assert thread.text.index("Who is there?") < thread.text.index("I am")
    await node.settle()
    assert "I am" in (await (await node.signed_in("bob")).get("/notifications")).text


@pytest.mark.parametrize("asked", ["public", "unlisted", "local", "nonsense"])
async def test_an_answer_is_never_for_more_people_than_its_parent(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser, asked: str
) -> None:
    post = await node.say(bob, "@ann between us", Audience.MENTIONED)
    page = await anns.get(f"/@bob/{post}")
    thread = await anns.submit(page, page.form("/posts"), text="@bob@a.test our secret", audience=asked)
    assert "our secret" in thread.text
    assert "our secret" not in (await node.browser().get("/@ann?with=replies")).text
    carols = (await node.person("carol")) and await node.signed_in("carol")
    assert "our secret" not in (await carols.get("/@ann?with=replies")).text


async def test_a_post_is_edited_and_deleted_by_its_author_alone(
    node: Node, ann: MicroblogId, anns: Browser, bobs: Browser
) -> None:
    post = await node.say(ann, "teh cat")
    assert (await bobs.get(f"/posts/{post}/edit")).status == 404
    page = await anns.get(f"/posts/{post}/edit")
    shown = await anns.submit(page, page.form(f"/posts/{post}/edit"), text="the cat")
    assert shown.path == f"/@ann/{post}"
    assert "the cat" in shown.text
    token = dict((await bobs.get("/home")).form("/posts").fields)["token"]
    assert (await bobs.post(f"/posts/{post}/delete", [("token", token)])).status == 404
    page = await anns.get(f"/posts/{post}/delete")
    await anns.submit(page, page.form(f"/posts/{post}/delete"))
    assert (await anns.get(f"/@ann/{post}")).status == 404


async def test_likes_and_boosts_come_and_go(node: Node, bob: MicroblogId, anns: Browser) -> None:
    post = await node.say(bob, "Like me")
    page = await anns.get(f"/@bob/{post}")
    page = await anns.submit(page, page.form(f"/posts/{post}/like"))
    page = await anns.submit(page, page.form(f"/posts/{post}/boost"))
    assert page.text.count('aria-pressed="true"') == 2
    page = await anns.submit(page, page.form(f"/posts/{post}/unlike"))
    page = await anns.submit(page, page.form(f"/posts/{post}/unboost"))
    assert page.text.count('aria-pressed="true"') == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.test", "sec-fetch-site": "cross-site"},
        {"origin": "http://evil.test"},
        {"origin": "null"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_form_of_another_site_does_nothing(node: Node, anns: Browser, headers: dict[str, str]) -> None:
    token = dict((await anns.get("/home")).form("/posts").fields)["token"]
    answer = await anns.post("/posts", [("token", token), ("text", "forged")], headers=headers)
    assert answer.status == 403
    assert "forged" not in (await anns.get("/home")).text


@pytest.mark.parametrize("token", ["", "0" * 64, "é"])
async def test_a_form_without_the_right_token_does_nothing(anns: Browser, token: str) -> None:
    answer = await anns.post("/posts", [("token", token), ("text", "forged")])
    assert answer.status == 403
    assert "forged" not in (await anns.get("/home")).text


async def test_the_token_of_another_person_does_nothing(anns: Browser, bobs: Browser) -> None:
    token = dict((await bobs.get("/home")).form("/posts").fields)["token"]
    assert (await anns.post("/posts", [("token", token), ("text", "forged")])).status == 403


async def test_a_form_too_large_is_refused(anns: Browser) -> None:
    assert (await anns.post("/posts", [("text", "x" * 500_000)])).status == 413
