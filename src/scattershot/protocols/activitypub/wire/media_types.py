"""Which media types stand for ActivityPub documents, in what is sent and in what is asked for."""

import re

ACTIVITY = "application/activity+json"
ACTIVITY_UTF8 = "application/activity+json; charset=utf-8"
ACCEPT = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
_PROFILE = "https://www.w3.org/ns/activitystreams"
_QUALITY = re.compile(r"(?:^|;)\s*q=([0-9.]{1,5})")


def is_activity_type(content_type: str) -> bool:
    """Whether a body so labelled is meant as ActivityPub; an upload never is (GHSA-jhrq-qvrm-qr36)."""
    kind, _, parameters = content_type.partition(";")
    kind = kind.strip().lower()
    return kind == ACTIVITY or (kind == "application/ld+json" and _PROFILE in parameters)


def is_inbox_type(content_type: str) -> bool:
    """Whether a body so labelled is taken at an inbox: lenient, since a signature vouches for it."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in (ACTIVITY, "application/ld+json", "application/json")


def wants_activity(accept: str) -> bool:
    """Whether an `Accept` header asks for the ActivityPub document rather than for the page people look at."""
    best_activity = best_page = 0.0
    for part in accept.lower().split(",")[:32]:
        kind, _, parameters = part.partition(";")
        found = _QUALITY.search(parameters)
        quality = _number(found[1]) if found else 1.0
        match kind.strip():
            case "application/activity+json" | "application/ld+json":
                best_activity = max(best_activity, quality)
            case "text/html" | "application/xhtml+xml":
                best_page = max(best_page, quality)
            case _:
                pass
    return best_activity > 0 and best_activity >= best_page


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
