"""Links by which a page says whose it is (`rel=me`), found in HTML of any quality in one pass over it.

Only real links count: one that stands in a comment, a script or another element whose content is text was perhaps put
there by somebody else. A piece that cannot be told ends the search, and what was found before it counts.
"""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

MAX_TAG = 2_048
"""Characters of one tag; a longer one is passed over."""
MAX_LINKS = 5_000
"""Links that are looked at; what comes after so many is not."""
MAX_BROKEN = 1_000
"""Tags without an end that are passed over; so many are no page."""

_TEXTS = ("script", "style", "textarea", "title", "template", "noscript", "iframe", "xmp", "noembed", "noframes")
_OPENING = re.compile(rf"<(?:(!--)|({'|'.join(_TEXTS)})(?=[\s/>])|(a|link)(?=[\s/])|[a-z!?/])", re.IGNORECASE)
_END_OF_COMMENT = re.compile("-->")
_END = {name: re.compile(f"</{name}", re.IGNORECASE) for name in _TEXTS}
_TAG = re.compile(r"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")


class _Attributes(HTMLParser):
    """Reads the attributes of one tag."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        for name, value in reversed(attrs):  # of two of one name the first counts
            self.found[name] = value or ""


def attributes_of(tag: str) -> dict[str, str]:
    """The attributes of the text of one opening tag; none where it cannot be read."""
    parser = _Attributes()
    try:
        parser.feed(tag)
    except AssertionError:  # what the standard library raises at nonsense
        return {}
    return parser.found


def me_links(html: str, base: str = "") -> list[str]:
    """The addresses of the page's `rel=me` links, made absolute by the page's own address."""
    found: list[str] = []
    place, links, broken = 0, 0, 0
    while links < MAX_LINKS and broken < MAX_BROKEN and (opening := _OPENING.search(html, place)) is not None:
        comment, texts, link = opening.groups()
        if comment is not None or texts is not None:
            end = (_END_OF_COMMENT if comment is not None else _END[texts.lower()]).search(html, opening.end())
            if end is None:
                break
            place = end.end()
            continue
        tag = _TAG.match(html[opening.start() : opening.start() + MAX_TAG])
        place = opening.end() if tag is None else opening.start() + tag.end()
        broken += tag is None
        if tag is not None and link is not None:
            links += 1
            found.append(_absolute(_me(tag[0]), base))
    return [address for address in found if address]


def _me(tag: str) -> str:
    attributes = attributes_of(tag)
    is_me = "me" in attributes.get("rel", "").lower().split()
    return attributes.get("href", "").strip() if is_me else ""


def _absolute(address: str, base: str) -> str:
    try:
        made = urljoin(base, address) if address else ""
        urlsplit(made)
    except ValueError:
        return ""
    return made


class _Anchors(HTMLParser):
    """Reads what a short clean text shows, and where its links lead."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def sole_link(clean_html: str) -> str:
    """Where the text leads that is one link and shows its whole address; empty for any other: what is shown to be
    verified must be what was looked at."""
    parser = _Anchors()
    parser.feed(clean_html)
    parser.close()
    shown = "".join(parser.text).strip()
    if len(parser.links) != 1 or not shown:
        return ""
    [link] = parser.links
    return link if link.rstrip("/") == shown.rstrip("/") else ""
