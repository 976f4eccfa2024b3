"""One-time codes by the clock (RFC 6238), as authenticator apps reckon them: SHA-1, six digits, thirty seconds."""

import hmac
from base64 import b32encode
from urllib.parse import quote, urlencode

STEP = 30_000
"""Milliseconds for which a code stands."""
DIGITS = 6
DRIFT = 1
"""Steps that a phone's clock may be early or late (RFC 6238 section 5.2)."""
SECRET_BYTES = 20
"""As many as SHA-1 gives (RFC 4226 section 4, R6)."""


def code_at(secret: bytes, step: int) -> str:
    """The code of that time step (RFC 4226 section 5.3)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), "sha1")
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def step_of(secret: bytes, code: str, now: int, after: int) -> int | None:
    """The time step of which that is the code, around now (in milliseconds) and later than `after`; else None."""
    here = now // STEP
    found = None
    for step in range(here - DRIFT, here + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), code.encode()) and step > after and found is None:
            found = step
    return found


def spelt(secret: bytes) -> str:
    """The secret as it is typed by hand: base 32 in groups of four."""
    text = b32encode(secret).decode().rstrip("=")
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address(secret: bytes, name: str, issuer: str) -> str:
    """The address that an app reads from a QR code (Google Authenticator's key URI format)."""
    asked = {"secret": b32encode(secret).decode().rstrip("="), "issuer": issuer}
    return f"otpauth://totp/{quote(f'{issuer}:{name}', safe='')}?{urlencode(asked, quote_via=quote)}"
