"""Mastodon.py, the library of bots: it signs in, posts, reads, follows across two nodes, streams, searches."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.mastodon.clients.library import Listener, eventually, mastodon, signed_in
from tests.mastodon.clients.nodes import OOB, PATIENCE, Someone, until
from tests.mastodon.clients.pictures import a_picture

ON_A_SITE = "https://app.example/signed-in"


@pytest.fixture(scope="module")
def api(ann: Someone) -> Any:
    return signed_in(ann)


def test_it_signs_in_by_a_code_that_is_copied_or_brought_back(ann: Someone) -> None:
    for redirect in (OOB, ON_A_SITE):
        api = signed_in(ann, redirect)
        assert api.account_verify_credentials().username == ann.name
        assert api.app_verify_credentials().name == "Mastodon.py"


def test_a_wrong_code_and_a_taken_back_token_are_refused(ann: Someone) -> None:
    api = signed_in(ann)
    with pytest.raises(mastodon.MastodonIllegalArgumentError):
        api.log_in(code="not-a-code", allow_http=True)
    token = api.access_token
    api.revoke_access_token(allow_http=True)
    stale = mastodon.Mastodon(access_token=token, api_base_url=ann.node.origin)
    with pytest.raises(mastodon.MastodonUnauthorizedError):
        stale.account_verify_credentials()


def test_it_reads_what_the_node_is(api: Any, ann: Someone) -> None:
    assert api.instance_v1().uri == ann.node.origin.removeprefix("http://")
    assert api.instance_v2().domain == ann.node.origin.removeprefix("http://")
    assert api.instance_v2().api_versions.mastodon >= 2
    assert api.instance_nodeinfo().software.name == "scattershot"
    assert api.retrieve_mastodon_version().startswith("4.")


def test_it_posts_edits_and_deletes(api: Any) -> None:
    posted = api.status_post("Bread & <b>butter</b>", spoiler_text="food", language="en", visibility="unlisted")
    assert "Bread &amp; &lt;b&gt;butter&lt;/b&gt;" in posted.content
    assert (posted.spoiler_text, posted.language, posted.visibility) == ("food", "en", "unlisted")
    assert api.status_source(posted.id).text == "Bread & <b>butter</b>"
    reply = api.status_reply(posted, "and jam")
    assert [each.id for each in api.status_context(posted.id).descendants] == [reply.id]
    edited = api.status_update(posted.id, "Bread and cheese", spoiler_text="food")
    assert "cheese" in edited.content
    assert edited.edited_at is not None
    assert ["butter" in each.content for each in api.status_history(posted.id)] == [True, False]
    assert api.status_delete(posted.id).text == "Bread and cheese"
    with pytest.raises(mastodon.MastodonNotFoundError):
        api.status(posted.id)


def test_the_same_key_posts_once(api: Any) -> None:
    first = api.status_post("once", idempotency_key="k-1")
    assert api.status_post("once", idempotency_key="k-1").id == first.id


def test_it_deals_with_a_post(api: Any) -> None:
    post = api.status_post("deal with me")
    assert api.status_favourite(post.id).favourited
    assert api.status_bookmark(post.id).bookmarked
    assert api.status_pin(post.id).pinned
    assert api.status_reblog(post.id).reblog.id == post.id
    assert [each.id for each in api.favourites()] == [post.id]
    assert [each.id for each in api.bookmarks()] == [post.id]
    assert [each.id for each in api.status_favourited_by(post.id)] == [api.me().id]
    assert not api.status_unfavourite(post.id).favourited
    assert not api.status_unbookmark(post.id).bookmarked
    assert not api.status_unpin(post.id).pinned
    assert not api.status_unreblog(post.id).reblogged


def test_it_pages_through_a_timeline(api: Any) -> None:
    wanted = [api.status_post(f"page {number}").id for number in range(5)][::-1]
    mine = api.account_statuses(api.me().id, limit=2)
    got = [each.id for each in mine]
    while len(got) < 5:
        mine = api.fetch_next(mine)
        got += [each.id for each in mine]
    assert got[:5] == wanted
    home = eventually(lambda: (page := api.timeline_home(limit=40)) and page[0].id == wanted[0] and page, "home")
    assert {each.id for each in home} >= set(wanted)


@pytest.fixture
def stream(api: Any) -> Iterator[Listener]:
    listener = Listener()
    handle = api.stream_user(listener, run_async=True, timeout=PATIENCE)
    until(handle.is_receiving, "the stream is open")
    time.sleep(0.3)  # open is one thing, heard by the node another
    yield listener
    handle.closed = True  # `close()` would wait for what its own thread reads, until that is out of patience


def test_it_hears_what_happens_while_it_happens(api: Any, stream: Listener) -> None:
    assert api.stream_healthy()
    posted = api.status_post("live")
    assert stream.next("update").id == posted.id
    api.status_delete(posted.id)
    assert str(stream.next("delete")) == str(posted.id)


def test_it_hears_of_edits(api: Any, stream: Listener) -> None:
    posted = api.status_post("live")
    assert stream.next("update").id == posted.id
    api.status_update(posted.id, "live, edited")
    assert "edited" in stream.next("status.update").content


def test_it_searches(api: Any, ann: Someone) -> None:
    post = api.status_post("A rare zyzzyva in the garden #entomology")
    assert [each.id for each in api.search_v2("zyzzyva").statuses] == [post.id]
    assert [each.name for each in api.search_v2("entomo", result_type="hashtags").hashtags] == ["entomology"]
    assert [each.acct for each in api.search_v2(ann.name, result_type="accounts").accounts] == [ann.name]
    assert api.account_lookup(ann.name).id == api.me().id
    assert [each.id for each in api.timeline_hashtag("entomology")] == [post.id]


def test_it_filters(api: Any) -> None:
    made = api.create_filter_v2(
        "No sport", context=["home", "thread"], filter_action="warn", keywords_attributes=[{"keyword": "football"}]
    )
    post = api.status_post("football again")
    shown = eventually(
        lambda: [each for each in api.timeline_home() if each.id == post.id and each.filtered], "the filter"
    )
    assert shown[0].filtered[0].filter.title == "No sport"
    assert shown[0].filtered[0].keyword_matches == ["football"]
    assert [each.title for each in api.filters_v2()] == ["No sport"]
    api.delete_filter_v2(made.id)
    assert list(api.filters_v2()) == []


def test_it_edits_the_profile_and_reads_preferences(api: Any) -> None:
    me = api.account_update_credentials(
        display_name="Ann of Bread",
        note="I bake.",
        fields=[("Oven", "stone")],
        locked=False,
        avatar=a_picture(),
        avatar_mime_type="image/png",
    )
    assert (me.display_name, me.source.note) == ("Ann of Bread", "I bake.")
    assert [(field.name, field.value) for field in me.source.fields] == [("Oven", "stone")]
    assert api.preferences()["posting:default:visibility"] == "public"
    assert list(api.custom_emojis()) == []


def test_what_was_read_is_marked(api: Any) -> None:
    post = api.status_post("read so far")
    assert str(api.markers_set("home", post.id)["home"].last_read_id) == str(post.id)
    assert str(api.markers_get("home")["home"].last_read_id) == str(post.id)


def test_it_follows_a_tag(api: Any) -> None:
    assert api.tag_follow("sourdough").following
    assert [each.name for each in api.followed_tags()] == ["sourdough"]
    assert not api.tag_unfollow("sourdough").following
    assert list(api.followed_tags()) == []


def test_it_writes_for_later(api: Any) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    waiting = api.status_post("not yet", scheduled_at=later)
    assert waiting.params.text == "not yet"
    assert [each.id for each in api.scheduled_statuses()] == [waiting.id]
    moved = api.scheduled_status_update(waiting.id, later + timedelta(hours=1))
    assert moved.scheduled_at > waiting.scheduled_at
    api.scheduled_status_delete(waiting.id)
    assert list(api.scheduled_statuses()) == []
    with pytest.raises(mastodon.MastodonAPIError):
        api.status_post("too soon", scheduled_at=datetime.now(UTC) + timedelta(minutes=1))


def test_it_reads_reacts_to_and_puts_away_an_announcement(api: Any, ann: Someone) -> None:
    ann.node.do("announce", "add", "We **move** on Monday :blob:")
    [said] = api.announcements()
    assert (said.content, said.read) == ("<p>We <strong>move</strong> on Monday :blob:</p>", False)
    api.announcement_reaction_create(said.id, "👍")
    [said] = api.announcements()
    assert [(each.name, each["count"], each.me) for each in said.reactions] == [("👍", 1, True)]
    api.announcement_reaction_delete(said.id, "👍")
    api.announcement_dismiss(said.id)
    assert [(each.read, list(each.reactions)) for each in api.announcements()] == [(True, [])]
    ann.node.do("announce", "remove", str(said.id))
    assert list(api.announcements()) == []


def test_it_shows_an_emoji_of_the_house(api: Any, ann: Someone, tmp_path: Path) -> None:
    picture = tmp_path / "blob.png"
    picture.write_bytes(a_picture())
    ann.node.do("emoji", "add", "blob", str(picture), "--category", "Blobs")
    [emoji] = api.custom_emojis()
    assert (emoji.shortcode, emoji.category, emoji.visible_in_picker) == ("blob", "Blobs", True)
    posted = api.status_post("a :blob:")
    assert [each.url for each in posted.emojis] == [emoji.url]
    assert posted.application.name == "Mastodon.py"
    ann.node.do("emoji", "remove", "blob", "--erase")
    assert list(api.custom_emojis()) == []


def test_it_reads_how_much_goes_on(api: Any) -> None:
    weeks = api.instance_activity()
    assert len(weeks) == 12
    assert weeks[0].logins >= 1
    assert weeks[0].week > weeks[1].week
