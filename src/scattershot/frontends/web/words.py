"""Words for people: moments, counts, audiences and what happened, in plain English."""

import functools
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from html import escape, unescape
from typing import NamedTuple, TypeAlias
from urllib.parse import urlsplit

from scattershot.domain.microblog import Emoji, Profile
from scattershot.domain.post import Audience, Post
from scattershot.domain.quote import QuoteState
from scattershot.domain.terms import ALL, ONLY_THE_AUTHOR, Circle, Rule

MINUTE, _HOUR, _DAY = 60_000, 3_600_000, 86_400_000


Proxied: TypeAlias = Callable[[str], str]
"""Under which path of ours a picture, sound or film of any node is shown; empty for what cannot be."""


class Choice(NamedTuple):
    """An answer to choose from: what is sent, and what is read."""

    value: str
    words: str


AUDIENCES: Mapping[Audience, str] = {
    Audience.PUBLIC: "Everyone",
    Audience.UNLISTED: "Everyone, but not on public lists",
    Audience.FOLLOWERS: "My followers",
    Audience.MENTIONED: "Only those I name",
    Audience.LOCAL: "Only people on this node",
}

_NARROWER: Mapping[Audience, tuple[Audience, ...]] = {
    Audience.PUBLIC: tuple(AUDIENCES),
    Audience.UNLISTED: (Audience.UNLISTED, Audience.FOLLOWERS, Audience.MENTIONED, Audience.LOCAL),
    Audience.FOLLOWERS: (Audience.FOLLOWERS, Audience.MENTIONED),
    Audience.MENTIONED: (Audience.MENTIONED,),
    Audience.LOCAL: (Audience.LOCAL,),
}


def audiences_within(parent: Audience) -> tuple[Audience, ...]:
    """The audiences an answer to such a post may have: never a wider one."""
    return _NARROWER[parent]


class Allowed(NamedTuple):
    """A choice of whom a post lets do something."""

    rule: Rule
    words: str


REPLIES: Mapping[str, Allowed] = {
    "everyone": Allowed(ALL, "Whoever may read it"),
    "followers": Allowed(Rule((Circle.FOLLOWERS,)), "My followers and those I name"),
    "mentioned": Allowed(Rule((Circle.MENTIONED,)), "Only those I name"),
}
QUOTES: Mapping[str, Allowed] = {
    "everyone": Allowed(ALL, "Everyone"),
    "followers": Allowed(Rule((Circle.FOLLOWERS,)), "My followers"),
    "asked": Allowed(Rule((), (Circle.EVERYONE,)), "Everyone whom I let when asked"),
    "nobody": Allowed(ONLY_THE_AUTHOR, "Nobody but me"),
}
QUOTE_STATES: Mapping[QuoteState, str] = {
    QuoteState.PENDING: "The quoted post is shown here once its author has agreed.",
    QuoteState.REJECTED: "The author of the quoted post does not want it to be shown here.",
    QuoteState.REVOKED: "The author of the quoted post does not want it to be shown here any more.",
    QuoteState.DELETED: "The quoted post was deleted.",
    QuoteState.UNAUTHORIZED: "The quoted post cannot be shown to you.",
    QuoteState.MUTED: "The quoted post is by somebody you have muted.",
    QuoteState.BLOCKED: "The quoted post is by somebody you have blocked, or who has blocked you.",
}

NOTICES: Mapping[str, str] = {
    "mention": "mentioned you",
    "like": "liked your post",
    "boost": "boosted your post",
    "reaction": "reacted to your post",
    "quote": "quoted your post",
    "quoted_edit": "altered a post that you quoted",
    "follow": "follows you",
    "follow_request": "wishes to follow you",
    "poll": "asked, and the poll is over",
    "edit": "altered a post that you boosted",
    "sign_up": "signed up",
    "report": "reported somebody to you",
    "warning": "got a message from those who run this node",
    "severed": "lost follows, for nothing is exchanged any more",
}

NOTICE_SIGNS: Mapping[str, str] = {
    "mention": "reply", "like": "like", "boost": "boost", "reaction": "like", "quote": "quote", "quoted_edit": "edit",
    "follow": "person", "poll": "poll", "edit": "edit", "sign_up": "person", "report": "flag", "warning": "flag",
    "severed": "world",
}  # fmt: skip
"""By which sign a notification is known at a glance."""

