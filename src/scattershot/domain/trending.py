"""What is talked about now, by rules that can be told in a sentence each: pure arithmetic.

A tag or a page is talked about where more people than usual speak of it: nobody counts twice, and who speaks of it
every day is usual. A post is talked about for a day or two, by how many liked it or passed it on.
"""

from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scattershot.domain.ids import Millis

DAY = 86_400_000
BEFORE_DAYS = 6
"""What is usual is what so many days before the last one show."""
LEAST_VOICES = 3
"""What fewer people speak of is not talked about."""
LEAST_MARKS = 2
"""Likes and boosts that a post needs at least."""
HALF_LIFE = 12 * 3_600_000
"""A post's marks count half after so long."""
OLDEST = 3 * DAY
"""Posts older than this are past."""

MAX_URL = 1_000
_TRACKING = frozenset({"fbclid", "gclid", "dclid", "msclkid", "mc_cid", "mc_eid", "igshid", "si", "ref_src"})


class Voices(NamedTuple):
    """How many people spoke of something: within the last day, and summed over the days before it."""

    now: int
    before: int


def surprise(voices: Voices) -> float:
    """How much more than usual people speak of it; 0 where they do not, or too few do.

    With `usual` the average of the days before it is `(now - usual)² / (usual + 1)`: ten where there were none give
    100, ten more than thirty give 3.
    """
    usual = voices.before / BEFORE_DAYS
    if voices.now < LEAST_VOICES or voices.now <= usual:
        return 0.0
    return (voices.now - usual) ** 2 / (usual + 1)


def warmth(likes: int, boosts: int, written: Millis, now: Millis) -> float:
    """How much a post is talked about: its likes and boosts, halved every `HALF_LIFE` since it was written."""
    age = max(0, now - written)
    if likes + boosts < LEAST_MARKS or age > OLDEST:
        return 0.0
    return float((likes + boosts) * 0.5 ** (age / HALF_LIFE))


def shared_page(url: str) -> str:
    """The address of the page that a link leads to, the same however it was passed on: without its fragment and what
    only tells who sent it. Empty where it is no web page."""
    if len(url) > MAX_URL:
        return ""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").lower()
        port = f":{parts.port}" if parts.port is not None else ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc:
        return ""
    query = parts.query
    if query and ("utm_" in query or any(name in query for name in _TRACKING)):
        pairs = parse_qsl(query, keep_blank_values=True)
        query = urlencode([(name, value) for name, value in pairs if not _tracks(name)])
    return urlunsplit((parts.scheme, host + port, parts.path or "/", query, ""))


def _tracks(name: str) -> bool:
    return name.startswith("utm_") or name in _TRACKING
