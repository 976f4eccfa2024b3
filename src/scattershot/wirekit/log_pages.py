"""What somebody asks of a log that is told by places: from which on, how many lines at once, how long to wait."""

from collections.abc import Mapping
from typing import NamedTuple

USUAL, MOST = 100, 1_000
"""Lines of a page."""
LONGEST_WAIT = 30
"""Seconds that an answer is kept back until there is something to tell."""
_BIGGEST = 1 << 62


class Asked(NamedTuple):
    """`after` is the last number that is known already; None is nothing said."""

    after: int | None
    limit: int = USUAL
    wait: int = 0


class Mistake(NamedTuple):
    """What cannot be answered, in words for people."""

    words: str


def read_asked(query: Mapping[str, str], last_event_id: str) -> Asked | Mistake:
    """The query of an address and the header `Last-Event-ID`, which is the newer one of whoever comes back."""
    numbers = {}
    for name, text, most in (
        ("Last-Event-ID", last_event_id, _BIGGEST),
        ("after", query.get("after", ""), _BIGGEST),
        ("limit", query.get("limit", ""), MOST),
        ("wait", query.get("wait", ""), LONGEST_WAIT),
    ):
        if text and not (text.isascii() and text.isdecimal() and len(text) < 20):
            return Mistake(f"`{name}` must be a number.")
        numbers[name] = min(int(text), most) if text else None
    after = numbers["Last-Event-ID"] if numbers["Last-Event-ID"] is not None else numbers["after"]
    return Asked(after, max(1, numbers["limit"] or USUAL), numbers["wait"] or 0)
