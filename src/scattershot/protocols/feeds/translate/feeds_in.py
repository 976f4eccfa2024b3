"""Feeds as microblogs, and their entries as posts.

The body of an arrival is the feed as it came, in UTF-8, after one line with the address at which it was found: what it
says is relative to that.
"""

import re
import unicodedata
from hashlib import blake2b
from html import escape
from urllib.parse import urlsplit

from scattershot.domain.change import Change, Edited, ProfileChanged
from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Profile, Voice
from scattershot.domain.post import Attachment, Audience, Form, Post
from scattershot.domain.reading import Arrival, Changes, Reading, Refused
from scattershot.domain.source import entry_name
from scattershot.domain.terms import Rule, Terms
from scattershot.domain.wire_id import WireId
from scattershot.protocols.feeds.wire.decoding import decode
from scattershot.protocols.feeds.wire.feed import Enclosure, Entry, Feed, NotAFeed
from scattershot.protocols.feeds.wire.moments import credible
from scattershot.protocols.feeds.wire.reading import read_feed, read_page
from scattershot.wirekit.html import as_html, clean_html, clean_source, clean_text, plain_text
from scattershot.wirekit.languages import language_tag
from scattershot.wirekit.urls import host_of, parse_url

LONG = 600
"""Characters from which an entry with a title is an article."""
SUMMARY = 500
MAX_TAGS = 32
MAX_ATTACHMENTS = 16
MAX_BIO = 2_000
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")
_APOSTROPHES = re.compile("['\u2019]")
_PICTURE = re.compile(r"<img\b[^>]{1,4000}>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(src|alt|width|height)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_NOT_READ = ("blog", "feed", "feeds", "rss", "www")


def enveloped(body: bytes, content_type: str, address: str) -> bytes:
    """What was found there, as an arrival holds it."""
    return f"{address}\n{decode(body, content_type)}".encode("utf-8", "replace")


def feed_in(body: bytes) -> tuple[str, Feed | NotAFeed]:
    """Where it was found, and the feed; a page is read for the entries that it marks up itself."""
    first, _, text = body.partition(b"\n")
    address = first.decode("utf-8", "replace")
    if parse_url(address) is None:
        return "", NotAFeed("not_a_feed", "It does not say where it was found.")
    feed = read_feed(text, "", address)
    if isinstance(feed, NotAFeed) and feed.why == "html":
        feed = read_page(text, "", address).feed or feed
    return address, feed


def read_arrival(arrival: Arrival, feed: Feed | NotAFeed | None = None) -> Reading:
    """Its profile and its entries, oldest first; each may be new, or read otherwise than before. `feed` is what is in
    its body, where that was read already."""
    if arrival.sender is None:
        return Refused("no_sender")
    if feed is None:
        _, feed = feed_in(arrival.body)
    if isinstance(feed, NotAFeed):
        return Refused(feed.why, feed.detail)
    digest = blake2b(arrival.body, digest_size=16).hexdigest()  # two pushes may be of one moment
    changes = changes_of(feed, arrival.sender, arrival.at)
    return changes._replace(name=f"{changes.name} {digest}")


def changes_of(feed: Feed, source: WireId, at: Millis) -> Changes:
    """What the feed says; `at` is when we heard it, which nothing can have been written after."""
    posts = [post_of(entry, feed, source, at, place) for place, entry in enumerate(feed.entries)]
    posts.sort(key=lambda post: post.published)
    changes: tuple[Change, ...] = (
        ProfileChanged(actor=source, profile=profile_of(feed, source)),
        *(Edited(actor=source, post=post) for post in posts),
    )
    return Changes(changes, f"{source.value} {at}")


def profile_of(feed: Feed, source: WireId, actor: str = "") -> Profile:
    """The feed as a microblog; `actor` is the ActivityPub actor that its page names."""
    domain = host_of(source.value) or ""
    title = clean_text(feed.title, 100)
    page = feed.home if host_of(feed.home) else source.value
    return Profile(
        id=source,
        name=_name(title, source.value),
        domain=domain,
        display_name=title or domain,
        bio=clean_html(feed.description[:MAX_BIO]),
        url=page,
        voice=Voice.SERVICE,
        indexable=True,
        avatar=feed.icon if parse_url(feed.icon) is not None else "",
        doors={"feed": source.value} | ({"actor": actor} if actor else {}),
    )


def _name(title: str, address: str) -> str:
    """A name that can be typed: of the title, or of where the feed is."""
    for text in (title, urlsplit(address).path.rpartition("/")[2].partition(".")[0].lstrip("@")):
        plain = (
            unicodedata.normalize("NFKD", text.replace("'", "").replace("\u2019", ""))
            .encode("ascii", "ignore")
            .decode()
            .lower()
        )
        name = _NOT_IN_NAMES.sub("_", plain).strip("_")[:30].strip("_")
        if len(name) > 1 and name not in ("index", "atom"):
            return name
    labels = [label for label in (host_of(address) or "").partition(":")[0].split(".") if label not in _NOT_READ]
    return _NOT_IN_NAMES.sub("_", labels[0] if labels else "feed").strip("_") or "feed"


def post_of(entry: Entry, feed: Feed, source: WireId, at: Millis, place: int) -> Post:
    """The entry as a post; one that does not say when it was written is of now, in its place of the feed."""
    told = credible(entry.published, entry.updated, at)
    title, html = _words(entry)
    return Post(
        id=entry_name(source.value, entry.id),
        author=source,
        published=Millis(told if told < at else at - place),
        audience=Audience.PUBLIC,
        html=html,
        form=Form.ARTICLE if title else Form.NOTE,
        url=entry.url,
        title=title,
        summary=_summary(entry, html) if title else "",
        sensitive=entry.sensitive,
        language=language_tag(entry.language or feed.language),
        source=clean_source(entry.markdown),
        source_type="text/markdown" if entry.markdown else "",
        terms=Terms(quotes=Rule()),
        tags=_tags(entry),
        attachments=_attachments(entry),
    )


def _words(entry: Entry) -> tuple[str, str]:
    """A title for what is long, and clean HTML. A short entry is a note: its title stands in its text."""
    title = clean_text(plain_text(entry.title), 300)
    html = clean_html(entry.html or entry.summary)
    text = plain_text(html)
    if title and len(text) >= LONG:
        return title, html
    link = entry.external_url or entry.url
    parts = []
    if title and not _begins_with(text, title):
        said = escape(title)
        parts.append(f'<p><a href="{escape(link)}">{said}</a></p>' if link else f"<p><strong>{said}</strong></p>")
    parts.append(html if "<p" in html or not html else f"<p>{html}</p>")
    if entry.external_url and not title and entry.external_url not in html:
        parts.append(f'<p><a href="{escape(entry.external_url)}">{escape(entry.external_url)}</a></p>')
    if not "".join(parts) and entry.url:
        parts.append(f'<p><a href="{escape(entry.url)}">{escape(entry.url)}</a></p>')
    return "", clean_html("".join(parts))


def _begins_with(text: str, title: str) -> bool:
    """Whether the title is only the beginning of the text, as of those who must have one and have none."""
    bare = title.rstrip("….").strip()
    return " ".join(text.split()).startswith(" ".join(bare.split()))


def _summary(entry: Entry, html: str) -> str:
    """What the feed says in short of a long entry, where that is not all it says."""
    said = plain_text(entry.summary) if entry.html else ""
    return clean_text(" ".join(said.split()), SUMMARY) if said and said != plain_text(html) else ""


def _tags(entry: Entry) -> tuple[str, ...]:
    found = (re.sub(r"[^\w]+", "", clean_text(tag, 100)) for tag in entry.tags)
    return tuple({tag.lower(): tag for tag in found if tag and not tag.isdecimal()}.values())[:MAX_TAGS]


def _attachments(entry: Entry) -> tuple[Attachment, ...]:
    """Its files, and the pictures in its text, which the cleaner takes out."""
    found = {each.url: _attachment(each) for each in entry.enclosures if parse_url(each.url) is not None}
    for picture in _PICTURE.findall((entry.html or entry.summary)[:400_000]):
        said = {name.lower(): as_text(one or other) for name, one, other in _ATTRIBUTE.findall(picture)}
        address = said.get("src", "")
        tiny = said.get("width") in ("0", "1") or said.get("height") in ("0", "1")
        if parse_url(address) is not None and not tiny:
            found.setdefault(address, Attachment(address, "image/*", clean_text(said.get("alt", ""), 1_500)))
    return tuple(found.values())[:MAX_ATTACHMENTS]


def as_text(attribute: str) -> str:
    """The value of an attribute without its entities."""
    return plain_text(as_html(attribute) if "<" in attribute else attribute)


def _attachment(each: Enclosure) -> Attachment:
    return Attachment(
        each.url, each.media_type, clean_text(each.alt, 1_500), each.width, each.height,
        thumbnail=each.thumbnail if parse_url(each.thumbnail) is not None else "", duration=each.seconds,
    )  # fmt: skip
