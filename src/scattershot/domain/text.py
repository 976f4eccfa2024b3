"""What people type becomes HTML: links, mentions and hashtags are found in plain text and nothing is taken away."""

import re
from collections.abc import Callable, Mapping
from html import escape, unescape
from typing import NamedTuple

from scattershot.domain.microblog import Handle, parse_handle
from scattershot.domain.post import Mention
from scattershot.domain.wire_id import WireId

MAX_MENTIONS = 100
"""More names than this in one post are text only: a flood reaches nobody."""

_TOKENS = re.compile(
    r"(?P<url>https?://[^\s<>\"'`{}|\\^]+)"
    r"|(?<![\w@/.:+-])(?P<mention>@[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?"
    r"(?:@[\w](?:[\w.-]*\w)?(?::\d{1,5})?)?)"
    r"|(?<![\w#/&])(?P<tag>\#[^\W_][\w·]*|\#\w*[^\W\d_]\w*)"
)
_CLOSERS = {")": "(", "]": "["}


class Composed(NamedTuple):
    """A post's text made ready: clean HTML, whom it names, its hashtags as written, without the sign."""

    html: str
    mentions: tuple[Mention, ...]
    tags: tuple[str, ...]


def handles_in(source: str) -> list[Handle]:
    """The handles a text names, each once; one without a domain is somebody here."""
    found = (parse_handle(match["mention"]) for match in _TOKENS.finditer(source) if match["mention"])
    return list(dict.fromkeys(handle for handle in found if handle is not None))[:MAX_MENTIONS]


class Weaver:
    """Finds links, mentions and hashtags in lines of one text, and remembers whom and what it found."""

    def __init__(self, known: Mapping[Handle, Mention], tag_page: Callable[[str], str]) -> None:
        self._known, self._tag_page = known, tag_page
        self._mentions: dict[WireId, Mention] = {}
        self._tags: dict[str, str] = {}

    def line(self, text: str) -> str:
        """HTML of a line of plain text."""
        out, end = [], 0
        for match in _TOKENS.finditer(text):
            out += [escape(text[end : match.start()], quote=False), self._token(match)]
            end = match.end()
        return "".join([*out, escape(text[end:], quote=False)])

    def woven(self, html: str) -> Composed:
        """The finished text with what was found in it."""
        return Composed(html, tuple(self._mentions.values()), tuple(self._tags.values()))

    def _token(self, match: re.Match[str]) -> str:
        if match["url"]:
            return _link(match["url"])
        if match["tag"]:
            return self._tag(match["tag"])
        handle = parse_handle(match["mention"])
        mention = self._known.get(handle) if handle is not None else None
        if handle is None or mention is None:
            return escape(match["mention"])
        self._mentions[mention.id] = mention
        page = escape(mention.url or mention.id.value)
        inner = f'<a href="{page}" class="u-url mention">@<span>{escape(handle.name)}</span></a>'
        return f'<span class="h-card">{inner}</span>'

    def _tag(self, text: str) -> str:
        name = text[1:]
        if name.isdigit():
            return escape(text)
        self._tags.setdefault(name.lower(), name)
        page = escape(self._tag_page(name.lower()))
        return f'<a href="{page}" class="mention hashtag" rel="tag">#<span>{escape(name)}</span></a>'


def compose(source: str, known: Mapping[Handle, Mention], tag_page: Callable[[str], str]) -> Composed:
    """HTML of a plain text; handles not in `known` stay text. Blank lines part paragraphs, others are line breaks."""
    weaver = Weaver(known, tag_page)
    text = source.replace("\r\n", "\n").replace("\r", "\n").strip()
    paragraphs = [p for p in re.split(r"\n{2,}", text) if p.strip()]
    return weaver.woven("".join(f"<p>{'<br>'.join(map(weaver.line, p.split(chr(10))))}</p>" for p in paragraphs))


def _link(url: str) -> str:
    """A link that shows its host and a little more; marks that end a sentence are not part of it."""
    address, rest = url, ""
    while address and (address[-1] in ".,;:!?'" or _is_unopened(address)):
        address, rest = address[:-1], address[-1] + rest
    shown = address.partition("://")[2]
    if not shown:
        return escape(url)
    shown = shown.removeprefix("www.")
    prefix = address[: len(address) - len(shown)]
    head, tail = shown[:30], shown[30:]
    dots = ' class="ellipsis"' if tail else ""
    hidden = f'<span class="invisible">{escape(tail)}</span>' if tail else ""
    return (
        f'<a href="{escape(address)}" rel="nofollow noopener noreferrer" target="_blank">'
        f'<span class="invisible">{escape(prefix)}</span><span{dots}>{escape(head)}</span>{hidden}</a>{escape(rest)}'
    )


def _is_unopened(address: str) -> bool:
    opener = _CLOSERS.get(address[-1])
    return opener is not None and address.count(opener) < address.count(address[-1])


def typed(html: str) -> str:
    """What was typed, from the HTML that `compose` made of it."""
    broken = html.replace("</p><p>", "\n\n").replace("<br>", "\n")
    return unescape(re.sub(r"<[^>]*>", "", broken))
