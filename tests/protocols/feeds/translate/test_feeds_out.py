"""Posts as entries: nothing is lost that a reader could show."""

from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Profile
from scattershot.domain.post import Attachment, Audience, Option, Poll, Post
from scattershot.domain.wire_id import ACTIVITYPUB, WireId
from scattershot.protocols.feeds.translate.feeds_out import Shown, entry_of
from scattershot.protocols.feeds.wire.feed import Answered, Author

ANN = Profile(id=WireId(ACTIVITYPUB, "https://a.example/u/1"), name="ann", domain="a.example", display_name="Ann")
BEA = Profile(
    id=WireId(ACTIVITYPUB, "https://a.example/u/2"), name="bea", domain="a.example", url="https://a.example/@bea"
)


def a_post(**more: object) -> Post:
    given = {"html": "<p>Hi</p>", "published": Millis(1_000), "audience": Audience.PUBLIC, **more}
    return Post(id=WireId(ACTIVITYPUB, "https://a.example/p/1"), author=ANN.id, **given)  # type: ignore[arg-type]


def shown(**more: object) -> Shown:
    return Shown(a_post(**more), "https://a.example/@ann/1", ANN)


def test_a_post_is_an_entry_under_its_own_name() -> None:
    entry = entry_of(shown(tags=("tea",), language="en", edited=Millis(2_000)))
    assert (entry.id, entry.url, entry.title) == ("https://a.example/p/1", "https://a.example/@ann/1", "")
    assert (entry.published, entry.updated, entry.tags, entry.language) == (1_000, 2_000, ("tea",), "en")
    assert entry.authors == (Author("Ann", "https://a.example/u/1"),)


def test_a_keeper_who_wrote_it_is_its_author() -> None:
    entry = entry_of(shown()._replace(writer=BEA))
    assert entry.authors == (Author("bea", "https://a.example/@bea"),)


def test_a_warning_stands_before_the_text_and_hides_the_source() -> None:
    entry = entry_of(shown(warning="<eek>", source="*Hi*", source_type="text/markdown", sensitive=True))
    assert entry.html == "<p><strong>&lt;eek&gt;</strong></p><hr><p>Hi</p>"
    assert (entry.markdown, entry.sensitive) == ("", True)


def test_markdown_is_passed_on_and_plain_text_is_not() -> None:
    assert entry_of(shown(source="*Hi*", source_type="text/markdown")).markdown == "*Hi*"
    assert entry_of(shown(source="Hi", source_type="text/plain")).markdown == ""


def test_a_poll_and_a_quote_are_told_in_the_text() -> None:
    poll = Poll((Option("Tea & milk"), Option("Coffee")))
    entry = entry_of(shown(poll=poll)._replace(quoted="https://b.example/9"))
    assert "<ul><li>○ Tea &amp; milk</li><li>○ Coffee</li></ul>" in entry.html
    assert entry.html.endswith('<p>RE: <a href="https://b.example/9">https://b.example/9</a></p>')


def test_pictures_are_enclosures_with_their_words() -> None:
    picture = Attachment(url="https://a.example/media/1.png", media_type="image/png", alt="A cat", width=4, height=3)
    [file] = entry_of(shown(attachments=(picture, Attachment(url="")))).enclosures
    assert (file.url, file.alt, file.width, file.media_type) == (picture.url, "A cat", 4, "image/png")


def test_an_answer_says_what_it_answers() -> None:
    entry = entry_of(shown(reply_to=WireId(ACTIVITYPUB, "https://b.example/9")))
    assert entry.answers == Answered("https://b.example/9", "https://b.example/9")
