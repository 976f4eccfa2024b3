"""`interactionPolicy` read into `Terms`: FEP-044f's `canQuote`, GoToSocial's `canReply`, in their old spelling too."""

import re

from scattershot.domain.terms import Circle, Rule, Terms
from scattershot.domain.wire_id import WireId
from scattershot.protocols.activitypub.translate.names import named
from scattershot.protocols.activitypub.wire.vocabulary import PUBLIC_NAMES, JsonObject, is_id, object_of, strings_of
from scattershot.wirekit.urls import same_origin

MAX_NAMED = 64
"""Microblogs that a rule names one by one; more are not remembered."""
_CIRCLES = (
    (re.compile(r"/followers(?:[/?]|\Z)"), Circle.FOLLOWERS),
    (re.compile(r"/following(?:[/?]|\Z)"), Circle.FOLLOWED),
)


def terms_of(note: JsonObject, author: str) -> Terms:
    """What the note lets others do; a part that is missing or empty says nothing."""
    policy = object_of(note.get("interactionPolicy"))
    return Terms(_rule(policy.get("canQuote"), author), _rule(policy.get("canReply"), author)) if policy else Terms()


def _rule(value: object, author: str) -> Rule | None:
    said = object_of(value)
    at_once = said.get("automaticApproval", said.get("always"))  # GoToSocial before 0.20
    on_request = said.get("manualApproval", said.get("approvalRequired"))
    if at_once is None and on_request is None:
        return None
    circles_at_once, named_at_once = _parted(strings_of(at_once), author)
    circles_on_request, named_on_request = _parted(strings_of(on_request), author)
    return Rule(circles_at_once, circles_on_request, named_at_once, named_on_request)


def _parted(names: list[str], author: str) -> tuple[tuple[Circle, ...], tuple[WireId, ...]]:
    """The circles among the names, and the microblogs. The author's lists are known by their usual paths."""
    circles: dict[Circle, None] = {}
    people: dict[WireId, None] = {}
    for name in names:
        circle = Circle.EVERYONE if name in PUBLIC_NAMES else _circle(name, author)
        if circle is not None:
            circles[circle] = None
        elif name != author and is_id(name) and len(people) < MAX_NAMED:
            people[named(name)] = None
    return tuple(circles), tuple(people)


def _circle(name: str, author: str) -> Circle | None:
    if not same_origin(name, author):
        return None
    return next((circle for path, circle in _CIRCLES if path.search(name)), None)
