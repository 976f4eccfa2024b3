"""The CSV files by which Mastodon (4.5) and its kin hand over whom one follows, blocks, mutes, lists, and bookmarks.

A line stands alone: what is wrong in one, an open quote or bytes that are no text, cannot swallow the next. Columns go
by the header where there is one, in any order; old files have none, and then they go by their usual places.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple


class File(StrEnum):
    """Which file it is; the value is its name without the ending."""

    FOLLOWING = "following_accounts"
    FOLLOWERS = "followers"
    BLOCKS = "blocked_accounts"
    MUTES = "muted_accounts"
    DOMAINS = "blocked_domains"
    BOOKMARKS = "bookmarks"
    LISTS = "lists"


class Line(NamedTuple):
    """What a line says. `name` is a handle without the first @, a domain, or the URI of a post; what is None was not
    said."""

    name: str
    title: str = ""
    boosts: bool | None = None
    notify: bool | None = None
    languages: tuple[str, ...] | None = None
    notifications: bool | None = None


class BadLine(NamedTuple):
    """A line that cannot be read, as it stands (cut short), and why in words."""

    text: str
    why: str


MAX_LINE = 2_000
"""Characters of a line; none that Mastodon writes is nearly as long."""
MAX_NAME = 500
MAX_LISTS_TITLE = 255
_SHOWN = 200

_ADDRESS, _BOOSTS, _NOTIFY, _LANGUAGES, _HIDE = (
    "Account address", "Show boosts", "Notify on new posts", "Languages", "Hide notifications",
)  # fmt: skip
_TITLE, _DOMAIN, _URI = "List name", "#domain", "#uri"
REASON = "Reason"
"""The column that a file of failures has besides."""

COLUMNS = {
    File.FOLLOWING: (_ADDRESS, _BOOSTS, _NOTIFY, _LANGUAGES),
    File.FOLLOWERS: (_ADDRESS,),
    File.BLOCKS: (_ADDRESS,),
    File.MUTES: (_ADDRESS, _HIDE),
    File.DOMAINS: (_DOMAIN,),
    File.BOOKMARKS: (_URI,),
    File.LISTS: (_TITLE, _ADDRESS),
}
"""The columns of each file in their usual places."""

_WITH_HEADER = (File.FOLLOWING, File.FOLLOWERS, File.MUTES)
"""Those that Mastodon writes with a header; it takes the others with one, too."""

_OTHER_NAMES = {"domain": _DOMAIN, "uri": _URI}
_KNOWN = {
    name.casefold(): name for columns in COLUMNS.values() for name in (*columns, REASON)
} | _OTHER_NAMES  # fmt: skip

_LINE_BREAK = re.compile(r"\r\n|\n|\r")
_ODD = r"\s@,;<>\"'()\[\]/\\\x00-\x1f\x7f\ufffd"
_HANDLE = re.compile(rf"[^{_ODD}:]+(?:@[^{_ODD}]+)?")
_HOST = re.compile(rf"[^{_ODD}]+")
_WEB = re.compile(r"https?://[^\s\x00-\x1f\x7f\ufffd]+")
_LOOKS_LIKE_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_YES = frozenset({"true", "t", "yes", "1", "on"})
_NO = frozenset({"false", "f", "no", "0", "off"})


# -- reading


def text_of(body: bytes) -> str:
    """The text of a file as programs save it: UTF-8 with or without a mark, or UTF-16 with one."""
    if body[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return body.decode("utf-16", "replace")
    return body.decode("utf-8-sig", "replace")


def decode(file: File, text: str) -> Iterator[Line | BadLine]:
    """What each line says, in order; empty ones are passed over."""
    columns: list[str] | None = None
    for whole in _lines(text):
        cells = _cells(whole)
        if cells is None:
            yield BadLine(whole[:_SHOWN], "the line cannot be read")
            continue
        if columns is None:
            columns = _header(cells)
            if columns is not None:
                continue
            columns = list(COLUMNS[file])
        yield _line(file, dict(zip(columns, cells, strict=False)), whole)


def _lines(text: str) -> Iterator[str]:
    """Each line that holds something; a long text is never taken apart as a whole."""
    at = 0
    while at < len(text):
        found = _LINE_BREAK.search(text, at)
        end, following = found.span() if found is not None else (len(text), len(text))
        if line := text[at:end].strip():
            yield line
        at = following


def _cells(line: str) -> list[str] | None:
    if len(line) > MAX_LINE or "\0" in line:
        return None
    try:
        [cells] = csv.reader([line], skipinitialspace=True)
    except (csv.Error, ValueError):
        return None
    return [" ".join(cell.split()) for cell in cells]


def _header(cells: list[str]) -> list[str] | None:
    """The columns by their names, where that is what the line says; what nobody knows keeps its place."""
    named = [_KNOWN.get(cell.casefold(), "") for cell in cells]
    return named if named[0] or sum(map(bool, named)) > 1 else None


def _line(file: File, cells: dict[str, str], whole: str) -> Line | BadLine:
    match file:
        case File.DOMAINS:
            name = cells.get(_DOMAIN, "").removeprefix("@").lower()
            problem = "" if _HOST.fullmatch(name) else "that is no domain"
        case File.BOOKMARKS:
            name = cells.get(_URI, "")
            problem = "" if _WEB.fullmatch(name) else "that is no address of a post"
        case _:
            name = cells.get(_ADDRESS, "").removeprefix("acct:").removeprefix("@")
            problem = "" if _HANDLE.fullmatch(name) or _WEB.fullmatch(name) else "that is no name like who@where"
    title = cells.get(_TITLE, "")
    if file is File.LISTS and not 0 < len(title) <= MAX_LISTS_TITLE:
        problem = problem or "the list has no title" if not title else "the list's title is too long"
    if problem or len(name) > MAX_NAME:
        return BadLine(whole[:_SHOWN], problem or "that is too long")
    languages = cells.get(_LANGUAGES)
    hides = _flag(cells.get(_HIDE))
    return Line(
        name,
        title,
        boosts=_flag(cells.get(_BOOSTS)),
        notify=_flag(cells.get(_NOTIFY)),
        languages=None if languages is None else tuple(filter(None, re.split(r"[\s,;]+", languages))),
        notifications=None if hides is None else not hides,
    )


def _flag(cell: str | None) -> bool | None:
    folded = (cell or "").casefold()
    return True if folded in _YES else False if folded in _NO else None


# -- writing


def encode(file: File, lines: Iterable[Line], *, first: bool = True) -> bytes:
    """The lines as Mastodon writes them; `first`: with the header, where the file has one."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    if first and file in _WITH_HEADER:
        writer.writerow(COLUMNS[file])
    writer.writerows(_written(file, line) for line in lines)
    return out.getvalue().encode()


def encode_failures(file: File, failures: Iterable[tuple[Line | BadLine, str]], *, first: bool = True) -> bytes:
    """Lines that could not be taken over, each with the reason: a file that can be given in again."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    if first:
        writer.writerow((*COLUMNS[file], REASON))
    for line, why in failures:
        cells = _written(file, line) if isinstance(line, Line) else _as_it_stood(file, line)
        writer.writerow((*cells, why))
    return out.getvalue().encode()


def _written(file: File, line: Line) -> tuple[str, ...]:
    match file:
        case File.FOLLOWING:
            shown = "true" if line.boosts is not False else "false"
            return line.name, shown, "true" if line.notify else "false", ", ".join(line.languages or ())
        case File.MUTES:
            return line.name, "true" if line.notifications is not True else "false"
        case File.LISTS:
            return line.title, line.name
        case _:
            return (line.name,)


def _as_it_stood(file: File, line: BadLine) -> tuple[str, ...]:
    """A line nobody could read, in the first column; nothing in it shall be a formula to a spreadsheet."""
    text = line.text.replace("\0", "")
    safe = f"'{text}" if text.startswith(_LOOKS_LIKE_FORMULA) else text
    return (safe, *("" for _ in COLUMNS[file][1:]))
