"""Why something is refused: a closed set of words, so that they can be counted."""

from enum import StrEnum

from scattershot.domain.reading import Refused
from scattershot.protocols.activitypub.wire.vocabulary import Malformed


class Why(StrEnum):
    """The reasons; those of `Malformed` are among them."""

    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    NOT_JSON = "not_json"
    LD_TRICK = "ld_trick"
    NO_TYPE = "no_type"
    NO_ID = "no_id"
    NO_ACTOR = "no_actor"
    NO_OBJECT = "no_object"
    NO_AUTHOR = "no_author"
    NOT_THE_SENDER = "not_the_sender"
    NOT_THE_AUTHOR = "not_the_author"
    OTHER_ORIGIN = "other_origin"
    BAD_PROFILE = "bad_profile"
    NOT_A_DOCUMENT = "not_a_document"


def refused(why: Why, detail: str = "") -> Refused:
    """A refusal; the detail is cut, since strangers write it."""
    return Refused(why.value, detail[:500])


def refused_bytes(problem: Malformed) -> Refused:
    """A refusal of bytes that are no document."""
    return refused(Why(problem.why), problem.detail)
