"""Proofs of who speaks: to a relay (NIP-42), over HTTP (NIP-98), and of the key that a browser holds (NIP-07).
Signatures are looked at by `is_genuine`."""

from base64 import b64decode, b64encode
from hashlib import sha256

from scattershot.protocols.nostr.wire import kinds
from scattershot.protocols.nostr.wire.event import Event, Unsigned, Wrong, encode, is_genuine, read_event
from scattershot.protocols.nostr.wire.readings import normal_relay

LEEWAY = 600
"""Seconds by which clocks may differ (NIP-42: about ten minutes)."""
HTTP_LEEWAY = 60
"""The same over HTTP (NIP-98)."""


def fault_of_proof(event: Event, challenge: str, relay: str, now: int) -> str | None:
    """What is wrong with a proof meant for us, or None where it proves its author."""
    if event.kind != kinds.AUTHENTICATION:
        return "a proof is of kind 22242"
    if abs(event.created_at - now) > LEEWAY:
        return "the proof is not from now"
    if event.first("challenge") != challenge:
        return "the proof is of another challenge"
    if _host(event.first("relay") or "") != _host(relay):
        return "the proof is for another relay"
    return None if is_genuine(event) else "the signature is wrong"


def _host(address: str) -> str:
    return normal_relay(address).partition("://")[2].partition("/")[0]


def proof(pubkey: str, challenge: str, relay: str, now: int) -> Unsigned:
    """What to sign in answer to a relay's challenge."""
    tags = [["relay", relay], ["challenge", challenge]]
    return Unsigned(pubkey, now, kinds.AUTHENTICATION, tags, "")


def read_http_proof(header: str, method: str, url: str, body: bytes, now: int) -> Event | Wrong:
    """The event of an `Authorization: Nostr …` header that proves who asks; Wrong with the reason."""
    scheme, _, coded = header.partition(" ")
    if scheme.lower() != "nostr":
        return Wrong("this is no proof by Nostr")
    try:
        raw = b64decode(coded.strip(), validate=True)
    except ValueError:
        return Wrong("the proof is not base64")
    event = read_event(raw)
    if isinstance(event, Wrong):
        return event
    if event.kind != kinds.HTTP_AUTHENTICATION:
        return Wrong("a proof is of kind 27235")
    if abs(event.created_at - now) > HTTP_LEEWAY:
        return Wrong("the proof is not from now")
    if event.first("u") != url or (event.first("method") or "").upper() != method.upper():
        return Wrong("the proof is for another request")
    payload = event.first("payload")
    if (payload is not None or body) and payload != sha256(body).hexdigest():
        return Wrong("the proof is for another body")
    return event if is_genuine(event) else Wrong("the signature is wrong")


def http_proof(pubkey: str, method: str, url: str, body: bytes, now: int) -> Unsigned:
    """What to sign to prove who asks."""
    tags = [["u", url], ["method", method.upper()]]
    if body:
        tags.append(["payload", sha256(body).hexdigest()])
    return Unsigned(pubkey, now, kinds.HTTP_AUTHENTICATION, tags, "")


def http_header(event: Event) -> str:
    """The header with a signed proof."""
    return f"Nostr {b64encode(encode(event)).decode()}"


def holding(page: str, challenge: str, words: str, now: int) -> Unsigned:
    """What a browser signs to prove its key to one of our pages: as for NIP-98, with a challenge besides."""
    tags = [["u", page], ["method", "POST"], ["challenge", challenge]]
    return Unsigned("", now, kinds.HTTP_AUTHENTICATION, tags, words)


def fault_of_holding(event: Event, page: str, challenge: str, now: int) -> str | None:
    """What is wrong with such a proof, or None where its author holds the key."""
    if event.kind != kinds.HTTP_AUTHENTICATION:
        return "a proof is of kind 27235"
    if abs(event.created_at - now) > LEEWAY:
        return "the proof is not from now"
    if event.first("challenge") != challenge:
        return "the proof is of another challenge"
    if event.first("u") != page or (event.first("method") or "").upper() != "POST":
        return "the proof is for another page"
    return None if is_genuine(event) else "the signature is wrong"
