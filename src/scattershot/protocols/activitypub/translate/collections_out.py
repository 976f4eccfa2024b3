"""Collections we serve: whole, or a page at a time."""

from collections.abc import Sequence
from typing import Any

from scattershot.protocols.activitypub.wire.contexts import AS2, POST_CONTEXT
from scattershot.protocols.activitypub.wire.vocabulary import JsonObject


def ordered_collection(
    this: str, total: int | None, *, first: str | None = None, items: Sequence[Any] | None = None
) -> JsonObject:
    """A collection that names its first page, or holds its few items (as `featured` does), or tells only a number.

    `total` is None where even the number is private.
    """
    found: JsonObject = {"@context": POST_CONTEXT if _hold_objects(items) else AS2, "id": this}
    found["type"] = "OrderedCollection"
    if total is not None:
        found["totalItems"] = total
    if first is not None:
        found["first"] = first
    if items is not None:
        found["orderedItems"] = list(items)
    return found


def ordered_page(
    this: str, part_of: str, items: Sequence[Any], *, following: str | None = None, before: str | None = None
) -> JsonObject:
    """A page, newest first; `following` is None at the end."""
    found: JsonObject = {"@context": POST_CONTEXT if _hold_objects(items) else AS2, "id": this}
    found |= {"type": "OrderedCollectionPage", "partOf": part_of}
    if following is not None:
        found["next"] = following
    if before is not None:
        found["prev"] = before
    found["orderedItems"] = list(items)
    return found


def replies_collection(
    this: str, items: Sequence[str], *, following: str | None = None, with_context: bool = False
) -> JsonObject:
    """The replies to a post with their first page embedded, the author's own first, as Mastodon wants them."""
    page: JsonObject = {"type": "CollectionPage", "partOf": this, "items": list(items)}
    if following is not None:
        page["next"] = following
    found: JsonObject = {"@context": AS2} if with_context else {}
    return found | {"id": this, "type": "Collection", "first": page}


def context_collection(this: str, author: str, posts: Sequence[str], *, following: str | None = None) -> JsonObject:
    """A conversation's posts, oldest first (FEP-7888); `author` is who keeps it."""
    found: JsonObject = {"@context": AS2, "id": this, "type": "OrderedCollection", "attributedTo": author}
    if following is None:
        return found | {"totalItems": len(posts), "orderedItems": list(posts)}
    first = {"type": "OrderedCollectionPage", "partOf": this, "next": following, "orderedItems": list(posts)}
    return found | {"first": first}


def _hold_objects(items: Sequence[Any] | None) -> bool:
    return any(isinstance(item, dict) for item in items or ())
