"""Posts as events and events as posts: what crosses, what does not, and that nothing strange gets through."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import json
from msgspec.structs import replace

from scattershot.domain.change import Boosted, Deleted, Edited, Liked, Posted, ProfileChanged, Undone, Vanished
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Attachment, Audience, Form, Mention, Option, Poll, Post
from scattershot.domain.reading import Changes, Ignored, Refused
from scattershot.domain.wire_id import ACTIVITYPUB, NOSTR, WireId
from scattershot.ports.slips import Known, Surroundings
from scattershot.protocols.nostr.translate.from_change import Home, event_of
from scattershot.protocols.nostr.translate.notes_out import name_of
from scattershot.protocols.nostr.translate.to_changes import Where, changes_of, copied, glance_at, read
from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.entities import Key, Note, write_entity, write_link
from scattershot.protocols.nostr.wire.event import Event, Unsigned, encode, sign
from scattershot.protocols.nostr.wire.nip05 import Named, read_names, write_names
from tests.protocols.nostr.events import NOW, a_sketch, an_event, key_of, secret_of

ORIGIN = "https://here.example"
HOME, WHERE = Home("wss://here.example/", ORIGIN), Where("wss://here.example/", ORIGIN)
ANN = WireId(ACTIVITYPUB, f"{ORIGIN}/u/1")
BOB = WireId(NOSTR, key_of("bob"))
MINE = key_of("ann")


def a_post(source: str = "Hello", **more: Any) -> Post:
    what = {"published": Millis(NOW * 1000), "audience": Audience.PUBLIC, "html": f"<p>{source}</p>", "source": source}
    return Post(id=WireId(ACTIVITYPUB, f"{ORIGIN}/p/7"), author=ANN, **(what | more))


def said(post: Post, around: Surroundings = Surroundings()) -> Unsigned:  # noqa: B008
    event = event_of(Posted(actor=ANN, post=post), around, MINE, NOW, HOME)
    assert event is not None
    return event


def heard(content: str = "", *, kind: int = 1, tags: Any = (), by: str = "bob") -> Any:
    reading = changes_of(an_event(by, content, kind=kind, tags=tags), WHERE)
    assert isinstance(reading, Changes), reading
    return reading.changes[0]


def tag(event: Unsigned, name: str) -> list[list[str]]:
    return [each[1:] for each in event.tags if each[0] == name]


# -- out


def test_a_note_says_what_was_typed_and_names_people_as_one_does_there() -> None:
    mention = Mention(BOB, "@bob@there.example", "https://there.example/@bob")
    post = a_post("Hi @bob@there.example and @bob! #Tea", mentions=(mention,), tags=("Tea",), language="en-GB")
    event = said(post, Surroundings(people={BOB: BOB.value}))
    link = write_link(Key(BOB.value))
    assert event.content == f"Hi {link} and {link}! #Tea"
    assert (tag(event, "p"), tag(event, "t")) == ([[BOB.value]], [["tea"]])
    assert tag(event, "l") == [["en", "ISO-639-1"]]
    assert tag(event, "proxy") == [[f"{ORIGIN}/p/7", "activitypub"]]


def test_pictures_warnings_and_questions_cross() -> None:
    picture = Attachment(f"{ORIGIN}/media/x.png", "image/png", alt="a\ncat", width=3, height=2, blurhash="LE")
    poll = Poll((Option("tea"), Option("coffee")))
    event = said(a_post("Look", attachments=(picture,), warning="cats", poll=poll, url=f"{ORIGIN}/@ann/7"))
    assert (event.kind, event.content) == (1068, f"Look\n\n{ORIGIN}/media/x.png")
    assert tag(event, "option") == [["0", "tea"], ["1", "coffee"]]
    assert tag(event, "polltype") == [["singlechoice"]]
    assert tag(event, "imeta") == [[f"url {ORIGIN}/media/x.png", "m image/png", "dim 3x2", "blurhash LE", "alt a cat"]]
    assert tag(event, "content-warning") == [["cats"]]


def test_an_article_keeps_its_place_when_it_is_edited_and_a_note_that_is_edited_is_not_said() -> None:
    article = a_post("# Tea", form=Form.ARTICLE, title="On tea")
    first = said(article)
    again = event_of(Edited(actor=ANN, post=article), Surroundings(last=NOW), MINE, NOW, HOME)
    assert again is not None
    names = [name_of(sign(each, secret_of("ann"), bytes(32))) for each in (first, again)]
    assert (first.kind, names[0]) == (kinds.ARTICLE, f"30023:{MINE}:7")
    assert names[1] == names[0]
    assert again.created_at == NOW + 1
    assert event_of(Edited(actor=ANN, post=a_post()), Surroundings(), MINE, NOW, HOME) is None


def test_a_quote_is_a_tag_and_a_link() -> None:
    quoted = Known("e" * 64, BOB.value)
    event = said(a_post("See"), Surroundings(quote=quoted))
    assert event.content == f"See\n\n{write_link(Note('e' * 64, author=BOB.value))}"
    assert tag(event, "q") == [["e" * 64, HOME.relay, BOB.value]]
    assert tag(event, "p") == [[BOB.value]]


def test_an_emoji_of_the_house_goes_with_its_picture_and_without_one_is_a_like() -> None:
    about = Surroundings(about=Known("e" * 64, BOB.value))
    post = WireId(NOSTR, "e" * 64)
    shown = event_of(Liked(actor=ANN, post=post, emoji=":cat:", picture="https://x/c.png"), about, MINE, NOW, HOME)
    bare = event_of(Liked(actor=ANN, post=post, emoji=":cat:"), about, MINE, NOW, HOME)
    assert shown is not None
    assert bare is not None
    assert (shown.content, tag(shown, "emoji"), bare.content) == (":cat:", [["cat", "https://x/c.png"]], "+")


def test_what_is_protected_is_not_carried_along_by_a_boost() -> None:
    note = an_event("bob", "mine", tags=[["-"]])
    about = Surroundings(about=Known(note.id, note.pubkey, encode(note)))
    event = event_of(Boosted(actor=ANN, post=BOB, at=Millis(0)), about, MINE, NOW, HOME)
    assert event is not None
    assert (event.kind, event.content) == (kinds.REPOST, "")


def test_a_profile_is_read_back_as_it_was_told() -> None:
    profile = Profile(id=ANN, name="ann", domain="here.example", display_name="Ann", bio_source="Tea <3", url=ORIGIN)
    told = event_of(ProfileChanged(actor=ANN, profile=profile), Surroundings(), MINE, NOW, HOME)
    assert told is not None
    change = heard(told.content, kind=0)
    assert (change.profile.display_name, change.profile.bio) == ("Ann", "<p>Tea &lt;3</p>")
    assert change.profile.fields[0].name == "Website"


# -- in


def test_a_note_is_clean_and_its_pictures_are_attachments() -> None:
    content = f"<script>x</script> {write_link(Key(MINE))}\n\n\nhttps://x.example/a.png https://x.example/b"
    imeta = ["imeta", "url https://x.example/a.png", "alt A cat", "dim 30x20", "m image/png"]
    post = heard(
        content, tags=[imeta, ["content-warning"], ["t", "Tea"], ["p", "zz"], ["emoji", "c", "https://x/c"]]
    ).post
    assert "<script" not in post.html
    assert "https://x.example/b" in post.html
    assert "a.png" not in post.html
    assert post.attachments == (Attachment("https://x.example/a.png", "image/png", "A cat", 30, 20),)
    assert [mention.id.value for mention in post.mentions] == [MINE]
    assert (post.sensitive, post.warning, post.tags) == (True, "", ("Tea",))
    assert post.emojis[0].shortcode == "c"


def test_what_an_event_answers_quotes_and_deletes_is_read() -> None:
    root, parent = "1" * 64, "2" * 64
    answer = heard("Yes", tags=[["e", root, "", "root"], ["e", parent, "", "reply"], ["q", root]])
    assert (answer.post.reply_to.value, answer.post.quote.value) == (parent, root)
    comment = heard("Yes", kind=1111, tags=[["A", f"30023:{MINE}:7"], ["a", f"30023:{MINE}:7"]])
    assert comment.post.reply_to.value == f"30023:{MINE}:7"
    assert heard(kind=5, tags=[["e", root], ["k", "1"]]) == Deleted(actor=BOB, post=WireId(NOSTR, root))
    assert heard(kind=5, tags=[["e", root], ["k", "7"]]) == Undone(actor=BOB, change=WireId(NOSTR, root))
    assert isinstance(heard(kind=62, tags=[["relay", "ALL_RELAYS"]]), Vanished)


def test_an_article_comes_again_as_an_edit() -> None:
    tags = [["d", "tea"], ["title", "On <b>tea</b>"], ["published_at", str(NOW - 100)]]
    change = heard("# Tea\n\n<img src=x onerror=y> **hot**", kind=30023, tags=tags)
    assert isinstance(change, Edited)
    assert change.post.id.value == f"30023:{BOB.value}:tea"
    assert (change.post.published, change.post.edited) == ((NOW - 100) * 1000, NOW * 1000)
    assert "<strong>hot</strong>" in change.post.html
    assert "<img" not in change.post.html


@pytest.mark.parametrize(
    ("kind", "content", "tags"),
    [(7, "-", [["e", "1" * 64]]), (7, "+", []), (6, "", []), (5, "", [["e", "x"]]), (62, "", [["relay", "wss://x"]]),
     (5, "", [["a", f"30023:{MINE}:not-yours"]]), (1, "x", [["proxy", f"{ORIGIN}/p/1", "activitypub"]]),
     (1, "x", [["expiration", "99999999999"]]), (9_999, "", [])],
)  # fmt: skip
def test_what_means_nothing_here_is_ignored(kind: int, content: str, tags: list[list[str]]) -> None:
    assert isinstance(changes_of(an_event("bob", content, kind=kind, tags=tags), WHERE), Ignored)


def test_what_is_no_event_is_refused() -> None:
    assert isinstance(read(b"[", WHERE), Refused)
    assert isinstance(read(encode(replace(an_event(), id="x")), WHERE), Refused)


_texts = st.text(max_size=60) | st.sampled_from(
    ["nostr:npub1qqqq", "nostr:nevent1", "https://x/a.png", "1" * 64, f"30023:{'1' * 64}:", "\0", "0:::", "<script>x"]
)
_tags = st.lists(
    st.tuples(
        st.sampled_from(["e", "p", "a", "q", "t", "imeta", "emoji", "k", "proxy", "d", "l", "published_at", "E", ""]),
        _texts,
        _texts,
    ).map(list)
    | st.lists(_texts, max_size=3),
    max_size=8,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([0, 1, 3, 5, 6, 7, 16, 62, 1111, 30023]), _texts, _tags)
def test_no_event_is_too_strange_to_be_read(kind: int, content: str, tags: list[list[str]]) -> None:
    event = a_sketch("bob", "", kind=kind)
    strange = Event(event.id, event.pubkey, NOW, kind, tags, content, event.sig)
    glance_at(strange, WHERE)
    copied(strange)
    reading = changes_of(strange, WHERE)
    if isinstance(reading, Changes):
        posts = [change.post for change in reading.changes if isinstance(change, Posted | Edited)]
        assert all("<script" not in post.html for post in posts)


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text(), lambda each: st.dictionaries(st.text(), each)).map(
    lambda value: json.encode(value) if _is_json(value) else b""
))  # fmt: skip
def test_a_document_of_names_is_read_or_is_none(body: bytes) -> None:
    assert read_names(body, "ann") is None or isinstance(read_names(body, "ann"), Named)


def _is_json(value: Any) -> bool:
    try:
        json.encode(value)
    except UnicodeEncodeError:
        return False
    return True


def test_names_that_are_written_are_read() -> None:
    body = write_names({"ann": MINE}, HOME.relay)
    assert read_names(body, "ANN") == Named(MINE, (HOME.relay,))
    assert read_names(body, "bob") is None


def test_a_name_of_a_person_is_the_key_as_people_write_it() -> None:
    assert heard("x", kind=0).profile.handle == (write_entity(Key(BOB.value)), "nostr")
