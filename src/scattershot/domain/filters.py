"""Filters: what a reader does not wish to see, and whether a post meets it.

Texts are compared folded: without regard to case, to how an accent is written, or to how words are spaced. A whole word
is bounded only where it begins or ends with a letter, a digit or the like, as at Mastodon: `#cat` is found in `a#cat`.
"""

import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple, NewType

from scattershot.domain.ids import Millis, PostId
from scattershot.domain.post import Post

FilterId = NewType("FilterId", int)
KeywordId = NewType("KeywordId", int)


class Context(StrEnum):
    """Where a filter counts."""

    HOME = "home"
    """The home timeline and lists."""
    NOTIFICATIONS = "notifications"
    PUBLIC = "public"
    THREAD = "thread"
    ACCOUNT = "account"
    """The posts of one microblog."""


class Action(StrEnum):
    """What is to be done with a post that meets a filter; whoever shows it does so."""

    WARN = "warn"
    """Show the filter's title first, and the post when asked for."""
    HIDE = "hide"
    BLUR = "blur"
    """Show the text, and its pictures when asked for."""


class Keyword(NamedTuple):
    """A word or phrase that a post may have."""

    id: KeywordId
    text: str
    whole_word: bool


class FilteredPost(NamedTuple):
    """A post that meets a filter whatever it says."""

    id: int
    post: PostId


class Filter(NamedTuple):
    """What one does not wish to see, where, and until when."""

    id: FilterId
    title: str
    contexts: tuple[Context, ...]
    action: Action
    expires: Millis | None
    keywords: tuple[Keyword, ...]
    posts: tuple[FilteredPost, ...]

    def has_expired(self, now: Millis) -> bool:
        """Whether it counts no more."""
        return self.expires is not None and self.expires <= now


class Met(NamedTuple):
    """That a post meets a filter: by which keywords as they stand in it, and by which posts named in it."""

    filter: Filter
    keywords: tuple[str, ...]
    posts: tuple[PostId, ...]


def folded(*texts: str) -> str:
    """The texts as they are compared, each on a line of its own."""
    return "\n".join(unicodedata.normalize("NFC", " ".join(text.split()).casefold()) for text in texts if text)


def folded_post(post: Post, words: str) -> str:
    """All that a post says, as it is compared; `words` is its HTML as plain text."""
    options = (option.text for option in post.poll.options) if post.poll is not None else ()
    return folded(post.title, post.warning, words, *options, *(each.alt for each in post.attachments))


class _Sought(NamedTuple):
    """A keyword made ready: `starts` and `ends` say where no word may go on."""

    text: str
    folded: str
    starts: bool
    ends: bool


class _Rule(NamedTuple):
    filter: Filter
    sought: tuple[_Sought, ...]
    posts: frozenset[PostId]


class Matcher:
    """Filters made ready to be asked about many posts."""

    def __init__(self, filters: Iterable[Filter]) -> None:
        self._rules = [
            _Rule(each, tuple(map(_sought, each.keywords)), frozenset(one.post for one in each.posts))
            for each in filters
        ]

    def met(self, text: str, ids: tuple[PostId, ...]) -> tuple[Met, ...]:
        """The filters met by a folded text, or by the ids of the post and of the boost that it came by."""
        found = []
        for rule in self._rules:
            keywords = tuple([one.text for one in rule.sought if _has(text, one)])
            posts = tuple([post for post in ids if post in rule.posts]) if rule.posts else ()
            if keywords or posts:
                found.append(Met(rule.filter, keywords, posts))
        return tuple(found)


def _sought(keyword: Keyword) -> _Sought:
    text = folded(keyword.text)
    starts = keyword.whole_word and _is_of_a_word(text[:1])
    return _Sought(keyword.text, text, starts, keyword.whole_word and _is_of_a_word(text[-1:]))


def _has(text: str, sought: _Sought) -> bool:
    _, wanted, starts, ends = sought
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        end = at + len(wanted)
        if not (starts and at and _is_of_a_word(text[at - 1])) and not (ends and _is_of_a_word(text[end : end + 1])):
            return True
        at = text.find(wanted, at + 1)
    return False


def _is_of_a_word(character: str) -> bool:
    """Letters, digits, the marks upon them, and what joins words."""
    if not character:
        return False
    return character.isalnum() or character == "_" or unicodedata.category(character) in ("Mn", "Mc", "Me", "Pc")
