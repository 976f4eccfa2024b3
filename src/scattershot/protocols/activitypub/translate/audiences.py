"""Whom a thing is for: `to` and `cc` read as an `Audience` and written from one, as Mastodon does both."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from scattershot.domain.post import Audience
from scattershot.domain.wire_id import WireId
from scattershot.protocols.activitypub.translate.names import followers_of, named
from scattershot.protocols.activitypub.wire.vocabulary import (
    MAX_LIST,
    PUBLIC,
    PUBLIC_NAMES,
    JsonObject,
    is_id,
    strings_of,
)
from scattershot.wirekit.urls import same_origin

_FOLLOWERS = re.compile(r"/followers(?:[/?]|\Z)")
"""Mastodon and most others end in it; Friendica and Hubzilla say `/followers/name`."""


class Addressing(NamedTuple):
    """The audience, and everybody named in `to`, `cc`, `bto`, `bcc` or `audience`, collections left out."""

    audience: Audience
    people: tuple[str, ...]


def read_addressing(author: str, *documents: JsonObject, followers: str = "") -> Addressing:
    """Whom the documents are for: an object and the activity around it, the object first.

    The first document that is addressed at all decides the audience, so that an activity cannot widen its object;
    people are gathered from all. The followers' collection is known by `followers` or by its usual path on the
    author's own host; a private collection nobody knows leaves the narrowest audience.
    """
    audience: Audience | None = None
    people: dict[str, None] = {}
    for document in documents:
        to, cc = strings_of(document.get("to")), strings_of(document.get("cc"))
        if "bto" in document or "bcc" in document:
            to, cc = to + strings_of(document.get("bto")), cc + strings_of(document.get("bcc"))
        if audience is None and (to or cc):
            audience = _audience(author, to, cc, followers)
        for name in (*to, *cc, *strings_of(document.get("audience"))):
            if name not in PUBLIC_NAMES and name not in people and len(people) < MAX_LIST and name != author:
                people[name] = None
    return Addressing(
        audience or Audience.MENTIONED,
        tuple(name for name in people if name != followers and not _FOLLOWERS.search(name) and is_id(name)),
    )


def _audience(author: str, to: list[str], cc: list[str], followers: str) -> Audience:
    if not PUBLIC_NAMES.isdisjoint(to):
        return Audience.PUBLIC
    if not PUBLIC_NAMES.isdisjoint(cc):
        return Audience.UNLISTED
    for name in (*to, *cc):
        if name == followers or (_FOLLOWERS.search(name) and same_origin(name, author)):
            return Audience.FOLLOWERS
    return Audience.MENTIONED


def write_addressing(audience: Audience, author: str, hearers: Iterable[WireId]) -> tuple[list[str], list[str]]:
    """`to` and `cc`, where `hearers` are those concerned by name."""
    followers = followers_of(author)
    named_too = [hearer for hearer in dict.fromkeys(hearer.value for hearer in hearers) if hearer != author]
    match audience:
        case Audience.PUBLIC:
            return [PUBLIC], [followers, *named_too]
        case Audience.UNLISTED:
            return [followers], [PUBLIC, *named_too]
        case Audience.FOLLOWERS:
            return [followers], named_too
        case Audience.MENTIONED | Audience.LOCAL:
            return named_too, []


def people_besides(people: Iterable[str], mentioned: Iterable[str]) -> tuple[WireId, ...]:
    """Those of the people who are not mentioned."""
    known = set(mentioned)
    return tuple(named(person) for person in people if person not in known)
