"""Exporting: what a microblog takes along to another node, as the CSV files that Mastodon's people know."""

from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from typing import TypeAlias

from scattershot.domain.ids import MicroblogId
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import belongings, lists
from scattershot.wirekit.mastodon_csv import File, Line, encode

PAGE = 500

FILES = tuple(File)
"""Files that can be taken along."""

Entry: TypeAlias = belongings.Followed | belongings.Named | belongings.Muted | belongings.Shunned | belongings.Marked
Page: TypeAlias = Sequence[Entry]
ReadPage: TypeAlias = Callable[[Transaction, MicroblogId, int, int], Page]

_PAGES: dict[File, ReadPage] = {
    File.FOLLOWING: belongings.following,
    File.FOLLOWERS: belongings.followers,
    File.BLOCKS: belongings.blocked,
    File.MUTES: belongings.muted,
    File.DOMAINS: belongings.shunned,
    File.BOOKMARKS: belongings.kept,
}


class Exporting:
    """Writes the files, a page at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def csv(self, owner: MicroblogId, file: File) -> AsyncIterator[bytes]:
        """The file in pieces."""
        yield encode(file, [])
        if file is File.LISTS:
            for each in await self._database.read(lambda tx: lists.of(tx, owner)):
                async for page in self._pages(partial(_members, each.id), owner):
                    yield encode(file, [_line(entry, each.title) for entry in page], first=False)
            return
        async for page in self._pages(_PAGES[file], owner):
            yield encode(file, map(_line, page), first=False)

    async def _pages(self, read: ReadPage, owner: MicroblogId) -> AsyncIterator[Page]:
        after = 0
        while page := await self._database.read(partial(_read, read=read, owner=owner, after=after)):
            yield page
            after = page[-1].place


def _members(list_id: int, tx: Transaction, _: MicroblogId, after: int, limit: int) -> Page:
    return belongings.listed(tx, list_id, after, limit)


def _read(tx: Transaction, read: ReadPage, owner: MicroblogId, after: int) -> Page:
    return read(tx, owner, after, PAGE)


def _line(entry: Entry, title: str = "") -> Line:
    match entry:
        case belongings.Marked():
            return Line(entry.uri)
        case belongings.Shunned():
            return Line(entry.domain)
        case belongings.Muted():
            return Line(str(entry.handle)[1:], notifications=not entry.notifications)
        case belongings.Followed():
            name = str(entry.handle)[1:]
            return Line(name, "", entry.boosts, entry.notify, tuple(entry.languages.split()))
        case belongings.Named():
            return Line(str(entry.handle)[1:], title)