_OF_MANY: Mapping[str, str] = {"follow": "follow you", "reaction": "liked your post or reacted to it"}
"""Where it reads otherwise of several; likes and reactions are told together."""


def noticed(kind: str, others: int) -> str:
    """What somebody did, of whom a notification tells, and so many others."""
    if others and kind in _OF_MANY:
        return _OF_MANY[kind]
    return NOTICES.get(kind, "did something")


LANGUAGES: Mapping[str, str] = {
    "ar": "العربية", "bn": "বাংলা", "ca": "Català", "cs": "Čeština", "da": "Dansk", "de": "Deutsch", "el": "Ελληνικά",
    "en": "English", "eo": "Esperanto", "es": "Español", "et": "Eesti", "eu": "Euskara", "fa": "فارسی", "fi": "Suomi",
    "fr": "Français", "ga": "Gaeilge", "gl": "Galego", "he": "עברית", "hi": "हिन्दी", "hu": "Magyar",
    "id": "Bahasa Indonesia", "is": "Íslenska", "it": "Italiano", "ja": "日本語", "ko": "한국어", "nl": "Nederlands",
    "no": "Norsk", "pl": "Polski", "pt": "Português", "ro": "Română", "ru": "Русский", "sv": "Svenska",
    "sw": "Kiswahili", "th": "ไทย", "tr": "Türkçe", "uk": "Українська", "vi": "Tiếng Việt", "zh": "中文",
}  # fmt: skip


def language_of(accept_language: str) -> str:
    """The first language a browser asks for that we know a name of, or none."""
    for part in accept_language[:200].split(","):
        code = part.partition(";")[0].strip().lower().partition("-")[0]
        if code in LANGUAGES:
            return code
    return ""


@functools.cache
def language_options(chosen: str) -> str:
    """The languages as options of a form."""
    return "".join(
        f'<option value="{code}" lang="{code}"{" selected" if code == chosen else ""}>{name}</option>'
        for code, name in LANGUAGES.items()
    )


def emoji_html(emoji: str, picture: str, proxied: Proxied) -> str:
    """An emoji with which one reacts: a node's own as its picture, where that can be shown."""
    words, url = escape(emoji), proxied(picture)
    if not url:
        return words
    return f'<img class="emoji" src="{escape(url)}" alt="{words}" title="{words}" loading="lazy">'


# -- moments


def _at(moment: int) -> datetime:
    """The moment in UTC; one beyond what a calendar holds is brought to its edge."""
    return datetime.fromtimestamp(min(max(moment, -62_135_596_800_000), 253_402_300_799_000) / 1000, UTC)


