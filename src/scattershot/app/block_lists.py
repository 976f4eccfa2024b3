"""Lists of blocked hosts as nodes hand them to each other: Mastodon's CSV, read and taken line by line."""

import csv
from collections.abc import AsyncIterator
from typing import NamedTuple, TypeAlias

from scattershot.app.dealing import STRICTNESS, Dealing
from scattershot.domain.node import HostRule, Standing
from scattershot.domain.reading import Refused
from scattershot.wirekit.urls import normal_host

MAX_LINES = 50_000
"""Hosts of one list that are read."""
_COLUMNS = ("domain", "severity", "reject_media", "reject_reports", "public_comment", "obfuscate")
"""The order where the list has no head (docs.joinmastodon.org/admin/moderation)."""
SEVERITIES = {"suspend": Standing.BLOCKED, "silence": Standing.LIMITED, "noop": Standing.NORMAL}


class Unread(NamedTuple):
    """A line that says nothing we understand, and why."""

    line: int
    text: str
    why: str


Entry: TypeAlias = HostRule | Unread


def read_list(text: str) -> list[Entry]:
    """What a list says of each host, in its order. Its head is optional; hosts alone, one a line, are blocked."""
    reader = csv.reader(text.lstrip("\ufeff").splitlines())
    columns: tuple[str, ...] = _COLUMNS
    found: list[Entry] = []
    try:
        for cells in reader:
            if not cells or not cells[0].strip():
                continue
            names = [cell.strip().lstrip("#").lower() for cell in cells]
            if "domain" in names:
                columns = tuple(names)
                continue
            if cells[0].lstrip().startswith("#"):  # a remark
                continue
            found.append(_entry(reader.line_num, dict(zip(columns, cells, strict=False))))
            if len(found) > MAX_LINES:
                return [*found[:MAX_LINES], Unread(reader.line_num, "", f"no more than {MAX_LINES:,} hosts are read")]
    except csv.Error as bad:
        found.append(Unread(reader.line_num, "", f"this is no CSV: {bad}"))
    return found


def _entry(line: int, said: dict[str, str]) -> Entry:
    name = said.get("domain", "").strip()
    host = normal_host(name)
    if "*" in name:
        return Unread(line, name, "the name is hidden by stars")
    if host is None or "." not in host:
        return Unread(line, name, "that is not the name of a host")
    severity = said.get("severity", "").strip().lower() or "suspend"
    if severity not in SEVERITIES:
        return Unread(line, name, f"{severity!r} is no severity: suspend, silence or noop")
    return HostRule(
        host,
        SEVERITIES[severity],
        rejects_media=_is_true(said, "reject_media"),
        rejects_reports=_is_true(said, "reject_reports"),
        public_comment=said.get("public_comment", "").strip(),
        obfuscated=_is_true(said, "obfuscate"),
    )


def _is_true(said: dict[str, str], name: str) -> bool:
    return said.get(name, "").strip().lower() in ("true", "t", "1", "yes")


class Taken(NamedTuple):
    """What became of a line: the host, and that in words. `follows` ended."""

    host: str
    said: str
    changed: bool
    follows: int = 0


_DONE = {Standing.BLOCKED: "blocked", Standing.LIMITED: "limited", Standing.NORMAL: "noted"}


async def take_list(dealing: Dealing, entries: list[Entry], *, dry: bool) -> AsyncIterator[Taken]:
    """Do what a list says, each line by itself; `dry` does nothing. What was said here is made no milder."""
    for entry in entries:
        if isinstance(entry, Unread):
            yield Taken(entry.text or "?", f"line {entry.line} is left out: {entry.why}", changed=False)
            continue
        known = await dealing.rule_of(entry.host)
        if known is not None and (known.rule.allows or not _adds(entry, known.rule)):
            said = "was let in by hand, and stays so" if known.rule.allows else "nothing new: the same holds already"
            yield Taken(entry.host, said, changed=False)
            continue
        if known is not None:
            entry = _both(entry, known.rule)
        if dry:
            why = dealing.problem(entry)
            yield Taken(entry.host, why.detail if why else f"would be {_DONE[entry.standing]}", changed=why is None)
            continue
        ended = await dealing.judge(entry)
        if isinstance(ended, Refused):
            yield Taken(entry.host, f"left out: {ended.detail}", changed=False)
        else:
            yield Taken(entry.host, _DONE[entry.standing], changed=True, follows=ended)


def _adds(new: HostRule, old: HostRule) -> bool:
    """Whether the new one is stricter than the old in anything."""
    return (
        STRICTNESS[new.standing] > STRICTNESS[old.standing]
        or new.rejects_media > old.rejects_media
        or new.rejects_reports > old.rejects_reports
    )


def _both(new: HostRule, old: HostRule) -> HostRule:
    """The stricter of each, in the words of the old where it has any."""
    return old._replace(
        standing=max(new.standing, old.standing, key=STRICTNESS.__getitem__),
        rejects_media=new.rejects_media or old.rejects_media,
        rejects_reports=new.rejects_reports or old.rejects_reports,
        public_comment=old.public_comment or new.public_comment,
    )
