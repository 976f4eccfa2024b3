"""Moments as text: HTTP dates and RFC 3339, to and from milliseconds since 1970-01-01 UTC; and durations.

Reading takes what servers really send and gives None for anything else; writing has one form.
"""

import re
from datetime import date

_DAY = 86_400_000
_EPOCH = date(1970, 1, 1).toordinal()
_MIN = (date.min.toordinal() - _EPOCH) * _DAY
_MAX = (date.max.toordinal() - _EPOCH + 1) * _DAY - 1

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBER = {name: number for number, name in enumerate(_MONTHS, 1)}

_HTTP = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{2}) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) ([0-9]{4})"
    r" ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
)
_RFC3339 = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]+))?)?"
    r"(?:[Zz]|([+-])([0-9]{2}):?([0-9]{2}))?"
)
_DURATION = re.compile(
    r"P(?:([0-9]{1,9})D)?(?:T(?:([0-9]{1,9})H)?(?:([0-9]{1,9})M)?(?:([0-9]{1,9}(?:\.[0-9]{1,9})?)S)?)?"
)
_MAX_CHARS = 64


def http_date(millis: int) -> str:
    """The IMF-fixdate of RFC 9110 section 5.6.7; ValueError outside the years 1 to 9999."""
    days, of_day = divmod(millis, _DAY)
    day = date.fromordinal(days + _EPOCH)
    hour, minute, second = of_day // 3_600_000, of_day // 60_000 % 60, of_day // 1000 % 60
    return (
        f"{_WEEKDAYS[day.weekday()]}, {day.day:02} {_MONTHS[day.month - 1]} {day.year:04}"
        f" {hour:02}:{minute:02}:{second:02} GMT"
    )


def parse_http_date(text: str) -> int | None:
    """Reads IMF-fixdate only, not the two forms that were obsolete in 1999; the weekday's name is not compared."""
    found = _HTTP.fullmatch(text)
    if found is None:
        return None
    day, month, year, hour, minute, second = found.groups()
    return _millis(int(year), _MONTH_NUMBER[month], int(day), int(hour), int(minute), int(second))


def retry_after(text: str | None, now: int) -> float | None:
    """How many seconds a `Retry-After` asks to wait, said as a number or as a date (RFC 9110 section 10.2.3)."""
    text = (text or "").strip()
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return float(text)
    at = parse_http_date(text)
    return max(0.0, (at - now) / 1000) if at is not None else None


def rfc3339(millis: int) -> str:
    """Like `2026-11-21T05:31:00.123Z`; ValueError outside the years 1 to 9999."""
    days, of_day = divmod(millis, _DAY)
    day = date.fromordinal(days + _EPOCH)
    hour, minute, second = of_day // 3_600_000, of_day // 60_000 % 60, of_day // 1000 % 60
    return f"{day.year:04}-{day.month:02}-{day.day:02}T{hour:02}:{minute:02}:{second:02}.{of_day % 1000:03}Z"


def rfc3339_seconds(millis: int) -> str:
    """Like `2026-11-21T05:31:00Z`, the second that it falls in: for what others read and write again before comparing,
    since nobody agrees how many zeros a fraction ends with."""
    return f"{rfc3339(millis)[:19]}Z"


def parse_rfc3339(text: str) -> int | None:
    """Any length of fraction (cut to milliseconds), `Z` or an offset; no offset is read as UTC, as no server means
    anything else by it."""
    if len(text) > _MAX_CHARS:
        return None
    found = _RFC3339.fullmatch(text)
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, sign, off_hours, off_minutes = found.groups()
    millis = _millis(int(year), int(month), int(day), int(hour), int(minute), int(second or 0))
    if millis is None:
        return None
    if fraction:
        millis += int(fraction[:3].ljust(3, "0"))
    if sign:
        hours, minutes = int(off_hours), int(off_minutes)
        if hours > 23 or minutes > 59:
            return None
        offset = (hours * 60 + minutes) * 60_000
        millis += offset if sign == "-" else -offset
    return millis if _MIN <= millis <= _MAX else None


def duration_text(seconds: float) -> str:
    """Seconds, to the millisecond, as an `xsd:duration` such as `PT88.65S`."""
    return f"PT{f'{seconds:.3f}'.rstrip('0').rstrip('.')}S"


def parse_duration(text: str) -> float | None:
    """Seconds of an `xsd:duration` of days at most: how long a month is nobody knows."""
    found = _DURATION.fullmatch(text) if len(text) <= _MAX_CHARS else None
    if found is None or not any(found.groups()):
        return None
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return round(((days * 24 + hours) * 60 + minutes) * 60 + seconds, 3)


def _millis(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int | None:
    if hour > 23 or minute > 59 or second > 60:  # 60 is a leap second: read as the second after it
        return None
    try:
        days = date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return None
    millis = days * _DAY + (hour * 3600 + minute * 60 + second) * 1000
    return millis if millis <= _MAX else None
