"""Mastodon.py, the library of bots: it signs in, posts, reads, follows across two nodes, streams, searches."""

import queue
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.mastodon.clients.nodes import OOB, PATIENCE, Someone, needs
from tests.mastodon.clients.pictures import a_picture
from tests.processes import until

mastodon = pytest.importorskip("mastodon")

ON_A_SITE = "https://app.example/signed-in"


def signed_in(who: Someone, redirect: str = OOB, scopes: tuple[str, ...] = ("read", "write", "follow", "push")) -> Any:
    """Mastodon.py let in by that person, as its documentation says: register, open the address, bring the code back."""
    client_id, secret = mastodon.Mastodon.create_app(
        "Mastodon.py", scopes=list(scopes), redirect_uris=[redirect], api_base_url=who.node.origin
    )
    api = mastodon.Mastodon(client_id, secret, api_base_url=who.node.origin, request_timeout=PATIENCE)
    code = who.authorise(api.auth_request_url(redirect_uris=redirect, scopes=list(scopes), allow_http=True))
    api.log_in(code=code, redirect_uri=redirect, scopes=list(scopes), allow_http=True)
    return api


@pytest.fixture(scope="module")
def api(ann: Someone) -> Any:
    return signed_in(ann)


@pytest.fixture(scope="module")
def bobs(bob: Someone) -> Any:
    return signed_in(bob)


def eventually(look: Callable[[], Any], what: str) -> Any:
    """What is seen, once there is something."""
    seen: list[Any] = []

    def found() -> bool:
        seen[:] = [look()]
        return bool(seen[0])

    until(found, what)
    return seen[0]


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


def test_it_posts_edits_and_deletes(api: Any, ann: Someone) -> None:
    needs(ann.node, "PUT /api/v1/statuses/{id}", "GET /api/v1/statuses/{id}/history")
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


def test_the_same_key_posts_once(api: Any, ann: Someone) -> None:
    needs(ann.node, "PUT /api/v1/statuses/{id}")
    first = api.status_post("once", idempotency_key="k-1")
    assert api.status_post("once", idempotency_key="k-1").id == first.id


def test_it_deals_with_a_post(api: Any, ann: Someone) -> None:
    needs(
        ann.node,
        "POST /api/v1/statuses/{id}/bookmark",
        "GET /api/v1/bookmarks",
        "GET /api/v1/favourites",
        "GET /api/v1/statuses/{id}/favourited_by",
    )
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


def test_it_pages_through_a_timeline(api: Any, ann: Someone) -> None:
    needs(ann.node, "GET /api/v1/accounts/{id}/statuses")
    wanted = [api.status_post(f"page {number}").id for number in range(5)][::-1]
    mine = api.account_statuses(api.me().id, limit=2)
    got = [each.id for each in mine]
    while len(got) < 5:
        mine = api.fetch_next(mine)
        got += [each.id for each in mine]
    assert got[:5] == wanted
    home = eventually(lambda: (page := api.timeline_home(limit=40)) and page[0].id == wanted[0] and page, "home")
    assert {each.id for each in home} >= set(wanted)


def test_it_asks_a_poll_across_two_nodes(api: Any, bobs: Any, ann: Someone) -> None:
    needs(ann.node, "POST /api/v1/statuses poll", "POST /api/v1/polls/{id}/votes", "GET /api/v2/search")
    poll = api.make_poll(["tea", "coffee"], expires_in=3600)
    post = api.status_post("Tea or coffee?", poll=poll)
    assert [option.title for option in post.poll.options] == ["tea", "coffee"]
    seen = bobs.search_v2(post.url, resolve=True).statuses[0]
    assert [option.title for option in seen.poll.options] == ["tea", "coffee"]
    assert bobs.poll_vote(seen.poll.id, [1]).own_votes == [1]
    until(lambda: [option.votes_count for option in api.poll(post.poll.id).options] == [0, 1], "bob's vote")
    with pytest.raises(mastodon.MastodonAPIError):
        bobs.poll_vote(seen.poll.id, [0])


def test_it_posts_a_picture_that_the_other_node_shows(api: Any, bobs: Any, ann: Someone) -> None:
    needs(ann.node, "POST /api/v2/media", "POST /api/v1/statuses media_ids", "GET /api/v2/search")
    media = api.media_post(a_picture(), "image/png", description="All teal", focus=(0.5, -0.5), synchronous=True)
    assert (media.type, media.description) == ("image", "All teal")
    assert media.meta.original.width == 64
    post = api.status_post("Look", media_ids=[media], sensitive=True)
    assert [each.id for each in post.media_attachments] == [media.id]
    seen = bobs.search_v2(post.url, resolve=True).statuses[0]
    assert [(each.type, each.description) for each in seen.media_attachments] == [("image", "All teal")]


def test_they_follow_each_other_across_two_nodes(api: Any, bobs: Any, ann: Someone, bob: Someone) -> None:
    needs(
        ann.node,
        "GET /api/v1/accounts/search",
        "POST /api/v1/accounts/{id}/follow",
        "GET /api/v1/notifications",
        "PUT /api/v1/statuses/{id}",
    )
    found = api.account_search(bob.acct, resolve=True)[0]
    assert found.acct == bob.acct
    api.account_follow(found.id)
    until(lambda: api.account_relationships(found.id)[0].following, "bob's node says yes")
    told = eventually(lambda: bobs.notifications(types=["follow"]), "bob is told")
    assert told[0].account.acct == ann.acct
    posted = bobs.status_post("Hello, other side")
    seen = eventually(
        lambda: [each for each in api.timeline_home() if each.uri == posted.uri], "bob's post on ann's home"
    )[0]
    api.status_favourite(seen.id)
    answer = api.status_reply(seen, "Hello back")
    kinds = eventually(
        lambda: (kinds := {each.type for each in bobs.notifications()}) >= {"follow", "favourite", "mention"} and kinds,
        "bob is told of all of it",
    )
    assert kinds == {"follow", "favourite", "mention"}
    assert bobs.status_context(posted.id).descendants[0].uri == answer.uri
    bobs.status_update(posted.id, "Hello, new words")
    until(lambda: "new words" in api.status(seen.id).content, "the edit")
    bobs.status_delete(posted.id)
    until(lambda: seen.id not in [each.id for each in api.timeline_home()], "the deletion")
    api.account_unfollow(found.id)
    assert not api.account_relationships(found.id)[0].following


