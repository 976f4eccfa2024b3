"""The bytes we send, kept as they were agreed: a change in them is meant, or it is a fault.

Where it is meant, run once with WRITE_GOLDEN=1 and look at the difference.
"""

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from scattershot.domain.change import (
    Blocked,
    Boosted,
    Change,
    Deleted,
    Edited,
    FollowAnswered,
    Followed,
    Liked,
    Moved,
    Pinned,
    Posted,
    ProfileChanged,
    QuoteAnswered,
    QuoteAsked,
    QuoteRevoked,
    ReplyAnswered,
    Reported,
    Unblocked,
    Unboosted,
    Undone,
    Unfollowed,
    Unliked,
    Unpinned,
    Vanished,
    Voted,
)
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Emoji, Field, Profile, VerifyKey, Voice
from scattershot.domain.post import Attachment, Audience, Form, Mention, Option, Poll, Post
from scattershot.domain.terms import Circle, Rule, Terms
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.protocols.activitypub.translate.actors_out import actor_of
from scattershot.protocols.activitypub.translate.collections_out import (
    context_collection,
    ordered_collection,
    ordered_page,
    replies_collection,
)
from scattershot.protocols.activitypub.translate.from_change import activity_of, create_of
from scattershot.protocols.activitypub.translate.notes_out import note_of, tombstone
from scattershot.protocols.activitypub.wire.vocabulary import encode

GOLDEN = Path(__file__).parents[3] / "golden" / "activitypub"


def _named(address: str) -> WireId:
    return WireId(ACTIVITYPUB, address)


ORIGIN = "https://ours.example"
ANN = _named(f"{ORIGIN}/u/1")
BOB = _named("https://b.example/users/bob")
CAROL = _named("https://c.example/users/carol")
HIS_POST = _named("https://b.example/users/bob/statuses/5")
THIS = _named(f"{ORIGIN}/c/9")
MORNING = Millis(1_795_168_800_123)
POST = Post(
    id=_named(f"{ORIGIN}/p/42"),
    author=ANN,
    published=MORNING,
    audience=Audience.PUBLIC,
    html="<p>Hello <em>you</em></p>",
    url=f"{ORIGIN}/@ann/42",
)
RICH = replace(
    POST,
    audience=Audience.UNLISTED,
    warning="food",
    sensitive=True,
    language="en",
    translations={"de": "<p>Hallo <em>du</em></p>"},
    source="Hello *you*",
    source_type="text/markdown",
    reply_to=HIS_POST,
    quote=_named("https://c.example/notes/1"),
    conversation=f"{ORIGIN}/contexts/40",
    mentions=(Mention(BOB, "@bob@b.example"),),
    addressed=(CAROL,),
    tags=("Brot", "café"),
    attachments=(
        Attachment(f"{ORIGIN}/media/1.jpg", "image/jpeg", "A loaf", 1200, 800, "UBL_:rOpGG-;yD%LsSkC", (0.0, -0.5)),
        Attachment(f"{ORIGIN}/media/2.mp4", "video/mp4", thumbnail=f"{ORIGIN}/media/2.jpg"),
    ),
    emojis=(Emoji("loaf", f"{ORIGIN}/media/loaf.png"),),
    edited=Millis(1_795_168_900_000),
)
HIS_STAMP = _named("https://b.example/users/bob/quote_authorizations/5")
HIS_QUESTION = _named("https://b.example/users/bob/quote_requests/9")
QUOTING = replace(POST, quote=HIS_POST, audience=Audience.FOLLOWERS)
GUARDED = replace(
    POST,
    mentions=(Mention(BOB, "@bob@b.example"),),
    terms=Terms(Rule((Circle.FOLLOWERS,), (Circle.EVERYONE,)), Rule((Circle.FOLLOWERS, Circle.FOLLOWED))),
)
QUESTION = replace(
    POST, form=Form.QUESTION, audience=Audience.FOLLOWERS,
    poll=Poll((Option("tea", 3), Option("coffee")), multiple=True, ends=Millis(1_795_255_200_000), voters=3),
)  # fmt: skip
ARTICLE = replace(POST, form=Form.ARTICLE, title="On bread", html="<h2>Rye</h2><p>…</p>")
DIRECT = replace(POST, audience=Audience.MENTIONED, mentions=(Mention(BOB, "@bob@b.example"),))
PEM = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----\n"
PROFILE = Profile(
    id=ANN,
    name="ann",
    domain="ours.example",
    display_name="Ann",
    bio="<p>bread</p>",
    url=f"{ORIGIN}/@ann",
    locked=True,
    discoverable=True,
    indexable=True,
    avatar=f"{ORIGIN}/media/a.png",
    header=f"{ORIGIN}/media/h.png",
    fields=(Field("home", '<a href="https://ann.example/" rel="nofollow noopener noreferrer">ann.example</a>'),),
    emojis=(Emoji("loaf", f"{ORIGIN}/media/loaf.png"),),
    also_known_as=("https://old.example/users/ann",),
    attribution_domains=("ann.example",),
    created=Millis(1_700_000_000_000),
    keys=(
        VerifyKey(f"{ANN.value}#main-key", "rsa", PEM),
        VerifyKey(f"{ANN.value}#ed25519-key", "ed25519", "z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"),
    ),
)

