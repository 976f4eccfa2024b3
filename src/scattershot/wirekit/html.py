"""HTML from strangers: cleaned by an allow-list, or turned into plain text. What leaves here may be shown.

The size is cut and the tags are counted before anything is parsed, since a parser's time and its output can grow with
the square of the nesting.
"""

import html as _entities
import re

import nh3

MAX_HTML_CHARS = 128 * 1024
"""Long enough for an article; what goes beyond is cut."""
MAX_TAGS = 4_000
MAX_DEEP_TAGS = 600
"""A text with more block or formatting tags of one sort left open than this is shown as text without any."""
MAX_TEXT_CHARS = 500

_TAGS = {
    "p", "br", "span", "a", "del", "s", "pre", "blockquote", "code", "b", "strong", "u", "i", "em", "sub", "sup",
    "small", "ul", "ol", "li", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ruby", "rt", "rp",
}  # fmt: skip
_LINK_CLASSES = {"u-url", "mention", "hashtag", "status-link", "unhandled-link", "quote-link"}
_CLASSES = {
    "a": _LINK_CLASSES,
    "span": {"h-card", "mention", "hashtag", "ellipsis", "invisible", "quote-inline", "reference-link-inline", "emoji"},
    "p": {"quote-inline", "reference-link-inline"},
    "blockquote": {"quote-inline"},
}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={"script", "style", "iframe", "object", "template", "noscript", "textarea", "title", "svg"},
    attributes={"*": {"lang", "dir"}, "a": {"href", "translate"}, "span": {"translate"}, "ol": {"start", "reversed"}},
    allowed_classes=_CLASSES,
    url_schemes={"http", "https", "mailto", "xmpp", "magnet", "gemini"},
    url_relative="deny",
    link_rel="nofollow noopener noreferrer",
)

_TAG = re.compile(r"<(?:[a-zA-Z/!?][^>]*)?>?")
_HIDDEN = re.compile(r"<(script|style|template|noscript|textarea|title)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_LINE = re.compile(r"<br\s*/?>|</(?:li|div|tr|h[1-6])\s*>|<hr\s*/?>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"</(?:p|blockquote|pre|ul|ol)\s*>", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n]+")
_EMPTY_LINES = re.compile(r"\n{3,}")
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:[a-zA-Z]{2,31}|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});")

_LINE_BREAKS = "\t\n\x0b\x0c\r\x85\u2028\u2029"
_OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_CONTROLS = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
_UNWANTED = re.compile(f"[{re.escape(_CONTROLS)}{_LINE_BREAKS}{_OVERRIDES}\ud800-\udfff]")
_UNWANTED_IN_SOURCE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean_html(html: str) -> str:
    """The HTML that may be shown of it: no picture, script, style, form, relative link or foreign class."""
    if "<" not in html and "&" not in html and "\x00" not in html:
        return html[:MAX_HTML_CHARS].replace(">", "&gt;")
    html = html[:MAX_HTML_CHARS]
    tags = html.count("<")
    if tags > MAX_DEEP_TAGS and (tags > MAX_TAGS or tags - 2 * html.count("</") > MAX_DEEP_TAGS):
        return as_html(plain_text(html))
    return _CLEANER.clean(html)


def as_html(text: str) -> str:
    """Plain text as HTML: paragraphs at empty lines, line breaks elsewhere."""
    escaped = _entities.escape(text.strip(), quote=False)
    paragraphs = (part.strip("\n").replace("\n", "<br>") for part in re.split(r"\n{2,}", escaped.replace("\r\n", "\n")))
    return "".join(f"<p>{part}</p>" for part in paragraphs if part)


def clean_text(text: str, longest: int = MAX_TEXT_CHARS) -> str:
    """One line of plain text: no control character and none that turns the direction of what follows; cut to length."""
    if _UNWANTED.search(text[: 4 * longest]):
        text = _UNWANTED.sub(lambda found: " " if found[0] in _LINE_BREAKS else "", text[: 4 * longest])
    return text.strip()[:longest].rstrip()


def clean_source(text: str, longest: int = MAX_HTML_CHARS) -> str:
    """Plain text of many lines without control characters, cut to length."""
    return _UNWANTED_IN_SOURCE.sub("", text[:longest])


def plain_text(html: str) -> str:
    """What the HTML says in words, for notifications, feeds and search; it is plain text and must be escaped again."""
    html = html[:MAX_HTML_CHARS]
    if "<" in html:
        html = _HIDDEN.sub("", html) if "</" in html else html
        html = _PARAGRAPH.sub("\n\n", _LINE.sub("\n", _SPACES.sub(" ", html)))
        html = _TAG.sub(lambda found: found[0] if found[0] == "<" else "", html)
        html = _EMPTY_LINES.sub("\n\n", html.replace("\n ", "\n").replace(" \n", "\n"))
    return clean_source(_entities.unescape(html)).strip()


def text_of_either(text: str) -> str:
    """Plain text of a value that some servers send as text and some as HTML, such as a content warning."""
    return plain_text(text) if _MARKUP.search(text) else text


_ANCHOR = re.compile(r"<a\b([^>]*)>", re.IGNORECASE)
_QUOTED = re.compile(r"<(p|span|blockquote)\b[^>]*\bquote-inline\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_HREF = re.compile(r"""\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_NAMING = re.compile(
    r"""\bclass\s*=\s*["'][^"']*\b(?:mention|hashtag)\b|\brel\s*=\s*["'][^"']*\btag\b""", re.IGNORECASE
)


def links_in(html: str) -> list[str]:
    """The addresses that clean HTML links to, each once, without those of mentions, hashtags and the post it quotes."""
    if "<a" not in html:
        return []
    if "quote-inline" in html:
        html = _QUOTED.sub("", html)
    found: dict[str, None] = {}
    for anchor in _ANCHOR.finditer(html):
        href = None if _NAMING.search(anchor[1]) else _HREF.search(anchor[1])
        if href is not None:
            found[_entities.unescape(href[1] if href[1] is not None else href[2])] = None
    return list(found)
