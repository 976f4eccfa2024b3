"""Questions, answers, stamps and terms, as Mastodon 4.5, GoToSocial 0.20 and older software write them."""

from typing import Any

import msgspec
import pytest

from scattershot.domain.change import (
    Deleted,
    FollowAnswered,
    Liked,
    QuoteAnswered,
    QuoteAsked,
    ReplyAnswered,
    ReplyAsked,
    Unliked,
)
from scattershot.domain.post import Post
from scattershot.domain.reading import Changes, Ignored, Needs, Reading, Refused
from scattershot.domain.terms import ALL, ONLY_THE_AUTHOR, Circle, Rule, Terms
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.protocols.activitypub.translate.documents_in import read_document
from scattershot.protocols.activitypub.translate.notes_in import post_of
from scattershot.protocols.activitypub.translate.to_changes import read_activity

BOB = "https://b.example/users/bob"
HIS = f"{BOB}/statuses/1"
OURS = "https://ours.example/p/42"
PUBLIC = "https://www.w3.org/ns/activitystreams#Public"
AT = 1_795_168_800_000


def named(value: str) -> WireId:
    return WireId(ACTIVITYPUB, value)


def read(document: dict[str, Any], sender: str = BOB) -> Reading:
    return read_activity(msgspec.json.encode(document), named(sender), "b.example", at=AT)


def the(reading: Reading) -> Any:
    assert isinstance(reading, Changes), reading
    [change] = reading.changes
    return change


NOTE = {"type": "Note", "id": HIS, "attributedTo": BOB, "to": [PUBLIC], "content": "<p>look</p>", "quote": OURS}
REQUEST = {"type": "QuoteRequest", "id": f"{BOB}/quote_requests/1", "actor": BOB, "object": OURS, "instrument": NOTE}


def post_from(**more: Any) -> Post:
    return post_of({**NOTE, **more}, BOB, {}, AT)


# Questions


def test_a_question_brings_the_quoting_post() -> None:
    asked = the(read(REQUEST))
    assert isinstance(asked, QuoteAsked)
    assert (asked.quoting.value, asked.quoted.value) == (HIS, OURS)
    assert asked.post is not None
    assert asked.post.quote == named(OURS)


def test_a_question_may_name_the_quoting_post_alone() -> None:
    asked = the(read({**REQUEST, "instrument": HIS}))
    assert (asked.quoting.value, asked.post) == (HIS, None)


@pytest.mark.parametrize(
    ("instrument", "why"),
    [
        (None, "no_object"),
        ("https://c.example/notes/1", "other_origin"),
        ({**NOTE, "id": "https://c.example/notes/1"}, "other_origin"),
        ({**NOTE, "attributedTo": "https://b.example/users/eve"}, "not_the_author"),
        ({"type": "Note"}, "no_object"),
        ([], "no_object"),
    ],
)
def test_a_question_about_what_is_not_the_askers_is_refused(instrument: Any, why: str) -> None:
    refused = read({**REQUEST, "instrument": instrument})
    assert isinstance(refused, Refused)
    assert refused.why == why


def test_a_question_is_believed_of_the_asker_alone() -> None:
    assert isinstance(read(REQUEST, sender="https://b.example/users/eve"), Refused)


def test_a_question_to_answer_brings_the_answer() -> None:
    reply = {**NOTE, "inReplyTo": OURS}
    asked = the(read({**REQUEST, "type": "ReplyRequest", "instrument": reply}))
    assert isinstance(asked, ReplyAsked)
    assert asked.post.reply_to == named(OURS)
    assert read({**REQUEST, "type": "ReplyRequest", "instrument": HIS}) == Needs((named(HIS),))


# Answers

ASKED = {"type": "QuoteRequest", "id": "https://ours.example/c/9", "actor": "https://ours.example/u/1",
         "object": HIS, "instrument": OURS}  # fmt: skip
ACCEPT = {"type": "Accept", "id": f"{BOB}#accepts/1", "actor": BOB, "object": ASKED, "result": f"{BOB}/stamps/1"}


def test_an_accept_brings_the_stamp() -> None:
    answer = the(read(ACCEPT))
    assert answer == QuoteAnswered(
        actor=named(BOB), id=named(f"{BOB}#accepts/1"), accepted=True, quoting=named(OURS), quoted=named(HIS),
        asked=named("https://ours.example/c/9"), stamp=named(f"{BOB}/stamps/1"),
    )  # fmt: skip


