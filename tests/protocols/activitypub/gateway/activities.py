"""Activities as other servers write them, for delivering to a node under test."""

from itertools import count
from typing import Any

from scattershot.protocols.activitypub.wire.vocabulary import PUBLIC

_numbers = count(1)


def a_note(author: str, text: str = "<p>Hello</p>", **more: Any) -> dict[str, Any]:
    """A public note."""
    note = {
        "id": f"{author}/notes/{next(_numbers)}",
        "type": "Note",
        "attributedTo": author,
        "content": text,
        "to": [PUBLIC],
        "cc": [f"{author}/followers"],
    }
    return note | more


def a_create(author: str, note: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """The activity that tells of a note."""
    note = note or a_note(author)
    create = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": f"{note['id']}/activity",
        "type": "Create",
        "actor": author,
        "to": note["to"],
        "cc": note["cc"],
        "object": note,
    }
    return create | more


def an_activity(kind: str, actor: str, thing: Any, **more: Any) -> dict[str, Any]:
    """Any other activity."""
    this = f"{actor}#activities/{next(_numbers)}"
    context = "https://www.w3.org/ns/activitystreams"
    return {"@context": context, "id": this, "type": kind, "actor": actor, "object": thing} | more
