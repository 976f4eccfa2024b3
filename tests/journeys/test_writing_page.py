"""The form of a post in all its parts, without a script: files, polls, several posts in a row, drafts, later, edits."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from scattershot.app.drafts import Planned
from scattershot.app.media import Kept
from scattershot.app.publish import Draft
from scattershot.domain.post import Audience
from scattershot.domain.reading import Refused
from scattershot.domain.terms import Circle, Rule, Terms
from scattershot.storage.tables import posts
from scattershot.testing.browser import Browser, Page
from scattershot.testing.village import House, Village
from tests.files import a_picture

MINUTE = 60


async def signed_in(house: House, name: str) -> Browser:
    browser = Browser(house.node.app, f"https://{house.host}")
    link = await house.node.people.sign_in_link(name)
    page = await browser.get(f"/welcome/{link}")
    assert (await browser.submit(page, page.forms[0], password="")).status < 400
    return browser


async def written(village: Village) -> tuple[House, Browser]:
    house = await village.house("a.test")
    await house.person("ann")
    return house, await signed_in(house, "ann")


async def send(browser: Browser, page: Page, *more: tuple[str, str], **filled: str) -> Page:
    """Send the form of the post; `more` come besides."""
    form = page.form("/posts") if "/edit" not in page.path else page.deed("/edit")
    fields = [(name, value) for name, value in form.fields if name not in filled and name not in dict(more)]
    return await browser.post(form.action, [*fields, *filled.items(), *more])


async def all_posts(house: House) -> list[posts.Row]:
    ids = await house.node.drivers.database.read(lambda tx: tx.fetch(int, "SELECT id FROM posts ORDER BY id"))
    found = await house.node.drivers.database.read(lambda tx: posts.get_many(tx, ids))  # type: ignore[arg-type]
    return [found[each] for each in ids if each in found and not found[each].gone]  # type: ignore[index]


async def test_a_picture_is_asked_for_its_words_and_then_posted_with_them(village: Village) -> None:
    house, anns = await written(village)
    page = await anns.get("/compose")
    asked = await anns.give(page, page.form("/posts"), a_picture(), text="my cat")
    assert "say in words what it shows" in asked.text
    assert await all_posts(house) == []
    media = dict(asked.form("/posts").fields)["media"]
    done = await send(anns, asked, **{f"alt_{media}": "A cat asleep", f"focus_{media}": "0.7,0"})
    assert done.path == "/home"
    (row,) = await all_posts(house)
    assert (row.post.source, row.post.attachments[0].alt) == ("my cat", "A cat asleep")
    assert row.post.attachments[0].focus == (0.7, 0.0)
    assert 'alt="A cat asleep"' in done.text


async def test_who_does_not_wish_to_describe_it_posts_all_the_same(village: Village) -> None:
    house, anns = await written(village)
    page = await anns.get("/home")
    asked = await anns.give(page, page.form("/posts"), a_picture(), text="")
    assert (await send(anns, asked)).path == "/home"
    assert len((await all_posts(house))[0].post.attachments) == 1


async def test_what_is_no_picture_is_refused_beside_the_field_and_the_text_kept(village: Village) -> None:
    house, anns = await written(village)
    page = await anns.get("/compose")
    again = await anns.give(page, page.form("/posts"), b"#!/bin/sh", text="look at this")
    assert again.status == 422
    assert 'id="media-problem"' in again.text
    assert dict(again.form("/posts").fields)["text"] == "look at this"
    assert await all_posts(house) == []


async def test_a_picture_is_left_out_again(village: Village) -> None:
    _, anns = await written(village)
    page = await anns.get("/compose")
    with_it = await anns.give(page, page.form("/posts"), a_picture(), do="add", text="hm")
    media = dict(with_it.form("/posts").fields)["media"]
    without = await send(anns, with_it, do=f"leave-out-{media}")
    assert "media" not in dict(without.form("/posts").fields)
    assert dict(without.form("/posts").fields)["text"] == "hm"


async def test_a_poll_is_asked_and_a_bad_one_is_refused_beside_it(village: Village) -> None:
    house, anns = await written(village)
    page = await anns.get("/compose")
    form = page.form("/posts")
    plain = [(name, value) for name, value in form.fields if name != "option"]
    bad = [*plain, ("option", "only one"), ("text", "Well?")]
    again = await anns.post("/posts", [pair for pair in bad if pair != ("text", "")])
    assert (again.status, 'id="poll-problem"' in again.text) == (422, True)
    assert ("option", "only one") in again.form("/posts").fields
    fields = [pair for pair in plain if pair[0] not in ("text", "minutes")]
    good = [*fields, ("text", "Well?"), ("option", "Yes"), ("option", "No"), ("minutes", "60"), ("multiple", "yes")]
    assert (await anns.post("/posts", good)).path == "/home"
    poll = (await all_posts(house))[0].post.poll
    assert poll is not None
    assert ([option.text for option in poll.options], poll.multiple) == (["Yes", "No"], True)
    assert poll.ends == village.clock.now() + 60 * 60_000


async def test_several_posts_in_a_row_become_a_thread_and_are_posted_once(village: Village) -> None:
    house, anns = await written(village)
    page = await anns.get("/compose")
    two = await send(anns, page, do="another", text="One.")
    three = await send(anns, two, ("text.1", "Two."), do="another")
    for _ in range(2):
        await send(anns, three, ("text.2", "Three."))
    rows = await all_posts(house)
    assert [row.post.source for row in rows] == ["One.", "Two.", "Three."]
    assert [row.reply_to for row in rows] == [None, rows[0].id, rows[1].id]


async def test_a_draft_is_kept_opened_again_and_gone_once_it_is_posted(village: Village) -> None:
    house, anns = await written(village)
    page = await anns.get("/compose")
    with_picture = await anns.give(page, page.form("/posts"), a_picture(), do="add", text="not yet")
    media = dict(with_picture.form("/posts").fields)["media"]
    kept = await send(
        anns, with_picture, ("text.1", "and more"), do="draft", warning="soon", **{f"alt_{media}": "A hill"}
    )
    assert kept.path == "/drafts?done=kept"
    assert await all_posts(house) == []
    path = "/compose?draft=" + kept.text.partition("/compose?draft=")[2].partition('"')[0]
    opened = await anns.get(path)
    fields = dict(opened.form("/posts").fields)
    assert (fields["text"], fields["text.1"], fields["warning"]) == ("not yet", "and more", "soon")
    assert fields[f"alt_{media}"] == "A hill"
    again = await send(anns, opened, do="draft", text="nearly")
    assert again.text.count("/compose?draft=") == 1
    assert (await send(anns, await anns.get(path), text="now")).path == "/home"
    assert [row.post.source for row in await all_posts(house)] == ["now", "and more"]
    assert "There are none." in (await anns.get("/drafts")).text


async def test_what_is_scheduled_goes_out_by_itself_in_the_writers_own_time(village: Village) -> None:
    house, anns = await written(village)
    assert village.clock.now() % 86_400_000 == 0  # it is midnight
    day = datetime.fromtimestamp(village.clock.now() / 1000, UTC).date().isoformat()
    page = await anns.get("/compose")
    soon = await send(anns, page, text="later", at=f"{day}T00:01")
    assert (soon.status, 'id="at-problem"' in soon.text) == (422, True)
    done = await send(anns, page, ("text.1", "still later"), text="later", at=f"{day}T04:00", zone="-120")
    assert done.path == "/drafts?done=scheduled"
    village.clock.advance(119 * MINUTE)
    await village.settle()
    assert await all_posts(house) == []
    village.clock.advance(2 * MINUTE)
    await village.settle()
    assert [row.post.source for row in await all_posts(house)] == ["later", "still later"]


async def test_a_preview_shows_markdown_as_it_will_read_and_posts_nothing(village: Village) -> None:
    house, anns = await written(village)
    page = await anns.get("/compose")
    shown = await send(anns, page, text="so **bold** <script>", do="preview", markdown="yes")
    assert "<strong>bold</strong>" in shown.text
    assert "<script>" not in shown.text.partition("So it will read")[2].partition("</section>")[0]
    assert await all_posts(house) == []
    await send(anns, shown)
    assert "<strong>bold</strong>" in (await all_posts(house))[0].post.html


async def test_an_edit_alters_words_of_pictures_and_takes_them_away(village: Village) -> None:
    house, anns = await written(village)
    page = await anns.get("/compose")
    asked = await anns.give(page, page.form("/posts"), a_picture(), text="hill")
    media = dict(asked.form("/posts").fields)["media"]
    await send(anns, asked, **{f"alt_{media}": "A hil"})
    (row,) = await all_posts(house)
    edit = await anns.get(f"/posts/{row.id}/edit")
    assert "A hil</textarea>" in edit.text
    await send(anns, edit, text="hill!", **{f"alt_{media}": "A hill"})
    (row,) = await all_posts(house)
    assert (row.post.source, row.post.attachments[0].alt) == ("hill!", "A hill")
    edit = await anns.get(f"/posts/{row.id}/edit")
    without = await send(anns, edit, do=f"leave-out-{media}")
    await anns.post(f"/posts/{row.id}/edit", without.deed("/edit").fields)
    assert (await all_posts(house))[0].post.attachments == ()


async def test_what_is_deleted_to_be_written_anew_stands_in_the_form_with_all_it_showed(village: Village) -> None:
    house, anns = await written(village)
    page = await anns.get("/compose")
    asked = await anns.give(page, page.form("/posts"), a_picture(), text="tpyo", warning="w")
    media = dict(asked.form("/posts").fields)["media"]
    await send(anns, asked, **{f"alt_{media}": "A hill"})
    (row,) = await all_posts(house)
    confirm = await anns.get(f"/posts/{row.id}/delete")
    form = await anns.submit(confirm, confirm.deed("/redraft"))
    assert form.path.startswith("/compose?draft=")
    assert await all_posts(house) == []
    fields = dict(form.form("/posts").fields)
    assert (fields["text"], fields["warning"], fields["media"]) == ("tpyo", "w", media)
    await village.settle()
    await send(anns, form, text="typo")
    (row,) = await all_posts(house)
    assert (row.post.source, row.post.attachments[0].alt) == ("typo", "A hill")


async def test_who_is_not_signed_in_any_more_loses_no_word(village: Village) -> None:
    house, anns = await written(village)
    page = await anns.get("/compose")
    old = dict(anns.cookies)
    anns.cookies.clear()
    kept = await send(anns, page, text="three long hours", warning="long", audience="followers")
    assert kept.status == 403
    fields = dict(kept.form("/posts").fields)
    assert (fields["text"], fields["warning"], fields["audience"]) == ("three long hours", "long", "followers")
    assert await all_posts(house) == []
    anns.cookies.update((await signed_in(house, "ann")).cookies)
    again = await send(anns, kept)  # signed in anew elsewhere: the form is of an older page
    assert again.status == 403
    assert await all_posts(house) == []
    assert (await send(anns, again)).path == "/home"
    (row,) = await all_posts(house)
    assert (row.post.source, row.post.audience) == ("three long hours", Audience.FOLLOWERS)
    assert old != anns.cookies


async def test_a_form_of_another_site_posts_nothing(village: Village) -> None:
    house, anns = await written(village)
    page = await anns.get("/compose")
    token = dict(page.form("/posts").fields)["token"]
    for path in ("/posts", "/uploads"):
        body = [("token", token), ("text", "mine")]
        for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
            assert (await anns.post(path, body, headers=headers)).status == 403
    assert await all_posts(house) == []


async def test_one_speaks_as_another_of_ones_microblogs_in_the_form_itself(village: Village) -> None:
    house, anns = await written(village)
    page = await anns.get("/settings/microblogs")
    await anns.submit(page, page.form("/settings/microblogs"), name="paper", title="The Paper")
    form = await anns.get("/compose")
    assert "Who speaks" in form.text
    paper, ann = (await house.row("paper")).id, (await house.row("ann")).id
    for who in (ann, paper):
        await send(anns, form, text=f"said by {who}", **{"as": str(who)})
    assert [(row.author, row.post.source) for row in await all_posts(house)] == [
        (ann, f"said by {ann}"), (paper, f"said by {paper}"),
    ]  # fmt: skip
    await house.person("eve")
    eves = await signed_in(house, "eve")
    page = await eves.get("/compose")
    await send(eves, page, text="I am the paper", **{"as": str(paper)})
    assert (await all_posts(house))[-1].author == (await house.row("eve")).id


async def test_drafts_of_others_are_not_there(village: Village) -> None:
    house, anns = await written(village)
    await house.person("eve")
    kept = await send(anns, await anns.get("/compose"), text="secret plan", do="draft")
    path = "/compose?draft=" + kept.text.partition("/compose?draft=")[2].partition('"')[0]
    eves = await signed_in(house, "eve")
    assert (await eves.get(path)).status == 404
    assert (await eves.get(f"/compose?{urlencode({'draft': 1 << 70})}")).status == 200
    page = await eves.get("/drafts")
    assert "secret plan" not in page.text
    token = dict((await eves.get("/compose")).form("/posts").fields)["token"]
    assert (await eves.post(f"/drafts/{path.rpartition('=')[2]}/drop", [("token", token)])).status == 404
    assert "secret plan" in (await anns.get("/drafts")).text


async def test_what_an_app_said_of_a_picture_stands_in_the_form(village: Village) -> None:
    house, anns = await written(village)
    ann = (await house.row("ann")).id
    receiving = house.node.media.receiving()
    await receiving.add(a_picture())
    await receiving.end()
    given = await house.node.media.take(ann, receiving, alt="A hill", focus=(0.3, 0.2))
    assert isinstance(given, Kept), given
    page = await anns.get("/compose")
    kept = await send(anns, page, text="soon", do="draft")
    draft = int(kept.text.partition("/compose?draft=")[2].partition('"')[0])
    await house.node.drafts.change(ann, draft, Planned(Draft("soon", media=(given.id,))), None)
    opened = await anns.get(f"/compose?draft={draft}")
    fields = dict(opened.form("/posts").fields)
    assert (fields[f"alt_{given.id}"], fields[f"focus_{given.id}"]) == ("A hill", "0.3,0.2")
    await send(anns, opened)
    (row,) = await all_posts(house)
    assert (row.post.attachments[0].alt, row.post.attachments[0].focus) == ("A hill", (0.3, 0.2))


async def test_emojis_of_the_house_stand_beside_the_form(village: Village) -> None:
    house, anns = await written(village)
    receiving = house.node.media.receiving()
    await receiving.add(a_picture("PNG", (64, 64)))
    await receiving.end()
    assert not isinstance(await house.node.house_emojis.add("heron", receiving), Refused)
    page = await anns.get("/compose")
    assert 'data-emoji=":heron:"' in page.text
    shown = await send(anns, page, text="a :heron: flies", do="preview")
    assert 'alt=":heron:"' in shown.text.partition("So it will read")[2]


async def test_half_of_a_row_that_could_not_be_posted_stays_in_the_form(village: Village) -> None:
    house, anns = await written(village)
    page = await anns.get("/compose")
    two = await send(anns, page, do="another", text="First.")
    # The second shows a picture that is not there any more once it is its turn.
    with_picture = await anns.give(two, two.form("/posts"), a_picture(), do="add", text="First.")
    media = dict(with_picture.form("/posts").fields)["media"]
    fields = [(name, value) for name, value in with_picture.form("/posts").fields if name not in ("media", "text.1")]
    gone = [*fields, ("text.1", "Second."), ("media.1", media), (f"alt_{media}", "x")]
    assert await house.node.media.drop((await house.row("ann")).id, int(media)) is None
    again = await anns.post("/posts", gone)
    assert (again.status, "Posted so far: 1" in again.text) == (422, True)
    left = dict(again.form("/posts").fields)
    assert (left["text"], left["reply_to"]) == ("Second.", str((await all_posts(house))[0].id))
    await send(anns, again)
    rows = await all_posts(house)
    assert [(row.post.source, row.reply_to) for row in rows] == [("First.", None), ("Second.", rows[0].id)]


async def test_an_edit_leaves_terms_as_they_are_unless_they_are_chosen_anew(village: Village) -> None:
    house, anns = await written(village)
    special = Terms(Rule((Circle.FOLLOWED,)), Rule((Circle.FOLLOWERS,)))
    post = await house.post("ann", "hello", terms=special)
    await send(anns, await anns.get(f"/posts/{post}/edit"), text="hello!")
    (row,) = await all_posts(house)
    assert (row.post.source, row.post.terms) == ("hello!", special)
    await send(anns, await anns.get(f"/posts/{post}/edit"), replies="mentioned")
    (row,) = await all_posts(house)
    assert row.post.terms == Terms(special.quotes, Rule((Circle.MENTIONED,)))


async def test_who_speaks_on_nostr_is_told_what_cannot_cross(village: Village) -> None:
    house, anns = await written(village)
    ann, signets = (await house.row("ann")).id, house.node.nostr.signets
    post = await house.post("ann", "hello")
    said = "An edit cannot reach Nostr"
    assert said in (await anns.get(f"/posts/{post}/edit")).text
    assert "nobody there has to" in (await anns.get(f"/posts/{post}/delete")).text
    await signets.settle(house.node.drivers.database, ann, speaks=False)
    assert said not in (await anns.get(f"/posts/{post}/edit")).text
