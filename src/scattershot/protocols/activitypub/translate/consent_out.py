"""Questions before a quote, answers to them and to those before a reply, and the stamps we serve (FEP-044f and
GoToSocial's interaction controls)."""

from typing import Literal, TypeAlias

from scattershot.domain.change import QuoteAnswered, QuoteAsked, ReplyAnswered
from scattershot.domain.wire_id import WireId
from scattershot.protocols.activitypub.translate.notes_out import note_of
from scattershot.protocols.activitypub.wire.contexts import CONSENT_CONTEXT, STAMP_CONTEXT
from scattershot.protocols.activitypub.wire.vocabulary import JsonObject

Stamp: TypeAlias = Literal["QuoteAuthorization", "ReplyAuthorization"]


def question_of(change: QuoteAsked, this: str, to: list[str]) -> JsonObject | None:
    """The quoting post goes with it whole, so that whoever is asked can look at it, be it for a few."""
    if change.post is None:
        return None
    return {
        "@context": CONSENT_CONTEXT,
        "id": this,
        "type": "QuoteRequest",
        "actor": change.actor.value,
        "object": change.quoted.value,
        "instrument": note_of(change.post),
        "to": to,
    }


def answer_of(change: QuoteAnswered | ReplyAnswered, this: str, to: list[str]) -> JsonObject:
    """With the question embedded, by names alone: what it is about may not be for whoever sees the answer."""
    if isinstance(change, QuoteAnswered):
        kind, instrument, about = "QuoteRequest", change.quoting, change.quoted
    else:
        kind, instrument, about = "ReplyRequest", change.reply, change.parent
    question: JsonObject = {"type": kind}
    for name, value in (("id", change.asked), ("actor", None), ("object", about), ("instrument", instrument)):
        if name == "actor" and to:
            question["actor"] = to[0]
        elif value is not None:
            question[name] = value.value
    found: JsonObject = {
        "@context": STAMP_CONTEXT,
        "id": this,
        "type": "Accept" if change.accepted else "Reject",
        "actor": change.actor.value,
        "to": to,
        "object": question,
    }
    return found | ({"result": change.stamp.value} if change.stamp is not None else {})


def stamp_of(kind: Stamp, this: str, author: WireId, interacting: WireId, target: WireId) -> JsonObject:
    """The stamp as it is served: it names the posts and shows neither."""
    return {
        "@context": STAMP_CONTEXT,
        "id": this,
        "type": kind,
        "attributedTo": author.value,
        "interactingObject": interacting.value,
        "interactionTarget": target.value,
    }
