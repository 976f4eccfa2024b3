"""Questions before a quote or an answer, what is said to them, and the stamps by which that is proven (FEP-044f and
GoToSocial's interaction controls), read into changes."""

from scattershot.domain.change import QuoteAnswered, QuoteAsked, ReplyAnswered, ReplyAsked
from scattershot.domain.reading import Changes, Needs, Reading
from scattershot.domain.wire_id import WireId
from scattershot.protocols.activitypub.translate.heard import Heard, became, not_its_own
from scattershot.protocols.activitypub.translate.names import named
from scattershot.protocols.activitypub.translate.notes_in import is_of, is_post, post_of
from scattershot.protocols.activitypub.translate.refusals import Why, refused
from scattershot.protocols.activitypub.wire.vocabulary import JsonObject, id_of, object_of, type_of
from scattershot.wirekit.urls import same_origin

STAMPS = frozenset({"QuoteAuthorization", "ReplyAuthorization"})
REQUESTS = frozenset({"QuoteRequest", "ReplyRequest"})


def quote_request(heard: Heard) -> Reading:
    """The quoting post is its instrument, whole or by name alone."""
    instrument = heard.activity.get("instrument")
    quoting, inner = id_of(instrument), object_of(instrument)
    if not quoting:
        return refused(Why.NO_OBJECT, "QuoteRequest without an instrument")
    if not same_origin(quoting, heard.actor.value):
        return refused(Why.OTHER_ORIGIN, f"{heard.actor.value} asks for {quoting}")
    if not is_post(inner):
        post = None
    elif is_of(inner, heard.actor.value):
        post = post_of(inner, heard.actor.value, {}, heard.at)
    else:
        return not_its_own(heard)
    return became(
        heard,
        QuoteAsked(actor=heard.actor, id=heard.id, quoting=named(quoting), quoted=named(heard.object), post=post),
    )


def reply_request(heard: Heard) -> Reading:
    """The answer is its instrument; where only its name is told, it is fetched like any post."""
    instrument = heard.activity.get("instrument")
    reply, inner = id_of(instrument), object_of(instrument)
    if not reply:
        return refused(Why.NO_OBJECT, "ReplyRequest without an instrument")
    if not same_origin(reply, heard.actor.value):
        return refused(Why.OTHER_ORIGIN, f"{heard.actor.value} asks for {reply}")
    if not is_post(inner):
        return Needs((named(reply),))
    if not is_of(inner, heard.actor.value):
        return not_its_own(heard)
    return became(
        heard, ReplyAsked(actor=heard.actor, id=heard.id, post=post_of(inner, heard.actor.value, {}, heard.at))
    )


def is_answer(heard: Heard) -> bool:
    """Whether an `Accept` or `Reject` answers a question about a post; a bare name with a stamp means nothing else."""
    return type_of(heard.inner) in REQUESTS or (
        (not heard.inner or is_post(heard.inner)) and bool(id_of(heard.activity.get("result")))
    )


def answer(heard: Heard, accepted: bool) -> Reading:
    """The question is embedded by all who write it; GoToSocial accepts what was not asked for by naming the post."""
    stamp = _named(heard.activity.get("result"))
    if stamp is not None and not same_origin(stamp.value, heard.actor.value):
        return refused(Why.OTHER_ORIGIN, f"{heard.actor.value} gives {stamp.value}")
    inner, this = heard.inner, named(heard.object) if heard.object else None
    post, about = _named(inner.get("instrument")), _named(inner.get("object"))
    match type_of(inner):
        case "ReplyRequest" if post is not None:
            return became(
                heard,
                ReplyAnswered(
                    actor=heard.actor, id=heard.id, reply=post, accepted=accepted, parent=about, asked=this, stamp=stamp
                ),
            )
        case "QuoteRequest" if post is not None or this is not None:
            return became(
                heard,
                QuoteAnswered(
                    actor=heard.actor, id=heard.id, accepted=accepted, quoting=post, quoted=about, asked=this,
                    stamp=stamp,
                ),
            )  # fmt: skip
        case kind if kind not in REQUESTS and this is not None:
            return became(
                heard,
                ReplyAnswered(actor=heard.actor, id=heard.id, reply=this, accepted=accepted, stamp=stamp),
                QuoteAnswered(actor=heard.actor, id=heard.id, accepted=accepted, asked=this, stamp=stamp),
            )
        case _:
            return refused(Why.NO_OBJECT, "an answer to nothing")


def _named(value: object) -> WireId | None:
    found = id_of(value)
    return named(found) if found else None


def read_stamp(document: JsonObject, this: str, name: str) -> Reading:
    """A stamp fetched from its own address: whose it is must be of that origin, and it names both posts."""
    author = id_of(document.get("attributedTo"))
    quoting, quoted = id_of(document.get("interactingObject")), id_of(document.get("interactionTarget"))
    if not author or not same_origin(author, this):
        return refused(Why.OTHER_ORIGIN if author else Why.NO_AUTHOR, this)
    if not quoting or not quoted:
        return refused(Why.NO_OBJECT, this)
    if type_of(document) == "ReplyAuthorization":
        reply = ReplyAnswered(
            actor=named(author), reply=named(quoting), accepted=True, parent=named(quoted), stamp=named(this)
        )
        return Changes((reply,), name)
    quote = QuoteAnswered(
        actor=named(author), accepted=True, quoting=named(quoting), quoted=named(quoted), stamp=named(this)
    )
    return Changes((quote,), name)
