"""Events: the canonical bytes that are signed, and reading what claims to be one (NIP-01, BIP-340)."""

from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

import msgspec
from coincurve import PrivateKey, PublicKeyXOnly
from msgspec import Struct

Tags = list[list[str]]

MAX_KIND = 65_535
MAX_MOMENT = 2**53 - 1
"""Beyond, numbers are not the same in every language."""

_encode = msgspec.json.Encoder().encode


class Event(Struct, frozen=True, gc=False):
    """One event, with its names in hexadecimal as they travel; only `read_event` and `sign` vouch for it."""

    id: str
    pubkey: str
    created_at: int
    kind: int
    tags: Tags
    content: str
    sig: str

    def values(self, name: str) -> list[str]:
        """The first values of the tags of that name, in their order."""
        return [tag[1] for tag in self.tags if len(tag) > 1 and tag[0] == name]

    def first(self, name: str) -> str | None:
        """The first value of the first tag of that name."""
        return next((tag[1] for tag in self.tags if len(tag) > 1 and tag[0] == name), None)

    def has(self, name: str) -> bool:
        """Whether there is a tag of that name at all, as in `["-"]`."""
        return any(tag and tag[0] == name for tag in self.tags)


class Unsigned(NamedTuple):
    """What somebody is about to sign, or a rumour that nobody will."""

    pubkey: str
    created_at: int
    kind: int
    tags: Tags
    content: str

    @property
    def id(self) -> str:
        """The name that it would have."""
        return event_id(self.pubkey, self.created_at, self.kind, self.tags, self.content)


class Wrong(NamedTuple):
    """Why this is no event that we take, in words for whoever sent it."""

    why: str


class Size(NamedTuple):
    """How large an event may be: bytes of its JSON, tags, and items of one tag."""

    event: int = 131_072
    tags: int = 2_500
    items: int = 100


def canonical(pubkey: str, created_at: int, kind: int, tags: Tags, content: str) -> bytes:
    """The bytes whose digest is the id. msgspec escapes what NIP-01 says and, as others do, the remaining controls."""
    return _encode([0, pubkey, created_at, kind, tags, content])


def event_id(pubkey: str, created_at: int, kind: int, tags: Tags, content: str) -> str:
    """The id in hexadecimal."""
    return sha256(canonical(pubkey, created_at, kind, tags, content)).hexdigest()


def is_name(text: str) -> bool:
    """Whether it is 32 bytes in small hexadecimal digits, as ids and keys are."""
    return len(text) == 64 and _is_small_hex(text)


def _is_small_hex(text: str) -> bool:
    return text.isascii() and text.isalnum() and text == text.lower() and not text.strip("0123456789abcdef")


def read_event(raw: bytes | msgspec.Raw, size: Size = Size()) -> Event | Wrong:  # noqa: B008
    """The event that the JSON holds, as to its form; `is_genuine` says whether it is what its author signed.

    What else is in the object is dropped: it is not signed.
    """
    if len(memoryview(raw)) > size.event:
        return Wrong(f"the event is larger than {size.event} bytes")
    try:
        event = _decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        return Wrong(f"this is no event: {problem}"[:200])
    return _fault(event, size) or event


_decode = msgspec.json.Decoder(Event).decode


def _fault(event: Event, size: Size) -> Wrong | None:
    if not is_name(event.id):
        return Wrong("id is not 64 small hexadecimal digits")
    if not is_name(event.pubkey):
        return Wrong("pubkey is not 64 small hexadecimal digits")
    if len(event.sig) != 128 or not _is_small_hex(event.sig):
        return Wrong("sig is not 128 small hexadecimal digits")
    if not 0 <= event.kind <= MAX_KIND:
        return Wrong("kind is not between 0 and 65535")
    if not 0 <= event.created_at <= MAX_MOMENT:
        return Wrong("created_at is no moment")
    if len(event.tags) > size.tags:
        return Wrong(f"there are more than {size.tags} tags")
    if event.tags and max(map(len, event.tags)) > size.items:
        return Wrong(f"a tag has more than {size.items} items")
    return None


def is_genuine(event: Event) -> bool:
    """Whether id and signature are right; some 40 µs, most of it the curve's."""
    name = sha256(canonical(event.pubkey, event.created_at, event.kind, event.tags, event.content)).digest()
    if name.hex() != event.id:
        return False
    key = _key(event.pubkey)
    return key is not None and key.verify(bytes.fromhex(event.sig), name)


@lru_cache(maxsize=8_192)
def _key(pubkey: str) -> PublicKeyXOnly | None:
    """Those who write much need not have their point found anew each time: that is a sixth of the work."""
    try:
        return PublicKeyXOnly(bytes.fromhex(pubkey))
    except ValueError:
        return None


def is_on_the_curve(pubkey: str) -> bool:
    """Whether it is a key at all."""
    return is_name(pubkey) and _key(pubkey) is not None


def public_key(secret: bytes) -> str:
    """The public key of a private one; ValueError where it is none."""
    return _pair(secret).public_key.format(compressed=True)[1:].hex()


@lru_cache(maxsize=1_024)
def _pair(secret: bytes) -> PrivateKey:
    """Whoever signs much need not have their point found anew each time: that costs as much as signing."""
    return PrivateKey(secret)


def sign(what: Unsigned, secret: bytes, chance: bytes) -> Event:
    """The event; `chance` is 32 random bytes (BIP-340's auxiliary randomness)."""
    name = bytes.fromhex(what.id)
    signature = _pair(secret).sign_schnorr(name, chance)
    return Event(name.hex(), what.pubkey, what.created_at, what.kind, what.tags, what.content, signature.hex())


def encode(event: Event) -> bytes:
    """The event as JSON, the same bytes for everybody."""
    return _encode(event)


def as_rumour(what: Unsigned) -> dict[str, Any]:
    """An unsigned event as it is wrapped: with its id, without a signature (NIP-59)."""
    return {"id": what.id, **what._asdict()}
