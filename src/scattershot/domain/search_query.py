"""What somebody types to find posts: words, quoted phrases, and operators; whatever it is, it means something.

`from:me`, `from:@ann@example.org`; `has:media|image|video|audio|poll|link|embed`; `is:reply|sensitive`; `language:en`;
`before:`, `after:`, `during:` a day as `2026-12-31`; `in:library|public|all`; `#tag`. A `-` before a word, phrase, tag
or operator turns it round. An operator that is not known, or whose value is not one, is taken as words.
"""

import re
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from scattershot.domain.ids import Millis
from scattershot.domain.microblog import Handle, parse_handle
from scattershot.domain.words import sought

MAX_CHARS = 1_000
"""What is typed beyond this is not looked at."""
MAX_TERMS = 32
"""Terms beyond this are not looked at."""

FEATURES = frozenset({"media", "image", "video", "audio", "poll", "link", "embed"})
"""What a post may have."""
KINDS = frozenset({"reply", "sensitive"})
"""What a post may be."""

_DAY = 86_400_000
_FIRST_DAY = date(1970, 1, 1).toordinal()
_TERM = re.compile(
    r"(?P<minus>-)?(?:"
    r"(?P<operator>[A-Za-z]+):(?:[\"“](?P<quoted>[^\"“”]*)[\"”]?|(?P<value>[^\s\"“”]+))"
    r"|[\"“](?P<phrase>[^\"“”]*)[\"”]?"
    r"|\#(?P<tag>\w[\w·]*)(?!\S)"
    r"|(?P<word>[^\s\"“”]+))"
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_LANGUAGE = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]+)*", re.ASCII)


class Where(StrEnum):
    """Among what is searched: the searcher's own library, what everyone may find, or both."""

    ALL = "all"
    LIBRARY = "library"
    PUBLIC = "public"


_PLACES = frozenset(Where)


class Phrase(NamedTuple):
    """These words, one behind the other; see `domain.words`."""

    words: tuple[str, ...]


class Trait(NamedTuple):
    """Something that a post has or is: of `FEATURES` or `KINDS`."""

    name: str


class Tagged(NamedTuple):
    """This hashtag, in lower case and without the sign."""

    tag: str


class By(NamedTuple):
    """Written by that microblog; None is whoever searches."""

    handle: Handle | None


class Language(NamedTuple):
    """Written in that language: two or three letters, without its region."""

    code: str


What: TypeAlias = Phrase | Trait | Tagged | By | Language


class Term(NamedTuple):
    """Something that is wanted in a post, or not wanted."""

    what: What
    wanted: bool = True


class Query(NamedTuple):
    """Every term must hold, but of several wanted authors or languages one; `first` and `last` are moments, of which
    only `first` itself belongs to the stretch."""

    terms: tuple[Term, ...] = ()
    where: Where = Where.ALL
    first: Millis | None = None
    last: Millis | None = None

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing at all, so that nothing is to be found."""
        return self == Query()


def parse(text: str) -> Query:
    """What the text asks for; never an error."""
    query = Query()
    for match in _TERM.finditer(text[:MAX_CHARS]):
        if len(query.terms) >= MAX_TERMS:
            break
        query = _with(query, match)
    return query


def _with(query: Query, match: re.Match[str]) -> Query:
    wanted = not match["minus"]
    if match["tag"] is not None:
        return _and(query, Tagged(match["tag"].lower()), wanted)
    if match["operator"] is not None:
        value = match["quoted"] if match["value"] is None else match["value"]
        known = _operated(query, match["operator"].lower(), value.strip(), wanted)
        if known is not None:
            return known
        words = sought(f"{match['operator']} {value}")
    else:
        words = sought(match["word"] if match["phrase"] is None else match["phrase"])
    return _and(query, Phrase(words), wanted) if words else query


def _and(query: Query, what: What, wanted: bool) -> Query:
    return query._replace(terms=(*query.terms, Term(what, wanted)))


def _operated(query: Query, operator: str, value: str, wanted: bool) -> Query | None:
    """The query with that operator, or None where it is not one."""
    said = value.lower()
    match operator:
        case "from" if said in ("me", "@me"):
            return _and(query, By(None), wanted)
        case "from" if handle := parse_handle(said):
            return _and(query, By(handle), wanted)
        case "has" if said in FEATURES:
            return _and(query, Trait(said), wanted)
        case "is" if said in KINDS:
            return _and(query, Trait(said), wanted)
        case "language" if code := _LANGUAGE.fullmatch(said):
            return _and(query, Language(code[1]), wanted)
        case "in" if wanted and said in _PLACES:
            return query._replace(where=Where(said))
        case "before" | "after" | "during" if (day := _day(said)) is not None:
            return _dated(query, operator, day, wanted)
        case _:
            return None


def _dated(query: Query, operator: str, day: Millis, wanted: bool) -> Query | None:
    """Before the day began, after it had ended, or between; `-before` is from it on, `-after` up to its end."""
    following = Millis(day + _DAY)
    match operator, wanted:
        case ("before", True):
            return _until(query, day)
        case ("before", False):
            return _since(query, day)
        case ("after", True):
            return _since(query, following)
        case ("after", False):
            return _until(query, following)
        case ("during", True):
            return _until(_since(query, day), following)
        case _:
            return None


def _since(query: Query, first: Millis) -> Query:
    return query._replace(first=Millis(max(first, query.first or 0)))


def _until(query: Query, last: Millis) -> Query:
    return query._replace(last=last if query.last is None else Millis(min(last, query.last)))


def _day(text: str) -> Millis | None:
    """When that day began in UTC; a day before 1970 is taken as its first."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return Millis(max(0, (date.fromisoformat(text).toordinal() - _FIRST_DAY) * _DAY))
    except ValueError:
        return None
