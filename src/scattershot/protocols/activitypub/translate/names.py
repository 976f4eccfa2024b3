"""ActivityPub's words for what the domain names otherwise, said once for both directions."""

from scattershot.domain.microblog import Voice
from scattershot.domain.post import Form
from scattershot.domain.wire_id import ACTIVITYPUB, WireId

VOICES = {
    "Person": Voice.PERSON,
    "Group": Voice.GROUP,
    "Organization": Voice.ORGANIZATION,
    "Service": Voice.SERVICE,
    "Application": Voice.APPLICATION,
}
FORMS = {"Note": Form.NOTE, "Article": Form.ARTICLE, "Question": Form.QUESTION}
CONVERTED = frozenset({"Page", "Image", "Audio", "Video", "Event", "ChatMessage"})
"""Shown as a note with a title and a link: Lemmy's pages, PeerTube's videos, Mobilizon's events, Pleroma's chats."""
POST_TYPES = frozenset(FORMS) | CONVERTED


def named(value: str) -> WireId:
    """A name on the ActivityPub wire."""
    return WireId(ACTIVITYPUB, value)


def type_of_voice(voice: Voice) -> str:
    """The actor type of a voice."""
    return voice.value.capitalize()


def type_of_form(form: Form) -> str:
    """The object type of a post."""
    return form.value.capitalize()


def followers_of(author: str) -> str:
    """Where the followers of somebody kept here are listed."""
    return door(author, "followers")


def door(actor: str, name: str) -> str:
    """The address of a door of somebody kept here; an actor id may have no path, as on microblog.pub."""
    return f"{actor.rstrip('/')}/{name}"


def origin_of(address: str) -> str:
    """Scheme and host of an address of our own."""
    return "/".join(address.split("/", 3)[:3])
