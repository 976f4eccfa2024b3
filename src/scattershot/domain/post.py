"""Posts: one message of a microblog, with whom it is for."""

from enum import StrEnum
from html import escape

from msgspec import Struct

from scattershot.domain.ids import MediaId, Millis
from scattershot.domain.media import MediaKind, kind_of
from scattershot.domain.microblog import Emoji, Profile
from scattershot.domain.terms import Terms
from scattershot.domain.wire_id import WireId


class Audience(StrEnum):
    """Who may read a post. Computed once, on the way in."""

    PUBLIC = "public"
    """Everyone, and public timelines show it."""
    UNLISTED = "unlisted"
    """Everyone who comes by it, but public timelines do not show it."""
    FOLLOWERS = "followers"
    """The author's followers and whoever is mentioned."""
    MENTIONED = "mentioned"
    """Whoever is mentioned or addressed, and nobody else."""
    LOCAL = "local"
    """Those who sign in at the author's node; it never leaves."""

    @property
    def is_open(self) -> bool:
        """Readable by anyone at all, so that it may be boosted and shown on a page."""
        return self in (Audience.PUBLIC, Audience.UNLISTED)


class Form(StrEnum):
    """What sort of message it is."""

    NOTE = "note"
    ARTICLE = "article"
    QUESTION = "question"


class Mention(Struct, frozen=True, array_like=True):
    """Somebody named in a post, `name` as it was written (`@ann@example.org`, or empty)."""

    id: WireId
    name: str = ""
    url: str = ""


class Attachment(Struct, frozen=True, omit_defaults=True):
    """A picture, sound, film or file shown with a post; `alt` says it in words."""

    url: str
    media_type: str = ""
    alt: str = ""
    width: int = 0
    height: int = 0
    blurhash: str = ""
    focus: tuple[float, float] | None = None
    thumbnail: str = ""
    media: MediaId = MediaId(0)
    """The upload it is, where it was uploaded here; 0 for what is kept elsewhere."""
    kind: MediaKind = MediaKind.UNKNOWN
    """Known of what was uploaded here; what others send says no more than `media_type`, so ask `shown_as`."""
    thumbnail_width: int = 0
    thumbnail_height: int = 0
    duration: float = 0.0
    """Seconds, of a sound or film."""
    frame_rate: str = ""
    bit_rate: int = 0

    @property
    def shown_as(self) -> MediaKind:
        """What sort of thing it is to whoever looks at it."""
        return self.kind if self.kind is not MediaKind.UNKNOWN else kind_of(self.media_type)


class Option(Struct, frozen=True, array_like=True):
    """One answer of a poll and how many chose it; `name` is what its wire calls it, where that is not by its words."""

    text: str
    votes: int = 0
    name: str = ""


class Poll(Struct, frozen=True, omit_defaults=True):
    """A question with answers to choose from."""

    options: tuple[Option, ...]
    multiple: bool = False
    ends: Millis | None = None
    closed: Millis | None = None
    voters: int = 0
    hides_totals: bool = False
    """How it stands is shown only when it is over."""
    counted_here: bool = False
    """Nobody tells how it stands: every node counts the votes that it hears of."""

    def place_of(self, choice: str, option: str) -> int | None:
        """Which answer that is: by its words, or by what the wire calls it, were it only its number."""
        for place, one in enumerate(self.options):
            if (option and option == (one.name or str(place))) or (not option and choice == one.text):
                return place
        return None


class MadeWith(Struct, frozen=True, array_like=True):
    """The program by which somebody here wrote a post; the website is an http(s) address or empty."""

    name: str
    website: str = ""


class Post(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message. `html` is clean; `warning` and `title` are plain text; `translations` are clean HTML by language."""

    id: WireId
    author: WireId
    published: Millis
    audience: Audience
    html: str = ""
    form: Form = Form.NOTE
    url: str = ""
    title: str = ""
    summary: str = ""
    """What an article says in short, where that is told apart from its text."""
    warning: str = ""
    sensitive: bool = False
    language: str = ""
    translations: dict[str, str] = {}
    source: str = ""
    """What the author typed, where that is known."""
    source_type: str = ""
    reply_to: WireId | None = None
    quote: WireId | None = None
    quote_unasked: bool = False
    """It says what it quotes in an older spelling alone, of software that asks nobody."""
    quote_stamp: WireId | None = None
    """By which the quoted author's node proves that it consents (FEP-044f), as the post says."""
    reply_stamp: WireId | None = None
    """By which the node of whom it answers proves that it may."""
    terms: Terms = Terms()
    conversation: str = ""
    mentions: tuple[Mention, ...] = ()
    addressed: tuple[WireId, ...] = ()
    """Whoever it is also for without being named in the text."""
    tags: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    emojis: tuple[Emoji, ...] = ()
    poll: Poll | None = None
    edited: Millis | None = None
    writer: Mention | None = None
    """Who of its keepers wrote it, where the author names them; believed where `may_name` says so."""
    copy_of: WireId | None = None
    """What it says that it is a copy of, made by a bridge or by its author: whatever is said there counts."""
    also: tuple[WireId, ...] = ()
    """Other names by which its author says that it is known on other wires; believed where the other says the same."""
    made_with: MadeWith | None = None
    """Known of posts written here; told to those who read them here, unless the author would rather not."""

    def claims(self, name: WireId) -> bool:
        """Whether it says that it is the same as what has that name."""
        return name == self.copy_of or name in self.also

    @property
    def hearers(self) -> frozenset[WireId]:
        """Everybody it is for by name, said in the text or not."""
        return frozenset(mention.id for mention in self.mentions) | frozenset(self.addressed)


def may_name(author: WireId, writer: Profile) -> bool:
    """Whether a microblog may name that one as the writer of a post: only one that says itself that it writes for it.

    So nobody is made the writer of what they never wrote, neither by another node nor by a neighbour on their own.
    """
    return author.value in writer.writes_for and author != writer.id


def byline(writer: Mention) -> str:
    """Who wrote it, as a last paragraph of the text: for readers who know posts by one author only."""
    page = escape(writer.url or writer.id.value)
    return f'<p class="{BYLINE}">— <a href="{page}" class="u-url">{escape(writer.name)}</a></p>'


BYLINE = "byline"
"""The class by which that paragraph is known again."""
