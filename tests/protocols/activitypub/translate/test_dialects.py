"""The shapes that other servers send, written by us after their formats: each is read for what it means."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from scattershot.domain.change import (
    Boosted,
    Change,
    Deleted,
    Edited,
    FollowAnswered,
    Followed,
    Liked,
    Pinned,
    Posted,
    ProfileChanged,
    Reported,
    Unboosted,
    Undone,
    Unfollowed,
    Unliked,
    Vanished,
    Voted,
)
from scattershot.domain.microblog import Emoji, Voice
from scattershot.domain.post import Attachment, Audience, Form, Mention, Option, Post
from scattershot.domain.reading import Changes, Ignored, Needs, Reading
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.protocols.activitypub.translate.to_changes import read_activity

VECTORS = Path(__file__).parents[3] / "vectors" / "activitypub"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
AT = 1_800_000_000_000
ANN = "https://a.example/users/ann"
BOB = "https://ours.example/u/7"


def _named(address: str) -> WireId:
    return WireId(ACTIVITYPUB, address)


def _read(activity: dict[str, Any], sender: str | None = None) -> Reading:
    who = sender or activity["actor"]
    return read_activity(msgspec.json.encode(activity), _named(who), "a.example", at=AT)


def _change(activity: dict[str, Any]) -> Change:
    reading = _read(activity)
    assert isinstance(reading, Changes), reading
    return reading.changes[0]


def _post(note: dict[str, Any], actor: str = ANN, kind: str = "Create") -> Post:
    note = {"id": f"{actor}/1", "type": "Note", "attributedTo": actor, "to": [PUBLIC], "content": "<p>hi</p>"} | note
    change = _change({"id": f"{note['id']}/activity", "type": kind, "actor": actor, "object": note})
    assert isinstance(change, Posted | Edited)
    return change.post


def test_mastodon_a_reply_with_all_its_parts() -> None:
    body = (VECTORS / "mastodon_create.json").read_bytes()
    reading = read_activity(body, _named("https://masto.example/users/ann"), "masto.example", at=AT)
    assert isinstance(reading, Changes)
    assert reading.name == "https://masto.example/users/ann/statuses/111/activity"
    (change,) = reading.changes
    assert isinstance(change, Posted)
    post = change.post
    assert post.id.value == "https://masto.example/users/ann/statuses/111"
    assert post.audience is Audience.PUBLIC
    assert post.warning == "food"
    assert post.sensitive
    assert post.language == "en"
    assert post.translations == {}
    assert post.reply_to == _named("https://ours.example/p/42")
    assert post.mentions == (Mention(_named(BOB), "@bob@ours.example"),)
    assert post.addressed == ()
    assert post.tags == ("Lunch",)
    assert post.published == 1_795_169_472_000
    assert post.attachments[0].focus == (-0.25, 0.5)
    assert 'class="mention hashtag" rel="nofollow noopener noreferrer"' in post.html


def test_mastodon_an_edit_a_deletion_and_a_farewell() -> None:
    post = _post({"updated": "2026-11-20T10:00:00Z", "published": "2026-11-19T10:00:00Z"}, kind="Update")
    assert post.edited == 1_795_168_800_000
    tombstone = {"id": f"{ANN}/1", "type": "Tombstone", "atomUri": f"{ANN}/1"}
    gone = {"id": f"{ANN}/1#delete", "type": "Delete", "actor": ANN, "to": [PUBLIC], "object": tombstone}
    assert _change(gone) == Deleted(actor=_named(ANN), id=_named(f"{ANN}/1#delete"), post=_named(f"{ANN}/1"))
    farewell = {"id": f"{ANN}#delete", "type": "Delete", "actor": ANN, "to": [PUBLIC], "object": ANN}
    assert _change(farewell) == Vanished(actor=_named(ANN), id=_named(f"{ANN}#delete"))


def test_mastodon_a_poll_and_a_vote_in_it() -> None:
    options = [{"type": "Note", "name": name, "replies": {"type": "Collection", "totalItems": n}}
               for name, n in (("tea", 3), ("coffee", 4))]  # fmt: skip
    question = {"type": "Question", "oneOf": options, "endTime": "2026-11-22T00:00:00Z", "votersCount": 7}
    post = _post(question)
    assert post.form is Form.QUESTION
    assert post.poll
    assert post.poll.options == (Option("tea", 3), Option("coffee", 4))
    assert (post.poll.multiple, post.poll.voters, post.poll.ends) == (False, 7, 1_795_305_600_000)
    vote = {
        "id": f"{ANN}#votes/9/activity", "type": "Create", "actor": ANN, "to": BOB,
        "object": {"id": f"{ANN}#votes/9", "type": "Note", "name": "tea", "attributedTo": ANN, "to": BOB,
                   "inReplyTo": "https://ours.example/p/42"},
    }  # fmt: skip
    assert _change(vote) == Voted(
        actor=_named(ANN), id=_named(f"{ANN}#votes/9"), post=_named("https://ours.example/p/42"), choice="tea"
    )


def test_mastodon_a_report_names_the_microblog_and_then_its_posts() -> None:
    node = "https://masto.example/actor"
    flag = {"id": "https://masto.example/1", "type": "Flag", "actor": node, "content": "spam",
            "object": [BOB, "https://ours.example/p/1", "https://ours.example/p/2"]}  # fmt: skip
    posts = (_named("https://ours.example/p/1"), _named("https://ours.example/p/2"))
    expected = Reported(actor=_named(node), id=_named("https://masto.example/1"), targets=(_named(BOB),), posts=posts,
                        comment="spam")  # fmt: skip
    assert _change(flag) == expected


def test_mastodon_a_pinned_post_but_not_a_featured_tag() -> None:
    add = {"type": "Add", "actor": ANN, "target": f"{ANN}/collections/featured", "object": f"{ANN}/1"}
    assert isinstance(_change(add), Pinned)
    tag = {"type": "Hashtag", "id": "https://a.example/tags/x", "href": "https://a.example/tags/x", "name": "#x"}
    assert _read(add | {"object": tag}) == Ignored("add")
    assert _read(add | {"target": f"{ANN}/collections/tags"}) == Ignored("add")


@pytest.mark.parametrize("field", ["quote", "quoteUrl", "quoteUri", "_misskey_quote"])
def test_a_quote_in_every_spelling(field: str) -> None:
    assert _post({field: "https://ours.example/p/9"}).quote == _named("https://ours.example/p/9")


def test_a_quote_by_an_object_link() -> None:
    link = {
        "type": "Link",
        "mediaType": 'application/ld+json; profile="https://www.w3.org/ns/activitystreams"',
        "rel": ["https://misskey-hub.net/ns#_misskey_quote"],
        "href": "https://ours.example/p/9",
        "name": "RE: https://ours.example/p/9",
    }
    assert _post({"tag": link}).quote == _named("https://ours.example/p/9")
    assert _post({"tag": {**link, "rel": "mention"}}).quote is None


def test_gotosocial_bare_strings_where_others_send_lists() -> None:
    post = _post({
        "to": f"{ANN}/followers", "cc": BOB, "contentMap": {"de": "<p>hallo</p>"}, "content": "<p>hallo</p>",
        "tag": {"type": "Mention", "href": BOB, "name": "@bob@ours.example"},
        "attachment": {"type": "Image", "mediaType": "image/png", "url": "https://a.example/1.png", "summary": "a cat"},
        "interactionPolicy": {"canLike": {"always": [PUBLIC]}},
    })  # fmt: skip
    assert post.audience is Audience.FOLLOWERS
    assert post.language == "de"
    assert post.mentions == (Mention(_named(BOB), "@bob@ours.example"),)
    assert post.attachments == (Attachment("https://a.example/1.png", "image/png", "a cat"),)


def test_gotosocial_answers_a_follow_with_the_follow_embedded() -> None:
    wish = "https://ours.example/c/5"
    follow = {"id": wish, "type": "Follow", "actor": BOB, "object": ANN, "to": ANN}
    accept = {"id": f"{ANN}/accepts/1", "type": "Accept", "actor": ANN, "to": BOB, "object": follow}
    assert _change(accept) == FollowAnswered(
        actor=_named(ANN), id=_named(f"{ANN}/accepts/1"), follower=_named(BOB), accepted=True, follow=_named(wish)
    )
    bare = _change({**accept, "type": "Reject", "object": wish})
    assert bare == FollowAnswered(
        actor=_named(ANN), id=_named(f"{ANN}/accepts/1"), follower=None, accepted=False, follow=_named(wish)
    )


def test_misskey_a_reaction_and_its_end() -> None:
    like = {"type": "Like", "id": "https://mk.example/likes/1", "actor": "https://mk.example/users/x",
            "object": "https://ours.example/p/1", "content": ":blobcat:", "_misskey_reaction": ":blobcat:",
            "tag": [{"type": "Emoji", "name": ":blobcat:", "icon": {"url": "https://mk.example/e.png"}}]}  # fmt: skip
    change = _change(like)
    assert isinstance(change, Liked)
    assert change.emoji == ":blobcat:"
    undo = {"type": "Undo", "id": "https://mk.example/undo/1", "actor": like["actor"], "object": like}
    undone = _change(undo)
    assert isinstance(undone, Unliked)
    assert (undone.emoji, undone.like) == (":blobcat:", _named("https://mk.example/likes/1"))


def test_misskey_a_note_with_its_source_and_an_emoji() -> None:
    post = _post({
        "_misskey_content": "$[x2 hi]", "source": {"content": "$[x2 hi]", "mediaType": "text/x.misskeymarkdown"},
        "_misskey_summary": None, "summary": None, "content": "<i>hi</i> :party:", "inReplyTo": None,
        "tag": [{"id": "https://a.example/emojis/party", "type": "Emoji", "name": ":party:",
                 "updated": "2026-01-01T00:00:00Z",
                 "icon": {"type": "Image", "mediaType": "image/png", "url": "https://a.example/party.png"}}],
    })  # fmt: skip
    assert (post.source, post.source_type) == ("$[x2 hi]", "text/x.misskeymarkdown")
    assert post.emojis == (Emoji("party", "https://a.example/party.png"),)
    assert post.warning == ""


def test_misskey_and_pleroma_take_a_boost_back_by_its_whole_or_by_its_id() -> None:
    boost = {"id": f"{ANN}/b1", "type": "Announce", "actor": ANN, "object": "https://ours.example/p/1"}
    whole = _change({"id": f"{ANN}/u1", "type": "Undo", "actor": ANN, "object": boost})
    assert whole == Unboosted(
        actor=_named(ANN), id=_named(f"{ANN}/u1"), post=_named("https://ours.example/p/1"), boost=_named(f"{ANN}/b1")
    )
    bare = _change({"id": f"{ANN}/u1", "type": "Undo", "actor": ANN, "object": f"{ANN}/b1"})
    assert bare == Undone(actor=_named(ANN), id=_named(f"{ANN}/u1"), change=_named(f"{ANN}/b1"))


def test_pleroma_an_emoji_reaction() -> None:
    react = {"id": f"{ANN}/r", "type": "EmojiReact", "actor": ANN, "object": "https://ours.example/p/1",
             "content": "🔥", "to": [BOB], "cc": [PUBLIC], "context": "https://a.example/c/1"}  # fmt: skip
    assert _change(react) == Liked(
        actor=_named(ANN), id=_named(f"{ANN}/r"), post=_named("https://ours.example/p/1"), emoji="🔥"
    )


def test_akkoma_attachments_with_urls_as_links_and_a_quote() -> None:
    link = {"type": "Link", "href": "https://a.example/media/1.webm", "mediaType": "video/webm"}
    post = _post({
        "actor": ANN, "attachment": [{"type": "Document", "mediaType": "video/webm", "name": "", "url": [link]}],
        "context": "https://a.example/contexts/1", "conversation": "https://a.example/contexts/1",
        "quoteUri": "https://b.example/1", "source": {"content": "hi", "mediaType": "text/plain"}, "to": ["as:Public"],
    })  # fmt: skip
    assert post.attachments == (Attachment("https://a.example/media/1.webm", "video/webm"),)
    assert post.conversation == "https://a.example/contexts/1"
    assert post.audience is Audience.PUBLIC


def test_snac_everything_on_its_own_paths() -> None:
    actor = "https://snac.example/ann"
    note = {"id": f"{actor}/p/1732.5", "to": PUBLIC, "cc": [], "sensitive": False, "summary": "",
            "sourceContent": "hi", "source": {"content": "hi", "mediaType": "text/markdown"}}  # fmt: skip
    post = _post(note, actor)
    assert post.id == _named(f"{actor}/p/1732.5")
    assert post.audience is Audience.PUBLIC
    assert post.source == "hi"


def test_mitra_a_followers_only_post_with_a_conversation_of_its_own() -> None:
    post = _post({"to": [f"{ANN}/followers"], "cc": [], "context": f"{ANN}/collections/conversations/1",
                  "proof": {"type": "DataIntegrityProof"}})  # fmt: skip
    assert post.audience is Audience.FOLLOWERS
    assert post.conversation == f"{ANN}/collections/conversations/1"


def test_friendica_names_its_followers_the_other_way_round() -> None:
    actor = "https://fr.example/profile/ann"
    assert _post({"to": ["https://fr.example/followers/ann"], "cc": []}, actor).audience is Audience.FOLLOWERS


def test_peertube_a_video_is_a_note_with_a_link_and_a_film() -> None:
    channel = "https://tube.example/video-channels/chan"
    account = "https://tube.example/accounts/ann"
    video = {
        "id": "https://tube.example/videos/watch/1", "type": "Video", "name": "A film", "mediaType": "text/markdown",
        "content": "about **it**\n\nmore", "summary": None, "sensitive": False, "published": "2026-11-20T10:11:12.123Z",
        "attributedTo": [{"type": "Group", "id": channel}, {"type": "Person", "id": account}],
        "url": [
            {"type": "Link", "mediaType": "text/html", "href": "https://tube.example/w/1"},
            {"type": "Link", "mediaType": "application/x-mpegURL", "href": "https://tube.example/1.m3u8",
             "tag": [{"type": "Link", "mediaType": "video/mp4", "href": "https://tube.example/1.mp4", "height": 720}]},
        ],
        "icon": [{"type": "Image", "url": "https://tube.example/1.jpg", "mediaType": "image/jpeg"}],
        "tag": [{"type": "Hashtag", "name": "film"}], "subtitleLanguage": [],
        "to": [PUBLIC], "cc": [f"{account}/followers"],
    }  # fmt: skip
    post = _post(video, account)
    assert post.author == _named(account)
    assert post.title == "A film"
    assert post.html.startswith("<p>about **it**</p><p>more</p>")
    assert 'href="https://tube.example/w/1"' in post.html
    film = Attachment("https://tube.example/1.mp4", "video/mp4", height=720, thumbnail="https://tube.example/1.jpg")
    assert post.attachments == (film,)
    assert post.tags == ("film",)
    assert _change({"id": f"{account}/v", "type": "Announce", "actor": channel, "to": [PUBLIC],
                    "object": "https://tube.example/videos/watch/1"}) == Boosted(
        actor=_named(channel), id=_named(f"{account}/v"), post=_named("https://tube.example/videos/watch/1"),
        at=AT,  # type: ignore[arg-type]
    )  # fmt: skip


def test_wordpress_an_article_whose_summary_is_no_warning() -> None:
    actor = "https://blog.example/?author=1"
    post = _post(
        {"id": "https://blog.example/?p=5", "type": "Article", "name": "Caf&eacute; & more", "summary": "An abstract",
         "content": "<h2>One</h2><p>text<img src=x onerror=y></p>", "url": "https://blog.example/2026/cafe/"},
        actor,
    )  # fmt: skip
    assert post.form is Form.ARTICLE
    assert post.title == "Caf&eacute; & more"
    assert post.warning == ""
    assert post.html == "<h2>One</h2><p>text</p>"
    assert post.url == "https://blog.example/2026/cafe/"


def test_lemmy_a_group_passes_on_a_new_post_a_change_and_a_vote() -> None:
    group, member = "https://lemmy.example/c/bread", "https://lemmy.example/u/ann"
    page = {"type": "Page", "id": "https://lemmy.example/post/1", "attributedTo": member, "name": "Rye",
            "attachment": [{"type": "Link", "href": "https://news.example/rye"}], "audience": group,
            "to": [group, PUBLIC], "cc": []}  # fmt: skip
    create = {"id": "https://lemmy.example/activities/create/1", "type": "Create", "actor": member, "object": page,
              "to": [group, PUBLIC], "audience": group}  # fmt: skip
    announce = {"id": "https://lemmy.example/activities/announce/1", "type": "Announce", "actor": group,
                "to": [PUBLIC], "cc": [f"{group}/followers"], "object": create}  # fmt: skip
    boosted = _change(announce)
    assert isinstance(boosted, Boosted)
    assert (boosted.actor.value, boosted.post.value) == (group, "https://lemmy.example/post/1")
    assert _read(announce | {"object": {**create, "type": "Update"}}) == Needs(
        (_named("https://lemmy.example/post/1"),)
    )
    assert _read(announce | {"object": {"type": "Like", "actor": member, "object": page["id"]}}) == Ignored("wrapped")
    posted = _change(create)
    assert isinstance(posted, Posted)
    assert posted.post.title == "Rye"
    assert 'href="https://news.example/rye"' in posted.post.html
    assert posted.post.addressed == (_named(group),)


def test_mobilizon_an_event_keeps_its_title_and_link() -> None:
    post = _post({"type": "Event", "name": "Feast", "startTime": "2026-12-01T18:00:00Z", "content": "<p>come</p>",
                  "url": "https://a.example/events/1"})  # fmt: skip
    assert post.title == "Feast"
    assert post.html.startswith('<p>come</p><p><a href="https://a.example/events/1"')


def test_a_follow_and_its_end_where_the_follow_has_no_id() -> None:
    follow = {"type": "Follow", "actor": ANN, "object": BOB}
    reading = _read(follow)
    assert isinstance(reading, Changes)
    assert reading.changes == (Followed(actor=_named(ANN), target=_named(BOB)),)
    assert reading.name.startswith(f"{ANN}#")
    undo = {"id": f"{ANN}/undo/1", "type": "Undo", "actor": ANN, "object": follow}
    assert _change(undo) == Unfollowed(actor=_named(ANN), id=_named(f"{ANN}/undo/1"), target=_named(BOB))


def test_an_undone_acceptance_is_a_rejection() -> None:
    follow = {"id": "https://ours.example/c/5", "type": "Follow", "actor": BOB, "object": ANN}
    accept = {"id": f"{ANN}/a", "type": "Accept", "actor": ANN, "object": follow}
    change = _change({"id": f"{ANN}/u", "type": "Undo", "actor": ANN, "object": accept})
    assert isinstance(change, FollowAnswered)
    assert (change.accepted, change.follower) == (False, _named(BOB))


def test_microblog_pub_an_actor_without_a_path() -> None:
    actor = "https://dev.example/"
    profile = {"id": actor, "type": "Person", "preferredUsername": "dev", "inbox": "https://dev.example/inbox"}
    change = _change({"id": "https://dev.example/o/1", "type": "Update", "actor": actor, "object": profile})
    assert isinstance(change, ProfileChanged)
    assert (change.profile.id.value, change.profile.domain, change.profile.voice) == (
        actor,
        "dev.example",
        Voice.PERSON,
    )


@pytest.mark.parametrize("kind", ["View", "Listen", "Read", "Dislike", "Offer", "Join"])
def test_what_is_not_for_us_is_ignored_by_name(kind: str) -> None:
    assert _read({"type": kind, "actor": ANN, "object": f"{ANN}/1"}) == Ignored(kind.lower())


def test_an_invented_type_is_counted_with_all_others() -> None:
    assert _read({"type": "x" * 100, "actor": ANN, "object": f"{ANN}/1"}) == Ignored("unknown_type")


def test_translations_stand_beside_the_language_written() -> None:
    post = _post({"content": "<p>hi</p>", "contentMap": {"de": "<p>hallo<script>x</script></p>", "en": "<p>hi</p>"}})
    assert (post.language, post.html, post.translations) == ("en", "<p>hi</p>", {"de": "<p>hallo</p>"})


def test_a_post_only_in_a_language_map_is_read() -> None:
    post = _post({"content": None, "contentMap": {"fr": "<p>salut</p>"}})
    assert (post.language, post.html) == ("fr", "<p>salut</p>")
