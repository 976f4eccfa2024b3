"""Quotes, answers and reactions on pages: made by forms, shown in every state, allowed and taken back."""

import pytest

from scattershot.app.featuring import Featuring
from scattershot.app.publish import Done, Draft
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.post import Audience
from scattershot.domain.preferences import Preferences, Quoting
from scattershot.domain.terms import ALL, ONLY_THE_AUTHOR, Circle, Rule, Terms
from scattershot.testing.browser import Browser
from tests.frontends.web.node import Node


async def say(node: Node, who: MicroblogId, text: str, terms: Terms) -> PostId:
    done = await node.publisher.post(who, Draft(text, terms=terms), None, "test")
    assert isinstance(done, Done)
    assert done.post is not None
    return done.post


async def test_a_post_is_quoted_by_a_form_and_shown_within(node: Node, bob: MicroblogId, anns: Browser) -> None:
    post = await node.say(bob, "bread is good")
    thread = await anns.get(f"/@bob/{post}")
    assert f'href="/posts/{post}/quote"' in thread.text
    page = await anns.get(f"/posts/{post}/quote")
    assert "bread is good" in page.text
    home = await anns.submit(page, page.form("/posts"), text="so it is")
    assert home.status == 200
    shown = (await anns.get("/@ann")).text
    assert shown.index("so it is") < shown.index("bread is good")
    assert '<blockquote class="quoted h-cite"' in shown


async def test_the_form_begins_as_its_author_likes_posts_to_be(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser
) -> None:
    chosen = Preferences(audience=Audience.UNLISTED, language="eo", quoting=Quoting.FOLLOWERS)
    await Featuring(node.database, node.clock).prefer(ann, chosen)
    page = await anns.get("/home")
    await anns.submit(page, page.form("/posts"), text="for some")
    [item] = (await node.timelines.home(ann)).items
    assert (item.post.audience, item.post.language) == (Audience.UNLISTED, "eo")
    assert item.post.terms.quotes == Rule((Circle.FOLLOWERS,))
    theirs = await node.say(bob, "bread")
    thread = await anns.get(f"/@bob/{theirs}")
    await anns.submit(thread, thread.form("/posts"), text="an answer")
    answer = (await node.timelines.home(ann)).items[0]
    assert (answer.post.audience, answer.post.terms.quotes) == (Audience.PUBLIC, Rule((Circle.FOLLOWERS,)))


async def test_what_may_not_be_quoted_offers_no_form(node: Node, bob: MicroblogId, anns: Browser) -> None:
    post = await say(node, bob, "not to be passed around", Terms(quotes=ONLY_THE_AUTHOR))
    assert f"/posts/{post}/quote" not in (await anns.get(f"/@bob/{post}")).text
    assert (await anns.get(f"/posts/{post}/quote")).status == 404
    page = await anns.get("/home")
    refused = await anns.submit(page, page.form("/posts"), text="ha", quote=str(post))
    assert refused.status == 422
    assert "does not let you quote" in refused.text
    gone = await anns.submit(page, page.form("/posts"), text="ha", quote="7")
    assert gone.status == 404


async def test_a_quote_that_waits_is_allowed_from_the_notifications(
    node: Node, ann: MicroblogId, bob: MicroblogId, anns: Browser, bobs: Browser
) -> None:
    post = await say(node, ann, "ask me", Terms(quotes=Rule((), (Circle.EVERYONE,))))
    page = await bobs.get(f"/posts/{post}/quote")
    await bobs.submit(page, page.form("/posts"), text="may I?")
    await node.settle()
    assert "once its author has agreed" in (await bobs.get("/@bob")).text
    notices = await anns.get("/notifications")
    assert "quoted your post" in notices.text
    [form] = [form for form in notices.forms if form.action.endswith("/allow-quote")]
    await anns.submit(notices, form)
    await node.settle()
    shown = await anns.get("/@bob")
    assert "ask me" in shown.text
    [form] = [form for form in shown.forms if form.action.endswith("/refuse-quote")]
    await anns.submit(shown, form)
    assert "does not want it to be shown here any more" in (await bobs.get("/@bob")).text


async def test_the_composer_says_who_may_answer_and_quote(
    node: Node, ann: MicroblogId, anns: Browser, bobs: Browser
) -> None:
    page = await anns.get("/home")
    await anns.submit(page, page.form("/posts"), text="a monologue", replies="mentioned", quotes="nobody")
    [item] = (await node.timelines.by(ann, None)).items
    assert item.post.terms == Terms(ONLY_THE_AUTHOR, Rule((Circle.MENTIONED,)))
    shown = (await bobs.get(f"/@ann/{item.id}")).text
    assert "does not let you answer this post" in shown
    await anns.submit(page, page.form("/posts"), text="nonsense", replies="x", quotes="y", once="")
    item = (await node.timelines.by(ann, None)).items[0]
    assert item.post.terms == Terms(ALL, ALL)


async def test_a_reaction_is_made_joined_and_taken_back(
    node: Node, bob: MicroblogId, anns: Browser, bobs: Browser
) -> None:
    post = await node.say(bob, "bread")
    page = await anns.get(f"/@bob/{post}")
    shown = await anns.submit(page, page.form(f"/posts/{post}/react"), emoji="🍞")
    assert "🍞 1" in shown.text
    theirs = await bobs.get(f"/@bob/{post}")
    form = next(form for form in theirs.forms if dict(form.fields).get("emoji") == "🍞")
    assert "🍞 2" in (await bobs.submit(theirs, form)).text
    again = await bobs.get(f"/@bob/{post}")
    assert "🍞 1" in (await bobs.submit(again, again.form(f"/posts/{post}/unreact"))).text
    assert "🍞 1" in (await node.browser().get(f"/@bob/{post}")).text


@pytest.mark.parametrize("emoji", ["", "yes", "<script>", "👍👍"])
async def test_what_is_no_emoji_is_refused(node: Node, bob: MicroblogId, anns: Browser, emoji: str) -> None:
    post = await node.say(bob, "bread")
    page = await anns.get(f"/@bob/{post}")
    assert (await anns.submit(page, page.form(f"/posts/{post}/react"), emoji=emoji)).status >= 400