def test_a_reject_needs_no_stamp() -> None:
    answer = the(read({**ACCEPT, "type": "Reject", "result": None}))
    assert isinstance(answer, QuoteAnswered)
    assert not answer.accepted


def test_a_stamp_of_another_origin_is_worth_nothing() -> None:
    refused = read({**ACCEPT, "result": "https://c.example/stamps/1"})
    assert isinstance(refused, Refused)
    assert refused.why == "other_origin"


def test_an_undone_accept_is_a_no() -> None:
    answer = the(read({"type": "Undo", "id": f"{BOB}#undo", "actor": BOB, "object": {**ACCEPT, "object": ASKED}}))
    assert isinstance(answer, QuoteAnswered)
    assert not answer.accepted


def test_gotosocial_accepts_an_answer_that_was_not_asked_for_by_naming_it() -> None:
    for thing in (OURS, {"type": "Note", "id": OURS}):
        reading = read({**ACCEPT, "object": thing, "target": HIS})
        assert isinstance(reading, Changes)
        assert [type(change) for change in reading.changes] == [ReplyAnswered, QuoteAnswered]
    asked = {**ASKED, "type": "ReplyRequest"}
    answer = the(read({**ACCEPT, "object": asked}))
    assert isinstance(answer, ReplyAnswered)
    assert (answer.reply.value, answer.parent) == (OURS, named(HIS))


def test_an_answer_that_only_names_a_wish_is_one_to_a_follow() -> None:
    assert isinstance(the(read({**ACCEPT, "result": None, "object": "https://ours.example/c/9"})), FollowAnswered)


def test_the_delete_of_a_stamp_reads_like_any() -> None:
    assert isinstance(the(read({"type": "Delete", "actor": BOB, "object": f"{BOB}/stamps/1"})), Deleted)


# Stamps

STAMP = {"type": "QuoteAuthorization", "id": f"{BOB}/stamps/1", "attributedTo": BOB,
         "interactingObject": "https://c.example/notes/1",
         "interactionTarget": {"id": HIS, "type": "Note"}}  # fmt: skip


