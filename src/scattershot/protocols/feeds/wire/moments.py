"""Dates of feeds: read in every spelling that is met in the wild, and judged, since many lie."""

import re
from datetime import date

_DAY = 86_400_000
_EPOCH = date(1970, 1, 1).toordinal()
_LONGEST = 80

_MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan ene gen", "feb fev fév", "mar mär mrz", "apr abr avr", "may mai maj mag", "jun juin giu", "jul juil lug",
         "aug ago aoû aou", "sep set", "oct okt ott out", "nov", "dec dez dic déc"), 1
    )
    for name in names.split()
}  # fmt: skip
_ZONES = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "mez": 60, "cest": 120,
    "mesz": 120,
    "eet": 120, "eest": 180, "msk": 180, "ist": 330, "jst": 540, "kst": 540, "aest": 600, "aedt": 660, "ast": -240,
    "adt": -180, "est": -300, "edt": -240, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
    "hst": -600, "akst": -540, "akdt": -480, "nzst": 720, "nzdt": 780,
}  # fmt: skip

_TIME = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2})(?:[.,]\d{1,9})?)?(?:\s*(?P<half>[ap])\.?m\.?)?"
)
_ZONE = r"(?:\s*(?P<zone>[a-z]{1,12})?\s*(?P<offset>[+-]\d{1,2}:?(?:\d{2})?)?(?:\s*\([^)]*\))?)"
_ISO = re.compile(
    r"(?P<year>\d{4})(?:[-/.]?(?P<month>\d{2})(?:[-/.]?(?P<day>\d{2}))?)?"
    rf"(?:(?:\s*t\s*|\s+)(?:{_TIME}|(?P<compact>\d{{4}}(?:\d{{2}})?))?{_ZONE})?",
    re.IGNORECASE,
)
_DAY_FIRST = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?\.?[\s-]+(?:de\s+)?(?P<name>[^\W\d]{3,12})\.?,?[\s-]+(?:de\s+)?"
    rf"(?P<year>\d{{4}}|\d{{2}})(?:,?\s+(?:at\s+)?{_TIME})?{_ZONE}",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    r"(?:[^\W\d]+\.?,?\s+)?(?P<name>[^\W\d]{3,12})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?"
    rf"(?:\s+(?P<year>\d{{4}}))?(?:,?\s+(?:at\s+)?{_TIME})?{_ZONE}(?:\s+(?P<last>\d{{4}}))?",
    re.IGNORECASE,
)
_DOTTED = re.compile(
    rf"(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}})(?:,?\s+{_TIME})?{_ZONE}", re.IGNORECASE
)
_NUMBER = re.compile(r"\d{9,13}")


def parse_moment(text: str) -> int | None:
    """Milliseconds since 1970, or None. A day alone is its noon, so that it is that day nearly everywhere; a time
    without a zone, or with one that nobody knows, is read as UTC."""
    text = " ".join(text[: _LONGEST + 1].split())
    if not text or len(text) > _LONGEST:
        return None
    if _NUMBER.fullmatch(text):
        return int(text) if len(text) > 11 else int(text) * 1000
    for shape in (_ISO, _DAY_FIRST, _MONTH_FIRST, _DOTTED):
        found = shape.fullmatch(text)
        if found is not None:
            return _moment(found.groupdict())
    return None


def _moment(part: dict[str, str | None]) -> int | None:
    year_text = part.get("year") or part.get("last")
    month = _MONTHS.get(_key(part["name"] or "")) if "name" in part else int(part.get("month") or 1)
    if not year_text or month is None:
        return None
    year = int(year_text)
    if len(year_text) == 2:
        year += 2000 if year < 70 else 1900
    try:
        days = date(year, month, int(part.get("day") or 1)).toordinal() - _EPOCH
    except ValueError:
        return None
    of_day = _of_day(part)
    offset = _offset(part)
    return None if of_day is None or offset is None else days * _DAY + of_day - offset * 60_000


def _key(name: str) -> str:
    """The first letters by which a month is known, in the languages that are met."""
    low = name.lower()
    return low[:4] if low[:4] in _MONTHS else low[:3]


def _of_day(part: dict[str, str | None]) -> int | None:
    compact = part.get("compact")
    if compact:
        part = {**part, "hour": compact[:2], "minute": compact[2:4], "second": compact[4:] or "0"}
    if part["hour"] is None:
        return 0 if part.get("zone") or part.get("offset") else _DAY // 2
    hour, minute, second = int(part["hour"]), int(part["minute"] or 0), int(part["second"] or 0)
    if part["half"]:
        hour = hour % 12 + (12 if part["half"].lower() == "p" else 0)
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        return None
    return (hour * 3600 + minute * 60 + second) * 1000


def _offset(part: dict[str, str | None]) -> int | None:
    offset = part.get("offset")
    if not offset:
        return _ZONES.get((part.get("zone") or "").lower(), 0)
    digits = offset[1:].replace(":", "")
    hours, minutes = int(digits[:2] if len(digits) != 3 else digits[:1]), int(digits[-2:]) if len(digits) > 2 else 0
    if hours > 14 or minutes > 59:
        return 0
    return (hours * 60 + minutes) * (1 if offset[0] == "+" else -1)


AHEAD = 10 * 60_000
"""Clocks differ: a date so little in the future (milliseconds) is only a date of now."""
EARLIEST = 631_152_000_000
"""1990: what claims to be older than the web is a default of some program."""


def credible(published: int | None, updated: int | None, seen: int) -> int:
    """When an entry that was first seen at `seen` is to stand in a timeline: as it says, where that can be true.

    What claims to come from the future, from before the web or from nowhere is of the moment in which it was first
    seen, so that no feed can hold the top of a timeline or bury what is new.
    """
    for claim in (published, updated):
        if claim is not None and EARLIEST <= claim <= seen + AHEAD:
            return min(claim, seen)
    return seen
