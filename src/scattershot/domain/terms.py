"""Terms: who may quote a post and who may answer it, at once or after its author looked at it.

Whoever wrote a post may always do both, whoever it names may always answer, and whom its author blocks may do neither.
"""

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from scattershot.domain.wire_id import WireId


class Circle(StrEnum):
    """Some of all microblogs, as seen from the author of a post."""

    EVERYONE = "everyone"
    FOLLOWERS = "followers"
    FOLLOWED = "followed"
    """Those whom the author follows."""
    MENTIONED = "mentioned"
    """Those whom the post names."""


class Rule(Struct, frozen=True, omit_defaults=True):
    """Whom something is allowed at once, and whom once the author has looked at it; an empty one: only the author."""

    at_once: tuple[Circle, ...] = ()
    on_request: tuple[Circle, ...] = ()
    named_at_once: tuple[WireId, ...] = ()
    named_on_request: tuple[WireId, ...] = ()


class Terms(Struct, frozen=True, omit_defaults=True):
    """What a post says of quotes and answers; None where it says nothing."""

    quotes: Rule | None = None
    replies: Rule | None = None


class Approval(StrEnum):
    """How somebody's quote or answer fares."""

    AT_ONCE = "at_once"
    ON_REQUEST = "on_request"
    NEVER = "never"


class Asker(NamedTuple):
    """Whoever wants to quote or answer, as it stands to the author and to the post."""

    id: WireId
    is_author: bool = False
    follows: bool = False
    is_followed: bool = False
    is_mentioned: bool = False
    is_blocked: bool = False


ALL = Rule((Circle.EVERYONE,))
ONLY_THE_AUTHOR = Rule()


def approval(rule: Rule, asker: Asker) -> Approval:
    """How the asker fares under the rule. Where it is named, that counts before any circle (as GoToSocial has it)."""
    if asker.is_author:
        return Approval.AT_ONCE
    if asker.is_blocked:
        return Approval.NEVER
    if asker.id in rule.named_at_once:
        return Approval.AT_ONCE
    if asker.id in rule.named_on_request:
        return Approval.ON_REQUEST
    if any(_is_in(circle, asker) for circle in rule.at_once):
        return Approval.AT_ONCE
    if any(_is_in(circle, asker) for circle in rule.on_request):
        return Approval.ON_REQUEST
    return Approval.NEVER


def _is_in(circle: Circle, asker: Asker) -> bool:
    match circle:
        case Circle.EVERYONE:
            return True
        case Circle.FOLLOWERS:
            return asker.follows
        case Circle.FOLLOWED:
            return asker.is_followed
        case Circle.MENTIONED:
            return asker.is_mentioned


def altered(old: Terms, new: Terms) -> Terms:
    """The new terms; of what they do not say, the old."""
    return Terms(old.quotes if new.quotes is None else new.quotes, old.replies if new.replies is None else new.replies)


def may_reply(rule: Rule | None, asker: Asker) -> Approval:
    """How the asker's answer fares; a post that says nothing may be answered by all, and by whom it names in any case:
    nobody is to be spoken of and have no right to answer."""
    if rule is None or (asker.is_mentioned and not asker.is_blocked):
        return approval(ALL, asker)
    return approval(rule, asker)