def test_a_stamp_names_both_posts() -> None:
    answer = the(read_document(msgspec.json.encode(STAMP), f"{BOB}/stamps/1"))
    assert answer == QuoteAnswered(
        actor=named(BOB), accepted=True, quoting=named("https://c.example/notes/1"), quoted=named(HIS),
        stamp=named(f"{BOB}/stamps/1"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("part", "value", "why"),
    [
        ("attributedTo", "https://c.example/users/cy", "other_origin"),
        ("attributedTo", None, "no_author"),
        ("interactingObject", None, "no_object"),
        ("interactionTarget", 7, "no_object"),
    ],
)
def test_a_stamp_that_lacks_something_is_refused(part: str, value: Any, why: str) -> None:
    refused = read_document(msgspec.json.encode({**STAMP, part: value}), f"{BOB}/stamps/1")
    assert isinstance(refused, Refused)
    assert refused.why == why


def test_a_stamp_found_elsewhere_is_looked_for_where_it_says_it_is() -> None:
    assert read_document(msgspec.json.encode(STAMP), "https://c.example/copy") == Needs((named(f"{BOB}/stamps/1"),))


# What posts say


def test_a_quote_in_the_new_spelling_may_be_asked_for() -> None:
    post = post_from(quoteAuthorization=f"{BOB}/stamps/1")
    assert (post.quote, post.quote_unasked, post.quote_stamp) == (named(OURS), False, named(f"{BOB}/stamps/1"))


@pytest.mark.parametrize("name", ["quoteUrl", "quoteUri", "_misskey_quote"])
def test_a_quote_in_an_older_spelling_alone_asks_nobody(name: str) -> None:
    post = post_from(quote=None, **{name: OURS})
    assert (post.quote, post.quote_unasked) == (named(OURS), True)


@pytest.mark.parametrize("quote", ["a book's text", {"type": "Tombstone"}, HIS, 7, []])
def test_what_quotes_nothing_has_no_stamp_either(quote: Any) -> None:
    post = post_from(quote=quote, quoteAuthorization=f"{BOB}/stamps/1")
    assert (post.quote, post.quote_stamp, post.quote_unasked) == (None, None, False)


@pytest.mark.parametrize(
    ("policy", "terms"),
    [
        (None, Terms()),
        ({}, Terms()),
        ({"canQuote": {}}, Terms()),
        ({"canQuote": {"automaticApproval": [PUBLIC]}}, Terms(quotes=ALL)),
        ({"canQuote": {"automaticApproval": PUBLIC}}, Terms(quotes=ALL)),
        ({"canQuote": {"automaticApproval": ["as:Public"]}}, Terms(quotes=ALL)),
        ({"canQuote": {"automaticApproval": [BOB]}}, Terms(quotes=ONLY_THE_AUTHOR)),
        ({"canQuote": {"automaticApproval": []}}, Terms(quotes=ONLY_THE_AUTHOR)),
        ({"canQuote": {"manualApproval": [f"{BOB}/followers"]}}, Terms(quotes=Rule((), (Circle.FOLLOWERS,)))),
        ({"canReply": {"always": [f"{BOB}/following"], "approvalRequired": [PUBLIC]}},
         Terms(replies=Rule((Circle.FOLLOWED,), (Circle.EVERYONE,)))),
        ({"canReply": {"automaticApproval": ["https://c.example/users/cy", BOB]}},
         Terms(replies=Rule((), (), (named("https://c.example/users/cy"),)))),
        ({"canQuote": {"automaticApproval": ["https://c.example/users/cy/followers"]}},
         Terms(quotes=Rule((), (), (named("https://c.example/users/cy/followers"),)))),
        ({"canQuote": 7, "canReply": "x"}, Terms()),
        ({"canQuote": {"automaticApproval": [7, None, {"x": 1}, "nonsense"]}}, Terms(quotes=ONLY_THE_AUTHOR)),
        ("nonsense", Terms()),
    ],
)  # fmt: skip
def test_terms_are_read(policy: Any, terms: Terms) -> None:
    assert post_from(interactionPolicy=policy).terms == terms


def test_a_flood_of_names_is_cut() -> None:
    names = [f"https://c.example/users/{n}" for n in range(1_000)]
    rule = post_from(interactionPolicy={"canQuote": {"automaticApproval": names}}).terms.quotes
    assert rule is not None
    assert len(rule.named_at_once) == 64


# Reactions

BLOB = {"type": "Emoji", "name": ":blob:", "icon": {"type": "Image", "url": "https://b.example/blob.png"}}


@pytest.mark.parametrize(
    ("like", "emoji", "picture"),
    [
        ({"type": "Like"}, "", ""),
        ({"type": "Like", "content": "👍"}, "👍", ""),
        ({"type": "Like", "_misskey_reaction": "❤"}, "❤\ufe0f", ""),
        ({"type": "EmojiReact", "content": "🥹"}, "🥹", ""),
        ({"type": "EmojiReact", "content": ":blob:", "tag": [BLOB]}, ":blob:", "https://b.example/blob.png"),
        ({"type": "Like", "_misskey_reaction": ":blob@.:", "tag": BLOB}, ":blob:", "https://b.example/blob.png"),
        ({"type": "Like", "content": ":blob:"}, "", ""),
        ({"type": "Like", "content": "well said"}, "", ""),
        ({"type": "Like", "content": "👍👍"}, "", ""),
    ],
)
def test_reactions_are_read(like: dict[str, Any], emoji: str, picture: str) -> None:
    liked = the(read({"id": f"{BOB}#likes/1", "actor": BOB, "object": OURS, **like}))
    assert liked == Liked(actor=named(BOB), id=named(f"{BOB}#likes/1"), post=named(OURS), emoji=emoji, picture=picture)


@pytest.mark.parametrize("content", [None, "", ":blob:", "yes", "👍👎"])
def test_a_reaction_that_is_no_emoji_is_none(content: Any) -> None:
    assert read({"type": "EmojiReact", "actor": BOB, "object": OURS, "content": content}) == Ignored("no_emoji")


def test_a_reaction_is_taken_back_without_its_picture() -> None:
    undone = {"type": "EmojiReact", "id": f"{BOB}#likes/1", "actor": BOB, "object": OURS, "content": ":blob:"}
    assert the(read({"type": "Undo", "actor": BOB, "object": undone})) == Unliked(
        actor=named(BOB), post=named(OURS), emoji=":blob:", like=named(f"{BOB}#likes/1")
    )
