"""Events for tests, signed by people with names."""

from hashlib import sha256
from itertools import count
from typing import Any

from scattershot.protocols.nostr.wire.event import Event, Unsigned, public_key, sign

NOW = 1_790_000_000
_chance = count(1)


def secret_of(name: str) -> bytes:
    return sha256(name.encode()).digest()


def key_of(name: str) -> str:
    return public_key(secret_of(name))


def an_event(by: str = "ann", content: str = "hello", *, kind: int = 1, at: int = NOW, tags: Any = ()) -> Event:
    """A genuine event."""
    what = Unsigned(key_of(by), at, kind, [list(tag) for tag in tags], content)
    return sign(what, secret_of(by), next(_chance).to_bytes(32, "big"))


def a_sketch(by: str = "ann", content: str = "hello", *, kind: int = 1, at: int = NOW, tags: Any = ()) -> Event:
    """An event whose signature nobody will look at: quicker to make."""
    what = Unsigned(sha256(by.encode()).hexdigest(), at, kind, [list(tag) for tag in tags], content)
    return Event(what.id, what.pubkey, what.created_at, what.kind, what.tags, what.content, "0" * 128)
