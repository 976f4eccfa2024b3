"""The one box: what somebody may have typed or pasted to say whom they mean, and what is said of what is not found."""

from enum import Enum
from urllib.parse import urlsplit

from scattershot.domain.microblog import parse_handle
from scattershot.domain.reading import Refused

_ENTITIES = ("npub1", "nprofile1", "note1", "nevent1", "naddr1")


class Asked(Enum):
    """What was typed."""

    HANDLE = "handle"
    ADDRESS = "address"
    KEY = "key"
    """A name of somebody or something on Nostr (NIP-19)."""
    WORDS = "words"


A_HANDLE_IS = (
    "A handle is a name and the place where it lives, as with an e-mail address: @ann@example.org is Ann at "
    "example.org."
)
"""Said where it is needed."""


def tidied(text: str) -> str:
    """What was pasted, without what programs put around it."""
    text = text.strip().strip("<>").replace("\0", "")[:1_000]
    for scheme in ("nostr:", "acct:", "feed:"):
        if text.lower().startswith(scheme):
            rest = text[len(scheme) :]
            text = rest if "://" in rest or scheme != "feed:" else f"https:{rest}" if rest.startswith("//") else rest
    return text


def what_is(text: str) -> Asked:
    """What sort of thing a tidied text is: one thing that can be looked up, or words."""
    if text.isalnum() and text.lower().startswith(_ENTITIES):
        return Asked.KEY
    if text.startswith(("https://", "http://")):
        return Asked.WORDS if any(sign.isspace() for sign in text) else Asked.ADDRESS
    handle = parse_handle(text)
    return Asked.HANDLE if handle is not None and (handle.domain or text.startswith("@")) else Asked.WORDS


def not_found(text: str, why: Refused | None) -> str:
    """What is said of one thing that could not be found, in words for people."""
    match what_is(text):
        case Asked.KEY:
            return "That is somebody on Nostr. This node did not find them there."
        case Asked.ADDRESS if why is None or why.why != "blocked":
            host = urlsplit(text).hostname or "that place"
            return (
                f"Nothing that can be followed was found at {host}: neither somebody’s page, nor a post, nor a feed "
                "that this node reads."
            )
        case _:
            return (why.detail if why is not None else "") or f"Nothing was found for “{text}”."