class Listener(mastodon.StreamListener):  # type: ignore[misc]
    """Notes what it is told, in order."""

    def __init__(self) -> None:
        self.heard: queue.Queue[tuple[str, Any]] = queue.Queue()

    def on_update(self, status: Any) -> None:
        self.heard.put(("update", status))

    def on_status_update(self, status: Any) -> None:
        self.heard.put(("status.update", status))

    def on_delete(self, status_id: Any) -> None:
        self.heard.put(("delete", status_id))

    def on_notification(self, notification: Any) -> None:
        self.heard.put(("notification", notification))

    def next(self, event: str) -> Any:
        """The next event, which must be of that kind."""
        kind, what = self.heard.get(timeout=PATIENCE)
        assert kind == event, (kind, what)
        return what


@pytest.fixture
def stream(api: Any, ann: Someone) -> Iterator[Listener]:
    needs(ann.node, "GET /api/v1/streaming/user")
    listener = Listener()
    handle = api.stream_user(listener, run_async=True, timeout=PATIENCE)
    until(handle.is_receiving, "the stream is open")
    time.sleep(0.3)  # open is one thing, heard by the node another
    yield listener
    handle.close()


def test_it_hears_what_happens_while_it_happens(api: Any, stream: Listener) -> None:
    assert api.stream_healthy()
    posted = api.status_post("live")
    assert stream.next("update").id == posted.id
    api.status_update(posted.id, "live, edited")
    assert "edited" in stream.next("status.update").content
    api.status_delete(posted.id)
    assert str(stream.next("delete")) == str(posted.id)


def test_it_searches(api: Any, ann: Someone) -> None:
    needs(ann.node, "GET /api/v2/search", "GET /api/v1/accounts/lookup", "GET /api/v1/timelines/tag/{tag}")
    post = api.status_post("A rare zyzzyva in the garden #entomology")
    assert [each.id for each in api.search_v2("zyzzyva").statuses] == [post.id]
    assert [each.name for each in api.search_v2("entomo", result_type="hashtags").hashtags] == ["entomology"]
    assert [each.acct for each in api.search_v2(ann.name, result_type="accounts").accounts] == [ann.name]
    assert api.account_lookup(ann.name).id == api.me().id
    assert [each.id for each in api.timeline_hashtag("entomology")] == [post.id]


def test_it_keeps_lists(api: Any, bob: Someone, ann: Someone) -> None:
    needs(ann.node, "GET /api/v1/accounts/search", "POST /api/v1/accounts/{id}/follow", "POST /api/v1/lists")
    them = api.account_search(bob.acct, resolve=True)[0]
    api.account_follow(them.id)
    made = api.list_create("Friends", replies_policy="list", exclusive=False)
    until(lambda: api.account_relationships(them.id)[0].following, "following")
    api.list_accounts_add(made.id, [them.id])
    assert [each.id for each in api.list_accounts(made.id)] == [them.id]
    assert [each.title for each in api.account_lists(them.id)] == ["Friends"]
    assert api.list_update(made.id, title="Close friends").title == "Close friends"
    api.list_accounts_delete(made.id, [them.id])
    assert list(api.list_accounts(made.id)) == []
    api.list_delete(made.id)
    assert list(api.lists()) == []


def test_it_filters(api: Any, ann: Someone) -> None:
    needs(ann.node, "POST /api/v2/filters")
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


def test_notifications_come_grouped_and_go(api: Any, bobs: Any, ann: Someone) -> None:
    needs(ann.node, "GET /api/v2/search", "GET /api/v2/notifications")
    post = api.status_post("like me")
    theirs = bobs.search_v2(post.url, resolve=True).statuses[0]
    bobs.status_favourite(theirs.id)
    bobs.status_reblog(theirs.id)
    until(lambda: {"favourite", "reblog"} <= {each.type for each in api.notifications()}, "both")
    grouped = api.grouped_notifications()
    assert {group.type for group in grouped.notification_groups} >= {"favourite", "reblog"}
    assert post.id in {each.id for each in grouped.statuses}
    assert api.notifications_unread_count().count >= 2
    api.notifications_clear()
    assert list(api.notifications()) == []


def test_it_mutes_blocks_and_remembers(api: Any, bob: Someone, ann: Someone) -> None:
    needs(ann.node, "GET /api/v1/accounts/search", "POST /api/v1/accounts/{id}/mute", "POST /api/v1/accounts/{id}/note")
    them = api.account_search(bob.acct, resolve=True)[0].id
    assert api.account_mute(them, duration=3600).muting
    assert [each.id for each in api.mutes()] == [them]
    assert not api.account_unmute(them).muting
    assert api.account_block(them).blocking
    assert [each.id for each in api.blocks()] == [them]
    assert not api.account_unblock(them).blocking
    assert api.account_note_set(them, "from the fair").note == "from the fair"


def test_it_edits_the_profile_and_reads_preferences(api: Any, ann: Someone) -> None:
    needs(ann.node, "PATCH /api/v1/accounts/update_credentials", "GET /api/v1/preferences")
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
