"""Which media types stand for ActivityPub documents, in what is sent and in what is asked for."""

ACTIVITY = "application/activity+json"
ACTIVITY_UTF8 = "application/activity+json; charset=utf-8"
ACCEPT = 'application/activity+json, application/ld+json; profile="https://www.w3.org/ns/activitystreams"'
_PROFILE = "https://www.w3.org/ns/activitystreams"


def is_activity_type(content_type: str) -> bool:
    """Whether a body so labelled is meant as ActivityPub; an upload never is (GHSA-jhrq-qvrm-qr36)."""
    kind, _, parameters = content_type.partition(";")
    kind = kind.strip().lower()
    return kind == ACTIVITY or (kind == "application/ld+json" and _PROFILE in parameters)


def is_inbox_type(content_type: str) -> bool:
    """Whether a body so labelled is taken at an inbox: lenient, since a signature vouches for it."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind in (ACTIVITY, "application/ld+json", "application/json")