def machine_time(moment: int) -> str:
    """For `<time datetime>`."""
    return _at(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def full_time(moment: int) -> str:
    """A moment in full, in UTC because the server does not know the reader's clock."""
    at = _at(moment)
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def ago(moment: int, now: int) -> str:
    """How long ago, in few words; the day once that is long enough ago."""
    passed = now - moment
    if passed < MINUTE:
        return "now"
    if passed < _HOUR:
        return f"{passed // MINUTE} min"
    if passed < _DAY:
        return f"{passed // _HOUR} h"
    if passed < 7 * _DAY:
        return f"{passed // _DAY} d"
    at = _at(moment)
    return f"{at.day} {at:%b}" if at.year == _at(now).year else f"{at.day} {at:%b %Y}"


def reads_until(moment: int, now: int) -> int:
    """When `ago` says something else of it; once it says the day, that is looked at again each day."""
    passed = now - moment
    if passed < 0:
        return moment + MINUTE
    step = MINUTE if passed < _HOUR else _HOUR if passed < _DAY else _DAY
    return moment + (passed // step + 1) * step if passed < 7 * _DAY else now + _DAY - now % _DAY


def until(moment: int, now: int) -> str:
    """How long until then."""
    left = moment - now
    for unit, words in ((_DAY, "day"), (_HOUR, "hour"), (MINUTE, "minute")):
        if left >= unit:
            count = left // unit
            return f"{count} {words}{'' if count == 1 else 's'}"
    return "a moment"


def counted(count: int) -> str:
    """A count as short as it is useful: 999, 1.2k, 34k, 5.6M."""
    if count < 1_000:
        return str(count)
    for unit, letter in ((1_000_000, "M"), (1_000, "k")):
        if count >= unit:
            tenths = count * 10 // unit
            return (
                f"{tenths // 10}.{tenths % 10}{letter}" if tenths < 100 and tenths % 10 else f"{tenths // 10}{letter}"
            )
    raise AssertionError


# -- names and addresses


def link(address: str) -> str:
    """An address that is safe to link to, or nothing: what others send may be `javascript:`."""
    return address if address.startswith(("https://", "http://")) else ""


def host(address: str) -> str:
    """The host that an address leads to, or nothing."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


_SHORTCODE = re.compile(r":([A-Za-z0-9_]{1,64}):")
_QUOTING = re.compile(r'<(p|span) class="quote-inline">.*?</\1>', re.DOTALL)
_TAG = re.compile(r'(<(?:[^"<>]|"[^"]*")*>)')


def with_emojis(html: str, emojis: tuple[Emoji, ...], proxied: Proxied) -> str:
    """Clean HTML with its custom emoji as pictures; what stands inside a tag stays as it is."""
    pictures = {emoji.shortcode: url for emoji in emojis if (url := proxied(emoji.url))}
    if not pictures:
        return html

    def picture(match: re.Match[str]) -> str:
        url = pictures.get(match[1])
        if url is None:
            return match[0]
        words = escape(match[0])
        return f'<img class="emoji" src="{escape(url)}" alt="{words}" title="{words}" loading="lazy">'

    return "".join(part if part.startswith("<") else _SHORTCODE.sub(picture, part) for part in _TAG.split(html) if part)


def title_html(profile: Profile, proxied: Proxied) -> str:
    """A microblog's name for people, as HTML."""
    return with_emojis(escape(profile.title[:200]), profile.emojis, proxied)


def body_html(post: Post, proxied: Proxied) -> str:
    """A post's text as HTML; it was cleaned when it came in."""
    return with_emojis(post.html, post.emojis, proxied)


def looked_at(focus: tuple[float, float] | None) -> str:
    """The classes that keep the place to look at within a cropped picture: of nine steps each way, as no page of ours
    has a style of its own. Nothing where it is the middle."""
    if focus is None:
        return ""
    across, down = (round((min(max(each, -1.0), 1.0) + 1) * 4) for each in (focus[0], -focus[1]))
    return "".join(f" {name}{step}" for name, step in (("fx", across), ("fy", down)) if step != 4)


def gist(post: Post, length: int) -> str:
    """The beginning of a post as plain text; of one with a warning, the warning."""
    text = post.title or post.warning or unescape(_TAG.sub(_space, _QUOTING.sub("", post.html)))
    words = " ".join(text.split())
    return words if len(words) <= length else words[: length - 1].rstrip() + "…"


def _space(tag: re.Match[str]) -> str:
    return " " if tag[0].startswith(("<br", "<p", "</p", "<li", "</li", "<blockquote", "</blockquote")) else ""


def initial(profile: Profile) -> str:
    """The letter that stands for a microblog without a picture."""
    return next((c.upper() for c in profile.title if c.isalnum()), "·")


def hue(profile: Profile) -> int:
    """Which of eight colours that letter has: always the same for the same name."""
    return sum(profile.name.encode()) % 8


_BROWSERS = {"Edg": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
_SYSTEMS = {"Android": "Android", "iPhone": "an iPhone", "iPad": "an iPad", "Windows": "Windows", "Mac OS X": "a Mac",
            "Linux": "Linux"}  # fmt: skip


def browser(agent: str) -> str:
    """What a browser that calls itself so is called by people; most call themselves by each other's names as well."""
    name = next((words for sign, words in _BROWSERS.items() if sign in agent), "A browser")
    system = next((words for sign, words in _SYSTEMS.items() if sign in agent), "")
    return f"{name} on {system}" if system else name
