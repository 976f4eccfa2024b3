"""Clearing: before a file that is to replace what is here is taken over, whatever is not in it is ended."""

from collections.abc import Sequence
from functools import partial

from scattershot.app.lists import Lists
from scattershot.app.publish import Publisher
from scattershot.app.shelves import Shelves
from scattershot.app.ties import Ties
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.microblog import Handle, parse_handle
from scattershot.domain.window import FROM_THE_TOP
from scattershot.ports.database import Database, Transaction
from scattershot.storage.tables import belongings, imports, microblogs
from scattershot.storage.tables.imports import Row, State
from scattershot.wirekit.mastodon_csv import File
from scattershot.wirekit.urls import normal_host

VIA = "import"
_PAGE = 100


class Clearing:
    """Ends what a file does not name, page by page; whatever page was cut short is looked at again."""

    def __init__(self, database: Database, publisher: Publisher, lists: Lists, shelves: Shelves, ties: Ties) -> None:
        self._database, self._publisher, self._ties = database, publisher, ties
        self._lists, self._shelves = lists, shelves

    async def step(self, row: Row) -> int:
        """Go on by a page; at the end the file's lines are next."""
        match File(row.file):
            case File.LISTS:
                place = await self._clear_lists(row)
            case File.BOOKMARKS:
                place = await self._clear_bookmarks(row)
            case File.DOMAINS:
                place = await self._clear_domains(row)
            case _:
                place = await self._clear_microblogs(row)
        if place is None:
            await self._database.write(lambda tx: imports.set_state(tx, row.id, State.BRINGING))
        else:
            await self._database.write(lambda tx: imports.set_cleared(tx, row.id, place))
        return 1

    async def _clear_microblogs(self, row: Row) -> int | None:
        """Up to where the page went, or None where nothing is left."""

        def work(tx: Transaction) -> tuple[int | None, list[MicroblogId]]:
            page = _standing(tx, row)
            places = [each.place for each in page]
            return (places[-1] if places else None), self._not_named(tx, row.id, places)

        place, doomed = await self._database.read(work)
        for whom in doomed:
            match File(row.file):
                case File.BLOCKS:
                    await self._publisher.unblock(row.microblog, whom, VIA)
                case File.MUTES:
                    await self._publisher.unmute(row.microblog, whom)
                case _:
                    await self._publisher.unfollow(row.microblog, whom, VIA)
        return place

    def _not_named(
        self, tx: Transaction, import_id: int, among: Sequence[MicroblogId], title: str = ""
    ) -> list[MicroblogId]:
        """Those of the microblogs that the file does not name, by whichever of their names."""
        rows = microblogs.get_many(tx, list(among)) if among else {}
        names = {each: self._names(row) for each, row in rows.items()}
        standing = imports.names_among(tx, import_id, [name for some in names.values() for name in some])
        return [each for each, some in names.items() if not any((name, title) in standing for name in some)]

    def _names(self, row: microblogs.Row) -> list[str]:
        profile = row.profile
        return [str(profile.handle)[1:].lower(), profile.id.value, *filter(None, (profile.url,))]

    async def _clear_bookmarks(self, row: Row) -> int | None:
        def work(tx: Transaction) -> tuple[int | None, list[PostId]]:
            page = belongings.kept(tx, row.microblog, row.cleared, _PAGE)
            named = {name for name, _ in imports.names_among(tx, row.id, [each.uri for each in page])}
            return (page[-1].place if page else None), [each.post for each in page if each.uri not in named]

        place, doomed = await self._database.read(work)
        for post in doomed:
            await self._shelves.let_go(row.microblog, post)
        return place

    async def _clear_domains(self, row: Row) -> int | None:
        def work(tx: Transaction) -> tuple[int | None, list[str]]:
            page = belongings.shunned(tx, row.microblog, row.cleared, _PAGE)
            named = {name for name, _ in imports.names_among(tx, row.id, [each.domain for each in page])}
            return (page[-1].place if page else None), [each.domain for each in page if each.domain not in named]

        place, doomed = await self._database.read(work)
        for domain in doomed:
            await self._ties.unshun(row.microblog, domain)
        return place

    async def _clear_lists(self, row: Row) -> int | None:
        """A list at a time: one that the file does not speak of is dropped."""
        owned = await self._lists.of(row.microblog)
        this = next((each for each in owned if each.id > row.cleared), None)
        if this is None:
            return None
        if this.title not in await self._database.read(partial(imports.titles, import_id=row.id)):
            await self._lists.drop(row.microblog, this.id)
            return this.id
        members = await self._lists.members(this, FROM_THE_TOP, None)
        doomed = await self._database.read(lambda tx: self._not_named(tx, row.id, members, this.title))
        await self._lists.remove(row.microblog, this.id, doomed)
        return this.id


def _standing(tx: Transaction, row: Row) -> Sequence[belongings.Named | belongings.Muted | belongings.Followed]:
    """The next of those who stand so to its owner as the file says."""
    match File(row.file):
        case File.BLOCKS:
            return belongings.blocked(tx, row.microblog, row.cleared, _PAGE)
        case File.MUTES:
            return belongings.muted(tx, row.microblog, row.cleared, _PAGE)
        case _:
            return belongings.following(tx, row.microblog, row.cleared, _PAGE, asked=True)


def name_in(file: File, name: str, own_domain: str) -> str:
    """What a line names, as two spellings of it are spelt alike; a name alone is somebody of here."""
    if file is File.DOMAINS:
        return normal_host(name) or name
    handle = parse_handle(name) if file is not File.BOOKMARKS and "://" not in name else None
    if handle is None:
        return name
    domain = normal_host(handle.domain) if handle.domain else own_domain
    return str(Handle(handle.name.lower(), domain or handle.domain.lower()))[1:]
