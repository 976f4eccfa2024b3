"""How a microblog presents itself, as its keepers type it: what they wish to change, and the profile that makes."""

from typing import NamedTuple

from msgspec.structs import replace

from scattershot.domain.microblog import Field, Profile, Voice
from scattershot.domain.text import compose, typed

MAX_TITLE, MAX_BIO, MAX_FIELD = 100, 5_000, 500
"""Characters of a display name, of the text about a microblog, and of either side of a line."""
MAX_FIELDS = 8
MAX_ALIASES = 10
MAX_ATTRIBUTION_DOMAINS = 100


class Presentation(NamedTuple):
    """What a keeper typed; None leaves as it is. Lines are names and plain texts, `automated` says a program writes."""

    display_name: str | None = None
    bio: str | None = None
    fields: tuple[tuple[str, str], ...] | None = None
    locked: bool | None = None
    automated: bool | None = None
    discoverable: bool | None = None
    indexable: bool | None = None
    hides_graph: bool | None = None
    avatar: str | None = None
    header: str | None = None
    also_known_as: tuple[str, ...] | None = None
    attribution_domains: tuple[str, ...] | None = None


def problem_of(wish: Presentation) -> str:
    """What is the matter with what was typed, in words for people, or nothing."""
    if len(wish.display_name or "") > MAX_TITLE:
        return f"A name has at most {MAX_TITLE} characters."
    if len(wish.bio or "") > MAX_BIO:
        return f"The text about you has at most {MAX_BIO:,} characters."
    lines = [(name.strip(), value.strip()) for name, value in wish.fields or ()]
    if len([line for line in lines if any(line)]) > MAX_FIELDS:
        return f"A profile has at most {MAX_FIELDS} lines."
    if any(len(text) > MAX_FIELD for line in lines for text in line):
        return f"A line has at most {MAX_FIELD} characters."
    if any(value and not name for name, value in lines):
        return "A line of a profile needs a name."
    if len(wish.also_known_as or ()) > MAX_ALIASES:
        return f"At most {MAX_ALIASES} other names, please."
    if len(wish.attribution_domains or ()) > MAX_ATTRIBUTION_DOMAINS:
        return f"At most {MAX_ATTRIBUTION_DOMAINS} domains, please."
    return ""


def presented(old: Profile, wish: Presentation, origin: str) -> Profile:
    """The profile as it reads from now on; `origin` is where the pages of tags are."""

    def html(text: str) -> str:
        return compose(text, {}, lambda tag: f"{origin}/tags/{tag}").html

    new = {
        "display_name": None if wish.display_name is None else " ".join(wish.display_name.split()),
        "bio": None if wish.bio is None else html(wish.bio),
        "bio_source": wish.bio,
        "fields": None if wish.fields is None else _lines(wish.fields, origin),
        "voice": _voice(old.voice, wish.automated),
        "locked": wish.locked,
        "discoverable": wish.discoverable,
        "indexable": wish.indexable,
        "hides_graph": wish.hides_graph,
        "avatar": wish.avatar,
        "header": wish.header,
        "also_known_as": wish.also_known_as,
        "attribution_domains": wish.attribution_domains,
    }
    return replace(old, **{name: value for name, value in new.items() if value is not None})


def _voice(old: Voice, automated: bool | None) -> Voice | None:
    if automated is None or old not in (Voice.PERSON, Voice.SERVICE):
        return None
    return Voice.SERVICE if automated else Voice.PERSON


def _lines(lines: tuple[tuple[str, str], ...], origin: str) -> tuple[Field, ...]:
    tidy = ((" ".join(name.split()), " ".join(value.split())) for name, value in lines)
    return tuple(Field(name, _line(value, origin)) for name, value in tidy if name)


def _line(text: str, origin: str) -> str:
    """A line of a profile; a link of one's own says so (`rel=me`), so that others can check it."""
    html = compose(text, {}, lambda tag: f"{origin}/tags/{tag}").html.removeprefix("<p>").removesuffix("</p>")
    return html.replace('rel="nofollow noopener noreferrer"', 'rel="me nofollow noopener noreferrer"')


def typed_lines(profile: Profile) -> tuple[tuple[str, str], ...]:
    """The lines as their keeper typed them."""
    return tuple((field.name, typed(field.value)) for field in profile.fields)


def typed_bio(profile: Profile) -> str:
    """The text about the microblog as its keeper typed it."""
    return profile.bio_source or typed(profile.bio)
