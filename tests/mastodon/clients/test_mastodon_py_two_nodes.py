"""Mastodon.py on two nodes at once: what is done on one is seen on the other."""

from typing import Any

import pytest

from tests.mastodon.clients.library import eventually, mastodon, signed_in
from tests.mastodon.clients.nodes import Someone, until
from tests.mastodon.clients.pictures import a_picture


@pytest.fixture(scope="module")
def api(ann: Someone) -> Any:
    return signed_in(ann)


@pytest.fixture(scope="module")
def bobs(bob: Someone) -> Any:
    return signed_in(bob)


def test_it_asks_a_poll_across_two_nodes(api: Any, bobs: Any) -> None:
    poll = api.make_poll(["tea", "coffee"], expires_in=3600)
    post = api.status_post("Tea or coffee?", poll=poll)
    assert [option.title for option in post.poll.options] == ["tea", "coffee"]
    seen = bobs.search_v2(post.url, resolve=True).statuses[0]
    assert [option.title for option in seen.poll.options] == ["tea", "coffee"]
    assert bobs.poll_vote(seen.poll.id, [1]).own_votes == [1]
    until(lambda: [option.votes_count for option in api.poll(post.poll.id).options] == [0, 1], "bob's vote")
    with pytest.raises(mastodon.MastodonAPIError):
        bobs.poll_vote(seen.poll.id, [0])


def test_it_posts_a_picture_that_the_other_node_shows(api: Any, bobs: Any) -> None:
    media = api.media_post(a_picture(), "image/png", description="All teal", focus=(0.5, -0.5), synchronous=True)
    assert (media.type, media.description) == ("image", "All teal")
    assert media.meta.original.width == 64
    post = api.status_post("Look", media_ids=[media], sensitive=True)
    assert [each.id for each in post.media_attachments] == [media.id]
    seen = bobs.search_v2(post.url, resolve=True).statuses[0]
    assert [(each.type, each.description) for each in seen.media_attachments] == [("image", "All teal")]


def test_they_follow_each_other_across_two_nodes(api: Any, bobs: Any, ann: Someone, bob: Someone) -> None:
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


def test_it_keeps_lists(api: Any, bob: Someone) -> None:
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


def test_notifications_come_grouped_and_go(api: Any, bobs: Any) -> None:
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


def test_it_mutes_blocks_and_remembers(api: Any, bob: Someone) -> None:
    them = api.account_search(bob.acct, resolve=True)[0].id
    assert api.account_mute(them, duration=3600).muting
    assert [each.id for each in api.mutes()] == [them]
    assert not api.account_unmute(them).muting
    assert api.account_block(them).blocking
    assert [each.id for each in api.blocks()] == [them]
    assert not api.account_unblock(them).blocking
    assert api.account_note_set(them, "from the fair").note == "from the fair"


def test_they_talk_in_private(api: Any, bobs: Any, ann: Someone, bob: Someone) -> None:
    said = api.status_post(f"@{bob.acct} only for you", visibility="direct")
    heard = eventually(bobs.conversations, "the conversation")[0]
    assert heard.unread
    assert (heard.last_status.uri, heard.last_status.visibility) == (said.uri, "direct")
    assert [each.acct for each in heard.accounts] == [ann.acct]
    assert not bobs.conversations_read(heard.id).unread
    bobs.status_post(f"@{ann.acct} and for you", in_reply_to_id=heard.last_status.id, visibility="direct")
    until(lambda: "and for you" in api.conversations()[0].last_status.content, "the answer")
    assert said.id not in [each.id for each in api.timeline_public()]


def test_a_quote_stands_with_what_it_quotes_until_that_is_taken_back(api: Any, bobs: Any, ann: Someone) -> None:
    quoted = api.status_post("Quote me", quote_approval_policy="public")
    theirs = bobs.search_v2(quoted.url, resolve=True).statuses[0]
    assert theirs.quote_approval.current_user == "automatic"
    quoting = bobs.status_post("Look at this", quoted_status_id=theirs.id)
    shown = eventually(
        lambda: (found := bobs.status(quoting.id)).quote.state == "accepted" and found.quote, "ann's node says yes"
    )
    assert shown.quoted_status.uri == quoted.uri
    here = eventually(lambda: api.status_quotes(quoted.id), "the quote is known where it was made of")[0]
    assert here.uri == quoting.uri
    assert api.status_quote_revoke(quoted.id, here.id).quote.state == "revoked"
    until(lambda: bobs.status(quoting.id).quote.state != "accepted", "the other node hears of it")


def test_a_second_keeper_posts_as_the_teams_microblog(bobs: Any, ann: Someone, bob: Someone, carol: Someone) -> None:
    ann.node.do("microblog", "add", "bakers", "--owner", ann.name)
    ann.node.do("microblog", "appoint", "bakers", carol.name, "editor")
    team, own = signed_in(carol, microblog="bakers"), signed_in(carol)
    assert team.account_verify_credentials().username == "bakers"
    assert own.account_verify_credentials().username == carol.name
    followed = {ann.node.handle(name) for name in ("bakers", carol.name)}
    for handle in followed:
        bob.node.do("follow", bob.name, handle)
    until(lambda: followed <= set(bob.node.do("following", bob.name).split()), "both say yes")
    posted = {team.status_post("We bake").uri: "bakers", own.status_post("I bake").uri: carol.name}

    def seen() -> dict[str, str]:
        return {each.uri: each.account.username for each in bobs.timeline_home() if each.uri in posted}

    until(lambda: seen() == posted, "both posts on bob's home, each by its microblog")
    with pytest.raises(mastodon.MastodonAPIError):
        team.account_update_credentials(display_name="Carol's bakery")  # an editor writes, and changes nothing else
