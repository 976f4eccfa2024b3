"""An activity as it was heard: what the readers of every kind of it are given, and how they say what it means."""

from typing import NamedTuple

from scattershot.domain.change import Change
from scattershot.domain.reading import Changes, Refused
from scattershot.domain.wire_id import WireId
from scattershot.protocols.activitypub.translate.refusals import Why, refused
from scattershot.protocols.activitypub.wire.vocabulary import JsonObject


class Heard(NamedTuple):
    """An activity whose actor is proven: `object` is the id of its object, `inner` the object where it was embedded.

    `name` is the activity's id, or one made of its bytes where it has none.
    """

    activity: JsonObject
    actor: WireId
    id: WireId | None
    name: str
    object: str
    inner: JsonObject
    at: int


def became(heard: Heard, *changes: Change) -> Changes:
    """It says that these became so."""
    return Changes(changes, heard.name)


def not_its_own(heard: Heard) -> Refused:
    """It speaks of what is not the actor's to speak of."""
    return refused(Why.NOT_THE_AUTHOR, f"{heard.actor.value} spoke of {heard.object}")
