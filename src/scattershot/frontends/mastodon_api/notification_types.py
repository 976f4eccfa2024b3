"""What the API calls the kinds of notifications."""

from collections.abc import Collection, Iterable

from scattershot.domain.notification import Told

TYPES: dict[Told, str] = {
    Told.MENTION: "mention",
    Told.POST: "status",
    Told.BOOST: "reblog",
    Told.FOLLOW: "follow",
    Told.FOLLOW_REQUEST: "follow_request",
    Told.LIKE: "favourite",
    Told.REACTION: "favourite",  # apps know no other word; the entity holds the emoji besides
    Told.POLL: "poll",
    Told.EDIT: "update",
    Told.QUOTE: "quote",
    Told.QUOTED_EDIT: "quoted_update",
    Told.SIGN_UP: "admin.sign_up",
    Told.REPORT: "admin.report",
    Told.WARNING: "moderation_warning",
    Told.SEVERED: "severed_relationships",
}


def kinds_of(types: Iterable[str]) -> frozenset[Told]:
    """The kinds that these types stand for; a type that is unknown stands for none."""
    asked = frozenset(types)
    return frozenset(kind for kind, name in TYPES.items() if name in asked)


def kinds_asked(types: Collection[str], besides: Collection[str]) -> frozenset[Told] | None:
    """The kinds asked for by `types[]` and `exclude_types[]`; None where all are."""
    if not types and not besides:
        return None
    return (kinds_of(types) if types else frozenset(TYPES)) - kinds_of(besides)