SAID: dict[str, tuple[Change, list[WireId]]] = {
    "posted": (Posted(actor=ANN, post=POST), []),
    "posted_rich": (Posted(actor=ANN, post=RICH), []),
    "posted_question": (Posted(actor=ANN, post=QUESTION), []),
    "posted_article": (Posted(actor=ANN, post=ARTICLE), []),
    "posted_direct": (Posted(actor=ANN, post=DIRECT), []),
    "edited": (Edited(actor=ANN, id=THIS, post=replace(POST, edited=Millis(1_795_168_900_000))), []),
    "deleted": (Deleted(actor=ANN, id=THIS, post=POST.id), [BOB]),
    "boosted": (Boosted(actor=ANN, id=_named(f"{ORIGIN}/b/43"), post=HIS_POST, at=MORNING), [BOB]),
    "unboosted": (Unboosted(actor=ANN, id=THIS, post=HIS_POST, boost=_named(f"{ORIGIN}/b/43")), [BOB]),
    "liked": (Liked(actor=ANN, id=THIS, post=HIS_POST), [BOB]),
    "liked_with_emoji": (Liked(actor=ANN, id=THIS, post=HIS_POST, emoji="🍞"), [BOB]),
    "liked_with_custom_emoji": (
        Liked(actor=ANN, id=THIS, post=HIS_POST, emoji=":loaf:", picture=f"{ORIGIN}/media/loaf.png"), [BOB]),
    "posted_with_terms": (Posted(actor=ANN, post=GUARDED), []),
    "quote_asked": (QuoteAsked(actor=ANN, id=THIS, quoting=QUOTING.id, quoted=HIS_POST, post=QUOTING), [BOB]),
    "edited_with_stamp": (Edited(actor=ANN, id=THIS, post=replace(QUOTING, quote_stamp=HIS_STAMP)), []),
    "quote_accepted": (
        QuoteAnswered(actor=ANN, id=THIS, accepted=True, quoting=HIS_POST, quoted=POST.id, asked=HIS_QUESTION,
                      stamp=_named(f"{ORIGIN}/q/77")), [BOB]),
    "quote_rejected": (
        QuoteAnswered(actor=ANN, id=THIS, accepted=False, quoting=HIS_POST, quoted=POST.id, asked=HIS_QUESTION), [BOB]),
    "quote_revoked": (QuoteRevoked(actor=ANN, id=THIS, stamp=_named(f"{ORIGIN}/q/77")), [BOB]),
    "reply_accepted": (
        ReplyAnswered(actor=ANN, id=THIS, accepted=True, reply=HIS_POST, parent=POST.id, asked=HIS_QUESTION,
                      stamp=_named(f"{ORIGIN}/r/77")), [BOB]),
    "unliked": (Unliked(actor=ANN, id=THIS, post=HIS_POST, emoji="🍞", like=_named(f"{ORIGIN}/c/8")), [BOB]),
    "unliked_without_its_id": (Unliked(actor=ANN, id=THIS, post=HIS_POST), [BOB]),
    "voted": (Voted(actor=ANN, id=THIS, post=HIS_POST, choice="tea"), [BOB]),
    "followed": (Followed(actor=ANN, id=THIS, target=BOB), [BOB]),
    "follow_accepted": (
        FollowAnswered(actor=ANN, id=THIS, follower=BOB, accepted=True, follow=_named("https://b.example/f/1")), [BOB]),
    "follow_rejected": (FollowAnswered(actor=ANN, id=THIS, follower=BOB, accepted=False), [BOB]),
    "unfollowed": (Unfollowed(actor=ANN, id=THIS, target=BOB, follow=_named(f"{ORIGIN}/c/7")), [BOB]),
    "blocked": (Blocked(actor=ANN, id=THIS, target=BOB), [BOB]),
    "unblocked": (Unblocked(actor=ANN, id=THIS, target=BOB, block=_named(f"{ORIGIN}/c/6")), [BOB]),
    "profile_changed": (ProfileChanged(actor=ANN, id=THIS, profile=PROFILE), []),
    "vanished": (Vanished(actor=ANN, id=THIS), []),
    "moved": (Moved(actor=ANN, id=THIS, target=CAROL), []),
    "reported": (Reported(actor=ANN, id=THIS, targets=(BOB,), posts=(HIS_POST,), comment="spam"), [BOB]),
    "pinned": (Pinned(actor=ANN, id=THIS, post=POST.id), []),
    "unpinned": (Unpinned(actor=ANN, id=THIS, post=POST.id), []),
    "undone": (Undone(actor=ANN, id=THIS, change=_named(f"{ORIGIN}/c/5")), [BOB]),
}  # fmt: skip
REPLIES = f"{ORIGIN}/p/42/replies"
SERVED: dict[str, dict[str, Any]] = {
    "actor": actor_of(PROFILE),
    "actor_of_the_node": actor_of(
        Profile(id=_named(f"{ORIGIN}/actor"), name="ours.example", domain="ours.example", voice=Voice.APPLICATION)
    ),
    "note": note_of(POST, replies=replies_collection(REPLIES, [f"{ORIGIN}/p/43"], following=f"{REPLIES}?page=2"),
                    with_context=True),
    "tombstone": tombstone(POST.id.value, with_context=True),
    "outbox": ordered_collection(f"{ANN.value}/outbox", 2, first=f"{ANN.value}/outbox?page=1"),
    "outbox_page": ordered_page(
        f"{ANN.value}/outbox?page=1", f"{ANN.value}/outbox", [create_of(POST)], following=f"{ANN.value}/outbox?page=2"
    ),
    "followers_hidden": ordered_collection(f"{ANN.value}/followers", None),
    "featured": ordered_collection(f"{ANN.value}/featured", 1, items=[note_of(POST)]),
    "context": context_collection(f"{ORIGIN}/contexts/40", ANN.value, [f"{ORIGIN}/p/42", f"{ORIGIN}/p/43"]),
}  # fmt: skip


