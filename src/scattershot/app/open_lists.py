"""Lists that their owners show to anybody: what their members tell everybody, and nothing that was passed on."""

from scattershot.app.items import OPEN, Face, line
from scattershot.app.reading import readable
from scattershot.app.timelines import PAGE, Page, Timelines
from scattershot.domain.ids import MicroblogId, PostId
from scattershot.domain.lists import List, ListId
from scattershot.domain.post import Audience
from scattershot.domain.window import FROM_THE_TOP, Window
from scattershot.ports.database import Transaction
from scattershot.storage.tables import lists, posts


class OpenLists:
    """Reads them for anybody."""

    def __init__(self, timelines: Timelines) -> None:
        self._timelines = timelines

    async def named(self, name: str, list_id: int) -> tuple[Face, List] | None:
        """The list of that microblog kept here and whose it is, where it is open."""
        face = await self._timelines.named(name)
        row = await self._timelines.read(lambda tx: open_list(tx, list_id)) if face is not None and face.local else None
        return (face, row) if face is not None and row is not None and row.owner == face.id else None

    async def of(self, owner: MicroblogId) -> list[List]:
        """Those of that owner."""
        return [row for row in await self._timelines.read(lambda tx: lists.of(tx, owner)) if row.open]

    async def page(self, row: List, viewer: MicroblogId | None, window: Window = FROM_THE_TOP) -> Page:
        """What stands in it."""

        def work(tx: Transaction) -> Page:
            found, following = written_in(tx, row, window, PAGE)
            seen = [line(each) for each in readable(tx, found, viewer)]
            return Page(self._timelines.made_in(tx, seen, viewer, OPEN), following)

        return await self._timelines.read(work)


def open_list(tx: Transaction, list_id: int) -> List | None:
    """The list of that id, where it is open."""
    return lists.get_open(tx, ListId(list_id)) if 0 < list_id < 1 << 62 else None


def written_in(tx: Transaction, row: List, window: Window, limit: int) -> tuple[list[posts.Row], PostId | None]:
    """Public posts of its members, the newest first, which may be fewer than asked for; and where to go on."""
    found = lists.posted(tx, row, window, limit + 1)
    known = posts.get_many(tx, [each.post for each in found[:limit] if each.shown])
    rows = [known[each.post] for each in found[:limit] if each.post in known]
    public = [each for each in rows if each.audience is Audience.PUBLIC and not each.gone]
    return public, found[limit - 1].entry if len(found) > limit else None
