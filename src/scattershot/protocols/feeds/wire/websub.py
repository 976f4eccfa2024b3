"""WebSub as it is spoken (W3C Recommendation of 2018-01-23): requests, intents and signatures."""

import hmac
import re
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

DEFAULT_LEASE = 10 * 86_400
"""Seconds, as the specification suggests."""
SHORTEST_LEASE, LONGEST_LEASE = 300, 30 * 86_400
LONGEST_SECRET = 200
"""Bytes; the specification says fewer than these."""
LONGEST_ADDRESS = 1_200
"""Characters of a topic or callback: both stand together in one index."""
_METHODS = {"sha1": "sha1", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}
_SIGNATURE = re.compile(r"(sha1|sha256|sha384|sha512)=([0-9a-fA-F]{40,128})")


class HubRequest(NamedTuple):
    """What a subscriber asks of a hub; `lease` is in seconds, within what we give."""

    mode: str
    topic: str
    callback: str
    lease: int
    secret: str


class BadRequest(NamedTuple):
    """What is wrong with a request, in words for people."""

    words: str


def read_hub_request(form: Mapping[str, str]) -> HubRequest | BadRequest:
    """The request in a form (section 5.1)."""
    mode, topic, callback = (form.get(f"hub.{name}", "").strip() for name in ("mode", "topic", "callback"))
    if mode == "publish":
        return BadRequest("This hub tells of this node's own feeds by itself.")
    if mode not in ("subscribe", "unsubscribe"):
        return BadRequest("hub.mode is subscribe or unsubscribe.")
    if not topic or not callback:
        return BadRequest("hub.topic and hub.callback are needed.")
    if len(callback) > LONGEST_ADDRESS or len(topic) > LONGEST_ADDRESS:
        return BadRequest(f"Addresses are of {LONGEST_ADDRESS} characters at most.")
    secret = form.get("hub.secret", "")
    if len(secret.encode("utf-8", "replace")) >= LONGEST_SECRET:
        return BadRequest(f"hub.secret must be shorter than {LONGEST_SECRET} bytes.")
    if "\0" in secret:
        return BadRequest("hub.secret is text.")
    said = form.get("hub.lease_seconds", "").strip() if mode == "subscribe" else ""
    if said and not re.fullmatch(r"[0-9]{1,12}", said):
        return BadRequest("hub.lease_seconds is a number.")
    lease = min(max(int(said or DEFAULT_LEASE) or DEFAULT_LEASE, SHORTEST_LEASE), LONGEST_LEASE)
    return HubRequest(mode, topic, callback, lease, secret)


def with_query(address: str, **query: str | int) -> str:
    """The address with more in its query, which keeps what it has (section 5.3): `hub_mode` is `hub.mode`."""
    said = urlencode(
        {key.replace("_", ".", 1) if key.startswith("hub_") else key: value for key, value in query.items()}
    )
    return f"{address}{'&' if '?' in address else '?'}{said}"


def signature(secret: str, body: bytes) -> str:
    """The value of `X-Hub-Signature` (section 7.1)."""
    return f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"


def is_signed(secret: str, body: bytes, header: str) -> bool:
    """Whether the header is such a signature, by any method that WebSub allows."""
    found = _SIGNATURE.fullmatch(header.strip())
    if found is None:
        return False
    expected = hmac.new(secret.encode(), body, _METHODS[found[1]]).hexdigest()
    return hmac.compare_digest(expected, found[2].lower())