def _check(name: str, document: dict[str, Any]) -> None:
    written = msgspec.json.format(encode(document), indent=2) + b"\n"
    file = GOLDEN / f"{name}.json"
    if os.environ.get("WRITE_GOLDEN"):
        file.write_bytes(written)
    assert written == file.read_bytes()


@pytest.mark.parametrize("name", SAID)
def test_an_activity_reads_as_agreed(name: str) -> None:
    said = activity_of(*SAID[name])
    assert said is not None
    _check(name, said)


@pytest.mark.parametrize("name", SERVED)
def test_a_document_reads_as_agreed(name: str) -> None:
    _check(name, SERVED[name])


def test_no_golden_file_is_left_over() -> None:
    assert {file.stem for file in GOLDEN.glob("*.json")} == {*SAID, *SERVED}


def test_every_document_names_its_context_once_and_at_the_top() -> None:
    for change, to in SAID.values():
        said = activity_of(change, to)
        assert said is not None
        context = said["@context"]
        assert "https://www.w3.org/ns/activitystreams" in (context if isinstance(context, list) else [context])
        assert encode(said).count(b"@context") == 1


def test_an_answer_to_nobody_is_not_sent() -> None:
    assert activity_of(FollowAnswered(actor=ANN, follower=None, accepted=True)) is None


def test_a_direct_post_names_nobody_but_its_hearers() -> None:
    said = activity_of(Posted(actor=ANN, post=DIRECT))
    assert said is not None
    assert (said["to"], said["cc"]) == ([BOB.value], [])
    assert b"followers" not in encode(said)


def test_what_a_keeper_hides_is_not_told() -> None:
    assert "totalItems" not in SERVED["followers_hidden"]
