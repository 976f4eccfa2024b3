"""Forms as browsers send them: read with a cap, and only from our own pages."""

import hashlib
import hmac
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

MAX_BODY = 400_000
"""Bytes of a form: the longest post of the usual setting, percent-encoded in any script, and room to spare."""
MAX_FIELDS = 200
LONGEST_PATH = 8_000
"""Characters of a path to go on to: what a program asks with may be long."""


class BadForm(NamedTuple):
    """Why a form was not taken, in words for people."""

    status: int
    words: str


class Form:
    """What was filled in. Text has plain line feeds and no NUL, which no database takes."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = [(name, value.replace("\r\n", "\n").replace("\0", "")) for name, value in pairs]

    def get(self, name: str, default: str = "") -> str:
        """The field's first value."""
        return next((value for each, value in self._pairs if each == name), default)

    def all(self, name: str) -> list[str]:
        """Every value of the field."""
        return [value for each, value in self._pairs if each == name]

    def number(self, name: str) -> int | None:
        """The field as an id, or None."""
        return number(self.get(name))


def number(text: str | None) -> int | None:
    """An id as it stands in an address or form: digits that fit into 63 bits, or None."""
    if not text or not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    value = int(text)
    return value if value < 1 << 63 else None


async def read_form(request: Request) -> Form | BadForm:
    """The form a browser sent from one of our own pages; whether the token is right is asked separately."""
    if not comes_from_here(request):
        return BadForm(403, "This form was sent from another site, so nothing was done.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return BadForm(415, "That is not a form of this site.")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return BadForm(413, "That is too long.")
    try:
        pairs = parse_qsl(body.decode("latin-1"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError:
        return BadForm(400, "That form cannot be read.")
    return Form(pairs)


def comes_from_here(request: Request) -> bool:
    """Whether the browser says that the request was made by our own page; an old one that says nothing is believed,
    for the token is asked besides."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == request.headers.get("host", "").lower() != ""


def token_of(secret: str) -> str:
    """What a form must bring along: nobody knows it who does not know the cookie."""
    return hmac.new(secret.encode(), b"scattershot form", hashlib.sha256).hexdigest()


def is_token_of(token: str, secret: str) -> bool:
    """Whether the form was made for whoever holds that cookie."""
    return bool(secret) and hmac.compare_digest(token.encode(), token_of(secret).encode())


def local_path(text: str, default: str) -> str:
    """A path of this site to go on to; anything that could lead elsewhere is the default."""
    if not text.startswith("/") or text.startswith(("//", "/\\")) or len(text) > LONGEST_PATH:
        return default
    if any(c <= " " or c == "\\" or c == "\x7f" for c in text):
        return default
    parts = urlsplit(text)
    return default if parts.scheme or parts.netloc else text
