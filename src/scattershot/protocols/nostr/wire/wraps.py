"""Gift wraps: a rumour in a seal in a wrap, so that nobody sees who wrote to whom (NIP-59, NIP-17)."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.encryption import Undecipherable, conversation_key, decrypt, encrypt
from scattershot.protocols.nostr.wire.event import (
    Event,
    Unsigned,
    Wrong,
    as_rumour,
    is_genuine,
    public_key,
    read_event,
    sign,
)
from scattershot.protocols.nostr.wire.event import encode as event_as_json

BACKDATED = 2 * 86_400
"""Seals and wraps bear a moment up to so many seconds in the past (NIP-59)."""


class Chance(NamedTuple):
    """The random values of one wrap: 32 bytes each, the wrap's own key among them; moments in seconds."""

    seal_nonce: bytes
    seal_signature: bytes
    sealed_at: int
    key: bytes
    wrap_nonce: bytes
    wrap_signature: bytes
    wrapped_at: int


def chat(pubkey: str, to: Sequence[str], words: str, now: int, *, answers: str | None = None) -> Unsigned:
    """A direct message, not yet wrapped (NIP-17)."""
    tags = [["p", each] for each in to] + ([["e", answers]] if answers is not None else [])
    return Unsigned(pubkey, now, kinds.CHAT, tags, words)


def wrap(rumour: Unsigned, to: str, secret: bytes, chance: Chance, kind: int = kinds.GIFT_WRAP) -> Event:
    """The rumour for one reader: sealed with its author's `secret`, wrapped by a key that is used once."""
    plain = msgspec.json.encode(as_rumour(rumour)).decode()
    hidden = encrypt(plain, conversation_key(secret, to), chance.seal_nonce)
    seal = sign(Unsigned(public_key(secret), chance.sealed_at, kinds.SEAL, [], hidden), secret, chance.seal_signature)
    once = public_key(chance.key)
    outer = encrypt(event_as_json(seal).decode(), conversation_key(chance.key, to), chance.wrap_nonce)
    return sign(Unsigned(once, chance.wrapped_at, kind, [["p", to]], outer), chance.key, chance.wrap_signature)


class _Rumour(msgspec.Struct):
    pubkey: str
    created_at: int
    kind: int
    tags: list[list[str]]
    content: str


_rumour = msgspec.json.Decoder(_Rumour).decode


def unwrap(event: Event, secret: bytes) -> Unsigned | Wrong:
    """The rumour of a genuine wrap; Wrong where it is not for this key, or its seal is another's than the rumour."""
    try:
        seal = read_event(decrypt(event.content, conversation_key(secret, event.pubkey)).encode())
        if isinstance(seal, Wrong):
            return seal
        if seal.kind != kinds.SEAL or not is_genuine(seal):
            return Wrong("the seal is broken")
        inner = _rumour(decrypt(seal.content, conversation_key(secret, seal.pubkey)))
    except (Undecipherable, ValueError, msgspec.DecodeError, RecursionError) as problem:
        return Wrong(str(problem)[:200])
    if inner.pubkey != seal.pubkey:
        return Wrong("the seal is another's than the message")
    return Unsigned(inner.pubkey, inner.created_at, inner.kind, inner.tags, inner.content)
