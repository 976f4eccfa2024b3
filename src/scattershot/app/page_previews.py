"""What a page's head, or what its oEmbed document says, makes of a preview; and which page a post shows. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from msgspec import DecodeError, json
from msgspec.structs import replace

from scattershot.domain.ids import Millis
from scattershot.domain.post import Post
from scattershot.domain.preview import Preview, Sort
from scattershot.domain.trending import shared_page
from scattershot.wirekit.dates import parse_rfc3339
from scattershot.wirekit.html import clean_text, links_in, plain_text
from scattershot.wirekit.languages import language_tag
from scattershot.wirekit.page_head import Head, absolute
from scattershot.wirekit.rel_me import attributes_of
from scattershot.wirekit.urls import normal_url, parse_url

MAX_LOOKED_AT = 40
"""Links of a post among which the first that leads to a page is looked for."""
MAX_TITLE, MAX_ABOUT, MAX_NAME = 300, 600, 150
MAX_SIDE = 10_000
OEMBED = ("application/json+oembed", "text/json+oembed")


def page_of(post: Post, own: tuple[str, ...], quoted: str = "") -> str:
    """The page that the post's first link leads to, in one spelling; empty where there is none.

    People it names, its hashtags, its attachments, what it quotes (`quoted` is that one's page) and pages of `own`
    hosts are none.
    """
    named = {mention.url for mention in post.mentions} | {mention.id.value for mention in post.mentions}
    named |= {each.url for each in post.attachments} | {quoted}
    if post.quote is not None:
        named.add(post.quote.value)
    for link in links_in(post.html)[:MAX_LOOKED_AT]:
        page = shared_page(link) if link not in named else ""
        parsed = parse_url(page) if page else None
        if parsed is not None and parsed.authority not in own:
            return page
    return ""


def preview_of(head: Head, url: str) -> Preview:
    """What the page at that address says of itself: OpenGraph, then Twitter's words, then plain HTML."""
    image = absolute(head.said("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "image"), url)
    player = absolute(head.said("twitter:player"), url)
    player = player if player.startswith("https://") else ""
    made = Preview(
        url=_canonical(head, url),
        title=clean_text(head.said("og:title", "twitter:title") or head.title, MAX_TITLE),
        about=clean_text(plain_text(head.said("og:description", "twitter:description", "description")), MAX_ABOUT),
        author=_name(head.said("og:article:author", "article:author", "author", "twitter:creator")),
        author_url=absolute(head.said("article:author", "og:article:author"), url)
        if "://" in head.said("article:author", "og:article:author")
        else "",
        provider=clean_text(head.said("og:site_name", "application-name"), MAX_NAME),
        provider_url="",
        image=image,
        image_alt=clean_text(head.said("og:image:alt", "twitter:image:alt"), MAX_ABOUT) if image else "",
        language=language_tag((head.said("og:locale") or head.language).replace("_", "-")),
        published=_moment(head.said("article:published_time", "og:article:published_time")),
    )
    if player:
        width, height = _side(head.said("twitter:player:width")), _side(head.said("twitter:player:height"))
        return replace(made, sort=Sort.VIDEO, embed=player, width=width, height=height)
    width, height = _side(head.said("og:image:width")), _side(head.said("og:image:height"))
    return replace(made, width=width, height=height) if image else made


def oembed_of(head: Head, url: str) -> str:
    """Where the page's oEmbed document is; empty where it has none."""
    return absolute(head.linked("alternate", *OEMBED), url)


def with_oembed(preview: Preview, body: bytes, base: str) -> Preview:
    """The preview with what the page's oEmbed document adds; one that makes no sense, or says it needs markup of its
    own, adds nothing."""
    try:
        said = json.decode(body)
    except (DecodeError, UnicodeDecodeError, RecursionError):
        return preview
    if not isinstance(said, dict):
        return preview
    named = replace(
        preview,
        title=preview.title or clean_text(_text(said, "title"), MAX_TITLE),
        author=_name(_text(said, "author_name")) or preview.author,
        author_url=absolute(_text(said, "author_url"), base) or preview.author_url,
        provider=clean_text(_text(said, "provider_name"), MAX_NAME) or preview.provider,
        provider_url=absolute(_text(said, "provider_url"), base) or preview.provider_url,
        image=preview.image or absolute(_text(said, "thumbnail_url"), base),
    )
    width, height = _side(said.get("width")), _side(said.get("height"))
    match _text(said, "type"):
        case "photo" if picture := absolute(_text(said, "url"), base):
            return replace(named, sort=Sort.PHOTO, embed=picture, image=picture, width=width, height=height)
        case "video" if frame := _frame(_text(said, "html"), base):
            return replace(named, sort=Sort.VIDEO, embed=frame, width=width, height=height)
        case _:
            return named


def _frame(html: str, base: str) -> str:
    """The https address of the frame that an oEmbed document wishes to be shown; nothing else of it is taken."""
    start = html.lower().find("<iframe")
    if start < 0:
        return ""
    address = absolute(attributes_of(html[start : start + 4_096].partition(">")[0] + ">").get("src", ""), base)
    return address if address.startswith("https://") else ""


def _canonical(head: Head, url: str) -> str:
    """The page's lasting address where it names one at the same host, which is where it may speak for itself."""
    named = absolute(head.linked("canonical") or head.said("og:url"), url)
    same = bool(named) and urlsplit(named).hostname == urlsplit(url).hostname
    return (normal_url(named, fragment=False) or url) if same else url


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""


def _name(text: str) -> str:
    return "" if "://" in text else clean_text(text, MAX_NAME)


def _side(value: object) -> int:
    text = str(value).strip().removesuffix("px") if isinstance(value, str | int) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= MAX_SIDE else 0


def _moment(text: str) -> Millis | None:
    moment = parse_rfc3339(text)
    return Millis(moment) if moment is not None and moment > 0 else None
